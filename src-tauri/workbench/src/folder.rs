//! Reads a project folder, as far as it can be read.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use bridge::{FailureCode, FileProblem};
use model::reader;
use model::{DocumentId, Markup, Project, Settings, TemplateKind};
use serde_json::{Map, Value};

use crate::failure::{Outcome, disk, failure, not_found};
use crate::settings_file;

/// A project folder as it was read; what a save needs to know to lose nothing.
#[derive(Clone, Debug, Default)]
pub struct Folder {
    /// The folder.
    pub path: PathBuf,
    /// What is in it.
    pub project: Project,
    /// Files that could be read in part or not at all.
    pub problems: Vec<FileProblem>,
    /// Content of every file of a document, and of `waymark.toml`, by its name below the folder.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
}

impl Folder {
    /// Whether a file could be read in part only, or not at all.
    pub fn is_damaged(&self, file: &str) -> bool {
        self.problems.iter().any(|problem| problem.file == file)
    }

    /// Refuses to publish from a folder with documents that could be read in part only: half a journey is not what is
    /// meant.
    ///
    /// # Errors
    /// `Errors`, with the place of the first damage.
    pub fn refuse_damaged(&self) -> Outcome<()> {
        match self.problems.iter().find(|problem| problem.document.is_some()) {
            None => Ok(()),
            Some(problem) => Err(failure(
                FailureCode::Errors,
                format!(
                    "`{}` is damaged (line {}, column {}: {}), and half of it is not published",
                    problem.file, problem.line, problem.column, problem.message
                ),
                "correct the file, or save over it in the studio; then publish again",
            )),
        }
    }

    /// The text of a file of the folder as it was read.
    pub fn text(&self, file: &str) -> Option<&str> {
        std::str::from_utf8(self.files.get(file)?).ok()
    }

    /// File, line and column (from 1; 0 = the whole file) of a place in a document.
    pub fn position(&self, document: &DocumentId, path: &model::Path) -> (String, usize, usize) {
        if let DocumentId::Template(kind, _) = document
            && let Some(model::Step::Key(member)) = path.0.first()
            && let Some((_, body)) = kind.bodies().iter().find(|(name, _)| name == member)
        {
            let file = format!("{document}/{body}");
            if self.files.contains_key(&file) {
                return (file, 1, 1);
            }
        }
        let file = document.file();
        let (line, column) = self.text(&file).map_or((0, 0), |text| reader::position(text, path));
        (file, line, column)
    }
}

/// Whether a folder looks like a project: it has `waymark.toml`, or one of the folders of a project.
pub fn is_project(path: &Path) -> bool {
    path.join(settings_file::FILE).is_file()
        || ["journeys", "segments", "campaigns", "templates"].iter().any(|name| path.join(name).is_dir())
}

/// Makes `.waymark/` in a project folder, which is of this machine: git leaves it out.
///
/// # Errors
/// When it can not be written.
pub(crate) fn own(folder: &Path) -> std::io::Result<()> {
    let ignore = folder.join(".waymark").join(".gitignore");
    if ignore.exists() { Ok(()) } else { files::write(&ignore, b"*\n") }
}

/// Reads the project folder at `path`. Files that are no part of a project are left alone.
///
/// # Errors
/// When the folder itself can not be read; files in it that can not be read are problems.
pub fn read(path: &Path) -> Outcome<Folder> {
    if !path.is_dir() {
        return Err(match path.exists() {
            true => not_found(format!("`{}` is no folder", path.display()), "choose a project folder"),
            false => not_found(format!("there is no folder `{}`", path.display()), "check the path"),
        });
    }
    fs::read_dir(path).map_err(|error| disk("read", path, &error))?;
    let mut reading = Folder { path: path.to_path_buf(), ..Folder::default() };
    reading.read_settings();
    for folder in ["journeys", "campaigns", "segments"] {
        for name in reading.names(folder) {
            // Conflicts are decided on the canvas: those of other documents wait in their files.
            let undecided = folder != "journeys" && name.ends_with(crate::merge::CONFLICTS);
            if let Some(stem) = name.strip_suffix(".json").filter(|stem| !stem.is_empty() && !undecided) {
                reading.read_document(&format!("{folder}/{stem}"));
            }
        }
    }
    for kind in TemplateKind::ALL {
        let folder = format!("templates/{}", kind.folder());
        for name in reading.names(&folder) {
            if path.join(&folder).join(&name).is_dir() {
                reading.read_template(kind, &name);
            }
        }
    }
    for name in reading.names("templates/partials") {
        if let Ok(id) = format!("templates/partials/{name}").parse() {
            reading.read_source(id);
        }
    }
    Ok(reading)
}

impl Folder {
    fn read_settings(&mut self) {
        let name = self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        self.project.settings = match self.read_text(settings_file::FILE, None) {
            Some(text) => {
                let (settings, problems) = settings_file::read(&text);
                self.problems.extend(problems);
                settings
            }
            None => Settings::default(),
        };
        if self.project.settings.name.is_empty() {
            self.project.settings.name = name;
        }
    }

    fn read_document(&mut self, id: &str) {
        let Ok(id) = id.parse::<DocumentId>() else { return };
        let Some(text) = self.read_text(&id.file(), Some(&id)) else { return };
        let Some(value) = self.read_json(&id, &text) else { return };
        // A dump of the CLI that somebody has put into the folder is what it holds.
        let found = model::open::resources(&value, id.name());
        let wrapped = match found.as_slice() {
            [one] if one.value != value && std::mem::discriminant(&one.id) == std::mem::discriminant(&id) => {
                Some(one.value.clone())
            }
            _ => None,
        };
        self.project.documents.insert(id, wrapped.unwrap_or(value));
    }

    fn read_template(&mut self, kind: TemplateKind, name: &str) {
        let id = DocumentId::Template(kind, name.to_owned());
        let path = self.path.join(id.to_string());
        let mut counts = Vec::new();
        for markup in Markup::of(kind) {
            let source = DocumentId::Source(kind, *markup, name.to_owned());
            if !self.path.join(source.file()).is_file() {
                continue;
            }
            match counts.iter().find(|(member, _)| *member == markup.member(kind)) {
                Some((_, first)) => {
                    let message = format!("`{first}` stands beside it, and counts");
                    self.problem(&source.file(), Some(&source), (0, 0), message);
                }
                None => counts.push((markup.member(kind), source.file())),
            }
            self.read_source(source);
        }
        let bodies: Vec<_> = kind.bodies().iter().filter(|(_, file)| path.join(file).is_file()).collect();
        let mut value = match path.join("template.json").is_file() {
            true => self.read_text(&id.file(), Some(&id)).and_then(|text| self.read_json(&id, &text)),
            false if bodies.is_empty() => return,
            false => Some(Value::Object(Map::new())),
        };
        for (member, file) in bodies {
            let file = format!("{id}/{file}");
            let Some(text) = self.read_text(&file, Some(&id)) else { continue };
            let object = value.get_or_insert_with(|| Value::Object(Map::new())).as_object_mut();
            let Some(object) = object else { continue };
            if object.get(*member).is_some_and(|inline| !inline.is_null() && inline.as_str() != Some(&text)) {
                let message =
                    format!("the member `{member}` stands in template.json and in this file; this file counts");
                self.problem(&file, Some(&id), (1, 1), message);
            }
            object.insert((*member).to_owned(), text.into());
        }
        if let Some(value) = value {
            self.project.documents.insert(id, value);
        }
    }

    /// A text that is no JSON, or texts by members.
    fn read_source(&mut self, id: DocumentId) {
        let Some(text) = self.read_text(&id.file(), Some(&id)) else { return };
        let value = match id {
            DocumentId::Source(_, Markup::Members, _) => self.read_json(&id, &text),
            _ => Some(text.into()),
        };
        if let Some(value) = value {
            self.project.documents.insert(id, value);
        }
    }

    fn read_json(&mut self, id: &DocumentId, text: &str) -> Option<Value> {
        let file = id.file();
        let reading = reader::read(text);
        for problem in reading.problems {
            let message = match problem.path.0.is_empty() {
                true => problem.message,
                false => format!("in `{}`: {}", problem.path, problem.message),
            };
            self.problem(&file, Some(id), (problem.line, problem.column), message);
        }
        match reading.value {
            Some(value) if !value.is_object() => {
                let message = format!("expected an object, found {}", model::shapes::phrase(&value));
                self.problem(&file, Some(id), reader::position(text, &model::Path::default()), message);
                None
            }
            value => value,
        }
    }

    /// The text of a file; what is not UTF-8 in it is a problem, and replaced.
    fn read_text(&mut self, file: &str, document: Option<&DocumentId>) -> Option<String> {
        let path = self.path.join(file);
        if document.is_none() && !path.exists() {
            return None;
        }
        match fs::read(&path) {
            Ok(content) => {
                let text = match std::str::from_utf8(&content) {
                    Ok(text) => text.to_owned(),
                    Err(error) => {
                        let before = String::from_utf8_lossy(&content[..error.valid_up_to()]);
                        let line = before.matches('\n').count() + 1;
                        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
                        self.problem(file, document, (line, column), "expected UTF-8 text".to_owned());
                        String::from_utf8_lossy(&content).into_owned()
                    }
                };
                self.files.insert(file.to_owned(), content);
                Some(text)
            }
            Err(error) => {
                self.problem(file, document, (0, 0), format!("could not be read: {error}"));
                None
            }
        }
    }

    fn problem(&mut self, file: &str, document: Option<&DocumentId>, (line, column): (usize, usize), message: String) {
        self.problems.push(FileProblem { file: file.to_owned(), document: document.cloned(), line, column, message });
    }

    /// The names in a folder below the project, sorted; hidden ones and those that are no Unicode are left out.
    fn names(&mut self, folder: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.path.join(folder)) else { return Vec::new() };
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| !name.starts_with('.'))
            .collect();
        names.sort();
        names
    }
}
