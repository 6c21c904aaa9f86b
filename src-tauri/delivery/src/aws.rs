//! One signed request to an AWS service.
//!
//! Of SES, End User Messaging, Lambda, Kinesis, Firehose and S3 one or two operations each are asked, whose bodies and
//! retries are ours to decide anyway: the queue repeats, not the client. So the SDK's own signing (`aws-sigv4`) and
//! credentials (`aws-config`) are used, and none of the six crates that carry all operations of a service.

use std::time::{Duration, SystemTime};

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings, UriPathNormalizationMode,
    sign,
};
use aws_sigv4::sign::v4;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Method, Request};
use serde_json::Value;

use crate::config::AwsTarget;
use crate::http::{self, Http, Reply, Version};
use crate::{Cause, OpenError, Outcome};

/// A service of AWS in one region.
pub struct Aws {
    http: Http,
    credentials: SharedCredentialsProvider,
    region: String,
    /// Name that signatures carry: `ses`, `sms-voice`, `mobiletargeting`, `lambda`.
    service: &'static str,
    /// `https://HOST`, without a slash at the end.
    endpoint: String,
}

impl Aws {
    /// Finds region and credentials as the AWS SDKs do, unless another address on this machine is asked; `host` is the first word of the service's host name.
    ///
    /// # Errors
    /// When no region is known.
    pub async fn open(http: &Http, target: &AwsTarget, service: &'static str, host: &str) -> Result<Aws, OpenError> {
        if let Some(url) = target.endpoint_url.as_deref().filter(|url| target.profile.is_none() && is_loopback(url)) {
            // As publishing does: whoever listens on this machine is given credentials that mean nothing.
            return Ok(Aws {
                http: http.clone(),
                credentials: SharedCredentialsProvider::new(Credentials::new("local", "local", None, None, "loopback")),
                region: target.region.clone().unwrap_or_else(|| "us-east-1".to_owned()),
                service,
                endpoint: url.trim_end_matches('/').to_owned(),
            });
        }
        let mut loader = aws_config::defaults(BehaviorVersion::latest());
        if let Some(region) = &target.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some(profile) = &target.profile {
            loader = loader.profile_name(profile);
        }
        let config = loader.load().await;
        let region = config.region().map(ToString::to_string).ok_or(OpenError::NoRegion)?;
        let credentials = config.credentials_provider().ok_or(OpenError::NoCredentials)?;
        let own = || {
            let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
            format!("https://{host}.{region}.{domain}")
        };
        let endpoint = target.endpoint_url.as_deref().map_or_else(own, |url| url.trim_end_matches('/').to_owned());
        Ok(Aws { http: http.clone(), credentials, region, service, endpoint })
    }

    /// Posts a body. `path` begins with a slash and is encoded; `headers` are signed too.
    ///
    /// # Errors
    /// An [`Outcome`] when nobody answers or no credentials are found; an answer that says no is a [`Reply`].
    pub async fn post(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
        within: Duration,
    ) -> Result<Reply, Outcome> {
        self.send(Method::POST, path, headers, body, within).await
    }

    /// As [`post`](Aws::post), with another method; `path` may have a query.
    ///
    /// # Errors
    /// As there.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
        within: Duration,
    ) -> Result<Reply, Outcome> {
        let forbidden = |what: &str, error: &dyn std::fmt::Display| Outcome::Permanent {
            cause: Cause::Forbidden,
            code: 403,
            reason: format!("{what}: {error}"),
        };
        let credentials = self.credentials.provide_credentials().await;
        let identity = credentials.map_err(|error| forbidden("no AWS credentials", &error))?.into();
        let uri = format!("{}{path}", self.endpoint);
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(self.service)
            .time(SystemTime::now())
            .settings(self.settings())
            .build()
            .map_err(|error| forbidden("the request cannot be signed", &error))?
            .into();
        let signable = SignableRequest::new(method.as_str(), &uri, headers.iter().copied(), SignableBody::Bytes(&body));
        let signed = signable.and_then(|request| sign(request, &params));
        let (instructions, _) = signed.map_err(|error| forbidden("the request cannot be signed", &error))?.into_parts();
        let mut request = Request::builder().method(method).uri(&uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(Bytes::from(body)));
        let mut request = request.map_err(|error| Outcome::invalid(format!("`{uri}`: {error}")))?;
        instructions.apply_to_request_http1x(&mut request);
        self.http.send(request, Version::Either, within).await
    }
}

impl Aws {
    /// How requests are signed: S3 takes paths as they are, and wants the hash of the body in a header.
    fn settings(&self) -> SigningSettings {
        let mut settings = SigningSettings::default();
        if self.service == "s3" {
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        }
        settings
    }
}

/// Whether an address is plain HTTP to this machine.
fn is_loopback(url: &str) -> bool {
    url.parse().is_ok_and(|uri: hyper::Uri| uri.scheme_str() == Some("http") && http::is_allowed(&uri))
}

/// What an answer that says no means: AWS names the error in a header or in the body.
pub fn failure(reply: &Reply) -> Outcome {
    let body = reply.json();
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let name = reply.header("x-amzn-errortype").or_else(|| text("__type")).or_else(|| text("code")).unwrap_or_default();
    // `com.amazonaws.sesv2#TooManyRequestsException:http://…`
    let name = name.rsplit('#').next().and_then(|name| name.split(':').next()).unwrap_or_default();
    let message = text("message").or_else(|| text("Message")).unwrap_or_default();
    let reason = match (name, message) {
        ("", "") => format!("status {}", reply.status),
        ("", message) => message.to_owned(),
        (name, "") => name.to_owned(),
        (name, message) => format!("{name}: {message}"),
    };
    let code = reply.status;
    match name {
        "ThrottlingException"
        | "TooManyRequestsException"
        | "LimitExceededException"
        | "Throttling"
        | "ServiceQuotaExceededException" => Outcome::Throttled { after: reply.retry_after(), code, reason },
        "AccessDeniedException"
        | "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "ExpiredTokenException"
        | "MissingAuthenticationTokenException"
        | "InvalidClientTokenId" => Outcome::Permanent { cause: Cause::Forbidden, code, reason },
        "ConflictException" if is_opted_out(&body) => Outcome::Permanent { cause: Cause::OptedOut, code, reason },
        _ => reply.failure(reason),
    }
}

/// `ConflictException` of End User Messaging: the number is on the opt-out list.
fn is_opted_out(body: &Value) -> bool {
    body.get("Reason").and_then(Value::as_str) == Some("DESTINATION_PHONE_NUMBER_OPTED_OUT")
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::{HeaderMap, HeaderName, HeaderValue};

    fn reply(status: u16, header: &'static str, body: &'static str) -> Reply {
        let name = HeaderName::from_static("x-amzn-errortype");
        let headers: HeaderMap =
            Some((name, HeaderValue::from_static(header))).filter(|_| !header.is_empty()).into_iter().collect();
        Reply { status, headers, body: Bytes::from_static(body.as_bytes()) }
    }

    #[test]
    fn errors_are_read_from_header_and_body() {
        let rows = [
            (
                429,
                "TooManyRequestsException:http://x/",
                r#"{"message":"slow down"}"#,
                "THROTTLED",
                "TooManyRequestsException: slow down",
            ),
            (
                400,
                "",
                r#"{"__type":"com.amazonaws.x#ThrottlingException","Message":"rate"}"#,
                "THROTTLED",
                "ThrottlingException: rate",
            ),
            (
                400,
                "",
                r#"{"__type":"ValidationException","Message":"number"}"#,
                "PERMANENT_FAILURE",
                "ValidationException: number",
            ),
            (
                400,
                "",
                r#"{"__type":"ConflictException","Message":"no","Reason":"DESTINATION_PHONE_NUMBER_OPTED_OUT"}"#,
                "OPT_OUT",
                "ConflictException: no",
            ),
            (
                400,
                "",
                r#"{"__type":"ServiceQuotaExceededException","Message":"spend"}"#,
                "THROTTLED",
                "ServiceQuotaExceededException: spend",
            ),
            (503, "", "<html>", "TEMPORARY_FAILURE", "status 503"),
            (403, "AccessDeniedException", "", "PERMANENT_FAILURE", "AccessDeniedException"),
        ];
        for (status, header, body, expected, reason) in rows {
            let outcome = failure(&reply(status, header, body));
            assert_eq!((outcome.delivery_status(), outcome.reason(), outcome.code()), (expected, reason, status));
        }
        let forbidden = failure(&reply(403, "AccessDeniedException", ""));
        assert!(matches!(forbidden, Outcome::Permanent { cause: Cause::Forbidden, .. }));
    }
}
