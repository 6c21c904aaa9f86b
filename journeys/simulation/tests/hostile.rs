//! Event lines from anywhere: nothing panics, everything that is not an event is a problem of its own, and what is read
//! can be replayed and learned from.

#![allow(clippy::unwrap_used, reason = "tests, also in the functions that they share")]

use audience::People;
use engine::{Context, compile};
use model::Journey;
use proptest::prelude::*;
use serde_json::{Value, json};
use simulation::{Calibration, Inputs, ResponseModel, Settings, Simulation, calibrate, events};

/// Whatever stands in a file of events, everything that uses events bears it.
fn bears(text: &str) -> (usize, usize) {
    let (events, problems) = events::parse(text);
    assert!(events.is_sorted_by_key(|event| event.at));
    assert!(problems.is_sorted_by_key(|problem| problem.number));
    assert!(problems.iter().all(|problem| problem.number > 0 && !problem.message.is_empty()));
    let (model, report) = calibrate(&events, &Calibration { least: 1, ..Calibration::default() });
    assert_eq!(ResponseModel::read(&report.file()).unwrap(), model);
    let everybody = json!({"Name": "everybody"});
    let mut people = People::default();
    for id in ["e", "f"] {
        people.push(Some(id), &json!({"ChannelType": "EMAIL", "Address": id})).unwrap();
    }
    for journey in [segment_journey(), event_journey()] {
        let program = compile(Journey::of(&journey).unwrap(), "j", &Context::new(&|_| Some(&everybody))).unwrap();
        for start in [0, 1_796_115_600_000] {
            let settings = Settings { start, ..Settings::default() };
            let simulation =
                Simulation::new(&Inputs { program: &program, people: &people, events: &events }, &settings);
            let run = simulation.finish(&simulation.range(0..2));
            let inside: u64 = run.activities.iter().map(|activity| activity.waiting).sum();
            assert_eq!(run.entered, run.left + inside);
            assert!(simulation.at("e", start).is_some());
        }
    }
    (events.len(), problems.len())
}

fn segment_journey() -> Value {
    json!({"Name": "j", "StartActivity": "a", "StartCondition": {"SegmentStartCondition": {"SegmentId": "s"}},
        "Activities": {"a": {"EMAIL": {"NextActivity": "b"}}, "b": {"ConditionalSplit": {"Condition": {"Conditions": [
            {"EventCondition": {"MessageActivity": "a", "Dimensions": {"EventType": {"Values": ["_email.open"]},
                "Metrics": {"m": {"ComparisonOperator": "GREATER_THAN", "Value": 1}}}}}]}}}}})
}

fn event_journey() -> Value {
    json!({"Name": "j", "StartActivity": "a", "Activities": {"a": {"EMAIL": {}}},
        "Limits": {"EndpointReentryCap": 0},
        "StartCondition": {"EventStartCondition": {"EventFilter": {"FilterType": "ENDPOINT",
            "Dimensions": {"EventType": {"Values": ["_email.open", "x"]}}}}}})
}

/// Any JSON, mostly small, now and then with numbers that no machine holds.
fn any_json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        any::<i64>().prop_map(|value| value.to_string()),
        any::<f64>().prop_map(|value| serde_json::to_string(&value).unwrap()),
        Just("1e999".to_owned()),
        Just("-123456789012345678901234567890".to_owned()),
        Just("9223372036854775807".to_owned()),
        ".{0,8}".prop_map(|text| serde_json::to_string(&text).unwrap()),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|list| format!("[{}]", list.join(","))),
            prop::collection::vec((".{0,4}", inner), 0..4).prop_map(|members| {
                let members =
                    members.iter().map(|(name, value)| format!("{}:{value}", serde_json::to_string(name).unwrap()));
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            }),
        ]
    })
}

/// A record of the stream whose members are mostly right and now and then anything.
fn record() -> impl Strategy<Value = String> {
    let kinds = prop::sample::select(vec![
        "_email.send",
        "_email.delivered",
        "_email.open",
        "_email.click",
        "_email.hardbounce",
        "_email.unsubscribe",
        "_SMS.BUFFERED",
        "_SMS.SUCCESS",
        "_SMS.OPTOUT",
        "_journey.send",
        "_journey.opened_notification",
        "_custom.response",
        "_contact_center.fax",
        "_campaign.send",
        "x",
    ]);
    let time = prop_oneof![
        4 => (1_796_115_000_000..1_796_999_000_000i64).prop_map(|at| at.to_string()),
        1 => prop::sample::select(vec!["0", "-1", "1125899906842623", "-1125899906842624", "9e99", "\"1\"", "null"])
            .prop_map(str::to_owned),
    ];
    let mostly = |right: &'static str| prop_oneof![6 => Just(right.to_owned()), 1 => any_json()];
    (
        kinds,
        time.clone(),
        time,
        mostly(r#"{"client_id":"e"}"#),
        mostly(r#"{"journey_activity_id":"a","journey_send_status":"SUCCESS","journey_activity_type":"EMAIL","delivery_type":"SMS"}"#),
        mostly(r#"{"m":2.5}"#),
        mostly(r#"{"email_channel":{"mail_event":{"mail":{"message_id":"m"}}}}"#),
    )
        .prop_map(|(kind, sent, arrived, client, attributes, metrics, facets)| {
            format!(
                r#"{{"event_type":"{kind}","event_timestamp":{sent},"arrival_timestamp":{arrived},"client":{client},"attributes":{attributes},"metrics":{metrics},"facets":{facets}}}"#
            )
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_reported(text in "(\\PC|[\\[\\]{}\":,\\\\\n0-9])*") {
        let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
        let (events, problems) = bears(&text);
        if !text.trim_start().starts_with('[') {
            prop_assert_eq!(events + problems, lines);
        }
    }

    #[test]
    fn any_json_in_lines_or_in_a_list_is_read_or_reported(values in prop::collection::vec(any_json(), 0..5)) {
        let (events, problems) = bears(&values.join("\n"));
        if values.first().is_none_or(|first| !first.starts_with('[')) {
            prop_assert_eq!(events + problems, values.len());
        }
        let (events, problems) = bears(&format!("[{}]", values.join(",")));
        prop_assert_eq!(events + problems, values.len());
    }

    #[test]
    fn records_with_odd_members_disorder_and_repeats_are_each_read_or_reported(
        records in prop::collection::vec(record(), 0..12),
    ) {
        let (events, problems) = bears(&records.join("\n"));
        prop_assert_eq!(events + problems, records.len());
        let twice = format!("{}\n{}", records.join("\n"), records.join("\n"));
        prop_assert_eq!(bears(&twice).0, events, "repeats are left out");
        let reversed: Vec<&str> = records.iter().rev().map(String::as_str).collect();
        prop_assert_eq!(bears(&reversed.join("\n")).0, events, "the order does not matter");
    }

    #[test]
    fn a_record_cut_off_or_broken_anywhere_costs_itself_only(record in record(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let fine = r#"{"event_type":"x","event_timestamp":5,"client":{"client_id":"f"}}"#;
        let cut = at.index(record.len());
        let cut = (0..=cut).rev().find(|at| record.is_char_boundary(*at)).unwrap();
        let mut broken = record.clone().into_bytes();
        broken[cut] = byte;
        for odd in [record[..cut].to_owned(), String::from_utf8_lossy(&broken).replace(['\n', '\r'], " ")] {
            let (events, problems) = bears(&format!("{fine}\n{odd}\n"));
            prop_assert!(events >= 1);
            prop_assert_eq!(events + problems, 1 + usize::from(!odd.trim().is_empty()));
        }
    }
}

/// With a look at all messages for each event this would not end.
#[test]
fn very_many_messages_to_one_address_are_linked() {
    let mut text = String::new();
    for n in 0..40_000 {
        for (kind, at) in [("_email.send", n), ("_email.open", n + 50)] {
            text += &format!(
                r#"{{"event_type":"{kind}","event_timestamp":{n},"arrival_timestamp":{at},"client":{{"client_id":"e"}},"facets":{{"email_channel":{{"mail_event":{{"mail":{{"message_id":"m{n}"}}}}}}}}}}"#
            );
            text.push('\n');
        }
    }
    let (events, problems) = events::parse(&text);
    assert_eq!((events.len(), problems.len()), (80_000, 0));
    let (model, report) = calibrate(&events, &Calibration { settle: 0, ..Calibration::default() });
    assert_eq!((report.messages, model.channels.email.open), (40_000, 1.0));
}

#[test]
fn nesting_without_end_is_a_problem() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("{\"attributes\":{\"a\":[", "]}}")] {
        let deep = format!("{{\"x\":{}{}}}", open.repeat(100_000), close.repeat(100_000));
        let (events, problems) = bears(&format!("{deep}\n"));
        assert_eq!((events, problems), (0, 1));
        bears(&open.repeat(100_000));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// What is no response model is refused with a place, and what is one can be run.
    #[test]
    fn any_file_of_responses_is_read_or_refused(
        member in prop::sample::select(vec!["open", "delivered", "open_delay", "opens"]), value in any_json(),
        layer in prop::sample::select(vec!["channels", "activities", "segments"]),
    ) {
        let value: Value = serde_json::from_str(&value).unwrap_or_default();
        let channels = json!({"email": {member: value}});
        let file = match layer {
            "channels" => json!({"channels": channels}),
            "activities" => json!({"activities": {"a": channels}}),
            _ => json!({"segments": [{"segment": "s", "channels": channels}]}),
        };
        match ResponseModel::read(&file) {
            Err(faults) => prop_assert!(faults.iter().all(|fault| fault.path.contains("email")), "{faults:?}"),
            Ok(response) => {
                let everybody = json!({"Name": "everybody"});
                let mut people = People::default();
                people.push(Some("e"), &json!({"ChannelType": "EMAIL", "Address": "e"})).unwrap();
                let journey = segment_journey();
                let program = compile(Journey::of(&journey).unwrap(), "j", &Context::new(&|_| Some(&everybody))).unwrap();
                let settings = Settings { response, ..Settings::default() };
                let simulation = Simulation::new(&Inputs { program: &program, people: &people, events: &[] }, &settings);
                prop_assert_eq!(simulation.finish(&simulation.range(0..1)).entered, 1);
            }
        }
    }
}
