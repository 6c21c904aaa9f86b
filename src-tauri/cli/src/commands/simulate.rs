//! `waymark simulate`: people through a journey, on a virtual clock.

use std::process::ExitCode;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;
use workbench::simulate::{Request, of_file};

use crate::arguments::{Format, Simulate};
use crate::commands::{Outcome, count, json as text_of};
use crate::say;

/// Simulates, and prints the counts and the story of the person that was asked for.
pub fn run(simulate: &Simulate) -> Outcome {
    let request = Request { seed: simulate.seed, start: simulate.start.clone(), ..Request::default() };
    let (cohort, problems) =
        of_file(&simulate.journey, simulate.endpoints.as_deref(), simulate.events.as_deref(), request)?;
    for problem in problems.iter().take(5) {
        say::note(&format!("{}:{}: {}", problem.file, problem.line, problem.message));
    }
    if problems.len() > 5 {
        say::note(&format!("… and {} more", count(problems.len() - 5, "problem")));
    }
    let bar = bar(cohort.len() as u64);
    let began = Instant::now();
    let (run, _) = cohort.run(0, &|done| bar.set_position(done));
    bar.finish_and_clear();
    let story = simulate.trace.as_deref().map(|person| cohort.story(person)).transpose()?;
    if simulate.format == Format::Json {
        say::result(&text_of(&json!({ "run": run, "story": story })));
        return Ok(ExitCode::SUCCESS);
    }
    say::result(&format!(
        "journey `{}`, {} to {}, seed {}",
        run.journey,
        workbench::instant(run.start),
        workbench::instant(run.end),
        run.seed
    ));
    say::result(&format!(
        "{} offered, {} entered, {} left, {}",
        count(usize::try_from(run.offered).unwrap_or(usize::MAX), "endpoint"),
        run.entered,
        run.left,
        count(usize::try_from(run.messages).unwrap_or(usize::MAX), "message"),
    ));
    for refused in &run.refused {
        say::result(&format!("  not entered, {}: {}", refused.name, refused.count));
    }
    say::result("");
    say::result(&format!("{:32} {:>9} {:>9} {:>9}", "activity", "entered", "ended", "waiting"));
    for activity in &run.activities {
        say::result(&format!(
            "{:32} {:>9} {:>9} {:>9}",
            activity.id, activity.entered, activity.ended, activity.waiting
        ));
        for outcome in &activity.outcomes {
            say::result(&format!("    {:28} {:>9}", outcome.name, outcome.count));
        }
        for connection in run.connections.iter().filter(|connection| connection.from == activity.id) {
            say::result(&format!("    -> {:25} {:>9}", workbench::slot_words(&connection.slot), connection.count));
        }
    }
    for note in &run.notes {
        let at = if note.path.0.is_empty() { String::new() } else { format!(" ({})", note.path) };
        say::result(&format!("note: {}{at}", note.text));
    }
    if let Some(story) = &story {
        say::result(&format!("\nstory of {}", story.person));
        for step in &story.steps {
            let activity = step.activity.as_deref().unwrap_or("-");
            say::result(&format!("  {}  {:24} {}", workbench::instant(step.at), activity, step.text));
        }
    }
    say::note(&format!("trace hash {:016x}, {:.2} s", run.trace_hash, began.elapsed().as_secs_f64()));
    Ok(ExitCode::SUCCESS)
}

fn bar(length: u64) -> ProgressBar {
    let target = if say::is_watched() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(length), target);
    if let Ok(style) = ProgressStyle::with_template("simulating {bar:30} {pos}/{len} endpoints, {eta} left") {
        bar.set_style(style);
    }
    bar
}
