//! Why a target could not be read or written, and what to do.

use aws_sdk_pinpoint::config::http::HttpResponse;
use aws_sdk_pinpoint::error::{ProvideErrorMetadata, SdkError};
use thiserror::Error;

use crate::plan::Obstacle;

/// Why a plan could not be made or carried out: one variant per thing that can be done about it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PublishError {
    /// Nothing answers at the target's address.
    #[error("{place} does not answer: {reason}")]
    Unreachable {
        /// Address or region.
        place: String,
        /// Whether the address is of this computer.
        local: bool,
        /// What the network said.
        reason: String,
    },
    /// The address of the target is none.
    #[error("`{0}` is not an address of an API")]
    BadAddress(String),
    /// No credentials were found, or they are not valid.
    #[error("there are no valid credentials for {place}: {reason}")]
    NoCredentials {
        /// Address or region.
        place: String,
        /// The profile that was asked, where one is named.
        profile: Option<String>,
        /// What the SDK or the service said.
        reason: String,
    },
    /// Neither the target nor the AWS configuration names a region.
    #[error("the target `{0}` names no region")]
    NoRegion(String),
    /// The application of the target does not exist there.
    #[error("the application `{id}` does not exist at {place}")]
    UnknownApplication {
        /// Its id.
        id: String,
        /// Address or region.
        place: String,
    },
    /// Several applications carry this project's name and tag.
    #[error("{place} has {count} applications that are tagged as the project `{name}`")]
    SeveralApplications {
        /// Address or region.
        place: String,
        /// The project's name.
        name: String,
        /// How many.
        count: usize,
    },
    /// The credentials do not allow the operation.
    #[error("{place} does not allow `{operation}`: {reason}")]
    Denied {
        /// Address or region.
        place: String,
        /// The operation.
        operation: &'static str,
        /// What the service said.
        reason: String,
    },
    /// The service refuses a request.
    #[error("{place} refuses `{operation}` ({status}): {reason}")]
    Refused {
        /// Address or region.
        place: String,
        /// The operation.
        operation: &'static str,
        /// HTTP status.
        status: u16,
        /// What the service said.
        reason: String,
    },
    /// The answer is not one of Pinpoint.
    #[error("{place} does not answer `{operation}` as Pinpoint does: {reason}")]
    Strange {
        /// Address or region.
        place: String,
        /// The operation.
        operation: &'static str,
        /// What is odd.
        reason: String,
    },
    /// The plan meets something on the target that can not be changed.
    #[error("{}", .0.first().map_or("the plan can not be carried out", |first| first.message.as_str()))]
    Obstacles(Vec<Obstacle>),
    /// The bindings could not be kept.
    #[error("the ids could not be written down: {0}")]
    Bindings(String),
}

impl PublishError {
    /// What to do about it.
    pub fn help(&self) -> String {
        match self {
            PublishError::Unreachable { local: true, .. } => {
                "start the local Pinpoint with `waymark serve`, or correct `endpoint_url` in waymark.toml".to_owned()
            }
            PublishError::Unreachable { local: false, .. } => {
                "check the network, and `region` and `endpoint_url` of the target in waymark.toml; Amazon's own Pinpoint \
                 is switched off since 2026-10-30: `waymark serve` answers the same API"
                    .to_owned()
            }
            PublishError::BadAddress(_) => {
                "`endpoint_url` in waymark.toml starts with http:// or https://, such as http://127.0.0.1:8700".to_owned()
            }
            PublishError::NoCredentials { profile: Some(profile), .. } => {
                format!("log in with `aws sso login --profile {profile}`, or correct `profile` in waymark.toml")
            }
            PublishError::NoCredentials { profile: None, .. } => {
                "name a `profile` for the target in waymark.toml, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
                    .to_owned()
            }
            PublishError::NoRegion(target) => {
                format!("write `region = \"eu-west-1\"`, or the region you use, below [target.{target}] in waymark.toml")
            }
            PublishError::UnknownApplication { .. } => {
                "check `application_id` and `region` in waymark.toml, or take `application_id` away: publishing then \
                 makes an application"
                    .to_owned()
            }
            PublishError::SeveralApplications { .. } => {
                "write the `application_id` that is meant into waymark.toml".to_owned()
            }
            PublishError::Denied { operation, .. } => {
                format!("ask for the IAM action `mobiletargeting:{operation}`, or use another `profile`")
            }
            PublishError::Refused { status: 429, .. } => "wait a minute and publish again: it goes on where it stopped".to_owned(),
            PublishError::Refused { status: 500.., .. } => {
                "try again later: publishing goes on where it stopped".to_owned()
            }
            PublishError::Refused { .. } => "correct what the message names, and publish again".to_owned(),
            PublishError::Strange { .. } => "check that `endpoint_url` in waymark.toml is the address of a Pinpoint API".to_owned(),
            PublishError::Obstacles(obstacles) => obstacles.first().map(|first| first.help.clone()).unwrap_or_default(),
            PublishError::Bindings(_) => "make the project folder writable, and publish again: nothing is made twice".to_owned(),
        }
    }

    /// Whether the request may be sent again: nothing was decided, or it came too fast.
    pub(crate) fn passing(&self) -> bool {
        match self {
            PublishError::Unreachable { .. } => true,
            PublishError::Refused { status, .. } => matches!(status, 429 | 500 | 502 | 503 | 504),
            _ => false,
        }
    }
}

/// Where a request went, for the messages about it.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// Address or region, as a phrase.
    pub name: String,
    /// Whether it is this computer.
    pub local: bool,
    /// The profile that is asked for credentials.
    pub profile: Option<String>,
}

impl Place {
    /// What an error of the SDK means.
    pub(crate) fn explain<E>(&self, operation: &'static str, error: &SdkError<E, HttpResponse>) -> PublishError
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let place = self.name.clone();
        if let Some(response) = error.raw_response()
            && matches!(error, SdkError::ServiceError(_))
        {
            let status = response.status().as_u16();
            let code = error.code().unwrap_or_default().to_owned();
            let reason = match error.message() {
                Some(message) if !message.is_empty() => message.to_owned(),
                _ if !code.is_empty() => code.clone(),
                _ => "no reason given".to_owned(),
            };
            let keys = [
                "InvalidSignature",
                "UnrecognizedClient",
                "InvalidClientToken",
                "ExpiredToken",
                "MissingAuthentication",
            ];
            return match status {
                _ if keys.iter().any(|key| code.starts_with(key)) => self.no_credentials(reason),
                401 | 403 => PublishError::Denied { place, operation, reason },
                _ => PublishError::Refused { place, operation, status, reason },
            };
        }
        let reason = innermost(error);
        match error {
            _ if mentions_credentials(error) => self.no_credentials(reason),
            SdkError::ResponseError(_) | SdkError::ServiceError(_) => {
                PublishError::Strange { place, operation, reason }
            }
            SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) => {
                PublishError::Unreachable { place, local: self.local, reason }
            }
            _ => PublishError::Strange { place, operation, reason },
        }
    }

    fn no_credentials(&self, reason: String) -> PublishError {
        PublishError::NoCredentials { place: self.name.clone(), profile: self.profile.clone(), reason }
    }
}

/// The last cause: the SDK's own words ("dispatch failure") say nothing to a reader.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut last: &dyn std::error::Error = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

/// Whether the request failed before it was sent because nobody could sign it. The SDK wraps this deeper than its types
/// show, so that the chain of causes is all there is to read.
fn mentions_credentials(error: &dyn std::error::Error) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string().to_ascii_lowercase();
        if text.contains("credential") || text.contains("identity resolver") || text.contains("failed to load token") {
            return true;
        }
        next = error.source();
    }
    false
}
