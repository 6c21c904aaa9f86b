//! Templates of a target, and their versions.

use aws_sdk_pinpoint::config::Builder;
use aws_sdk_pinpoint::types::{
    EmailTemplateRequest, InAppTemplateRequest, PushNotificationTemplateRequest, SmsTemplateRequest,
    TemplateActiveVersionRequest, VoiceTemplateRequest,
};
use model::TemplateKind;
use serde_json::Value;

use super::{PAGE_SIZE, Remote, once, take_page};
use crate::error::PublishError;
use crate::exact::Exact;

impl Remote {
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
}
