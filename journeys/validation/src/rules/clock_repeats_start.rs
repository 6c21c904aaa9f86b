use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use model::path;
use model::time::{HOUR, format_instant};

use super::clock_skips_start::local_start;
use crate::evidence::Evidence;
use crate::{Findings, JourneyContext};

rule! {
    /// Checks, with the people of a simulated run, that the local start of a journey comes once on everybody's clock: that it
    /// does not lie in the hour that clocks show twice, because summer time ends.
    ///
    /// **Why it matters.** Nobody can say which of the two hours is meant; the service may let people in an hour sooner or
    /// later than their neighbours.
    ///
    /// **Bad example.** `"LocalTime": true` and a start at 02:30 on 31 October 2027, when clocks in Berlin go from 03:00 back
    /// to 02:00.
    ///
    /// ```json
    /// {
    ///   "evidence": {"people": 300, "timezones": {"Europe/Berlin": 300}},
    ///   "journeys/welcome": {
    ///     "LocalTime": true,
    ///     "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///     "Schedule": {"StartTime": "2027-10-31T02:30:00", "EndTime": "2027-12-01T09:00:00"}
    ///   }
    /// }
    /// ```
    ///
    /// **How to fix it.** Start an hour later.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "evidence": {"people": 300, "timezones": {"Europe/Berlin": 300}},
    ///   "journeys/welcome": {
    ///     "LocalTime": true,
    ///     "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///     "Schedule": {"StartTime": "2027-10-31T03:30:00", "EndTime": "2027-12-01T09:00:00"}
    ///   }
    /// }
    /// ```
    ///
    /// Source: journeys.md 6, "Schedule", and the tz database, for the time zones of a simulated run.
    "clock-repeats-start", Warning, "the local start comes twice in a time zone", Run
}

fn check(ctx: &JourneyContext, evidence: &Evidence, found: &mut Findings) {
    let Some((start, wall)) = local_start(ctx) else { return };
    let repeats = |name: &String| TimeZone::get(name).is_ok_and(|zone| comes_twice(&zone, wall));
    let zones: Vec<_> = evidence.timezones.iter().filter(|(name, _)| repeats(name)).collect();
    let people: u64 = zones.iter().fold(0, |sum, (_, people)| sum.saturating_add(**people));
    let Some((zone, _)) = zones.iter().max_by_key(|(_, people)| **people) else { return };
    let at = path!["Schedule", "StartTime"];
    let clock = wall.strftime("%H:%M on %-d %B %Y");
    found
        .report(at.clone(), format!("{people} people have {clock} twice: clocks in `{zone}` go back over it"))
        .help("start an hour later")
        .set("Start an hour later", &at, format_instant(start.saturating_add(HOUR)));
}

/// Whether the clocks of a zone show that time twice.
fn comes_twice(zone: &TimeZone, wall: DateTime) -> bool {
    matches!(zone.to_ambiguous_timestamp(wall).offset(), AmbiguousOffset::Fold { .. })
}
