//! Reversible changes of a project: the only way in which anything changes.
//!
//! An [`Edit`] is a named list of [`Change`]s; [`Project::apply`](crate::Project::apply) carries it out whole or not at
//! all and answers the edit that takes it back. One gesture is one edit is one step of undo.
//!
//! Documents and settings change in memory, and reach the disk with the next save. Files that are no documents (people,
//! expectations) change on the disk at once: a [`Change::File`] only says so, and whoever undoes it has the machine bring
//! the former content back.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::path::{Path, Step};
use crate::project::{DocumentId, Settings};

/// A named, reversible change of a project.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    /// What it does, as undo shows it: "Change wait to 2 days".
    pub label: String,
    /// The changes, carried out in order.
    pub changes: Vec<Change>,
}

/// One change of one document, of the settings, or of a file that is no document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Change {
    /// Puts `value` at `path`, whether something was there or not. A new member goes to `position` among the members of
    /// its object (absent = the end); in a list the index must exist or be its length.
    Set {
        /// The document.
        document: DocumentId,
        /// The place; empty = the whole document.
        path: Path,
        /// What to put there.
        value: Value,
        /// Place of a new member among its siblings, from 0.
        position: Option<usize>,
    },
    /// Inserts `value` into a list before the index that ends `path`.
    Insert {
        /// The document.
        document: DocumentId,
        /// The list and, last, the index; at most the list's length.
        path: Path,
        /// What to insert.
        value: Value,
    },
    /// Takes the member or element at `path` away; nothing happens when it is not there.
    Remove {
        /// The document.
        document: DocumentId,
        /// The place; empty = the whole document.
        path: Path,
    },
    /// Puts `value` at a place of the settings, as they are in JSON.
    Setting {
        /// The place; objects that are missing on the way are made.
        path: Path,
        /// What to put there; `None` takes away what is there, which is the same as null.
        value: Option<Value>,
    },
    /// A file of the folder that is no document had one content and has another. Contents are named by their SHA-256, in
    /// hexadecimal digits; `None` = there was or is no file.
    File {
        /// The file, below the folder.
        file: String,
        /// Its content before.
        from: Option<String>,
        /// Its content after.
        to: Option<String>,
    },
}

/// Why an edit could not be carried out; the project is then as it was.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EditError {
    /// The document is not in the project.
    #[error("there is no document `{0}`")]
    NoDocument(DocumentId),
    /// The object or list that should hold the place does not exist.
    #[error("`{document}` has nothing at `{path}` that could hold the change")]
    NoPlace {
        /// The document.
        document: DocumentId,
        /// The place.
        path: Path,
    },
    /// The settings can not say that.
    #[error("the settings have no such thing at `{path}`: {why}")]
    Setting {
        /// The place.
        path: Path,
        /// What is wrong with it.
        why: String,
    },
}

impl Edit {
    /// An edit of no changes yet.
    pub fn new(label: impl Into<String>) -> Edit {
        Edit { label: label.into(), changes: Vec::new() }
    }

    /// The same, that also puts `value` at `path`; objects missing on the way are not made.
    pub fn set(mut self, document: &DocumentId, path: Path, value: impl Into<Value>) -> Edit {
        self.changes.push(Change::Set { document: document.clone(), path, value: value.into(), position: None });
        self
    }

    /// The same, that also inserts `value` into a list before the index that ends `path`.
    pub fn insert(mut self, document: &DocumentId, path: Path, value: impl Into<Value>) -> Edit {
        self.changes.push(Change::Insert { document: document.clone(), path, value: value.into() });
        self
    }

    /// The same, that also takes away what is at `path`.
    pub fn remove(mut self, document: &DocumentId, path: Path) -> Edit {
        self.changes.push(Change::Remove { document: document.clone(), path });
        self
    }
}

impl Edit {
    /// The changes of files; they are the machine's to carry out.
    pub fn files(&self) -> Vec<Change> {
        self.changes.iter().filter(|change| matches!(change, Change::File { .. })).cloned().collect()
    }
}

/// The changes that make settings `from` those of `to`, each as deep as what differs.
pub fn settings(from: &Settings, to: &Settings) -> Vec<Change> {
    let json = |settings: &Settings| serde_json::to_value(settings).unwrap_or_default();
    let mut changes = Vec::new();
    if from != to {
        differing(&Path::default(), Some(&json(from)), Some(&json(to)), &mut changes);
    }
    changes
}

fn differing(path: &Path, from: Option<&Value>, to: Option<&Value>, changes: &mut Vec<Change>) {
    match (from, to) {
        (Some(Value::Object(from)), Some(Value::Object(to))) => {
            for key in from.keys().chain(to.keys().filter(|key| !from.contains_key(*key))) {
                differing(&path.join(key.as_str()), from.get(key), to.get(key), changes);
            }
        }
        _ if from != to => changes.push(Change::Setting { path: path.clone(), value: said(to).cloned() }),
        _ => {}
    }
}

/// A value, unless it is null.
fn said(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null())
}

/// Puts `value` at a place of `settings`; answers the change that takes it back (`None` = nothing happened).
pub(crate) fn set(settings: &mut Settings, path: &Path, value: Option<&Value>) -> Result<Option<Change>, EditError> {
    let refuse = |why: &dyn ToString| EditError::Setting { path: path.clone(), why: why.to_string() };
    let Some((Step::Key(last), parents)) = path.0.split_last() else { return Err(refuse(&"it is no member")) };
    let mut root = serde_json::to_value(&*settings).map_err(|error| refuse(&error))?;
    let mut parent = &mut root;
    for step in parents {
        let Step::Key(key) = step else { return Err(refuse(&"a list changes as a whole")) };
        let object = parent.as_object_mut().ok_or_else(|| refuse(&"what is around it has no members"))?;
        parent = object.entry(key).or_insert_with(|| Value::Object(Default::default()));
    }
    let object = parent.as_object_mut().ok_or_else(|| refuse(&"what is around it has no members"))?;
    let before = match said(value) {
        Some(value) => object.insert(last.clone(), value.clone()),
        None => object.shift_remove(last),
    };
    let before = before.filter(|before| !before.is_null());
    if before.as_ref() == said(value) {
        return Ok(None);
    }
    *settings = serde_json::from_value(root).map_err(|error| refuse(&error))?;
    Ok(Some(Change::Setting { path: path.clone(), value: before }))
}

/// An edit that puts `value` at `path` in `root`, the whole of `document`, and makes the objects and lists on the way that
/// are missing.
pub fn put(label: impl Into<String>, document: &DocumentId, root: &Value, path: &Path, value: Value) -> Edit {
    let mut depth = 0;
    while depth + 1 < path.0.len() && Path(path.0[..=depth].to_vec()).find(root).is_some_and(|v| !v.is_null()) {
        depth += 1;
    }
    let mut nested = value;
    for step in path.0.iter().skip(depth + 1).rev() {
        nested = match step {
            Step::Key(key) => Value::Object([(key.clone(), nested)].into_iter().collect()),
            Step::Index(_) => Value::Array(vec![nested]),
        };
    }
    Edit::new(label).set(document, Path(path.0.iter().take(depth + 1).cloned().collect()), nested)
}

/// An edit that takes the member at `path` away, and with it the objects around it that would be left empty, up to but
/// not including the first `keep` steps.
pub fn clear(label: impl Into<String>, document: &DocumentId, root: &Value, path: &Path, keep: usize) -> Edit {
    let mut at = path.clone();
    while at.0.len() > keep + 1 {
        let parent = Path(at.0[..at.0.len() - 1].to_vec());
        match parent.find(root) {
            Some(Value::Object(object))
                if matches!(parent.0.last(), Some(Step::Key(_)))
                    && object.keys().all(|key| at.0.last() == Some(&Step::from(key))) =>
            {
                at = parent
            }
            _ => break,
        }
    }
    Edit::new(label).remove(document, at)
}

impl Change {
    /// The document that the change touches, and the place in it; `None` = it touches none.
    pub fn place(&self) -> Option<(&DocumentId, &Path)> {
        match self {
            Change::Set { document, path, .. }
            | Change::Insert { document, path, .. }
            | Change::Remove { document, path } => Some((document, path)),
            Change::Setting { .. } | Change::File { .. } => None,
        }
    }

    /// Changes `root`, the whole document (`None` = it does not exist), and answers the change that takes it back
    /// (`None` = nothing happened). A change that touches no document changes nothing here.
    pub(crate) fn apply(&self, root: &mut Option<Value>) -> Result<Option<Change>, EditError> {
        let Some((document, path)) = self.place() else { return Ok(None) };
        let document = document.clone();
        let Some((last, parents)) = path.0.split_last() else {
            let before = match self {
                Change::Remove { .. } => root.take(),
                Change::Set { value, .. } | Change::Insert { value, .. } => root.replace(value.clone()),
                Change::Setting { .. } | Change::File { .. } => return Ok(None),
            };
            return Ok(match (before, root.is_some()) {
                (None, false) => None,
                (None, true) => Some(Change::Remove { document, path: path.clone() }),
                (Some(value), _) => Some(Change::Set { document, path: path.clone(), value, position: None }),
            });
        };
        let no_place = || EditError::NoPlace { document: document.clone(), path: path.clone() };
        let root = root.as_mut().ok_or_else(|| EditError::NoDocument(document.clone()))?;
        let Some(parent) = find_mut(root, parents) else {
            return if matches!(self, Change::Remove { .. }) { Ok(None) } else { Err(no_place()) };
        };
        let remove = |path: &Path| Change::Remove { document: document.clone(), path: path.clone() };
        match (self, parent, last) {
            (Change::Set { value, position, .. }, Value::Object(object), Step::Key(key)) => {
                if let Some(slot) = object.get_mut(key) {
                    let before = std::mem::replace(slot, value.clone());
                    return Ok(Some(Change::Set { document, path: path.clone(), value: before, position: None }));
                }
                let position = position.unwrap_or(object.len()).min(object.len());
                object.shift_insert(position, key.clone(), value.clone());
                Ok(Some(remove(path)))
            }
            (Change::Set { value, .. }, Value::Array(list), Step::Index(index)) if *index < list.len() => {
                let before = std::mem::replace(&mut list[*index], value.clone());
                Ok(Some(Change::Set { document, path: path.clone(), value: before, position: None }))
            }
            (Change::Set { value, .. } | Change::Insert { value, .. }, Value::Array(list), Step::Index(index))
                if *index <= list.len() =>
            {
                list.insert(*index, value.clone());
                Ok(Some(remove(path)))
            }
            (Change::Remove { .. }, Value::Object(object), Step::Key(key)) => {
                let Some(position) = object.keys().position(|k| k == key) else { return Ok(None) };
                let value = object.shift_remove(key).unwrap_or(Value::Null);
                Ok(Some(Change::Set { document, path: path.clone(), value, position: Some(position) }))
            }
            (Change::Remove { .. }, Value::Array(list), Step::Index(index)) => {
                if *index >= list.len() {
                    return Ok(None);
                }
                let value = list.remove(*index);
                Ok(Some(Change::Insert { document, path: path.clone(), value }))
            }
            (Change::Remove { .. }, _, _) => Ok(None),
            _ => Err(no_place()),
        }
    }
}

fn find_mut<'a>(root: &'a mut Value, steps: &[Step]) -> Option<&'a mut Value> {
    steps.iter().try_fold(root, |value, step| match step {
        Step::Key(key) => value.as_object_mut()?.get_mut(key),
        Step::Index(index) => value.as_array_mut()?.get_mut(*index),
    })
}
