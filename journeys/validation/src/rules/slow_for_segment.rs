use model::path;

use crate::rules::imported_segment_size::imported_size;
use crate::{Findings, JourneyContext, places};

rule! {
    /// Checks that one message to everybody in an imported entry segment takes less than a day. Asked when the segment says
    /// how many it has, and the journey or the account how fast it sends.
    ///
    /// **Why it matters.** Messages wait in a queue, and people get them at odd hours, days after each other.
    ///
    /// **Bad example.** `"MessagesPerSecond": 10` and a segment of 5,000,000 members: almost six days.
    ///
    /// ```json
    /// {
    ///   "segments/list": {"SegmentType": "IMPORT", "ImportDefinition": {"Size": 5000000}},
    ///   "journeys/welcome": {
    ///     "StartCondition": {"SegmentStartCondition": {"SegmentId": "list"}},
    ///     "Limits": {"MessagesPerSecond": 10}
    ///   }
    /// }
    /// ```
    ///
    /// **How to fix it.** Raise the rate, or make the segment smaller.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "segments/list": {"SegmentType": "IMPORT", "ImportDefinition": {"Size": 5000000}},
    ///   "journeys/welcome": {
    ///     "StartCondition": {"SegmentStartCondition": {"SegmentId": "list"}},
    ///     "Limits": {"MessagesPerSecond": 100}
    ///   }
    /// }
    /// ```
    ///
    /// Source: journeys.md 3.1 and 10, J063; the day is our own judgement.
    "slow-for-segment", Warning, "the rate is low for the size of the segment", Journey
}

const SECONDS_OF_A_DAY: i64 = 24 * 60 * 60;
/// The most that `MessagesPerSecond` may say (journeys.md 5).
const HIGHEST_RATE: i64 = 20_000;

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let own = ctx.journey.wire.limits().and_then(|limits| limits.messages_per_second());
    let account = ctx.document.facts.account.and_then(|account| account.messages_per_second);
    let Some(rate) = own.into_iter().chain(account).filter(|rate| *rate > 0).min() else { return };
    let Some((_, segment)) = places::entry_segment(ctx.journey) else { return };
    let Some((id, size)) = imported_size(ctx.document.project, segment) else { return };
    let seconds = size / rate;
    if seconds > SECONDS_OF_A_DAY {
        let days = seconds / SECONDS_OF_A_DAY;
        let days = if days == 1 { "more than a day".to_owned() } else { format!("{days} days") };
        let at = path!["Limits", "MessagesPerSecond"];
        let finding = found
            .report(
                at.clone(),
                format!("one message to the {size} members of `{}` takes {days} at {rate} per second", id.name()),
            )
            .help("raise the rate, or make the segment smaller");
        let enough = (size + SECONDS_OF_A_DAY - 1) / SECONDS_OF_A_DAY;
        if enough <= account.unwrap_or(HIGHEST_RATE).min(HIGHEST_RATE) {
            finding.set(format!("Send {enough} a second"), &at, enough);
        }
    }
}
