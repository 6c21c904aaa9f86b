use model::Payload;
use model::time::{DAY, HOUR, duration_words, parse_duration};

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that a wait lasts from 1 hour to 365 days.
    ///
    /// **Why it matters.** The service does not publish shorter or longer waits.
    ///
    /// **Bad example.** `"WaitFor": "PT10M"`
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"Wait": {"WaitTime": {"WaitFor": "PT10M"}, "NextActivity": "nudge"}},
    ///   "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Wait an hour or more; for a longer break let people enter again.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"Wait": {"WaitTime": {"WaitFor": "PT1H"}, "NextActivity": "nudge"}},
    ///   "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    /// }}}
    /// ```
    ///
    /// Source: journeys.md 3.3 and 10, J037; `WaitTime.WaitFor`.
    "wait-length", Error, "a wait is too short or too long", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for activity in &ctx.activities {
        let Some(Payload::Wait(wait)) = activity.payload else { continue };
        let Some(span) = wait.wait_time().and_then(|time| time.wait_for()).and_then(parse_duration) else { continue };
        let (limit, title, better) = if span < HOUR {
            ("1 hour is the least", "Wait an hour", "PT1H")
        } else if span > 365 * DAY {
            ("365 days is the most", "Wait 365 days", "P365D")
        } else {
            continue;
        };
        let at = activity.payload_path().join("WaitTime").join("WaitFor");
        found
            .report(at.clone(), format!("`{}` waits {}; {limit}", activity.id, duration_words(span)))
            .help("choose a duration from 1 hour to 365 days")
            .set(title, &at, better);
    }
}
