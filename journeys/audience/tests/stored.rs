//! People as bytes: what is written is read, and damage is an error.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test, in the functions that tests share too")]

use std::io::Cursor;

use audience::{Audience, Members, People, StoreError, Stored, import};
use benchmark::people::{Generated, NOW, standard_segment};
use proptest::prelude::*;
use serde_json::{Value, json};

fn people(count: u64) -> People {
    let mut text = String::new();
    Generated::new(count, 1).json_lines(0..count, &mut text);
    let (mut people, problems) = import::json_lines(&text);
    assert_eq!(problems, []);
    people.touch(3, NOW);
    people
}

fn all(people: &People) -> Vec<Value> {
    people.rows().map(|row| row.to_json()).collect()
}

#[test]
fn people_come_back_as_they_were_and_can_be_written_to() {
    let mut before = people(300);
    before.push(Some("bare"), &json!({})).unwrap();
    before.push(Some("own"), &json!({"User": {"UserAttributes": {"Plan": ["own"]}}})).unwrap();
    before.push(Some("rest"), &json!({"EndpointStatus": "INACTIVE", "ChannelType": "SMS", "Address": "1"})).unwrap();
    let mut after = People::from_bytes(&before.to_bytes()).unwrap();
    assert_eq!(all(&before), all(&after));
    assert_eq!(before.attribute_paths(), after.attribute_paths());
    assert_eq!(before.row(3).last_activity(), after.row(3).last_activity());
    // What is known is found again: ids, users, addresses and texts.
    let again = json!({"ChannelType": "EMAIL", "Address": before.row(1).address(), "User": {"UserId": "user-0",
        "UserAttributes": {"Plan": ["new"]}}, "Attributes": {"Interests": ["sports", "x"]}});
    for people in [&mut before, &mut after] {
        people.push(Some("ep-00000007"), &again).unwrap();
        people.push(Some("new"), &again).unwrap();
    }
    assert_eq!(all(&before), all(&after));
    for row in 0..before.len() {
        assert_eq!(before.companions(row), after.companions(row));
    }
    assert_eq!(after.find("ep-00000007"), Some(7));
    assert_eq!(all(&People::from_bytes(&People::default().to_bytes()).unwrap()), Vec::<Value>::new());
}

/// One segment for every kind of question.
fn segments() -> Vec<Audience> {
    let of = |dimensions: Value| Audience::from_dimensions(&dimensions).unwrap();
    let imported = json!({"SegmentType": "IMPORT"});
    let members = Members { endpoints: ["ep-00000002".to_owned()].into(), users: ["user-1".to_owned()].into() };
    vec![
        Audience::everybody(),
        of(standard_segment(true)),
        of(standard_segment(false)),
        of(json!({"UserAttributes": {"Plan": {"Values": ["pro"]}}, "Demographic": {"Channel": {"Values": ["EMAIL"]}}})),
        of(json!({"Attributes": {"Nothing": {"AttributeType": "EXCLUSIVE", "Values": ["x"]}}})),
        of(json!({"Metrics": {"nothing": {"ComparisonOperator": "EQUAL", "Value": 0}}})),
        of(json!({"Location": {"Country": {"Values": ["DE"]}}})),
        Audience::compile_with_members("i", &|_| Some(&imported), &|_| Some(members.clone())).unwrap(),
    ]
}

#[test]
fn a_segment_finds_the_same_in_the_file_as_in_memory() {
    let people = people(300);
    let bytes = people.to_bytes();
    for audience in segments() {
        let mut stored = Stored::open(Cursor::new(&bytes)).unwrap();
        assert_eq!(stored.len(), people.len());
        assert_eq!(stored.select(&audience, NOW).unwrap(), audience.select(&people, NOW), "{audience:?}");
    }
}

#[test]
fn other_files_are_told_apart_from_damage() {
    let bytes = people(10).to_bytes();
    let open = |bytes: &[u8]| People::from_bytes(bytes).map(|_| ()).unwrap_err();
    assert!(matches!(open(b""), StoreError::NotAStore));
    assert!(matches!(open(&[b'x'; 100]), StoreError::NotAStore));
    assert!(matches!(open(&bytes[..bytes.len() - 1]), StoreError::NotAStore));
    assert!(matches!(open(&bytes[1..]), StoreError::Damaged { .. }));
    let mut other = bytes.clone();
    let version = bytes.len() - 12;
    other[version] = 9;
    assert_eq!(
        open(&other).to_string(),
        "the people were stored in form 9, this program reads form 1; import them again"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// A changed byte is found, wherever it is: in what is read it is an error, elsewhere it changes no answer.
    #[test]
    fn damage_is_an_error(place in any::<prop::sample::Index>(), change in 1u8..=255, which in any::<prop::sample::Index>()) {
        let before = people(20);
        let mut bytes = before.to_bytes();
        let place = place.index(bytes.len() - 12).max(12);
        bytes[place] ^= change;
        prop_assert!(People::from_bytes(&bytes).is_err());
        let segments = segments();
        let audience = which.get(&segments);
        if let Ok(rows) = Stored::open(Cursor::new(&bytes)).and_then(|mut stored| stored.select(audience, NOW)) {
            prop_assert_eq!(rows, audience.select(&before, NOW));
        }
    }

    /// Cut off, doubled or random: never a panic.
    #[test]
    fn no_bytes_make_it_panic(cut in any::<prop::sample::Index>(), tail in prop::collection::vec(any::<u8>(), 0..60)) {
        let bytes = people(5).to_bytes();
        let mut bytes = bytes[..cut.index(bytes.len())].to_vec();
        bytes.extend(&tail);
        prop_assert!(People::from_bytes(&bytes).is_err());
        prop_assert!(People::from_bytes(&tail).is_err());
    }
}
