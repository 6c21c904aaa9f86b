//! Writes a project into a folder: only what was changed, and nothing over what nobody has seen.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

use bridge::{FailureCode, Saved};
use model::{DocumentId, Project, text};
use serde_json::Value;

use crate::failure::{Outcome, bad_input, disk, failure};
use crate::folder::Folder;
use crate::settings_file;

/// What a save is asked to do.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The folder; made when it does not exist.
    pub folder: &'a Path,
    /// What is to be in it.
    pub project: &'a Project,
    /// Documents that are to go.
    pub removed: &'a [DocumentId],
    /// Whether files that were damaged when opened may be overwritten; they all are then.
    pub overwrite_damaged: bool,
}

/// Writes what differs from `opened`, the folder as it was last read or written here, and brings `opened` up to date.
///
/// All files are looked at first: when one of them would lose something, nothing is written at all.
///
/// # Errors
/// `WouldLose`: a file changed on disk since it was opened, is there although it was not opened, or was damaged.
/// `Disk`: a file could not be written; files before it are written, each whole.
pub fn save(request: Request<'_>, opened: &mut Folder) -> Outcome<Saved> {
    let mut draft = Draft { request, opened, write: BTreeMap::new(), remove: BTreeSet::new(), refused: Vec::new() };
    draft.documents()?;
    draft.removals()?;
    draft.settings()?;
    if !draft.refused.is_empty() {
        return Err(failure(
            FailureCode::WouldLose,
            format!("nothing was saved, because something would be lost: {}", draft.refused.join("; ")),
            "open the folder anew to see what is in these files, or save into another folder",
        ));
    }
    let Draft { write, remove, .. } = draft;
    let mut saved = Saved::default();
    for (file, content) in write {
        let path = request.folder.join(&file);
        files::write(&path, content.as_bytes()).map_err(|error| disk("write", &path, &error))?;
        opened.files.insert(file.clone(), content.into_bytes());
        opened.problems.retain(|problem| problem.file != file);
        saved.written.push(file);
    }
    for file in remove {
        let path = request.folder.join(&file);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(disk("remove", &path, &error)),
            _ => {}
        }
        opened.files.remove(&file);
        opened.problems.retain(|problem| problem.file != file);
        // The folder of a template goes with its last file; one with other files in it stays.
        if let Some(folder) = path.parent().filter(|_| file.starts_with("templates/")) {
            let _ = fs::remove_dir(folder);
        }
        saved.removed.push(file);
    }
    opened.path = request.folder.to_path_buf();
    // Documents that the window never had, because their file could not be read, are still as they were.
    opened.project = request.project.clone();
    Ok(saved)
}

struct Draft<'a> {
    request: Request<'a>,
    opened: &'a Folder,
    write: BTreeMap<String, String>,
    remove: BTreeSet<String>,
    /// Files that would lose something, and why.
    refused: Vec<String>,
}

impl Draft<'_> {
    fn documents(&mut self) -> Outcome<()> {
        for (id, value) in &self.request.project.documents {
            check_name(id)?;
            let damaged = self.files_of(id).iter().any(|file| self.opened.is_damaged(file));
            let same = self.opened.project.documents.get(id).is_some_and(|before| same(before, value));
            if same && !(damaged && self.request.overwrite_damaged) {
                continue;
            }
            for (file, content) in self.split(id, value) {
                match content {
                    Some(content) => self.plan_write(file, content)?,
                    None => self.plan_remove(file)?,
                }
            }
        }
        Ok(())
    }

    fn removals(&mut self) -> Outcome<()> {
        for id in self.request.removed {
            check_name(id)?;
            if !self.request.project.documents.contains_key(id) {
                for file in self.files_of(id) {
                    self.plan_remove(file)?;
                }
            }
        }
        Ok(())
    }

    fn settings(&mut self) -> Outcome<()> {
        let file = settings_file::FILE;
        let there = self.opened.files.contains_key(file);
        let damaged = self.opened.is_damaged(file);
        // A folder that was opened without the file keeps doing without until there is something to say.
        let known = there || !self.opened.path.as_os_str().is_empty();
        if known && self.opened.project.settings == self.request.project.settings {
            return Ok(());
        }
        if damaged {
            // What can not be read can not be changed in part.
            self.refused.push(format!("`{file}` is damaged"));
            return Ok(());
        }
        let before = self.opened.text(file).unwrap_or_default();
        let text = settings_file::write(before, &self.request.project.settings)?;
        self.plan_write(file.to_owned(), text)
    }

    /// The files of a document and what is to be in them; `None` = the file is to go.
    fn split(&self, id: &DocumentId, value: &Value) -> Vec<(String, Option<String>)> {
        let kind = match (id, value) {
            (DocumentId::Template(kind, _), _) => kind,
            (DocumentId::Source(..) | DocumentId::Partial(_), Value::String(text)) => {
                return vec![(id.file(), Some(text.clone()))];
            }
            _ => return vec![(id.file(), Some(text::write(value)))],
        };
        let mut rest = value.clone();
        let mut files = Vec::new();
        // A body that stood in template.json when it was opened stays there.
        let inline = self.opened.text(&id.file()).and_then(|text| model::reader::read(text).value).unwrap_or_default();
        for (member, body) in kind.bodies() {
            let file = format!("{id}/{body}");
            let own_file = self.opened.files.contains_key(&file) || inline.get(member).is_none();
            match (value.get(member), rest.as_object_mut()) {
                (Some(Value::String(text)), Some(rest)) if own_file => {
                    rest.shift_remove(*member);
                    files.push((file, Some(text.clone())));
                }
                _ => files.push((file, None)),
            }
        }
        files.push((id.file(), Some(text::write(&rest))));
        files
    }

    /// Every file that a document can stand in.
    fn files_of(&self, id: &DocumentId) -> Vec<String> {
        let mut files = vec![id.file()];
        if let DocumentId::Template(kind, _) = id {
            files.extend(kind.bodies().iter().map(|(_, body)| format!("{id}/{body}")));
        }
        files
    }

    fn plan_write(&mut self, file: String, content: String) -> Outcome<()> {
        match self.on_disk(&file)? {
            Some(there) if there == content.as_bytes() => {}
            there => {
                if self.may_replace(&file, there.as_deref()) {
                    self.write.insert(file, content);
                }
            }
        }
        Ok(())
    }

    fn plan_remove(&mut self, file: String) -> Outcome<()> {
        let there = self.on_disk(&file)?;
        if there.is_some() && self.may_replace(&file, there.as_deref()) {
            self.remove.insert(file);
        }
        Ok(())
    }

    fn may_replace(&mut self, file: &str, there: Option<&[u8]>) -> bool {
        let opened = self.opened.files.get(file).map(Vec::as_slice);
        let why = match there {
            None => return true,
            Some(_) if self.opened.is_damaged(file) && !self.request.overwrite_damaged => {
                "was damaged when it was opened"
            }
            Some(there) if opened == Some(there) => return true,
            Some(_) if opened.is_some() => "was changed by another program since it was opened",
            Some(_) => "is there, but was not opened",
        };
        self.refused.push(format!("`{file}` {why}"));
        false
    }

    fn on_disk(&self, file: &str) -> Outcome<Option<Vec<u8>>> {
        let path = self.request.folder.join(file);
        match fs::read(&path) {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(disk("read", &path, &error)),
        }
    }
}

/// Equal to the last byte: member order and spelling of numbers count.
fn same(a: &Value, b: &Value) -> bool {
    // Objects are equal in any order of members; their texts are not.
    let texts = (a.to_string(), b.to_string());
    texts.0 == texts.1
}

/// Refuses names that are no file names, or would lead out of their folder.
///
/// # Errors
/// `BadInput`, with what is wrong.
pub fn check_name(id: &DocumentId) -> Outcome<()> {
    let name = id.name();
    let wrong = if name.is_empty() || name.trim() != name {
        "is empty, or starts or ends with a space"
    } else if name.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|']) || name.chars().any(char::is_control) {
        "has a character that file names can not have"
    } else if name.starts_with('.') || name.ends_with('.') {
        "starts or ends with a dot"
    } else if matches!(id, DocumentId::Journey(_)) && name.ends_with(".conflicts") {
        "ends with `.conflicts`, which is the ending of what is undecided beside a journey"
    } else if name.len() > 200 {
        "is longer than 200 bytes"
    } else if matches!(id, DocumentId::Template(_, name) if name.starts_with("source.")) {
        "starts with `source.`, which is the text that a template is made from"
    } else if matches!(id, DocumentId::Journey(_)) && name.ends_with(".canvas") {
        "ends with `.canvas`, which is the ending of the picture beside a journey"
    } else {
        return Ok(());
    };
    Err(bad_input(format!("the name `{name}` {wrong}"), "choose a name of letters, digits, `-`, `_` and spaces"))
}
