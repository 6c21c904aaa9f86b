//! Unsubscribe links: whoever has one can opt out the endpoint that it was made for, and nothing else.

use rusqlite::Connection;
use serde_json::Value;

use super::token::{self, Use};
use super::told::{self, Told};
use crate::api::{Context, endpoints};
use crate::outbox::{self, Message, Sender};
use crate::refusal::Result;

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

/// The token of a message's link; `None` = the store has no key yet.
pub fn token(connection: &Connection, message: &Message) -> rusqlite::Result<Option<String>> {
    let key = token::key(connection, Use::Unsubscribe)?;
    Ok(key.map(|key| token::write(&key, &[&message.application_id, &message.endpoint_id, &message.id])))
}

/// What a token is about; `None` = it is not ours.
pub fn read(connection: &Connection, token: &str) -> Result<Option<Link>> {
    let texts = token::read(connection, Use::Unsubscribe, token)?;
    Ok(texts.map(|[app, endpoint, message]| Link { app, endpoint, message }))
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
