//! Asking a running server for a backup.

use std::future::poll_fn;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::SystemTime;

use axum::body::{Body, HttpBody};
use axum::http::{Request, StatusCode};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tempfile::NamedTempFile;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};

use crate::access::{self, Key};
use crate::listen;

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Nothing is written over.
    #[error("`{0}` is there already; name another file")]
    Occupied(PathBuf),
    /// The server cannot be reached.
    #[error("could not reach a local Pinpoint on {0}: {1}")]
    Unreachable(SocketAddr, String),
    /// It says no.
    #[error("the local Pinpoint gives no backup: {0}")]
    Refused(String),
    /// The file cannot be written.
    #[error("could not write `{0}`: {1}")]
    Write(PathBuf, std::io::Error),
    /// What came is not whole.
    #[error("the backup is not sound: {0}; ask for it again")]
    Damaged(String),
}

/// Writes a backup of the server at `address` into `file`, which is not there yet.
///
/// `key` signs the request. `certificate` is the file that the server was started with: TLS is spoken, with the holder of
/// exactly this certificate.
pub async fn fetch(
    address: SocketAddr,
    key: Option<&Key>,
    certificate: Option<&Path>,
    file: &Path,
) -> Result<(), FetchError> {
    if file.exists() {
        return Err(FetchError::Occupied(file.to_owned()));
    }
    let unreachable = |error: String| FetchError::Unreachable(address, error);
    let stream = TcpStream::connect(address).await.map_err(|error| unreachable(error.to_string()))?;
    let url = format!("http://{address}/waymark/backup");
    let mut request = Request::post("/waymark/backup").header("host", address.to_string());
    if let Some(key) = key {
        let headers = access::sign(key, SystemTime::now(), "POST", &url, &[]);
        for (name, value) in headers.into_iter().flatten() {
            request = request.header(name, value);
        }
    }
    let request = request.body(Body::empty()).map_err(|error| unreachable(error.to_string()))?;
    match certificate {
        None => exchange(stream, request, address, file).await,
        Some(path) => {
            let chain = listen::certificates(path).map_err(unreachable)?;
            let connector = pinned(chain).map_err(|error| unreachable(error.to_string()))?;
            let name = ServerName::IpAddress(address.ip().into());
            let stream = connector.connect(name, stream).await.map_err(|error| unreachable(error.to_string()))?;
            exchange(stream, request, address, file).await
        }
    }
}

async fn exchange<S>(stream: S, request: Request<Body>, address: SocketAddr, file: &Path) -> Result<(), FetchError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let unreachable = |error: hyper::Error| FetchError::Unreachable(address, error.to_string());
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(unreachable)?;
    // It ends with the answer; what breaks it off is told by the answer.
    let connection = tokio::spawn(connection);
    let response = sender.send_request(request).await.map_err(unreachable)?;
    let status = response.status();
    let mut body = response.into_body();
    if status != StatusCode::OK {
        let mut said = Vec::new();
        while let Some(part) = next(&mut body).await.map_err(unreachable)? {
            said.extend_from_slice(&part);
            if said.len() > 64 * 1024 {
                break;
            }
        }
        let message = serde_json::from_slice::<serde_json::Value>(&said).ok();
        let message = message.as_ref().and_then(|body| body["Message"].as_str()).unwrap_or("it does not say why");
        return Err(FetchError::Refused(format!("{message} ({status})")));
    }
    let failed = |error| FetchError::Write(file.to_owned(), error);
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut copy = NamedTempFile::with_prefix_in("backup-", folder).map_err(failed)?;
    while let Some(part) = next(&mut body).await.map_err(unreachable)? {
        copy.write_all(&part).map_err(failed)?;
    }
    connection.abort();
    super::sound(copy.path()).map_err(FetchError::Damaged)?;
    copy.as_file().sync_all().map_err(failed)?;
    copy.persist_noclobber(file).map_err(|error| failed(error.error))?;
    Ok(())
}

/// The next bytes of a body; `None` at its end.
async fn next(body: &mut Incoming) -> hyper::Result<Option<axum::body::Bytes>> {
    loop {
        match poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await {
            None => return Ok(None),
            Some(Err(error)) => return Err(error),
            Some(Ok(frame)) => {
                if let Ok(part) = frame.into_data() {
                    return Ok(Some(part));
                }
            }
        }
    }
}

/// Speaks TLS with the holder of exactly one certificate, whatever names stand in it.
fn pinned(chain: Vec<CertificateDer<'static>>) -> Result<TlsConnector, Error> {
    let provider = listen::provider();
    let certificate = chain.into_iter().next().ok_or(Error::General("there is no certificate".to_owned()))?;
    let verifier = Arc::new(Pinned { certificate, provider: provider.clone() });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

#[derive(Debug)]
struct Pinned {
    certificate: CertificateDer<'static>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if *shown == self.certificate {
            return Ok(ServerCertVerified::assertion());
        }
        Err(CertificateError::ApplicationVerificationFailure.into())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
