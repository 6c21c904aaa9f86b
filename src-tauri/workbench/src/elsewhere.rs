//! Opens JSON that is no project: files and folders of Pinpoint's own dumps, and pasted text.

use std::fs;
use std::path::{Path, PathBuf};

use bridge::FileProblem;
use model::{DocumentId, Project, Settings, open, reader};

use crate::failure::{Outcome, bad_input, disk};

/// Folders below the one that is opened that are looked into.
const DEPTH: usize = 6;

/// Most files that are read from a folder.
const FILES: usize = 10_000;

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// A new project of it.
    pub project: Project,
    /// Files that could be read in part or not at all.
    pub problems: Vec<FileProblem>,
}

/// Opens one JSON file.
///
/// # Errors
/// When it can not be read, or holds nothing of Pinpoint's.
pub fn file(path: &Path) -> Outcome<Found> {
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip")) {
        return Err(bad_input(format!("`{}` is packed", path.display()), "unpack it, and open the folder"));
    }
    let content = fs::read(path).map_err(|error| disk("read", path, &error))?;
    let mut found = Found::default();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    found.read(&name, &String::from_utf8_lossy(&content));
    found.finish(&format!("`{}`", path.display()), stem(path))
}

/// Opens pasted text.
///
/// # Errors
/// When it holds nothing of Pinpoint's.
pub fn text(text: &str) -> Outcome<Found> {
    let mut found = Found::default();
    found.read("pasted text", text);
    found.finish("the pasted text", "pasted".to_owned())
}

/// Opens every JSON file in a folder and the folders in it.
///
/// # Errors
/// When the folder can not be read, or nothing of Pinpoint's is in it.
pub fn folder(path: &Path) -> Outcome<Found> {
    let mut files = Vec::new();
    gather(path, DEPTH, &mut files).map_err(|error| disk("read", path, &error))?;
    files.sort();
    let mut found = Found::default();
    for file in files.iter().take(FILES) {
        let name = file.strip_prefix(path).unwrap_or(file).to_string_lossy().replace('\\', "/");
        match fs::read(file) {
            Ok(content) => found.read(&name, &String::from_utf8_lossy(&content)),
            Err(error) => found.problem(&name, 0, 0, format!("could not be read: {error}")),
        }
    }
    if files.len() > FILES {
        found.problem("", 0, 0, format!("only the first {FILES} of {} files were read", files.len()));
    }
    found.finish(&format!("`{}`", path.display()), stem(path))
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
        } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
            files.push(path);
        }
    }
    Ok(())
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

impl Found {
    fn read(&mut self, file: &str, text: &str) {
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
        if found.is_empty() && reading.problems.is_empty() {
            let message = "holds no journey, segment, campaign or template of Pinpoint".to_owned();
            self.problem(file, 0, 0, message);
        }
        for resource in found {
            let mut id = resource.id.clone();
            let mut number = 2;
            while self.project.documents.contains_key(&id) {
                id = renamed(&resource.id, format!("{}-{number}", resource.id.name()));
                number += 1;
            }
            self.project.documents.insert(id, resource.value);
        }
    }

    fn problem(&mut self, file: &str, line: usize, column: usize, message: String) {
        self.problems.push(FileProblem { file: file.to_owned(), document: None, line, column, message });
    }

    fn finish(mut self, what: &str, name: String) -> Outcome<Found> {
        if self.project.documents.is_empty() {
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

/// A document of the same kind under another name.
pub(crate) fn renamed(id: &DocumentId, name: String) -> DocumentId {
    match id {
        DocumentId::Journey(_) => DocumentId::Journey(name),
        DocumentId::Canvas(_) => DocumentId::Canvas(name),
        DocumentId::Campaign(_) => DocumentId::Campaign(name),
        DocumentId::Segment(_) => DocumentId::Segment(name),
        DocumentId::Template(kind, _) => DocumentId::Template(*kind, name),
    }
}
