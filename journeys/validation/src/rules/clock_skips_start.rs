use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use model::time::{HOUR, format_instant, parse_instant, zone_offset};
use model::{Millis, path};

use crate::evidence::Evidence;
use crate::{Findings, JourneyContext};

rule! {
    /// Checks, with the people of a simulated run, that the local start of a journey exists in everybody's time zone: that
    /// their clocks do not skip that hour, because summer time begins.
    ///
    /// **Why it matters.** Nobody can say when they enter; the service may let them in an hour sooner, later or never.
    ///
    /// **Bad example.** `"LocalTime": true` and a start at 02:30 on 28 March 2027, when clocks in Berlin go from 02:00 to 03:00.
    ///
    /// ```json
    /// {
    ///   "evidence": {"people": 300, "timezones": {"Europe/Berlin": 300}},
    ///   "journeys/welcome": {
    ///     "LocalTime": true,
    ///     "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///     "Schedule": {"StartTime": "2027-03-28T02:30:00", "EndTime": "2027-06-01T09:00:00"}
    ///   }
    /// }
    /// ```
    ///
    /// **How to fix it.** Start an hour later or earlier.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "evidence": {"people": 300, "timezones": {"Europe/Berlin": 300}},
    ///   "journeys/welcome": {
    ///     "LocalTime": true,
    ///     "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///     "Schedule": {"StartTime": "2027-03-28T03:30:00", "EndTime": "2027-06-01T09:00:00"}
    ///   }
    /// }
    /// ```
    ///
    /// Source: journeys.md 6, "Schedule", and the tz database, for the time zones of a simulated run.
    "clock-skips-start", Warning, "the local start does not exist in a time zone", Run
}

fn check(ctx: &JourneyContext, evidence: &Evidence, found: &mut Findings) {
    let Some((start, wall)) = local_start(ctx) else { return };
    let mut skipped: Vec<(&str, u64)> = Vec::new();
    for (name, people) in &evidence.timezones {
        if TimeZone::get(name).is_ok_and(|zone| skips(&zone, wall)) {
            skipped.push((name, *people));
        }
    }
    let people: u64 = skipped.iter().fold(0, |sum, (_, people)| sum.saturating_add(*people));
    let Some((zone, _)) = skipped.iter().max_by_key(|(_, people)| *people) else { return };
    let at = path!["Schedule", "StartTime"];
    let clock = wall.strftime("%H:%M on %-d %B %Y");
    found
        .report(at.clone(), format!("{people} people have no {clock}: clocks in `{zone}` skip it"))
        .help("start an hour later or earlier")
        .set("Start an hour later", &at, format_instant(start.saturating_add(HOUR)));
}

/// When a journey starts that follows each person's own clock: as its text reads, and what stands on the clocks; `None` = it
/// follows one clock, or has no start.
pub(super) fn local_start(ctx: &JourneyContext) -> Option<(Millis, DateTime)> {
    if ctx.journey.wire.local_time() != Some(true) {
        return None;
    }
    // What stands on the clock in the schedule's zone stands on the clock everywhere (journeys.md 6).
    let schedule = ctx.journey.wire.schedule()?;
    let text = schedule.start_time()?;
    let start = parse_instant(text)?;
    let own = parse_instant(&format!("{text}Z")).is_some();
    let offset = schedule.timezone().and_then(zone_offset).unwrap_or_default();
    let wall = if own { start } else { start.saturating_add(offset) };
    let wall = Timestamp::from_millisecond(wall).ok()?;
    Some((start, TimeZone::UTC.to_datetime(wall)))
}

/// Whether the clocks of a zone go past that time.
fn skips(zone: &TimeZone, wall: DateTime) -> bool {
    matches!(zone.to_ambiguous_timestamp(wall).offset(), AmbiguousOffset::Gap { .. })
}
