use model::Edit;

use crate::{Findings, JourneyContext, rules::open_days};

rule! {
    /// Checks that the open ranges of a day do not overlap.
    ///
    /// **Why it matters.** The service does not publish the journey.
    ///
    /// **Bad example.** 09:00 to 12:00 and 11:00 to 15:00.
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "SendingSchedule": true,
    ///   "QuietTime": {"Start": "21:00", "End": "08:00"},
    ///   "WaitForQuietTime": true,
    ///   "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///   "OpenHours": {"EMAIL": {"MONDAY": [
    ///     {"StartTime": "09:00", "EndTime": "12:00"},
    ///     {"StartTime": "11:00", "EndTime": "15:00"}
    ///   ]}}
    /// }}
    /// ```
    ///
    /// **How to fix it.** Join them: 09:00 to 15:00.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "SendingSchedule": true,
    ///   "QuietTime": {"Start": "21:00", "End": "08:00"},
    ///   "WaitForQuietTime": true,
    ///   "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///   "OpenHours": {"EMAIL": {"MONDAY": [
    ///     {"StartTime": "09:00", "EndTime": "11:00"},
    ///     {"StartTime": "11:00", "EndTime": "15:00"}
    ///   ]}}
    /// }}
    /// ```
    ///
    /// Source: journeys.md 10, J052; `OpenHoursRule`.
    "open-hours-overlap", Error, "open ranges of a day overlap", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for (day, mut ranges) in open_days(ctx) {
        ranges.retain(|range| range.start < range.end);
        ranges.sort_by_key(|range| (range.start, range.index));
        for pair in ranges.windows(2) {
            let (first, second) = (&pair[0], &pair[1]);
            if second.start >= first.end {
                continue;
            }
            let end = if first.end >= second.end { first.texts.1 } else { second.texts.1 };
            // The one removed comes last in the edit, so that the index of the other still holds.
            let edit = Edit::new(format!("Join to {}-{end}", first.texts.0))
                .set(ctx.document.id, day.join(first.index).join("EndTime"), end)
                .remove(ctx.document.id, day.join(second.index));
            let message = format!("{}-{} overlaps {}-{}", second.texts.0, second.texts.1, first.texts.0, first.texts.1);
            found
                .report(day.join(second.index), message)
                .related(day.join(first.index), "the other range")
                .help("join the two ranges")
                .fix(edit);
        }
    }
}
