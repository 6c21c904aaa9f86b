//! How a message activity wants its message delivered: what its `MessageConfig` says besides the text (journeys.md 3.1).

use model::activity::{Activity, Payload};
use model::view::{View, Word};
use model::wire::{ChannelType, CustomMessageActivity, MessageType};
use serde_json::{Map, Value};

/// The settings of a message for one endpoint, as the channel needs them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery<'a> {
    /// An e-mail.
    Email {
        /// Who it is from: the activity's `FromAddress`, else the channel's; `None` = neither says.
        from: Option<&'a str>,
    },
    /// A push notification.
    Push {
        /// How long the service may keep it.
        expires: Expiry,
    },
    /// A text message.
    Sms {
        /// `MessageType`; `None` = not said (J029).
        message_type: Option<MessageType>,
        /// The number or name that it comes from; `None` = the service picks one.
        origin: Option<Origin<'a>>,
        /// `EntityId`, which India asks for.
        entity_id: Option<&'a str>,
        /// `TemplateId`, which India asks for.
        template_id: Option<&'a str>,
    },
    /// A call of a function or address.
    Custom {
        /// `Data`; empty when there is none.
        data: &'a str,
        /// Name or ARN of a Lambda function, or an https address; `None` = not said (J030).
        delivery_uri: Option<&'a str>,
        /// The endpoints that it is for.
        endpoint_types: Vec<ChannelType>,
    },
    /// A call of the contact centre, which is set up for the whole journey.
    ContactCenter,
}

/// How long a push service keeps a notification for a device that it does not reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// As long as the service allows.
    Longest,
    /// For so many seconds; 0 = it expires at once: it is tried once, and not kept.
    Seconds(u32),
}

/// Where a text message comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin<'a> {
    /// `OriginationNumber`
    Number(&'a str),
    /// `SenderId`
    Sender(&'a str),
}

/// How the message of an activity is to be delivered to an endpoint of `channel`; `None` = the activity sends nothing.
///
/// `sender` is the `FromAddress` of the project's e-mail channel. An empty text and one that can not be read (a
/// `TimeToLive` that is no number of seconds) count as not said.
pub fn delivery<'a>(activity: &Activity<'a>, channel: ChannelType, sender: Option<&'a str>) -> Option<Delivery<'a>> {
    Some(match activity.payload? {
        Payload::Email(email) => {
            let own = email.message_config().and_then(|config| said(config.from_address()));
            Delivery::Email { from: own.or(said(sender)) }
        }
        Payload::Push(push) => {
            let seconds = push.message_config().and_then(|config| config.time_to_live()?.trim().parse().ok());
            // Amazon's own service takes no time to live.
            let seconds = seconds.filter(|_| channel != ChannelType::Adm);
            Delivery::Push { expires: seconds.map_or(Expiry::Longest, Expiry::Seconds) }
        }
        Payload::Sms(sms) => {
            let config = sms.message_config();
            // The number wins when both are set.
            let number = config.and_then(|config| said(config.origination_number())).map(Origin::Number);
            let name = config.and_then(|config| said(config.sender_id())).map(Origin::Sender);
            Delivery::Sms {
                message_type: config.and_then(|config| config.message_type()),
                origin: number.or(name),
                entity_id: config.and_then(|config| said(config.entity_id())),
                template_id: config.and_then(|config| said(config.template_id())),
            }
        }
        Payload::Custom(custom) => Delivery::Custom {
            data: custom.message_config().and_then(|config| config.data()).unwrap_or_default(),
            delivery_uri: said(custom.delivery_uri()),
            endpoint_types: endpoint_types(custom),
        },
        Payload::ContactCenter(_) => Delivery::ContactCenter,
        _ => return None,
    })
}

impl Delivery<'_> {
    /// The settings that there are, as members of the API's own shapes; `Data` is not among them, it is what is sent.
    pub fn members(&self) -> Map<String, Value> {
        let mut members = Map::new();
        let mut put = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                members.insert(name.to_owned(), value.into());
            }
        };
        match self {
            Delivery::Email { from } => put("FromAddress", *from),
            Delivery::Push { expires: Expiry::Longest } | Delivery::ContactCenter => {}
            Delivery::Push { expires: Expiry::Seconds(seconds) } => put("TimeToLive", Some(&seconds.to_string())),
            Delivery::Sms { message_type, origin, entity_id, template_id } => {
                put("MessageType", message_type.map(Word::as_str));
                match origin {
                    Some(Origin::Number(number)) => put("OriginationNumber", Some(number)),
                    Some(Origin::Sender(name)) => put("SenderId", Some(name)),
                    None => {}
                }
                put("EntityId", *entity_id);
                put("TemplateId", *template_id);
            }
            Delivery::Custom { delivery_uri, endpoint_types, .. } => {
                put("DeliveryUri", *delivery_uri);
                let types: Vec<&str> = endpoint_types.iter().map(|channel| channel.as_str()).collect();
                members.insert("EndpointTypes".to_owned(), types.into());
            }
        }
        members
    }
}

/// The channels that a CUSTOM activity is for: `CUSTOM` when it does not say. Words that are no channel are left out.
pub(crate) fn endpoint_types(custom: CustomMessageActivity<'_>) -> Vec<ChannelType> {
    if custom.has("EndpointTypes") {
        custom.endpoint_types().iter().filter_map(|word| ChannelType::parse(word)).collect()
    } else {
        vec![ChannelType::Custom]
    }
}

fn said(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The settings of an activity, `name=value`.
    fn of(activity: Value, channel: ChannelType, sender: Option<&str>) -> String {
        let activity = Activity::of("a", &activity).unwrap();
        let members = delivery(&activity, channel, sender).unwrap().members();
        let told = members.into_iter().map(|(name, value)| match value {
            Value::String(text) => format!("{name}={text}"),
            other => format!("{name}={other}"),
        });
        told.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn an_email_is_from_the_activitys_address_else_the_channels() {
        let own = json!({"EMAIL": {"MessageConfig": {"FromAddress": "own@x.example"}}});
        let empty = json!({"EMAIL": {"MessageConfig": {"FromAddress": ""}}});
        let channel = Some("channel@x.example");
        for (activity, sender, expected) in [
            (&own, channel, "FromAddress=own@x.example"),
            (&own, None, "FromAddress=own@x.example"),
            (&empty, channel, "FromAddress=channel@x.example"),
            (&json!({"EMAIL": {}}), channel, "FromAddress=channel@x.example"),
            (&json!({"EMAIL": {}}), Some(""), ""),
            (&json!({"EMAIL": {}}), None, ""),
        ] {
            assert_eq!(of(activity.clone(), ChannelType::Email, sender), expected);
        }
    }

    #[test]
    fn a_push_notification_lives_as_said_but_for_adm() {
        let push = |time: Value| json!({"PUSH": {"MessageConfig": {"TimeToLive": time}}});
        for (activity, channel, expected) in [
            (push(json!("3600")), ChannelType::Gcm, "TimeToLive=3600"),
            (push(json!("0")), ChannelType::Apns, "TimeToLive=0"),
            (push(json!("3600")), ChannelType::Adm, ""),
            (push(json!("0")), ChannelType::Adm, ""),
            (push(json!("an hour")), ChannelType::Gcm, ""),
            (push(json!("-1")), ChannelType::Gcm, ""),
            (push(json!(3600)), ChannelType::Gcm, ""),
            (json!({"PUSH": {}}), ChannelType::Baidu, ""),
        ] {
            assert_eq!(of(activity.clone(), channel, None), expected, "{activity} {channel:?}");
        }
        let activity = push(json!("0"));
        let at_once = delivery(&Activity::of("a", &activity).unwrap(), ChannelType::Gcm, None);
        assert_eq!(at_once, Some(Delivery::Push { expires: Expiry::Seconds(0) }));
    }

    #[test]
    fn a_text_message_comes_from_its_number_else_from_its_sender() {
        let sms = |config: Value| json!({"SMS": {"MessageConfig": config}});
        for (activity, expected) in [
            (sms(json!({"OriginationNumber": "+1", "SenderId": "shop"})), "OriginationNumber=+1"),
            (sms(json!({"OriginationNumber": "", "SenderId": "shop"})), "SenderId=shop"),
            (sms(json!({"MessageType": "PROMOTIONAL"})), "MessageType=PROMOTIONAL"),
            (
                sms(json!({"MessageType": "TRANSACTIONAL", "SenderId": "s", "EntityId": "e", "TemplateId": "t"})),
                "MessageType=TRANSACTIONAL SenderId=s EntityId=e TemplateId=t",
            ),
            (sms(json!({"MessageType": "LOUD"})), ""),
            (json!({"SMS": {}}), ""),
        ] {
            assert_eq!(of(activity.clone(), ChannelType::Sms, Some("a@x.example")), expected, "{activity}");
        }
    }

    #[test]
    fn a_custom_message_goes_to_custom_endpoints_unless_it_says_others() {
        let all = json!({"CUSTOM": {"DeliveryUri": "https://x.example/call", "EndpointTypes": ["EMAIL", "GCM", "PIGEON"],
            "MessageConfig": {"Data": "{}"}}});
        assert_eq!(
            of(all.clone(), ChannelType::Email, None),
            "DeliveryUri=https://x.example/call EndpointTypes=[\"EMAIL\",\"GCM\"]"
        );
        let all = Activity::of("a", &all).unwrap();
        let Some(Delivery::Custom { data, .. }) = delivery(&all, ChannelType::Gcm, None) else { panic!("a call") };
        assert_eq!(data, "{}");
        assert_eq!(of(json!({"CUSTOM": {}}), ChannelType::Custom, None), "EndpointTypes=[\"CUSTOM\"]");
    }

    #[test]
    fn what_sends_nothing_needs_no_delivery() {
        for (activity, expected) in [
            (json!({"ContactCenter": {}}), Some(Delivery::ContactCenter)),
            (json!({"Wait": {}}), None),
            (json!({"Holdout": {}}), None),
            (json!({}), None),
        ] {
            let activity = Activity::of("a", &activity).unwrap();
            assert_eq!(delivery(&activity, ChannelType::Voice, None), expected);
        }
    }
}
