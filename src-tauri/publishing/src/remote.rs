//! The target: every operation that publishing uses, exact JSON in and out.

use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_sdk_pinpoint::Client;
use aws_sdk_pinpoint::config::retry::RetryConfig;
use aws_sdk_pinpoint::config::timeout::TimeoutConfig;
use aws_sdk_pinpoint::config::{Builder, Credentials, Region};
use aws_sdk_pinpoint::primitives::DateTime;
use aws_sdk_pinpoint::types::{
    ApnsChannelRequest, ApnsSandboxChannelRequest, CreateApplicationRequest, DirectMessageConfiguration,
    EmailChannelRequest, EmailTemplateRequest, EndpointBatchRequest, ExportJobRequest, GcmChannelRequest,
    InAppTemplateRequest, JourneyStateRequest, MessageRequest, PushNotificationTemplateRequest, SmsChannelRequest,
    SmsTemplateRequest, State, TemplateActiveVersionRequest, VoiceChannelRequest, VoiceTemplateRequest,
    WriteCampaignRequest, WriteJourneyRequest, WriteSegmentRequest,
};
use model::{Millis, Target, TemplateKind};
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

    /// All templates of the account, as `TemplateResponse`.
    pub(crate) async fn templates(&self) -> Result<Vec<Value>, PublishError> {
        let mut all = Vec::new();
        let mut token = None;
        loop {
            let request = self.client.list_templates().page_size(PAGE_SIZE).set_next_token(token);
            token = take_page(send!(self, "ListTemplates", request, None)?, &mut all);
            if token.is_none() {
                return Ok(all);
            }
        }
    }

    /// All versions of a template, as `TemplateVersionResponse`.
    ///
    /// # Errors
    /// When the target can not be asked.
    pub async fn template_versions(&self, kind: TemplateKind, name: &str) -> Result<Vec<Value>, PublishError> {
        let mut all = Vec::new();
        let mut token = None;
        loop {
            let request = self
                .client
                .list_template_versions()
                .template_name(name)
                .template_type(kind.template_type())
                .page_size(PAGE_SIZE)
                .set_next_token(token);
            token = take_page(send!(self, "ListTemplateVersions", request, None)?, &mut all);
            if token.is_none() {
                return Ok(all);
            }
        }
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

    /// The active version of a template, as the kind's response shape; `None` = there is none of that name.
    ///
    /// # Errors
    /// When the target can not be asked.
    pub async fn template(&self, kind: TemplateKind, name: &str) -> Result<Option<Value>, PublishError> {
        self.template_version(kind, name, None).await
    }

    /// A version of a template by its number, `None` = the active one; else as [`template`](Remote::template).
    ///
    /// # Errors
    /// When the target can not be asked.
    pub async fn template_version(
        &self,
        kind: TemplateKind,
        name: &str,
        version: Option<&str>,
    ) -> Result<Option<Value>, PublishError> {
        let (client, version) = (&self.client, version.map(str::to_owned));
        self.found(match kind {
            TemplateKind::Email => {
                send!(
                    self,
                    "GetEmailTemplate",
                    client.get_email_template().template_name(name).set_version(version),
                    None
                )
            }
            TemplateKind::Sms => {
                send!(self, "GetSmsTemplate", client.get_sms_template().template_name(name).set_version(version), None)
            }
            TemplateKind::Push => send!(
                self,
                "GetPushTemplate",
                client.get_push_template().template_name(name).set_version(version),
                None
            ),
            TemplateKind::InApp => {
                send!(
                    self,
                    "GetInAppTemplate",
                    client.get_in_app_template().template_name(name).set_version(version),
                    None
                )
            }
            TemplateKind::Voice => {
                send!(
                    self,
                    "GetVoiceTemplate",
                    client.get_voice_template().template_name(name).set_version(version),
                    None
                )
            }
        })
    }

    /// Makes a version of a template the active one.
    ///
    /// # Errors
    /// When the target can not be asked, or refuses.
    pub async fn activate_template_version(
        &self,
        kind: TemplateKind,
        name: &str,
        version: &str,
    ) -> Result<(), PublishError> {
        let typed = TemplateActiveVersionRequest::builder().version(version).build();
        let request = self
            .client
            .update_template_active_version()
            .template_name(name)
            .template_type(kind.template_type())
            .template_active_version_request(typed);
        send!(self, "UpdateTemplateActiveVersion", request, None).map(drop)
    }

    /// Sends a `MessageRequest` to the addresses that it names; answers the `MessageResponse`. It is not repeated: nobody is
    /// to get it twice.
    ///
    /// # Errors
    /// When the target can not be asked, or refuses the whole.
    pub async fn send_messages(&self, application: &str, body: &Value) -> Result<Value, PublishError> {
        let nothing = DirectMessageConfiguration::builder().build();
        let typed = MessageRequest::builder().message_configuration(nothing).build();
        let request = self.client.send_messages().application_id(application).message_request(typed);
        send!(self, "SendMessages", request, Some(body), once())
    }

    /// Enables a channel that the application has no settings for, so that a target without providers takes messages of it. Of
    /// a channel with settings nothing is changed; of one that can not be without credentials (`ADM`, `BAIDU`) neither.
    ///
    /// # Errors
    /// When the target can not be asked, or refuses.
    pub async fn enable_absent_channel(&self, application: &str, channel: &str) -> Result<(), PublishError> {
        let settings = self.channels(application).await?;
        if settings.get("Channels").and_then(|channels| channels.get(channel)).is_some() {
            return Ok(());
        }
        let client = &self.client;
        let enabled = json!({"Enabled": true});
        match channel {
            "EMAIL" => {
                let identity = "arn:aws:ses:us-east-1:000000000000:identity/example.com";
                let body = json!({"Enabled": true, "FromAddress": "studio@example.com", "Identity": identity});
                let typed = EmailChannelRequest::builder().from_address("").identity("").build();
                let request = client.update_email_channel().application_id(application).email_channel_request(typed);
                send!(self, "UpdateEmailChannel", request, Some(&body))
            }
            "SMS" => {
                let typed = SmsChannelRequest::builder().build();
                let request = client.update_sms_channel().application_id(application).sms_channel_request(typed);
                send!(self, "UpdateSmsChannel", request, Some(&enabled))
            }
            "VOICE" => {
                let typed = VoiceChannelRequest::builder().build();
                let request = client.update_voice_channel().application_id(application).voice_channel_request(typed);
                send!(self, "UpdateVoiceChannel", request, Some(&enabled))
            }
            "GCM" => {
                let typed = GcmChannelRequest::builder().build();
                let request = client.update_gcm_channel().application_id(application).gcm_channel_request(typed);
                send!(self, "UpdateGcmChannel", request, Some(&enabled))
            }
            "APNS" => {
                let typed = ApnsChannelRequest::builder().build();
                let request = client.update_apns_channel().application_id(application).apns_channel_request(typed);
                send!(self, "UpdateApnsChannel", request, Some(&enabled))
            }
            "APNS_SANDBOX" => {
                let typed = ApnsSandboxChannelRequest::builder().build();
                let request = client
                    .update_apns_sandbox_channel()
                    .application_id(application)
                    .apns_sandbox_channel_request(typed);
                send!(self, "UpdateApnsSandboxChannel", request, Some(&enabled))
            }
            _ => return Ok(()),
        }
        .map(drop)
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

    /// Brings a journey to another state: `ACTIVE`, `PAUSED` or `CANCELLED` (journeys.md 7).
    ///
    /// # Errors
    /// When the target can not be asked, or refuses.
    pub async fn set_journey_state(&self, application: &str, id: &str, state: &str) -> Result<(), PublishError> {
        let typed = JourneyStateRequest::builder().state(State::from(state)).build();
        let request =
            self.client.update_journey_state().application_id(application).journey_id(id).journey_state_request(typed);
        send!(self, "UpdateJourneyState", request, None).map(drop)
    }

    /// Makes a template. Its name is its id, so that a repeated create can not make a second one.
    pub(crate) async fn create_template(
        &self,
        kind: TemplateKind,
        name: &str,
        body: &Value,
    ) -> Result<(), PublishError> {
        let (client, body) = (&self.client, Some(body));
        match kind {
            TemplateKind::Email => {
                let typed = EmailTemplateRequest::builder().build();
                let request = client.create_email_template().template_name(name).email_template_request(typed);
                send!(self, "CreateEmailTemplate", request, body, once())
            }
            TemplateKind::Sms => {
                let typed = SmsTemplateRequest::builder().build();
                let request = client.create_sms_template().template_name(name).sms_template_request(typed);
                send!(self, "CreateSmsTemplate", request, body, once())
            }
            TemplateKind::Push => {
                let typed = PushNotificationTemplateRequest::builder().build();
                let request =
                    client.create_push_template().template_name(name).push_notification_template_request(typed);
                send!(self, "CreatePushTemplate", request, body, once())
            }
            TemplateKind::InApp => {
                let typed = InAppTemplateRequest::builder().build();
                let request = client.create_in_app_template().template_name(name).in_app_template_request(typed);
                send!(self, "CreateInAppTemplate", request, body, once())
            }
            TemplateKind::Voice => {
                let typed = VoiceTemplateRequest::builder().build();
                let request = client.create_voice_template().template_name(name).voice_template_request(typed);
                send!(self, "CreateVoiceTemplate", request, body, once())
            }
        }
        .map(drop)
    }

    /// Changes a template's latest version in place.
    pub(crate) async fn update_template(
        &self,
        kind: TemplateKind,
        name: &str,
        body: &Value,
    ) -> Result<(), PublishError> {
        let (client, body) = (&self.client, Some(body));
        match kind {
            TemplateKind::Email => {
                let typed = EmailTemplateRequest::builder().build();
                let request = client.update_email_template().template_name(name).email_template_request(typed);
                send!(self, "UpdateEmailTemplate", request, body)
            }
            TemplateKind::Sms => {
                let typed = SmsTemplateRequest::builder().build();
                let request = client.update_sms_template().template_name(name).sms_template_request(typed);
                send!(self, "UpdateSmsTemplate", request, body)
            }
            TemplateKind::Push => {
                let typed = PushNotificationTemplateRequest::builder().build();
                let request =
                    client.update_push_template().template_name(name).push_notification_template_request(typed);
                send!(self, "UpdatePushTemplate", request, body)
            }
            TemplateKind::InApp => {
                let typed = InAppTemplateRequest::builder().build();
                let request = client.update_in_app_template().template_name(name).in_app_template_request(typed);
                send!(self, "UpdateInAppTemplate", request, body)
            }
            TemplateKind::Voice => {
                let typed = VoiceTemplateRequest::builder().build();
                let request = client.update_voice_template().template_name(name).voice_template_request(typed);
                send!(self, "UpdateVoiceTemplate", request, body)
            }
        }
        .map(drop)
    }

    /// Pauses a campaign, or lets it go on; all else of it stays.
    ///
    /// # Errors
    /// When the target can not be asked, or refuses.
    pub async fn pause_campaign(&self, application: &str, id: &str, paused: bool) -> Result<(), PublishError> {
        self.update_campaign(application, id, &json!({ "IsPaused": paused })).await
    }

    /// A campaign, as `CampaignResponse`; `None` = there is none of that id.
    pub(crate) async fn campaign(&self, application: &str, id: &str) -> Result<Option<Value>, PublishError> {
        let request = self.client.get_campaign().application_id(application).campaign_id(id);
        self.found(send!(self, "GetCampaign", request, None))
    }

    /// The newest runs of a campaign, at most a page of them, as `ActivityResponse`.
    pub(crate) async fn campaign_activities(&self, application: &str, id: &str) -> Result<Vec<Value>, PublishError> {
        let request = self.client.get_campaign_activities().application_id(application).campaign_id(id);
        let mut all = Vec::new();
        take_page(send!(self, "GetCampaignActivities", request.page_size(PAGE_SIZE), None)?, &mut all);
        Ok(all)
    }

    /// The runs of a journey, at most a page of them, as `JourneyRunResponse`.
    pub(crate) async fn journey_runs(&self, application: &str, id: &str) -> Result<Vec<Value>, PublishError> {
        let request = self.client.get_journey_runs().application_id(application).journey_id(id);
        let mut all = Vec::new();
        take_page(send!(self, "GetJourneyRuns", request.page_size(PAGE_SIZE), None)?, &mut all);
        Ok(all)
    }

    /// The numbers of a journey, or of one run of it, with `Metrics` and `LastEvaluatedTime`.
    pub(crate) async fn journey_metrics(
        &self,
        application: &str,
        id: &str,
        run: Option<&str>,
    ) -> Result<Value, PublishError> {
        match run {
            None => {
                let request = self.client.get_journey_execution_metrics().application_id(application).journey_id(id);
                send!(self, "GetJourneyExecutionMetrics", request, None)
            }
            Some(run) => {
                let request = self.client.get_journey_run_execution_metrics().application_id(application);
                send!(self, "GetJourneyRunExecutionMetrics", request.journey_id(id).run_id(run), None)
            }
        }
    }

    /// The numbers of an activity of a journey, or of one run of it; `None` = nothing is told of that activity.
    pub(crate) async fn activity_metrics(
        &self,
        application: &str,
        id: &str,
        run: Option<&str>,
        activity: &str,
    ) -> Result<Option<Value>, PublishError> {
        self.found(match run {
            None => {
                let request = self.client.get_journey_execution_activity_metrics().application_id(application);
                let request = request.journey_id(id).journey_activity_id(activity);
                send!(self, "GetJourneyExecutionActivityMetrics", request, None)
            }
            Some(run) => {
                let request = self.client.get_journey_run_execution_activity_metrics().application_id(application);
                let request = request.journey_id(id).run_id(run).journey_activity_id(activity);
                send!(self, "GetJourneyRunExecutionActivityMetrics", request, None)
            }
        })
    }

    /// A KPI of an application, campaign or journey over a span of time, both ends included; an end that is absent is the
    /// target's to choose (events-and-analytics.md 5).
    ///
    /// # Errors
    /// When the target can not be asked, or refuses: the span is longer than 31 days, or began more than 90 days ago.
    pub async fn kpi(
        &self,
        application: &str,
        of: &KpiOf,
        name: &str,
        (from, to): (Option<Millis>, Option<Millis>),
    ) -> Result<Value, PublishError> {
        let (from, to) = (from.map(DateTime::from_millis), to.map(DateTime::from_millis));
        let client = &self.client;
        match of {
            KpiOf::Application => {
                let request = client.get_application_date_range_kpi().application_id(application).kpi_name(name);
                let request = request.set_start_time(from).set_end_time(to);
                send!(self, "GetApplicationDateRangeKpi", request, None)
            }
            KpiOf::Campaign(id) => {
                let request = client.get_campaign_date_range_kpi().application_id(application).kpi_name(name);
                let request = request.campaign_id(id).set_start_time(from).set_end_time(to);
                send!(self, "GetCampaignDateRangeKpi", request, None)
            }
            KpiOf::Journey(id) => {
                let request = client.get_journey_date_range_kpi().application_id(application).kpi_name(name);
                let request = request.journey_id(id).set_start_time(from).set_end_time(to);
                send!(self, "GetJourneyDateRangeKpi", request, None)
            }
        }
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
