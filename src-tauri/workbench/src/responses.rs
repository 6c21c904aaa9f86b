//! Response models in TOML: `[simulation.responses]` of `waymark.toml`, or a file of their own.

use std::path::Path;

use bridge::FileProblem;
use simulation::ResponseModel;
use simulation::response::ResponseFault;
use toml_edit::{Document, Item};

use crate::failure::{Outcome, bad_input, disk};

/// Reads a file of responses.
///
/// # Errors
/// When it can not be read, or is no response model; the message names line and member.
pub fn of_file(path: &Path) -> Outcome<ResponseModel> {
    let text = std::fs::read_to_string(path).map_err(|error| disk("read", path, &error))?;
    let file = path.display().to_string();
    let wrong = |line: usize, message: &str, more: usize| {
        let more = if more > 0 { format!(", and {more} more") } else { String::new() };
        let place = if line > 0 { format!("{file}:{line}") } else { file.clone() };
        bad_input(format!("{place}: {message}{more}"), "correct it; what is not named keeps its default")
    };
    let value: serde_json::Value = toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(0, |span| line_of(&text, span.start));
        wrong(line, error.message().trim(), 0)
    })?;
    ResponseModel::read(&value).map_err(|faults| {
        let problems = problems(&text, &[], &file, &faults);
        let first = problems.first().map(|problem| (problem.line, problem.message.as_str()));
        let (line, message) = first.unwrap_or((0, "is no response model"));
        wrong(line, message, problems.len().saturating_sub(1))
    })
}

/// Faults of a response model that stands below `prefix` in a TOML text, by line and column.
pub fn problems(text: &str, prefix: &[&str], file: &str, faults: &[ResponseFault]) -> Vec<FileProblem> {
    let document = Document::parse(text).ok();
    let root = document.as_ref().map(|document| document.as_item());
    let problem = |fault: &ResponseFault| {
        let at = root.and_then(|root| find(root, prefix, &fault.path));
        let (line, column) = at.map_or((0, 0), |at| crate::settings_file::place(text, at));
        let path: Vec<&str> =
            prefix.iter().copied().chain([fault.path.as_str()]).filter(|part| !part.is_empty()).collect();
        let fault = ResponseFault { path: path.join("."), message: fault.message.clone() };
        FileProblem { file: file.to_owned(), document: None, line, column, message: fault.to_string() }
    };
    let mut problems: Vec<FileProblem> = faults.iter().map(problem).collect();
    problems.sort_by_key(|problem| (problem.line, problem.column));
    problems
}

/// Where the item of a path begins, or the nearest above it that has a place.
fn find(root: &Item, prefix: &[&str], path: &str) -> Option<usize> {
    let mut item = root;
    let mut at = None;
    // `segments[0].channels` is three steps.
    let steps = path.split(['.', '[', ']']).filter(|step| !step.is_empty());
    for step in prefix.iter().copied().chain(steps) {
        let key = item.as_table_like().and_then(|table| table.key(step)).and_then(toml_edit::Key::span);
        let next = match step.parse::<usize>() {
            Ok(number) => item.get(number).or_else(|| item.get(step)),
            Err(_) => item.get(step),
        };
        let Some(next) = next else { break };
        at = key.or_else(|| next.span()).map(|span| span.start).or(at);
        item = next;
    }
    at
}

fn line_of(text: &str, at: usize) -> usize {
    crate::settings_file::place(text, at).0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        let value: serde_json::Value = toml::from_str(text).unwrap();
        let faults = ResponseModel::read(&value["simulation"]["responses"]).unwrap_err();
        let problems = problems(text, &["simulation", "responses"], "waymark.toml", &faults);
        problems.iter().map(|p| format!("{}:{}: {}", p.line, p.column, p.message)).collect()
    }

    #[test]
    fn a_fault_is_placed_in_tables_inline_tables_and_lists() {
        let text = "\
[simulation.responses.channels.email]
open = 1.5
opens = 1
open_delay = { exponential = -3 }
[simulation.responses.activities]
hello = { sms = { failed = 2 } }
[[simulation.responses.segments]]
segment = 'gold'
[[simulation.responses.segments]]
segment = 'old'
channels.push.opened = nan
";
        insta::assert_snapshot!(faults(text).join("\n"));
    }
}
