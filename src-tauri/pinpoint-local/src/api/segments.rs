//! Segments and their versions (segments-and-endpoints.md 2).

use std::collections::BTreeMap;

use audience::Members;
use model::time::format_instant;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value, json};

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
/// Criteria of a segment, and values of all of them together (2.1).
const MAX_DIMENSIONS: usize = 100;
const MAX_VALUES: usize = 100;

/// The newest version of a segment, or a given one, as `SegmentResponse`.
pub fn read(connection: &Connection, app: &str, id: &str, version: Option<i64>) -> Result<Option<Value>> {
    let mut statement = connection.prepare_cached(
        "SELECT document FROM segment_versions WHERE app = ?1 AND id = ?2 AND version = coalesce(?3,
            (SELECT version FROM segments WHERE app = ?1 AND id = ?2))",
    )?;
    Ok(statement.query_row(params![app, id, version], |row| store::json(row, 0)).optional()?)
}

/// How an [`audience::Audience`] names a segment, or a version of one.
pub fn reference(id: &str, version: Option<i64>) -> String {
    version.map_or_else(|| id.to_owned(), |version| format!("{id}/versions/{version}"))
}

/// What an [`audience::Audience`] looks up: the newest versions of a project's segments, and under their [`reference`] those
/// versions that segments name as their sources (2.2) and `also`.
pub fn documents(
    connection: &Connection,
    app: &str,
    also: Option<(&str, Option<i64>)>,
) -> Result<BTreeMap<String, Value>> {
    let mut documents: BTreeMap<String, Value> = connection
        .prepare_cached(
            "SELECT id, document FROM segments JOIN segment_versions USING (app, id, version) WHERE app = ?1",
        )?
        .query_map(params![app], |row| Ok((row.get(0)?, store::json(row, 1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let versions = |document: &Value| -> Vec<(String, i64)> {
        sources(document).filter_map(|source| Some((source.0.to_owned(), source.1?))).collect()
    };
    let mut wanted: Vec<(String, i64)> = documents.values().flat_map(versions).collect();
    wanted.extend(also.and_then(|(id, version)| Some((id.to_owned(), version?))));
    while let Some((id, version)) = wanted.pop() {
        let reference = reference(&id, Some(version));
        if !documents.contains_key(&reference)
            && let Some(document) = read(connection, app, &id, Some(version))?
        {
            wanted.extend(versions(&document));
            documents.insert(reference, document);
        }
    }
    Ok(documents)
}

/// The list of an imported segment in the version of `document`: of the import that made it and of those before;
/// `None` = it is no such segment. A list that cannot be read has nobody on it, rather than everybody.
pub fn members(connection: &Connection, app: &str, document: &Value) -> Option<Members> {
    let id = document.get("Id").and_then(Value::as_str)?;
    let version = document.get("Version").and_then(Value::as_i64)?;
    let read = || {
        read_members(connection, app, id, version).unwrap_or_else(|error| {
            tracing::error!(%error, segment = id, "the list of an imported segment could not be read");
            Members::default()
        })
    };
    is_imported(document).then(read)
}

fn read_members(connection: &Connection, app: &str, id: &str, version: i64) -> rusqlite::Result<Members> {
    let mut statement = connection.prepare_cached(
        "SELECT user, segment_members.id FROM segment_imports JOIN segment_members USING (job)
         WHERE app = ?1 AND segment = ?2 AND version <= ?3",
    )?;
    let mut rows = statement.query(params![app, id, version])?;
    let mut members = Members::default();
    while let Some(row) = rows.next()? {
        let list = if row.get(0)? { &mut members.users } else { &mut members.endpoints };
        list.insert(row.get(1)?);
    }
    Ok(members)
}

/// Whether a segment is a list.
pub fn is_imported(document: &Value) -> bool {
    document.get("SegmentType").and_then(Value::as_str) == Some("IMPORT")
}

/// The source segments of a segment: ids, and the versions that are named.
fn sources(segment: &Value) -> impl Iterator<Item = (&str, Option<i64>)> {
    let groups = segment.get("SegmentGroups").into_iter().flat_map(|groups| elements(groups, "Groups"));
    groups.flat_map(|group| elements(group, "SourceSegments")).map(|source| {
        let id = source.get("Id").and_then(Value::as_str).unwrap_or_default();
        (id, source.get("Version").and_then(Value::as_i64))
    })
}

/// Makes an imported segment of what a job put on its list; `definition` is its `SegmentImportResource`.
pub fn create_imported(
    context: &Context<'_>,
    app: &str,
    id: &str,
    name: &str,
    definition: Value,
    job: i64,
) -> Result<()> {
    context.store.execute("INSERT INTO segments (app, id, version) VALUES (?1, ?2, 1)", params![app, id])?;
    let now = format_instant(context.now);
    let document = json!({
        "ApplicationId": app, "Arn": naming::arn(&format!("apps/{app}/segments/{id}")), "Id": id, "CreationDate": now,
        "Name": name, "ImportDefinition": definition, "LastModifiedDate": now, "SegmentType": "IMPORT", "Version": 1,
    });
    save_imported(context, app, id, 1, &document, job)
}

/// The next version of an imported segment, with what a job adds to its list (2.4); `false` = the segment is gone.
/// `Size` and `ChannelCounts` are those of all its imports together.
pub fn extend_imported(context: &Context<'_>, app: &str, id: &str, mut definition: Value, job: i64) -> Result<bool> {
    let Some(mut document) = read(context.store, app, id, None)? else { return Ok(false) };
    let version = document.get("Version").and_then(Value::as_i64).unwrap_or(1) + 1;
    let before = document.get("ImportDefinition").cloned().unwrap_or_default();
    let number = |value: Option<&Value>| value.and_then(Value::as_u64).unwrap_or(0);
    let size = number(before.get("Size")) + number(definition.get("Size"));
    let mut channels = before.get("ChannelCounts").and_then(Value::as_object).cloned().unwrap_or_default();
    for (channel, count) in definition.get("ChannelCounts").and_then(Value::as_object).into_iter().flatten() {
        let sum = number(channels.get(channel)) + number(Some(count));
        channels.insert(channel.clone(), sum.into());
    }
    if let Some(members) = definition.as_object_mut() {
        members.insert("Size".into(), size.into());
        members.insert("ChannelCounts".into(), channels.into());
    }
    if let Some(members) = document.as_object_mut() {
        members.insert("ImportDefinition".into(), definition);
        members.insert("LastModifiedDate".into(), format_instant(context.now).into());
        members.insert("Version".into(), version.into());
    }
    save_imported(context, app, id, version, &document, job)?;
    context.store.execute("UPDATE segments SET version = ?3 WHERE app = ?1 AND id = ?2", params![app, id, version])?;
    crate::runner::segment_changed(context.store, app, id, context.now)?;
    Ok(true)
}

fn save_imported(context: &Context<'_>, app: &str, id: &str, version: i64, document: &Value, job: i64) -> Result<()> {
    save(context, app, id, version, document)?;
    context.store.execute(
        "INSERT INTO segment_imports (app, segment, version, job) VALUES (?1, ?2, ?3, ?4)",
        params![app, id, version, job],
    )?;
    Ok(())
}

/// 404 unless the segment of the path exists; gives its newest version.
pub fn existing(context: &Context<'_>, call: &Call) -> Result<Value> {
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
    if is_imported(&before) {
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
    let (mut count, mut values) = (0, 0);
    let mut add = |found: (usize, usize)| (count, values) = (count + found.0, values + found.1);
    if let Some(dimensions) = given("Dimensions") {
        add(check_dimensions("Dimensions", dimensions)?);
    }
    let groups = given("SegmentGroups").and_then(|groups| groups.get("Groups")).and_then(Value::as_array);
    if groups.is_some_and(|groups| groups.len() > MAX_GROUPS) {
        return refuse("SegmentGroups.Groups", format!("{MAX_GROUPS} groups are allowed"));
    }
    let mut imported = 0;
    let mut sources = 0;
    for (i, group) in groups.into_iter().flatten().enumerate() {
        for (j, dimensions) in elements(group, "Dimensions").enumerate() {
            add(check_dimensions(&format!("SegmentGroups.Groups[{i}].Dimensions[{j}]"), dimensions)?);
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
            imported += usize::from(is_imported(&found));
        }
    }
    if imported > 0 && (sources > 1 || groups.is_some_and(|groups| groups.len() > 1)) {
        return refuse("SegmentGroups", "an imported source segment stands alone, in a single group".into());
    }
    if count > MAX_DIMENSIONS {
        return refuse("SegmentGroups", format!("{count} criteria, {MAX_DIMENSIONS} are allowed"));
    }
    if values > MAX_VALUES {
        return refuse("SegmentGroups", format!("{values} values, {MAX_VALUES} are allowed in all groups together"));
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
    for (source, version) in sources(segment) {
        if let Some(found) = read(connection, app, source, version)?
            && reaches(connection, app, &found, id)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// One `SegmentDimensions`; gives the numbers of criteria and of values.
fn check_dimensions(place: &str, dimensions: &Value) -> Result<(usize, usize)> {
    let refuse = |message: &str| Err(Refusal::bad_request(format!("{place}: {message}")));
    let (mut count, mut all_values) = (0, 0);
    for (group, criteria) in dimensions.as_object().into_iter().flatten() {
        for (name, criterion) in criteria.as_object().into_iter().flatten() {
            count += 1;
            let values: Vec<&str> = elements(criterion, "Values").filter_map(Value::as_str).collect();
            all_values += values.len();
            if values.len() > MAX_VALUES || values.iter().any(|value| value.chars().count() > 100) {
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
    Ok((count, all_values))
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
    crate::runner::campaign::segment_deleted(context.store, app, id)?;
    context.store.execute(
        "DELETE FROM segment_members WHERE job IN (SELECT job FROM segment_imports WHERE app = ?1 AND segment = ?2)",
        params![app, id],
    )?;
    context.store.execute("DELETE FROM segment_imports WHERE app = ?1 AND segment = ?2", params![app, id])?;
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
