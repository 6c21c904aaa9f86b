//! Recorded events in the form of Pinpoint's event stream (events-and-analytics.md 1).
//!
//! `journey_id` holds the journey's file name: in a project folder nothing has an id yet.

use serde_json::{Value, json};

use super::draws::Draws;
use super::moments::{HOUR, MINUTE};
use super::people::Endpoint;

/// The project that the records pretend to come from.
const PROJECT: &str = "0123456789abcdef0123456789abcdef";

/// The app that reports events.
pub struct App {
    pub package: &'static str,
    pub title: &'static str,
}

/// A message activity of a journey.
#[derive(Clone, Copy)]
pub struct Step {
    pub journey: &'static str,
    pub activity: &'static str,
    pub subject: &'static str,
}

/// An event that the app or site posted (1.6). Milliseconds; arrives a moment later.
pub fn posted(
    draws: &mut Draws,
    app: &App,
    endpoint: &Endpoint,
    kind: &str,
    at: i64,
    attributes: Value,
    metrics: Value,
) -> Value {
    let locale = endpoint.get("Demographic.Locale");
    let (language, country) = locale.split_once('_').unwrap_or((locale, ""));
    let mut device = json!({"locale": {"code": locale, "country": country, "language": language}});
    if !endpoint.get("Demographic.Make").is_empty() {
        device["make"] = endpoint.get("Demographic.Make").into();
        device["model"] = endpoint.get("Demographic.Model").into();
        device["platform"] = json!({
            "name": endpoint.get("Demographic.Platform"),
            "version": endpoint.get("Demographic.PlatformVersion"),
        });
    }
    json!({
        "event_type": kind,
        "event_timestamp": at,
        "arrival_timestamp": at + draws.between(80, 4000),
        "event_version": "3.1",
        "application": {
            "app_id": PROJECT,
            "package_name": app.package,
            "sdk": {"name": "web", "version": "1.4"},
            "title": app.title,
            "version_code": "52",
        },
        "client": {"client_id": endpoint.id()},
        "device": device,
        "session": {"session_id": draws.hex(16), "start_timestamp": at - draws.between(0, 20) * MINUTE},
        "attributes": attributes,
        "metrics": metrics,
    })
}

/// What the app reports about a push message of a journey (2).
pub fn push_answer(draws: &mut Draws, app: &App, endpoint: &Endpoint, kind: &str, step: Step, at: i64) -> Value {
    let attributes =
        json!({"journey_id": step.journey, "journey_run_id": "recorded", "journey_activity_id": step.activity});
    posted(draws, app, endpoint, kind, at, attributes, json!({}))
}

/// What became of an e-mail of a journey (1.4): `kind` is `open`, `click` or `hardbounce`. `event_timestamp` is when the
/// message was sent, `arrival_timestamp` when the recipient did it.
pub fn mail_answer(draws: &mut Draws, endpoint: &Endpoint, kind: &str, step: Step, sent: i64, at: i64) -> Value {
    let link = format!("https://{}.example.com/", step.journey);
    let address = format!("203.0.113.{}", draws.between(1, 255));
    let agent = "Mozilla/5.0 (sample)";
    let (feedback, member, detail) = match kind {
        "click" => (link.as_str(), "click", json!({"ip_address": address, "user_agent": agent, "link": link})),
        "hardbounce" => ("hardbounce", "bounce", json!({"bounce_type": "Permanent", "bounce_sub_type": "General"})),
        _ => ("opened", "open", json!({"ip_address": address, "user_agent": agent})),
    };
    let to = endpoint.get("Address");
    let mut event = json!({
        "mail": {
            "message_id": draws.hex(24),
            "message_send_timestamp": sent,
            "from_address": "hello@example.com",
            "destination": [to],
            "headers_truncated": false,
            "headers": [],
            "common_headers": {"from": "hello@example.com", "to": [to], "subject": step.subject},
        },
    });
    event[member] = detail;
    json!({
        "event_type": format!("_email.{kind}"),
        "event_timestamp": sent,
        "arrival_timestamp": at,
        "event_version": "3.1",
        "application": {"app_id": PROJECT, "sdk": {}},
        "client": {"client_id": endpoint.id()},
        "device": {"platform": {}},
        "session": {},
        "attributes": {
            "feedback": feedback,
            "journey_id": step.journey,
            "journey_run_id": "recorded",
            "journey_activity_id": step.activity,
        },
        "client_context": {"custom": {"legacy_identifier": PROJECT}},
        "facets": {"email_channel": {"mail_event": event}},
        "awsAccountId": "000000000000",
    })
}

/// Opens and clicks of one message sent at `sent` to one endpoint: opened in `open` of 100 cases within `within` hours,
/// then clicked in `click` of 100 cases.
pub fn mail_story(
    draws: &mut Draws,
    endpoint: &Endpoint,
    step: Step,
    sent: i64,
    (open, click): (i64, i64),
    within: i64,
) -> Vec<Value> {
    let mut story = Vec::new();
    if draws.chance(open) {
        let opened = sent + draws.between(4, within * 60) * MINUTE;
        story.push(mail_answer(draws, endpoint, "open", step, sent, opened));
        if draws.chance(click) {
            let clicked = (opened + draws.between(10, 300) * 1000).min(sent + within * HOUR);
            story.push(mail_answer(draws, endpoint, "click", step, sent, clicked));
        }
    }
    story
}

/// One record a line, in order of arrival.
pub fn lines(mut records: Vec<Value>) -> String {
    records.sort_by_key(|record| record["arrival_timestamp"].as_i64());
    records.iter().map(|record| format!("{record}\n")).collect()
}
