use model::path;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that the journey sends something.
    ///
    /// **Why it matters.** A journey without a message activity does nothing that anybody notices.
    ///
    /// **Bad example.** `wait -> split`, and nothing else.
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"Wait": {"WaitTime": {"WaitFor": "P1D"}, "NextActivity": "who"}},
    ///   "who": {"ConditionalSplit": {"Condition": {"Conditions": [{"SegmentCondition": {"SegmentId": "buyers"}}]}}}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Add an email, push notification, SMS, custom channel or contact centre activity.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"Wait": {"WaitTime": {"WaitFor": "P1D"}, "NextActivity": "who"}},
    ///   "who": {"ConditionalSplit": {
    ///     "Condition": {"Conditions": [{"SegmentCondition": {"SegmentId": "buyers"}}]},
    ///     "TrueActivity": "offer"
    ///   }},
    ///   "offer": {"PUSH": {"TemplateName": "hello"}}
    /// }}}
    /// ```
    ///
    /// Source: our own judgement.
    "no-message", Warning, "the journey sends nothing", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let sends = ctx.activities.iter().any(|activity| activity.kind().is_some_and(|kind| kind.is_message()));
    if !sends && !ctx.activities.is_empty() {
        found.report(path!["Activities"], "the journey has no message activity").help("add a message");
    }
}
