//! Whatever bytes come as path, query and body: an answer, never a 500 and never a panic.

use std::cell::Cell;

use axum::body::Body;
use axum::http::Request;
use model::operations::OPERATIONS;
use model::shapes::{Kind, SHAPES};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};

use super::Asked;

/// Texts that programs trip over.
const TEXTS: &[&str] = &[
    "",
    " ",
    "0",
    "-1",
    "99999999999999999999",
    "1e999",
    "null",
    "a",
    "ä\u{0}😀",
    "%",
    "{{",
    "{{Attributes.x}}",
    "P1D",
    "PT0S",
    "P99999999Y",
    "2026-11-30T09:00:00Z",
    "9999-12-31T23:59:59Z",
    "-292277022657-01-01T00:00:00Z",
    "UTC+14",
    "24:00",
    "ALL",
    "ACTIVE",
    "EMAIL",
    "DAILY",
    "[1]",
    "../..",
    "' OR 1 --",
    "\u{202e}",
    "arn:aws:mobiletargeting:us-east-1:1:apps/a",
];

/// A value out of bytes: mostly what the shape wants, now and then something else.
fn value(shape: usize, bytes: &mut impl Iterator<Item = u8>, depth: usize) -> Value {
    let mut next = || bytes.next().unwrap_or(0);
    let text = |n: u8| Value::from(TEXTS[usize::from(n) % TEXTS.len()]);
    let choice = next();
    if choice % 16 == 15 || depth > 6 {
        return match next() % 6 {
            0 => Value::Null,
            1 => json!(-1),
            2 => json!([]),
            3 => json!({}),
            4 => json!(1.5e300),
            _ => text(choice),
        };
    }
    match SHAPES[shape].kind {
        Kind::Text | Kind::Timestamp | Kind::Blob => text(next()),
        Kind::Words(words) => words[usize::from(next()) % words.len()].into(),
        Kind::Flag => (choice % 2 == 0).into(),
        Kind::Integer => [json!(0), json!(1), json!(-1), json!(i32::MAX), json!(i64::MIN), json!(100)]
            [usize::from(next()) % 6]
            .clone(),
        Kind::Double => [json!(0.0), json!(-0.5), json!(1e308), json!(2)][usize::from(next()) % 4].clone(),
        Kind::List(of) => (0..choice % 3).map(|_| value(of, bytes, depth + 1)).collect(),
        Kind::Map(of) => {
            let names = (0..choice % 3).map(|_| TEXTS[usize::from(bytes.next().unwrap_or(0)) % TEXTS.len()].to_owned());
            let names: Vec<String> = names.collect();
            names.into_iter().map(|name| (name, value(of, bytes, depth + 1))).collect::<Map<_, _>>().into()
        }
        Kind::Structure(members) => {
            let mut object = Map::new();
            for member in members {
                if member.required || bytes.next().unwrap_or(0) % 4 == 1 {
                    object.insert(member.name.to_owned(), value(member.shape, bytes, depth + 1));
                }
            }
            object.into()
        }
    }
}

/// A path or query: bytes as they can stand in an address, the others escaped.
fn escaped(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-_.~+&=".contains(byte) {
                char::from(*byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

#[test]
fn no_request_gives_a_500_or_a_panic() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let asked = Asked::new();
    let app = runtime.block_on(asked.app());
    let project = app.trim_start_matches("/v1/apps/").to_owned();
    let config = Config { cases: 6000, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let bytes = |most: usize| prop::collection::vec(any::<u8>(), 0..most);
    let strategy = (0..OPERATIONS.len(), 0..8u8, bytes(24), bytes(24), bytes(400));
    let accepted = Cell::new(0);
    let outcome = runner.run(&strategy, |(operation, kind, segment, query, entropy)| {
        let operation = &OPERATIONS[operation];
        let segment = if segment.is_empty() || kind % 2 == 0 { "x".to_owned() } else { escaped(&segment) };
        let words = operation.path.split('/').map(|word| match word {
            "{application-id}" if kind < 7 => project.clone(),
            word if word.starts_with('{') => segment.clone(),
            word => word.to_owned(),
        });
        let mut path = words.collect::<Vec<_>>().join("/");
        let pairs: Vec<String> = operation
            .bound
            .iter()
            .enumerate()
            .filter(|(place, _)| query.get(*place).is_some_and(|byte| byte % 2 == 0))
            .map(|(place, member)| {
                format!("{}={}", member.name, escaped(TEXTS[usize::from(query[place]) % TEXTS.len()].as_bytes()))
            })
            .collect();
        path = format!("{path}?{}&{}", pairs.join("&"), escaped(&query));
        let body = match (operation.request, kind) {
            (_, 0) => entropy,
            (None, _) => Vec::new(),
            (Some(shape), _) => value(shape, &mut entropy.into_iter(), 0).to_string().into_bytes(),
        };
        let shown = String::from_utf8_lossy(&body).into_owned();
        let request = Request::builder().method(operation.method).uri(&path).header("host", "localhost");
        let status = runtime.block_on(asked.send(request.body(Body::from(body)).unwrap())).status().as_u16();
        prop_assert!(matches!(status, 200..=499), "{status}: {} {path} {shown}", operation.method);
        if status < 300 {
            accepted.set(accepted.get() + 1);
        }
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    assert!(
        accepted.get() > 50,
        "the requests are near enough to sound ones that some are carried out: {}",
        accepted.get()
    );
    // What came in must not keep the runner from running either.
    asked.machine.run_due().unwrap();
    asked.machine.status().unwrap();
}

#[tokio::test]
async fn nor_does_one_on_paths_of_our_own() {
    let asked = Asked::new();
    for path in crate::admin::PATHS {
        for method in ["GET", "POST", "DELETE", "PUT", "HEAD", "OPTIONS"] {
            for query in ["", "?limit=-1&token=%00", "?limit=99999999999999999999", "?app=%FF&limit=1"] {
                for body in [
                    "",
                    "{",
                    "[]",
                    "{\"advance\":\"P99999999Y\"}",
                    "{\"to\":\"9999-99-99T00:00:00Z\"}",
                    "{\"advance\":7}",
                    "\u{0}",
                ] {
                    let request =
                        Request::builder().method(method).uri(format!("{path}{query}")).header("host", "localhost");
                    let status = asked.send(request.body(Body::from(body)).unwrap()).await.status().as_u16();
                    assert!((200..500).contains(&status), "{status}: {method} {path}{query} {body}");
                }
            }
        }
    }
}
