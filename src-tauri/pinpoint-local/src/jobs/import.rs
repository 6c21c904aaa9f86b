//! Import jobs (segments-and-endpoints.md 3).
//!
//! Files are read in pieces of whole lines. What the rows of a piece did and the place behind them are one transaction. A
//! file is what the API calls a piece of the job: one that cannot be read fails, the others are read all the same, and the
//! job ends as `FAILED`; rows that do not fit fail by themselves.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};

use audience::Update;
use audience::import::{self, Rows};
use flate2::bufread::MultiGzDecoder;
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Job, Open, objects};
use crate::api::endpoints::write;
use crate::api::{Context, segments};
use crate::refusal::{Exception, Refusal, Result};
use crate::server::Machine;

/// Bytes of a piece of lines, and the most that a single line may have.
const PIECE: usize = 64 * 1024;
const MAX_LINE: usize = 1024 * 1024;
/// Bytes of all files of a job, unpacked (quota of segments-and-endpoints.md 3).
const MAX_BYTES: u64 = 1 << 30;

/// How far an import is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Progress {
    files: Vec<String>,
    /// The file that is being read, by its place in `files`.
    file: usize,
    /// Bytes of it that are done, unpacked, and lines.
    offset: u64,
    lines: usize,
    /// Its first line, of CSV.
    header: String,
    /// Bytes that are done of all files.
    bytes: u64,
    /// Endpoints on the list by channel, and rows on it.
    channels: BTreeMap<String, u64>,
    size: u64,
}

/// A file that is open at a place.
pub struct Reading {
    job: i64,
    file: usize,
    offset: u64,
    lines: Box<dyn BufRead + Send>,
}

/// One step: from state to state, or a piece of a file.
pub fn step(machine: &Machine, mut job: Job, open: &mut Option<Open>) -> Result<()> {
    let next = match job.status() {
        "CREATED" => "PREPARING_FOR_INITIALIZATION",
        "PREPARING_FOR_INITIALIZATION" => {
            match prepare(machine, &job)? {
                Ok(files) => {
                    job.document.insert("TotalPieces".into(), files.len().into());
                    job.note(&Progress { files, ..Progress::default() })?;
                    job.become_status("INITIALIZING");
                }
                Err(text) => job.give_up(text),
            }
            return job.saved(machine);
        }
        "INITIALIZING" => "PROCESSING",
        "PROCESSING" => return process(machine, job, open),
        "COMPLETING" => return machine.piece(move |context| complete(context, job)),
        _ => return machine.piece(move |context| fail(context, job)),
    };
    job.become_status(next);
    job.saved(machine)
}

/// The files to read, in order.
fn prepare(machine: &Machine, job: &Job) -> Result<std::result::Result<Vec<String>, String>> {
    let place = objects::of(machine, job.asked_text("S3Url"))?;
    let format = job.asked_text("Format");
    let found = match place.and_then(|place| place.list()) {
        Ok(found) => found,
        Err(text) => return Ok(Err(text)),
    };
    let (files, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|object| is_of(format, &object.name));
    if files.is_empty() {
        let text = format!("there is no {format} file below `{}` ({} others)", job.asked_text("S3Url"), others.len());
        return Ok(Err(text));
    }
    if files.iter().map(|file| file.size).sum::<u64>() > MAX_BYTES {
        return Ok(Err(too_large()));
    }
    Ok(Ok(files.into_iter().map(|file| file.name).collect()))
}

fn too_large() -> String {
    "the files have more than 1 GB together, the quota of an import job; split them over several jobs".to_owned()
}

/// Files of another format are passed over (segments-and-endpoints.md 3); the ending of the name tells.
fn is_of(format: &str, name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    match name.strip_suffix(".gz").unwrap_or(&name).rsplit_once('.').map(|(_, ending)| ending) {
        Some("csv") => format == "CSV",
        Some("json" | "jsonl" | "ndjson") => format == "JSON",
        Some("partial" | "sqlite" | "sqlite-wal" | "sqlite-shm" | "lock") => false,
        _ => true,
    }
}

/// One piece of the file that is next.
fn process(machine: &Machine, mut job: Job, open: &mut Option<Open>) -> Result<()> {
    let mut progress: Progress = job.progress();
    let Some(name) = progress.files.get(progress.file).cloned() else {
        *open = None;
        match job.number("FailedPieces") {
            0 => job.become_status("COMPLETING"),
            _ => job.become_status("FAILING"),
        }
        return job.saved(machine);
    };
    let piece = match read(machine, &job, &mut progress, &name, open)? {
        Ok(piece) => piece,
        Err(text) => {
            *open = None;
            job.list_failure(format!("{name}: {text}"));
            job.add("FailedPieces", 1);
            progress.next_file();
            job.note(&progress)?;
            return job.saved(machine);
        }
    };
    if piece.is_empty() {
        *open = None;
        job.add("CompletedPieces", 1);
        progress.next_file();
        job.note(&progress)?;
        return job.saved(machine);
    }
    let kept = machine.piece(move |context| take(context, job, progress, &name, &piece));
    if kept.is_err() {
        // The reader stands behind a piece that was not kept.
        *open = None;
    }
    kept
}

impl Progress {
    fn next_file(&mut self) {
        self.file += 1;
        (self.offset, self.lines) = (0, 0);
        self.header.clear();
    }

    fn pass(&mut self, piece: &str) {
        self.offset += piece.len() as u64;
        self.bytes += piece.len() as u64;
        self.lines += piece.bytes().filter(|byte| *byte == b'\n').count();
    }
}

/// The next lines of the file; none at its end. The header of CSV goes into `progress` on the way.
fn read(
    machine: &Machine,
    job: &Job,
    progress: &mut Progress,
    name: &str,
    open: &mut Option<Open>,
) -> Result<std::result::Result<String, String>> {
    let fits = matches!(open, Some(Open::Import(reading))
        if (reading.job, reading.file, reading.offset) == (job.seq, progress.file, progress.offset));
    if !fits {
        let place = objects::of(machine, job.asked_text("S3Url"))?;
        let lines = match place.and_then(|place| at(&*place, name, progress.offset)) {
            Ok(lines) => lines,
            Err(text) => return Ok(Err(text)),
        };
        let reading = Reading { job: job.seq, file: progress.file, offset: progress.offset, lines };
        *open = Some(Open::Import(reading));
    }
    let Some(Open::Import(reading)) = open else { return Ok(Err("the file is not open".to_owned())) };
    let is_csv = job.asked_text("Format") == "CSV";
    if is_csv && progress.offset == 0 {
        let header = match lines_of(&mut *reading.lines, 1, false).and_then(|bytes| text(&bytes, 0)) {
            Ok(header) => header,
            Err(text) => return Ok(Err(text)),
        };
        // What the header says is looked at here, so that an unknown column fails the file at once (I001).
        if let Err(problem) = Rows::csv(&header) {
            return Ok(Err(problem.to_string()));
        }
        progress.pass(&header);
        progress.header = header;
    }
    let piece = lines_of(&mut *reading.lines, PIECE, is_csv).and_then(|bytes| text(&bytes, progress.lines));
    if let Ok(piece) = &piece {
        if progress.bytes + piece.len() as u64 > MAX_BYTES {
            return Ok(Err(too_large()));
        }
        reading.offset = progress.offset + piece.len() as u64;
    }
    Ok(piece)
}

/// The file from a byte of its unpacked content on.
fn at(place: &dyn objects::Objects, name: &str, offset: u64) -> std::result::Result<Box<dyn BufRead + Send>, String> {
    if !name.to_ascii_lowercase().ends_with(".gz") {
        return Ok(Box::new(BufReader::with_capacity(PIECE, place.open(name, offset)?)));
    }
    let mut unpacked = BufReader::with_capacity(PIECE, MultiGzDecoder::new(BufReader::new(place.open(name, 0)?)));
    let passed = std::io::copy(&mut unpacked.by_ref().take(offset), &mut std::io::sink());
    passed.map_err(|error| format!("could not be unpacked: {error}"))?;
    Ok(Box::new(unpacked))
}

/// Whole lines of at least so many bytes, unless the file ends before. A line of CSV is not whole inside quotes.
fn lines_of(lines: &mut dyn BufRead, bytes: usize, quotes: bool) -> std::result::Result<Vec<u8>, String> {
    let (mut out, mut start, mut inside) = (Vec::new(), 0, false);
    loop {
        let begun = out.len();
        let mut line = lines.take((MAX_LINE - (begun - start)) as u64 + 1);
        let read = line.read_until(b'\n', &mut out).map_err(|error| format!("could not be read: {error}"))?;
        let quoted = out[begun..].iter().filter(|byte| **byte == b'"').count() % 2 == 1;
        inside ^= quotes && quoted;
        if out.len() - start > MAX_LINE {
            return Err(format!("has a line of more than {MAX_LINE} bytes"));
        }
        if read == 0 || (!inside && out.len() >= bytes) {
            return Ok(out);
        }
        if !inside {
            start = out.len();
        }
    }
}

fn text(bytes: &[u8], lines: usize) -> std::result::Result<String, String> {
    match import::text(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(problem) if problem.line > 0 => Err(format!("line {}: {}", lines + problem.line, problem.message)),
        Err(problem) => Err(problem.message),
    }
}

/// Takes in the rows of a piece, and notes that they are.
fn take(context: &Context<'_>, mut job: Job, mut progress: Progress, name: &str, piece: &str) -> Result<()> {
    // Without the job there is no project that its rows could go to.
    if !job.save(context.store)? {
        return Ok(());
    }
    let mut rows = match progress.header.as_str() {
        "" => Rows::json(),
        header => Rows::csv(header).map_err(|problem| Refusal::bad_request(problem.to_string()))?,
    };
    let asked = |member| job.asked(member).and_then(Value::as_bool).unwrap_or(false);
    let intake = Intake {
        context,
        job: job.seq,
        app: job.app.clone(),
        request_id: job.id.clone(),
        register: asked("RegisterEndpoints"),
        define: asked("DefineSegment"),
    };
    let mut broken = None;
    let first = progress.lines + 1;
    rows.each(piece, first, &mut |line, row| {
        if broken.is_some() {
            return;
        }
        let taken = row.map_err(|problem| problem.to_string()).map(|update| intake.row(&update));
        let failure = match taken {
            Ok(Ok(channel)) => {
                progress.size += 1;
                if let Some(channel) = channel {
                    *progress.channels.entry(channel).or_default() += 1;
                }
                None
            }
            Ok(Err(refusal)) if refusal.exception == Exception::InternalServerError => {
                broken = Some(refusal);
                return;
            }
            Ok(Err(refusal)) => Some(format!("line {line}: {}", refusal.message)),
            Err(text) => Some(text),
        };
        job.add("TotalProcessed", 1);
        if let Some(failure) = failure {
            job.add("TotalFailures", 1);
            job.list_failure(format!("{name}: {failure}"));
        }
    });
    if let Some(refusal) = broken {
        return Err(refusal);
    }
    progress.pass(piece);
    job.note(&progress)?;
    job.save(context.store)?;
    Ok(())
}

/// Where rows go.
struct Intake<'a> {
    context: &'a Context<'a>,
    job: i64,
    app: String,
    request_id: String,
    register: bool,
    define: bool,
}

impl Intake<'_> {
    /// Takes in a row; gives the channel type of its endpoint. `RegisterEndpoints` stores the endpoint, `DefineSegment`
    /// puts it on the list; without the first it must be known (segments-and-endpoints.md 3, the chosen table).
    fn row(&self, update: &Update<'_>) -> Result<Option<String>> {
        if let Some(user) = update.user_alone() {
            if !self.define {
                return Err(Refusal::bad_request("a line of a user id alone has no endpoint to register"));
            }
            if !self.register && !self.knows_user(user)? {
                return Err(Refusal::bad_request(format!("there is no user `{user}`")));
            }
            self.list(true, user)?;
            return Ok(None);
        }
        if self.register {
            return self.registered(update);
        }
        let known = self.known(update)?;
        let Some((id, channel)) = known else {
            let user = update.user_id().unwrap_or_default();
            if update.id().is_none() && update.address().is_none() && self.knows_user(user)? {
                self.list(true, user)?;
                return Ok(None);
            }
            return Err(Refusal::bad_request("the row is of no known endpoint; RegisterEndpoints would make it one"));
        };
        self.list(false, &id)?;
        Ok(channel)
    }

    fn registered(&self, update: &Update<'_>) -> Result<Option<String>> {
        let id = update.id().map_or_else(|| update.stable_id(), str::to_owned);
        let found = write::stored(self.context, &self.app, &id)?;
        let mut channel = update.channel().map(|channel| model::view::Word::as_str(channel).to_owned());
        match &found {
            None => update.check_address().map_err(write::refusal)?,
            Some(found) if channel.is_none() => {
                channel = found.document.get("ChannelType").and_then(Value::as_str).map(str::to_owned);
            }
            Some(_) => {}
        }
        write::write(self.context, &self.app, &id, found, update, &self.request_id, false)?;
        if self.define {
            self.list(false, &id)?;
        }
        Ok(channel)
    }

    /// The endpoint that a row means by its id, else by its address: id and channel type.
    fn known(&self, update: &Update<'_>) -> Result<Option<(String, Option<String>)>> {
        let store = self.context.store;
        let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        if let Some(id) = update.id() {
            let mut statement = store.prepare_cached("SELECT id, channel FROM endpoints WHERE app = ?1 AND id = ?2")?;
            return Ok(statement.query_row(params![self.app, id], row).optional()?);
        }
        let (Some(address), Some(channel)) = (update.address(), update.channel()) else { return Ok(None) };
        // Of several the one that is active, which wrote it last.
        let mut statement = store.prepare_cached(
            "SELECT id, channel FROM endpoints WHERE app = ?1 AND channel = ?2 AND address = ?3
             ORDER BY json_extract(document, '$.EndpointStatus') = 'ACTIVE' DESC, seq DESC LIMIT 1",
        )?;
        Ok(statement.query_row(params![self.app, model::view::Word::as_str(channel), address], row).optional()?)
    }

    fn knows_user(&self, user: &str) -> Result<bool> {
        let mut statement =
            self.context.store.prepare_cached("SELECT 1 FROM endpoints WHERE app = ?1 AND user = ?2 LIMIT 1")?;
        Ok(statement.exists(params![self.app, user])?)
    }

    fn list(&self, user: bool, id: &str) -> Result<()> {
        self.context
            .store
            .prepare_cached("INSERT OR IGNORE INTO segment_members (job, user, id) VALUES (?1, ?2, ?3)")?
            .execute(params![self.job, user, id])?;
        Ok(())
    }
}

/// Makes the segment, or the next version of the one that was named, and ends the job.
fn complete(context: &Context<'_>, mut job: Job) -> Result<()> {
    if let Some(segment) = job.segment.clone() {
        let progress: Progress = job.progress();
        let definition = json!({
            "ChannelCounts": progress.channels, "ExternalId": job.asked_text("ExternalId"),
            "Format": job.asked("Format"), "RoleArn": job.asked("RoleArn"), "S3Url": job.asked("S3Url"),
            "Size": progress.size,
        });
        let made = match job.asked("SegmentId") {
            Some(_) => segments::extend_imported(context, &job.app, &segment, definition, job.seq)?,
            None => {
                let name = job.asked_text("SegmentName");
                segments::create_imported(context, &job.app, &segment, name, definition, job.seq)?;
                true
            }
        };
        if !made {
            job.give_up(format!("the segment `{segment}` was deleted while people were imported into it"));
            job.save(context.store)?;
            return Ok(());
        }
        if let Some(Value::Object(asked)) = job.document.get_mut("Definition") {
            asked.insert("SegmentId".into(), segment.into());
        }
    }
    job.end("COMPLETED", context.now);
    job.save(context.store)?;
    Ok(())
}

/// Ends a job that failed; nobody stays on a list that no segment has.
fn fail(context: &Context<'_>, mut job: Job) -> Result<()> {
    context.store.execute("DELETE FROM segment_members WHERE job = ?1", params![job.seq])?;
    job.end("FAILED", context.now);
    job.save(context.store)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_end_with_lines_and_outside_quotes() {
        let text = "a\n\"b\nc\"\nd\ne";
        let mut lines = text.as_bytes();
        let mut pieces = Vec::new();
        loop {
            let piece = lines_of(&mut lines, 1, true).unwrap();
            if piece.is_empty() {
                break;
            }
            pieces.push(String::from_utf8(piece).unwrap());
        }
        assert_eq!(pieces, ["a\n", "\"b\nc\"\n", "d\n", "e"]);
        assert_eq!(lines_of(&mut text.as_bytes(), 4, false).unwrap(), b"a\n\"b\n");
        let long = vec![b'x'; MAX_LINE + 1];
        assert!(lines_of(&mut long.as_slice(), 1, false).unwrap_err().contains("a line of more than"));
        let open = format!("\"{}", "x\n".repeat(MAX_LINE));
        assert!(lines_of(&mut open.as_bytes(), 1, true).unwrap_err().contains("a line of more than"));
    }

    #[test]
    fn the_ending_tells_the_format() {
        for (name, csv, json) in [
            ("a.csv", true, false),
            ("a.CSV.gz", true, false),
            ("a.json", false, true),
            ("a.jsonl.gz", false, true),
            ("people", true, true),
            ("pinpoint.sqlite", false, false),
        ] {
            assert_eq!((is_of("CSV", name), is_of("JSON", name)), (csv, json), "{name}");
        }
    }
}
