use model::{Payload, View};

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that a wait, and the evaluation wait of a split, has exactly one of `WaitFor` and `WaitUntil`.
    ///
    /// **Why it matters.** Nobody can say when people go on; the service does not publish it.
    ///
    /// **Bad example.** `"WaitTime": {"WaitFor": "P1D", "WaitUntil": "2026-12-24T12:00:00Z"}`
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"Wait": {
    ///     "WaitTime": {"WaitFor": "P1D", "WaitUntil": "2026-12-24T12:00:00Z"},
    ///     "NextActivity": "nudge"
    ///   }},
    ///   "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Keep one of the two.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"Wait": {"WaitTime": {"WaitFor": "P1D"}, "NextActivity": "nudge"}},
    ///   "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    /// }}}
    /// ```
    ///
    /// Source: journeys.md 3.3 and 10, J036; `WaitTime`.
    "wait-time", Error, "a wait does not say how long", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for activity in &ctx.activities {
        if let Some(Payload::Wait(wait)) = activity.payload
            && wait.wait_time().is_none()
        {
            let at = activity.payload_path().join("WaitTime");
            found
                .report(at.clone(), format!("`{}` does not say how long to wait", activity.id))
                .help("choose a duration or a date")
                .set("Wait a day", &at.join("WaitFor"), "P1D");
        }
    }
    for (number, at, wait) in &ctx.waits {
        let id = ctx.activities[*number].id;
        match (wait.has("WaitFor"), wait.has("WaitUntil")) {
            (true, true) => {
                found
                    .report(at.clone(), format!("`{id}` waits both for a duration and until a date"))
                    .help("keep one of the two")
                    .remove("Wait for the duration", at.join("WaitUntil"));
            }
            (false, false) => {
                found
                    .report(at.clone(), format!("`{id}` does not say how long to wait"))
                    .help("choose a duration or a date")
                    .set("Wait a day", &at.join("WaitFor"), "P1D");
            }
            _ => {}
        }
    }
}
