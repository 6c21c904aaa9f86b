//! `waymark plan` and `waymark publish`.

use std::path::PathBuf;
use std::process::ExitCode;

use bridge::PlanView;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use workbench::publication::Publication;

use crate::arguments::{Format, Plan, Publish};
use crate::commands::{Outcome, count, json, runtime};
use crate::say;

/// Shows what publishing would do.
pub fn plan(plan: &Plan) -> Outcome {
    let publication = publication(plan)?;
    let view = runtime()?.block_on(publication.plan(None))?;
    show(&view, plan.format);
    Ok(match view.obstacles.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

/// Publishes.
pub fn publish(publish: &Publish) -> Outcome {
    let publication = publication(&publish.plan)?;
    let runtime = runtime()?;
    let view = carry_out(&publication, &runtime)?;
    if publish.people {
        let folder = publish.plan.dir.clone();
        let (people, _) = workbench::people::endpoints(&folder);
        let loaded = runtime.block_on(publication.load_people(None, &workbench::people::items(&people)))?;
        say::note(&format!("put {loaded} endpoints on {}", view.target));
    }
    tell(&view, publish.plan.format);
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
pub fn tell(view: &PlanView, format: Format) {
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
    })
}

/// What would be done.
pub fn show(view: &PlanView, format: Format) {
    if format == Format::Json {
        say::result(&json(&serde_json::to_value(view).unwrap_or_default()));
        return;
    }
    say::result(&format!("target: {}", view.target));
    for step in &view.steps {
        say::result(&format!("{:22} {}", step.operation, step.subject));
        for (place, before, after) in &step.changes {
            say::result(&format!("  {place}: {before} -> {after}"));
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
}

fn bar() -> ProgressBar {
    let target = if say::is_watched() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(None, target);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    bar
}
