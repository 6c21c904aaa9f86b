//! `waymark plan` and `waymark publish`.

use std::path::PathBuf;
use std::process::ExitCode;

use bridge::PlanView;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;
use workbench::publication::{Publication, Terms};

use crate::arguments::{Approve, Format, History, Plan, Publish, Rollback};
use crate::commands::{Outcome, count, json as text_of, runtime};
use crate::say;

/// Shows what publishing would do.
pub fn plan(plan: &Plan) -> Outcome {
    match made(plan) {
        Ok(view) => {
            show(&view, plan.format());
            Ok(match () {
                () if !view.obstacles.is_empty() => ExitCode::from(2),
                () if !view.steps.is_empty() || !view.drift.is_empty() => ExitCode::FAILURE,
                () => ExitCode::SUCCESS,
            })
        }
        Err(failure) => {
            say::problem(&workbench::sentence(&failure));
            Ok(ExitCode::from(2))
        }
    }
}

fn made(plan: &Plan) -> Result<PlanView, bridge::Failure> {
    runtime()?.block_on(publication(plan)?.plan(None))
}

/// Approves a plan, for somebody else to publish it.
pub fn approve(approve: &Approve) -> Outcome {
    let view = made(&approve.plan)?;
    show(&view, approve.plan.format());
    let (folder, target) = (&approve.plan.dir, &approve.plan.target);
    let approval = workbench::history::approve(folder, target, &view.fingerprint, &approve.message)?;
    say::note(&format!("{} approved the plan {}; commit publications/", approval.by, approval.plan));
    Ok(ExitCode::SUCCESS)
}

/// Brings a target back to a former publication.
pub fn roll_back(rollback: &Rollback) -> Outcome {
    let folder = workbench::folder::read(&rollback.dir)?;
    let publication = Publication {
        project: folder.project,
        folder: Some(rollback.dir.clone()),
        journeys: Vec::new(),
        campaigns: false,
        target: rollback.target.clone(),
        activate: false,
        terms: Terms { message: rollback.message.clone(), over_drift: true },
    };
    let mut tell = |sentence: String, done: usize, total: usize| say::note(&format!("[{done}/{total}] {sentence}"));
    let (view, number) = runtime()?.block_on(publication.roll_back(rollback.to, None, &mut tell))?;
    tell_done(&view, Format::Text);
    say::note(&format!("`{}` is as publication {number} left it; the folder stays as it is", rollback.target));
    Ok(ExitCode::SUCCESS)
}

/// Lists what was published.
pub fn history(history: &History) -> Outcome {
    let entries = workbench::history::entries(&history.dir, &history.target)?;
    if history.format == Format::Json {
        let told = |entry: &workbench::history::Entry| {
            json!({"number": entry.number, "at": entry.at, "by": entry.by, "message": entry.message,
                "complete": entry.complete, "approved_by": entry.approved_by, "steps": entry.steps})
        };
        say::result(&text_of(&entries.iter().map(told).collect()));
        return Ok(ExitCode::SUCCESS);
    }
    for entry in &entries {
        let state = if entry.complete { "" } else { " (stopped)" };
        let approved = entry.approved_by.as_ref().map(|by| format!(", approved by {by}")).unwrap_or_default();
        say::result(&format!("{} {} {}{approved}{state}: {}", entry.number, entry.at, entry.by, entry.message));
        entry.steps.iter().for_each(|step| say::result(&format!("    {step}")));
    }
    if entries.is_empty() {
        say::note(&format!("nothing was published to `{}` yet", history.target));
    }
    Ok(ExitCode::SUCCESS)
}

/// Publishes.
pub fn publish(publish: &Publish) -> Outcome {
    let mut publication = publication(&publish.plan)?;
    publication.terms = Terms { message: publish.message.clone(), over_drift: publish.over_drift };
    let runtime = runtime()?;
    let view = carry_out(&publication, &runtime)?;
    if publish.people {
        let folder = publish.plan.dir.clone();
        let (people, _) = workbench::people::endpoints(&folder);
        let loaded = runtime.block_on(publication.load_people(None, &workbench::people::items(&people)))?;
        say::note(&format!("put {loaded} endpoints on {}", view.target));
    }
    tell_done(&view, publish.plan.format());
    Ok(ExitCode::SUCCESS)
}

/// Publishes with a bar of progress.
pub fn carry_out(publication: &Publication, runtime: &tokio::runtime::Runtime) -> Result<PlanView, bridge::Failure> {
    let bar = bar();
    let watched = say::is_watched();
    let mut tell = |sentence: String, done: usize, total: usize| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
        match watched {
            true => bar.println(sentence),
            false => say::note(&format!("[{done}/{total}] {sentence}")),
        }
    };
    let outcome = runtime.block_on(publication.apply(None, &mut tell));
    bar.finish_and_clear();
    outcome
}

/// What was done.
pub fn tell_done(view: &PlanView, format: Format) {
    match format {
        Format::Json => show(view, Format::Json),
        Format::Text => say::result(&format!(
            "{}: {}, {} unchanged",
            view.target,
            match view.steps.len() {
                0 => "nothing to do".to_owned(),
                steps => format!("{} done", count(steps, "step")),
            },
            view.unchanged
        )),
    }
}

fn publication(plan: &Plan) -> Result<Publication, bridge::Failure> {
    let folder = workbench::folder::read(&plan.dir)?;
    folder.refuse_damaged()?;
    let campaigns = plan.named_campaigns.iter().map(|name| format!("campaigns/{name}"));
    Ok(Publication {
        project: folder.project,
        folder: Some(PathBuf::from(&plan.dir)),
        journeys: plan.journeys.iter().cloned().chain(campaigns).collect(),
        campaigns: plan.campaigns,
        target: plan.target.clone(),
        activate: plan.activate,
        terms: Terms::default(),
    })
}

/// What would be done.
pub fn show(view: &PlanView, format: Format) {
    if format == Format::Json {
        say::result(&text_of(&serde_json::to_value(view).unwrap_or_default()));
        return;
    }
    say::result(&format!("target: {}", view.target));
    for step in &view.steps {
        say::result(&format!("{:22} {}", step.operation, step.subject));
        step.words.iter().for_each(|sentence| say::result(&format!("  {sentence}")));
        for (place, before, after) in &step.changes {
            say::result(&format!("  {place}: {before} -> {after}"));
        }
    }
    for drift in &view.drift {
        say::result(&format!("changed there since it was published: {}", drift.subject));
        for (place, published, now) in &drift.changes {
            say::result(&format!("  {place}: {published} -> {now}"));
        }
    }
    for obstacle in &view.obstacles {
        say::result(&format!("in the way: {}", obstacle.message));
        say::result(&format!("  help: {}", obstacle.help));
    }
    let steps = match view.steps.len() {
        0 => "nothing to do".to_owned(),
        steps => count(steps, "step"),
    };
    say::result(&format!("{steps}, {} unchanged", view.unchanged));
    if !view.steps.is_empty() {
        say::note(&format!("plan {}", view.fingerprint));
    }
}

fn bar() -> ProgressBar {
    let target = if say::is_watched() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(None, target);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    bar
}
