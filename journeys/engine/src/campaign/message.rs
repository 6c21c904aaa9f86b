//! What one endpoint receives, by its channel (campaigns.md 2).
//!
//! Resolution: a message for the channel itself (inline, from a template, or both), else a custom message whose
//! `EndpointTypes` name the channel, else `DefaultMessage`, else nothing. Inline fields win over those of the template.

use model::view::{View, Word};
use model::wire::{self, ChannelType, CustomDeliveryConfiguration, MessageConfiguration, TemplateConfiguration};
use model::{APNS_CHANNELS, PUSH_CHANNELS, TemplateKind};
use serde_json::{Map, Value, json};

/// A template that a campaign names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateName {
    /// `Name`
    pub name: String,
    /// `Version`; `None` = the version that is active when the message is sent.
    pub version: Option<String>,
}

/// The message for endpoints of one channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// How it is rendered; `None` = a custom message, whose `Data` goes out as it stands.
    pub kind: Option<TemplateKind>,
    /// The template that fills what the inline message leaves open.
    pub template: Option<TemplateName>,
    /// The inline message in the members of the template's shape: `Subject`, `HtmlPart`, `Body`, `Default` and so on; and
    /// what it is sent with: `FromAddress`, `MessageType`, `TimeToLive` and so on.
    pub inline: Map<String, Value>,
    /// `CustomMessage.Data` and `DeliveryUri`, of a custom message.
    pub custom: Option<Custom>,
}

/// A custom message (campaigns.md 7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Custom {
    /// `CustomMessage.Data`
    pub data: String,
    /// `CustomDeliveryConfiguration.DeliveryUri`: a Lambda function or an https address.
    pub delivery_uri: String,
}

impl Message {
    /// The template document to render: the inline message over the `template` that it names.
    pub fn compose(&self, template: Option<&Value>) -> Value {
        let mut all = template.and_then(Value::as_object).cloned().unwrap_or_default();
        for (name, value) in &self.inline {
            let part = (self.kind == Some(TemplateKind::Push)).then(|| all.get_mut(name)).flatten();
            match (part, value) {
                // The parts of push are objects: field by field.
                (Some(Value::Object(fields)), Value::Object(own)) => {
                    fields.extend(own.iter().map(|(name, value)| (name.clone(), value.clone())));
                }
                _ => {
                    all.insert(name.clone(), value.clone());
                }
            }
        }
        Value::Object(all)
    }
}

/// The messages of a treatment, by channel.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Messages {
    of: Vec<Message>,
    /// By channel, an index into `of`.
    by_channel: [Option<u8>; ChannelType::ALL.len()],
}

impl Messages {
    /// The message for endpoints of a channel; `None` = they are skipped with `ENDPOINT_CHANNEL_MISMATCH`.
    pub(crate) fn get(&self, channel: ChannelType) -> Option<&Message> {
        self.of.get(usize::from(self.number(channel)?))
    }

    /// Which message that is.
    pub(crate) fn number(&self, channel: ChannelType) -> Option<u8> {
        *self.by_channel.get(channel as usize)?
    }

    /// All messages by their numbers.
    pub(crate) fn all(&self) -> impl Iterator<Item = (u8, &Message)> {
        (0u8..).zip(&self.of)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// The names of all templates, with the kind that each is of.
    pub(crate) fn templates(&self) -> impl Iterator<Item = (TemplateKind, &TemplateName)> {
        self.of.iter().filter_map(|message| Some((message.kind?, message.template.as_ref()?)))
    }

    pub(crate) fn compile(
        inline: Option<MessageConfiguration<'_>>,
        templates: Option<TemplateConfiguration<'_>>,
        delivery: Option<CustomDeliveryConfiguration<'_>>,
    ) -> Messages {
        let mut messages = Messages::default();
        let named = |template: Option<wire::Template<'_>>| {
            let template = template?;
            let version = template.version().filter(|version| !version.is_empty()).map(str::to_owned);
            Some(TemplateName { name: template.name()?.to_owned(), version })
        };
        let fallback = inline.and_then(MessageConfiguration::default_message);

        // The channel's own message.
        let email = inline.and_then(MessageConfiguration::email_message);
        let email_template = named(templates.and_then(TemplateConfiguration::email_template));
        messages.own(&[ChannelType::Email], TemplateKind::Email, email.map(email_parts), email_template);
        let sms = inline.and_then(MessageConfiguration::sms_message);
        let sms_template = named(templates.and_then(TemplateConfiguration::sms_template));
        messages.own(&[ChannelType::Sms], TemplateKind::Sms, sms.map(sms_parts), sms_template);
        let push_template = named(templates.and_then(TemplateConfiguration::push_template));
        for (channels, service, message) in [
            (&APNS_CHANNELS[..], "APNS", inline.and_then(MessageConfiguration::apns_message)),
            (&[ChannelType::Gcm], "GCM", inline.and_then(MessageConfiguration::gcm_message)),
            (&[ChannelType::Adm], "ADM", inline.and_then(MessageConfiguration::adm_message)),
            (&[ChannelType::Baidu], "Baidu", inline.and_then(MessageConfiguration::baidu_message)),
            (&[ChannelType::Push], "Default", None),
        ] {
            let parts = message.map(|message| service_part(service, message));
            messages.own(channels, TemplateKind::Push, parts, push_template.clone());
        }
        let in_app = inline.and_then(MessageConfiguration::in_app_message);
        let in_app_template = named(templates.and_then(TemplateConfiguration::in_app_template));
        messages.own(&[ChannelType::InApp], TemplateKind::InApp, in_app.map(|m| m.object().clone()), in_app_template);

        // A custom message for the channels that its delivery names, `CUSTOM` when it names none (as journeys.md 3.1).
        if let Some((custom, delivery)) = inline.and_then(MessageConfiguration::custom_message).zip(delivery) {
            let named = delivery.endpoint_types();
            let types = if delivery.has("EndpointTypes") { named } else { vec![ChannelType::Custom.as_str()] };
            let channels: Vec<ChannelType> = types.into_iter().filter_map(ChannelType::parse).collect();
            let custom = Custom {
                data: custom.data().unwrap_or_default().to_owned(),
                delivery_uri: delivery.delivery_uri().unwrap_or_default().to_owned(),
            };
            messages.add(&channels, Message { kind: None, template: None, inline: Map::new(), custom: Some(custom) });
        }

        // The default message for the rest. It has no place in custom, voice and in-app deliveries.
        if let Some(message) = fallback {
            let plain = |kind, inline| Message { kind: Some(kind), template: None, inline, custom: None };
            let email = texts(message, &[("Title", "Subject"), ("Body", "TextPart")]);
            messages.add(&[ChannelType::Email], plain(TemplateKind::Email, email));
            messages.add(&[ChannelType::Sms], plain(TemplateKind::Sms, texts(message, &[("Body", "Body")])));
            messages.add(&PUSH_CHANNELS, plain(TemplateKind::Push, service_part("Default", message)));
        }
        messages
    }

    fn own(
        &mut self,
        channels: &[ChannelType],
        kind: TemplateKind,
        inline: Option<Map<String, Value>>,
        template: Option<TemplateName>,
    ) {
        if inline.is_some() || template.is_some() {
            let inline = inline.unwrap_or_default();
            self.add(channels, Message { kind: Some(kind), template, inline, custom: None });
        }
    }

    /// Adds a message for those of the channels that have none yet.
    fn add(&mut self, channels: &[ChannelType], message: Message) {
        let number = u8::try_from(self.of.len()).ok();
        let mut used = false;
        for channel in channels {
            let slot = &mut self.by_channel[*channel as usize];
            if slot.is_none() {
                *slot = number;
                used = true;
            }
        }
        if used {
            self.of.push(message);
        }
    }
}

/// The members of an e-mail as `EmailTemplateRequest` names them.
fn email_parts(message: wire::CampaignEmailMessage<'_>) -> Map<String, Value> {
    let members =
        [("Title", "Subject"), ("HtmlBody", "HtmlPart"), ("Body", "TextPart"), ("FromAddress", "FromAddress")];
    let mut parts = texts(message, &members);
    if let Some(headers) = message.object().get("Headers").filter(|headers| headers.is_array()) {
        parts.insert("Headers".to_owned(), headers.clone());
    }
    parts
}

/// The text of an SMS as `SMSTemplateRequest` names it, and what it is sent with.
fn sms_parts(message: wire::CampaignSmsMessage<'_>) -> Map<String, Value> {
    let members = ["Body", "MessageType", "OriginationNumber", "SenderId", "EntityId", "TemplateId"];
    texts(message, &members.map(|name| (name, name)))
}

/// The members of a push message as `PushNotificationTemplateRequest` names them, under its service.
fn service_part(service: &str, message: wire::Message<'_>) -> Map<String, Value> {
    let fields: Map<String, Value> = message
        .object()
        .iter()
        .filter(|(_, value)| !value.is_null() && value.as_str() != Some(""))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let part = json!({ service: fields });
    part.as_object().cloned().unwrap_or_default()
}

/// The texts of some members that are there and not empty, under other names.
fn texts<'a>(view: impl View<'a>, names: &[(&str, &str)]) -> Map<String, Value> {
    let object = view.object();
    names
        .iter()
        .filter_map(|(from, to)| Some((*to, object.get(*from)?.as_str().filter(|text| !text.is_empty())?)))
        .map(|(name, text)| (name.to_owned(), Value::String(text.to_owned())))
        .collect()
}
