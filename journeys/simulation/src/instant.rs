//! One person at one instant: where they are, what they wait for, and what they have received by then.

use engine::{Effect, Participant, Reason, What, instant_words};
use model::Millis;
use serde::{Deserialize, Serialize};

use crate::messages::Collector;
use crate::run::StoryStep;
use crate::simulation::Simulation;
use crate::story::Teller;
use crate::walk::{Listener, Walker};

/// A person at an instant of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonAt {
    /// The participant: `user:ID` or `endpoint:ID` (journeys.md 2).
    pub person: String,
    /// The instant.
    pub at: Millis,
    /// Where they are.
    pub place: Whereabouts,
    /// What was sent to them by then or was to be, in order of time.
    pub messages: Vec<ReceivedMessage>,
    /// Everything that had happened by then, with the reasons, in order of time.
    pub steps: Vec<StoryStep>,
}

/// Where a person is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "where", rename_all = "snake_case")]
pub enum Whereabouts {
    /// Not in the journey, and never before.
    Outside {
        /// When they enter; `None` = not in this run.
        enters: Option<Millis>,
        /// Why they are not in: "did not enter: …", "enters at …".
        why: String,
    },
    /// At an activity.
    Inside {
        /// The activity's id.
        activity: String,
        /// Arrival there.
        since: Millis,
        /// When they go on, unless the run is cut off before; `None` = they do not.
        until: Option<Millis>,
        /// What they wait for: "waits until …, for 2 days".
        why: String,
    },
    /// Through the journey.
    Left {
        /// The last activity's id.
        activity: String,
        /// When.
        since: Millis,
        /// Why the path ended there.
        why: String,
    },
}

/// A message to one endpoint, and what is known of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReceivedMessage {
    /// When it was sent, held back or given up.
    pub at: Millis,
    /// The message activity's id.
    pub activity: String,
    /// The endpoint's id; `None` = the person has none that fits.
    pub endpoint: Option<String>,
    /// `journey_send_status`, or `HELD`, `SKIPPED`.
    pub status: String,
    /// When it was delivered, answered or received, if it was by then.
    pub delivered: Option<Millis>,
    /// When it was first opened, if it was by then.
    pub opened: Option<Millis>,
    /// All that came of it by then: event type and instant, in order of time.
    pub events: Vec<(String, Millis)>,
    /// Why the person got it: the step that led to the activity; for one that was not sent, why not.
    pub why: String,
}

/// Hears a person's way up to an instant.
struct Watcher<'s> {
    until: Millis,
    teller: Teller<'s>,
    collector: Collector,
    /// By message: what came of it, and why it was sent or not.
    told: Vec<(Vec<(String, Millis)>, String)>,
    /// Activity and instant of the arrival, while inside.
    inside: Option<(u16, Millis)>,
    /// Instant and words of the wait, while waiting.
    waits: Option<(Millis, String)>,
    left: Option<(u16, Millis, String)>,
    /// What led to the present activity.
    led: String,
    /// The first entry after the instant.
    enters: Option<Millis>,
}

impl Listener for Watcher<'_> {
    const ON: bool = true;

    fn effect(&mut self, at: Millis, effect: Effect) {
        if at > self.until {
            if matches!(effect.what, What::Entered { .. }) {
                self.enters.get_or_insert(at);
            }
            return;
        }
        self.teller.effect(at, effect);
        let said = self.teller.steps.last().map(|step| step.text.clone()).unwrap_or_default();
        if let Some(number) = self.collector.effect(at, effect) {
            if number == self.told.len() {
                self.told.push((Vec::new(), String::new()));
            }
            self.told[number].1 =
                if matches!(effect.what, What::Send { .. }) { self.led.clone() } else { said.clone() };
        }
        match effect.what {
            What::Entered { .. } => (self.left, self.led) = (None, said),
            What::Arrived { activity } => (self.inside, self.waits) = (Some((activity, at)), None),
            What::WaitUntil { at, .. } if effect.reason != Reason::TooEarly => self.waits = Some((at, said)),
            What::Took { .. } => self.led = said,
            What::Left { activity } => (self.inside, self.left) = (None, Some((activity, at, said))),
            _ => {}
        }
    }

    fn event(&mut self, at: Millis, activity: u16, row: u32, name: &str) {
        if at <= self.until {
            self.teller.event(at, activity, row, name);
            let number = self.collector.event(at, activity, row, name);
            if let Some((events, _)) = number.and_then(|number| self.told.get_mut(number)) {
                events.push((name.to_owned(), at));
            }
        }
    }

    fn refusals(&mut self, at: Millis, count: u64) {
        if at <= self.until {
            self.teller.refusals(at, count);
        }
    }
}

impl Simulation<'_> {
    /// Where a person is at an instant of this run, and what they have received by then; `None` = nobody of that name.
    /// `person` is as in [`story`](Simulation::story). What falls on the instant itself has happened.
    pub fn at(&self, person: &str, instant: Millis) -> Option<PersonAt> {
        let rows = self.rows_of(person)?;
        let first = *rows.first()?;
        let mut watcher = Watcher {
            until: instant.min(self.horizon),
            teller: Teller::new(self),
            collector: Collector::default(),
            told: Vec::new(),
            inside: None,
            waits: None,
            left: None,
            led: String::new(),
            enters: None,
        };
        Walker::new(self).tell(rows, &mut watcher);
        let name = |activity: u16| self.program.activity_id(activity).to_owned();
        let place = match (watcher.inside, watcher.left) {
            (Some((activity, since)), _) => {
                let (until, why) = watcher.waits.map_or((None, String::new()), |(at, why)| (Some(at), why));
                Whereabouts::Inside { activity: name(activity), since, until, why }
            }
            (None, Some((activity, since, why))) => Whereabouts::Left { activity: name(activity), since, why },
            (None, None) => {
                let why = match (watcher.enters, watcher.teller.steps.last()) {
                    (Some(at), _) => format!("enters at {}", instant_words(at)),
                    (None, Some(step)) => step.text.clone(),
                    (None, None) if instant < self.entry_at && !self.program.is_event_entry() => {
                        format!("the journey takes in nobody before {}", instant_words(self.entry_at))
                    }
                    (None, None) => self.why_not_in(first),
                };
                Whereabouts::Outside { enters: watcher.enters, why }
            }
        };
        let told = watcher.collector.messages.iter().zip(watcher.told);
        let mut messages: Vec<ReceivedMessage> = told
            .map(|(message, (events, why))| ReceivedMessage {
                at: message.at,
                activity: name(message.activity),
                endpoint: message.row.map(|row| self.people.row(row as usize).id().to_owned()),
                status: message.status.name().to_owned(),
                delivered: message.delivered,
                opened: message.opened,
                events,
                why,
            })
            .collect();
        messages.sort_by_key(|message| message.at);
        Some(PersonAt {
            person: Participant::key_of(self.people.row(first as usize)),
            at: instant,
            place,
            messages,
            steps: watcher.teller.steps,
        })
    }
}
