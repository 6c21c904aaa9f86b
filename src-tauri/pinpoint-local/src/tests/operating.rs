//! For those who operate the server: the audit log, backups, figures, health, and what the log says.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::{Debug, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};

use axum::body::Body;
use axum::http::Request;
use rusqlite::Connection;
use serde_json::{Value, json};
use tracing::field::{Field, Visit};
use tracing::span;

use super::{Asked, START};
use crate::admin;
use crate::backup::{self, RestoreError};
use crate::refusal::Refusal;
use crate::server::{Machine, Settings};
use crate::store;

/// An endpoint whose id is an address, as applications often have it.
const ADDRESS: &str = "ann@people.example";

async fn audit(asked: &Asked) -> Vec<(String, String, String)> {
    let (status, page) = asked.ask("GET", "/waymark/audit?limit=1000", None).await;
    assert_eq!(status, 200, "{page}");
    let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
    let items = page["Item"].as_array().unwrap();
    items.iter().map(|item| (text(item, "Who"), text(item, "Operation"), text(item, "Resource"))).collect()
}

#[tokio::test]
async fn the_audit_log_tells_who_changed_what() {
    let asked = Asked::new();
    let app = asked.app().await;
    let endpoint = format!("{app}/endpoints/{ADDRESS}");
    let body = json!({"ChannelType": "EMAIL", "Address": ADDRESS});
    assert_eq!(asked.ask("PUT", &endpoint, body).await.0, 202);
    assert_eq!(asked.ask("GET", &endpoint, None).await.0, 200);
    assert_eq!(asked.ask("DELETE", &endpoint, None).await.0, 202);
    assert_eq!(asked.ask("DELETE", "/v1/apps/none", None).await.0, 404);
    assert_eq!(asked.ask("DELETE", "/waymark/outbox", None).await.0, 200);
    assert_eq!(asked.ask("POST", "/waymark/clock", json!({"advance": "PT1H"})).await.0, 200);
    let row = |operation: &str, resource: &str| ("local".to_owned(), operation.to_owned(), resource.to_owned());
    let expected = [
        row("POST /waymark/clock", "/waymark/clock"),
        row("DELETE /waymark/outbox", "/waymark/outbox"),
        row("DeleteEndpoint", &format!("{app}/endpoints/{{endpoint-id}}")),
        row("CreateApp", "/v1/apps"),
    ];
    assert_eq!(audit(&asked).await, expected, "reading, refusals and frequent writing are left out");
}

#[tokio::test]
async fn frequent_writing_and_addresses_are_told_when_asked_for() {
    let asked = Asked::with(Settings { audit_all: true, log_addresses: true, ..Settings::default() });
    let app = asked.app().await;
    let endpoint = format!("{app}/endpoints/{ADDRESS}");
    assert_eq!(asked.ask("PUT", &endpoint, json!({"ChannelType": "EMAIL", "Address": ADDRESS})).await.0, 202);
    assert_eq!(audit(&asked).await[0].2, endpoint);
}

#[tokio::test]
async fn the_audit_log_comes_in_pages_and_is_only_added_to() {
    let asked = Asked::new();
    for _ in 0..5 {
        asked.app().await;
    }
    let (mut seen, mut token) = (Vec::new(), String::new());
    for expected in [2, 2, 1] {
        let (_, page) = asked.ask("GET", &format!("/waymark/audit?limit=2{token}"), None).await;
        let items = page["Item"].as_array().unwrap();
        assert_eq!(items.len(), expected, "{page}");
        seen.extend(items.iter().map(|item| item["RequestID"].as_str().unwrap().to_owned()));
        token = page["NextToken"].as_str().map_or_else(String::new, |token| format!("&token={token}"));
    }
    assert!(token.is_empty(), "the last page has no token");
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 5, "every row once");
    for change in ["UPDATE audit SET who = 'nobody'", "DELETE FROM audit"] {
        let outcome = asked.machine.store.change::<_, rusqlite::Error>(move |store| store.execute(change, [])).await;
        assert!(outcome.unwrap_err().to_string().contains("only added to"), "{change}");
    }
    assert_eq!(audit(&asked).await.len(), 5);
    for query in ["limit=0", "limit=x", "token=x"] {
        assert_eq!(asked.ask("GET", &format!("/waymark/audit?{query}"), None).await.0, 400, "{query}");
    }
}

#[tokio::test]
async fn a_change_without_its_row_is_not_made() {
    let asked = Asked::new();
    let away = |store: &rusqlite::Transaction<'_>| store.execute_batch("ALTER TABLE audit RENAME TO elsewhere");
    asked.machine.store.change::<_, rusqlite::Error>(away).await.unwrap();
    assert_eq!(asked.ask("POST", "/v1/apps", json!({"Name": "shop"})).await.0, 500);
    assert_eq!(asked.machine.status().unwrap().apps, []);
}

/// All rows of all tables, as text.
fn content(file: &Path) -> BTreeMap<String, Vec<String>> {
    let connection = Connection::open(file).unwrap();
    let mut names = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
    let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let rows = |name: &String| {
        let mut rows = connection.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let columns = rows.column_count();
        let rows = rows.query_map([], |row| {
            Ok((0..columns).map(|column| format!("{:?}", row.get_ref(column).unwrap())).collect::<String>())
        });
        rows.unwrap().map(Result::unwrap).collect()
    };
    names.iter().map(|name| (name.clone(), rows(name))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_writes_is_one_moment_and_restores() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let asked = Asked::with(Settings { data: Some(data.clone()), ..Settings::default() });
    asked.app().await;
    let machine = asked.machine.clone();
    let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let (told, begun) = mpsc::channel();
    let (until, end) = (stop.clone(), done.clone());
    // Two tables change together: a copy of one moment has as many rows of one as of the other.
    let writing = std::thread::spawn(move || {
        let mut n = 0;
        while !until.load(Ordering::SeqCst) {
            n += 1;
            let write = move |store: &rusqlite::Transaction<'_>| {
                store.execute("INSERT INTO attribute_names (app, name) VALUES ('a', ?1)", [n])?;
                store.execute("INSERT INTO users (app, id, attributes) VALUES ('a', ?1, '{}')", [n])?;
                Ok::<_, Refusal>(())
            };
            machine.store.transact(write).unwrap();
            let _ = told.send(n);
        }
        end.store(true, Ordering::SeqCst);
    });
    while begun.recv().unwrap() < 50 {}
    let request = Request::post("/waymark/backup").header("host", "localhost").body(Body::empty()).unwrap();
    let response = asked.send(request).await;
    assert_eq!(response.status(), 200);
    let length: usize = response.headers()["content-length"].to_str().unwrap().parse().unwrap();
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    assert_eq!(bytes.len(), length);
    assert!(!done.load(Ordering::SeqCst), "writing went on");
    stop.store(true, Ordering::SeqCst);
    writing.join().unwrap();

    let file = folder.path().join("backup.sqlite");
    std::fs::write(&file, &bytes).unwrap();
    let restored = folder.path().join("restored");
    backup::restore(&file, &restored).unwrap();
    let found = content(&restored.join(store::FILE));
    assert!(found["users"].len() >= 50, "what was there before the backup is in it");
    assert_eq!(found["users"].len(), found["attribute_names"].len());
    let left: Vec<_> = std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| name.to_str().unwrap().starts_with("pinpoint.")), "{left:?}");

    // At rest, the copy is the same in every row, and a server goes on with it.
    let still = backup::copy(&asked.machine.store, folder.path()).unwrap();
    let again = folder.path().join("again");
    backup::restore(still.path(), &again).unwrap();
    drop(asked);
    assert_eq!(content(&again.join(store::FILE)), content(&data.join(store::FILE)));
    let asked = Asked::with(Settings { data: Some(again.clone()), ..Settings::default() });
    assert_eq!(asked.machine.status().unwrap().apps.len(), 1);
    assert!(matches!(backup::restore(&file, &again), Err(RestoreError::Occupied(_))));
}

#[tokio::test]
async fn a_store_in_memory_is_backed_up_too() {
    let asked = Asked::new();
    asked.app().await;
    let folder = tempfile::tempdir().unwrap();
    let file = backup::copy(&asked.machine.store, folder.path()).unwrap();
    assert_eq!(content(file.path())["apps"].len(), 1);
    asked.app().await;
}

#[test]
fn what_is_no_sound_backup_is_not_restored() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.sqlite");
    let into = folder.path().join("data");
    std::fs::write(&file, "not a database at all, and long enough to be looked at as one").unwrap();
    let error = backup::restore(&file, &into).unwrap_err();
    assert!(matches!(error, RestoreError::Damaged(..)), "{error}");
    std::fs::remove_file(&file).unwrap();
    Connection::open(&file).unwrap().execute_batch("CREATE TABLE other (n)").unwrap();
    let error = backup::restore(&file, &into).unwrap_err();
    assert!(error.to_string().contains("something else"), "{error}");
    std::fs::remove_file(&file).unwrap();
    assert!(matches!(backup::restore(&file, &into), Err(RestoreError::Copy(..))));
    let machine = Machine::open(&Settings::default()).unwrap();
    let newer = backup::copy(&machine.store, folder.path()).unwrap();
    Connection::open(newer.path()).unwrap().pragma_update(None, "user_version", 10_000).unwrap();
    let error = backup::restore(newer.path(), &into).unwrap_err();
    assert!(error.to_string().contains("use a newer Waymark"), "{error}");
    let left = std::fs::read_dir(&into)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_str().unwrap().ends_with(".sqlite"));
    assert_eq!(left.count(), 0, "a folder stays free after a failure");
}

#[tokio::test]
async fn figures_and_health() {
    let asked = Asked::new();
    asked.app().await;
    assert_eq!(asked.ask("GET", "/v1/apps/none", None).await.0, 404);
    assert_eq!(asked.ask("GET", "/waymark/health", None).await, (200, json!({"Status": "ok"})));
    // An entry that should have been evaluated 90 seconds ago, by the server's own clock.
    let late = |store: &rusqlite::Transaction<'_>| {
        store.execute(
            "INSERT INTO journeys (app, id, name, state, document, entry_due) VALUES ('a', 'j', 'j', 'ACTIVE', '{}', ?1)",
            [START - 90_000],
        )
    };
    asked.machine.store.change::<_, rusqlite::Error>(late).await.unwrap();
    let request = Request::get("/waymark/metrics").header("host", "localhost").body(Body::empty()).unwrap();
    let response = asked.send(request).await;
    assert_eq!(response.headers()["content-type"], "text/plain; version=0.0.4");
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    for line in [
        "waymark_requests_total{operation=\"CreateApp\",status=\"201\"} 1",
        "waymark_requests_total{operation=\"GetApp\",status=\"404\"} 1",
        "waymark_requests_total{operation=\"/waymark/health\",status=\"200\"} 1",
        "waymark_participants 0",
        "waymark_runner_lag_seconds 90",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_does_not_answer_is_not_healthy() {
    let machine = Arc::new(Machine::open(&Settings::default()).unwrap());
    let (go_on, wait) = mpsc::channel::<()>();
    let (begun, begins) = mpsc::channel();
    let holding = machine.clone();
    let holder = std::thread::spawn(move || {
        holding.store.transact(move |_| {
            begun.send(()).unwrap();
            let _ = wait.recv();
            Ok::<_, Refusal>(())
        })
    });
    begins.recv().unwrap();
    let answer = admin::health(&machine).await.unwrap();
    assert_eq!(answer.status, 503);
    drop(go_on);
    holder.join().unwrap().unwrap();
    // A clock that stands still jumps to the end of every wait.
    tokio::time::resume();
    assert_eq!(admin::health(&machine).await.unwrap().status, 200);
}

thread_local! {
    static LOG: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keeps every event as text, for the thread that it happens on: each test runs on its own.
#[derive(Clone, Copy)]
struct Kept;

impl Visit for Kept {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        LOG.with_borrow_mut(|log| write!(log, "{}={value:?} ", field.name()).unwrap());
    }
}

impl tracing::Subscriber for Kept {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut Kept);
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

/// What the log says of requests that are refused and quote an address in path, query and body.
async fn logged(log_addresses: bool) -> String {
    // For the whole process: one for a thread is asked by no other, and what they log first is then never asked again.
    let _ = tracing::subscriber::set_global_default(Kept);
    LOG.take();
    let asked = Asked::with(Settings { log_addresses, ..Settings::default() });
    let app = asked.app().await;
    let path = format!("{app}/endpoints/{ADDRESS}?x={ADDRESS}");
    let (status, body) = asked.ask("PUT", &path, json!({"Address": ADDRESS, "ChannelType": ADDRESS})).await;
    assert_eq!(status, 400);
    assert!(body.to_string().contains(ADDRESS), "the answer quotes it: {body}");
    assert_eq!(asked.ask("GET", &path, None).await.0, 404);
    LOG.take()
}

#[tokio::test]
async fn the_log_has_no_addresses_of_people_unless_asked_for() {
    let log = logged(false).await;
    assert!(log.contains("operation=\"UpdateEndpoint\"") && log.contains("BadRequestException"), "{log}");
    assert!(!log.contains(ADDRESS), "{log}");
    assert!(logged(true).await.contains(ADDRESS));
}
