use model::time::{format_instant, parse_instant};
use model::{ActivityKind, Millis, View, path, wire};

use crate::{Findings, JourneyContext, places};

rule! {
    /// Checks that the closed days of a channel do not cover the whole journey.
    ///
    /// **Why it matters.** Nothing would be sent by that channel at all.
    ///
    /// **Bad example.** A journey from 24 to 26 December, and SMS closed from 20 to 31 December.
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "Schedule": {"StartTime": "2026-12-24T09:00:00Z", "EndTime": "2026-12-26T09:00:00Z"},
    ///   "SendingSchedule": true,
    ///   "QuietTime": {"Start": "21:00", "End": "08:00"},
    ///   "WaitForQuietTime": true,
    ///   "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///   "ClosedDays": {"EMAIL": [{
    ///     "Name": "Christmas",
    ///     "StartDateTime": "2026-12-20T00:00:00",
    ///     "EndDateTime": "2026-12-31T00:00:00"
    ///   }]}
    /// }}
    /// ```
    ///
    /// **How to fix it.** Take the closed days away, or move the journey.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "Schedule": {"StartTime": "2026-12-24T09:00:00Z", "EndTime": "2026-12-26T09:00:00Z"},
    ///   "SendingSchedule": true,
    ///   "QuietTime": {"Start": "21:00", "End": "08:00"},
    ///   "WaitForQuietTime": true,
    ///   "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///   "ClosedDays": {"EMAIL": [{
    ///     "Name": "Christmas",
    ///     "StartDateTime": "2026-12-25T00:00:00",
    ///     "EndDateTime": "2026-12-31T00:00:00"
    ///   }]}
    /// }}
    /// ```
    ///
    /// Source: journeys.md 6 and our own judgement; `ClosedDays`. Local times are compared as times of UTC.
    "closed-throughout", Warning, "a channel is closed on all days of the journey", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    if ctx.journey.wire.sending_schedule() != Some(true) {
        return;
    }
    let (Some(begin), Some(end), Some(closed)) = (ctx.begin, ctx.end, ctx.journey.wire.closed_days()) else { return };
    for channel in closed.object().keys() {
        let Some(kind) = kind_of(channel) else { continue };
        if !ctx.activities.iter().any(|activity| activity.kind() == Some(kind)) {
            continue;
        }
        if closed_until(&days_of(ctx, channel), begin) < end {
            continue;
        }
        let at = path!["ClosedDays", channel];
        found
            .report(
                at.clone(),
                format!(
                    "`{channel}` is closed from {} to {}, all the journey long",
                    format_instant(begin),
                    format_instant(end)
                ),
            )
            .related(path!["Schedule"], "the days of the journey")
            .help("take closed days away, or move the journey")
            .remove(format!("Take the closed days of {channel} away"), at);
    }
}

/// What sends by a channel of `ClosedDays`; `None` = not known, or voice, which closed days are not asked for here.
pub(super) fn kind_of(channel: &str) -> Option<ActivityKind> {
    match channel {
        "EMAIL" => Some(ActivityKind::Email),
        "SMS" => Some(ActivityKind::Sms),
        "PUSH" => Some(ActivityKind::Push),
        "CUSTOM" => Some(ActivityKind::Custom),
        _ => None,
    }
}

/// The closed times of a channel that can be read, in order.
pub(super) fn days_of(ctx: &JourneyContext, channel: &str) -> Vec<(Millis, Millis)> {
    let rules = places::elements::<wire::ClosedDaysRule>(ctx.document.root, &path!["ClosedDays", channel]);
    let span = |(_, rule): &(usize, wire::ClosedDaysRule)| {
        Some((parse_instant(rule.start_date_time()?)?, parse_instant(rule.end_date_time()?)?))
    };
    let mut days: Vec<_> = rules.iter().filter_map(span).collect();
    days.sort_unstable();
    days
}

/// Until when it is closed without a break from `at` on; `at` itself when it is open then.
pub(super) fn closed_until(days: &[(Millis, Millis)], at: Millis) -> Millis {
    days.iter().fold(at, |open, (from, to)| if *from <= open { open.max(*to) } else { open })
}
