//! Everything of an application into a project folder, and copies from one target to another.
//!
//! Documents are the service's answers, unchanged: a journey names segments by their ids, which the segments beside it carry,
//! so that publishing finds the same ones on the target, or makes them elsewhere. What is no document of a project
//! (settings, channels, event stream, versions of templates) stands in `application/`.

pub(crate) mod exported;

use std::fs;
use std::path::{Path, PathBuf};

use bridge::FailureCode;
use model::open::Opened;
use model::{DocumentId, Project, Settings, Target, text};
use publishing::{Bindings, Pulled, Remote};
use serde_json::Value;

use self::exported::Export;
use crate::failure::{Outcome, bad_input, disk, failure, not_found};
use crate::folder::{self, Folder};
use crate::publication::{bindings_of, keep_bindings, target_failure, target_of};
use crate::{is_empty, save};

/// Folder of what is no document.
pub const APPLICATION: &str = "application";

/// What is pulled, and where to.
#[derive(Clone, Debug, Default)]
pub struct Request<'a> {
    /// The project folder; made when it is not there.
    pub folder: PathBuf,
    /// Name of the target.
    pub target: String,
    /// What of the target is not, or not yet, in `waymark.toml`.
    pub place: Target,
    /// Whether documents that say something else in the folder are replaced.
    pub replace: bool,
    /// Where the target writes the endpoints to, `file:///FOLDER/` or `s3://BUCKET/PREFIX`, from where they come into
    /// `endpoints/`; `None` = they stay there.
    pub endpoints: Option<&'a str>,
    /// The IAM role with which it does, for `s3://`.
    pub role: Option<&'a str>,
}

/// What was pulled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Id of the application.
    pub application: String,
    /// Documents that the target has.
    pub documents: usize,
    /// Files that were written.
    pub written: usize,
    /// Endpoints that were exported, and where they are; `None` = nobody asked.
    pub endpoints: Option<(u64, String)>,
}

/// Pulls.
///
/// # Errors
/// `Target`: the target can not be read. `WouldLose`: a document says something else in the folder. `NotFound`: nobody knows
/// which target or application is meant.
pub async fn pull(request: &Request<'_>) -> Outcome<Done> {
    let folder = request.folder.as_path();
    let mut opened = open(folder)?;
    opened.refuse_damaged()?;
    let place = over(target_of(&opened.project.settings, &request.target, None), &request.place)?;
    let remote = Remote::connect(&request.target, &place).await.map_err(target_failure)?;
    let mut bindings = bindings_of(Some(folder))?;
    let application = application(&opened.project, &bindings, &request.target, &place, &remote).await?;
    let pulled = publishing::pull(&remote, &application).await.map_err(target_failure)?;

    let mut project = opened.project.clone();
    let mut bound = bindings.of(&request.target);
    bound.application = Some(application.clone());
    let mut other = Vec::new();
    for Opened { id, value } in named(&pulled, &opened.project, &bound) {
        let kind = match &id {
            DocumentId::Segment(_) => Some(&mut bound.segments),
            DocumentId::Journey(_) => Some(&mut bound.journeys),
            DocumentId::Campaign(_) => Some(&mut bound.campaigns),
            _ => None,
        };
        if let (Some(ids), Some(remote_id)) = (kind, value["Id"].as_str()) {
            ids.insert(id.name().to_owned(), remote_id.to_owned());
        }
        match project.documents.get(&id) {
            Some(local) if *local != value && !request.replace => other.push(format!("`{}`", id.file())),
            Some(local) if *local == value => {}
            _ => project.documents.insert(id, value),
        }
    }
    if !other.is_empty() {
        return Err(failure(
            FailureCode::WouldLose,
            format!("nothing was written, because these say something else in the folder: {}", other.join(", ")),
            "pull into a new folder and compare (`waymark diff`), or replace them with --replace",
        ));
    }
    let whole = |part: &str| pulled.application.iter().find(|(name, _)| *name == part).map(|(_, value)| value);
    if opened.path.as_os_str().is_empty() {
        let name = whole("application").and_then(|own| own["Name"].as_str()).unwrap_or_default();
        project.settings.name = name.to_owned();
    }
    let settings = Target { application_id: Some(application.clone()), ..place };
    project.settings.target.insert(request.target.clone(), settings.clone());
    let saved =
        save::save(save::Request { folder, project: &project, removed: &[], overwrite_damaged: false }, &mut opened)?;
    let mut written = saved.written.len();
    for (name, value) in &pulled.application {
        let path = folder.join(APPLICATION).join(format!("{name}.json"));
        let content = text::write(value);
        if fs::read_to_string(&path).ok().as_ref() != Some(&content) {
            files::write(&path, content.as_bytes()).map_err(|error| disk("write", &path, &error))?;
            written += 1;
        }
    }
    bindings.targets.insert(request.target.clone(), bound);
    keep_bindings(folder, &bindings)
        .map_err(|reason| failure(FailureCode::Disk, reason, "make the folder writable"))?;
    let endpoints = match request.endpoints {
        None => None,
        Some(address) => Some(endpoints(request, &remote, &settings, &application, address).await?),
    };
    Ok(Done { application, documents: pulled.documents.len(), written, endpoints })
}

fn open(folder: &Path) -> Outcome<Folder> {
    match () {
        () if folder::is_project(folder) => folder::read(folder),
        () if !folder.exists() || folder.is_dir() && is_empty(folder) => Ok(Folder::default()),
        () => Err(bad_input(
            format!("`{}` is neither empty nor a project", folder.display()),
            "name a folder that is not there yet, or a project",
        )),
    }
}

/// The target with what was said beside `waymark.toml`.
fn over(target: Outcome<Target>, said: &Target) -> Outcome<Target> {
    let base = match target {
        Ok(target) => target,
        Err(_) if *said != Target::default() => Target::default(),
        Err(failure) => {
            let help = "name a target of waymark.toml, or say --region, --endpoint-url or --application-id";
            return Err(bridge::Failure { help: help.to_owned(), ..failure });
        }
    };
    Ok(Target {
        region: said.region.clone().or(base.region),
        application_id: said.application_id.clone().or(base.application_id),
        endpoint_url: said.endpoint_url.clone().or(base.endpoint_url),
        profile: said.profile.clone().or(base.profile),
        ..base
    })
}

/// The application that is meant: the one that is named or bound, else the only one there is.
async fn application(
    project: &Project,
    bindings: &Bindings,
    name: &str,
    place: &Target,
    remote: &Remote,
) -> Outcome<String> {
    let bound = bindings.of(name);
    if place.application_id.is_some() || bound.application.is_some() || !project.settings.name.is_empty() {
        let found = publishing::application(project, &bound, remote).await.map_err(target_failure)?;
        if let Some(id) = found {
            return Ok(id);
        }
    }
    let all = remote.applications().await.map_err(target_failure)?;
    let word = |one: &Value, member: &str| one[member].as_str().unwrap_or_default().to_owned();
    match all.as_slice() {
        [one] => Ok(word(one, "Id")),
        [] => Err(not_found(format!("{} has no application", remote.place()), "check the address and the region")),
        several => {
            let names: Vec<String> =
                several.iter().map(|one| format!("{} ({})", word(one, "Name"), word(one, "Id"))).collect();
            Err(not_found(
                format!("{} has {} applications: {}", remote.place(), several.len(), names.join(", ")),
                "say which with --application-id",
            ))
        }
    }
}

/// What was pulled under the names that it has in the folder: those that are bound to the same id, those of documents that
/// carry it, else its own, which no other document has.
fn named(pulled: &Pulled, project: &Project, bound: &publishing::TargetBindings) -> Vec<Opened> {
    let mut taken: Vec<DocumentId> = Vec::new();
    let mut result: Vec<Opened> = Vec::new();
    let known = |opened: &Opened| -> Option<DocumentId> {
        let remote_id = opened.value["Id"].as_str()?;
        let ids = match opened.id {
            DocumentId::Segment(_) => &bound.segments,
            DocumentId::Journey(_) => &bound.journeys,
            DocumentId::Campaign(_) => &bound.campaigns,
            _ => return None,
        };
        let by_binding = ids.iter().find(|(_, id)| *id == remote_id).map(|(name, _)| opened.id.renamed(name.clone()));
        by_binding.or_else(|| {
            let same_kind = |id: &&DocumentId| id.shape() == opened.id.shape();
            let carries = |id: &&DocumentId| project.documents[*id]["Id"].as_str() == Some(remote_id);
            project.documents.keys().filter(same_kind).find(carries).cloned()
        })
    };
    let (old, new): (Vec<_>, Vec<_>) =
        pulled.documents.iter().map(|opened| (opened, known(opened))).partition(|one| one.1.is_some());
    for (opened, id) in old.into_iter().chain(new) {
        let is_new = id.is_none();
        let wanted = id.unwrap_or_else(|| opened.id.clone());
        let mut id = wanted.clone();
        let mut number = 2;
        // A document of that name which belongs to another id is another one; one that belongs to none is this one.
        let of_another = |id: &DocumentId| {
            let local = project.documents.get(id).and_then(|local| local["Id"].as_str());
            let other = match id {
                DocumentId::Segment(name) => bound.segments.get(name),
                DocumentId::Journey(name) => bound.journeys.get(name),
                DocumentId::Campaign(name) => bound.campaigns.get(name),
                _ => None,
            };
            is_new && local.or(other.map(String::as_str)).is_some_and(|other| opened.value["Id"] != other)
        };
        while taken.contains(&id) || of_another(&id) {
            id = wanted.renamed(format!("{}-{number}", wanted.name()));
            number += 1;
        }
        taken.push(id.clone());
        result.push(Opened { id, value: opened.value.clone() });
    }
    result
}

/// Exports the endpoints into `endpoints/` of the folder.
async fn endpoints(
    request: &Request<'_>,
    remote: &Remote,
    target: &Target,
    application: &str,
    address: &str,
) -> Outcome<(u64, String)> {
    let file = request.folder.join("endpoints").join("pulled.jsonl");
    let export = Export { remote, target, application, address, role: request.role };
    let endpoints = exported::bring(&export, &file, &|_, _| {}).await?;
    Ok((endpoints, file.display().to_string()))
}

/// What is used on another target instead of what a copy brings: names there by names here.
#[derive(Clone, Debug, Default)]
pub struct Instead {
    /// Segments, as `(name here, name there)`.
    pub segments: Vec<(String, String)>,
    /// Templates of any kind, as `(name here, name there)`.
    pub templates: Vec<(String, String)>,
}

/// The project with references to what the other target has already, in place of what would be copied there. The other
/// target's documents come into the project, so that the checks know them and nothing of them is changed.
///
/// # Errors
/// `NotFound`: the project has no such segment or template, or the target has none of the name.
pub fn rebind(project: &Project, there: &Pulled, instead: &Instead) -> Outcome<Project> {
    let mut project = project.clone();
    let on_target = |wanted: &str, fits: &dyn Fn(&DocumentId) -> bool| -> Vec<&Opened> {
        let title = |one: &&Opened| {
            let name = if matches!(one.id, DocumentId::Template(..)) { "TemplateName" } else { "Name" };
            one.value[name].as_str() == Some(wanted)
        };
        there.documents.iter().filter(|one| fits(&one.id)).filter(title).collect()
    };
    let missing = |what: &str, name: &str, place: &str| {
        not_found(format!("{place} has no {what} `{name}`"), format!("check the name of the {what}"))
    };
    for (here, wanted) in &instead.segments {
        let from = match project.segment(here) {
            Some((id, _)) => id.clone(),
            None => return Err(missing("segment", here, "the project")),
        };
        let found = on_target(wanted, &|id| matches!(id, DocumentId::Segment(_)));
        let Some(found) = found.first() else { return Err(missing("segment", wanted, "the target")) };
        let former = project.documents.get(&from).and_then(|value| value["Id"].as_str()).map(str::to_owned);
        let to = found.value["Id"].as_str().unwrap_or(wanted).to_owned();
        for (id, document) in project.documents.iter_mut() {
            model::references::segment_references(id, document, &mut |reference| {
                if *reference == from.name() || former.as_ref() == Some(reference) {
                    reference.clone_from(&to);
                }
            });
        }
        project.documents.remove(&from);
        project.documents.insert(DocumentId::Segment(to), found.value.clone());
    }
    for (here, wanted) in &instead.templates {
        let found = on_target(wanted, &|id| matches!(id, DocumentId::Template(..)));
        if found.is_empty() {
            return Err(missing("template", wanted, "the target"));
        }
        for (id, document) in project.documents.iter_mut() {
            model::references::template_references(id, document, &mut |kind, name| {
                let is_there =
                    found.iter().any(|one| matches!(one.id, DocumentId::Template(other, _) if other == kind));
                if name == here && is_there {
                    name.clone_from(wanted);
                }
            });
        }
        for one in found {
            if let DocumentId::Template(kind, _) = one.id {
                project.documents.insert(DocumentId::Template(kind, wanted.clone()), one.value.clone());
            }
        }
    }
    Ok(project)
}

/// Everything of an application of a target, without a folder.
///
/// # Errors
/// As [`pull`].
pub async fn read(folder: &Path, settings: &Settings, name: &str) -> Outcome<Pulled> {
    let place = target_of(settings, name, None)?;
    let remote = Remote::connect(name, &place).await.map_err(target_failure)?;
    let project = Project { settings: settings.clone(), ..Project::default() };
    let id = application(&project, &bindings_of(Some(folder))?, name, &place, &remote).await?;
    publishing::pull(&remote, &id).await.map_err(target_failure)
}
