//! Events that apps report (events-and-analytics.md 3).
//!
//! In this order for each item: the endpoint is created or updated, the event is kept, then the journeys hear of it. Each
//! part of an item has an answer of its own, 202 or 400; one that is refused takes no other with it.

use model::time::parse_instant;
use rusqlite::params;
use serde_json::{Map, Value, json};

use crate::api::{Answer, Call, Context, Handler, apps, endpoints};
use crate::refusal::{Exception, Refusal, Result};
use crate::{runner, store};

/// Handlers of this file.
pub const HANDLERS: &[(&str, Handler)] = &[("PutEvents", put)];

/// Events in a request.
const MAX_EVENTS: usize = 100;
/// Bytes of one event.
const MAX_BYTES: usize = 1000 * 1024;
/// Attribute and metric names of one event.
const MAX_KEYS: usize = 40;

fn members<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = (&'a String, &'a Value)> + Clone {
    value.get(name).and_then(Value::as_object).into_iter().flatten()
}

fn put(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let app = apps::existing(context, call)?;
    let count: usize = members(&call.body, "BatchItem").map(|(_, item)| members(item, "Events").count()).sum();
    if count > MAX_EVENTS {
        return call.refuse("BatchItem", &format!("{count} events, {MAX_EVENTS} are allowed"));
    }
    let mut results = Map::new();
    for (endpoint, item) in members(&call.body, "BatchItem") {
        results.insert(endpoint.clone(), put_item(context, call, app, endpoint, item)?);
    }
    Ok(call.answer(json!({"Results": results})))
}

fn put_item(context: &Context<'_>, call: &Call, app: &str, id: &str, item: &Value) -> Result<Value> {
    let mut result = Map::new();
    let write =
        |endpoint: &Value| apart(context, || endpoints::write(context, app, id, endpoint, &call.request_id, false));
    let given = item.get("Endpoint").filter(|endpoint| endpoint.as_object().is_some_and(|members| !members.is_empty()));
    if let Some(endpoint) = given {
        result.insert("EndpointItemResponse".into(), response(&write(endpoint)?));
    }
    // What is wrong with the endpoint drops that part of the item and no event (segments-and-endpoints.md 1, chosen), and events
    // make an endpoint known (events-and-analytics.md 3).
    let has_events = members(item, "Events").next().is_some();
    let mut refused = None;
    if (has_events || given.is_none()) && !endpoints::exists(context.store, app, id)? {
        refused = write(&Value::Null)?.err();
    }
    let mut responses = Map::new();
    for (event_id, event) in members(item, "Events") {
        let outcome = match &refused {
            Some(refusal) => Err(refusal.clone()),
            None => apart(context, || put_event(context, app, id, event))?,
        };
        responses.insert(event_id.clone(), response(&outcome));
    }
    result.insert("EventsItemResponse".into(), Value::Object(responses));
    Ok(Value::Object(result))
}

/// Work that is undone when refused, while the rest of the request goes on; only our own faults end the request.
fn apart(context: &Context<'_>, work: impl FnOnce() -> Result<()>) -> Result<Result<()>> {
    context.store.prepare_cached("SAVEPOINT item")?.execute([])?;
    let outcome = work();
    if outcome.is_err() {
        context.store.prepare_cached("ROLLBACK TO item")?.execute([])?;
    }
    context.store.prepare_cached("RELEASE item")?.execute([])?;
    match outcome {
        Err(refusal) if refusal.exception == Exception::InternalServerError => Err(refusal),
        outcome => Ok(outcome),
    }
}

fn response(outcome: &Result<()>) -> Value {
    match outcome {
        Ok(()) => json!({"Message": "Accepted", "StatusCode": 202}),
        Err(refusal) => json!({"Message": refusal.message, "StatusCode": refusal.exception.status().as_u16()}),
    }
}

fn put_event(context: &Context<'_>, app: &str, endpoint: &str, event: &Value) -> Result<()> {
    let refuse = |message: String| Err(Refusal::bad_request(message));
    let event_type = event.get("EventType").and_then(Value::as_str).unwrap_or_default();
    if event_type.is_empty() {
        return refuse("EventType: required, but missing".into());
    }
    if event.get("Timestamp").and_then(Value::as_str).is_none_or(|text| parse_instant(text).is_none()) {
        return refuse("Timestamp: expected an instant of ISO 8601, such as 2026-11-30T09:00:00Z".into());
    }
    let keys = members(event, "Attributes").chain(members(event, "Metrics"));
    if keys.clone().count() > MAX_KEYS {
        return refuse(format!("{MAX_KEYS} attributes and metrics are allowed"));
    }
    if let Some((key, _)) = keys.clone().find(|(key, _)| key.chars().count() > 50) {
        return refuse(format!("`{key}`: a name may have 50 characters"));
    }
    let long = |value: &Value| value.as_str().is_some_and(|text| text.chars().count() > 200);
    if let Some((key, _)) = members(event, "Attributes").find(|(_, value)| long(value)) {
        return refuse(format!("Attributes.{key}: a value may have 200 characters"));
    }
    let text = store::text(event);
    if text.len() > MAX_BYTES {
        return refuse(format!("an event may have {MAX_BYTES} bytes"));
    }
    context
        .store
        .prepare_cached("INSERT INTO events (app, endpoint, type, at, document) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![app, endpoint, event_type, context.now, text])?;
    context.store.prepare_cached("UPDATE endpoints SET seen = ?3 WHERE app = ?1 AND id = ?2")?.execute(params![
        app,
        endpoint,
        context.now
    ])?;
    runner::hear(context, app, endpoint, event_type, event)
}
