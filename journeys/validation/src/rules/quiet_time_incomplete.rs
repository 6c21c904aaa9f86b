use model::{View, path};

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that quiet time has both a start and an end.
    ///
    /// **Why it matters.** The service refuses the journey, even as a draft.
    ///
    /// **Bad example.** `"QuietTime": {"Start": "21:00"}`
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "QuietTime": {"Start": "21:00"},
    ///   "WaitForQuietTime": true,
    ///   "TimezoneEstimationMethods": ["PHONE_NUMBER"]
    /// }}
    /// ```
    ///
    /// **How to fix it.** Add `"End": "08:00"`.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "QuietTime": {"Start": "21:00", "End": "08:00"},
    ///   "WaitForQuietTime": true,
    ///   "TimezoneEstimationMethods": ["PHONE_NUMBER"]
    /// }}
    /// ```
    ///
    /// Source: journeys.md 6 and 10, J050; `QuietTime`.
    "quiet-time-incomplete", Error, "quiet time has only one end", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let Some(quiet) = ctx.journey.wire.quiet_time() else { return };
    let (missing, usual) = match (quiet.has("Start"), quiet.has("End")) {
        (true, false) => ("End", "08:00"),
        (false, true) => ("Start", "21:00"),
        _ => return,
    };
    let at = path!["QuietTime", missing];
    found
        .report(at.clone(), format!("quiet time has no `{missing}`"))
        .help(format!("add `{missing}`, or take quiet time away"))
        .set(format!("Set {missing} to {usual}"), &at, usual);
}
