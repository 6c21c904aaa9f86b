//! What the canvas keeps and Pinpoint has no place for: positions, notes, folded branches; in `NAME.canvas.json`.
//!
//! ```json
//! {"pins": {"email1": [120, 80]}, "notes": {"note1": {"text": "Ask Ana", "at": [400, 80]}}, "folded": ["split1/no"]}
//! ```

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Origin;
use crate::edit::Edit;
use crate::journey::Journey;
use crate::path;
use crate::project::DocumentId;

/// A note on the canvas.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// Its key in `notes`.
    pub id: String,
    /// What it says.
    pub text: String,
    /// Its left side, canvas units.
    pub x: f64,
    /// Its top side, canvas units.
    pub y: f64,
}

/// The edit that has not begun yet, and makes `member` an object or list where there is none.
fn prepare(label: &str, journey_name: &str, canvas: Option<&Value>, member: &str, empty: Value) -> (Edit, DocumentId) {
    let document = DocumentId::Canvas(journey_name.to_owned());
    let mut edit = Edit::new(label);
    let whole = canvas.filter(|value| value.is_object());
    if whole.is_none() {
        edit = edit.set(&document, path![], json!({ member: empty }));
    } else if whole.and_then(|value| value.get(member)).is_none_or(|now| !same_kind(now, &empty)) {
        edit = edit.set(&document, path![member], empty);
    }
    (edit, document)
}

fn same_kind(one: &Value, other: &Value) -> bool {
    one.is_object() == other.is_object() && one.is_array() == other.is_array()
}

/// A position given by hand: the top left corner of the card in canvas units at zoom 1.
pub fn pin(journey_name: &str, canvas: Option<&Value>, moves: &[(String, f64, f64)]) -> Edit {
    let label = if moves.len() == 1 { "Move activity" } else { "Move activities" };
    let (mut edit, document) = prepare(label, journey_name, canvas, "pins", json!({}));
    for (id, x, y) in moves {
        edit = edit.set(&document, path!["pins", id], spot(*x, *y));
    }
    edit
}

/// Takes hand-given positions back, so that the activities are laid out again; all of them when `ids` is empty.
pub fn unpin(journey_name: &str, canvas: &Value, ids: &[String]) -> Edit {
    let document = DocumentId::Canvas(journey_name.to_owned());
    let mut edit = Edit::new("Tidy up");
    for id in canvas.get("pins").and_then(Value::as_object).into_iter().flatten().map(|(id, _)| id) {
        if ids.is_empty() || ids.contains(id) {
            edit = edit.remove(&document, path!["pins", id]);
        }
    }
    edit
}

/// The notes of a canvas document, in its order; what is no note is left out.
pub fn notes(canvas: &Value) -> Vec<Note> {
    let members = canvas.get("notes").and_then(Value::as_object);
    let note = |(id, value): (&String, &Value)| {
        Some(Note {
            id: id.clone(),
            text: value.get("text")?.as_str()?.to_owned(),
            x: value.get("at")?.get(0)?.as_f64()?,
            y: value.get("at")?.get(1)?.as_f64()?,
        })
    };
    members.into_iter().flatten().filter_map(note).collect()
}

/// Puts a note on the canvas. Answers the edit and the note's id.
pub fn add_note(journey_name: &str, canvas: Option<&Value>, text: &str, x: f64, y: f64) -> (Edit, String) {
    let used = canvas.and_then(|value| value.get("notes")?.as_object());
    let mut n = 1;
    while used.is_some_and(|used| used.contains_key(&format!("note{n}"))) {
        n += 1;
    }
    let id = format!("note{n}");
    let (edit, document) = prepare("Add note", journey_name, canvas, "notes", json!({}));
    (edit.set(&document, path!["notes", &id], json!({"text": text, "at": spot(x, y)})), id)
}

/// Changes what a note says.
pub fn write_note(journey_name: &str, id: &str, text: &str) -> Edit {
    Edit::new("Write note").set(&DocumentId::Canvas(journey_name.to_owned()), path!["notes", id, "text"], text)
}

/// Moves a note.
pub fn move_note(journey_name: &str, id: &str, x: f64, y: f64) -> Edit {
    Edit::new("Move note").set(&DocumentId::Canvas(journey_name.to_owned()), path!["notes", id, "at"], spot(x, y))
}

/// Takes a note away.
pub fn delete_note(journey_name: &str, id: &str) -> Edit {
    Edit::new("Delete note").remove(&DocumentId::Canvas(journey_name.to_owned()), path!["notes", id])
}

/// Whether the branch behind a connection is folded.
pub fn is_folded(canvas: &Value, origin: &Origin) -> bool {
    let key = origin.key();
    canvas.get("folded").and_then(Value::as_array).is_some_and(|list| list.iter().any(|at| *at == key))
}

/// Folds the branch behind a connection, or unfolds it: what only it leads to is not drawn.
pub fn fold(journey_name: &str, canvas: Option<&Value>, origin: &Origin) -> Edit {
    let key = origin.key();
    let place = |value: &Value| value.get("folded")?.as_array()?.iter().position(|at| *at == key);
    if let Some(place) = canvas.and_then(place) {
        let document = DocumentId::Canvas(journey_name.to_owned());
        return Edit::new("Unfold branch").remove(&document, path!["folded", place]);
    }
    let (edit, document) = prepare("Fold branch", journey_name, canvas, "folded", json!([]));
    edit.insert(&document, path!["folded", 0], key)
}

/// The activities that are not drawn: those that only folded connections lead to, from the entry and from activities
/// that nothing leads to.
pub fn hidden(journey: Journey, canvas: &Value) -> BTreeSet<String> {
    if canvas.get("folded").and_then(Value::as_array).is_none_or(Vec::is_empty) {
        return BTreeSet::new();
    }
    let activities = journey.activities();
    let mut led_to: BTreeSet<&str> = journey.wire.start_activity().into_iter().collect();
    let mut open: Vec<&str> = Vec::new();
    if !is_folded(canvas, &Origin::Entry) {
        open.extend(journey.wire.start_activity());
    }
    let mut ways = std::collections::BTreeMap::new();
    for activity in &activities {
        let all = activity.connections();
        led_to.extend(all.iter().filter_map(|way| way.target));
        ways.insert(activity.id, all);
    }
    open.extend(activities.iter().map(|activity| activity.id).filter(|id| !led_to.contains(id)));
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if let Some(all) = ways.get(id).filter(|_| seen.insert(id)) {
            let drawn = all.iter().filter(|way| !is_folded(canvas, &Origin::Activity(id.to_owned(), way.slot)));
            open.extend(drawn.filter_map(|way| way.target));
        }
    }
    // a ring that nothing leads into is not hidden by any fold
    let folded: BTreeSet<&str> = {
        let mut behind: Vec<&str> = Vec::new();
        if is_folded(canvas, &Origin::Entry) {
            behind.extend(journey.wire.start_activity());
        }
        for (id, all) in &ways {
            let shut = all.iter().filter(|way| is_folded(canvas, &Origin::Activity((*id).to_owned(), way.slot)));
            behind.extend(shut.filter_map(|way| way.target));
        }
        let mut found = BTreeSet::new();
        while let Some(id) = behind.pop() {
            if let Some(all) = ways.get(id).filter(|_| !seen.contains(id) && found.insert(id)) {
                behind.extend(all.iter().filter_map(|way| way.target));
            }
        }
        found
    };
    folded.into_iter().map(str::to_owned).collect()
}

fn spot(x: f64, y: f64) -> Value {
    json!([x.round() as i64, y.round() as i64])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activity::Slot;
    use crate::project::Project;

    fn apply(project: &mut Project, edit: &Edit) {
        let before = project.clone();
        let back = project.apply(edit).expect("the edit fits");
        let after = project.clone();
        project.apply(&back).expect("the inverse fits");
        assert_eq!(*project, before);
        *project = after;
    }

    fn canvas(project: &Project) -> Option<&Value> {
        project.documents.get(&DocumentId::Canvas("welcome".to_owned()))
    }

    #[test]
    fn notes_come_move_change_and_go() {
        for start in [None, Some(json!(3)), Some(json!({"notes": []})), Some(json!({"pins": {"a": [1, 2]}}))] {
            let mut project = Project::default();
            if let Some(start) = start {
                project.documents.insert(DocumentId::Canvas("welcome".to_owned()), start);
            }
            let (edit, id) = add_note("welcome", canvas(&project), "Ask Ana", 10.4, 20.6);
            apply(&mut project, &edit);
            let (edit, other) = add_note("welcome", canvas(&project), "", 0.0, 0.0);
            apply(&mut project, &edit);
            assert_eq!((id.as_str(), other.as_str()), ("note1", "note2"));
            apply(&mut project, &write_note("welcome", &id, "Ask Ben"));
            apply(&mut project, &move_note("welcome", &id, 5.0, 6.0));
            apply(&mut project, &delete_note("welcome", &other));
            let left = Note { id, text: "Ask Ben".to_owned(), x: 5.0, y: 6.0 };
            assert_eq!(canvas(&project).map(notes), Some(vec![left]));
        }
        assert_eq!(notes(&json!({"notes": {"a": {"text": "no place"}, "b": 3}})), []);
    }

    #[test]
    fn a_fold_makes_room_for_itself() {
        for start in [json!(null), json!({"folded": 3}), json!({"folded": {}}), json!({"folded": ["x/yes"]})] {
            let mut project = Project::default();
            project.documents.insert(DocumentId::Canvas("welcome".to_owned()), start);
            let edit = fold("welcome", canvas(&project), &Origin::Entry);
            apply(&mut project, &edit);
            assert!(canvas(&project).is_some_and(|canvas| is_folded(canvas, &Origin::Entry)));
        }
    }

    #[test]
    fn a_fold_hides_what_only_it_leads_to() {
        let value = json!({"StartActivity": "split", "Activities": {
            "split": {"ConditionalSplit": {"TrueActivity": "a", "FalseActivity": "b"}},
            "a": {"Wait": {"NextActivity": "end"}},
            "b": {"Wait": {"NextActivity": "c"}},
            "c": {"Wait": {"NextActivity": "end"}},
            "end": {"EMAIL": {}},
            "loose": {"Wait": {"NextActivity": "c2"}},
            "c2": {"Wait": {"NextActivity": "end"}},
            "ring": {"Wait": {"NextActivity": "ring"}},
        }});
        let journey = Journey::of(&value).expect("a journey");
        let mut project = Project::default();
        let no = Origin::Activity("split".into(), Slot::No);
        let edit = fold("welcome", canvas(&project), &no);
        apply(&mut project, &edit);
        let now = canvas(&project).cloned().expect("a canvas");
        assert_eq!(now, json!({"folded": ["split/no"]}));
        assert!(is_folded(&now, &no));
        assert_eq!(hidden(journey, &now), BTreeSet::from(["b".to_owned(), "c".to_owned()]));
        // both branches: what they share is hidden too
        let edit = fold("welcome", canvas(&project), &Origin::Activity("split".into(), Slot::Yes));
        apply(&mut project, &edit);
        let both = canvas(&project).map(|canvas| hidden(journey, canvas)).unwrap_or_default();
        assert_eq!(both.into_iter().collect::<Vec<_>>(), ["a", "b", "c"], "the loose path still shows the end");
        let edit = fold("welcome", canvas(&project), &no);
        apply(&mut project, &edit);
        assert_eq!(canvas(&project), Some(&json!({"folded": ["split/yes"]})));
        // all of it, behind the entry
        let all = json!({"folded": [Origin::Entry.key()]});
        assert_eq!(hidden(journey, &all).into_iter().collect::<Vec<_>>(), ["a", "b", "c", "split"]);
        assert_eq!(hidden(journey, &json!({"folded": 3})), BTreeSet::new());
    }
}
