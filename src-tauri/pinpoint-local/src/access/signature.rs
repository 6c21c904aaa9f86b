//! Signature Version 4: whether a request is signed with a key that is known.
//!
//! The request is signed once more with the key's secret, by what aws-sdk-pinpoint signs with, and both signatures are
//! compared in constant time. Signing name `mobiletargeting` (api.md 1), any region. What does not hold is a 403 (api.md 2).

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign as sign_request};
use aws_sigv4::sign::v4;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use model::time::parse_instant;
use subtle::ConstantTimeEq;

use crate::access::{Key, Keys};
use crate::refusal::{Exception, Refusal, Result};

/// The signing name (api.md 1).
const SERVICE: &str = "mobiletargeting";

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const DATE: &str = "x-amz-date";

/// How far `x-amz-date` may lie from the clock of this machine, before or after.
const LARGEST_SKEW: Duration = Duration::from_secs(5 * 60);

/// What a request says of its signature; the signature itself is not verified yet.
#[derive(Debug)]
pub struct Claim<'a> {
    /// The key that it names.
    pub key: &'a Key,
    region: String,
    at: SystemTime,
    headers: Vec<String>,
    signature: String,
}

fn forbidden(message: impl Into<String>) -> Refusal {
    Refusal::new(Exception::Forbidden, message)
}

impl<'a> Claim<'a> {
    /// Reads what the head of a request says: a known key, a date near `now`, all that has to be signed. Reading the body
    /// of a request whose head is not sound would be work for a stranger.
    pub fn read(keys: &'a Keys, head: &Parts, now: SystemTime) -> Result<Claim<'a>> {
        if head.uri.query().is_some_and(|query| query.split('&').any(|pair| pair.starts_with("X-Amz-"))) {
            return Err(forbidden("a signature in the query is not taken; sign with the Authorization header"));
        }
        let text = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
        let Some(said) = text(AUTHORIZATION.as_str()) else {
            return Err(forbidden(
                "the request is not signed; sign it with an access key of this server (Signature Version 4)",
            ));
        };
        let unread = || {
            forbidden(format!(
                "the Authorization header: expected {ALGORITHM} Credential=…, SignedHeaders=…, Signature=…"
            ))
        };
        let fields = said.strip_prefix(ALGORITHM).ok_or_else(unread)?;
        let field = |name: &str| {
            fields.split(',').find_map(|field| field.trim().strip_prefix(name)?.strip_prefix('=')).ok_or_else(unread)
        };
        let scope: Vec<&str> = field("Credential")?.split('/').collect();
        let [id, day, region, service, "aws4_request"] = scope[..] else { return Err(unread()) };
        if service != SERVICE {
            return Err(forbidden(format!("the request is signed for `{service}`, not for `{SERVICE}`")));
        }
        let key = keys.find(id).ok_or_else(|| forbidden(format!("there is no access key `{id}`")))?;
        let date = text(DATE).ok_or_else(|| forbidden("the header x-amz-date is missing"))?;
        let at = instant(date)
            .ok_or_else(|| forbidden("the header x-amz-date: expected a date such as 20261130T090000Z"))?;
        if !date.starts_with(day) || day.len() != 8 {
            return Err(forbidden("the days of x-amz-date and of the credential differ"));
        }
        let skew = now.duration_since(at).unwrap_or_else(|early| early.duration());
        if skew > LARGEST_SKEW {
            return Err(forbidden("the request was signed more than 5 minutes from now; set the clock and sign again"));
        }
        if text("x-amz-content-sha256").is_some_and(|hash| hash.len() != 64) {
            return Err(forbidden("the body has to be signed too: x-amz-content-sha256 is not its SHA-256"));
        }
        let headers: Vec<String> = field("SignedHeaders")?.split(';').map(str::to_owned).collect();
        let has = |name: &str| headers.iter().any(|header| header == name);
        let left_out =
            head.headers.keys().map(|name| name.as_str()).find(|name| name.starts_with("x-amz-") && !has(name));
        if let Some(name) = left_out.or((!has("host")).then_some("host")) {
            return Err(forbidden(format!("the header {name} is not signed")));
        }
        Ok(Claim { key, region: region.to_owned(), at, headers, signature: field("Signature")?.to_owned() })
    }

    /// Verifies the signature over head and body.
    pub fn verify(&self, head: &Parts, body: &[u8]) -> Result<()> {
        let mut headers = Vec::new();
        for name in self.headers.iter().filter(|name| *name != DATE) {
            for value in head.headers.get_all(name.as_str()) {
                let value = value.to_str().map_err(|_| forbidden(format!("the header {name} is not text")))?;
                headers.push((name.as_str(), value));
            }
        }
        // An origin of any name: the Host header that was signed is among the headers.
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        let url = format!("http://localhost{path}");
        let expected = signature(self.key, &self.region, self.at, head.method.as_str(), &url, &headers, body);
        match expected {
            Some((_, expected)) if expected.as_bytes().ct_eq(self.signature.as_bytes()).into() => Ok(()),
            _ => Err(forbidden("the signature does not match the request; check the secret of the access key")),
        }
    }
}

/// The headers that sign a request, for our own client; `None` when `url` is none.
pub fn sign(key: &Key, now: SystemTime, method: &str, url: &str, body: &[u8]) -> Option<Vec<(String, String)>> {
    signature(key, "local", now, method, url, &[], body).map(|(headers, _)| headers)
}

/// Headers to add and the signature.
fn signature(
    key: &Key,
    region: &str,
    at: SystemTime,
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Option<(Vec<(String, String)>, String)> {
    let credentials = Credentials::builder()
        .access_key_id(&key.id)
        .secret_access_key(&key.secret)
        .provider_name("waymark")
        .build()
        .into();
    let mut settings = SigningSettings::default();
    // The headers are those that the client signed; none of them is left out.
    settings.excluded_headers = None;
    let parameters = v4::SigningParams::builder()
        .identity(&credentials)
        .region(region)
        .name(SERVICE)
        .time(at)
        .settings(settings)
        .build()
        .ok()?;
    let request = SignableRequest::new(method, url, headers.iter().copied(), SignableBody::Bytes(body)).ok()?;
    let (instructions, signature) = sign_request(request, &parameters.into()).ok()?.into_parts();
    let added = instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Some((added, signature))
}

/// `20261130T090000Z` as an instant.
fn instant(text: &str) -> Option<SystemTime> {
    if text.len() != 16 || !text.is_ascii() {
        return None;
    }
    let (date, time) = (&text[..8], &text[9..15]);
    let long = format!("{}-{}-{}T{}:{}:{}Z", &date[..4], &date[4..6], &date[6..], &time[..2], &time[2..4], &time[4..]);
    if text.as_bytes()[8] != b'T' || text.as_bytes()[15] != b'Z' {
        return None;
    }
    let millis = u64::try_from(parse_instant(&long)?).ok()?;
    Some(SystemTime::UNIX_EPOCH + Duration::from_millis(millis))
}
