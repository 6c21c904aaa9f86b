//! Damaged projects: the examples with members dropped, swapped, retyped, and odd numbers and texts put in. Whatever comes
//! of it, the checks say something, the engine compiles it or says why not, and nothing panics.
//!
//! The cases are the same in every run; `PROPTEST_CASES=100000 cargo test -p validation --test hostile` tries more.

#![expect(clippy::unwrap_used, reason = "a test: an example that can not be read is a failure")]

mod examples;

use std::sync::LazyLock;

use model::{Account, DocumentId, Journey, Project, Severity, View, reader, wire};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};
use validation::{Facts, check_with, checked_with};

static EXAMPLES: LazyLock<Vec<Project>> = LazyLock::new(|| examples::NAMES.iter().map(|name| project(name)).collect());

/// An example with a campaign of its own messages, which the examples have none of.
fn project(name: &str) -> Project {
    let mut project = examples::read(name);
    let campaign = json!({
        "Name": "own", "SegmentId": "everyone", "SegmentVersion": 1, "HoldoutPercent": 10, "IsPaused": false,
        "Schedule": {"StartTime": "2026-12-01T09:00:00Z", "EndTime": "2027-12-01T09:00:00Z", "Frequency": "EVENT",
            "IsLocalTime": true, "Timezone": "UTC+01", "QuietTime": {"Start": "21:00", "End": "08:00"},
            "EventFilter": {"FilterType": "ENDPOINT", "Dimensions": {"EventType": {"Values": ["cart.left"]}}}},
        "MessageConfiguration": {"DefaultMessage": {"Body": "hello"}, "CustomMessage": {"Data": "{}"},
            "EmailMessage": {"Headers": [{"Name": "a", "Value": "b"}]},
            "InAppMessage": {"Layout": "CAROUSEL", "CustomConfig": {"a": "b"}, "Content": [
                {"HeaderConfig": {"Header": "hello"}, "PrimaryBtn": {"DefaultConfig": {"Text": "go"}}}]}},
        "CustomDeliveryConfiguration": {"DeliveryUri": "https://example.com/hook"},
        "TemplateConfiguration": {"EmailTemplate": {"Name": "hello", "Version": "1"}},
        "AdditionalTreatments": [{"SizePercent": 20, "Schedule": {"StartTime": "IMMEDIATE"}}],
        "Limits": {"Daily": 1, "Total": 10, "MessagesPerSecond": 50, "MaximumDuration": 600},
        "Hook": {"Mode": "FILTER", "LambdaFunctionName": "choose"}, "State": {"CampaignStatus": "EXECUTING"}
    });
    let list = json!({"Name": "list", "SegmentType": "IMPORT", "Version": 2, "ImportDefinition": {"Size": 5_000_000}});
    project.documents.insert(DocumentId::Campaign("own".into()), campaign);
    project.documents.insert(DocumentId::Segment("list".into()), list);
    project
}

/// One change: which document, which value in it, what is done to it, and with what.
type Blow = (usize, usize, u8, usize);

fn blows() -> impl Strategy<Value = (usize, Vec<Blow>)> {
    let blow = (any::<usize>(), any::<usize>(), 0..9u8, any::<usize>());
    (0..examples::NAMES.len(), prop::collection::vec(blow, 1..8))
}

fn strike(project: &mut Project, (document, place, kind, with): Blow) {
    let borrowed = {
        let other = project.documents.values().nth(with % project.documents.len()).unwrap();
        let count = count(other);
        nth(&mut other.clone(), &mut (with / 7 % count)).cloned().unwrap_or_default()
    };
    let at = document % project.documents.len();
    let Some((_, root)) = project.documents.iter_mut().nth(at) else { return };
    let mut place = place % count(root);
    let Some(value) = nth(root, &mut place) else { return };
    match kind {
        0 => drop_one(value, with),
        1 => *value = pick(&[json!(null), json!(true), json!(""), json!([]), json!({}), json!([[]]), json!(0)], with),
        2 => *value = Value::from(TEXTS[with % TEXTS.len()]),
        3 => *value = serde_json::from_str(NUMBERS[with % NUMBERS.len()]).unwrap(),
        4 => *value = borrowed,
        5 => match value {
            Value::Array(list) => list.push(borrowed),
            Value::Object(object) => drop(object.insert(TEXTS[with % TEXTS.len()].to_owned(), borrowed)),
            _ => {}
        },
        6 => {
            // the same member under the name of another, or under an odd one
            if let Value::Object(object) = value
                && let Some(key) = object.keys().nth(with % object.len().max(1)).cloned()
                && let Some(member) = object.shift_remove(&key)
            {
                object.insert(TEXTS[with % TEXTS.len()].to_owned(), member);
            }
        }
        7 => *value = (0..100).fold(value.take(), |inner, _| json!([inner])),
        _ => *value = Value::from("é\u{0}{{".repeat(3_000)),
    }
}

const TEXTS: &[&str] = &[
    "",
    " ",
    "a",
    "é€😀",
    "\u{0}",
    "-P1D",
    "P99999999999D",
    "PT0S",
    "P1Y2M",
    "24:00",
    "99:99",
    "08:00",
    "T08:00:00",
    "0000-00-00T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "-9999-01-01T00:00:00Z",
    "2026-02-30T00:00:00Z",
    "IMMEDIATE",
    "EVENT",
    "UTC+99",
    "UTC",
    "Europe/Berlin",
    "IMPORT",
    "BETWEEN",
    "ACTIVE",
    "_email.open",
    "https://",
    "http://é",
    "arn:aws:lambda",
    "Ann <ann@x>",
    "<>",
    "@",
    "{{",
    "{{#if}}",
    "../../x",
    "list",
    "own",
    "Name",
    "Activities",
    "Conditions",
    "MONDAY",
    "EMAIL",
    "99999999999999999999",
];

const NUMBERS: &[&str] = &[
    "0",
    "-1",
    "1",
    "101",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551616",
    "1e308",
    "-1e308",
    "1e999",
    "0.1",
    "-0.0",
    "1E2",
];

fn pick(values: &[Value], with: usize) -> Value {
    values[with % values.len()].clone()
}

fn drop_one(value: &mut Value, with: usize) {
    match value {
        Value::Array(list) if !list.is_empty() => drop(list.remove(with % list.len())),
        Value::Object(object) if !object.is_empty() => {
            let key = object.keys().nth(with % object.len()).cloned().unwrap();
            object.shift_remove(&key);
        }
        other => *other = Value::Null,
    }
}

/// The values in a value, itself included.
fn count(value: &Value) -> usize {
    match value {
        Value::Array(list) => 1 + list.iter().map(count).sum::<usize>(),
        Value::Object(object) => 1 + object.values().map(count).sum::<usize>(),
        _ => 1,
    }
}

/// The value that comes `left` values after this one.
fn nth<'v>(value: &'v mut Value, left: &mut usize) -> Option<&'v mut Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Array(list) => list.iter_mut().find_map(|inner| nth(inner, left)),
        Value::Object(object) => object.values_mut().find_map(|inner| nth(inner, left)),
        _ => None,
    }
}

/// Checks and compiles; a journey without errors in it and around it always compiles.
fn look_at(project: &Project, facts: Facts) -> Result<(), TestCaseError> {
    let report = check_with(project, facts);
    prop_assert_eq!(&report, &check_with(project, facts));
    for one in &report.diagnostics {
        prop_assert!(!one.message.is_empty() && !one.help.is_empty(), "{}", one.rule);
    }
    let segment = |id: &str| project.documents.get(project.segment(id)?.0);
    for (name, journey) in project.journeys() {
        let compiled = engine::compile(journey, name, &engine::Context::new(&segment));
        if let (Ok(_), Err(error)) = (checked_with(project, name, facts), compiled) {
            return Err(TestCaseError::fail(format!("`{name}` has no errors, and does not compile: {error}")));
        }
    }
    Ok(())
}

fn account() -> Account {
    Account {
        channels: Some(vec!["EMAIL".to_owned()]),
        senders: Some(vec!["shop.example".to_owned(), String::new()]),
        email_sandbox: Some(true),
        messages_per_second: Some(14),
    }
}

fn config() -> ProptestConfig {
    let rng_seed = RngSeed::Fixed(20_161_201);
    ProptestConfig { rng_seed, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_damaged_project_is_checked_and_compiled((example, blows) in blows(), now in any::<Option<i64>>()) {
        let mut project = EXAMPLES[example].clone();
        for blow in blows {
            strike(&mut project, blow);
        }
        let account = account();
        look_at(&project, Facts { now, account: now.is_some().then_some(&account), evidence: None, people: None })?;
    }

    #[test]
    fn a_damaged_file_is_read_checked_and_compiled(
        (example, document) in (0..examples::NAMES.len(), any::<usize>()),
        cuts in prop::collection::vec((any::<usize>(), 0usize..40, "[\\[\\]{}:,\"0-9a-z\\\\]{0,3}"), 1..4),
    ) {
        let mut project = EXAMPLES[example].clone();
        let at = document % project.documents.len();
        let (_, root) = project.documents.iter_mut().nth(at).unwrap();
        let mut text: Vec<char> = serde_json::to_string_pretty(root).unwrap().chars().collect();
        for (from, length, instead) in cuts {
            let from = from % (text.len() + 1);
            let to = (from + length).min(text.len());
            text.splice(from..to, instead.chars());
        }
        *root = reader::read(&text.into_iter().collect::<String>()).value.unwrap_or_default();
        look_at(&project, Facts::default())?;
    }
}

#[test]
fn the_blows_do_damage() {
    // every kind of blow changes something that the checks or the engine look at
    let whole = &EXAMPLES[0];
    for kind in 0..9 {
        let harmed = (0..400).any(|seed: usize| {
            let mut project = whole.clone();
            strike(&mut project, (seed, seed * 31, kind, seed * 17));
            let report = check_with(&project, Facts::default());
            report.diagnostics.iter().any(|one| one.severity == Severity::Error)
        });
        assert!(harmed, "blow {kind}");
    }
    assert!(Journey::of(&json!([])).is_none() && wire::WriteCampaignRequest::of(&json!(1)).is_none());
}
