//! Events to the streams that projects name with `PutEventStream`: Kinesis and Firehose. Only where the settings of delivery
//! have `[event_stream]`; until then they wait in the store.

use std::time::Duration;

use delivery::{LARGEST_RECORD, StreamRecord, Streams};
use rusqlite::Connection;
use serde_json::Value;
use tokio::runtime::Handle;

use super::{Feed, Record, Sink};
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
    arn: &'a str,
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
        let put = self.runtime.block_on(self.streams.put(self.arn, &records));
        put.map_err(|outcome| format!("{}: {}", self.arn, outcome.reason()))
    }
}

/// Hands the next batch of each project to its stream; `true` = there is more. One that is not taken holds up no other.
///
/// # Errors
/// That of the first stream which did not take its batch. To be called where a thread may wait.
pub fn pump(machine: &Machine) -> Result<bool> {
    let Some(streams) = machine.deliverer.streams() else { return Ok(false) };
    let Ok(runtime) = Handle::try_current() else { return Ok(false) };
    let projects = machine.store.read(|store| -> Result<Vec<(String, Value)>> {
        let mut statement = store.prepare_cached("SELECT app, document FROM event_streams ORDER BY app")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, store::json(row, 1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })?;
    let (mut more, mut failure) = (false, None);
    for (app, document) in &projects {
        let arn = document.get("DestinationStreamArn").and_then(Value::as_str).unwrap_or_default();
        let sink = Remote { streams, arn, runtime: runtime.clone() };
        match (Feed { app, name: NAME, sink: &sink }).pump(machine) {
            Ok(left) => more |= left,
            Err(refusal) => failure = failure.or(Some(refusal)),
        }
    }
    match failure {
        Some(refusal) if !more => Err(refusal),
        _ => Ok(more),
    }
}
