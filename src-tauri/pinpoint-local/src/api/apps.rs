//! Projects and their settings (api.md 6).

use model::time::format_instant;
use rusqlite::{OptionalExtension, params};
use serde_json::{Map, Value, json};

use crate::api::paging::Page;
use crate::api::{Answer, Call, Context, Handler, campaign_rules, naming};
use crate::refusal::{Refusal, Result};
use crate::store;

/// Handlers of this file.
pub const HANDLERS: &[(&str, Handler)] = &[
    ("CreateApp", create),
    ("GetApp", get),
    ("GetApps", list),
    ("DeleteApp", delete),
    ("GetApplicationSettings", settings),
    ("UpdateApplicationSettings", update_settings),
];

/// Projects per region (api.md 6).
const MAX_APPS: i64 = 100;

/// 404 unless the project of the path exists; gives its id.
pub fn existing<'a>(context: &Context<'_>, call: &'a Call) -> Result<&'a str> {
    let id = call.parameter("application-id");
    let found = context.store.prepare_cached("SELECT 1 FROM apps WHERE id = ?1")?.exists(params![id])?;
    if found { Ok(id) } else { Err(unknown(id)) }
}

fn unknown(id: &str) -> Refusal {
    Refusal::not_found(format!("there is no project `{id}`"))
}

fn create(context: &Context<'_>, call: &Call) -> Result<Answer> {
    naming::check_tags(call.body.get("tags"))?;
    let name = call.body.get("Name").and_then(Value::as_str).unwrap_or_default();
    if name.is_empty() {
        return call.refuse("Name", "must not be empty");
    }
    let count: i64 = context.store.query_row("SELECT count(*) FROM apps", [], |row| row.get(0))?;
    if count >= MAX_APPS {
        return Err(Refusal::bad_request(format!("there are {count} projects, {MAX_APPS} are allowed")));
    }
    let id = naming::id();
    let mut document = Map::new();
    document.insert("Arn".into(), naming::arn(&format!("apps/{id}")).into());
    document.insert("Id".into(), id.as_str().into());
    document.extend(call.body.as_object().into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())));
    document.insert("CreationDate".into(), format_instant(context.now).into());
    let document = Value::Object(document);
    let settings = json!({"ApplicationId": id});
    context.store.execute(
        "INSERT INTO apps (id, name, document, settings) VALUES (?1, ?2, ?3, ?4)",
        params![id, name, store::text(&document), store::text(&settings)],
    )?;
    Ok(call.answer(document))
}

fn read(context: &Context<'_>, call: &Call) -> Result<Value> {
    let id = call.parameter("application-id");
    let mut statement = context.store.prepare_cached("SELECT document FROM apps WHERE id = ?1")?;
    statement.query_row(params![id], |row| store::json(row, 0)).optional()?.ok_or_else(|| unknown(id))
}

fn get(context: &Context<'_>, call: &Call) -> Result<Answer> {
    Ok(call.answer(read(context, call)?))
}

fn list(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let page = Page::of(call, "token", "apps".into())?;
    let rows = context
        .store
        .prepare_cached("SELECT seq, document FROM apps WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2")?
        .query_map(params![page.before, page.limit()], |row| Ok((row.get(0)?, store::json(row, 1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(call.answer(page.answer(rows)))
}

/// Removes the project and all that belongs to it; templates belong to the account and stay.
fn delete(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let document = read(context, call)?;
    let id = call.parameter("application-id");
    let waiting = "DELETE FROM participants WHERE journey IN (SELECT seq FROM journeys WHERE app = ?1)";
    context.store.execute(waiting, params![id])?;
    for table in ["runs", "evaluations", "counts"] {
        let sql = format!("DELETE FROM {table} WHERE journey IN (SELECT id FROM journeys WHERE app = ?1)");
        context.store.execute(&sql, params![id])?;
    }
    let members = "DELETE FROM segment_members WHERE job IN (SELECT seq FROM jobs WHERE app = ?1)";
    context.store.execute(members, params![id])?;
    for table in ["campaign_versions", "campaign_activities", "campaign_targets", "campaign_events", "campaign_calls"] {
        let sql = format!("DELETE FROM {table} WHERE campaign IN (SELECT id FROM campaigns WHERE app = ?1)");
        context.store.execute(&sql, params![id])?;
    }
    for table in [
        "segment_imports",
        "jobs",
        "event_streams",
        "event_cursors",
        "channels",
        "campaigns",
        "codes",
        "endpoints",
        "users",
        "attribute_names",
        "segments",
        "segment_versions",
        "journeys",
        "outbox",
        "events",
    ] {
        context.store.execute(&format!("DELETE FROM {table} WHERE app = ?1"), params![id])?;
    }
    context.store.execute("DELETE FROM apps WHERE id = ?1", params![id])?;
    Ok(call.answer(document))
}

/// The settings document of a project.
pub fn settings_of(context: &Context<'_>, app: &str) -> Result<Value> {
    let mut statement = context.store.prepare_cached("SELECT settings FROM apps WHERE id = ?1")?;
    statement.query_row(params![app], |row| store::json(row, 0)).optional()?.ok_or_else(|| unknown(app))
}

fn settings(context: &Context<'_>, call: &Call) -> Result<Answer> {
    Ok(call.answer(settings_of(context, call.parameter("application-id"))?))
}

/// Members given replace, others stay, an empty object clears (api.md 6, chosen).
fn update_settings(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let id = call.parameter("application-id");
    let mut document = settings_of(context, id)?;
    if let Some(reason) = call.body.get("CampaignHook").and_then(campaign_rules::default_hook) {
        return Err(Refusal::bad_request(reason));
    }
    let Some(members) = document.as_object_mut() else { return Err(unknown(id)) };
    let switches = ["CloudWatchMetricsEnabled", "EventTaggingEnabled"];
    for (key, value) in call.body.as_object().into_iter().flatten() {
        if value.as_object().is_some_and(Map::is_empty) {
            members.shift_remove(key);
        } else if !value.is_null() && !switches.contains(&key.as_str()) {
            members.insert(key.clone(), value.clone());
        }
    }
    members.insert("LastModifiedDate".into(), format_instant(context.now).into());
    let text = store::text(&document);
    context.store.execute("UPDATE apps SET settings = ?2 WHERE id = ?1", params![id, text])?;
    Ok(call.answer(document))
}
