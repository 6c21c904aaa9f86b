//! How people respond to messages: rates and delays per channel, overridable per activity and for segments.
//!
//! The defaults are round figures in the range that senders with permission see; they are assumptions, not measurements.
//! Every rate is a probability, 0 to 1; every delay is in seconds. [`ResponseModel::read`] takes what a file says, where
//! a member that is not named is inherited; [`calibrate`](crate::calibrate()) learns it from events.

mod delay;
mod plan;
mod reading;

use std::collections::BTreeMap;

use audience::{Audience, AudienceError};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use delay::{Delay, LogNormal};
pub(crate) use plan::Plan;
pub use reading::ResponseFault;

/// How people respond.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ResponseModel {
    /// To messages of each channel.
    pub channels: Responses,
    /// To the messages of single activities, by activity id: in place of `channels`, whole.
    pub activities: BTreeMap<String, Responses>,
    /// How the people of some segments respond. The first segment that an endpoint is in takes the place of all above,
    /// whole; who is in is settled once, at the instant at which the members of the entry segment come in.
    pub segments: Vec<SegmentResponses>,
}

/// How the people of a segment respond.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SegmentResponses {
    /// The segment, by its file name in the project.
    pub segment: String,
    /// To messages of each channel.
    pub channels: Responses,
    /// To the messages of single activities, in place of `channels`, whole.
    pub activities: BTreeMap<String, Responses>,
    /// The compiled segment, [`ResponseModel::bind`]; without it nobody is in, and the run says so.
    #[serde(skip)]
    pub audience: Option<Audience>,
}

impl ResponseModel {
    /// Compiles the segments that it names; `lookup` answers their documents, as for [`engine::Context`].
    ///
    /// # Errors
    /// When a segment does not exist or can not be asked.
    pub fn bind<'a>(&mut self, lookup: &dyn Fn(&str) -> Option<&'a Value>) -> Result<(), AudienceError> {
        for responses in &mut self.segments {
            responses.audience = Some(Audience::compile(&responses.segment, lookup)?);
        }
        Ok(())
    }

    /// The segments that were not bound.
    pub(crate) fn unbound(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter(|responses| responses.audience.is_none()).map(|r| r.segment.as_str())
    }
}

/// Responses by channel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Responses {
    /// To e-mail.
    pub email: EmailResponse,
    /// To text messages.
    pub sms: SmsResponse,
    /// To push notifications.
    pub push: PushResponse,
    /// Of functions and webhooks.
    pub custom: CustomResponse,
    /// To calls.
    pub contact_center: ContactCenterResponse,
}

/// Responses to an e-mail. `delivered`, `hard_bounce`, `soft_bounce` and `rejected` exclude each other; what they leave
/// gives no event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EmailResponse {
    /// Of those sent; `_email.delivered`.
    pub delivered: f64,
    /// Of those sent; `_email.hardbounce`. Later mails to that endpoint bounce too (events-and-analytics.md 2, "Suppression").
    pub hard_bounce: f64,
    /// Of those sent; `_email.softbounce`, not delivered later.
    pub soft_bounce: f64,
    /// Of those sent; `_email.rejected`.
    pub rejected: f64,
    /// Of those delivered; `_email.open`.
    pub open: f64,
    /// Of those opened; `_email.click`.
    pub click: f64,
    /// Of those opened; `_email.unsubscribe`, after which the endpoint is opted out.
    pub unsubscribe: f64,
    /// Of those opened; `_email.complaint`, after which mails to that endpoint bounce.
    pub complaint: f64,
    /// From sending to delivery, bounce or rejection.
    pub delivery_delay: Delay,
    /// From sending to opening, never before delivery.
    pub open_delay: Delay,
    /// From opening to clicking.
    pub click_delay: Delay,
    /// From opening to unsubscribing or complaining.
    pub unsubscribe_delay: Delay,
}

impl Default for EmailResponse {
    /// 97% delivered, 1% hard and 2% soft bounces; 30% opened, on average after 6 hours; 12% of them clicked, on average
    /// 10 minutes later; 0.5% unsubscribed and 0.05% complained.
    fn default() -> Self {
        EmailResponse {
            delivered: 0.97,
            hard_bounce: 0.01,
            soft_bounce: 0.02,
            rejected: 0.0,
            open: 0.30,
            click: 0.12,
            unsubscribe: 0.005,
            complaint: 0.0005,
            delivery_delay: Delay::Fixed(5.0),
            open_delay: Delay::Exponential(21_600.0),
            click_delay: Delay::Exponential(600.0),
            unsubscribe_delay: Delay::Exponential(60.0),
        }
    }
}

/// Responses to a text message. `delivered` and `failed` exclude each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SmsResponse {
    /// Of those sent; `_SMS.SUCCESS`.
    pub delivered: f64,
    /// Of those sent; `_SMS.FAILURE`.
    pub failed: f64,
    /// Of those delivered; `_SMS.OPTOUT`, after which the endpoint is opted out.
    pub opt_out: f64,
    /// From sending to delivery or failure.
    pub delivery_delay: Delay,
    /// From delivery to the opt-out keyword.
    pub opt_out_delay: Delay,
}

impl Default for SmsResponse {
    /// 97% delivered, 3% failed; 0.5% opt out, on average after 10 minutes.
    fn default() -> Self {
        SmsResponse {
            delivered: 0.97,
            failed: 0.03,
            opt_out: 0.005,
            delivery_delay: Delay::Fixed(5.0),
            opt_out_delay: Delay::Exponential(600.0),
        }
    }
}

/// Responses to a push notification; the app must report them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PushResponse {
    /// Of those sent; `_journey.received_foreground`.
    pub received_foreground: f64,
    /// Of those sent; `_journey.received_background`. Excludes the foreground.
    pub received_background: f64,
    /// Of those received; `_journey.opened_notification`.
    pub opened: f64,
    /// From sending to receiving.
    pub delivery_delay: Delay,
    /// From receiving to opening.
    pub open_delay: Delay,
}

impl Default for PushResponse {
    /// 10% received in the foreground, 80% in the background; 6% of them opened, on average after 2 hours.
    fn default() -> Self {
        PushResponse {
            received_foreground: 0.10,
            received_background: 0.80,
            opened: 0.06,
            delivery_delay: Delay::Fixed(2.0),
            open_delay: Delay::Exponential(7_200.0),
        }
    }
}

/// Answers of a function or webhook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CustomResponse {
    /// Of those called; `_custom.response`.
    pub answered: f64,
    /// From the call to the answer.
    pub delay: Delay,
    /// `EventAttributes` of every answer.
    pub attributes: BTreeMap<String, String>,
}

impl Default for CustomResponse {
    /// Always answered after a second, without attributes.
    fn default() -> Self {
        CustomResponse { answered: 1.0, delay: Delay::Fixed(1.0), attributes: BTreeMap::new() }
    }
}

/// Outcomes of a call; they exclude each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContactCenterResponse {
    /// `_contact_center.connected`
    pub connected: f64,
    /// `_contact_center.voicemail_beep`
    pub voicemail: f64,
    /// `_contact_center.sit_tone`
    pub sit_tone: f64,
    /// `_contact_center.fax`
    pub fax: f64,
    /// `_contact_center.not_answered`
    pub not_answered: f64,
    /// From dialling to the outcome.
    pub delay: Delay,
}

impl Default for ContactCenterResponse {
    /// 35% connected, 30% voicemail, 3% SIT tone, 2% fax, 30% not answered, after about a minute.
    fn default() -> Self {
        ContactCenterResponse {
            connected: 0.35,
            voicemail: 0.30,
            sit_tone: 0.03,
            fax: 0.02,
            not_answered: 0.30,
            delay: Delay::Fixed(60.0),
        }
    }
}
