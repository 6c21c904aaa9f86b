use model::path;
use model::time::{HOUR, duration_words, parse_duration};

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that the entry segment is refreshed at most every hour.
    ///
    /// **Why it matters.** The service refuses shorter intervals, even in a draft.
    ///
    /// **Bad example.** `"RefreshFrequency": "PT10M"`
    ///
    /// ```json
    /// {"journeys/welcome": {"RefreshFrequency": "PT10M"}}
    /// ```
    ///
    /// **How to fix it.** Write `PT1H` or more.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"RefreshFrequency": "PT1H"}}
    /// ```
    ///
    /// Source: journeys.md 2.2 and 10, J020; `WriteJourneyRequest.RefreshFrequency`.
    "refresh-too-often", Error, "the refresh interval is below an hour", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let Some(span) = ctx.journey.wire.refresh_frequency().and_then(parse_duration) else { return };
    if span < HOUR {
        let at = path!["RefreshFrequency"];
        found
            .report(at.clone(), format!("the entry is refreshed every {}; 1 hour is the least", duration_words(span)))
            .help("refresh every hour, or less often")
            .set("Refresh every hour", &at, "PT1H");
    }
}
