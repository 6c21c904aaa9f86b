use model::path;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that `TimeframeCap` has both a cap and a number of days.
    ///
    /// **Why it matters.** With 0 in either, the cap is off, and the project's own cap is off for this journey too.
    ///
    /// **Bad example.** `"TimeframeCap": {"Cap": 3, "Days": 0}`
    ///
    /// ```json
    /// {"journeys/welcome": {"Limits": {"TimeframeCap": {"Cap": 3, "Days": 0}}}}
    /// ```
    ///
    /// **How to fix it.** Set both, or take it away.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Limits": {"TimeframeCap": {"Cap": 3, "Days": 7}}}}
    /// ```
    ///
    /// Source: journeys.md 5 and 10, J048; `JourneyTimeframeCap`.
    "timeframe-cap-off", Warning, "a cap over several days is half set, and off", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let Some(frame) = ctx.journey.wire.limits().and_then(|limits| limits.timeframe_cap()) else { return };
    let (cap, days) = (frame.cap().unwrap_or(0), frame.days().unwrap_or(0));
    if (cap == 0) != (days == 0) {
        let at = path!["Limits", "TimeframeCap"];
        found
            .report(at.clone(), format!("a cap of {cap} messages within {days} days is off"))
            .help("set both `Cap` and `Days`, or take `TimeframeCap` away")
            .remove("Remove the cap", at);
    }
}
