//! How people respond to messages: rates and delays per channel, overridable per activity.
//!
//! The defaults are round figures in the range that senders with permission see; they are assumptions, not measurements.
//! Every rate is a probability, 0 to 1; every delay is in seconds.

use std::collections::BTreeMap;

use engine::{EventKind, Program};
use model::{ActivityKind, Millis};
use serde::{Deserialize, Serialize};

use crate::chance::Chance;

/// How people respond.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ResponseModel {
    /// To messages of each channel.
    pub channels: Responses,
    /// To the messages of single activities, by activity id: in place of `channels`, whole.
    pub activities: BTreeMap<String, Responses>,
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

/// How long something takes, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delay {
    /// Always this long.
    Fixed(f64),
    /// Exponentially distributed with this mean: most soon, some late.
    Exponential(f64),
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

/// The response model by activity index, in milliseconds.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    by_activity: Vec<Option<Response>>,
}

#[derive(Clone, Debug)]
struct Response {
    /// Of those sent, excluding each other: kind and cumulative probability.
    first: Vec<(EventKind, f64)>,
    first_delay: Wait,
    /// What may follow.
    next: Vec<Next>,
    attributes: Vec<(String, String)>,
}

/// Something that follows an event.
#[derive(Clone, Copy, Debug)]
struct Next {
    /// Bit n: follows kind n.
    after: u32,
    kind: EventKind,
    probability: f64,
    delay: Wait,
    /// Counts from sending, not from the event that it follows.
    from_send: bool,
}

#[derive(Clone, Copy, Debug)]
enum Wait {
    Fixed(Millis),
    Exponential(Millis),
}

impl From<Delay> for Wait {
    fn from(delay: Delay) -> Wait {
        let millis = |seconds: f64| (seconds.max(0.0) * 1_000.0) as Millis;
        match delay {
            Delay::Fixed(seconds) => Wait::Fixed(millis(seconds)),
            Delay::Exponential(mean) => Wait::Exponential(millis(mean)),
        }
    }
}

impl Wait {
    #[inline]
    fn draw(self, chance: &mut Chance) -> Millis {
        match self {
            Wait::Fixed(span) => span,
            Wait::Exponential(mean) => chance.exponential(mean),
        }
    }
}

impl Plan {
    pub fn compile(model: &ResponseModel, program: &Program) -> Plan {
        let by_activity = (0..program.len())
            .map(|activity| {
                let activity = activity as u16;
                let responses = model.activities.get(program.activity_id(activity)).unwrap_or(&model.channels);
                Response::of(program.kind(activity)?, responses)
            })
            .collect();
        Plan { by_activity }
    }

    /// What comes of a message sent at `at`, in no order of time; `tell` gets kind and instant.
    ///
    /// To a `suppressed` e-mail address nothing comes but a bounce.
    #[inline]
    pub fn respond(
        &self,
        activity: u16,
        at: Millis,
        suppressed: bool,
        mut chance: Chance,
        tell: &mut impl FnMut(EventKind, Millis),
    ) {
        let Some(response) = self.by_activity.get(usize::from(activity)).and_then(Option::as_ref) else { return };
        if suppressed {
            return tell(EventKind::EmailHardBounce, at + response.first_delay.draw(&mut chance));
        }
        let draw = chance.draw();
        let Some((kind, _)) = response.first.iter().find(|(_, bound)| draw < *bound) else { return };
        let first_at = at + response.first_delay.draw(&mut chance);
        tell(*kind, first_at);
        // At most one event of each kind; a later one may follow an earlier.
        let mut happened = 1u32 << *kind as u32;
        let mut times = [(0u8, 0 as Millis); 4];
        times[0] = (*kind as u8, first_at);
        let mut count = 1;
        for next in &response.next {
            if happened & next.after == 0 || !chance.happens(next.probability) {
                continue;
            }
            let before = times[..count].iter().rev().find(|(kind, _)| next.after & (1 << kind) != 0);
            let before = before.map_or(first_at, |(_, at)| *at);
            let delay = next.delay.draw(&mut chance);
            let when = if next.from_send { (at + delay).max(before) } else { before + delay };
            tell(next.kind, when);
            happened |= 1 << next.kind as u32;
            if count < times.len() {
                times[count] = (next.kind as u8, when);
                count += 1;
            }
        }
    }

    /// `EventAttributes` of the answers of an activity's function.
    pub fn attributes(&self, activity: u16) -> &[(String, String)] {
        self.by_activity.get(usize::from(activity)).and_then(Option::as_ref).map_or(&[], |r| &r.attributes)
    }
}

impl Response {
    fn of(kind: ActivityKind, responses: &Responses) -> Option<Response> {
        let after = |kinds: &[EventKind]| kinds.iter().fold(0, |bits, kind| bits | 1u32 << *kind as u32);
        let next = |after, kind, probability, delay: Delay, from_send| Next {
            after,
            kind,
            probability,
            delay: delay.into(),
            from_send,
        };
        let (first, delay, next, attributes) = match kind {
            ActivityKind::Email => {
                let r = &responses.email;
                let delivered = after(&[EventKind::EmailDelivered]);
                let opened = after(&[EventKind::EmailOpen]);
                let first = vec![
                    (EventKind::EmailDelivered, r.delivered),
                    (EventKind::EmailHardBounce, r.hard_bounce),
                    (EventKind::EmailSoftBounce, r.soft_bounce),
                    (EventKind::EmailRejected, r.rejected),
                ];
                let next = vec![
                    next(delivered, EventKind::EmailOpen, r.open, r.open_delay, true),
                    next(opened, EventKind::EmailClick, r.click, r.click_delay, false),
                    next(opened, EventKind::EmailUnsubscribe, r.unsubscribe, r.unsubscribe_delay, false),
                    next(opened, EventKind::EmailComplaint, r.complaint, r.unsubscribe_delay, false),
                ];
                (first, r.delivery_delay, next, Vec::new())
            }
            ActivityKind::Sms => {
                let r = &responses.sms;
                let first = vec![(EventKind::SmsSuccess, r.delivered), (EventKind::SmsFailure, r.failed)];
                let delivered = after(&[EventKind::SmsSuccess]);
                let next = vec![next(delivered, EventKind::SmsOptOut, r.opt_out, r.opt_out_delay, false)];
                (first, r.delivery_delay, next, Vec::new())
            }
            ActivityKind::Push => {
                let r = &responses.push;
                let first = vec![
                    (EventKind::PushForeground, r.received_foreground),
                    (EventKind::PushBackground, r.received_background),
                ];
                let received = after(&[EventKind::PushForeground, EventKind::PushBackground]);
                let next = vec![next(received, EventKind::PushOpened, r.opened, r.open_delay, false)];
                (first, r.delivery_delay, next, Vec::new())
            }
            ActivityKind::Custom => {
                let r = &responses.custom;
                let attributes = r.attributes.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
                (vec![(EventKind::CustomResponse, r.answered)], r.delay, Vec::new(), attributes)
            }
            ActivityKind::ContactCenter => {
                let r = &responses.contact_center;
                let first = vec![
                    (EventKind::Connected, r.connected),
                    (EventKind::VoicemailBeep, r.voicemail),
                    (EventKind::SitTone, r.sit_tone),
                    (EventKind::Fax, r.fax),
                    (EventKind::NotAnswered, r.not_answered),
                ];
                (first, r.delay, Vec::new(), Vec::new())
            }
            _ => return None,
        };
        let mut sum = 0.0;
        let first = first
            .into_iter()
            .map(|(kind, probability): (EventKind, f64)| {
                sum += probability.max(0.0);
                (kind, sum)
            })
            .collect();
        // What never happens is not drawn.
        let next = next.into_iter().filter(|next: &Next| next.probability > 0.0).collect();
        Some(Response { first, first_delay: delay.into(), next, attributes })
    }
}
