//! What comes back: each receipt becomes an event, once.

use delivery::receipt::{self, Receipt};
use model::Millis;
use model::time::HOUR;
use rusqlite::Connection;
use serde_json::Value;

use super::queue::{self, Delivery, To, Waiting};
use super::told::{self, Told};
use crate::api::{Context, endpoints};
use crate::outbox::{Message, Sender};
use crate::refusal::Result;

/// Hears receipts; how many were new.
pub fn receive(context: &Context<'_>, receipts: &[Receipt]) -> Result<usize> {
    let mut heard = 0;
    for receipt in receipts {
        if queue::hear_once(context.store, &receipt.id, context.now)? {
            heard += 1;
            one(context, receipt)?;
        }
    }
    Ok(heard)
}

/// How long a carrier may take to say what came of a text message (events-and-analytics.md 1.5).
const PATIENCE: Millis = 72 * HOUR;
/// Messages given up in one transaction.
const BATCH: usize = 200;

/// Text messages of which nobody said in time what came of them: `UNKNOWN`, as an event too. `false` = there was none. A
/// receipt that comes later is heard all the same.
pub fn give_up(context: &Context<'_>) -> Result<bool> {
    let unheard = queue::unheard(context.store, context.now - PATIENCE, BATCH)?;
    for Waiting { message, delivery } in &unheard {
        let reason = Some("no receipt came within 72 hours".to_owned());
        queue::set(context.store, &message.id, &Delivery { reason, ..delivery.clone() }, To::Unknown, context.now)?;
        told::event(context, message, "_SMS.FAILURE", Told::of("record_status", "UNKNOWN"))?;
    }
    Ok(!unheard.is_empty())
}

/// When the next text message is given up; `None` = none waits for a receipt.
pub fn next_given_up(connection: &Connection) -> rusqlite::Result<Option<Millis>> {
    Ok(queue::first_unheard(connection)?.map(|accepted| accepted + PATIENCE))
}

fn one(context: &Context<'_>, receipt: &Receipt) -> Result<()> {
    let found = find(context.store, receipt)?;
    let address = receipt.address.as_deref().or(found.as_ref().map(|found| found.message.address.as_str()));
    if let Some(address) = address {
        suppress(context, &receipt.event, address)?;
    }
    if receipt.event == "_SMS.OPTOUT"
        && let Some(address) = address
    {
        // Everywhere where the number is known (events-and-analytics.md 2).
        for (app, endpoint) in of_address(context.store, "SMS", address)? {
            endpoints::opt_out(context.store, &app, &endpoint)?;
        }
    }
    let Some(Waiting { message, delivery }) = found else {
        if receipt::is_call(&receipt.event) {
            return Ok(());
        }
        // Of a message that is not in the outbox: endpoints with that address hear of it.
        let channel = if receipt.event.starts_with("_SMS.") { "SMS" } else { "EMAIL" };
        for (app, endpoint) in of_address(context.store, channel, address.unwrap_or_default())? {
            told::event(context, &unknown(context, app, endpoint, channel, receipt), &receipt.event, told(receipt))?;
        }
        return Ok(());
    };
    let status = match receipt.event.as_str() {
        "_email.delivered" | "_SMS.SUCCESS" | receipt::CALL_COMPLETED => Some(To::Done { delivered: true }),
        "_email.hardbounce"
        | "_email.rejected"
        | "_email.rendering_failure"
        | "_SMS.FAILURE"
        | receipt::CALL_FAILED => Some(To::Dead),
        _ => None,
    };
    if let Some(to) = status {
        let words = receipt.attributes.iter().find(|(name, _)| name == "record_status").map(|(_, value)| value.clone());
        let reason = words.or_else(|| (to == To::Dead).then(|| receipt.event.clone()));
        queue::set(context.store, &message.id, &Delivery { reason, ..delivery }, to, context.now)?;
    }
    // Pinpoint has no events of voice (events-and-analytics.md 1): only the outbox tells.
    if receipt::is_call(&receipt.event) {
        Ok(())
    } else {
        told::event(context, &message, &receipt.event, told(receipt))
    }
}

/// The message that a receipt is about: by our id, else by the provider's.
fn find(connection: &Connection, receipt: &Receipt) -> Result<Option<Waiting>> {
    if let Some(id) = &receipt.message
        && let Some(found) = queue::find(connection, id)?
    {
        return Ok(Some(found));
    }
    match &receipt.provider_id {
        Some(id) => Ok(queue::find_by_provider(connection, id)?),
        None => Ok(None),
    }
}

/// Hard bounces, complaints and opt-outs keep an address from getting more (events-and-analytics.md 2).
fn suppress(context: &Context<'_>, event: &str, address: &str) -> Result<()> {
    let (channel, reason) = match event {
        "_email.hardbounce" => ("EMAIL", "BOUNCE"),
        "_email.complaint" => ("EMAIL", "COMPLAINT"),
        "_SMS.OPTOUT" => ("SMS", "OPT_OUT"),
        _ => return Ok(()),
    };
    Ok(queue::suppress(context.store, channel, address, reason, context.now)?)
}

/// Endpoints of a channel with an address: project and id.
fn of_address(connection: &Connection, channel: &str, address: &str) -> Result<Vec<(String, String)>> {
    let mut statement = connection.prepare_cached(
        "SELECT e.app, e.id FROM apps a JOIN endpoints e ON e.app = a.id
         WHERE e.channel = ?1 AND e.address = ?2 ORDER BY e.seq",
    )?;
    let found = statement.query_map([channel, address], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Stands for a message that is not in the outbox.
fn unknown(context: &Context<'_>, app: String, endpoint: String, channel: &str, receipt: &Receipt) -> Message {
    Message {
        id: receipt.message.clone().or_else(|| receipt.provider_id.clone()).unwrap_or_default(),
        application_id: app,
        sender: Sender::Direct { request_id: String::new(), trace_id: None },
        endpoint_id: endpoint,
        channel_type: channel.to_owned(),
        address: receipt.address.clone().unwrap_or_default(),
        at: receipt.at.unwrap_or(context.now),
        parts: Vec::new(),
        envelope: Default::default(),
        failure: None,
    }
}

fn told(receipt: &Receipt) -> Told {
    Told {
        at: receipt.at,
        attributes: receipt.attributes.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect(),
        metrics: receipt.metrics.iter().map(|(name, value)| (name.clone(), Value::from(*value))).collect(),
        detail: receipt.detail.clone(),
    }
}

/// The receipts in a notification of SNS, by the path that it came in.
pub fn of_notification(path: &str, id: &str, notification: &Value) -> Vec<Receipt> {
    match path {
        super::hooks::SES => receipt::ses::receipts(id, notification),
        _ => receipt::sms::receipts(id, notification),
    }
}
