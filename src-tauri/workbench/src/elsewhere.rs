//! Opens what is no project: files, folders and archives of Pinpoint's own dumps, and pasted text.
//!
//! JSON as the API, the SDKs and the CLI print it, endpoints as import and export jobs have them, records of the event
//! stream; each also gzipped, all of it also in a zip. The same resource in several files is one, in its latest version.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use audience::{People, import};
use bridge::FileProblem;
use flate2::read::MultiGzDecoder;
use model::open::{Beside, Opened};
use model::{DocumentId, Project, Settings, open, reader};
use serde_json::Value;
use zip::ZipArchive;

use crate::failure::{Outcome, bad_input, disk};

/// Folders below the one that is opened that are looked into.
const DEPTH: usize = 6;

/// Most files that are read from a folder or an archive.
const FILES: usize = 10_000;

/// Most bytes that a packed file is unpacked to.
const UNPACKED: u64 = 4 << 30;

/// Endings of files that may hold something.
const ENDINGS: &[&str] = &["json", "jsonl", "ndjson", "csv", "gz", "zip"];

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// A new project of it.
    pub project: Project,
    /// Files that could be read in part or not at all.
    pub problems: Vec<FileProblem>,
    /// Files of endpoints as they came, by a name for `endpoints/`.
    pub endpoints: BTreeMap<String, Vec<u8>>,
    /// Records of the event stream as they came, by a name for `events/`.
    pub events: BTreeMap<String, Vec<u8>>,
    /// Answers about applications and jobs, by a name for `application/`.
    pub parts: BTreeMap<String, Value>,
    /// Templates that a list names.
    pub listed: Vec<DocumentId>,
    /// Single endpoints.
    single: Vec<Value>,
}

/// Opens one file.
///
/// # Errors
/// When it can not be read, or holds nothing of Pinpoint's.
pub fn file(path: &Path) -> Outcome<Found> {
    all(&[path.to_owned()])
}

/// Opens pasted text.
///
/// # Errors
/// When it holds nothing of Pinpoint's.
pub fn text(text: &str) -> Outcome<Found> {
    let mut found = Found::default();
    found.json("pasted text", text);
    found.finish("the pasted text", "pasted".to_owned())
}

/// Opens every file in a folder and the folders in it.
///
/// # Errors
/// When the folder can not be read, or nothing of Pinpoint's is in it.
pub fn folder(path: &Path) -> Outcome<Found> {
    all(&[path.to_owned()])
}

/// Opens files, folders and archives together.
///
/// # Errors
/// When one of them can not be read, or nothing of Pinpoint's is in them.
pub fn all(paths: &[PathBuf]) -> Outcome<Found> {
    let mut found = Found::default();
    for path in paths {
        if path.is_dir() {
            let mut files = Vec::new();
            gather(path, DEPTH, &mut files).map_err(|error| disk("read", path, &error))?;
            files.sort();
            for file in files.iter().take(FILES) {
                let name = file.strip_prefix(path).unwrap_or(file).to_string_lossy().replace('\\', "/");
                match fs::read(file) {
                    Ok(content) => found.bytes(&name, content, 1),
                    Err(error) => found.problem(&name, 0, 0, format!("could not be read: {error}")),
                }
            }
            if files.len() > FILES {
                found.problem("", 0, 0, format!("only the first {FILES} of {} files were read", files.len()));
            }
        } else {
            let content = fs::read(path).map_err(|error| disk("read", path, &error))?;
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            found.bytes(&name, content, 1);
        }
    }
    let shown: Vec<String> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
    found.finish(&shown.join(", "), paths.first().map(|path| stem(path)).unwrap_or_default())
}

fn gather(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if hidden || path.is_symlink() {
            continue;
        }
        if path.is_dir() && depth > 0 {
            // A folder that can not be read hides what is in it, not the rest.
            let _ = gather(&path, depth - 1, files);
        } else if ending(&path.to_string_lossy()).is_some_and(|ending| ENDINGS.contains(&ending.as_str())) {
            files.push(path);
        }
    }
    Ok(())
}

fn ending(name: &str) -> Option<String> {
    name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase())
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

impl Found {
    /// Reads a file by what it holds; `depth` = how many archives may still lie in each other.
    fn bytes(&mut self, file: &str, content: Vec<u8>, depth: usize) {
        if content.starts_with(b"PK\x03\x04") {
            match depth {
                0 => self.problem(file, 0, 0, "an archive in an archive is not opened".to_owned()),
                _ => self.archive(file, content, depth - 1),
            }
        } else if content.starts_with(&[0x1f, 0x8b]) {
            let mut unpacked = Vec::new();
            let name = file.strip_suffix(".gz").unwrap_or(file);
            match unpack(MultiGzDecoder::new(content.as_slice()), &mut unpacked) {
                Ok(()) => self.content(name, unpacked),
                Err(error) => self.problem(file, 0, 0, format!("could not be unpacked: {error}")),
            }
        } else {
            self.content(file, content);
        }
    }

    fn archive(&mut self, file: &str, content: Vec<u8>, depth: usize) {
        let mut archive = match ZipArchive::new(Cursor::new(content)) {
            Ok(archive) => archive,
            Err(error) => return self.problem(file, 0, 0, format!("is no archive that can be opened: {error}")),
        };
        for place in 0..archive.len().min(FILES) {
            let mut content = Vec::new();
            let read = archive.by_index(place).map_err(|error| error.to_string()).and_then(|entry| {
                let name = entry.name().map_err(|error| error.to_string())?.replace('\\', "/");
                let wanted = entry.is_file() && ending(&name).is_some_and(|ending| ENDINGS.contains(&ending.as_str()));
                if wanted {
                    unpack(entry, &mut content).map_err(|error| format!("{name}: {error}"))?;
                }
                Ok(wanted.then_some(name))
            });
            match read {
                Ok(Some(name)) => self.bytes(&name, content, depth),
                Ok(None) => {}
                Err(error) => self.problem(file, 0, 0, format!("could not be unpacked: {error}")),
            }
        }
        if archive.len() > FILES {
            self.problem(file, 0, 0, format!("only the first {FILES} of {} files were read", archive.len()));
        }
    }

    fn content(&mut self, file: &str, content: Vec<u8>) {
        let text = String::from_utf8_lossy(&content);
        if ending(file).is_some_and(|ending| ending == "csv") {
            return self.people(file, content);
        }
        // Several values, one a line, are rows; one value is an answer of the API.
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let first: Option<Value> = lines.next().and_then(|line| serde_json::from_str(line).ok());
        let rows = lines.next().is_some() || ending(file).is_some_and(|ending| ending.ends_with("jsonl"));
        match first {
            Some(Value::Object(row)) if rows && row.contains_key("event_type") => {
                let name = self.free(file, "jsonl", |found| &found.events);
                self.events.insert(name, content);
            }
            Some(Value::Object(row)) if rows && (row.contains_key("ChannelType") || row.contains_key("Address")) => {
                self.people(file, content);
            }
            _ => {
                let text = text.into_owned();
                self.json(file, &text);
            }
        }
    }

    /// A file of endpoints: it is kept as it is, and what is wrong in it is told.
    fn people(&mut self, file: &str, content: Vec<u8>) {
        let mut people = People::default();
        let problems = match import::text(&content) {
            Ok(text) => import::any_into(&mut people, file, text),
            Err(problem) => vec![problem],
        };
        if people.is_empty() {
            let first = problems.first().map(|problem| format!(": {}", problem.message)).unwrap_or_default();
            return self.problem(file, 0, 0, format!("holds no endpoints{first}"));
        }
        for problem in problems {
            self.problem(file, problem.line, usize::from(problem.line > 0), problem.message);
        }
        let kind = if ending(file).is_some_and(|ending| ending == "csv") { "csv" } else { "jsonl" };
        let name = self.free(file, kind, |found| &found.endpoints);
        self.endpoints.insert(name, content);
    }

    /// A name for a file of that ending that is not taken.
    fn free(&self, file: &str, ending: &str, of: impl Fn(&Found) -> &BTreeMap<String, Vec<u8>>) -> String {
        let whole = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let stem = match open::file_name(whole) {
            stem if stem.is_empty() => "dump".to_owned(),
            stem => stem,
        };
        let mut name = format!("{stem}.{ending}");
        let mut number = 2;
        while of(self).contains_key(&name) {
            name = format!("{stem}-{number}.{ending}");
            number += 1;
        }
        name
    }

    fn json(&mut self, file: &str, text: &str) {
        let reading = reader::read(text);
        for problem in &reading.problems {
            let message = match problem.path.0.is_empty() {
                true => problem.message.clone(),
                false => format!("in `{}`: {}", problem.path, problem.message),
            };
            self.problem(file, problem.line, problem.column, message);
        }
        let Some(value) = reading.value else { return };
        let found = open::resources(&value, &stem(Path::new(file)));
        let beside = open::beside(&value);
        if found.is_empty() && beside.is_empty() && reading.problems.is_empty() {
            let message = "holds no journey, segment, campaign or template of Pinpoint".to_owned();
            self.problem(file, 0, 0, message);
        }
        for one in beside {
            match one {
                Beside::Endpoint(endpoint) => self.single.push(endpoint),
                Beside::Listed(id) => self.listed.push(id),
                Beside::Part(name, value) => {
                    let taken = |name: &String| self.parts.get(name).is_some_and(|there| *there != value);
                    let names = std::iter::once(name.clone()).chain((2..).map(|n| format!("{name}-{n}")));
                    if let Some(name) = names.into_iter().find(|name| !taken(name)) {
                        self.parts.insert(name, value);
                    }
                }
            }
        }
        for resource in found {
            self.take(resource);
        }
    }

    /// Puts a resource in; of one that is there already the later version stays.
    fn take(&mut self, resource: Opened) {
        let same = self.project.documents.iter().find(|(id, there)| {
            id.shape() == resource.id.shape() && is_same(there, &resource.value, **id == resource.id)
        });
        if let Some((id, there)) = same {
            let id = id.clone();
            if stamp(there) < stamp(&resource.value) {
                self.project.documents.insert(id, resource.value);
            }
            return;
        }
        let mut id = resource.id.clone();
        let mut number = 2;
        while self.project.documents.contains_key(&id) {
            id = resource.id.renamed(format!("{}-{number}", resource.id.name()));
            number += 1;
        }
        self.project.documents.insert(id, resource.value);
    }

    fn problem(&mut self, file: &str, line: usize, column: usize, message: String) {
        self.problems.push(FileProblem { file: file.to_owned(), document: None, line, column, message });
    }

    fn finish(mut self, what: &str, name: String) -> Outcome<Found> {
        if !self.single.is_empty() {
            let lines = self.single.drain(..).map(|endpoint| format!("{endpoint}\n")).collect::<String>();
            let name = self.free("single.json", "jsonl", |found| &found.endpoints);
            self.endpoints.insert(name, lines.into_bytes());
        }
        if self.project.documents.is_empty() && self.endpoints.is_empty() {
            let first = self.problems.first().map(|problem| match problem.line {
                0 => format!(": {} {}", problem.file, problem.message),
                line => format!(": {} line {line}, column {}: {}", problem.file, problem.column, problem.message),
            });
            return Err(bad_input(
                format!("{what} holds nothing that can be opened{}", first.unwrap_or_default()),
                "open JSON of a journey, segment, campaign or template, as `aws pinpoint get-journey` prints it",
            ));
        }
        self.project.settings = Settings { name, ..Settings::default() };
        Ok(self)
    }
}

/// All of a packed file, unless it is larger than [`UNPACKED`].
fn unpack(packed: impl Read, into: &mut Vec<u8>) -> std::io::Result<()> {
    let read = packed.take(UNPACKED).read_to_end(into)? as u64;
    if read == UNPACKED {
        return Err(std::io::Error::other(format!("it is larger than {} GB unpacked", UNPACKED >> 30)));
    }
    Ok(())
}

/// Whether two values are one resource: the same id of the service, or, as a template has none, the same name.
fn is_same(one: &Value, other: &Value, same_name: bool) -> bool {
    let id = |value: &Value| value["Id"].as_str().map(str::to_owned);
    match (id(one), id(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one == other || same_name && one.get("TemplateType").is_some() && other.get("TemplateType").is_some(),
    }
}

/// What tells which of two versions is the later one.
fn stamp(value: &Value) -> (u64, &str, &str) {
    let text = |member: &str| value[member].as_str().unwrap_or_default();
    let version = value["Version"].as_u64().or_else(|| text("Version").parse().ok());
    (version.unwrap_or_default(), text("LastModifiedDate"), text("State"))
}
