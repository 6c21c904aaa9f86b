use model::path;
use model::time::{DAY, format_instant, parse_instant};

use crate::context::LONGEST_JOURNEY;
use crate::{Findings, JourneyContext};

rule! {
    /// Checks that the journey lasts at most 540 days.
    ///
    /// **Why it matters.** It is the service's quota.
    ///
    /// **Bad example.** A start in 2026 and an end in 2029.
    ///
    /// ```json
    /// {"journeys/welcome": {"Schedule": {
    ///   "StartTime": "2026-12-01T09:00:00Z",
    ///   "EndTime": "2029-12-01T09:00:00Z"
    /// }}}
    /// ```
    ///
    /// **How to fix it.** End it earlier; a copy can follow it.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Schedule": {
    ///   "StartTime": "2026-12-01T09:00:00Z",
    ///   "EndTime": "2027-12-01T09:00:00Z"
    /// }}}
    /// ```
    ///
    /// Source: journeys.md 6, 10 (J023) and 12; `JourneySchedule.EndTime`.
    "journey-too-long", Error, "the journey lasts more than 540 days", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let end = ctx.journey.wire.schedule().and_then(|s| s.end_time()).and_then(parse_instant);
    let (Some(start), Some(end)) = (ctx.begin, end) else { return };
    let last = start.saturating_add(LONGEST_JOURNEY);
    if end > last {
        let at = path!["Schedule", "EndTime"];
        let days = end.saturating_sub(start) / DAY;
        found
            .report(at.clone(), format!("the journey lasts {days} days; {} is the most", LONGEST_JOURNEY / DAY))
            .help("end it earlier")
            .set("End it 540 days after the start", &at, format_instant(last));
    }
}
