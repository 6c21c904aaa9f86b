//! Mail through a mail server (SMTP, RFC 5321), with connections that are kept open.

use lettre::address::Envelope;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::{Error, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use super::{OpenError, WITHIN};
use crate::config::{self, Security};
use crate::{Cause, Http, Outcome, Outgoing, attachment, mime};

/// A mail server.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    http: Http,
    from: Option<String>,
    attachments: Vec<String>,
}

impl Smtp {
    /// Reads the password; connects with the first message.
    pub async fn open(http: &Http, config: &config::Smtp) -> Result<Smtp, OpenError> {
        let parameters = || {
            let parameters = TlsParameters::new(config.host.clone());
            parameters
                .map_err(|error| OpenError::Unusable(format!("`{}` cannot be a TLS server: {error}", config.host)))
        };
        let (tls, port) = match config.security {
            Security::StartTls => (Tls::Required(parameters()?), 587),
            Security::Tls => (Tls::Wrapper(parameters()?), 465),
            Security::None => (Tls::None, 587),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host)
            .port(config.port.unwrap_or(port))
            .tls(tls)
            .timeout(Some(WITHIN))
            .pool_config(PoolConfig::new());
        if let (Some(username), Some(password)) = (&config.username, &config.password) {
            let password = password.read().await?;
            builder = builder.credentials(Credentials::new(username.clone(), password.reveal().to_owned()));
        }
        Ok(Smtp {
            transport: builder.build(),
            http: http.clone(),
            from: config.from.clone(),
            attachments: config.attachments.clone(),
        })
    }

    /// Sends one mail. Bounces go to `FeedbackForwardingAddress` when the message has one.
    pub async fn send(&self, message: &Outgoing) -> Result<Outcome, Outcome> {
        let attachments = attachment::fetch(&self.http, message, &self.attachments).await?;
        let from = self.from.as_deref();
        let source = mime::source(message, from, &attachments).map_err(Outcome::invalid)?;
        let to = mime::mailbox("the address", &message.address).map_err(Outcome::invalid)?;
        let back = match message.text("FeedbackForwardingAddress") {
            Some(address) => mime::mailbox("FeedbackForwardingAddress", address),
            None => mime::sender(message, from),
        };
        let back = back.map_err(Outcome::invalid)?;
        let envelope = Envelope::new(Some(back.email), vec![to.email]);
        let envelope = envelope.map_err(|error| Outcome::invalid(error.to_string()))?;
        match self.transport.send_raw(&envelope, &source).await {
            Ok(response) => {
                // The server's words often hold its queue id; what receipts name is our own id, in Message-ID.
                let code = u16::from(response.code());
                Ok(Outcome::Accepted { provider_id: Some(message.id.clone()), code })
            }
            Err(error) => Err(failure(&error)),
        }
    }
}

/// 4xx passes, 421, 450, 451 and 452 above all (events-and-analytics.md 2); 5xx does not, but for those about who we are.
fn failure(error: &Error) -> Outcome {
    let code = error.status().map_or(0, u16::from);
    outcome(code, chain(error))
}

fn outcome(code: u16, reason: String) -> Outcome {
    match code {
        421 | 452 => Outcome::Throttled { after: None, code, reason },
        0..=499 => Outcome::Temporary { code, reason },
        // 530, 534, 535, 538: we must say who we are, or are not believed.
        530 | 534 | 535 | 538 => Outcome::Permanent { cause: Cause::Forbidden, code, reason },
        _ => Outcome::Permanent { cause: Cause::Invalid, code, reason },
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        let rows = [0, 421, 450, 451, 452, 535, 550, 552].map(|code| outcome(code, String::new()).delivery_status());
        let (temporary, permanent) = ("TEMPORARY_FAILURE", "PERMANENT_FAILURE");
        assert_eq!(rows, [temporary, "THROTTLED", temporary, temporary, "THROTTLED", permanent, permanent, permanent]);
        assert!(matches!(outcome(535, String::new()), Outcome::Permanent { cause: Cause::Forbidden, .. }));
    }
}
