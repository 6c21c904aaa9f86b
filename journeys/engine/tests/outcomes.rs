//! What becomes of the messages of a journey: calls of functions, channels that refuse, and the events that say so; names
//! mention the clause of journeys.md.

#![allow(clippy::unwrap_used, reason = "tests, also in the functions that they share")]

mod case;

use case::{Case, T0, ann, email, journey, on_event, split, wait, with};
use engine::call::{self, Attempt, Caller, Content, Failure};
use engine::{EventKind, Input, MessageEvent, SendEvent, SendStatus, What};
use model::time::{DAY, HOUR, MINUTE, SECOND};
use serde_json::{Map, Value, json};

fn custom(next: &str) -> Value {
    json!({"CUSTOM": {"DeliveryUri": "f", "EndpointTypes": ["EMAIL"], "NextActivity": next}})
}

/// The events that effects cause, and when.
fn events(case: &Case, effects: &[engine::Effect], now: i64) -> Vec<SendEvent> {
    effects.iter().filter_map(|effect| effect.send_event(&case.program, &case.people, now)).collect()
}

#[test]
fn clause_3_1_what_a_function_answers_for_an_endpoint_feeds_the_split_of_that_endpoint() {
    let mut asked = on_event("a", "_custom.response");
    asked["EventCondition"]["Dimensions"]["Attributes"] = json!({"score": {"Values": ["high"]}});
    let activities = json!({"a": custom("s"), "s": split(json!([asked]), "ALL", Value::Null),
        "y": wait("P1D", ""), "n": wait("P1D", "")});
    let endpoints = [ann(), with(ann(), json!({"Address": "bea@example.com"}))];
    let answered = json!({"e0": {"EventAttributes": {"score": "high"}}, "e1": {"EventAttributes": {"score": "low"}}});
    let answer = call::answer(&answered, &["e0", "e1"]).unwrap();
    for (row, to) in [(0, "y"), (1, "n")] {
        let mut case = Case::of(&journey(json!({}), activities.clone()), &endpoints);
        case.rows = vec![row];
        let sends = Case::sends(&case.enter(T0));
        assert_eq!(sends, [row]);
        let id = case.people.row(row as usize).id().to_owned();
        let attributes: Vec<(&str, &str)> =
            answer.attributes[&id].iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let event = MessageEvent { attributes: &attributes, ..MessageEvent::of(0, EventKind::CustomResponse) };
        case.feed(Input::Event(event), T0 + SECOND);
        case.timer(T0 + 15 * MINUTE);
        assert_eq!(case.at(), Some(to));
    }
}

#[test]
fn clause_3_1_a_failed_call_fails_for_all_its_endpoints_and_they_go_on() {
    let activities = json!({"a": custom("w"), "w": wait("P1D", "b"), "b": email("")});
    let endpoints: Vec<Value> =
        (0..3).map(|n| json!({"ChannelType": "EMAIL", "Address": format!("{n}@x.example")})).collect();
    let mut case = Case::of(&journey(json!({"Limits": {"DailyCap": 1}}), activities), &endpoints);
    // Three participants, one call.
    let mut states = Vec::new();
    for row in 0..3 {
        case.other(row);
        assert_eq!(Case::sends(&case.enter(T0)), [row]);
        states.push(case.state.clone());
    }
    let rows = [0, 1, 2];
    assert_eq!(call::batches(&rows).count(), 1);
    let caller = Caller::Journey { journey: "j", run: "r", activity: "a" };
    let called = rows.map(|row| (case.people.row(row as usize).id().to_owned(), json!({})));
    let content = Content::Custom { data: "", message: None };
    let payload = call::payload(content, "app", caller, T0, Map::from_iter(called));
    assert!(call::body(&payload).is_ok());
    let mut attempt = Attempt::first(T0);
    let mut now = T0;
    while let Some(next) = attempt.after(Failure::Failed, now) {
        now += SECOND;
        attempt = next;
    }
    assert_eq!((attempt.number, now), (3, T0 + 2 * SECOND));
    let status = SendStatus::CustomDeliveryFailure;
    for (row, state) in rows.into_iter().zip(states) {
        (case.rows, case.state) = (vec![row], state);
        let effects = case.feed(Input::Failed { activity: 0, row, status }, now);
        assert_eq!(effects[0].what, What::NotSent { activity: 0, row: Some(row), status });
        case.said(&format!("`a` was not sent to `e{row}` (CUSTOM_DELIVERY_FAILURE): the channel did not take it"));
        assert_eq!(events(&case, &effects, now)[0].status, "CUSTOM_DELIVERY_FAILURE");
        // It counts toward no cap, and the participant is where it was.
        assert_eq!(case.at(), Some("w"));
        assert_eq!(Case::sends(&case.timer(T0 + DAY - HOUR)), [0; 0]);
        assert_eq!(Case::sends(&case.timer(T0 + DAY)), [row]);
    }
}

#[test]
fn clause_5_what_a_channel_throttles_is_told_and_counts_toward_no_cap() {
    let limits = json!({"Limits": {"TotalCap": 1, "MessagesPerSecond": 10}});
    let mut case = Case::new(limits, json!({"a": email("b"), "b": email("")}));
    let effects = case.enter(T0);
    // Above the rate of the journey a message waits for its turn; it is not throttled.
    assert!(effects.iter().all(|effect| !matches!(effect.what, What::NotSent { status: SendStatus::Throttled, .. })));
    let mut case = Case::new(
        json!({"Limits": {"TotalCap": 1}}),
        json!({"a": email("w"), "w": wait("PT1H", "b"),
        "b": email("")}),
    );
    case.enter(T0);
    let effects = case.feed(Input::Failed { activity: 0, row: 0, status: SendStatus::Throttled }, T0 + SECOND);
    let event = &events(&case, &effects, T0 + SECOND)[0];
    assert_eq!((event.status, event.code), ("THROTTLED", Some("429")));
    assert_eq!(event.message, "the channel did not take it");
    assert_eq!(Case::sends(&case.timer(T0 + HOUR)), [0], "the total cap of one is not used up");
}

#[test]
fn clause_3_1_every_attempted_endpoint_has_one_send_event() {
    let user = |n: usize, more: Value| {
        let endpoint = json!({"ChannelType": "EMAIL", "Address": format!("{n}@x.example"), "User": {"UserId": "u"}});
        with(endpoint, more)
    };
    let endpoints = [
        user(0, json!({})),
        user(1, json!({"OptOut": "ALL"})),
        user(2, json!({})),
        json!({"ChannelType": "SMS", "Address": "+1", "User": {"UserId": "u"}}),
    ];
    let mut case = Case::of(&journey(json!({}), json!({"a": email("")})), &endpoints);
    let effects = case.enter(T0);
    let told = events(&case, &effects, T0);
    let sent = |row| SendEvent {
        activity: 0,
        row: Some(row),
        activity_type: Some("EMAIL"),
        status: "SUCCESS",
        code: Some("200"),
        message: "200".to_owned(),
    };
    assert_eq!(told, [sent(0), sent(2)]);
}

#[test]
fn clause_3_1_each_status_has_its_words_in_the_event() {
    for (status, word, code, message) in [
        (SendStatus::FailurePermanent, "FAILURE_PERMANENT", "400", "the channel did not take it"),
        (SendStatus::Failure, "FAILURE", "500", "the channel did not take it"),
        (SendStatus::Throttled, "THROTTLED", "429", "the channel did not take it"),
        (SendStatus::CustomDeliveryFailure, "CUSTOM_DELIVERY_FAILURE", "500", "the channel did not take it"),
        (SendStatus::TransientFailure, "FAILURE", "503", "TRANSIENT_FAILURE: the channel did not take it"),
        (SendStatus::ServiceFailure, "FAILURE", "500", "SERVICE_FAILURE: the channel did not take it"),
        (SendStatus::Unknown, "FAILURE", "500", "UNKNOWN: the channel did not take it"),
    ] {
        let mut case = Case::new(json!({}), json!({"a": email("w"), "w": wait("P1D", "")}));
        case.enter(T0);
        let effects = case.feed(Input::Failed { activity: 0, row: 0, status }, T0);
        let told = events(&case, &effects, T0);
        assert_eq!((told[0].status, told[0].code, told[0].message.as_str()), (word, Some(code), message));
    }
}

#[test]
fn clause_5_the_event_of_a_cap_names_it() {
    for (limits, message) in [
        (json!({"TotalCap": 1}), "`TotalCap` of 1 is reached"),
        (json!({"DailyCap": 1}), "`DailyCap` of 1 in 24 hours is reached"),
        (json!({"TimeframeCap": {"Cap": 1, "Days": 7}}), "`TimeframeCap` of 1 in 7 days is reached"),
    ] {
        let mut case = Case::new(json!({"Limits": limits}), json!({"a": email("b"), "b": email("")}));
        let effects = case.enter(T0);
        let told = &events(&case, &effects, T0)[1];
        assert_eq!((told.status, told.code, told.message.as_str()), ("DAILY_CAP", None, message));
        assert_eq!(told.activity_type, Some("EMAIL"));
    }
}

#[test]
fn clause_6_a_release_is_an_event_without_activity_type_and_a_hold_is_none() {
    let members = json!({"QuietTime": {"Start": "08:00", "End": "20:00"}, "WaitForQuietTime": true});
    let mut case = Case::new(members, json!({"a": email("")}));
    let effects = case.enter(T0);
    assert_eq!(events(&case, &effects, T0), []);
    let until = case.state.wakes().unwrap();
    let effects = case.timer(until);
    let told = events(&case, &effects, until);
    let words: Vec<_> = told.iter().map(|event| (event.status, event.activity_type, event.message.as_str())).collect();
    assert_eq!(words, [("QUIET_TIME_WAIT_FINISHED", None, "quiet time is over"), ("SUCCESS", Some("EMAIL"), "200")]);
    let members = json!({"QuietTime": {"Start": "08:00", "End": "20:00"}});
    let mut case = Case::new(members, json!({"a": email("")}));
    let effects = case.enter(T0);
    let told = events(&case, &effects, T0);
    assert_eq!((told[0].status, told[0].code), ("QUIET_TIME", None));
    assert!(told[0].message.starts_with("it is 10:00 there, in quiet time from 08:00 to 20:00"), "{}", told[0].message);
}

#[test]
fn clause_3_1_a_participant_without_fitting_endpoint_has_an_event_and_goes_on() {
    let activities = json!({"a": {"ContactCenter": {"NextActivity": "b"}}, "b": {"SMS": {"TemplateName": "t"}}});
    let mut case = Case::new(json!({}), activities);
    let effects = case.enter(T0);
    let told = events(&case, &effects, T0);
    let words: Vec<_> = told.iter().map(|event| (event.row, event.status, event.activity_type)).collect();
    assert_eq!(
        words,
        [(None, "UNSUPPORTED_CHANNEL", Some("CONTACT_CENTER")), (None, "UNSUPPORTED_CHANNEL", Some("SMS"))]
    );
    assert_eq!(told[0].message, "no endpoint of a channel that the activity is for");
}
