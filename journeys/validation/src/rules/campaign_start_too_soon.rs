use model::time::{MINUTE, duration_words, format_instant, parse_instant};
use model::{Millis, wire};

use crate::rules::campaign_event_filter::waits;
use crate::{Document, Findings, places};

rule! {
    /// Checks that a campaign that waits for an event starts at least 15 minutes ahead. For dates, only asked when the
    /// present is known.
    ///
    /// **Why it matters.** The service needs that time to listen everywhere; it refuses an earlier start.
    ///
    /// **Bad example.** `"Schedule": {"Frequency": "EVENT", "StartTime": "IMMEDIATE"}`
    ///
    /// ```json
    /// {"campaigns/news": {"Schedule": {
    ///   "Frequency": "EVENT",
    ///   "EventFilter": {"FilterType": "ENDPOINT", "Dimensions": {"EventType": {"Values": ["cart.left"]}}},
    ///   "StartTime": "IMMEDIATE"
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Start it later.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"campaigns/news": {"Schedule": {
    ///   "Frequency": "EVENT",
    ///   "EventFilter": {"FilterType": "ENDPOINT", "Dimensions": {"EventType": {"Values": ["cart.left"]}}},
    ///   "StartTime": "2026-12-01T09:00:00Z"
    /// }}}
    /// ```
    ///
    /// Source: campaigns.md 3 and 11, C007; `Schedule.StartTime`.
    "campaign-start-too-soon", Error, "an event campaign starts less than 15 minutes ahead", Campaign
}

/// How long ahead the start must be.
const AHEAD: Millis = 15 * MINUTE;

fn check(document: &Document, _: wire::WriteCampaignRequest, found: &mut Findings) {
    for treatment in places::treatments(document) {
        let Some(schedule) = treatment.schedule.filter(|schedule| waits(*schedule)) else { continue };
        let at = treatment.path.join("Schedule").join("StartTime");
        let now = document.facts.now;
        let message = match (schedule.start_time(), now) {
            (Some("IMMEDIATE"), _) => "a campaign that waits for an event can not start at once".to_owned(),
            (Some(text), Some(now)) => match parse_instant(text).map(|start| start.saturating_sub(now)) {
                Some(ahead) if ahead <= 0 => format!("the campaign's start, {text}, is past"),
                Some(ahead) if ahead < AHEAD => format!("the campaign starts in {}", duration_words(ahead)),
                _ => continue,
            },
            _ => continue,
        };
        let finding = found.report(at.clone(), message).help("start it at least 15 minutes from now");
        if let Some(now) = now {
            // A quarter of an hour to think, besides the quarter that the service needs.
            finding.set("Start in half an hour", &at, format_instant(now.saturating_add(2 * AHEAD)));
        }
    }
}
