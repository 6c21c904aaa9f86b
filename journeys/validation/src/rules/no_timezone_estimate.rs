use model::path;
use serde_json::json;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that a journey which depends on people's time zones estimates those it does not know.
    ///
    /// **Why it matters.** With `LocalTime` on, who has no `Demographic.Timezone` is left out. With quiet time, who has
    /// none gets messages at any hour.
    ///
    /// **Bad example.** `"LocalTime": true`, and no `TimezoneEstimationMethods`.
    ///
    /// ```json
    /// {"journeys/welcome": {"LocalTime": true}}
    /// ```
    ///
    /// **How to fix it.** Estimate by phone number and postal code. Then who can not be placed at all gets no message
    /// in a journey with quiet time.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"LocalTime": true, "TimezoneEstimationMethods": ["PHONE_NUMBER", "POSTAL_CODE"]}}
    /// ```
    ///
    /// Source: journeys.md 2.3, 6 and 10, J062; `WriteJourneyRequest.TimezoneEstimationMethods`.
    "no-timezone-estimate", Warning, "unknown time zones are not estimated", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let wire = ctx.journey.wire;
    if !wire.timezone_estimation_methods().is_empty() {
        return;
    }
    let message = if wire.local_time() == Some(true) {
        "people without a known time zone do not enter"
    } else if ctx.quiet.is_some() {
        "people without a known time zone get messages in quiet time too"
    } else {
        return;
    };
    let at = path!["TimezoneEstimationMethods"];
    found.report(at.clone(), message).help("estimate time zones by phone number and postal code").set(
        "Estimate time zones",
        &at,
        json!(["PHONE_NUMBER", "POSTAL_CODE"]),
    );
}
