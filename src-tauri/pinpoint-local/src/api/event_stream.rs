//! The event stream of a project (events-and-analytics.md 1): where its events go, from then on. A new destination goes on
//! where the one before was. Without `[event_stream]` in the settings of delivery nothing leaves the machine.

use model::time::format_instant;
use rusqlite::{OptionalExtension, params};
use serde_json::{Value, json};

use crate::api::{Answer, Call, Context, Handler, apps};
use crate::refusal::{Refusal, Result};
use crate::store;
use crate::stream::remote;

/// Handlers of this file.
pub const HANDLERS: &[(&str, Handler)] =
    &[("PutEventStream", put), ("GetEventStream", get), ("DeleteEventStream", delete)];

/// What a stream may be: a Kinesis data stream or a Firehose stream.
const STREAMS: [(&str, &str); 2] = [("kinesis", "stream/"), ("firehose", "deliverystream/")];

fn put(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let app = apps::existing(context, call)?;
    let text = |member: &str| call.body.get(member).and_then(Value::as_str).unwrap_or_default();
    let (stream, role) = (text("DestinationStreamArn"), text("RoleArn"));
    if !is_stream(stream) {
        let expected = "expected the ARN of a Kinesis data stream (arn:aws:kinesis:REGION:ACCOUNT:stream/NAME) or of a Firehose stream (arn:aws:firehose:REGION:ACCOUNT:deliverystream/NAME)";
        return call.refuse("DestinationStreamArn", expected);
    }
    if !role.starts_with("arn:") {
        return call.refuse("RoleArn", "expected an ARN such as arn:aws:iam::000000000000:role/NAME");
    }
    let document = json!({
        "ApplicationId": app, "DestinationStreamArn": stream, "RoleArn": role,
        "LastModifiedDate": format_instant(context.now), "LastUpdatedBy": "local",
    });
    context.store.execute(
        "INSERT OR REPLACE INTO event_streams (app, document) VALUES (?1, ?2)",
        params![app, store::text(&document)],
    )?;
    remote::start(context.store, app)?;
    Ok(call.answer(document))
}

fn is_stream(arn: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [prefix, partition, service, region, account, resource] = parts.as_slice() else { return false };
    let known = STREAMS.iter().find(|(name, _)| name == service);
    let named = known.and_then(|(_, kind)| resource.strip_prefix(kind)).is_some_and(|name| !name.is_empty());
    *prefix == "arn" && partition.starts_with("aws") && !region.is_empty() && !account.is_empty() && named
}

fn existing(context: &Context<'_>, call: &Call) -> Result<Value> {
    let app = apps::existing(context, call)?;
    let mut statement = context.store.prepare_cached("SELECT document FROM event_streams WHERE app = ?1")?;
    let found = statement.query_row(params![app], |row| store::json(row, 0)).optional()?;
    found.ok_or_else(|| Refusal::not_found(format!("project `{app}` has no event stream")))
}

fn get(context: &Context<'_>, call: &Call) -> Result<Answer> {
    Ok(call.answer(existing(context, call)?))
}

fn delete(context: &Context<'_>, call: &Call) -> Result<Answer> {
    let document = existing(context, call)?;
    let app = call.parameter("application-id");
    context.store.execute("DELETE FROM event_streams WHERE app = ?1", params![app])?;
    remote::end(context.store, app)?;
    Ok(call.answer(document))
}
