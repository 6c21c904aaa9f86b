//! Every change can be taken back, and the gestures of the canvas do what they say.

mod generate;

use std::collections::{BTreeMap, BTreeSet};

use generate::{Tape, any_tree, drawn, fixed, journey, places, spell, tapes};
use model::drawing::{self, Origin, Refusal};
use model::edit::{self, Change, Edit};
use model::{ActivityKind, DocumentId, Journey, Path, Project, Slot, path, reader, text};
use proptest::prelude::*;
use serde_json::{Value, json};

fn welcome() -> DocumentId {
    DocumentId::Journey("welcome".to_owned())
}

/// The project as its files say it.
fn bytes(project: &Project) -> BTreeMap<String, String> {
    project.documents.iter().map(|(id, value)| (id.file(), text::write(value))).collect()
}

fn value(tape: &mut Tape, depth: usize) -> Value {
    let tree = any_tree(tape, depth);
    reader::read(&spell(tape, &tree)).value.expect("a sound text has a value")
}

fn project(tape: &mut Tape) -> Project {
    let mut project = Project::default();
    let tree = journey(tape);
    let journey = reader::read(&spell(tape, &tree)).value.expect("a sound text has a value");
    project.documents.insert(welcome(), journey);
    project.documents.insert(DocumentId::Canvas("welcome".to_owned()), value(tape, 3));
    project.documents.insert(DocumentId::Segment("vip".to_owned()), value(tape, 3));
    project
}

/// A change anywhere: at a place that exists, beside it, or where nothing can be.
fn change(tape: &mut Tape, project: &Project) -> Change {
    let mut documents: Vec<DocumentId> = project.documents.keys().cloned().collect();
    documents.push(DocumentId::Journey("new".to_owned()));
    let document = documents[tape.below(documents.len())].clone();
    let mut path = Path::default();
    if let Some(root) = project.documents.get(&document) {
        let all = places(root);
        path = all[tape.below(all.len())].clone();
        path = match tape.below(8) {
            0 => path.join("new"),
            1 => path.join(0),
            2 => match path.find(root) {
                Some(Value::Array(list)) => path.join(list.len()),
                _ => path,
            },
            3 => path.join("nobody").join("home"),
            _ => path,
        };
    }
    match tape.below(3) {
        0 => Change::Remove { document, path },
        1 => Change::Insert { document, path, value: value(tape, 1) },
        _ => {
            let position = tape.chance(40).then(|| tape.below(6));
            Change::Set { document, path, value: value(tape, 1), position }
        }
    }
}

fn some_edit(tape: &mut Tape, project: &Project) -> Edit {
    let count = 1 + tape.below(3);
    Edit { label: "Random".to_owned(), changes: (0..count).map(|_| change(tape, project)).collect() }
}

/// Applies, takes back, and does it again; answers the project after the edit.
fn there_and_back(project: &Project, edit: &Edit) -> Project {
    let before = bytes(project);
    let mut changed = project.clone();
    match changed.apply(edit) {
        Err(_) => assert_eq!(bytes(&changed), before, "{edit:?}"),
        Ok(inverse) => {
            assert_eq!(inverse.label, edit.label);
            let after = bytes(&changed);
            let again = changed.apply(&inverse).expect("an inverse fits");
            assert_eq!(bytes(&changed), before, "{edit:?}");
            changed.apply(&again).expect("the inverse of an inverse fits");
            assert_eq!(bytes(&changed), after, "{edit:?}");
        }
    }
    changed
}

proptest! {
    #![proptest_config(fixed(2_000))]

    #[test]
    fn an_edit_and_its_inverse_leave_no_trace(mut tape in tapes(400)) {
        let project = project(&mut tape);
        let edit = some_edit(&mut tape, &project);
        there_and_back(&project, &edit);
    }

    #[test]
    fn edits_travel_as_json(mut tape in tapes(300)) {
        let project = project(&mut tape);
        let edit = some_edit(&mut tape, &project);
        let sent = serde_json::to_string(&edit).unwrap();
        let received: Edit = serde_json::from_str(&sent).unwrap();
        // `serde_json` respells exponents: `1E2` is `1e+2`.
        let plain = |json: String| json.to_lowercase().replace("e+", "e");
        prop_assert_eq!(plain(serde_json::to_string(&received).unwrap()), plain(sent));
    }

    #[test]
    fn put_then_find_and_clear(mut tape in tapes(300)) {
        let mut project = project(&mut tape);
        let root = project.documents[&welcome()].clone();
        let objects: Vec<Path> = places(&root).into_iter().filter(|p| p.find(&root).is_some_and(Value::is_object)).collect();
        let place = objects[tape.below(objects.len())].join("brand new");
        let place = if tape.chance(50) { place.join("inner").join(0).join("deep") } else { place };
        let edit = edit::put("Put", &welcome(), &root, &place, json!("x"));
        project = there_and_back(&project, &edit);
        let after = project.documents[&welcome()].clone();
        prop_assert_eq!(place.find(&after), Some(&json!("x")));
        let keep = tape.below(4);
        let edit = edit::clear("Clear", &welcome(), &after, &place, keep);
        let Change::Remove { path: cleared, .. } = &edit.changes[0] else { panic!("{edit:?}") };
        prop_assert!(place.starts_with(cleared) && cleared.0.len() > keep.min(place.0.len() - 1));
        let project = there_and_back(&project, &edit);
        prop_assert_eq!(place.find(&project.documents[&welcome()]), None);
        // Nothing else is gone.
        let rest = places(&after).into_iter().filter(|p| !place.starts_with(p) && !p.starts_with(&place));
        for other in rest {
            prop_assert!(other.find(&project.documents[&welcome()]).is_some(), "{}", other);
        }
    }
}

#[test]
fn a_thousand_edits_are_undone() {
    for seed in 0..12 {
        let mut tape = Tape::endless(seed);
        let mut project = project(&mut tape);
        let first = bytes(&project);
        let mut undo = Vec::new();
        let mut failed = 0;
        while undo.len() < 1_000 {
            let edit = some_edit(&mut tape, &project);
            let before = bytes(&project);
            match project.apply(&edit) {
                Ok(inverse) => undo.push((inverse, before)),
                Err(_) => {
                    failed += 1;
                    assert_eq!(bytes(&project), before);
                }
            }
        }
        assert!(failed > 50, "the failing kind is among them");
        while let Some((inverse, before)) = undo.pop() {
            project.apply(&inverse).expect("an inverse fits");
            assert_eq!(bytes(&project), before);
        }
        assert_eq!(bytes(&project), first);
    }
}

#[test]
fn changes_and_refusals() {
    let mut project = Project::default();
    project.documents.insert(welcome(), json!({"a": 1, "list": [1, 2], "c": 3}));
    let set = |path: Path, position| Edit {
        label: String::new(),
        changes: vec![Change::Set { document: welcome(), path, value: json!("x"), position }],
    };
    let edit = |path| Edit::new("").insert(&welcome(), path, "x");
    let remove = |path| Edit::new("").remove(&welcome(), path);
    let table: &[(Edit, Result<&str, &str>)] = &[
        (set(path!["a"], None), Ok(r#"{"a":"x","list":[1,2],"c":3}"#)),
        (set(path!["b"], Some(1)), Ok(r#"{"a":1,"b":"x","list":[1,2],"c":3}"#)),
        (set(path!["b"], Some(99)), Ok(r#"{"a":1,"list":[1,2],"c":3,"b":"x"}"#)),
        (set(path!["list", 2], None), Ok(r#"{"a":1,"list":[1,2,"x"],"c":3}"#)),
        (set(path!["list", 3], None), Err("`journeys/welcome` has nothing at `list[3]` that could hold the change")),
        (set(path!["a", "b"], None), Err("`journeys/welcome` has nothing at `a.b` that could hold the change")),
        (set(path![], None), Ok(r#""x""#)),
        (edit(path!["list", 0]), Ok(r#"{"a":1,"list":["x",1,2],"c":3}"#)),
        (edit(path!["list", 3]), Err("`journeys/welcome` has nothing at `list[3]` that could hold the change")),
        (edit(path!["b"]), Err("`journeys/welcome` has nothing at `b` that could hold the change")),
        (remove(path!["a"]), Ok(r#"{"list":[1,2],"c":3}"#)),
        (remove(path!["list", 0]), Ok(r#"{"a":1,"list":[2],"c":3}"#)),
        (remove(path!["nobody", "home"]), Ok(r#"{"a":1,"list":[1,2],"c":3}"#)),
        (
            remove(path!["a"]).set(&DocumentId::Segment("s".to_owned()), path!["a"], 1),
            Err("there is no document `segments/s`"),
        ),
    ];
    for (edit, expected) in table {
        let mut changed = project.clone();
        match (changed.apply(edit), expected) {
            (Ok(_), Ok(after)) => assert_eq!(changed.documents[&welcome()].to_string(), **after),
            (Err(error), Err(message)) => assert_eq!(error.to_string(), **message),
            (outcome, _) => panic!("{edit:?}: {outcome:?}"),
        }
        there_and_back(&project, edit);
    }
}

#[test]
fn clear_takes_only_what_it_is_told_to() {
    let root = json!({"Limits": {"DailyCap": 1}, "Schedule": {"Times": {"StartTime": "x"}}, "Empty": {}});
    let table = [
        (path!["Limits", "DailyCap"], 0, path!["Limits"]),
        (path!["Limits", "DailyCap"], 1, path!["Limits", "DailyCap"]),
        (path!["Limits", "TotalCap"], 0, path!["Limits", "TotalCap"]),
        (path!["Schedule", "Times", "StartTime"], 0, path!["Schedule"]),
        (path!["Schedule", "Times", "StartTime"], 1, path!["Schedule", "Times"]),
        (path!["Empty", "x"], 0, path!["Empty"]),
        (path!["Limits"], 0, path!["Limits"]),
    ];
    for (place, keep, removed) in table {
        let edit = edit::clear("", &welcome(), &root, &place, keep);
        assert_eq!(edit.changes, [Change::Remove { document: welcome(), path: removed }], "{place} {keep}");
    }
}

/// Every connection with its target, the entry first.
fn connections(root: &Value) -> BTreeMap<Origin, Option<String>> {
    let journey = Journey::of(root).expect("a journey is an object");
    let mut found = BTreeMap::from([(Origin::Entry, drawing::target(journey, &Origin::Entry).map(str::to_owned))]);
    for activity in journey.activities() {
        for way in activity.connections() {
            let origin = Origin::Activity(activity.id.to_owned(), way.slot);
            assert_eq!(drawing::target(journey, &origin), way.target);
            found.insert(origin, way.target.map(str::to_owned));
        }
    }
    found
}

/// Which activities can be reached from `start`, itself included: by repeating until nothing new is found.
fn reachable(connections: &BTreeMap<Origin, Option<String>>, start: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::from([start.to_owned()]);
    loop {
        let more: Vec<String> = connections
            .iter()
            .filter(|(origin, _)| matches!(origin, Origin::Activity(id, _) if found.contains(id)))
            .filter_map(|(_, target)| target.clone())
            .filter(|target| !found.contains(target))
            .collect();
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}

fn of_journey(root: &Value) -> Project {
    Project { documents: [(welcome(), root.clone())].into(), ..Project::default() }
}

/// The journey after an edit that must be possible, and is taken back on the way.
fn after(root: &Value, edit: &Edit) -> Value {
    let project = of_journey(root);
    let changed = there_and_back(&project, edit);
    assert!(changed.documents.contains_key(&welcome()));
    let mut applied = project.clone();
    applied.apply(edit).expect("a gesture can be carried out");
    applied.documents.remove(&welcome()).expect("the journey stays")
}

proptest! {
    #![proptest_config(fixed(500))]

    #[test]
    fn insert_keeps_all_other_connections(mut tape in tapes(150)) {
        let root = drawn(&mut tape);
        let before = connections(&root);
        let kind = ActivityKind::ALL[tape.below(10)];
        let journey = Journey::of(&root).unwrap();
        for origin in before.keys() {
            let (edit, id) = drawing::insert(&welcome(), journey, origin, kind).unwrap();
            prop_assert!(journey.activity(&id).is_none());
            let now = connections(&after(&root, &edit));
            let mut expected = before.clone();
            let next = expected.insert(origin.clone(), Some(id.clone())).flatten();
            for (other, target) in &expected {
                prop_assert_eq!(&now[other], target);
            }
            let own: Vec<_> = now.iter().filter(|(o, _)| matches!(o, Origin::Activity(from, _) if *from == id)).collect();
            prop_assert_eq!(now.len(), expected.len() + own.len());
            prop_assert_eq!(own[0].1, &next);
            prop_assert!(own[1..].iter().all(|(_, target)| target.is_none()));
        }
        let stranger = Origin::Activity("stranger".to_owned(), Slot::Next);
        prop_assert!(drawing::insert(&welcome(), journey, &stranger, kind).is_none());
    }

    #[test]
    fn delete_leaves_no_connection_to_what_is_gone(mut tape in tapes(150)) {
        let root = drawn(&mut tape);
        let journey = Journey::of(&root).unwrap();
        let mut ids: Vec<String> =
            journey.activities().iter().filter(|_| tape.chance(40)).map(|a| a.id.to_owned()).collect();
        if tape.chance(10) {
            ids.push("stranger".to_owned());
        }
        let root_after = after(&root, &drawing::delete(&welcome(), journey, &ids));
        let (before, now) = (connections(&root), connections(&root_after));
        for (origin, target) in &now {
            prop_assert!(target.as_ref().is_none_or(|id| !ids.contains(id)));
            match &before[origin] {
                Some(old) if ids.contains(old) => {
                    // It skips what is gone: what it leads to now came after that.
                    prop_assert!(target.as_ref().is_none_or(|id| reachable(&before, old).contains(id)));
                }
                old => prop_assert_eq!(target, old),
            }
        }
        let left: Vec<String> = journey.activities().iter().map(|a| a.id.to_owned()).filter(|id| !ids.contains(id)).collect();
        let now: Vec<String> = Journey::of(&root_after).unwrap().activities().iter().map(|a| a.id.to_owned()).collect();
        prop_assert_eq!(now, left);
    }

    #[test]
    fn exactly_loops_are_refused(mut tape in tapes(150)) {
        let root = drawn(&mut tape);
        let journey = Journey::of(&root).unwrap();
        let all = connections(&root);
        let ids: Vec<String> = journey.activities().iter().map(|a| a.id.to_owned()).collect();
        for origin in all.keys() {
            for to in &ids {
                let expected = match origin {
                    Origin::Activity(from, _) if from == to => Err(Refusal::Itself),
                    Origin::Activity(from, _) if reachable(&all, to).contains(from) => Err(Refusal::Cycle),
                    _ => Ok(()),
                };
                prop_assert_eq!(drawing::can_connect(journey, origin, to), expected);
                match drawing::connect(&welcome(), journey, origin, to) {
                    Err(refusal) => prop_assert_eq!(Err(refusal), expected),
                    Ok(edit) => {
                        let mut now = all.clone();
                        now.insert(origin.clone(), Some(to.clone()));
                        prop_assert_eq!(connections(&after(&root, &edit)), now);
                    }
                }
            }
            prop_assert_eq!(drawing::can_connect(journey, origin, "stranger"), Err(Refusal::Unknown));
            let edit = drawing::disconnect(&welcome(), journey, origin).unwrap();
            let mut now = all.clone();
            now.insert(origin.clone(), None);
            prop_assert_eq!(connections(&after(&root, &edit)), now);
        }
    }

    #[test]
    fn loose_and_duplicate_activities_change_no_connection(mut tape in tapes(150)) {
        let root = drawn(&mut tape);
        let journey = Journey::of(&root).unwrap();
        let before = connections(&root);
        let kind = ActivityKind::ALL[tape.below(10)];
        let mut edits = vec![drawing::add_loose(&welcome(), journey, kind)];
        let twin = |id: &str| {
            let (edit, mut ids) = drawing::duplicate(&welcome(), journey, &[id.to_owned()])?;
            Some((edit, ids.pop()?))
        };
        edits.extend(journey.activities().iter().filter_map(|a| twin(a.id)));
        prop_assert_eq!(edits.len(), 1 + journey.activities().len());
        for (edit, id) in edits {
            prop_assert!(id.bytes().all(|b| b.is_ascii_alphanumeric()));
            let root = after(&root, &edit);
            prop_assert_eq!(Journey::of(&root).unwrap().activities().last().map(|a| a.id), Some(id.as_str()));
            let mut now = connections(&root);
            now.retain(|origin, _| !matches!(origin, Origin::Activity(from, _) if *from == id));
            prop_assert_eq!(&now, &before);
        }
    }

    #[test]
    fn pins_are_set_and_taken_back(mut tape in tapes(60)) {
        let canvas = DocumentId::Canvas("welcome".to_owned());
        let mut project = of_journey(&json!({}));
        if tape.chance(60) {
            let pins = [json!({"pins": {"a": [1, 2], "b": [3, 4]}}), json!({"other": 1}), json!([]), json!({"pins": null})];
            project.documents.insert(canvas.clone(), pins[tape.below(4)].clone());
        }
        let moves = [("a".to_owned(), 1.4, -2.6), ("c".to_owned(), f64::from(tape.below(900) as u32), 1e4)];
        let edit = drawing::pin("welcome", project.documents.get(&canvas), &moves);
        there_and_back(&project, &edit);
        project.apply(&edit).unwrap();
        prop_assert_eq!(&project.documents[&canvas]["pins"]["a"], &json!([1, -3]));
        for ids in [vec![], vec!["a".to_owned(), "stranger".to_owned()]] {
            let edit = drawing::unpin("welcome", &project.documents[&canvas], &ids);
            there_and_back(&project, &edit);
            let mut tidy = project.clone();
            tidy.apply(&edit).unwrap();
            let left = tidy.documents[&canvas]["pins"].as_object().unwrap();
            prop_assert!(left.get("a").is_none() && (ids.is_empty() == left.is_empty()));
        }
    }
}

#[test]
fn a_new_activity_is_not_connected_by_accident() {
    // `wait1` is gone, but something still leads to it.
    let root = json!({"Activities": {"a": {"EMAIL": {"NextActivity": "wait1"}}}, "StartActivity": "a"});
    let journey = Journey::of(&root).unwrap();
    let origin = Origin::Activity("a".to_owned(), Slot::Next);
    let (edit, id) = drawing::insert(&welcome(), journey, &origin, ActivityKind::Wait).unwrap();
    assert_eq!(id, "wait2");
    let now = connections(&after(&root, &edit));
    assert_eq!(now[&Origin::Activity("wait2".to_owned(), Slot::Next)].as_deref(), Some("wait1"));
}

#[test]
fn a_way_out_that_an_activity_does_not_have_is_refused() {
    let root = json!({"Activities": {"a": {"EMAIL": {}}, "b": {"RandomSplit": {"Branches": [{}]}}, "c": {"Wait": {}}}});
    let journey = Journey::of(&root).unwrap();
    for (id, slot) in
        [("a", Slot::Yes), ("a", Slot::Branch(0)), ("b", Slot::Branch(1)), ("b", Slot::Else), ("x", Slot::Next)]
    {
        let origin = Origin::Activity(id.to_owned(), slot);
        assert_eq!(drawing::target_path(journey, &origin), None);
        assert_eq!(drawing::can_connect(journey, &origin, "c"), Err(Refusal::Unknown));
        assert_eq!(drawing::disconnect(&welcome(), journey, &origin), None);
        assert_eq!(drawing::insert(&welcome(), journey, &origin, ActivityKind::Sms), None);
    }
}

#[test]
fn delete_leads_on_over_single_ways_only() {
    let root = json!({"StartActivity": "a", "Activities": {
        "a": {"EMAIL": {"NextActivity": "b"}},
        "b": {"Wait": {"NextActivity": "c"}},
        "c": {"ConditionalSplit": {"TrueActivity": "d", "FalseActivity": "b"}},
        "d": {"SMS": {}},
    }});
    let table: &[(&[&str], &str)] = &[
        (&["a"], "entry:b b:c c:d c:b d:-"),
        (&["a", "b"], "entry:c c:d c:c d:-"),
        (&["c"], "entry:a a:b b:- d:-"),
        (&["b", "c"], "entry:a a:- d:-"),
        (&["d"], "entry:a a:b b:c c:- c:b"),
        (&["a", "b", "c", "d"], "entry:-"),
        (&[], "entry:a a:b b:c c:d c:b d:-"),
    ];
    for (ids, expected) in table {
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        let edit = drawing::delete(&welcome(), Journey::of(&root).unwrap(), &ids);
        let ways: Vec<String> = connections(&after(&root, &edit))
            .iter()
            .map(|(origin, target)| {
                let from = match origin {
                    Origin::Entry => "entry",
                    Origin::Activity(id, _) => id,
                };
                format!("{from}:{}", target.as_deref().unwrap_or("-"))
            })
            .collect();
        assert_eq!(ways.join(" "), *expected, "{ids:?}");
    }
}

/// One gesture of the canvas, or none where it is not possible.
fn gesture(tape: &mut Tape, project: &Project) -> Option<Edit> {
    let journey = project.journey("welcome")?;
    let canvas = project.documents.get(&DocumentId::Canvas("welcome".to_owned()));
    let ids: Vec<String> = journey.activities().iter().map(|activity| activity.id.to_owned()).collect();
    let mut origins = vec![Origin::Entry];
    for activity in journey.activities() {
        origins.extend(activity.connections().iter().map(|way| Origin::Activity(activity.id.to_owned(), way.slot)));
    }
    let origin = origins[tape.below(origins.len())].clone();
    let some: Vec<String> = ids.iter().filter(|_| tape.chance(10)).cloned().collect();
    let kind = ActivityKind::ALL[tape.below(10)];
    let place = (tape.below(900) as f64, tape.below(900) as f64);
    Some(match tape.below(13) {
        0..=2 => drawing::insert(&welcome(), journey, &origin, kind)?.0,
        3 => drawing::add_loose(&welcome(), journey, kind).0,
        4 if ids.len() > 30 => drawing::delete(&welcome(), journey, &some),
        4 => drawing::delete(&welcome(), journey, some.get(..1)?),
        5 => drawing::connect(&welcome(), journey, &origin, ids.get(tape.below(ids.len().max(1)))?).ok()?,
        6 => drawing::disconnect(&welcome(), journey, &origin)?,
        7 => drawing::duplicate(&welcome(), journey, some.get(..3).unwrap_or(&some))?.0,
        8 => drawing::paste(&welcome(), journey, &drawing::copy(journey, some.get(..2)?), Some(&origin))?.0,
        9 => drawing::pin("welcome", canvas, &[(ids.first()?.clone(), place.0, place.1)]),
        10 => drawing::unpin("welcome", canvas?, &some),
        11 => drawing::canvas::fold("welcome", canvas, &origin),
        _ => drawing::canvas::add_note("welcome", canvas, "Ask Ana", place.0, place.1).0,
    })
}

/// Goal U6 of designers.md: any 1,000 gestures taken back leave the same bytes, and done again the same bytes too.
#[test]
fn a_thousand_gestures_taken_back_leave_the_same_bytes() {
    for seed in 0..5 {
        let mut tape = Tape::endless(seed);
        let mut project = of_journey(&drawn(&mut tape));
        let before = bytes(&project);
        let mut undo = Vec::new();
        while undo.len() < 1000 {
            if let Some(edit) = gesture(&mut tape, &project).filter(|edit| !edit.changes.is_empty()) {
                undo.push(project.apply(&edit).expect("a gesture gives an edit that fits"));
            }
        }
        let after = bytes(&project);
        assert_ne!(before, after);
        let mut redo = Vec::new();
        while let Some(edit) = undo.pop() {
            redo.push(project.apply(&edit).expect("an inverse fits"));
        }
        assert_eq!(bytes(&project), before, "seed {seed}");
        while let Some(edit) = redo.pop() {
            project.apply(&edit).expect("an inverse of an inverse fits");
        }
        assert_eq!(bytes(&project), after, "seed {seed}");
    }
}
