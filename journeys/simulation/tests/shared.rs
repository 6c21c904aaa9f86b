//! What people share in a run: the journey's rate, and the messages that others sent; and what differs by zone.

#![allow(clippy::unwrap_used, reason = "tests, also in the functions that they share")]

use std::collections::BTreeMap;

use audience::People;
use engine::{Context, Program, compile};
use model::time::{DAY, HOUR, MINUTE, SECOND};
use model::{Journey, Millis};
use serde_json::{Value, json};
use simulation::{Event, Inputs, Run, Settings, Simulation, events, simulate};

/// 2026-12-01T09:00:00Z
const START: Millis = 1_796_115_600_000;
/// When the first members come in.
const ENTRY: Millis = START + 5 * MINUTE;

fn program(journey: &Value) -> Program {
    let everybody = json!({"Name": "everybody"});
    compile(Journey::of(journey).unwrap(), "j", &Context::new(&|_| Some(&everybody))).unwrap()
}

fn journey(members: Value, activities: Value) -> Value {
    let mut journey = json!({"Name": "j", "StartActivity": "a",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": "everybody"}}});
    journey.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    journey["Activities"] = activities;
    journey
}

fn two_mails(members: Value) -> Value {
    let opened =
        json!([{"EventCondition": {"MessageActivity": "a", "Dimensions": {"EventType": {"Values": ["_email.open"]}}}}]);
    journey(
        members,
        json!({
            "a": {"EMAIL": {"TemplateName": "t", "NextActivity": "s"}},
            "s": {"ConditionalSplit": {"Condition": {"Conditions": opened}, "EvaluationWaitTime": {"WaitFor": "PT2H"},
                "TrueActivity": "b", "FalseActivity": "w"}},
            "w": {"Wait": {"WaitTime": {"WaitFor": "PT1H"}, "NextActivity": "b"}},
            "b": {"EMAIL": {"TemplateName": "t"}},
        }),
    )
}

fn people(count: usize) -> People {
    let mut people = People::default();
    for i in 0..count {
        // Every third has two addresses.
        let user = if i % 3 == 2 { i - 1 } else { i };
        let zone = ["Asia/Tokyo", "Europe/Berlin", "America/New_York", ""][i % 4];
        let endpoint = json!({"ChannelType": "EMAIL", "Address": format!("{i}@example.com"), "User": {"UserId": format!("u{user}")},
            "Demographic": {"Timezone": zone}});
        people.push(Some(&format!("e{i:05}")), &endpoint).unwrap();
    }
    people
}

fn settings() -> Settings {
    Settings { seed: 7, start: START, ..Settings::default() }
}

fn run(journey: &Value, people: &People, events: &[Event]) -> Run {
    simulate(&Inputs { program: &program(journey), people, events }, &settings(), &|_| {})
}

/// When each message left, read from the stories.
fn sends(simulation: &Simulation<'_>, people: &People) -> Vec<Millis> {
    let mut at = Vec::new();
    for row in people.rows().filter(|row| people.is_first_companion(row.index())) {
        let story = simulation.story(row.id()).unwrap();
        at.extend(story.steps.iter().filter(|step| step.text.contains("` was sent to ")).map(|step| step.at));
    }
    at.sort_unstable();
    at
}

#[test]
fn a_run_never_sends_more_than_the_rate_in_any_second_and_nothing_is_dropped() {
    let people = people(600);
    let free = run(&two_mails(json!({})), &people, &[]);
    for rate in [1, 3, 50] {
        let document = two_mails(json!({"Limits": {"MessagesPerSecond": rate}}));
        let program = program(&document);
        let (inputs, settings) = (Inputs { program: &program, people: &people, events: &[] }, settings());
        let simulation = Simulation::new(&inputs, &settings);
        let at = sends(&simulation, &people);
        assert_eq!(at.len() as u64, run(&document, &people, &[]).messages);
        for (first, later) in at.iter().zip(at.iter().skip(rate)) {
            assert!(later - first >= SECOND, "rate {rate}: {first} and {later}");
        }
        // The queue is busy from the first message on: the 600th leaves when 600 / rate seconds are over.
        assert_eq!(at[0], ENTRY);
        assert_eq!(at[599], ENTRY + 599 * SECOND / rate as Millis);
        // Opt-outs may fall before or after a message that leaves later; otherwise as many are sent.
        assert!(free.messages.abs_diff(at.len() as u64) < 5, "{} {}", free.messages, at.len());
    }
}

#[test]
fn a_run_with_a_rate_gives_the_same_bytes_in_chunks_of_any_size() {
    let people = people(500);
    let document = two_mails(json!({"Limits": {"MessagesPerSecond": 2, "DailyCap": 1}}));
    let whole = run(&document, &people, &[]);
    let program = program(&document);
    let (inputs, settings) = (Inputs { program: &program, people: &people, events: &[] }, settings());
    for chunk in [1, 7, 64, 499] {
        let simulation = Simulation::new(&inputs, &settings);
        let mut all = simulation.nobody();
        for start in (0..people.len()).step_by(chunk).collect::<Vec<_>>().into_iter().rev() {
            all.merge(&simulation.range(start..start + chunk));
        }
        assert_eq!(simulation.finish(&all), whole);
    }
    let outcome = |name: &str| {
        let outcomes = &whole.activities[3].outcomes;
        outcomes.iter().find(|outcome| outcome.name == name).map_or(0, |outcome| outcome.count)
    };
    assert_eq!(outcome("DAILY_CAP") + outcome("SKIPPED"), 500);
    assert!(outcome("DAILY_CAP") > 490);
}

#[test]
fn a_turn_behind_the_horizon_leaves_people_waiting() {
    let people = people(90);
    let document = two_mails(json!({"Limits": {"MessagesPerSecond": 1}}));
    let settings = Settings { horizon: Some(ENTRY + MINUTE), ..settings() };
    let run = simulate(&Inputs { program: &program(&document), people: &people, events: &[] }, &settings, &|_| {});
    // A message each second, the first at once.
    assert_eq!(run.messages, 61);
    assert_eq!(run.activities[0].waiting + run.activities[1].waiting, 60);
}

#[test]
fn with_local_time_everybody_comes_in_by_their_own_clock() {
    let people = people(40);
    let members = json!({"LocalTime": true, "Schedule": {"StartTime": "2026-12-02T09:00:00"}});
    let document = journey(members, json!({"a": {"EMAIL": {"TemplateName": "t"}}}));
    let program = program(&document);
    let (inputs, settings) = (Inputs { program: &program, people: &people, events: &[] }, settings());
    let simulation = Simulation::new(&inputs, &settings);
    let midnight = START - 9 * HOUR + DAY;
    let mut entries = BTreeMap::new();
    for at in sends(&simulation, &people) {
        *entries.entry((at - midnight) / HOUR).or_insert(0) += 1;
    }
    // Tokyo, Berlin and New York; an endpoint without zone is not let in, and its user's zone is that of another.
    assert_eq!(entries.keys().copied().collect::<Vec<_>>(), [0, 8, 14]);
    let run = run(&document, &people, &[]);
    let refused =
        |name: &str| run.refused.iter().find(|outcome| outcome.name == name).map_or(0, |outcome| outcome.count);
    assert_eq!(refused("ENDPOINT_MISSING_TIMEZONE"), 10);
    // Four users have no zone at all; six endpoints without zone belong to a user who has one elsewhere.
    assert_eq!(run.messages, 36);
}

#[test]
fn recorded_messages_of_other_journeys_count_toward_the_timeframe_cap() {
    let people = people(3);
    let record = |event: &str, endpoint: &str, at: Millis, attributes: Value| {
        json!({"event_type": event, "arrival_timestamp": at, "client": {"client_id": endpoint}, "attributes": attributes}).to_string()
    };
    let sent = json!({"journey_id": "another", "journey_send_status": "SUCCESS"});
    let failed = json!({"journey_id": "another", "journey_send_status": "FAILURE"});
    let lines = [
        record("_journey.send", "e00000", ENTRY - DAY, sent.clone()),
        record("_journey.send", "e00000", ENTRY - 3 * DAY, sent),
        record("_journey.send", "e00001", ENTRY - DAY, failed),
        record("_campaign.send", "e00002", ENTRY - DAY, json!({"campaign_send_status": "SUCCESS"})),
    ];
    let (events, problems) = events::parse(&lines.join("\n"));
    assert!(problems.is_empty());
    let members = json!({"Limits": {"TimeframeCap": {"Cap": 1, "Days": 2}}});
    let document = journey(members, json!({"a": {"EMAIL": {"TemplateName": "t"}}}));
    let program = program(&document);
    let (inputs, settings) = (Inputs { program: &program, people: &people, events: &events }, settings());
    let simulation = Simulation::new(&inputs, &settings);
    for (endpoint, messages) in [("e00000", 0), ("e00001", 2)] {
        let story = simulation.story(endpoint).unwrap();
        let count = story.steps.iter().filter(|step| step.text.contains("` was sent to ")).count();
        assert_eq!(count, messages, "{endpoint} {story:#?}");
    }
}
