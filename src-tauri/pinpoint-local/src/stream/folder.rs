//! Events in files: `app=ID/day=YYYY-MM-DD/FIRST-LAST.jsonl` or `.parquet`, by the day of arrival in UTC; `FIRST` and
//! `LAST` are the places of the events in the store.
//!
//! A file is there whole or not at all, and never changes. Engines that query files take `app` and `day` from the path.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use files::Draft;
use files::rows::{Cell, Column, Kind};
use model::Millis;
use model::time::format_instant;
use serde_json::Value;

use super::{Feed, Record, Sink};
use crate::refusal::Result;
use crate::server::{Machine, Settings};
use crate::store::OpenError;

/// How long events gather before they are written: one file a minute for each project that has some.
pub const EVERY: Duration = Duration::from_secs(60);

/// What a file of events is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EventFormat {
    /// One record a line.
    #[default]
    Jsonl,
    /// One row a record, one column a member; members that are objects are JSON texts. `client_id` stands by itself too.
    Parquet,
}

impl EventFormat {
    fn extension(self) -> &'static str {
        match self {
            EventFormat::Jsonl => "jsonl",
            EventFormat::Parquet => "parquet",
        }
    }
}

/// Files of events that a server writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventFiles {
    /// The folder, made when absent.
    pub folder: PathBuf,
    /// What is written.
    pub format: EventFormat,
}

/// The columns of Parquet.
const COLUMNS: &[Column] = &[
    ("event_type", Kind::Text),
    ("event_timestamp", Kind::Time),
    ("arrival_timestamp", Kind::Time),
    ("event_version", Kind::Text),
    ("application", Kind::Text),
    ("client", Kind::Text),
    ("client_id", Kind::Text),
    ("device", Kind::Text),
    ("session", Kind::Text),
    ("attributes", Kind::Text),
    ("metrics", Kind::Text),
    ("client_context", Kind::Text),
    ("facets", Kind::Text),
    ("awsAccountId", Kind::Text),
];

/// A folder that takes events.
pub struct Folder {
    /// Absolute, without links.
    root: PathBuf,
    format: EventFormat,
    /// As the store names it: another folder or format begins with the oldest event again.
    name: String,
}

impl Folder {
    /// The folder that a server was started with.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(settings: &Settings) -> std::result::Result<Option<Folder>, OpenError> {
        let Some(EventFiles { folder, format }) = &settings.events else { return Ok(None) };
        // What can not be written is said now, and not in a minute and to the log only.
        let root =
            fs::create_dir_all(folder).and_then(|()| tempfile::tempfile_in(folder)).and_then(|_| folder.canonicalize());
        let root = root.map_err(|error| OpenError::Events(folder.display().to_string(), error))?;
        let name = format!("{}:{}", format.extension(), root.display());
        Ok(Some(Folder { root, format: *format, name }))
    }

    /// Its name in the store.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Hands it the next batch; `true` = there is more.
    ///
    /// # Errors
    /// As [`Feed::pump`].
    pub fn pump(&self, machine: &Machine) -> Result<bool> {
        Feed { app: "", name: &self.name, sink: self }.pump(machine)
    }

    /// Puts a file of records of one project and day into its place. A file of that name that says the same is left; one
    /// that says something else, because it is of another store, is kept beside.
    fn put(&self, app: &str, day: &str, records: &[&Record]) -> io::Result<()> {
        let bytes = match self.format {
            EventFormat::Jsonl => lines(records)?,
            EventFormat::Parquet => parquet(records)?,
        };
        let folder = self.root.join(format!("app={app}")).join(format!("day={day}"));
        let place = |record: Option<&&Record>| record.map_or(0, |record| record.seq);
        let name = format!("{:012}-{:012}", place(records.first()), place(records.last()));
        for number in 1_u32.. {
            let again = if number > 1 { format!("-{number}") } else { String::new() };
            let path = folder.join(format!("{name}{again}.{}", self.format.extension()));
            if says(&path, &bytes)? {
                return Ok(());
            }
            let mut draft = Draft::begin(&path)?;
            draft.write_all(&bytes)?;
            if draft.keep_new()? {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// Whether there is a file with these bytes.
fn says(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    match fs::read(path) {
        Ok(found) => Ok(found == bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

impl Sink for Folder {
    fn take(&self, batch: &[Record]) -> std::result::Result<(), String> {
        let mut parts: BTreeMap<(&str, String), Vec<&Record>> = BTreeMap::new();
        for record in batch {
            parts.entry((&record.app, day(record.at))).or_default().push(record);
        }
        for ((app, day), records) in parts {
            let written = self.put(app, &day, &records);
            written.map_err(|error| format!("could not write below `{}`: {error}", self.root.display()))?;
        }
        Ok(())
    }
}

/// The day of an instant in UTC.
fn day(at: Millis) -> String {
    let text = format_instant(at);
    text.split('T').next().unwrap_or(&text).to_owned()
}

fn lines(records: &[&Record]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for record in records {
        serde_json::to_writer(&mut bytes, &record.members)?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

fn parquet(records: &[&Record]) -> io::Result<Vec<u8>> {
    let mut table = files::parquet::Writer::new(Vec::new(), COLUMNS)?;
    for record in records {
        let cells: Vec<Cell<'_>> = COLUMNS.iter().map(|(name, kind)| cell(record, name, *kind)).collect();
        table.row(&cells)?;
    }
    table.finish()
}

fn cell<'r>(record: &'r Record, name: &str, kind: Kind) -> Cell<'r> {
    let value = match name {
        "client_id" => record.members.get("client").and_then(|client| client.get("client_id")),
        name => record.members.get(name),
    };
    match (kind, value) {
        (_, None) => Cell::Nothing,
        (Kind::Time, Some(value)) => Cell::time(value.as_i64()),
        (Kind::Count, Some(value)) => value.as_u64().map_or(Cell::Nothing, Cell::Count),
        (Kind::Number, Some(value)) => value.as_f64().map_or(Cell::Nothing, Cell::Number),
        (Kind::Text, Some(Value::String(text))) => Cell::text(Some(text.as_str())),
        (Kind::Text, Some(value)) => Cell::Text(Cow::Owned(value.to_string())),
    }
}

/// Hands the next batch to the folder, if the server has one; `true` = there is more.
///
/// # Errors
/// As [`Feed::pump`].
pub fn pump(machine: &Machine) -> Result<bool> {
    machine.folder.as_ref().map_or(Ok(false), |folder| folder.pump(machine))
}
