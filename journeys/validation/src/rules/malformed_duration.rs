use model::time::{self, DAY, HOUR, MINUTE, parse_duration};
use model::{Millis, path};

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that every duration is one that ISO 8601 knows: `PT1H`, `P2D`, `P1W`.
    ///
    /// **Why it matters.** The service refuses the journey; nobody can say how long the wait is.
    ///
    /// **Bad example.** `"WaitFor": "2 days"`
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"Wait": {"WaitTime": {"WaitFor": "2 days"}, "NextActivity": "nudge"}},
    ///   "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Write `P2D`.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"Wait": {"WaitTime": {"WaitFor": "P2D"}, "NextActivity": "nudge"}},
    ///   "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    /// }}}
    /// ```
    ///
    /// Source: journeys.md 10, J003; `WaitTime.WaitFor`, `WriteJourneyRequest.RefreshFrequency`,
    /// `JourneyLimits.EndpointReentryInterval`.
    "malformed-duration", Error, "a duration can not be read", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let mut durations = vec![
        (path!["RefreshFrequency"], ctx.journey.wire.refresh_frequency()),
        (path!["Limits", "EndpointReentryInterval"], {
            ctx.journey.wire.limits().and_then(|limits| limits.endpoint_reentry_interval())
        }),
    ];
    for (_, path, wait) in &ctx.waits {
        durations.push((path.join("WaitFor"), wait.wait_for()));
    }
    for (at, text) in durations {
        let Some(text) = text.filter(|text| parse_duration(text).is_none()) else { continue };
        let finding = found
            .report(at.clone(), format!("`{text}` is not an ISO 8601 duration"))
            .help("write it like `PT1H` (an hour) or `P2D` (two days)");
        if let Some(span) = meant(text) {
            let better = time::format_duration(span);
            finding.set(format!("Write {better}"), &at, better);
        }
    }
}

/// What was probably meant by `p2d`, `2 days`, `two days` or `90 min`.
fn meant(text: &str) -> Option<Millis> {
    if let Some(span) = parse_duration(&text.trim().to_uppercase()) {
        return Some(span);
    }
    let lower = text.trim().to_lowercase();
    let unit_at = lower.find(|c: char| !c.is_ascii_digit()).filter(|at| *at > 0);
    let (number, unit) = match unit_at {
        Some(at) => lower.split_at(at),
        None => lower.split_once(' ')?,
    };
    let words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let number: Millis = match words.iter().position(|word| *word == number) {
        Some(number) => Millis::try_from(number).ok()?,
        None => number.parse().ok().filter(|number| *number <= 10_000)?,
    };
    let span = match unit.trim().trim_end_matches('s') {
        "m" | "min" | "minute" => MINUTE,
        "h" | "hour" => HOUR,
        "d" | "day" => DAY,
        "w" | "week" => 7 * DAY,
        _ => return None,
    };
    parse_duration(&time::format_duration(number * span))
}
