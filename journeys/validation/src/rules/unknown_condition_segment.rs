use crate::rules::unknown_segment;
use crate::{Findings, JourneyContext, places};

rule! {
    /// Checks that the segments that splits ask about are in the project.
    ///
    /// **Why it matters.** Nobody would be a member; the service does not publish the journey.
    ///
    /// **Bad example.** `"SegmentCondition": {"SegmentId": "vips"}`, and there is no `segments/vips.json`.
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"ConditionalSplit": {
    ///     "Condition": {"Conditions": [{"SegmentCondition": {"SegmentId": "buyer"}}]},
    ///     "TrueActivity": "offer"
    ///   }},
    ///   "offer": {"PUSH": {"TemplateName": "hello"}}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Choose a segment that exists, or add the missing one.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"ConditionalSplit": {
    ///     "Condition": {"Conditions": [{"SegmentCondition": {"SegmentId": "buyers"}}]},
    ///     "TrueActivity": "offer"
    ///   }},
    ///   "offer": {"PUSH": {"TemplateName": "hello"}}
    /// }}}
    /// ```
    ///
    /// Source: journeys.md 10, J040; `SegmentCondition.SegmentId`.
    "unknown-condition-segment", Error, "a split asks about a segment that does not exist", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for (at, name) in places::segment_conditions(ctx) {
        let asks = format!("`{}`", at.activity().unwrap_or_default());
        unknown_segment(&ctx.document, found, at, name, &asks);
    }
}
