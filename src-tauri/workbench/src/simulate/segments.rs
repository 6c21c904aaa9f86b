//! The segments that a simulated journey or campaign asks for.

use std::sync::{LazyLock, Mutex};

use model::Project;
use serde_json::{Value, json};
use simulation::Note;

/// A segment that everybody is in: a list, so that it is asked nothing.
pub(crate) static EVERYBODY: LazyLock<Value> = LazyLock::new(|| json!({"SegmentType": "IMPORT"}));

/// The segments of a project. Outside a project folder they are not there: then everybody is in them, and it is noted.
pub(crate) struct Segments<'p> {
    project: &'p Project,
    unknown_hold_all: bool,
    unknown: Mutex<Vec<String>>,
}

impl<'p> Segments<'p> {
    pub fn of(project: &'p Project, unknown_hold_all: bool) -> Segments<'p> {
        Segments { project, unknown_hold_all, unknown: Mutex::default() }
    }

    /// The document of a segment; `None` = there is none of that name.
    pub fn find(&self, reference: &str) -> Option<&'p Value> {
        match self.project.segment(reference) {
            Some((id, _)) => self.project.documents.get(id),
            None if self.unknown_hold_all => {
                crate::lock(&self.unknown).push(reference.to_owned());
                Some(&EVERYBODY)
            }
            None => None,
        }
    }

    /// A note for each segment that was asked for and is not there, sorted by name.
    pub fn notes(self) -> impl Iterator<Item = Note> {
        let mut unknown = self.unknown.into_inner().unwrap_or_default();
        unknown.sort();
        unknown.dedup();
        unknown.into_iter().map(|reference| Note {
            path: model::Path::default(),
            text: format!("the segment `{reference}` is not known here: everybody is in it"),
        })
    }
}
