use model::path;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that a journey does not send faster than its account may. Only asked when the account is known.
    ///
    /// **Why it matters.** The service does not publish it; what goes out too fast is held back or lost.
    ///
    /// **Bad example.** `"MessagesPerSecond": 500`, and `messages_per_second = 14` below `[target.prod.account]` in `waymark.toml`.
    ///
    /// ```json
    /// {"account": {"messages_per_second": 14}, "journeys/welcome": {"Limits": {"MessagesPerSecond": 500}}}
    /// ```
    ///
    /// **How to fix it.** Lower the rate, or have the account's raised.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"account": {"messages_per_second": 14}, "journeys/welcome": {"Limits": {"MessagesPerSecond": 14}}}
    /// ```
    ///
    /// Source: journeys.md 5 and 10, J049; `JourneyLimits.MessagesPerSecond`.
    "rate-above-account", Error, "the journey sends faster than its account may", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let most = ctx.document.facts.account.and_then(|account| account.messages_per_second);
    let rate = ctx.journey.wire.limits().and_then(|limits| limits.messages_per_second());
    let (Some(most), Some(rate)) = (most, rate) else { return };
    if rate > most {
        let at = path!["Limits", "MessagesPerSecond"];
        found
            .report(at.clone(), format!("the journey sends {rate} messages per second; the account may send {most}"))
            .help("lower the rate, or have the account's raised")
            .set(format!("Set it to {most}"), &at, most);
    }
}
