//! Generated people: each path that can be taken has one who takes it, each other a reason.
#![expect(clippy::unwrap_used, reason = "a test says where it fails")]

mod common;

use audience::People;
use common::{asks, event, project, subjects, welcome};
use model::Project;
use serde_json::{Value, json};
use simulation::expectations::{Expectations, Verdict, check, read, write};
use simulation::generation::{Generated, generate};

fn generated(project: &Project, people: &People) -> Generated {
    generate(project, "j", subjects(project)["j"].as_ref().unwrap(), people)
}

/// Paths with somebody, after they were written, read and run; and the reasons of the others.
fn paths(project: &Project, people: &People) -> (Vec<String>, Vec<String>) {
    let made = generated(project, people);
    let all = Expectations { expectations: made.expectations, ..Expectations::default() };
    let (again, problems) = read(&write(&all));
    assert_eq!(problems, []);
    let (outcomes, _) = check(&[("g.toml".to_owned(), again)], &subjects(project), people);
    for outcome in &outcomes {
        assert_eq!(outcome.verdict, Verdict::Passed, "{outcome:#?}");
    }
    let impossible = made.impossible.into_iter().map(|path| format!("{}: {}", path.path, path.reason));
    (outcomes.into_iter().map(|outcome| outcome.name).collect(), impossible.collect())
}

#[test]
fn both_answers_to_every_kind_of_dimension_are_constructed() {
    let attribute = |kind: &str, values: &[&str]| json!({"AttributeType": kind, "Values": values});
    let set = |kind: &str, values: &[&str]| json!({"DimensionType": kind, "Values": values});
    let metric = |operator: &str| json!({"Metrics": {"m": {"ComparisonOperator": operator, "Value": 10.0}}});
    let recency =
        |kind: &str, duration: &str| json!({"Behavior": {"Recency": {"Duration": duration, "RecencyType": kind}}});
    let date = "2026-01-10T00:00:00Z";
    let point = |latitude: f64, longitude: f64| json!({"Location": {"GPSPoint": {"Coordinates": {"Latitude": latitude, "Longitude": longitude}, "RangeInKilometers": 50.0}}});
    for dimensions in [
        json!({"Attributes": {"x": attribute("INCLUSIVE", &["a", "b"])}}),
        json!({"Attributes": {"x": attribute("EXCLUSIVE", &["a", "b"])}}),
        json!({"Attributes": {"x": attribute("CONTAINS", &["shoe"])}}),
        json!({"UserAttributes": {"x": attribute("BEFORE", &[date])}}),
        json!({"UserAttributes": {"x": attribute("AFTER", &[date])}}),
        json!({"UserAttributes": {"x": attribute("ON", &[date])}}),
        json!({"UserAttributes": {"x": attribute("BETWEEN", &[date, "2026-02-01T00:00:00Z"])}}),
        json!({"UserAttributes": {"x": {"Values": ["a"]}}}),
        metric("GREATER_THAN"),
        metric("GREATER_THAN_OR_EQUAL"),
        metric("LESS_THAN"),
        metric("LESS_THAN_OR_EQUAL"),
        metric("EQUAL"),
        recency("ACTIVE", "HR_24"),
        recency("INACTIVE", "DAY_7"),
        recency("ACTIVE", "DAY_14"),
        recency("INACTIVE", "DAY_30"),
        json!({"Demographic": {"Channel": set("INCLUSIVE", &["SMS"])}}),
        json!({"Demographic": {"Channel": set("EXCLUSIVE", &["SMS", "EMAIL"])}}),
        json!({"Demographic": {"Platform": set("INCLUSIVE", &["iOS"]), "AppVersion": set("EXCLUSIVE", &["1.0"])}}),
        json!({"Demographic": {"DeviceType": set("INCLUSIVE", &["iOS"]), "Make": set("INCLUSIVE", &["A"]), "Model": set("INCLUSIVE", &["B"])}}),
        json!({"Location": {"Country": set("INCLUSIVE", &["DE"])}}),
        point(52.5, 13.4),
        point(-52.5, -179.9),
    ] {
        let project = project(json!({"Activities": asks(json!({"segmentDimensions": dimensions}))}), json!({}));
        let (taken, impossible) = paths(&project, &People::default());
        assert_eq!(taken, ["`a` Yes", "`a` No"], "{dimensions}: {impossible:?}");
    }
}

#[test]
fn groups_and_segments_built_on_segments_are_constructed() {
    let tier = |value: &str| json!({"UserAttributes": {"Tier": {"AttributeType": "INCLUSIVE", "Values": [value]}}});
    let segment = |groups: Value, include: &str| json!({"SegmentGroups": {"Groups": groups, "Include": include}});
    for include in ["ALL", "ANY", "NONE"] {
        for kind in ["ALL", "ANY", "NONE"] {
            let groups = json!([
                {"SourceSegments": [{"Id": "base"}], "SourceType": kind, "Dimensions": [tier("gold"), tier("silver")], "Type": kind},
                {"Dimensions": [{"Metrics": {"m": {"ComparisonOperator": "EQUAL", "Value": 3.0}}}], "Type": "ANY"},
            ]);
            let segments = json!({"base": {"Dimensions": {"Attributes": {"b": {"Values": ["yes"]}}}}, "asked": segment(groups, include)});
            let condition = json!({"SegmentCondition": {"SegmentId": "asked"}});
            let project = project(json!({"Activities": asks(condition)}), segments);
            let (taken, impossible) = paths(&project, &People::default());
            assert_eq!(taken, ["`a` Yes", "`a` No"], "{include} {kind}: {impossible:?}");
        }
    }
}

#[test]
fn events_come_at_the_right_times() {
    let split = |condition: Value, wait: &str, yes: &str, no: &str| {
        json!({"ConditionalSplit": {"Condition": {"Conditions": [condition]}, "EvaluationWaitTime": {"WaitFor": wait},
            "TrueActivity": yes, "FalseActivity": no}})
    };
    // Not opened after a day, opened after three; and clicked, but not opened.
    let activities = json!({
        "a": {"EMAIL": {"TemplateName": "hello", "NextActivity": "soon"}},
        "soon": split(event("a", "_email.open"), "P1D", "clicked", "late"),
        "late": split(event("a", "_email.open"), "P2D", "x", "clicked"),
        "clicked": split(event("a", "_email.click"), "PT2H", "x", "x"),
        "x": {"EMAIL": {"TemplateName": "x"}},
    });
    let project = project(json!({"Activities": activities}), json!({}));
    let (taken, impossible) = paths(&project, &People::default());
    assert_eq!(taken.len(), 5, "{impossible:?}");
    assert_eq!(impossible, [""; 0]);
    let made = generated(&project, &People::default());
    let late = made.expectations.iter().find(|made| made.name == "`soon` No, `late` Yes").unwrap();
    let text = write(&Expectations { expectations: vec![late.clone()], ..Expectations::default() });
    assert!(text.contains("opens = \"a\", after = \"1 day 1 minute\""), "{text}");
}

#[test]
fn every_branch_of_multivariate_and_mixed_splits_is_taken() {
    let person = |plan: &str| json!({"segmentDimensions": {"UserAttributes": {"Plan": {"Values": [plan]}}}});
    let activities = json!({
        "a": {"EMAIL": {"TemplateName": "hello", "NextActivity": "multi"}},
        "multi": {"MultiCondition": {"Branches": [
            {"Condition": person("pro"), "NextActivity": "both"},
            {"Condition": event("a", "_email.click"), "NextActivity": "both"},
            {"Condition": person("free")}], "DefaultActivity": "either"}},
        "both": {"ConditionalSplit": {"Condition": {"Operator": "ALL", "Conditions": [event("a", "_email.open"), person("pro")]}}},
        "either": {"ConditionalSplit": {"Condition": {"Operator": "ANY", "Conditions": [event("a", "_email.open"), person("pro")]}}},
    });
    let project = project(json!({"Activities": activities}), json!({}));
    let (taken, impossible) = paths(&project, &People::default());
    let expected = [
        "`multi` A, `both` Yes",
        "`multi` A, `both` No",
        "`multi` B, `both` No",
        "`multi` C",
        "`multi` Else, `either` Yes",
        "`multi` Else, `either` No",
    ];
    assert_eq!(taken, expected);
    assert_eq!(impossible.len(), 1, "{impossible:?}");
    assert!(impossible[0].starts_with("`multi` B, `both` Yes: `both` Yes needs"), "{impossible:?}");
}

#[test]
fn ids_draw_the_branches_of_random_splits_and_holdouts() {
    let share = |percent: u32, next: &str| json!({"Percentage": percent, "NextActivity": next});
    let activities = json!({
        "a": {"Holdout": {"Percentage": 5, "NextActivity": "s"}},
        "s": {"RandomSplit": {"Branches": [share(1, "t"), share(99, "x")]}},
        "t": {"RandomSplit": {"Branches": [share(2, "x"), share(98, "")]}},
        "x": {"EMAIL": {"TemplateName": "x"}},
    });
    let project = project(json!({"Activities": activities}), json!({}));
    let (taken, impossible) = paths(&project, &People::default());
    assert_eq!(impossible, [""; 0]);
    assert_eq!(taken.len(), 4, "{taken:?}");
    assert!(taken.contains(&"`a` held out".to_owned()));
}

#[test]
fn a_person_has_an_endpoint_for_every_message_and_the_event_that_starts_the_journey() {
    let filter = json!({"FilterType": "ENDPOINT", "Dimensions": {
        "EventType": {"DimensionType": "INCLUSIVE", "Values": ["cart"]},
        "Attributes": {"currency": {"AttributeType": "INCLUSIVE", "Values": ["EUR"]}},
        "Metrics": {"value": {"ComparisonOperator": "GREATER_THAN", "Value": 20.0}}}});
    let members = json!({"all": {"Dimensions": {"Demographic": {"Channel": {"Values": ["SMS"]}}}}});
    let entry = json!({"EventStartCondition": {"EventFilter": filter, "SegmentId": "all"}});
    let activities = json!({
        "a": {"EMAIL": {"TemplateName": "m", "NextActivity": "p"}},
        "p": {"PUSH": {"TemplateName": "p", "NextActivity": "c"}},
        "c": {"CUSTOM": {"DeliveryUri": "f", "EndpointTypes": ["BAIDU"], "NextActivity": "v"}},
        "v": {"ContactCenter": {"NextActivity": "answered"}},
        "answered": {"ConditionalSplit": {"Condition": {"Conditions": [event("v", "_contact_center.connected")]}, "TrueActivity": "responded"}},
        "responded": {"ConditionalSplit": {"Condition": {"Conditions": [{"EventCondition": {"MessageActivity": "c", "Dimensions": {
            "EventType": {"Values": ["_custom.response"]}, "Attributes": {"score": {"Values": ["high"]}}}}}]}}},
    });
    let project = project(json!({"Activities": activities, "StartCondition": entry}), members);
    let (taken, impossible) = paths(&project, &People::default());
    assert_eq!(
        taken,
        ["`answered` Yes, `responded` Yes", "`answered` Yes, `responded` No", "`answered` No"],
        "{impossible:?}"
    );
    let made = generated(&project, &People::default());
    insta::assert_snapshot!(write(&Expectations {
        expectations: vec![made.expectations[0].clone()],
        ..Expectations::default()
    }));
}

#[test]
fn who_can_not_get_a_message_shows_that_it_was_not_sent() {
    let activities = json!({
        "a": {"EMAIL": {"TemplateName": "x", "NextActivity": "b"}},
        "b": {"ConditionalSplit": {"Condition": {"Conditions": [event("a", "_email.send")]}}},
    });
    let project = project(json!({ "Activities": activities }), json!({}));
    assert_eq!(paths(&project, &People::default()).0, ["`b` Yes", "`b` No"]);
}

#[test]
fn a_path_that_can_not_be_taken_has_its_reason() {
    let mut told = Vec::new();
    let person = |plan: &str| json!({"segmentDimensions": {"UserAttributes": {"Plan": {"Values": [plan]}}}});
    let split = |condition: Value, yes: &str| json!({"ConditionalSplit": {"Condition": {"Conditions": [condition]}, "TrueActivity": yes}});
    let mail = |next: &str| json!({"EMAIL": {"TemplateName": "x", "NextActivity": next}});
    let nobody = json!({"segmentDimensions": {"Demographic": {"Channel": {"Values": ["SMS"]}}, "Attributes": {"x": {"AttributeType": "CONTAINS", "Values": []}}}});
    for (case, activities, more) in [
        (
            "contradiction",
            json!({"a": split(person("pro"), "b"), "b": {"ConditionalSplit": {
            "Condition": {"Conditions": [{"segmentDimensions": {"UserAttributes": {"Plan": {"AttributeType": "EXCLUSIVE", "Values": ["pro"]}}}}]}}}}),
            json!({}),
        ),
        ("never true", json!({"a": split(nobody, "")}), json!({})),
        ("holdout 0", json!({"a": {"Holdout": {"Percentage": 0}}}), json!({})),
        ("holdout 100", json!({"a": {"Holdout": {"Percentage": 100}}}), json!({})),
        ("no share", json!({"a": {"RandomSplit": {"Branches": [{"Percentage": 100}, {"Percentage": 0}]}}}), json!({})),
        (
            "not sent here",
            json!({"a": split(person("pro"), "m"), "m": mail(""), "b": split(event("m", "_email.open"), ""),
            "c": mail("b")}),
            json!({"StartActivity": "c"}),
        ),
        ("unknown segment", json!({"a": split(json!({"SegmentCondition": {"SegmentId": "ghosts"}}), "")}), json!({})),
        ("no condition", json!({"a": {"ConditionalSplit": {"Condition": {"Conditions": []}}}}), json!({})),
        ("circle", json!({"a": mail("b"), "b": split(event("a", "_email.open"), "a")}), json!({})),
        ("too late", json!({"a": {"Wait": {"WaitTime": {"WaitUntil": "2030-01-01T00:00:00Z"}}}}), json!({})),
        (
            "ended",
            json!({"a": mail("")}),
            json!({"Schedule": {"StartTime": "2026-02-01T00:00:00Z", "EndTime": "2026-01-31T00:00:00Z"}}),
        ),
        (
            "no channel",
            json!({"a": {"CUSTOM": {"DeliveryUri": "f", "EndpointTypes": [], "NextActivity": "b"}}, "b": split(event("a", "_custom.response"), "")}),
            json!({}),
        ),
        (
            "quiet",
            json!({"a": mail("b"), "b": split(event("a", "_email.open"), "")}),
            json!({"QuietTime": {"Start": "00:00", "End": "23:59"}}),
        ),
    ] {
        let mut members = json!({"Activities": activities});
        for (name, value) in more.as_object().unwrap() {
            members[name] = value.clone();
        }
        let (taken, impossible) = paths(&project(members, json!({})), &People::default());
        assert!(!impossible.is_empty(), "{case}: {taken:?}");
        told.extend(impossible.into_iter().map(|path| format!("{case}: {path}")));
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_sample_person_stands_in_where_nobody_can_be_made() {
    // Near both of two points that are not near each other: only between them, where no answer is tried.
    let near = |longitude: f64| {
        json!({"segmentDimensions": {"Location": {"GPSPoint": {
            "Coordinates": {"Latitude": 50.0, "Longitude": longitude}, "RangeInKilometers": 60.0}}}})
    };
    let activities = json!({"a": {"ConditionalSplit": {
        "Condition": {"Operator": "ALL", "Conditions": [near(10.0), near(11.0)]}, "TrueActivity": "yes"}},
        "yes": {"EMAIL": {"TemplateName": "yes"}}});
    let project = project(json!({"Activities": activities}), json!({}));
    assert_eq!(paths(&project, &People::default()).0, ["`a` No"]);
    let mut people = People::default();
    let between =
        json!({"ChannelType": "EMAIL", "Address": "b@example.com", "Location": {"Latitude": 50.0, "Longitude": 10.5}});
    people.push(Some("between"), &between).unwrap();
    assert_eq!(paths(&project, &people).0, ["`a` Yes", "`a` No"]);
}

#[test]
fn the_same_project_gives_the_same_text() {
    let project = project(json!({"Activities": welcome()}), json!({}));
    let text = || {
        write(&Expectations {
            expectations: generated(&project, &People::default()).expectations,
            ..Expectations::default()
        })
    };
    assert_eq!(text(), text());
    assert!(!text().is_empty());
}
