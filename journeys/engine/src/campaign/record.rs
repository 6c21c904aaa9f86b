//! Activities: what a run came to, counted from its effects (campaigns.md 9).

use model::Millis;
use model::time::format_instant;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::campaign::effect::{Activity, Effect, Filter, SendStatus, What};
use crate::campaign::program::Program;

/// `State` of an activity. `PAUSED` never comes: a pause lets the run finish.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Progress {
    /// `PENDING`: the slot is not due yet. Only a driver that lists the next run has such activities.
    #[default]
    Pending,
    /// `INITIALIZING`: looks for the time zones.
    Initializing,
    /// `RUNNING`
    Running,
    /// `CANCELLED`
    Cancelled,
    /// `COMPLETED`
    Completed,
}

impl Progress {
    /// The word of the API.
    pub fn name(self) -> &'static str {
        match self {
            Progress::Pending => "PENDING",
            Progress::Initializing => "INITIALIZING",
            Progress::Running => "RUNNING",
            Progress::Cancelled => "CANCELLED",
            Progress::Completed => "COMPLETED",
        }
    }
}

/// What is known of one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Which run.
    pub activity: Activity,
    /// `State`
    pub progress: Progress,
    /// `ScheduledStart`
    pub scheduled: Millis,
    /// `Start`
    pub started: Millis,
    /// `End`
    pub ended: Option<Millis>,
    /// `TimezonesTotalCount`; 0 without `IsLocalTime`.
    pub zones: u32,
    /// `TimezonesCompletedCount`
    pub zones_done: u32,
    /// Endpoints whose zone is not due yet, or never was: `ENDPOINT_TIMEZONE_MISMATCH`.
    pub not_due: u32,
    /// `ENDPOINTS_FROM_USER`
    pub expanded: u64,
    /// By [`Filter`].
    pub filtered: [u64; Filter::ALL.len()],
    /// By [`SendStatus`].
    pub statuses: [u64; SendStatus::ALL.len()],
}

impl Record {
    /// How many endpoints were set aside for this.
    pub fn filtered(&self, filter: Filter) -> u64 {
        self.filtered[filter as usize]
    }

    /// How many messages came to this.
    pub fn status(&self, status: SendStatus) -> u64 {
        self.statuses[status as usize]
    }

    /// `TotalEndpointCount`: endpoints that the run handled, those held out and filtered not counted (chosen).
    pub fn total(&self) -> u64 {
        self.statuses.iter().sum::<u64>() - self.status(SendStatus::Holdout)
    }

    /// `ENDPOINT_PRODUCED`: before filtering.
    pub fn produced(&self) -> u64 {
        self.statuses.iter().chain(&self.filtered).sum::<u64>() + u64::from(self.not_due)
    }

    /// `ExecutionMetrics` (journeys.md 11.4): those that are not zero, and always the first.
    pub fn metrics(&self) -> Vec<(&'static str, u64)> {
        let counted = [("ENDPOINTS_FROM_USER", self.expanded), ("ENDPOINT_TIMEZONE_MISMATCH", u64::from(self.not_due))];
        let filters = Filter::ALL.into_iter().map(|filter| (filter.name(), self.filtered(filter)));
        let others = counted.into_iter().chain(filters).filter(|(_, count)| *count > 0);
        std::iter::once(("ENDPOINT_PRODUCED", self.produced())).chain(others).collect()
    }

    /// The `ActivityResponse`.
    pub fn response(&self, program: &Program, application: &str) -> Value {
        let metrics: Map<String, Value> =
            self.metrics().into_iter().map(|(name, count)| (name.to_owned(), json!(count.to_string()))).collect();
        let mut response = json!({
            "ApplicationId": application,
            "CampaignId": program.id(),
            "Id": program.activity_id(self.activity),
            "State": self.progress.name(),
            "ScheduledStart": format_instant(self.scheduled),
            "Start": format_instant(self.started),
            "TotalEndpointCount": 0,
            "SuccessfulEndpointCount": 0,
            "TimezonesTotalCount": self.zones,
            "TimezonesCompletedCount": self.zones_done,
            "TreatmentId": program.treatment_id(self.activity.treatment),
            "ExecutionMetrics": metrics,
        });
        self.write_counts(&mut response);
        if let Some(ended) = self.ended {
            let whole = self.progress == Progress::Completed;
            response["End"] = json!(format_instant(ended));
            response["Result"] = json!(if whole { "SUCCESS" } else { "FAIL" });
        }
        response
    }

    /// Writes what the messages came to into an `ActivityResponse` of this record: `TotalEndpointCount` and
    /// `SuccessfulEndpointCount`, all that [`failed`](Record::failed) changes.
    pub fn write_counts(&self, response: &mut Value) {
        response["TotalEndpointCount"] = json!(self.total());
        response["SuccessfulEndpointCount"] = json!(self.status(SendStatus::Success));
    }

    /// A message that was handed to its channel came to nothing, as [`What::Failed`] says; also when the run is over.
    pub fn failed(&mut self, status: SendStatus) {
        let sent = &mut self.statuses[SendStatus::Success as usize];
        *sent = sent.saturating_sub(1);
        self.statuses[status as usize] += 1;
    }

    fn outcome(&mut self) {
        if self.zones > 0 {
            self.not_due = self.not_due.saturating_sub(1);
        }
    }
}

/// The activities of a campaign, in order of their start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Records(pub Vec<Record>);

impl Records {
    /// Takes an effect of a step at `now` into the counts.
    pub fn note(&mut self, effect: &Effect, now: Millis) {
        if let What::RunStarted { scheduled, by_zone } = effect.what {
            self.0.push(Record {
                activity: effect.activity,
                progress: if by_zone { Progress::Initializing } else { Progress::Running },
                scheduled,
                started: now,
                ended: None,
                zones: 0,
                zones_done: 0,
                not_due: 0,
                expanded: 0,
                filtered: [0; Filter::ALL.len()],
                statuses: [0; SendStatus::ALL.len()],
            });
            return;
        }
        // The run that is going on is among the last.
        let Some(record) = self.0.iter_mut().rev().find(|record| record.activity == effect.activity) else { return };
        match effect.what {
            What::Zones { zones, waiting } => {
                record.zones = zones;
                record.not_due = waiting;
                record.progress = Progress::Running;
            }
            What::SliceDone { zones } => record.zones_done += zones,
            What::RunEnded { whole } => {
                record.progress = if whole { Progress::Completed } else { Progress::Cancelled };
                record.ended = Some(now);
            }
            What::Expanded { .. } => record.expanded += 1,
            What::Filtered { filter, .. } => {
                record.filtered[filter as usize] += 1;
                if filter != Filter::DuplicateEndpoint {
                    record.outcome();
                }
            }
            What::Send { .. } => {
                record.statuses[SendStatus::Success as usize] += 1;
                record.outcome();
            }
            What::NotSent { status, .. } => {
                record.statuses[status as usize] += 1;
                record.outcome();
            }
            What::Failed { status, .. } => record.failed(status),
            What::Status(_)
            | What::Refused
            | What::RunStarted { .. }
            | What::CallHook { .. }
            | What::WaitUntil { .. } => {}
        }
    }
}
