use model::time::format_instant;
use model::{View, path};

use super::closed_throughout::{closed_until, days_of, kind_of};
use crate::arrivals::arrivals;
use crate::{Findings, JourneyContext};

rule! {
    /// Checks that the closed days of a channel do not cover all the time in which people can come to one of its messages.
    ///
    /// **Why it matters.** Nobody would get that message: without waiting for quiet time to end, it is dropped on a closed
    /// day; with it, it waits for a day that does not come before the journey ends.
    ///
    /// **Bad example.** People enter on 20 December only and wait 5 days; e-mail is closed from 24 to 28 December.
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "Schedule": {"StartTime": "2026-12-20T09:00:00Z", "EndTime": "2027-02-01T09:00:00Z"},
    ///   "RefreshFrequency": null,
    ///   "SendingSchedule": true,
    ///   "QuietTime": {"Start": "21:00", "End": "08:00"},
    ///   "WaitForQuietTime": false,
    ///   "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///   "ClosedDays": {"EMAIL": [{
    ///     "Name": "Christmas",
    ///     "StartDateTime": "2026-12-24T00:00:00",
    ///     "EndDateTime": "2026-12-28T00:00:00"
    ///   }]},
    ///   "StartActivity": "rest",
    ///   "Activities": {
    ///     "rest": {"Wait": {"WaitTime": {"WaitFor": "P5D"}, "NextActivity": "hello"}},
    ///     "hello": {"EMAIL": {"TemplateName": "hello"}}
    ///   }
    /// }}
    /// ```
    ///
    /// **How to fix it.** Hold messages instead of dropping them, wait longer or shorter before, or take closed days away.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "Schedule": {"StartTime": "2026-12-20T09:00:00Z", "EndTime": "2027-02-01T09:00:00Z"},
    ///   "RefreshFrequency": null,
    ///   "SendingSchedule": true,
    ///   "QuietTime": {"Start": "21:00", "End": "08:00"},
    ///   "WaitForQuietTime": true,
    ///   "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///   "ClosedDays": {"EMAIL": [{
    ///     "Name": "Christmas",
    ///     "StartDateTime": "2026-12-24T00:00:00",
    ///     "EndDateTime": "2026-12-28T00:00:00"
    ///   }]},
    ///   "StartActivity": "rest",
    ///   "Activities": {
    ///     "rest": {"Wait": {"WaitTime": {"WaitFor": "P5D"}, "NextActivity": "hello"}},
    ///     "hello": {"EMAIL": {"TemplateName": "hello"}}
    ///   }
    /// }}
    /// ```
    ///
    /// Source: journeys.md 6 and our own judgement; `ClosedDays`. Local times are compared as times of UTC.
    "closed-on-arrival", Warning, "a channel is closed whenever people come to a message", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let wire = ctx.journey.wire;
    let (Some(begin), Some(end), Some(closed)) = (ctx.begin, ctx.end, wire.closed_days()) else { return };
    if wire.sending_schedule() != Some(true) {
        return;
    }
    let by_event = wire.start_condition().is_some_and(|start| start.event_start_condition().is_some());
    let once = !by_event && !wire.has("RefreshFrequency");
    let windows = arrivals(ctx, begin, Some(if once { begin } else { end.max(begin) }));
    let holds = wire.wait_for_quiet_time() == Some(true);
    for channel in closed.object().keys() {
        let days = days_of(ctx, channel);
        if days.is_empty() || closed_until(&days, begin) >= end {
            continue;
        }
        for (number, activity) in ctx.activities.iter().enumerate() {
            let Some(window) = windows[number].filter(|_| activity.kind() == kind_of(channel)) else { continue };
            // Who would come after the end of the journey is another rule's to tell of.
            let last = window.last.filter(|_| !holds).map_or(end, |last| last.min(end));
            let open = closed_until(&days, window.first);
            if window.first >= end || open <= window.first || open < last {
                continue;
            }
            let message = format!(
                "`{}` is never sent: people come to it from {}, and `{channel}` is closed until {}",
                activity.id,
                format_instant(window.first),
                format_instant(open),
            );
            let at = path!["ClosedDays", channel];
            let finding = found.report(ctx.place(number), message).related(at.clone(), "the closed days");
            if holds {
                finding
                    .help("let people come sooner, or take closed days away")
                    .remove(format!("Take the closed days of {channel} away"), at);
            } else {
                finding.help("hold messages instead of dropping them, or take closed days away").set(
                    "Hold messages until they may go out",
                    &path!["WaitForQuietTime"],
                    true,
                );
            }
        }
    }
}
