use crate::rules::unknown_segment;
use crate::{Findings, JourneyContext, places};

rule! {
    /// Checks that the segment whose members enter is in the project.
    ///
    /// **Why it matters.** There would be nobody to enter; the service does not publish such a journey.
    ///
    /// **Example.** `"SegmentStartCondition": {"SegmentId": "vips"}`, and there is no `segments/vips.json`.
    ///
    /// **How to fix it.** Choose a segment that exists, or add the missing one.
    ///
    /// Source: journeys.md 2 and 10, J012; `SegmentStartCondition.SegmentId`, `EventStartCondition.SegmentId`.
    "unknown-entry-segment", Error, "the entry names a segment that does not exist", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    if let Some((at, name)) = places::entry_segment(ctx.journey) {
        unknown_segment(&ctx.document, found, at, name, "the entry");
    }
}
