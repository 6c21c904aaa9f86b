//! What a simulated run has shown, in plain numbers. Whoever ran it fills them in; the checks never simulate.

use std::collections::BTreeMap;

use model::{Millis, Slot};
use serde::{Deserialize, Serialize};

/// How many people a number must be about before a rule makes anything of it: fewer prove nothing.
pub const ENOUGH: u64 = 20;

/// What a simulated run of one journey has shown. Rules that ask for more than it says are silent: an absent number is 0,
/// an absent entry is not known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Evidence {
    /// File name of the journey.
    pub journey: String,
    /// Endpoints that the run began with.
    pub people: u64,
    /// Of these, those without `Demographic.Timezone`.
    pub without_timezone: u64,
    /// Of these, those in each time zone of the tz database.
    pub timezones: BTreeMap<String, u64>,
    /// Of these, phone numbers of India (+91).
    pub indian_numbers: u64,
    /// Participants that entered, re-entries included.
    pub entered: u64,
    /// Participants that were walked to see more than counts: [`reached`](Evidence::reached), and what [`Seen`] says of them.
    pub sampled: u64,
    /// Of these, those that got at least one message.
    pub reached: u64,
    /// By activity.
    pub activities: BTreeMap<String, Seen>,
}

/// What a simulated run has shown of one activity.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Seen {
    /// Participants that arrived.
    pub arrived: u64,
    /// Participants still here when the run was cut off, 540 days after its start.
    pub waiting: u64,
    /// How many took each way out.
    pub ways: Vec<WaySeen>,
    /// Messages sent.
    pub sent: u64,
    /// Messages not sent, by `journey_send_status`: `DAILY_CAP`, `QUIET_TIME`, … (journeys.md 11.3).
    pub not_sent: BTreeMap<String, u64>,
    /// Of a message: when the last one to the sampled people went out.
    pub last_sent: Option<Millis>,
    /// Of a message: those to the sampled people that could be made.
    pub written: u64,
    /// Of a message: those to the sampled people that could not be made, by the variable without a value.
    pub unwritten: BTreeMap<String, u64>,
    /// Of a split that asks about messages: when their answers came.
    pub answers: Option<Answers>,
    /// Of a split that asks about attributes and metrics of endpoints: of the sampled people who came to it, those of whom one
    /// endpoint fits while another has a value that does not.
    pub disagreeing: u64,
}

/// How many took one way out of an activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaySeen {
    /// The way.
    pub slot: Slot,
    /// Participants that took it.
    pub people: u64,
}

/// When the events came that a split asks about, of the sampled people who came to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Answers {
    /// People who did what is asked about, sooner or later.
    pub all: u64,
    /// Of these, those who did it only after the split had judged them.
    pub late: u64,
    /// How long after the arrival at the split nine in ten of them had done it, in milliseconds.
    pub most_within: Millis,
}

impl Evidence {
    /// What the run has shown of an activity; `None` = nothing.
    pub fn of(&self, activity: &str) -> Option<&Seen> {
        self.activities.get(activity)
    }
}

impl Seen {
    /// How many took a way out; `None` = not known.
    pub fn took(&self, slot: Slot) -> Option<u64> {
        self.ways.iter().find(|way| way.slot == slot).map(|way| way.people)
    }
}

/// A share as people say it: whole percent, but never 0 or 100 of what is some or not all.
pub(crate) fn percent(part: u64, whole: u64) -> u64 {
    match part.saturating_mul(100) / whole.max(1) {
        0 if part > 0 => 1,
        100 if part < whole => 99,
        share => share,
    }
}

/// Whether a part is more than so many percent of the whole.
pub(crate) fn exceeds(part: u64, whole: u64, percent: u64) -> bool {
    u128::from(part) * 100 > u128::from(whole) * u128::from(percent)
}

impl Seen {
    /// Messages that were to be sent.
    pub(crate) fn meant(&self) -> u64 {
        self.not_sent.values().fold(self.sent, |sum, count| sum.saturating_add(*count))
    }
}
