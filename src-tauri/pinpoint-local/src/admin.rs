//! Paths of our own below `/waymark/`. The crate page documents them.

use std::time::Duration;

use axum::http::StatusCode;
use model::time::{format_instant, parse_duration, parse_instant};
use rusqlite::Transaction;
use serde_json::{Value, json};

use crate::api::Answer;
use crate::audit::{self, Entry};
use crate::backup::{self, FileBody};
use crate::clock::{Clock, Real};
use crate::http::Reply;
use crate::meters::{self, Held};
use crate::refusal::{Exception, Refusal, Result};
use crate::server::Machine;
use crate::stream::folder::Folder;
use crate::{deliver, outbox};

/// Whether the server answers.
pub const HEALTH: &str = "/waymark/health";
/// Figures for Prometheus.
pub const METRICS: &str = "/waymark/metrics";

/// All of them.
pub const PATHS: &[&str] =
    &["/waymark/status", "/waymark/outbox", "/waymark/clock", "/waymark/audit", "/waymark/backup", METRICS, HEALTH];

/// Longest that the store may take to say that it is there.
const LONGEST_SILENCE: Duration = Duration::from_secs(5);

/// A request on a path of our own.
pub struct Request {
    /// HTTP method.
    pub method: String,
    /// The path.
    pub path: String,
    /// Parameters of the query, decoded.
    pub query: Vec<(String, String)>,
    /// The body.
    pub body: Value,
    /// Id of the access key, or [`audit::LOCAL`].
    pub who: String,
    /// Id of this request.
    pub request_id: String,
}

/// Carries out a request on a path of our own.
pub fn answer(machine: &Machine, request: &Request) -> Result<Reply> {
    let Request { method, path, query, body, .. } = request;
    let told = request.told();
    if let Some(answer) = deliver::admin::answer(machine, method, path, query, &told)? {
        return Ok(Reply::Answer(answer));
    }
    let answer = match (method.as_str(), path.as_str()) {
        ("GET", METRICS) => {
            let files = machine.folder.as_ref().map(Folder::name);
            let held = machine.store.read(|store| Held::read(store, files))?;
            return Ok(Reply::Meters(meters::text(&machine.meters, &held, machine.clock.now())));
        }
        ("POST", "/waymark/backup") => {
            machine.store.transact::<_, Refusal>(move |store| Ok(audit::write(store, &told)?))?;
            let elsewhere = std::env::temp_dir();
            let folder = machine.settings.data.as_deref().unwrap_or(&elsewhere);
            let file = backup::copy(&machine.store, folder)?;
            let bytes = file.as_file().metadata().map_or(0, |file| file.len());
            return Ok(Reply::File(FileBody::of(file), bytes));
        }
        ("GET", "/waymark/status") => to_value(&machine.status()?),
        ("DELETE", "/waymark/outbox") => {
            let clear = move |store: &Transaction<'_>| {
                audit::write(store, &told)?;
                Ok::<_, Refusal>(outbox::clear(store)?)
            };
            json!({"Removed": machine.store.transact(clear)?})
        }
        ("GET", "/waymark/audit") => {
            let (limit, before) = (usize::from(limit(query)?), place(query)?);
            machine.store.read::<_, Refusal>(|store| Ok(audit::read(store, before, limit)?))?
        }
        ("GET", "/waymark/clock") => clock(machine),
        ("POST", "/waymark/clock") => {
            let advance = body.get("advance").and_then(Value::as_str);
            let to = body.get("to").and_then(Value::as_str);
            let target = match (advance, to) {
                (Some(span), None) => parse_duration(span)
                    .and_then(|span| machine.clock.now().checked_add(span))
                    .ok_or_else(|| Refusal::bad_request("advance: expected an ISO 8601 duration such as P1D"))?,
                (None, Some(instant)) => {
                    parse_instant(instant).ok_or_else(|| Refusal::bad_request("to: expected an ISO 8601 instant"))?
                }
                _ => return Err(Refusal::bad_request("expected one of `advance` and `to`")),
            };
            machine.advance_to(target)?;
            machine.store.transact::<_, Refusal>(move |store| Ok(audit::write(store, &told)?))?;
            clock(machine)
        }
        (_, path) if PATHS.contains(&path) => {
            return Err(Refusal::new(Exception::MethodNotAllowed, format!("{method} is not allowed on this path")));
        }
        _ => return Err(Refusal::not_found("there is no such path below /waymark/")),
    };
    Ok(Reply::Answer(Answer::ok(answer)))
}

impl Request {
    /// What the audit log tells of it.
    fn told(&self) -> Entry {
        Entry {
            at: Real.now(),
            who: self.who.clone(),
            operation: format!("{} {}", self.method, self.path),
            resource: self.path.clone(),
            request: self.request_id.clone(),
        }
    }
}

/// 200 when the store takes work and answers, else 503.
pub async fn health(machine: &Machine) -> Result<Answer> {
    let asked = machine.store.change(|store| Ok::<i64, Refusal>(store.query_row("SELECT 1", [], |row| row.get(0))?));
    match tokio::time::timeout(LONGEST_SILENCE, asked).await {
        Ok(Ok(_)) => Ok(Answer::ok(json!({"Status": "ok"}))),
        _ => Ok(Answer {
            status: StatusCode::SERVICE_UNAVAILABLE,
            body: Some(json!({"Status": "the store does not answer"})),
        }),
    }
}

fn find<'a>(query: &'a [(String, String)], name: &str) -> Option<&'a str> {
    query.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
}

/// The parameter `limit` of a list: 1 to 1000, 100 when absent.
pub fn limit(query: &[(String, String)]) -> Result<u16> {
    match find(query, "limit") {
        None => Ok(100),
        Some(text) => text
            .parse()
            .ok()
            .filter(|limit| (1..=1000).contains(limit))
            .ok_or_else(|| Refusal::bad_request("limit: expected a number from 1 to 1000")),
    }
}

/// The parameter `token`: rows below this place.
fn place(query: &[(String, String)]) -> Result<i64> {
    match find(query, "token") {
        None => Ok(i64::MAX),
        Some(text) => text.parse().map_err(|_| Refusal::bad_request("token: not a token of this list")),
    }
}

fn clock(machine: &Machine) -> Value {
    json!({"Now": format_instant(machine.clock.now()), "Virtual": machine.clock.is_virtual()})
}

fn to_value(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
