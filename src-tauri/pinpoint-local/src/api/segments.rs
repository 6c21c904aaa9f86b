//! Segments and their versions (segments-and-endpoints.md 2).

use model::time::format_instant;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value};

use crate::api::paging::Page;
use crate::api::{Answer, Call, Context, Handler, apps, naming};
use crate::refusal::{Refusal, Result};
use crate::store;

/// Handlers of this file.
pub const HANDLERS: &[(&str, Handler)] = &[
    ("CreateSegment", create),
    ("GetSegment", get),
    ("GetSegments", list),
    ("UpdateSegment", update),
    ("DeleteSegment", delete),
    ("GetSegmentVersion", get_version),
    ("GetSegmentVersions", list_versions),
];

/// Groups that a segment may have (2.2, chosen).
const MAX_GROUPS: usize = 5;
/// Criteria of a segment (2.1).
const MAX_DIMENSIONS: usize = 100;

/// The newest version of a segment, or a given one, as `SegmentResponse`.
pub fn read(connection: &Connection, app: &str, id: &str, version: Option<i64>) -> Result<Option<Value>> {
    let mut statement = connection.prepare_cached(
        "SELECT document FROM segment_versions WHERE app = ?1 AND id = ?2 AND version = coalesce(?3,
            (SELECT version FROM segments WHERE app = ?1 AND id = ?2))",
    )?;
    Ok(statement.query_row(params![app, id, version], |row| store::json(row, 0)).optional()?)
}

fn existing(context: &Context<'_>, call: &Call) -> Result<Value> {
    let app = apps::existing(context, call)?;
    let id = call.parameter("segment-id");
    read(context.store, app, id, None)?.ok_or_else(|| Refusal::not_found(format!("there is no segment `{id}`")))
}

fn create(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let app = apps::existing(context, call)?;
    naming::check_tags(call.body.get("tags"))?;
    let id = naming::id();
    check(context, app, &id, &call.body)?;
    context.store.execute("INSERT INTO segments (app, id, version) VALUES (?1, ?2, 1)", params![app, id])?;
    let document = document(call, app, &id, 1, &format_instant(context.now), context);
    save(context, app, &id, 1, &document)?;
    Ok(call.answer(document))
}

/// Writes the next version (2.4).
fn update(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let before = existing(context, call)?;
    let (app, id) = (call.parameter("application-id"), call.parameter("segment-id"));
    if before.get("SegmentType").and_then(Value::as_str) == Some("IMPORT") {
        return Err(Refusal::bad_request("an imported segment cannot be edited; import into it instead"));
    }
    check(context, app, id, &call.body)?;
    let version = before.get("Version").and_then(Value::as_i64).unwrap_or(1) + 1;
    let created = before.get("CreationDate").and_then(Value::as_str).unwrap_or_default();
    let mut document = document(call, app, id, version, created, context);
    // Tags in the body of an update are ignored (api.md 5).
    if let Some(members) = document.as_object_mut() {
        members.shift_remove("tags");
        if let Some(tags) = before.get("tags") {
            members.insert("tags".into(), tags.clone());
        }
    }
    save(context, app, id, version, &document)?;
    context.store.execute("UPDATE segments SET version = ?3 WHERE app = ?1 AND id = ?2", params![app, id, version])?;
    crate::runner::segment_changed(context.store, app, id, context.now)?;
    Ok(call.answer(document))
}

fn save(context: &Context<'_>, app: &str, id: &str, version: i64, document: &Value) -> Result<()> {
    context.store.execute(
        "INSERT INTO segment_versions (app, id, version, document) VALUES (?1, ?2, ?3, ?4)",
        params![app, id, version, store::text(document)],
    )?;
    Ok(())
}

/// What was put, and the members that only an answer has.
fn document(call: &Call, app: &str, id: &str, version: i64, created: &str, context: &Context<'_>) -> Value {
    let mut members = Map::new();
    members.insert("ApplicationId".into(), app.into());
    members.insert("Arn".into(), naming::arn(&format!("apps/{app}/segments/{id}")).into());
    members.insert("Id".into(), id.into());
    members.insert("CreationDate".into(), created.into());
    let own = ["ApplicationId", "Arn", "Id", "CreationDate", "LastModifiedDate", "SegmentType", "Version"];
    for (key, value) in call.body.as_object().into_iter().flatten() {
        if !own.contains(&key.as_str()) {
            members.insert(key.clone(), value.clone());
        }
    }
    members.insert("LastModifiedDate".into(), format_instant(context.now).into());
    members.insert("SegmentType".into(), "DIMENSIONAL".into());
    members.insert("Version".into(), version.into());
    Value::Object(members)
}

/// The rules S001 to S006 that need the store or are no matter of shape.
fn check(context: &Context<'_>, app: &str, id: &str, body: &Value) -> Result<()> {
    let refuse = |member: &str, message: String| Err(Refusal::bad_request(format!("{member}: {message}")));
    let given = |name: &str| body.get(name).filter(|value| !value.is_null());
    if given("Dimensions").is_some() && given("SegmentGroups").is_some() {
        return refuse("SegmentGroups", "stands beside `Dimensions`; only one of them is allowed".into());
    }
    let mut count = 0;
    if let Some(dimensions) = given("Dimensions") {
        count += check_dimensions("Dimensions", dimensions)?;
    }
    let groups = given("SegmentGroups").and_then(|groups| groups.get("Groups")).and_then(Value::as_array);
    if groups.is_some_and(|groups| groups.len() > MAX_GROUPS) {
        return refuse("SegmentGroups.Groups", format!("{MAX_GROUPS} groups are allowed"));
    }
    let mut imported = 0;
    let mut sources = 0;
    for (i, group) in groups.into_iter().flatten().enumerate() {
        for (j, dimensions) in elements(group, "Dimensions").enumerate() {
            count += check_dimensions(&format!("SegmentGroups.Groups[{i}].Dimensions[{j}]"), dimensions)?;
        }
        for (j, source) in elements(group, "SourceSegments").enumerate() {
            let place = format!("SegmentGroups.Groups[{i}].SourceSegments[{j}]");
            let source_id = source.get("Id").and_then(Value::as_str).unwrap_or_default();
            let version = source.get("Version").and_then(Value::as_i64);
            let Some(found) = read(context.store, app, source_id, version)? else {
                return refuse(&place, format!("there is no segment `{source_id}`"));
            };
            if reaches(context.store, app, &found, id)? {
                return refuse(&place, format!("segment `{source_id}` is made from this segment"));
            }
            sources += 1;
            imported += usize::from(found.get("SegmentType").and_then(Value::as_str) == Some("IMPORT"));
        }
    }
    if imported > 0 && (sources > 1 || groups.is_some_and(|groups| groups.len() > 1)) {
        return refuse("SegmentGroups", "an imported source segment stands alone, in a single group".into());
    }
    if count > MAX_DIMENSIONS {
        return refuse("SegmentGroups", format!("{count} criteria, {MAX_DIMENSIONS} are allowed"));
    }
    Ok(())
}

fn elements<'a>(value: &'a Value, member: &str) -> impl Iterator<Item = &'a Value> {
    value.get(member).and_then(Value::as_array).into_iter().flatten()
}

/// Whether a segment is made from the segment `id`, directly or not.
fn reaches(connection: &Connection, app: &str, segment: &Value, id: &str) -> Result<bool> {
    if segment.get("Id").and_then(Value::as_str) == Some(id) {
        return Ok(true);
    }
    let groups = segment.get("SegmentGroups").and_then(|groups| groups.get("Groups")).and_then(Value::as_array);
    for source in groups.into_iter().flatten().flat_map(|group| elements(group, "SourceSegments")) {
        let source = source.get("Id").and_then(Value::as_str).unwrap_or_default();
        if let Some(found) = read(connection, app, source, None)?
            && reaches(connection, app, &found, id)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// One `SegmentDimensions`; gives the number of criteria.
fn check_dimensions(place: &str, dimensions: &Value) -> Result<usize> {
    let refuse = |message: &str| Err(Refusal::bad_request(format!("{place}: {message}")));
    let mut count = 0;
    for (group, criteria) in dimensions.as_object().into_iter().flatten() {
        for (name, criterion) in criteria.as_object().into_iter().flatten() {
            count += 1;
            let values: Vec<&str> = elements(criterion, "Values").filter_map(Value::as_str).collect();
            if values.len() > 100 || values.iter().any(|value| value.chars().count() > 100) {
                return refuse(&format!("{group}.{name}: at most 100 values of 100 characters"));
            }
            match criterion.get("AttributeType").and_then(Value::as_str) {
                Some("BETWEEN") if values.len() != 2 => {
                    return refuse(&format!("{group}.{name}: BETWEEN takes two values"));
                }
                Some("BEFORE" | "AFTER" | "ON" | "BETWEEN")
                    if values.iter().any(|value| model::time::parse_instant(value).is_none()) =>
                {
                    return refuse(&format!("{group}.{name}: expected ISO 8601 instants"));
                }
                _ => {}
            }
        }
    }
    Ok(count)
}

fn get(context: &Context<'_>, call: &Call) -> Result<Answer> {
    Ok(call.answer(existing(context, call)?))
}

fn list(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let app = apps::existing(context, call)?;
    let page = Page::of(call, "token", format!("segments/{app}"))?;
    let rows = context
        .store
        .prepare_cached(
            "SELECT seq, document FROM segments JOIN segment_versions USING (app, id, version)
             WHERE app = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3",
        )?
        .query_map(params![app, page.before, page.limit()], |row| Ok((row.get(0)?, store::json(row, 1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(call.answer(page.answer(rows)))
}

fn delete(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let document = existing(context, call)?;
    let (app, id) = (call.parameter("application-id"), call.parameter("segment-id"));
    for table in ["segments", "segment_versions"] {
        context.store.execute(&format!("DELETE FROM {table} WHERE app = ?1 AND id = ?2"), params![app, id])?;
    }
    Ok(call.answer(document))
}

fn get_version(context: &Context<'_>, call: &Call) -> Result<Answer> {
    existing(context, call)?;
    let (app, id) = (call.parameter("application-id"), call.parameter("segment-id"));
    let text = call.parameter("version");
    let Ok(version) = text.parse() else { return call.refuse("version", "expected a number") };
    let found = read(context.store, app, id, Some(version))?;
    let found = found.ok_or_else(|| Refusal::not_found(format!("segment `{id}` has no version {version}")))?;
    Ok(call.answer(found))
}

fn list_versions(context: &Context<'_>, call: &Call) -> Result<Answer> {
    existing(context, call)?;
    let (app, id) = (call.parameter("application-id"), call.parameter("segment-id"));
    let page = Page::of(call, "token", format!("segments/{app}/{id}"))?;
    let rows = context
        .store
        .prepare_cached(
            "SELECT version, document FROM segment_versions WHERE app = ?1 AND id = ?2 AND version < ?3
             ORDER BY version DESC LIMIT ?4",
        )?
        .query_map(params![app, id, page.before, page.limit()], |row| Ok((row.get(0)?, store::json(row, 1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(call.answer(page.answer(rows)))
}
