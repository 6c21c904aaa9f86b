//! Push through Apple's Push Notification service, HTTP/2, with a token of the team.

use std::time::Duration;

use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use serde_json::{Value, json};

use super::held::Held;
use super::jwt::Key;
use super::{OpenError, WITHIN, payload};
use crate::config;
use crate::http::{Http, Reply, Version};
use crate::{Cause, Hidden, Outcome, Outgoing};

/// Largest payload, bytes (templates.md 5).
const LARGEST: usize = 4096;
/// Apple takes a token for at most an hour, and another no sooner than after 20 minutes.
const LASTS: Duration = Duration::from_secs(50 * 60);

/// Names and values.
type Headers = Vec<(&'static str, String)>;

/// Apple Push Notification service.
pub struct Apns {
    http: Http,
    endpoint: Option<String>,
    topic: String,
    key_id: String,
    team_id: String,
    key: Key,
    token: Held,
}

impl Apns {
    /// Reads the signing key.
    pub async fn open(http: &Http, config: &config::Apns) -> Result<Apns, OpenError> {
        Apns::of(http, config, &config.key.read().await?)
    }

    /// With the signing key at hand.
    fn of(http: &Http, config: &config::Apns, key: &Hidden) -> Result<Apns, OpenError> {
        let key = Key::ec(key.reveal());
        let key = key.ok_or_else(|| OpenError::Unusable("`key`: expected the PEM text of a .p8 file".into()))?;
        Ok(Apns {
            http: http.clone(),
            endpoint: config.endpoint_url.as_deref().map(|url| url.trim_end_matches('/').to_owned()),
            topic: config.topic.clone(),
            key_id: config.key_id.clone(),
            team_id: config.team_id.clone(),
            key,
            token: Held::default(),
        })
    }

    /// Sends one push message; Apple knows it by our own id, and shows it once however often it comes.
    pub async fn send(&self, message: &Outgoing) -> Result<Outcome, Outcome> {
        let (headers, body) = self.request(message)?;
        let token = self.token().await?;
        let mut request = Request::post(format!("{}/3/device/{}", self.host(&message.channel), device(message)?))
            .header("authorization", format!("bearer {}", token.reveal()));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = request.body(Full::new(Bytes::from(body)));
        let request = request.map_err(|error| Outcome::invalid(error.to_string()))?;
        let reply = self.http.send(request, Version::Two, WITHIN).await?;
        if !reply.is_success() {
            let outcome = failure(&reply);
            if matches!(outcome, Outcome::Temporary { code: 403, .. }) {
                self.token.forget().await;
            }
            return Err(outcome);
        }
        let provider_id = reply.header("apns-id").map(str::to_owned);
        Ok(Outcome::Accepted { provider_id, code: reply.status })
    }

    fn host(&self, channel: &str) -> &str {
        match &self.endpoint {
            Some(endpoint) => endpoint,
            None if channel.ends_with("_SANDBOX") => "https://api.sandbox.push.apple.com",
            None => "https://api.push.apple.com",
        }
    }

    /// The headers of a message and its body.
    fn request(&self, message: &Outgoing) -> Result<(Headers, String), Outcome> {
        let mut payload = payload(message, "APNS", LARGEST)?;
        if let (Some(data), Some(members)) =
            (message.envelope.get("Data").and_then(Value::as_object), payload.as_object_mut())
        {
            let place = members.entry("data").or_insert_with(|| json!({}));
            if let Some(place) = place.as_object_mut() {
                place.extend(data.iter().map(|(name, value)| (name.clone(), value.clone())));
            }
        }
        let aps = &payload["aps"];
        let is_silent = aps["content-available"] == 1 && aps.get("alert").is_none();
        let is_voip = message.channel.starts_with("APNS_VOIP");
        let kind = message.text("APNSPushType").unwrap_or(match (is_voip, is_silent) {
            (true, _) => "voip",
            (false, true) => "background",
            (false, false) => "alert",
        });
        let topic = if is_voip { format!("{}.voip", self.topic) } else { self.topic.clone() };
        // A push in the background must not ask to be shown at once.
        let priority = message.text("Priority").unwrap_or(if is_silent { "5" } else { "10" });
        let mut headers = vec![
            ("apns-topic", topic),
            ("apns-push-type", kind.to_owned()),
            ("apns-priority", priority.to_owned()),
            ("apns-id", uuid(&message.id)),
        ];
        if let Some(seconds) = message.number("TimeToLive") {
            // 0 = deliver at once or never.
            let until = if seconds <= 0 { 0 } else { (message.at / 1000).saturating_add(seconds) };
            headers.push(("apns-expiration", until.to_string()));
        }
        if let Some(id) = message.text("CollapseId") {
            headers.push(("apns-collapse-id", id.to_owned()));
        }
        Ok((headers, payload.to_string()))
    }

    async fn token(&self) -> Result<Hidden, Outcome> {
        let made = async |now: u64| {
            let header = json!({"alg": "ES256", "kid": self.key_id});
            let token = self.key.token(&header, &json!({"iss": self.team_id, "iat": now}));
            let token = token.ok_or_else(|| Outcome::invalid("the token cannot be signed"))?;
            Ok((Hidden::new(token), LASTS))
        };
        self.token.token(made).await
    }
}

/// The device token, which becomes part of a path.
fn device(message: &Outgoing) -> Result<&str, Outcome> {
    let token = message.address.as_str();
    if !token.is_empty() && token.bytes().all(|letter| letter.is_ascii_alphanumeric()) {
        return Ok(token);
    }
    let reason = "the address is not a device token".to_owned();
    Err(Outcome::Permanent { cause: Cause::Invalid, code: 400, reason })
}

/// 32 hexadecimal characters as Apple writes ids: `8-4-4-4-12`.
fn uuid(id: &str) -> String {
    let part = |from: usize, to: usize| id.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

/// Apple's reasons.
fn failure(reply: &Reply) -> Outcome {
    let body = reply.json();
    let reason = body["reason"].as_str().map_or_else(|| format!("status {}", reply.status), str::to_owned);
    let code = reply.status;
    match (code, reason.as_str()) {
        (410, _) | (400, "BadDeviceToken" | "DeviceTokenNotForTopic") => {
            Outcome::Permanent { cause: Cause::Unregistered, code, reason }
        }
        (403, "ExpiredProviderToken") => Outcome::Temporary { code, reason },
        _ => reply.failure(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::{Peer, Seen, ec};
    use hyper::header::HeaderMap;

    #[tokio::test]
    async fn the_peer_sees_what_apple_asks_for_over_http_2() {
        let peer = Peer::start(|request| match request.path() {
            "/3/device/dead" => (410, json!({"reason": "Unregistered"})),
            "/3/device/busy" => (429, json!({"reason": "TooManyRequests"})),
            _ => (200, Value::Null),
        })
        .await;
        let (pem, verify) = ec();
        let config = config::Apns {
            key: crate::Secret::Env("X".into()),
            key_id: "KEY".into(),
            team_id: "TEAM".into(),
            topic: "com.example.shop".into(),
            endpoint_url: Some(peer.url.clone()),
        };
        let apns = Apns::of(&Http::new().unwrap(), &config, &Hidden::new(pem)).unwrap();
        let message = Outgoing {
            id: "0123456789abcdef0123456789abcdef".into(),
            channel: "APNS".into(),
            address: "00ff".into(),
            at: 1_796_029_200_000,
            parts: vec![("Title".into(), "T".into()), ("Body".into(), "B".into())],
            envelope: json!({"TimeToLive": 60, "CollapseId": "c"}).as_object().cloned().unwrap(),
            ..Outgoing::default()
        };
        // The provider names the message by our id, which it was given: a second attempt is the same message.
        let accepted = Ok(Outcome::Accepted { provider_id: None, code: 200 });
        assert_eq!(apns.send(&message).await, accepted);
        let voip = Outgoing { channel: "APNS_VOIP".into(), ..message.clone() };
        assert_eq!(apns.send(&voip).await, accepted);
        let silent = r#"{"aps":{"content-available":1}}"#;
        let silent = Outgoing { parts: vec![("RawContent".into(), silent.into())], ..message.clone() };
        assert_eq!(apns.send(&silent).await, accepted);
        let to = |address: &str| Outgoing { address: address.into(), ..message.clone() };
        let dead = apns.send(&to("dead")).await;
        assert!(matches!(dead, Err(Outcome::Permanent { cause: Cause::Unregistered, code: 410, .. })));
        assert!(matches!(apns.send(&to("busy")).await, Err(Outcome::Throttled { code: 429, .. })));

        let seen = peer.seen();
        assert!(seen.iter().all(|request| request.version == hyper::Version::HTTP_2));
        let headers = |seen: &Seen| {
            ["apns-topic", "apns-push-type", "apns-priority", "apns-expiration", "apns-collapse-id", "apns-id"]
                .map(|name| seen.header(name).unwrap().to_owned())
        };
        let id = "01234567-89ab-cdef-0123-456789abcdef";
        assert_eq!(headers(&seen[0]), ["com.example.shop", "alert", "10", "1796029260", "c", id]);
        assert_eq!(headers(&seen[1])[..2], ["com.example.shop.voip", "voip"]);
        assert_eq!(headers(&seen[2])[1..3], ["background", "5"]);
        assert_eq!(seen[0].body, r#"{"aps":{"alert":{"title":"T","body":"B"}}}"#);
        let claims = verify(seen[0].header("authorization").unwrap().strip_prefix("bearer ").unwrap());
        assert_eq!(claims["iss"], "TEAM");
    }

    #[test]
    fn reasons() {
        let outcome = |status, reason: &str| {
            let body = json!({"reason": reason}).to_string().into();
            failure(&Reply { status, headers: HeaderMap::new(), body })
        };
        for (status, reason) in [(410, "Unregistered"), (400, "BadDeviceToken")] {
            let gone = outcome(status, reason);
            assert!(matches!(gone, Outcome::Permanent { cause: Cause::Unregistered, .. }), "{reason}");
        }
        assert_eq!(outcome(429, "TooManyRequests").delivery_status(), "THROTTLED");
        assert_eq!(outcome(403, "ExpiredProviderToken").delivery_status(), "TEMPORARY_FAILURE");
        assert_eq!(outcome(403, "InvalidProviderToken").delivery_status(), "PERMANENT_FAILURE");
        assert_eq!(outcome(503, "ServiceUnavailable").delivery_status(), "TEMPORARY_FAILURE");
        assert_eq!(outcome(413, "PayloadTooLarge").delivery_status(), "PERMANENT_FAILURE");
    }

    #[test]
    fn ids_and_tokens() {
        assert_eq!(uuid("0123456789abcdef0123456789abcdef"), "01234567-89ab-cdef-0123-456789abcdef");
        let at = |address: &str| Outgoing { address: address.into(), ..Outgoing::default() };
        assert!(device(&at("00ff")).is_ok());
        assert!(device(&at("")).is_err() && device(&at("../x")).is_err());
    }
}
