//! What the window asks of the machine: one type per command, with its answer.
//!
//! Takes and gives values of `journeys/`; never does anything itself. Two transports carry the same JSON texts: a Tauri
//! command (`call`), and `POST /bridge/NAME` of `waymark studio --web`.

/// Names a question on both transports, and what comes back.
macro_rules! command {
    ($question:ty, $name:literal => $answer:ty) => {
        impl $crate::Command for $question {
            const NAME: &'static str = $name;
            type Answer = $answer;
        }
    };
}

mod calendar;
mod campaign;
mod content;
mod journal;
mod known;
mod live;
mod outbox;
mod people;
mod publications;
mod runs;
mod segments;
mod template;

use std::collections::{BTreeMap, BTreeSet};

pub use calendar::*;
pub use campaign::*;
pub use content::*;
pub use journal::*;
pub use known::*;
pub use live::*;
use model::{DocumentId, Millis, Project, Severity};
pub use outbox::*;
pub use people::*;
pub use publications::*;
pub use runs::*;
pub use segments::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
pub use simulation::{ActivityCounts, CampaignRun, ConnectionCount, Note, Outcome, Run, StoryStep};
pub use template::*;
pub use validation::Evidence;

/// A question of the window to the machine.
pub trait Command: Serialize + DeserializeOwned {
    /// Its name on both transports.
    const NAME: &'static str;
    /// What comes back.
    type Answer: Serialize + DeserializeOwned;
}

/// Why a command could not be carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What the window may act on.
    pub code: FailureCode,
    /// One sentence: what, where.
    pub message: String,
    /// What to do; may be empty.
    pub help: String,
}

/// Kinds of failures that the window treats differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureCode {
    /// A file or folder could not be read or written.
    Disk,
    /// A document on disk changed since it was opened, or is damaged: writing would lose something.
    WouldLose,
    /// What was asked for does not exist.
    NotFound,
    /// The input is not what the command takes.
    BadInput,
    /// The target of a publication can not be reached or refuses.
    Target,
    /// The journey has errors.
    Errors,
    /// Anything else.
    Internal,
}

/// Makes a file of the picture of a journey, as the window shows it. Answers its bytes as base64, or nothing when they were
/// written to `path`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Picture {
    /// The journey's document.
    pub journey: Value,
    /// What its canvas keeps: pins, notes, folded branches.
    pub canvas: Option<Value>,
    /// Where everything stands.
    pub layout: diagram::Layout,
    /// Whether it is drawn light on dark.
    pub dark: bool,
    /// What stands on it.
    pub marks: PictureMarks,
    /// What to make of it.
    pub kind: PictureKind,
    /// The file; `None` = the bytes are wanted.
    pub path: Option<String>,
}

command!(Picture, "picture" => String);

/// What stands on the picture of a journey; steps by their ids, `@entry` for the entry.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PictureMarks {
    /// How bad the worst problem of a step is.
    pub problems: BTreeMap<String, Severity>,
    /// How many people came by, in words.
    pub counts: BTreeMap<String, String>,
    /// How many people went along a connection, in words, and their share of all, 0 to 1; by `Origin::key`.
    pub traffic: BTreeMap<String, (String, f64)>,
    /// The steps that the story that is read comes by.
    pub lit: BTreeSet<String>,
    /// The connections that it goes along, by `Origin::key`.
    pub lit_ways: BTreeSet<String>,
    /// How many dots stand at a step.
    pub standing: BTreeMap<String, u64>,
    /// From one dot to the next on a connection along which people go, in canvas units; by `Origin::key`.
    pub walking: BTreeMap<String, u64>,
    /// The version that is compared with: the journey's document, and what its canvas keeps.
    pub other: Option<(Value, Option<Value>)>,
}

/// What a picture is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureKind {
    /// Lines and words, as SVG.
    Svg,
    /// Pixels.
    Png,
    /// A page.
    Pdf,
}

impl PictureKind {
    /// What the names of such files end with.
    pub fn ending(self) -> &'static str {
        match self {
            PictureKind::Svg => "svg",
            PictureKind::Png => "png",
            PictureKind::Pdf => "pdf",
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            PictureKind::Svg => "image/svg+xml",
            PictureKind::Png => "image/png",
            PictureKind::Pdf => "application/pdf",
        }
    }
}

/// A project as it was opened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// Its folder; `None` = not saved anywhere yet.
    pub folder: Option<String>,
    /// What is in it.
    pub project: Project,
    /// Files that could be read in part or not at all.
    pub problems: Vec<FileProblem>,
    /// How many sample endpoints the folder holds.
    pub endpoints: u64,
    /// How many recorded events the folder holds.
    pub events: u64,
    /// Attribute and metric paths seen in the sample endpoints, sorted: `Attributes.Plan`, `User.UserAttributes.FirstName`.
    pub attributes: Vec<String>,
    /// By which the machine knows the journal of this window, for [`Keep`]; 0 = there is none yet, [`StartJournal`] makes
    /// it.
    #[serde(default)]
    pub journal: u64,
    /// What a journal brought back that is not in the files, and the undo and redo lists.
    #[serde(default)]
    pub kept: Option<Kept>,
    /// A sentence about a journal that was not applied; `None` = there was none.
    #[serde(default)]
    pub aside: Option<String>,
}

/// Something wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileProblem {
    /// The file, below the project folder.
    pub file: String,
    /// The document it holds, where it is one.
    pub document: Option<DocumentId>,
    /// Line, from 1; 0 = the whole file.
    pub line: usize,
    /// Column, from 1; 0 = the whole file.
    pub column: usize,
    /// What is wrong, and what was expected.
    pub message: String,
}

/// An example project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// Its folder's name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What it is for, in a word: `Welcome`, `Sell`, …; empty when it does not say.
    pub goal: String,
    /// What it shows.
    pub description: String,
}

/// Lists the examples, those of one goal together.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ListExamples {}

command!(ListExamples, "list-examples" => Vec<Example>);

/// The project that the program was started with, if any.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Startup {}

command!(Startup, "startup" => Option<Opened>);

/// Whether the tour was seen or skipped on this machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TourSeen {}

command!(TourSeen, "tour-seen" => bool);

/// Keeps that the tour was seen or skipped.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EndTour {}

command!(EndTour, "end-tour" => ());

/// Opens a copy of an example in a folder of its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OpenExample {
    /// Its folder's name.
    pub name: String,
}

command!(OpenExample, "open-example" => Opened);

/// Opens a project folder, or a file or folder of Pinpoint's JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OpenPath {
    /// Path on this machine.
    pub path: String,
}

command!(OpenPath, "open-path" => Opened);

/// Opens pasted JSON as a new project without a folder.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OpenText {
    /// The JSON text.
    pub text: String,
}

command!(OpenText, "open-text" => Opened);

/// Writes the project's documents into a folder, atomically, file by file; only what differs from the disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Save {
    /// The folder; made when it does not exist.
    pub folder: String,
    /// The project.
    pub project: Project,
    /// Documents that were removed since the project was opened.
    pub removed: Vec<DocumentId>,
    /// Whether files that were damaged when opened may be overwritten.
    pub overwrite_damaged: bool,
    /// The window's journal, which goes along into the folder and starts anew there; 0 = none.
    #[serde(default)]
    pub journal: u64,
}

command!(Save, "save" => Saved);

/// What a save did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// Files written, below the folder.
    pub written: Vec<String>,
    /// Files taken away, below the folder.
    pub removed: Vec<String>,
}

/// What other programs changed in the project's files since they were read or written here.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LookOutside {
    /// The project's folder.
    pub folder: String,
}

command!(LookOutside, "look-outside" => Vec<OutsideChange>);

/// A document that another program changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutsideChange {
    /// The file, below the folder.
    pub file: String,
    /// The document; `None` = the settings in `waymark.toml`.
    pub document: Option<DocumentId>,
    /// Members that differ, at most 50: place, before, after (as JSON text of at most 200 characters, `-` = absent).
    pub members: Vec<(String, String, String)>,
}

/// Takes the files as they are now for those that were opened: the next save is compared with them. The project in the
/// window is the window's to change.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reread {
    /// The project's folder.
    pub folder: String,
    /// The window's journal; 0 = none.
    pub journal: u64,
}

command!(Reread, "reread" => Opened);

/// Projects that were open lately, the newest first; those that were never saved are among them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ListRecent {}

command!(ListRecent, "list-recent" => Vec<Recent>);

/// A project that was open lately.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Recent {
    /// Where it is.
    pub place: Place,
    /// The project's name.
    pub name: String,
    /// When it was opened or saved; when it was last changed, if it was never saved.
    pub at: Millis,
    /// Whether its folder is not there any more.
    pub missing: bool,
}

/// Where a project is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// A folder on this machine.
    Folder(String),
    /// A project that was never saved, by the name of its journal.
    Unsaved(String),
}

/// Opens a project that was never saved.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OpenUnsaved {
    /// The name of its journal.
    pub name: String,
}

command!(OpenUnsaved, "open-unsaved" => Opened);

/// Takes a project off the list; a folder stays on the disk, what was never saved is thrown away.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ForgetRecent {
    /// Which.
    pub place: Place,
}

command!(ForgetRecent, "forget-recent" => ());

/// Runs the sample people of the project's folder through a journey.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Simulate {
    /// The project, with unsaved changes.
    pub project: Project,
    /// Folder with the sample people and events; `None` = a few invented people.
    pub folder: Option<String>,
    /// File name of the journey.
    pub journey: String,
    /// Seed; the project's default when absent.
    pub seed: Option<u64>,
    /// Virtual start, ISO 8601; the project's default, else the journey's start, when absent.
    pub start: Option<String>,
}

command!(Simulate, "simulate" => SimulationView);

/// A simulated run as the window shows it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SimulationView {
    /// By which the machine knows the run, to tell stories of it.
    pub run_id: u64,
    /// The counts.
    pub run: Run,
    /// People to pick, at most 500: those with the longest stories first, of every way through the journey some.
    pub people: Vec<PersonSummary>,
    /// How long it took, in milliseconds.
    pub took: u64,
    /// What it has shown, for the checks.
    #[serde(default)]
    pub evidence: Evidence,
}

/// What publishing journeys and campaigns would do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Plan {
    /// The project.
    pub project: Project,
    /// Its folder, where bindings to remote ids are kept.
    pub folder: Option<String>,
    /// File names of the journeys, and of campaigns as `campaigns/NAME`; empty = all journeys.
    pub journeys: Vec<String>,
    /// Name of the target; `local` is the Pinpoint inside the studio when the project names no such target.
    pub target: String,
    /// Whether the journeys are started too (`State` `ACTIVE`), or stay drafts. A campaign is made paused otherwise.
    #[serde(default)]
    pub activate: bool,
}

command!(Plan, "plan" => PlanView);

/// A plan as the window shows it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlanView {
    /// The target: address or region, and the application.
    pub target: String,
    /// What would be done, in order; empty = nothing to do.
    pub steps: Vec<PlanStep>,
    /// Unchanged resources.
    pub unchanged: u64,
    /// What stands in the way, and what to do; a plan with obstacles is not carried out.
    #[serde(default)]
    pub obstacles: Vec<Failure>,
    /// What somebody else changed on the target since the last publication.
    #[serde(default)]
    pub drift: Vec<DriftView>,
    /// What the plan is known by, for an approval.
    #[serde(default)]
    pub fingerprint: String,
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanStep {
    /// The operation, `CreateSegment`.
    pub operation: String,
    /// What it is about, in words: "segment `new-customers`".
    pub subject: String,
    /// What is to be done, in words: "create segment `new-customers`".
    #[serde(default)]
    pub title: String,
    /// Members that change, for an update: place, before, after (both as JSON text, `-` = absent).
    pub changes: Vec<(String, String, String)>,
    /// What changes, for an update, in sentences; of a journey what people go through, sentences that are new (`+ …`) and
    /// gone (`- …`).
    #[serde(default)]
    pub words: Vec<String>,
}

/// Something on the target that somebody else changed since it was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriftView {
    /// What it is, in words, as in [`PlanStep::subject`].
    pub subject: String,
    /// What differs, in sentences.
    #[serde(default)]
    pub words: Vec<String>,
    /// What differs: place, as it was published, as it is now.
    pub changes: Vec<(String, String, String)>,
}

/// Carries a plan out, anew made from the same input; answers at once, `Progress` tells how far it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Apply {
    /// What to publish.
    pub plan: Plan,
    /// Whether what others changed on the target is written over.
    #[serde(default)]
    pub over_drift: bool,
    /// Why it is published; it stands in the history.
    #[serde(default)]
    pub message: String,
}

command!(Apply, "apply" => u64);

/// How far a publication is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Progress {
    /// The number that `Apply` or `RollBack` answered.
    pub job: u64,
}

command!(Progress, "progress" => ProgressView);

/// How far a publication is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProgressView {
    /// Steps done, as sentences.
    pub done: Vec<String>,
    /// Steps in all.
    pub total: u64,
    /// Whether it has ended.
    pub ended: bool,
    /// Why it failed, if it did.
    pub failure: Option<Failure>,
}

/// What the Pinpoint inside the studio is doing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LocalStatus {}

command!(LocalStatus, "local-status" => LocalView);

/// The Pinpoint inside the studio.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LocalView {
    /// Its address, `http://127.0.0.1:8700`; `None` = not running, with the reason in `problem`.
    pub address: Option<String>,
    /// Why it is not running.
    pub problem: Option<String>,
    /// Journeys on it: name, id, state.
    pub journeys: Vec<(String, String, String)>,
    /// Number of endpoints on it.
    pub endpoints: u64,
}

/// Puts the sample people of the folder on the local Pinpoint's application, so that a published journey finds someone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LoadPeople {
    /// The project's folder.
    pub folder: String,
    /// Name of the target.
    pub target: String,
}

command!(LoadPeople, "load-people" => u64);
