//! JSON lines. The usual line is read by [`quick`]; whatever is unusual in a line (an error, an unknown member, a bare text
//! for a list) is left to the careful reading of [`model::reader`] and [`Draft::of`].

use std::collections::BTreeSet;

use memchr::memchr;
use model::reader;
use serde_json::Value;

use super::batch::Batch;
use super::quick;
use super::scan::about_lines;
use crate::draft::{Draft, RowProblem};
use crate::people::People;
use crate::update::Update;
use crate::write::NewRows;

pub(super) fn read(people: &mut People, text: &str) -> Vec<RowProblem> {
    let mut problems = Vec::new();
    let mut unknown = BTreeSet::new();
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    if first.starts_with('[')
        || (first.starts_with('{') && reader::read(first).value.is_none_or(|v| wraps_a_list(&v)))
        || first == "{"
    {
        document(people, text, &mut problems, &mut unknown);
        return problems;
    }
    people.reserve(about_lines(text), text.len());
    let mut batch = Batch::new();
    let mut members = quick::Members::new();
    let (mut at, mut line_number) = (0, 0);
    while at < text.len() {
        // The search of the library, which is quicker on long lines than that of `lines`.
        let end = memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |length| at + length);
        let line = &text[at..end];
        (at, line_number) = (end + 1, line_number + 1);
        if line.bytes().all(|b| b.is_ascii_whitespace()) {
            continue;
        }
        let full = match quick::read(line, batch.draft(), &mut members) {
            Some(()) => batch.take(line_number),
            None => {
                // In the order of the file.
                batch.write(people, &mut problems);
                if let Err(problem) = careful(people, line, line_number, &mut problems, &mut unknown) {
                    problems.push(problem.at(line_number));
                }
                false
            }
        };
        if full {
            batch.write(people, &mut problems);
            members.find_places(people);
        }
    }
    batch.write(people, &mut problems);
    problems
}

/// Hands the endpoints of lines to `take`, each with its line.
pub(super) fn each(
    members: &mut quick::Members,
    text: &str,
    first: usize,
    take: &mut dyn FnMut(usize, Result<Update<'_>, RowProblem>),
) {
    for (number, line) in text.split('\n').enumerate() {
        if line.bytes().all(|b| b.is_ascii_whitespace()) {
            continue;
        }
        let number = first + number;
        let at = |problem: RowProblem| problem.at(number);
        let mut draft = Draft::default();
        if quick::read(line, &mut draft, members).is_some() {
            take(number, Update::of_row(draft).map_err(at));
            continue;
        }
        match value(line) {
            Ok(Some(value)) => take(number, Draft::of(&value).and_then(Update::of_row).map_err(at)),
            Ok(None) => {}
            Err(problem) => take(number, Err(at(problem))),
        }
    }
}

/// A line as a value; its first problem otherwise.
fn value(line: &str) -> Result<Option<Value>, RowProblem> {
    let reading = reader::read(line);
    match reading.problems.first() {
        Some(problem) => {
            let message = format!("column {}: {}; the line is left out", problem.column, problem.message);
            Err(RowProblem::new(problem.path.to_string(), message))
        }
        None => Ok(reading.value),
    }
}

/// A line as a value, with every problem in it.
fn careful(
    people: &mut People,
    line: &str,
    number: usize,
    problems: &mut Vec<RowProblem>,
    unknown: &mut BTreeSet<String>,
) -> Result<(), RowProblem> {
    match value(line)? {
        Some(value) => endpoint(people, &value, number, problems, unknown),
        None => Ok(()),
    }
}

fn endpoint(
    people: &mut People,
    value: &Value,
    line: usize,
    problems: &mut Vec<RowProblem>,
    unknown: &mut BTreeSet<String>,
) -> Result<(), RowProblem> {
    let draft = Draft::of(value)?;
    for name in &draft.unknown {
        // A whole file has the same unknown member, mostly: say it once.
        if unknown.insert(name.clone()) {
            problems.push(RowProblem::new(name.clone(), "endpoints have no such member; it is not read").at(line));
        }
    }
    people.write(&draft, NewRows::Reachable).map(|_| ())
}

/// Whether the value is not an endpoint but holds a list of them.
fn wraps_a_list(value: &Value) -> bool {
    list_in(value).is_some()
}

fn list_in(value: &Value) -> Option<&Vec<Value>> {
    match value {
        Value::Array(list) => Some(list),
        Value::Object(members) => match members.get("Item") {
            Some(Value::Array(list)) => Some(list),
            _ if members.len() == 1 => members.values().next().and_then(|inner| inner.get("Item")?.as_array()),
            _ => None,
        },
        _ => None,
    }
}

/// The whole text as one document: a list of endpoints, or one endpoint over several lines.
fn document(people: &mut People, text: &str, problems: &mut Vec<RowProblem>, unknown: &mut BTreeSet<String>) {
    let reading = reader::read(text);
    for problem in &reading.problems {
        let message = format!("column {}: {}", problem.column, problem.message);
        problems.push(RowProblem::new(problem.path.to_string(), message).at(problem.line));
    }
    let Some(value) = reading.value else { return };
    let one = std::slice::from_ref(&value);
    for (number, item) in list_in(&value).map_or(one, Vec::as_slice).iter().enumerate() {
        if let Err(mut problem) = endpoint(people, item, 0, problems, unknown) {
            problem.message = format!("endpoint {}: {}", number + 1, problem.message);
            problems.push(problem);
        }
    }
}
