use model::time::{MINUTE, format_instant, parse_instant};
use model::{Millis, wire};

use crate::rules::campaign_event_filter::waits;
use crate::{Document, Findings, places};

rule! {
    /// Checks that a campaign's start is not more than 15 minutes past. Only asked when the present is known.
    ///
    /// **Why it matters.** The first message would be late, and nobody would see it; the service refuses the campaign.
    ///
    /// **Bad example.** `"StartTime": "2020-01-01T09:00:00Z"`
    ///
    /// ```json
    /// {"now": "2026-11-30T09:00:00Z", "campaigns/news": {"Schedule": {"StartTime": "2020-01-01T09:00:00Z"}}}
    /// ```
    ///
    /// **How to fix it.** Choose a later date, or `IMMEDIATE`.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"now": "2026-11-30T09:00:00Z", "campaigns/news": {"Schedule": {"StartTime": "2026-12-01T09:00:00Z"}}}
    /// ```
    ///
    /// Source: campaigns.md 11, C008 (chosen); `Schedule.StartTime`.
    "campaign-past", Error, "a campaign's start is past", Campaign
}

/// How long ago a start may be.
const GRACE: Millis = 15 * MINUTE;

fn check(document: &Document, _: wire::WriteCampaignRequest, found: &mut Findings) {
    let Some(now) = document.facts.now else { return };
    for treatment in places::treatments(document) {
        let Some(schedule) = treatment.schedule.filter(|schedule| !waits(*schedule)) else { continue };
        let Some(start) = schedule.start_time().and_then(parse_instant) else { continue };
        if start < now.saturating_sub(GRACE) {
            let at = treatment.path.join("Schedule").join("StartTime");
            found
                .report(at.clone(), format!("the campaign's start, {}, is past", format_instant(start)))
                .help("choose a later date, or `IMMEDIATE`")
                .set("Start at once", &at, "IMMEDIATE");
        }
    }
}
