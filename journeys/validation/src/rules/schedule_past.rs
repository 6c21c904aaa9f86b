use model::path;
use model::time::format_instant;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that start and end of the journey are not past when it is published. Only asked when the present is known.
    ///
    /// **Why it matters.** The service does not publish a journey whose start or end is past.
    ///
    /// **Bad example.** `"StartTime": "2020-01-01T09:00:00Z"`
    ///
    /// ```json
    /// {
    ///   "now": "2026-11-30T09:00:00Z",
    ///   "journeys/welcome": {"Schedule": {
    ///     "StartTime": "2020-01-01T09:00:00Z",
    ///     "EndTime": "2027-01-01T09:00:00Z"
    ///   }}
    /// }
    /// ```
    ///
    /// **How to fix it.** Choose a later date, or take it away: without a start time people enter five minutes after
    /// publication.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "now": "2026-11-30T09:00:00Z",
    ///   "journeys/welcome": {"Schedule": {
    ///     "StartTime": "2026-12-01T09:00:00Z",
    ///     "EndTime": "2027-01-01T09:00:00Z"
    ///   }}
    /// }
    /// ```
    ///
    /// Source: journeys.md 10, J022; `JourneySchedule`.
    "schedule-past", Error, "start or end of the journey is past", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let Some(now) = ctx.document.facts.now else { return };
    let end = ctx.journey.wire.schedule().and_then(|s| s.end_time()).and_then(model::time::parse_instant);
    for (member, word, at) in [("StartTime", "start", ctx.begin), ("EndTime", "end", end)] {
        if let Some(at) = at.filter(|at| *at < now) {
            let place = path!["Schedule", member];
            found
                .report(place.clone(), format!("the journey's {word}, {}, is past", format_instant(at)))
                .help("choose a later date, or none")
                .remove(format!("Remove the {word}"), place);
        }
    }
}
