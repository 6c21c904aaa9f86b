//! Events to the streams that projects name with `PutEventStream`: Kinesis and Firehose. Only where the settings of delivery
//! have `[event_stream]`; until then they wait in the store.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use delivery::{LARGEST_RECORD, StreamRecord, Streams};
use rusqlite::Connection;
use serde_json::Value;
use tokio::runtime::Handle;

use super::{Feed, REST, Record, Sink};
use crate::refusal::Result;
use crate::server::Machine;
use crate::store;

/// Name of the stream of a project in the store: where it is may change, how far it is stays.
pub const NAME: &str = "stream";

/// How long events gather before they are sent.
pub const EVERY: Duration = Duration::from_secs(1);

/// Lets the stream of a project begin with the next event, unless it has begun.
pub fn start(connection: &Connection, app: &str) -> rusqlite::Result<()> {
    let last = connection.query_row("SELECT coalesce(max(seq), 0) FROM events", [], |row| row.get(0))?;
    super::start(connection, app, NAME, last)
}

/// The stream of a project is gone; another one begins anew.
pub fn end(connection: &Connection, app: &str) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM event_cursors WHERE app = ?1 AND sink = ?2", [app, NAME]).map(drop)
}

/// A stream somewhere else.
struct Remote<'a> {
    streams: &'a Streams,
    arn: String,
    runtime: Handle,
}

impl Sink for Remote<'_> {
    fn take(&self, batch: &[Record]) -> std::result::Result<(), String> {
        let mut records = Vec::with_capacity(batch.len());
        for record in batch {
            // Records of Firehose follow one another in a file: a line each (1, chosen). JSON readers of Kinesis do not mind.
            let data = format!("{}\n", Value::Object(record.members.clone())).into_bytes();
            if data.len() > LARGEST_RECORD {
                tracing::warn!(
                    app = record.app,
                    event = record.seq,
                    "an event is too large for a stream and is left out"
                );
                continue;
            }
            let client = record.members.get("client").and_then(|client| client.get("client_id"));
            let key = client.and_then(Value::as_str).unwrap_or(&record.endpoint).to_owned();
            records.push(StreamRecord { key, data });
        }
        let put = self.runtime.block_on(self.streams.put(&self.arn, &records));
        put.map_err(|outcome| format!("{}: {}", self.arn, outcome.reason()))
    }
}

/// The streams that rest, by project: until when. What did not take a batch is left alone for a while, and it alone.
#[derive(Debug, Default)]
pub struct Rests(Mutex<BTreeMap<String, Instant>>);

impl Rests {
    /// Whether a stream rests now.
    fn rests(&self, app: &str, now: Instant) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(app).is_some_and(|until| now < *until)
    }

    /// Notes whether a stream took its batch.
    fn note(&self, app: &str, taken: bool, now: Instant) {
        let mut rests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if taken {
            rests.remove(app);
        } else {
            rests.insert(app.to_owned(), now + REST);
        }
    }
}

/// Hands the next batch of each project to its stream; `true` = there is more. One that is not taken holds up no other: only
/// itself, for [`REST`].
///
/// # Errors
/// When the store cannot be read. To be called where a thread may wait.
pub fn pump(machine: &Machine) -> Result<bool> {
    let Some(streams) = machine.deliverer.streams() else { return Ok(false) };
    let Ok(runtime) = Handle::try_current() else { return Ok(false) };
    let projects = machine.store.read(|store| -> Result<Vec<(String, Value)>> {
        let mut statement = store.prepare_cached("SELECT app, document FROM event_streams ORDER BY app")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, store::json(row, 1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })?;
    let of =
        |document: &Value| document.get("DestinationStreamArn").and_then(Value::as_str).unwrap_or_default().to_owned();
    let projects: Vec<(String, String)> = projects.into_iter().map(|(app, document)| (app, of(&document))).collect();
    let sink = |arn: &str| Remote { streams, arn: arn.to_owned(), runtime: runtime.clone() };
    Ok(each(machine, &projects, sink, Instant::now()))
}

/// Hands the next batch of each project to what takes it, but for those that rest at `now`; `true` = there is more.
pub fn each<S: Sink>(machine: &Machine, projects: &[(String, String)], sink: impl Fn(&str) -> S, now: Instant) -> bool {
    let mut more = false;
    for (app, arn) in projects.iter().filter(|(app, _)| !machine.rests.rests(app, now)) {
        // The feed has logged why.
        let taken = Feed { app, name: NAME, sink: &sink(arn) }.pump(machine);
        machine.rests.note(app, taken.is_ok(), now);
        more |= taken.unwrap_or(false);
    }
    more
}
