//! Two versions of a project or of a document, and what differs between them.
//!
//! A version is a folder, a file, or either of a revision of git as `REV:path`.

use std::fs;
use std::path::Path;

use bridge::FailureCode;
use diagram::comparison::Comparison;
use diagram::scene::{self, Scene};
use diagram::{Layout, picture};
pub use model::changes::Change;
use model::changes::StepChange;
pub use model::comparison::MemberChange;
use model::comparison::{self, DocumentChange};
use model::{DocumentId, Journey, Project};
use serde_json::Value;

use crate::check::project_of;
use crate::failure::{Outcome, bad_input, disk, failure, internal, not_found};
use crate::folder::Folder;
use crate::{elsewhere, folder, git, settings_file};

/// A version.
#[derive(Clone, Debug)]
pub enum Version {
    /// Of everything in a folder or in a file of several documents.
    Project(Box<Project>),
    /// Of one document.
    Document(DocumentId, Value),
}

/// Reads a version.
///
/// # Errors
/// When there is none of that name, or a part of it can not be read: half a document is not what is compared.
pub fn read(name: &str) -> Outcome<Version> {
    let path = Path::new(name);
    if path.exists() {
        return on_disk(path);
    }
    match name.split_once(':') {
        Some((revision, path)) if !revision.is_empty() => of_revision(revision, path),
        _ => Err(not_found(
            format!("there is no file or folder `{name}`"),
            "name a folder, a file, or either of a revision of git as `REV:path`",
        )),
    }
}

fn on_disk(path: &Path) -> Outcome<Version> {
    match project_of(path) {
        Some((project, document)) => of_folder(folder::read(&project)?, document),
        None => {
            let found = if path.is_dir() { elsewhere::folder(path)? } else { elsewhere::file(path)? };
            match found.problems.first() {
                Some(problem) if path.is_file() => Err(damaged(problem)),
                _ => Ok(one_or_all(found.project)),
            }
        }
    }
}

fn of_folder(folder: Folder, document: Option<DocumentId>) -> Outcome<Version> {
    let wanted = |of: &Option<DocumentId>| document.as_ref().is_none_or(|wanted| of.as_ref() == Some(wanted));
    if let Some(problem) = folder.problems.iter().find(|problem| wanted(&problem.document)) {
        return Err(damaged(problem));
    }
    match document {
        None => Ok(Version::Project(Box::new(folder.project))),
        Some(id) => match folder.project.documents.get(&id) {
            Some(value) => Ok(Version::Document(id, value.clone())),
            None => Err(not_found(format!("`{}` holds no document", id.file()), "name another file")),
        },
    }
}

fn damaged(problem: &bridge::FileProblem) -> bridge::Failure {
    bad_input(
        format!("`{}` line {}, column {}: {}", problem.file, problem.line, problem.column, problem.message),
        "correct the file first",
    )
}

fn one_or_all(project: Project) -> Version {
    match project.documents.len() {
        1 => match project.documents.into_iter().next() {
            Some((id, value)) => Version::Document(id, value),
            None => Version::Project(Box::default()),
        },
        _ => Version::Project(Box::new(project)),
    }
}

/// Files of the revision are put into a folder of their own and read like any other.
fn of_revision(revision: &str, path: &str) -> Outcome<Version> {
    let here = Path::new(".");
    let object = format!("{revision}:{}", path.trim_end_matches('/'));
    let kind = git::line(here, &["cat-file", "-t", &object])?;
    let place = tempfile::tempdir().map_err(|error| disk("make", Path::new("a temporary folder"), &error))?;
    let keep = |file: &str, content: &[u8]| {
        let path = place.path().join(file);
        files::write(&path, content).map_err(|error| disk("write", &path, &error))
    };
    if kind == "tree" {
        let below = |folder: &str, into: &str| -> Outcome<()> {
            for name in
                git::run(here, &["ls-tree", "-r", "-z", "--name-only", "--full-tree", folder])?.split(|b| *b == 0)
            {
                let name = String::from_utf8_lossy(name).into_owned();
                let belongs = ["journeys/", "campaigns/", "segments/", "templates/"];
                if !into.is_empty() || name == settings_file::FILE || belongs.iter().any(|part| name.starts_with(part))
                {
                    let slash = if folder.ends_with(':') { "" } else { "/" };
                    keep(&format!("{into}{name}"), &git::run(here, &["show", &format!("{folder}{slash}{name}")])?)?;
                }
            }
            Ok(())
        };
        below(&object, "")?;
        return of_folder(folder::read(place.path())?, None);
    }
    let content = git::run(here, &["show", &object])?;
    match document_of(path) {
        Some(id) => {
            if let (DocumentId::Template(kind, _), Some((parent, _))) = (&id, object.rsplit_once('/')) {
                // The bodies of a template stand beside it.
                for (_, body) in kind.bodies() {
                    if let Ok(content) = git::run(here, &["show", &format!("{parent}/{body}")]) {
                        keep(&format!("{id}/{body}"), &content)?;
                    }
                }
            }
            keep(&id.file(), &content)?;
            of_folder(folder::read(place.path())?, Some(id))
        }
        None => {
            let name = path.rsplit('/').next().unwrap_or("version.json");
            keep(name, &content)?;
            on_disk(&place.path().join(name))
        }
    }
}

/// The document whose file a path names by its last parts: `shop/journeys/welcome.json`.
pub fn document_of(path: &str) -> Option<DocumentId> {
    let path = path.replace('\\', "/");
    let parts: Vec<&str> = path.split('/').collect();
    let last = |count: usize| parts.get(parts.len().checked_sub(count)?..).map(|parts| parts.join("/"));
    if let Some(template) = last(4).and_then(|path| path.strip_suffix("/template.json")?.parse().ok()) {
        return Some(template);
    }
    last(2)?.strip_suffix(".json")?.parse().ok().filter(|id| !matches!(id, DocumentId::Template(..)))
}

/// What differs between two versions.
#[derive(Clone, Debug, Default)]
pub struct Differences {
    /// Members of `waymark.toml` that differ.
    pub settings: Vec<MemberChange>,
    /// Documents that differ.
    pub documents: Vec<DocumentChange>,
    /// Both versions of each of these documents, in the same order.
    versions: Vec<(Option<Value>, Option<Value>)>,
}

impl Differences {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.settings.is_empty() && self.documents.is_empty()
    }

    /// The journey that differs, as one picture: steps that are new, gone or changed say so.
    ///
    /// # Errors
    /// `BadInput`: no journey differs, or several do.
    pub fn picture(&self) -> Outcome<String> {
        let journeys: Vec<usize> = (0..self.documents.len())
            .filter(|place| matches!(self.documents[*place].document, DocumentId::Journey(_)))
            .collect();
        let (change, (before, after)) = match journeys.as_slice() {
            [] => return Err(bad_input("no journey differs, so there is no picture", "leave out `--as svg`")),
            [one] => (&self.documents[*one], &self.versions[*one]),
            several => {
                let names: Vec<&str> = several.iter().map(|place| self.documents[*place].document.name()).collect();
                return Err(bad_input(
                    format!("{} journeys differ: {}", names.len(), names.join(", ")),
                    "name the file of one of them",
                ));
            }
        };
        let (Some(shown), then) = (after.as_ref().or(before.as_ref()), before.as_ref()) else {
            return Err(internal("a journey differs that neither version has"));
        };
        let journey =
            |value| Journey::of(value).ok_or_else(|| bad_input("the journey is no object", "correct the file"));
        let now = Drawn::of(journey(shown)?);
        let (differs, entry) = match (change.what, then) {
            (Change::Changed | Change::Renamed, Some(then)) => {
                let then = Drawn::of(journey(then)?);
                let own = (!change.members.is_empty()).then_some(Change::Changed);
                (diagram::comparison::compare(then.version(), now.version()), own)
            }
            (whole, _) => {
                let step =
                    |id: &str| StepChange { id: Some(id.to_owned()), what: whole, members: Vec::new(), was: None };
                let steps =
                    now.journey.activities().into_iter().map(|step_of| (step_of.id.to_owned(), step(step_of.id)));
                (Comparison { steps: steps.collect(), ..Comparison::default() }, Some(whole))
            }
        };
        let marks = picture::Marks { comparison: differs, entry, ..picture::Marks::default() };
        Ok(picture::marked(&now.scene, &now.layout, &picture::LIGHT, &marks))
    }
}

/// A version of a journey, laid out.
struct Drawn<'a> {
    journey: Journey<'a>,
    scene: Scene,
    layout: Layout,
}

impl<'a> Drawn<'a> {
    fn of(journey: Journey<'a>) -> Drawn<'a> {
        let scene = Scene::of(journey, None);
        let layout = diagram::layout(&scene.graph, &scene::spacing());
        Drawn { journey, scene, layout }
    }

    fn version(&self) -> diagram::comparison::Version<'_> {
        diagram::comparison::Version { journey: self.journey, scene: &self.scene, layout: &self.layout }
    }
}

/// What differs between two versions. Of two documents the names do not matter, their kinds do.
///
/// # Errors
/// `BadInput`: a folder and a document, or documents of two kinds.
pub fn compare(before: &Version, after: &Version) -> Outcome<Differences> {
    let mut found = Differences::default();
    match (before, after) {
        (Version::Project(before), Version::Project(after)) => {
            let values = [before, after].map(|project| serde_json::to_value(&project.settings).unwrap_or_default());
            found.settings = comparison::members(Some(&values[0]), Some(&values[1]));
            for (id, before, after) in comparison::pairs(&before.documents, &after.documents) {
                found.push(id, before, after);
            }
        }
        (Version::Document(one, before), Version::Document(other, after)) => {
            if one.shape() != other.shape() {
                return Err(bad_input(
                    format!("`{one}` and `{other}` are of two kinds"),
                    "compare two journeys, two segments, two campaigns or two templates of a kind",
                ));
            }
            found.push(other, Some(before), Some(after));
        }
        _ => {
            return Err(bad_input("one is a project, the other a document", "compare two folders, or two files"));
        }
    }
    Ok(found)
}

impl Differences {
    fn push(&mut self, id: &DocumentId, before: Option<&Value>, after: Option<&Value>) {
        if let Some(change) = comparison::document(id, before, after) {
            self.documents.push(change);
            self.versions.push((before.cloned(), after.cloned()));
        }
    }
}

/// The JSON of one version of a document for a merge; `None` = the file is empty, as git hands over what is not there.
///
/// # Errors
/// `Disk`, or `BadInput` where the text is damaged: half a document is not merged.
pub fn text_of(path: &Path) -> Outcome<Option<Value>> {
    let content = fs::read(path).map_err(|error| disk("read", path, &error))?;
    if content.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    serde_json::from_slice(&content).map(Some).map_err(|error| {
        failure(FailureCode::BadInput, format!("`{}` is damaged: {error}", path.display()), "correct the file first")
    })
}
