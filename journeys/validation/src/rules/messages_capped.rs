use model::path;

use crate::evidence::{Evidence, exceeds, percent};
use crate::{Findings, JourneyContext};

/// Percent of an activity's messages that caps may keep back before it is worth a word.
const LEAST: u64 = 1;

rule! {
    /// Checks, after a simulated run, that the caps of the journey keep back hardly any of its messages.
    ///
    /// **Why it matters.** A message above a cap is not sent later but never, and people go on as if they had got it.
    ///
    /// **Bad example.** `"Limits": {"TotalCap": 1}` in a journey with two e-mails: nobody gets the second.
    ///
    /// ```json
    /// {
    ///   "evidence": {"activities": {"nudge": {"arrived": 300, "sent": 0, "not_sent": {"DAILY_CAP": 300}}}},
    ///   "journeys/welcome": {
    ///     "Limits": {"TotalCap": 1},
    ///     "Activities": {
    ///       "hello": {"SMS": {
    ///         "TemplateName": "hello",
    ///         "MessageConfig": {"MessageType": "PROMOTIONAL"},
    ///         "NextActivity": "rest"
    ///       }},
    ///       "rest": {"Wait": {"WaitTime": {"WaitFor": "P1D"}, "NextActivity": "nudge"}},
    ///       "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// **How to fix it.** Raise the cap, take it away, or send fewer messages.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "evidence": {"activities": {"nudge": {"arrived": 300, "sent": 0, "not_sent": {"DAILY_CAP": 300}}}},
    ///   "journeys/welcome": {
    ///     "Limits": {},
    ///     "Activities": {
    ///       "hello": {"SMS": {
    ///         "TemplateName": "hello",
    ///         "MessageConfig": {"MessageType": "PROMOTIONAL"},
    ///         "NextActivity": "rest"
    ///       }},
    ///       "rest": {"Wait": {"WaitTime": {"WaitFor": "P1D"}, "NextActivity": "nudge"}},
    ///       "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: journeys.md 5, from the counts of a simulated run; `JourneyLimits`.
    "messages-capped", Warning, "caps keep messages back", Run
}

fn check(ctx: &JourneyContext, evidence: &Evidence, found: &mut Findings) {
    let Some(limits) = ctx.journey.wire.limits() else { return };
    let frame = limits.timeframe_cap().and_then(|frame| frame.cap());
    let caps = [("DailyCap", limits.daily_cap()), ("TotalCap", limits.total_cap()), ("TimeframeCap", frame)];
    let set: Vec<_> =
        caps.into_iter().filter(|(_, cap)| cap.is_some_and(|cap| cap > 0)).map(|(name, _)| name).collect();
    if set.is_empty() {
        return;
    }
    for activity in &ctx.activities {
        let Some(seen) = evidence.of(activity.id) else { continue };
        let capped = seen.not_sent.get("DAILY_CAP").copied().unwrap_or_default();
        let all = seen.meant();
        if capped == 0 || !exceeds(capped, all, LEAST) {
            continue;
        }
        let finding = found
            .report(
                activity.payload_path(),
                format!("{}% of {all} messages of `{}` are kept back by a cap", percent(capped, all), activity.id),
            )
            .help("raise the cap, take it away, or send fewer messages");
        if let [only] = set[..] {
            finding.remove(format!("Take {only} away"), path!["Limits", only]);
        }
    }
}
