use model::{Path, path};

use crate::{Findings, JourneyContext};

rule! {
    /// Checks the ranges of the journey's limits: caps from 0 to 100, days from 0 to 30, at least 1 message per second.
    ///
    /// **Why it matters.** The service refuses the journey, even as a draft.
    ///
    /// **Bad example.** `"Limits": {"DailyCap": 500}`
    ///
    /// ```json
    /// {"journeys/welcome": {"Limits": {"DailyCap": 500}}}
    /// ```
    ///
    /// **How to fix it.** Choose a number in the range; 0 means no limit.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Limits": {"DailyCap": 100}}}
    /// ```
    ///
    /// Source: journeys.md 5 and 10, J047; `JourneyLimits`, `JourneyTimeframeCap`.
    "limit-range", Error, "a limit is out of range", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let Some(limits) = ctx.journey.wire.limits() else { return };
    let frame = limits.timeframe_cap();
    within(found, path!["Limits", "DailyCap"], limits.daily_cap(), 0, 100);
    within(found, path!["Limits", "TotalCap"], limits.total_cap(), 0, 100);
    within(found, path!["Limits", "EndpointReentryCap"], limits.endpoint_reentry_cap(), 0, 100);
    within(found, path!["Limits", "MessagesPerSecond"], limits.messages_per_second(), 1, 20_000);
    within(found, path!["Limits", "TimeframeCap", "Cap"], frame.and_then(|frame| frame.cap()), 0, 100);
    within(found, path!["Limits", "TimeframeCap", "Days"], frame.and_then(|frame| frame.days()), 0, 30);
}

/// Reports a limit below `least` or above `most`, with the nearest number as fix.
pub(super) fn within(found: &mut Findings, at: Path, value: Option<i64>, least: i64, most: i64) {
    let Some(value) = value.filter(|value| !(least..=most).contains(value)) else { return };
    let name = Path(at.0.iter().skip(1).cloned().collect());
    let better = value.clamp(least, most);
    let limit = if value < least { format!("{least} is the least") } else { format!("{most} is the most") };
    found.report(at.clone(), format!("`{name}` is {value}; {limit}")).help("choose a number in the range").set(
        format!("Set it to {better}"),
        &at,
        better,
    );
}
