//! The sample people of a project: looked through, changed, imported, invented, and copied for sharing.

use model::{Edit, Project};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Asked, Failure, PersonLine, PersonMessage, Reason};

/// Looks through the people.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ListPeople {
    /// Whom it is about.
    pub asked: Asked,
    /// What stands in an id, an address, a name, the place or an attribute, in any case; empty = anything.
    pub text: String,
    /// File name of a segment that they are in; empty = all.
    pub segment: String,
    /// `EMAIL`, `SMS`, …; empty = every channel.
    pub channel: String,
    /// The first row, from 0.
    pub from: u64,
}

command!(ListPeople, "list-people" => PeoplePage);

/// A page of people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeoplePage {
    /// At most 100 endpoints.
    pub rows: Vec<PersonLine>,
    /// How many fit.
    pub found: u64,
    /// How many there are.
    pub total: u64,
    /// Whether they are invented, because the project has none.
    pub invented: bool,
    /// Their attributes and metrics, and the members of a place that tell who somebody is: dotted path, and whether it is
    /// personal by its name.
    pub members: Vec<(String, bool)>,
}

/// Everything about one person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShowPerson {
    /// The project, with unsaved changes.
    pub project: Project,
    /// Folder with the sample people and events.
    pub folder: Option<String>,
    /// An endpoint's id.
    pub id: String,
}

command!(ShowPerson, "show-person" => PersonPage);

/// Everything about one person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PersonPage {
    /// Who, by their first endpoint.
    pub line: PersonLine,
    /// Their endpoints: `EndpointBatchItem`.
    pub endpoints: Vec<Value>,
    /// Dotted paths in them that tell who somebody is.
    pub personal: Vec<String>,
    /// Every segment of the project.
    pub segments: Vec<SegmentOf>,
    /// Every journey of the project, as a simulated run goes.
    pub journeys: Vec<JourneyOf>,
    /// Every campaign of the project, as a simulated one goes for this person alone: caps that others fill are not met.
    pub campaigns: Vec<CampaignOf>,
}

/// Whether somebody is in a segment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentOf {
    /// File name of the segment.
    pub name: String,
    /// Ids of the endpoints that are in it.
    pub endpoints: Vec<String>,
    /// Why the first of them is, or why their first endpoint is not.
    pub reason: Reason,
    /// Why it can not be asked; empty = it can.
    pub problem: String,
}

/// What becomes of somebody in a journey.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct JourneyOf {
    /// File name of the journey.
    pub name: String,
    /// Whether they enter.
    pub enters: bool,
    /// The reason why they enter or not, or why the journey can not run.
    pub words: String,
    /// What is sent to them or was to be.
    pub messages: Vec<PersonMessage>,
}

/// What somebody gets from a campaign.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CampaignOf {
    /// File name of the campaign.
    pub name: String,
    /// Whether a message is sent to them.
    pub gets: bool,
    /// The reason why they get one or not, or why the campaign can not run.
    pub words: String,
    /// The first messages that are sent to them or were to be, at most 20; the treatment stands for the activity.
    pub messages: Vec<PersonMessage>,
    /// How many more there are.
    pub more: u64,
}

/// Writes a person's endpoints into the folder's files, in place of those with `ids`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangePerson {
    /// The project's folder.
    pub folder: String,
    /// Ids of the endpoints that go; none for somebody new.
    pub ids: Vec<String>,
    /// The endpoints that come, each whole: `EndpointBatchItem`; none takes the person away.
    pub endpoints: Vec<Value>,
}

// The step of undo; its changes name the files that were written.
command!(ChangePerson, "change-person" => Edit);

/// Writes a copy of the people in which nobody can be recognised, as JSON lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pseudonymise {
    /// The project's folder; its key is kept in `.waymark/`.
    pub folder: String,
    /// The file to write; it must not be there yet.
    pub path: String,
    /// Dotted paths of what is personal, beside ids and addresses.
    pub personal: Vec<String>,
}

// How many endpoints were written.
command!(Pseudonymise, "pseudonymise" => u64);

/// Keeps a piece of a file that the page has and the machine has not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeepPiece {
    /// Its name.
    pub name: String,
    /// The path that the first piece was answered with; `None` = this is the first.
    pub path: Option<String>,
    /// The bytes, Base64.
    pub bytes: String,
}

// Where it is kept until it was imported, a day at most.
command!(KeepPiece, "keep-piece" => String);

/// Looks into a file of people, before it is imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookAtFile {
    /// Path on this machine.
    pub path: String,
}

command!(LookAtFile, "look-at-file" => FileLook);

/// What is in a file of people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileLook {
    /// Its name without folders.
    pub name: String,
    /// Its bytes.
    pub size: u64,
    /// The columns of a CSV file; none for JSON lines, whose members have their names already.
    pub columns: Vec<ColumnLook>,
    /// The first rows: the cells of CSV, else one cell with the line. At most 8.
    pub rows: Vec<Vec<String>>,
    /// Members that a column can be, beside attributes and metrics: `Address`, `Location.City`, …
    pub members: Vec<String>,
}

/// A column of a CSV file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnLook {
    /// Its name in the file.
    pub name: String,
    /// What it is taken for: a member with its dotted path; empty = it is left out.
    pub guess: String,
}

/// Imports a file of people into the folder; `Importing` tells how far it is. Nothing is written before the whole file was
/// read, and nothing at all when a row is wrong, unless those are to be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// The project's folder.
    pub folder: String,
    /// The file.
    pub path: String,
    /// Its name, which the new file gets.
    pub name: String,
    /// For each column what it is; empty texts are left out. No list for JSON lines.
    pub columns: Vec<String>,
    /// The `ChannelType` of every row, where no column has it; empty = none.
    pub channel: String,
    /// Whether wrong rows are left out, and the others imported.
    pub leave_out: bool,
    /// The imported segment whose list they are put on, by its file name; empty = none.
    pub segment: String,
}

// The number of the import.
command!(Import, "import" => u64);

/// How far an import is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Importing {
    /// Its number.
    pub number: u64,
    /// Whether it is to stop; then nothing is written.
    pub cancel: bool,
}

command!(Importing, "importing" => ImportView);

/// How far an import is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ImportView {
    /// Share of the file that was read, 0 to 1.
    pub share: f64,
    /// Endpoints read so far, wrong rows not counted.
    pub rows: u64,
    /// Wrong rows.
    pub bad: u64,
    /// The first of them, at most 200: line, column or member, reason.
    pub problems: Vec<(u64, String, String)>,
    /// Where all of them are told, when there are more.
    pub report: Option<String>,
    /// Whether it has ended.
    pub ended: bool,
    /// The file that was written, below the folder; `None` = nothing was.
    pub written: Option<String>,
    /// The step of undo, where something was written.
    pub edit: Edit,
    /// Why it ended without.
    pub failure: Option<Failure>,
}

/// Has a target export its endpoints, and brings them to this computer as a file to import; `Fetching` tells how far it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchPeople {
    /// The project's folder; it is bound to an application on the target.
    pub folder: String,
    /// Name of the target.
    pub target: String,
    /// Where the target writes them to, `s3://BUCKET/PREFIX` or `file:///FOLDER/`; empty for the Pinpoint inside the studio.
    pub address: String,
    /// ARN of the IAM role with which it writes to a bucket; empty = none.
    pub role: String,
}

// The number of the fetch.
command!(FetchPeople, "fetch-people" => u64);

/// How far a fetch is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fetching {
    /// Its number.
    pub number: u64,
    /// Whether it is to stop.
    pub cancel: bool,
}

command!(Fetching, "fetching" => FetchView);

/// How far a fetch is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FetchView {
    /// Objects of the export that were read.
    pub done: u64,
    /// How many there are; 0 = the target still exports.
    pub total: u64,
    /// Endpoints that the target says it exported.
    pub endpoints: u64,
    /// Whether it has ended.
    pub ended: bool,
    /// The file to import, on this machine; `None` = there is none yet, or it was stopped.
    pub path: Option<String>,
    /// Why it ended without.
    pub failure: Option<Failure>,
}

/// Invents people for the project's segments and journeys, and writes them into the folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InventPeople {
    /// The project, with unsaved changes.
    pub project: Project,
    /// Its folder.
    pub folder: String,
    /// How many, beside those that every branch needs; at most 100,000.
    pub count: u64,
    /// Other numbers give other people.
    pub seed: u64,
}

command!(InventPeople, "invent-people" => Invented);

/// Who was invented.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Invented {
    /// The file, below the folder.
    pub file: String,
    /// Endpoints in it.
    pub endpoints: u64,
    /// Ways through the journeys that somebody takes.
    pub ways: u64,
    /// Ways that nobody can take, each with its journey and the reason.
    pub impossible: Vec<String>,
    /// The step of undo.
    pub edit: Edit,
}

/// Where a project's people and events end: for the line of figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountPeople {
    /// The project's folder.
    pub folder: String,
}

// Endpoints, and the paths of their attributes.
command!(CountPeople, "count-people" => (u64, Vec<String>));
