//! Whatever Pinpoint can say about a journey comes out as it went in.

mod generate;

use generate::{Tape, Tree, any_tree, damage, fixed, journey, same, spell, tapes};
use model::view::View;
use model::{Journey, reader, summary, text};
use proptest::prelude::*;
use serde_json::Value;

fn member<'a>(tree: &'a Tree, name: &str) -> Option<&'a Tree> {
    match tree {
        Tree::Object(members) => members.iter().find(|(key, _)| key == name).map(|(_, value)| value),
        _ => None,
    }
}

/// Reads the journey through every door there is, and compares the answers with the document.
fn look(root: &Value) {
    let Some(journey) = Journey::of(root) else { return };
    let activities = journey.activities();
    let ids: Vec<&str> = activities.iter().map(|activity| activity.id).collect();
    let objects = root["Activities"].as_object().into_iter().flatten().filter(|(_, value)| value.is_object());
    assert_eq!(ids, objects.map(|(id, _)| id.as_str()).collect::<Vec<_>>());
    for activity in &activities {
        assert_eq!(journey.activity(activity.id), Some(*activity));
        assert_eq!(activity.payload.is_some(), activity.kind().is_some());
        if let Some(kind) = activity.kind() {
            assert!(activity.wire.has(kind.member()));
            assert!(activity.payload_path().find(root).is_some_and(Value::is_object));
        }
        for way in activity.connections() {
            let there = activity.slot_path(way.slot).find(root).and_then(Value::as_str);
            assert_eq!(way.target, there.filter(|id| !id.is_empty()), "{} {:?}", activity.id, way.slot);
        }
        assert!(!activity.label().trim().is_empty() || activity.label() == activity.id);
        assert!(!summary::activity(activity, journey).is_empty());
        let _ = (activity.template_name(), activity.template_version());
    }
    assert!(!summary::entry(journey).is_empty());
    assert_eq!(journey.wire.name(), root.get("Name").and_then(Value::as_str));
    assert_eq!(journey.wire.local_time(), root.get("LocalTime").and_then(Value::as_bool));
    assert_eq!(journey.wire.state().map(|state| state.to_string()).as_deref(), {
        let word = root.get("State").and_then(Value::as_str);
        word.filter(|word| summary::words::<model::wire::State>().contains(word))
    });
    if let Some(limits) = journey.wire.limits() {
        let cap = root["Limits"].get("DailyCap").and_then(Value::as_f64).filter(|n| n.fract() == 0.0 && n.abs() < 9e15);
        assert_eq!(limits.daily_cap().map(|n| n as f64), cap);
    }
}

/// Text to value to text and back.
fn round_trip(tree: &Tree, spelled: &str) -> Value {
    let reading = reader::read(spelled);
    assert_eq!(reading.problems, []);
    let value = reading.value.expect("a sound text has a value");
    assert!(same(tree, &value), "{value:#}");
    let written = text::write(&value);
    let again = reader::read(&written);
    assert_eq!(again.problems, []);
    let again = again.value.expect("a written text has a value");
    assert!(same(tree, &again) && again == value, "{written}");
    assert_eq!(text::write(&again), written);
    value
}

/// What `serde_json` makes of exponents, which it respells: `1E2` is `1e+2`.
fn respelled(tree: &Tree) -> Tree {
    match tree {
        Tree::Number(spelled) => {
            let number: serde_json::Number = spelled.parse().expect("a sound number");
            Tree::Number(number.to_string())
        }
        Tree::List(list) => Tree::List(list.iter().map(respelled).collect()),
        Tree::Object(members) => {
            Tree::Object(members.iter().map(|(name, value)| (name.clone(), respelled(value))).collect())
        }
        other => other.clone(),
    }
}

proptest! {
    #![proptest_config(fixed(10_000))]

    #[test]
    fn journeys_come_out_as_they_went_in(mut tape in tapes(700)) {
        let tree = journey(&mut tape);
        let spelled = spell(&mut tape, &tree);
        let value = round_trip(&tree, &spelled);
        let theirs: Value = serde_json::from_str(spelled.trim_start_matches('\u{feff}')).unwrap();
        prop_assert!(same(&respelled(&tree), &theirs));
        for name in ["Name", "Limits", "Schedule", "State"] {
            prop_assert_eq!(member(&tree, name).is_none(), value.get(name).is_none());
            prop_assert_eq!(member(&tree, name) == Some(&Tree::Null), value.get(name) == Some(&Value::Null));
        }
        look(&value);
        let shape = model::shapes::find("WriteJourneyRequest").unwrap();
        for mismatch in model::shapes::check(shape, &value) {
            use model::shapes::Problem;
            prop_assert!(matches!(mismatch.problem, Problem::Missing | Problem::Unknown { .. }), "{mismatch:?}");
        }
    }
}

proptest! {
    #![proptest_config(fixed(2_000))]

    #[test]
    fn any_json_comes_out_as_it_went_in(mut tape in tapes(200)) {
        let tree = any_tree(&mut tape, 5);
        let spelled = spell(&mut tape, &tree);
        round_trip(&tree, &spelled);
    }

    #[test]
    fn views_read_journeys_with_wrong_types(mut tape in tapes(700)) {
        let mut tree = journey(&mut tape);
        damage(&mut tape, &mut tree);
        let spelled = spell(&mut tape, &tree);
        let value = round_trip(&tree, &spelled);
        look(&value);
        model::shapes::check(model::shapes::find("WriteJourneyRequest").unwrap(), &value);
    }
}

#[test]
fn every_shape_of_the_api_comes_out_as_it_went_in() {
    for (i, shape) in model::shapes::SHAPES.iter().enumerate() {
        let mut tape = Tape::endless(i as u64);
        let tree = generate::of_shape(&mut tape, shape, shape.name);
        let spelled = spell(&mut tape, &tree);
        round_trip(&tree, &spelled);
    }
}

#[test]
fn numbers_keep_their_spelling() {
    for spelled in ["1", "1.0", "1e2", "1E2", "1E+2", "1e-2", "-0", "-0.0", "0.10", "12345678901234567890", "1e400"] {
        let value = reader::read(spelled).value.unwrap();
        assert_eq!(text::write(&value), format!("{spelled}\n"));
    }
}

#[test]
fn branches_keep_their_places_beside_what_is_no_branch() {
    let root = reader::read(
        r#"{"Activities": {"s": {"RandomSplit": {"Branches": [null, {"Percentage": 100, "NextActivity": "e"}]}}}}"#,
    );
    look(&root.value.unwrap());
}
