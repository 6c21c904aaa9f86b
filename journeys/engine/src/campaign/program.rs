//! A compiled campaign.

use std::collections::BTreeSet;

use audience::Audience;
use model::wire::ChannelType;
use model::{Millis, Path, TemplateKind};

use crate::campaign::effect::Activity;
use crate::campaign::message::{Message, Messages, TemplateName};
use crate::campaign::schedule::{Schedule, Start};
use crate::campaign::treatment::{Allocation, Share};
use crate::draw::{hash, mix};
use crate::event_filter::EventFilter;
use crate::sending::Window;

/// A campaign, compiled once and used for all its runs. A new version of the campaign is a new program.
#[derive(Clone, Debug)]
pub struct Program {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) segment: String,
    pub(crate) audience: Audience,
    /// The lists of an imported segment: endpoint ids, user ids.
    pub(crate) listed: Option<(BTreeSet<String>, BTreeSet<String>)>,
    pub(crate) allocation: Allocation,
    /// The default treatment first.
    pub(crate) treatments: Vec<Treatment>,
    pub(crate) limits: Limits,
    pub(crate) hook: Option<Hook>,
    pub(crate) priority: u8,
    pub(crate) created: Millis,
    pub(crate) batch: u32,
    pub(crate) driver_times_calls: bool,
    pub(crate) not_honoured: Vec<(Path, String)>,
}

/// A treatment: the campaign itself, or a variation of it.
#[derive(Clone, Debug)]
pub(crate) struct Treatment {
    pub name: Option<String>,
    pub percent: u8,
    pub messages: Messages,
    pub schedule: Schedule,
    /// Which events it waits for (campaigns.md 3).
    pub filter: Option<EventFilter>,
    pub quiet: Window,
}

/// Limits that hold for the campaign (campaigns.md 6), the project's where it has none of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Messages to one endpoint in 24 hours; `None` = without limit.
    pub daily: Option<Daily>,
    /// Times that the campaign may target one endpoint; `None` = without limit.
    pub total: Option<u32>,
    /// `None` = as fast as possible.
    pub messages_per_second: Option<u32>,
    /// How long after its scheduled start a run may go on trying, in milliseconds.
    pub maximum_duration: Option<Millis>,
    /// In-app messages in a session; `None` = without limit.
    pub session: Option<u32>,
}

/// A daily limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Daily {
    /// How many messages.
    pub limit: u32,
    /// Which messages count.
    pub scope: Scope,
}

/// Whose messages count toward a daily limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Those of this campaign: the limit is its own.
    Campaign,
    /// Those of all campaigns and journeys: the limit is the project's.
    Project,
}

/// What is called before sending (campaigns.md 7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// Name or ARN of a Lambda function, or an https address.
    pub target: String,
    /// Whether `target` is a `WebUrl`.
    pub web: bool,
}

impl Program {
    /// The campaign's id: cohorts and activity ids depend on it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// `Name`
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whom it is for.
    pub fn audience(&self) -> &Audience {
        &self.audience
    }

    /// Whether its daily limit is the project's, which counts what others send (campaigns.md 6).
    pub fn counts_others(&self) -> bool {
        self.limits.daily.is_some_and(|daily| daily.scope == Scope::Project)
    }

    /// What the campaign says and the engine does otherwise.
    pub fn not_honoured(&self) -> &[(Path, String)] {
        &self.not_honoured
    }

    /// How many treatments, the default one included.
    pub fn len(&self) -> usize {
        self.treatments.len()
    }

    /// Never: there is always the default treatment.
    pub fn is_empty(&self) -> bool {
        self.treatments.is_empty()
    }

    /// `TreatmentName` of a treatment.
    pub fn treatment_name(&self, treatment: u8) -> Option<&str> {
        self.treatment(treatment)?.name.as_deref()
    }

    /// Share of the people that a treatment gets, in percent.
    pub fn percent(&self, treatment: u8) -> u8 {
        self.treatment(treatment).map_or(0, |treatment| treatment.percent)
    }

    /// The id of a treatment as `TreatmentResource` has it: 32 hex digits (campaigns.md 4, chosen). Events carry the
    /// number.
    pub fn treatment_id(&self, treatment: u8) -> String {
        hex(&[&self.id, "\u{0}treatment\u{0}", &treatment.to_string()])
    }

    /// The id of an activity, which events carry as `campaign_activity_id`: 32 hex digits.
    pub fn activity_id(&self, activity: Activity) -> String {
        let run = activity.run.to_string();
        hex(&[&self.id, "\u{0}activity\u{0}", &activity.treatment.to_string(), "\u{0}", &run])
    }

    /// The message of a treatment for endpoints of a channel; `None` = they are skipped.
    pub fn message(&self, treatment: u8, channel: ChannelType) -> Option<&Message> {
        self.treatment(treatment)?.messages.get(channel)
    }

    /// All templates that any treatment names, each once.
    pub fn templates(&self) -> Vec<(TemplateKind, &TemplateName)> {
        let mut all = Vec::new();
        for named in self.treatments.iter().flat_map(|treatment| treatment.messages.templates()) {
            if !all.contains(&named) {
                all.push(named);
            }
        }
        all
    }

    /// What becomes of the endpoints of a cohort.
    pub fn share(&self, cohort: u8) -> Share {
        self.allocation.of(cohort)
    }

    /// The limits in force.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// The hook that is called before sending.
    pub fn hook(&self) -> Option<&Hook> {
        self.hook.as_ref()
    }

    /// Whether any treatment waits for events.
    pub fn takes_events(&self) -> bool {
        self.treatments.iter().any(|treatment| treatment.schedule.is_event())
    }

    pub(crate) fn takes_events_in(&self, treatment: u8) -> bool {
        self.treatment(treatment).is_some_and(|treatment| treatment.schedule.is_event())
    }

    /// Whether the campaign starts when it is created, and so can not be paused.
    pub fn is_immediate(&self) -> bool {
        self.treatments.first().is_some_and(|treatment| treatment.schedule.start == Start::Immediate)
    }

    /// What the event campaign of a treatment waits for, in words.
    pub fn event_words(&self, treatment: u8) -> Option<String> {
        Some(self.treatment(treatment)?.filter.as_ref()?.words())
    }

    pub(crate) fn treatment(&self, treatment: u8) -> Option<&Treatment> {
        self.treatments.get(usize::from(treatment))
    }

    /// Whether the segment holds the endpoint only because it lists its user (segments-and-endpoints.md 2.3), and whether
    /// it lists both.
    pub(crate) fn listed(&self, row: audience::Row<'_>) -> (bool, bool) {
        let Some((endpoints, users)) = &self.listed else { return (false, false) };
        let by_user = row.user_id().is_some_and(|user| users.contains(user));
        let by_id = endpoints.contains(row.id());
        (by_user && !by_id, by_user && by_id)
    }
}

/// 32 hex digits that depend on all parts.
fn hex(parts: &[&str]) -> String {
    let first = hash(parts);
    format!("{first:016x}{:016x}", mix(first ^ mix(hash(&["second half "]) ^ first)))
}
