use model::{Entry, path};

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that a journey with event entry does not ask for the participants' local time.
    ///
    /// **Why it matters.** People enter at the moment of their event; start and end can not be moved to each one's zone,
    /// and the service refuses to publish it.
    ///
    /// **Bad example.** `"LocalTime": true` together with `EventStartCondition`.
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "StartCondition": {"EventStartCondition": {"EventFilter": {
    ///     "FilterType": "ENDPOINT",
    ///     "Dimensions": {"EventType": {"Values": ["cart.left"]}}
    ///   }}},
    ///   "RefreshFrequency": null,
    ///   "LocalTime": true
    /// }}
    /// ```
    ///
    /// **How to fix it.** Turn `LocalTime` off. Quiet time is in the participants' time all the same.
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
    /// Source: journeys.md 2.1 and 10, J016; `WriteJourneyRequest.LocalTime`.
    "event-local-time", Error, "event entry and local time exclude each other", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    if matches!(ctx.journey.entry(), Some(Entry::Event { .. })) && ctx.journey.wire.local_time() == Some(true) {
        let at = path!["LocalTime"];
        found.report(at.clone(), "the entry is by event, and `LocalTime` is on").help("turn `LocalTime` off").set(
            "Turn local time off",
            &at,
            false,
        );
    }
}
