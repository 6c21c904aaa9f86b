//! From an HTTP request to a call, and back: addresses, limits, syntax and error bodies (api.md 1, 2).

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use model::shapes::{self, Problem, SHAPES};
use model::{Step, reader};
use serde_json::{Value, json};

use crate::admin;
use crate::api::{self, Answer, Call};
use crate::refusal::{Exception, Refusal, Result};
use crate::route::{self, Routed};
use crate::server::Machine;

/// Largest request body in bytes, and that of events (api.md 1).
const MAX_BODY: usize = 7 * 1024 * 1024;
const MAX_EVENTS_BODY: usize = 4 * 1024 * 1024;

/// The application: every path goes through [`answer`].
pub fn router(machine: Arc<Machine>) -> Router {
    Router::new().fallback(answer).with_state(machine)
}

async fn answer(State(machine): State<Arc<Machine>>, request: Request<Body>) -> Response<Body> {
    let request_id = uuid::Uuid::new_v4().to_string();
    let outcome = carry_out(machine, request, &request_id).await;
    if let Err(refusal) = &outcome {
        tracing::debug!(exception = refusal.exception.name(), message = refusal.message, "refused");
    }
    respond(outcome, &request_id)
}

async fn carry_out(machine: Arc<Machine>, request: Request<Body>, request_id: &str) -> Result<Answer> {
    local(request.headers())?;
    let (head, body) = request.into_parts();
    let path = head.uri.path().to_owned();
    let query = route::query(head.uri.query().unwrap_or_default());
    if path.starts_with("/waymark/") {
        let body = parse(&read(&head.headers, body, MAX_BODY).await?)?;
        let method = head.method;
        return blocking(move || admin::answer(&machine, method.as_str(), &path, &query, &body)).await;
    }
    let (operation, parameters) = match route::find(head.method.as_str(), &path) {
        Routed::Operation(operation, parameters) => (operation, parameters),
        Routed::MethodNotAllowed => {
            return Err(Refusal::new(
                Exception::MethodNotAllowed,
                format!("{} is not allowed on this path", head.method),
            ));
        }
        Routed::Unknown => return Err(Refusal::not_found("the API has no such path")),
    };
    let limit = if operation.name == "PutEvents" { MAX_EVENTS_BODY } else { MAX_BODY };
    let body = read(&head.headers, body, limit).await?;
    let Some(handler) = api::handler(operation.name) else {
        let message = format!("{} is not implemented by the local Pinpoint yet", operation.name);
        return Err(Refusal::new(Exception::NotImplemented, message));
    };
    let body = match operation.request {
        None => Value::Null,
        Some(shape) => {
            let text = body;
            let body = parse(&text)?;
            conforms(shape, &body)?;
            if matches!(operation.name, "CreateJourney" | "UpdateJourney") {
                metrics_once(&text)?;
            }
            body
        }
    };
    let call = Call { operation, parameters, query, body, request_id: request_id.to_owned() };
    machine.call(call, handler).await
}

/// Runs work on the store outside the threads that serve connections.
pub async fn blocking(work: impl FnOnce() -> Result<Answer> + Send + 'static) -> Result<Answer> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        tracing::error!(%error, "a request failed");
        Err(Refusal::new(Exception::InternalServerError, "the request could not be carried out"))
    })
}

/// Only names of this machine: a page elsewhere that points its own name at the loopback address is turned away.
fn local(headers: &HeaderMap) -> Result<()> {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((name, _)) => name,
        None => host.split(':').next().unwrap_or_default(),
    };
    if matches!(name, "127.0.0.1" | "::1") || name.eq_ignore_ascii_case("localhost") {
        return Ok(());
    }
    Err(Refusal::new(Exception::Forbidden, "the Host header must be localhost, 127.0.0.1 or [::1]"))
}

async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes> {
    let too_large =
        || Refusal::new(Exception::PayloadTooLarge, format!("the request is larger than {} MB", limit >> 20));
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()).and_then(|n| n.parse().ok());
    if announced.unwrap_or(0) > limit {
        return Err(too_large());
    }
    axum::body::to_bytes(body, limit).await.map_err(|_| too_large())
}

/// The body as JSON; an empty one counts as an empty object.
fn parse(body: &[u8]) -> Result<Value> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(json!({}));
    }
    serde_json::from_slice(body).map_err(|error| Refusal::bad_request(format!("the body is not JSON: {error}")))
}

/// The first thing that the request's shape does not allow is a 400; unknown members are none (api.md 1).
fn conforms(shape: usize, body: &Value) -> Result<()> {
    if !body.is_object() {
        return Err(Refusal::bad_request(format!("the body: expected an object, found {}", shapes::phrase(body))));
    }
    let mismatches = shapes::check(&SHAPES[shape], body);
    match mismatches.iter().find(|found| !matches!(found.problem, Problem::Unknown { .. }) && !api::tolerated(found)) {
        None => Ok(()),
        Some(found) => Err(Refusal::bad_request(format!("{}: {}", found.path, found.problem))),
    }
}

/// A metric that an event filter names twice (J015): only the text shows it, a value has room for one.
fn metrics_once(body: &[u8]) -> Result<()> {
    let Ok(text) = std::str::from_utf8(body) else { return Ok(()) };
    // The text is sound, so all that the reader finds in it are names that stand twice.
    let twice = reader::read(text)
        .problems
        .into_iter()
        .find(|found| matches!(found.path.0.as_slice(), [.., Step::Key(map), Step::Key(_)] if map == "Metrics"));
    match twice {
        None => Ok(()),
        Some(found) => Err(Refusal::bad_request(format!("{}: the metric stands here twice", found.path))),
    }
}

fn respond(outcome: Result<Answer>, request_id: &str) -> Response<Body> {
    let (status, error, body) = match outcome {
        Ok(answer) => (answer.status, None, answer.body.map(|body| body.to_string())),
        Err(refusal) => {
            let body = json!({"Message": refusal.message, "RequestID": request_id});
            (refusal.exception.status(), Some(refusal.exception.name()), Some(body.to_string()))
        }
    };
    let mut response = Response::new(body.map_or_else(Body::empty, Body::from));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if status == StatusCode::NO_CONTENT {
        headers.remove(CONTENT_TYPE);
    }
    if let Some(name) = error {
        headers.insert("x-amzn-ErrorType", HeaderValue::from_static(name));
    }
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert("x-amzn-RequestId", id);
    }
    response
}
