//! The target: every operation that publishing uses, exact JSON in and out.

use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_sdk_pinpoint::Client;
use aws_sdk_pinpoint::config::retry::RetryConfig;
use aws_sdk_pinpoint::config::timeout::TimeoutConfig;
use aws_sdk_pinpoint::config::{Builder, Credentials, Region};
use aws_sdk_pinpoint::types::{
    CreateApplicationRequest, EndpointBatchRequest, ExportJobRequest, WriteCampaignRequest, WriteJourneyRequest,
    WriteSegmentRequest,
};
use model::Target;
use serde_json::{Value, json};

use crate::error::{Place, PublishError};
use crate::exact::Exact;

/// Resources of one page of a list; the service's own maximum is not documented (api.md 4).
const PAGE_SIZE: &str = "200";

/// Attempts of a request, the first included.
const ATTEMPTS: u32 = 4;

/// A target, reached through the SDK.
#[derive(Clone, Debug)]
pub struct Remote {
    client: Client,
    place: Place,
    name: String,
    /// `None` = Amazon's own.
    address: Option<String>,
    application: Option<String>,
}

/// A journey as the target lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteJourney {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its state, `DRAFT`, `ACTIVE`, ….
    pub state: String,
}

/// What a KPI is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KpiOf {
    /// All of an application.
    Application,
    /// A campaign, by its id.
    Campaign(String),
    /// A journey, by its id.
    Journey(String),
}

/// Sends one operation of the SDK with exact JSON and answers the JSON of the answer.
macro_rules! send {
    ($remote:expr, $operation:literal, $builder:expr, $body:expr) => {
        send!($remote, $operation, $builder, $body, Builder::new())
    };
    ($remote:expr, $operation:literal, $builder:expr, $body:expr, $config:expr) => {{
        let exact = Exact::new($body);
        match $builder.customize().config_override($config).interceptor(exact.clone()).send().await {
            Ok(_) => exact.answer().map_err(|reason| PublishError::Strange {
                place: $remote.place.name.clone(),
                operation: $operation,
                reason,
            }),
            Err(error) => Err($remote.place.explain($operation, &error)),
        }
    }};
}

mod live;
mod messages;
mod own;
mod templates;

/// A create is not repeated by the SDK: when the answer to the first attempt was lost, a second would make a duplicate.
fn once() -> Builder {
    Builder::new().retry_config(RetryConfig::disabled())
}

impl Remote {
    /// Prepares to talk to the target `name`; asks nothing of it yet.
    ///
    /// An address on this computer without a profile gets credentials that mean nothing, so that nobody needs an AWS
    /// account for the local Pinpoint.
    ///
    /// # Errors
    /// When the address is none, or no region is known for Amazon's own addresses.
    pub async fn connect(name: &str, target: &Target) -> Result<Remote, PublishError> {
        let address = target.endpoint_url.as_deref().map(|address| address.trim_end_matches('/'));
        let host = match address {
            Some(address) => Some(host(address).ok_or_else(|| PublishError::BadAddress(address.to_owned()))?),
            None => None,
        };
        let local = host.is_some_and(is_loopback);
        let retry = RetryConfig::standard().with_max_attempts(ATTEMPTS);
        let timeout = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(5))
            .operation_attempt_timeout(Duration::from_secs(60))
            .build();
        let config = if local && target.profile.is_none() {
            Builder::new()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::new(target.region.clone().unwrap_or_else(|| "us-east-1".to_owned())))
                .credentials_provider(Credentials::new("waymark", "waymark", None, None, "loopback"))
                .retry_config(retry.with_initial_backoff(Duration::from_millis(100)))
        } else {
            let mut loader = aws_config::defaults(BehaviorVersion::latest()).retry_config(retry);
            if let Some(profile) = &target.profile {
                loader = loader.profile_name(profile);
            }
            if let Some(region) = &target.region {
                loader = loader.region(Region::new(region.clone()));
            }
            let shared = loader.load().await;
            let mut config = Builder::from(&shared);
            match (shared.region(), address) {
                (Some(_), _) => {}
                (None, Some(_)) => config = config.region(Region::new("us-east-1")),
                (None, None) => return Err(PublishError::NoRegion(name.to_owned())),
            }
            config
        };
        let mut config = config.timeout_config(timeout);
        if let Some(address) = address {
            config = config.endpoint_url(address);
        }
        let config = config.build();
        let region = config.region().map(|region| region.as_ref().to_owned()).unwrap_or_default();
        let place = Place {
            name: address.map_or_else(|| format!("Pinpoint in {region}"), str::to_owned),
            local,
            profile: target.profile.clone(),
        };
        Ok(Remote {
            client: Client::from_conf(config),
            place,
            name: name.to_owned(),
            address: address.map(str::to_owned),
            application: target.application_id.clone(),
        })
    }

    /// The name of the target in `waymark.toml`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it is, as a phrase: its address, else "Pinpoint in eu-west-1".
    pub fn place(&self) -> &str {
        &self.place.name
    }

    /// Whether it is on this computer.
    pub fn is_local(&self) -> bool {
        self.place.local
    }

    /// The application that `waymark.toml` names.
    pub(crate) fn application(&self) -> Option<&str> {
        self.application.as_deref()
    }

    /// Whether the application exists.
    ///
    /// # Errors
    /// When the target can not be asked.
    pub async fn has_application(&self, id: &str) -> Result<bool, PublishError> {
        Ok(self.application_response(id).await?.is_some())
    }

    /// An application, as `ApplicationResponse`; `None` = there is none of that id.
    pub(crate) async fn application_response(&self, id: &str) -> Result<Option<Value>, PublishError> {
        self.found(send!(self, "GetApp", self.client.get_app().application_id(id), None))
    }

    /// Its `ApplicationSettingsResource`.
    pub(crate) async fn application_settings(&self, application: &str) -> Result<Value, PublishError> {
        let request = self.client.get_application_settings().application_id(application);
        send!(self, "GetApplicationSettings", request, None)
    }

    /// Its `ChannelsResponse`.
    pub(crate) async fn channels(&self, application: &str) -> Result<Value, PublishError> {
        send!(self, "GetChannels", self.client.get_channels().application_id(application), None)
    }

    /// Its `EventStream`; `None` = it has none.
    pub(crate) async fn event_stream(&self, application: &str) -> Result<Option<Value>, PublishError> {
        self.found(send!(self, "GetEventStream", self.client.get_event_stream().application_id(application), None))
    }

    /// Begins to write endpoints to the address that the body names; answers the job's id.
    pub(crate) async fn create_export_job(&self, application: &str, body: &Value) -> Result<String, PublishError> {
        let typed = ExportJobRequest::builder().role_arn("").s3_url_prefix("").build();
        let request = self.client.create_export_job().application_id(application).export_job_request(typed);
        let answer = send!(self, "CreateExportJob", request, Some(body), once())?;
        self.id("CreateExportJob", &answer)
    }

    /// An export, as `ExportJobResponse`.
    pub(crate) async fn export_job(&self, application: &str, job: &str) -> Result<Value, PublishError> {
        send!(self, "GetExportJob", self.client.get_export_job().application_id(application).job_id(job), None)
    }

    /// All applications, as `ApplicationResponse`.
    ///
    /// # Errors
    /// When the target can not be asked.
    pub async fn applications(&self) -> Result<Vec<Value>, PublishError> {
        let mut all = Vec::new();
        let mut token = None;
        loop {
            let request = self.client.get_apps().page_size(PAGE_SIZE).set_token(token);
            token = take_page(send!(self, "GetApps", request, None)?, &mut all);
            if token.is_none() {
                return Ok(all);
            }
        }
    }

    /// All segments of an application, as `SegmentResponse`.
    pub(crate) async fn segments(&self, application: &str) -> Result<Vec<Value>, PublishError> {
        let mut all = Vec::new();
        let mut token = None;
        loop {
            let request = self.client.get_segments().application_id(application).page_size(PAGE_SIZE).set_token(token);
            token = take_page(send!(self, "GetSegments", request, None)?, &mut all);
            if token.is_none() {
                return Ok(all);
            }
        }
    }

    /// All journeys of an application, as `JourneyResponse`.
    pub(crate) async fn journeys(&self, application: &str) -> Result<Vec<Value>, PublishError> {
        let mut all = Vec::new();
        let mut token = None;
        loop {
            let request = self.client.list_journeys().application_id(application).page_size(PAGE_SIZE).set_token(token);
            token = take_page(send!(self, "ListJourneys", request, None)?, &mut all);
            if token.is_none() {
                return Ok(all);
            }
        }
    }

    /// All campaigns of an application, as `CampaignResponse`.
    ///
    /// # Errors
    /// When the target can not be asked.
    pub async fn campaigns(&self, application: &str) -> Result<Vec<Value>, PublishError> {
        let mut all = Vec::new();
        let mut token = None;
        loop {
            let request = self.client.get_campaigns().application_id(application).page_size(PAGE_SIZE).set_token(token);
            token = take_page(send!(self, "GetCampaigns", request, None)?, &mut all);
            if token.is_none() {
                return Ok(all);
            }
        }
    }

    /// Names, ids and states of all journeys of an application.
    ///
    /// # Errors
    /// When the target can not be asked.
    pub async fn journey_list(&self, application: &str) -> Result<Vec<RemoteJourney>, PublishError> {
        let text = |journey: &Value, member: &str| journey[member].as_str().unwrap_or_default().to_owned();
        let journeys = self.journeys(application).await?;
        Ok(journeys
            .iter()
            .map(|journey| RemoteJourney {
                id: text(journey, "Id"),
                name: text(journey, "Name"),
                state: text(journey, "State"),
            })
            .collect())
    }

    /// A journey, as `JourneyResponse`; `None` = there is none of that id.
    ///
    /// # Errors
    /// When the target can not be asked.
    pub async fn journey(&self, application: &str, id: &str) -> Result<Option<Value>, PublishError> {
        let request = self.client.get_journey().application_id(application).journey_id(id);
        self.found(send!(self, "GetJourney", request, None))
    }

    /// A segment, as `SegmentResponse`; `None` = there is none of that id.
    ///
    /// # Errors
    /// When the target can not be asked.
    pub async fn segment(&self, application: &str, id: &str) -> Result<Option<Value>, PublishError> {
        let request = self.client.get_segment().application_id(application).segment_id(id);
        self.found(send!(self, "GetSegment", request, None))
    }

    /// Makes an application with a tag by which it is found again; answers its id.
    pub(crate) async fn create_application(&self, name: &str, tag: (&str, &str)) -> Result<String, PublishError> {
        let typed = CreateApplicationRequest::builder().name(name).tags(tag.0, tag.1).build();
        let request = self.client.create_app().create_application_request(typed);
        let answer = send!(self, "CreateApp", request, Some(&json!({"Name": name, "tags": {tag.0: tag.1}})), once())?;
        self.id("CreateApp", &answer)
    }

    /// Makes a segment; answers its id.
    pub(crate) async fn create_segment(&self, application: &str, body: &Value) -> Result<String, PublishError> {
        let typed = WriteSegmentRequest::builder().build();
        let request = self.client.create_segment().application_id(application).write_segment_request(typed);
        let answer = send!(self, "CreateSegment", request, Some(body), once())?;
        self.id("CreateSegment", &answer)
    }

    /// Makes a journey; answers its id.
    pub(crate) async fn create_journey(&self, application: &str, body: &Value) -> Result<String, PublishError> {
        let typed = WriteJourneyRequest::builder().name("").build();
        let request = self.client.create_journey().application_id(application).write_journey_request(typed);
        let answer = send!(self, "CreateJourney", request, Some(body), once())?;
        self.id("CreateJourney", &answer)
    }

    /// Makes a campaign, which is sent at its time; answers its id.
    pub(crate) async fn create_campaign(&self, application: &str, body: &Value) -> Result<String, PublishError> {
        let typed = WriteCampaignRequest::builder().build();
        let request = self.client.create_campaign().application_id(application).write_campaign_request(typed);
        let answer = send!(self, "CreateCampaign", request, Some(body), once())?;
        self.id("CreateCampaign", &answer)
    }

    /// Changes a campaign: members that are given replace, others stay.
    pub(crate) async fn update_campaign(&self, application: &str, id: &str, body: &Value) -> Result<(), PublishError> {
        let typed = WriteCampaignRequest::builder().build();
        let request =
            self.client.update_campaign().application_id(application).campaign_id(id).write_campaign_request(typed);
        send!(self, "UpdateCampaign", request, Some(body)).map(drop)
    }

    /// Changes a segment.
    pub(crate) async fn update_segment(&self, application: &str, id: &str, body: &Value) -> Result<(), PublishError> {
        let typed = WriteSegmentRequest::builder().build();
        let request =
            self.client.update_segment().application_id(application).segment_id(id).write_segment_request(typed);
        send!(self, "UpdateSegment", request, Some(body)).map(drop)
    }

    /// Changes a journey.
    pub(crate) async fn update_journey(&self, application: &str, id: &str, body: &Value) -> Result<(), PublishError> {
        let typed = WriteJourneyRequest::builder().name("").build();
        let request =
            self.client.update_journey().application_id(application).journey_id(id).write_journey_request(typed);
        send!(self, "UpdateJourney", request, Some(body)).map(drop)
    }

    /// Starts a journey.
    pub(crate) async fn activate_journey(&self, application: &str, id: &str) -> Result<(), PublishError> {
        self.set_journey_state(application, id, "ACTIVE").await
    }

    /// Writes at most 100 endpoints, each an `EndpointBatchItem`.
    pub(crate) async fn update_endpoints(&self, application: &str, items: &[Value]) -> Result<(), PublishError> {
        let typed = EndpointBatchRequest::builder().set_item(Some(Vec::new())).build();
        let request = self.client.update_endpoints_batch().application_id(application).endpoint_batch_request(typed);
        send!(self, "UpdateEndpointsBatch", request, Some(&json!({ "Item": items }))).map(drop)
    }

    /// A 404 as an absence.
    fn found(&self, answer: Result<Value, PublishError>) -> Result<Option<Value>, PublishError> {
        match answer {
            Ok(value) => Ok(Some(value)),
            Err(PublishError::Refused { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn id(&self, operation: &'static str, answer: &Value) -> Result<String, PublishError> {
        answer.get("Id").and_then(Value::as_str).map(str::to_owned).ok_or_else(|| PublishError::Strange {
            place: self.place.name.clone(),
            operation,
            reason: "its answer has no `Id`".to_owned(),
        })
    }
}

/// Moves the items of a page to `all`; answers the token of the next page.
fn take_page(mut page: Value, all: &mut Vec<Value>) -> Option<String> {
    if let Some(Value::Array(items)) = page.get_mut("Item").map(Value::take) {
        all.extend(items);
    }
    page.get("NextToken").and_then(Value::as_str).filter(|token| !token.is_empty()).map(str::to_owned)
}

/// The host of an http address.
fn host(address: &str) -> Option<&str> {
    let rest = address.strip_prefix("http://").or_else(|| address.strip_prefix("https://"))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = match authority.strip_prefix('[') {
        Some(six) => six.split(']').next()?,
        None => authority.split(':').next()?,
    };
    (!host.is_empty() && !host.contains('@')).then_some(host)
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_computer_is_told_from_others() {
        for (address, expected) in [
            ("http://127.0.0.1:8700", Some(true)),
            ("http://localhost:1/x", Some(true)),
            ("http://[::1]:8700", Some(true)),
            ("https://pinpoint.eu-west-1.amazonaws.com", Some(false)),
            ("http://127.0.0.1.example.com", Some(false)),
            ("127.0.0.1:8700", None),
            ("http://", None),
        ] {
            assert_eq!(host(address).map(is_loopback), expected, "{address}");
        }
    }
}
