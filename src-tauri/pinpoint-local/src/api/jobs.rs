//! Import and export jobs: asked for, looked at (segments-and-endpoints.md 3, 4). [`crate::jobs`] carries them out.

use model::time::format_instant;
use rusqlite::{OptionalExtension, params};
use serde_json::{Map, Value, json};

use crate::api::paging::Page;
use crate::api::{Answer, Call, Context, Handler, apps, naming, segments};
use crate::jobs::{self, objects};
use crate::refusal::{Exception, Refusal, Result};
use crate::store;

/// Handlers of this file.
pub const HANDLERS: &[(&str, Handler)] = &[
    ("CreateImportJob", create_import),
    ("GetImportJob", |context, call| get(context, call, "IMPORT")),
    ("GetImportJobs", |context, call| list(context, call, "IMPORT")),
    ("GetSegmentImportJobs", |context, call| list_of_segment(context, call, "IMPORT")),
    ("CreateExportJob", create_export),
    ("GetExportJob", |context, call| get(context, call, "EXPORT")),
    ("GetExportJobs", |context, call| list(context, call, "EXPORT")),
    ("GetSegmentExportJobs", |context, call| list_of_segment(context, call, "EXPORT")),
];

/// Import jobs of an account that run at the same time (I002).
const MAX_RUNNING: i64 = 10;

fn text<'a>(body: &'a Value, member: &str) -> &'a str {
    body.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// I001, as far as a request shows it: what its files hold shows in the job.
fn create_import(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let app = apps::existing(context, call)?;
    check_place(context, call, "S3Url")?;
    let flag = |member: &str| call.body.get(member).and_then(Value::as_bool).unwrap_or(false);
    let (define, register) = (flag("DefineSegment"), flag("RegisterEndpoints"));
    if !define && !register {
        return call.refuse("DefineSegment", "neither it nor `RegisterEndpoints` is true: the job would do nothing");
    }
    let asked = text(&call.body, "SegmentId");
    if !asked.is_empty() {
        if !define {
            return call.refuse("SegmentId", "needs `DefineSegment`: true");
        }
        match segments::read(context.store, app, asked, None)? {
            None => return call.refuse("SegmentId", &format!("there is no segment `{asked}`")),
            Some(found) if !segments::is_imported(&found) => {
                return call.refuse("SegmentId", &format!("segment `{asked}` is no imported one"));
            }
            Some(_) => {}
        }
    }
    let running: i64 =
        context
            .store
            .query_row("SELECT count(*) FROM jobs WHERE running = 1 AND type = 'IMPORT'", [], |row| row.get(0))?;
    if running >= MAX_RUNNING {
        let message = format!("{running} import jobs are running, {MAX_RUNNING} are allowed at the same time");
        return Err(Refusal::new(Exception::TooManyRequests, message));
    }
    let mut definition = definition(call);
    definition.insert("DefineSegment".into(), define.into());
    definition.insert("RegisterEndpoints".into(), register.into());
    if define && asked.is_empty() && text(&call.body, "SegmentName").is_empty() {
        definition.insert("SegmentName".into(), file_name(text(&call.body, "S3Url")).into());
    }
    let segment = match (define, asked) {
        (false, _) => None,
        (true, "") => Some(naming::id()),
        (true, id) => Some(id.to_owned()),
    };
    add(context, call, app, "IMPORT", segment.as_deref(), definition)
}

fn create_export(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let app = apps::existing(context, call)?;
    check_place(context, call, "S3UrlPrefix")?;
    let asked = text(&call.body, "SegmentId");
    let version = call.body.get("SegmentVersion").and_then(Value::as_i64);
    if asked.is_empty() && version.is_some() {
        return call.refuse("SegmentVersion", "needs a `SegmentId`");
    }
    if !asked.is_empty() && segments::read(context.store, app, asked, version)?.is_none() {
        return call.refuse("SegmentId", &format!("there is no segment `{}`", segments::reference(asked, version)));
    }
    add(context, call, app, "EXPORT", Some(asked).filter(|id| !id.is_empty()), definition(call))
}

/// The role and the address; a role is stored, nobody takes it on.
fn check_place(context: &Context<'_>, call: &Call, member: &str) -> Result<()> {
    if !text(&call.body, "RoleArn").starts_with("arn:") {
        return call.refuse("RoleArn", "expected an ARN such as arn:aws:iam::000000000000:role/NAME");
    }
    match objects::find(context.store, text(&call.body, member)) {
        Ok(_) => Ok(()),
        Err(message) => call.refuse(member, &message),
    }
}

/// What was asked for, without nulls.
fn definition(call: &Call) -> Map<String, Value> {
    let given = call.body.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    given.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// The name of a file without its endings, or of a folder (3, chosen).
fn file_name(address: &str) -> &str {
    let name = address.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    name.split_once('.').map_or(name, |(name, _)| name)
}

fn add(
    context: &Context<'_>,
    call: &Call,
    app: &str,
    kind: &str,
    segment: Option<&str>,
    definition: Map<String, Value>,
) -> Result<Answer> {
    let id = naming::id();
    let document = json!({
        "ApplicationId": app, "Id": id, "CreationDate": format_instant(context.now), "Definition": definition,
        "JobStatus": "CREATED", "Type": kind, "CompletedPieces": 0, "FailedPieces": 0, "TotalPieces": 0,
        "TotalProcessed": 0, "TotalFailures": 0,
    });
    jobs::add(context.store, app, &id, kind, segment, &document)?;
    Ok(call.answer(document))
}

fn get(context: &Context<'_>, call: &Call, kind: &str) -> Result<Answer> {
    let app = apps::existing(context, call)?;
    let id = call.parameter("job-id");
    let mut statement =
        context.store.prepare_cached("SELECT document FROM jobs WHERE id = ?1 AND app = ?2 AND type = ?3")?;
    let found = statement.query_row(params![id, app, kind], |row| store::json(row, 0)).optional()?;
    let kind = kind.to_lowercase();
    Ok(call.answer(found.ok_or_else(|| Refusal::not_found(format!("there is no {kind} job `{id}`")))?))
}

fn list(context: &Context<'_>, call: &Call, kind: &str) -> Result<Answer> {
    let app = apps::existing(context, call)?;
    let page = Page::of(call, "token", format!("jobs/{app}/{kind}"))?;
    let rows = context
        .store
        .prepare_cached(
            "SELECT seq, document FROM jobs WHERE app = ?1 AND type = ?2 AND seq < ?3 ORDER BY seq DESC LIMIT ?4",
        )?
        .query_map(params![app, kind, page.before, page.limit()], |row| Ok((row.get(0)?, store::json(row, 1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(call.answer(page.answer(rows)))
}

/// The jobs that imported into a segment, or exported it.
fn list_of_segment(context: &Context<'_>, call: &Call, kind: &str) -> Result<Answer> {
    segments::existing(context, call)?;
    let (app, id) = (call.parameter("application-id"), call.parameter("segment-id"));
    let page = Page::of(call, "token", format!("jobs/{app}/{kind}/{id}"))?;
    let rows = context
        .store
        .prepare_cached(
            "SELECT seq, document FROM jobs WHERE app = ?1 AND segment = ?2 AND type = ?3 AND seq < ?4
             ORDER BY seq DESC LIMIT ?5",
        )?
        .query_map(params![app, id, kind, page.before, page.limit()], |row| Ok((row.get(0)?, store::json(row, 1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(call.answer(page.answer(rows)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_named_after_its_file() {
        for (address, name) in [
            ("s3://b/people.csv", "people"),
            ("file:///x/y/people.jsonl.gz", "people"),
            ("file:///x/y/", "y"),
            ("s3://b", "b"),
        ] {
            assert_eq!(file_name(address), name);
        }
    }
}
