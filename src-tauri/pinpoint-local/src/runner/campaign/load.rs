//! From a stored campaign to a program and messages of the engine.

use std::collections::BTreeMap;

use engine::campaign::{self, Program, Renderer, TemplateName};
use model::view::View;
use model::wire::WriteCampaignRequest;
use model::{Millis, TemplateKind};
use rusqlite::{Connection, params};
use serde_json::Value;

use crate::api::{campaign_rules, segments, templates};
use crate::refusal::Result;
use crate::store;

/// Rows that one step handles: requests go in between, after some hundredths of a second.
const BATCH: u32 = 250;

/// A campaign that can run.
pub struct Running {
    /// The project.
    pub app: String,
    /// `CampaignResponse`, without its state.
    pub document: Value,
    /// Compiled.
    pub program: Program,
    /// Its messages.
    pub renderer: Renderer,
}

/// Why a campaign can not run.
#[derive(Debug)]
pub enum Broken {
    /// Its segment is gone: `DELETED` (campaigns.md 8).
    Segment,
    /// Something else that it needs is gone: `INVALID`. Says what.
    Unusable(String),
}

/// Loads and compiles the newest version of a campaign, with segment, templates and channels as they are now.
pub fn load(
    connection: &Connection,
    app: &str,
    id: &str,
    created: Millis,
    settings: &Value,
) -> Result<std::result::Result<Running, Broken>> {
    let (document, pinned): (Value, bool) = connection
        .prepare_cached(
            "SELECT document, pinned FROM campaign_versions WHERE campaign = ?1
             AND version = (SELECT version FROM campaigns WHERE id = ?1)",
        )?
        .query_row(params![id], |row| Ok((store::json(row, 0)?, row.get(1)?)))?;
    let segment = super::super::text_at(&document, &["SegmentId"]).unwrap_or_default();
    if segments::read(connection, app, segment, None)?.is_none() {
        return Ok(Err(Broken::Segment));
    }
    if let Some(reason) = campaign_rules::unusable(connection, app, &document)? {
        return Ok(Err(Broken::Unusable(reason)));
    }
    compile(connection, app, id, document, pinned, created, settings)
}

/// Compiles a campaign; `pinned` = it names the version of its segment, else the newest counts (campaigns.md 1).
pub fn compile(
    connection: &Connection,
    app: &str,
    id: &str,
    document: Value,
    pinned: bool,
    created: Millis,
    settings: &Value,
) -> Result<std::result::Result<Running, Broken>> {
    let unusable = |reason: String| Ok(Err(Broken::Unusable(reason)));
    let Some(campaign) = WriteCampaignRequest::of(&document) else {
        return unusable("the campaign is not an object".to_owned());
    };
    let mut documents = segments::documents(connection, app, None)?;
    if let (true, Some(segment), Some(version)) = (pinned, campaign.segment_id(), campaign.segment_version())
        && let Some(named) = segments::read(connection, app, segment, Some(version))?
    {
        documents.insert(segment.to_owned(), named);
    }
    let lookup = |reference: &str| documents.get(reference);
    let members = |reference: &str| segments::members(connection, app, documents.get(reference)?);
    let context = campaign::Context {
        settings: Some(settings),
        batch: BATCH,
        driver_times_calls: true,
        members: &members,
        ..campaign::Context::new(&lookup, created)
    };
    let program = match campaign::compile(campaign, id, &context) {
        Ok(program) => program,
        Err(error) => return unusable(error.to_string()),
    };
    let found = templates_of(connection, &program)?;
    let template = |kind: TemplateKind, named: &TemplateName| found.get(&key(kind, named));
    match Renderer::compile(&program, &template) {
        Ok(renderer) => Ok(Ok(Running { app: app.to_owned(), document, program, renderer })),
        Err(error) => unusable(error.to_string()),
    }
}

/// Kind, name and version of a template.
type Key = (TemplateKind, String, Option<String>);

fn key(kind: TemplateKind, named: &TemplateName) -> Key {
    (kind, named.name.clone(), named.version.clone())
}

/// The templates that a campaign names, as those of journeys: without version the one that is active.
pub fn templates_of(connection: &Connection, program: &Program) -> Result<BTreeMap<Key, Value>> {
    let mut found = BTreeMap::new();
    for (kind, named) in program.templates() {
        if let Some(document) = templates::read_published(connection, kind, &named.name, named.version.as_deref())? {
            found.insert(key(kind, named), document);
        }
    }
    Ok(found)
}
