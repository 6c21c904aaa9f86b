//! One client for everything that is asked over HTTP: AWS, push services, Lambda functions and webhooks.

use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{HeaderMap, RETRY_AFTER};
use hyper::{Request, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::{Cause, Outcome};

/// Most bytes of an answer: that of a custom call (campaigns.md 7).
const LARGEST_ANSWER: usize = 6 * 1024 * 1024;

/// The code of an outcome that is none: no answer came in time.
const NO_ANSWER: u16 = 408;

type Inner = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// The client. Connections are kept and shared; cloning is cheap.
#[derive(Clone)]
pub struct Http {
    either: Inner,
    second: Inner,
}

/// Which HTTP is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// What both sides know.
    Either,
    /// HTTP/2 only, which push services ask for; also without TLS on this machine.
    Two,
}

/// An answer, whatever its status.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

impl Http {
    /// A client that trusts what this machine trusts.
    ///
    /// # Errors
    /// When the machine has no certificates to trust.
    pub fn new() -> std::io::Result<Http> {
        let builder = || {
            HttpsConnectorBuilder::new()
                .with_provider_and_native_roots(rustls::crypto::aws_lc_rs::default_provider())
                .map(|builder| builder.https_or_http())
        };
        let either = builder()?.enable_http1().enable_http2().build();
        let second = builder()?.enable_http2().build();
        let client = || Client::builder(TokioExecutor::new());
        Ok(Http { either: client().build(either), second: client().http2_only(true).build(second) })
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// An [`Outcome`] when there is no answer: [`Outcome::Temporary`] when nobody answers in time, permanent when the
    /// address is neither https nor on this machine.
    pub async fn send(
        &self,
        request: Request<Full<Bytes>>,
        version: Version,
        within: Duration,
    ) -> Result<Reply, Outcome> {
        if !is_allowed(request.uri()) {
            let reason = format!("`{}` is neither https:// nor on this machine", request.uri());
            return Err(Outcome::invalid(reason));
        }
        let host = request.uri().host().unwrap_or_default().to_owned();
        let failed = |what: String| Outcome::Temporary { code: 0, reason: format!("{host}: {what}") };
        let client = if version == Version::Two { &self.second } else { &self.either };
        let asking = async {
            let response = client.request(request).await.map_err(|error| failed(chain(&error)))?;
            let (head, body) = response.into_parts();
            let body = Limited::new(body, LARGEST_ANSWER).collect().await;
            let body = body.map_err(|error| failed(format!("the answer broke off: {error}")))?;
            Ok(Reply { status: head.status.as_u16(), headers: head.headers, body: body.to_bytes() })
        };
        match tokio::time::timeout(within, asking).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Outcome::Temporary {
                code: NO_ANSWER,
                reason: format!("{host}: no answer within {} s", within.as_secs()),
            }),
        }
    }
}

/// https anywhere, http to this machine only.
pub fn is_allowed(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default();
    match uri.scheme_str() {
        Some("https") => !host.is_empty(),
        Some("http") => matches!(host, "127.0.0.1" | "localhost" | "[::1]"),
        _ => false,
    }
}

impl Reply {
    /// A header that is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Whether the status is one of success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// What the status means when it is none of success and nothing better is known: 429 too many, 408 and 5xx later, 401
    /// and 403 forbidden, the rest wrong.
    pub fn failure(&self, reason: String) -> Outcome {
        let code = self.status;
        match code {
            429 => Outcome::Throttled { after: self.retry_after(), code, reason },
            408 | 500.. => Outcome::Temporary { code, reason },
            401 | 403 => Outcome::Permanent { cause: Cause::Forbidden, code, reason },
            _ => Outcome::Permanent { cause: Cause::Invalid, code, reason },
        }
    }

    /// `Retry-After` in seconds; the form with a date is not honoured.
    pub fn retry_after(&self) -> Option<Duration> {
        let text = self.headers.get(RETRY_AFTER)?.to_str().ok()?;
        text.trim().parse().ok().map(Duration::from_secs)
    }
}

/// An error with its causes: "client error: connection refused".
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16) -> Reply {
        let headers = [(RETRY_AFTER, hyper::header::HeaderValue::from_static("7"))].into_iter().collect();
        Reply { status, headers, body: Bytes::new() }
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        for (uri, allowed) in [
            ("https://hooks.example.com/x", true),
            ("http://127.0.0.1:9000/", true),
            ("http://[::1]:9000/", true),
            ("http://hooks.example.com/", false),
            ("http://127.0.0.1.example.com/", false),
            ("ftp://127.0.0.1/", false),
            ("/x", false),
        ] {
            assert_eq!(is_allowed(&uri.parse().expect("an address")), allowed, "{uri}");
        }
    }

    #[test]
    fn statuses() {
        let status = |status| reply(status).failure("no".into()).delivery_status();
        let statuses = [400, 403, 404, 408, 429, 500, 503].map(status);
        let (permanent, temporary) = ("PERMANENT_FAILURE", "TEMPORARY_FAILURE");
        assert_eq!(statuses, [permanent, permanent, permanent, temporary, "THROTTLED", temporary, temporary]);
        assert_eq!(
            reply(429).failure("no".into()),
            Outcome::Throttled { after: Some(Duration::from_secs(7)), code: 429, reason: "no".into() }
        );
    }
}
