use model::{Entry, View, path};

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that a journey with segment entry is refreshed.
    ///
    /// **Why it matters.** Without an interval the members at the start enter, and nobody later: who joins the segment
    /// afterwards is never admitted, and the journey can not be paused.
    ///
    /// **Bad example.** `SegmentStartCondition`, and no `RefreshFrequency`.
    ///
    /// ```json
    /// {"journeys/welcome": {"RefreshFrequency": null}}
    /// ```
    ///
    /// **How to fix it.** Add an interval, for example `P1D`; leave it when one admission is meant.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"RefreshFrequency": "P1D"}}
    /// ```
    ///
    /// Source: journeys.md 2.2 and 10, J064; `WriteJourneyRequest.RefreshFrequency`.
    "enters-once", Warning, "people enter only once, at the start", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let wire = ctx.journey.wire;
    let alone = !wire.has("RefreshFrequency") && wire.refresh_on_segment_update() != Some(true);
    if alone && matches!(ctx.journey.entry(), Some(Entry::Segment { .. })) {
        found
            .report(path!["RefreshFrequency"], "people enter only once: there is no refresh interval")
            .help("add a refresh interval when people who join the segment later should enter too")
            .set("Refresh every day", &path!["RefreshFrequency"], "P1D");
    }
}
