use model::wire::Frequency;
use model::{path, wire};

use crate::rules::too_many_campaigns::{active_before, can_pause, is_active};
use crate::{Document, Findings};

rule! {
    /// Checks that a project has at most 25 active campaigns that an event sends, and at most 25 that an app shows.
    ///
    /// **Why it matters.** These are the service's quotas.
    ///
    /// **Bad example.** A campaign for each of 30 events.
    ///
    /// ```json
    /// {"campaigns/event*26": {"Schedule": {
    ///   "Frequency": "EVENT",
    ///   "EventFilter": {"FilterType": "ENDPOINT", "Dimensions": {"EventType": {"Values": ["cart.left"]}}},
    ///   "StartTime": "2026-12-01T09:00:00Z"
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Let one campaign wait for several events: `EventType` has a list of values.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"campaigns/event*25": {"Schedule": {
    ///   "Frequency": "EVENT",
    ///   "EventFilter": {"FilterType": "ENDPOINT", "Dimensions": {"EventType": {"Values": ["cart.left"]}}},
    ///   "StartTime": "2026-12-01T09:00:00Z"
    /// }}}
    /// ```
    ///
    /// Source: campaigns.md 3, 11 (C022) and 12.
    "too-many-event-campaigns", Error, "more than 25 event campaigns are active", Campaign
}

const MOST: usize = 25;

fn check(document: &Document, campaign: wire::WriteCampaignRequest, found: &mut Findings) {
    let frequency = |campaign: wire::WriteCampaignRequest| campaign.schedule().and_then(|s| s.frequency());
    let kind = match frequency(campaign) {
        Some(kind @ (Frequency::Event | Frequency::InAppEvent)) if is_active(document.root) => kind,
        _ => return,
    };
    let before = active_before(document).filter(|other| frequency(*other) == Some(kind)).count();
    if before >= MOST {
        let finding = found
            .report(
                path!["Schedule", "Frequency"],
                format!("{before} other `{kind}` campaigns are active before this one; {MOST} is the most"),
            )
            .help("let one campaign wait for several events, or pause one");
        if can_pause(campaign) {
            finding.set("Pause it", &path!["IsPaused"], true);
        }
    }
}
