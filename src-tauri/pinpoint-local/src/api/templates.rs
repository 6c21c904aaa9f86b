//! Message templates and their versions (templates.md 1, 2). The same handlers answer for all five kinds: the path names
//! the kind. Templates belong to the account, not to a project.

use model::TemplateKind;
use model::time::format_instant;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value, json};

use crate::api::paging::Page;
use crate::api::{Answer, Call, Context, Handler, naming};
use crate::refusal::{Refusal, Result};
use crate::store;

/// Handlers of this file.
pub const HANDLERS: &[(&str, Handler)] = &[
    ("CreateEmailTemplate", create),
    ("CreateSmsTemplate", create),
    ("CreatePushTemplate", create),
    ("CreateInAppTemplate", create),
    ("CreateVoiceTemplate", create),
    ("GetEmailTemplate", get),
    ("GetSmsTemplate", get),
    ("GetPushTemplate", get),
    ("GetInAppTemplate", get),
    ("GetVoiceTemplate", get),
    ("UpdateEmailTemplate", update),
    ("UpdateSmsTemplate", update),
    ("UpdatePushTemplate", update),
    ("UpdateInAppTemplate", update),
    ("UpdateVoiceTemplate", update),
    ("DeleteEmailTemplate", delete),
    ("DeleteSmsTemplate", delete),
    ("DeletePushTemplate", delete),
    ("DeleteInAppTemplate", delete),
    ("DeleteVoiceTemplate", delete),
    ("ListTemplates", list),
    ("ListTemplateVersions", list_versions),
    ("UpdateTemplateActiveVersion", activate),
];

/// Versions of one template (templates.md 2).
const MAX_VERSIONS: i64 = 5_000;

/// The kind, from the path: its last word, or its parameter in any case.
fn kind(call: &Call) -> Result<TemplateKind> {
    let word = match call.parameter("template-type") {
        "" => call.operation.path.rsplit('/').next().unwrap_or_default(),
        word => word,
    };
    TemplateKind::ALL.into_iter().find(|kind| kind.folder().eq_ignore_ascii_case(word)).ok_or_else(|| {
        Refusal::bad_request(format!("template-type: `{word}` is not one of EMAIL, PUSH, SMS, VOICE, INAPP"))
    })
}

/// A template as it is stored: the version that is active, and the highest that ever was.
struct Head {
    active: i64,
    latest: i64,
}

fn head(connection: &Connection, kind: TemplateKind, name: &str) -> Result<Option<Head>> {
    let mut statement =
        connection.prepare_cached("SELECT active, latest FROM templates WHERE name = ?1 AND kind = ?2")?;
    let read = |row: &rusqlite::Row<'_>| Ok(Head { active: row.get(0)?, latest: row.get(1)? });
    Ok(statement.query_row(params![name, kind.template_type()], read).optional()?)
}

fn existing(context: &Context<'_>, call: &Call) -> Result<(TemplateKind, Head)> {
    let kind = kind(call)?;
    let name = call.parameter("template-name");
    let head = head(context.store, kind, name)?;
    let head =
        head.ok_or_else(|| Refusal::not_found(format!("there is no {} template `{name}`", kind.template_type())))?;
    Ok((kind, head))
}

/// The active version of a template, or a given one, as the kind's response.
pub fn read(connection: &Connection, kind: TemplateKind, name: &str, version: Option<&str>) -> Result<Option<Value>> {
    let Some(head) = head(connection, kind, name)? else { return Ok(None) };
    let version = match version {
        None | Some("") => head.active,
        Some(text) => match text.parse() {
            Ok(version) => version,
            Err(_) => return Ok(None),
        },
    };
    read_version(connection, kind, name, version)
}

/// The template of a message that was published: as [`read`], and of a pinned version that was deleted since, what
/// [`keep`] has kept of it (templates.md 2, chosen).
pub fn read_published(
    connection: &Connection,
    kind: TemplateKind,
    name: &str,
    version: Option<&str>,
) -> Result<Option<Value>> {
    let found = read(connection, kind, name, version)?;
    let Some(version) = version.filter(|_| found.is_none()).and_then(|version| version.parse::<i64>().ok()) else {
        return Ok(found);
    };
    let mut statement = connection
        .prepare_cached("SELECT document FROM kept_templates WHERE name = ?1 AND kind = ?2 AND version = ?3")?;
    Ok(statement.query_row(params![name, kind.template_type(), version], |row| store::json(row, 0)).optional()?)
}

/// Keeps a pinned version as it is now, for the messages of what is published with it.
pub fn keep(connection: &Connection, kind: TemplateKind, name: &str, version: &str) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO kept_templates (kind, name, version, document)
             SELECT kind, name, version, document FROM template_versions WHERE name = ?1 AND kind = ?2 AND version = ?3",
        )?
        .execute(params![name, kind.template_type(), version.parse::<i64>().ok()])?;
    Ok(())
}

/// The newest version of a template that there is.
pub fn read_newest(connection: &Connection, kind: TemplateKind, name: &str) -> Result<Option<Value>> {
    let mut statement = connection.prepare_cached(
        "SELECT document FROM template_versions WHERE name = ?1 AND kind = ?2 ORDER BY version DESC LIMIT 1",
    )?;
    Ok(statement.query_row(params![name, kind.template_type()], |row| store::json(row, 0)).optional()?)
}

fn read_version(connection: &Connection, kind: TemplateKind, name: &str, version: i64) -> Result<Option<Value>> {
    let mut statement = connection
        .prepare_cached("SELECT document FROM template_versions WHERE name = ?1 AND kind = ?2 AND version = ?3")?;
    Ok(statement.query_row(params![name, kind.template_type(), version], |row| store::json(row, 0)).optional()?)
}

/// Newest version that still exists.
fn newest(context: &Context<'_>, kind: TemplateKind, name: &str) -> Result<i64> {
    let mut statement =
        context.store.prepare_cached("SELECT max(version) FROM template_versions WHERE name = ?1 AND kind = ?2")?;
    Ok(statement.query_row(params![name, kind.template_type()], |row| row.get(0))?)
}

fn save(context: &Context<'_>, kind: TemplateKind, name: &str, version: i64, document: &Value) -> Result<()> {
    context
        .store
        .prepare_cached(
            "INSERT OR REPLACE INTO template_versions (kind, name, version, document) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![kind.template_type(), name, version, store::text(document)])?;
    Ok(())
}

/// What was put, and the members that only an answer has.
fn document(call: &Call, kind: TemplateKind, name: &str, version: i64, created: &str, now: &str) -> Map<String, Value> {
    let own = ["Arn", "CreationDate", "LastModifiedDate", "TemplateName", "TemplateType", "Version"];
    let mut members = Map::new();
    members.insert("Arn".into(), naming::arn(&format!("templates/{name}/{}", kind.template_type())).into());
    members.insert("CreationDate".into(), created.into());
    for (key, value) in call.body.as_object().into_iter().flatten() {
        if !own.contains(&key.as_str()) {
            members.insert(key.clone(), value.clone());
        }
    }
    members.insert("LastModifiedDate".into(), now.into());
    members.insert("TemplateName".into(), name.into());
    members.insert("TemplateType".into(), kind.template_type().into());
    members.insert("Version".into(), version.to_string().into());
    members
}

/// What a body must keep: the default values are a JSON object in a text (templates.md 3), at most 15 headers.
fn check(call: &Call) -> Result<()> {
    if let Some(text) = call.body.get("DefaultSubstitutions").and_then(Value::as_str)
        && !text.trim().is_empty()
        && !serde_json::from_str::<Value>(text).is_ok_and(|value| value.is_object())
    {
        return call.refuse("DefaultSubstitutions", "expected a JSON object written as a text");
    }
    if call.body.get("Headers").and_then(Value::as_array).is_some_and(|headers| headers.len() > 15) {
        return call.refuse("Headers", "15 headers are allowed");
    }
    Ok(())
}

fn create(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let kind = kind(call)?;
    let name = call.parameter("template-name");
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.chars().all(allowed) || !name.starts_with(|c: char| c.is_ascii_alphanumeric()) || name.len() > 128 {
        return call.refuse(
            "template-name",
            "must start with a letter or digit, have letters, digits, `_` and `-` only, and at most 128 of them",
        );
    }
    if head(context.store, kind, name)?.is_some() {
        return call.refuse("template-name", &format!("there is a template `{name}` already"));
    }
    naming::check_tags(call.body.get("tags"))?;
    check(call)?;
    let now = format_instant(context.now);
    let document = document(call, kind, name, 1, &now, &now);
    let arn = document.get("Arn").cloned();
    context.store.execute(
        "INSERT INTO templates (kind, name, active, latest) VALUES (?1, ?2, 1, 1)",
        params![kind.template_type(), name],
    )?;
    save(context, kind, name, 1, &Value::Object(document))?;
    Ok(call.answer(json!({"Arn": arn, "Message": "Created", "RequestID": call.request_id})))
}

fn wanted(call: &Call) -> Result<Option<i64>> {
    match call.query("version") {
        None | Some("") => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| Refusal::bad_request("version: expected a number")),
    }
}

fn get(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let (kind, head) = existing(context, call)?;
    let name = call.parameter("template-name");
    let version = wanted(call)?.unwrap_or(head.active);
    let found = read_version(context.store, kind, name, version)?;
    Ok(call.answer(found.ok_or_else(|| Refusal::not_found(format!("template `{name}` has no version {version}")))?))
}

/// Overwrites the latest version, or adds one that is not active yet (templates.md 2).
fn update(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let (kind, head) = existing(context, call)?;
    let name = call.parameter("template-name");
    let anew = match call.query("create-new-version") {
        None | Some("" | "false") => false,
        Some("true") => true,
        Some(_) => return call.refuse("create-new-version", "expected true or false"),
    };
    let newest = newest(context, kind, name)?;
    match wanted(call)? {
        Some(_) if anew => return call.refuse("version", "cannot stand beside create-new-version=true"),
        Some(version) if version != newest => {
            return call.refuse("version", &format!("{version} is not the latest version, which is {newest}"));
        }
        _ => {}
    }
    check(call)?;
    let now = format_instant(context.now);
    let before = read_version(context.store, kind, name, newest)?.unwrap_or_default();
    let (version, created) = if anew {
        if head.latest >= MAX_VERSIONS {
            return call.refuse("create-new-version", &format!("{MAX_VERSIONS} versions are allowed"));
        }
        (head.latest + 1, now.clone())
    } else {
        let created = before.get("CreationDate").and_then(Value::as_str);
        (newest, created.unwrap_or(&now).to_owned())
    };
    let mut document = document(call, kind, name, version, &created, &now);
    // Tags in the body of an update are ignored (api.md 5).
    document.shift_remove("tags");
    if let Some(tags) = before.get("tags") {
        document.insert("tags".into(), tags.clone());
    }
    save(context, kind, name, version, &Value::Object(document))?;
    context.store.execute(
        "UPDATE templates SET latest = max(latest, ?3) WHERE name = ?1 AND kind = ?2",
        params![name, kind.template_type(), version],
    )?;
    Ok(call.accepted())
}

fn delete(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let (kind, head) = existing(context, call)?;
    let name = call.parameter("template-name");
    let parameters = params![name, kind.template_type()];
    match wanted(call)? {
        None => {
            context.store.execute("DELETE FROM templates WHERE name = ?1 AND kind = ?2", parameters)?;
            context.store.execute("DELETE FROM template_versions WHERE name = ?1 AND kind = ?2", parameters)?;
        }
        Some(version) => {
            if read_version(context.store, kind, name, version)?.is_none() {
                return Err(Refusal::not_found(format!("template `{name}` has no version {version}")));
            }
            if version == head.active {
                return call.refuse("version", "the active version cannot be deleted; make another one active first");
            }
            context.store.execute(
                "DELETE FROM template_versions WHERE name = ?1 AND kind = ?2 AND version = ?3",
                params![name, kind.template_type(), version],
            )?;
        }
    }
    Ok(call.accepted())
}

fn activate(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let (kind, _) = existing(context, call)?;
    let name = call.parameter("template-name");
    let version = match call.body.get("Version").and_then(Value::as_str) {
        None | Some("") => return call.refuse("Version", "required, but missing"),
        Some("latest") => newest(context, kind, name)?,
        Some(text) => match text.parse() {
            Ok(version) => version,
            Err(_) => return call.refuse("Version", "expected a number or `latest`"),
        },
    };
    if read_version(context.store, kind, name, version)?.is_none() {
        return Err(Refusal::not_found(format!("template `{name}` has no version {version}")));
    }
    context.store.execute(
        "UPDATE templates SET active = ?3 WHERE name = ?1 AND kind = ?2",
        params![name, kind.template_type(), version],
    )?;
    Ok(call.accepted())
}

/// Members of a template's response that a list shows.
const LISTED: &[&str] = &["CreationDate", "LastModifiedDate", "TemplateName", "TemplateType", "Version"];
/// Members that a list of versions shows.
const LISTED_VERSION: &[&str] = &[
    "CreationDate",
    "DefaultSubstitutions",
    "LastModifiedDate",
    "TemplateDescription",
    "TemplateName",
    "TemplateType",
    "Version",
];

fn only(mut document: Value, members: &[&str]) -> Value {
    if let Some(object) = document.as_object_mut() {
        object.retain(|key, _| members.contains(&key.as_str()));
    }
    document
}

fn list(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let prefix = call.query("prefix").unwrap_or_default();
    let kind = call.query("template-type").filter(|word| !word.is_empty()).map(str::to_uppercase);
    if let Some(word) = &kind
        && !TemplateKind::ALL.iter().any(|kind| kind.template_type() == word)
    {
        return call.refuse("template-type", &format!("`{word}` is not one of EMAIL, PUSH, SMS, VOICE, INAPP"));
    }
    let scope = format!("templates/{}/{prefix}", kind.as_deref().unwrap_or_default());
    let page = Page::of(call, "next-token", scope)?;
    let rows = context
        .store
        .prepare_cached(
            "SELECT t.seq, v.document FROM templates t JOIN template_versions v
             ON v.name = t.name AND v.kind = t.kind AND v.version = t.active
             WHERE (?1 IS NULL OR t.kind = ?1) AND substr(t.name, 1, length(?2)) = ?2 AND t.seq < ?3
             ORDER BY t.seq DESC LIMIT ?4",
        )?
        .query_map(params![kind, prefix, page.before, page.limit()], |row| {
            Ok((row.get(0)?, only(store::json(row, 1)?, LISTED)))
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(call.answer(page.answer(rows)))
}

fn list_versions(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let (kind, _) = existing(context, call)?;
    let name = call.parameter("template-name");
    let page = Page::of(call, "next-token", format!("templates/{}/{name}/versions", kind.template_type()))?;
    let rows = context
        .store
        .prepare_cached(
            "SELECT version, document FROM template_versions WHERE name = ?1 AND kind = ?2 AND version < ?3
             ORDER BY version DESC LIMIT ?4",
        )?
        .query_map(params![name, kind.template_type(), page.before, page.limit()], |row| {
            Ok((row.get(0)?, only(store::json(row, 1)?, LISTED_VERSION)))
        })?
        .collect::<rusqlite::Result<_>>()?;
    let mut answer = page.answer(rows);
    if let Some(members) = answer.as_object_mut() {
        members.insert("RequestID".into(), call.request_id.as_str().into());
    }
    Ok(call.answer(answer))
}
