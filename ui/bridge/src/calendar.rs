//! All campaigns and journeys of a project, day by day.

use model::{DocumentId, Millis, Project};
use serde::{Deserialize, Serialize};

/// Runs the sample people through all journeys and campaigns of a project together.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SimulateProject {
    /// The project's folder, for its sample people and events and the settings of its application; without any people, a few
    /// are invented.
    pub folder: Option<String>,
    /// The project as it is in the window.
    pub project: Project,
    /// How many days from the start on; 90 when absent.
    pub days: Option<u32>,
}

command!(SimulateProject, "simulate-project" => ProjectRunView);

/// A whole project, simulated.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProjectRunView {
    /// Virtual instant at which all is published.
    pub start: Millis,
    /// Instant at which the simulation ends.
    pub end: Millis,
    /// How many people there are; a user with several endpoints is one.
    pub people: u64,
    /// What each journey and campaign comes to, in order of their names.
    pub documents: Vec<DocumentRun>,
    /// Days with messages, in order, by the clock that each person has.
    pub days: Vec<DayView>,
    /// Where somebody gets more than the project finds right.
    pub too_much: Vec<TooMuch>,
    /// Messages to people whose time zone is not known: they are counted by UTC.
    pub without_zone: u64,
    /// Journeys and campaigns that can not run, and why.
    pub left_out: Vec<(DocumentId, String)>,
    /// What the simulation does otherwise than the documents say, and what was odd about its input.
    pub notes: Vec<String>,
}

/// A journey or campaign among the others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DocumentRun {
    /// Which.
    pub document: DocumentId,
    /// Messages handed to a channel.
    pub messages: u64,
    /// Messages that a cap kept back, its own or one that it shares.
    pub capped: u64,
    /// Messages that it would send if the others sent nothing.
    pub alone: u64,
}

/// What is sent on a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DayView {
    /// `2026-12-03`
    pub day: String,
    /// Who sends, most messages first.
    pub senders: Vec<DaySender>,
}

/// What a journey or campaign sends on a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DaySender {
    /// Its place in [`ProjectRunView::documents`].
    pub sender: usize,
    /// Messages handed to a channel.
    pub messages: u64,
    /// Messages that a cap kept back.
    pub capped: u64,
    /// Time of the first of them, `09:00`.
    pub first: String,
    /// Time of the last of them.
    pub last: String,
}

/// A span of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// A day.
    Day,
    /// Seven days from Monday on.
    Week,
}

/// People who get more in a day or week than the project finds right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TooMuch {
    /// In which time.
    pub span: Span,
    /// More than so many messages (`[calendar]` in `waymark.toml`).
    pub most: u32,
    /// How many people, each counted once.
    pub people: u64,
    /// Who gets most: `user:ID` or `endpoint:ID`.
    pub person: String,
    /// In the day, or the week that begins on that day.
    pub day: String,
    /// What that person gets then, in order.
    pub messages: Vec<ReceivedLine>,
}

/// A message to somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedLine {
    /// Day and time of that person's clock, `2026-12-03 09:00`.
    pub at: String,
    /// Place of its journey or campaign in [`ProjectRunView::documents`].
    pub sender: usize,
    /// The message activity, or the treatment, in words.
    pub part: String,
}
