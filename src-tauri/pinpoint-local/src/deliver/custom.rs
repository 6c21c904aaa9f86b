//! Custom messages: one call for many endpoints (journeys.md 3.1, campaigns.md 7). What goes out and what an answer means
//! is the engine's ([`engine::call`]); this asks and records.

use std::collections::BTreeMap;

use delivery::{Calls, Outcome};
use engine::call::{self, Attempt, Caller, Content, Failure};
use engine::draw::hash;
use rusqlite::{Connection, params};
use serde_json::{Map, Value, json};

use super::queue::Waiting;
use super::{backoff, lane, record};
use crate::api::{Context, endpoints};
use crate::outbox::{Message, Sender};
use crate::refusal::{Refusal, Result};
use crate::server::Machine;

/// Messages of one call.
pub type Batch = Vec<Waiting>;

/// Code of an attempt that was not answered in time.
const NO_ANSWER: u16 = 408;

/// What must be the same for all messages of a call: the batch that an earlier attempt made, or project, sender, address
/// and content.
fn kind(waiting: &Waiting) -> (Option<String>, String) {
    let message = &waiting.message;
    let text = |name: &str| message.envelope.get(name).and_then(Value::as_str).unwrap_or_default();
    let parts = serde_json::to_string(&message.parts).unwrap_or_default();
    let sender = [message.sender.kind(), message.sender.origin(), message.sender.activity(), run(message)];
    let key = [&[message.application_id.as_str()], &sender[..], &[text("DeliveryUri"), text("ScheduledTime"), &parts]];
    (waiting.delivery.batch.clone(), json!(key.concat()).to_string())
}

/// The run of a journey, or the treatment of a campaign.
fn run(message: &Message) -> &str {
    match &message.sender {
        Sender::Journey { journey_run_id, .. } => journey_run_id,
        Sender::Campaign { treatment_id, .. } => treatment_id,
        Sender::Direct { .. } => "",
    }
}

/// The calls that messages are made with: those of an earlier attempt as they were, the others by what they have in common.
pub fn batches(waiting: Vec<Waiting>) -> Vec<Batch> {
    let mut kinds: BTreeMap<(Option<String>, String), Vec<Waiting>> = BTreeMap::new();
    for waiting in waiting {
        kinds.entry(kind(&waiting)).or_default().push(waiting);
    }
    // By hand and not by `chunks`: the messages move.
    let mut batches = Vec::new();
    for (_, mut left) in kinds {
        while !left.is_empty() {
            let rest = left.split_off(left.len().min(call::MAX_ENDPOINTS));
            batches.push(std::mem::replace(&mut left, rest));
        }
    }
    batches
}

/// Makes one call and records what came of it.
pub async fn call(machine: &Machine, calls: &Calls, batch: Batch) -> Result<()> {
    let Prepared { batch, key, payload, uri } = match machine.change(move |context| prepare(context, batch)).await? {
        Some(prepared) => prepared,
        None => return Ok(()),
    };
    let outcome = match call::body(&payload) {
        Ok(_) => calls.call(&uri, &key, &payload).await.and_then(|answered| {
            let asked: Vec<&str> = batch.iter().map(|waiting| waiting.message.endpoint_id.as_str()).collect();
            let answer = call::answer(&answered, &asked);
            answer.map_err(|failure| Outcome::Permanent {
                cause: delivery::Cause::Invalid,
                code: 200,
                reason: failure.to_string(),
            })
        }),
        Err(failure) => Err(Outcome::invalid(failure.to_string())),
    };
    machine.change(move |context| note(context, &batch, &key, outcome)).await
}

struct Prepared {
    batch: Batch,
    key: String,
    payload: Value,
    uri: String,
}

/// Leaves out who is not to be asked about any more, writes down which call the others belong to, and makes its payload.
/// What is written down is what the next attempt repeats: the same endpoints under the same key.
fn prepare(context: &Context<'_>, batch: Batch) -> Result<Option<Prepared>> {
    let mut kept = Vec::new();
    let mut asked = Map::new();
    for waiting in batch {
        let (app, endpoint) = (&waiting.message.application_id, &waiting.message.endpoint_id);
        if let Some(reason) = lane::unwilling(context.store, app, endpoint)? {
            record::skipped(context, &waiting, &reason)?;
            continue;
        }
        let document = endpoints::read(context.store, app, endpoint)?.unwrap_or_default();
        asked.insert(endpoint.clone(), document);
        kept.push(waiting);
    }
    let Some(first) = kept.first() else { return Ok(None) };
    let key = match &first.delivery.batch {
        Some(key) => key.clone(),
        None => {
            let key = key(&kept);
            claim(context.store, &kept, &key)?;
            key
        }
    };
    for waiting in &mut kept {
        waiting.delivery.batch = Some(key.clone());
    }
    let Some(first) = kept.first().map(|waiting| &waiting.message) else { return Ok(None) };
    let text = |name: &str| first.envelope.get(name).and_then(Value::as_str);
    let uri = text("DeliveryUri").unwrap_or_default().to_owned();
    let data = first.parts.iter().find(|(name, _)| name == "Data").map_or("", |(_, text)| text.as_str());
    let parts = first.parts.iter().filter(|(name, _)| name != "Data");
    let parts: Map<String, Value> = parts.map(|(name, text)| (name.clone(), text.as_str().into())).collect();
    let message = Some(Value::Object(parts)).filter(|parts| parts != &json!({}));
    let caller = match &first.sender {
        Sender::Journey { journey_id, journey_run_id, journey_activity_id, .. } => {
            Caller::Journey { journey: journey_id, run: journey_run_id, activity: journey_activity_id }
        }
        Sender::Campaign { campaign_id, treatment_id, campaign_activity_id } => Caller::Campaign {
            campaign: campaign_id,
            treatment: treatment_id.parse().unwrap_or(0),
            activity: campaign_activity_id,
        },
        Sender::Direct { .. } => return Err(Refusal::bad_request("a request has no custom channel")),
    };
    let scheduled = text("ScheduledTime").and_then(model::time::parse_instant).unwrap_or(first.at);
    let content = Content::Custom { data, message: message.as_ref() };
    let payload = call::payload(content, &first.application_id, caller, scheduled, asked);
    Ok(Some(Prepared { key, payload, uri, batch: kept }))
}

/// The key of a new call: made from the messages in it.
fn key(batch: &[Waiting]) -> String {
    let ids: Vec<&str> = batch.iter().map(|waiting| waiting.message.id.as_str()).collect();
    let half = |salt: &'static str| hash(&[&[salt], &ids[..]].concat());
    format!("{:016x}{:016x}", half("1"), half("2"))
}

fn claim(connection: &Connection, batch: &[Waiting], key: &str) -> Result<()> {
    let mut statement = connection.prepare_cached("UPDATE deliveries SET batch = ?2 WHERE message = ?1")?;
    for waiting in batch {
        statement.execute(params![waiting.message.id, key])?;
    }
    Ok(())
}

/// What came of a call, for each of its messages.
fn note(
    context: &Context<'_>,
    batch: &[Waiting],
    key: &str,
    outcome: std::result::Result<call::Answer, Outcome>,
) -> Result<()> {
    match outcome {
        Ok(answer) => {
            if !answer.left_out.is_empty() {
                tracing::warn!(call = key, parts = answer.left_out.len(), "parts of an answer do not count");
            }
            for waiting in batch {
                let attributes = answer.attributes.get(&waiting.message.endpoint_id).map_or(&[][..], Vec::as_slice);
                record::answered(context, waiting, attributes)?;
            }
        }
        Err(outcome) => {
            let failures = batch.iter().map(|waiting| waiting.delivery.failures).max().unwrap_or(0);
            let number = u8::try_from(failures.saturating_add(1)).unwrap_or(u8::MAX);
            let failure = match &outcome {
                Outcome::Temporary { code: NO_ANSWER, .. } => Failure::TimedOut,
                Outcome::Temporary { .. } | Outcome::Throttled { .. } => Failure::Failed,
                // The address itself is wrong, or the answer cannot be read: not tried again.
                _ => Failure::Unreadable,
            };
            let attempt = Attempt { number, ..Attempt::first(context.now) };
            let again = attempt.after(failure, context.now);
            let again = again.map(|_| context.now + backoff::after_fault(key, u32::from(number)));
            for waiting in batch {
                record::call_failed(context, waiting, &outcome, again)?;
            }
        }
    }
    Ok(())
}
