//! A small project for tests of expectations, generated people and promises.
#![allow(dead_code, reason = "each test file uses its part")]
#![expect(clippy::unwrap_used, reason = "a test says where it fails")]

use std::collections::BTreeMap;

use audience::People;
use model::time::parse_instant;
use model::{DocumentId, Project};
use serde_json::{Value, json};
use simulation::expectations::{Outcome, Subject, Verdict, check, read};

/// When journeys are published.
pub const START: &str = "2026-01-01T09:00:00Z";

/// A project of one journey `j` and segments; all members of `all`, which is there, come in.
pub fn project(members: Value, segments: Value) -> Project {
    let mut journey = json!({"Name": "j", "StartActivity": "a",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": "all"}}});
    for (name, value) in members.as_object().unwrap() {
        journey[name] = value.clone();
    }
    let mut project = Project::default();
    project.documents.insert(DocumentId::Journey("j".into()), journey);
    project.documents.insert(DocumentId::Segment("all".into()), json!({"Name": "all"}));
    for (name, segment) in segments.as_object().unwrap() {
        project.documents.insert(DocumentId::Segment(name.clone()), segment.clone());
    }
    project
}

/// Its journeys, compiled.
pub fn subjects(project: &Project) -> BTreeMap<String, Result<Subject, String>> {
    let segment = |name: &str| project.documents.get(&DocumentId::Segment(name.to_owned()));
    let program = engine::compile(project.journey("j").unwrap(), "j", &engine::Context::new(&segment));
    let subject = program.map(|program| Subject { program, start: parse_instant(START).unwrap() });
    [("j".to_owned(), subject.map_err(|error| error.to_string()))].into()
}

/// What comes of a text of expectations, which must be understood.
pub fn outcomes(project: &Project, text: &str, people: &People) -> Vec<Outcome> {
    let (expectations, problems) = read(text);
    assert_eq!(problems, [], "{text}");
    check(&[("e.toml".to_owned(), expectations)], &subjects(project), people).0
}

/// What did not come true, by line; each outcome must have come out like this.
pub fn messages(project: &Project, text: &str, verdict: Verdict) -> Vec<String> {
    let outcomes = outcomes(project, text, &People::default());
    assert!(outcomes.iter().all(|outcome| outcome.verdict == verdict), "{outcomes:#?}");
    outcomes.iter().flat_map(|outcome| outcome.failed.iter().map(|failed| failed.message.clone())).collect()
}

/// An e-mail, a split that asks whether it was opened within two days, and an e-mail for each answer.
pub fn welcome() -> Value {
    json!({
        "a": {"EMAIL": {"TemplateName": "hello", "NextActivity": "opened"}},
        "opened": {"ConditionalSplit": {
            "Condition": {"Conditions": [event("a", "_email.open")]},
            "EvaluationWaitTime": {"WaitFor": "P2D"}, "TrueActivity": "tips", "FalseActivity": "nudge"}},
        "tips": {"EMAIL": {"TemplateName": "tips"}},
        "nudge": {"EMAIL": {"TemplateName": "hello-again", "NextActivity": "wait"}},
        "wait": {"Wait": {"WaitTime": {"WaitFor": "P1D"}, "NextActivity": "text"}},
        "text": {"SMS": {"TemplateName": "text"}},
    })
}

/// A condition on an event of a message.
pub fn event(message: &str, event_type: &str) -> Value {
    json!({"EventCondition": {"MessageActivity": message, "Dimensions": {
        "EventType": {"DimensionType": "INCLUSIVE", "Values": [event_type]}}}})
}

/// A yes/no split of one condition, with a message on each way.
pub fn asks(condition: Value) -> Value {
    json!({
        "a": {"ConditionalSplit": {"Condition": {"Conditions": [condition]}, "TrueActivity": "yes", "FalseActivity": "no"}},
        "yes": {"EMAIL": {"TemplateName": "yes"}},
        "no": {"EMAIL": {"TemplateName": "no"}},
    })
}
