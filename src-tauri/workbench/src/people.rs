//! The sample people of a project folder, and its recorded events.

mod change;
pub(crate) mod fetch;
pub(crate) mod import;
mod invent;
pub(crate) mod lists;
mod page;
pub mod share;

use std::fs;
use std::path::{Path, PathBuf};

use audience::{People, import as reading};
use bridge::FileProblem;
use model::numbers::grouped;

/// Files with these endings hold endpoints or events.
const ENDINGS: &[&str] = &["csv", "json", "jsonl", "ndjson"];

/// "1 person", "12 people".
pub(crate) fn counted(count: u64) -> String {
    format!("{} {}", grouped(count), if count == 1 { "person" } else { "people" })
}

/// Reads the endpoints of a project folder: `endpoints/*.csv` and `*.jsonl`, in the order of their names; and who is on the
/// lists of its imported segments (`segments/*.members.csv`).
pub fn endpoints(folder: &Path) -> (People, Vec<FileProblem>) {
    let files = list(&folder.join("endpoints"));
    let mut people = People::default();
    let mut problems = Vec::new();
    for file in files {
        read_into(&mut people, &file, &format!("endpoints/{}", name(&file)), &mut problems);
    }
    lists::read_into(&mut people, folder, &mut problems);
    people.shrink();
    (people, problems)
}

/// Reads one file of endpoints.
pub fn endpoints_of_file(file: &Path) -> (People, Vec<FileProblem>) {
    let mut people = People::default();
    let mut problems = Vec::new();
    read_into(&mut people, file, &file.to_string_lossy(), &mut problems);
    people.shrink();
    (people, problems)
}

/// Endpoints as the API takes them (`EndpointBatchItem`).
pub fn items(people: &People) -> Vec<serde_json::Value> {
    people.rows().map(|row| publishing::endpoint_item(row.to_json())).collect()
}

fn read_into(people: &mut People, path: &Path, file: &str, problems: &mut Vec<FileProblem>) {
    let problem = |line, message| FileProblem {
        file: file.to_owned(),
        document: None,
        line,
        column: usize::from(line > 0),
        message,
    };
    match fs::read(path) {
        Ok(content) => {
            let rows = match reading::text(&content) {
                Ok(text) => reading::any_into(people, file, text),
                Err(wrong) => vec![wrong],
            };
            problems.extend(rows.into_iter().map(|row| match row.column.is_empty() {
                true => problem(row.line, row.message),
                false => problem(row.line, format!("`{}`: {}", row.column, row.message)),
            }));
        }
        Err(error) => problems.push(problem(0, format!("could not be read: {error}"))),
    }
}

/// The text of every file of events of a project folder, with its name below it, in the order of their names.
pub fn events(folder: &Path) -> (Vec<(String, String)>, Vec<FileProblem>) {
    let mut texts = Vec::new();
    let mut problems = Vec::new();
    for path in list(&folder.join("events")) {
        let file = format!("events/{}", name(&path));
        match fs::read(&path) {
            Ok(content) => texts.push((file, String::from_utf8_lossy(&content).into_owned())),
            Err(error) => problems.push(FileProblem {
                file,
                document: None,
                line: 0,
                column: 0,
                message: format!("could not be read: {error}"),
            }),
        }
    }
    (texts, problems)
}

fn list(folder: &Path) -> Vec<PathBuf> {
    let fits = |path: &PathBuf| {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        path.is_file()
            && !name(path).starts_with('.')
            && ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
    };
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).filter(fits).collect();
    files.sort();
    files
}

/// Whether a file is of JSON lines, by the ending of its name, else by its first character.
fn is_json(path: &Path, text: &str) -> bool {
    match path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).as_deref() {
        Some("csv") => false,
        Some("json" | "jsonl" | "ndjson") => true,
        _ => text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']),
    }
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
