//! The operations, one file per resource.
//!
//! A handler takes a [`Call`], whose body has the operation's shape already, and a [`Context`] with one transaction. Its
//! order of refusal is that of api.md 2: what does not exist (404) before what may not be (400), conflicts (409) last.

mod apps;
mod attributes;
pub mod campaign_rules;
pub mod campaigns;
pub mod channels;
pub mod endpoints;
mod event_stream;
mod events;
mod in_app;
mod jobs;
mod journey_rules;
pub mod journeys;
mod kpis;
mod messages;
mod metrics;
pub mod naming;
mod otp;
mod paging;
pub mod phone;
mod recommenders;
pub mod segments;
mod tags;
pub mod templates;

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::http::StatusCode;
use model::operations::Operation;
use model::shapes::{Mismatch, Problem};
use model::{Millis, Step};
use rusqlite::Transaction;
use serde_json::{Value, json};

use crate::refusal::{Refusal, Result};
use crate::runner::Programs;

/// One operation asked for.
#[derive(Debug)]
pub struct Call {
    /// Which.
    pub operation: &'static Operation,
    /// Parameters of the path, decoded.
    pub parameters: Vec<(&'static str, String)>,
    /// Parameters of the query, decoded, in order.
    pub query: Vec<(String, String)>,
    /// The body; null when the operation takes none.
    pub body: Value,
    /// Id of this request.
    pub request_id: String,
}

/// What a handler works with.
pub struct Context<'a> {
    /// The transaction: kept when the handler gives `Ok`.
    pub store: &'a Transaction<'a>,
    /// What is compiled of it.
    pub programs: &'a Programs,
    /// The instant of the request.
    pub now: Millis,
}

/// What a handler answers.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: StatusCode,
    /// Body; `None` = none.
    pub body: Option<Value>,
}

/// Carries out an operation.
pub type Handler = fn(&Context<'_>, &Call) -> Result<Answer>;

/// The handlers of each resource, by operation.
const RESOURCES: &[&[(&str, Handler)]] = &[
    apps::HANDLERS,
    attributes::HANDLERS,
    campaigns::HANDLERS,
    channels::HANDLERS,
    endpoints::HANDLERS,
    event_stream::HANDLERS,
    events::HANDLERS,
    jobs::HANDLERS,
    in_app::HANDLERS,
    journeys::HANDLERS,
    kpis::HANDLERS,
    messages::HANDLERS,
    metrics::HANDLERS,
    phone::HANDLERS,
    recommenders::HANDLERS,
    otp::HANDLERS,
    segments::HANDLERS,
    tags::HANDLERS,
    templates::HANDLERS,
];

/// [`RESOURCES`] by name.
static BY_NAME: LazyLock<HashMap<&str, Handler>> =
    LazyLock::new(|| RESOURCES.iter().copied().flatten().copied().collect());

/// The handler of an operation.
pub fn handler(operation: &str) -> Option<Handler> {
    BY_NAME.get(operation).copied()
}

/// Mismatches with a shape that are no error: a bare text where a list of texts is expected (segments-and-endpoints.md
/// 1, chosen).
pub fn tolerated(found: &Mismatch) -> bool {
    let named = |steps: &[Step], name: &str| matches!(steps, [.., Step::Key(key), Step::Key(_)] if key == name);
    (named(&found.path.0, "Attributes") || named(&found.path.0, "UserAttributes"))
        && found.problem == (Problem::Type { expected: "a list", found: "a text" })
}

impl Answer {
    /// 200 with a body.
    pub fn ok(body: Value) -> Answer {
        Answer { status: StatusCode::OK, body: Some(body) }
    }
}

impl Call {
    /// A parameter of the path.
    pub fn parameter(&self, name: &str) -> &str {
        self.parameters.iter().find(|(found, _)| *found == name).map_or("", |(_, value)| value)
    }

    /// A parameter of the query, the first of that name.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The answer with the operation's own status and a body.
    pub fn answer(&self, body: Value) -> Answer {
        Answer { status: StatusCode::from_u16(self.operation.code).unwrap_or(StatusCode::OK), body: Some(body) }
    }

    /// The answer with the operation's own status and no body.
    pub fn nothing(&self) -> Answer {
        Answer { status: StatusCode::from_u16(self.operation.code).unwrap_or(StatusCode::NO_CONTENT), body: None }
    }

    /// The operation's `MessageBody`: accepted.
    pub fn accepted(&self) -> Answer {
        self.answer(json!({"Message": "Accepted", "RequestID": self.request_id}))
    }

    /// 400 about a member of the body or query.
    pub fn refuse<T>(&self, member: &str, message: &str) -> Result<T> {
        Err(Refusal::bad_request(format!("{member}: {message}")))
    }
}
