//! What was simulated is what runs: the server under its virtual clock sends what the simulator sends, to the same
//! endpoints at the same instants, in every example and in random journeys.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use audience::People;
use model::Millis;
use model::time::{DAY, HOUR, MINUTE, format_instant, parse_instant};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};
use simulation::{Event, Inputs, ResponseModel, Settings, Simulation};

use super::{Asked, START};
use crate::refusal::Refusal;
use crate::runner::everybody;

/// Activity, endpoint and instant.
type Sent = (String, String, Millis);

/// As the outbox responds: everything arrives at once, and nobody does anything.
fn response() -> ResponseModel {
    let model = json!({"channels": {
        "email": {"delivered": 1.0, "hard_bounce": 0.0, "soft_bounce": 0.0, "open": 0.0, "delivery_delay": {"fixed": 0.0}},
        "sms": {"delivered": 1.0, "failed": 0.0, "opt_out": 0.0, "delivery_delay": {"fixed": 0.0}},
        "push": {"received_foreground": 0.0, "received_background": 0.0, "opened": 0.0},
        "custom": {"answered": 0.0},
        "contact_center": {"connected": 0.0, "voicemail": 0.0, "sit_tone": 0.0, "fax": 0.0, "not_answered": 0.0},
    }});
    serde_json::from_value(model).unwrap()
}

/// What the simulator sends in a journey of the server, which starts now, with the people of its project.
fn simulated(asked: &Asked, app: &str, journey: &str, events: &[Event], horizon: Millis) -> (Vec<Sent>, u64) {
    let (app, machine) = (app.trim_start_matches("/v1/apps/"), &asked.machine);
    let (running, people): (_, People) = machine
        .store
        .read(|store| {
            let running = machine.programs.load(store, app, journey, true)?;
            Ok::<_, Refusal>((running, everybody(store, app)?.0))
        })
        .unwrap();
    let settings =
        Settings { start: machine.clock.now(), horizon: Some(horizon), response: response(), ..Settings::default() };
    let inputs = Inputs { program: &running.program, people: &people, events };
    let simulation = Simulation::new(&inputs, &settings);
    let messages = simulation.messages(0..people.len());
    let rows = messages.iter().map(|message| simulation.message(message));
    let mut sent: Vec<Sent> = rows
        .filter(|row| row.status == "SUCCESS")
        .map(|row| (row.activity.to_owned(), row.endpoint.unwrap_or_default().to_owned(), row.at))
        .collect();
    sent.sort();
    let run = simulation::simulate(&inputs, &settings, &|_| {});
    (sent, run.entered)
}

/// What the server sent in a journey, and how many it let in.
async fn served(asked: &Asked, app: &str, journey: &str) -> (Vec<Sent>, u64) {
    let (_, metrics) = asked.ask("GET", &format!("{app}/journeys/{journey}/execution-metrics"), None).await;
    let entered = metrics["Metrics"]["ENDPOINT_ENTERED"].as_str().map_or(0, |text| text.parse().unwrap());
    let machine = asked.machine.clone();
    let messages = machine.store.read(|store| crate::outbox::read(store, 1_000_000, None)).unwrap();
    let mut sent: Vec<Sent> = messages
        .into_iter()
        .filter(|message| message.failure.is_none() && message.sender.origin() == journey)
        .map(|message| (message.sender.activity().to_owned(), message.endpoint_id, message.at))
        .collect();
    sent.sort();
    (sent, entered)
}

/// Moves the clock to each event and posts it, then to the end.
async fn pass(asked: &Asked, app: &str, events: &[Event], end: Millis) {
    let to = async |instant: Millis| {
        let (status, answer) = asked.ask("POST", "/waymark/clock", json!({"to": format_instant(instant)})).await;
        assert_eq!(status, 200, "{answer}");
    };
    for event in events.iter().filter(|event| event.at <= end) {
        to(event.at).await;
        let attributes: BTreeMap<&String, &String> =
            event.attributes.iter().map(|(name, value)| (name, value)).collect();
        let metrics: BTreeMap<&String, f64> = event.metrics.iter().map(|(name, value)| (name, *value)).collect();
        let of = json!({"EventType": event.event_type, "Timestamp": format_instant(event.timestamp),
            "Attributes": attributes, "Metrics": metrics});
        let body = json!({"BatchItem": {&event.endpoint: {"Endpoint": {}, "Events": {"e": of}}}});
        let (status, answer) = asked.ask("POST", &format!("{app}/events"), body).await;
        assert_eq!(status, 202, "{answer}");
    }
    to(end).await;
}

fn same(name: &str, (simulated, entered): (Vec<Sent>, u64), (served, let_in): (Vec<Sent>, u64)) {
    let missing = simulated.iter().find(|sent| served.binary_search(sent).is_err());
    let extra = served.iter().find(|sent| simulated.binary_search(sent).is_err());
    assert!(missing.is_none() && extra.is_none(), "{name}: only simulated {missing:?}, only served {extra:?}");
    assert_eq!(simulated.len(), served.len(), "{name}");
    assert_eq!(entered, let_in, "{name}");
}

const ZONES: [&str; 6] =
    ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Not/A_Zone", ""];

/// Messages, waits, splits and holdouts: ways lead forwards only.
fn journey(
    steps: &[(u8, u8, u8)],
    (quiet, hold, rate, refresh): (Option<(u16, u16)>, bool, u8, u8),
    start: Value,
) -> Value {
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    let mut activities = Map::new();
    let mut mail: Option<usize> = None;
    for (i, (kind, x, y)) in steps.iter().enumerate() {
        let later = |n: u8| {
            let to = i + 1 + usize::from(n) % 2;
            if to < steps.len() { json!(format!("a{to}")) } else { Value::Null }
        };
        let (next, other) = (later(0), later(*y));
        let span = ["PT1H", "PT7H", "P1D", "PT30H"][usize::from(*x) % 4];
        let plan = |value: &str| json!({"SegmentDimensions": {"Attributes": {"Plan": {"Values": [value]}}}});
        let body = match kind % 12 {
            0 | 9 => {
                mail = Some(i);
                json!({"EMAIL": {"TemplateName": "t", "NextActivity": next}})
            }
            1 => {
                json!({"SMS": {"TemplateName": "t", "NextActivity": next, "MessageConfig": {"MessageType": "PROMOTIONAL"}}})
            }
            2 | 11 => json!({"PUSH": {"TemplateName": "t", "NextActivity": next}}),
            3 => json!({"Wait": {"WaitTime": {"WaitFor": span}, "NextActivity": next}}),
            4 => {
                json!({"RandomSplit": {"Branches": [{"Percentage": 50, "NextActivity": next}, {"Percentage": 50, "NextActivity": other}]}})
            }
            5 => json!({"Holdout": {"Percentage": x % 40, "NextActivity": next}}),
            6 => json!({"MultiCondition": {"Branches": [{"Condition": plan("pro"), "NextActivity": next},
                {"Condition": plan("team"), "NextActivity": other}], "DefaultActivity": next}}),
            7 if mail.is_some() => {
                let event = ["_email.delivered", "_email.open"][usize::from(*x) % 2];
                let condition = json!({"EventCondition": {"MessageActivity": format!("a{}", mail.unwrap()), "Dimensions":
                    {"EventType": {"DimensionType": "INCLUSIVE", "Values": [event]}}}});
                json!({"ConditionalSplit": {"Condition": {"Conditions": [condition], "Operator": "ALL"},
                    "EvaluationWaitTime": {"WaitFor": span}, "TrueActivity": next, "FalseActivity": other}})
            }
            _ => {
                json!({"ConditionalSplit": {"Condition": {"Conditions": [plan("pro"), plan("free")], "Operator": "ANY"},
                "TrueActivity": next, "FalseActivity": other}})
            }
        };
        activities.insert(format!("a{i}"), body);
    }
    let mut journey = json!({"Name": "j", "State": "ACTIVE", "StartActivity": "a0", "Activities": activities,
        "StartCondition": start, "WaitForQuietTime": hold,
        "Limits": {"EndpointReentryCap": refresh % 3, "DailyCap": 1 + rate % 3, "TotalCap": 9}});
    if let Some((from, to)) = quiet {
        journey["QuietTime"] = json!({"Start": clock(from), "End": clock(to)});
    }
    if rate % 3 != 0 {
        journey["Limits"]["MessagesPerSecond"] = json!(rate % 3);
    }
    if journey["StartCondition"].get("SegmentStartCondition").is_some() && refresh % 2 == 1 {
        journey["RefreshFrequency"] = json!("P1D");
        journey["Schedule"] = json!({"EndTime": format_instant(START + 3 * DAY)});
    }
    journey
}

async fn one_random_journey(
    steps: &[(u8, u8, u8)],
    picks: &[(u8, u8, u8)],
    settings: (Option<(u16, u16)>, bool, u8, u8),
    by_event: bool,
) -> usize {
    let asked = Asked::new();
    let app = asked.app().await;
    for kind in ["email", "sms", "push"] {
        let body = match kind {
            "email" => json!({"Subject": "s", "TextPart": "t"}),
            "sms" => json!({"Body": "b"}),
            _ => json!({"Default": {"Title": "t", "Body": "b"}}),
        };
        assert_eq!(asked.ask("POST", &format!("/v1/templates/t/{kind}"), body).await.0, 201);
    }
    let items: Vec<Value> = picks
        .iter()
        .enumerate()
        .map(|(i, (zone, user, plan))| {
            let plan = ["pro", "team", "free"][usize::from(*plan) % 3];
            let channel = ["EMAIL", "SMS", "GCM"][i % 3];
            let mut item = json!({"Id": format!("e{i}"), "ChannelType": channel,
                "Address": format!("a{i}"), "Attributes": {"Plan": [plan]},
                "Demographic": {"Timezone": ZONES[usize::from(*zone) % ZONES.len()]}});
            if user % 3 != 0 {
                item["User"] = json!({"UserId": format!("u{}", user % 5)});
            }
            item
        })
        .collect();
    let (status, answer) = asked.ask("PUT", &format!("{app}/endpoints"), json!({"Item": items})).await;
    assert_eq!(status, 202, "{answer}");
    let (_, segment) = asked.ask("POST", &format!("{app}/segments"), json!({"Name": "everybody"})).await;
    let start = match by_event {
        true => json!({"EventStartCondition": {"EventFilter": {"FilterType": "ENDPOINT", "Dimensions":
            {"EventType": {"DimensionType": "INCLUSIVE", "Values": ["cart"]}}}}}),
        false => json!({"SegmentStartCondition": {"SegmentId": segment["Id"]}}),
    };
    let document = journey(steps, settings, start);
    let (status, made) = asked.ask("POST", &format!("{app}/journeys"), document.clone()).await;
    assert_eq!(status, 201, "{made} {document}");
    let journey = made["Id"].as_str().unwrap();
    let events: Vec<Event> = match by_event {
        false => Vec::new(),
        true => (0..picks.len() * 2)
            .map(|n| {
                let at = START + 10 * MINUTE + n as Millis * (7 * HOUR - 777_777);
                let line = json!({"event_type": "cart", "event_timestamp": at, "arrival_timestamp": at,
                    "client": {"client_id": format!("e{}", n % picks.len())}, "attributes": {"n": format!("{n}")}});
                simulation::events::parse(&line.to_string()).0.remove(0)
            })
            .collect(),
    };
    let end = START + 20 * DAY;
    let expected = simulated(&asked, &app, journey, &events, end);
    pass(&asked, &app, &events, end).await;
    let count = expected.0.len();
    same(&document.to_string(), expected, served(&asked, &app, journey).await);
    count
}

#[test]
fn random_journeys_send_what_their_simulation_sends() {
    let steps = prop::collection::vec((any::<u8>(), any::<u8>(), any::<u8>()), 1..8);
    let picks = prop::collection::vec((any::<u8>(), any::<u8>(), any::<u8>()), 1..16);
    let settings = (prop::option::of((0u16..1440, 0u16..1440)), any::<bool>(), any::<u8>(), any::<u8>());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let messages = std::cell::Cell::new(0);
    let config = ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() };
    let outcome = TestRunner::new_with_rng(config, deterministic()).run(
        &(steps, picks, settings, any::<bool>()),
        |(steps, picks, settings, by_event)| {
            let sent = runtime.block_on(one_random_journey(&steps, &picks, settings, by_event));
            messages.set(messages.get() + sent);
            Ok(())
        },
    );
    assert!(outcome.is_ok(), "{outcome:?}");
    assert!(messages.get() > 2_000, "only {} messages were compared", messages.get());
}

fn deterministic() -> proptest::test_runner::TestRng {
    proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha)
}

/// The examples' folder.
fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../journeys/examples")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

/// Names of segments become the ids that the server gave them.
fn bind(value: &mut Value, ids: &BTreeMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(id) = ids.get(text.as_str()) {
                *text = id.clone();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| bind(item, ids)),
        Value::Object(members) => {
            for (name, member) in members {
                if matches!(name.as_str(), "SegmentId" | "Id") || !member.is_string() {
                    bind(member, ids);
                }
            }
        }
        _ => {}
    }
}

async fn an_example(name: &str) {
    let folder = examples().join(name);
    let text = |path: &Path| std::fs::read_to_string(path).unwrap();
    let people = files(&folder.join("endpoints")).remove(0);
    let (known, _) = audience::import::any(&people.to_string_lossy(), &text(&people));
    for journey in files(&folder.join("journeys")).iter().filter(|path| !stem(path).ends_with(".canvas")) {
        let asked = Asked::new();
        let app = asked.app().await;
        let items: Vec<Value> = known.rows().map(|row| row.to_json()).collect();
        for chunk in items.chunks(100) {
            let (status, answer) = asked.ask("PUT", &format!("{app}/endpoints"), json!({"Item": chunk})).await;
            assert_eq!(status, 202, "{answer}");
        }
        for kind in ["email", "sms", "push"] {
            for template in files(&folder.join("templates").join(kind)) {
                let mut body: Value = serde_json::from_str(&text(&template.join("template.json"))).unwrap();
                for (file, member) in [("body.html", "HtmlPart"), ("body.txt", "TextPart")] {
                    if template.join(file).is_file() {
                        body[member] = json!(text(&template.join(file)));
                    }
                }
                let (status, answer) =
                    asked.ask("POST", &format!("/v1/templates/{}/{kind}", stem(&template)), body).await;
                assert_eq!(status, 201, "{answer}");
            }
        }
        let mut ids = BTreeMap::new();
        let mut waiting: Vec<(String, Value)> = files(&folder.join("segments"))
            .iter()
            .map(|path| (stem(path), serde_json::from_str(&text(path)).unwrap()))
            .collect();
        // A segment may be built on others: those come first.
        while !waiting.is_empty() {
            let before = waiting.len();
            let mut left = Vec::new();
            for (name, mut body) in waiting {
                bind(&mut body, &ids);
                let (status, made) = asked.ask("POST", &format!("{app}/segments"), body.clone()).await;
                match status {
                    201 => drop(ids.insert(name, made["Id"].as_str().unwrap().to_owned())),
                    _ => left.push((name, body)),
                }
            }
            assert!(left.len() < before, "{left:?}");
            waiting = left;
        }
        let mut document: Value = serde_json::from_str(&text(journey)).unwrap();
        bind(&mut document, &ids);
        document["State"] = json!("ACTIVE");
        let (status, made) = asked.ask("POST", &format!("{app}/journeys"), document).await;
        assert_eq!(status, 201, "{made}");
        let id = made["Id"].as_str().unwrap();
        let starts = made["StartCondition"].get("EventStartCondition").is_some();
        let mut events = Vec::new();
        for file in files(&folder.join("events")).iter().filter(|_| starts) {
            // What came of messages belongs to the recorded run; here are those that start journeys.
            let (found, _) = simulation::events::parse(&text(file));
            events.extend(found.into_iter().filter(|event| event.activity.is_none() && event.at > START));
        }
        events.sort_by_key(|event| event.at);
        let start = made["Schedule"]["StartTime"].as_str().and_then(parse_instant).unwrap_or(START).max(START);
        let end = start + 60 * DAY;
        let expected = simulated(&asked, &app, id, &events, end);
        assert!(!expected.0.is_empty(), "{name}/{} sends nothing", stem(journey));
        pass(&asked, &app, &events, end).await;
        same(&format!("{name}/{}", stem(journey)), expected, served(&asked, &app, id).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn examples_send_what_their_simulation_sends() {
    let mut examples: tokio::task::JoinSet<()> = files(&examples())
        .iter()
        .map(|folder| stem(folder))
        .filter(|name| name != "broken-on-purpose")
        .map(|name| async move { an_example(&name).await })
        .collect();
    while let Some(ended) = examples.join_next().await {
        ended.unwrap();
    }
}
