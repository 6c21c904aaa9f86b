//! Unsubscribe links: whoever has one can opt out the endpoint that it was made for, and nothing else.

use delivery::signature;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::told::{self, Told};
use crate::api::{Context, endpoints};
use crate::outbox::{self, Message, Sender};
use crate::refusal::{Exception, Refusal, Result};
use crate::store;

/// Where the store keeps the key that links are made with.
const KEY: &str = "unsubscribe_key";

/// What a link is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The project.
    pub app: String,
    /// The endpoint.
    pub endpoint: String,
    /// The message that carried it.
    pub message: String,
}

/// Makes the key of this store, once. Links hold for as long as the store does.
pub fn make_key(connection: &Connection) -> Result<()> {
    if store::meta(connection, KEY)?.is_none() {
        let secret = signature::new_secret();
        let secret = secret.ok_or_else(|| {
            Refusal::new(Exception::InternalServerError, "the system gives no random numbers for unsubscribe links")
        })?;
        store::set_meta(connection, KEY, &secret)?;
    }
    Ok(())
}

/// The token of a message's link; `None` = the store has no key yet.
pub fn token(connection: &Connection, message: &Message) -> rusqlite::Result<Option<String>> {
    let Some(key) = store::meta(connection, KEY)? else { return Ok(None) };
    let text = json!([message.application_id, message.endpoint_id, message.id]).to_string();
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    let tag = signature::tag(key.as_bytes(), &text);
    Ok(Some(format!("{hex}.{tag}")))
}

/// What a token is about; `None` = it is not ours.
pub fn read(connection: &Connection, token: &str) -> Result<Option<Link>> {
    let Some(key) = store::meta(connection, KEY)? else { return Ok(None) };
    let Some((hex, tag)) = token.split_once('.') else { return Ok(None) };
    let digit = |byte: &u8| char::from(*byte).to_digit(16).map(|digit| digit as u8);
    let bytes = hex.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => Some(digit(high)? << 4 | digit(low)?),
        _ => None,
    });
    let Some(text) = bytes.collect::<Option<Vec<u8>>>().and_then(|bytes| String::from_utf8(bytes).ok()) else {
        return Ok(None);
    };
    if !signature::is_tag(key.as_bytes(), &text, tag) {
        return Ok(None);
    }
    let parts: Option<[String; 3]> = serde_json::from_str(&text).ok();
    Ok(parts.map(|[app, endpoint, message]| Link { app, endpoint, message }))
}

/// Opts the endpoint out and tells so: `_email.unsubscribe`, which journeys hear. Once more does no harm.
pub fn opt_out(context: &Context<'_>, link: &Link) -> Result<()> {
    let Some(endpoint) = endpoints::read(context.store, &link.app, &link.endpoint)? else { return Ok(()) };
    if endpoint.get("OptOut").and_then(Value::as_str) == Some("ALL") {
        return Ok(());
    }
    endpoints::opt_out(context.store, &link.app, &link.endpoint)?;
    let message = outbox::find(context.store, &link.message)?.unwrap_or_else(|| Message {
        id: link.message.clone(),
        application_id: link.app.clone(),
        // The outbox was emptied meanwhile: who sent it is not known any more.
        sender: Sender::Direct { request_id: String::new(), trace_id: None },
        endpoint_id: link.endpoint.clone(),
        channel_type: "EMAIL".to_owned(),
        address: endpoint.get("Address").and_then(Value::as_str).unwrap_or_default().to_owned(),
        at: context.now,
        parts: Vec::new(),
        envelope: Default::default(),
        failure: None,
    });
    told::event(context, &message, "_email.unsubscribe", Told::of("feedback", "unsubscribed"))
}

/// The page behind a link. Opening it changes nothing, because mail scanners open every link; its button does, and so does
/// the one of the mail program (RFC 8058).
pub const ASKING: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
    content=\"width=device-width\"><title>Unsubscribe</title><form method=\"post\"><p>Do you want to get no more of these \
    messages?</p><button>Unsubscribe</button></form></html>";
/// The page after the button.
pub const DONE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
    content=\"width=device-width\"><title>Unsubscribed</title><p>Done: you will get no more of these messages.</p></html>";
