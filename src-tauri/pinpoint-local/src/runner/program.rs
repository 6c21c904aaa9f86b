//! From a stored journey to a program of the engine.

use std::collections::BTreeMap;

use engine::{Context, Program};
use model::Journey;
use rusqlite::{Connection, params};
use serde_json::{Map, Value};

use crate::api::segments;
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
}

/// Loads and compiles a journey. With `as_launched` the entry segment is the version that it had at publication, unless
/// the journey follows the segment (journeys.md 2.2).
pub fn load(connection: &Connection, app: &str, id: &str, as_launched: bool) -> Result<Running> {
    let (document, settings, launched): (Value, Value, Option<i64>) = connection
        .prepare_cached("SELECT document, coalesce(settings, '{}'), segment_version FROM journeys WHERE id = ?1")?
        .query_row(params![id], |row| Ok((store::json(row, 0)?, store::json(row, 1)?, row.get(2)?)))?;
    let document = inherit(document, &settings);
    let version =
        launched.filter(|_| as_launched && document.get("RefreshOnSegmentUpdate") != Some(&Value::Bool(true)));
    let program = compile(connection, app, id, &document, version)?;
    Ok(Running { app: app.to_owned(), id: id.to_owned(), document, program })
}

/// Whether a journey can run; a 400 says why not.
pub fn check(connection: &Connection, app: &str, id: &str, document: &Value, settings: &Value) -> Result<()> {
    let document = inherit(document.clone(), settings);
    let program = compile(connection, app, id, &document, None)?;
    for (path, what) in program.not_honoured() {
        tracing::warn!(journey = id, member = %path, what, "not honoured");
    }
    Ok(())
}

fn compile(
    connection: &Connection,
    app: &str,
    id: &str,
    document: &Value,
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
    engine::compile(journey, id, &Context::new(&lookup)).map_err(|error| Refusal::bad_request(error.to_string()))
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
