use model::time::{format_instant, parse_instant};
use model::{Edit, path};

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that the journey ends after it starts.
    ///
    /// **Why it matters.** It would be over before anybody entered; the service does not publish it.
    ///
    /// **Bad example.** `"Schedule": {"StartTime": "2026-12-01T09:00:00Z", "EndTime": "2026-11-01T09:00:00Z"}`
    ///
    /// ```json
    /// {"journeys/welcome": {"Schedule": {
    ///   "StartTime": "2026-12-01T09:00:00Z",
    ///   "EndTime": "2026-11-01T09:00:00Z"
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Move the end behind the start.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Schedule": {
    ///   "StartTime": "2026-12-01T09:00:00Z",
    ///   "EndTime": "2027-01-01T09:00:00Z"
    /// }}}
    /// ```
    ///
    /// Source: journeys.md 10, J021; `JourneySchedule`.
    "schedule-order", Error, "the journey ends before it starts", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let Some(schedule) = ctx.journey.wire.schedule() else { return };
    let (Some(start), Some(end)) = (schedule.start_time(), schedule.end_time()) else { return };
    let (Some(from), Some(to)) = (parse_instant(start), parse_instant(end)) else { return };
    if to > from {
        return;
    }
    let at = path!["Schedule", "EndTime"];
    let message = if to == from {
        format!("the journey ends when it starts, {}", format_instant(from))
    } else {
        format!("the journey ends {}, before it starts {}", format_instant(to), format_instant(from))
    };
    let finding = found
        .report(at.clone(), message)
        .related(path!["Schedule", "StartTime"], "the start")
        .help("move the end behind the start");
    if to < from {
        let edit = Edit::new("Swap start and end").set(ctx.document.id, path!["Schedule", "StartTime"], end).set(
            ctx.document.id,
            at,
            start,
        );
        finding.fix(edit);
    }
}
