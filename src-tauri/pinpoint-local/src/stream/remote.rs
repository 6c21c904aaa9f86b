//! Events to the streams that projects name with `PutEventStream`: Kinesis and Firehose. Only where the settings of delivery
//! have `[event_stream]`; until then they wait in the store.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use delivery::{LARGEST_RECORD, StreamRecord, Streams};
use rusqlite::Connection;
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{Feed, REST, Record, Sink};
use crate::refusal::Result;
use crate::server::Machine;
use crate::store;

/// Name of the stream of a project in the store: where it is may change, how far it is stays.
pub const NAME: &str = "stream";

/// How long events gather before they are sent.
const EVERY: Duration = Duration::from_secs(1);

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

/// Whose turn it is: a stream that is slow or fails holds up itself and no other.
#[derive(Debug, Default)]
pub struct Turns(Mutex<BTreeMap<String, Turn>>);

/// What a stream is doing; it has none when the next batch may go.
#[derive(Debug)]
enum Turn {
    /// A batch is on its way.
    Going,
    /// The last one was not taken.
    Rests {
        /// When it is tried again.
        until: Instant,
    },
}

/// A batch on its way; the turn ends with it.
struct Going<'a> {
    turns: &'a Turns,
    app: &'a str,
    rest: Option<Instant>,
}

impl Turns {
    /// Takes the turn of a project; `None` = a batch is on its way, or it rests.
    fn take<'a>(&'a self, app: &'a str, now: Instant) -> Option<Going<'a>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match turns.get(app) {
            Some(Turn::Going) => return None,
            Some(Turn::Rests { until }) if now < *until => return None,
            _ => {}
        }
        turns.insert(app.to_owned(), Turn::Going);
        Some(Going { turns: self, app, rest: Some(now + REST) })
    }
}

impl Drop for Going<'_> {
    fn drop(&mut self) {
        let mut turns = self.turns.0.lock().unwrap_or_else(PoisonError::into_inner);
        match self.rest {
            Some(until) => turns.insert(self.app.to_owned(), Turn::Rests { until }),
            None => turns.remove(self.app),
        };
    }
}

/// Hands the next batch of a project to what takes it, where it is its turn; `true` = there is more. After a failure it rests
/// for [`REST`]. `clock` tells the instant now.
pub fn hand_over(machine: &Machine, app: &str, sink: &dyn Sink, clock: &dyn Fn() -> Instant) -> bool {
    let Some(mut going) = machine.turns.take(app, clock()) else { return false };
    // The feed has logged what is wrong.
    let taken = Feed { app, name: NAME, sink }.pump(machine);
    going.rest = taken.is_err().then(|| clock() + REST);
    taken.unwrap_or(false)
}

/// The projects with an event stream, and where it is.
fn projects(machine: &Machine) -> Result<Vec<(String, String)>> {
    machine.store.read(|store| {
        let mut statement = store.prepare_cached("SELECT app, document FROM event_streams ORDER BY app")?;
        let rows = statement.query_map([], |row| {
            let document = store::json(row, 1)?;
            let arn = document.get("DestinationStreamArn").and_then(Value::as_str).unwrap_or_default();
            Ok((row.get(0)?, arn.to_owned()))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })
}

/// Hands the events of each project to its stream, each on a thread of its own, until `stopped` says so; then what is on its
/// way comes to its end.
pub async fn run(machine: Arc<Machine>, mut stopped: watch::Receiver<bool>) {
    if machine.deliverer.streams().is_none() {
        return;
    }
    let mut going = JoinSet::new();
    loop {
        let is_last = *stopped.borrow();
        while let Some(ended) = going.try_join_next() {
            if let Err(error) = ended {
                tracing::error!(%error, "an event stream broke off; it is tried again");
            }
        }
        let reader = machine.clone();
        match tokio::task::spawn_blocking(move || projects(&reader)).await {
            Ok(Ok(projects)) => {
                for (app, arn) in projects {
                    let (machine, stopped, runtime) = (machine.clone(), stopped.clone(), Handle::current());
                    going.spawn_blocking(move || {
                        let Some(streams) = machine.deliverer.streams() else { return };
                        let sink = Remote { streams, arn: &arn, runtime };
                        while hand_over(&machine, &app, &sink, &Instant::now) && !*stopped.borrow() {}
                    });
                }
            }
            // The store has logged why.
            Ok(Err(_)) => {}
            Err(error) => tracing::error!(%error, "event streams could not be looked at; it is tried again"),
        }
        if is_last {
            while going.join_next().await.is_some() {}
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            // An error means that the server was dropped.
            ended = stopped.wait_for(|stopped| *stopped) => if ended.is_err() { return },
        }
    }
}
