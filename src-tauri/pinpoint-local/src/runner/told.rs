//! Events that the service itself makes (events-and-analytics.md 1.2 to 1.5): kept beside those that apps report, so that
//! KPIs count them and campaigns hear them.

use model::Millis;
use model::time::format_instant;
use rusqlite::{Connection, Transaction, params};
use serde_json::{Map, Value, json};

use super::campaign;
use crate::outbox::{Message, Sender};
use crate::refusal::Result;
use crate::store;

/// What some events say beside attributes; all are objects.
#[derive(Clone, Debug, Default)]
pub struct More {
    /// `Metrics`
    pub metrics: Option<Value>,
    /// `facets` of the record in the event stream (1.4); no member of the API's `Event`.
    pub facets: Option<Value>,
}

/// Keeps an event of an endpoint; `attributes` is an object.
pub fn event(
    connection: &Connection,
    app: &str,
    endpoint: &str,
    event_type: &str,
    attributes: Value,
    more: More,
    at: Millis,
) -> Result<Value> {
    let mut event = json!({"EventType": event_type, "Timestamp": format_instant(at), "Attributes": attributes});
    for (name, value) in [("Metrics", more.metrics), ("Facets", more.facets)] {
        if let Some(value) = value {
            event[name] = value;
        }
    }
    connection
        .prepare_cached("INSERT INTO events (app, endpoint, type, at, document) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![app, endpoint, event_type, at, store::text(&event)])?;
    Ok(event)
}

/// A message was handed over. In the outbox it counts as delivered, so what its channel would say follows at once.
///
/// Campaigns that wait for such events hear of messages of journeys and requests, not of those of campaigns: two that wait
/// for each other's would never come to an end (chosen).
pub fn accepted(transaction: &Transaction<'_>, message: &Message) -> Result<()> {
    let attributes = of_sender(message);
    let tell = |name: &str, said: Value, more: More| -> Result<()> {
        let mut attributes = attributes.clone();
        attributes.extend(said.as_object().cloned().unwrap_or_default());
        let attributes = Value::Object(attributes);
        let (app, endpoint, at) = (&message.application_id, &message.endpoint_id, message.at);
        let told = event(transaction, app, endpoint, name, attributes, more, at)?;
        match message.sender {
            Sender::Campaign { .. } => Ok(()),
            _ => campaign::hear(transaction, app, endpoint, &told, at),
        }
    };
    match channel(message) {
        "EMAIL" => {
            let delivery = json!({"recipients": [message.address], "processing_time_millis": 0});
            tell("_email.send", json!({"feedback": "received"}), mail_event(message, "send", json!({})))?;
            tell("_email.delivered", json!({"feedback": "delivered"}), mail_event(message, "delivery", delivery))?;
        }
        "SMS" => {
            let mut said = of_text(message);
            said.insert("record_status".into(), "DELIVERED".into());
            let metrics = Some(json!({"price_in_millicents_usd": 0.0}));
            tell("_SMS.SUCCESS", Value::Object(said), More { metrics, facets: None })?;
        }
        _ => {}
    }
    Ok(())
}

/// A message could not be made: nobody gets it (templates.md 3).
pub fn not_made(connection: &Connection, message: &Message, reason: &str) -> Result<()> {
    let name = match channel(message) {
        "EMAIL" => "_email.rendering_failure",
        "SMS" => "_SMS.FAILURE",
        _ => return Ok(()),
    };
    let mut attributes = of_sender(message);
    let mut more = More::default();
    match name {
        "_SMS.FAILURE" => {
            attributes.insert("record_status".into(), "INVALID_MESSAGE".into());
            attributes.insert("message_id".into(), message.id.as_str().into());
            attributes.insert("destination_phone_number".into(), message.address.as_str().into());
        }
        _ => {
            attributes.insert("feedback".into(), reason.chars().take(200).collect::<String>().into());
            more = mail_event(message, "rendering_failure", json!({"error_message": reason}));
        }
    }
    let (app, endpoint) = (&message.application_id, &message.endpoint_id);
    event(connection, app, endpoint, name, Value::Object(attributes), more, message.at)?;
    Ok(())
}

/// `facets` of an event of an e-mail (1.4): the mail, and what is particular to the kind of event.
fn mail_event(message: &Message, kind: &str, detail: Value) -> More {
    let mut mail_event = Map::from_iter([("mail".to_owned(), of_mail(message))]);
    mail_event.insert(kind.to_owned(), detail);
    More { metrics: None, facets: Some(json!({"email_channel": {"mail_event": mail_event}})) }
}

/// `mail` of a `mail_event` (1.4).
pub fn of_mail(message: &Message) -> Value {
    let from = message.envelope.get("FromAddress").and_then(Value::as_str).unwrap_or_default();
    let subject = message.parts.iter().find(|(name, _)| name == "Subject").map_or("", |(_, text)| text.as_str());
    let header = |(name, value): &(String, String)| {
        name.strip_prefix("Headers.").map(|name| json!({"name": name, "value": value}))
    };
    json!({
        "message_id": message.id,
        "message_send_timestamp": message.at,
        "from_address": from,
        "destination": [message.address],
        "headers_truncated": false,
        "headers": message.parts.iter().filter_map(header).collect::<Vec<_>>(),
        "common_headers": {"from": from, "to": [message.address], "subject": subject},
    })
}

/// What every event of a text message says (1.5).
pub fn of_text(message: &Message) -> Map<String, Value> {
    let body = message.parts.iter().find(|(name, _)| name == "Body").map_or("", |(_, text)| text.as_str());
    let text = |name: &str| message.envelope.get(name).and_then(Value::as_str).unwrap_or_default();
    let kind = if text("MessageType") == "PROMOTIONAL" { "Promotional" } else { "Transactional" };
    let mut attributes = Map::new();
    let mut put = |name: &str, value: &str| attributes.insert(name.to_owned(), value.into());
    put("sender_request_id", message.sender.origin());
    put("destination_phone_number", &message.address);
    put("number_of_message_parts", &templates::sms_parts(body).parts.to_string());
    put("message_id", &message.id);
    put("message_type", kind);
    if !text("OriginationNumber").is_empty() {
        put("origination_phone_number", text("OriginationNumber"));
    }
    attributes
}

/// What names the sender of a message, and the context that its request brought along (events-and-analytics.md 1.1).
pub fn of_sender(message: &Message) -> Map<String, Value> {
    let mut attributes = Map::new();
    let mut put = |name: &str, value: &str| attributes.insert(name.to_owned(), value.into());
    match &message.sender {
        Sender::Journey { journey_id, journey_run_id, journey_activity_id, .. } => {
            put("journey_id", journey_id);
            put("journey_run_id", journey_run_id);
            put("journey_activity_id", journey_activity_id);
        }
        Sender::Campaign { campaign_id, treatment_id, campaign_activity_id } => {
            put("campaign_id", campaign_id);
            put("campaign_activity_id", campaign_activity_id);
            put("treatment_id", treatment_id);
        }
        Sender::Direct { .. } => {
            put("treatment_id", "0");
        }
    }
    let context = message.envelope.get("Context").and_then(Value::as_object);
    for (name, value) in context.into_iter().flatten() {
        attributes.entry(name.clone()).or_insert_with(|| value.clone());
    }
    attributes
}

/// The channel that a message goes out over: a custom message is for endpoints of any channel.
fn channel(message: &Message) -> &str {
    if message.envelope.contains_key("DeliveryUri") { "CUSTOM" } else { &message.channel_type }
}
