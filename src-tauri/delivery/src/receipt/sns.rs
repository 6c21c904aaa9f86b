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
use serde_json::Value;
use webpki::EndEntityCert;
use webpki::types::CertificateDer;

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
#[expect(clippy::unwrap_used, reason = "a test says where it fails")]
mod tests {
    use super::*;
    use aws_lc_rs::encoding::AsDer;
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::rsa::KeySize;
    use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
    use serde_json::json;

    const TOPIC: &str = "arn:aws:sns:eu-central-1:000000000000:mail";
    const CERTIFICATE: &str = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-1.pem";

    struct Known(String);

    impl Fetch for Known {
        fn fetch<'a>(&'a self, _: &'a str) -> Fetched<'a> {
            Box::pin(async move { Ok(self.0.clone()) })
        }
    }

    struct Signer {
        key: RsaKeyPair,
        fetch: Known,
    }

    impl Signer {
        fn new() -> Signer {
            let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
            let pkcs8 = key.as_der().unwrap();
            let key_pair = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(
                &rcgen::PrivateKeyDerBytes::from(AsRef::<[u8]>::as_ref(&pkcs8).to_vec()),
                &rcgen::PKCS_RSA_SHA256,
            )
            .unwrap();
            let params = rcgen::CertificateParams::new(vec!["sns.amazonaws.com".to_owned()]).unwrap();
            Signer { key, fetch: Known(params.self_signed(&key_pair).unwrap().pem()) }
        }

        fn sign(&self, mut envelope: Value) -> Vec<u8> {
            let kind = envelope["Type"].as_str().unwrap().to_owned();
            let text = signed_text(&envelope, &kind);
            let mut signature = vec![0; self.key.public_modulus_len()];
            self.key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
            envelope["Signature"] = STANDARD.encode(signature).into();
            envelope.to_string().into_bytes()
        }
    }

    fn notification() -> Value {
        json!({
            "Type": "Notification", "MessageId": "m-1", "TopicArn": TOPIC, "Message": "{\"a\":1}",
            "Timestamp": "2026-11-30T09:00:00.000Z", "SignatureVersion": "2", "SigningCertURL": CERTIFICATE,
        })
    }

    #[tokio::test]
    async fn what_sns_signed_is_heard_and_nothing_else() {
        let signer = Signer::new();
        let topics = [TOPIC.to_owned()];
        let body = signer.sign(notification());
        let heard = open(&body, &topics, &signer.fetch).await;
        assert_eq!(heard, Ok(Envelope::Notification { id: "m-1".into(), message: json!({"a": 1}) }));

        let mut changed: Value = serde_json::from_slice(&body).unwrap();
        changed["Message"] = "{\"a\":2}".into();
        let changed = changed.to_string().into_bytes();
        assert_eq!(open(&changed, &topics, &signer.fetch).await, Err(Untrusted::Signature));
        assert_eq!(open(&body, &topics, &Signer::new().fetch).await, Err(Untrusted::Signature), "another key");
        assert_eq!(open(&body, &[], &signer.fetch).await, Err(Untrusted::Topic(TOPIC.into())));
        let mut elsewhere = notification();
        elsewhere["SigningCertURL"] = "https://sns.example.com/x.pem".into();
        let elsewhere = open(&signer.sign(elsewhere), &topics, &signer.fetch).await;
        assert_eq!(elsewhere, Err(Untrusted::Elsewhere("https://sns.example.com/x.pem".into())));
        assert!(matches!(open(b"{}", &topics, &signer.fetch).await, Err(Untrusted::Shape(_))));
    }

    #[tokio::test]
    async fn a_subscription_is_confirmed_at_sns_only() {
        let signer = Signer::new();
        let topics = [TOPIC.to_owned()];
        let mut envelope = notification();
        envelope["Type"] = "SubscriptionConfirmation".into();
        envelope["Token"] = "t".into();
        let url = "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription";
        envelope["SubscribeURL"] = url.into();
        let heard = open(&signer.sign(envelope.clone()), &topics, &signer.fetch).await;
        assert_eq!(heard, Ok(Envelope::Confirmation { url: url.into() }));
        envelope["SubscribeURL"] = "https://example.com/".into();
        let heard = open(&signer.sign(envelope), &topics, &signer.fetch).await;
        assert_eq!(heard, Err(Untrusted::Elsewhere("https://example.com/".into())));
    }

    #[test]
    fn addresses_of_sns() {
        for (url, is_one) in [
            (CERTIFICATE, true),
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
