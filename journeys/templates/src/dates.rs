//! Dates as the helpers write and read them: four named formats, and the patterns of Java's `SimpleDateFormat`, in
//! English (templates.md 4.3).

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

use crate::decimal::Decimal;
use crate::helpers::Trouble;
use crate::output::Output;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The zone of a tz database name, or an offset such as `GMT+2`, `+02:00`, `UTC-5`.
pub(crate) fn zone(name: &str) -> Result<TimeZone, String> {
    let offset = name.strip_prefix("GMT").or_else(|| name.strip_prefix("UTC")).unwrap_or(name);
    if name == "Z" || offset.is_empty() {
        return Ok(TimeZone::UTC);
    }
    if offset.starts_with(['+', '-'])
        && let Some((offset, "")) = read_offset(offset)
    {
        return Ok(TimeZone::fixed(offset));
    }
    TimeZone::get(name).map_err(|_| format!("there is no time zone `{name}`"))
}

/// Writes an instant in its zone: `full`, `long`, `medium`, `short`, or a pattern.
pub(crate) fn format(at: &Zoned, format: &str, out: &mut Output<'_>) -> Result<(), Trouble> {
    for item in Items::of(format) {
        match item? {
            Item::Text(text) => out.push_str(text)?,
            Item::Field(letter, width) => field(at, letter, width, out)?,
        }
    }
    Ok(())
}

fn named(format: &str) -> Option<&'static str> {
    Some(match format {
        "full" => "EEEE, MMMM d, yyyy",
        "long" => "MMMM d, yyyy",
        "medium" => "MMM d, yyyy",
        "short" => "M/d/yy",
        _ => return None,
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Item<'p> {
    Text(&'p str),
    /// A letter and how often it stands there.
    Field(u8, usize),
}

/// The items of a pattern. Text stands in single quotes; two of them are one.
struct Items<'p> {
    pattern: &'p str,
    rest: &'p str,
    quoted: bool,
}

impl<'p> Items<'p> {
    fn of(format: &'p str) -> Items<'p> {
        let pattern = named(format).unwrap_or(format);
        Items { pattern, rest: pattern, quoted: false }
    }

    fn take(&mut self, length: usize) -> &'p str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }
}

impl<'p> Iterator for Items<'p> {
    type Item = Result<Item<'p>, String>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.rest.starts_with('\'') {
            if self.rest.starts_with("''") {
                let quote = &self.take(2)[1..];
                return Some(Ok(Item::Text(quote)));
            }
            self.take(1);
            self.quoted = !self.quoted;
        }
        let quoted = self.quoted;
        match self.rest.bytes().next() {
            None if quoted => {
                self.quoted = false;
                Some(Err(format!("the date format `{}` opens a quote and does not close it", self.pattern)))
            }
            None => None,
            Some(letter) if !quoted && letter.is_ascii_alphabetic() => {
                let width = self.rest.bytes().take_while(|byte| *byte == letter).count();
                self.take(width);
                Some(Ok(Item::Field(letter, width)))
            }
            Some(_) => {
                let ends = |c: char| c == '\'' || (!quoted && c.is_ascii_alphabetic());
                let length = self.rest.find(ends).unwrap_or(self.rest.len());
                Some(Ok(Item::Text(self.take(length))))
            }
        }
    }
}

fn field(at: &Zoned, letter: u8, width: usize, out: &mut Output<'_>) -> Result<(), Trouble> {
    let hour = i64::from(at.hour());
    let number = match letter {
        b'G' => return Ok(out.push_str("AD")?),
        b'a' => return Ok(out.push_str(if hour < 12 { "AM" } else { "PM" })?),
        b'M' | b'L' if width >= 3 => return name(MONTHS[at.month() as usize - 1], width, out),
        b'E' => return name(DAYS[at.weekday().to_monday_zero_offset() as usize], width, out),
        b'z' => return Ok(out.push_str(&at.strftime("%Z").to_string())?),
        b'Z' => return Ok(out.push_str(&offset(at.offset(), ""))?),
        b'X' if at.offset() == Offset::UTC => return Ok(out.push('Z')?),
        b'X' if width == 1 => return Ok(out.push_str(&offset(at.offset(), "")[..3])?),
        b'X' => return Ok(out.push_str(&offset(at.offset(), if width == 2 { "" } else { ":" }))?),
        b'y' if width == 2 => i64::from(at.year()).rem_euclid(100),
        b'y' => i64::from(at.year()),
        b'Y' if width == 2 => i64::from(week(at.date()).1).rem_euclid(100),
        b'Y' => i64::from(week(at.date()).1),
        b'M' | b'L' => i64::from(at.month()),
        b'd' => i64::from(at.day()),
        b'D' => i64::from(at.day_of_year()),
        b'u' => i64::from(at.weekday().to_monday_one_offset()),
        b'F' => (i64::from(at.day()) - 1) / 7 + 1,
        b'w' => i64::from(week(at.date()).0),
        b'W' => {
            let first = at.date().first_of_month().weekday().to_sunday_zero_offset();
            (i64::from(at.day()) - 1 + i64::from(first)) / 7 + 1
        }
        b'H' => hour,
        b'k' => (hour + 23) % 24 + 1,
        b'K' => hour % 12,
        b'h' => (hour + 11) % 12 + 1,
        b'm' => i64::from(at.minute()),
        b's' => i64::from(at.second()),
        b'S' => i64::from(at.millisecond()),
        _ => {
            let letter = char::from(letter);
            return Err(format!("`{letter}` means nothing in a date format; text stands in single quotes").into());
        }
    };
    let mut buffer = [0; Decimal::LONGEST];
    let digits = Decimal::whole_number(number).digits(&mut buffer);
    for _ in digits.len()..width {
        out.push('0')?;
    }
    Ok(out.push_str(digits)?)
}

fn name(name: &str, width: usize, out: &mut Output<'_>) -> Result<(), Trouble> {
    Ok(out.push_str(if width >= 4 { name } else { &name[..3] })?)
}

/// Week and its year as in the United States: weeks begin on Sunday, the week of 1 January is the first.
fn week(date: Date) -> (i16, i16) {
    let first = |year: i16| Date::new(year, 1, 1).map_or(0, |day| day.weekday().to_sunday_zero_offset());
    let last_day = if date.in_leap_year() { 366 } else { 365 };
    let next = first(date.year() + 1);
    if date.day_of_year() > last_day - i16::from(next) {
        return (1, date.year() + 1);
    }
    ((date.day_of_year() - 1 + i16::from(first(date.year()))) / 7 + 1, date.year())
}

fn offset(offset: Offset, colon: &str) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    format!("{sign}{:02}{colon}{:02}", minutes / 60, minutes % 60)
}

/// Reads a date: ISO 8601 without `format`, else by the pattern. What names no zone is wall clock in `zone`; the answer is
/// in `zone`.
pub(crate) fn read(text: &str, format: Option<&str>, zone: &TimeZone) -> Result<Zoned, String> {
    let text = text.trim();
    let Some(format) = format else {
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Ok(instant.to_zoned(zone.clone()));
        }
        let local: DateTime = text.parse().map_err(|_| format!("`{text}` is not an ISO 8601 date"))?;
        return local.to_zoned(zone.clone()).map_err(|error| error.to_string());
    };
    let wrong = || format!("`{text}` is not a date in the format `{format}`");
    let mut seen = Seen { year: 1970, month: 1, day: 1, ..Seen::default() };
    let mut rest = text;
    let items: Vec<Item<'_>> = Items::of(format).collect::<Result<_, _>>()?;
    for (place, item) in items.iter().enumerate() {
        rest = match item {
            Item::Text(expected) => rest.strip_prefix(*expected).ok_or_else(wrong)?,
            Item::Field(letter, width) => {
                // Digits that touch the next field are divided by width: `yyyyMMdd`.
                let touches =
                    matches!(items.get(place + 1), Some(Item::Field(next, _)) if b"yMdHhkKmsS".contains(next));
                seen.field(*letter, *width, touches, rest).ok_or_else(wrong)?
            }
        };
    }
    if !rest.is_empty() {
        return Err(wrong());
    }
    let hour = match (seen.hour, seen.half_day_hour) {
        (Some(hour), _) => hour,
        (None, Some(hour)) => hour % 12 + if seen.afternoon { 12 } else { 0 },
        (None, None) => 0,
    };
    let date = Date::new(seen.year, seen.month, seen.day).map_err(|_| wrong())?;
    let time = Time::new(hour, seen.minute, seen.second, i32::from(seen.millis) * 1_000_000).map_err(|_| wrong())?;
    let local = date.to_datetime(time);
    let spoken = seen.zone.unwrap_or_else(|| zone.clone());
    let at = local.to_zoned(spoken).map_err(|_| wrong())?;
    Ok(at.with_time_zone(zone.clone()))
}

#[derive(Default)]
struct Seen {
    year: i16,
    month: i8,
    day: i8,
    hour: Option<i8>,
    half_day_hour: Option<i8>,
    afternoon: bool,
    minute: i8,
    second: i8,
    millis: i16,
    zone: Option<TimeZone>,
}

impl Seen {
    /// Reads one field; what is behind it.
    fn field<'t>(&mut self, letter: u8, width: usize, touches: bool, text: &'t str) -> Option<&'t str> {
        let number = || -> Option<(i16, &'t str)> {
            let limit = if touches { width } else { text.len() };
            let length = text.bytes().take(limit).take_while(u8::is_ascii_digit).count();
            Some((text[..length].parse().ok()?, &text[length..]))
        };
        let small = || number().and_then(|(value, rest)| Some((i8::try_from(value).ok()?, rest)));
        let (value, rest) = match letter {
            b'y' | b'Y' => {
                let (year, rest) = number()?;
                // Two digits mean a year from 1950 to 2049.
                let short = width == 2 && text.len() - rest.len() == 2;
                self.year = if short { year + if year < 50 { 2000 } else { 1900 } } else { year };
                return Some(rest);
            }
            b'M' | b'L' if width >= 3 => {
                let (month, rest) = starts_with_name(text, &MONTHS)?;
                self.month = month as i8 + 1;
                return Some(rest);
            }
            b'E' => return starts_with_name(text, &DAYS).map(|(_, rest)| rest),
            b'G' => return text.strip_prefix("AD").or_else(|| text.strip_prefix("BC")),
            b'a' => {
                let half = text.get(..2)?.to_ascii_uppercase();
                self.afternoon = half == "PM";
                return (half == "AM" || half == "PM").then(|| &text[2..]);
            }
            b'S' => {
                let (millis, rest) = number()?;
                self.millis = millis;
                return Some(rest);
            }
            b'X' | b'Z' | b'z' => {
                if let Some((offset, rest)) = read_offset(text) {
                    self.zone = Some(TimeZone::fixed(offset));
                    return Some(rest);
                }
                let length = text.bytes().take_while(|b| b.is_ascii_alphanumeric() || b"/_+-".contains(b)).count();
                self.zone = Some(zone(&text[..length]).ok()?);
                return Some(&text[length..]);
            }
            _ => small()?,
        };
        match letter {
            b'M' | b'L' => self.month = value,
            b'd' => self.day = value,
            b'H' => self.hour = Some(value),
            b'k' => self.hour = Some(value % 24),
            b'h' | b'K' => self.half_day_hour = Some(value),
            b'm' => self.minute = value,
            b's' => self.second = value,
            // The day of the week, the week and the like follow from the date.
            b'u' | b'F' | b'w' | b'W' | b'D' => {}
            _ => return None,
        }
        Some(rest)
    }
}

/// The name at the start of the text, in full or its first three letters; case does not matter.
fn starts_with_name<'t>(text: &'t str, names: &[&str]) -> Option<(usize, &'t str)> {
    let matches = |name: &str| text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    for (number, name) in names.iter().enumerate() {
        for name in [name, &name[..3]] {
            if matches(name) {
                return Some((number, &text[name.len()..]));
            }
        }
    }
    None
}

/// `Z`, `+02`, `+0200`, `+02:00`, `-5`.
fn read_offset(text: &str) -> Option<(Offset, &str)> {
    if let Some(rest) = text.strip_prefix('Z') {
        return Some((Offset::UTC, rest));
    }
    let sign = match text.bytes().next()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let body = &text[1..];
    let hours = body.bytes().take(2).take_while(u8::is_ascii_digit).count();
    let after = &body[hours..];
    let digits = after.strip_prefix(':').unwrap_or(after);
    let minutes = digits.bytes().take(2).take_while(u8::is_ascii_digit).count();
    let (minutes, rest) = if minutes == 2 { (digits[..2].parse().ok()?, &digits[2..]) } else { (0, after) };
    let seconds = sign * (body[..hours].parse::<i32>().ok()? * 3600 + minutes * 60);
    Some((Offset::from_seconds(seconds).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Budget;

    fn format(at: &Zoned, pattern: &str) -> Result<String, Trouble> {
        let mut text = String::new();
        super::format(at, pattern, &mut Output::new(&mut text, &mut Budget::new()))?;
        Ok(text)
    }

    fn at(text: &str, zone_name: &str) -> Zoned {
        text.parse::<Timestamp>().unwrap().to_zoned(zone(zone_name).unwrap())
    }

    #[test]
    fn formats() {
        let morning = at("2020-09-19T16:05:07.089Z", "America/Los_Angeles");
        let table = [
            ("full", "Saturday, September 19, 2020"),
            ("long", "September 19, 2020"),
            ("medium", "Sep 19, 2020"),
            ("short", "9/19/20"),
            ("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2020-09-19T09:05:07.089-07:00"),
            ("EEE d MMM yy, h:mm a z", "Sat 19 Sep 20, 9:05 AM PDT"),
            ("Z X XX", "-0700 -07 -0700"),
            ("h 'o''clock' k K D F w W u G", "9 o'clock 9 9 263 3 38 3 6 AD"),
            ("dd.MM.yyyy ''yy''", "19.09.2020 '20'"),
        ];
        for (pattern, text) in table {
            assert_eq!(format(&morning, pattern).unwrap(), text, "{pattern}");
        }
        assert_eq!(format(&at("2026-01-01T00:30:00Z", "UTC"), "hh:mm a kk X w YYYY").unwrap(), "12:30 AM 24 Z 1 2026");
        assert_eq!(format(&at("2025-12-31T00:00:00Z", "UTC"), "w YYYY").unwrap(), "1 2026");
        assert!(format(&morning, "yyyy b").is_err());
        assert!(format(&morning, "'open").is_err());
    }

    #[test]
    fn reading() {
        let pacific = zone("America/Los_Angeles").unwrap();
        let table = [
            ("09/19/2020", Some("MM/dd/yyyy"), "2020-09-19T07:00:00Z"),
            ("20200919 23", Some("yyyyMMdd HH"), "2020-09-20T06:00:00Z"),
            ("Sat, 19 Sep 20 11:30 pm", Some("EEE, d MMM yy h:mm a"), "2020-09-20T06:30:00Z"),
            ("2020-09-19 10:00 +0200", Some("yyyy-MM-dd HH:mm Z"), "2020-09-19T08:00:00Z"),
            ("September 19, 2020", Some("long"), "2020-09-19T07:00:00Z"),
            ("2020-09-19T10:00:00Z", None, "2020-09-19T10:00:00Z"),
            ("2020-09-19", None, "2020-09-19T07:00:00Z"),
        ];
        for (text, pattern, instant) in table {
            assert_eq!(read(text, pattern, &pacific).unwrap().timestamp().to_string(), instant, "{text}");
        }
        for (text, pattern) in [("soon", None), ("13/40/2020", Some("MM/dd/yyyy")), ("09/19/2020x", Some("MM/dd/yyyy"))]
        {
            assert!(read(text, pattern, &pacific).is_err(), "{text}");
        }
    }

    #[test]
    fn zones() {
        assert_eq!(zone("UTC+2").unwrap().to_fixed_offset().unwrap().seconds(), 7200);
        assert_eq!(zone("-05:30").unwrap().to_fixed_offset().unwrap().seconds(), -19_800);
        assert_eq!(zone("Mars/Olympus").unwrap_err(), "there is no time zone `Mars/Olympus`");
    }
}
