//! Events about a message that left the machine, as the service makes them (events-and-analytics.md 1.2 to 1.5).

use engine::SendStatus;
use model::Millis;
use model::time::format_instant;
use rusqlite::params;
use serde_json::{Map, Value, json};

use crate::api::Context;
use crate::outbox::{Message, Sender};
use crate::refusal::Result;
use crate::runner::told::{of_mail, of_sender, of_text};
use crate::{runner, store};

/// Events that people cause, and not the sending itself.
const BY_PEOPLE: [&str; 7] = [
    "_email.open",
    "_email.click",
    "_email.unsubscribe",
    "_email.complaint",
    "_SMS.OPTOUT",
    "_SMS.RECEIVED",
    "_custom.response",
];

/// What an event says beside its type and its sender.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// When it happened; absent = now.
    pub at: Option<Millis>,
    /// `attributes`
    pub attributes: Map<String, Value>,
    /// `metrics`
    pub metrics: Map<String, Value>,
    /// What `mail_event` has beside `mail` (1.4).
    pub detail: Map<String, Value>,
}

impl Told {
    /// With one attribute.
    pub fn of(name: &str, value: &str) -> Told {
        let attributes = Map::from_iter([(name.to_owned(), Value::from(value))]);
        Told { attributes, ..Told::default() }
    }
}

/// Keeps an event about a message and lets journeys and campaigns hear it.
pub fn event(context: &Context<'_>, message: &Message, event_type: &str, told: Told) -> Result<()> {
    let mut attributes = of_sender(message);
    if event_type.starts_with("_SMS.") {
        attributes.extend(of_text(message));
    }
    attributes.extend(told.attributes);
    let at = format_instant(told.at.unwrap_or(context.now));
    let mut event = json!({"EventType": event_type, "Timestamp": at, "Attributes": attributes});
    if !told.metrics.is_empty() {
        event["Metrics"] = Value::Object(told.metrics);
    }
    if event_type.starts_with("_email.") {
        let mut mail = Map::from_iter([("mail".to_owned(), of_mail(message))]);
        mail.extend(told.detail);
        event["Facets"] = json!({"email_channel": {"mail_event": mail}});
    }
    let (app, endpoint) = (&message.application_id, &message.endpoint_id);
    context
        .store
        .prepare_cached("INSERT INTO events (app, endpoint, type, at, document) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![app, endpoint, event_type, context.now, store::text(&event)])?;
    match message.sender {
        _ if endpoint.is_empty() => Ok(()),
        // Two campaigns that wait for each other's messages would never come to an end (`runner::told`).
        Sender::Campaign { .. } if !BY_PEOPLE.contains(&event_type) => {
            runner::hear_in_journeys(context, app, endpoint, event_type, &event)
        }
        _ => runner::hear(context, app, endpoint, event_type, &event),
    }
}

/// `_journey.send` or `_campaign.send`: what became of an attempt (1.2, 1.3). Requests have no such event.
pub fn send(context: &Context<'_>, message: &Message, status: SendStatus, code: u16, words: &str) -> Result<()> {
    let mut told = Told::default();
    let mut put = |name: &str, value: &str| told.attributes.insert(name.to_owned(), value.into());
    let channel = message.channel_type.as_str();
    let is_custom = message.envelope.contains_key("DeliveryUri");
    match &message.sender {
        Sender::Journey { .. } => {
            // Never `VOICE`: that is the contact centre's.
            let kind = match channel {
                _ if is_custom => "CUSTOM",
                "EMAIL" | "SMS" => channel,
                "VOICE" => "CONTACT_CENTER",
                _ => "PUSH",
            };
            put("journey_activity_type", kind);
            // Metrics know it, the event says `FAILURE` with the reason in its message (1.3, chosen).
            let (word, words) = match status {
                SendStatus::TransientFailure => (SendStatus::Failure.name(), format!("{}: {words}", status.name())),
                _ => (status.name(), words.to_owned()),
            };
            put("journey_send_status", word);
            put("journey_send_status_code", &code.to_string());
            put("journey_send_status_message", &words);
            event(context, message, "_journey.send", told)
        }
        Sender::Campaign { .. } => {
            put("delivery_type", if is_custom { "CUSTOM" } else { channel });
            put("campaign_send_status", status.name());
            event(context, message, "_campaign.send", told)
        }
        Sender::Direct { .. } => Ok(()),
    }
}
