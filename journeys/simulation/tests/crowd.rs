//! Invented people: every way through a journey has somebody, and every segment people in it and out of it.

mod common;

use audience::{Audience, People};
use common::{START, project, subjects};
use model::time::parse_instant;
use serde_json::json;
use simulation::crowd::crowd;
use simulation::expectations::Subject;
use simulation::{Inputs, ResponseModel, Settings, simulate};

#[test]
fn every_way_and_every_side_of_a_segment_has_somebody() {
    let attribute = |value: &str| json!({"AttributeType": "INCLUSIVE", "Values": [value]});
    let plan = |value: &str| json!({"segmentDimensions": {"Attributes": {"Plan": attribute(value)}}});
    let in_dublin = json!({"segmentDimensions": {
        "Location": {"Country": {"DimensionType": "INCLUSIVE", "Values": ["IE"]}},
        "UserAttributes": {"FirstName": {"AttributeType": "EXCLUSIVE", "Values": ["Niamh"]}}}});
    let activities = json!({
        "a": {"MultiCondition": {"Branches": [
            {"Condition": plan("pro"), "NextActivity": "dice"}, {"Condition": in_dublin, "NextActivity": "mail"}],
            "DefaultActivity": "text"}},
        "dice": {"RandomSplit": {"Branches": [{"Percentage": 98, "NextActivity": "mail"}, {"Percentage": 2, "NextActivity": "text"}]}},
        "mail": {"EMAIL": {"TemplateName": "x"}},
        "text": {"SMS": {"TemplateName": "x"}},
    });
    let rich = json!({"Dimensions": {"Metrics": {"Orders": {"ComparisonOperator": "GREATER_THAN", "Value": 10}},
        "Behavior": {"Recency": {"Duration": "DAY_30", "RecencyType": "ACTIVE"}}}});
    let project = project(json!({"Activities": activities}), json!({"rich": rich}));
    let subject = || -> Subject { subjects(&project).remove("j").unwrap().unwrap() };
    let start = parse_instant(START).unwrap();

    // Nobody but those who are made for a way: each way is taken.
    let few = crowd(&project, &[("j".to_owned(), subject())], 0, 1, start);
    assert_eq!((few.ways, few.impossible.as_slice()), (4, &[][..]));
    let people_of = |endpoints: &[serde_json::Value]| {
        let mut people = People::default();
        for endpoint in endpoints {
            people.push(None, endpoint).unwrap_or_else(|problem| panic!("{problem}: {endpoint}"));
        }
        people
    };
    let people = people_of(&few.endpoints);
    let settings = Settings { seed: 1, start, response: ResponseModel::default(), ..Settings::default() };
    let program = subject().program;
    let run = simulate(&Inputs { program: &program, people: &people, events: &[] }, &settings, &|_| {});
    let empty: Vec<_> = run.connections.iter().filter(|way| way.count == 0).collect();
    assert!(empty.is_empty() && run.connections.len() >= 5, "{empty:?}");
    assert!(few.endpoints.iter().all(|endpoint| endpoint["Id"].as_str().unwrap().starts_with("j-path-")));
    assert!(few.endpoints.iter().any(|endpoint| endpoint["User"]["UserAttributes"]["LastName"][0].is_string()));

    // With more people, segments have some in and some out.
    let many = crowd(&project, &[("j".to_owned(), subject())], 400, 1, start);
    let people = people_of(&many.endpoints);
    assert!(people.rows().all(|row| !row.inactive()), "no two share an address");
    let lookup = |name: &str| project.documents.get(&model::DocumentId::Segment(name.to_owned()));
    let rich = Audience::compile("rich", &lookup).unwrap().count(&people, start, 0).0;
    assert!(rich > 20 && rich < people.len() / 2, "{rich} of {}", people.len());
}
