//! A project of what is left of an account that is gone.

use std::path::{Path, PathBuf};

use bridge::FileProblem;
use model::references::{Missing, missing};
use model::{DocumentId, text};
use serde::Serialize;

use crate::failure::{Outcome, bad_input, disk};
use crate::folder::Folder;
use crate::pull::APPLICATION;
use crate::{elsewhere, is_empty, save};

/// What became of dumps.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Documents of the project.
    pub documents: usize,
    /// Files of endpoints and of events.
    pub endpoint_files: usize,
    /// Files of events.
    pub event_files: usize,
    /// What documents name and no dump has.
    pub missing: Vec<Missing>,
    /// Templates that a list names and no dump has.
    pub listed: Vec<DocumentId>,
    /// Imported segments: their members are not in their JSON, but in the file that was imported.
    pub imported: Vec<DocumentId>,
    /// What could not be understood, by file, line and column.
    pub problems: Vec<FileProblem>,
}

/// Makes a project folder of dumps: files, folders, archives.
///
/// # Errors
/// `BadInput`: the folder is not empty, or nothing can be understood. `Disk`.
pub fn project(folder: &Path, dumps: &[PathBuf]) -> Outcome<Report> {
    if folder.exists() && !is_empty(folder) {
        return Err(bad_input(format!("`{}` is not empty", folder.display()), "name a folder that is not there yet"));
    }
    let mut found = elsewhere::all(dumps)?;
    let absolute = std::path::absolute(folder).map_err(|error| disk("make", folder, &error))?;
    if let Some(name) = absolute.file_name() {
        found.project.settings.name = name.to_string_lossy().into_owned();
    }
    let request = save::Request { folder, project: &found.project, removed: &[], overwrite_damaged: false };
    save::save(request, &mut Folder::default())?;
    let endpoints = found.endpoints.iter().map(|(name, content)| (format!("endpoints/{name}"), content.clone()));
    let events = found.events.iter().map(|(name, content)| (format!("events/{name}"), content.clone()));
    let parts =
        found.parts.iter().map(|(name, value)| (format!("{APPLICATION}/{name}.json"), text::write(value).into_bytes()));
    for (name, content) in endpoints.chain(events).chain(parts) {
        let path = folder.join(name);
        files::write(&path, &content).map_err(|error| disk("write", &path, &error))?;
    }
    let project = &found.project;
    let mut listed: Vec<DocumentId> =
        found.listed.into_iter().filter(|id| !project.documents.contains_key(id)).collect();
    listed.sort();
    listed.dedup();
    let imported = project.documents.iter().filter(|(_, value)| value["SegmentType"] == "IMPORT");
    Ok(Report {
        documents: project.documents.len(),
        endpoint_files: found.endpoints.len(),
        event_files: found.events.len(),
        missing: missing(project),
        listed,
        imported: imported.map(|(id, _)| id.clone()).collect(),
        problems: found.problems,
    })
}
