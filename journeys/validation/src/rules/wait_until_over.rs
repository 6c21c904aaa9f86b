use model::time::{format_instant, parse_instant};

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that waiting until a date is not over before anybody can come to the wait: that the date is neither past, where
    /// the present is known, nor before the journey's start.
    ///
    /// **Why it matters.** Nobody waits: everybody goes on at once, and what was to come on that date comes at any time.
    ///
    /// **Bad example.** `"WaitUntil": "2026-11-20T09:00:00Z"` in a journey that starts in December.
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "Schedule": {"StartTime": "2026-12-01T09:00:00Z", "EndTime": "2027-04-01T09:00:00Z"},
    ///   "Activities": {
    ///     "hello": {"Wait": {"WaitTime": {"WaitUntil": "2026-11-20T09:00:00Z"}, "NextActivity": "nudge"}},
    ///     "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    ///   }
    /// }}
    /// ```
    ///
    /// **How to fix it.** Choose a later date, or take the wait out.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "Schedule": {"StartTime": "2026-12-01T09:00:00Z", "EndTime": "2027-04-01T09:00:00Z"},
    ///   "Activities": {
    ///     "hello": {"Wait": {"WaitTime": {"WaitUntil": "2026-12-20T09:00:00Z"}, "NextActivity": "nudge"}},
    ///     "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    ///   }
    /// }}
    /// ```
    ///
    /// Source: journeys.md 3.3 and our own judgement; `WaitTime.WaitUntil`.
    "wait-until-over", Warning, "a wait is over before anybody comes to it", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for (number, at, wait) in &ctx.waits {
        let Some(until) = wait.wait_until().and_then(parse_instant) else { continue };
        let why = if ctx.document.facts.now.is_some_and(|now| until <= now) {
            "is past".to_owned()
        } else if let Some(begin) = ctx.begin.filter(|begin| until <= *begin) {
            format!("comes before the journey's start, {}", format_instant(begin))
        } else {
            continue;
        };
        let id = ctx.activities[*number].id;
        let finding = found
            .report(at.join("WaitUntil"), format!("`{id}` waits until {}, which {why}", format_instant(until)))
            .help("choose a later date, or take the wait out");
        if ctx.activities[*number].kind() == Some(model::ActivityKind::Wait) {
            finding.fix(ctx.delete(*number));
        } else {
            finding.remove("Judge at once", at.clone());
        }
    }
}
