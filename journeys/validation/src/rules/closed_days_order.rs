use model::time::parse_instant;
use model::{Edit, View, path, wire};

use crate::{Findings, JourneyContext, places};

rule! {
    /// Checks that every closed time ends after it starts.
    ///
    /// **Why it matters.** Nothing would be closed; the service does not publish the journey.
    ///
    /// **Bad example.** From 27 December to 24 December.
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "SendingSchedule": true,
    ///   "QuietTime": {"Start": "21:00", "End": "08:00"},
    ///   "WaitForQuietTime": true,
    ///   "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///   "ClosedDays": {"EMAIL": [{
    ///     "Name": "Christmas",
    ///     "StartDateTime": "2026-12-27T00:00:00",
    ///     "EndDateTime": "2026-12-24T00:00:00"
    ///   }]}
    /// }}
    /// ```
    ///
    /// **How to fix it.** Exchange the two.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "SendingSchedule": true,
    ///   "QuietTime": {"Start": "21:00", "End": "08:00"},
    ///   "WaitForQuietTime": true,
    ///   "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///   "ClosedDays": {"EMAIL": [{
    ///     "Name": "Christmas",
    ///     "StartDateTime": "2026-12-24T00:00:00",
    ///     "EndDateTime": "2026-12-27T00:00:00"
    ///   }]}
    /// }}
    /// ```
    ///
    /// Source: journeys.md 10, J053; `ClosedDaysRule`.
    "closed-days-order", Error, "a closed time ends before it starts", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let Some(closed) = ctx.journey.wire.closed_days() else { return };
    for channel in closed.object().keys() {
        let list = path!["ClosedDays", channel];
        for (i, rule) in places::elements::<wire::ClosedDaysRule>(ctx.document.root, &list) {
            let (Some(start), Some(end)) = (rule.start_date_time(), rule.end_date_time()) else { continue };
            let (Some(from), Some(to)) = (parse_instant(start), parse_instant(end)) else { continue };
            if to > from {
                continue;
            }
            let at = list.join(i);
            let name = rule.name().unwrap_or("a closed time");
            let finding = found
                .report(at.clone(), format!("`{name}` ends {end}, not after its start {start}"))
                .help("move the end behind the start");
            if to < from {
                let edit = Edit::new("Exchange start and end").set(ctx.document.id, at.join("StartDateTime"), end).set(
                    ctx.document.id,
                    at.join("EndDateTime"),
                    start,
                );
                finding.fix(edit);
            } else {
                finding.remove("Remove the closed time", at);
            }
        }
    }
}
