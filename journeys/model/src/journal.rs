//! The journal of a project that is being edited: what is not in the files yet, and the undo and redo lists.
//!
//! A journal is lines of JSON. The first, the [`Start`], says what the files were and how the state then differed from
//! them; each further one is an [`Entry`], appended as it happens. [`replay`] makes the state and both lists from the
//! files and the lines. A line without its line feed was being written when the program ended, and does not count.
//!
//! A journal is applied only to the files that it was written beside: [`Misfit`] says when they are others.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::edit::{self, Change, Edit};
use crate::history::{Act, History};
use crate::path::Path;
use crate::project::{DocumentId, Project, Settings};
use crate::time::Millis;

/// The form of the lines; another number is another program's.
const VERSION: u32 = 1;

/// A line of a journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Line {
    /// The first.
    Start(Box<Start>),
    /// Each further one.
    Entry(Entry),
}

/// What was done, and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Millis,
    /// What.
    pub act: Act,
}

/// What a journal starts from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Start {
    version: u32,
    /// When the state was last changed before.
    pub at: Millis,
    /// Settings of a project that has no folder; `None` = those of the folder count.
    pub settings: Option<Settings>,
    /// Fingerprint of each document in the files.
    files: BTreeMap<DocumentId, u64>,
    /// Documents that are not as in the files; `None` = the document is gone.
    changed: BTreeMap<DocumentId, Option<Value>>,
    /// Settings that are not as in `waymark.toml`: they apply to whatever else is in it by now.
    #[serde(default)]
    set: Vec<Change>,
    history: History,
}

/// A project that is being edited.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Session {
    /// Its state.
    pub project: Project,
    /// What can be taken back.
    pub history: History,
}

/// What a journal gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Replayed {
    /// The state and the lists.
    pub session: Session,
    /// When the state was last changed.
    pub at: Millis,
    /// Bytes of the whole lines; what stands behind them is torn.
    pub whole: usize,
}

/// Why a journal is not applied.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Misfit {
    /// A line says nothing that can be done.
    #[error("line {line} of the journal is damaged: {why}")]
    Damaged {
        /// From 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// Another program's form of lines.
    #[error("the journal has form {0}, and this program knows form {VERSION}")]
    Version(u32),
    /// Files are not those that the journal was written beside.
    #[error("these changed meanwhile: {}", names(.0))]
    Files(Vec<DocumentId>),
}

fn names(documents: &[DocumentId]) -> String {
    documents.iter().map(|id| format!("`{}`", id.file())).collect::<Vec<_>>().join(", ")
}

impl Start {
    /// Starts a journal at `session`, beside `files`; `settings` are those of a project without a folder.
    pub fn of(session: &Session, files: &Project, settings: Option<Settings>, at: Millis) -> Start {
        let set = match settings {
            Some(_) => Vec::new(),
            None => edit::settings(&files.settings, &session.project.settings),
        };
        Start {
            version: VERSION,
            at,
            settings,
            set,
            files: files.documents.iter().map(|(id, value)| (id.clone(), fingerprint(value))).collect(),
            changed: changed(files, &session.project),
            history: session.history.clone(),
        }
    }

    /// Documents that are neither as this journal knows the files nor as it has them itself: a save that was cut short
    /// leaves some of each.
    fn misfits(&self, files: &Project) -> Vec<DocumentId> {
        let ids: BTreeSet<&DocumentId> = files.documents.keys().chain(self.files.keys()).collect();
        let fits = |id: &DocumentId| {
            let there = files.documents.get(id).map(fingerprint);
            there == self.files.get(id).copied()
                || self.changed.get(id).is_some_and(|mine| there == mine.as_ref().map(fingerprint))
        };
        ids.into_iter().filter(|id| !fits(id)).cloned().collect()
    }
}

/// Documents of `after` that are not as in `before`; `None` = it is not in `after`.
pub fn changed(before: &Project, after: &Project) -> BTreeMap<DocumentId, Option<Value>> {
    let gone = before.documents.keys().filter(|id| !after.documents.contains_key(id)).map(|id| (id.clone(), None));
    let differs = after.documents.iter().filter(|(id, value)| before.documents.get(id) != Some(*value));
    gone.chain(differs.map(|(id, value)| (id.clone(), Some(value.clone())))).collect()
}

/// Puts documents into a project, or takes them away.
pub fn put(project: &mut Project, changed: BTreeMap<DocumentId, Option<Value>>) {
    for (id, value) in changed {
        match value {
            Some(value) => project.documents.insert(id, value),
            None => drop(project.documents.remove(&id)),
        }
    }
}

/// The edit that makes documents and settings of `from` those of `to`.
pub fn edit_to(label: impl Into<String>, from: &Project, to: &Project) -> Edit {
    let mut edit = changed(from, to).into_iter().fold(Edit::new(label), |edit, (id, value)| match value {
        Some(value) => edit.set(&id, Path::default(), value),
        None => edit.remove(&id, Path::default()),
    });
    edit.changes.extend(edit::settings(&from.settings, &to.settings));
    edit
}

/// A line as it stands in the journal, with its line feed.
///
/// # Errors
/// When the line can not be written as JSON.
pub fn write(line: &Line) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string(line)?;
    text.push('\n');
    Ok(text)
}

/// The state and the lists that `journal` says, beside `files`.
///
/// # Errors
/// When the journal is damaged, or is not one of these files.
pub fn replay(journal: &[u8], files: &Project) -> Result<Replayed, Misfit> {
    let whole = journal.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
    let mut lines = journal[..whole].split_inclusive(|byte| *byte == b'\n').enumerate();
    let damaged = |index: usize, why: &dyn ToString| Misfit::Damaged { line: index + 1, why: why.to_string() };
    let read = |(index, line): (usize, &[u8])| serde_json::from_slice(line).map_err(|error| damaged(index, &error));
    let Some(first) = lines.next() else { return Err(damaged(0, &"it is not whole")) };
    let Line::Start(start) = read(first)? else { return Err(damaged(0, &"it is no start")) };
    if start.version != VERSION {
        return Err(Misfit::Version(start.version));
    }
    let misfits = start.misfits(files);
    if !misfits.is_empty() {
        return Err(Misfit::Files(misfits));
    }
    let mut session = Session { project: files.clone(), history: start.history };
    put(&mut session.project, start.changed);
    if let Some(settings) = start.settings {
        session.project.settings = settings;
    }
    let set = Edit { label: String::new(), changes: start.set };
    session.project.apply(&set).map_err(|error| damaged(0, &error))?;
    let mut at = start.at;
    for (index, line) in lines {
        let Line::Entry(entry) = read((index, line))? else { return Err(damaged(index, &"a second start")) };
        session.history.act(&mut session.project, &entry.act).map_err(|error| damaged(index, &error))?;
        at = entry.at;
    }
    Ok(Replayed { session, at, whole })
}

/// A number that differs for documents that differ. The order of members does not count, as it does not for `==`.
pub fn fingerprint(value: &Value) -> u64 {
    // FNV-1a: short, and the same in every build, which the standard library's hash does not promise.
    let mut hash = 0xcbf2_9ce4_8422_2325;
    feed(&mut hash, value);
    hash
}

fn feed(hash: &mut u64, value: &Value) {
    let mut bytes = |kind: u8, bytes: &[u8]| {
        let length = (bytes.len() as u64).to_le_bytes();
        for byte in [kind].iter().chain(&length).chain(bytes) {
            *hash = (*hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    match value {
        Value::Null => bytes(0, &[]),
        Value::Bool(flag) => bytes(1, &[u8::from(*flag)]),
        Value::Number(number) => bytes(2, number.to_string().as_bytes()),
        Value::String(text) => bytes(3, text.as_bytes()),
        Value::Array(list) => {
            bytes(4, &(list.len() as u64).to_le_bytes());
            list.iter().for_each(|value| feed(hash, value));
        }
        Value::Object(object) => {
            bytes(5, &(object.len() as u64).to_le_bytes());
            let sorted: BTreeMap<&String, &Value> = object.iter().collect();
            for (name, value) in sorted {
                feed(hash, &Value::String(name.clone()));
                feed(hash, value);
            }
        }
    }
}
