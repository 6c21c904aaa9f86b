//! Checks files and folders, with places as editors know them: file, line, column.

use std::path::{Path, PathBuf};

use bridge::FileProblem;
use model::{Diagnostic, DocumentId, Severity, reader};
use serde::Serialize;
use serde_json::Value;
use validation::Facts;

use crate::elsewhere;
use crate::failure::{Outcome, disk};
use crate::folder::{self, Folder};
use crate::{known, source};

/// What the checks say about a path.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Checked {
    /// Documents that were looked at.
    pub documents: usize,
    /// Files that could be read in part or not at all.
    pub unreadable: Vec<FileProblem>,
    /// What is wrong with what could be read.
    pub findings: Vec<Finding>,
}

/// A diagnostic and its place in a file.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// The file, as the path to it was given.
    pub file: String,
    /// Line, from 1; 0 = the whole file.
    pub line: usize,
    /// Column, from 1; 0 = the whole file.
    pub column: usize,
    /// Whether it keeps the journey from being published.
    pub severity: Severity,
    /// Stable id of the rule.
    pub rule: String,
    /// The member.
    pub path: String,
    /// The fact.
    pub message: String,
    /// The next step; may be empty.
    pub help: String,
}

impl Finding {
    /// Whether it keeps the journey from being published.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Checks a project folder, one document of a project folder, or JSON that is no project.
///
/// # Errors
/// When nothing at `path` can be read.
pub fn check(path: &Path) -> Outcome<Checked> {
    match project_of(path) {
        Some((project, document)) => Ok(check_folder(&project, &folder::read(&project)?, document.as_ref())),
        None => check_elsewhere(path),
    }
}

/// The project folder that a path is or lies in, and in the second case which document it is.
pub fn project_of(path: &Path) -> Option<(PathBuf, Option<DocumentId>)> {
    if path.is_dir() {
        return folder::is_project(path).then(|| (path.to_path_buf(), None));
    }
    if !path.is_file() {
        return None;
    }
    let absolute = std::path::absolute(path).ok()?;
    absolute.ancestors().skip(1).take(4).find_map(|ancestor| {
        let below = absolute.strip_prefix(ancestor).ok()?.to_str()?.replace('\\', "/");
        let id: Option<DocumentId> = match below.strip_prefix("templates/") {
            _ if below == crate::settings_file::FILE => None,
            Some(_) => Some(below.rsplit_once('/')?.0.parse().ok()?),
            None => Some(below.strip_suffix(".json")?.parse().ok()?),
        };
        let outside = id.as_ref().is_some_and(|id| id.name().contains('/'));
        if outside || !ancestor.join(crate::settings_file::FILE).is_file() {
            return None;
        }
        // The folder as the caller wrote it, so that places read as the path did.
        let given = match path.ancestors().nth(below.split('/').count()) {
            Some(given) if given.as_os_str().is_empty() => PathBuf::from("."),
            Some(given) => given.to_path_buf(),
            None => ancestor.to_path_buf(),
        };
        Some((given, id))
    })
}

fn check_folder(shown: &Path, folder: &Folder, only: Option<&DocumentId>) -> Checked {
    let wanted = |document: &DocumentId| only.is_none_or(|only| only == document);
    let people = known::names(&folder.project, &folder.path);
    let report = validation::check_with(&folder.project, Facts { people: people.as_deref(), ..Facts::default() });
    let file = |name: &str| shown.join(name).display().to_string();
    Checked {
        documents: folder.project.documents.keys().filter(|id| wanted(id)).count(),
        unreadable: folder
            .problems
            .iter()
            .filter(|problem| only.is_none() || problem.document.as_ref().is_some_and(wanted))
            .cloned()
            .chain(source::problems(&folder.project, only))
            .map(|problem| FileProblem { file: file(&problem.file), ..problem })
            .collect(),
        findings: report
            .diagnostics
            .into_iter()
            .filter(|found| wanted(&found.place.document))
            .map(|found| {
                let (name, line, column) = folder.position(&found.place.document, &found.place.path);
                finding(found, file(&name), line, column)
            })
            .collect(),
    }
}

fn check_elsewhere(path: &Path) -> Outcome<Checked> {
    let found = if path.is_dir() { elsewhere::folder(path)? } else { elsewhere::file(path)? };
    let report = validation::check(&found.project);
    let shown = path.display().to_string();
    let text = match path.is_file() {
        true => {
            let content = std::fs::read(path).map_err(|error| disk("read", path, &error))?;
            String::from_utf8_lossy(&content).into_owned()
        }
        false => String::new(),
    };
    let root = reader::read(&text).value.unwrap_or_default();
    let findings = report.diagnostics.into_iter().map(|found_here| {
        let document = found.project.documents.get(&found_here.place.document);
        let around = document.and_then(|document| locate(&root, document, &mut model::Path::default()));
        let (line, column) = match around {
            Some(mut around) => {
                around.0.extend(found_here.place.path.0.iter().cloned());
                reader::position(&text, &around)
            }
            None => (0, 0),
        };
        let file = if path.is_dir() { format!("{shown} ({})", found_here.place.document) } else { shown.clone() };
        finding(found_here, file, line, column)
    });
    let shown_file = |problem: &FileProblem| match path.is_dir() {
        true => path.join(&problem.file).display().to_string(),
        false => shown.clone(),
    };
    Ok(Checked {
        documents: found.project.documents.len(),
        unreadable: found.problems.iter().map(|p| FileProblem { file: shown_file(p), ..p.clone() }).collect(),
        findings: findings.collect(),
    })
}

/// Where a resource stands in the file that wraps it; wrappers are three deep at most (`JourneysResponse.Item[0]`).
fn locate(root: &Value, wanted: &Value, path: &mut model::Path) -> Option<model::Path> {
    if root == wanted {
        return Some(path.clone());
    }
    if path.0.len() >= 3 {
        return None;
    }
    let members: Vec<(model::Step, &Value)> = match root {
        Value::Object(object) => object.iter().map(|(name, value)| (name.into(), value)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(index, value)| (index.into(), value)).collect(),
        _ => Vec::new(),
    };
    members.into_iter().find_map(|(step, value)| {
        path.0.push(step);
        let found = locate(value, wanted, path);
        path.0.pop();
        found
    })
}

fn finding(found: Diagnostic, file: String, line: usize, column: usize) -> Finding {
    Finding {
        file,
        line,
        column,
        severity: found.severity,
        rule: found.rule,
        path: found.place.path.to_string(),
        message: found.message,
        help: found.help,
    }
}
