//! The events that a message can cause, as bits (events-and-analytics.md 2, journeys.md 3.8).

use std::fmt;

use serde::{Deserialize, Serialize};

/// A kind of event that the service knows of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum EventKind {
    /// `_journey.send`
    JourneySend,
    /// `_email.send`
    EmailSend,
    /// `_email.delivered`
    EmailDelivered,
    /// `_email.rejected`
    EmailRejected,
    /// `_email.hardbounce`
    EmailHardBounce,
    /// `_email.softbounce`
    EmailSoftBounce,
    /// `_email.complaint`
    EmailComplaint,
    /// `_email.open`
    EmailOpen,
    /// `_email.click`
    EmailClick,
    /// `_email.unsubscribe`
    EmailUnsubscribe,
    /// `_email.rendering_failure`
    EmailRenderingFailure,
    /// `_SMS.SEND`, and `_SMS.BUFFERED` which means the same here (journeys.md 3.8, chosen).
    SmsSend,
    /// `_SMS.SUCCESS`
    SmsSuccess,
    /// `_SMS.FAILURE`
    SmsFailure,
    /// `_SMS.OPTOUT`
    SmsOptOut,
    /// `_journey.opened_notification`
    PushOpened,
    /// `_journey.received_foreground`
    PushForeground,
    /// `_journey.received_background`
    PushBackground,
    /// `_custom.response`
    CustomResponse,
    /// `_contact_center.connected`
    Connected,
    /// `_contact_center.sit_tone`
    SitTone,
    /// `_contact_center.fax`
    Fax,
    /// `_contact_center.voicemail_beep`
    VoicemailBeep,
    /// `_contact_center.voicemail_no_beep`
    VoicemailNoBeep,
    /// `_contact_center.not_answered`
    NotAnswered,
}

impl EventKind {
    /// All kinds.
    pub const ALL: [EventKind; 25] = [
        EventKind::JourneySend,
        EventKind::EmailSend,
        EventKind::EmailDelivered,
        EventKind::EmailRejected,
        EventKind::EmailHardBounce,
        EventKind::EmailSoftBounce,
        EventKind::EmailComplaint,
        EventKind::EmailOpen,
        EventKind::EmailClick,
        EventKind::EmailUnsubscribe,
        EventKind::EmailRenderingFailure,
        EventKind::SmsSend,
        EventKind::SmsSuccess,
        EventKind::SmsFailure,
        EventKind::SmsOptOut,
        EventKind::PushOpened,
        EventKind::PushForeground,
        EventKind::PushBackground,
        EventKind::CustomResponse,
        EventKind::Connected,
        EventKind::SitTone,
        EventKind::Fax,
        EventKind::VoicemailBeep,
        EventKind::VoicemailNoBeep,
        EventKind::NotAnswered,
    ];

    /// The `event_type`.
    pub fn name(self) -> &'static str {
        match self {
            EventKind::JourneySend => "_journey.send",
            EventKind::EmailSend => "_email.send",
            EventKind::EmailDelivered => "_email.delivered",
            EventKind::EmailRejected => "_email.rejected",
            EventKind::EmailHardBounce => "_email.hardbounce",
            EventKind::EmailSoftBounce => "_email.softbounce",
            EventKind::EmailComplaint => "_email.complaint",
            EventKind::EmailOpen => "_email.open",
            EventKind::EmailClick => "_email.click",
            EventKind::EmailUnsubscribe => "_email.unsubscribe",
            EventKind::EmailRenderingFailure => "_email.rendering_failure",
            EventKind::SmsSend => "_SMS.SEND",
            EventKind::SmsSuccess => "_SMS.SUCCESS",
            EventKind::SmsFailure => "_SMS.FAILURE",
            EventKind::SmsOptOut => "_SMS.OPTOUT",
            EventKind::PushOpened => "_journey.opened_notification",
            EventKind::PushForeground => "_journey.received_foreground",
            EventKind::PushBackground => "_journey.received_background",
            EventKind::CustomResponse => "_custom.response",
            EventKind::Connected => "_contact_center.connected",
            EventKind::SitTone => "_contact_center.sit_tone",
            EventKind::Fax => "_contact_center.fax",
            EventKind::VoicemailBeep => "_contact_center.voicemail_beep",
            EventKind::VoicemailNoBeep => "_contact_center.voicemail_no_beep",
            EventKind::NotAnswered => "_contact_center.not_answered",
        }
    }

    /// The kind of that `event_type`; case counts.
    pub fn parse(name: &str) -> Option<EventKind> {
        match name {
            "_SMS.BUFFERED" => Some(EventKind::SmsSend),
            _ => EventKind::ALL.into_iter().find(|kind| kind.name() == name),
        }
    }

    /// Whether it only says that the message was handed over.
    pub fn is_send(self) -> bool {
        matches!(self, EventKind::JourneySend | EventKind::EmailSend | EventKind::SmsSend)
    }

    /// What it means, after "was": "delivered".
    pub fn participle(self) -> &'static str {
        match self {
            EventKind::JourneySend | EventKind::EmailSend | EventKind::SmsSend => "sent",
            EventKind::EmailDelivered | EventKind::SmsSuccess => "delivered",
            EventKind::EmailRejected => "rejected",
            EventKind::EmailHardBounce => "returned (hard bounce)",
            EventKind::EmailSoftBounce => "returned (soft bounce)",
            EventKind::EmailComplaint => "reported as spam",
            EventKind::EmailOpen | EventKind::PushOpened => "opened",
            EventKind::EmailClick => "clicked",
            EventKind::EmailUnsubscribe | EventKind::SmsOptOut => "answered with an opt-out",
            EventKind::EmailRenderingFailure => "not rendered",
            EventKind::SmsFailure => "not delivered",
            EventKind::PushForeground => "received in the foreground",
            EventKind::PushBackground => "received in the background",
            EventKind::CustomResponse => "answered",
            EventKind::Connected => "connected",
            EventKind::SitTone => "answered by a SIT tone",
            EventKind::Fax => "answered by a fax",
            EventKind::VoicemailBeep | EventKind::VoicemailNoBeep => "answered by a voicemail",
            EventKind::NotAnswered => "not answered",
        }
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of kinds of events, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventKinds(u32);

impl EventKinds {
    /// No kind.
    pub const NONE: EventKinds = EventKinds(0);

    /// Whether the kind is in the set.
    #[inline]
    pub fn has(self, kind: EventKind) -> bool {
        self.0 & (1 << kind as u32) != 0
    }

    /// Puts the kind into the set.
    #[inline]
    pub fn add(&mut self, kind: EventKind) {
        self.0 |= 1 << kind as u32;
    }

    /// Whether nothing is in the set.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The kinds of either set.
    #[inline]
    pub fn union(self, other: EventKinds) -> EventKinds {
        EventKinds(self.0 | other.0)
    }

    /// The kinds of both sets.
    #[inline]
    pub fn both(self, other: EventKinds) -> EventKinds {
        EventKinds(self.0 & other.0)
    }

    /// The kinds in the set, in order.
    #[inline]
    pub fn iter(self) -> impl Iterator<Item = EventKind> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let kind = EventKind::ALL.get(left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(*kind)
        })
    }

    /// What is most telling of the set: how far the message came.
    pub fn furthest(self) -> Option<EventKind> {
        const ORDER: [EventKind; 14] = [
            EventKind::EmailClick,
            EventKind::EmailOpen,
            EventKind::PushOpened,
            EventKind::Connected,
            EventKind::NotAnswered,
            EventKind::EmailHardBounce,
            EventKind::EmailDelivered,
            EventKind::EmailSoftBounce,
            EventKind::SmsFailure,
            EventKind::SmsSuccess,
            EventKind::CustomResponse,
            EventKind::PushForeground,
            EventKind::PushBackground,
            EventKind::JourneySend,
        ];
        ORDER.into_iter().find(|kind| self.has(*kind))
    }
}

impl FromIterator<EventKind> for EventKinds {
    fn from_iter<T: IntoIterator<Item = EventKind>>(kinds: T) -> EventKinds {
        let mut set = EventKinds::NONE;
        kinds.into_iter().for_each(|kind| set.add(kind));
        set
    }
}
