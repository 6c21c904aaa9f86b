//! The adapters: one file for each way out.

mod apns;
mod fcm;
mod held;
mod jwt;
mod pinpoint;
mod ses;
mod sms;
mod smtp;

use std::time::Duration;

use templates::Rendered;

use crate::config::AdapterConfig;
use crate::{Http, Outcome, Outgoing, SecretError};

/// Longest wait for an answer to a message.
const WITHIN: Duration = Duration::from_secs(30);

/// Why an adapter cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A secret is not there.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// AWS is to be asked, and nobody says in which region.
    #[error("no AWS region is known; write `region`, or set AWS_REGION")]
    NoRegion,
    /// AWS is to be asked, and there is no way to credentials.
    #[error("no AWS credentials are known; name a `profile`, or set them in the environment")]
    NoCredentials,
    /// A secret is there, and not what it should be. Says what it should be, not what it is.
    #[error("{0}")]
    Unusable(String),
}

/// What a channel's messages go through.
pub enum Adapter {
    /// A mail server.
    Smtp(Box<smtp::Smtp>),
    /// Amazon SES.
    Ses(Box<ses::Ses>),
    /// AWS End User Messaging SMS and voice.
    EndUserMessaging(Box<sms::EndUserMessaging>),
    /// Firebase Cloud Messaging.
    Fcm(Box<fcm::Fcm>),
    /// Apple Push Notification service.
    Apns(Box<apns::Apns>),
    /// Amazon Pinpoint's `SendMessages`.
    Pinpoint(Box<pinpoint::Pinpoint>),
}

impl Adapter {
    /// Reads secrets and makes the adapter ready; asks nobody else yet.
    ///
    /// # Errors
    /// When a secret, a region or credentials are missing.
    pub async fn open(http: &Http, config: &AdapterConfig) -> Result<Adapter, OpenError> {
        Ok(match config {
            AdapterConfig::Smtp(config) => Adapter::Smtp(Box::new(smtp::Smtp::open(http, config).await?)),
            AdapterConfig::Ses(config) => Adapter::Ses(Box::new(ses::Ses::open(http, config).await?)),
            AdapterConfig::EndUserMessaging(config) => {
                Adapter::EndUserMessaging(Box::new(sms::EndUserMessaging::open(http, config).await?))
            }
            AdapterConfig::Fcm(config) => Adapter::Fcm(Box::new(fcm::Fcm::open(http, config).await?)),
            AdapterConfig::Apns(config) => Adapter::Apns(Box::new(apns::Apns::open(http, config).await?)),
            AdapterConfig::Pinpoint(config) => {
                Adapter::Pinpoint(Box::new(pinpoint::Pinpoint::open(http, config).await?))
            }
        })
    }

    /// Hands one message over. Never repeats by itself.
    pub async fn send(&self, message: &Outgoing) -> Outcome {
        let outcome = match self {
            Adapter::Smtp(adapter) => adapter.send(message).await,
            Adapter::Ses(adapter) => adapter.send(message).await,
            Adapter::EndUserMessaging(adapter) => adapter.send(message).await,
            Adapter::Fcm(adapter) => adapter.send(message).await,
            Adapter::Apns(adapter) => adapter.send(message).await,
            Adapter::Pinpoint(adapter) => adapter.send(message).await,
        };
        outcome.unwrap_or_else(|failure| failure)
    }
}

/// The payload of a push message, as templates.md 5 limits it.
fn payload(message: &Outgoing, service: &str, largest: usize) -> Result<serde_json::Value, Outcome> {
    let text = templates::push_payload(service, &Rendered { parts: message.parts.clone() });
    if text.len() > largest {
        // templates.md 5: over-size push is a permanent failure (chosen there).
        let reason = format!("the payload has {} bytes, {service} takes {largest}", text.len());
        return Err(Outcome::Permanent { cause: crate::Cause::Invalid, code: 413, reason });
    }
    match serde_json::from_str(&text) {
        Ok(payload @ serde_json::Value::Object(_)) => Ok(payload),
        _ => Err(Outcome::invalid("`RawContent` is not a JSON object")),
    }
}
