//! What a run writes down can be learned from, and played again.

#![allow(clippy::unwrap_used, reason = "tests, also in the functions that they share")]

use std::collections::BTreeMap;

use audience::People;
use engine::{Context, Program, compile};
use model::time::DAY;
use model::{Journey, Millis};
use serde_json::{Value, json};
use simulation::calibrate::Group;
use simulation::response::{Delay, EmailResponse, LogNormal, PushResponse, Responses, SegmentResponses, SmsResponse};
use simulation::{
    Calibration, CalibrationReport, Event, Inputs, ResponseModel, Run, Settings, Simulation, calibrate, events,
    simulate,
};

/// 2026-12-01T09:00:00Z
const START: Millis = 1_796_115_600_000;

fn segments() -> BTreeMap<&'static str, Value> {
    BTreeMap::from([
        ("everybody", json!({"Name": "everybody"})),
        ("gold", json!({"Name": "gold", "Dimensions": {"Attributes": {"Plan": {"Values": ["gold"]}}}})),
    ])
}

fn program(journey: &Value) -> Program {
    let segments = segments();
    compile(Journey::of(journey).unwrap(), "j", &Context::new(&|id| segments.get(id))).unwrap()
}

/// Each has an e-mail, a phone and an app; one in four is gold.
fn people(count: usize) -> People {
    let mut people = People::default();
    for i in 0..count {
        let plan = if i % 4 == 0 { "gold" } else { "basic" };
        for (channel, short) in [("EMAIL", "e"), ("SMS", "s"), ("GCM", "p")] {
            let endpoint = json!({"ChannelType": channel, "Address": format!("{short}{i}"),
                "Attributes": {"Plan": [plan]}, "User": {"UserId": format!("u{i}")}});
            people.push(Some(&format!("{short}{i}")), &endpoint).unwrap();
        }
    }
    people
}

/// Two e-mails, a text message and a push; what is opened or delivered decides on the way.
fn journey() -> Value {
    let asked = |message: &str, event: &str| json!({"EventCondition": {"MessageActivity": message, "Dimensions": {"EventType": {"Values": [event]}}}});
    let split = |message: &str, event: &str, yes: &str, no: &str| {
        json!({"ConditionalSplit": {"Condition": {"Conditions": [asked(message, event)]},
            "EvaluationWaitTime": {"WaitFor": "P3D"}, "TrueActivity": yes, "FalseActivity": no}})
    };
    json!({"Name": "j", "StartActivity": "hello",
    "StartCondition": {"SegmentStartCondition": {"SegmentId": "everybody"}},
    "Activities": {
        "hello": {"EMAIL": {"NextActivity": "opened"}},
        "opened": split("hello", "_email.open", "tips", "text"),
        "tips": {"EMAIL": {"NextActivity": "clicked"}},
        "clicked": split("tips", "_email.click", "app", "text"),
        "text": {"SMS": {"NextActivity": "arrived"}},
        "arrived": split("text", "_SMS.SUCCESS", "app", "wait"),
        "wait": {"Wait": {"WaitTime": {"WaitFor": "P1D"}, "NextActivity": "app"}},
        "app": {"PUSH": {}},
    }})
}

fn known() -> ResponseModel {
    let email = EmailResponse {
        delivered: 0.9,
        hard_bounce: 0.06,
        soft_bounce: 0.03,
        rejected: 0.01,
        open: 0.4,
        click: 0.3,
        unsubscribe: 0.05,
        complaint: 0.02,
        open_delay: Delay::LogNormal(LogNormal { median: 7_200.0, spread: 2.5 }),
        ..EmailResponse::default()
    };
    let sms = SmsResponse { delivered: 0.8, failed: 0.15, opt_out: 0.1, ..SmsResponse::default() };
    let push =
        PushResponse { received_foreground: 0.2, received_background: 0.6, opened: 0.25, ..PushResponse::default() };
    let channels = Responses { email: email.clone(), sms, push, ..Responses::default() };
    let tips = Responses { email: EmailResponse { open: 0.7, click: 0.5, ..email }, ..channels.clone() };
    ResponseModel { channels, activities: [("tips".to_owned(), tips)].into(), ..ResponseModel::default() }
}

fn settings(response: ResponseModel, seed: u64) -> Settings {
    Settings { seed, start: START, response, ..Settings::default() }
}

/// The run's own events, as the event stream would carry them.
fn recorded(people: &People, settings: &Settings) -> (Run, String) {
    let program = program(&journey());
    let inputs = Inputs { program: &program, people, events: &[] };
    let simulation = Simulation::new(&inputs, settings);
    let mut text = String::new();
    simulation.records(0..people.len(), &mut |record| text += &format!("{record}\n"));
    (simulate(&inputs, settings, &|_| {}), text)
}

fn learned(report: &CalibrationReport, activity: Option<&str>, channel: &str, member: &str) -> (f64, f64, f64) {
    let of = |l: &&simulation::calibrate::Learned| {
        l.segment.is_none() && l.activity.as_deref() == activity && l.channel == channel
    };
    let rates = &report.learned.iter().find(of).unwrap_or_else(|| panic!("{activity:?} {channel}")).rates;
    let rate = rates.iter().find(|rate| rate.member == member).unwrap();
    (rate.low, rate.rate.unwrap_or(f64::NAN), rate.high)
}

/// Rates by activity, channel and member, as the model of the run has them.
const TRUTH: &[(&str, &str, &str, f64)] = &[
    ("hello", "email", "delivered", 0.9),
    ("hello", "email", "hard_bounce", 0.06),
    ("hello", "email", "soft_bounce", 0.03),
    ("hello", "email", "rejected", 0.01),
    ("hello", "email", "open", 0.4),
    ("hello", "email", "click", 0.3),
    ("hello", "email", "unsubscribe", 0.05),
    ("tips", "email", "delivered", 0.9),
    ("tips", "email", "open", 0.7),
    ("tips", "email", "click", 0.5),
    ("text", "sms", "delivered", 0.8),
    ("text", "sms", "failed", 0.15),
    ("text", "sms", "opt_out", 0.1),
    ("app", "push", "received_foreground", 0.2),
    ("app", "push", "received_background", 0.6),
    ("app", "push", "opened", 0.25),
];

#[test]
fn rates_learned_from_a_run_lie_in_their_intervals_about_as_often_as_they_should() {
    let people = people(400);
    let (mut inside, mut all) = (0, 0);
    for seed in 1..=20 {
        let (events, problems) = events::parse(&recorded(&people, &settings(known(), seed)).1);
        assert_eq!(problems, []);
        let (_, report) = calibrate(&events, &Calibration { least: 50, ..Calibration::default() });
        for (activity, channel, member, truth) in TRUTH {
            let (low, rate, high) = learned(&report, Some(activity), channel, member);
            inside += usize::from((low..=high).contains(truth));
            all += 1;
            // Five standard errors are never passed by chance.
            let width = (high - low) / 3.92;
            assert!((rate - truth).abs() < 5.0 * width, "seed {seed}, {activity} {member}: {rate}, not {truth}");
        }
    }
    // 95 % of intervals hold the truth; of 320, fewer than 90 % is a fault.
    assert!(inside * 10 >= all * 9, "{inside} of {all}");
}

#[test]
fn delays_learned_from_a_run_have_its_median_and_a_run_with_them_opens_as_many() {
    let people = people(4_000);
    let (first, text) = recorded(&people, &settings(known(), 3));
    let (model, report) = calibrate(&events::parse(&text).0, &Calibration::default());
    let hello = report.learned.iter().find(|learned| learned.activity.as_deref() == Some("hello")).unwrap();
    let open = hello.delays.iter().find(|delay| delay.member == "open_delay").unwrap();
    assert!((6_600.0..7_800.0).contains(&open.median), "{}", open.median);
    assert_eq!(model.activities["hello"].email.delivery_delay, Delay::Fixed(5.0));

    let (again, _) = recorded(&people, &settings(model, 4));
    for (one, other) in first.connections.iter().zip(&again.connections) {
        let apart = one.count.abs_diff(other.count) as f64;
        // Two runs of the same rates, learned with an error of the same size again.
        let spread = (one.count as f64).sqrt().max(5.0) * 2.0;
        assert!(apart < 4.0 * spread, "{} {:?}: {} and {}", one.from, one.slot, one.count, other.count);
    }
}

#[test]
fn a_segment_is_learned_apart_and_a_small_one_is_not() {
    let people = people(2_000);
    let mut response = known();
    let mut channels = response.channels.clone();
    channels.email.open = 0.9;
    response.segments = vec![SegmentResponses { segment: "gold".to_owned(), channels, ..SegmentResponses::default() }];
    let documents = segments();
    response.bind(&|id| documents.get(id)).unwrap();
    let (events, _) = events::parse(&recorded(&people, &settings(response, 5)).1);
    let gold =
        |id: &str| people.find(id).is_some_and(|row| people.row(row).attribute("Plan").iter().any(|p| p == "gold"));
    let few = |id: &str| id == "e1" || id == "e2";
    let groups = [Group { segment: "few", contains: &few }, Group { segment: "gold", contains: &gold }];
    let (model, report) = calibrate(&events, &Calibration { segments: &groups, ..Calibration::default() });
    let names: Vec<&str> = model.segments.iter().map(|segment| segment.segment.as_str()).collect();
    assert_eq!(names, ["gold"]);
    let opened = |responses: &Responses| responses.email.open;
    assert!((opened(&model.segments[0].channels) - 0.9).abs() < 0.04, "{}", opened(&model.segments[0].channels));
    assert!((opened(&model.activities["hello"]) - 0.4).abs() < 0.04, "{}", opened(&model.activities["hello"]));
    assert!(report.messages > 5_000);
}

#[test]
fn a_segment_that_is_not_bound_is_said_and_changes_nothing() {
    let people = people(50);
    let mut response = known();
    response.segments = vec![SegmentResponses { segment: "gold".to_owned(), ..SegmentResponses::default() }];
    let (plain, _) = recorded(&people, &settings(known(), 1));
    let (run, _) = recorded(&people, &settings(response.clone(), 1));
    assert_eq!(run.trace_hash, plain.trace_hash);
    assert_eq!(
        run.notes[0].text,
        "the segment `gold` of the response model is not known here: nobody responds as it says"
    );
    assert!(response.bind(&|_| None).unwrap_err().to_string().contains("`gold`"));
}

#[test]
fn messages_of_the_last_days_are_left_out_unless_there_are_no_others() {
    let (events, _) = events::parse(&recorded(&people(300), &settings(known(), 1)).1);
    let (_, report) = calibrate(&events, &Calibration::default());
    assert!(report.unsettled > 0 && report.messages > report.unsettled, "{report:?}");
    assert!(report.suppressed > 0 || report.messages > 0);
    let (_, all) = calibrate(&events, &Calibration { settle: 900 * DAY, ..Calibration::default() });
    assert_eq!(all.unsettled, 0);
    assert_eq!(all.notes.len(), 1);
}

#[test]
fn nothing_is_learned_from_nothing() {
    let (model, report) = calibrate(&[], &Calibration::default());
    assert_eq!(model, ResponseModel::default());
    assert_eq!(report.notes, ["no event is about a message: nothing was learned"]);
}

/// Counts without those that only say that messages were sent, and without the hash, which is of the order of things.
fn counts(mut run: Run) -> Run {
    (run.trace_hash, run.seed) = (0, 0);
    run.notes.clear();
    run.end = 0;
    run
}

fn replay(people: &People, events: &[Event], seed: u64) -> Run {
    let program = program(&journey());
    simulate(&Inputs { program: &program, people, events }, &settings(ResponseModel::default(), seed), &|_| {})
}

#[test]
fn a_replay_of_a_runs_own_events_gives_the_same_counts() {
    let people = people(600);
    let (run, text) = recorded(&people, &settings(known(), 11));
    let (events, problems) = events::parse(&text);
    assert_eq!(problems, []);
    let again = replay(&people, &events, 99);
    assert_eq!(again.notes[0].text, "what people do comes from the recorded events, not from the response model");
    assert_eq!(again.notes.len(), 1, "{:?}", again.notes);
    assert_eq!(counts(again), counts(run));
}

#[test]
fn a_replay_bears_disorder_and_repeats() {
    let people = people(200);
    let (run, text) = recorded(&people, &settings(known(), 12));
    // Every line twice, backwards, and by turns from both ends.
    let lines: Vec<&str> = text.lines().rev().collect();
    let (front, back) = lines.split_at(lines.len() / 2);
    let shuffled: Vec<&str> = back.iter().chain(front).chain(&lines).copied().collect();
    let (events, problems) = events::parse(&shuffled.join("\n"));
    assert_eq!(problems.len(), lines.len());
    assert!(problems.iter().all(|problem| problem.message == "repeats an event and is left out"));
    assert_eq!(counts(replay(&people, &events, 1)), counts(run));
}

#[test]
fn a_replay_counts_by_activity_what_matches_nothing() {
    let people = people(3);
    let record = |at: Millis, endpoint: &str, event: &str, activity: &str| {
        json!({"event_type": event, "arrival_timestamp": at, "client": {"client_id": endpoint},
            "attributes": {"journey_activity_id": activity}})
        .to_string()
    };
    let at = START + DAY;
    let lines = [
        record(at, "e0", "_email.open", "hello"),
        record(at + 4 * DAY, "e0", "_email.click", "tips"),
        record(at, "e1", "_email.open", "tips"),
        record(at, "e2", "_email.open", "nowhere"),
        record(at, "stranger", "_email.open", "hello"),
    ];
    let run = replay(&people, &events::parse(&lines.join("\n")).0, 1);
    let outcome = |id: &str, name: &str| {
        let activity = run.activities.iter().find(|activity| activity.id == id).unwrap();
        activity.outcomes.iter().find(|outcome| outcome.name == name).map_or(0, |outcome| outcome.count)
    };
    assert_eq!((outcome("hello", "_email.open"), outcome("tips", "_email.click")), (1, 1));
    assert_eq!((outcome("tips", "_email.open"), outcome("tips", "SUCCESS")), (0, 1));
    let notes: Vec<&str> = run.notes.iter().map(|note| note.text.as_str()).collect();
    assert!(notes.contains(&"1 event belongs to an endpoint not among the people"), "{notes:?}");
    assert!(
        notes.contains(
            &"1 recorded event is of a message that this run did not send to that person, and is without effect"
        ),
        "{notes:?}"
    );
}

#[test]
fn what_was_learned_reads_as_a_file_and_says_from_how_much() {
    let (events, _) = events::parse(&recorded(&people(400), &settings(known(), 2)).1);
    let (model, report) = calibrate(&events, &Calibration::default());
    assert_eq!(ResponseModel::read(&report.file()).unwrap(), model);
    let mut told = String::new();
    for learned in &report.learned {
        let scope = learned.activity.as_deref().unwrap_or("all");
        told += &format!("{} of {scope}: {} sent, {} inferred\n", learned.channel, learned.sent, learned.inferred);
        for rate in &learned.rates {
            let share = rate.rate.map_or("too few".to_owned(), |rate| format!("{rate:.4}"));
            told += &format!(
                "  {} {share}, {} of {} {}, {:.4} to {:.4}\n",
                rate.member, rate.happened, rate.of, rate.base, rate.low, rate.high
            );
        }
        for delay in &learned.delays {
            let known = delay.delay.as_ref().map_or("too few", |_| "known");
            told += &format!("  {} {known}, {} measured, median {:.1} s\n", delay.member, delay.count, delay.median);
        }
    }
    insta::assert_snapshot!(told);
}
