//! From an HTTP request to a call, and back: who asks, limits, syntax and error bodies (api.md 1, 2).

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use model::operations::Operation;
use model::shapes::{self, Problem, SHAPES};
use model::{Step, reader};
use serde_json::{Value, json};

use crate::access::{self, Claim, Key, Permission};
use crate::admin;
use crate::api::{self, Answer, Call};
use crate::audit::LOCAL;
use crate::backup::FileBody;
use crate::deliver::hooks;
use crate::listen::Peer;
use crate::meters;
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
    if hooks::is_hook(request.uri().path()) {
        return hooks::answer(machine, request).await;
    }
    let begun = Instant::now();
    let (head, body) = request.into_parts();
    let request_id = uuid::Uuid::new_v4().to_string();
    let asked = Asked::of(&head);
    let name = asked.name;
    let mut who = String::new();
    let outcome = carry_out(&machine, &head, body, asked, &request_id, &mut who).await;
    let status = outcome.as_ref().map_or_else(|refusal| refusal.exception.status(), Reply::status);
    let took = begun.elapsed();
    machine.meters.count(name, status.as_u16(), took);
    let (operation, request, status, ms) = (name, &request_id, status.as_u16(), took.as_millis());
    match &outcome {
        Ok(_) => tracing::debug!(operation, request, who, status, ms = %ms, "answered"),
        Err(refusal) => {
            let exception = refusal.exception.name();
            // The words of a refusal, and a path, can quote what people sent.
            let why = machine.settings.log_addresses.then_some(refusal.message.as_str());
            let path = machine.settings.log_addresses.then_some(head.uri.path());
            tracing::info!(operation, request, who, status, ms = %ms, exception, why, path, "refused");
        }
    }
    respond(outcome, &request_id)
}

/// What a request is after, read from its head.
struct Asked {
    /// Operation of the API or path of our own; `none` = neither.
    name: &'static str,
    target: Result<Target>,
}

enum Target {
    /// A path below `/waymark/`.
    Own,
    /// An operation and the parameters of its path.
    Operation(&'static Operation, Vec<(&'static str, String)>),
}

impl Asked {
    fn of(head: &Parts) -> Asked {
        let (method, path) = (head.method.as_str(), head.uri.path());
        if path.starts_with("/waymark/") {
            let name = admin::PATHS.iter().find(|known| **known == path).copied().unwrap_or("none");
            return Asked { name, target: Ok(Target::Own) };
        }
        let (name, target) = match route::find(method, path) {
            Routed::Operation(operation, parameters) => (operation.name, Ok(Target::Operation(operation, parameters))),
            Routed::MethodNotAllowed => {
                let message = format!("{method} is not allowed on this path");
                ("none", Err(Refusal::new(Exception::MethodNotAllowed, message)))
            }
            Routed::Unknown => ("none", Err(Refusal::not_found("the API has no such path"))),
        };
        Asked { name, target }
    }
}

/// What goes back.
pub enum Reply {
    /// JSON, or nothing.
    Answer(Answer),
    /// Figures for Prometheus.
    Meters(String),
    /// A backup, of so many bytes.
    File(FileBody, u64),
}

impl Reply {
    fn status(&self) -> StatusCode {
        match self {
            Reply::Answer(answer) => answer.status,
            Reply::Meters(_) | Reply::File(..) => StatusCode::OK,
        }
    }
}

/// Carries a request out, in the order of refusal of api.md 2; `who` is set once it is known who asks. A signature covers
/// the body, so that with access keys a 413 comes before the 403 of a wrong signature, and a 405 after it.
async fn carry_out(
    machine: &Arc<Machine>,
    head: &Parts,
    body: Body,
    asked: Asked,
    request_id: &str,
    who: &mut String,
) -> Result<Reply> {
    let Asked { name, mut target } = asked;
    let (method, path) = (head.method.as_str(), head.uri.path());
    // Who watches over the server has no key; the answer says nothing but that it answers.
    if (method, path) == ("GET", admin::HEALTH) {
        return admin::health(machine).await.map(Reply::Answer);
    }
    let keys = machine.keys.get();
    // Prometheus does not sign either: from this machine it may read the figures.
    let claim = if keys.is_empty() || ((method, path) == ("GET", admin::METRICS) && is_near(head)) {
        local(&head.headers)?;
        target = Ok(target?);
        None
    } else {
        Some(Claim::read(&keys, head, SystemTime::now())?)
    };
    let limit = if name == "PutEvents" { MAX_EVENTS_BODY } else { MAX_BODY };
    let body = read(&head.headers, body, limit, machine.settings.limits.body).await?;
    if let Some(claim) = &claim {
        claim.verify(head, &body)?;
    }
    let key = claim.map(|claim| claim.key);
    key.map_or(LOCAL, |key| &key.id).clone_into(who);
    match target? {
        Target::Own => {
            permit(key, access::of_own_path(method, path), name)?;
            let request = admin::Request {
                method: method.to_owned(),
                path: path.to_owned(),
                query: route::query(head.uri.query().unwrap_or_default()),
                body: parse(&body)?,
                who: who.clone(),
                request_id: request_id.to_owned(),
            };
            let machine = machine.clone();
            blocking(move || admin::answer(&machine, &request)).await
        }
        Target::Operation(operation, parameters) => {
            permit(key, access::of(operation), operation.name)?;
            machine.buckets.take(operation.name, Instant::now())?;
            // A test calls all 122.
            let handler = api::handler(operation.name)
                .ok_or_else(|| Refusal::new(Exception::InternalServerError, "the operation has no handler"))?;
            let body = typed(operation, &body)?;
            if access::starts(operation, &body) {
                permit(key, Permission::Send, operation.name)?;
            }
            let query = route::query(head.uri.query().unwrap_or_default());
            let call = Call { operation, parameters, query, body, request_id: request_id.to_owned() };
            machine.call(call, handler, who).await.map(Reply::Answer)
        }
    }
}

/// Whether the key may, where there are keys.
fn permit(key: Option<&Key>, permission: Permission, what: &str) -> Result<()> {
    match key {
        Some(key) if !key.may(permission) => {
            let message = format!("the access key `{}` has no permission `{}` for {what}", key.id, permission.name());
            Err(Refusal::new(Exception::Forbidden, message))
        }
        _ => Ok(()),
    }
}

/// Asked from this machine, by a name of this machine.
fn is_near(head: &Parts) -> bool {
    head.extensions.get::<Peer>().is_some_and(|Peer(peer)| peer.ip().is_loopback()) && local(&head.headers).is_ok()
}

/// The body of an operation, in its shape; null when it takes none.
fn typed(operation: &Operation, text: &[u8]) -> Result<Value> {
    let Some(shape) = operation.request else { return Ok(Value::Null) };
    let body = parse(text)?;
    conforms(shape, &body)?;
    if matches!(operation.name, "CreateJourney" | "UpdateJourney") {
        metrics_once(text)?;
    }
    Ok(body)
}

/// Runs work on the store outside the threads that serve connections.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        tracing::error!(%error, "a request failed");
        Err(Refusal::new(Exception::InternalServerError, "the request could not be carried out"))
    })
}

/// Only names of this machine: a page elsewhere that points its own name at the loopback address is turned away, and so
/// is one that lets a browser on this machine send a form here.
fn local(headers: &HeaderMap) -> Result<()> {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if !is_local(host) {
        return Err(Refusal::new(Exception::Forbidden, "the Host header must be localhost, 127.0.0.1 or [::1]"));
    }
    let from_here = |origin: &HeaderValue| {
        let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
        origin.is_some_and(|(_, host)| is_local(host))
    };
    if headers.get(ORIGIN).is_none_or(from_here) {
        return Ok(());
    }
    Err(Refusal::new(Exception::Forbidden, "a page of another site asks; the Origin header must be of this machine"))
}

/// Whether a host, with or without a port, is this machine by name.
fn is_local(host: &str) -> bool {
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((name, _)) => name,
        None => host.split(':').next().unwrap_or_default(),
    };
    matches!(name, "127.0.0.1" | "::1") || name.eq_ignore_ascii_case("localhost")
}

async fn read(headers: &HeaderMap, body: Body, limit: usize, longest: Duration) -> Result<Bytes> {
    let too_large =
        || Refusal::new(Exception::PayloadTooLarge, format!("the request is larger than {} MB", limit >> 20));
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()).and_then(|n| n.parse().ok());
    if announced.unwrap_or(0) > limit {
        return Err(too_large());
    }
    let came = tokio::time::timeout(longest, axum::body::to_bytes(body, limit)).await;
    let late = format!("the body of the request did not come within {} seconds", longest.as_secs());
    came.map_err(|_| Refusal::bad_request(late))?.map_err(|_| too_large())
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

fn respond(outcome: Result<Reply>, request_id: &str) -> Response<Body> {
    let mut length = None;
    let (status, error, kind, body) = match outcome {
        Ok(Reply::Answer(Answer { status, body })) => {
            (status, None, "application/json", body.map_or_else(Body::empty, |body| Body::from(body.to_string())))
        }
        Ok(Reply::Meters(text)) => (StatusCode::OK, None, meters::CONTENT_TYPE, Body::from(text)),
        Ok(Reply::File(file, bytes)) => {
            length = Some(bytes);
            (StatusCode::OK, None, "application/vnd.sqlite3", Body::new(file))
        }
        Err(refusal) => {
            let body = json!({"Message": refusal.message, "RequestID": request_id});
            (
                refusal.exception.status(),
                Some(refusal.exception.name()),
                "application/json",
                Body::from(body.to_string()),
            )
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if status != StatusCode::NO_CONTENT {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    if let Some(bytes) = length {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes));
    }
    if let Some(name) = error {
        headers.insert("x-amzn-ErrorType", HeaderValue::from_static(name));
    }
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert("x-amzn-RequestId", id);
    }
    response
}
