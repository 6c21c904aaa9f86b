use model::path;

use crate::evidence::{Evidence, percent};
use crate::{Findings, JourneyContext};

rule! {
    /// Checks, after a simulated run, that quiet time, open hours and closed days drop no messages.
    ///
    /// **Why it matters.** With `WaitForQuietTime` off, a message that comes due while nothing may be sent is not sent
    /// later but never.
    ///
    /// **Bad example.** Quiet time from 21:00 to 08:00, and a wait of 12 hours that ends at night for 90 of 300 people.
    ///
    /// ```json
    /// {
    ///   "evidence": {"activities": {"nudge": {"arrived": 300, "sent": 210, "not_sent": {"QUIET_TIME": 90}}}},
    ///   "journeys/welcome": {
    ///     "QuietTime": {"Start": "21:00", "End": "08:00"},
    ///     "WaitForQuietTime": false,
    ///     "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///     "Activities": {
    ///       "hello": {"Wait": {"WaitTime": {"WaitFor": "PT12H"}, "NextActivity": "nudge"}},
    ///       "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// **How to fix it.** Turn `WaitForQuietTime` on, or let waits end by day.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "evidence": {"activities": {"nudge": {"arrived": 300, "sent": 210, "not_sent": {"QUIET_TIME": 90}}}},
    ///   "journeys/welcome": {
    ///     "QuietTime": {"Start": "21:00", "End": "08:00"},
    ///     "WaitForQuietTime": true,
    ///     "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///     "Activities": {
    ///       "hello": {"Wait": {"WaitTime": {"WaitFor": "PT12H"}, "NextActivity": "nudge"}},
    ///       "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: journeys.md 6, from the counts of a simulated run; `WriteJourneyRequest.WaitForQuietTime`.
    "quiet-time-drops", Warning, "messages are dropped in quiet time", Run
}

fn check(ctx: &JourneyContext, evidence: &Evidence, found: &mut Findings) {
    if ctx.journey.wire.wait_for_quiet_time() == Some(true) {
        return;
    }
    for activity in &ctx.activities {
        let Some(seen) = evidence.of(activity.id) else { continue };
        let dropped = seen.not_sent.get("QUIET_TIME").copied().unwrap_or_default();
        if dropped == 0 {
            continue;
        }
        let all = seen.meant();
        found
            .report(
                activity.payload_path(),
                format!("{}% of {all} messages of `{}` are dropped in quiet time", percent(dropped, all), activity.id),
            )
            .help("let messages wait for the end of quiet time")
            .set("Hold messages in quiet time", &path!["WaitForQuietTime"], true);
    }
}
