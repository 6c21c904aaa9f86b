use model::wire::Frequency;
use model::{View, wire};

use crate::{Document, Findings, places};

rule! {
    /// Checks that a campaign that waits for an event says which, and that only such a campaign does.
    ///
    /// **Why it matters.** Without the event it would never send; with an event and another frequency nobody can say which
    /// of them was meant. The service refuses both.
    ///
    /// **Bad example.** `"Schedule": {"Frequency": "EVENT", "StartTime": "2026-12-01T09:00:00Z"}`
    ///
    /// ```json
    /// {"campaigns/news": {"Schedule": {"Frequency": "EVENT", "StartTime": "2026-12-01T09:00:00Z"}}}
    /// ```
    ///
    /// **How to fix it.** Add `EventFilter`, or take it away.
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
    /// Source: campaigns.md 3 and 11, C005; `Schedule.EventFilter`.
    "campaign-event-filter", Error, "event and frequency of a campaign do not fit", Campaign
}

fn check(document: &Document, _: wire::WriteCampaignRequest, found: &mut Findings) {
    for treatment in places::treatments(document) {
        let Some(schedule) = treatment.schedule else { continue };
        let at = treatment.path.join("Schedule").join("EventFilter");
        match (waits(schedule), schedule.has("EventFilter")) {
            (true, false) => {
                found
                    .report(at, "the campaign waits for an event, and does not say which")
                    .help("add the event that sends the message");
            }
            (false, true) => {
                let frequency = schedule.frequency().unwrap_or(Frequency::Once);
                found
                    .report(at.clone(), format!("the campaign names an event, but its frequency is `{frequency}`"))
                    .help("choose frequency `EVENT`, or take the event away")
                    .remove("Remove the event", at);
            }
            _ => {}
        }
    }
}

/// Whether the campaign sends, or the app shows it, when an event comes.
pub(super) fn waits(schedule: wire::Schedule) -> bool {
    matches!(schedule.frequency(), Some(Frequency::Event | Frequency::InAppEvent))
}
