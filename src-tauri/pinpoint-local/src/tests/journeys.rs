//! Journeys on the virtual clock: what the runner lends to the engine, and what it makes of its answers.

use model::Millis;
use model::time::{DAY, HOUR, MINUTE, SECOND, format_instant};
use serde_json::{Value, json};

use super::{Asked, START};
use crate::runner::{self, Offering, in_progress};

const HELLO: &str = "/v1/templates/hello/email";

/// People with an e-mail address and the time zone beside it.
async fn app_of(asked: &Asked, zones: &[&str]) -> (String, Value) {
    let app = asked.app().await;
    asked.ask("POST", HELLO, json!({"Subject": "Hello"})).await;
    for (n, zone) in zones.iter().enumerate() {
        let body =
            json!({"ChannelType": "EMAIL", "Address": format!("{n}@x.example"), "Demographic": {"Timezone": zone}});
        asked.ask("PUT", &format!("{app}/endpoints/e{n}"), body).await;
    }
    let (_, segment) = asked.ask("POST", &format!("{app}/segments"), json!({"Name": "everybody"})).await;
    (app, segment["Id"].clone())
}

/// A journey with one message, or with a wait before it; its path.
async fn journey(asked: &Asked, app: &str, segment: &Value, members: Value) -> String {
    let mut journey = json!({
        "Name": "j", "State": "ACTIVE", "StartActivity": "a",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": segment}},
        "Activities": {"a": {"EMAIL": {"TemplateName": "hello"}}},
    });
    journey.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    let (status, created) = asked.ask("POST", &format!("{app}/journeys"), journey).await;
    assert_eq!(status, 201, "{created}");
    format!("{app}/journeys/{}", created["Id"].as_str().unwrap())
}

async fn move_to(asked: &Asked, instant: Millis) {
    let (status, answer) = asked.ask("POST", "/waymark/clock", json!({"to": format_instant(instant)})).await;
    assert_eq!(status, 200, "{answer}");
}

/// Endpoint and instant of all messages, in order of time.
async fn sent(asked: &Asked) -> Vec<(String, Millis)> {
    let (_, outbox) = asked.ask("GET", "/waymark/outbox?limit=1000", None).await;
    let mut sent: Vec<(String, Millis)> = outbox["Item"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| (message["EndpointId"].as_str().unwrap().to_owned(), message["At"].as_i64().unwrap()))
        .collect();
    sent.sort_by_key(|(_, at)| *at);
    sent
}

#[tokio::test]
async fn messages_leave_at_the_rate_of_their_journey() {
    let asked = Asked::new();
    let (app, segment) = app_of(&asked, &[""; 5]).await;
    let journey = journey(&asked, &app, &segment, json!({"Limits": {"MessagesPerSecond": 2}})).await;
    move_to(&asked, START + 6 * MINUTE).await;
    let entry = START + 5 * MINUTE;
    let at: Vec<Millis> = sent(&asked).await.iter().map(|(_, at)| at - entry).collect();
    assert_eq!(at, [0, 500, SECOND, 1_500, 2 * SECOND]);
    assert_eq!(asked.ask("GET", &journey, None).await.1["State"], "COMPLETED");
}

#[tokio::test]
async fn with_local_time_each_zone_is_a_slice_of_its_own() {
    let asked = Asked::new();
    let (app, segment) = app_of(&asked, &["America/New_York", "Asia/Tokyo", "Europe/Berlin", ""]).await;
    let members = json!({"LocalTime": true,
        "Schedule": {"StartTime": "2026-12-02T09:00:00", "EndTime": "2026-12-20T09:00:00", "Timezone": "UTC"}});
    let journey = journey(&asked, &app, &segment, members).await;
    move_to(&asked, START + 5 * DAY).await;
    let midnight = START - 9 * HOUR + 2 * DAY;
    let at = |endpoint: &str, hour: Millis| (endpoint.to_owned(), midnight + hour * HOUR);
    assert_eq!(sent(&asked).await, [at("e1", 0), at("e2", 8), at("e0", 14)]);
    let (_, runs) = asked.ask("GET", &format!("{journey}/runs"), None).await;
    let mut refused = 0;
    for run in runs["Item"].as_array().unwrap() {
        let path = format!("{journey}/runs/{}/execution-metrics", run["RunId"].as_str().unwrap());
        let (_, metrics) = asked.ask("GET", &path, None).await;
        let count = metrics["Metrics"]["ENDPOINT_MISSING_TIMEZONE"].as_str().map_or(0, |n| n.parse().unwrap());
        refused += count;
    }
    assert_eq!(refused, 1, "who has no zone is refused once");
    assert_eq!(asked.ask("GET", &journey, None).await.1["State"], "COMPLETED");
}

#[tokio::test]
async fn caps_over_several_journeys_see_the_messages_of_all() {
    let asked = Asked::new();
    let (app, segment) = app_of(&asked, &["", ""]).await;
    journey(&asked, &app, &segment, json!({})).await;
    move_to(&asked, START + HOUR).await;
    assert_eq!(sent(&asked).await.len(), 2);
    // A journey that allows one message in two days, from all journeys; one that counts its own; one a day for the project.
    let capped = json!({"Limits": {"TimeframeCap": {"Cap": 1, "Days": 2}}});
    let second = journey(&asked, &app, &segment, capped).await;
    journey(&asked, &app, &segment, json!({"Limits": {"TotalCap": 1}})).await;
    move_to(&asked, START + 2 * HOUR).await;
    assert_eq!(sent(&asked).await.len(), 4);
    let (_, metrics) = asked.ask("GET", &format!("{second}/activities/a/execution-metrics"), None).await;
    assert_eq!(metrics["Metrics"], json!({"DAILY_CAP_EXCEEDED": "2"}));
    asked.ask("PUT", &format!("{app}/settings"), json!({"Limits": {"Daily": 2}})).await;
    let fourth = journey(&asked, &app, &segment, json!({})).await;
    move_to(&asked, START + 3 * HOUR).await;
    let (_, metrics) = asked.ask("GET", &format!("{fourth}/activities/a/execution-metrics"), None).await;
    assert_eq!(metrics["Metrics"], json!({"DAILY_CAP_EXCEEDED": "2"}));
}

#[tokio::test]
async fn a_pause_freezes_waits_and_lasts_five_minutes() {
    let asked = Asked::new();
    let (app, segment) = app_of(&asked, &[""]).await;
    let members = json!({"RefreshFrequency": "P1D", "Activities": {
        "a": {"Wait": {"WaitTime": {"WaitFor": "PT10H"}, "NextActivity": "b"}}, "b": {"EMAIL": {"TemplateName": "hello"}}}});
    let journey = journey(&asked, &app, &segment, members).await;
    let ask = async |state: &str| asked.ask("PUT", &format!("{journey}/state"), json!({"State": state})).await;
    move_to(&asked, START + HOUR).await;
    assert_eq!(ask("PAUSED").await.1["State"], "PAUSED");
    let (status, answer) = ask("ACTIVE").await;
    assert_eq!(
        (status, answer["Message"].as_str()),
        (400, Some("State: paused less than 5 minutes ago; try again in 5 minutes"))
    );
    let (status, answer) = ask("COMPLETED").await;
    assert_eq!(
        (status, answer["Message"].as_str()),
        (400, Some("State: `COMPLETED` is not one of ACTIVE, PAUSED, CANCELLED"))
    );
    // Twenty hours later nine hours and five minutes of the wait are left.
    move_to(&asked, START + 21 * HOUR).await;
    assert_eq!(sent(&asked).await, []);
    assert_eq!(ask("ACTIVE").await.1["State"], "ACTIVE");
    move_to(&asked, START + 2 * DAY).await;
    assert_eq!(sent(&asked).await, [("e0".to_owned(), START + 30 * HOUR + 5 * MINUTE)]);
    assert_eq!(ask("CANCELLED").await.1["State"], "CANCELLED");
    assert_eq!(ask("ACTIVE").await.1["Message"], "State: a journey that is CANCELLED cannot become ACTIVE");
}

#[tokio::test]
async fn a_start_without_offset_is_read_in_the_schedules_zone() {
    let asked = Asked::new();
    let (app, segment) = app_of(&asked, &[""]).await;
    let schedule = json!({"Schedule": {"StartTime": "2026-12-01T09:00:00", "EndTime": "2026-12-09T00:00:00", "Timezone": "UTC+05:30"}});
    journey(&asked, &app, &segment, schedule).await;
    move_to(&asked, START + 3 * DAY).await;
    assert_eq!(sent(&asked).await, [("e0".to_owned(), START + DAY - 5 * HOUR - 30 * MINUTE)]);
}

/// 500 people with a journey that is refreshed, whose first evaluation was begun: nobody was offered yet.
async fn begun(asked: &Asked) -> (String, String) {
    let app = asked.app().await;
    asked.ask("POST", HELLO, json!({"Subject": "Hello"})).await;
    for hundred in 0..5 {
        let item = |n: i32| json!({"Id": format!("e{n}"), "ChannelType": "EMAIL", "Address": format!("{n}@x.example")});
        let items: Vec<Value> = (hundred * 100..hundred * 100 + 100).map(item).collect();
        let (status, answer) = asked.ask("PUT", &format!("{app}/endpoints"), json!({"Item": items})).await;
        assert_eq!(status, 202, "{answer}");
    }
    let (_, segment) = asked.ask("POST", &format!("{app}/segments"), json!({"Name": "everybody"})).await;
    let journey = journey(asked, &app, &segment["Id"], json!({"RefreshFrequency": "P1D"})).await;
    let machine = asked.machine.clone();
    machine.clock.move_to(START + 6 * MINUTE);
    tokio::task::spawn_blocking(move || assert!(machine.piece(runner::work).unwrap())).await.unwrap();
    (app, journey)
}

async fn offer(asked: &Asked, offering: Option<Offering>) -> Option<Offering> {
    let machine = asked.machine.clone();
    tokio::task::spawn_blocking(move || machine.offer(offering).unwrap()).await.unwrap()
}

async fn run_metrics(asked: &Asked, journey: &str) -> Value {
    let (_, runs) = asked.ask("GET", &format!("{journey}/runs"), None).await;
    let run = runs["Item"][0]["RunId"].as_str().unwrap().to_owned();
    asked.ask("GET", &format!("{journey}/runs/{run}/execution-metrics"), None).await.1["Metrics"].clone()
}

#[tokio::test]
async fn an_evaluation_goes_on_after_a_restart_where_it_was() {
    let asked = Asked::new();
    let (app, journey) = begun(&asked).await;
    let first = offer(&asked, None).await;
    assert!(first.is_some(), "500 do not fit into one piece");
    assert_eq!(sent(&asked).await.len(), 200);
    // What was worked out is forgotten, as after a kill; requests went in between.
    let opted_out = json!({"OptOut": "ALL"});
    asked.ask("PUT", &format!("{app}/endpoints/e300"), opted_out).await;
    asked.ask("DELETE", &format!("{app}/endpoints/e301"), None).await;
    move_to(&asked, START + 10 * MINUTE).await;
    let mut endpoints: Vec<String> = sent(&asked).await.into_iter().map(|(endpoint, _)| endpoint).collect();
    endpoints.sort();
    endpoints.dedup();
    assert_eq!(endpoints.len(), 498);
    let metrics = run_metrics(&asked, &journey).await;
    assert_eq!((&metrics["ENDPOINT_PRODUCED"], &metrics["ENDPOINT_ENTERED"]), (&json!("500"), &json!("498")));
}

#[tokio::test]
async fn who_was_to_enter_when_a_pause_began_enters_when_it_ends() {
    let asked = Asked::new();
    let (_, journey) = begun(&asked).await;
    let first = offer(&asked, None).await;
    let state = format!("{journey}/state");
    assert_eq!(asked.ask("PUT", &state, json!({"State": "PAUSED"})).await.0, 200);
    assert!(offer(&asked, first).await.is_none());
    assert_eq!(run_metrics(&asked, &journey).await["PAUSED"], "300");
    move_to(&asked, START + HOUR).await;
    assert_eq!(sent(&asked).await.len(), 200);
    assert_eq!(asked.ask("PUT", &state, json!({"State": "ACTIVE"})).await.0, 200);
    move_to(&asked, START + 2 * HOUR).await;
    assert_eq!(sent(&asked).await.len(), 500);
}

#[tokio::test]
async fn an_evaluation_ends_with_its_journey() {
    let asked = Asked::new();
    let (_, journey) = begun(&asked).await;
    let first = offer(&asked, None).await;
    assert_eq!(asked.ask("PUT", &format!("{journey}/state"), json!({"State": "CANCELLED"})).await.0, 200);
    assert!(offer(&asked, first).await.is_none());
    assert!(asked.machine.store.read(|store| in_progress(store)).unwrap().is_none());
    assert_eq!(run_metrics(&asked, &journey).await["ENDED"], "300");
    move_to(&asked, START + 3 * DAY).await;
    assert_eq!(sent(&asked).await.len(), 200);
}
