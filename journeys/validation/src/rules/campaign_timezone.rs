use model::wire;

use crate::rules::schedule_timezone::allowed;
use crate::{Document, Findings, places};

rule! {
    /// Checks that a campaign's `Schedule.Timezone` is one of the API's offset names, `UTC` or `UTC+05:30`.
    ///
    /// **Why it matters.** The service refuses names of places: offsets do not change in summer.
    ///
    /// **Bad example.** `"Timezone": "Europe/Paris"`
    ///
    /// ```json
    /// {"campaigns/news": {"Schedule": {"StartTime": "2026-12-01T09:00:00Z", "Timezone": "Europe/Paris"}}}
    /// ```
    ///
    /// **How to fix it.** Write the offset: `UTC+01`.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"campaigns/news": {"Schedule": {"StartTime": "2026-12-01T09:00:00Z", "Timezone": "UTC+01"}}}
    /// ```
    ///
    /// Source: campaigns.md 3 and 11, C004; `Schedule.Timezone`.
    "campaign-timezone", Error, "a campaign's time zone is not an offset name", Campaign
}

/// On the list for journeys, but not for campaigns.
const JOURNEYS_ONLY: [&str; 6] = ["UTC+08:45", "UTC+12:45", "UTC+13:45", "UTC-02:30", "UTC-03:30", "UTC-09:30"];

fn check(document: &Document, _: wire::WriteCampaignRequest, found: &mut Findings) {
    for treatment in places::treatments(document) {
        let Some(schedule) = treatment.schedule else { continue };
        let Some(zone) = schedule.timezone() else { continue };
        if allowed(zone) && !JOURNEYS_ONLY.contains(&zone) {
            continue;
        }
        let at = treatment.path.join("Schedule").join("Timezone");
        let finding = found
            .report(at.clone(), format!("`{zone}` is not one of the API's time zones"))
            .help("write `UTC` or an offset such as `UTC+01`");
        if schedule.is_local_time() != Some(true) {
            // Without local time the zone is not used.
            finding.remove("Remove the time zone", at);
        }
    }
}
