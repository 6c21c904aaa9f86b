//! Paths that are asked from outside: receipts, unsubscribe links, links and images of tracked mail. They need no access key and no name of this machine:
//! each request carries a signature, or a token that we made.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap, LOCATION, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Request, Response, StatusCode};
use delivery::receipt::own;
use delivery::receipt::sns::{self, Envelope, Untrusted};
use delivery::signature;
use serde_json::{Value, json};

use super::tracking::{self, CLICK, OPEN, Reader};
use super::{receive, unsubscribe};
use crate::listen::Peer;
use crate::refusal::{Exception, Refusal, Result};
use crate::server::Machine;

/// Receipts of SES, in envelopes of SNS.
pub const SES: &str = "/waymark/receipts/ses";
/// Receipts of End User Messaging, in envelopes of SNS.
pub const SMS: &str = "/waymark/receipts/sms";
/// Receipts of our own form.
const OWN: &str = "/waymark/receipts";
const UNSUBSCRIBE: &str = "/waymark/unsubscribe/";

/// Largest body, bytes: that of SNS is 256 KB.
const LARGEST: usize = 512 * 1024;

/// Whether a path is one of these.
pub fn is_hook(path: &str) -> bool {
    matches!(path, SES | SMS | OWN) || [UNSUBSCRIBE, OPEN, CLICK].iter().any(|begin| path.starts_with(begin))
}

/// Answers a request on such a path.
pub async fn answer(machine: Arc<Machine>, request: Request<Body>) -> Response<Body> {
    let path = request.uri().path().to_owned();
    let method = request.method().as_str().to_owned();
    let (head, body) = request.into_parts();
    let body = tokio::time::timeout(machine.settings.limits.body, axum::body::to_bytes(body, LARGEST)).await;
    let outcome = match body {
        Err(_) => Err(Refusal::bad_request("the body did not come in time")),
        Ok(Err(_)) => {
            Err(Refusal::new(Exception::PayloadTooLarge, format!("the request is larger than {LARGEST} bytes")))
        }
        Ok(Ok(body)) => match (method.as_str(), path.as_str()) {
            ("POST", SES | SMS) => of_sns(&machine, &path, &body).await,
            ("POST", OWN) => of_own(&machine, &head.headers, &body).await,
            ("GET" | "POST", path) if path.starts_with(UNSUBSCRIBE) => {
                let token = path.strip_prefix(UNSUBSCRIBE).unwrap_or_default().to_owned();
                return page(unsubscribed(&machine, token, method == "POST").await);
            }
            ("GET" | "HEAD", path) if path.starts_with(OPEN) || path.starts_with(CLICK) => {
                let outcome = followed(&machine, path, &head, method == "GET").await;
                return outcome.unwrap_or_else(refused);
            }
            _ => Err(Refusal::new(Exception::MethodNotAllowed, format!("{method} is not allowed on this path"))),
        },
    };
    match outcome {
        Ok(body) => respond(StatusCode::OK, "application/json", body.to_string()),
        Err(refusal) => {
            // A token can hold what people are known by.
            let path = [UNSUBSCRIBE, OPEN, CLICK].into_iter().find(|begin| path.starts_with(begin)).unwrap_or(&path);
            tracing::warn!(path, message = refusal.message, "a request from outside was refused");
            let body = json!({"Message": refusal.message});
            respond(refusal.exception.status(), "application/json", body.to_string())
        }
    }
}

async fn of_sns(machine: &Machine, path: &str, body: &[u8]) -> Result<Value> {
    let Some(fetch) = machine.deliverer.fetch.clone() else {
        return Err(forbidden("no topic is heard; name it in `topics` of [receipts]"));
    };
    let envelope = sns::open(body, &machine.deliverer.config.receipts.topics, &*fetch).await;
    let envelope = envelope.map_err(|untrusted| match untrusted {
        // Not theirs: SNS is to send it again.
        Untrusted::Certificate(_) => Refusal::new(Exception::InternalServerError, untrusted.to_string()),
        Untrusted::Shape(_) => Refusal::bad_request(untrusted.to_string()),
        _ => forbidden(&untrusted.to_string()),
    })?;
    match envelope {
        Envelope::Notification { id, message } => heard(machine, receive::of_notification(path, &id, &message)).await,
        Envelope::Confirmation { url } => match fetch.fetch(&url).await {
            Ok(_) => Ok(json!({"Confirmed": true})),
            Err(error) => {
                let message = format!("the subscription could not be confirmed: {error}");
                Err(Refusal::new(Exception::InternalServerError, message))
            }
        },
        Envelope::Ended => Ok(json!({"Received": 0})),
    }
}

async fn of_own(machine: &Machine, headers: &HeaderMap, body: &[u8]) -> Result<Value> {
    let Some(secret) = &machine.deliverer.receipts else {
        return Err(forbidden(
            "receipts are not heard without a secret to check them with: set `secret` of [receipts]",
        ));
    };
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // Signed by the clock on the wall, whatever clock journeys go by.
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |now| now.as_secs());
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    let (timestamp, tag) = (header(signature::TIMESTAMP), header(signature::SIGNATURE));
    if !signature::is_signed(secret.reveal().as_bytes(), timestamp, tag, body, now) {
        return Err(forbidden("the signature is wrong, or older than five minutes"));
    }
    let body: Value = serde_json::from_slice(body).map_err(|_| Refusal::bad_request("the body is not JSON"))?;
    let receipt = own::receipt(&body).map_err(Refusal::bad_request)?;
    heard(machine, vec![receipt]).await
}

async fn heard(machine: &Machine, receipts: Vec<delivery::receipt::Receipt>) -> Result<Value> {
    let new = machine.change(move |context| receive::receive(context, &receipts)).await?;
    machine.bell.notify_one();
    Ok(json!({"Received": new}))
}

async fn unsubscribed(machine: &Machine, token: String, really: bool) -> Result<&'static str> {
    let link = machine.store.read(|store| unsubscribe::read(store, &token))?;
    let link = link.ok_or_else(|| Refusal::not_found("this link is not one of ours"))?;
    if !really {
        return Ok(unsubscribe::ASKING);
    }
    machine.change(move |context| unsubscribe::opt_out(context, &link)).await?;
    machine.bell.notify_one();
    Ok(unsubscribe::DONE)
}

/// The image of a mail, or the way to where its link leads: to what was signed, and nowhere else. `really` = it is told;
/// whoever reads the mail goes on where that fails.
async fn followed(machine: &Machine, path: &str, head: &Parts, really: bool) -> Result<Response<Body>> {
    let agent = head.headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let address = head.extensions.get::<Peer>().map(|Peer(peer)| peer.ip());
    let reader = Reader { address, agent: agent.chars().take(200).collect() };
    let not_ours = || Refusal::not_found("this link is not one of ours");
    let (message, link) = match path.strip_prefix(CLICK) {
        Some(token) => {
            let found = machine.store.read(|store| tracking::of_click(store, token))?;
            found.map(|(message, link)| (message, Some(link))).ok_or_else(not_ours)?
        }
        None => {
            let token = path.strip_prefix(OPEN).unwrap_or_default();
            (machine.store.read(|store| tracking::of_open(store, token))?.ok_or_else(not_ours)?, None)
        }
    };
    let mut response = match &link {
        Some(link) => {
            let mut response = respond(StatusCode::FOUND, "text/plain; charset=utf-8", "");
            response.headers_mut().insert(LOCATION, HeaderValue::from_str(link).map_err(|_| not_ours())?);
            response
        }
        None => respond(StatusCode::OK, "image/gif", tracking::IMAGE),
    };
    // Every opening counts, not only the first.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if really {
        let told = machine.change(move |context| match link {
            Some(link) => tracking::clicked(context, &message, &link, &reader),
            None => tracking::opened(context, &message, &reader),
        });
        if let Err(refusal) = told.await {
            tracing::error!(message = refusal.message, "an opening or a click was not told");
        }
        machine.bell.notify_one();
    }
    Ok(response)
}

fn page(outcome: Result<&'static str>) -> Response<Body> {
    match outcome {
        Ok(page) => respond(StatusCode::OK, "text/html; charset=utf-8", page),
        Err(refusal) => refused(refusal),
    }
}

/// A refusal for people.
fn refused(refusal: Refusal) -> Response<Body> {
    respond(refusal.exception.status(), "text/plain; charset=utf-8", refusal.message)
}

fn forbidden(message: &str) -> Refusal {
    Refusal::new(Exception::Forbidden, message)
}

fn respond(status: StatusCode, kind: &'static str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
