//! `waymark simulate campaigns/NAME.json`: a campaign to people.

use std::process::ExitCode;
use std::time::Instant;

use bridge::{CampaignRun, Outcome as Counted};
use serde_json::json;
use workbench::campaign::Campaign;

use crate::arguments::{Format, Simulate};
use crate::commands::{Outcome, count, json as text_of};
use crate::say;

/// Runs printed in full; the totals count all.
const RUNS: usize = 20;

/// Simulates, and prints the counts and the story of the person that was asked for.
pub fn run(simulate: &Simulate, campaign: &Campaign) -> Outcome {
    let began = Instant::now();
    let run = campaign.run(&mut |_| {});
    let story = simulate.trace.as_deref().map(|person| campaign.story(person)).transpose()?;
    if simulate.format == Format::Json {
        say::result(&text_of(&json!({ "run": run, "story": story })));
        return Ok(ExitCode::SUCCESS);
    }
    say_counts(&run);
    for note in &run.notes {
        let at = if note.path.0.is_empty() { String::new() } else { format!(" ({})", note.path) };
        say::result(&format!("note: {}{at}", note.text));
    }
    if let Some(story) = &story {
        say::result(&format!("\nstory of {}", story.person));
        for step in &story.steps {
            say::result(&format!("  {}  {}", workbench::instant(step.at), step.text));
        }
    }
    say::note(&format!("trace hash {:016x}, {:.2} s", run.trace_hash, began.elapsed().as_secs_f64()));
    Ok(ExitCode::SUCCESS)
}

fn say_counts(run: &CampaignRun) {
    let number = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    say::result(&format!(
        "campaign `{}`, {} to {}, {}",
        run.campaign,
        workbench::instant(run.start),
        workbench::instant(run.end),
        run.status
    ));
    say::result(&format!(
        "{}, {}, {}",
        count(number(run.endpoints), "endpoint"),
        count(run.runs.len(), "run"),
        count(number(run.messages), "message")
    ));
    let several = run.treatments.len() > 1;
    for treatment in run.treatments.iter().filter(|_| several) {
        let name = treatment.name.as_deref().map(|name| format!(" `{name}`")).unwrap_or_default();
        let messages = count(number(treatment.messages), "message");
        say::result(&format!("treatment {}{name}, {} %: {messages}", treatment.treatment, treatment.percent));
    }
    say::result("");
    say::result(&format!("{:>4} {:22} {:>9} {:>9}", "run", "scheduled", "produced", "messages"));
    for of_run in run.runs.iter().take(RUNS) {
        let treatment = if several { format!("  treatment {}", of_run.treatment) } else { String::new() };
        let zones = match of_run.zones {
            0 => String::new(),
            zones => format!("  {} of {}", of_run.zones_done, count(zones as usize, "time zone")),
        };
        say::result(&format!(
            "{:>4} {:22} {:>9} {:>9}{treatment}{zones}",
            of_run.number,
            workbench::instant(of_run.scheduled),
            of_run.produced,
            of_run.messages
        ));
        say_outcomes(&of_run.outcomes);
    }
    if run.runs.len() > RUNS {
        say::result(&format!("     … and {} more; `--format json` has them all", count(run.runs.len() - RUNS, "run")));
    }
}

fn say_outcomes(outcomes: &[Counted]) {
    for outcome in outcomes {
        say::result(&format!("       {:29} {:>9}", outcome.name, outcome.count));
    }
}
