//! Files of people into the folder: looked into, checked whole, and only then written.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use audience::import::{self, MappedRow, Mapping, Rows};
use audience::{Members, People, RowProblem};
use base64::Engine;
use bridge::{ColumnLook, FailureCode, FileLook, Import, ImportView, Importing, KeepPiece, LookAtFile};
use model::Edit;

use super::{counted, lists, name};
use crate::contents::Contents;
use crate::failure::{Outcome, bad_input, disk, failure, not_found};
use crate::{Inner, lock};

/// Largest file: that of an import job (segments-and-endpoints.md 3).
const LARGEST: u64 = 1 << 30;
/// Bytes that are read between two looks at whether to stop.
const PIECE: usize = 1 << 20;
/// Rows that a look shows.
const SHOWN: usize = 8;
/// Wrong rows that the window is told, and that a report has.
const TOLD: usize = 200;
const REPORTED: usize = 100_000;

/// Where pieces of files are kept, in the data folder.
pub(super) const UPLOADS: &str = "uploads";
/// How long what was never imported is kept.
const DAY: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

/// Removes kept files of former days: people belong to their projects.
pub(crate) fn tidy(data: &Path) {
    for entry in std::fs::read_dir(data.join(UPLOADS)).into_iter().flatten().flatten() {
        let age = entry.metadata().and_then(|metadata| metadata.modified()).map(|at| at.elapsed().unwrap_or_default());
        if age.is_ok_and(|age| age > DAY) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// An import under way.
#[derive(Default)]
pub(crate) struct Job {
    size: AtomicU64,
    read: AtomicU64,
    rows: AtomicU64,
    bad: AtomicU64,
    cancelled: AtomicBool,
    view: std::sync::Mutex<ImportView>,
}

impl Inner {
    /// Keeps a piece of a file in the data folder.
    pub(crate) fn keep_piece(&self, command: KeepPiece) -> Outcome<String> {
        let folder = self.data.join(UPLOADS);
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(&command.bytes)
            .map_err(|_| bad_input("the piece is not Base64", "use a page and a program of the same version"))?;
        let path = match &command.path {
            Some(path) => PathBuf::from(path),
            None => folder.join(uuid::Uuid::new_v4().to_string()).join(file_name(&command.name)),
        };
        if path.parent().and_then(Path::parent) != Some(folder.as_path()) {
            return Err(bad_input("pieces are kept among uploads alone", "begin with the first piece"));
        }
        let fail = |error: std::io::Error| disk("write", &path, &error);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(fail)?;
        }
        let file = std::fs::OpenOptions::new().create(command.path.is_none()).append(true).open(&path);
        file.and_then(|mut file| file.write_all(&bytes)).map_err(fail)?;
        Ok(path.display().to_string())
    }

    /// Throws a kept file away, if it is one.
    fn forget_upload(&self, path: &Path) {
        let folder = path.parent().filter(|folder| folder.parent() == Some(self.data.join(UPLOADS).as_path()));
        // What can not be removed is removed at the next start.
        let _ = folder.map(std::fs::remove_dir_all);
    }

    pub(crate) fn look_at_file(&self, command: LookAtFile) -> Outcome<FileLook> {
        let path = Path::new(&command.path);
        let (file, size) = (name(path), size_of(path)?);
        let text = first_part(path)?;
        if super::is_json(path, &text) {
            let rows =
                text.lines().filter(|line| !line.trim().is_empty()).take(SHOWN).map(|line| vec![line.to_owned()]);
            return Ok(FileLook { name: file, size, rows: rows.collect(), ..FileLook::default() });
        }
        let columns = import::look(&text).map_err(refused)?;
        let names = columns.names.into_iter().zip(columns.guesses);
        Ok(FileLook {
            name: file,
            size,
            columns: names.map(|(name, guess)| ColumnLook { name, guess }).collect(),
            rows: columns.rows.into_iter().take(SHOWN).collect(),
            members: import::members(),
        })
    }

    pub(crate) fn import(self: &Arc<Inner>, command: Import) -> Outcome<u64> {
        let mapping = match command.columns.is_empty() {
            true => None,
            false => {
                let channel = Some(command.channel.as_str()).filter(|channel| !channel.is_empty());
                Some(Mapping::new(&command.columns, channel).map_err(refused)?)
            }
        };
        let listed = Listed::of(&command.segment, mapping.as_ref())?;
        let job = Arc::new(Job::default());
        job.size.store(size_of(Path::new(&command.path))?, Ordering::Relaxed);
        let number = {
            let mut jobs = lock(&self.imports);
            jobs.push(job.clone());
            jobs.len() as u64 - 1
        };
        let inner = self.clone();
        std::thread::spawn(move || {
            let outcome = job.run(&inner, &command, mapping.as_ref(), listed);
            let mut view = lock(&job.view);
            match outcome {
                Ok(Some((file, edit))) => (view.written, view.edit) = (Some(file), edit),
                Ok(None) => {}
                Err(failure) => view.failure = Some(failure),
            }
            view.ended = true;
        });
        Ok(number)
    }

    pub(crate) fn importing(&self, command: Importing) -> Outcome<ImportView> {
        let jobs = lock(&self.imports);
        let found = usize::try_from(command.number).ok().and_then(|number| jobs.get(number));
        let job = found.ok_or_else(|| not_found(format!("there is no import {}", command.number), "import again"))?;
        if command.cancel {
            job.cancelled.store(true, Ordering::Relaxed);
        }
        let of = |number: &AtomicU64| number.load(Ordering::Relaxed);
        let mut view = lock(&job.view).clone();
        view.share = of(&job.read) as f64 / of(&job.size).max(1) as f64;
        (view.rows, view.bad) = (of(&job.rows), of(&job.bad));
        Ok(view)
    }
}

impl Job {
    /// Reads all of it; answers the file that was written and the step of undo, if one was.
    fn run(
        &self,
        inner: &Inner,
        command: &Import,
        mapping: Option<&Mapping>,
        mut listed: Listed,
    ) -> Outcome<Option<(String, Edit)>> {
        let (folder, path) = (Path::new(&command.folder), Path::new(&command.path));
        let bytes = std::fs::read(path).map_err(|error| disk("read", path, &error))?;
        let text = import::text(&bytes).map_err(refused)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let stem =
            Path::new(&command.name).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let stem = if stem.trim_start_matches('.').is_empty() { "people".to_owned() } else { stem };
        let ending = if mapping.is_some() { "csv" } else { "jsonl" };
        let target = free_name(&folder.join("endpoints"), &stem, ending);
        let fail = |error: std::io::Error| disk("write", &target, &error);
        let mut file = std::io::BufWriter::new(files::Draft::begin(&target).map_err(fail)?);
        // The limits of a project and of a user are told among those who are there already.
        let mut people = inner.crowd(folder).people.clone();
        let mut all = Vec::new();
        let header = mapping.map(Mapping::header).unwrap_or_default();
        file.write_all(header.as_bytes()).map_err(fail)?;
        let whole = each_piece(text, mapping, &mut people, &mut all, &mut |good, bad, read| {
            for row in &good {
                file.write_all(row.as_bytes()).map_err(fail)?;
                listed.add(row);
            }
            self.rows.fetch_add(good.len() as u64, Ordering::Relaxed);
            self.bad.store(bad as u64, Ordering::Relaxed);
            self.read.fetch_add(read as u64, Ordering::Relaxed);
            Ok(!self.cancelled.load(Ordering::Relaxed))
        })?;
        if !whole {
            return Ok(None);
        }
        self.read.store(self.size.load(Ordering::Relaxed), Ordering::Relaxed);
        self.tell(folder, &stem, &all);
        if self.rows.load(Ordering::Relaxed) == 0 {
            return Err(bad_input("no row of the file is an endpoint", "look at the columns, and import again"));
        }
        if !all.is_empty() && !command.leave_out {
            return Ok(None);
        }
        let draft = file.into_inner().map_err(|error| fail(error.into_error()))?;
        // Whoever cancels at the last moment is heard.
        if self.cancelled.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let written = format!("endpoints/{}", name(&target));
        let list = Some(&command.segment).filter(|segment| !segment.is_empty());
        let list = list.map(|segment| format!("segments/{}", name(&lists::file(folder, segment))));
        let kept = Contents::keep(folder, [written.clone()].into_iter().chain(list))?;
        match draft.keep_new().map_err(fail)? {
            true => {
                inner.forget_upload(path);
                if !command.segment.is_empty() {
                    lists::extend(folder, &command.segment, listed.members)?;
                }
                let rows = self.rows.load(Ordering::Relaxed);
                Ok(Some((written, kept.step(format!("Import {}", counted(rows)))?)))
            }
            false => {
                Err(failure(FailureCode::WouldLose, format!("`{}` is there now", target.display()), "import again"))
            }
        }
    }

    /// Tells of the wrong rows; a long list goes into a file.
    fn tell(&self, folder: &Path, stem: &str, all: &[RowProblem]) {
        let mut view = lock(&self.view);
        view.problems = all
            .iter()
            .take(TOLD)
            .map(|problem| (problem.line as u64, problem.column.clone(), problem.message.clone()))
            .collect();
        if all.len() <= TOLD {
            return;
        }
        let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let mut text = "line,column,reason\n".to_owned();
        for problem in all.iter().take(REPORTED) {
            let _ = writeln!(text, "{},{},{}", problem.line, cell(&problem.column), cell(&problem.message));
        }
        let path = folder.join(".waymark").join(format!("import-{stem}.csv"));
        // Without the file the first rows are still told.
        view.report = files::write(&path, text.as_bytes()).ok().map(|()| path.display().to_string());
    }
}

/// Who goes on the list of a segment.
struct Listed {
    members: Members,
    /// Reads the rows that fit; `None` = there is no list.
    rows: Option<Rows>,
}

impl Listed {
    fn of(segment: &str, mapping: Option<&Mapping>) -> Outcome<Listed> {
        let is_name = !segment.contains(['/', '\\']) && !segment.starts_with('.');
        if !is_name {
            return Err(bad_input(
                format!("`{segment}` is no name of a segment"),
                "name it as its file in `segments/`",
            ));
        }
        let rows = match (segment.is_empty(), mapping) {
            (true, _) => None,
            (false, Some(mapping)) => Some(Rows::csv(&mapping.header()).map_err(refused)?),
            (false, None) => Some(Rows::json()),
        };
        Ok(Listed { members: Members::default(), rows })
    }

    fn add(&mut self, row: &str) {
        let members = &mut self.members;
        if let Some(rows) = &mut self.rows {
            rows.each(row, 1, &mut |_, row| row.into_iter().for_each(|row| members.add(&row)));
        }
    }
}

/// Reads a text piece by piece: `took` is told the rows of each that fit, how many do not so far, and the bytes of the piece,
/// and says whether to go on. Answers whether all was read.
fn each_piece(
    text: &str,
    mapping: Option<&Mapping>,
    people: &mut People,
    all: &mut Vec<RowProblem>,
    took: &mut dyn FnMut(Vec<String>, usize, usize) -> Outcome<bool>,
) -> Outcome<bool> {
    let header = mapping.map(Mapping::header).unwrap_or_default();
    let mut reading = Pieces::new(text, mapping.is_some());
    if mapping.is_some() {
        reading.skip_header();
    }
    while let Some((line, piece)) = reading.next() {
        let rows = match mapping {
            Some(mapping) => mapping.rows(piece, line),
            None => lines(piece, line),
        };
        let good = take(people, &header, rows, all);
        if !took(good, all.len(), piece.len())? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Reads a CSV file with these columns as an import does, and writes nothing; answers how many rows fit and how many do not.
pub(crate) fn rehearse(text: &str, columns: &[String]) -> Outcome<(u64, u64)> {
    let mapping = Mapping::new(columns, None).map_err(refused)?;
    let (mut rows, mut all) = (0, Vec::new());
    each_piece(text, Some(&mapping), &mut People::default(), &mut all, &mut |good, _, _| {
        rows += good.len() as u64;
        Ok(true)
    })?;
    Ok((rows, all.len() as u64))
}

/// Takes the rows into `people`, and answers those that fit; the others are problems with the line of the file.
fn take(people: &mut People, header: &str, rows: Vec<MappedRow>, all: &mut Vec<RowProblem>) -> Vec<String> {
    let mut text = header.to_owned();
    // Where each row stands in `text`, which has no blank lines.
    let mut stands = Vec::with_capacity(rows.len());
    let mut at = header.matches('\n').count() + 1;
    let mut found = Vec::new();
    for row in rows {
        match row.text {
            Ok(row_text) => {
                text.push_str(&row_text);
                stands.push((at, row.line, row_text));
                at += stands.last().map_or(0, |(_, _, text)| text.matches('\n').count());
            }
            Err(problem) => found.push(problem),
        }
    }
    let problems =
        if header.is_empty() { import::json_lines_into(people, &text) } else { import::csv_into(people, &text) };
    let mut bad = BTreeSet::new();
    for mut problem in problems {
        // The row that begins at that line or before it.
        let place = stands.partition_point(|(at, _, _)| *at <= problem.line);
        if let Some(number) = place.checked_sub(1) {
            bad.insert(number);
            problem.line = stands[number].1;
        }
        found.push(problem);
    }
    found.sort_by_key(|problem| problem.line);
    all.extend(found);
    let good = stands.into_iter().enumerate().filter(|(number, _)| !bad.contains(number));
    good.map(|(_, (_, _, text))| text).collect()
}

/// The lines of a piece of JSON lines.
fn lines(piece: &str, first: usize) -> Vec<MappedRow> {
    let rows = piece.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    rows.map(|(number, line)| MappedRow { line: first + number, text: Ok(format!("{line}\n")) }).collect()
}

/// A text in pieces of whole rows, with the line that each begins at.
struct Pieces<'t> {
    text: &'t str,
    at: usize,
    line: usize,
    quotes: bool,
}

impl<'t> Pieces<'t> {
    fn new(text: &'t str, quotes: bool) -> Pieces<'t> {
        Pieces { text, at: 0, line: 1, quotes }
    }

    /// Passes the header over, and blank lines before it.
    fn skip_header(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            let end = self.row_end(self.at + 1);
            let row = &self.text[self.at..end];
            self.line += row.matches('\n').count();
            self.at = end;
            let blank = row.chars().all(|letter| letter.is_whitespace() || letter == ',');
            if !blank || rest.is_empty() {
                return;
            }
        }
    }

    /// The end of the row in which `from` lies: behind a line end that is in no quotes.
    fn row_end(&self, from: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut end = self.at;
        let mut open = false;
        while end < bytes.len() {
            match bytes[end] {
                b'"' if self.quotes => open = !open,
                b'\n' if !open && end + 1 >= from => return end + 1,
                _ => {}
            }
            end += 1;
        }
        bytes.len()
    }

    fn next(&mut self) -> Option<(usize, &'t str)> {
        if self.at >= self.text.len() {
            return None;
        }
        let (line, start) = (self.line, self.at);
        self.at = self.row_end(start + PIECE);
        let piece = &self.text[start..self.at];
        self.line += piece.bytes().filter(|byte| *byte == b'\n').count();
        Some((line, piece))
    }
}

fn refused(problem: RowProblem) -> bridge::Failure {
    bad_input(problem.to_string(), "correct the file or the columns, and import again")
}

fn size_of(path: &Path) -> Outcome<u64> {
    let size = std::fs::metadata(path).map_err(|error| disk("read", path, &error))?.len();
    if size > LARGEST {
        return Err(bad_input(
            format!("`{}` has {} MB, at most 1,024 MB can be imported at once", path.display(), size >> 20),
            "divide it into several files",
        ));
    }
    Ok(size)
}

/// The beginning of a file, up to the end of a line.
fn first_part(path: &Path) -> Outcome<String> {
    use std::io::Read;
    let fail = |error: std::io::Error| disk("read", path, &error);
    let mut bytes = Vec::new();
    std::fs::File::open(path).map_err(fail)?.take(256 << 10).read_to_end(&mut bytes).map_err(fail)?;
    if bytes.len() == 256 << 10 {
        let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(bytes.len(), |end| end + 1);
        bytes.truncate(end);
    }
    import::text(&bytes).map(str::to_owned).map_err(refused)
}

/// A name for a new file in a folder.
fn free_name(folder: &Path, stem: &str, ending: &str) -> PathBuf {
    let named = |number: u32| match number {
        1 => folder.join(format!("{stem}.{ending}")),
        _ => folder.join(format!("{stem}-{number}.{ending}")),
    };
    (1..u32::MAX).map(named).find(|path| !path.exists()).unwrap_or_else(|| named(u32::MAX))
}

/// The name of a file alone, whatever folders the page puts before it.
fn file_name(text: &str) -> String {
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|letter| !letter.is_control()).collect();
    if kept.trim_matches('.').is_empty() { "people".to_owned() } else { kept }
}
