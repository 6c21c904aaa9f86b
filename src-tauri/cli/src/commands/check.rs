//! `waymark check`: what is wrong, with places that editors jump to.

use std::process::ExitCode;

use serde_json::json;
use workbench::check::{Checked, Finding};

use crate::arguments::{Check, Format};
use crate::commands::{Outcome, count, json as text_of};
use crate::say;

/// Checks every path; the worst of them decides the exit code.
pub fn run(check: &Check) -> Outcome {
    let mut all = Checked::default();
    let mut failed = Vec::new();
    for path in &check.paths {
        match workbench::check::check(path) {
            Ok(checked) => {
                all.documents += checked.documents;
                all.unreadable.extend(checked.unreadable);
                all.findings.extend(checked.findings);
            }
            Err(failure) => failed.push(failure),
        }
    }
    match check.format {
        // where nothing could be read, the failures say all
        Format::Text if all.documents == 0 && !failed.is_empty() => {}
        Format::Text => say_text(&all),
        Format::Json => say::result(&text_of(&json!({
            "documents": all.documents,
            "errors": errors(&all.findings),
            "warnings": all.findings.len() - errors(&all.findings),
            "unreadable": all.unreadable,
            "findings": all.findings,
            "failures": failed,
        }))),
    }
    for failure in &failed {
        say::problem(&workbench::sentence(failure));
    }
    Ok(match () {
        () if !failed.is_empty() || !all.unreadable.is_empty() => ExitCode::from(2),
        () if !all.findings.is_empty() => ExitCode::FAILURE,
        () => ExitCode::SUCCESS,
    })
}

fn say_text(all: &Checked) {
    for problem in &all.unreadable {
        say::result(&format!(
            "{}: could not be read whole: {}",
            place(&problem.file, problem.line, problem.column),
            problem.message
        ));
    }
    for found in &all.findings {
        let severity = match found.is_error() {
            true => "error",
            false => "warning",
        };
        say::result(&format!(
            "{}: {severity}[{}]: {}",
            place(&found.file, found.line, found.column),
            found.rule,
            found.message
        ));
        if !found.path.is_empty() {
            say::result(&format!("  at: {}", found.path));
        }
        if !found.help.is_empty() {
            say::result(&format!("  help: {}", found.help));
        }
    }
    let errors = errors(&all.findings);
    say::note(&format!(
        "{} checked: {}, {}{}",
        count(all.documents, "document"),
        count(errors, "error"),
        count(all.findings.len() - errors, "warning"),
        match all.unreadable.len() {
            0 => String::new(),
            n => format!(", {} in files that could not be read whole", count(n, "problem")),
        }
    ));
}

fn errors(findings: &[Finding]) -> usize {
    findings.iter().filter(|found| found.is_error()).count()
}

fn place(file: &str, line: usize, column: usize) -> String {
    match line {
        0 => file.to_owned(),
        _ => format!("{file}:{line}:{column}"),
    }
}
