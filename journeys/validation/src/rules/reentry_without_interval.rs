use model::time::parse_duration;
use model::{View, path};

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that people who may enter more than once do so with an interval.
    ///
    /// **Why it matters.** They enter again as soon as they have left, and get the same messages again.
    ///
    /// **Bad example.** `"Limits": {"EndpointReentryCap": 5}`; an interval of `PT0S` is the same.
    ///
    /// ```json
    /// {"journeys/welcome": {"Limits": {"EndpointReentryCap": 5}}}
    /// ```
    ///
    /// **How to fix it.** Add `"EndpointReentryInterval": "P7D"`.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Limits": {"EndpointReentryCap": 5, "EndpointReentryInterval": "P7D"}}}
    /// ```
    ///
    /// Source: journeys.md 2.3 and 10, J061; `JourneyLimits.EndpointReentryInterval`.
    "reentry-without-interval", Warning, "people enter again at once", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let Some(limits) = ctx.journey.wire.limits() else { return };
    let Some(cap) = limits.endpoint_reentry_cap().filter(|cap| *cap == 0 || (2..=100).contains(cap)) else { return };
    let interval = limits.endpoint_reentry_interval().and_then(parse_duration);
    if !limits.has("EndpointReentryInterval") || interval == Some(0) {
        let often = if cap == 0 { "as often as they like".to_owned() } else { format!("{cap} times") };
        found
            .report(
                path!["Limits", "EndpointReentryCap"],
                format!("people may enter {often}, with no interval between"),
            )
            .help("add a re-entry interval")
            .set("Let a week pass between", &path!["Limits", "EndpointReentryInterval"], "P7D");
    }
}
