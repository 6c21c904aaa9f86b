use model::wire::{CampaignState, CampaignStatus};
use model::{View, Word, path, wire};

use crate::{Document, Findings};

rule! {
    /// Checks whether a campaign that was saved from an account can still be changed there: while it is scheduled, paused or
    /// between two runs.
    ///
    /// **Why it matters.** The service refuses changes of a campaign that is sending or was sent.
    ///
    /// **Bad example.** A saved `CampaignResponse` with `"State": {"CampaignStatus": "COMPLETED"}`.
    ///
    /// ```json
    /// {"campaigns/news": {"State": {"CampaignStatus": "COMPLETED"}}}
    /// ```
    ///
    /// **How to fix it.** Send a copy under another name.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"campaigns/news": {"State": {"CampaignStatus": "SCHEDULED"}}}
    /// ```
    ///
    /// Source: campaigns.md 8 (chosen) and 11, C025; `CampaignResponse.State`.
    "campaign-sent", Warning, "a campaign was sent already", Campaign
}

fn check(document: &Document, _: wire::WriteCampaignRequest, found: &mut Findings) {
    let state = document.root.get("State").and_then(CampaignState::of);
    let Some(status) = state.and_then(|state| state.campaign_status()) else { return };
    if !matches!(status, CampaignStatus::Scheduled | CampaignStatus::Paused | CampaignStatus::PendingNextRun) {
        found
            .report(
                path!["State", "CampaignStatus"],
                format!("the campaign is {}: the service takes no changes of it", status.as_str()),
            )
            .help("send a copy under another name");
    }
}
