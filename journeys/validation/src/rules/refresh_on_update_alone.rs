use model::{Entry, View, path};

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that `RefreshOnSegmentUpdate` comes with `RefreshFrequency`.
    ///
    /// **Why it matters.** Without an interval, changes of the segment count only while the first people are admitted,
    /// and not afterwards.
    ///
    /// **Bad example.** `"RefreshOnSegmentUpdate": true`, and no `RefreshFrequency`.
    ///
    /// ```json
    /// {"journeys/welcome": {"RefreshOnSegmentUpdate": true, "RefreshFrequency": null}}
    /// ```
    ///
    /// **How to fix it.** Add an interval, for example `P1D`.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"RefreshOnSegmentUpdate": true, "RefreshFrequency": "P1D"}}
    /// ```
    ///
    /// Source: journeys.md 2.2 and 10, J019; `WriteJourneyRequest.RefreshOnSegmentUpdate`.
    "refresh-on-update-alone", Warning, "refresh on segment update without an interval", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let wire = ctx.journey.wire;
    let segment_entry = !matches!(ctx.journey.entry(), Some(Entry::Event { .. }));
    if segment_entry && wire.refresh_on_segment_update() == Some(true) && !wire.has("RefreshFrequency") {
        found
            .report(
                path!["RefreshOnSegmentUpdate"],
                "changes of the segment count only at the start: there is no refresh interval",
            )
            .help("add a refresh interval")
            .set("Refresh every day", &path!["RefreshFrequency"], "P1D");
    }
}
