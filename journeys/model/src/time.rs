//! Pinpoint's spellings of time: instants, durations and times of day.
//!
//! Instants are [`Millis`], milliseconds since 1970-01-01T00:00:00Z. There is no clock here.

use jiff::Timestamp;

/// Milliseconds since 1970-01-01T00:00:00Z, or a span of milliseconds.
pub type Millis = i64;

/// One second.
pub const SECOND: Millis = 1_000;
/// One minute.
pub const MINUTE: Millis = 60 * SECOND;
/// One hour.
pub const HOUR: Millis = 60 * MINUTE;
/// One day of 24 hours.
pub const DAY: Millis = 24 * HOUR;

/// An ISO 8601 instant with offset or `Z`; a date alone is the start of that day in UTC; one without offset is read as UTC.
pub fn parse_instant(text: &str) -> Option<Millis> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant.as_millisecond());
    }
    let local: jiff::civil::DateTime = text.parse().ok()?;
    Some(local.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

/// The clock that a text shows, `2026-12-03T09:00`, and how far east of UTC it is, in milliseconds (`None` = the text does
/// not say); seconds are left out.
pub fn clock_and_offset(text: &str) -> Option<(String, Option<Millis>)> {
    let at = parse_instant(text)?;
    let offset = if text.parse::<Timestamp>().is_err() {
        // A date alone and a time without offset are read as UTC, and shown as they stand.
        None
    } else if text.ends_with(['Z', 'z']) {
        Some(0)
    } else {
        let (_, zone) = text.split_at_checked(text.rfind(['+', '-'])?)?;
        Some(zone_offset(&format!("UTC{zone}"))?)
    };
    let shown = format_instant(at + offset.unwrap_or(0));
    Some((shown.get(..16)?.to_owned(), offset))
}

/// The end of an ISO 8601 instant that is so far east of UTC, in milliseconds: `Z`, `+02:00`, `-03:30`.
pub fn offset_suffix(offset: Millis) -> String {
    let minutes = offset.abs() / MINUTE;
    match offset {
        0 => "Z".to_owned(),
        _ => format!("{}{:02}:{:02}", if offset < 0 { '-' } else { '+' }, minutes / 60, minutes % 60),
    }
}

/// What the clock shows at an instant in a zone of the tz database: `2026-12-03 10:00`; `None` = there is no such zone.
pub fn clock_in_zone(at: Millis, zone: &str) -> Option<String> {
    let zoned = Timestamp::from_millisecond(at).ok()?.in_tz(zone).ok()?;
    Some(zoned.strftime("%Y-%m-%d %H:%M").to_string())
}

/// The number of a day that is written `2026-12-03`: days since 1970-01-01. Weeks begin where it is 4 modulo 7, on a Monday.
pub fn day_number(day: &str) -> Option<i64> {
    let date: jiff::civil::Date = day.parse().ok()?;
    let midnight = date.to_datetime(jiff::civil::Time::midnight()).to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(midnight.timestamp().as_millisecond().div_euclid(DAY))
}

/// The Monday on or before a day, as numbers of days.
pub fn monday_of(day: i64) -> i64 {
    day - (day - 4).rem_euclid(7)
}

/// A day by its number: `2026-12-03`.
pub fn day_name(day: i64) -> String {
    match Timestamp::from_millisecond(day.saturating_mul(DAY)) {
        Ok(instant) => instant.strftime("%Y-%m-%d").to_string(),
        Err(_) => format!("day {day}"),
    }
}

/// As Pinpoint prints instants: `2026-11-30T09:00:00.000Z`.
pub fn format_instant(at: Millis) -> String {
    match Timestamp::from_millisecond(at) {
        Ok(instant) => format!("{instant:.3}"),
        Err(_) => format!("{at} ms"),
    }
}

/// An ISO 8601 duration such as `P2D`, `PT1H30M` or `P1W`; in milliseconds. Years count 365 days, months 30.
///
/// Only whole numbers, at least one part, not negative, at most 10,000 days.
pub fn parse_duration(text: &str) -> Option<Millis> {
    let body = text.strip_prefix('P')?;
    let (date, clock) = match body.split_once('T') {
        Some((_, "")) => return None,
        Some((date, clock)) => (date, clock),
        None => (body, ""),
    };
    if date.is_empty() && clock.is_empty() {
        return None;
    }
    let date = parts(date, &[('Y', 365 * DAY), ('M', 30 * DAY), ('W', 7 * DAY), ('D', DAY)])?;
    let clock = parts(clock, &[('H', HOUR), ('M', MINUTE), ('S', SECOND)])?;
    date.checked_add(clock).filter(|sum| *sum <= 10_000 * DAY)
}

/// Numbers with their letters, each letter at most once and in order.
fn parts(mut text: &str, units: &[(char, Millis)]) -> Option<Millis> {
    let mut sum: Millis = 0;
    for (letter, unit) in units {
        let Some((number, rest)) = text.split_once(*letter) else { continue };
        if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        sum = sum.checked_add(number.parse::<Millis>().ok()?.checked_mul(*unit)?)?;
        text = rest;
    }
    text.is_empty().then_some(sum)
}

/// The shortest spelling of a duration as ISO 8601: `P2D`, `PT90M` is `PT1H30M`. Below a second it rounds down.
pub fn format_duration(span: Millis) -> String {
    let span = span.max(0) / SECOND * SECOND;
    let mut out = String::from("P");
    if span >= DAY {
        out += &format!("{}D", span / DAY);
    }
    let clock =
        [(HOUR, 'H', span % DAY / HOUR), (MINUTE, 'M', span % HOUR / MINUTE), (SECOND, 'S', span % MINUTE / SECOND)];
    if clock.iter().any(|(_, _, n)| *n > 0) || span == 0 {
        out.push('T');
    }
    for (_, letter, n) in clock {
        if n > 0 {
            out += &format!("{n}{letter}");
        }
    }
    if span == 0 { "PT0S".to_owned() } else { out }
}

/// A duration in words: "2 days", "1 hour 30 minutes"; at most the two largest parts.
pub fn duration_words(span: Millis) -> String {
    let parts = [
        (span / DAY, "day"),
        (span % DAY / HOUR, "hour"),
        (span % HOUR / MINUTE, "minute"),
        (span % MINUTE / SECOND, "second"),
    ];
    let words: Vec<String> = parts
        .iter()
        .filter(|(n, _)| *n > 0)
        .take(2)
        .map(|(n, unit)| format!("{n} {unit}{}", if *n == 1 { "" } else { "s" }))
        .collect();
    if words.is_empty() { "no time".to_owned() } else { words.join(" ") }
}

/// A time of day, `HH:MM` with leading zero, 24 hours; in minutes after midnight (journeys.md 1, `QuietTime`).
pub fn parse_clock(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let two = |part: &str, limit: u16| -> Option<u16> {
        (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok())?.filter(|n| *n < limit)
    };
    Some(two(hours, 24)? * 60 + two(minutes, 60)?)
}

/// A time of day in open hours: as [`parse_clock`], also with seconds and with a leading `T` (journeys.md 6, chosen).
pub fn parse_open_clock(text: &str) -> Option<u16> {
    let text = text.strip_prefix('T').unwrap_or(text);
    match text.len() {
        8 => {
            let (clock, seconds) = text.rsplit_once(':')?;
            parse_clock(&format!("00:{seconds}"))?;
            parse_clock(clock)
        }
        _ => parse_clock(text),
    }
}

/// `UTC`, `UTC+01`, `UTC-03:30` (journeys.md 6); in milliseconds east of UTC.
pub fn zone_offset(name: &str) -> Option<Millis> {
    let rest = name.strip_prefix("UTC")?;
    if rest.is_empty() {
        return Some(0);
    }
    let (sign, clock) = match rest.split_at_checked(1)? {
        ("+", clock) => (1, clock),
        ("-", clock) => (-1, clock),
        _ => return None,
    };
    let minutes = if clock.len() == 2 { parse_clock(&format!("{clock}:00")) } else { parse_clock(clock) }?;
    Some(sign * Millis::from(minutes) * MINUTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_numbers_and_weeks_begin_on_monday() {
        let number = |day: &str| day_number(day).unwrap_or(i64::MIN);
        assert_eq!((number("1970-01-01"), day_name(number("2026-11-26")).as_str()), (0, "2026-11-26"));
        for (day, monday) in [("2026-11-26", "2026-11-23"), ("2026-11-23", "2026-11-23"), ("1969-12-31", "1969-12-29")]
        {
            assert_eq!(day_name(monday_of(number(day))), monday);
        }
        assert_eq!(day_number("2026-13-01"), None);
    }
}
