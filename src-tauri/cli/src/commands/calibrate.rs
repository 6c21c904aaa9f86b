//! `waymark calibrate`: how people respond, learned from recorded events.

use std::process::ExitCode;

use serde_json::json;
use workbench::calibrate::{Request, calibrate, write};

use crate::arguments::{Calibrate, Format};
use crate::commands::{Outcome, json as text_of};
use crate::say;

/// Learns, and writes what was learned to a file or to the standard output; how sure it is, to the standard error output.
pub fn run(arguments: &Calibrate) -> Outcome {
    let request = Request {
        events: arguments.events.clone(),
        least: arguments.least,
        settle: arguments.settle,
        project: arguments.project.clone(),
        segments: arguments.segments.clone(),
    };
    let lesson = calibrate(&request)?;
    super::tell_problems(&lesson.problems);
    let report = &lesson.report;
    say::note(&format!(
        "{} events, {} of no message; {} messages learned from, {} too recent, {} to lost addresses",
        report.events, report.others, report.messages, report.unsettled, report.suppressed
    ));
    report.notes.iter().for_each(|note| say::note(&format!("note: {note}")));
    if let Some(path) = &arguments.out {
        write(&lesson, path)?;
    }
    if arguments.format == Format::Json {
        say::result(&text_of(&json!({ "report": report, "file": lesson.file })));
    } else if arguments.out.is_none() {
        say::raw(&lesson.file);
    }
    Ok(ExitCode::SUCCESS)
}
