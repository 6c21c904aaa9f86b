//! Messages that are sent at once, without a journey.

use aws_sdk_pinpoint::config::Builder;
use aws_sdk_pinpoint::types::{
    ApnsChannelRequest, ApnsSandboxChannelRequest, DirectMessageConfiguration, EmailChannelRequest, GcmChannelRequest,
    MessageRequest, SmsChannelRequest, VoiceChannelRequest,
};
use serde_json::{Value, json};

use super::{Remote, once};
use crate::error::PublishError;
use crate::exact::Exact;

impl Remote {
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
}
