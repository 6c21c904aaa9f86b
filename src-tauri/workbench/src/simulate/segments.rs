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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use audience::{Audience, Members};
    use model::DocumentId;

    use super::*;

    #[test]
    fn what_is_not_known_of_segments_is_noted() {
        let mut project = Project::default();
        for (name, value) in [
            ("list", json!({"SegmentType": "IMPORT"})),
            ("based", json!({"SegmentGroups": {"Groups": [{"SourceSegments": [{"Id": "list"}]}]}})),
        ] {
            project.documents.insert(DocumentId::Segment(name.to_owned()), value);
        }
        let mut people = People::default();
        people.push(Some("a"), &json!({})).unwrap();
        let noted = |people: &People, segment: &str, unknown_hold_all: bool| {
            let segments = Segments::of(&project, people, unknown_hold_all);
            let members = Audience::compile(segment, &|reference| segments.find(reference))
                .map(|found| found.count(people, 0, 0).0);
            (members.ok(), segments.notes().map(|note| note.text).collect::<Vec<_>>().join("; "))
        };
        let (members, note) = noted(&people, "based", false);
        assert_eq!((members, note.contains("`list` is not in this project")), (Some(0), true), "{note}");
        assert_eq!(noted(&people, "else", false), (None, String::new()));
        assert_eq!(
            noted(&people, "else", true),
            (Some(1), "the segment `else` is not known here: everybody is in it".into())
        );
        people.set_list("list", Arc::new(Members { endpoints: ["a".to_owned()].into(), ..Members::default() }));
        assert_eq!(noted(&people, "based", true), (Some(1), String::new()));
    }
}
