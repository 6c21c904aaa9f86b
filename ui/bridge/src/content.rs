//! Questions about messages before anything is sent to anybody.

use model::{DocumentId, Edit, Project};
use serde::{Deserialize, Serialize};

/// Renders a template for one of the sample people, and counts what they lack.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Preview {
    /// The project's folder, for its sample people; without any, a few are invented.
    pub folder: Option<String>,
    /// The project as it is in the window.
    pub project: Project,
    /// The template.
    pub template: DocumentId,
    /// For whom: their place, from 0, among those whom the template can reach and `text` finds.
    pub person: u64,
    /// What stands in an endpoint id, a user id or an address, in any case; empty = everybody.
    pub text: String,
}

command!(Preview, "preview" => PreviewView);

/// A template as somebody gets it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PreviewView {
    /// How many the template can reach.
    pub reached: u64,
    /// How many of them can be looked at: those that `text` finds.
    pub total: u64,
    /// Whom it was rendered for; `None` = there is nobody.
    pub recipient: Option<Recipient>,
    /// Name and text of each part: `Subject`, `HtmlPart`, `Body`, …
    pub parts: Vec<(String, String)>,
    /// Why they get no message, or why nobody does.
    pub failure: Option<String>,
    /// What the template reads, in the order of appearance.
    pub variables: Vec<VariableUse>,
    /// Of a text message: how large it is for this person, in words.
    pub sms: Option<String>,
    /// Of a text message: how large it is as it is typed, in words; what stands in braces is left out.
    pub sms_typed: Option<String>,
    /// Of a push notification: bytes of what the push service is sent, and how many it may be.
    pub payload: Option<(u64, u64)>,
    /// Of an e-mail without a text part: the text that is made of its HTML part when it is sent.
    pub made_text: Option<String>,
    /// What text depends on, as the template writes it, and whether it holds for this person; each once.
    pub conditions: Vec<(String, bool)>,
    /// Of a push notification: what each service is sent for this person.
    pub services: Vec<ServiceMessage>,
    /// Of a text message: to how many people of a country it goes in how many parts: country (may be empty), parts, people.
    /// Of those whom it reaches, the first [`PART_SAMPLE`](Self::PART_SAMPLE) are looked at.
    pub parts_by_country: Vec<(String, u64, u64)>,
    /// Where texts are made from sources: how they stand to each other.
    pub sources: Vec<SourceState>,
    /// Of an e-mail: the words beside the subject.
    pub preheader: Option<Preheader>,
}

impl PreviewView {
    /// Whose text messages are counted at most.
    pub const PART_SAMPLE: usize = 2_000;
}

/// A push notification as one service is sent it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceMessage {
    /// `APNS`, `GCM`, `ADM`, `Baidu`.
    pub service: String,
    /// Name and text of each part.
    pub parts: Vec<(String, String)>,
    /// Bytes of what it is sent.
    pub bytes: u64,
    /// How many it may be.
    pub most: u64,
}

/// Whom a message is rendered for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Their place among those who can be looked at.
    pub place: u64,
    /// User id, or endpoint id.
    pub id: String,
    /// First and last name, where known; may be empty.
    pub name: String,
    /// `EMAIL`, `SMS`, `GCM`, …
    pub channel: String,
}

/// A variable of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariableUse {
    /// The dotted path.
    pub path: String,
    /// Whether the template has a default value for it.
    pub has_default: bool,
    /// Whether a message can not be sent without it.
    pub needed: bool,
    /// How many of those whom the template can reach have no value for it.
    pub lacking: u64,
}

/// Makes texts from their sources.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Build {
    /// The project, with the changed texts in it.
    pub project: Project,
    /// Sources and partials that have changed: what they are in is made again.
    pub changed: Vec<DocumentId>,
}

command!(Build, "build" => Built);

/// Texts that were made, and what is wrong with sources.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Built {
    /// What brings the texts that could be made, and are others, into their templates; without a label.
    pub edit: Edit,
    /// The templates with the changed texts in them.
    pub templates: Vec<DocumentId>,
    /// Mistakes and warnings, by document and place.
    pub problems: Vec<SourceProblem>,
}

/// What is wrong with a source or a partial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceProblem {
    /// The source or partial.
    pub document: DocumentId,
    /// Line, from 1.
    pub line: u64,
    /// Column, from 1.
    pub column: u64,
    /// What is wrong, lower case, no full stop.
    pub message: String,
    /// Whether the text can not be made; else something is left out of it.
    pub is_error: bool,
}

/// How the texts of a template and their source stand to each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceState {
    /// The source.
    pub source: DocumentId,
    /// Whether a text is not what the source makes: somebody has changed it, or a partial.
    pub differs: bool,
    /// What is wrong with the source and its partials.
    pub problems: Vec<SourceProblem>,
}

/// The words that mailboxes show beside the subject of an e-mail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preheader {
    /// As the template has them, variables included; empty = there are none.
    pub words: String,
    /// Why they can not be changed where they stand, lower case, no full stop; `None` = they can.
    pub fixed: Option<String>,
}

/// Writes other words beside the subject into the page of an e-mail, or into what it is made from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WritePreheader {
    /// The project as it is in the window.
    pub project: Project,
    /// The name of the e-mail template.
    pub template: String,
    /// The words; empty = none.
    pub words: String,
}

// The edit that does it, as undo shows it.
command!(WritePreheader, "write-preheader" => Edit);
