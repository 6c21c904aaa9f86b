//! The envelope of Amazon SNS and its signature.
//!
//! A certificate is believed when SNS itself serves it: over https from `sns.REGION.amazonaws.com`. A topic is heard when
//! the settings name it: everybody can sign with a topic of their own.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Request, Uri};
use rustls::pki_types::CertificateDer;
use serde_json::Value;
use webpki::EndEntityCert;

use super::text;
use crate::Http;
use crate::http::Version;

/// A document that was asked for, or why there is none.
pub type Fetched<'a> = Pin<Box<dyn Future<Output = Result<String, String>> + Send + 'a>>;

/// Fetches what an envelope points to: certificates, and the address that confirms a subscription. A trait, so that tests
/// need no network.
pub trait Fetch: Send + Sync {
    /// The text at an address that [`is_of_sns`] has passed.
    fn fetch<'a>(&'a self, url: &'a str) -> Fetched<'a>;
}

impl Fetch for Http {
    fn fetch<'a>(&'a self, url: &'a str) -> Fetched<'a> {
        Box::pin(async move {
            let request = Request::get(url).body(Full::new(Bytes::new())).map_err(|error| error.to_string())?;
            let reply = self.send(request, Version::Either, Duration::from_secs(10)).await;
            let reply = reply.map_err(|outcome| outcome.reason().to_owned())?;
            if !reply.is_success() {
                return Err(format!("status {}", reply.status));
            }
            String::from_utf8(reply.body.to_vec()).map_err(|_| "the answer is not text".to_owned())
        })
    }
}

/// What an envelope turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Envelope {
    /// A message of a topic.
    Notification {
        /// `MessageId`: the same when it comes again.
        id: String,
        /// `Message` as JSON.
        message: Value,
    },
    /// The topic asks whether we want to hear it; a request to this address says yes.
    Confirmation {
        /// `SubscribeURL`
        url: String,
    },
    /// The topic tells that the subscription has ended.
    Ended,
}

/// Why an envelope is not heard.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Untrusted {
    /// It is no envelope.
    #[error("the body is no envelope of SNS: {0}")]
    Shape(String),
    /// Its topic is not in the settings.
    #[error("the topic `{0}` is not heard; name it in `topics` of [receipts]")]
    Topic(String),
    /// It points elsewhere than to SNS.
    #[error("`{0}` is not an address of SNS")]
    Elsewhere(String),
    /// The certificate is not there, for now.
    #[error("the certificate could not be fetched: {0}")]
    Certificate(String),
    /// The signature is wrong.
    #[error("the signature is wrong")]
    Signature,
}

/// Reads an envelope and checks that SNS signed it.
///
/// # Errors
/// Why it is not heard.
pub async fn open(body: &[u8], topics: &[String], fetch: &dyn Fetch) -> Result<Envelope, Untrusted> {
    let shape = |what: &str| Untrusted::Shape(what.to_owned());
    let envelope: Value = serde_json::from_slice(body).map_err(|_| shape("it is not JSON"))?;
    let needed = |name: &str| text(&envelope, name).ok_or_else(|| shape(&format!("`{name}` is missing")));
    let (kind, topic, certificate) = (needed("Type")?, needed("TopicArn")?, needed("SigningCertURL")?);
    if !topics.iter().any(|heard| heard == topic) {
        return Err(Untrusted::Topic(topic.to_owned()));
    }
    if !is_of_sns(certificate) {
        return Err(Untrusted::Elsewhere(certificate.to_owned()));
    }
    let signature = STANDARD.decode(needed("Signature")?).map_err(|_| Untrusted::Signature)?;
    let signed = signed_text(&envelope, kind);
    let pem = fetch.fetch(certificate).await.map_err(Untrusted::Certificate)?;
    let key = public_key(&pem).ok_or_else(|| Untrusted::Certificate("it is no certificate in PEM".into()))?;
    let algorithm = match needed("SignatureVersion")? {
        "1" => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
        "2" => &RSA_PKCS1_2048_8192_SHA256,
        _ => return Err(Untrusted::Signature),
    };
    let key = UnparsedPublicKey::new(algorithm, key);
    key.verify(signed.as_bytes(), &signature).map_err(|_| Untrusted::Signature)?;
    match kind {
        "Notification" => {
            let message = serde_json::from_str(needed("Message")?).map_err(|_| shape("`Message` is not JSON"))?;
            Ok(Envelope::Notification { id: needed("MessageId")?.to_owned(), message })
        }
        "SubscriptionConfirmation" => {
            let url = needed("SubscribeURL")?;
            if is_of_sns(url) {
                Ok(Envelope::Confirmation { url: url.to_owned() })
            } else {
                Err(Untrusted::Elsewhere(url.to_owned()))
            }
        }
        "UnsubscribeConfirmation" => Ok(Envelope::Ended),
        _ => Err(shape("its `Type` is unknown")),
    }
}

/// Whether an address is one of SNS: https, and a host `sns.REGION.amazonaws.com` or `….com.cn`.
pub fn is_of_sns(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let host = uri.host().unwrap_or_default();
    let region = host
        .strip_prefix("sns.")
        .and_then(|rest| rest.strip_suffix(".amazonaws.com").or_else(|| rest.strip_suffix(".amazonaws.com.cn")));
    let plain = |region: &str| {
        !region.is_empty() && region.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'-')
    };
    // A port or a user before the host would be part of the authority.
    uri.scheme_str() == Some("https")
        && uri.authority().is_some_and(|authority| authority.as_str() == host)
        && region.is_some_and(plain)
}

/// What SNS signs: names and values in this order, a line each.
fn signed_text(envelope: &Value, kind: &str) -> String {
    let names: &[&str] = if kind == "Notification" {
        &["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
    } else {
        &["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    };
    let lines = names.iter().filter_map(|name| Some(format!("{name}\n{}\n", envelope.get(*name)?.as_str()?)));
    lines.collect()
}

/// The public key of a certificate (PEM), as DER.
fn public_key(pem: &str) -> Option<Vec<u8>> {
    let body = pem.split_once("-----BEGIN CERTIFICATE-----")?.1.split_once("-----END CERTIFICATE-----")?.0;
    let der = CertificateDer::from(STANDARD.decode(body.split_whitespace().collect::<String>()).ok()?);
    let certificate = EndEntityCert::try_from(&der).ok()?;
    Some(certificate.subject_public_key_info().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Envelopes below `sns/` are signed with the key of the certificate there, which was made for this and thrown away.
    const TOPIC: &str = "arn:aws:sns:eu-central-1:000000000000:mail";
    const CERTIFICATE: &str = include_str!("sns/certificate.pem");
    const BOUNCE: &str = include_str!("sns/bounce.json");

    struct Known(&'static str);

    impl Fetch for Known {
        fn fetch<'a>(&'a self, _: &'a str) -> Fetched<'a> {
            Box::pin(async move { Ok(self.0.to_owned()) })
        }
    }

    async fn heard(body: &str, topics: &[&str]) -> Result<Envelope, Untrusted> {
        let topics: Vec<String> = topics.iter().map(|topic| (*topic).to_owned()).collect();
        open(body.as_bytes(), &topics, &Known(CERTIFICATE)).await
    }

    #[tokio::test]
    async fn what_sns_signed_is_heard_and_nothing_else() {
        for body in [BOUNCE, include_str!("sns/bounce_sha1.json")] {
            let Ok(Envelope::Notification { id, message }) = heard(body, &[TOPIC]).await else { panic!("{body}") };
            assert_eq!((id.as_str(), &message["notificationType"]), ("m-1", &Value::from("Bounce")));
        }
        let changed = BOUNCE.replace("ann@x.example", "eve@x.example");
        assert_eq!(heard(&changed, &[TOPIC]).await, Err(Untrusted::Signature));
        let downgraded = BOUNCE.replace(r#""SignatureVersion": "2""#, r#""SignatureVersion": "1""#);
        assert_eq!(heard(&downgraded, &[TOPIC]).await, Err(Untrusted::Signature));
        assert_eq!(heard(BOUNCE, &["arn:aws:sns:eu-central-1:1:other"]).await, Err(Untrusted::Topic(TOPIC.into())));
        let elsewhere = BOUNCE.replace("https://sns.eu-central-1.amazonaws.com/", "https://sns.example.com/");
        assert!(matches!(heard(&elsewhere, &[TOPIC]).await, Err(Untrusted::Elsewhere(_))));
        assert!(matches!(heard("{}", &[TOPIC]).await, Err(Untrusted::Shape(_))));
        let no_certificate = open(BOUNCE.as_bytes(), &[TOPIC.to_owned()], &Known("x")).await;
        assert!(matches!(no_certificate, Err(Untrusted::Certificate(_))));
    }

    #[tokio::test]
    async fn a_subscription_is_confirmed_at_sns_only() {
        let Ok(Envelope::Confirmation { url }) = heard(include_str!("sns/confirmation.json"), &[TOPIC]).await else {
            panic!("the envelope is signed")
        };
        assert!(url.starts_with("https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription"), "{url}");
        let elsewhere = heard(include_str!("sns/confirmation_elsewhere.json"), &[TOPIC]).await;
        assert_eq!(elsewhere, Err(Untrusted::Elsewhere("https://example.com/?Token=t".into())));
    }

    #[test]
    fn addresses_of_sns() {
        for (url, is_one) in [
            ("https://sns.eu-central-1.amazonaws.com/x.pem", true),
            ("https://sns.cn-north-1.amazonaws.com.cn/x.pem", true),
            ("http://sns.eu-central-1.amazonaws.com/x.pem", false),
            ("https://sns.eu-central-1.amazonaws.com.example.com/x.pem", false),
            ("https://sns.eu.x.amazonaws.com/x.pem", false),
            ("https://bucket.s3.amazonaws.com/x.pem", false),
            ("https://sns.eu-central-1.amazonaws.com@example.com/x.pem", false),
            ("https://sns.eu-central-1.amazonaws.com:8443/x.pem", false),
            ("", false),
        ] {
            assert_eq!(is_of_sns(url), is_one, "{url}");
        }
    }
}
