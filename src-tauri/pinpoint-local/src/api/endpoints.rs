//! Endpoints and users (segments-and-endpoints.md 1).
//!
//! An update merges. What belongs to a user (`UserAttributes`) is kept once, with the user, and put into each of the
//! user's endpoints when they are read.

use model::Millis;
use model::time::{format_instant, parse_instant};
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
/// Bytes of an endpoint (1).
const MAX_BYTES: usize = 15 * 1024;
/// Endpoints of a user (1.3).
const MAX_OF_USER: i64 = 15;
/// Distinct attribute and metric names of a project (1).
const MAX_NAMES: i64 = 250;

/// Types of which the oldest gives way to a sixteenth endpoint of a user (1.3).
const GIVING_WAY: &[&str] = &["ADM", "GCM", "APNS", "APNS_SANDBOX", "APNS_VOIP", "APNS_VOIP_SANDBOX", "BAIDU"];

fn update(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let app = apps::existing(context, call)?;
    write(context, app, call.parameter("endpoint-id"), &call.body, &call.request_id, true)?;
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

/// Creates or merges into an endpoint; `request` is an `EndpointRequest` (or `PublicEndpoint`, `EndpointBatchItem`).
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
    let stored = stored(context.store, app, id)?;
    let now = format_instant(context.now);
    let is_new = stored.is_none();
    let (mut document, user_before) = stored.unwrap_or_else(|| {
        let mut document = Map::new();
        document.insert("ApplicationId".into(), app.into());
        document.insert("Id".into(), id.into());
        document.insert("CohortId".into(), cohort(app, id).into());
        document.insert("CreationDate".into(), now.as_str().into());
        document.insert("OptOut".into(), "NONE".into());
        (document, None)
    });
    let mut names = Vec::new();
    document.insert("EndpointStatus".into(), "ACTIVE".into());
    document.insert("EffectiveDate".into(), now.as_str().into());
    document.insert("RequestId".into(), request_id.into());
    let mut user = UserChange::default();
    for (key, value) in request.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
        match key.as_str() {
            // Not the request's to say.
            "ApplicationId" | "Id" | "CohortId" | "CreationDate" => {}
            "Attributes" => merge_lists(&mut document, key, value, &mut names)?,
            "Metrics" => merge_metrics(&mut document, value, &mut names),
            "Demographic" | "Location" => merge_members(&mut document, key, value),
            "User" => {
                user.id = value.get("UserId").and_then(Value::as_str);
                user.attributes = value.get("UserAttributes");
            }
            "OptOut" => {
                word(key, value, &["ALL", "NONE"])?;
                document.insert(key.clone(), value.clone());
            }
            "EndpointStatus" => {
                word(key, value, &["ACTIVE", "INACTIVE"])?;
                document.insert(key.clone(), value.clone());
            }
            _ => {
                document.insert(key.clone(), value.clone());
            }
        }
    }
    let channel = document.get("ChannelType").and_then(Value::as_str).map(str::to_owned);
    if complete && channel.is_none() {
        return Err(Refusal::bad_request("ChannelType: required for a new endpoint, but missing"));
    }
    let address = document.get("Address").and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let user_after = match user.id {
        None => user_before.clone(),
        Some("") => None,
        Some(id) => Some(id.to_owned()),
    };
    if let (Some(user), true) = (&user_after, user_after != user_before) {
        make_room(context, app, id, user, channel.as_deref())?;
    }
    write_user_attributes(context, app, &mut document, user_after.as_deref(), user.attributes, &mut names)?;
    let document = Value::Object(document);
    let text = store::text(&document);
    if text.len() > MAX_BYTES {
        return Err(Refusal::bad_request(format!("the endpoint has {} bytes, {MAX_BYTES} are allowed", text.len())));
    }
    remember_names(context, app, &names)?;
    if request.get("Address").is_some_and(|value| !value.is_null()) || is_new {
        deactivate_others(context, app, id, channel.as_deref(), address.as_deref())?;
    }
    context
        .store
        .prepare_cached(
            "INSERT INTO endpoints (app, id, user, channel, address, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (app, id) DO UPDATE SET user = ?3, channel = ?4, address = ?5, document = ?6",
        )?
        .execute(params![app, id, user_after, channel, address, text])?;
    Ok(())
}

#[derive(Default)]
struct UserChange<'a> {
    id: Option<&'a str>,
    attributes: Option<&'a Value>,
}

/// A stored document, without what belongs to the user, and the user's id.
type Kept = (Map<String, Value>, Option<String>);

fn stored(connection: &Connection, app: &str, id: &str) -> Result<Option<Kept>> {
    let mut statement = connection.prepare_cached("SELECT document, user FROM endpoints WHERE app = ?1 AND id = ?2")?;
    let found = statement.query_row(params![app, id], |row| Ok((store::json(row, 0)?, row.get(1)?))).optional()?;
    Ok(found.and_then(|(document, user)| match document {
        Value::Object(document) => Some((document, user)),
        _ => None,
    }))
}

/// "0" to "99", the same for the same endpoint always (1).
fn cohort(app: &str, id: &str) -> String {
    let hash = app
        .bytes()
        .chain(id.bytes())
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    ((hash >> 16) % 100).to_string()
}

fn word(member: &str, value: &Value, allowed: &[&str]) -> Result<()> {
    match value.as_str() {
        Some(text) if allowed.contains(&text) => Ok(()),
        _ => Err(Refusal::bad_request(format!("{member}: {value} is not one of {}", allowed.join(", ")))),
    }
}

/// The member `key` as an object that can be changed.
fn object<'a>(document: &'a mut Map<String, Value>, key: &str) -> &'a mut Map<String, Value> {
    let slot = document.entry(key).or_insert_with(|| Value::Object(Map::new()));
    if !slot.is_object() {
        *slot = Value::Object(Map::new());
    }
    match slot {
        Value::Object(object) => object,
        _ => unreachable!("was made an object above"),
    }
}

/// Lists of texts by name: a list given replaces the whole list of that name, an empty list or null removes it; a bare
/// text is a list of one (1, 1.1).
fn merge_lists(document: &mut Map<String, Value>, key: &str, value: &Value, names: &mut Vec<String>) -> Result<()> {
    let target = object(document, key);
    for (name, value) in value.as_object().into_iter().flatten() {
        let list = match value {
            Value::Array(list) => list.clone(),
            Value::Null => Vec::new(),
            single => vec![single.clone()],
        };
        if list.is_empty() {
            target.shift_remove(name);
            continue;
        }
        if name.chars().count() > 50 {
            return Err(Refusal::bad_request(format!("{key}.{name}: a name may have 50 characters")));
        }
        if list.len() > 50 {
            return Err(Refusal::bad_request(format!("{key}.{name}: {} values, 50 are allowed", list.len())));
        }
        if list.iter().filter_map(Value::as_str).any(|text| text.chars().count() > 100) {
            return Err(Refusal::bad_request(format!("{key}.{name}: a value may have 100 characters")));
        }
        names.push(format!("{key}.{name}"));
        target.insert(name.clone(), Value::Array(list));
    }
    drop_empty(document, key);
    Ok(())
}

fn merge_metrics(document: &mut Map<String, Value>, value: &Value, names: &mut Vec<String>) {
    let target = object(document, "Metrics");
    for (name, value) in value.as_object().into_iter().flatten() {
        if value.is_null() {
            target.shift_remove(name);
        } else {
            names.push(format!("Metrics.{name}"));
            target.insert(name.clone(), value.clone());
        }
    }
    drop_empty(document, "Metrics");
}

fn merge_members(document: &mut Map<String, Value>, key: &str, value: &Value) {
    let target = object(document, key);
    for (name, value) in value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
        let coordinate = matches!(name.as_str(), "Latitude" | "Longitude");
        target.insert(name.clone(), if coordinate { rounded(value) } else { value.clone() });
    }
    drop_empty(document, key);
}

fn drop_empty(document: &mut Map<String, Value>, key: &str) {
    if document.get(key).and_then(Value::as_object).is_some_and(Map::is_empty) {
        document.shift_remove(key);
    }
}

/// Coordinates are kept to one decimal (1).
fn rounded(value: &Value) -> Value {
    let Some(number) = value.as_f64() else { return value.clone() };
    let short = (number * 10.0).round() / 10.0;
    if short == number { value.clone() } else { json!(short) }
}

/// Room for one endpoint more of a user (1.3): 400, or the oldest of the push types gives way.
fn make_room(context: &Context<'_>, app: &str, id: &str, user: &str, channel: Option<&str>) -> Result<()> {
    let count: i64 = context
        .store
        .prepare_cached("SELECT count(*) FROM endpoints WHERE app = ?1 AND user = ?2 AND id <> ?3")?
        .query_row(params![app, user, id], |row| row.get(0))?;
    if count < MAX_OF_USER {
        return Ok(());
    }
    let refusal = || Refusal::bad_request(format!("Exceeded maximum endpoint per user count: {MAX_OF_USER}"));
    if !channel.is_some_and(|channel| GIVING_WAY.contains(&channel)) {
        return Err(refusal());
    }
    let others: Vec<(String, Option<String>, Value)> = context
        .store
        .prepare_cached(
            "SELECT id, channel, document FROM endpoints WHERE app = ?1 AND user = ?2 AND id <> ?3 ORDER BY seq",
        )?
        .query_map(params![app, user, id], |row| Ok((row.get(0)?, row.get(1)?, store::json(row, 2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let effective = |document: &Value| document.get("EffectiveDate").and_then(Value::as_str).and_then(parse_instant);
    let oldest = others
        .into_iter()
        .filter(|(_, channel, _)| channel.as_deref().is_some_and(|channel| GIVING_WAY.contains(&channel)))
        .min_by_key(|(_, _, document)| effective(document));
    let Some((oldest, _, mut document)) = oldest else { return Err(refusal()) };
    if let Some(members) = document.as_object_mut() {
        members.insert("EndpointStatus".into(), "INACTIVE".into());
    }
    context
        .store
        .prepare_cached("UPDATE endpoints SET user = NULL, document = ?3 WHERE app = ?1 AND id = ?2")?
        .execute(params![app, oldest, store::text(&document)])?;
    Ok(())
}

/// Writing attributes through one endpoint changes them for all of the user; an endpoint without a user keeps its own,
/// and brings them along when it joins one (1.1: union; the request wins, then the user).
fn write_user_attributes(
    context: &Context<'_>,
    app: &str,
    document: &mut Map<String, Value>,
    user: Option<&str>,
    given: Option<&Value>,
    names: &mut Vec<String>,
) -> Result<()> {
    let Some(user) = user else {
        if let Some(given) = given {
            let own = object(document, "User");
            merge_lists(own, "UserAttributes", given, names)?;
        }
        drop_empty(document, "User");
        return Ok(());
    };
    let own = document.shift_remove("User");
    let own = own.as_ref().and_then(|user| user.get("UserAttributes"));
    if own.is_none() && given.is_none() {
        return Ok(());
    }
    let mut holder = Map::new();
    let of_user = user_attributes(context.store, app, user)?;
    for attributes in [own, of_user.as_ref(), given].into_iter().flatten() {
        merge_lists(&mut holder, "UserAttributes", attributes, names)?;
    }
    let attributes = holder.remove("UserAttributes").unwrap_or_else(|| json!({}));
    context
        .store
        .prepare_cached("INSERT OR REPLACE INTO users (app, id, attributes) VALUES (?1, ?2, ?3)")?
        .execute(params![app, user, store::text(&attributes)])?;
    Ok(())
}

fn user_attributes(connection: &Connection, app: &str, user: &str) -> Result<Option<Value>> {
    let mut statement = connection.prepare_cached("SELECT attributes FROM users WHERE app = ?1 AND id = ?2")?;
    Ok(statement.query_row(params![app, user], |row| store::json(row, 0)).optional()?)
}

/// At most 250 names in a project (N002).
fn remember_names(context: &Context<'_>, app: &str, names: &[String]) -> Result<()> {
    let mut insert =
        context.store.prepare_cached("INSERT OR IGNORE INTO attribute_names (app, name) VALUES (?1, ?2)")?;
    let mut added = 0;
    for name in names {
        added += insert.execute(params![app, name])?;
    }
    if added == 0 {
        return Ok(());
    }
    let count: i64 = context
        .store
        .prepare_cached("SELECT count(*) FROM attribute_names WHERE app = ?1")?
        .query_row(params![app], |row| row.get(0))?;
    if count > MAX_NAMES {
        return Err(Refusal::bad_request(format!("Too many custom attributes: {count}, {MAX_NAMES} are allowed")));
    }
    Ok(())
}

/// Other endpoints of the same channel type with that address become INACTIVE (1.2).
fn deactivate_others(
    context: &Context<'_>,
    app: &str,
    id: &str,
    channel: Option<&str>,
    address: Option<&str>,
) -> Result<()> {
    let Some(address) = address else { return Ok(()) };
    let others: Vec<(i64, Value)> = context
        .store
        .prepare_cached(
            "SELECT seq, document FROM endpoints WHERE app = ?1 AND channel IS ?2 AND address = ?3 AND id <> ?4",
        )?
        .query_map(params![app, channel, address, id], |row| Ok((row.get(0)?, store::json(row, 1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (seq, mut document) in others {
        if let Some(members) = document.as_object_mut() {
            members.insert("EndpointStatus".into(), "INACTIVE".into());
        }
        context
            .store
            .prepare_cached("UPDATE endpoints SET document = ?2 WHERE seq = ?1")?
            .execute(params![seq, store::text(&document)])?;
    }
    Ok(())
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

/// The person behind the endpoint wants no more messages.
pub fn opt_out(connection: &Connection, app: &str, id: &str) -> Result<()> {
    if let Some((mut document, _)) = stored(connection, app, id)? {
        document.insert("OptOut".into(), "ALL".into());
        connection
            .prepare_cached("UPDATE endpoints SET document = ?3 WHERE app = ?1 AND id = ?2")?
            .execute(params![app, id, store::text(&Value::Object(document))])?;
    }
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
