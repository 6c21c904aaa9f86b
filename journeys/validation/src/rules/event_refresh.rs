use model::{Edit, Entry, View, path};

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that a journey with event entry is not refreshed.
    ///
    /// **Why it matters.** A refresh evaluates the entry segment again; an event entry has nothing to evaluate.
    ///
    /// **Bad example.** `"RefreshFrequency": "PT12H"` together with `EventStartCondition`.
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "StartCondition": {"EventStartCondition": {"EventFilter": {
    ///     "FilterType": "ENDPOINT",
    ///     "Dimensions": {"EventType": {"Values": ["cart.left"]}}
    ///   }}},
    ///   "RefreshFrequency": "PT12H"
    /// }}
    /// ```
    ///
    /// **How to fix it.** Take `RefreshFrequency` and `RefreshOnSegmentUpdate` away.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "StartCondition": {"EventStartCondition": {"EventFilter": {
    ///     "FilterType": "ENDPOINT",
    ///     "Dimensions": {"EventType": {"Values": ["cart.left"]}}
    ///   }}},
    ///   "RefreshFrequency": null
    /// }}
    /// ```
    ///
    /// Source: journeys.md 10, J018; `WriteJourneyRequest.RefreshFrequency`, `RefreshOnSegmentUpdate`.
    "event-refresh", Error, "event entry and refresh exclude each other", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let wire = ctx.journey.wire;
    let member = if wire.has("RefreshFrequency") {
        "RefreshFrequency"
    } else if wire.refresh_on_segment_update() == Some(true) {
        "RefreshOnSegmentUpdate"
    } else {
        return;
    };
    if matches!(ctx.journey.entry(), Some(Entry::Event { .. })) {
        let edit = Edit::new("Do not refresh")
            .remove(ctx.document.id, path!["RefreshFrequency"])
            .remove(ctx.document.id, path!["RefreshOnSegmentUpdate"]);
        found
            .report(path![member], format!("the entry is by event, and `{member}` is set"))
            .help("take it away: events let people in at any time")
            .fix(edit);
    }
}
