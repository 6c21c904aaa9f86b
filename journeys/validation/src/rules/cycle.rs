use crate::{Findings, JourneyContext};

rule! {
    /// Checks that no path leads back to an activity that it has passed.
    ///
    /// A walk into depth from the start leaves an activity after all that can be reached from it; so a connection closes
    /// a loop exactly when its target is left later than its origin, or is its origin. Each such connection is reported.
    ///
    /// **Why it matters.** People would go round for ever. A journey only goes forward; who should come again enters
    /// again.
    ///
    /// **Bad example.** `hello -> wait -> hello`
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "rest"}},
    ///   "rest": {"Wait": {"WaitTime": {"WaitFor": "P7D"}, "NextActivity": "hello"}}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Take the connection away that leads back, and let people enter again
    /// (`Limits.EndpointReentryCap`), or repeat the activity.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "rest"}},
    ///   "rest": {"Wait": {"WaitTime": {"WaitFor": "P7D"}, "NextActivity": "nudge"}},
    ///   "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    /// }}}
    /// ```
    ///
    /// Source: journeys.md 10, J008.
    "cycle", Error, "a path leads back to where it was", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let left = ctx.left_at();
    for (from, ways) in ctx.ways.iter().enumerate() {
        for way in ways {
            let Some(to) = way.target.and_then(|id| ctx.number(id)).filter(|to| left[*to] >= left[from]) else {
                continue;
            };
            let (activity, target) = (&ctx.activities[from], &ctx.activities[to]);
            let around = ctx.shortest(to, from);
            let at = activity.slot_path(way.slot);
            let message = if from == to {
                format!("`{}` leads to itself", activity.id)
            } else {
                format!("`{}` leads back to `{}`: people would go round for ever", activity.id, target.id)
            };
            let mut finding = found.report(at.clone(), message);
            for number in around.into_iter().take(12).filter(|number| *number != from) {
                finding = finding.related(ctx.place(number), "part of the loop");
            }
            finding
                .help("take this connection away, or lead it to a later activity")
                .remove("Let the path end here", at);
        }
    }
}
