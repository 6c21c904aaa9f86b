//! Journeys, their states and runs (journeys.md 1, 7, 8, 11.3).

use engine::lifecycle::Change;
use model::time::format_instant;
use model::{Entry, Journey, Millis};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value, json};

use crate::api::paging::Page;
use crate::api::{Answer, Call, Context, Handler, apps, journey_rules, naming};
use crate::refusal::{Exception, Refusal, Result};
use crate::{runner, store};

/// Handlers of this file.
pub const HANDLERS: &[(&str, Handler)] = &[
    ("CreateJourney", create),
    ("GetJourney", get),
    ("ListJourneys", list),
    ("UpdateJourney", update),
    ("UpdateJourneyState", update_state),
    ("DeleteJourney", delete),
    ("GetJourneyRuns", runs),
];

/// A journey as the store has it.
pub struct Stored {
    /// `JourneyResponse`.
    pub document: Value,
    /// `DRAFT`, `ACTIVE`, …
    pub state: String,
    /// Since when it is paused.
    pub paused: Option<Millis>,
}

/// The journey of that id in a project.
pub fn read(connection: &Connection, app: &str, id: &str) -> Result<Option<Stored>> {
    let mut statement =
        connection.prepare_cached("SELECT document, state, paused FROM journeys WHERE app = ?1 AND id = ?2")?;
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Stored { document: store::json(row, 0)?, state: row.get(1)?, paused: row.get(2)? })
    };
    Ok(statement.query_row(params![app, id], read).optional()?)
}

/// 404 unless the journey of the path exists.
pub fn existing(context: &Context<'_>, call: &Call) -> Result<Stored> {
    let app = apps::existing(context, call)?;
    let id = call.parameter("journey-id");
    read(context.store, app, id)?.ok_or_else(|| Refusal::not_found(format!("there is no journey `{id}`")))
}

/// What was put, in its order, and the members that only an answer has. Dates and ids of the client are ignored (1).
fn document(body: &Value, app: &str, id: &str, created: &str, now: &str) -> Value {
    let own = ["ApplicationId", "Id", "CreationDate", "LastModifiedDate"];
    let mut members = Map::new();
    for (key, value) in body.as_object().into_iter().flatten() {
        if !own.contains(&key.as_str()) {
            members.insert(key.clone(), value.clone());
        }
    }
    if members.get("State").is_none_or(Value::is_null) {
        members.insert("State".into(), "DRAFT".into());
    }
    members.insert("ApplicationId".into(), app.into());
    members.insert("Id".into(), id.into());
    members.insert("CreationDate".into(), created.into());
    members.insert("LastModifiedDate".into(), now.into());
    Value::Object(members)
}

fn asks_to_publish(body: &Value) -> bool {
    body.get("State").and_then(Value::as_str) == Some("ACTIVE")
}

fn name(document: &Value) -> &str {
    document.get("Name").and_then(Value::as_str).unwrap_or_default()
}

fn create(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let app = apps::existing(context, call)?;
    journey_rules::check(&call.body)?;
    let id = naming::id();
    let now = format_instant(context.now);
    let mut document = document(&call.body, app, &id, &now, &now);
    context.store.execute(
        "INSERT INTO journeys (app, id, name, state, document) VALUES (?1, ?2, ?3, 'DRAFT', ?4)",
        params![app, id, name(&document), store::text(&document)],
    )?;
    if asks_to_publish(&call.body) {
        document = publish(context, app, &id, document)?;
    }
    Ok(call.answer(document))
}

/// Replaces the writable members of a DRAFT (8); anything else is a conflict.
fn update(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let before = existing(context, call)?;
    let (app, id) = (call.parameter("application-id"), call.parameter("journey-id"));
    journey_rules::check(&call.body)?;
    if before.state != "DRAFT" {
        let message = format!("the journey is {}; only a DRAFT can be edited", before.state);
        return Err(Refusal::new(Exception::Conflict, message));
    }
    let created = before.document.get("CreationDate").and_then(Value::as_str).unwrap_or_default();
    let mut document = document(&call.body, app, id, created, &format_instant(context.now));
    context.store.execute(
        "UPDATE journeys SET name = ?2, document = ?3 WHERE id = ?1",
        params![id, name(&document), store::text(&document)],
    )?;
    if asks_to_publish(&call.body) {
        document = publish(context, app, id, document)?;
    }
    Ok(call.answer(document))
}

/// DRAFT to ACTIVE: checks what must resolve, and plans entry and end (2.2, 6, 7). Project settings, the entry segment and
/// pinned templates are taken as they are now (2.2, 5; templates.md 2).
fn publish(context: &Context<'_>, app: &str, id: &str, document: Value) -> Result<Value> {
    journey_rules::publishable(context, app, id, &document)?;
    let settings = apps::settings_of(context, app)?;
    let program = runner::check(context.store, app, id, &document, &settings)?;
    runner::keep_templates(context.store, &document)?;
    let ends = program.closes(context.now);
    let entry = Journey::of(&document).and_then(Journey::entry);
    let (entry_due, segment) = match entry {
        Some(Entry::Segment { segment }) => (Some(program.entry_at(context.now)), Some(segment)),
        _ => (None, None),
    };
    context.store.execute(
        "UPDATE journeys SET published = ?2, settings = ?3, entry_due = ?4, ends = ?5,
         segment_version = (SELECT version FROM segments WHERE app = ?6 AND id = ?7) WHERE id = ?1",
        params![id, context.now, store::text(&settings), entry_due, ends, app, segment],
    )?;
    if entry_due.is_none() {
        runner::open_run(context.store, id, "RUNNING", context.now)?;
    }
    set_state(context.store, id, document, "ACTIVE", context.now)
}

/// Writes a journey's state; gives the document with it.
pub fn set_state(connection: &Connection, id: &str, mut document: Value, state: &str, now: Millis) -> Result<Value> {
    if let Some(members) = document.as_object_mut() {
        members.insert("State".into(), state.into());
        members.insert("LastModifiedDate".into(), format_instant(now).into());
    }
    connection.prepare_cached("UPDATE journeys SET state = ?2, document = ?3 WHERE id = ?1")?.execute(params![
        id,
        state,
        store::text(&document)
    ])?;
    Ok(document)
}

/// The transitions of journeys.md 7 (J065).
fn update_state(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let journey = existing(context, call)?;
    let (app, id) = (call.parameter("application-id"), call.parameter("journey-id"));
    let wanted = call.body.get("State").and_then(Value::as_str).unwrap_or_default();
    let change = runner::change(&journey.document, &journey.state, journey.paused, wanted, context.now)
        .or_else(|message| call.refuse("State", &message))?;
    let document = match change {
        Change::Publish => publish(context, app, id, journey.document)?,
        Change::Pause => {
            runner::pause(context.store, id, context.now)?;
            set_state(context.store, id, journey.document, "PAUSED", context.now)?
        }
        Change::Resume => {
            let since = journey.paused.unwrap_or(context.now);
            runner::resume(context, app, id, since)?;
            set_state(context.store, id, journey.document, "ACTIVE", context.now)?
        }
        Change::Cancel => {
            runner::cancel(context.store, id, context.now)?;
            set_state(context.store, id, journey.document, "CANCELLED", context.now)?
        }
    };
    Ok(call.answer(document))
}

fn get(context: &Context<'_>, call: &Call) -> Result<Answer> {
    Ok(call.answer(existing(context, call)?.document))
}

fn list(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let app = apps::existing(context, call)?;
    let page = Page::of(call, "token", format!("journeys/{app}"))?;
    let rows = context
        .store
        .prepare_cached("SELECT seq, document FROM journeys WHERE app = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3")?
        .query_map(params![app, page.before, page.limit()], |row| Ok((row.get(0)?, store::json(row, 1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(call.answer(page.answer(rows)))
}

/// Legal in any state (7, chosen); what went out stays in the outbox.
fn delete(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let journey = existing(context, call)?;
    let id = call.parameter("journey-id");
    let waiting = "DELETE FROM participants WHERE journey = (SELECT seq FROM journeys WHERE id = ?1)";
    context.store.execute(waiting, params![id])?;
    for table in ["runs", "evaluations", "counts"] {
        context.store.execute(&format!("DELETE FROM {table} WHERE journey = ?1"), params![id])?;
    }
    context.store.execute("DELETE FROM journeys WHERE id = ?1", params![id])?;
    Ok(call.answer(journey.document))
}

fn runs(context: &Context<'_>, call: &Call) -> Result<Answer> {
    existing(context, call)?;
    let id = call.parameter("journey-id");
    let page = Page::of(call, "token", format!("runs/{id}"))?;
    let rows = context
        .store
        .prepare_cached(
            "SELECT seq, id, status, created, updated FROM runs WHERE journey = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3",
        )?
        .query_map(params![id, page.before, page.limit()], |row| {
            let run = json!({
                "RunId": row.get::<_, String>(1)?,
                "Status": row.get::<_, String>(2)?,
                "CreationTime": format_instant(row.get(3)?),
                "LastUpdateTime": format_instant(row.get(4)?),
            });
            Ok((row.get(0)?, run))
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(call.answer(page.answer(rows)))
}
