//! Import and export jobs as background work (segments-and-endpoints.md 3, 4).
//!
//! A job is a row of the store. What is done of it goes into the same transaction as how far it is: a server that was
//! killed goes on where the store stands, and does nothing twice. A step is short, and requests and journeys go in between.

mod export;
mod import;
pub mod objects;

use std::sync::{Mutex, PoisonError};

use model::Millis;
use model::time::format_instant;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde_json::{Map, Value};

use crate::refusal::{Refusal, Result};
use crate::server::Machine;
use crate::store;

/// Texts in `Failures`.
const MAX_FAILURES: usize = 100;

/// What a step of a job leaves in memory for the next one; lost with the process, made again from the store.
#[derive(Default)]
pub struct Jobs(Mutex<Option<Open>>);

/// What is open for the job that runs.
enum Open {
    Import(import::Reading),
    Export(export::Asking),
}

/// A job as the store has it.
#[derive(Clone, Debug)]
struct Job {
    seq: i64,
    id: String,
    app: String,
    segment: Option<String>,
    is_import: bool,
    /// `ImportJobResponse` or `ExportJobResponse`
    document: Map<String, Value>,
    /// How far it is, as text of the kind of job.
    progress: String,
}

/// Puts a new job into the queue, and rings nobody: the request does.
pub fn add(
    connection: &Connection,
    app: &str,
    id: &str,
    kind: &str,
    segment: Option<&str>,
    document: &Value,
) -> rusqlite::Result<()> {
    connection.execute(
        "INSERT INTO jobs (id, app, type, segment, running, document, progress) VALUES (?1, ?2, ?3, ?4, 1, ?5, '{}')",
        params![id, app, kind, segment, store::text(document)],
    )?;
    Ok(())
}

impl Machine {
    /// One step of the oldest job that runs; `false` = none does.
    pub fn work_on_jobs(&self) -> Result<bool> {
        // One step at a time, whoever asks for it.
        let mut open = self.jobs.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(job) = self.store.read(|store| running(store))? else {
            *open = None;
            return Ok(false);
        };
        match job.is_import {
            true => import::step(self, job, &mut open)?,
            false => export::step(self, job, &mut open)?,
        }
        // The next step follows without a sleep.
        self.bell.notify_one();
        Ok(true)
    }
}

fn running(connection: &Connection) -> Result<Option<Job>> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, id, app, segment, type, document, progress FROM jobs WHERE running = 1 ORDER BY seq LIMIT 1",
    )?;
    let row = |row: &rusqlite::Row<'_>| {
        let kind: String = row.get(4)?;
        let document = match store::json(row, 5)? {
            Value::Object(document) => document,
            _ => Map::new(),
        };
        Ok(Job {
            seq: row.get(0)?,
            id: row.get(1)?,
            app: row.get(2)?,
            segment: row.get(3)?,
            is_import: kind == "IMPORT",
            document,
            progress: row.get(6)?,
        })
    };
    Ok(statement.query_row([], row).optional()?)
}

impl Job {
    fn status(&self) -> &str {
        self.document.get("JobStatus").and_then(Value::as_str).unwrap_or_default()
    }

    fn become_status(&mut self, status: &str) {
        self.document.insert("JobStatus".into(), status.into());
    }

    /// A member of what was asked for.
    fn asked(&self, member: &str) -> Option<&Value> {
        self.document.get("Definition").and_then(|definition| definition.get(member))
    }

    fn asked_text(&self, member: &str) -> &str {
        self.asked(member).and_then(Value::as_str).unwrap_or_default()
    }

    fn number(&self, member: &str) -> u64 {
        self.document.get(member).and_then(Value::as_u64).unwrap_or(0)
    }

    fn add(&mut self, member: &str, count: u64) {
        let number = self.number(member) + count;
        self.document.insert(member.into(), number.into());
    }

    /// Lists a failure, as long as there is room.
    fn list_failure(&mut self, text: String) {
        let failures = self.document.entry("Failures").or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(failures) = failures
            && failures.len() < MAX_FAILURES
        {
            failures.push(text.into());
        }
    }

    /// The whole job can not go on.
    fn give_up(&mut self, text: String) {
        tracing::warn!(job = self.id, text, "a job fails");
        self.list_failure(text);
        self.become_status("FAILING");
    }

    /// The last state.
    fn end(&mut self, status: &str, now: Millis) {
        self.become_status(status);
        self.document.insert("CompletionDate".into(), format_instant(now).into());
    }

    /// Writes the job; `false` = it is gone with its project, and so must be all that came with it.
    fn save(&self, transaction: &Transaction<'_>) -> Result<bool> {
        let running = !matches!(self.status(), "COMPLETED" | "FAILED");
        let text = serde_json::to_string(&self.document).map_err(|error| broken(&error))?;
        let changed = transaction
            .prepare_cached("UPDATE jobs SET running = ?2, document = ?3, progress = ?4 WHERE seq = ?1")?
            .execute(params![self.seq, running, text, self.progress])?;
        Ok(changed > 0)
    }

    /// Notes how far it is.
    fn note(&mut self, progress: &impl serde::Serialize) -> Result<()> {
        self.progress = serde_json::to_string(progress).map_err(|error| broken(&error))?;
        Ok(())
    }

    /// How far it is; the beginning where that cannot be read.
    fn progress<P: serde::de::DeserializeOwned + Default>(&self) -> P {
        serde_json::from_str(&self.progress).unwrap_or_default()
    }

    /// Saves it by itself.
    fn saved(self, machine: &Machine) -> Result<()> {
        machine.store.transact(move |transaction| self.save(transaction).map(|_| ()))
    }
}

fn broken(error: &serde_json::Error) -> Refusal {
    tracing::error!(%error, "a job could not be written");
    Refusal::new(crate::refusal::Exception::InternalServerError, "a job could not be written")
}
