//! Calls that take a whole batch: Lambda functions and webhooks, for custom channels and hooks (campaigns.md 7, journeys.md
//! 3.1). What a call carries and what its answer means is the engine's to say.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::aws::{self, Aws};
use crate::config::Custom;
use crate::http::Version;
use crate::{Hidden, Http, OpenError, Outcome, signature};

/// Longest wait for an answer (journeys.md 3.1).
const WITHIN: Duration = Duration::from_secs(15);
/// Largest payload, bytes (api.md 10).
const LARGEST: usize = 6 * 1024 * 1024;

/// The header by which a web address says whom it is meant for (campaigns.md 7).
pub const ACCOUNT: &str = "X-Amz-Pinpoint-AccountId";

/// What a name of a function may keep in a path.
const NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Calls Lambda functions and webhooks.
pub struct Calls {
    http: Http,
    config: Custom,
    secret: Option<Hidden>,
    lambda: tokio::sync::OnceCell<Aws>,
}

impl Calls {
    /// Reads the secret that webhooks are signed with; looks for AWS with the first function.
    ///
    /// # Errors
    /// When the secret is missing.
    pub async fn open(http: &Http, config: &Custom) -> Result<Calls, OpenError> {
        let secret = match &config.secret {
            Some(secret) => Some(secret.read().await?),
            None => None,
        };
        let lambda = tokio::sync::OnceCell::new();
        Ok(Calls { http: http.clone(), config: config.clone(), secret, lambda })
    }

    /// Calls `uri` with a payload: an https URL is a webhook, everything else the name or ARN of a function. `key` is the
    /// idempotency key: the same batch has the same one. The answer is JSON; null when it is none.
    ///
    /// # Errors
    /// An [`Outcome`] that is never [`Outcome::Accepted`].
    pub async fn call(&self, uri: &str, key: &str, payload: &Value) -> Result<Value, Outcome> {
        let body = payload.to_string().into_bytes();
        if body.len() > LARGEST {
            return Err(Outcome::invalid(format!(
                "the payload has {} bytes, at most {LARGEST} are allowed",
                body.len()
            )));
        }
        if uri.contains("://") { self.webhook(uri, key, body).await } else { self.function(uri, body).await }
    }

    /// Whether a web address says that it is meant for an account: it answers `HEAD` with the header
    /// `X-Amz-Pinpoint-AccountId` (campaigns.md 7). Its status does not matter.
    ///
    /// # Errors
    /// With what it did instead, for people.
    pub async fn confirm(&self, url: &str, account: &str) -> Result<(), String> {
        let request = Request::head(url).body(Full::default()).map_err(|error| error.to_string())?;
        let reply = self.http.send(request, Version::Either, WITHIN).await;
        let reply = reply.map_err(|outcome| outcome.reason().to_owned())?;
        match reply.header(ACCOUNT) {
            Some(said) if said.trim() == account => Ok(()),
            Some(_) => Err("it names another account".to_owned()),
            None => Err(format!("it answers with status {} and without the header", reply.status)),
        }
    }

    /// Posts the payload, signed as [`signature`] says, with `Idempotency-Key`.
    async fn webhook(&self, url: &str, key: &str, body: Vec<u8>) -> Result<Value, Outcome> {
        let secret = self.secret.as_ref().ok_or_else(|| {
            Outcome::invalid("webhooks are not called without a secret to sign with: set `secret` of [custom]")
        })?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        let request = Request::post(url)
            .header("content-type", "application/json")
            .header("idempotency-key", key)
            .header(signature::TIMESTAMP, now)
            .header(signature::SIGNATURE, signature::sign(secret.reveal().as_bytes(), now, &body))
            .body(Full::new(Bytes::from(body)));
        let request = request.map_err(|error| Outcome::invalid(format!("`{url}`: {error}")))?;
        let reply = self.http.send(request, Version::Either, WITHIN).await?;
        if reply.is_success() { Ok(reply.json()) } else { Err(reply.failure(format!("status {}", reply.status))) }
    }

    async fn function(&self, name: &str, body: Vec<u8>) -> Result<Value, Outcome> {
        let lambda =
            self.lambda.get_or_try_init(|| Aws::open(&self.http, &self.config.lambda, "lambda", "lambda")).await;
        let lambda = lambda.map_err(|error| Outcome::invalid(error.to_string()))?;
        let path = format!("/2015-03-31/functions/{}/invocations", utf8_percent_encode(name, NAME));
        let headers = [("content-type", "application/json"), ("x-amz-invocation-type", "RequestResponse")];
        let reply = lambda.post(&path, &headers, body, WITHIN).await?;
        if !reply.is_success() {
            return Err(aws::failure(&reply));
        }
        if let Some(error) = reply.header("x-amz-function-error") {
            let message = reply.json()["errorMessage"].as_str().unwrap_or_default().to_owned();
            // The function was reached and failed: another attempt may do better (journeys.md 3.1: three).
            return Err(Outcome::Temporary { code: reply.status, reason: format!("{error}: {message}") });
        }
        Ok(reply.json())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{AwsTarget, Pace};
    use crate::peer::Peer;
    use serde_json::json;

    fn calls(secret: Option<&str>, lambda: Option<&str>) -> Calls {
        let pace = Pace { per_second: None, at_once: 1, attempts: 3, receipts: false };
        let lambda = AwsTarget { endpoint_url: lambda.map(str::to_owned), ..AwsTarget::default() };
        Calls {
            http: Http::new().unwrap(),
            config: Custom { lambda, secret: None, pace },
            secret: secret.map(Hidden::new),
            lambda: tokio::sync::OnceCell::new(),
        }
    }

    #[tokio::test]
    async fn a_webhook_can_check_who_called() {
        let peer = Peer::start(|request| match request.path() {
            "/busy" => (429, Value::Null),
            "/gone" => (404, Value::Null),
            _ => (200, json!({"e": {"EventAttributes": {"a": "b"}}})),
        })
        .await;
        let calls = calls(Some("secret"), None);
        let url = |path: &str| format!("{}/{path}", peer.url);
        let answer = calls.call(&url("ok"), "key-1", &json!({"Data": "d"})).await;
        assert_eq!(answer, Ok(json!({"e": {"EventAttributes": {"a": "b"}}})));
        assert!(matches!(calls.call(&url("busy"), "k", &Value::Null).await, Err(Outcome::Throttled { .. })));
        assert!(matches!(calls.call(&url("gone"), "k", &Value::Null).await, Err(Outcome::Permanent { .. })));
        let outside = calls.call("http://hooks.example.com/", "k", &Value::Null).await;
        assert!(matches!(outside, Err(Outcome::Permanent { .. })), "only https leaves the machine");
        let seen = &peer.seen()[0];
        assert_eq!((seen.header("idempotency-key"), seen.body.as_str()), (Some("key-1"), r#"{"Data":"d"}"#));
        let (moment, tag) = (seen.header("x-waymark-timestamp").unwrap(), seen.header("x-waymark-signature").unwrap());
        assert!(signature::is_signed(b"secret", moment, tag, seen.body.as_bytes(), moment.parse().unwrap()));
        let unsigned = super::tests::calls(None, None).call(&url("ok"), "k", &Value::Null).await;
        assert!(matches!(unsigned, Err(Outcome::Permanent { .. })), "nothing goes out without a signature");
        assert_eq!(peer.seen().len(), 3);
    }

    #[tokio::test]
    async fn an_address_says_which_account_it_is_meant_for() {
        let peer = Peer::start(|request| match (request.method(), request.path()) {
            ("HEAD", "/ours") => (404, json!({"account": "000000000000"})),
            ("HEAD", "/theirs") => (200, json!({"account": "111122223333"})),
            _ => (200, Value::Null),
        })
        .await;
        let calls = calls(None, None);
        let ask = async |path: &str| calls.confirm(&format!("{}/{path}", peer.url), "000000000000").await;
        assert_eq!(ask("ours").await, Ok(()));
        assert_eq!(ask("theirs").await, Err("it names another account".to_owned()));
        assert_eq!(ask("nobody").await, Err("it answers with status 200 and without the header".to_owned()));
        assert!(
            calls.confirm("http://hooks.example.com/", "000000000000").await.is_err(),
            "only https leaves the machine"
        );
    }

    #[tokio::test]
    async fn a_function_that_fails_is_told_from_one_that_answers() {
        let peer = Peer::start(|request| match request.path() {
            "/2015-03-31/functions/broken/invocations" => (599, json!({"errorMessage": "boom"})),
            _ => (200, json!({})),
        })
        .await;
        let calls = calls(None, Some(&peer.url));
        let arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
        assert_eq!(calls.call(arn, "k", &json!({"Data": "d"})).await, Ok(json!({})));
        let broken = calls.call("broken", "k", &json!({})).await;
        assert_eq!(broken, Err(Outcome::Temporary { code: 200, reason: "Unhandled: boom".into() }));
        let seen = &peer.seen()[0];
        let path = "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Af/invocations";
        assert_eq!((seen.path(), seen.header("x-amz-invocation-type")), (path, Some("RequestResponse")));
        assert!(seen.header("authorization").unwrap().contains("/us-east-1/lambda/aws4_request"));
    }
}
