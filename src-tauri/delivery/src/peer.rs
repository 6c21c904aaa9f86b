//! The other side in tests: an HTTP server that remembers what it was asked, and keys that sign.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_2048_8192_SHA256,
    RsaKeyPair, UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use serde_json::Value;
use tokio::net::TcpListener;

/// A request that came.
#[derive(Clone, Debug)]
pub struct Seen {
    /// HTTP version.
    pub version: Version,
    method: hyper::Method,
    uri: hyper::Uri,
    headers: HeaderMap,
    /// Body.
    pub body: String,
}

impl Seen {
    /// The method.
    pub fn method(&self) -> &str {
        self.method.as_str()
    }

    /// Path of the address.
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// A server on this machine that speaks HTTP/1 and HTTP/2.
pub struct Peer {
    /// Its address, without a slash at the end.
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Peer {
    /// Starts one that answers with status and JSON; 599 = 200 with the header of a Lambda function that failed. `account` of
    /// an answer to `HEAD` is its account's header.
    pub async fn start(answer: fn(&Seen) -> (u16, Value)) -> Peer {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let remembered = seen.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let seen = remembered.clone();
                let service = service_fn(move |request| respond(request, seen.clone(), answer));
                tokio::spawn(async move {
                    let builder = Builder::new(TokioExecutor::new());
                    // A client that goes away is no failure of the test.
                    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Peer { url, seen }
    }

    /// What came so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("no test panics with it").clone()
    }
}

async fn respond(
    request: Request<Incoming>,
    seen: Arc<Mutex<Vec<Seen>>>,
    answer: fn(&Seen) -> (u16, Value),
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let body = String::from_utf8_lossy(&body).into_owned();
    let request = Seen { version: head.version, method: head.method, uri: head.uri, headers: head.headers, body };
    let (status, body) = answer(&request);
    let account = body.get("account").and_then(Value::as_str).filter(|_| request.method() == "HEAD").map(str::to_owned);
    seen.lock().expect("no test panics with it").push(request);
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let mut response = Response::builder().status(if status == 599 { 200 } else { status });
    if status == 599 {
        response = response.header("x-amz-function-error", "Unhandled");
    }
    if let Some(account) = account {
        response = response.header("x-amz-pinpoint-accountid", account);
    }
    Ok(response.body(Full::new(Bytes::from(body))).expect("a response"))
}

/// Gives the claims of a token that is signed; panics at one that is not.
pub type Verify = Box<dyn Fn(&str) -> Value>;

/// A new key for ES256: as PEM, and what checks its tokens.
pub fn ec() -> (String, Verify) {
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).expect("a key");
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref()).expect("a key");
    (pem(document.as_ref()), verify(&ECDSA_P256_SHA256_FIXED, key.public_key().as_ref()))
}

/// A new key for RS256: as PEM, and what checks its tokens.
pub fn rsa() -> (String, Verify) {
    let key = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
    let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = key.as_der().expect("its document");
    (pem(der.as_ref()), verify(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref()))
}

fn pem(der: &[u8]) -> String {
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der))
}

fn verify(algorithm: &'static dyn VerificationAlgorithm, public: &[u8]) -> Verify {
    let key = UnparsedPublicKey::new(algorithm, public.to_vec());
    Box::new(move |token| {
        let (text, signature) = token.rsplit_once('.').expect("a token");
        let signature = URL_SAFE_NO_PAD.decode(signature).expect("a signature");
        key.verify(text.as_bytes(), &signature).expect("signed by the key");
        let claims = text.split('.').nth(1).expect("claims");
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).expect("claims")).expect("claims")
    })
}
