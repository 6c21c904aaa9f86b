//! Generated segments, opened in the form and left as they are.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test, in the functions that tests share too")]

use std::cell::Cell;
use std::collections::BTreeSet;

use audience::sheet::{Form, Sheet};
use model::{Path, Step};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

/// A scalar of any kind, numbers in spellings that a conversion would lose.
fn scalar() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-zé\"\\\\ ]{0,6}".prop_map(|text| Value::from(text).to_string()),
        2 => prop::sample::select(vec!["1", "-0.0", "1.0", "2.50", "1e+3", "12345678901234567890", "0.1"]).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["null", "true", "[]", "{}", "[1]", "{\"x\":[{}]}"]).prop_map(str::to_owned),
    ]
}

/// A member that belongs there, nearly always.
fn mostly(text: impl Strategy<Value = String> + 'static) -> impl Strategy<Value = String> {
    prop_oneof![12 => text, 1 => scalar()]
}

fn word(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    mostly(prop::sample::select(words).prop_map(|word| format!("\"{word}\"")))
}

/// An object of some of these members in any order, and now and then one that nobody knows.
fn object(members: Vec<(&'static str, BoxedStrategy<String>)>) -> BoxedStrategy<String> {
    let members: Vec<_> = members
        .into_iter()
        .map(|(name, value)| {
            prop::option::weighted(0.75, value).prop_map(move |value| value.map(|value| (name.to_owned(), value)))
        })
        .collect();
    let odd = prop::option::weighted(0.05, ("[A-Z][a-z]{2}", scalar()));
    (members, odd)
        .prop_map(|(known, odd)| known.into_iter().flatten().chain(odd).collect::<Vec<_>>())
        .prop_shuffle()
        .prop_map(|members| written(&members))
        .boxed()
}

fn written(members: &[(String, String)]) -> String {
    let mut seen = BTreeSet::new();
    let members: Vec<String> = members
        .iter()
        .filter(|(name, _)| seen.insert(name.clone()))
        .map(|(name, value)| format!("{}:{value}", Value::from(name.as_str())))
        .collect();
    format!("{{{}}}", members.join(","))
}

fn map(value: BoxedStrategy<String>) -> BoxedStrategy<String> {
    mostly(prop::collection::vec(("[A-Za-z.é ]{1,5}", value), 0..4).prop_map(|members| written(&members))).boxed()
}

fn list(value: BoxedStrategy<String>, most: usize) -> BoxedStrategy<String> {
    mostly(prop::collection::vec(value, 0..most).prop_map(|items| format!("[{}]", items.join(",")))).boxed()
}

fn dimensions() -> BoxedStrategy<String> {
    let values = || list(mostly("[a-z0-9:-]{0,5}".prop_map(|text| format!("\"{text}\""))).boxed(), 4);
    let comparisons = &["INCLUSIVE", "EXCLUSIVE", "CONTAINS", "BEFORE", "AFTER", "ON", "BETWEEN", "LIKE"];
    let attribute = || object(vec![("AttributeType", word(comparisons).boxed()), ("Values", values())]);
    let set = || object(vec![("DimensionType", word(&["INCLUSIVE", "EXCLUSIVE"]).boxed()), ("Values", values())]);
    let operators = &["EQUAL", "GREATER_THAN", "LESS_THAN", "GREATER_THAN_OR_EQUAL", "LESS_THAN_OR_EQUAL", "NEAR"];
    let metric = object(vec![("ComparisonOperator", word(operators).boxed()), ("Value", scalar().boxed())]);
    let recency = object(vec![
        ("Duration", word(&["HR_24", "DAY_7", "DAY_14", "DAY_30"]).boxed()),
        ("RecencyType", word(&["ACTIVE", "INACTIVE"]).boxed()),
    ]);
    let point = object(vec![("Latitude", scalar().boxed()), ("Longitude", scalar().boxed())]);
    let circle = object(vec![("Coordinates", point), ("RangeInKilometers", scalar().boxed())]);
    let members = ["AppVersion", "Channel", "DeviceType", "Make", "Model", "Platform"];
    object(vec![
        ("Attributes", map(attribute())),
        ("UserAttributes", map(attribute())),
        ("Metrics", map(metric)),
        ("Behavior", object(vec![("Recency", recency)])),
        ("Demographic", object(members.map(|member| (member, set())).into())),
        ("Location", object(vec![("Country", set()), ("GPSPoint", circle)])),
    ])
}

fn segment() -> BoxedStrategy<String> {
    let quantity = || word(&["ALL", "ANY", "NONE"]).boxed();
    let source = object(vec![("Id", scalar().boxed()), ("Version", scalar().boxed())]);
    let group = object(vec![
        ("SourceSegments", list(source, 3)),
        ("SourceType", quantity()),
        ("Dimensions", list(dimensions(), 3)),
        ("Type", quantity()),
    ]);
    let groups = object(vec![("Groups", list(group, 3)), ("Include", quantity())]);
    let name = || ("Name", scalar().boxed());
    let tags = || ("tags", scalar().boxed());
    prop_oneof![
        5 => object(vec![name(), ("Dimensions", dimensions()), tags()]),
        5 => object(vec![name(), ("SegmentGroups", groups), tags()]),
        1 => object(vec![name(), ("Dimensions", scalar().boxed()), ("SegmentGroups", scalar().boxed())]),
        1 => object(vec![name(), ("SegmentType", word(&["IMPORT", "DIMENSIONAL"]).boxed()), tags()]),
        1 => scalar(),
    ]
    .boxed()
}

/// Puts a value at a place that is there.
fn put(root: &mut Value, place: &Path, value: Value) {
    let target = place.0.iter().fold(root, |at, step| match step {
        Step::Key(key) => &mut at[key.as_str()],
        Step::Index(index) => &mut at[*index],
    });
    *target = value;
}

/// The places of all values that have no parts, empty objects and lists included.
fn leaves(value: &Value, place: Path, out: &mut Vec<Path>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            members.iter().for_each(|(name, value)| leaves(value, place.join(name), out));
        }
        Value::Array(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(number, value)| leaves(value, place.join(number), out));
        }
        _ => out.push(place),
    }
}

#[test]
fn ten_thousand_segments_are_opened_and_left_as_they_are() {
    let (shown, rest) = (Cell::new(0), Cell::new(0));
    let mut runner = TestRunner::new_with_rng(
        ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() },
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    runner
        .run(&segment(), |text| {
            let document: Value = serde_json::from_str(&text).unwrap();
            let sheet = Sheet::of(&document);
            // Every field is set to what it shows.
            let mut after = document.clone();
            let fields = sheet.fields(&document);
            for (place, value) in &fields {
                put(&mut after, place, value.clone());
            }
            prop_assert_eq!(after.to_string(), document.to_string());
            prop_assert_eq!(document.to_string(), text, "reading alone changes nothing");
            // Nothing is hidden: what has no field is shown as JSON.
            let mut all = Vec::new();
            leaves(&document, Path::default(), &mut all);
            for leaf in all {
                let empty = leaf.find(&document).is_some_and(|value| *value == json!([]) || *value == json!({}));
                let seen =
                    fields.iter().map(|(place, _)| place).chain(&sheet.rest).any(|place| leaf.starts_with(place));
                prop_assert!(seen || empty, "{leaf} of {document} is not shown");
            }
            shown.set(shown.get() + fields.len());
            rest.set(rest.get() + sheet.rest.len());
            Ok(())
        })
        .unwrap();
    assert!(shown.get() > 20_000 && rest.get() > 5_000, "{} fields, {} as JSON", shown.get(), rest.get());
}

#[test]
fn a_form_is_what_the_members_say() {
    let rows = [
        (json!({"Name": "a"}), Form::Everybody),
        (json!({"Dimensions": {}}), Form::Dimensions),
        (json!({"Dimensions": {}, "SegmentGroups": null}), Form::Dimensions),
        (json!({"SegmentGroups": {"Groups": []}}), Form::Groups),
        (json!({"ImportDefinition": {}, "Dimensions": {}}), Form::Imported),
        (Value::Object(Map::new()), Form::Everybody),
    ];
    for (document, form) in rows {
        assert_eq!(Sheet::of(&document).form, form, "{document}");
    }
}
