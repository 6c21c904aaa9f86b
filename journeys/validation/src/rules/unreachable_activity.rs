use crate::{Findings, JourneyContext};

rule! {
    /// Checks that people can come to every activity from the start.
    ///
    /// **Why it matters.** Nobody will ever come to it: it is left over, or a connection to it is missing.
    ///
    /// **Bad example.** An activity `sms` that no connection leads to.
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello"}},
    ///   "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Lead a connection to it, or delete it.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "nudge"}},
    ///   "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    /// }}}
    /// ```
    ///
    /// Source: journeys.md 10, J009.
    "unreachable-activity", Warning, "an activity can not be reached", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    if ctx.start.is_none() {
        return;
    }
    for (number, activity) in ctx.activities.iter().enumerate().filter(|(number, _)| !ctx.reachable[*number]) {
        found
            .report(ctx.place(number), format!("nobody can come to `{}`", activity.id))
            .help("lead a connection to it, or delete it")
            .fix(ctx.delete(number));
    }
}
