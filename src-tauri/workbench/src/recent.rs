//! The projects that were open lately: `recent.json` in the data folder, the newest first.

use std::fs;
use std::path::{Path, PathBuf};

use bridge::{Place, Recent};
use model::Millis;
use serde::{Deserialize, Serialize};

use crate::failure::{Outcome, disk, internal};

/// Most folders that are remembered.
const MOST: usize = 30;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Row {
    folder: String,
    name: String,
    at: Millis,
}

/// The list on the disk. It is read anew each time: other programs write it too.
pub(crate) struct List {
    path: PathBuf,
}

impl List {
    pub fn new(data: &Path) -> List {
        List { path: data.join("recent.json") }
    }

    /// Puts a folder at the top.
    pub fn note(&self, folder: &Path, name: &str, now: Millis) -> Outcome<()> {
        let folder = folder.display().to_string();
        let mut rows = self.rows();
        rows.retain(|row| row.folder != folder);
        rows.insert(0, Row { folder, name: name.to_owned(), at: now });
        rows.truncate(MOST);
        self.write(&rows)
    }

    /// Takes a folder off; the folder itself stays.
    pub fn forget(&self, folder: &str) -> Outcome<()> {
        let mut rows = self.rows();
        rows.retain(|row| row.folder != folder);
        self.write(&rows)
    }

    /// The folders, the newest first.
    pub fn folders(&self) -> Vec<Recent> {
        let recent = |row: Row| Recent {
            missing: !Path::new(&row.folder).is_dir(),
            place: Place::Folder(row.folder),
            name: row.name,
            at: row.at,
        };
        self.rows().into_iter().map(recent).collect()
    }

    /// A list that can not be read is empty: it says nothing that the disk does not say.
    fn rows(&self) -> Vec<Row> {
        fs::read(&self.path).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
    }

    fn write(&self, rows: &[Row]) -> Outcome<()> {
        let text = serde_json::to_string_pretty(rows).map_err(|error| internal(error.to_string()))?;
        files::write(&self.path, text.as_bytes()).map_err(|error| disk("write", &self.path, &error))
    }
}
