//! The operator table and the groups of segments-and-endpoints.md 2, row by row.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test, in the functions that tests share too")]

use audience::{Audience, AudienceError, Members, People};
use model::time::{DAY, parse_instant};
use serde_json::{Value, json};

const NOW: &str = "2026-01-31T12:00:00Z";

fn now() -> i64 {
    parse_instant(NOW).unwrap()
}

/// One endpoint, one question; `contains`, `select` and `explain` must agree.
fn holds(endpoint: Value, dimensions: Value) -> bool {
    let mut people = People::default();
    let row = people.push(Some("e"), &endpoint).unwrap();
    let audience = Audience::from_dimensions(&dimensions).unwrap();
    let holds = audience.contains(&people, row, now());
    assert_eq!(audience.select(&people, now()), if holds { vec![0] } else { vec![] }, "{dimensions}");
    let why = audience.explain(&people, row, now());
    assert!(why.starts_with(if holds { "in: " } else { "not in: " }), "{why}");
    holds
}

#[test]
fn operators_of_attributes() {
    // values of the endpoint, operator, values of the criterion, answer
    let table: &[(&[&str], &str, &[&str], bool)] = &[
        (&["free", "pro"], "INCLUSIVE", &["pro"], true),
        (&["pro"], "INCLUSIVE", &["Pro"], false),
        (&["pro"], "INCLUSIVE", &["plus", "pro"], true),
        (&[], "INCLUSIVE", &["pro"], false),
        (&["free"], "EXCLUSIVE", &["pro"], true),
        (&["free", "pro"], "EXCLUSIVE", &["pro"], false),
        (&[], "EXCLUSIVE", &["pro"], true),
        (&["mountain hiking"], "CONTAINS", &["hik"], true),
        (&["mountain Hiking"], "CONTAINS", &["hik"], false),
        (&["a", "hiking"], "CONTAINS", &["x", "king"], true),
        (&[], "CONTAINS", &["x"], false),
        (&["2026-01-01T00:00:00Z"], "BEFORE", &["2026-01-02"], true),
        (&["2026-01-02T00:00:00Z"], "BEFORE", &["2026-01-02"], false),
        (&["not a date"], "BEFORE", &["2026-01-02"], false),
        (&["2026-01-02T00:00:00.001Z"], "AFTER", &["2026-01-02"], true),
        (&["2026-01-02"], "AFTER", &["2026-01-02"], false),
        (&[], "AFTER", &["2026-01-02"], false),
        (&["2026-01-02T23:59:59Z"], "ON", &["2026-01-02T12:00:00Z"], true),
        (&["2026-01-02T23:30:00-02:00"], "ON", &["2026-01-02"], false),
        (&["2026-01-01"], "BETWEEN", &["2026-01-01", "2026-01-05"], true),
        (&["2026-01-05"], "BETWEEN", &["2026-01-01", "2026-01-05"], true),
        (&["2026-01-05T00:00:01Z"], "BETWEEN", &["2026-01-01", "2026-01-05"], false),
    ];
    for (seen, operator, wanted, answer) in table {
        let dimension = json!({"x": {"AttributeType": operator, "Values": wanted}});
        let endpoint = json!({"Attributes": {"x": seen}, "User": {"UserId": "u", "UserAttributes": {"x": seen}}});
        for group in ["Attributes", "UserAttributes"] {
            assert_eq!(holds(endpoint.clone(), json!({group: dimension})), *answer, "{seen:?} {operator} {wanted:?}");
        }
    }
}

#[test]
fn absent_operator_is_inclusive_and_a_user_attribute_needs_no_user() {
    assert!(holds(json!({"Attributes": {"x": "bare"}}), json!({"Attributes": {"x": {"Values": ["bare"]}}})));
    assert!(holds(json!({}), json!({"UserAttributes": {"x": {"AttributeType": "EXCLUSIVE", "Values": ["a"]}}})));
    let alone = json!({"User": {"UserAttributes": {"x": ["a"]}}});
    assert!(holds(alone, json!({"UserAttributes": {"x": {"Values": ["a"]}}})));
}

#[test]
fn operators_of_metrics() {
    let table = [
        ("GREATER_THAN", 5.0, [false, false, true]),
        ("LESS_THAN", 5.0, [true, false, false]),
        ("GREATER_THAN_OR_EQUAL", 5.0, [false, true, true]),
        ("LESS_THAN_OR_EQUAL", 5.0, [true, true, false]),
        ("EQUAL", 5.0, [false, true, false]),
    ];
    for (operator, value, answers) in table {
        let dimension = json!({"Metrics": {"m": {"ComparisonOperator": operator, "Value": value}}});
        for (seen, answer) in [4.5, 5.0, 5.5].into_iter().zip(answers) {
            assert_eq!(holds(json!({"Metrics": {"m": seen}}), dimension.clone()), answer, "{seen} {operator}");
        }
        assert!(!holds(json!({}), dimension), "a missing metric never matches");
    }
}

#[test]
fn demographics_location_and_recency() {
    let set = |kind: &str, values: &[&str]| json!({"DimensionType": kind, "Values": values});
    let endpoint = json!({"ChannelType": "EMAIL", "Demographic": {"Platform": "ios", "AppVersion": "3.1", "Make": "Apple", "Model": "X"},
        "Location": {"Country": "DE", "Latitude": 52.52, "Longitude": 13.405}, "EffectiveDate": "2026-01-25T12:00:00Z"});
    let table = [
        (json!({"Demographic": {"Channel": set("INCLUSIVE", &["EMAIL", "SMS"])}}), true),
        (json!({"Demographic": {"Channel": set("EXCLUSIVE", &["EMAIL"])}}), false),
        (json!({"Demographic": {"Platform": set("INCLUSIVE", &["ios"])}}), true),
        (json!({"Demographic": {"DeviceType": set("INCLUSIVE", &["ios"])}}), true),
        (json!({"Demographic": {"AppVersion": set("EXCLUSIVE", &["3.1"])}}), false),
        (json!({"Demographic": {"Make": set("INCLUSIVE", &["Apple"]), "Model": set("INCLUSIVE", &["Y"])}}), false),
        (json!({"Location": {"Country": set("INCLUSIVE", &["DE"])}}), true),
        (json!({"Location": {"GPSPoint": {"Coordinates": {"Latitude": 52.5, "Longitude": 13.4}}}}), true),
        (json!({"Location": {"GPSPoint": {"Coordinates": {"Latitude": 52.5, "Longitude": 13.6}}}}), false),
        (
            json!({"Location": {"GPSPoint": {"Coordinates": {"Latitude": 48.1, "Longitude": 11.6}, "RangeInKilometers": 504}}}),
            false,
        ),
        (
            json!({"Location": {"GPSPoint": {"Coordinates": {"Latitude": 48.1, "Longitude": 11.6}, "RangeInKilometers": 506}}}),
            true,
        ),
        (json!({"Behavior": {"Recency": {"Duration": "DAY_7", "RecencyType": "ACTIVE"}}}), true),
        (json!({"Behavior": {"Recency": {"Duration": "HR_24", "RecencyType": "ACTIVE"}}}), false),
        (json!({"Behavior": {"Recency": {"Duration": "HR_24", "RecencyType": "INACTIVE"}}}), true),
    ];
    for (dimensions, answer) in table {
        assert_eq!(holds(endpoint.clone(), dimensions.clone()), answer, "{dimensions}");
    }
    assert!(!holds(json!({}), json!({"Location": {"GPSPoint": {"Coordinates": {"Latitude": 0, "Longitude": 0}}}})));
}

#[test]
fn an_event_counts_as_activity() {
    let mut people = People::default();
    people.push(Some("e"), &json!({"EffectiveDate": "2025-01-01T00:00:00Z"})).unwrap();
    let active = json!({"Behavior": {"Recency": {"Duration": "HR_24", "RecencyType": "ACTIVE"}}});
    let audience = Audience::from_dimensions(&active).unwrap();
    assert!(!audience.contains(&people, 0, now()));
    people.touch(0, now() - DAY);
    assert!(audience.contains(&people, 0, now()));
    assert!(!audience.contains(&people, 0, now() + 1));
}

fn plan(name: &str) -> Value {
    json!({"Attributes": {"Plan": {"Values": [name]}}})
}

fn segment<'a>(list: &'a [(&'a str, Value)]) -> impl Fn(&str) -> Option<&'a Value> {
    move |id| list.iter().find(|(known, _)| *known == id).map(|(_, value)| value)
}

#[test]
fn groups_combine_as_the_table_says() {
    let mut people = People::default();
    for (id, plans) in [("free", vec!["free"]), ("pro", vec!["pro"]), ("both", vec!["free", "pro"]), ("none", vec![])] {
        people.push(Some(id), &json!({"Attributes": {"Plan": plans}})).unwrap();
    }
    let names = |audience: &Audience| -> Vec<&str> {
        let rows = audience.select(&people, 0);
        for row in 0..people.len() {
            assert_eq!(audience.contains(&people, row, 0), rows.contains(&(row as u32)));
            assert_eq!(audience.explain(&people, row, 0).starts_with("in"), rows.contains(&(row as u32)));
        }
        rows.into_iter().map(|row| people.row(row as usize).id()).collect()
    };
    let table = [
        (json!({"Dimensions": [plan("free"), plan("pro")], "Type": "ALL"}), vec!["both"]),
        (json!({"Dimensions": [plan("free"), plan("pro")]}), vec!["both"]),
        (json!({"Dimensions": [plan("free"), plan("pro")], "Type": "ANY"}), vec!["free", "pro", "both"]),
        (json!({"Dimensions": [plan("free"), plan("pro")], "Type": "NONE"}), vec!["none"]),
        (json!({"SourceSegments": [{"Id": "f"}, {"Id": "p"}], "SourceType": "ALL"}), vec!["both"]),
        (json!({"SourceSegments": [{"Id": "f"}, {"Id": "p"}], "SourceType": "ANY"}), vec!["free", "pro", "both"]),
        (json!({"SourceSegments": [{"Id": "f"}, {"Id": "p"}], "SourceType": "NONE"}), vec!["none"]),
        (json!({"SourceSegments": [{"Id": "f"}], "Dimensions": [plan("pro")], "Type": "NONE"}), vec!["free"]),
        (json!({"SourceType": "NONE", "Type": "NONE"}), vec!["free", "pro", "both", "none"]),
    ];
    for (group, members) in table {
        let list = [
            ("f", json!({"Dimensions": plan("free")})),
            ("p", json!({"Dimensions": plan("pro")})),
            ("s", json!({"SegmentGroups": {"Groups": [group]}})),
        ];
        let audience = Audience::compile("s", &segment(&list)).unwrap();
        assert_eq!(names(&audience), members, "{}", list[2].1);
    }
    let group = |name: &str| json!({"Dimensions": [plan(name)]});
    for (include, members) in [("ALL", vec!["both"]), ("ANY", vec!["free", "pro", "both"]), ("NONE", vec!["none"])] {
        let list = [("s", json!({"SegmentGroups": {"Groups": [group("free"), group("pro")], "Include": include}}))];
        assert_eq!(names(&Audience::compile("s", &segment(&list)).unwrap()), members);
    }
}

#[test]
fn errors_name_what_is_wrong() {
    let compile = |list: &[(&str, Value)]| Audience::compile("s", &segment(list)).unwrap_err();
    let on = |id: &str| json!({"SegmentGroups": {"Groups": [{"SourceSegments": [{"Id": id}]}]}});
    let cycle = compile(&[("s", on("t")), ("t", on("s"))]);
    assert_eq!(cycle, AudienceError::Cycle { path: vec!["s".into(), "t".into(), "s".into()] });
    assert_eq!(compile(&[("s", on("gone"))]), AudienceError::NotFound { segment: "gone".into() });
    let table = [
        (
            json!({"Attributes": {"x": {"AttributeType": "LIKE", "Values": []}}}),
            "Dimensions.Attributes.x.AttributeType",
        ),
        (json!({"Attributes": {"x": {}}}), "Dimensions.Attributes.x.Values"),
        (
            json!({"Attributes": {"x": {"AttributeType": "ON", "Values": ["soon"]}}}),
            "Dimensions.Attributes.x.Values[0]",
        ),
        (
            json!({"Attributes": {"x": {"AttributeType": "BETWEEN", "Values": ["2026-01-01"]}}}),
            "Dimensions.Attributes.x.Values",
        ),
        (json!({"Metrics": {"m": {"ComparisonOperator": "EQUAL"}}}), "Dimensions.Metrics.m.Value"),
        (json!({"Demographic": {"Channel": {"Values": ["MAIL"]}}}), "Dimensions.Demographic.Channel.Values"),
        (json!({"Behavior": {"Recency": {"Duration": "DAY_7"}}}), "Dimensions.Behavior.Recency.RecencyType"),
        (json!({"Location": {"GPSPoint": {}}}), "Dimensions.Location.GPSPoint.Coordinates"),
    ];
    for (dimensions, place) in table {
        match compile(&[("s", json!({"Dimensions": dimensions}))]) {
            AudienceError::Invalid { segment, member, .. } => {
                assert_eq!((segment.as_str(), member.as_str()), ("s", place))
            }
            other => panic!("{other}"),
        }
    }
    let both = compile(&[("s", json!({"Dimensions": {}, "SegmentGroups": {}}))]);
    assert_eq!(both.to_string(), "segment `s`, has both `Dimensions` and `SegmentGroups`, but one excludes the other");
    // Doubling at each level must end, not hang.
    let names: Vec<String> = (0..40).map(|n| format!("s{n}")).collect();
    let twice = |id: &str| json!({"SegmentGroups": {"Groups": [{"SourceSegments": [{"Id": id}, {"Id": id}]}]}});
    let list: Vec<(&str, Value)> = (0..39).map(|n| (names[n].as_str(), twice(&names[n + 1]))).collect();
    let error = Audience::compile("s0", &segment(&list)).unwrap_err();
    assert!(matches!(error, AudienceError::TooLarge { .. } | AudienceError::NotFound { .. }));
}

#[test]
fn imported_segments_are_lists_of_endpoints_and_users() {
    let mut people = People::default();
    people.push(Some("a"), &json!({})).unwrap();
    people.push(Some("b"), &json!({"User": {"UserId": "u"}})).unwrap();
    people.push(Some("c"), &json!({})).unwrap();
    let list = [("s", json!({"SegmentType": "IMPORT", "ImportDefinition": {"Size": 2}}))];
    assert_eq!(Audience::compile("s", &segment(&list)).unwrap().select(&people, 0), [0, 1, 2]);
    let members = Members { endpoints: ["a".to_owned()].into(), users: ["u".to_owned()].into() };
    let audience = Audience::compile_with_members("s", &segment(&list), &|_| Some(members.clone())).unwrap();
    assert_eq!(audience.select(&people, 0), [0, 1]);
    assert_eq!(audience.explain(&people, 2, 0), "not in: imported segment `s`: not on its list");
}

#[test]
fn reasons_show_the_values_seen() {
    let mut people = People::default();
    people
        .push(
            Some("e"),
            &json!({"ChannelType": "EMAIL", "Attributes": {"Plan": ["free", "beta"]}, "Metrics": {"orders": 3}}),
        )
        .unwrap();
    let explain = |dimensions: Value| Audience::from_dimensions(&dimensions).unwrap().explain(&people, 0, now());
    assert_eq!(explain(plan("pro")), "not in: `Attributes.Plan` is `free`, `beta`, wanted `pro`");
    assert_eq!(
        explain(json!({"Metrics": {"orders": {"ComparisonOperator": "GREATER_THAN_OR_EQUAL", "Value": 2}},
            "UserAttributes": {"VIP": {"AttributeType": "EXCLUSIVE", "Values": ["yes"]}}})),
        "in: `Metrics.orders` is `3`, wanted at least 2; `User.UserAttributes.VIP` is not there, wanted not `yes`"
    );
    assert_eq!(explain(json!({})), "in: the segment has no criteria, everybody is in it");
}
