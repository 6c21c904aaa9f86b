use model::path;
use serde_json::json;

use crate::evidence::{Evidence, percent};
use crate::{Findings, JourneyContext};

rule! {
    /// Checks, after a simulated run, that a journey that goes by people's time zones knows or estimates those of everybody.
    ///
    /// **Why it matters.** With local time, people without a time zone do not enter; with quiet time, they get messages at
    /// night or none at all.
    ///
    /// **Bad example.** `"LocalTime": true`, and 90 of 300 people have no `Demographic.Timezone`.
    ///
    /// ```json
    /// {
    ///   "evidence": {"people": 300, "without_timezone": 90, "entered": 210},
    ///   "journeys/welcome": {"LocalTime": true, "TimezoneEstimationMethods": []}
    /// }
    /// ```
    ///
    /// **How to fix it.** Estimate unknown time zones, or add them to the people.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "evidence": {"people": 300, "without_timezone": 90, "entered": 210},
    ///   "journeys/welcome": {"LocalTime": true, "TimezoneEstimationMethods": ["PHONE_NUMBER", "POSTAL_CODE"]}
    /// }
    /// ```
    ///
    /// Source: journeys.md 2, 6 and 10, J062, from the people of a simulated run; `TimezoneEstimationMethods`.
    "timezone-missing", Warning, "people have no time zone", Run
}

fn check(ctx: &JourneyContext, evidence: &Evidence, found: &mut Findings) {
    let wire = ctx.journey.wire;
    let local = wire.local_time() == Some(true);
    let estimated = !wire.timezone_estimation_methods().is_empty();
    if evidence.without_timezone == 0 || estimated || !(local || ctx.quiet.is_some()) {
        return;
    }
    let share = percent(evidence.without_timezone, evidence.people);
    let what = if local { "do not enter" } else { "may be woken at night" };
    let at = path!["TimezoneEstimationMethods"];
    found
        .report(at.clone(), format!("{share}% of {} people have no time zone and {what}", evidence.people))
        .help("estimate time zones by phone number and postal code")
        .set("Estimate time zones", &at, json!(["PHONE_NUMBER", "POSTAL_CODE"]));
}
