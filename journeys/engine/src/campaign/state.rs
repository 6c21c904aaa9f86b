//! What is remembered of a campaign: small, and written as a row.

use std::collections::{BTreeSet, VecDeque};

use model::Millis;
use model::time::SECOND;
use model::view::Word;
use model::wire::CampaignStatus;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::campaign::addresses::Addresses;
use crate::campaign::effect::Activity;
use crate::campaign::status;
use crate::zone::Zone;

/// The version of the layout of [`State`] that this code writes; it reads this one and all before.
pub const STATE_VERSION: u8 = 1;

/// A campaign in its life. The default is one that is not created yet.
///
/// What it takes does not grow with the segment: a run keeps where it stands, and the few endpoints that wait for a hook
/// or for the rate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct State {
    /// Layout of this state, [`STATE_VERSION`]; a higher one is refused when read.
    #[serde(deserialize_with = "known_version")]
    pub layout: u8,
    /// `Version` of the campaign: 1 when created, one more with every update (campaigns.md 9). 0 = not created.
    pub version: u32,
    /// `IsPaused`
    pub paused: bool,
    /// The treatments, the default one first. Those that an update has taken away stay, `COMPLETED`: if they come back,
    /// their runs are numbered on.
    pub treatments: Vec<TreatmentState>,
    /// The second that counts for `MessagesPerSecond`.
    pub second: Second,
}

/// A treatment in its life.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TreatmentState {
    /// `State.CampaignStatus`
    #[serde(serialize_with = "write_status", deserialize_with = "read_status")]
    pub status: CampaignStatus,
    /// The next slot of the schedule; `None` = none is left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u32>,
    /// Runs begun so far.
    #[serde(default)]
    pub runs: u32,
    /// The instant of the last slot that was served: it is not served again, whatever is paused or changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub served: Option<Millis>,
    /// The run that is going on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Run>,
    /// When there is something to do; `None` = never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wake: Option<Millis>,
}

/// A run that is going on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Its number, [`Activity::run`].
    pub number: u32,
    /// The instant it was scheduled for.
    pub scheduled: Millis,
    /// The wall-clock time of its slot, see [`Schedule`](super::Schedule).
    pub wall: Millis,
    /// When it began: the segment is asked as of then.
    pub started: Millis,
    /// Where it stands among the people.
    #[serde(default)]
    pub cursor: u32,
    /// The zones found so far, while it looks for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looking: Option<Looking>,
    /// What is still to be done, soonest first. Without `IsLocalTime` there is one slice, for everybody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slices: Vec<Slice>,
    /// Endpoints for the next call of the hook.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub batch: Vec<Waiting>,
    /// Calls of the hook that are not answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Call>,
    /// Number of the next call.
    #[serde(default)]
    pub next_call: u32,
    /// Endpoints that are to be sent to as soon as the rate allows.
    #[serde(default, skip_serializing_if = "VecDeque::is_empty")]
    pub ready: VecDeque<Waiting>,
    /// What is found again from the people when it is not there.
    #[serde(skip)]
    pub(crate) cache: Cache,
}

/// What a run remembers only to be quicker. It is not written, and two states are equal whatever is in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cache {
    /// Addresses of the endpoints before the run's place; `None` = not known.
    pub addresses: Option<Addresses>,
    /// By [`Row::timezone_id`](audience::Row::timezone_id): when the zone is due; inside, `None` = no such zone.
    pub due: Vec<Option<Option<Millis>>>,
    /// By [`Row::timezone_id`](audience::Row::timezone_id): the zone.
    pub zones: Vec<Option<Zone>>,
}

impl PartialEq for Cache {
    fn eq(&self, _: &Cache) -> bool {
        true
    }
}

/// What a run knows of the zones while it looks for them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Looking {
    /// Names of the zones.
    pub zones: BTreeSet<String>,
    /// Endpoints in them.
    pub endpoints: u32,
}

/// A part of a run: the endpoints whose zones are due at the same instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slice {
    /// When.
    pub at: Millis,
    /// How many zones; 0 = all endpoints, whatever their zone.
    pub zones: u32,
}

/// An endpoint that waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    /// Its row.
    pub row: u32,
    /// Of an event: when it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Millis>,
    /// The endpoint as the hook answered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<Box<Value>>,
}

/// A call of the hook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Its number.
    pub number: u32,
    /// From 1.
    pub attempt: u8,
    /// When the attempt has failed; [`Millis::MAX`] = when the driver says so.
    pub deadline: Millis,
    /// The endpoints, at most 50.
    pub rows: Vec<Waiting>,
}

/// A second in which at most `MessagesPerSecond` messages leave, all treatments together; the next one begins when it is
/// over. Journeys space their messages evenly ([`Pace`](crate::Pace)); a run sends what a second allows in one step, so
/// that a driver which comes a little late does not slow it down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Second {
    /// Its start.
    pub from: Millis,
    /// Messages since then.
    pub sent: u32,
}

impl Second {
    /// `Some` = the second is used up at `now`, and the next one begins then.
    pub(crate) fn used_up(&self, rate: u32, now: Millis) -> Option<Millis> {
        let next = self.from.saturating_add(SECOND);
        (self.from <= now && now < next && self.sent >= rate).then_some(next)
    }

    /// A message leaves at `now`.
    pub(crate) fn count(&mut self, now: Millis) {
        if now < self.from || now >= self.from.saturating_add(SECOND) {
            *self = Second { from: now, sent: 0 };
        }
        self.sent = self.sent.saturating_add(1);
    }
}

impl Default for State {
    fn default() -> Self {
        State { layout: STATE_VERSION, version: 0, paused: false, treatments: Vec::new(), second: Second::default() }
    }
}

impl State {
    /// The campaign's status: of all treatments together (campaigns.md 8).
    pub fn status(&self) -> CampaignStatus {
        status::aggregate(self.treatments.iter().map(|treatment| treatment.status))
    }

    /// `DefaultState`: of the default treatment, where there are others.
    pub fn default_status(&self) -> Option<CampaignStatus> {
        self.treatments.first().filter(|_| self.treatments.len() > 1).map(|treatment| treatment.status)
    }

    /// When the driver must feed [`Input::Timer`](super::Input::Timer); `None` = never, nothing is waited for.
    pub fn wakes(&self) -> Option<Millis> {
        self.treatments.iter().filter_map(|treatment| treatment.wake).min()
    }

    /// The activity that a treatment is at.
    pub fn activity(&self, treatment: u8) -> Option<Activity> {
        let run = self.treatments.get(usize::from(treatment))?.run.as_ref()?;
        Some(Activity { treatment, run: run.number })
    }
}

fn write_status<S: Serializer>(status: &CampaignStatus, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(status.as_str())
}

fn read_status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<CampaignStatus, D::Error> {
    let text = String::deserialize(deserializer)?;
    CampaignStatus::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no status of a campaign")))
}

fn known_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    let version = u8::deserialize(deserializer)?;
    if version == 0 || version > STATE_VERSION {
        let text = format!("the campaign's state has layout {version}, and this program reads 1 to {STATE_VERSION}");
        return Err(serde::de::Error::custom(text));
    }
    Ok(version)
}
