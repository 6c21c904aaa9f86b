//! What a campaign must keep to be stored (campaigns.md 11), as `validation` says it: the campaign, what it names and the
//! other active campaigns are put before its rules as a project.

use model::view::Word;
use model::wire::{ChannelType, WriteCampaignRequest};
use model::{Account, DocumentId, Millis, Project, TemplateKind, View};
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use validation::Facts;

use crate::api::{segments, templates};
use crate::refusal::{Refusal, Result};
use crate::store;

/// The campaign's name in the project of rules: behind all ids, which have digits and letters, because quotas count those
/// before it.
const SUBJECT: &str = "~";

/// Refuses a campaign that the service does not take; `now` = its start must not be past. `id` is left out of the quotas.
pub fn check(connection: &Connection, app: &str, id: &str, body: &Value, now: Option<Millis>) -> Result<()> {
    let mut project = surroundings(connection, app, body, |connection, kind, name, _| {
        templates::read_newest(connection, kind, name)
    })?;
    others(connection, app, id, &mut project)?;
    match first_error(connection, app, project, body, now)? {
        None => Ok(()),
        Some(message) => Err(Refusal::bad_request(message)),
    }
}

/// Why a campaign that was taken can not run any more: a template or its channel is gone (campaigns.md 8). A template that it
/// pins is kept for it (templates.md 2, chosen).
pub fn unusable(connection: &Connection, app: &str, document: &Value) -> Result<Option<String>> {
    let project = surroundings(connection, app, document, |connection, kind, name, version| {
        Ok(match templates::read_newest(connection, kind, name)? {
            Some(newest) => Some(newest),
            None => templates::read_published(connection, kind, name, version)?,
        })
    })?;
    first_error(connection, app, project, document, None)
}

/// Why a hook can not be a project's default (campaigns.md 7: `Mode` `DELIVERY` is refused, chosen): what the rule for the hook
/// of a campaign says of it.
pub fn default_hook(hook: &Value) -> Option<String> {
    let id = DocumentId::Campaign(SUBJECT.to_owned());
    let mut project = Project::default();
    project.documents.insert(id.clone(), json!({"Hook": hook}));
    let report = validation::check_one(&project, &id, Facts::default());
    let found = report.errors().find(|error| error.rule == "campaign-hook")?;
    Some(format!("Campaign{}: {}", found.place.path, found.message))
}

fn first_error(
    connection: &Connection,
    app: &str,
    mut project: Project,
    body: &Value,
    now: Option<Millis>,
) -> Result<Option<String>> {
    let id = DocumentId::Campaign(SUBJECT.to_owned());
    project.documents.insert(id.clone(), body.clone());
    let account = Account { channels: Some(channels(connection, app)?), ..Account::default() };
    let report =
        validation::check_one(&project, &id, Facts { now, account: Some(&account), evidence: None, people: None });
    Ok(report.errors().next().map(|error| match error.place.path.to_string() {
        path if path.is_empty() => error.message.clone(),
        path => format!("{path}: {}", error.message),
    }))
}

/// The segment and the templates that a campaign names, and the sources of the segment; `template` finds one by kind, name and
/// version.
fn surroundings(
    connection: &Connection,
    app: &str,
    body: &Value,
    template: impl Fn(&Connection, TemplateKind, &str, Option<&str>) -> Result<Option<Value>>,
) -> Result<Project> {
    let mut project = Project::default();
    let mut open: Vec<String> = body.get("SegmentId").and_then(Value::as_str).map(str::to_owned).into_iter().collect();
    while let Some(segment) = open.pop() {
        let id = DocumentId::Segment(segment);
        if project.documents.contains_key(&id) {
            continue;
        }
        let Some(document) = segments::read(connection, app, id.name(), None)? else { continue };
        let groups = document.get("SegmentGroups").and_then(|groups| groups.get("Groups")).and_then(Value::as_array);
        let sources =
            groups.into_iter().flatten().filter_map(|group| group.get("SourceSegments")?.as_array()).flatten();
        open.extend(sources.filter_map(|source| source.get("Id")?.as_str()).map(str::to_owned));
        project.documents.insert(id, document);
    }
    let Some(campaign) = WriteCampaignRequest::of(body) else { return Ok(project) };
    let own = std::iter::once(campaign.template_configuration());
    let all = own.chain(campaign.additional_treatments().into_iter().map(|one| one.template_configuration()));
    for configuration in all.flatten() {
        for named in configuration.object().values() {
            let text = |member: &str| named.get(member).and_then(Value::as_str);
            let Some(name) = text("Name") else { continue };
            // Of any kind: one of another kind is told apart from one that is not there.
            for kind in TemplateKind::ALL {
                if let Some(found) = template(connection, kind, name, text("Version"))? {
                    project.documents.insert(DocumentId::Template(kind, name.to_owned()), found);
                }
            }
        }
    }
    Ok(project)
}

/// The other active campaigns: those of the project as they are, those of other projects as ones that count for the
/// account alone (campaigns.md 12).
fn others(connection: &Connection, app: &str, id: &str, project: &mut Project) -> Result<()> {
    let active: Vec<(String, String, Value)> = connection
        .prepare_cached(
            "SELECT c.id, c.app, v.document FROM campaigns c
             JOIN campaign_versions v ON v.campaign = c.id AND v.version = c.version
             WHERE c.status IN ('SCHEDULED', 'EXECUTING', 'PENDING_NEXT_RUN') AND c.id <> ?1",
        )?
        .query_map(params![id], |row| Ok((row.get(0)?, row.get(1)?, store::json(row, 2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (id, of, document) in active {
        let document = if of == app { document } else { json!({}) };
        project.documents.insert(DocumentId::Campaign(id), document);
    }
    Ok(())
}

/// The channels of a project that are enabled, in the words of `ChannelType`.
pub fn channels(connection: &Connection, app: &str) -> Result<Vec<String>> {
    let mut statement = connection.prepare_cached("SELECT name, document FROM channels WHERE app = ?1")?;
    let rows = statement.query_map(params![app], |row| Ok((row.get::<_, String>(0)?, store::json(row, 1)?)))?;
    let mut enabled = Vec::new();
    for row in rows {
        let (name, document) = row?;
        let is_on = document.get("Enabled").and_then(Value::as_bool).unwrap_or(false);
        if let (true, Some(channel)) = (is_on, ChannelType::parse(&name.to_uppercase())) {
            enabled.push(channel.as_str().to_owned());
        }
    }
    Ok(enabled)
}
