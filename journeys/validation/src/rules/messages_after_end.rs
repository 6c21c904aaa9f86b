use model::path;
use model::time::{DAY, format_instant, parse_instant};

use crate::context::LONGEST_JOURNEY;
use crate::evidence::Evidence;
use crate::{Findings, JourneyContext};

rule! {
    /// Checks, after a simulated run, that the last messages go out before `Schedule.EndTime`.
    ///
    /// **Why it matters.** At its end a journey takes in nobody, but whoever is inside goes on: a message about an offer
    /// that ended with it still goes out.
    ///
    /// **Bad example.** A journey that ends on 24 December, with a week of waits before its last message.
    ///
    /// ```json
    /// {
    ///   "evidence": {"activities": {"nudge": {"arrived": 300, "sent": 300, "last_sent": 1796860800000}}},
    ///   "journeys/welcome": {
    ///     "Schedule": {"StartTime": "2026-12-01T09:00:00Z", "EndTime": "2026-12-03T09:00:00Z"},
    ///     "Activities": {
    ///       "hello": {"Wait": {"WaitTime": {"WaitFor": "P7D"}, "NextActivity": "nudge"}},
    ///       "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// **How to fix it.** End it later, or shorten the waits.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "evidence": {"activities": {"nudge": {"arrived": 300, "sent": 300, "last_sent": 1796860800000}}},
    ///   "journeys/welcome": {
    ///     "Schedule": {"StartTime": "2026-12-01T09:00:00Z", "EndTime": "2026-12-24T09:00:00Z"},
    ///     "Activities": {
    ///       "hello": {"Wait": {"WaitTime": {"WaitFor": "P7D"}, "NextActivity": "nudge"}},
    ///       "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: journeys.md 6 and 7, and our own judgement from a simulated run; `JourneySchedule.EndTime`.
    "messages-after-end", Warning, "messages go out after the journey's end", Run
}

fn check(ctx: &JourneyContext, evidence: &Evidence, found: &mut Findings) {
    let Some(end) = ctx.journey.wire.schedule().and_then(|s| s.end_time()).and_then(parse_instant) else { return };
    let late = |activity: &model::Activity| Some((activity.id.to_owned(), evidence.of(activity.id)?.last_sent?));
    let Some((id, last)) = ctx.activities.iter().filter_map(late).max_by_key(|(_, last)| *last) else { return };
    if last <= end {
        return;
    }
    let at = path!["Schedule", "EndTime"];
    let finding = found
        .report(at.clone(), format!("the last `{id}` goes out {}, after the end", format_instant(last)))
        .related(path!["Activities", &id], "the last message")
        .help("end the journey later, or shorten the waits");
    let better = (last / DAY).saturating_add(1).saturating_mul(DAY);
    if ctx.begin.is_none_or(|begin| better <= begin.saturating_add(LONGEST_JOURNEY)) {
        finding.set("End it after the last message", &at, format_instant(better));
    }
}
