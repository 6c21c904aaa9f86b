//! `waymark pull` and `waymark copy`.

use std::process::ExitCode;

use workbench::publication::Publication;
use workbench::pull::{Instead, Request, read, rebind};

use crate::arguments::{Copy, Pull};
use crate::commands::publish::{carry_out, show, tell_done};
use crate::commands::{Outcome, count, runtime};
use crate::say;

/// Pulls.
pub fn pull(pull: &Pull) -> Outcome {
    let request = Request {
        folder: pull.dir.clone(),
        target: pull.target.clone(),
        place: workbench::Target {
            region: pull.region.clone(),
            application_id: pull.application_id.clone(),
            endpoint_url: pull.endpoint_url.clone(),
            profile: pull.profile.clone(),
            ..workbench::Target::default()
        },
        replace: pull.replace,
        endpoints: pull.endpoints.as_deref(),
        role: pull.role.as_deref(),
    };
    let done = runtime()?.block_on(workbench::pull::pull(&request))?;
    say::result(&format!(
        "{}: {} of application {}, {} written",
        pull.dir.display(),
        count(done.documents, "document"),
        done.application,
        count(done.written, "file")
    ));
    if let Some((endpoints, place)) = done.endpoints {
        say::result(&format!("{endpoints} endpoints are in {place}"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Copies.
pub fn copy(copy: &Copy) -> Outcome {
    let folder = workbench::folder::read(&copy.dir)?;
    let settings = folder.project.settings;
    let runtime = runtime()?;
    let here = runtime.block_on(read(&copy.dir, &settings, &copy.from))?;
    let mut project = workbench::Project { settings: settings.clone(), ..workbench::Project::default() };
    project.documents = here.documents.into_iter().map(|opened| (opened.id, opened.value)).collect();
    let instead = Instead { segments: copy.segments.clone(), templates: copy.templates.clone() };
    if !(instead.segments.is_empty() && instead.templates.is_empty()) {
        let there = runtime.block_on(read(&copy.dir, &settings, &copy.to))?;
        project = rebind(&project, &there, &instead)?;
    }
    let publication = Publication {
        project,
        folder: None,
        journeys: copy.journeys.clone(),
        campaigns: copy.campaigns,
        target: copy.to.clone(),
        activate: false,
        terms: workbench::publication::Terms::default(),
    };
    if copy.plan {
        let view = runtime.block_on(publication.plan(None))?;
        show(&view, copy.format);
        return Ok(if view.obstacles.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    tell_done(&carry_out(&publication, &runtime)?, copy.format);
    Ok(ExitCode::SUCCESS)
}
