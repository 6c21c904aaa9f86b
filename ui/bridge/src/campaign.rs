//! Simulated campaigns: counts, who gets what when.

use model::{Millis, Project};
use serde::{Deserialize, Serialize};
use simulation::{CampaignRun, Forecast};

use crate::Figure;

/// Runs the sample people through a campaign.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SimulateCampaign {
    /// The project's folder, for its sample people and events; without any people, a few are invented.
    pub folder: Option<String>,
    /// The project as it is in the window.
    pub project: Project,
    /// File name of the campaign.
    pub campaign: String,
}

command!(SimulateCampaign, "simulate-campaign" => CampaignView);

/// A simulated campaign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CampaignView {
    /// By which the machine knows the run, to list its messages.
    pub run_id: u64,
    /// The counts.
    pub run: CampaignRun,
    /// Messages by day, `2026-12-03`, of the clock that each person has; in order, only days with some.
    pub days: Vec<(String, u64)>,
    /// Messages by hour of that clock, 24 numbers.
    pub hours: Vec<u64>,
    /// Messages over the whole time, hour by hour of UTC; day by day where that is too many hours.
    pub over_time: Figure,
    /// Messages to people whose time zone is not known: they are counted by UTC.
    pub without_zone: u64,
    /// What comes of it, treatment by treatment.
    pub forecast: Forecast,
}

/// The messages of everybody in a simulated campaign, as a table in order of time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CampaignMessages {
    /// The run.
    pub run_id: u64,
    /// What stands in a cell, in any case; empty = all.
    pub text: String,
    /// The first row, from 0.
    pub from: u64,
}

command!(CampaignMessages, "campaign-messages" => CampaignPage);

/// A page of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignPage {
    /// How many rows fit in all.
    pub total: u64,
    /// At most 100 rows.
    pub rows: Vec<CampaignLine>,
}

/// A message that was handed over or not sent. No row has an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignLine {
    /// `user:ID` or `endpoint:ID`.
    pub person: String,
    /// When.
    pub at: Millis,
    /// `ChannelType`
    pub channel: String,
    /// The treatment's name or number; empty for those who are held out.
    pub treatment: String,
    /// Number of the run, from 1.
    pub run: u32,
    /// Its template; may be empty.
    pub template: String,
    /// `campaign_send_status`
    pub status: String,
}

/// Writes the messages of everybody to a file: `.csv`, `.jsonl` or `.parquet`. Answers the number of rows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WriteCampaignMessages {
    /// The run.
    pub run_id: u64,
    /// The file.
    pub path: String,
}

command!(WriteCampaignMessages, "write-campaign-messages" => u64);
