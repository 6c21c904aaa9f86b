//! A person's endpoints in the folder's files: taken out and written anew, whole.
//!
//! Rows merge in the order of files, and user attributes belong to all endpoints of a user: a change of one row could be
//! undone by another. So all rows of the person go, and the new ones say everything.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

use audience::{People, import};
use bridge::ChangePerson;
use model::Edit;
use serde_json::Value;

use super::{is_json, list, name};
use crate::Inner;
use crate::contents::Contents;
use crate::failure::{Outcome, bad_input, disk};

/// Where endpoints go that stood in no file of JSON lines.
const NEW: &str = "changed.jsonl";

/// A file with some of the person's rows.
struct Found {
    path: PathBuf,
    text: String,
    /// What goes, in order.
    rows: Vec<Range<usize>>,
    is_json: bool,
}

impl Inner {
    pub(crate) fn change_person(&self, command: ChangePerson) -> Outcome<Edit> {
        change(Path::new(&command.folder), &command.ids, &command.endpoints)
    }
}

fn change(folder: &Path, ids: &[String], endpoints: &[Value]) -> Outcome<Edit> {
    let mut lines = String::new();
    let mut check = People::default();
    for endpoint in endpoints {
        check.push(None, endpoint).map_err(|problem| bad_input(problem.to_string(), "correct it, and save again"))?;
        lines.push_str(&endpoint.to_string());
        lines.push('\n');
    }
    let ids: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
    let people = folder.join("endpoints");
    let mut found = Vec::new();
    for path in list(&people) {
        found.extend(rows_of(path, &ids)?);
    }
    // The new rows come to the place of the first that go; a file of their own where those were in no JSON lines.
    let target = found.iter().position(|file| file.is_json);
    let mut writes: Vec<(PathBuf, String)> = Vec::new();
    for (number, file) in found.iter().enumerate() {
        let mut text = String::with_capacity(file.text.len());
        let mut at = 0;
        for (place, row) in file.rows.iter().enumerate() {
            text.push_str(&file.text[at..row.start]);
            if place == 0 && Some(number) == target {
                if !text.is_empty() && !text.ends_with('\n') {
                    text.push('\n');
                }
                text.push_str(&lines);
            }
            at = row.end;
        }
        text.push_str(&file.text[at..]);
        writes.push((file.path.clone(), text));
    }
    if let Some(target) = target {
        // The file that gains is written first: whatever happens then, nobody is lost.
        writes.swap(0, target);
    } else if !lines.is_empty() {
        let path = people.join(NEW);
        let place = writes.iter().position(|(known, _)| *known == path);
        let mut text = match place {
            Some(place) => writes.remove(place).1,
            None => std::fs::read_to_string(&path).unwrap_or_default(),
        };
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        writes.insert(0, (path, text + &lines));
    }
    let kept = Contents::keep(folder, writes.iter().map(|(path, _)| format!("endpoints/{}", name(path))))?;
    for (path, text) in &writes {
        files::write(path, text.as_bytes()).map_err(|error| disk("write", path, &error))?;
    }
    kept.step(match (ids.is_empty(), endpoints.is_empty()) {
        (true, _) => "Add a person",
        (_, true) => "Remove a person",
        _ => "Change a person",
    })
}

/// The rows of a file that are about these endpoints; `None` = there are none.
fn rows_of(path: PathBuf, ids: &BTreeSet<&str>) -> Outcome<Option<Found>> {
    let shown = format!("endpoints/{}", name(&path));
    let bytes = std::fs::read(&path).map_err(|error| disk("read", &path, &error))?;
    let Ok(text) = import::text(&bytes) else { return Ok(None) };
    let is_json = is_json(&path, text);
    let starts: Vec<usize> = std::iter::once(0)
        .chain(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1))
        .collect();
    let start = |line: usize| starts.get(line - 1).copied().unwrap_or(text.len());
    // Line, and whose row it is; `None` = a row that can not be read, which stays.
    let mut rows: Vec<(usize, Option<String>)> = Vec::new();
    let mut take = |line: usize, row: Result<audience::Update<'_>, audience::RowProblem>| {
        let id = row.ok().map(|row| row.id().map_or_else(|| row.stable_id(), str::to_owned));
        rows.push((line, id));
    };
    if is_json {
        if is_one_document(text) {
            let holds = import::json_lines(text).0.rows().any(|row| ids.contains(row.id()));
            return if holds { Err(by_hand(&shown, "is one JSON document")) } else { Ok(None) };
        }
        import::Rows::json().each(text, 1, &mut take);
    } else {
        let header = text.split_inclusive('\n').next().unwrap_or_default();
        let Ok(mut reader) = import::Rows::csv(header.trim_end_matches(['\r', '\n'])) else {
            let holds = import::csv(text).0.rows().any(|row| ids.contains(row.id()));
            return if holds { Err(by_hand(&shown, "has a column that is unknown")) } else { Ok(None) };
        };
        reader.each(&text[header.len()..], 2, &mut take);
    }
    let is_theirs = |(_, id): &(usize, Option<String>)| id.as_deref().is_some_and(|id| ids.contains(id));
    if !rows.iter().any(is_theirs) {
        return Ok(None);
    }
    let mut ranges = Vec::new();
    for (number, row) in rows.iter().enumerate().filter(|(_, row)| is_theirs(row)) {
        let others = rows.iter().any(|(line, id)| *line == row.0 && id != &row.1);
        if others {
            return Err(by_hand(&shown, &format!("has several users in line {}", row.0)));
        }
        let end = rows.get(number + 1).map_or(text.len(), |(line, _)| start(*line));
        ranges.push(start(row.0)..end);
    }
    ranges.dedup();
    let text = text.to_owned();
    Ok(Some(Found { path, text, rows: ranges, is_json }))
}

/// Whether the text is a list, or one object over several lines.
fn is_one_document(text: &str) -> bool {
    let first = text.trim_start_matches('\u{feff}').trim_start();
    let line = first.lines().next().unwrap_or_default();
    first.starts_with('[') || (first.starts_with('{') && serde_json::from_str::<Value>(line).is_err())
}

fn by_hand(file: &str, why: &str) -> bridge::Failure {
    bad_input(
        format!("this person stands in `{file}`, which {why}"),
        "change that file by hand, or turn it into JSON lines",
    )
}
