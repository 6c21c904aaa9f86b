//! The segments that a simulated journey or campaign asks for.

use std::collections::BTreeSet;
use std::sync::{LazyLock, Mutex};

use audience::{People, is_imported};
use model::Project;
use serde_json::{Value, json};
use simulation::Note;

use crate::people::lists;

/// A segment that everybody is in: it asks nothing.
pub(crate) static EVERYBODY: LazyLock<Value> = LazyLock::new(|| json!({}));

/// The segments of a project. Outside a project folder they are not there: then everybody is in them, and it is noted. So it is
/// when one was imported, and who is on its list is not known: then nobody is.
pub(crate) struct Segments<'p> {
    project: &'p Project,
    people: &'p People,
    unknown_hold_all: bool,
    unknown: Mutex<BTreeSet<String>>,
    unlisted: Mutex<BTreeSet<String>>,
}

impl<'p> Segments<'p> {
    pub fn of(project: &'p Project, people: &'p People, unknown_hold_all: bool) -> Segments<'p> {
        Segments { project, people, unknown_hold_all, unknown: Mutex::default(), unlisted: Mutex::default() }
    }

    /// The document of a segment; `None` = there is none of that name.
    pub fn find(&self, reference: &str) -> Option<&'p Value> {
        match self.project.segment(reference) {
            Some((id, _)) => {
                let document = self.project.documents.get(id)?;
                if is_imported(document) && self.people.list_of(reference).is_none() {
                    crate::lock(&self.unlisted).insert(reference.to_owned());
                }
                Some(document)
            }
            None if self.unknown_hold_all => {
                crate::lock(&self.unknown).insert(reference.to_owned());
                Some(&EVERYBODY)
            }
            None => None,
        }
    }

    /// A note for each segment that was asked for and is not there, sorted by name, and one for lists that are not known.
    pub fn notes(self) -> impl Iterator<Item = Note> {
        let unknown = self.unknown.into_inner().unwrap_or_default().into_iter();
        let unknown =
            unknown.map(|reference| format!("the segment `{reference}` is not known here: everybody is in it"));
        let unlisted: Vec<String> = self.unlisted.into_inner().unwrap_or_default().into_iter().collect();
        unknown.chain(lists::unknown(&unlisted)).map(|text| Note { path: model::Path::default(), text })
    }
}
