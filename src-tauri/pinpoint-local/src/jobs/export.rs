//! Export jobs (segments-and-endpoints.md 4): endpoints as gzipped JSON lines, in objects named
//! `<prefix><job-id>/part-NNNNN.json.gz`.
//!
//! Endpoints are read in the order of their making, so that one that is written during the export is in it once. An object
//! is written before the store says so; after a kill it is written again, under the same name.

use std::io::Write;

use audience::Audience;
use flate2::Compression;
use flate2::write::GzEncoder;
use model::Millis;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Job, Open, objects};
use crate::api::{endpoints, segments};
use crate::refusal::Result;
use crate::runner;
use crate::server::Machine;

/// Most endpoints of an object.
const PART: usize = 5000;
/// Endpoints that are read at once, and that a step looks at before it lets journeys go on.
const PAGE: usize = 1000;
const STEP: usize = 20_000;

/// How far an export is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Progress {
    /// The instant at which the segment is asked.
    asked: Millis,
    /// The last endpoint that was looked at, by its place in the store.
    last: i64,
    /// Objects that were written.
    parts: u64,
}

/// The segment that a job asks, compiled.
pub struct Asking {
    job: i64,
    audience: Option<Audience>,
}

/// One step: from state to state, or an object.
pub fn step(machine: &Machine, mut job: Job, open: &mut Option<Open>) -> Result<()> {
    let now = machine.clock.now();
    match job.status() {
        "CREATED" => job.become_status("PREPARING_FOR_INITIALIZATION"),
        "PREPARING_FOR_INITIALIZATION" => {
            job.note(&Progress { asked: now, ..Progress::default() })?;
            job.become_status("INITIALIZING");
        }
        "INITIALIZING" => job.become_status("PROCESSING"),
        "PROCESSING" => return process(machine, job, open),
        "COMPLETING" => job.end("COMPLETED", now),
        _ => job.end("FAILED", now),
    }
    job.saved(machine)
}

fn process(machine: &Machine, mut job: Job, open: &mut Option<Open>) -> Result<()> {
    let store = &machine.store;
    let mut progress: Progress = job.progress();
    if !matches!(open, Some(Open::Export(asking)) if asking.job == job.seq) {
        let audience = match store.read(|store| audience(store, &job))? {
            Ok(audience) => audience,
            Err(text) => {
                job.give_up(text);
                return job.saved(machine);
            }
        };
        *open = Some(Open::Export(Asking { job: job.seq, audience }));
    }
    let Some(Open::Export(asking)) = open else { return Ok(()) };
    let mut lines = GzEncoder::new(Vec::new(), Compression::default());
    let (mut found, mut seen, mut at_end) = (0, 0, false);
    while found < PART && seen < STEP && !at_end {
        let page = store.read(|store| endpoints::page(store, &job.app, progress.last, PAGE))?;
        at_end = page.len() < PAGE;
        seen += page.len();
        let (places, endpoints): (Vec<i64>, Vec<(Value, Millis)>) =
            page.into_iter().map(|(place, endpoint, heard)| (place, (endpoint, heard))).unzip();
        // Whether an endpoint is in a segment depends on no other.
        let people = asking.audience.as_ref().map(|audience| (audience, runner::people(&endpoints)));
        for (place, (endpoint, _)) in places.into_iter().zip(&endpoints) {
            if found == PART {
                at_end = false;
                break;
            }
            progress.last = place;
            let is_in = people.as_ref().is_none_or(|(audience, people)| {
                let row = endpoint.get("Id").and_then(Value::as_str).and_then(|id| people.find(id));
                row.is_some_and(|row| audience.contains(people, row, progress.asked))
            });
            if is_in {
                // Writing into memory does not fail.
                let _ = writeln!(lines, "{endpoint}");
                found += 1;
            }
        }
    }
    if found > 0 {
        let name = format!("{}/part-{:05}.json.gz", job.id, progress.parts);
        let bytes = lines.finish().unwrap_or_default();
        let place = objects::of(machine, job.asked_text("S3UrlPrefix"))?;
        if let Err(text) = place.and_then(|place| place.write(&name, &bytes)) {
            job.add("FailedPieces", 1);
            job.give_up(text);
            return job.saved(machine);
        }
        progress.parts += 1;
        job.add("TotalProcessed", found as u64);
        job.add("CompletedPieces", 1);
    }
    if at_end {
        job.document.insert("TotalPieces".into(), progress.parts.into());
        job.become_status("COMPLETING");
    }
    job.note(&progress)?;
    job.saved(machine)
}

/// Who is exported; `None` = everybody.
fn audience(connection: &rusqlite::Connection, job: &Job) -> Result<std::result::Result<Option<Audience>, String>> {
    let Some(segment) = &job.segment else { return Ok(Ok(None)) };
    let version = job.asked("SegmentVersion").and_then(Value::as_i64);
    let documents = segments::documents(connection, &job.app, Some((segment, version)))?;
    let reference = segments::reference(segment, version);
    let compiled = Audience::compile_with_members(&reference, &|id| documents.get(id), &|id| {
        segments::members(connection, &job.app, documents.get(id)?)
    });
    Ok(compiled.map(Some).map_err(|error| error.to_string()))
}
