//! Mail through Amazon SES, API v2: `SendEmail` with the finished mail.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::{OpenError, WITHIN};
use crate::aws::{self, Aws};
use crate::config::{self, AwsTarget};
use crate::{Http, Outcome, Outgoing, attachment, mime};

/// The tag that brings our id back with every notification.
pub const TAG: &str = "waymark-message";

/// Amazon SES.
pub struct Ses {
    aws: Aws,
    http: Http,
    configuration_set: Option<String>,
    from: Option<String>,
    attachments: Vec<String>,
}

impl Ses {
    /// Finds region and credentials.
    pub async fn open(http: &Http, config: &config::Ses) -> Result<Ses, OpenError> {
        let target = AwsTarget {
            region: config.region.clone(),
            profile: config.profile.clone(),
            endpoint_url: config.endpoint_url.clone(),
        };
        Ok(Ses {
            aws: Aws::open(http, &target, "ses", "email").await?,
            http: http.clone(),
            configuration_set: config.configuration_set.clone(),
            from: config.from.clone(),
            attachments: config.attachments.clone(),
        })
    }

    /// Sends one mail.
    pub async fn send(&self, message: &Outgoing) -> Result<Outcome, Outcome> {
        let attachments = attachment::fetch(&self.http, message, &self.attachments).await?;
        let body = self.request(message, &attachments).map_err(Outcome::invalid)?.to_string().into_bytes();
        let headers = [("content-type", "application/json")];
        let reply = self.aws.post("/v2/email/outbound-emails", &headers, body, WITHIN).await?;
        if !reply.is_success() {
            return Err(aws::failure(&reply));
        }
        let provider_id = reply.json().get("MessageId").and_then(Value::as_str).map(str::to_owned);
        Ok(Outcome::Accepted { provider_id, code: reply.status })
    }

    /// `SendEmailRequest`
    fn request(&self, message: &Outgoing, attachments: &[attachment::Attachment]) -> Result<Value, String> {
        let from = self.from.as_deref();
        let source = mime::source(message, from, attachments)?;
        let mut request = Map::new();
        if let Ok(sender) = mime::sender(message, from) {
            request.insert("FromEmailAddress".into(), sender.to_string().into());
        }
        request.insert("Destination".into(), json!({"ToAddresses": [message.address]}));
        request.insert("Content".into(), json!({"Raw": {"Data": STANDARD.encode(source)}}));
        if let Some(address) = message.text("FeedbackForwardingAddress") {
            request.insert("FeedbackForwardingEmailAddress".into(), address.into());
        }
        if let Some(set) = &self.configuration_set {
            request.insert("ConfigurationSetName".into(), set.as_str().into());
        }
        request.insert("EmailTags".into(), json!([{"Name": TAG, "Value": message.id}]));
        Ok(Value::Object(request))
    }
}
