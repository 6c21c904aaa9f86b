//! The journal of a project: what was done and is not saved, and undo and redo of it.

use std::collections::BTreeMap;

use model::journal::Entry;
use model::{DocumentId, Edit, History, Millis, Project, Settings};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a journal brought back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// When the state was last changed.
    pub at: Millis,
    /// Documents that are not as in the files; `None` = the document is gone.
    pub changed: BTreeMap<DocumentId, Option<Value>>,
    /// Settings, where they are not as in `waymark.toml`.
    #[serde(default)]
    pub settings: Option<Settings>,
    /// What can be taken back and carried out again.
    pub history: History,
}

/// Starts the journal of a project that the machine did not open from a folder.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StartJournal {
    /// Its folder; `None` = it has none yet, and the journal stands among what the program keeps.
    pub folder: Option<String>,
    /// The project as it is.
    pub project: Project,
    /// What can be taken back and carried out again.
    pub history: History,
}

// The number of the journal.
command!(StartJournal, "start-journal" => u64);

/// Puts what was done into the journal; it is on the disk when the answer comes. Answers whether the lists of undo and redo have
/// become so long that [`Shelve`] is to take some out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Keep {
    /// The number of the journal.
    pub journal: u64,
    /// How many entries this window put into it before; those that are there already are not put in twice.
    pub first: u64,
    /// What was done.
    pub entries: Vec<Entry>,
}

command!(Keep, "keep" => bool);

/// Puts the oldest steps of undo and redo where [`AskOlder`] finds them, so that memory does not grow with the lists. Nothing may
/// be done before the answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Shelve {
    /// The number of the journal.
    pub journal: u64,
}

command!(Shelve, "shelve" => Shelved);

/// How many of the oldest steps are to be taken out of the lists in the window, and the bytes of those that are older then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shelved {
    /// Of the undo list.
    pub undo: (u64, u64),
    /// Of the redo list.
    pub redo: (u64, u64),
}

/// Brings the former or later contents of files of a folder back, as a step of undo or redo says: its [`File`](model::Change::File) changes. Refuses
/// with `WouldLose` what was changed by something else meanwhile.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bring {
    /// The project's folder.
    pub folder: String,
    /// The changes.
    pub changes: Vec<model::Change>,
}

command!(Bring, "bring" => ());

/// Brings older steps of a list of undo or redo that has come to its end in the window. They come before those that are there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AskOlder {
    /// The number of the journal.
    pub journal: u64,
    /// The redo list, not the undo list.
    pub redo: bool,
}

command!(AskOlder, "ask-older" => Older);

/// Older steps, the newest last.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Older {
    /// The steps.
    pub steps: Vec<Edit>,
    /// Bytes of those that are older still.
    pub left: u64,
    /// Whether the lists have become so long that [`Shelve`] is to take some out.
    pub long: bool,
}

/// Throws a journal away: what is not saved is not wanted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ForgetJournal {
    /// The number of the journal.
    pub journal: u64,
}

command!(ForgetJournal, "forget-journal" => ());
