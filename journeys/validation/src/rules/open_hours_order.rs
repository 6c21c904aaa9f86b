use model::Edit;

use crate::{Findings, JourneyContext, rules::open_days};

rule! {
    /// Checks that every open range ends after it starts, on the same day.
    ///
    /// **Why it matters.** Nothing would be sent in it; the service does not publish the journey.
    ///
    /// **Bad example.** `{"StartTime": "18:00", "EndTime": "09:00"}`
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "SendingSchedule": true,
    ///   "QuietTime": {"Start": "21:00", "End": "08:00"},
    ///   "WaitForQuietTime": true,
    ///   "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///   "OpenHours": {"EMAIL": {"MONDAY": [{"StartTime": "18:00", "EndTime": "09:00"}]}}
    /// }}
    /// ```
    ///
    /// **How to fix it.** Exchange the two; for a range over midnight make two, one for each day.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "SendingSchedule": true,
    ///   "QuietTime": {"Start": "21:00", "End": "08:00"},
    ///   "WaitForQuietTime": true,
    ///   "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///   "OpenHours": {"EMAIL": {"MONDAY": [{"StartTime": "09:00", "EndTime": "18:00"}]}}
    /// }}
    /// ```
    ///
    /// Source: journeys.md 10, J052; `OpenHoursRule`.
    "open-hours-order", Error, "an open range ends before it starts", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for (day, ranges) in open_days(ctx) {
        for range in ranges.iter().filter(|range| range.end <= range.start) {
            let at = day.join(range.index);
            let finding = found
                .report(
                    at.clone(),
                    format!("the open range ends {}, not after its start {}", range.texts.1, range.texts.0),
                )
                .help("move the end behind the start");
            if range.end < range.start {
                let edit = Edit::new("Exchange start and end")
                    .set(ctx.document.id, at.join("StartTime"), range.texts.1)
                    .set(ctx.document.id, at.join("EndTime"), range.texts.0);
                finding.fix(edit);
            } else {
                finding.remove("Remove the range", at);
            }
        }
    }
}
