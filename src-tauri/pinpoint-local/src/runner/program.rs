//! From a stored journey to a program of the engine, kept for as long as it stays the same.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ::templates::Template;
use engine::{Context, EventFilter, Membership, Pace, Program};
use model::view::View;
use model::{ActivityKind, Entry, Journey, TemplateKind};
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
    pub document: Arc<Value>,
    /// Compiled.
    pub program: Arc<Program>,
    /// Its queue of messages, as the store has it.
    pub pace: Cell<Pace>,
}

/// A journey that hears events.
pub struct Listening {
    /// The journey's id.
    pub id: String,
    /// Whether events may start it.
    pub is_active: bool,
    /// The event that does; `None` = a segment does.
    pub starts: Option<EventFilter>,
}

/// What is compiled, until something of it changes: `generation` in the store says when.
#[derive(Default)]
pub struct Programs {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    generation: i64,
    /// By journey, and whether as launched.
    programs: HashMap<(String, bool), (Arc<Value>, Arc<Program>)>,
    /// By project.
    listening: HashMap<String, Arc<[Listening]>>,
    templates: HashMap<TemplateName, Compiled>,
}

/// A template, or why there is none.
pub type Compiled = Arc<std::result::Result<Template, String>>;

impl Programs {
    /// What is kept; emptied when the store has moved on.
    fn kept(&self, connection: &Connection) -> Result<MutexGuard<'_, Kept>> {
        let generation =
            connection.prepare_cached("SELECT value FROM generation")?.query_row([], |row| row.get::<_, i64>(0))?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.generation != generation {
            *kept = Kept { generation, ..Kept::default() };
        }
        Ok(kept)
    }

    /// A journey, compiled. With `as_launched` the entry segment is the version that it had at publication, unless the
    /// journey follows the segment (journeys.md 2.2).
    pub fn load(&self, connection: &Connection, app: &str, id: &str, as_launched: bool) -> Result<Running> {
        let key = (id.to_owned(), as_launched);
        let known = self.kept(connection)?.programs.get(&key).cloned();
        let (document, program) = match known {
            Some(known) => known,
            None => {
                let (document, program) = load(connection, app, id, as_launched)?;
                let made = (Arc::new(document), Arc::new(program));
                self.kept(connection)?.programs.insert(key, made.clone());
                made
            }
        };
        let pace = match program.rate() {
            None => None,
            Some(_) => connection
                .prepare_cached("SELECT pace FROM journeys WHERE id = ?1")?
                .query_row(params![id], |row| row.get::<_, Option<String>>(0))?,
        };
        let pace = pace.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        Ok(Running { app: app.to_owned(), id: id.to_owned(), document, program, pace: Cell::new(pace) })
    }

    /// The journeys of a project that hear events, oldest first.
    pub fn listening(&self, connection: &Connection, app: &str) -> Result<Arc<[Listening]>> {
        if let Some(known) = self.kept(connection)?.listening.get(app) {
            return Ok(known.clone());
        }
        let journeys: Arc<[Listening]> = connection
            .prepare_cached(
                "SELECT id, state, document FROM journeys
                 WHERE app = ?1 AND state IN ('ACTIVE', 'CLOSED', 'PAUSED') ORDER BY seq",
            )?
            .query_map(params![app], |row| {
                let (id, state, document) = (row.get(0)?, row.get::<_, String>(1)?, store::json(row, 2)?);
                let starts = match Journey::of(&document).and_then(Journey::entry) {
                    Some(Entry::Event { filter, .. }) => EventFilter::compile(filter.object()).ok(),
                    _ => None,
                };
                Ok(Listening { id, is_active: state == "ACTIVE", starts })
            })?
            .collect::<rusqlite::Result<_>>()?;
        self.kept(connection)?.listening.insert(app.to_owned(), journeys.clone());
        Ok(journeys)
    }

    /// A template, compiled.
    pub fn template(&self, connection: &Connection, name: &TemplateName) -> Result<Compiled> {
        if let Some(known) = self.kept(connection)?.templates.get(name) {
            return Ok(known.clone());
        }
        let compiled = Arc::new(template(connection, name)?);
        self.kept(connection)?.templates.insert(name.clone(), compiled.clone());
        Ok(compiled)
    }
}

fn load(connection: &Connection, app: &str, id: &str, as_launched: bool) -> Result<(Value, Program)> {
    let (document, settings, launched): (Value, Value, Option<i64>) = connection
        .prepare_cached("SELECT document, coalesce(settings, '{}'), segment_version FROM journeys WHERE id = ?1")?
        .query_row(params![id], |row| Ok((store::json(row, 0)?, store::json(row, 1)?, row.get(2)?)))?;
    let document = inherit(document, &settings);
    let follows = Journey::of(&document).is_some_and(|journey| Membership::of(journey).follows_segment());
    let version = launched.filter(|_| as_launched && !follows);
    let program = compile(connection, app, id, &document, &settings, version)?;
    Ok((document, program))
}

fn template(
    connection: &Connection,
    (kind, name, version): &TemplateName,
) -> Result<std::result::Result<Template, String>> {
    let document: Option<Value> = templates::read_published(connection, *kind, name, version.as_deref())?;
    let Some(document) = document else {
        tracing::warn!(template = name, "the template of a message is gone");
        return Ok(Err(format!("template `{name}` does not exist any more")));
    };
    Ok(Template::compile(*kind, &document).map_err(|error| {
        tracing::warn!(template = name, %error, "the template of a message cannot be read");
        format!("template `{name}`: {error}")
    }))
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
    let mut documents = segments::documents(connection, app, None)?;
    let entry = super::text_at(document, &["StartCondition", "SegmentStartCondition", "SegmentId"]);
    if let (Some(entry), Some(version)) = (entry, entry_version)
        && let Some(launched) = segments::read(connection, app, entry, Some(version))?
    {
        documents.insert(entry.to_owned(), launched);
    }
    let lookup = |reference: &str| documents.get(reference);
    let members = |reference: &str| segments::members(connection, app, documents.get(reference)?);
    let Some(journey) = Journey::of(document) else { return Err(Refusal::bad_request("the journey is not an object")) };
    let templates = templates_of(connection, journey)?;
    let template = |kind: TemplateKind, name: &str, version: Option<&str>| {
        templates.get(&(kind, name.to_owned(), version.map(str::to_owned)))
    };
    let daily = settings.get("Limits").and_then(|limits| limits.get("Daily")).and_then(Value::as_u64);
    let context = Context {
        members: &members,
        template: Some(&template),
        project_daily: daily.and_then(|daily| u32::try_from(daily).ok()),
        ..Context::new(&lookup)
    };
    engine::compile(journey, id, &context).map_err(|error| Refusal::bad_request(error.to_string()))
}

/// Kind, name and version (`None` = the active one) of a template.
pub type TemplateName = (TemplateKind, String, Option<String>);

/// Keeps the templates that a journey pins, which is published now.
pub fn keep_templates(connection: &Connection, document: &Value) -> Result<()> {
    for (kind, name, version) in Journey::of(document).into_iter().flat_map(named_templates) {
        if let Some(version) = version {
            templates::keep(connection, kind, &name, &version)?;
        }
    }
    Ok(())
}

/// The templates of a journey's messages, as they are now: those without version in the one that is active.
fn templates_of(connection: &Connection, journey: Journey<'_>) -> Result<BTreeMap<TemplateName, Value>> {
    let mut found = BTreeMap::new();
    for named in named_templates(journey) {
        let (kind, name, version) = &named;
        if let Some(document) = templates::read_published(connection, *kind, name, version.as_deref())? {
            found.insert(named, document);
        }
    }
    Ok(found)
}

/// The templates that the messages of a journey name.
fn named_templates(journey: Journey<'_>) -> Vec<TemplateName> {
    let activities = journey.activities().into_iter();
    let named = activities.filter_map(|activity| {
        let kind = activity.kind().and_then(ActivityKind::template_kind)?;
        Some((kind, activity.template_name()?.to_owned(), activity.template_version().map(str::to_owned)))
    });
    named.collect()
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
