use crate::rules::unknown_segment;
use crate::{Findings, JourneyContext, places};

rule! {
    /// Checks that the segment whose members enter is in the project.
    ///
    /// **Why it matters.** There would be nobody to enter; the service does not publish such a journey.
    ///
    /// **Bad example.** `"SegmentStartCondition": {"SegmentId": "vips"}`, and there is no `segments/vips.json`.
    ///
    /// ```json
    /// {"journeys/welcome": {"StartCondition": {"SegmentStartCondition": {"SegmentId": "everyon"}}}}
    /// ```
    ///
    /// **How to fix it.** Choose a segment that exists, or add the missing one.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"StartCondition": {"SegmentStartCondition": {"SegmentId": "everyone"}}}}
    /// ```
    ///
    /// Source: journeys.md 2 and 10, J012; `SegmentStartCondition.SegmentId`, `EventStartCondition.SegmentId`.
    "unknown-entry-segment", Error, "the entry names a segment that does not exist", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    if let Some((at, name)) = places::entry_segment(ctx.journey) {
        unknown_segment(&ctx.document, found, at, name, "the entry");
    }
}
