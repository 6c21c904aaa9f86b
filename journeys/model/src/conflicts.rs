//! Conflicts of a merge that nobody has decided yet, as they stand in `NAME.conflicts.json` beside a journey.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::edit::{self, Edit};
use crate::merge::{Conflict, Renamed};
use crate::path;
use crate::path::{Path, Step};
use crate::project::{DocumentId, Project};

/// A file of conflicts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Undecided {
    /// The document that they are in; it says what ours says.
    pub document: DocumentId,
    /// The conflicts.
    pub conflicts: Vec<Conflict>,
    /// Steps of theirs that got another id.
    #[serde(default)]
    pub renamed: Vec<Renamed>,
}

/// Whose version is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Ours, which the document says already.
    Ours,
    /// Theirs.
    Theirs,
}

impl Undecided {
    /// What is to be decided in a journey; `None` = nothing, or the file beside it says nothing that can be read.
    pub fn of(project: &Project, journey: &str) -> Option<Undecided> {
        let value = project.documents.get(&DocumentId::Conflicts(journey.to_owned()))?;
        Undecided::deserialize(value).ok().filter(|found| !found.conflicts.is_empty())
    }
}

/// Decides the conflict of that number in a journey, as one edit: the document says what was chosen, and the conflict is
/// gone; with the last one the file beside the journey goes too. `None` = there is no such conflict.
pub fn decide(project: &Project, journey: &str, number: usize, side: Side) -> Option<Edit> {
    let beside = DocumentId::Conflicts(journey.to_owned());
    let document = DocumentId::Journey(journey.to_owned());
    let mut undecided = Undecided::of(project, journey)?;
    if number >= undecided.conflicts.len() {
        return None;
    }
    let conflict = undecided.conflicts.remove(number);
    let place = &conflict.path;
    let root = project.documents.get(&document)?;
    let label = match side {
        Side::Ours => format!("Take ours at {place}"),
        Side::Theirs => format!("Take theirs at {place}"),
    };
    let element = matches!(place.0.last(), Some(Step::Index(_)));
    let mut moved = 0;
    let mut decided = match (side, &conflict.theirs) {
        (Side::Ours, _) => Edit::new(label),
        (Side::Theirs, Some(theirs)) if element && conflict.ours.is_none() => {
            moved = 1;
            Edit::new(label).insert(&document, place.clone(), theirs.clone())
        }
        (Side::Theirs, Some(theirs)) => edit::put(label, &document, root, place, theirs.clone()),
        (Side::Theirs, None) => {
            moved = if element && place.find(root).is_some() { -1 } else { 0 };
            Edit::new(label).remove(&document, place.clone())
        }
    };
    undecided.conflicts.iter_mut().for_each(|other| shift(&mut other.path, place, moved));
    decided = match undecided.conflicts.is_empty() {
        true => decided.remove(&beside, path![]),
        false => decided.set(&beside, path![], serde_json::to_value(&undecided).unwrap_or(Value::Null)),
    };
    Some(decided)
}

/// Moves a place behind an element of the same list that came or went.
fn shift(path: &mut Path, element: &Path, by: isize) {
    let Some((Step::Index(index), list)) = element.0.split_last() else { return };
    if path.0.starts_with(list)
        && let Some(Step::Index(other)) = path.0.get_mut(list.len())
        && *other >= *index
    {
        *other = other.saturating_add_signed(by);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merge::merge;
    use serde_json::json;

    fn journey(template: &str, wait: &str) -> Value {
        json!({"Name": "welcome", "StartActivity": "hello", "Activities": {
            "hello": {"EMAIL": {"TemplateName": template, "NextActivity": "pause"}},
            "pause": {"Wait": {"WaitTime": {"WaitFor": wait}}}}})
    }

    /// Both sides changed the template and the wait.
    fn project() -> Project {
        let id = DocumentId::Journey("welcome".into());
        let merged = merge(&id, Some(&journey("a", "P1D")), &journey("b", "P2D"), &journey("c", "P3D"));
        let undecided = Undecided { document: id.clone(), conflicts: merged.conflicts, renamed: merged.renamed };
        let mut project = Project::default();
        project.documents.insert(id, merged.value);
        let beside = serde_json::to_value(&undecided).unwrap_or_default();
        project.documents.insert(DocumentId::Conflicts("welcome".into()), beside);
        project
    }

    fn said(project: &Project) -> (Option<&str>, Option<&str>) {
        let root = &project.documents[&DocumentId::Journey("welcome".into())];
        let text = |path: Path| path.find(root).and_then(Value::as_str);
        (
            text(path!["Activities", "hello", "EMAIL", "TemplateName"]),
            text(path!["Activities", "pause", "Wait", "WaitTime", "WaitFor"]),
        )
    }

    #[test]
    fn each_decision_is_an_edit_that_can_be_taken_back_and_the_file_goes_with_the_last() {
        let mut project = project();
        let before = project.clone();
        assert_eq!(Undecided::of(&project, "welcome").map(|found| found.conflicts.len()), Some(2));
        let theirs = decide(&project, "welcome", 0, Side::Theirs).expect("there is one");
        let back = project.apply(&theirs).expect("it fits");
        assert_eq!(said(&project), (Some("c"), Some("P2D")));
        let ours = decide(&project, "welcome", 0, Side::Ours).expect("there is another");
        let back_again = project.apply(&ours).expect("it fits");
        assert_eq!(said(&project), (Some("c"), Some("P2D")));
        assert!(!project.documents.contains_key(&DocumentId::Conflicts("welcome".into())));
        assert_eq!(decide(&project, "welcome", 0, Side::Ours), None);
        project.apply(&back_again).expect("it fits");
        project.apply(&back).expect("it fits");
        assert_eq!(project, before);
    }

    #[test]
    fn places_behind_an_element_that_goes_move() {
        let id = DocumentId::Journey("j".into());
        let list = |texts: &[&str]| json!({"Activities": {"a": {"MultiCondition": {"Branches": texts}}}});
        let place = |index: usize| path!["Activities", "a", "MultiCondition", "Branches", index];
        let conflict = |index: usize, ours: Option<&str>, theirs: Option<&str>| Conflict {
            path: place(index),
            base: None,
            ours: ours.map(Value::from),
            theirs: theirs.map(Value::from),
            reason: "both changed it".into(),
        };
        let conflicts = vec![conflict(0, Some("x"), None), conflict(2, Some("z"), Some("q"))];
        let undecided = Undecided { document: id.clone(), conflicts, renamed: Vec::new() };
        let mut project = Project::default();
        project.documents.insert(id.clone(), list(&["x", "y", "z"]));
        project
            .documents
            .insert(DocumentId::Conflicts("j".into()), serde_json::to_value(&undecided).unwrap_or_default());
        for _ in 0..2 {
            let edit = decide(&project, "j", 0, Side::Theirs).expect("there is one");
            project.apply(&edit).expect("it fits");
        }
        assert_eq!(project.documents[&id], list(&["y", "q"]));
    }

    #[test]
    fn a_file_that_says_nothing_is_nothing_to_decide() {
        let mut project = Project::default();
        project.documents.insert(DocumentId::Conflicts("j".into()), json!({"conflicts": 7}));
        assert_eq!(Undecided::of(&project, "j"), None);
        assert_eq!(decide(&project, "j", 0, Side::Theirs), None);
    }
}
