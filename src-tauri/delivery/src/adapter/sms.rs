//! Text and voice messages through AWS End User Messaging, API v2: `SendTextMessage` and `SendVoiceMessage`.

use serde_json::{Map, Value, json};

use super::{OpenError, WITHIN};
use crate::aws::{self, Aws};
use crate::config::{self, AwsTarget};
use crate::{Http, Outcome, Outgoing};

/// The key that brings our id back with every receipt.
pub const CONTEXT: &str = "waymark-message";

/// AWS End User Messaging SMS and voice.
pub struct EndUserMessaging {
    aws: Aws,
    configuration_set: Option<String>,
    origination: Option<String>,
}

impl EndUserMessaging {
    /// Finds region and credentials.
    pub async fn open(http: &Http, config: &config::EndUserMessaging) -> Result<EndUserMessaging, OpenError> {
        let target = AwsTarget {
            region: config.region.clone(),
            profile: config.profile.clone(),
            endpoint_url: config.endpoint_url.clone(),
        };
        Ok(EndUserMessaging {
            aws: Aws::open(http, &target, "sms-voice", "sms-voice").await?,
            configuration_set: config.configuration_set.clone(),
            origination: config.origination.clone(),
        })
    }

    /// Sends one text or voice message.
    pub async fn send(&self, message: &Outgoing) -> Result<Outcome, Outcome> {
        let (operation, request) = self.request(message);
        let target = format!("PinpointSMSVoiceV2.{operation}");
        let headers = [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", target.as_str())];
        let reply = self.aws.post("/", &headers, request.to_string().into_bytes(), WITHIN).await?;
        if !reply.is_success() {
            return Err(aws::failure(&reply));
        }
        let provider_id = reply.json().get("MessageId").and_then(Value::as_str).map(str::to_owned);
        Ok(Outcome::Accepted { provider_id, code: reply.status })
    }

    fn request(&self, message: &Outgoing) -> (&'static str, Value) {
        let mut request = Map::new();
        let mut put = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                request.insert(name.to_owned(), value.into());
            }
        };
        put("DestinationPhoneNumber", Some(&message.address));
        // journeys.md 3.1: the number wins over the sender id.
        let from = message.text("OriginationNumber").or_else(|| message.text("SenderId"));
        put("OriginationIdentity", from.or(self.origination.as_deref()));
        put("MessageBody", Some(message.part("Body").unwrap_or_default()));
        put("ConfigurationSetName", self.configuration_set.as_deref());
        let operation = if message.channel == "VOICE" {
            let is_markup = message.part("Body").is_some_and(|body| body.trim_start().starts_with("<speak"));
            put("MessageBodyTextType", Some(if is_markup { "SSML" } else { "TEXT" }));
            put("VoiceId", message.text("VoiceId").map(str::to_ascii_uppercase).as_deref());
            "SendVoiceMessage"
        } else {
            put("MessageType", message.text("MessageType"));
            put("Keyword", message.text("Keyword"));
            // What India asks for.
            let india = [("IN_ENTITY_ID", "EntityId"), ("IN_TEMPLATE_ID", "TemplateId")];
            let india: Map<String, Value> = india
                .into_iter()
                .filter_map(|(name, ours)| Some((name.to_owned(), message.text(ours)?.into())))
                .collect();
            if !india.is_empty() {
                request.insert("DestinationCountryParameters".into(), Value::Object(india));
            }
            "SendTextMessage"
        };
        request.insert("Context".into(), json!({CONTEXT: message.id}));
        (operation, Value::Object(request))
    }
}
