//! What a simulated run gives: counts, and the story of a person.

use model::{Millis, Slot};
use serde::{Deserialize, Serialize};

/// A finished simulated run of one journey.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// File name of the journey.
    pub journey: String,
    /// Seed of all chance.
    pub seed: u64,
    /// Virtual instant at which the journey was published.
    pub start: Millis,
    /// Virtual instant of the last thing that happened.
    pub end: Millis,
    /// Endpoints that were looked at.
    pub offered: u64,
    /// Participants that entered, re-entries included.
    pub entered: u64,
    /// Participants that left.
    pub left: u64,
    /// Why others did not enter, with the metric's name (journeys.md 11.1 and 11.4), sorted by name.
    pub refused: Vec<Outcome>,
    /// Messages handed to a channel.
    pub messages: u64,
    /// Counts of each activity, in the order of the journey document.
    pub activities: Vec<ActivityCounts>,
    /// Counts of each connection, in the order of the journey document and the activity's ways out.
    pub connections: Vec<ConnectionCount>,
    /// A hash over every step of every participant: equal hashes, equal runs.
    pub trace_hash: u64,
    /// What the run leaves out or does otherwise than the journey says, and what was odd about its input.
    #[serde(default)]
    pub notes: Vec<Note>,
}

/// Something to know about a run before trusting its counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The place in the journey; empty = about the people, the events or the settings.
    pub path: model::Path,
    /// What it is, in a sentence without full stop.
    pub text: String,
}

/// A named count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Its name: a metric of journeys.md 11, or an event type such as `_email.open`.
    pub name: String,
    /// How often.
    pub count: u64,
}

/// Counts of one activity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityCounts {
    /// The activity's id.
    pub id: String,
    /// Participants that arrived.
    pub entered: u64,
    /// Participants whose path ended here.
    pub ended: u64,
    /// Participants still here when the run ended.
    pub waiting: u64,
    /// What came of it: send outcomes and engagement of messages, sorted by name.
    pub outcomes: Vec<Outcome>,
}

/// Count of one connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionCount {
    /// The activity that it leaves.
    pub from: String,
    /// Which way out.
    pub slot: Slot,
    /// Participants that went along, also where it leads nowhere.
    pub count: u64,
}

/// What happened to one participant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Story {
    /// The participant: `user:ID` or `endpoint:ID` (journeys.md 2).
    pub person: String,
    /// Everything that happened, in order of time.
    pub steps: Vec<StoryStep>,
}

/// One thing that happened to a participant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoryStep {
    /// When.
    pub at: Millis,
    /// At which activity; `None` before the first and after the last.
    pub activity: Option<String>,
    /// The connection taken, where one was.
    pub slot: Option<Slot>,
    /// A sentence with the reason: "went No: no `_email.open` of `welcomeEmail` within 2 days".
    pub text: String,
}

/// One line of the list of people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonSummary {
    /// The participant, as in [`Story::person`].
    pub person: String,
    /// A name to show: first name, user id or endpoint id; never an address.
    pub name: String,
    /// The last activity reached; `None` = did not enter.
    pub last: Option<String>,
    /// Messages received.
    pub messages: u32,
}
