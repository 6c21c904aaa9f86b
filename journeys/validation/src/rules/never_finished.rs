use crate::evidence::Evidence;
use crate::{Findings, JourneyContext};

rule! {
    /// Checks, after a simulated run, that everybody is through the journey when its 540 days are over.
    ///
    /// **Why it matters.** The service stops there: whoever still waits never gets what follows.
    ///
    /// **Bad example.** Two waits of 300 days, one after the other.
    ///
    /// ```json
    /// {
    ///   "evidence": {"activities": {"rest": {"arrived": 300, "waiting": 300}}},
    ///   "journeys/welcome": {"Activities": {
    ///     "hello": {"Wait": {"WaitTime": {"WaitFor": "P300D"}, "NextActivity": "rest"}},
    ///     "rest": {"Wait": {"WaitTime": {"WaitFor": "P300D"}, "NextActivity": "nudge"}},
    ///     "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    ///   }}
    /// }
    /// ```
    ///
    /// **How to fix it.** Shorten the waits, or go on with a second journey.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "evidence": {"activities": {"rest": {"arrived": 300, "waiting": 0}}},
    ///   "journeys/welcome": {"Activities": {
    ///     "hello": {"Wait": {"WaitTime": {"WaitFor": "P30D"}, "NextActivity": "rest"}},
    ///     "rest": {"Wait": {"WaitTime": {"WaitFor": "P30D"}, "NextActivity": "nudge"}},
    ///     "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    ///   }}
    /// }
    /// ```
    ///
    /// Source: journeys.md 6 and 12, from a simulated run.
    "never-finished", Warning, "people still wait when the journey's 540 days are over", Run
}

fn check(ctx: &JourneyContext, evidence: &Evidence, found: &mut Findings) {
    for (number, activity) in ctx.activities.iter().enumerate() {
        let Some(seen) = evidence.of(activity.id).filter(|seen| seen.waiting > 0) else { continue };
        found
            .report(
                ctx.place(number),
                format!("{} of {} people still wait at `{}` after 540 days", seen.waiting, seen.arrived, activity.id),
            )
            .help("shorten the waits, or go on with a second journey");
    }
}
