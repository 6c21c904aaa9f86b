//! A pseudonymised copy has nobody in it, and is good for the same segments.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test, in the functions that tests share too")]

use std::collections::BTreeSet;
use std::convert::Infallible;

use audience::{Audience, People, Pseudonyms, import, is_personal};
use benchmark::people::{Generated, NOW, standard_segment};
use serde_json::{Value, json};

const COUNT: u64 = 3_000;

fn people() -> People {
    let mut text = String::new();
    Generated::new(COUNT, 7).json_lines(0..COUNT, &mut text);
    let (mut people, problems) = import::json_lines(&text);
    assert_eq!(problems, []);
    // One who has their address in an attribute too, and a short value that has few stand-ins.
    let odd = json!({"Id": "odd", "ChannelType": "SMS", "Address": "+4915112345678", "Attributes": {"Backup": ["+4915112345678"],
        "Initial": ["A"], "Email": ["odd@example.org"], "Plan": ["gold"]}, "Metrics": {"BirthYear": 1970, "Orders": 3}});
    people.push(None, &odd).unwrap();
    people
}

fn personal(people: &People) -> BTreeSet<String> {
    let mut personal: BTreeSet<String> =
        people.attribute_paths().into_iter().filter(|path| is_personal(path)).collect();
    personal.insert("Attributes.Initial".to_owned());
    personal.insert("Metrics.BirthYear".to_owned());
    personal
}

fn copy(people: &People, key: &[u8]) -> Vec<Value> {
    let mut out = Vec::new();
    let Ok(count) = Pseudonyms::new(people, personal(people), key).each(&mut |endpoint| {
        out.push(endpoint.clone());
        Ok::<_, Infallible>(())
    });
    assert_eq!(count, out.len() as u64);
    out
}

fn texts(value: &Value, out: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(out.insert(text.clone())),
        Value::Array(items) => items.iter().for_each(|item| texts(item, out)),
        Value::Object(members) => members.values().for_each(|value| texts(value, out)),
        _ => {}
    }
}

#[test]
fn no_address_and_no_value_that_is_marked_survives() {
    let people = people();
    let marked = personal(&people);
    assert!(marked.contains("User.UserAttributes.FirstName"), "{marked:?}");
    let mut originals = BTreeSet::new();
    for row in people.rows() {
        originals.extend([Some(row.id()), row.address(), row.user_id()].into_iter().flatten().map(str::to_owned));
        for (name, values) in row.attributes().filter(|(name, _)| marked.contains(&format!("Attributes.{name}"))) {
            originals.extend(values.iter().map(str::to_owned));
            assert_ne!(name, "Plan");
        }
        for (_, values) in
            row.user_attributes().filter(|(name, _)| marked.contains(&format!("User.UserAttributes.{name}")))
        {
            originals.extend(values.iter().map(str::to_owned));
        }
    }
    assert!(originals.len() > 5_000 && originals.contains("A"), "{}", originals.len());
    let copy = copy(&people, b"a key");
    let mut survived = BTreeSet::new();
    copy.iter().for_each(|endpoint| texts(endpoint, &mut survived));
    assert_eq!(originals.intersection(&survived).collect::<Vec<_>>(), Vec::<&String>::new());
    let odd = &copy[COUNT as usize];
    assert_eq!(odd["Address"], odd["Attributes"]["Backup"][0], "an address is replaced wherever it stands");
    assert!(odd["Address"].as_str().unwrap().starts_with("+4915"), "{odd}");
    assert!(odd["Attributes"]["Email"][0].as_str().unwrap().ends_with("@example.com"), "{odd}");
    assert_eq!((&odd["Metrics"], &odd["Attributes"]["Plan"]), (&json!({"Orders": 3}), &json!(["gold"])));
}

#[test]
fn the_copy_is_the_same_for_a_key_and_good_for_the_same_segments() {
    let people = people();
    let first = copy(&people, b"a key");
    assert_eq!(first, copy(&people, b"a key"));
    assert_ne!(first[0]["Address"], copy(&people, b"another key")[0]["Address"]);
    let mut copied = People::default();
    for endpoint in &first {
        copied.push(None, endpoint).unwrap();
    }
    assert_eq!((copied.len(), copied.user_count()), (people.len(), people.user_count()));
    let segment = Audience::from_dimensions(&standard_segment(true)).unwrap();
    assert_eq!(segment.select(&copied, NOW), segment.select(&people, NOW));
    // No two addresses became one: then one of them would be inactive (segments-and-endpoints.md 1.2).
    assert_eq!(copied.rows().filter(|row| row.inactive()).count(), people.rows().filter(|row| row.inactive()).count());
}
