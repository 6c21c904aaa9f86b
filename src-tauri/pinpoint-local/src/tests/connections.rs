//! Connections over a port: slow clients, limits, TLS, and where the server does not listen.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::access::{Key, Keys, Permission};
use crate::backup::{self, FetchError};
use crate::listen::{Limits, TlsFiles};
use crate::server::{Server, Settings, StartError};

const SHORT: Duration = Duration::from_millis(20);

fn limited(limits: Limits) -> Settings {
    Settings { limits, ..Settings::default() }
}

/// All that comes until the server closes.
async fn rest(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut bytes = Vec::new();
    // A connection that is reset is closed as well.
    let _ = stream.read_to_end(&mut bytes).await;
    String::from_utf8(bytes).unwrap()
}

async fn ask(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    rest(stream).await
}

#[tokio::test]
async fn a_client_that_does_not_finish_its_request_is_cut_off() {
    let server = Server::start(limited(Limits { head: SHORT, body: SHORT, ..Limits::default() })).await.unwrap();
    for (sent, expected) in [
        ("", ""),
        ("GET /v1/apps HTTP/1.1\r\nHost: local", ""),
        ("POST /v1/apps HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\n\r\n{\"Na", "HTTP/1.1 400 "),
    ] {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        let answer = rest(&mut stream).await;
        assert!(answer.starts_with(expected) && answer.is_empty() == expected.is_empty(), "{sent}: {answer}");
    }
    // One that did ask is let go when it asks no more.
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(b"GET /waymark/health HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    assert!(rest(&mut stream).await.starts_with("HTTP/1.1 200 "));
    server.stop().await;
}

#[tokio::test]
async fn more_connections_than_there_are_places_wait() {
    let server = Server::start(limited(Limits { connections: 1, ..Limits::default() })).await.unwrap();
    let mut first = TcpStream::connect(server.address()).await.unwrap();
    first.write_all(b"GET /waymark/health HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut answer = [0; 12];
    first.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    let mut second = TcpStream::connect(server.address()).await.unwrap();
    second.write_all(b"GET /waymark/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut byte = [0; 1];
    let waited = tokio::time::timeout(SHORT, second.read(&mut byte)).await;
    assert!(waited.is_err(), "the only place is taken");
    drop(first);
    assert!(rest(&mut second).await.starts_with("HTTP/1.1 200 "));
    server.stop().await;
}

#[tokio::test]
async fn too_much_is_refused_before_it_is_read() {
    let server = Server::start(Settings::default()).await.unwrap();
    for (path, length, expected) in [
        ("/v1/apps", 7 * 1024 * 1024 + 1, "HTTP/1.1 413 "),
        ("/v1/apps/a/events", 4 * 1024 * 1024 + 1, "HTTP/1.1 413 "),
    ] {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        let head = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let answer = rest(&mut stream).await;
        assert!(answer.starts_with(expected), "{path}: {answer}");
        assert!(answer.contains("PayloadTooLargeException"), "{answer}");
    }
    // Without an announced length it is the bytes that count.
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(b"POST /v1/apps HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n").await.unwrap();
    let part = [&b"100000\r\n"[..], &vec![b' '; 0x10_0000], b"\r\n"].concat();
    for _ in 0..8 {
        if stream.write_all(&part).await.is_err() {
            break;
        }
    }
    assert!(rest(&mut stream).await.starts_with("HTTP/1.1 413 "));
    server.stop().await;
}

#[tokio::test]
async fn beyond_loopback_it_listens_with_keys_and_tls_only() {
    let listen: SocketAddr = "0.0.0.0:0".parse().unwrap();
    let open = Settings { listen, ..Settings::default() };
    let error = Server::start(open.clone()).await.err().unwrap();
    assert!(matches!(error, StartError::NotLoopback(_)) && error.to_string().contains("access keys"), "{error}");
    let keys = Keys::new(vec![Key::new("KNOWN", "a secret that only tests know", &Permission::ALL).unwrap()]);
    let guarded = Settings { keys, ..open };
    let error = Server::start(guarded.clone()).await.err().unwrap();
    assert!(matches!(error, StartError::Unencrypted(_)) && error.to_string().contains("TLS"), "{error}");
    let server = Server::start(Settings { insecure_http: true, ..guarded }).await.unwrap();
    let near = SocketAddr::from(([127, 0, 0, 1], server.address().port()));
    let answer = ask(&mut TcpStream::connect(near).await.unwrap(), "/v1/apps").await;
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn a_backup_is_fetched_over_tls_from_the_holder_of_the_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let written = |name: &str| {
        let made = rcgen::generate_simple_self_signed(vec!["pinpoint.example".to_owned()]).unwrap();
        let files = TlsFiles {
            certificate: folder.path().join(format!("{name}.pem")),
            key: folder.path().join(format!("{name}.key")),
        };
        std::fs::write(&files.certificate, made.cert.pem()).unwrap();
        std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
        files
    };
    let (ours, other) = (written("ours"), written("other"));
    let admin = Key::new("ADMIN", "a secret that only tests know", &[Permission::Admin]).unwrap();
    let reader = Key::new("READER", "a secret that only tests know", &[Permission::Read]).unwrap();
    let keys = Keys::new(vec![admin.clone(), reader.clone()]);
    let settings = Settings { keys, tls: Some(ours.clone()), ..Settings::default() };
    let server = Server::start(settings).await.unwrap();
    assert!(server.endpoint_url().starts_with("https://"));
    let address = server.address();
    let file = folder.path().join("backup.sqlite");
    let certificate = Some(ours.certificate.as_path());
    let error = backup::fetch(address, Some(&reader), certificate, &file).await.unwrap_err();
    assert!(matches!(&error, FetchError::Refused(why) if why.contains("`admin`")), "{error}");
    let error = backup::fetch(address, None, certificate, &file).await.unwrap_err();
    assert!(matches!(&error, FetchError::Refused(why) if why.contains("not signed")), "{error}");
    for (what, certificate) in [("another certificate", Some(other.certificate.as_path())), ("no TLS", None)] {
        let error = backup::fetch(address, Some(&admin), certificate, &file).await.unwrap_err();
        assert!(matches!(error, FetchError::Unreachable(..)), "{what}: {error}");
    }
    assert!(!file.exists());
    backup::fetch(address, Some(&admin), certificate, &file).await.unwrap();
    backup::restore(&file, &folder.path().join("restored")).unwrap();
    let error = backup::fetch(address, Some(&admin), certificate, &file).await.unwrap_err();
    assert!(matches!(error, FetchError::Occupied(_)), "{error}");
    server.stop().await;

    for (certificate, key, part) in [
        (&ours.certificate, &other.key, "do not go together"),
        (&ours.key, &ours.key, "no certificate"),
        (&ours.certificate, &ours.certificate, "private key"),
    ] {
        let tls = TlsFiles { certificate: certificate.clone(), key: key.clone() };
        let error = Server::start(Settings { tls: Some(tls), ..Settings::default() }).await.err().unwrap();
        assert!(matches!(&error, StartError::Tls(why) if why.contains(part)), "{error}");
    }
}
