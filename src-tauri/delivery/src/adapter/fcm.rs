//! Push through Firebase Cloud Messaging, HTTP v1: `messages:send`.

use std::time::Duration;

use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::held::Held;
use super::jwt::Key;
use super::{OpenError, WITHIN, payload};
use crate::config;
use crate::http::{Http, Reply, Version};
use crate::{Cause, Hidden, Outcome, Outgoing};

/// Largest payload, bytes (templates.md 5).
const LARGEST: usize = 4096;
const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";
/// A token is renewed this long before it ends.
const MARGIN: Duration = Duration::from_secs(120);

/// Firebase Cloud Messaging.
pub struct Fcm {
    http: Http,
    endpoint: String,
    project: String,
    account: String,
    key_id: Option<String>,
    key: Key,
    /// Where tokens are asked for.
    token_uri: String,
    token: Held,
}

impl Fcm {
    /// Reads the service account.
    pub async fn open(http: &Http, config: &config::Fcm) -> Result<Fcm, OpenError> {
        Fcm::of(http, config, &config.service_account.read().await?)
    }

    /// With the service account at hand.
    fn of(http: &Http, config: &config::Fcm, account: &Hidden) -> Result<Fcm, OpenError> {
        let unusable = |what: &str| OpenError::Unusable(format!("`service_account`: {what}"));
        let account: Value = serde_json::from_str(account.reveal())
            .map_err(|_| unusable("expected the JSON that Google gives for a service account"))?;
        let text = |name: &str| account.get(name).and_then(Value::as_str);
        let needed = |name: &str| text(name).ok_or_else(|| unusable(&format!("`{name}` is missing")));
        Ok(Fcm {
            http: http.clone(),
            endpoint: config
                .endpoint_url
                .as_deref()
                .unwrap_or("https://fcm.googleapis.com")
                .trim_end_matches('/')
                .into(),
            project: needed("project_id")?.to_owned(),
            account: needed("client_email")?.to_owned(),
            key_id: text("private_key_id").map(str::to_owned),
            key: Key::rsa(needed("private_key")?).ok_or_else(|| unusable("`private_key` is not an RSA key in PEM"))?,
            token_uri: text("token_uri").unwrap_or("https://oauth2.googleapis.com/token").to_owned(),
            token: Held::default(),
        })
    }

    /// Sends one push message.
    pub async fn send(&self, message: &Outgoing) -> Result<Outcome, Outcome> {
        let body = request(message)?.to_string();
        let token = self.token().await?;
        let request = Request::post(format!("{}/v1/projects/{}/messages:send", self.endpoint, self.project))
            .header("authorization", format!("Bearer {}", token.reveal()))
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(body)));
        let request = request.map_err(|error| Outcome::invalid(error.to_string()))?;
        let reply = self.http.send(request, Version::Two, WITHIN).await?;
        if reply.status == 401 {
            // Withdrawn before its time: the next attempt asks for another.
            self.token.forget().await;
            return Err(Outcome::Temporary { code: 401, reason: "the access token is not accepted any more".into() });
        }
        if !reply.is_success() {
            return Err(failure(&reply));
        }
        let provider_id = reply.json().get("name").and_then(Value::as_str).map(str::to_owned);
        Ok(Outcome::Accepted { provider_id, code: reply.status })
    }

    /// The access token; asks for one when there is none that holds.
    async fn token(&self) -> Result<Hidden, Outcome> {
        self.token.token(|now| self.granted(now)).await
    }

    /// A new access token, and how long it is used.
    async fn granted(&self, now: u64) -> Result<(Hidden, Duration), Outcome> {
        let mut header = json!({"alg": "RS256", "typ": "JWT"});
        if let Some(id) = &self.key_id {
            header["kid"] = id.as_str().into();
        }
        let claims = json!({
            "iss": self.account, "scope": SCOPE, "aud": self.token_uri, "iat": now, "exp": now + 3600
        });
        let assertion =
            self.key.token(&header, &claims).ok_or_else(|| Outcome::invalid("the token cannot be signed"))?;
        let grant = utf8_percent_encode("urn:ietf:params:oauth:grant-type:jwt-bearer", NON_ALPHANUMERIC);
        let request = Request::post(&self.token_uri)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Full::new(Bytes::from(format!("grant_type={grant}&assertion={assertion}"))));
        let request = request.map_err(|error| Outcome::invalid(format!("`token_uri`: {error}")))?;
        let reply = self.http.send(request, Version::Two, WITHIN).await?;
        let body = reply.json();
        let Some(token) = body.get("access_token").and_then(Value::as_str).filter(|_| reply.is_success()) else {
            let why = body.get("error_description").or_else(|| body.get("error")).and_then(Value::as_str);
            let reason = format!("no access token: {}", why.unwrap_or("no reason given"));
            return Err(match reply.failure(reason.clone()) {
                Outcome::Permanent { code, .. } => Outcome::Permanent { cause: Cause::Forbidden, code, reason },
                other => other,
            });
        };
        let lasts = Duration::from_secs(body.get("expires_in").and_then(Value::as_u64).unwrap_or(3600));
        Ok((Hidden::new(token), lasts.saturating_sub(MARGIN)))
    }
}

/// The body of `messages:send`.
///
/// `RawContent` may be a v1 message (`{"fcmV1Message": {"message": …}}`, as Pinpoint takes it), or one of the older form,
/// whose members `notification`, `data`, `priority`, `time_to_live` and `collapse_key` are put where v1 has them.
fn request(message: &Outgoing) -> Result<Value, Outcome> {
    let payload = payload(message, "GCM", LARGEST)?;
    let mut inner = match payload.get("fcmV1Message").map(|v1| &v1["message"]) {
        Some(Value::Object(v1)) => v1.clone(),
        Some(_) => return Err(Outcome::invalid("`fcmV1Message` has no `message`")),
        None => of_older_form(&payload),
    };
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if let Some(data) = message.envelope.get("Data").and_then(Value::as_object) {
        // What the app reads beside the texts; values of v1 are texts.
        let place = inner.entry("data").or_insert_with(|| json!({}));
        if let Some(place) = place.as_object_mut() {
            place.extend(data.iter().map(|(name, value)| (name.clone(), text(value).into())));
        }
    }
    let android = inner.entry("android").or_insert_with(|| json!({}));
    if let Some(android) = android.as_object_mut() {
        if let Some(seconds) = message.number("TimeToLive") {
            android.insert("ttl".into(), format!("{}s", seconds.max(0)).into());
        }
        if let Some(key) = message.text("CollapseKey") {
            android.insert("collapse_key".into(), key.into());
        }
        if let Some(priority) = message.text("Priority") {
            android.insert("priority".into(), priority.to_ascii_lowercase().into());
        }
    }
    if android.as_object().is_some_and(Map::is_empty) {
        inner.remove("android");
    }
    inner.insert("token".into(), message.address.as_str().into());
    Ok(json!({"message": inner}))
}

fn of_older_form(payload: &Value) -> Map<String, Value> {
    let mut inner = Map::new();
    if let Some(data) = payload.get("data").and_then(Value::as_object) {
        let texts = data.iter().map(|(name, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            (name.clone(), Value::from(text))
        });
        inner.insert("data".into(), texts.collect::<Map<_, _>>().into());
    }
    let mut android = Map::new();
    if let Some(notification) = payload.get("notification").and_then(Value::as_object) {
        let (common, rest): (Vec<_>, Vec<_>) =
            notification.iter().partition(|(name, _)| matches!(name.as_str(), "title" | "body" | "image"));
        let collect = |members: Vec<(&String, &Value)>| -> Map<String, Value> {
            members.into_iter().map(|(name, value)| (name.clone(), value.clone())).collect()
        };
        inner.insert("notification".into(), collect(common).into());
        if !rest.is_empty() {
            android.insert("notification".into(), collect(rest).into());
        }
    }
    if let Some(seconds) = payload.get("time_to_live").and_then(Value::as_u64) {
        android.insert("ttl".into(), format!("{seconds}s").into());
    }
    for name in ["priority", "collapse_key"] {
        if let Some(value) = payload.get(name) {
            android.insert(name.into(), value.clone());
        }
    }
    if !android.is_empty() {
        inner.insert("android".into(), android.into());
    }
    inner
}

/// Google's errors: `UNREGISTERED` means that the token is gone.
fn failure(reply: &Reply) -> Outcome {
    let body = reply.json();
    let error = &body["error"];
    let details = error["details"].as_array().into_iter().flatten();
    let named = details.filter_map(|detail| detail["errorCode"].as_str()).next();
    let name = named.or_else(|| error["status"].as_str()).unwrap_or_default();
    let reason = format!("{name}: {}", error["message"].as_str().unwrap_or_default());
    let code = reply.status;
    match name {
        "UNREGISTERED" => Outcome::Permanent { cause: Cause::Unregistered, code, reason },
        "SENDER_ID_MISMATCH" | "THIRD_PARTY_AUTH_ERROR" => Outcome::Permanent { cause: Cause::Forbidden, code, reason },
        "QUOTA_EXCEEDED" => Outcome::Throttled { after: reply.retry_after(), code, reason },
        _ => reply.failure(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::{Peer, Seen, rsa};
    use hyper::header::HeaderMap;

    fn push(parts: &[(&str, &str)], envelope: Value) -> Outgoing {
        Outgoing {
            channel: "GCM".into(),
            address: "token-1".into(),
            parts: parts.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect(),
            envelope: envelope.as_object().cloned().unwrap_or_default(),
            ..Outgoing::default()
        }
    }

    #[test]
    fn texts_go_as_the_data_that_pinpoint_sent() {
        let message =
            push(&[("Title", "T"), ("Body", "B")], json!({"TimeToLive": "60", "Priority": "HIGH", "Data": {"n": 1}}));
        let expected = json!({"message": {
            "data": {
                "pinpoint.notification.title": "T", "pinpoint.notification.body": "B", "pinpoint.openApp": "true",
                "pinpoint.notification.silentPush": "0", "n": "1",
            },
            "android": {"ttl": "60s", "priority": "high"},
            "token": "token-1",
        }});
        assert_eq!(request(&message).unwrap(), expected);
    }

    #[test]
    fn raw_content_of_both_forms() {
        let older = r#"{"notification":{"title":"T","icon":"i"},"data":{"n":1},"time_to_live":5,"priority":"high"}"#;
        assert_eq!(
            request(&push(&[("RawContent", older)], Value::Null)).unwrap(),
            json!({"message": {
                "data": {"n": "1"}, "notification": {"title": "T"},
                "android": {"notification": {"icon": "i"}, "ttl": "5s", "priority": "high"}, "token": "token-1",
            }})
        );
        let v1 = r#"{"fcmV1Message":{"message":{"notification":{"body":"B"}}}}"#;
        assert_eq!(
            request(&push(&[("RawContent", v1)], Value::Null)).unwrap(),
            json!({"message": {"notification": {"body": "B"}, "token": "token-1"}})
        );
        assert!(request(&push(&[("RawContent", "[]")], Value::Null)).is_err());
        let large = format!(r#"{{"data":{{"x":"{}"}}}}"#, "x".repeat(LARGEST));
        let refused = request(&push(&[("RawContent", &large)], Value::Null)).unwrap_err();
        assert_eq!((refused.delivery_status(), refused.code()), ("PERMANENT_FAILURE", 413));
    }

    #[tokio::test]
    async fn the_peer_sees_a_signed_grant_and_then_messages_over_http_2() {
        let peer = Peer::start(|request| match request.path() {
            "/token" => (200, json!({"access_token": "t-1", "expires_in": 3600})),
            _ if request.body.contains("gone") => (
                404,
                json!({"error": {"status": "NOT_FOUND", "message": "m", "details": [{"errorCode": "UNREGISTERED"}]}}),
            ),
            _ => (200, json!({"name": "projects/shop/messages/1"})),
        })
        .await;
        let (pem, verify) = rsa();
        let account = json!({
            "project_id": "shop", "client_email": "a@shop.example", "private_key_id": "k", "private_key": pem,
            "token_uri": format!("{}/token", peer.url),
        });
        let config =
            config::Fcm { service_account: crate::Secret::Env("X".into()), endpoint_url: Some(peer.url.clone()) };
        let fcm = Fcm::of(&Http::new().unwrap(), &config, &Hidden::new(account.to_string())).unwrap();
        let message = push(&[("Title", "T")], Value::Null);
        let accepted = Ok(Outcome::Accepted { provider_id: Some("projects/shop/messages/1".into()), code: 200 });
        assert_eq!(fcm.send(&message).await, accepted);
        assert_eq!(fcm.send(&message).await, accepted);
        let gone = Outgoing { address: "gone".into(), ..message };
        assert!(matches!(fcm.send(&gone).await, Err(Outcome::Permanent { cause: Cause::Unregistered, .. })));
        let seen = peer.seen();
        let paths: Vec<&str> = seen.iter().map(Seen::path).collect();
        assert_eq!(
            paths,
            [
                "/token",
                "/v1/projects/shop/messages:send",
                "/v1/projects/shop/messages:send",
                "/v1/projects/shop/messages:send"
            ]
        );
        assert!(seen.iter().all(|request| request.version == hyper::Version::HTTP_2));
        let assertion = seen[0].body.split("assertion=").nth(1).unwrap();
        assert!(seen[0].body.starts_with("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant%2Dtype%3Ajwt%2Dbearer&"));
        let claims = verify(assertion);
        assert_eq!((claims["iss"].as_str(), claims["scope"].as_str()), (Some("a@shop.example"), Some(SCOPE)));
        assert_eq!(seen[1].header("authorization"), Some("Bearer t-1"));
        let body: Value = serde_json::from_str(&seen[1].body).unwrap();
        assert_eq!(body["message"]["token"], "token-1");
    }

    #[test]
    fn errors() {
        let outcome =
            |status, body: Value| failure(&Reply { status, headers: HeaderMap::new(), body: body.to_string().into() });
        let detail = |code: &str| json!({"error": {"status": "X", "message": "m", "details": [{"errorCode": code}]}});
        let gone = outcome(404, detail("UNREGISTERED"));
        assert!(matches!(gone, Outcome::Permanent { cause: Cause::Unregistered, .. }));
        assert_eq!(outcome(429, detail("QUOTA_EXCEEDED")).delivery_status(), "THROTTLED");
        assert_eq!(outcome(503, detail("UNAVAILABLE")).delivery_status(), "TEMPORARY_FAILURE");
        assert_eq!(
            outcome(400, json!({"error": {"status": "INVALID_ARGUMENT", "message": "m"}})).reason(),
            "INVALID_ARGUMENT: m"
        );
    }
}
