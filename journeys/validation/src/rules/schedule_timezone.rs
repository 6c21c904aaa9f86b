use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::path;
use model::time::parse_instant;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that `Schedule.Timezone` is one of the API's offset names, `UTC` or `UTC+05:30`.
    ///
    /// **Why it matters.** The service refuses names of places, even in a draft: offsets do not change in summer.
    ///
    /// **Bad example.** `"Timezone": "Europe/Paris"`
    ///
    /// ```json
    /// {"journeys/welcome": {"Schedule": {
    ///   "StartTime": "2026-12-01T09:00:00Z",
    ///   "EndTime": "2027-01-01T09:00:00Z",
    ///   "Timezone": "Europe/Paris"
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Write the offset that holds at the start: `UTC+01`.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Schedule": {
    ///   "StartTime": "2026-12-01T09:00:00Z",
    ///   "EndTime": "2027-01-01T09:00:00Z",
    ///   "Timezone": "UTC+01"
    /// }}}
    /// ```
    ///
    /// Source: journeys.md 6 and 10, J024; `JourneySchedule.Timezone`.
    "schedule-timezone", Error, "the schedule's time zone is not an offset name", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let Some(zone) = ctx.journey.wire.schedule().and_then(|schedule| schedule.timezone()) else { return };
    if allowed(zone) {
        return;
    }
    let at = path!["Schedule", "Timezone"];
    let finding = found
        .report(at.clone(), format!("`{zone}` is not one of the API's time zones"))
        .help("write `UTC` or an offset such as `UTC+01` or `UTC-03:30`");
    if let Some(better) = meant(ctx, zone) {
        finding.set(format!("Write {better}"), &at, better);
    }
}

/// Whether the name is on the API's list.
pub(super) fn allowed(zone: &str) -> bool {
    let Some(offset) = zone.strip_prefix("UTC") else { return false };
    let odd = [
        "+03:30", "+04:30", "+05:30", "+05:45", "+06:30", "+08:45", "+09:30", "+10:30", "+12:45", "+13:45", "-02:30",
        "-03:30", "-09:30",
    ];
    let whole = |sign: char, least: u32, most: u32| {
        let number = offset.strip_prefix(sign).filter(|n| n.len() == 2 && n.bytes().all(|b| b.is_ascii_digit()));
        number.and_then(|n| n.parse().ok()).is_some_and(|n: u32| (least..=most).contains(&n))
    };
    offset.is_empty() || odd.contains(&offset) || whole('+', 1, 13) || whole('-', 2, 11)
}

/// The offset of a place at the journey's start, or another spelling of an offset.
fn meant(ctx: &JourneyContext, zone: &str) -> Option<String> {
    let name = zone.trim();
    let offset = name.trim_start_matches(|c: char| c.is_ascii_alphabetic()).replace(' ', "");
    let seconds = if name.eq_ignore_ascii_case("z") || name.eq_ignore_ascii_case("gmt") {
        0
    } else if offset.starts_with(['+', '-']) {
        let at = format!("2000-01-01T00:00{}", padded(&offset)?);
        -i32::try_from((parse_instant(&at)? - parse_instant("2000-01-01T00:00Z")?) / 1000).ok()?
    } else {
        let start = Timestamp::from_millisecond(ctx.begin?).ok()?;
        TimeZone::get(name).ok()?.to_offset(start).seconds()
    };
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    let better = match (minutes / 60, minutes % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours:02}"),
        (hours, minutes) => format!("UTC{sign}{hours:02}:{minutes:02}"),
    };
    allowed(&better).then_some(better)
}

/// `+1`, `+01` and `+0100` as `+01:00`.
fn padded(offset: &str) -> Option<String> {
    let (sign, digits) = offset.split_at_checked(1)?;
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() == 4 && digits.is_ascii() => digits.split_at(2),
        None => (digits, "00"),
    };
    let hours: u8 = hours.parse().ok()?;
    Some(format!("{sign}{hours:02}:{minutes}"))
}
