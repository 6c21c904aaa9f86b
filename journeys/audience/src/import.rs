//! Pinpoint's import formats, CSV and JSON lines, into the store (segments-and-endpoints.md 3).
//!
//! A row that does not fit is left out with a [`RowProblem`]; the others go in. Rows merge as `UpdateEndpoint` does, in
//! the order of the file. A byte order mark and CRLF are accepted.

mod batch;
mod csv;
mod json;
mod list;
mod mapping;
mod quick;
mod rows;
mod scan;

use crate::draft::RowProblem;
use crate::people::People;

pub use list::list;
pub use mapping::{Columns, MappedRow, Mapping, channel_of, look, members};
pub use rows::Rows;

/// Reads a CSV file: a header of dotted names (`User.UserAttributes.Plan`), one endpoint a line, quoting as in RFC 4180.
///
/// A repeated header column gives an attribute several values; a blank cell means "not given". An unknown column is a
/// problem of line 1, and the rest of the file is still read. With `User.UserId` as the only column, several ids may
/// stand on a line, separated by spaces.
pub fn csv(text: &str) -> (People, Vec<RowProblem>) {
    new(text, csv_into)
}

/// Reads a JSON file: one `EndpointRequest` a line, with its `Id` beside the other members.
///
/// Also one document with a list of endpoints (`[…]`, `{"Item": […]}`, or such an object under one more name), as the
/// command line tools print it.
pub fn json_lines(text: &str) -> (People, Vec<RowProblem>) {
    new(text, json_lines_into)
}

/// Reads a file of either format: by the ending of its name (`.csv`; `.json`, `.jsonl`, `.ndjson`), else by its first
/// character.
pub fn any(file_name: &str, text: &str) -> (People, Vec<RowProblem>) {
    if is_json(file_name, text) { json_lines(text) } else { csv(text) }
}

/// The text of a file, for the functions here.
///
/// # Errors
/// A problem of the line that is not UTF-8, or of a compressed file (segments-and-endpoints.md 3 and 6, I001).
pub fn text(bytes: &[u8]) -> Result<&str, RowProblem> {
    if bytes.starts_with(&[0x1f, 0x8b]) || bytes.starts_with(b"PK\x03\x04") {
        return Err(RowProblem::new("", "the file is compressed; unpack it first"));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        let column = before.len() - memchr::memrchr(b'\n', before).map_or(0, |end| end + 1) + 1;
        RowProblem::new("", format!("byte {column} of the line is not UTF-8; store the file as UTF-8")).at(line)
    })
}

/// As [`csv`], into a store that may hold endpoints already.
pub fn csv_into(people: &mut People, text: &str) -> Vec<RowProblem> {
    csv::read(people, bare(text))
}

/// As [`json_lines`], into a store that may hold endpoints already.
pub fn json_lines_into(people: &mut People, text: &str) -> Vec<RowProblem> {
    json::read(people, bare(text))
}

/// As [`any`], into a store that may hold endpoints already.
pub fn any_into(people: &mut People, file_name: &str, text: &str) -> Vec<RowProblem> {
    if is_json(file_name, text) { json_lines_into(people, text) } else { csv_into(people, text) }
}

fn new(text: &str, read: fn(&mut People, &str) -> Vec<RowProblem>) -> (People, Vec<RowProblem>) {
    let mut people = People::default();
    let problems = read(&mut people, text);
    people.shrink();
    (people, problems)
}

fn is_json(file_name: &str, text: &str) -> bool {
    match file_name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).as_deref() {
        Some("csv") => false,
        Some("json" | "jsonl" | "ndjson") => true,
        _ => bare(text).trim_start().starts_with(['{', '[']),
    }
}

fn bare(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}
