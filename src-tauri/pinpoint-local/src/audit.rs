//! The audit log: who changed what, and when. Rows are only added; triggers of the store refuse everything else.
//!
//! A row stands in the transaction of the change that it tells of: one is never there without the other. It has no body.
//! Endpoint and user ids can be addresses of people; unless these are asked for (`log_addresses`), `{endpoint-id}` and
//! `{user-id}` stand in their place.
//!
//! Writing endpoints and events comes thousands of times a second and is what applications do, not people who operate the
//! server: [`is_frequent`] operations are left out unless asked for (`audit_all`).

use model::Millis;
use model::operations::Operation;
use model::time::format_instant;
use rusqlite::{Connection, params};
use serde_json::{Value, json};

use crate::access::{self, Permission};

/// Who changes things where nobody has to sign.
pub const LOCAL: &str = "local";

/// A row to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When, by the clock of this machine; milliseconds since 1970.
    pub at: Millis,
    /// The id of the access key, or [`LOCAL`].
    pub who: String,
    /// `UpdateJourneyState`, or method and path of our own paths.
    pub operation: String,
    /// The path, its parameters filled in.
    pub resource: String,
    /// `x-amzn-RequestId` of the answer.
    pub request: String,
}

/// Writes endpoints or events.
fn is_frequent(operation: &Operation) -> bool {
    matches!(operation.name, "UpdateEndpoint" | "UpdateEndpointsBatch" | "PutEvents")
}

/// Whether a request is told of: all that change something, the frequent ones only when `all` is asked for.
pub fn tells(operation: &Operation, all: bool) -> bool {
    access::of(operation) != Permission::Read && (all || !is_frequent(operation))
}

/// The path of a request, with ids that can be addresses only when `addresses` are asked for.
pub fn resource(operation: &Operation, parameters: &[(&'static str, String)], addresses: bool) -> String {
    let mut path = operation.path.to_owned();
    for (name, value) in parameters {
        if addresses || !matches!(*name, "endpoint-id" | "user-id") {
            path = path.replacen(&format!("{{{name}}}"), value, 1);
        }
    }
    path
}

/// Adds a row.
pub fn write(connection: &Connection, entry: &Entry) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO audit (at, who, operation, resource, request) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![entry.at, entry.who, entry.operation, entry.resource, entry.request])?;
    Ok(())
}

/// At most `limit` rows below the place `before`, newest first: `{"Item": […], "NextToken": "…"}`, the token absent on
/// the last page.
pub fn read(connection: &Connection, before: i64, limit: usize) -> rusqlite::Result<Value> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, at, who, operation, resource, request FROM audit WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2",
    )?;
    let rows = statement.query_map(params![before, i64::try_from(limit + 1).unwrap_or(i64::MAX)], |row| {
        let item = json!({
            "At": format_instant(row.get(1)?),
            "Who": row.get::<_, String>(2)?,
            "Operation": row.get::<_, String>(3)?,
            "Resource": row.get::<_, String>(4)?,
            "RequestID": row.get::<_, String>(5)?,
        });
        Ok((row.get::<_, i64>(0)?, item))
    })?;
    let mut rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let last = rows.last().map(|(place, _)| place.to_string());
    let items: Vec<Value> = rows.into_iter().map(|(_, item)| item).collect();
    let mut page = json!({"Item": items});
    if let (true, Some(last)) = (more, last) {
        page["NextToken"] = last.into();
    }
    Ok(page)
}
