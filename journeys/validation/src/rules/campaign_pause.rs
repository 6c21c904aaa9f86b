use model::{path, wire};

use crate::{Document, Findings};

rule! {
    /// Checks that a campaign that starts at once is not paused.
    ///
    /// **Why it matters.** It runs as soon as it is created, so there is nothing to pause; the service refuses it.
    ///
    /// **Bad example.** `"IsPaused": true` and `"StartTime": "IMMEDIATE"`.
    ///
    /// ```json
    /// {"campaigns/news": {"IsPaused": true, "Schedule": {"StartTime": "IMMEDIATE"}}}
    /// ```
    ///
    /// **How to fix it.** Give it a start date, or do not pause it.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"campaigns/news": {"IsPaused": true, "Schedule": {"StartTime": "2026-12-01T09:00:00Z"}}}
    /// ```
    ///
    /// Source: campaigns.md 3, 8 and 11, C024; `WriteCampaignRequest.IsPaused`.
    "campaign-pause", Error, "a campaign that starts at once is paused", Campaign
}

fn check(_: &Document, campaign: wire::WriteCampaignRequest, found: &mut Findings) {
    let start = campaign.schedule().and_then(|schedule| schedule.start_time());
    if campaign.is_paused() == Some(true) && start == Some("IMMEDIATE") {
        let at = path!["IsPaused"];
        found
            .report(at.clone(), "the campaign starts at once, and is paused")
            .help("give it a start date, or do not pause it")
            .remove("Do not pause it", at);
    }
}
