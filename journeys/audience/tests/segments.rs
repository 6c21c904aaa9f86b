//! The operator table and the groups of segments-and-endpoints.md 2, row by row.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test, in the functions that tests share too")]

use std::sync::Arc;

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
    let unknown = Audience::compile("s", &segment(&list)).unwrap();
    assert_eq!((unknown.select(&people, 0), unknown.unlisted(&people)), (vec![], vec!["s"]), "nobody, and it is told");
    let why = "not in: imported segment `s`: its list is not in this project, so nobody is known to be on it";
    assert_eq!(unknown.explain(&people, 0, 0), why);
    let members = Members { endpoints: ["a".to_owned()].into(), users: ["u".to_owned()].into() };
    let audience = Audience::compile_with_members("s", &segment(&list), &|_| Some(members.clone())).unwrap();
    assert_eq!(audience.select(&people, 0), [0, 1]);
    assert_eq!(audience.explain(&people, 2, 0), "not in: imported segment `s`: not on its list");
    // The list that people have counts where the segment brings none, also for segments that are built on it.
    people.set_list("s", Arc::new(members));
    let based = [
        ("s", json!({"SegmentType": "IMPORT"})),
        ("b", json!({"SegmentGroups": {"Groups": [{"SourceSegments": [{"Id": "s"}]}]}})),
        ("n", json!({"SegmentGroups": {"Groups": [{"SourceSegments": [{"Id": "s"}], "SourceType": "NONE"}]}})),
    ];
    for (id, rows) in [("s", vec![0, 1]), ("b", vec![0, 1]), ("n", vec![2])] {
        let audience = Audience::compile(id, &segment(&based)).unwrap();
        assert_eq!((audience.select(&people, 0), audience.unlisted(&people)), (rows, vec![]), "{id}");
        assert_eq!(audience.unlisted(&People::default()), ["s"], "{id}");
    }
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

#[test]
fn clause_2_1_sets_of_every_member() {
    let set = |kind: &str, values: &[&str]| json!({"DimensionType": kind, "Values": values});
    // table: dimensions from a set, endpoint from a value
    type Member = (fn(Value) -> Value, fn(&str) -> Value);
    let members: [Member; 7] = [
        (|set| json!({"Demographic": {"AppVersion": set}}), |value| json!({"Demographic": {"AppVersion": value}})),
        (|set| json!({"Demographic": {"Platform": set}}), |value| json!({"Demographic": {"Platform": value}})),
        (|set| json!({"Demographic": {"DeviceType": set}}), |value| json!({"Demographic": {"Platform": value}})),
        (|set| json!({"Demographic": {"Make": set}}), |value| json!({"Demographic": {"Make": value}})),
        (|set| json!({"Demographic": {"Model": set}}), |value| json!({"Demographic": {"Model": value}})),
        (|set| json!({"Demographic": {"Channel": set}}), |value| json!({"ChannelType": value})),
        (|set| json!({"Location": {"Country": set}}), |value| json!({"Location": {"Country": value}})),
    ];
    for (dimensions, endpoint) in members {
        // Names of channels, because one of the members takes no others.
        assert!(holds(endpoint("SMS"), dimensions(set("INCLUSIVE", &["EMAIL", "SMS"]))));
        assert!(holds(endpoint("SMS"), dimensions(json!({"Values": ["SMS"]}))));
        assert!(!holds(endpoint("SMS"), dimensions(set("INCLUSIVE", &["EMAIL"]))));
        assert!(!holds(endpoint("SMS"), dimensions(set("EXCLUSIVE", &["EMAIL", "SMS"]))));
        assert!(holds(endpoint("SMS"), dimensions(set("EXCLUSIVE", &["EMAIL"]))));
        assert!(!holds(json!({}), dimensions(set("INCLUSIVE", &["SMS"]))));
        assert!(holds(json!({}), dimensions(set("EXCLUSIVE", &["SMS"]))));
        assert!(!holds(endpoint("SMS"), dimensions(set("INCLUSIVE", &[]))));
        assert!(holds(endpoint("SMS"), dimensions(set("EXCLUSIVE", &[]))));
    }
    let upper = json!({"Demographic": {"Platform": {"Values": ["IOS"]}}, "Location": {}});
    assert!(!holds(json!({"Demographic": {"Platform": "ios"}}), upper), "case-sensitive");
}

#[test]
fn clause_2_1_all_members_and_all_names_must_hold() {
    let endpoint = json!({"Attributes": {"a": ["1"], "b": ["2"]}, "Metrics": {"m": 1, "n": 2},
        "User": {"UserAttributes": {"u": ["3"]}}, "Demographic": {"Make": "x"}});
    let test = |value: &str| json!({"Values": [value]});
    let equal = |value: i32| json!({"ComparisonOperator": "EQUAL", "Value": value});
    let whole = json!({"Attributes": {"a": test("1"), "b": test("2")}, "Metrics": {"m": equal(1), "n": equal(2)},
        "UserAttributes": {"u": test("3")}, "Demographic": {"Make": test("x")}});
    assert!(holds(endpoint.clone(), whole.clone()));
    for (place, other) in [
        ("/Attributes/a", test("0")),
        ("/Attributes/b", test("0")),
        ("/Metrics/m", equal(0)),
        ("/Metrics/n", equal(0)),
        ("/UserAttributes/u", test("0")),
        ("/Demographic/Make", test("0")),
    ] {
        let mut dimensions = whole.clone();
        *dimensions.pointer_mut(place).unwrap() = other;
        assert!(!holds(endpoint.clone(), dimensions), "{place}");
    }
}

#[test]
fn clause_2_1_dates() {
    // values of the endpoint, operator, values of the criterion, answer
    let table: &[(&[&str], &str, &[&str], bool)] = &[
        (&["soon", "2026-01-01"], "BEFORE", &["2026-01-02"], true),
        (&["2026-01-03", "2026-01-01"], "AFTER", &["2026-01-02"], true),
        (&["2026-01-02T01:00:00+02:00"], "BEFORE", &["2026-01-02"], true),
        (&["2026-01-02T01:00:00"], "AFTER", &["2026-01-02"], true),
        (&["2026-02-30"], "AFTER", &["2026-01-01"], false),
        (&[""], "AFTER", &["2026-01-01"], false),
        (&["20260101"], "ON", &["2026-01-01T05:00:00Z"], true),
        (&["2026-01-02"], "ON", &["2026-01-02T12:00:00Z"], true),
        (&["2026-01-01T23:59:59.999Z"], "ON", &["2026-01-02"], false),
        (&["2026-01-03T00:00:00Z"], "ON", &["2026-01-02"], false),
        (&["1969-12-31T23:00:00Z"], "ON", &["1969-12-31"], true),
        (&["nonsense"], "ON", &["2026-01-02"], false),
        (&["2025-12-31T23:59:59.999Z"], "BETWEEN", &["2026-01-01", "2026-01-05"], false),
        (&["2026-01-03"], "BETWEEN", &["2026-01-05", "2026-01-01"], false),
        (&["x", "2026-01-03"], "BETWEEN", &["2026-01-01", "2026-01-05"], true),
        (&[], "BETWEEN", &["2026-01-01", "2026-01-05"], false),
    ];
    for (seen, operator, wanted, answer) in table {
        let dimension = json!({"x": {"AttributeType": operator, "Values": wanted}});
        let endpoint = json!({"Attributes": {"x": seen}});
        assert_eq!(holds(endpoint, json!({"Attributes": dimension})), *answer, "{seen:?} {operator} {wanted:?}");
    }
}

#[test]
fn clause_2_1_recency_of_every_duration_to_the_millisecond() {
    for (duration, days) in [("HR_24", 1), ("DAY_7", 7), ("DAY_14", 14), ("DAY_30", 30)] {
        for (at, recent) in [(now(), true), (now() - days * DAY, true), (now() - days * DAY - 1, false)] {
            let endpoint = json!({"EffectiveDate": model::time::format_instant(at)});
            for (kind, answer) in [("ACTIVE", recent), ("INACTIVE", !recent)] {
                let dimensions = json!({"Behavior": {"Recency": {"Duration": duration, "RecencyType": kind}}});
                assert_eq!(holds(endpoint.clone(), dimensions), answer, "{duration} {kind} {at}");
            }
        }
        let active = json!({"Behavior": {"Recency": {"Duration": duration, "RecencyType": "ACTIVE"}}});
        assert!(holds(json!({}), active), "without a date it was written just now");
    }
}

#[test]
fn clause_2_1_distance_is_from_the_rounded_coordinates() {
    let near = |latitude: f64, longitude: f64, range: Option<f64>| {
        let mut point = json!({"Coordinates": {"Latitude": latitude, "Longitude": longitude}});
        if let Some(range) = range {
            point["RangeInKilometers"] = json!(range);
        }
        json!({"Location": {"GPSPoint": point}})
    };
    let at = |latitude: f64, longitude: f64| json!({"Location": {"Latitude": latitude, "Longitude": longitude}});
    // endpoint, point, range, answer. A tenth of a degree of latitude is 11.12 km.
    let table = [
        (at(52.46, 13.4), near(52.5, 13.4, None), true),
        (at(52.44, 13.4), near(52.5, 13.4, None), false),
        (at(52.44, 13.4), near(52.5, 13.4, Some(11.1)), false),
        (at(52.44, 13.4), near(52.5, 13.4, Some(11.2)), true),
        // At 60 degrees a degree of longitude is half of one at the equator: 55.6 km.
        (at(60.0, 10.0), near(60.0, 11.0, Some(55.5)), false),
        (at(60.0, 10.0), near(60.0, 11.0, Some(55.7)), true),
        // Over the date line, over the pole, and half around the earth.
        (at(0.0, 179.9), near(0.0, -179.9, Some(22.3)), true),
        (at(89.9, 0.0), near(89.9, 180.0, Some(22.3)), true),
        (at(0.0, 0.0), near(0.0, 180.0, Some(20_014.0)), false),
        (at(0.0, 0.0), near(0.0, 180.0, Some(20_016.0)), true),
        (at(52.5, 13.4), near(52.5, 13.4, Some(0.0)), true),
        (json!({"Location": {"Latitude": 0}}), near(0.0, 0.0, Some(99_999.0)), false),
        (json!({"Location": {"Longitude": 0}}), near(0.0, 0.0, Some(99_999.0)), false),
    ];
    for (endpoint, dimensions, answer) in table {
        assert_eq!(holds(endpoint.clone(), dimensions.clone()), answer, "{endpoint} {dimensions}");
    }
}

#[test]
fn clause_2_2_sources_evaluate_recursively_and_by_version() {
    let mut people = People::default();
    for (id, plans) in [("free", vec!["free"]), ("pro", vec!["pro"]), ("both", vec!["free", "pro"]), ("none", vec![])] {
        people.push(Some(id), &json!({"Attributes": {"Plan": plans}})).unwrap();
    }
    let of = |source: Value, kind: &str| json!({"SegmentGroups": {"Groups": [{"SourceSegments": [source], "SourceType": kind}]}});
    let list = [
        ("f", json!({"Dimensions": plan("free")})),
        ("f/versions/1", json!({"Dimensions": plan("pro")})),
        ("not f", of(json!({"Id": "f"}), "NONE")),
        ("not not f", of(json!({"Id": "not f"}), "NONE")),
        ("f of old", of(json!({"Id": "f", "Version": 1}), "ALL")),
        ("f of now", of(json!({"Id": "f", "Version": 2}), "ALL")),
    ];
    let table = [("not f", vec![1, 3]), ("not not f", vec![0, 2]), ("f of old", vec![1, 2]), ("f of now", vec![0, 2])];
    for (id, rows) in table {
        assert_eq!(Audience::compile(id, &segment(&list)).unwrap().select(&people, 0), rows, "{id}");
    }
}

#[test]
fn clause_2_2_cycles_are_named_from_where_they_close() {
    let on = |id: &str| json!({"SegmentGroups": {"Groups": [{"SourceSegments": [{"Id": id}]}]}});
    let list = [("s", on("a")), ("a", on("b")), ("b", on("c")), ("c", on("a")), ("self", on("self"))];
    for (id, path) in [("s", vec!["a", "b", "c", "a"]), ("self", vec!["self", "self"])] {
        let path = path.into_iter().map(str::to_owned).collect();
        assert_eq!(Audience::compile(id, &segment(&list)).unwrap_err(), AudienceError::Cycle { path });
    }
}

#[test]
fn clause_2_2_opted_out_and_inactive_endpoints_stay_members() {
    let mut people = People::default();
    people.push(Some("a"), &json!({"OptOut": "ALL", "Attributes": {"Plan": ["pro"]}})).unwrap();
    people.push(Some("b"), &json!({"EndpointStatus": "INACTIVE", "Attributes": {"Plan": ["pro"]}})).unwrap();
    let audience = Audience::from_dimensions(&plan("pro")).unwrap();
    assert_eq!(audience.select(&people, 0), [0, 1]);
}

#[test]
fn clause_2_3_users_of_an_imported_segment_stand_for_their_endpoints_of_now() {
    let mut people = People::default();
    people.push(Some("a"), &json!({"User": {"UserId": "u"}})).unwrap();
    people.push(Some("b"), &json!({"User": {"UserId": "v"}})).unwrap();
    let list = [
        ("i", json!({"SegmentType": "IMPORT"})),
        ("s", json!({"SegmentGroups": {"Groups": [{"SourceSegments": [{"Id": "i"}], "Dimensions": [plan("pro")]}]}})),
    ];
    let members = Members { users: ["u".to_owned()].into(), ..Members::default() };
    let audience = Audience::compile_with_members("i", &segment(&list), &|_| Some(members.clone())).unwrap();
    let narrowed = Audience::compile_with_members("s", &segment(&list), &|_| Some(members.clone())).unwrap();
    assert_eq!((audience.select(&people, 0), narrowed.select(&people, 0)), (vec![0], vec![]));
    people.push(Some("c"), &json!({"User": {"UserId": "u"}, "Attributes": {"Plan": ["pro"]}})).unwrap();
    people.push(Some("b"), &json!({"User": {"UserId": "u"}})).unwrap();
    people.push(Some("a"), &json!({"User": {"UserId": "v"}})).unwrap();
    assert_eq!((audience.select(&people, 0), narrowed.select(&people, 0)), (vec![1, 2], vec![2]));
}

#[test]
fn clause_2_3_a_user_attribute_matches_every_endpoint_of_the_user() {
    let mut people = People::default();
    for (id, user) in [("a", "u"), ("b", "u"), ("c", "v")] {
        people.push(Some(id), &json!({"User": {"UserId": user}})).unwrap();
    }
    people.push(Some("b"), &json!({"User": {"UserAttributes": {"Plan": ["pro"]}}})).unwrap();
    let audience = Audience::from_dimensions(&json!({"UserAttributes": plan("pro")["Attributes"]})).unwrap();
    assert_eq!(audience.select(&people, 0), [0, 1]);
}
