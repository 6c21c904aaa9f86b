//! Endpoints and users (segments-and-endpoints.md 1).
//!
//! An update merges. What belongs to a user (`UserAttributes`) is kept once, with the user, and put into each of the
//! user's endpoints when they are read.

pub mod write;

use audience::{Row, Update};
use model::Millis;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value, json};

use crate::api::{Answer, Call, Context, Handler, apps};
use crate::refusal::{Refusal, Result};
use crate::store;

/// Handlers of this file.
pub const HANDLERS: &[(&str, Handler)] = &[
    ("UpdateEndpoint", update),
    ("UpdateEndpointsBatch", update_batch),
    ("GetEndpoint", get),
    ("DeleteEndpoint", delete),
    ("GetUserEndpoints", of_user),
    ("DeleteUserEndpoints", delete_of_user),
];

/// Endpoints in a batch (1.4).
const MAX_BATCH: usize = 100;
fn update(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let (app, id) = (call.parameter("application-id"), call.parameter("endpoint-id"));
    let found = write::stored(context, app, id)?;
    if found.is_none() {
        apps::existing(context, call)?;
    }
    let update = Update::of(&call.body).map_err(write::refusal)?;
    write::write(context, app, id, found, &update, &call.request_id, true)?;
    Ok(call.accepted())
}

/// All items or none: the first invalid one refuses the request (1.4, chosen).
fn update_batch(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let app = apps::existing(context, call)?;
    let items = call.body.get("Item").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if items.len() > MAX_BATCH {
        return call.refuse("Item", &format!("{} items, {MAX_BATCH} are allowed", items.len()));
    }
    for (i, item) in items.iter().enumerate() {
        let place = |message: &str| Refusal::bad_request(format!("Item[{i}]: {message}"));
        let id = item.get("Id").and_then(Value::as_str).filter(|id| !id.is_empty());
        let id = id.ok_or_else(|| place("Id is required, but missing"))?;
        write(context, app, id, item, &call.request_id, true)
            .map_err(|refusal| Refusal { message: format!("Item[{i}]: {}", refusal.message), ..refusal })?;
    }
    Ok(call.accepted())
}

/// Creates or merges into an endpoint; `request` is an `EndpointRequest` (or `PublicEndpoint`, `EndpointBatchItem`), null
/// where nothing is said. When it is refused, nothing is written.
///
/// `complete`: a new endpoint must say its `ChannelType`; one that an event creates need not.
pub fn write(
    context: &Context<'_>,
    app: &str,
    id: &str,
    request: &Value,
    request_id: &str,
    complete: bool,
) -> Result<()> {
    let update = if request.is_null() { Update::default() } else { Update::of(request).map_err(write::refusal)? };
    write::write(context, app, id, write::stored(context, app, id)?, &update, request_id, complete)
}

/// Columns that [`assemble`] reads, of `endpoints` left-joined with `users`.
const COLUMNS: &str =
    "endpoints.document, endpoints.user, users.attributes, endpoints.seen, endpoints.seq FROM endpoints
    LEFT JOIN users ON users.app = endpoints.app AND users.id = endpoints.user";

/// An `EndpointResponse` from a row.
fn assemble(row: &rusqlite::Row<'_>) -> rusqlite::Result<Value> {
    let mut document = store::json(row, 0)?;
    let user: Option<String> = row.get(1)?;
    let attributes = if row.get_ref(2)? == rusqlite::types::ValueRef::Null { None } else { Some(store::json(row, 2)?) };
    if let (Some(members), Some(user)) = (document.as_object_mut(), user) {
        let mut object = Map::new();
        object.insert("UserId".into(), user.into());
        if let Some(attributes) = attributes.filter(|value| value.as_object().is_some_and(|map| !map.is_empty())) {
            object.insert("UserAttributes".into(), attributes);
        }
        members.insert("User".into(), Value::Object(object));
    }
    Ok(document)
}

/// Whether there is such an endpoint.
pub fn exists(connection: &Connection, app: &str, id: &str) -> Result<bool> {
    Ok(connection.prepare_cached("SELECT 1 FROM endpoints WHERE app = ?1 AND id = ?2")?.exists(params![app, id])?)
}

/// An endpoint, as `EndpointResponse`.
pub fn read(connection: &Connection, app: &str, id: &str) -> Result<Option<Value>> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} WHERE endpoints.app = ?1 AND endpoints.id = ?2"))?;
    Ok(statement.query_row(params![app, id], assemble).optional()?)
}

/// The endpoints of a user, oldest first.
pub fn read_of_user(connection: &Connection, app: &str, user: &str) -> Result<Vec<Value>> {
    let sql = format!("SELECT {COLUMNS} WHERE endpoints.app = ?1 AND endpoints.user = ?2 ORDER BY endpoints.seq");
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_map(params![app, user], assemble)?.collect::<rusqlite::Result<_>>()?)
}

/// The place (`seq`) of an endpoint, or of the oldest one of its user.
pub fn first_place(connection: &Connection, app: &str, endpoint: Row<'_>) -> Result<i64> {
    let (sql, key) = match endpoint.user_id() {
        Some(user) => ("SELECT coalesce(min(seq), 0) FROM endpoints WHERE app = ?1 AND user = ?2", user),
        None => ("SELECT coalesce(min(seq), 0) FROM endpoints WHERE app = ?1 AND id = ?2", endpoint.id()),
    };
    Ok(connection.prepare_cached(sql)?.query_row(params![app, key], |row| row.get(0))?)
}

/// As [`assemble`], with when the endpoint was last heard of; 0 = never.
fn assemble_with_seen(row: &rusqlite::Row<'_>) -> rusqlite::Result<(Value, Millis)> {
    Ok((assemble(row)?, row.get(3)?))
}

/// As [`read`], with when the endpoint was last heard of.
pub fn read_with_seen(connection: &Connection, app: &str, id: &str) -> Result<Option<(Value, Millis)>> {
    let sql = format!("SELECT {COLUMNS} WHERE endpoints.app = ?1 AND endpoints.id = ?2");
    Ok(connection.prepare_cached(&sql)?.query_row(params![app, id], assemble_with_seen).optional()?)
}

/// As [`read_of_user`], with when each endpoint was last heard of.
pub fn read_of_user_with_seen(connection: &Connection, app: &str, user: &str) -> Result<Vec<(Value, Millis)>> {
    let sql = format!("SELECT {COLUMNS} WHERE endpoints.app = ?1 AND endpoints.user = ?2 ORDER BY endpoints.seq");
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_map(params![app, user], assemble_with_seen)?.collect::<rusqlite::Result<_>>()?)
}

/// Hands every endpoint of a project to `take`, oldest first, with its place (`seq`) and when it was last heard of.
pub fn each(connection: &Connection, app: &str, mut take: impl FnMut(i64, Value, Millis)) -> Result<()> {
    let sql = format!("SELECT {COLUMNS} WHERE endpoints.app = ?1 ORDER BY endpoints.seq");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![app])?;
    while let Some(row) = rows.next()? {
        let (endpoint, seen) = assemble_with_seen(row)?;
        take(row.get(4)?, endpoint, seen);
    }
    Ok(())
}

/// The endpoints of a project behind the place `after` (0 = all), in the order of their making: place, endpoint, when it was
/// last heard of.
pub fn page(connection: &Connection, app: &str, after: i64, limit: usize) -> Result<Vec<(i64, Value, Millis)>> {
    let sql =
        format!("SELECT {COLUMNS} WHERE endpoints.app = ?1 AND endpoints.seq > ?2 ORDER BY endpoints.seq LIMIT ?3");
    let mut statement = connection.prepare_cached(&sql)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(4)?, assemble(row)?, row.get(3)?));
    Ok(statement.query_map(params![app, after, limit], row)?.collect::<rusqlite::Result<_>>()?)
}

/// The person behind the endpoint wants no more messages.
pub fn opt_out(connection: &Connection, app: &str, id: &str) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE endpoints SET document = json_set(document, '$.OptOut', 'ALL') WHERE app = ?1 AND id = ?2",
        )?
        .execute(params![app, id])?;
    Ok(())
}

fn existing(context: &Context<'_>, call: &Call) -> Result<Value> {
    let app = apps::existing(context, call)?;
    let id = call.parameter("endpoint-id");
    read(context.store, app, id)?.ok_or_else(|| Refusal::not_found(format!("there is no endpoint `{id}`")))
}

fn get(context: &Context<'_>, call: &Call) -> Result<Answer> {
    Ok(call.answer(existing(context, call)?))
}

fn delete(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let endpoint = existing(context, call)?;
    let (app, id) = (call.parameter("application-id"), call.parameter("endpoint-id"));
    context.store.execute("DELETE FROM endpoints WHERE app = ?1 AND id = ?2", params![app, id])?;
    Ok(call.answer(endpoint))
}

fn existing_of_user(context: &Context<'_>, call: &Call) -> Result<Vec<Value>> {
    let app = apps::existing(context, call)?;
    let user = call.parameter("user-id");
    let endpoints = read_of_user(context.store, app, user)?;
    if endpoints.is_empty() {
        return Err(Refusal::not_found(format!("there is no user `{user}`")));
    }
    Ok(endpoints)
}

fn of_user(context: &Context<'_>, call: &Call) -> Result<Answer> {
    Ok(call.answer(json!({"Item": existing_of_user(context, call)?})))
}

fn delete_of_user(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let endpoints = existing_of_user(context, call)?;
    let (app, user) = (call.parameter("application-id"), call.parameter("user-id"));
    context.store.execute("DELETE FROM endpoints WHERE app = ?1 AND user = ?2", params![app, user])?;
    context.store.execute("DELETE FROM users WHERE app = ?1 AND id = ?2", params![app, user])?;
    Ok(call.answer(json!({"Item": endpoints})))
}
