use model::path;
use model::time::{HOUR, format_instant, parse_instant};

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that waiting until a date ends before the journey does: before `Schedule.EndTime`, or without one before
    /// 540 days have passed since the start.
    ///
    /// **Why it matters.** People would still wait when the journey is over, and never get what follows.
    ///
    /// **Bad example.** `"WaitUntil": "2027-05-01T09:00:00Z"` in a journey that ends in April.
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "Schedule": {"StartTime": "2026-12-01T09:00:00Z", "EndTime": "2027-04-01T09:00:00Z"},
    ///   "Activities": {
    ///     "hello": {"Wait": {"WaitTime": {"WaitUntil": "2027-05-01T09:00:00Z"}, "NextActivity": "nudge"}},
    ///     "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    ///   }
    /// }}
    /// ```
    ///
    /// **How to fix it.** Choose an earlier date, or end the journey later.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "Schedule": {"StartTime": "2026-12-01T09:00:00Z", "EndTime": "2027-04-01T09:00:00Z"},
    ///   "Activities": {
    ///     "hello": {"Wait": {"WaitTime": {"WaitUntil": "2027-03-01T09:00:00Z"}, "NextActivity": "nudge"}},
    ///     "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    ///   }
    /// }}
    /// ```
    ///
    /// Source: journeys.md 3.3 and 10, J038; `WaitTime.WaitUntil`.
    "wait-until-after-end", Error, "a wait goes on after the journey's end", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let Some(end) = ctx.end else { return };
    for (number, at, wait) in &ctx.waits {
        let Some(until) = wait.wait_until().and_then(parse_instant).filter(|until| *until >= end) else { continue };
        let message = format!(
            "`{}` waits until {}, and the journey ends {}",
            ctx.activities[*number].id,
            format_instant(until),
            format_instant(end)
        );
        let at = at.join("WaitUntil");
        let finding = found
            .report(at.clone(), message)
            .related(path!["Schedule", "EndTime"], "the end")
            .help("choose an earlier date, or end the journey later");
        let latest = end - HOUR;
        if ctx.begin.is_none_or(|begin| begin < latest) {
            finding.set("Wait until an hour before the end", &at, format_instant(latest));
        }
    }
}
