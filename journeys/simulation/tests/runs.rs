//! Simulated runs: what they count, what they tell, and that the same input gives the same bytes.

#![allow(clippy::unwrap_used, reason = "tests, also in the functions that they share")]

use audience::People;
use engine::{Context, Program, compile};
use model::time::{DAY, HOUR};
use model::{Journey, Millis};
use proptest::prelude::*;
use serde_json::{Value, json};
use simulation::response::{EmailResponse, Responses};
use simulation::{Event, Inputs, ResponseModel, Run, Settings, Simulation, events, simulate};

/// 2026-12-01T09:00:00Z
const START: Millis = 1_796_115_600_000;

fn program(journey: &Value) -> Program {
    let everybody = json!({"Name": "everybody"});
    let gold = json!({"Name": "gold", "Dimensions": {"Attributes": {"Plan": {"Values": ["gold"]}}}});
    let find = |id: &str| match id {
        "everybody" => Some(&everybody),
        "gold" => Some(&gold),
        _ => None,
    };
    compile(Journey::of(journey).unwrap(), "j", &Context::new(&find)).unwrap()
}

/// Users 0, 3, 6… have an e-mail and a phone; the others are endpoints of their own.
fn people(count: usize) -> People {
    let mut people = People::default();
    for i in 0..count {
        let channel = if i % 3 == 1 { "SMS" } else { "EMAIL" };
        let plan = if i % 4 == 0 { "gold" } else { "basic" };
        let opt_out = if i % 17 == 16 { "ALL" } else { "NONE" };
        let mut endpoint = json!({"ChannelType": channel, "Address": format!("a{i}"), "OptOut": opt_out,
            "Attributes": {"Plan": [plan], "FirstName": [format!("Name{i}")]},
            "Demographic": {"Timezone": if i % 2 == 0 { "Europe/Berlin" } else { "America/New_York" }}});
        if i % 3 != 2 {
            endpoint["User"] = json!({"UserId": format!("u{}", i / 3)});
        }
        people.push(Some(&format!("e{i}")), &endpoint).unwrap();
    }
    people
}

fn onboarding() -> Value {
    json!({
        "Name": "j", "StartActivity": "welcomeEmail",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": "everybody"}},
        "QuietTime": {"Start": "21:00", "End": "07:59"}, "WaitForQuietTime": true,
        "Limits": {"TotalCap": 3},
        "Activities": {
            "welcomeEmail": {"EMAIL": {"TemplateName": "welcome", "NextActivity": "opened"}},
            "opened": {"ConditionalSplit": {"Condition": {"Conditions": [{"EventCondition": {"MessageActivity":
                "welcomeEmail", "Dimensions": {"EventType": {"DimensionType": "INCLUSIVE", "Values": ["_email.open"]}}}}]},
                "EvaluationWaitTime": {"WaitFor": "P2D"}, "TrueActivity": "plan", "FalseActivity": "nudge"}},
            "nudge": {"SMS": {"TemplateName": "nudge", "NextActivity": "plan"}},
            "plan": {"MultiCondition": {"Branches": [{"Condition": {"SegmentCondition": {"SegmentId": "gold"}},
                "NextActivity": "control"}], "DefaultActivity": "week"}},
            "week": {"Wait": {"WaitTime": {"WaitFor": "P7D"}, "NextActivity": "control"}},
            "control": {"Holdout": {"Percentage": 10, "NextActivity": "ab"}},
            "ab": {"RandomSplit": {"Branches": [{"Percentage": 60, "NextActivity": "tips"}, {"Percentage": 40}]}},
            "tips": {"EMAIL": {"TemplateName": "tips"}},
        },
    })
}

fn settings() -> Settings {
    Settings { seed: 7, start: START, ..Settings::default() }
}

fn run(journey: &Value, people: &People, events: &[Event]) -> Run {
    simulate(&Inputs { program: &program(journey), people, events }, &settings(), &|_| {})
}

#[test]
fn a_run_counts_activities_connections_refusals_and_outcomes() {
    insta::assert_json_snapshot!(run(&onboarding(), &people(600), &[]));
}

#[test]
fn a_story_gives_the_reason_of_every_branch() {
    let (program, people, settings) = (program(&onboarding()), people(600), settings());
    let inputs = Inputs { program: &program, people: &people, events: &[] };
    let simulation = Simulation::new(&inputs, &settings);
    let mut told = String::new();
    for person in ["user:u0", "endpoint:e5", "user:u2", "e16"] {
        let story = simulation.story(person).unwrap();
        told += &format!("{}\n", story.person);
        for step in story.steps {
            let slot = step.slot.map(|slot| format!(" {slot:?}")).unwrap_or_default();
            told += &format!(
                "  {} [{}{slot}] {}\n",
                engine::instant_words(step.at),
                step.activity.unwrap_or_default(),
                step.text
            );
        }
    }
    insta::assert_snapshot!(told);
    assert!(simulation.story("nobody").is_none());
}

#[test]
fn interesting_people_cover_every_way_that_was_taken() {
    let (program, people, settings) = (program(&onboarding()), people(600), settings());
    let inputs = Inputs { program: &program, people: &people, events: &[] };
    let simulation = Simulation::new(&inputs, &settings);
    let all = simulation.range(0..600);
    let run = simulation.finish(&all);
    let chosen = simulation.people(&all, 100);
    let stories: Vec<_> = chosen.iter().map(|person| simulation.story(&person.person).unwrap()).collect();
    for connection in run.connections.iter().filter(|connection| connection.count > 0) {
        let taken = stories
            .iter()
            .flat_map(|story| &story.steps)
            .any(|step| step.slot == Some(connection.slot) && step.activity.as_deref() == Some(&connection.from));
        assert!(taken, "nobody goes {:?} from {}", connection.slot, connection.from);
    }
    assert!(chosen[0].name.starts_with("Name"), "{chosen:?}");
    assert!(simulation.people(&all, 5).len() == 5);
}

#[test]
fn chunks_in_any_order_give_the_same_bytes() {
    let (program, people, settings) = (program(&onboarding()), people(500), settings());
    let inputs = Inputs { program: &program, people: &people, events: &[] };
    let whole = simulate(&inputs, &settings, &|_| {});
    let simulation = Simulation::new(&inputs, &settings);
    for cuts in [vec![0, 500], vec![0, 1, 499, 500], vec![0, 250, 300, 500], vec![0, 125, 250, 375, 500]] {
        let mut parts: Vec<_> = cuts.windows(2).map(|cut| simulation.range(cut[0]..cut[1])).collect();
        for _ in 0..parts.len() {
            parts.rotate_left(1);
            let mut all = simulation.nobody();
            parts.iter().for_each(|part| all.merge(part));
            assert_eq!(simulation.finish(&all), whole);
            let in_order = simulation.people(&simulation.range(0..500), 20);
            assert_eq!(simulation.people(&all, 20), in_order);
        }
    }
    assert_ne!(simulate(&inputs, &Settings { seed: 8, ..settings }, &|_| {}).trace_hash, whole.trace_hash);
}

#[test]
fn counts_balance() {
    let run = run(&onboarding(), &people(900), &[]);
    assert_eq!(run.entered, run.left);
    for activity in &run.activities {
        let into: u64 = run.activities.iter().zip(ways_into(&run, &activity.id)).map(|(_, n)| n).sum();
        let into = if activity.id == "welcomeEmail" { run.entered } else { into };
        assert_eq!(activity.entered, into, "{}", activity.id);
    }
    let sent: u64 = run.activities.iter().map(|a| outcome(&run, &a.id, "SUCCESS")).sum();
    assert_eq!(run.messages, sent);
}

fn ways_into(run: &Run, id: &str) -> Vec<u64> {
    let document = onboarding();
    let journey = Journey::of(&document).unwrap();
    run.connections
        .iter()
        .filter(|connection| {
            let activity = journey.activity(&connection.from).unwrap();
            activity.connections().iter().any(|way| way.slot == connection.slot && way.target == Some(id))
        })
        .map(|connection| connection.count)
        .collect()
}

fn outcome(run: &Run, id: &str, name: &str) -> u64 {
    let activity = run.activities.iter().find(|activity| activity.id == id).unwrap();
    activity.outcomes.iter().find(|outcome| outcome.name == name).map_or(0, |outcome| outcome.count)
}

#[test]
fn the_response_model_sets_the_rates_and_single_activities_override_it() {
    let journey = json!({"Name": "j", "StartActivity": "a",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": "everybody"}},
        "Activities": {"a": {"EMAIL": {"NextActivity": "b"}}, "b": {"EMAIL": {}}}});
    let mut people = People::default();
    for i in 0..20_000 {
        people.push(Some(&format!("e{i}")), &json!({"ChannelType": "EMAIL", "Address": i.to_string()})).unwrap();
    }
    let rate = |open: f64| Responses {
        email: EmailResponse { delivered: 1.0, hard_bounce: 0.0, open, ..EmailResponse::default() },
        ..Responses::default()
    };
    let activities = [("b".to_owned(), rate(0.1))].into();
    let response = ResponseModel { channels: rate(0.5), activities, ..ResponseModel::default() };
    let settings = Settings { response, ..settings() };
    let run = simulate(&Inputs { program: &program(&journey), people: &people, events: &[] }, &settings, &|_| {});
    let share = |id: &str| outcome(&run, id, "_email.open") as f64 / outcome(&run, id, "_email.delivered") as f64;
    assert!((share("a") - 0.5).abs() < 0.02, "{}", share("a"));
    assert!((share("b") - 0.1).abs() < 0.01, "{}", share("b"));
    let text = serde_json::to_string(&settings).unwrap();
    assert_eq!(serde_json::from_str::<Settings>(&text).unwrap(), settings);
}

#[test]
fn who_opts_out_gets_no_more_messages() {
    let journey = json!({"Name": "j", "StartActivity": "a",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": "everybody"}},
        "Activities": {"a": {"EMAIL": {"NextActivity": "w"}},
            "w": {"Wait": {"WaitTime": {"WaitFor": "P20D"}, "NextActivity": "b"}}, "b": {"EMAIL": {}}}});
    let mut people = People::default();
    people.push(Some("e"), &json!({"ChannelType": "EMAIL", "Address": "a"})).unwrap();
    let email = EmailResponse { delivered: 1.0, open: 1.0, unsubscribe: 1.0, ..EmailResponse::default() };
    let channels = Responses { email, ..Responses::default() };
    let settings = Settings { response: ResponseModel { channels, ..ResponseModel::default() }, ..settings() };
    let run = simulate(&Inputs { program: &program(&journey), people: &people, events: &[] }, &settings, &|_| {});
    assert_eq!((run.messages, outcome(&run, "b", "SKIPPED")), (1, 1));
}

fn cart() -> Value {
    json!({"Name": "j", "StartActivity": "mail",
        "StartCondition": {"EventStartCondition": {"EventFilter": {"FilterType": "ENDPOINT",
            "Dimensions": {"EventType": {"Values": ["cart"]}}}}},
        "Limits": {"EndpointReentryCap": 2},
        "Activities": {"mail": {"EMAIL": {"NextActivity": "clicked"}},
            "clicked": {"ConditionalSplit": {"Condition": {"Conditions": [{"EventCondition": {"MessageActivity": "mail",
                "Dimensions": {"EventType": {"Values": ["_email.click"]}}}}]}}}}})
}

fn record(at: Millis, endpoint: &str, event: &str, activity: Option<&str>) -> String {
    let attributes = activity.map_or(json!({}), |activity| json!({"journey_activity_id": activity}));
    json!({"event_type": event, "arrival_timestamp": at, "client": {"client_id": endpoint}, "attributes": attributes})
        .to_string()
}

#[test]
fn an_event_journey_is_entered_by_events_and_engagement_is_replayed() {
    let lines = [
        record(START + HOUR, "e2", "cart", None),
        record(START + HOUR + 1, "e2", "_email.click", Some("mail")),
        record(START + HOUR + 2, "e2", "cart", None),
        record(START + DAY, "e2", "cart", None),
        record(START + 2 * DAY, "e2", "cart", None),
        record(START + DAY, "e5", "cart", None),
        record(START + DAY, "e8", "_email.click", Some("mail")),
        record(START - DAY, "e11", "cart", None),
        record(START + DAY, "stranger", "cart", None),
        record(START + DAY, "e14", "other", None),
    ];
    let (events, problems) = events::parse(&lines.join("\n"));
    assert!(problems.is_empty(), "{problems:?}");
    let run = run(&cart(), &people(30), &events);
    assert_eq!((run.entered, run.messages, outcome(&run, "mail", "_email.click")), (3, 3, 1));
    let counts: Vec<u64> = run.connections.iter().map(|connection| connection.count).collect();
    assert_eq!(counts, [3, 1, 2]);
    let refused: Vec<(&str, u64)> = run.refused.iter().map(|refused| (refused.name.as_str(), refused.count)).collect();
    assert_eq!(refused, [("ACTIVE_ENDPOINT_REJECTED", 1), ("NOT_STARTED", 1), ("REENTRY_CAP_EXCEEDED", 1)]);
    let notes: Vec<&str> = run.notes.iter().map(|note| note.text.as_str()).collect();
    insta::assert_snapshot!(notes.join("\n"), @r"
    what people do comes from the recorded events, not from the response model
    1 event belongs to an endpoint not among the people
    1 event that would start the journey came before the run starts, at 2026-12-01 09:00 UTC, and enters nobody
    1 recorded event is of a message that this run did not send to that person, and is without effect
    ");
}

#[test]
fn an_event_journey_without_events_says_that_nobody_enters() {
    let run = run(&cart(), &people(30), &[]);
    assert_eq!(run.entered, 0);
    assert_eq!(
        run.notes[0].text,
        "nobody enters: the journey starts with the event `cart`, and no such event is there"
    );
}

#[test]
fn a_refresh_offers_everybody_again_until_the_cap() {
    let journey = |limits: Value| {
        json!({"Name": "j", "StartActivity": "a", "RefreshFrequency": "P1D", "Limits": limits,
            "Schedule": {"EndTime": "2026-12-11T09:05:00Z"},
            "StartCondition": {"SegmentStartCondition": {"SegmentId": "everybody"}},
            "Activities": {"a": {"Wait": {"WaitTime": {"WaitFor": "PT36H"}}}}})
    };
    let mut people = People::default();
    people.push(Some("e"), &json!({"ChannelType": "EMAIL", "Address": "a"})).unwrap();
    let counts = |limits: Value| {
        let run = run(&journey(limits), &people, &[]);
        let refused: Vec<(String, u64)> =
            run.refused.into_iter().map(|refused| (refused.name, refused.count)).collect();
        (run.entered, refused)
    };
    // Ten evaluations: entry, one while inside, and so on.
    let (active, reentry) = ("ACTIVE_ENDPOINT_REJECTED".to_owned(), "REENTRY_CAP_EXCEEDED".to_owned());
    assert_eq!(counts(json!({})), (1, vec![(active.clone(), 1), (reentry.clone(), 8)]));
    assert_eq!(counts(json!({"EndpointReentryCap": 0})), (5, vec![(active.clone(), 5)]));
    assert_eq!(counts(json!({"EndpointReentryCap": 2})), (2, vec![(active, 2), (reentry, 6)]));
}

#[test]
fn the_horizon_cuts_off_and_says_so() {
    let settings = Settings { horizon: Some(START + DAY), ..settings() };
    let (program, people) = (program(&onboarding()), people(60));
    let run = simulate(&Inputs { program: &program, people: &people, events: &[] }, &settings, &|_| {});
    let waiting: u64 = run.activities.iter().map(|activity| activity.waiting).sum();
    assert_eq!((run.left, waiting), (0, run.entered));
    let note = &run.notes.last().unwrap().text;
    assert_eq!(
        *note,
        format!("{waiting} participants were still inside when the run was cut off at 2026-12-02 09:00 UTC")
    );
    assert!(run.end <= START + DAY);
}

/// A journey of up to eight activities; with `back`, next activities may lie before, or not exist.
fn journeys(back: bool) -> impl Strategy<Value = Value> {
    prop::collection::vec((0..9u8, any::<u8>(), any::<u8>(), 0..5u8), 1..9).prop_map(move |picks| {
        let count = picks.len();
        let activity = |(i, (kind, x, y, z)): (usize, &(u8, u8, u8, u8))| {
            let target = |pick: u8| {
                let to = if back { usize::from(pick) % (count + 2) } else { i + 1 + usize::from(pick) % 3 };
                if to < count || back && to > count { json!(format!("a{to}")) } else { Value::Null }
            };
            let (next, other) = (target(*x), target(*y));
            let span = ["PT1H", "PT30M", "P1D", "P5D", "nonsense"][usize::from(*z)];
            let before = json!({"EventCondition": {"MessageActivity": format!("a{}", i / 2),
                "Dimensions": {"EventType": {"Values": ["_email.open", "_SMS.SUCCESS"]}}}});
            let gold = json!({"SegmentCondition": {"SegmentId": if *z == 4 { "none" } else { "gold" }}});
            let body = match kind {
                0 => json!({"EMAIL": {"NextActivity": next}}),
                1 => json!({"SMS": {"NextActivity": next}}),
                2 => json!({"CUSTOM": {"EndpointTypes": ["EMAIL", "SMS"], "NextActivity": next}}),
                3 => json!({"Wait": {"WaitTime": {"WaitFor": span}, "NextActivity": next}}),
                4 => json!({"ConditionalSplit": {"Condition": {"Conditions": [before, gold], "Operator": "ANY"},
                    "EvaluationWaitTime": {"WaitFor": span}, "TrueActivity": next, "FalseActivity": other}}),
                5 => json!({"MultiCondition": {"Branches": [{"Condition": gold, "NextActivity": next},
                    {"Condition": before, "NextActivity": other}], "DefaultActivity": next}}),
                6 => json!({"RandomSplit": {"Branches": [{"Percentage": 40, "NextActivity": next},
                    {"Percentage": if back { *y } else { 60 }, "NextActivity": other}]}}),
                7 => json!({"Holdout": {"Percentage": 20, "NextActivity": next}}),
                _ => json!({"ContactCenter": {"NextActivity": next}}),
            };
            (format!("a{i}"), body)
        };
        let activities: serde_json::Map<String, Value> = picks.iter().enumerate().map(activity).collect();
        json!({"Name": "j", "StartActivity": "a0", "Activities": activities,
            "StartCondition": {"SegmentStartCondition": {"SegmentId": "everybody"}}})
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_journey_without_errors_never_strands_a_participant(journey in journeys(false)) {
        let run = run(&journey, &people(40), &[]);
        prop_assert_eq!(run.entered, run.left);
        prop_assert!(run.entered > 0);
    }

    #[test]
    fn odd_journeys_never_panic_and_everybody_leaves_or_waits_for_something_that_comes(journey in journeys(true)) {
        let people = people(6);
        let settings = Settings { horizon: Some(START + 30 * DAY), ..settings() };
        let program = program(&journey);
        let inputs = Inputs { program: &program, people: &people, events: &[] };
        let run = simulate(&inputs, &settings, &|_| {});
        let waiting: u64 = run.activities.iter().map(|activity| activity.waiting).sum();
        prop_assert_eq!(run.entered, run.left + waiting);
        let simulation = Simulation::new(&inputs, &settings);
        prop_assert!(simulation.story("e2").is_some());
    }
}

proptest! {
    #[test]
    fn event_lines_of_any_kind_are_read_or_reported(text in "(\\PC|[\\[\\]{}\":,\n0-9])*") {
        let _ = events::parse(&text);
    }
}
