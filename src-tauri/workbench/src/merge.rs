//! `waymark merge`: three files into one, and what has to be decided beside it.
//!
//! Conflicts stand in `NAME.conflicts.json` beside the document until somebody has decided them; the document says what ours
//! says. A merge is also checked: what neither side had a problem with has none afterwards, or it is told.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use model::conflicts::Undecided;
use model::merge::{Conflict, Renamed};
use model::{Diagnostic, DocumentId, Project, Severity};
use serde_json::Value;

use crate::failure::{Outcome, bad_input, disk};
use crate::folder;
use crate::git;
use crate::versions::{document_of, text_of};

/// The ending of the files of conflicts.
pub const CONFLICTS: &str = ".conflicts.json";

/// The name of the driver in git's settings.
const DRIVER: &str = "waymark";

/// What is merged.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The version that both were made from; an empty file = there is none.
    pub base: &'a Path,
    /// Our version.
    pub ours: &'a Path,
    /// Their version.
    pub theirs: &'a Path,
    /// The path of the document, where the files are copies of it under other names, as git makes them.
    pub path: Option<&'a str>,
}

/// What a merge gives.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The document.
    pub document: DocumentId,
    /// The result.
    pub value: Value,
    /// What somebody has to decide.
    pub conflicts: Vec<Conflict>,
    /// Steps of theirs that got another id.
    pub renamed: Vec<Renamed>,
    /// What the checks say of the result and of neither side.
    pub found: Vec<Diagnostic>,
}

/// Merges.
///
/// # Errors
/// `Disk`, or `BadInput`: a file is damaged, or nobody can tell what kind of document it is.
pub fn merge(request: &Request<'_>) -> Outcome<Merged> {
    let base = text_of(request.base)?;
    let named = request.path.and_then(document_of).or_else(|| document_of(&request.ours.to_string_lossy()));
    let (Some(ours), Some(theirs)) = (text_of(request.ours)?, text_of(request.theirs)?) else {
        return Err(bad_input("a side is empty", "name files with a document in them"));
    };
    let kind = || model::open::resources(&ours, "document").into_iter().next().map(|found| found.id);
    let document = named.or_else(kind).ok_or_else(|| {
        bad_input(
            format!("`{}` is no journey, segment, campaign or template", request.ours.display()),
            "say what it is by its path: `--path journeys/NAME.json`",
        )
    })?;
    let merged = model::merge::merge(&document, base.as_ref(), &ours, &theirs);
    let around = request.path.map_or(request.ours, Path::new);
    let project = project_around(around, &document).unwrap_or_default();
    let found = new_findings(project, &document, [&ours, &merged.theirs], &merged.value);
    Ok(Merged { document, value: merged.value, conflicts: merged.conflicts, renamed: merged.renamed, found })
}

/// The project that a document lies in, for what the checks have to know beside it.
fn project_around(path: &Path, document: &DocumentId) -> Option<Project> {
    let depth = document.file().split('/').count();
    let folder = std::path::absolute(path).ok()?.ancestors().nth(depth)?.to_path_buf();
    folder::is_project(&folder).then(|| folder::read(&folder).ok().map(|folder| folder.project)).flatten()
}

fn new_findings(mut project: Project, document: &DocumentId, sides: [&Value; 2], merged: &Value) -> Vec<Diagnostic> {
    let mut found = |value: &Value| -> Vec<Diagnostic> {
        project.documents.insert(document.clone(), value.clone());
        validation::check(&project).of(document).cloned().collect()
    };
    let key = |one: &Diagnostic| (one.rule.clone(), one.place.clone());
    let known: BTreeSet<_> = sides.iter().flat_map(|side| found(side)).map(|one| key(&one)).collect();
    found(merged).into_iter().filter(|one| !known.contains(&key(one))).collect()
}

/// The result as it is written.
pub fn text(merged: &Merged) -> String {
    model::text::write(&merged.value)
}

/// Whether what the checks say keeps the journey from being published.
pub fn is_error(found: &Diagnostic) -> bool {
    found.severity == Severity::Error
}

/// The file of conflicts beside a document.
pub fn conflicts_file(path: &Path) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!("{}{CONFLICTS}", name.strip_suffix(".json").unwrap_or(&name)))
}

/// Writes the conflicts beside the document at `path`; takes away a former file where there are none.
///
/// # Errors
/// `Disk`.
pub fn keep_conflicts(path: &Path, merged: &Merged) -> Outcome<Option<PathBuf>> {
    let file = conflicts_file(path);
    if merged.conflicts.is_empty() {
        return match fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(disk("remove", &file, &error)),
            _ => Ok(None),
        };
    }
    let undecided = Undecided {
        document: merged.document.clone(),
        conflicts: merged.conflicts.clone(),
        renamed: merged.renamed.clone(),
    };
    let value = serde_json::to_value(&undecided).unwrap_or_default();
    files::write(&file, model::text::write(&value).as_bytes()).map_err(|error| disk("write", &file, &error))?;
    Ok(Some(file))
}

/// Makes git merge the documents of the project in `folder` with `program`: which files, in `.gitattributes` of the folder;
/// how, in the settings of the repository on this computer. What stands there already stays.
///
/// # Errors
/// When the folder is in no repository, or a file can not be written.
pub fn install(folder: &Path, program: &Path) -> Outcome<()> {
    git::run(folder, &["rev-parse", "--git-dir"])?;
    let documents = ["journeys/*.json", "segments/*.json", "campaigns/*.json", "templates/*/*/template.json"];
    let lines: Vec<String> = documents.iter().map(|pattern| format!("{pattern} merge={DRIVER}")).collect();
    add_lines(&folder.join(".gitattributes"), &lines)?;
    add_lines(&folder.join(".gitignore"), &[".waymark/".to_owned(), format!("*{CONFLICTS}")])?;
    let program = program.display().to_string().replace('\'', r"'\''");
    let driver = format!("'{program}' merge %O %A %B --output %A --path %P");
    git::run(folder, &["config", &format!("merge.{DRIVER}.name"), "journeys by step and member"])?;
    git::run(folder, &["config", &format!("merge.{DRIVER}.driver"), &driver])?;
    Ok(())
}

fn add_lines(file: &Path, lines: &[String]) -> Outcome<()> {
    let mut text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(disk("read", file, &error)),
    };
    let missing: Vec<&String> = lines.iter().filter(|line| !text.lines().any(|there| there.trim() == **line)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    missing.iter().for_each(|line| text = format!("{text}{line}\n"));
    files::write(file, text.as_bytes()).map_err(|error| disk("write", file, &error))
}
