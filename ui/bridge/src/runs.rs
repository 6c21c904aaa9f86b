//! Questions about a simulated run, by the number that `Simulate` answered, and about the tests of a project.

pub use model::changes::{Change, StepChange};
use model::{Edit, Millis, Project};
use serde::{Deserialize, Serialize};
use serde_json::Value;
pub use simulation::expectations::coverage::Coverage;
pub use simulation::expectations::{Failed, Outcome as Tested, Verb, Verdict};
pub use simulation::generation::Impossible;
pub use simulation::monte_carlo::{ActivityBands, Band, Bands, ConnectionBand};
pub use simulation::promises::{CounterExample, Kept as KeptPromise};
pub use simulation::series::{ActivitySeries, Busy, ChannelSeries, ConnectionSeries};
pub use simulation::{Deed, PersonSummary, Rates, Series, Story};

use crate::FileProblem;

/// Counts of a run over time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Flow {
    /// The run.
    pub run_id: u64,
}

command!(Flow, "flow" => FlowView);

/// Counts of a run over time, and what limits its sends.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FlowView {
    /// In at most 500 steps of whole hours.
    pub series: Series,
    /// The most that the journey and the channels send in a second, as far as somebody says.
    pub rates: Rates,
    /// The hours in which at least half of what a rate lets out was sent, the busiest first; at most 20.
    pub busy: Vec<Busy>,
    /// The hour in which most was sent, and how much.
    pub busiest: Option<(Millis, u64)>,
    /// Sends hour by hour: of all messages, then of each channel with a rate; empty when nothing is sent.
    pub plots: Vec<HourPlot>,
}

/// Sends hour by hour, with the limit as a line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HourPlot {
    /// What is sent: "All messages", "E-mail".
    pub title: String,
    /// An `svg` element with a name.
    pub svg: String,
    /// What is not drawn, in sentences; may be empty.
    pub note: String,
}

/// The nearest instant at which somebody arrives, goes on, leaves or is sent something.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Moment {
    /// The run.
    pub run_id: u64,
    /// After this instant, or before it; `None` = the first of the run, or the last.
    pub from: Option<Millis>,
    /// Whether the last before it is meant.
    pub back: bool,
}

// Two steps of a millisecond: all that had happened before, and the instant. `None` = there is no such instant.
command!(Moment, "moment" => Option<Series>);

/// Who is at an activity at an instant.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Waiting {
    /// The run.
    pub run_id: u64,
    /// The activity's id.
    pub activity: String,
    /// The instant; what falls on it has happened.
    pub at: Millis,
}

command!(Waiting, "waiting" => WaitingView);

/// Who is at an activity at an instant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WaitingView {
    /// How many.
    pub count: u64,
    /// The first of them, at most 60.
    pub people: Vec<PersonSummary>,
}

/// Looks for people by id or name, among all of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FindPeople {
    /// The run.
    pub run_id: u64,
    /// What stands in an endpoint id, a user id or a first or last name, in any case.
    pub text: String,
}

command!(FindPeople, "find-people" => Vec<PersonSummary>);

/// Whose story.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// Somebody of the run: as in `PersonSummary`, or an endpoint or user id.
    Known(String),
    /// Somebody who is not there, by their endpoints in Pinpoint's members.
    Invented(Vec<Value>),
}

/// Everything about one person of a run, also if they did something else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// The run.
    pub run_id: u64,
    /// Who.
    pub who: Who,
    /// What they do instead of what they do in the run.
    pub deeds: Vec<Deed>,
}

command!(Person, "person" => PersonView);

/// Everything about one person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PersonView {
    /// What happened, with the reasons.
    pub story: Story,
    /// What was sent to them or was to be, in order of time.
    pub messages: Vec<PersonMessage>,
    /// Deeds that had no effect, as places in the list: the message was not there then.
    pub without_effect: Vec<usize>,
}

/// A message as one person gets it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonMessage {
    /// When it was sent or was to be.
    pub at: Millis,
    /// The message activity's id.
    pub activity: String,
    /// The endpoint's id.
    pub endpoint: Option<String>,
    /// `journey_send_status`, or `HELD`, `SKIPPED`.
    pub status: String,
    /// Why it was sent, or why not.
    pub why: String,
    /// The parts that the person sees, by name: `Subject`, `HtmlPart`, `Body`, …
    pub parts: Vec<(String, String)>,
    /// Why it can not be shown; `None` = it can, or was not sent.
    pub problem: Option<String>,
}

/// The messages of everybody, as a table.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Messages {
    /// The run.
    pub run_id: u64,
    /// What stands in a cell; empty = all.
    pub text: String,
    /// What the rows are sorted by.
    pub by: MessageColumn,
    /// Whether the largest come first.
    pub descending: bool,
    /// The first row, from 0.
    pub from: u64,
}

command!(Messages, "messages" => MessagesPage);

/// A column of the table of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageColumn {
    /// The participant.
    Person,
    /// The instant.
    #[default]
    Time,
    /// `ChannelType`
    Channel,
    /// The activity.
    Activity,
    /// The template.
    Template,
    /// What became of it.
    Status,
    /// How far it came.
    Outcome,
}

/// A page of the table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MessagesPage {
    /// How many rows fit in all.
    pub total: u64,
    /// At most 100 rows.
    pub rows: Vec<MessageLine>,
    /// How many endpoints were looked at: the table is of the first 100,000, the file of all.
    pub endpoints: u64,
}

/// A row of the table. No row has an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageLine {
    /// The participant.
    pub person: String,
    /// When it was sent or given up.
    pub at: Millis,
    /// `ChannelType`
    pub channel: String,
    /// The activity's id.
    pub activity: String,
    /// What the canvas calls the activity.
    pub label: String,
    /// Its template; may be empty.
    pub template: String,
    /// `journey_send_status`, or `HELD`, `SKIPPED`.
    pub status: String,
    /// The most telling event type; may be empty.
    pub outcome: String,
}

/// Writes the messages of everybody to a file: `.csv`, `.jsonl` or `.parquet`. Answers the number of rows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WriteMessages {
    /// The run.
    pub run_id: u64,
    /// The file.
    pub path: String,
    /// Whether each row has the text that the person receives.
    pub render: bool,
}

command!(WriteMessages, "write-messages" => u64);

/// Walks everybody again and again, with other seeds: how far the counts spread.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ManyRuns {
    /// The run; its seed is the first.
    pub run_id: u64,
    /// How many, 2 to 10,000.
    pub runs: u32,
}

command!(ManyRuns, "many-runs" => Bands);

/// What a run has otherwise than another version of its journey has for the same people.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Compare {
    /// The run.
    pub run_id: u64,
    /// The project with the other version, such as the one that is saved.
    pub before: Project,
    /// The file name of the other version in it.
    pub journey: String,
    /// The project of the run.
    pub after: Project,
}

command!(Compare, "compare" => ComparisonView);

/// Two versions for the same people.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ComparisonView {
    /// Participants in all.
    pub people: u64,
    /// Of them, those who get something else.
    pub different: u64,
    /// Five of them.
    pub examples: Vec<Different>,
    /// Steps that differ, in the order of the journey, those that are gone last.
    pub steps: Vec<StepChange>,
}

/// Somebody who gets something else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Different {
    /// Who.
    pub person: PersonSummary,
    /// What they got of the other version: when, activity.
    pub before: Vec<(Millis, String)>,
    /// What they get now.
    pub after: Vec<(Millis, String)>,
}

/// Runs the expectations and promises of a project's folder against its journeys, also with unsaved changes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Test {
    /// The project.
    pub project: Project,
    /// Its folder.
    pub folder: String,
}

command!(Test, "test" => TestReport);

/// What came of all tests.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TestReport {
    /// Each expectation, by file and line.
    pub outcomes: Vec<Tested>,
    /// Each promise.
    pub promises: Vec<KeptPromise>,
    /// How much of each journey some expectation takes.
    pub coverage: Vec<Coverage>,
    /// Files that could be read in part or not at all.
    pub unreadable: Vec<FileProblem>,
}

/// Writes what a person gets as an expectation, so that it must stay so. Answers the file, below the folder, and the step of
/// undo.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Expect {
    /// The project's folder.
    pub folder: String,
    /// What it says, for people.
    pub name: String,
    /// Whose story, and what they do.
    pub person: Person,
}

command!(Expect, "expect" => (String, Edit));

/// Writes an expectation with a made-up person for each path of each journey that can be taken.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Generate {
    /// The project.
    pub project: Project,
    /// Its folder.
    pub folder: String,
}

command!(Generate, "generate" => Generated);

/// What was generated.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Generated {
    /// The file, below the folder.
    pub file: String,
    /// People in it: one for each path that can be taken.
    pub people: u64,
    /// Paths that can not be taken.
    pub impossible: Vec<Impossible>,
    /// What is left out, and why.
    pub problems: Vec<String>,
    /// The step of undo.
    pub edit: Edit,
}

/// The promises of a journey.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Promised {
    /// The project's folder.
    pub folder: String,
    /// File name of the journey.
    pub journey: String,
}

command!(Promised, "promised" => Promises);

/// Promises that are switched on or off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promises {
    /// Nobody is messaged after opting out.
    pub opt_out: bool,
    /// Everybody who enters gets to an end.
    pub nobody_stranded: bool,
    /// Nobody gets the same message twice.
    pub no_message_twice: bool,
    /// Everybody leaves so soon after entering, in milliseconds.
    pub leaves_within: Option<Millis>,
    /// At most so many messages to a person in any stretch of that length, in milliseconds.
    pub at_most: Vec<(u32, Millis)>,
}

/// Writes the promises of a journey. Answers the step of undo.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Promise {
    /// The project's folder.
    pub folder: String,
    /// File name of the journey.
    pub journey: String,
    /// What is promised.
    pub promises: Promises,
}

command!(Promise, "promise" => Edit);
