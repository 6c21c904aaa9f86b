//! Writing an endpoint (segments-and-endpoints.md 1.1 to 1.3): all of it or, when refused, nothing.
//!
//! What an update makes of an endpoint is [`audience::Update`]'s to say; here it meets the rows of the store.

use audience::update::{self, MAX_ENDPOINT_BYTES, MAX_NAMES, Update};
use audience::{RowProblem, cohort};
use model::time::{format_instant, parse_instant};
use model::view::Word;
use model::wire::ChannelType;
use rusqlite::{OptionalExtension, params};
use serde_json::{Map, Value, json};

use crate::api::Context;
use crate::refusal::{Refusal, Result};
use crate::store;

/// An endpoint as the store has it: without what belongs to its user.
pub struct Stored {
    seq: i64,
    /// `EndpointResponse`
    pub document: Map<String, Value>,
    user: Option<String>,
    channel: Option<String>,
    address: Option<String>,
}

/// Reads an endpoint to be changed.
pub fn stored(context: &Context<'_>, app: &str, id: &str) -> Result<Option<Stored>> {
    let mut statement = context
        .store
        .prepare_cached("SELECT seq, document, user, channel, address FROM endpoints WHERE app = ?1 AND id = ?2")?;
    let row = |row: &rusqlite::Row<'_>| {
        let document = match store::json(row, 1)? {
            Value::Object(document) => document,
            _ => Map::new(),
        };
        Ok(Stored { seq: row.get(0)?, document, user: row.get(2)?, channel: row.get(3)?, address: row.get(4)? })
    };
    Ok(statement.query_row(params![app, id], row).optional()?)
}

/// Why an update is refused, with the member that it is about.
pub fn refusal(problem: RowProblem) -> Refusal {
    match problem.column.as_str() {
        "" => Refusal::bad_request(problem.message),
        column => Refusal::bad_request(format!("{column}: {}", problem.message)),
    }
}

/// Creates the endpoint or merges into what was `found` of it.
///
/// `complete`: a new endpoint must say its `ChannelType`; one that an event creates need not.
///
/// # Errors
/// N001 to N003, or no channel type.
pub fn write(
    context: &Context<'_>,
    app: &str,
    id: &str,
    found: Option<Stored>,
    update: &Update<'_>,
    request_id: &str,
    complete: bool,
) -> Result<()> {
    let is_new = found.is_none();
    let Stored { seq, mut document, user: user_before, channel: channel_before, address: address_before } =
        found.unwrap_or_else(|| created(context, app, id));
    let mut new_names = Vec::new();
    update.merge(&mut document, context.now, &mut new_names);
    document.insert("RequestId".into(), request_id.into());
    let channel = document.get("ChannelType").and_then(Value::as_str).map(str::to_owned);
    if complete && channel.is_none() {
        return Err(Refusal::bad_request("ChannelType: required for a new endpoint, but missing"));
    }
    let address = document.get("Address").and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let user = match update.user_id() {
        None => user_before.clone(),
        Some("") => None,
        Some(id) => Some(id.to_owned()),
    };
    let moves = user != user_before;
    let way = match &user {
        Some(user) if moves => gives_way(context, app, id, user, channel.as_deref())?,
        _ => None,
    };
    let of_user = user_attributes(context, app, &mut document, user.as_deref(), update, &mut new_names)?;
    let document = Value::Object(document);
    let text = store::text(&document);
    if text.len() > MAX_ENDPOINT_BYTES {
        let message = format!("the endpoint has {} bytes, {MAX_ENDPOINT_BYTES} are allowed", text.len());
        return Err(Refusal::bad_request(message));
    }
    remember_names(context, app, &new_names)?;
    // Nothing is refused from here on.
    if let Some((seq, document)) = way {
        context
            .store
            .prepare_cached("UPDATE endpoints SET user = NULL, document = ?2 WHERE seq = ?1")?
            .execute(params![seq, resting(document)])?;
    }
    if let (Some(user), Some(attributes)) = (&user, of_user) {
        context
            .store
            .prepare_cached("INSERT OR REPLACE INTO users (app, id, attributes) VALUES (?1, ?2, ?3)")?
            .execute(params![app, user, attributes])?;
    }
    if is_new || update.claims_address() {
        put_others_to_rest(context, app, seq, channel.as_deref(), address.as_deref())?;
    }
    if is_new {
        context
            .store
            .prepare_cached(
                "INSERT INTO endpoints (app, id, user, channel, address, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![app, id, user, channel, address, text])?;
    } else if moves || channel != channel_before || address != address_before {
        context
            .store
            .prepare_cached("UPDATE endpoints SET user = ?2, channel = ?3, address = ?4, document = ?5 WHERE seq = ?1")?
            .execute(params![seq, user, channel, address, text])?;
    } else {
        // No index is touched.
        context
            .store
            .prepare_cached("UPDATE endpoints SET document = ?2 WHERE seq = ?1")?
            .execute(params![seq, text])?;
    }
    Ok(())
}

/// An endpoint that is about to be made.
fn created(context: &Context<'_>, app: &str, id: &str) -> Stored {
    let mut document = Map::new();
    document.insert("ApplicationId".into(), app.into());
    document.insert("Id".into(), id.into());
    document.insert("CohortId".into(), cohort(id).to_string().into());
    document.insert("CreationDate".into(), format_instant(context.now).into());
    document.insert("OptOut".into(), "NONE".into());
    Stored { seq: 0, document, user: None, channel: None, address: None }
}

/// The text of an endpoint that rests from now on.
fn resting(mut document: Value) -> String {
    if let Some(members) = document.as_object_mut() {
        members.insert("EndpointStatus".into(), "INACTIVE".into());
    }
    store::text(&document)
}

/// The endpoint that leaves the user so that one more has room; `None` = there is room (1.3).
fn gives_way(
    context: &Context<'_>,
    app: &str,
    id: &str,
    user: &str,
    channel: Option<&str>,
) -> Result<Option<(i64, Value)>> {
    let count: i64 = context
        .store
        .prepare_cached("SELECT count(*) FROM endpoints WHERE app = ?1 AND user = ?2")?
        .query_row(params![app, user], |row| row.get(0))?;
    if usize::try_from(count).unwrap_or(usize::MAX) < update::MAX_OF_USER {
        return Ok(None);
    }
    let others: Vec<(i64, Value)> = context
        .store
        .prepare_cached("SELECT seq, document FROM endpoints WHERE app = ?1 AND user = ?2 AND id <> ?3 ORDER BY seq")?
        .query_map(params![app, user, id], |row| Ok((row.get(0)?, store::json(row, 1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let text = |document: &Value, member| document.get(member).and_then(Value::as_str).map(str::to_owned);
    let ages = others.iter().enumerate().map(|(place, (_, document))| {
        let channel = text(document, "ChannelType").and_then(|word| ChannelType::parse(&word));
        (place, channel, text(document, "EffectiveDate").and_then(|date| parse_instant(&date)))
    });
    // The refusal is the sentence that the reference has, without the member.
    let way = update::gives_way(channel.and_then(ChannelType::parse), ages)
        .map_err(|problem| Refusal::bad_request(problem.message))?;
    Ok(way.and_then(|place| others.into_iter().nth(place)))
}

/// Writing attributes through one endpoint changes them for all of the user; an endpoint without a user keeps its own, and
/// brings them along when it joins one (1.1: union; the request wins, then the user). Gives the user's attributes where
/// they change.
fn user_attributes(
    context: &Context<'_>,
    app: &str,
    document: &mut Map<String, Value>,
    user: Option<&str>,
    update: &Update<'_>,
    new_names: &mut Vec<String>,
) -> Result<Option<String>> {
    let own = document.get_mut("User").and_then(|user| user.get_mut("UserAttributes")).map(Value::take);
    let mut attributes = match own {
        Some(Value::Object(own)) => own,
        _ => Map::new(),
    };
    let Some(user) = user else {
        update.merge_user_attributes(&mut attributes, new_names);
        document.shift_remove("User");
        if !attributes.is_empty() {
            document.insert("User".into(), json!({"UserAttributes": attributes}));
        }
        return Ok(None);
    };
    document.shift_remove("User");
    if attributes.is_empty() && !update.has_user_attributes() {
        return Ok(None);
    }
    let mut statement = context.store.prepare_cached("SELECT attributes FROM users WHERE app = ?1 AND id = ?2")?;
    let before: Option<String> = statement.query_row(params![app, user], |row| row.get(0)).optional()?;
    if let Some(Value::Object(of_user)) = before.as_deref().and_then(|text| serde_json::from_str(text).ok()) {
        attributes.extend(of_user);
    }
    update.merge_user_attributes(&mut attributes, new_names);
    let text = store::text(&Value::Object(attributes));
    Ok(Some(text).filter(|text| before.as_ref() != Some(text)))
}

/// At most 250 names in a project (N002). Those that an endpoint has had before are known; the project keeps count.
fn remember_names(context: &Context<'_>, app: &str, names: &[String]) -> Result<()> {
    let mut added = Vec::new();
    for name in names {
        let mut known = context.store.prepare_cached("SELECT 1 FROM attribute_names WHERE app = ?1 AND name = ?2")?;
        if !known.exists(params![app, name])? {
            added.push(name);
        }
    }
    if added.is_empty() {
        return Ok(());
    }
    let (count, most) = (i64::try_from(added.len()).unwrap_or(i64::MAX), i64::try_from(MAX_NAMES).unwrap_or(i64::MAX));
    let fits = context
        .store
        .prepare_cached("UPDATE apps SET names = names + ?2 WHERE id = ?1 AND names + ?2 <= ?3")?
        .execute(params![app, count, most])?;
    if fits == 0 {
        let message = format!("Too many custom attributes: {count} new names, {MAX_NAMES} are allowed in a project");
        return Err(Refusal::bad_request(message));
    }
    let mut insert = context.store.prepare_cached("INSERT INTO attribute_names (app, name) VALUES (?1, ?2)")?;
    for name in added {
        insert.execute(params![app, name])?;
    }
    Ok(())
}

/// Other endpoints than that of `seq`, of the same channel type with that address, become INACTIVE (1.2).
fn put_others_to_rest(
    context: &Context<'_>,
    app: &str,
    seq: i64,
    channel: Option<&str>,
    address: Option<&str>,
) -> Result<()> {
    let Some(address) = address else { return Ok(()) };
    // Where there is no other, the index answers alone.
    let others: Vec<(i64, Value)> = context
        .store
        .prepare_cached(
            "SELECT seq, document FROM endpoints WHERE app = ?1 AND channel IS ?2 AND address = ?3 AND seq <> ?4",
        )?
        .query_map(params![app, channel, address, seq], |row| Ok((row.get(0)?, store::json(row, 1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let is_resting = |document: &Value| document.get("EndpointStatus").and_then(Value::as_str) == Some("INACTIVE");
    for (seq, document) in others.into_iter().filter(|(_, document)| !is_resting(document)) {
        context
            .store
            .prepare_cached("UPDATE endpoints SET document = ?2 WHERE seq = ?1")?
            .execute(params![seq, resting(document)])?;
    }
    Ok(())
}
