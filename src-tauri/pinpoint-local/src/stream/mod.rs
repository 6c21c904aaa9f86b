//! The event stream (events-and-analytics.md 1): hands every event of the store over as a [`record`].
//!
//! A [`Sink`] takes batches in the order of the store, which is the order of each endpoint. Only when it has a batch for
//! good does the cursor in the store move behind it: after a kill the batch comes once more. So delivery is at least once.

pub mod folder;
pub mod record;
pub mod remote;

use std::sync::Arc;
use std::time::Duration;

use model::Millis;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value};
use tokio::sync::watch;

use crate::api::endpoints;
use crate::refusal::{Refusal, Result};
use crate::server::Machine;
use record::Stored;

/// Most events of a batch, and the bytes of documents at which it is full.
const LARGEST_BATCH: usize = 10_000;
const FULL: usize = 16 << 20;

/// After a failure it is tried again so much later, or after the usual time where that is longer.
const REST: Duration = Duration::from_secs(30);

/// One event on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Its place in the store.
    pub seq: i64,
    /// The project.
    pub app: String,
    /// The endpoint; empty for a message to a bare address.
    pub endpoint: String,
    /// Arrival, milliseconds since 1970.
    pub at: Millis,
    /// What the stream says (events-and-analytics.md 1.1).
    pub members: Map<String, Value>,
}

/// What takes events.
pub trait Sink: Sync {
    /// Takes a batch, oldest first. `Ok` = all of it is there for good; after an error all of it comes once more. An error
    /// is a sentence.
    fn take(&self, batch: &[Record]) -> std::result::Result<(), String>;
}

/// Events from a place in the store on.
#[derive(Default)]
struct Batch {
    records: Vec<Record>,
    /// The last event that was looked at, also where it is another project's; `None` = there is none.
    last: Option<i64>,
    /// Whether there may be more.
    is_full: bool,
}

/// One way for events out of the store.
pub struct Feed<'a> {
    /// The project; empty = all.
    pub app: &'a str,
    /// Name of what takes them, the same in every run of the server.
    pub name: &'a str,
    /// What takes them.
    pub sink: &'a dyn Sink,
}

impl Feed<'_> {
    /// Hands over the next batch; `true` = there is more.
    ///
    /// # Errors
    /// When the store cannot be read or the sink does not take it: the batch comes once more the next time.
    pub fn pump(&self, machine: &Machine) -> Result<bool> {
        let batch = machine.store.read(|store| {
            match cursor(store, self.app, self.name)? {
                // The stream of a project begins with `PutEventStream`, files with the oldest event.
                None if !self.app.is_empty() => Ok(Batch::default()),
                after => read(store, self.app, after.unwrap_or(0)),
            }
        })?;
        let Some(last) = batch.last else { return Ok(false) };
        if !batch.records.is_empty() {
            self.sink.take(&batch.records).map_err(|error| {
                tracing::warn!(sink = self.name, error, "events wait: the event stream is not taken");
                Refusal::new(crate::refusal::Exception::InternalServerError, error)
            })?;
        }
        let (app, name) = (self.app.to_owned(), self.name.to_owned());
        machine.store.transact(move |store| {
            // An event stream that was deleted meanwhile has no cursor, and gets none.
            if app.is_empty() {
                start(store, &app, &name, 0)?
            };
            let sql = "UPDATE event_cursors SET seq = max(seq, ?3) WHERE app = ?1 AND sink = ?2";
            store.execute(sql, params![app, name, last])?;
            Ok::<_, Refusal>(())
        })?;
        Ok(batch.is_full)
    }
}

/// How far a feed is: `seq` of the last event that was handed over; `None` = it has not begun.
fn cursor(connection: &Connection, app: &str, name: &str) -> rusqlite::Result<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT seq FROM event_cursors WHERE app = ?1 AND sink = ?2")?;
    statement.query_row(params![app, name], |row| row.get(0)).optional()
}

/// How many events wait for each stream that has begun: projects, and the empty one for the files of that name.
pub fn waiting(connection: &Connection, files: Option<&str>) -> rusqlite::Result<Vec<(String, i64)>> {
    // The `+` keeps SQLite from counting all events of a project by their index.
    let mut statement = connection.prepare_cached(
        "SELECT app, (SELECT count(*) FROM events e WHERE e.seq > c.seq AND (c.app = '' OR +e.app = c.app))
         FROM event_cursors c WHERE sink = ?1 OR sink = ?2 ORDER BY app",
    )?;
    let rows = statement.query_map(params![remote::NAME, files], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// Lets a feed begin behind the event `seq`, unless it has begun.
fn start(connection: &Connection, app: &str, name: &str, seq: i64) -> rusqlite::Result<()> {
    let sql = "INSERT OR IGNORE INTO event_cursors (app, sink, seq) VALUES (?1, ?2, ?3)";
    connection.execute(sql, params![app, name, seq]).map(drop)
}

fn read(connection: &Connection, app: &str, after: i64) -> Result<Batch> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, app, endpoint, type, at, document FROM events WHERE seq > ?1 ORDER BY seq LIMIT ?2",
    )?;
    let mut rows = statement.query(params![after, LARGEST_BATCH as i64])?;
    let mut batch = Batch::default();
    let (mut seen, mut bytes) = (0, 0);
    while let Some(row) = rows.next()? {
        let seq = row.get(0)?;
        seen += 1;
        batch.last = Some(seq);
        let of: String = row.get(1)?;
        if app.is_empty() || app == of {
            let text = row.get_ref(5)?.as_str().unwrap_or_default();
            bytes += text.len();
            // A damaged document costs what it says, not the stream.
            let document = serde_json::from_str(text).unwrap_or_default();
            let (endpoint, event_type): (String, String) = (row.get(2)?, row.get(3)?);
            let of_endpoint = match record::has_endpoint(&event_type) {
                true => endpoints::read(connection, &of, &endpoint)?,
                false => None,
            };
            let stored = Stored {
                seq,
                app: &of,
                endpoint: &endpoint,
                event_type: &event_type,
                at: row.get(4)?,
                document: &document,
                of_endpoint: of_endpoint.as_ref(),
            };
            let (at, members) = (stored.at, record::record(&stored));
            batch.records.push(Record { seq, app: of, endpoint, at, members });
        }
        if bytes >= FULL {
            break;
        }
    }
    batch.is_full = seen == LARGEST_BATCH || bytes >= FULL;
    Ok(batch)
}

/// Lets `pump` hand over what there is every so often, until `stopped` says so and once more then. `pump` answers whether
/// there is more.
pub async fn run(
    machine: Arc<Machine>,
    mut stopped: watch::Receiver<bool>,
    every: Duration,
    pump: fn(&Machine) -> Result<bool>,
) {
    loop {
        let is_last = *stopped.borrow();
        let worker = machine.clone();
        let more = tokio::task::spawn_blocking(move || pump(&worker)).await;
        let rest = match more {
            Ok(Ok(true)) => continue,
            Ok(Ok(false)) => every,
            Ok(Err(_)) => every.max(REST),
            Err(error) => {
                tracing::error!(%error, "the event stream broke off; it is tried again");
                every.max(REST)
            }
        };
        if is_last {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            // An error means that the server was dropped.
            ended = stopped.wait_for(|stopped| *stopped) => if ended.is_err() { return },
        }
    }
}
