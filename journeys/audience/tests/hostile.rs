//! Nothing that a file or a request can say makes this room panic; a row that does not fit is told by line and column.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test, in the functions that tests share too")]

use audience::{Audience, EventMatcher, People, RowProblem, import};
use benchmark::people::{CSV_HEADER, Generated, NOW};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Sound texts, to be damaged.
fn sound(json: bool) -> String {
    let generated = Generated::new(6, 1);
    let mut text = if json { String::new() } else { CSV_HEADER.to_owned() };
    match json {
        true => generated.json_lines(0..6, &mut text),
        false => generated.csv(0..6, &mut text),
    }
    text
}

/// Cuts, doubles and writes over places of a text.
fn damage(text: &str, wounds: &[(prop::sample::Index, u8, String)]) -> String {
    let mut text: Vec<char> = text.chars().collect();
    for (place, kind, new) in wounds {
        let place = place.index(text.len() + 1);
        let end = (place + usize::from(*kind) / 4).min(text.len());
        let cut: Vec<char> = match kind % 4 {
            0 => Vec::new(),
            1 => text[place..end].iter().chain(&text[place..end]).copied().collect(),
            _ => new.chars().collect(),
        };
        text.splice(place..end, cut);
    }
    text.into_iter().collect()
}

fn wounds() -> impl Strategy<Value = Vec<(prop::sample::Index, u8, String)>> {
    let new = "[\"\\\\,\\n\\r\\t\\[\\]\\{\\}:0-9eE.+ü\u{0}\u{7f}\u{feff}-]{0,4}|null|true|1e999|\\\\ud800|[0-9]{20}";
    prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), new), 0..6)
}

/// Rows and problems account for the text: every problem has a line of the text and says something, every row reads back.
fn sane(text: &str, people: &People, problems: &[RowProblem]) -> Result<(), TestCaseError> {
    let lines = text.split('\n').count();
    for problem in problems {
        prop_assert!(problem.line <= lines, "{problem} of {lines}");
        prop_assert!(!problem.message.is_empty());
    }
    for row in people.rows() {
        let mut again = People::default();
        again.push(None, &row.to_json()).unwrap();
        prop_assert_eq!(again.row(0).to_json(), row.to_json());
    }
    Ok(())
}

/// Any JSON of few, known names, so that it often gets deep into what is read.
fn document() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "INCLUSIVE",
        "EXCLUSIVE",
        "CONTAINS",
        "BEFORE",
        "ON",
        "BETWEEN",
        "ALL",
        "ANY",
        "NONE",
        "EQUAL",
        "HR_24",
        "ACTIVE",
        "EMAIL",
        "2026-01-01",
        "s",
        "t",
        "",
    ]);
    let name = prop::sample::select(vec![
        "Dimensions",
        "SegmentGroups",
        "Groups",
        "Include",
        "SourceSegments",
        "SourceType",
        "Type",
        "Id",
        "Version",
        "Attributes",
        "UserAttributes",
        "Metrics",
        "Behavior",
        "Recency",
        "Duration",
        "RecencyType",
        "Demographic",
        "Channel",
        "Platform",
        "Location",
        "Country",
        "GPSPoint",
        "Coordinates",
        "Latitude",
        "Longitude",
        "RangeInKilometers",
        "AttributeType",
        "DimensionType",
        "Values",
        "ComparisonOperator",
        "Value",
        "EventType",
        "SegmentType",
        "ImportDefinition",
        "User",
        "UserId",
        "Address",
        "ChannelType",
        "x",
    ]);
    let number =
        prop_oneof![Just(json!(0)), Just(json!(-1.5e300)), Just(json!(91)), any::<i64>().prop_map(Value::from)];
    let leaf =
        prop_oneof![3 => word.prop_map(Value::from), 1 => number, 1 => Just(Value::Null), 1 => Just(json!(true))];
    leaf.prop_recursive(6, 60, 5, move |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            3 => prop::collection::vec((name.clone(), inner), 0..5)
                .prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
}

/// A sound segment in which one member is replaced.
fn damaged_segment() -> impl Strategy<Value = Value> {
    let sound = json!({"SegmentGroups": {"Include": "ANY", "Groups": [
        {"SourceSegments": [{"Id": "t", "Version": 1}], "SourceType": "NONE", "Type": "ANY", "Dimensions": [
            {"Attributes": {"a": {"AttributeType": "BETWEEN", "Values": ["2026-01-01", "2026-01-02"]}},
             "UserAttributes": {"u": {"AttributeType": "CONTAINS", "Values": ["x"]}},
             "Metrics": {"m": {"ComparisonOperator": "EQUAL", "Value": 1}},
             "Behavior": {"Recency": {"Duration": "DAY_7", "RecencyType": "INACTIVE"}},
             "Demographic": {"Channel": {"DimensionType": "EXCLUSIVE", "Values": ["SMS"]}},
             "Location": {"Country": {"Values": ["DE"]},
                "GPSPoint": {"Coordinates": {"Latitude": 1, "Longitude": 2}, "RangeInKilometers": 3}}}]}]}});
    let mut places = Vec::new();
    paths(&sound, String::new(), &mut places);
    (prop::sample::select(places), document()).prop_map(move |(place, value)| {
        let mut segment = sound.clone();
        *segment.pointer_mut(&place).unwrap() = value;
        segment
    })
}

fn paths(value: &Value, at: String, out: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| paths(value, format!("{at}/{name}"), out)),
        Value::Array(list) => list.iter().enumerate().for_each(|(n, value)| paths(value, format!("{at}/{n}"), out)),
        _ => {}
    }
    out.push(at);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn damaged_json_lines(wounds in wounds()) {
        let text = damage(&sound(true), &wounds);
        let (people, problems) = import::json_lines(&text);
        sane(&text, &people, &problems)?;
    }

    #[test]
    fn damaged_csv(wounds in wounds()) {
        let text = damage(&sound(false), &wounds);
        let (people, problems) = import::csv(&text);
        sane(&text, &people, &problems)?;
    }

    /// A single bad line among good ones is told by its line, and the others go in.
    #[test]
    fn one_bad_row_is_told_and_the_others_go_in(place in 0usize..6, json in any::<bool>(), kind in 0usize..4) {
        let text = sound(json);
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let line = place + usize::from(!json);
        let (from, to, column) = [
            ("SMS|EMAIL|GCM|APNS|CUSTOM|VOICE", "MAIL", "ChannelType"),
            ("NONE|ALL", "SOME", "OptOut"),
            ("2025-", "20X5-", "EffectiveDate"),
            ("", "", ""),
        ][kind];
        let before = lines[line].clone();
        lines[line] = match from.split('|').find(|word| !word.is_empty() && before.contains(word)) {
            Some(word) => before.replacen(word, to, 1),
            None if json => format!("{before}}}"),
            None => format!("{before},more"),
        };
        let (people, problems) = import::any(if json { "p.jsonl" } else { "p.csv" }, &lines.join("\n"));
        prop_assert_eq!(people.len(), 5);
        prop_assert_eq!(problems.len(), 1);
        prop_assert_eq!((problems[0].line, problems[0].column.as_str()), (line + 1, column));
    }

    #[test]
    fn any_document_as_endpoint_segment_and_event(first in document(), second in document(), damaged in damaged_segment()) {
        let mut people = People::default();
        let _ = people.push(None, &first);
        let _ = people.push(Some("e"), &second);
        let (read, problems) = import::json_lines(&first.to_string());
        sane(&first.to_string(), &read, &problems)?;
        let _ = EventMatcher::compile(&first).map(|matcher| matcher.words());
        let lookup = |id: &str| match id { "s" => Some(&first), "d" => Some(&damaged), "t" => Some(&second), _ => None };
        let audiences = [Audience::compile("s", &lookup), Audience::compile("d", &lookup), Audience::from_dimensions(&first)];
        for audience in audiences {
            let Ok(audience) = audience else { continue };
            let rows = audience.select(&people, NOW);
            for row in 0..people.len() {
                let holds = audience.contains(&people, row, NOW);
                prop_assert_eq!(holds, rows.contains(&(row as u32)));
                prop_assert_eq!(audience.explain(&people, row, NOW).starts_with("in"), holds);
            }
        }
    }

    /// Dates at the ends of time do not overflow.
    #[test]
    fn any_moment_can_be_asked_about(now in prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX)], year in "-?[0-9]{4,6}") {
        let mut people = People::default();
        let _ = people.push(Some("e"), &json!({"EffectiveDate": format!("{year}-01-01T00:00:00Z")}));
        people.push(Some("f"), &json!({"EffectiveDate": "2026-01-01T00:00:00Z"})).unwrap();
        people.touch(0, now);
        let recent = json!({"Behavior": {"Recency": {"Duration": "DAY_30", "RecencyType": "ACTIVE"}}});
        let audience = Audience::from_dimensions(&recent).unwrap();
        for row in 0..people.len() {
            prop_assert_eq!(audience.select(&people, now).contains(&(row as u32)), audience.contains(&people, row, now));
        }
    }
}
