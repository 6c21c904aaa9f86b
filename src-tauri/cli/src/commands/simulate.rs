//! `waymark simulate`: people through a journey, a campaign to people, or all of a project, on a virtual clock.

mod campaign;
mod whole;
mod words;

use std::process::ExitCode;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;
use workbench::simulate::{Request, STEPS, Waits, of_file, write_series};

use crate::arguments::{Format, Per, Simulate};
use crate::commands::{Outcome, count, json as text_of, tell_problems};
use crate::say;

/// The share of a rate from which on sends come near it.
const NEAR: f64 = 0.8;
/// Most hours that are named.
const BUSIEST: usize = 10;

/// Simulates; prints the counts, what was asked of one person, and how busy it gets; writes the files that were asked for.
pub fn run(simulate: &Simulate) -> Outcome {
    let request = Request {
        seed: simulate.seed,
        start: simulate.start.clone(),
        responses: simulate.responses.as_deref().map(workbench::responses::of_file).transpose()?,
        rates: simulate.rates.iter().cloned().collect(),
        test: simulate.skip_waits.then_some(Waits::Skipped).or(simulate.each_wait),
        ..Request::default()
    };
    let (endpoints, events) = (simulate.endpoints.as_deref(), simulate.events.as_deref());
    if workbench::folder::is_project(&simulate.journey) {
        return whole::run(simulate, request);
    }
    if simulate.days.is_some() && simulate.journey.exists() {
        return Err(bad_input("--days is about a project folder", "name the folder, or leave --days out"));
    }
    if let Some((found, problems)) = workbench::campaign::of_file(&simulate.journey, endpoints, events, &request)? {
        tell_problems(&problems);
        return campaign::run(simulate, &found);
    }
    let (cohort, problems) = of_file(&simulate.journey, endpoints, events, request)?;
    tell_problems(&problems);
    let people = cohort.len() as u64;
    let began = Instant::now();
    let (run, _) = watched("simulating", people, |progress| cohort.run(0, progress));
    let story = simulate.trace.as_deref().filter(|_| simulate.at.is_none());
    let story = story.map(|person| cohort.story(person)).transpose()?;
    let at = match (&simulate.trace, &simulate.at) {
        (Some(person), Some(instant)) => Some(cohort.at(person, instant)?),
        _ => None,
    };
    let bands = simulate.runs.map(|runs| {
        watched("simulating", people.saturating_mul(u64::from(runs)), |progress| cohort.bands(runs, progress))
    });
    if let Some(path) = &simulate.messages {
        let rows = watched("writing", people, |progress| cohort.write_messages(path, simulate.render, progress))?;
        say::note(&format!("{} in `{}`", rows_of(rows), path.display()));
    }
    if let Some(path) = &simulate.record {
        let records = cohort.write_records(path)?;
        say::note(&format!("{records} events in `{}`", path.display()));
    }
    let rates = cohort.rates();
    let (hour, day) = STEPS;
    let hours = (simulate.series.is_some() || *rates != Default::default()).then(|| cohort.series(hour));
    if let Some(path) = &simulate.series {
        let rows = match (simulate.per, &hours) {
            (Per::Hour, Some(hours)) => write_series(hours, path)?,
            _ => write_series(&cohort.series(day), path)?,
        };
        say::note(&format!("{} in `{}`", rows_of(rows), path.display()));
    }
    let busy = hours.map(|hours| hours.busy(rates, NEAR)).unwrap_or_default();
    if simulate.format == Format::Json {
        let whole = json!({ "run": run, "story": story, "at": at, "bands": bands, "busy": busy });
        say::result(&text_of(&whole));
        return Ok(ExitCode::SUCCESS);
    }
    words::run(&run);
    if !busy.is_empty() {
        words::busy(&busy, BUSIEST);
    }
    if let Some(bands) = &bands {
        words::bands(bands);
    }
    if let Some(story) = &story {
        say::result(&format!("\nstory of {}", story.person));
        words::steps(&story.steps);
    }
    if let Some(at) = &at {
        words::person_at(at);
    }
    say::note(&format!("trace hash {:016x}, {:.2} s", run.trace_hash, began.elapsed().as_secs_f64()));
    Ok(ExitCode::SUCCESS)
}

fn bad_input(message: impl Into<String>, help: &str) -> bridge::Failure {
    bridge::Failure { code: bridge::FailureCode::BadInput, message: message.into(), help: help.to_owned() }
}

fn rows_of(rows: u64) -> String {
    count(usize::try_from(rows).unwrap_or(usize::MAX), "row")
}

/// Does something long behind a bar.
fn watched<T>(what: &'static str, length: u64, work: impl FnOnce(&(dyn Fn(u64) + Sync)) -> T) -> T {
    let bar = bar(what, length);
    let done = work(&|done| bar.set_position(done));
    bar.finish_and_clear();
    done
}

fn bar(what: &'static str, length: u64) -> ProgressBar {
    let target = if say::is_watched() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(length), target);
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} endpoints, {eta} left") {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar
}
