use model::path;
use model::time::format_instant;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that the journey has an end.
    ///
    /// **Why it matters.** Without one it goes on for 540 days, admits people all the time and counts against the quota
    /// of active journeys.
    ///
    /// **Bad example.** `"Schedule": {"StartTime": "2026-12-01T09:00:00Z"}`
    ///
    /// ```json
    /// {"journeys/welcome": {"Schedule": {"StartTime": "2026-12-01T09:00:00Z"}}}
    /// ```
    ///
    /// **How to fix it.** Add `EndTime`.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Schedule": {
    ///   "StartTime": "2026-12-01T09:00:00Z",
    ///   "EndTime": "2027-06-01T09:00:00Z"
    /// }}}
    /// ```
    ///
    /// Source: journeys.md 6 and 10, J064; `JourneySchedule.EndTime`.
    "no-end-time", Warning, "the journey has no end", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    if ctx.journey.wire.schedule().and_then(|schedule| schedule.end_time()).is_some() {
        return;
    }
    let at = path!["Schedule", "EndTime"];
    let finding = found.report(at.clone(), "the journey has no end: it goes on for 540 days").help("add an end time");
    if let Some(end) = ctx.end {
        finding.set("Write down the end, 540 days after the start", &at, format_instant(end));
    }
}
