//! The messages of a cohort: who gets what when, and what came of it.

use std::ops::Range;

use engine::{Effect, EventKind, EventKinds, Participant, SendStatus, What};
use model::{Millis, Word};
use serde::Serialize;

use crate::simulation::Simulation;
use crate::walk::Listener;

/// A message to one endpoint, or one that was not sent, by numbers; [`Simulation::message`] names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// When it was sent or given up; for one that was still held when the run ended, when it was held.
    pub at: Millis,
    /// First row of the participant.
    pub participant: u32,
    /// Row of the endpoint; `None` = the participant has none that fits.
    pub row: Option<u32>,
    /// The message activity, as its index in the program.
    pub activity: u16,
    /// What became of it. A message that was held and released has what became of it then.
    pub status: SendStatus,
    /// When it first arrived: delivered, received by the app, answered.
    pub delivered: Option<Millis>,
    /// When it was first opened.
    pub opened: Option<Millis>,
    /// What came of it before the run ended.
    pub events: EventKinds,
}

impl Message {
    /// Whether an event of the kind means that the message arrived.
    pub(crate) fn arrives(kind: EventKind) -> bool {
        matches!(
            kind,
            EventKind::EmailDelivered
                | EventKind::SmsSuccess
                | EventKind::PushForeground
                | EventKind::PushBackground
                | EventKind::CustomResponse
                | EventKind::Connected
        )
    }
}

/// A message with names, as a row of a table. There is no address in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MessageRow<'a> {
    /// The participant: `user:ID` or `endpoint:ID` (journeys.md 2).
    pub person: String,
    /// The endpoint's id.
    pub endpoint: Option<&'a str>,
    /// As in [`Message::at`].
    pub at: Millis,
    /// `ChannelType` of the endpoint.
    pub channel: Option<&'static str>,
    /// The activity's id.
    pub activity: &'a str,
    /// `TemplateName` of the activity.
    pub template: Option<&'a str>,
    /// `TemplateVersion` of the activity; `None` = the one that is active at the time (journeys.md 3.1).
    pub template_version: Option<&'a str>,
    /// `journey_send_status`, or `HELD`, `SKIPPED`.
    pub status: &'static str,
    /// As in [`Message::delivered`].
    pub delivered: Option<Millis>,
    /// As in [`Message::opened`].
    pub opened: Option<Millis>,
    /// How far it came: the most telling event type, such as `_email.click`.
    pub outcome: Option<&'static str>,
}

/// Gathers the messages of participants.
#[derive(Default)]
pub(crate) struct Collector {
    pub messages: Vec<Message>,
    pub participant: u32,
    /// Where the messages of the present participant start.
    start: usize,
}

impl Collector {
    /// What follows is of the participant with this first row.
    pub fn begin(&mut self, participant: u32) {
        self.end();
        self.participant = participant;
    }

    /// Brings the messages of the present participant in order of time; those of one instant stay in theirs.
    pub fn end(&mut self) {
        self.messages[self.start..].sort_by_key(|message| message.at);
        self.start = self.messages.len();
    }

    /// Takes an effect; answers the number of the message that it is about, if it makes or settles one.
    pub fn effect(&mut self, at: Millis, effect: Effect) -> Option<usize> {
        let (activity, row, status) = match effect.what {
            What::Send { activity, row } => (activity, Some(row), SendStatus::Success),
            // The end of the hold says nothing yet: what becomes of the message follows.
            What::NotSent { status: SendStatus::QuietTimeWaitFinished, .. } => return None,
            What::NotSent { activity, row, status } => (activity, row, status),
            _ => return None,
        };
        let held = |message: &Message| {
            message.status == SendStatus::Held && (message.activity, message.row) == (activity, row)
        };
        if let Some(place) = self.messages[self.start..].iter().position(held) {
            let message = &mut self.messages[self.start + place];
            (message.at, message.status) = (at, status);
            return Some(self.start + place);
        }
        self.messages.push(Message {
            at,
            participant: self.participant,
            row,
            activity,
            status,
            delivered: None,
            opened: None,
            events: EventKinds::NONE,
        });
        Some(self.messages.len() - 1)
    }

    /// Takes an event; answers the number of the message that caused it: the last that was sent, because an activity can
    /// be passed again at a later entry.
    pub fn event(&mut self, at: Millis, activity: u16, row: u32, name: &str) -> Option<usize> {
        let caused = |message: &Message| {
            message.status == SendStatus::Success && (message.activity, message.row) == (activity, Some(row))
        };
        let place = self.start + self.messages[self.start..].iter().rposition(caused)?;
        let message = &mut self.messages[place];
        if let Some(kind) = EventKind::parse(name) {
            message.events.add(kind);
            let first = |known: Option<Millis>| Some(known.map_or(at, |known| known.min(at)));
            if Message::arrives(kind) {
                message.delivered = first(message.delivered);
            }
            if matches!(kind, EventKind::EmailOpen | EventKind::PushOpened) {
                message.opened = first(message.opened);
            }
        }
        Some(place)
    }
}

impl Listener for Collector {
    const ON: bool = true;

    fn effect(&mut self, at: Millis, effect: Effect) {
        Collector::effect(self, at, effect);
    }

    fn event(&mut self, at: Millis, activity: u16, row: u32, name: &str) {
        Collector::event(self, at, activity, row, name);
    }

    fn refusals(&mut self, _: Millis, _: u64) {}
}

impl Simulation<'_> {
    /// The messages of the participants whose first endpoint lies in these rows: by that row, then by time. Ranges one
    /// after the other give the list of everybody, piece by piece.
    pub fn messages(&self, rows: Range<usize>) -> Vec<Message> {
        let mut collector = Collector::default();
        self.listen_to(rows, &mut collector, &mut Collector::begin);
        collector.end();
        collector.messages
    }

    /// A message of this run with its names.
    pub fn message(&self, message: &Message) -> MessageRow<'_> {
        let people = self.people;
        let endpoint = message.row.map(|row| people.row(row as usize));
        let (template, template_version) = self.program.template(message.activity);
        MessageRow {
            person: Participant::key_of(people.row(message.participant as usize)),
            endpoint: endpoint.map(|endpoint| endpoint.id()),
            at: message.at,
            channel: endpoint.and_then(|endpoint| endpoint.channel()).map(|channel| channel.as_str()),
            activity: self.program.activity_id(message.activity),
            template,
            template_version,
            status: message.status.name(),
            delivered: message.delivered,
            opened: message.opened,
            outcome: message.events.furthest().map(EventKind::name),
        }
    }
}
