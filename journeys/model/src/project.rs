//! A project: everything in a project folder, in memory.
//!
//! A project is a set of JSON documents and the settings of `waymark.toml`. It changes only by [`Edit`]s.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::account::Account;
use crate::documents::Documents;
use crate::edit::{self, Change, Edit, EditError};
use crate::journey::Journey;
use crate::view::View;
use crate::wire;

/// The five kinds of message templates (templates.md 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TemplateKind {
    /// `EmailTemplateRequest`
    Email,
    /// `SMSTemplateRequest`
    Sms,
    /// `PushNotificationTemplateRequest`
    Push,
    /// `InAppTemplateRequest`
    InApp,
    /// `VoiceTemplateRequest`
    Voice,
}

impl TemplateKind {
    /// All kinds.
    pub const ALL: [TemplateKind; 5] =
        [TemplateKind::Email, TemplateKind::Sms, TemplateKind::Push, TemplateKind::InApp, TemplateKind::Voice];

    /// Its folder's name, which is also the last part of the API's path: `email sms push inapp voice`.
    pub fn folder(self) -> &'static str {
        match self {
            TemplateKind::Email => "email",
            TemplateKind::Sms => "sms",
            TemplateKind::Push => "push",
            TemplateKind::InApp => "inapp",
            TemplateKind::Voice => "voice",
        }
    }

    /// The API's word, `TemplateType`.
    pub fn template_type(self) -> &'static str {
        match self {
            TemplateKind::Email => "EMAIL",
            TemplateKind::Sms => "SMS",
            TemplateKind::Push => "PUSH",
            TemplateKind::InApp => "INAPP",
            TemplateKind::Voice => "VOICE",
        }
    }

    /// The shape of the template.
    pub fn shape(self) -> &'static str {
        match self {
            TemplateKind::Email => wire::EmailTemplateRequest::SHAPE,
            TemplateKind::Sms => wire::SMSTemplateRequest::SHAPE,
            TemplateKind::Push => wire::PushNotificationTemplateRequest::SHAPE,
            TemplateKind::InApp => wire::InAppTemplateRequest::SHAPE,
            TemplateKind::Voice => wire::VoiceTemplateRequest::SHAPE,
        }
    }

    /// The members that stand in a file of their own beside `template.json`: member and file name.
    pub fn bodies(self) -> &'static [(&'static str, &'static str)] {
        match self {
            TemplateKind::Email => &[("HtmlPart", "body.html"), ("TextPart", "body.txt")],
            TemplateKind::Sms | TemplateKind::Voice => &[("Body", "body.txt")],
            TemplateKind::Push | TemplateKind::InApp => &[],
        }
    }
}

/// What texts of a template can be made from: a file of ours beside the template, which Pinpoint never sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Markup {
    /// MJML with partials: the HTML part of an e-mail.
    Mjml,
    /// HTML with partials: the HTML part of an e-mail.
    Html,
    /// Plain text with partials: the text part of an e-mail, the body of a text or voice message.
    Text,
    /// Texts with partials by the members that they are for, `{"APNS.Body": "…"}`: push notifications, in-app messages.
    Members,
}

impl Markup {
    /// What partials are written in.
    pub const PARTIALS: [Markup; 3] = [Markup::Mjml, Markup::Html, Markup::Text];

    /// What templates of a kind can be made from. Of MJML and HTML the first that is there counts.
    pub fn of(kind: TemplateKind) -> &'static [Markup] {
        match kind {
            TemplateKind::Email => &[Markup::Mjml, Markup::Html, Markup::Text],
            TemplateKind::Sms | TemplateKind::Voice => &[Markup::Text],
            TemplateKind::Push | TemplateKind::InApp => &[Markup::Members],
        }
    }

    /// The member of a template that is made from it; `None` = it says so itself.
    pub fn member(self, kind: TemplateKind) -> Option<&'static str> {
        match (self, kind) {
            (Markup::Mjml | Markup::Html, _) => Some("HtmlPart"),
            (Markup::Text, TemplateKind::Email) => Some("TextPart"),
            (Markup::Text, _) => Some("Body"),
            (Markup::Members, _) => None,
        }
    }

    /// The ending of its files, without the point.
    pub fn ending(self) -> &'static str {
        match self {
            Markup::Mjml => "mjml",
            Markup::Html => "html",
            Markup::Text => "txt",
            Markup::Members => "json",
        }
    }
}

/// A document of a project; prints and reads as its place in the folder without `.json`: `journeys/welcome`,
/// `templates/email/hello`, `journeys/welcome.canvas`; files of ours with their ending: `templates/email/hello/source.mjml`,
/// `templates/partials/footer.html`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentId {
    /// `WriteJourneyRequest`, by file name.
    Journey(String),
    /// What the canvas keeps of a journey and Pinpoint has no place for; by the journey's file name.
    Canvas(String),
    /// What of a merge is still to be decided (`conflicts::Undecided`); by the journey's file name.
    Conflicts(String),
    /// `WriteCampaignRequest`, by file name.
    Campaign(String),
    /// `WriteSegmentRequest`, by file name.
    Segment(String),
    /// A template of a kind, by its name; the bodies are members here, whatever files they stand in.
    Template(TemplateKind, String),
    /// What texts of a template are made from, by the template's kind and name: a JSON string, for [`Markup::Members`] an object.
    Source(TemplateKind, Markup, String),
    /// A partial, which sources share, by its file name, `footer.html`, `header.mjml` or `sign.txt`: a JSON string.
    Partial(String),
}

impl DocumentId {
    /// The name within its folder.
    pub fn name(&self) -> &str {
        match self {
            DocumentId::Journey(name)
            | DocumentId::Canvas(name)
            | DocumentId::Conflicts(name)
            | DocumentId::Campaign(name)
            | DocumentId::Segment(name)
            | DocumentId::Template(_, name)
            | DocumentId::Source(_, _, name)
            | DocumentId::Partial(name) => name,
        }
    }

    /// A document of the same kind, with another name within its folder.
    pub fn renamed(&self, name: String) -> DocumentId {
        match self {
            DocumentId::Journey(_) => DocumentId::Journey(name),
            DocumentId::Canvas(_) => DocumentId::Canvas(name),
            DocumentId::Conflicts(_) => DocumentId::Conflicts(name),
            DocumentId::Campaign(_) => DocumentId::Campaign(name),
            DocumentId::Segment(_) => DocumentId::Segment(name),
            DocumentId::Template(kind, _) => DocumentId::Template(*kind, name),
            DocumentId::Source(kind, markup, _) => DocumentId::Source(*kind, *markup, name),
            DocumentId::Partial(_) => DocumentId::Partial(name),
        }
    }

    /// What kind of document it is, in words.
    pub fn kind(&self) -> &'static str {
        use TemplateKind::{Email, InApp, Push, Sms, Voice};
        match self {
            DocumentId::Journey(_) | DocumentId::Canvas(_) | DocumentId::Conflicts(_) => "Journey",
            DocumentId::Campaign(_) => "Campaign",
            DocumentId::Segment(_) => "Segment",
            DocumentId::Partial(_) => "Partial",
            DocumentId::Template(Email, _) | DocumentId::Source(Email, ..) => "E-mail",
            DocumentId::Template(Sms, _) | DocumentId::Source(Sms, ..) => "Text message",
            DocumentId::Template(Push, _) | DocumentId::Source(Push, ..) => "Push notification",
            DocumentId::Template(InApp, _) | DocumentId::Source(InApp, ..) => "In-app message",
            DocumentId::Template(Voice, _) | DocumentId::Source(Voice, ..) => "Voice message",
        }
    }

    /// The shape of the document; `None` for what is ours alone.
    pub fn shape(&self) -> Option<&'static str> {
        match self {
            DocumentId::Journey(_) => Some(wire::WriteJourneyRequest::SHAPE),
            DocumentId::Canvas(_) | DocumentId::Conflicts(_) | DocumentId::Source(..) | DocumentId::Partial(_) => None,
            DocumentId::Campaign(_) => Some(wire::WriteCampaignRequest::SHAPE),
            DocumentId::Segment(_) => Some(wire::WriteSegmentRequest::SHAPE),
            DocumentId::Template(kind, _) => Some(kind.shape()),
        }
    }

    /// The file in the project folder, with forward slashes.
    pub fn file(&self) -> String {
        match self {
            DocumentId::Template(..) => format!("{self}/template.json"),
            DocumentId::Source(..) | DocumentId::Partial(_) => self.to_string(),
            _ => format!("{self}.json"),
        }
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DocumentId::Journey(name) => write!(f, "journeys/{name}"),
            DocumentId::Canvas(name) => write!(f, "journeys/{name}.canvas"),
            DocumentId::Conflicts(name) => write!(f, "journeys/{name}.conflicts"),
            DocumentId::Campaign(name) => write!(f, "campaigns/{name}"),
            DocumentId::Segment(name) => write!(f, "segments/{name}"),
            DocumentId::Template(kind, name) => write!(f, "templates/{}/{name}", kind.folder()),
            DocumentId::Source(kind, markup, name) => {
                write!(f, "templates/{}/{name}/source.{}", kind.folder(), markup.ending())
            }
            DocumentId::Partial(name) => write!(f, "templates/partials/{name}"),
        }
    }
}

impl FromStr for DocumentId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unknown = || format!("`{text}` names no document of a project");
        let (folder, name) = text.split_once('/').ok_or_else(unknown)?;
        let id = match folder {
            "journeys" => match name.rsplit_once('.') {
                Some((journey, "canvas")) => DocumentId::Canvas(journey.to_owned()),
                Some((journey, "conflicts")) => DocumentId::Conflicts(journey.to_owned()),
                _ => DocumentId::Journey(name.to_owned()),
            },
            "campaigns" => DocumentId::Campaign(name.to_owned()),
            "segments" => DocumentId::Segment(name.to_owned()),
            "templates" => {
                let (kind, name) = name.split_once('/').ok_or_else(unknown)?;
                if kind == "partials" {
                    let has_stem = |markup: &Markup| {
                        name.strip_suffix(markup.ending())
                            .and_then(|stem| stem.strip_suffix('.'))
                            .is_some_and(|stem| !stem.is_empty())
                    };
                    let partial = Markup::PARTIALS.iter().any(has_stem).then(|| DocumentId::Partial(name.to_owned()));
                    return partial.filter(|id| !id.name().contains('/')).ok_or_else(unknown);
                }
                let kind = TemplateKind::ALL.into_iter().find(|k| k.folder() == kind).ok_or_else(unknown)?;
                let source = name.split_once('/').and_then(|(template, file)| {
                    let ending = file.strip_prefix("source.")?;
                    let markup = *Markup::of(kind).iter().find(|markup| markup.ending() == ending)?;
                    Some((markup, template))
                });
                if let Some((markup, template)) = source.filter(|(_, template)| !matches!(*template, "" | "." | "..")) {
                    return Ok(DocumentId::Source(kind, markup, template.to_owned()));
                }
                DocumentId::Template(kind, name.to_owned())
            }
            _ => return Err(unknown()),
        };
        // A name is one file name: it does not lead out of its folder.
        if id.name().contains('/') || matches!(id.name(), "." | "..") { Err(unknown()) } else { Ok(id) }
    }
}

impl Serialize for DocumentId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DocumentId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A place to publish to: `[target.NAME]` in `waymark.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Target {
    /// AWS region; the SDK's own default when absent.
    pub region: Option<String>,
    /// The Pinpoint project; created at the first apply when absent.
    pub application_id: Option<String>,
    /// Address of the API; Amazon's own for the region when absent.
    pub endpoint_url: Option<String>,
    /// Profile of the AWS configuration files.
    pub profile: Option<String>,
    /// What is known of the account behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
    /// What stands there for `${name}` in texts of documents.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, String>,
    /// Whether a second person has to approve a plan before it is carried out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub approval: bool,
    /// Whether all expectations of the project have to come true before anything is published.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub expectations: bool,
}

/// Defaults of simulated runs: `[simulation]` in `waymark.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SimulationDefaults {
    /// Seed of all chance.
    pub seed: Option<u64>,
    /// Virtual instant at which the run starts, ISO 8601.
    pub start: Option<String>,
    /// How people respond, as a response model file says it; the simulator reads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub responses: Option<Value>,
    /// Most messages a second that a channel takes: `email`, `sms`, `push`, `voice`, `custom`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub rates: BTreeMap<String, u32>,
    /// What one message of a channel costs, in the currency that the account is billed in.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub prices: BTreeMap<String, serde_json::Number>,
}

/// How much one person may get before the calendar warns: `[calendar]` in `waymark.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CalendarLimits {
    /// Most messages on a day of that person's clock, by all channels, journeys and campaigns.
    pub per_day: u32,
    /// Most messages in a week from Monday on.
    pub per_week: u32,
}

impl Default for CalendarLimits {
    fn default() -> CalendarLimits {
        CalendarLimits { per_day: 3, per_week: 7 }
    }
}

/// Which members of people are personal, where somebody said so by hand: `[people]` in `waymark.toml`. Of all others the
/// name tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PeopleMarks {
    /// Dotted paths that tell who somebody is: `Attributes.Notes`.
    pub personal: BTreeSet<String>,
    /// Dotted paths that do not, whatever their name.
    pub not_personal: BTreeSet<String>,
}

impl PeopleMarks {
    /// What was said of a member; `None` = nothing. Said both, it is personal.
    pub fn says(&self, path: &str) -> Option<bool> {
        if self.personal.contains(path) {
            return Some(true);
        }
        self.not_personal.contains(path).then_some(false)
    }

    /// Says whether a member is personal; nothing is kept where its name tells the same.
    pub fn mark(&mut self, path: &str, personal: bool, by_name: bool) {
        self.personal.remove(path);
        self.not_personal.remove(path);
        if personal != by_name {
            let marks = if personal { &mut self.personal } else { &mut self.not_personal };
            marks.insert(path.to_owned());
        }
    }
}

/// What `waymark.toml` says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The project's name.
    pub name: String,
    /// What it is for, in a sentence or two.
    pub description: String,
    /// Where it can be published, by name.
    pub target: BTreeMap<String, Target>,
    /// Defaults of simulated runs.
    pub simulation: SimulationDefaults,
    /// How much is too much for one person.
    pub calendar: CalendarLimits,
    /// What of people is personal.
    pub people: PeopleMarks,
}

/// Everything in a project folder but the sample people and events.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Project {
    /// What `waymark.toml` says.
    pub settings: Settings,
    /// The documents.
    pub documents: Documents,
}

impl Project {
    /// The journey of that file name.
    pub fn journey(&self, name: &str) -> Option<Journey<'_>> {
        Journey::of(self.documents.get(&DocumentId::Journey(name.to_owned()))?)
    }

    /// All journeys with their file names, in order of name.
    pub fn journeys(&self) -> impl Iterator<Item = (&str, Journey<'_>)> {
        self.documents.iter().filter_map(|(id, value)| match id {
            DocumentId::Journey(name) => Some((name.as_str(), Journey::of(value)?)),
            _ => None,
        })
    }

    /// The segment that a `SegmentId` means: its file name, else the `Id` that a saved `SegmentResponse` carries.
    pub fn segment(&self, reference: &str) -> Option<(&DocumentId, wire::WriteSegmentRequest<'_>)> {
        let by_name = self.documents.get_key_value(&DocumentId::Segment(reference.to_owned()));
        let by_id = || {
            self.documents.iter().find(|(id, value)| {
                matches!(id, DocumentId::Segment(_)) && value.get("Id").and_then(Value::as_str) == Some(reference)
            })
        };
        let (id, value) = by_name.or_else(by_id)?;
        Some((id, wire::WriteSegmentRequest::of(value)?))
    }

    /// The names of all segments, in order.
    pub fn segment_names(&self) -> impl Iterator<Item = &str> {
        self.documents.keys().filter_map(|id| match id {
            DocumentId::Segment(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// The template of that kind and name.
    pub fn template(&self, kind: TemplateKind, name: &str) -> Option<&Value> {
        self.documents.get(&DocumentId::Template(kind, name.to_owned()))
    }

    /// What the HTML part of an e-mail template is made from, and its text; `None` = it is written by hand.
    pub fn source(&self, template: &str) -> Option<(Markup, &str)> {
        [Markup::Mjml, Markup::Html].into_iter().find_map(|markup| {
            let text = self.documents.get(&DocumentId::Source(TemplateKind::Email, markup, template.to_owned()))?;
            Some((markup, text.as_str()?))
        })
    }

    /// The sources that count of a template: of two for one part the first.
    pub fn sources(&self, kind: TemplateKind, template: &str) -> Vec<(DocumentId, &Value)> {
        let mut made = Vec::new();
        let of = |markup: &Markup| {
            let id = DocumentId::Source(kind, *markup, template.to_owned());
            let value = self.documents.get(&id)?;
            let member = markup.member(kind);
            let is_first = !made.contains(&member);
            made.push(member);
            is_first.then_some((id, value))
        };
        Markup::of(kind).iter().filter_map(of).collect()
    }

    /// The names of all templates of a kind, in order.
    pub fn template_names(&self, kind: TemplateKind) -> impl Iterator<Item = &str> {
        self.documents.keys().filter_map(move |id| match id {
            DocumentId::Template(k, name) if *k == kind => Some(name.as_str()),
            _ => None,
        })
    }

    /// Whether a simulated run of this project goes as one of `other`: names, prices and marks change no step.
    pub fn runs_as(&self, other: &Project) -> bool {
        let steps =
            |project: &Project| SimulationDefaults { prices: BTreeMap::new(), ..project.settings.simulation.clone() };
        self.documents == other.documents && steps(self) == steps(other)
    }

    /// Carries out `edit` whole, or not at all; answers the edit that takes it back.
    ///
    /// # Errors
    /// When a document or a place named by the edit does not exist, or settings can not say what it says; the project is
    /// then unchanged.
    pub fn apply(&mut self, edit: &Edit) -> Result<Edit, EditError> {
        let mut inverse = Edit::new(edit.label.clone());
        for change in &edit.changes {
            match self.change(change) {
                Ok(back) => inverse.changes.extend(back),
                Err(error) => {
                    for back in inverse.changes.iter().rev() {
                        self.restore(back);
                    }
                    return Err(error);
                }
            }
        }
        inverse.changes.reverse();
        Ok(inverse)
    }

    /// Carries out one change; answers the change that takes it back (`None` = nothing happened).
    fn change(&mut self, change: &Change) -> Result<Option<Change>, EditError> {
        match change {
            Change::Setting { path, value } => edit::set(&mut self.settings, path, value.as_ref()),
            Change::File { file, from, to } => {
                let back = Change::File { file: file.clone(), from: to.clone(), to: from.clone() };
                Ok((from != to).then_some(back))
            }
            Change::Set { document: id, .. }
            | Change::Insert { document: id, .. }
            | Change::Remove { document: id, .. } => {
                let mut document = self.documents.remove(id);
                let outcome = change.apply(&mut document);
                if let Some(document) = document {
                    self.documents.insert(id.clone(), document);
                }
                outcome
            }
        }
    }

    /// Carries out one change of an inverse, which fits because its edit has just been carried out.
    fn restore(&mut self, change: &Change) {
        let restored = self.change(change);
        debug_assert!(restored.is_ok(), "an inverse fits the project it was made from");
    }
}
