use model::{View, path};

use crate::rules::first_elements;
use crate::{Findings, JourneyContext};

rule! {
    /// Checks that a channel has at most 20 closed days.
    ///
    /// **Why it matters.** It is the service's quota.
    ///
    /// **Bad example.** Every Sunday of half a year as an exception.
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "SendingSchedule": true,
    ///   "QuietTime": {"Start": "21:00", "End": "08:00"},
    ///   "WaitForQuietTime": true,
    ///   "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///   "ClosedDays": {"EMAIL": [
    ///     {"Name": "Sunday", "StartDateTime": "2026-12-06T00:00:00", "EndDateTime": "2026-12-07T00:00:00"},
    ///     "*21"
    ///   ]}
    /// }}
    /// ```
    ///
    /// **How to fix it.** Close Sundays by open hours that have no Sunday.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "SendingSchedule": true,
    ///   "QuietTime": {"Start": "21:00", "End": "08:00"},
    ///   "WaitForQuietTime": true,
    ///   "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///   "ClosedDays": {"EMAIL": [
    ///     {"Name": "Sunday", "StartDateTime": "2026-12-06T00:00:00", "EndDateTime": "2026-12-07T00:00:00"},
    ///     "*20"
    ///   ]}
    /// }}
    /// ```
    ///
    /// Source: journeys.md 6, 10 (J053) and 12; `ClosedDays`.
    "closed-days-count", Error, "more than 20 closed days", Journey
}

const MOST: usize = 20;

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let Some(closed) = ctx.journey.wire.closed_days() else { return };
    for (channel, list) in closed.object() {
        let count = list.as_array().map_or(0, Vec::len);
        if count > MOST {
            let at = path!["ClosedDays", channel];
            found
                .report(at.clone(), format!("{count} closed days for {channel}; {MOST} is the most"))
                .help("close weekdays by open hours instead")
                .set(format!("Keep the first {MOST}"), &at, first_elements(ctx.document.root, &at, MOST));
        }
    }
}
