//! What a file of expectations says.

use std::collections::BTreeMap;

use engine::EventKind;
use model::{ActivityKind, Millis};
use serde_json::Value;

use crate::promises::Promises;

/// Inline people: their endpoints in Pinpoint's members, by the name that the file gives them.
pub type Named = BTreeMap<String, Vec<Value>>;

/// A file of expectations.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expectations {
    /// Who is described for the whole file.
    pub people: Named,
    /// In the order of the file.
    pub expectations: Vec<Expectation>,
    /// What must hold for everybody.
    pub promises: Option<Promises>,
}

/// One test of a journey.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expectation {
    /// What it says, for people.
    pub name: String,
    /// Line of its heading, from 1.
    pub line: usize,
    /// File name of the journey, without `.json`.
    pub journey: String,
    /// When the journey is published; `None` = as a simulated run starts.
    pub start: Option<Millis>,
    /// Seed of the response model.
    pub seed: u64,
    /// What people do beside what is given.
    pub responses: Responses,
    /// Who is described here, before those of the file.
    pub people: Named,
    /// What people do.
    pub given: Vec<Given>,
    /// What comes of it.
    pub expect: Vec<Expected>,
}

/// What people do beside what is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Responses {
    /// Nothing.
    #[default]
    None,
    /// What the response model draws.
    Model,
}

/// Something that a person does.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// Line, from 1; 0 = made, not read.
    pub line: usize,
    /// Whose doing.
    pub person: String,
    /// By which endpoint; `None` = the one that the message went to, or the person's first.
    pub endpoint: Option<String>,
    /// What.
    pub cause: Cause,
    /// When.
    pub when: When,
}

/// What a person does, as an event.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// Something with a message.
    Does {
        /// What.
        verb: Verb,
        /// The message activity.
        of: String,
    },
    /// An event by its name.
    Event {
        /// `event_type`
        event_type: String,
        /// The message activity that brought it about.
        of: Option<String>,
        /// `attributes`
        attributes: Vec<(String, String)>,
        /// `metrics`
        metrics: Vec<(String, f64)>,
    },
}

impl Cause {
    /// The message activity that it is about.
    pub fn of(&self) -> Option<&str> {
        match self {
            Cause::Does { of, .. } => Some(of),
            Cause::Event { of, .. } => of.as_deref(),
        }
    }
}

/// When something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// So long after the message was sent; for what is about no message, after the start.
    After(Millis),
    /// Then.
    At(Millis),
}

/// What can be done with a message, in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// `opens`
    Opens,
    /// `clicks`
    Clicks,
    /// `receives`
    Receives,
    /// `misses`
    Misses,
    /// `unsubscribes_from`
    Unsubscribes,
    /// `complains_about`
    Complains,
    /// `answers`
    Answers,
}

impl Verb {
    /// All of them.
    pub const ALL: [Verb; 7] =
        [Verb::Opens, Verb::Clicks, Verb::Receives, Verb::Misses, Verb::Unsubscribes, Verb::Complains, Verb::Answers];

    /// The key in the file.
    pub fn key(self) -> &'static str {
        match self {
            Verb::Opens => "opens",
            Verb::Clicks => "clicks",
            Verb::Receives => "receives",
            Verb::Misses => "misses",
            Verb::Unsubscribes => "unsubscribes_from",
            Verb::Complains => "complains_about",
            Verb::Answers => "answers",
        }
    }

    /// The event of it for a message of this kind (journeys.md 3.8); `None` = it can not be done with such a message.
    pub fn kind(self, message: ActivityKind) -> Option<EventKind> {
        Some(match (self, message) {
            (Verb::Opens, ActivityKind::Email) => EventKind::EmailOpen,
            (Verb::Opens, ActivityKind::Push) => EventKind::PushOpened,
            (Verb::Clicks, ActivityKind::Email) => EventKind::EmailClick,
            (Verb::Receives, ActivityKind::Email) => EventKind::EmailDelivered,
            (Verb::Receives, ActivityKind::Sms) => EventKind::SmsSuccess,
            (Verb::Receives, ActivityKind::Push) => EventKind::PushBackground,
            (Verb::Misses, ActivityKind::Email) => EventKind::EmailHardBounce,
            (Verb::Misses, ActivityKind::Sms) => EventKind::SmsFailure,
            (Verb::Misses, ActivityKind::ContactCenter) => EventKind::NotAnswered,
            (Verb::Unsubscribes, ActivityKind::Email) => EventKind::EmailUnsubscribe,
            (Verb::Unsubscribes, ActivityKind::Sms) => EventKind::SmsOptOut,
            (Verb::Complains, ActivityKind::Email) => EventKind::EmailComplaint,
            (Verb::Answers, ActivityKind::Custom) => EventKind::CustomResponse,
            (Verb::Answers, ActivityKind::ContactCenter) => EventKind::Connected,
            _ => return None,
        })
    }

    /// The verb that means an event of a message of this kind.
    pub fn of(kind: EventKind, message: ActivityKind) -> Option<Verb> {
        Verb::ALL.into_iter().find(|verb| verb.kind(message) == Some(kind))
    }
}

/// Something that must come of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// Line, from 1; 0 = made, not read.
    pub line: usize,
    /// Whom it is about.
    pub person: String,
    /// What.
    pub wanted: Wanted,
    /// When.
    pub window: Window,
}

/// What must come of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// A message.
    Gets {
        /// Activity, template, channel or `anything`.
        message: String,
        /// How often.
        frequency: Frequency,
    },
    /// A way out of an activity.
    Takes {
        /// Its label, or where it leads.
        branch: String,
        /// The activity.
        of: String,
        /// Whether it must be taken; else it must not.
        yes: bool,
    },
    /// A visit of an activity.
    Reaches {
        /// The activity.
        activity: String,
        /// Whether it must be reached; else it must not.
        yes: bool,
    },
    /// The end.
    Leaves {
        /// The last activity; `None` = anywhere.
        activity: Option<String>,
        /// Whether the person must leave; else must not.
        yes: bool,
    },
    /// The entry.
    Enters(
        /// Whether the person must enter; else must not.
        bool,
    ),
    /// A refusal.
    Refused(
        /// The metric that counts it; `None` = any.
        Option<String>,
    ),
}

/// How often a message must come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frequency {
    /// At least once.
    Once,
    /// Exactly so often; 0 = never.
    Times(u32),
    /// At most so often, in any stretch of that length.
    AtMost(u32, Option<Millis>),
}

/// When it must come. Both ends are inclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// The first moment.
    pub from: Option<Moment>,
    /// The last moment.
    pub to: Option<Moment>,
}

/// A moment in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// This instant.
    At(Millis),
    /// So long after the person's first entry.
    AfterEntry(Millis),
}
