use model::{path, wire};

use crate::rules::limit_range::within;
use crate::{Document, Findings};

rule! {
    /// Checks the ranges of a campaign's limits: caps from 0 to 100, 1 to 20,000 messages per second, at least 60 seconds for
    /// a run.
    ///
    /// **Why it matters.** The service refuses the campaign.
    ///
    /// **Bad example.** `"Limits": {"MaximumDuration": 10}`
    ///
    /// ```json
    /// {"campaigns/news": {"Limits": {"MaximumDuration": 10}}}
    /// ```
    ///
    /// **How to fix it.** Choose a number in the range; 0 means no cap.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"campaigns/news": {"Limits": {"MaximumDuration": 60}}}
    /// ```
    ///
    /// Source: campaigns.md 6 and 11, C017; `CampaignLimits`.
    "campaign-limit-range", Error, "a campaign's limit is out of range", Campaign
}

fn check(_: &Document, campaign: wire::WriteCampaignRequest, found: &mut Findings) {
    let Some(limits) = campaign.limits() else { return };
    within(found, path!["Limits", "Daily"], limits.daily(), 0, 100);
    within(found, path!["Limits", "Total"], limits.total(), 0, 100);
    within(found, path!["Limits", "MessagesPerSecond"], limits.messages_per_second(), 1, 20_000);
    within(found, path!["Limits", "MaximumDuration"], limits.maximum_duration(), 60, i64::MAX);
}
