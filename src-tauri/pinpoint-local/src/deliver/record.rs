//! What an outcome means: for the queue, for endpoints and participants, for counts and events. One transaction.

use delivery::{Cause, Outcome, Pace};
use engine::SendStatus;
use serde_json::{Map, Value, json};

use super::backoff;
use super::queue::{self, Delivery, To, Waiting};
use super::told::{self, Told};
use crate::api::{Context, endpoints};
use crate::outbox::{self, Message, Sender};
use crate::refusal::Result;
use crate::runner;

/// SMTP codes that say that the mailbox is not there: a hard bounce.
const NO_MAILBOX: [u16; 3] = [550, 551, 553];

/// One message was handed over, or was not.
pub fn outcome(context: &Context<'_>, lane: &str, pace: &Pace, waiting: &Waiting, outcome: &Outcome) -> Result<()> {
    let Waiting { message, delivery } = waiting;
    let attempts = delivery.attempts.saturating_add(1);
    let mut next = Delivery {
        attempts,
        code: Some(outcome.code()),
        reason: Some(outcome.reason().to_owned()).filter(|reason| !reason.is_empty()),
        ..delivery.clone()
    };
    let to = match outcome {
        Outcome::Accepted { provider_id, .. } => {
            next.provider_id.clone_from(provider_id);
            To::Done { delivered: !pace.receipts }
        }
        Outcome::Throttled { after, .. } => {
            let wait = backoff::after_throttling(&message.id, attempts, *after);
            queue::rest(context.store, lane, context.now + wait)?;
            let is_too_late = context.now - message.at >= backoff::PATIENCE;
            if is_too_late { To::Dead } else { To::Again(context.now + wait) }
        }
        Outcome::Temporary { .. } => {
            next.failures = delivery.failures.saturating_add(1);
            let wait = backoff::after_fault(&message.id, next.failures);
            if next.failures >= pace.attempts { To::Dead } else { To::Again(context.now + wait) }
        }
        Outcome::Permanent { .. } => To::Dead,
    };
    queue::set(context.store, &message.id, &next, to, context.now)?;
    match to {
        To::Done { delivered } => accepted(context, message, outcome.code(), delivered),
        To::Dead => refused(context, message, outcome),
        To::Again(_) | To::Unknown | To::Skipped => Ok(()),
    }
}

/// The other side took it. A message that was replayed by hand after it had failed counts once more.
fn accepted(context: &Context<'_>, message: &Message, code: u16, delivered: bool) -> Result<()> {
    if let Sender::Journey { journey_id, journey_run_id, journey_activity_id, .. } = &message.sender {
        runner::count(context.store, journey_id, journey_run_id, journey_activity_id, "SUCCESS", 1)?;
    }
    told::send(context, message, SendStatus::Success, 200, &code.to_string())?;
    match message.channel_type.as_str() {
        "EMAIL" => {
            let detail = Map::from_iter([("send".to_owned(), json!({}))]);
            told::event(context, message, "_email.send", Told { detail, ..Told::of("feedback", "received") })?;
        }
        "SMS" => told::event(context, message, "_SMS.BUFFERED", Told::of("record_status", "PENDING"))?,
        _ => {}
    }
    if delivered { came_through(context, message) } else { Ok(()) }
}

/// What the channel says when a message came through and nobody else will say so.
fn came_through(context: &Context<'_>, message: &Message) -> Result<()> {
    match message.channel_type.as_str() {
        "EMAIL" => told::event(context, message, "_email.delivered", Told::of("feedback", "delivered")),
        "SMS" => told::event(context, message, "_SMS.SUCCESS", Told::of("record_status", "SUCCESSFUL")),
        _ => Ok(()),
    }
}

/// The other side will not take it, or could not for too long.
fn refused(context: &Context<'_>, message: &Message, outcome: &Outcome) -> Result<()> {
    let reason = match outcome.code() {
        0 => outcome.reason().to_owned(),
        code => format!("{code} {}", outcome.reason()),
    };
    outbox::set_failure(context.store, &message.id, Some(&reason))?;
    let (status, permanent) = match outcome {
        Outcome::Permanent { .. } => (SendStatus::FailurePermanent, true),
        Outcome::Throttled { .. } => (SendStatus::Throttled, false),
        _ => (SendStatus::TransientFailure, false),
    };
    runner::undelivered(context, message, status)?;
    told::send(context, message, status, outcome.code(), outcome.reason())?;
    let cause = match outcome {
        Outcome::Permanent { cause, .. } => Some(*cause),
        _ => None,
    };
    match message.channel_type.as_str() {
        "EMAIL" if NO_MAILBOX.contains(&outcome.code()) => {
            let bounce = json!({
                "bounce_type": "Permanent", "bounce_sub_type": "General",
                "bounced_recipients": [{
                    "email_address": message.address, "action": "failed", "diagnostic_code": outcome.reason(),
                }],
            });
            let detail = Map::from_iter([("bounce".to_owned(), bounce)]);
            queue::suppress(context.store, "EMAIL", &message.address, "BOUNCE", context.now)?;
            told::event(context, message, "_email.hardbounce", Told { detail, ..Told::of("feedback", "hardbounce") })
        }
        "EMAIL" if !permanent => told::event(context, message, "_email.softbounce", Told::of("feedback", "softbounce")),
        "SMS" => {
            let status = match cause {
                Some(Cause::OptedOut) => "OPTED_OUT",
                Some(_) => "INVALID",
                None => "UNREACHABLE",
            };
            if cause == Some(Cause::OptedOut) {
                queue::suppress(context.store, "SMS", &message.address, "OPT_OUT", context.now)?;
            }
            told::event(context, message, "_SMS.FAILURE", Told::of("record_status", status))
        }
        // The token belongs to nobody any more: the endpoint rests until its app reports a new one.
        _ if cause == Some(Cause::Unregistered) && !message.endpoint_id.is_empty() => {
            let status = json!({"EndpointStatus": "INACTIVE"});
            let (app, endpoint) = (&message.application_id, &message.endpoint_id);
            if endpoints::read(context.store, app, endpoint)?.is_some() {
                endpoints::write(context, app, endpoint, &status, &message.id, false)?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// It is not tried: the endpoint has opted out, rests or is gone. Leaves no event (journeys.md 3.1).
pub fn skipped(context: &Context<'_>, waiting: &Waiting, reason: &str) -> Result<()> {
    let Waiting { message, delivery } = waiting;
    let next = Delivery { reason: Some(reason.to_owned()), ..delivery.clone() };
    queue::set(context.store, &message.id, &next, To::Skipped, context.now)?;
    outbox::set_failure(context.store, &message.id, Some(reason))?;
    runner::undelivered(context, message, SendStatus::Skipped)
}

/// It is not tried: the address is on the suppression list. Mail counts as sent and bounces (events-and-analytics.md 2); a
/// text message fails as opted out.
pub fn suppressed(context: &Context<'_>, waiting: &Waiting, reason: &str) -> Result<()> {
    let Waiting { message, delivery } = waiting;
    let words = format!("the address is on the suppression list ({reason})");
    let next = Delivery { reason: Some(words.clone()), ..delivery.clone() };
    queue::set(context.store, &message.id, &next, To::Skipped, context.now)?;
    if message.channel_type == "EMAIL" {
        accepted(context, message, 200, false)?;
        let bounce = json!({
            "bounce_type": "Permanent", "bounce_sub_type": "Suppressed",
            "bounced_recipients": [{"email_address": message.address}],
        });
        let detail = Map::from_iter([("bounce".to_owned(), bounce)]);
        return told::event(
            context,
            message,
            "_email.hardbounce",
            Told { detail, ..Told::of("feedback", "hardbounce") },
        );
    }
    outbox::set_failure(context.store, &message.id, Some(&words))?;
    runner::undelivered(context, message, SendStatus::FailurePermanent)?;
    told::event(context, message, "_SMS.FAILURE", Told::of("record_status", "OPTED_OUT"))
}

/// A call took a custom message; `attributes` = what it answered about the endpoint.
pub fn answered(context: &Context<'_>, waiting: &Waiting, attributes: &[(String, String)]) -> Result<()> {
    let Waiting { message, delivery } = waiting;
    let next =
        Delivery { attempts: delivery.attempts.saturating_add(1), code: Some(200), reason: None, ..delivery.clone() };
    queue::set(context.store, &message.id, &next, To::Done { delivered: true }, context.now)?;
    if let Sender::Journey { journey_id, journey_run_id, journey_activity_id, .. } = &message.sender {
        runner::count(context.store, journey_id, journey_run_id, journey_activity_id, "SUCCESS", 1)?;
    }
    told::send(context, message, SendStatus::Success, 200, "200")?;
    let attributes = attributes.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
    told::event(context, message, "_custom.response", Told { attributes, ..Told::default() })
}

/// A call failed; `again` = when it is tried once more, `None` = never.
pub fn call_failed(
    context: &Context<'_>,
    waiting: &Waiting,
    outcome: &Outcome,
    again: Option<model::Millis>,
) -> Result<()> {
    let Waiting { message, delivery } = waiting;
    let next = Delivery {
        attempts: delivery.attempts.saturating_add(1),
        failures: delivery.failures.saturating_add(1),
        code: Some(outcome.code()),
        reason: Some(outcome.reason().to_owned()),
        ..delivery.clone()
    };
    let to = again.map_or(To::Dead, To::Again);
    queue::set(context.store, &message.id, &next, to, context.now)?;
    if again.is_some() {
        return Ok(());
    }
    outbox::set_failure(context.store, &message.id, Some(outcome.reason()))?;
    let status = SendStatus::CustomDeliveryFailure;
    runner::undelivered(context, message, status)?;
    told::send(context, message, status, outcome.code(), outcome.reason())
}
