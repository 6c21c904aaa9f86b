//! Push through Amazon Pinpoint's `SendMessages`, which AWS keeps running for those who have their push channels there.

use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::{OpenError, WITHIN};
use crate::aws::{self, Aws};
use crate::config::{self, AwsTarget};
use crate::{Cause, Http, Outcome, Outgoing};

/// Amazon Pinpoint.
pub struct Pinpoint {
    aws: Aws,
    application: String,
}

impl Pinpoint {
    /// Finds region and credentials.
    pub async fn open(http: &Http, config: &config::Pinpoint) -> Result<Pinpoint, OpenError> {
        let target = AwsTarget {
            region: config.region.clone(),
            profile: config.profile.clone(),
            endpoint_url: config.endpoint_url.clone(),
        };
        let aws = Aws::open(http, &target, "mobiletargeting", "pinpoint").await?;
        Ok(Pinpoint { aws, application: config.application_id.clone() })
    }

    /// Sends one push message.
    pub async fn send(&self, message: &Outgoing) -> Result<Outcome, Outcome> {
        let application = utf8_percent_encode(&self.application, NON_ALPHANUMERIC);
        let path = format!("/v1/apps/{application}/messages");
        let body = request(message).to_string().into_bytes();
        let reply = self.aws.post(&path, &[("content-type", "application/json")], body, WITHIN).await?;
        if !reply.is_success() {
            return Err(aws::failure(&reply));
        }
        outcome(&reply.json()["Result"][&message.address])
    }
}

/// `MessageRequest`: parts and envelope are members of the channel's own message already.
fn request(message: &Outgoing) -> Value {
    let member = match message.channel.as_str() {
        "GCM" => "GCMMessage",
        "ADM" => "ADMMessage",
        "BAIDU" => "BaiduMessage",
        _ => "APNSMessage",
    };
    // What each message has, by channel; the rest of the envelope belongs to none of them.
    let known: &[&str] = match member {
        "GCMMessage" => &[
            "CollapseKey",
            "Data",
            "IconReference",
            "PreferredAuthenticationMethod",
            "Priority",
            "RestrictedPackageName",
            "SilentPush",
            "TimeToLive",
        ],
        "ADMMessage" => &["ConsolidationKey", "Data", "ExpiresAfter", "IconReference", "MD5", "SilentPush"],
        "BaiduMessage" => &["Data", "IconReference", "SilentPush", "TimeToLive"],
        _ => &[
            "APNSPushType",
            "Badge",
            "Category",
            "CollapseId",
            "Data",
            "PreferredAuthenticationMethod",
            "Priority",
            "SilentPush",
            "ThreadId",
            "TimeToLive",
        ],
    };
    let mut content: Map<String, Value> =
        message.parts.iter().map(|(name, text)| (name.clone(), Value::from(text.as_str()))).collect();
    let given = message.envelope.iter().filter(|(name, _)| known.contains(&name.as_str()));
    content.extend(given.map(|(name, value)| (name.clone(), value.clone())));
    if let Some(seconds) = message.number("TimeToLive").filter(|_| content.contains_key("TimeToLive")) {
        content.insert("TimeToLive".into(), seconds.into());
    }
    json!({
        "Addresses": {message.address.as_str(): {"ChannelType": message.channel}},
        "MessageConfiguration": {member: content},
        "TraceId": message.id,
    })
}

/// What `MessageResult` says (api.md 8).
fn outcome(result: &Value) -> Result<Outcome, Outcome> {
    let status = result["DeliveryStatus"].as_str().unwrap_or_default();
    let code = result["StatusCode"].as_u64().and_then(|code| u16::try_from(code).ok()).unwrap_or(0);
    let reason = result["StatusMessage"].as_str().unwrap_or(status).to_owned();
    let provider_id = result["MessageId"].as_str().map(str::to_owned);
    match status {
        "SUCCESSFUL" | "DUPLICATE" => Ok(Outcome::Accepted { provider_id, code }),
        "THROTTLED" => Err(Outcome::Throttled { after: None::<Duration>, code, reason }),
        "TEMPORARY_FAILURE" | "UNKNOWN_FAILURE" | "" => Err(Outcome::Temporary { code, reason }),
        "OPT_OUT" => Err(Outcome::Permanent { cause: Cause::OptedOut, code, reason }),
        _ if code == 410 => Err(Outcome::Permanent { cause: Cause::Unregistered, code, reason }),
        _ => Err(Outcome::Permanent { cause: Cause::Invalid, code, reason }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::operations::OPERATIONS;
    use model::shapes::{self, SHAPES};

    #[test]
    fn the_request_has_the_shape_of_the_api() {
        let shape = OPERATIONS.iter().find(|operation| operation.name == "SendMessages").unwrap().request.unwrap();
        for channel in ["GCM", "APNS", "APNS_VOIP_SANDBOX", "ADM", "BAIDU"] {
            let message = Outgoing {
                id: "i".into(),
                channel: channel.into(),
                address: "t".into(),
                parts: vec![
                    ("Title".into(), "T".into()),
                    ("Body".into(), "B".into()),
                    ("Action".into(), "OPEN_APP".into()),
                ],
                envelope: json!({"TimeToLive": "60", "Data": {"a": "b"}, "DeliveryUri": "x"})
                    .as_object()
                    .cloned()
                    .unwrap(),
                ..Outgoing::default()
            };
            assert!(shapes::check(&SHAPES[shape], &request(&message)).is_empty(), "{channel}: {}", request(&message));
        }
    }

    #[test]
    fn results() {
        let status = |word: &str, code: u16| {
            let result = json!({"DeliveryStatus": word, "StatusCode": code, "StatusMessage": "m", "MessageId": "1"});
            outcome(&result).unwrap_or_else(|failure| failure)
        };
        assert_eq!(status("SUCCESSFUL", 200), Outcome::Accepted { provider_id: Some("1".into()), code: 200 });
        for word in ["THROTTLED", "TEMPORARY_FAILURE", "PERMANENT_FAILURE", "OPT_OUT"] {
            assert_eq!(status(word, 400).delivery_status(), word);
        }
        assert!(matches!(status("PERMANENT_FAILURE", 410), Outcome::Permanent { cause: Cause::Unregistered, .. }));
        assert_eq!(outcome(&Value::Null).unwrap_err().delivery_status(), "TEMPORARY_FAILURE");
    }
}
