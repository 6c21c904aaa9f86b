//! What other programs changed in a project's files.
//!
//! Times and sizes are looked at first; files are read only when one of those is another.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use bridge::OutsideChange;
use model::{Project, comparison, difference};
use serde_json::Value;

use crate::settings_file;

/// Most members of a document that are told.
const MEMBERS: usize = 50;
/// Most characters of a value that are told.
const CHARACTERS: usize = 200;

/// Time and size of every file that can belong to a project, by its path.
pub(crate) type Stamps = BTreeMap<String, (Option<SystemTime>, u64)>;

/// The stamps of a folder now.
pub(crate) fn stamps(folder: &Path) -> Stamps {
    let mut stamps = Stamps::new();
    let mut left: Vec<_> =
        ["journeys", "campaigns", "segments", "templates", settings_file::FILE].map(|name| folder.join(name)).into();
    while let Some(path) = left.pop() {
        let Ok(metadata) = fs::metadata(&path) else { continue };
        if metadata.is_dir() {
            let entries = fs::read_dir(&path).into_iter().flatten().flatten();
            left.extend(
                entries.filter(|entry| !entry.file_name().to_string_lossy().starts_with('.')).map(|e| e.path()),
            );
        } else {
            stamps.insert(path.display().to_string(), (metadata.modified().ok(), metadata.len()));
        }
    }
    stamps
}

/// What differs between the project as it was opened or saved, and as its files are now.
pub(crate) fn changes(opened: &Project, now: &Project) -> Vec<OutsideChange> {
    let mut found = Vec::new();
    if opened.settings != now.settings {
        let texts = [opened, now].map(|project| serde_json::to_value(&project.settings).unwrap_or_default());
        let members = members(&texts[0], &texts[1]);
        found.push(OutsideChange { file: settings_file::FILE.to_owned(), document: None, members });
    }
    for (id, before, after) in comparison::pairs(&opened.documents, &now.documents) {
        let members = match (before, after) {
            (Some(before), Some(after)) => members(before, after),
            _ => vec![(String::new(), text(before), text(after))],
        };
        found.push(OutsideChange { file: id.file(), document: Some(id.clone()), members });
    }
    found
}

/// The first members that differ: place, before, after.
fn members(before: &Value, after: &Value) -> Vec<(String, String, String)> {
    let found = difference::exact(Some(before), Some(after));
    found.iter().take(MEMBERS).map(|one| (one.path.to_string(), text(one.before), text(one.after))).collect()
}

fn text(value: Option<&Value>) -> String {
    let text = difference::text(value);
    match text.char_indices().nth(CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
