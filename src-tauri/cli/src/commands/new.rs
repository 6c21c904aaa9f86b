//! `waymark new`: a project folder to start from.

use std::process::ExitCode;

use workbench::dump::Report;

use crate::arguments::{Format, New};
use crate::commands::{Outcome, count, json};
use crate::say;

/// Makes the folder, or lists the examples.
pub fn run(new: &New) -> Outcome {
    let Some(dir) = new.dir.as_deref().filter(|_| !new.list) else {
        for example in workbench::examples::Examples::default().list() {
            say::result(&format!("{:20} {}", example.name, example.description));
        }
        return Ok(ExitCode::SUCCESS);
    };
    if !new.from_dump.is_empty() {
        let report = workbench::dump::project(dir, &new.from_dump)?;
        match new.format {
            Format::Json => say::result(&json(&serde_json::to_value(&report).unwrap_or_default())),
            Format::Text => tell(&report),
        }
        say::note(&format!("made `{}` of {}", dir.display(), count(report.documents, "document")));
        return Ok(ExitCode::SUCCESS);
    }
    workbench::new_project(dir, new.from.as_deref())?;
    let shown = dir.display();
    say::note(&format!("made `{shown}`; next: `waymark check {shown}`, `waymark studio {shown}`"));
    Ok(ExitCode::SUCCESS)
}

/// What is missing and what could not be understood.
fn tell(report: &Report) {
    for missing in &report.missing {
        let by: Vec<String> = missing.named_by.iter().map(ToString::to_string).collect();
        say::result(&format!("missing: {} `{}`, named by {}", missing.kind, missing.name, by.join(", ")));
    }
    for listed in &report.listed {
        say::result(&format!("missing: `{listed}`, which a list names"));
    }
    for imported in &report.imported {
        say::result(&format!(
            "not in it: who is in `{imported}`, which was imported from a file: put that file at `{imported}.members.csv`"
        ));
    }
    for problem in &report.problems {
        let place = match problem.line {
            0 => problem.file.clone(),
            line => format!("{}:{line}:{}", problem.file, problem.column),
        };
        say::result(&format!("not understood: {place}: {}", problem.message));
    }
    say::note(&format!(
        "{} of endpoints, {} of events",
        count(report.endpoint_files, "file"),
        count(report.event_files, "file")
    ));
}
