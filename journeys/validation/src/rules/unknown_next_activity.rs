use crate::similar::similar;
use crate::{Findings, JourneyContext};

rule! {
    /// Checks that every way out of an activity leads to an activity of the journey, or ends.
    ///
    /// **Why it matters.** People who go that way would be lost; the service does not publish such a journey.
    ///
    /// **Bad example.** `"NextActivity": "wait1"`, and there is no `wait1`.
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "nudge1"}},
    ///   "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Name an activity that exists, or take the connection away, and the path ends there.
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
    /// Source: journeys.md 10, J007; `NextActivity`, `TrueActivity`, `FalseActivity`, `DefaultActivity`.
    "unknown-next-activity", Error, "a way leads to an activity that does not exist", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for (activity, ways) in ctx.activities.iter().zip(&ctx.ways) {
        for way in ways {
            let Some(target) = way.target.filter(|id| !ctx.has_key(id)) else { continue };
            let at = activity.slot_path(way.slot);
            let finding =
                found.report(at.clone(), format!("`{}` leads to `{target}`, which does not exist", activity.id));
            match similar(target, ctx.activities.iter().map(|activity| activity.id)) {
                Some(meant) => finding.help(format!("is `{meant}` meant?")).set(format!("Lead to {meant}"), &at, meant),
                None => finding
                    .help("connect it with an activity, or let the path end here")
                    .remove("Let the path end here", at),
            };
        }
    }
}
