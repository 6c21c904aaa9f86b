use model::{ActivityKind, path};

use crate::{Findings, JourneyContext, places};

rule! {
    /// Checks that messages which come due in quiet time are held, when the journey has waits before messages.
    ///
    /// **Why it matters.** A wait ends at any hour, also at night. With `WaitForQuietTime` off the message is then not
    /// sent later but dropped.
    ///
    /// **Bad example.** `"QuietTime": {…}`, `"WaitForQuietTime": false`, and a wait of 12 hours before an email.
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "QuietTime": {"Start": "21:00", "End": "08:00"},
    ///   "WaitForQuietTime": false,
    ///   "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///   "Activities": {
    ///     "hello": {"Wait": {"WaitTime": {"WaitFor": "PT12H"}, "NextActivity": "nudge"}},
    ///     "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    ///   }
    /// }}
    /// ```
    ///
    /// **How to fix it.** Turn `WaitForQuietTime` on, unless a late message is worse than none.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "QuietTime": {"Start": "21:00", "End": "08:00"},
    ///   "WaitForQuietTime": true,
    ///   "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///   "Activities": {
    ///     "hello": {"Wait": {"WaitTime": {"WaitFor": "PT12H"}, "NextActivity": "nudge"}},
    ///     "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    ///   }
    /// }}
    /// ```
    ///
    /// Source: journeys.md 6 and 10, J055; `WriteJourneyRequest.WaitForQuietTime`.
    "dropped-in-quiet-time", Warning, "messages that come due in quiet time are dropped", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    if ctx.quiet.is_none() || ctx.journey.wire.wait_for_quiet_time() == Some(true) {
        return;
    }
    let waits = ctx.activities.iter().enumerate().filter(|(_, activity)| {
        activity.kind() == Some(ActivityKind::Wait) || places::evaluation_wait(activity).is_some()
    });
    let mut before_messages = waits.filter(|(number, _)| {
        ctx.graph
            .neighbors(petgraph::graph::NodeIndex::new(*number))
            .any(|next| ctx.activities[next.index()].kind().is_some_and(|kind| kind.is_message()))
    });
    let Some((number, wait)) = before_messages.next() else { return };
    found
        .report(
            path!["WaitForQuietTime"],
            format!("a message after `{}` is dropped when it comes due in quiet time", wait.id),
        )
        .related(ctx.place(number), "a wait before a message")
        .help("let messages wait for the end of quiet time")
        .set("Hold messages in quiet time", &path!["WaitForQuietTime"], true);
}
