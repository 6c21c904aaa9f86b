use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use model::time::{DAY, HOUR, SECOND, duration_words, format_duration, parse_duration};
use model::{Millis, Path, Payload};

use super::clock_skips_start::local_start;
use crate::arrivals::arrivals;
use crate::evidence::Evidence;
use crate::{Findings, JourneyContext};

rule! {
    /// Checks, with the people of a simulated run, that messages of a journey in local time come at the hour of its start: that
    /// summer time neither begins nor ends during waits of whole days.
    ///
    /// **Why it matters.** A wait of a day is 24 hours. When clocks change meanwhile, everything behind it comes an hour sooner
    /// or later than the hour that was chosen.
    ///
    /// **Bad example.** `"LocalTime": true`, a start at 09:00 on 20 March 2027 and a wait of 10 days: clocks in Berlin change on
    /// 28 March, so the second message comes at 10:00.
    ///
    /// ```json
    /// {
    ///   "evidence": {"people": 300, "timezones": {"Europe/Berlin": 300}},
    ///   "journeys/welcome": {
    ///     "LocalTime": true,
    ///     "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///     "Schedule": {"StartTime": "2027-03-20T09:00:00", "EndTime": "2027-06-01T09:00:00"},
    ///     "Activities": {
    ///       "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "rest"}},
    ///       "rest": {"Wait": {"WaitTime": {"WaitFor": "P10D"}, "NextActivity": "nudge"}},
    ///       "nudge": {"PUSH": {"TemplateName": "hello"}}
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// **How to fix it.** Make the wait an hour shorter when clocks go forward, longer when they go back; or start after the
    /// change.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "evidence": {"people": 300, "timezones": {"Europe/Berlin": 300}},
    ///   "journeys/welcome": {
    ///     "LocalTime": true,
    ///     "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///     "Schedule": {"StartTime": "2027-03-20T09:00:00", "EndTime": "2027-06-01T09:00:00"},
    ///     "Activities": {
    ///       "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "rest"}},
    ///       "rest": {"Wait": {"WaitTime": {"WaitFor": "P9DT23H"}, "NextActivity": "nudge"}},
    ///       "nudge": {"PUSH": {"TemplateName": "hello"}}
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: journeys.md 3.3 and 6, "Schedule", and the tz database, for the time zones of a simulated run.
    "clock-moves-message", Warning, "summer time moves the hour of a message", Run
}

fn check(ctx: &JourneyContext, evidence: &Evidence, found: &mut Findings) {
    let Some((start, wall)) = local_start(ctx) else { return };
    // Who enters a millisecond later comes a millisecond later: unless ways of other lengths meet, or a date was waited for.
    let windows = arrivals(ctx, start, Some(start.saturating_add(1)));
    let after = |number: usize| {
        let window = windows[number].filter(|window| window.last == window.first.checked_add(1))?;
        let after = window.first.checked_sub(start)?;
        let is_message = ctx.activities[number].kind().is_some_and(|kind| kind.is_message());
        (is_message && after > 0 && after % DAY == 0).then_some((after, number))
    };
    let mut messages: Vec<(Millis, usize)> = (0..windows.len()).filter_map(after).collect();
    messages.sort_unstable();
    let zones: Vec<(&str, TimeZone, u64)> = evidence
        .timezones
        .iter()
        .filter_map(|(name, people)| Some((name.as_str(), TimeZone::get(name).ok()?, *people)))
        .collect();
    // By how much: how many people, and a zone with the most of them.
    let moved = |after: Millis| {
        let mut moves: BTreeMap<Millis, (u64, (u64, &str))> = BTreeMap::new();
        for (name, zone, people) in &zones {
            let (all, most) = moves.entry(shift(zone, wall, after).unwrap_or_default()).or_default();
            *all = all.saturating_add(*people);
            *most = (*most).max((*people, *name));
        }
        moves
    };
    let mut moved = messages.into_iter().map(|(after, number)| (number, moved(after)));
    let is_moved = |moves: &BTreeMap<Millis, _>| moves.keys().any(|by| *by != 0);
    let Some((number, moves)) = moved.find(|(_, moves)| is_moved(moves)) else { return };
    let most = moves.iter().filter(|(by, _)| **by != 0).max_by_key(|(by, (people, _))| (*people, **by));
    let Some((by, (people, (_, zone)))) = most else { return };
    let comes = wall.saturating_add(SignedDuration::from_millis(*by));
    let (id, clock) = (ctx.activities[number].id, "%H:%M");
    let message = format!(
        "`{id}` comes at {} instead of {} to {people} people: clocks in `{zone}` change before it",
        comes.strftime(clock),
        wall.strftime(clock),
    );
    let mut finding = found
        .report(ctx.place(number), message)
        .help("make the wait before it shorter or longer by as much, or start after the change");
    for (other, _) in moved.filter(|(_, moves)| is_moved(moves)) {
        finding = finding.related(ctx.place(other), "comes at another hour, too");
    }
    if let (1, Some((at, span))) = (moves.len(), wait_before(ctx, number))
        && span.saturating_sub(*by) >= HOUR
    {
        let span = span - by;
        finding.set(format!("Wait {}", duration_words(span)), &at, format_duration(span));
    }
}

/// By how much clocks of a zone change between a wall clock and so much later.
fn shift(zone: &TimeZone, wall: jiff::civil::DateTime, after: Millis) -> Option<Millis> {
    let entered = zone.to_timestamp(wall).ok()?;
    let comes = Timestamp::from_millisecond(entered.as_millisecond().checked_add(after)?).ok()?;
    Some(Millis::from(zone.to_offset(comes).seconds() - zone.to_offset(entered).seconds()) * SECOND)
}

/// The last wait that everybody passes on the way to an activity: where its length stands, and how long it is.
fn wait_before(ctx: &JourneyContext, number: usize) -> Option<(Path, Millis)> {
    let mut number = number;
    loop {
        let mut before = ctx.before(number).filter(|before| ctx.reachable[*before]);
        let (Some(only), None) = (before.next(), before.next()) else { return None };
        number = only;
        if let Some(Payload::Wait(wait)) = ctx.activities[number].payload {
            let span = parse_duration(wait.wait_time()?.wait_for()?)?;
            return Some((ctx.activities[number].payload_path().join("WaitTime").join("WaitFor"), span));
        }
    }
}
