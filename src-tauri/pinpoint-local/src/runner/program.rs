//! From a stored journey to a program of the engine.

use std::cell::Cell;
use std::collections::BTreeMap;

use engine::{Context, Membership, Pace, Program};
use model::{ActivityKind, Journey, TemplateKind};
use rusqlite::{Connection, params};
use serde_json::{Map, Value};

use crate::api::{segments, templates};
use crate::refusal::{Refusal, Result};
use crate::store;

/// A journey as the runner sees it.
pub struct Running {
    /// The project.
    pub app: String,
    /// The journey's id.
    pub id: String,
    /// `JourneyResponse`, with what it inherits from the project's settings.
    pub document: Value,
    /// Compiled.
    pub program: Program,
    /// Its queue of messages, as the store has it.
    pub pace: Cell<Pace>,
}

/// Loads and compiles a journey. With `as_launched` the entry segment is the version that it had at publication, unless
/// the journey follows the segment (journeys.md 2.2).
pub fn load(connection: &Connection, app: &str, id: &str, as_launched: bool) -> Result<Running> {
    let (document, settings, launched, pace): (Value, Value, Option<i64>, Option<String>) = connection
        .prepare_cached("SELECT document, coalesce(settings, '{}'), segment_version, pace FROM journeys WHERE id = ?1")?
        .query_row(params![id], |row| Ok((store::json(row, 0)?, store::json(row, 1)?, row.get(2)?, row.get(3)?)))?;
    let document = inherit(document, &settings);
    let follows = Journey::of(&document).is_some_and(|journey| Membership::of(journey).follows_segment());
    let version = launched.filter(|_| as_launched && !follows);
    let program = compile(connection, app, id, &document, &settings, version)?;
    let pace = pace.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    Ok(Running { app: app.to_owned(), id: id.to_owned(), document, program, pace: Cell::new(pace) })
}

impl Running {
    /// Writes the queue, where a step has changed it since `before`.
    pub fn save_pace(&self, connection: &Connection, before: Pace) -> Result<()> {
        if self.pace.get() != before {
            let text = serde_json::to_string(&self.pace.get()).unwrap_or_default();
            connection
                .prepare_cached("UPDATE journeys SET pace = ?2 WHERE id = ?1")?
                .execute(params![self.id, text])?;
        }
        Ok(())
    }
}

/// The program of a journey that is to be published; a 400 says why it can not run.
pub fn check(connection: &Connection, app: &str, id: &str, document: &Value, settings: &Value) -> Result<Program> {
    let document = inherit(document.clone(), settings);
    let program = compile(connection, app, id, &document, settings, None)?;
    for (path, what) in program.not_honoured() {
        tracing::warn!(journey = id, member = %path, what, "not honoured");
    }
    Ok(program)
}

fn compile(
    connection: &Connection,
    app: &str,
    id: &str,
    document: &Value,
    settings: &Value,
    entry_version: Option<i64>,
) -> Result<Program> {
    let mut documents: BTreeMap<String, Value> = connection
        .prepare_cached(
            "SELECT id, document FROM segments JOIN segment_versions USING (app, id, version) WHERE app = ?1",
        )?
        .query_map(params![app], |row| Ok((row.get(0)?, store::json(row, 1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let entry = super::text_at(document, &["StartCondition", "SegmentStartCondition", "SegmentId"]);
    if let (Some(entry), Some(version)) = (entry, entry_version)
        && let Some(launched) = segments::read(connection, app, entry, Some(version))?
    {
        documents.insert(entry.to_owned(), launched);
    }
    let lookup = |reference: &str| documents.get(reference);
    let Some(journey) = Journey::of(document) else { return Err(Refusal::bad_request("the journey is not an object")) };
    let templates = templates_of(connection, journey)?;
    let template = |kind: TemplateKind, name: &str, version: Option<&str>| {
        templates.get(&(kind, name.to_owned(), version.map(str::to_owned)))
    };
    let daily = settings.get("Limits").and_then(|limits| limits.get("Daily")).and_then(Value::as_u64);
    let context = Context {
        template: Some(&template),
        project_daily: daily.and_then(|daily| u32::try_from(daily).ok()),
        ..Context::new(&lookup)
    };
    engine::compile(journey, id, &context).map_err(|error| Refusal::bad_request(error.to_string()))
}

/// Kind, name and version (`None` = the active one) of a template.
pub type TemplateName = (TemplateKind, String, Option<String>);

/// The templates of a journey's messages, as they are now: those without version in the one that is active.
fn templates_of(connection: &Connection, journey: Journey<'_>) -> Result<BTreeMap<TemplateName, Value>> {
    let mut found = BTreeMap::new();
    for activity in journey.activities() {
        let (Some(kind), Some(name)) =
            (activity.kind().and_then(ActivityKind::template_kind), activity.template_name())
        else {
            continue;
        };
        let version = activity.template_version();
        if let Some(document) = templates::read(connection, kind, name, version)? {
            found.insert((kind, name.to_owned(), version.map(str::to_owned)), document);
        }
    }
    Ok(found)
}

/// Limits and quiet time that the journey does not set come from the project (journeys.md 5, 6).
fn inherit(mut document: Value, settings: &Value) -> Value {
    let Some(members) = document.as_object_mut() else { return document };
    let missing = |members: &Map<String, Value>, name: &str| members.get(name).is_none_or(Value::is_null);
    if missing(members, "QuietTime")
        && let Some(quiet) = settings.get("QuietTime")
    {
        members.insert("QuietTime".into(), quiet.clone());
    }
    if let Some(defaults) = settings.get("JourneyLimits").and_then(Value::as_object) {
        if missing(members, "Limits") {
            members.insert("Limits".into(), Value::Object(Map::new()));
        }
        if let Some(limits) = members.get_mut("Limits").and_then(Value::as_object_mut) {
            for (name, value) in defaults {
                if missing(limits, name) {
                    limits.insert(name.clone(), value.clone());
                }
            }
        }
    }
    document
}
