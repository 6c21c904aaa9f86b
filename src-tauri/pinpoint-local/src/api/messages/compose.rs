//! What a request says to each channel: the most specific message that it has, over the template of the channel.

use engine::campaign;
use model::wire::ChannelType;
use model::{PUSH_CHANNELS, TemplateKind};
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::refuse;
use crate::api::templates;
use crate::refusal::Result;

/// Headers of an e-mail.
const MAX_HEADERS: usize = 15;

/// The message for one channel.
#[derive(Clone, Debug)]
pub struct Letter {
    /// How it is rendered.
    pub kind: TemplateKind,
    /// The members of the template's shape: inline fields over those of the template (campaigns.md 2, chosen).
    pub document: Value,
    /// `Substitutions` of the message.
    pub substitutions: Option<Map<String, Value>>,
    /// What the channel needs besides the texts.
    pub envelope: Map<String, Value>,
    /// The push service that it is for; empty for other kinds.
    service: &'static str,
}

/// What a request says.
pub struct Letters<'a> {
    configuration: &'a Value,
    /// By kind.
    templates: Vec<(TemplateKind, Value)>,
}

impl<'a> Letters<'a> {
    /// Reads a `MessageRequest` or `SendUsersMessageRequest`; a 400 says which template or member is wrong.
    pub fn of(connection: &Connection, body: &'a Value) -> Result<Letters<'a>> {
        let configuration = &body["MessageConfiguration"];
        let headers = configuration["EmailMessage"]["SimpleEmail"]["Headers"].as_array().map_or(0, Vec::len);
        if headers > MAX_HEADERS {
            let message = format!("{headers} headers, {MAX_HEADERS} are allowed");
            return refuse("MessageConfiguration.EmailMessage.SimpleEmail.Headers", &message);
        }
        if given(&configuration["EmailMessage"], "RawEmail").is_some()
            && given(&configuration["EmailMessage"], "SimpleEmail").is_some()
        {
            let message = "stands beside `SimpleEmail`; only one of them is allowed";
            return refuse("MessageConfiguration.EmailMessage.RawEmail", message);
        }
        let mut found = Vec::new();
        let named = body.get("TemplateConfiguration").and_then(Value::as_object);
        for (member, template) in named.into_iter().flatten().filter(|(_, template)| template.is_object()) {
            let kind = match member.as_str() {
                "EmailTemplate" => TemplateKind::Email,
                "SMSTemplate" => TemplateKind::Sms,
                "PushTemplate" => TemplateKind::Push,
                "VoiceTemplate" => TemplateKind::Voice,
                "InAppTemplate" => {
                    return refuse("TemplateConfiguration.InAppTemplate", "in-app messages are not sent");
                }
                _ => continue,
            };
            let name = template.get("Name").and_then(Value::as_str).unwrap_or_default();
            let version = template.get("Version").and_then(Value::as_str);
            let Some(document) = templates::read(connection, kind, name, version)? else {
                let of = version.map(|version| format!(" with version `{version}`")).unwrap_or_default();
                let message = format!("there is no {} template `{name}`{of}", kind.template_type());
                return refuse(&format!("TemplateConfiguration.{member}"), &message);
            };
            found.push((kind, document));
        }
        Ok(Letters { configuration, templates: found })
    }

    /// The message for a channel; `None` = there is none.
    pub fn of_channel(&self, channel: ChannelType) -> Option<Letter> {
        let (kind, service, own) = match channel {
            ChannelType::Email => (TemplateKind::Email, "", "EmailMessage"),
            ChannelType::Sms => (TemplateKind::Sms, "", "SMSMessage"),
            ChannelType::Voice => (TemplateKind::Voice, "", "VoiceMessage"),
            ChannelType::Gcm => (TemplateKind::Push, "GCM", "GCMMessage"),
            ChannelType::Adm => (TemplateKind::Push, "ADM", "ADMMessage"),
            ChannelType::Baidu => (TemplateKind::Push, "Baidu", "BaiduMessage"),
            channel if model::APNS_CHANNELS.contains(&channel) => (TemplateKind::Push, "APNS", "APNSMessage"),
            channel if PUSH_CHANNELS.contains(&channel) => (TemplateKind::Push, "Default", ""),
            _ => return None,
        };
        let template = self.templates.iter().find(|(known, _)| *known == kind).map(|(_, document)| document);
        let default_push = if kind == TemplateKind::Push { "DefaultPushNotificationMessage" } else { "" };
        let message = [own, default_push, "DefaultMessage"]
            .into_iter()
            .filter(|name| !name.is_empty())
            .find_map(|name| given(self.configuration, name));
        if message.is_none() && template.is_none() {
            return None;
        }
        let nothing = Value::Null;
        let message = message.unwrap_or(&nothing);
        let (inline, mut envelope) = match kind {
            TemplateKind::Email => email(message),
            TemplateKind::Push => push(service, message),
            _ => apart(message, &["Body"]),
        };
        if let (TemplateKind::Voice, Some(template)) = (kind, template) {
            for member in ["LanguageCode", "VoiceId"] {
                if let Some(value) = template.get(member).filter(|_| !envelope.contains_key(member)) {
                    envelope.insert(member.into(), value.clone());
                }
            }
        }
        let whole = campaign::Message { kind: Some(kind), template: None, inline, custom: None };
        let substitutions = message.get("Substitutions").and_then(Value::as_object).cloned();
        Some(Letter { kind, document: whole.compose(template), substitutions, envelope, service })
    }
}

impl Letter {
    /// With what a recipient is told instead: `TitleOverride` and `BodyOverride`. In an e-mail the title is the subject,
    /// and the body takes the place of all its parts (chosen).
    pub fn overridden(mut self, given: &Value) -> Letter {
        let text = |name: &str| given.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let (title, body) = (text("TitleOverride"), text("BodyOverride"));
        let document = match self.kind {
            TemplateKind::Push => {
                let parts = &mut self.document[self.service];
                if !parts.is_object() {
                    *parts = json!({});
                }
                parts
            }
            _ => &mut self.document,
        };
        let Some(members) = document.as_object_mut() else { return self };
        let mut put = |name: &str, text: &str| members.insert(name.to_owned(), text.into());
        match self.kind {
            TemplateKind::Email => {
                title.map(|title| put("Subject", title));
                body.map(|body| put("TextPart", body));
                if body.is_some() {
                    members.shift_remove("HtmlPart");
                }
            }
            TemplateKind::Push => {
                title.map(|title| put("Title", title));
                body.map(|body| put("Body", body));
                if title.is_some() || body.is_some() {
                    members.shift_remove("RawContent");
                }
            }
            _ => {
                body.map(|body| put("Body", body));
            }
        }
        self
    }
}

fn given<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.get(name).filter(|value| value.as_object().is_some_and(|members| !members.is_empty()))
}

/// Members that are rendered, and the others; `Substitutions` are neither.
fn apart(message: &Value, rendered: &[&str]) -> (Map<String, Value>, Map<String, Value>) {
    let members = message.as_object().into_iter().flatten();
    let members = members
        .filter(|(name, value)| name.as_str() != "Substitutions" && !value.is_null() && value.as_str() != Some(""));
    let (texts, others): (Vec<_>, Vec<_>) = members.partition(|(name, _)| rendered.contains(&name.as_str()));
    let all = |members: Vec<(&String, &Value)>| members.into_iter().map(|(n, v)| (n.clone(), v.clone())).collect();
    (all(texts), all(others))
}

/// An `EmailMessage` in the members of `EmailTemplateRequest`; a bare `Body`, as of the default message, is its text.
fn email(message: &Value) -> (Map<String, Value>, Map<String, Value>) {
    let (mut rendered, mut envelope) = apart(message, &["Body"]);
    let body = rendered.shift_remove("Body");
    let simple = envelope.shift_remove("SimpleEmail").unwrap_or_default();
    if let Some(body) = body.filter(|_| given(&simple, "TextPart").is_none() && given(&simple, "HtmlPart").is_none()) {
        rendered.insert("TextPart".into(), body);
    }
    for part in ["Subject", "HtmlPart", "TextPart"] {
        if let Some(text) = simple.get(part).and_then(|part| part.get("Data")).filter(|text| text.is_string()) {
            rendered.insert(part.into(), text.clone());
        }
    }
    if let Some(headers) = simple.get("Headers").filter(|headers| headers.is_array()) {
        rendered.insert("Headers".into(), headers.clone());
    }
    (rendered, envelope)
}

/// A push message in the members of `PushNotificationTemplateRequest`, under its service: its texts.
fn push(service: &str, message: &Value) -> (Map<String, Value>, Map<String, Value>) {
    let texts: Vec<&str> = message
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| value.is_string())
        .map(|(name, _)| name.as_str())
        .collect();
    let (rendered, envelope) = apart(message, &texts);
    if rendered.is_empty() {
        return (Map::new(), envelope);
    }
    (Map::from_iter([(service.to_owned(), Value::Object(rendered))]), envelope)
}
