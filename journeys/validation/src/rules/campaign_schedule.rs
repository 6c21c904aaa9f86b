use model::time::{format_instant, parse_instant};
use model::{path, wire};

use crate::{Document, Findings, places};

rule! {
    /// Checks that a campaign has a schedule: a start that can be read, and an end after it. A campaign that repeats may
    /// go on without end.
    ///
    /// **Why it matters.** Nobody can say when it runs; the service refuses it.
    ///
    /// **Bad example.** `"Schedule": {"StartTime": "tomorrow"}`
    ///
    /// ```json
    /// {"campaigns/news": {"Schedule": {"StartTime": "tomorrow"}}}
    /// ```
    ///
    /// **How to fix it.** Write `StartTime` as `IMMEDIATE` or a date, and `EndTime` as a later date.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"campaigns/news": {"Schedule": {"StartTime": "2026-12-01T09:00:00Z"}}}
    /// ```
    ///
    /// Source: campaigns.md 3 and 11, C002 and C003; `Schedule`.
    "campaign-schedule", Error, "a campaign's schedule is wrong", Campaign
}

fn check(document: &Document, campaign: wire::WriteCampaignRequest, found: &mut Findings) {
    if campaign.schedule().is_none() {
        let at = path!["Schedule", "StartTime"];
        found.report(path!["Schedule"], "the campaign has no schedule").help("say when it starts").set(
            "Start at once",
            &at,
            "IMMEDIATE",
        );
    }
    for treatment in places::treatments(document) {
        let Some(schedule) = treatment.schedule else { continue };
        let place = treatment.path.join("Schedule");
        let start = schedule.start_time().filter(|text| *text != "IMMEDIATE");
        let from = start.and_then(parse_instant);
        if let (Some(text), None) = (start, from) {
            found
                .report(place.join("StartTime"), format!("`{text}` is neither `IMMEDIATE` nor an ISO 8601 date"))
                .help("write it like `2026-12-01T09:00:00Z`");
        }
        let Some(text) = schedule.end_time() else { continue };
        let at = place.join("EndTime");
        match (from, parse_instant(text)) {
            (_, None) => {
                found
                    .report(at, format!("`{text}` is not an ISO 8601 date"))
                    .help("write it like `2026-12-01T09:00:00Z`");
            }
            (Some(from), Some(to)) if to <= from => {
                let (from, to) = (format_instant(from), format_instant(to));
                found
                    .report(at.clone(), format!("the campaign ends {to}, not after its start {from}"))
                    .help("move the end behind the start, or take it away")
                    .remove("Remove the end", at);
            }
            _ => {}
        }
    }
}
