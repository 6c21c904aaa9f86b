//! Access keys: signatures and permissions.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::http::{HeaderValue, Method, Request};
use model::operations::OPERATIONS;
use serde_json::{Value, json};

use super::Asked;
use crate::access::{self, Key, KeyFile, Keys, Permission};
use crate::listen::Peer;
use crate::server::Settings;

const SECRET: &str = "a secret that only tests know";

fn key(id: &str, permissions: &[Permission]) -> Key {
    Key::new(id, SECRET, permissions).unwrap()
}

fn guarded(keys: &[Key]) -> Asked {
    Asked::with(Settings { keys: Keys::new(keys.to_vec()), ..Settings::default() })
}

fn signed(key: &Key, at: SystemTime, method: &str, path: &str, body: &str) -> Request<Body> {
    let url = format!("http://pinpoint.example:8700{path}");
    let mut request = Request::builder().method(method).uri(path).header("host", "pinpoint.example:8700");
    for (name, value) in access::sign(key, at, method, &url, body.as_bytes()).unwrap() {
        request = request.header(name, value);
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

async fn answer(asked: &Asked, request: Request<Body>) -> (u16, String) {
    let response = asked.send(request).await;
    let status = response.status().as_u16();
    let kind = response.headers().get("x-amzn-ErrorType").map(|kind| kind.to_str().unwrap().to_owned());
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let body: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    if status == 403 {
        assert_eq!(kind.as_deref(), Some("ForbiddenException"));
        assert!(body["RequestID"].is_string(), "{body}");
    }
    (status, body["Message"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_request_is_taken_as_it_was_signed_and_not_otherwise() {
    let known = key("KNOWN", &Permission::ALL);
    let asked = guarded(std::slice::from_ref(&known));
    let now = SystemTime::now();
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    let body = json!({"Name": "shop"}).to_string();
    let create = |key: &Key, at| signed(key, at, "POST", "/v1/apps", &body);
    for at in [now, now - minutes(4), now + minutes(4)] {
        assert_eq!(answer(&asked, create(&known, at)).await, (201, String::new()));
    }
    let paths = [
        "/v1/apps?page-size=2&token=",
        "/v1/tags/arn%3Aaws%3Amobiletargeting%3Aus-east-1%3A1%3Aapps%2Fa%20b",
        "/v1/phone/number/validate/",
    ];
    for path in paths {
        let (status, message) = answer(&asked, signed(&known, now, "GET", path, "")).await;
        assert_ne!(status, 403, "{path}: {message}");
    }
    let other = Key::new("KNOWN", "another secret of twenty bytes", &Permission::ALL).unwrap();
    let mut altered = create(&known, now);
    *altered.body_mut() = Body::from(json!({"Name": "shoq"}).to_string());
    let mut moved = create(&known, now);
    *moved.uri_mut() = "/v1/apps?page-size=1".parse().unwrap();
    let mut turned = create(&known, now);
    *turned.method_mut() = Method::PUT;
    let mut elsewhere = create(&known, now);
    elsewhere.headers_mut().insert("host", HeaderValue::from_static("127.0.0.1"));
    let mut added = create(&known, now);
    added.headers_mut().insert("x-amz-meta", HeaderValue::from_static("x"));
    let mut unsigned_body = create(&known, now);
    unsigned_body.headers_mut().insert("x-amz-content-sha256", HeaderValue::from_static("UNSIGNED-PAYLOAD"));
    let edited = |from: &str, to: &str| {
        let mut request = create(&known, now);
        let said = request.headers()["authorization"].to_str().unwrap().replace(from, to);
        request.headers_mut().insert("authorization", said.parse().unwrap());
        request
    };
    let mut naked = create(&known, now);
    naked.headers_mut().remove("authorization");
    let in_the_query = Request::get("/v1/apps?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0").body(Body::empty());
    for (what, request, part) in [
        ("wrong secret", create(&other, now), "does not match"),
        ("unknown key", create(&key("OTHER", &Permission::ALL), now), "no access key `OTHER`"),
        ("altered body", altered, "does not match"),
        ("altered query", moved, "does not match"),
        ("another method", turned, "does not match"),
        ("another host", elsewhere, "does not match"),
        ("old", create(&known, now - minutes(6)), "5 minutes"),
        ("of the future", create(&known, now + minutes(6)), "5 minutes"),
        ("a header more", added, "x-amz-meta is not signed"),
        ("the body left out", unsigned_body, "body has to be signed"),
        ("another service", edited("mobiletargeting", "s3"), "signed for `s3`"),
        ("another region", edited("/local/", "/us-east-1/"), "does not match"),
        ("host not signed", edited("SignedHeaders=host;", "SignedHeaders="), "host is not signed"),
        ("damaged header", edited("Credential=", "Key="), "Authorization header: expected"),
        ("empty header", edited("AWS4-HMAC-SHA256", "Basic"), "Authorization header: expected"),
        ("unsigned", naked, "is not signed"),
        ("in the query", in_the_query.unwrap(), "signature in the query"),
    ] {
        let (status, message) = answer(&asked, request).await;
        assert_eq!(status, 403, "{what}: {message}");
        assert!(message.contains(part), "{what}: {message}");
        assert!(!message.contains(SECRET));
    }
    let apps = asked.machine.status().unwrap().apps;
    assert_eq!(apps.len(), 3, "nothing else was carried out");
}

#[tokio::test]
async fn each_operation_is_refused_without_its_permission() {
    let keys: Vec<Key> = Permission::ALL.iter().map(|permission| key(permission.name(), &[*permission])).collect();
    let asked = guarded(&keys);
    let now = SystemTime::now();
    for operation in OPERATIONS {
        let path = operation.path.replace(['{', '}'], "");
        // A campaign that is not paused asks for `send` too.
        let body = if operation.method == "GET" { "" } else { "{\"IsPaused\":true}" };
        for (key, permission) in keys.iter().zip(Permission::ALL) {
            let (status, message) = answer(&asked, signed(key, now, operation.method, &path, body)).await;
            let may = permission == access::of(operation);
            assert_eq!(status != 403, may, "{} with `{}`: {status} {message}", operation.name, permission.name());
            if !may {
                assert!(
                    message.contains(operation.name) && message.contains(access::of(operation).name()),
                    "{message}"
                );
            }
        }
    }
    for (method, path, permission) in [
        ("GET", "/waymark/status", Permission::Read),
        ("GET", "/waymark/metrics", Permission::Read),
        ("GET", "/waymark/outbox", Permission::Read),
        ("DELETE", "/waymark/outbox", Permission::Admin),
        ("POST", "/waymark/clock", Permission::Admin),
        ("GET", "/waymark/audit", Permission::Admin),
        ("POST", "/waymark/backup", Permission::Admin),
    ] {
        for (key, held) in keys.iter().zip(Permission::ALL) {
            let (status, message) = answer(&asked, signed(key, now, method, path, "")).await;
            assert_eq!(status != 403, held == permission, "{method} {path}: {status} {message}");
        }
    }
}

#[tokio::test]
async fn starting_a_journey_asks_for_send_too() {
    let (writer, sender) = (key("WRITER", &[Permission::Write]), key("SENDER", &[Permission::Write, Permission::Send]));
    let asked = guarded(&[writer.clone(), sender.clone()]);
    let now = SystemTime::now();
    for (key, state, refused) in [(&writer, "ACTIVE", true), (&writer, "PAUSED", false), (&sender, "ACTIVE", false)] {
        let body = json!({"State": state}).to_string();
        let request = signed(key, now, "PUT", "/v1/apps/a/journeys/j/state", &body);
        let (status, message) = answer(&asked, request).await;
        assert_eq!(status == 403, refused, "{} {state}: {message}", key.id);
        assert!(refused == message.contains("`send`"), "{message}");
    }
}

#[tokio::test]
async fn only_health_and_near_figures_are_unsigned() {
    let asked = guarded(&[key("KNOWN", &Permission::ALL)]);
    let near: SocketAddr = "127.0.0.1:50000".parse().unwrap();
    let far: SocketAddr = "192.0.2.7:50000".parse().unwrap();
    for (path, peer, host, status) in [
        ("/waymark/health", far, "pinpoint.example", 200),
        ("/waymark/metrics", near, "127.0.0.1:8700", 200),
        ("/waymark/metrics", near, "pinpoint.example", 403),
        ("/waymark/metrics", far, "127.0.0.1:8700", 403),
        ("/waymark/status", near, "127.0.0.1:8700", 403),
        ("/v1/apps", near, "127.0.0.1:8700", 403),
        ("/v1/nothing", near, "127.0.0.1:8700", 403),
    ] {
        let request = Request::get(path).header("host", host).extension(Peer(peer)).body(Body::empty()).unwrap();
        assert_eq!(answer(&asked, request).await.0, status, "{path} from {peer} as {host}");
    }
}

#[tokio::test]
async fn keys_are_read_again_and_a_broken_file_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.toml");
    let write = |text: &str| {
        std::fs::write(&path, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
    };
    let entry = |id: &str| format!("[keys.{id}]\nsecret = \"{SECRET}\"\npermissions = [\"read\"]\n");
    write(&entry("FIRST"));
    let file = KeyFile { path: path.clone(), beside: Some(key("BESIDE", &Permission::ALL)) };
    let keys = file.read().unwrap();
    let asked = Asked::with(Settings { keys, keys_file: Some(file.clone()), ..Settings::default() });
    let may = async |id: &str| {
        let request = signed(&key(id, &[Permission::Read]), SystemTime::now(), "GET", "/v1/apps", "");
        answer(&asked, request).await.0 == 200
    };
    assert!(may("FIRST").await && !may("SECOND").await && may("BESIDE").await);
    write(&(entry("SECOND") + &entry("THIRD")));
    asked.machine.keys.read_again(&file);
    assert!(!may("FIRST").await && may("SECOND").await && may("THIRD").await && may("BESIDE").await);
    for broken in ["", "[keys.SECOND]\nsecret = \"short\"\npermissions = [\"read\"]\n", "[keys"] {
        write(broken);
        asked.machine.keys.read_again(&file);
        assert!(may("SECOND").await && !may("FIRST").await, "{broken}");
    }
    std::fs::remove_file(&path).unwrap();
    asked.machine.keys.read_again(&file);
    assert!(may("SECOND").await, "a file that is gone opens the server to nobody");
}
