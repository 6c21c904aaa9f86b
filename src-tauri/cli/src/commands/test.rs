//! `waymark test`: what the journeys of a project must do, and whether they do.

use std::path::Path;
use std::process::ExitCode;

use bridge::FailureCode;
use serde_json::{Value, json};
use workbench::testing::{Report, Tested, Testing, Verdict, Written, junit};

use crate::arguments::{Format, Test};
use crate::commands::{Outcome, count, failure, json as text_of};
use crate::say;

/// Most steps of a story that are shown.
const MOST_STEPS: usize = 30;

/// Runs the expectations and promises of a project, after writing some if asked to.
pub fn run(test: &Test) -> Outcome {
    let testing = Testing::of(&test.dir)?;
    let written = if test.generate { Some(testing.generate()?) } else { None };
    let report = testing.run();
    match test.format {
        Format::Text => {
            if let Some(written) = &written {
                say_written(written);
            }
            say_text(&test.dir, &report);
        }
        Format::Json => say::result(&text_of(&to_json(&report, written.as_ref()))),
    }
    if let Some(file) = &test.junit {
        std::fs::write(file, junit(&report))
            .map_err(|error| failure(FailureCode::Disk, format!("could not write `{}`: {error}", file.display())))?;
    }
    Ok(match () {
        () if !report.unreadable.is_empty() || report.count(Verdict::Broken) > 0 => ExitCode::from(2),
        () if report.count(Verdict::Failed) > 0 => ExitCode::FAILURE,
        () => ExitCode::SUCCESS,
    })
}

fn say_written(written: &Written) {
    say::note(&format!(
        "wrote {}: {}",
        written.file,
        match written.people {
            1 => "one person, for the only path that can be taken".to_owned(),
            people => format!("{people} people, one for each path that can be taken"),
        }
    ));
    for impossible in &written.impossible {
        say::result(&format!("{}: nobody can take {}", impossible.journey, impossible.path));
        say::result(&format!("  because {}", impossible.reason));
    }
    written.cut.iter().chain(&written.broken).for_each(|text| say::note(text));
}

fn say_text(dir: &Path, report: &Report) {
    for problem in &report.unreadable {
        say::result(&format!("{}: {}", place(dir, &problem.file, problem.line), problem.message));
    }
    let mut file = "";
    for outcome in &report.outcomes {
        if outcome.file != file {
            file = &outcome.file;
            say::result(file);
        }
        say_outcome(dir, outcome);
    }
    let mut file = String::new();
    for kept in &report.promises {
        let heading = format!("{}, promises of {}", kept.file, kept.journey);
        if heading != file {
            say::result(&heading);
            file = heading;
        }
        let lives = format!("{} lives", kept.lives);
        match kept.verdict {
            Verdict::Passed => say::result(&format!("  ok    {} (held in {lives})", kept.promise)),
            verdict => {
                say::result(&format!("  {}  {}", mark(verdict), kept.promise));
                say::result(&format!("        {}: {}", place(dir, &kept.file, kept.line), kept.message));
            }
        }
        if let Some(broken) = &kept.broken {
            say_story(&broken.story);
            say::result("        to keep it, put this into a file of expectations:");
            broken.again.lines().for_each(|line| say::result(format!("          {line}").trim_end()));
        }
    }
    for coverage in &report.coverage {
        say::result(&format!(
            "{}: {} of {} connections and outcomes taken, {} %",
            coverage.journey,
            coverage.taken,
            coverage.all,
            coverage.percent()
        ));
        if coverage.taken > 0 {
            coverage.missing.iter().for_each(|missing| say::result(&format!("  never taken: {missing}")));
        }
    }
    if report.outcomes.is_empty() && report.promises.is_empty() && report.unreadable.is_empty() {
        say::note(
            "nothing to test: write expectations/NAME.toml, or let `waymark test --generate` write one person for each path",
        );
        return;
    }
    let mut summary = format!("{} passed", report.count(Verdict::Passed));
    for (verdict, word) in [(Verdict::Failed, "failed"), (Verdict::Broken, "could not be asked")] {
        match report.count(verdict) {
            0 => {}
            number => summary += &format!(", {number} {word}"),
        }
    }
    if !report.unreadable.is_empty() {
        summary +=
            &format!(", {}", count(report.unreadable.len(), "problem") + " in files that could not be read whole");
    }
    say::note(&summary);
}

fn say_outcome(dir: &Path, outcome: &Tested) {
    say::result(&format!("  {}  {}", mark(outcome.verdict), outcome.name));
    for failed in &outcome.failed {
        say::result(&format!("        {}: {}", place(dir, &outcome.file, failed.line), failed.message));
        say_story(&failed.story);
    }
}

fn say_story(story: &[workbench::testing::StoryStep]) {
    for step in story.iter().take(MOST_STEPS) {
        say::result(&format!("          {}  {}", workbench::instant(step.at), step.text));
    }
    if story.len() > MOST_STEPS {
        say::result(&format!("          and {} more", count(story.len() - MOST_STEPS, "step")));
    }
}

fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "ok  ",
        Verdict::Failed => "FAIL",
        Verdict::Broken => "????",
    }
}

/// A place as editors know it, from where the command was given.
fn place(dir: &Path, file: &str, line: usize) -> String {
    let file = if dir == Path::new(".") { Path::new(file).to_path_buf() } else { dir.join(file) };
    format!("{}:{line}", file.display())
}

fn to_json(report: &Report, written: Option<&Written>) -> Value {
    let coverage = report.coverage.iter().map(|coverage| {
        json!({
            "journey": coverage.journey,
            "taken": coverage.taken,
            "all": coverage.all,
            "percent": coverage.percent(),
            "missing": coverage.missing,
        })
    });
    let mut out = json!({
        "passed": report.count(Verdict::Passed),
        "failed": report.count(Verdict::Failed),
        "broken": report.count(Verdict::Broken),
        "outcomes": report.outcomes,
        "promises": report.promises,
        "coverage": coverage.collect::<Vec<_>>(),
        "unreadable": report.unreadable,
    });
    if let Some(written) = written {
        out["generated"] = json!(written);
    }
    out
}
