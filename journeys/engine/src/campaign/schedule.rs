//! When a campaign runs (campaigns.md 3).
//!
//! A slot is a moment on the schedule's own clock, written as wall-clock milliseconds (a civil date-time read as if it
//! were UTC). The schedule's offset makes an instant of it; with `IsLocalTime` every time zone makes its own.

use jiff::civil::DateTime;
use jiff::fmt::temporal::Pieces;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use model::time::{DAY, HOUR, MINUTE, zone_offset};
use model::view::Word;
use model::wire::{Frequency, Schedule as Wire};
use model::{Millis, Path, View};

/// A start that lies no further back than this still counts (campaigns.md 11, C008).
pub(crate) const GRACE: Millis = 15 * MINUTE;

/// When the first run is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// `IMMEDIATE`: as soon as the campaign is created; it can not be paused.
    Immediate,
    /// At this wall-clock time.
    Wall(Millis),
}

/// A compiled `Schedule`, without quiet time and event filter.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    pub(crate) start: Start,
    /// Wall clock, inclusive.
    pub(crate) end: Option<Millis>,
    pub(crate) frequency: Frequency,
    /// East of UTC: of `StartTime` as written, or of `Timezone` with `IsLocalTime`.
    pub(crate) offset: Millis,
    pub(crate) local: bool,
}

impl Schedule {
    /// Reads a schedule. What can not be read is told, and left out as the note says.
    ///
    /// # Errors
    /// `StartTime` is missing or can not be read (C002), or `Frequency` is none (C004): nobody knows when to run.
    pub(crate) fn compile(
        wire: Wire<'_>,
        place: &Path,
        not_honoured: &mut Vec<(Path, String)>,
    ) -> Result<Schedule, String> {
        let frequency = match wire.frequency() {
            None if wire.has("Frequency") => {
                let words: Vec<&str> = Frequency::ALL.iter().map(|word| word.as_str()).collect();
                return Err(format!("`Frequency` is not one of {}", words.join(", ")));
            }
            // Default `ONCE` (campaigns.md 3, chosen).
            frequency => frequency.unwrap_or(Frequency::Once),
        };
        let by_event = matches!(frequency, Frequency::Event | Frequency::InAppEvent);
        let text = wire.start_time().filter(|text| !text.is_empty()).ok_or("`StartTime` is missing")?;
        let local = wire.is_local_time() == Some(true);
        let mut note = |member: &str, text: String| {
            not_honoured.push((place.join(member), text));
        };
        let zone = wire.timezone().filter(|zone| local && !zone.is_empty()).map_or(Some(0), zone_offset);
        if zone.is_none() {
            note("Timezone", "is no offset such as `UTC+01`: the first offset served is UTC".to_owned());
        }
        let (start, written) = if text == "IMMEDIATE" {
            (Start::Immediate, 0)
        } else {
            let (wall, offset) = wall_clock(text)
                .ok_or_else(|| format!("`StartTime` `{text}` is neither `IMMEDIATE` nor an ISO 8601 instant"))?;
            (Start::Wall(wall), offset)
        };
        // With `IsLocalTime` the wall clock counts, as written; `Timezone` is the first offset served (campaigns.md 3).
        let offset = if local { zone.unwrap_or(0) } else { written };
        let end = wire.end_time().filter(|text| !text.is_empty()).and_then(|text| {
            let read = wall_clock(text);
            if read.is_none() {
                note("EndTime", format!("`{text}` is not an ISO 8601 instant: the campaign has no end"));
            }
            read.map(|(wall, written)| if local { wall } else { wall - written + offset })
        });
        Ok(Schedule { start, end, frequency, offset, local: local && !by_event })
    }

    /// Whether the campaign waits for events, instead of running at its slots.
    pub(crate) fn is_event(&self) -> bool {
        self.frequency == Frequency::Event
    }

    pub(crate) fn is_in_app(&self) -> bool {
        self.frequency == Frequency::InAppEvent
    }

    /// The wall clock of slot `number`, from 0; `None` = there is none: the schedule has ended.
    ///
    /// Months are counted from the start, so that the 31st becomes the 28th and the 31st again (campaigns.md 3, chosen).
    pub(crate) fn wall(&self, number: u32, created: Millis) -> Option<Millis> {
        let start = match self.start {
            Start::Wall(wall) => wall,
            Start::Immediate => created.checked_add(self.offset)?,
        };
        let wall = match self.frequency {
            _ if number == 0 => start,
            Frequency::Hourly | Frequency::Daily | Frequency::Weekly => {
                start.checked_add(self.period().checked_mul(Millis::from(number))?)?
            }
            Frequency::Monthly => {
                let months = Span::new().try_months(i64::from(number)).ok()?;
                millis_of(civil(start)?.checked_add(months).ok()?)?
            }
            Frequency::Once | Frequency::Event | Frequency::InAppEvent => return None,
        };
        self.end.is_none_or(|end| number == 0 && !self.repeats() || wall <= end).then_some(wall)
    }

    /// The instant of slot `number`.
    pub(crate) fn instant(&self, number: u32, created: Millis) -> Option<Millis> {
        self.wall(number, created)?.checked_sub(self.offset)
    }

    /// The first slot at or after `from`, if any is left.
    pub(crate) fn first_from(&self, from: Millis, created: Millis) -> Option<u32> {
        let first = self.instant(0, created)?;
        if first >= from {
            return Some(0);
        }
        if !self.repeats() {
            return None;
        }
        // Months are 28 to 31 days: the guess is never too late, and a few steps lead from it to the slot.
        let period = if self.frequency == Frequency::Monthly { 31 * DAY } else { self.period() };
        let mut number = u32::try_from((from - first) / period).ok()?;
        while self.instant(number, created)? < from {
            number = number.checked_add(1)?;
        }
        Some(number)
    }

    /// When the schedule's window closes: of event campaigns. Inclusive.
    pub(crate) fn closes(&self) -> Option<Millis> {
        self.end.and_then(|end| end.checked_sub(self.offset))
    }

    /// The instant at which a zone's clocks show the wall-clock time; in a gap the moment after it, of two the first.
    pub(crate) fn due(wall: Millis, zone: &TimeZone) -> Option<Millis> {
        Some(zone.to_timestamp(civil(wall)?).ok()?.as_millisecond())
    }

    fn repeats(&self) -> bool {
        matches!(self.frequency, Frequency::Hourly | Frequency::Daily | Frequency::Weekly | Frequency::Monthly)
    }

    fn period(&self) -> Millis {
        match self.frequency {
            Frequency::Hourly => HOUR,
            Frequency::Weekly => 7 * DAY,
            _ => DAY,
        }
    }
}

/// An ISO 8601 date-time as written, and its offset; without one it is UTC.
fn wall_clock(text: &str) -> Option<(Millis, Millis)> {
    let pieces = Pieces::parse(text).ok()?;
    let wall = millis_of(pieces.date().to_datetime(pieces.time().unwrap_or_default()))?;
    let offset = pieces.to_numeric_offset().map_or(0, |offset| i64::from(offset.seconds()) * 1_000);
    Some((wall, offset))
}

fn civil(wall: Millis) -> Option<DateTime> {
    Some(TimeZone::UTC.to_datetime(Timestamp::from_millisecond(wall).ok()?))
}

fn millis_of(civil: DateTime) -> Option<Millis> {
    Some(TimeZone::UTC.to_timestamp(civil).ok()?.as_millisecond())
}

#[cfg(test)]
mod tests {
    use model::path;
    use model::time::parse_instant;
    use serde_json::{Value, json};

    use super::*;

    fn schedule(members: Value) -> Schedule {
        Schedule::compile(Wire::of(&members).unwrap(), &path!["Schedule"], &mut Vec::new()).unwrap()
    }

    #[track_caller]
    fn slots(members: Value, expected: &[&str]) {
        let schedule = schedule(members);
        let slots: Vec<String> = (0..)
            .map_while(|number| schedule.instant(number, 0))
            .take(expected.len() + 1)
            .map(|at| crate::instant_words(at).replace(" UTC", ""))
            .collect();
        assert_eq!(slots[..expected.len().min(slots.len())], *expected, "{slots:?}");
        if schedule.end.is_some() {
            assert_eq!(slots.len(), expected.len(), "{slots:?}");
        }
    }

    #[test]
    fn months_are_anchored_on_the_start_and_clamped() {
        slots(
            json!({"StartTime": "2027-12-31T09:00:00Z", "EndTime": "2028-05-31T09:00:00Z", "Frequency": "MONTHLY"}),
            &[
                "2027-12-31 09:00",
                "2028-01-31 09:00",
                "2028-02-29 09:00",
                "2028-03-31 09:00",
                "2028-04-30 09:00",
                "2028-05-31 09:00",
            ],
        );
        slots(
            json!({"StartTime": "2027-01-31T09:00:00Z", "EndTime": "2027-03-31T08:59:59Z", "Frequency": "MONTHLY"}),
            &["2027-01-31 09:00", "2027-02-28 09:00"],
        );
    }

    #[test]
    fn months_are_counted_on_the_clock_of_the_start_as_written() {
        // 23:30 in New York is the next day in UTC: the 31st stays the 31st there.
        slots(
            json!({"StartTime": "2026-01-31T23:30:00-05:00", "Frequency": "MONTHLY"}),
            &["2026-02-01 04:30", "2026-03-01 04:30", "2026-04-01 04:30"],
        );
    }

    #[test]
    fn hours_days_and_weeks_pass_evenly_over_leap_day_and_clock_changes() {
        slots(
            json!({"StartTime": "2028-02-28T12:00:00Z", "EndTime": "2028-03-01T12:00:00Z", "Frequency": "DAILY"}),
            &["2028-02-28 12:00", "2028-02-29 12:00", "2028-03-01 12:00"],
        );
        slots(
            json!({"StartTime": "2026-03-27T12:00:00+01:00", "EndTime": "2026-04-10T11:00:00Z", "Frequency": "WEEKLY"}),
            &["2026-03-27 11:00", "2026-04-03 11:00", "2026-04-10 11:00"],
        );
        slots(
            json!({"StartTime": "2026-03-29T00:00:00Z", "EndTime": "2026-03-29T03:00:00Z", "Frequency": "HOURLY"}),
            &["2026-03-29 00:00", "2026-03-29 01:00", "2026-03-29 02:00", "2026-03-29 03:00"],
        );
    }

    #[test]
    fn once_is_the_default_and_has_one_slot() {
        slots(json!({"StartTime": "2026-03-27T12:00:00Z"}), &["2026-03-27 12:00"]);
        assert_eq!(schedule(json!({"StartTime": "IMMEDIATE"})).instant(0, 77), Some(77));
    }

    #[test]
    fn the_first_slot_from_an_instant_is_found_without_counting() {
        for frequency in ["HOURLY", "DAILY", "WEEKLY", "MONTHLY"] {
            let schedule = schedule(json!({"StartTime": "2024-01-31T10:00:00Z", "Frequency": frequency}));
            for day in (0..1_500).step_by(7) {
                let from = parse_instant("2024-01-30T00:00:00Z").unwrap() + day * DAY + 7 * HOUR;
                let found = schedule.first_from(from, 0).unwrap();
                assert!(schedule.instant(found, 0).unwrap() >= from);
                assert!(found == 0 || schedule.instant(found - 1, 0).unwrap() < from, "{frequency} {day}");
            }
        }
        let once = schedule(json!({"StartTime": "2024-01-31T10:00:00Z"}));
        assert_eq!(once.first_from(parse_instant("2024-01-31T10:00:00.001Z").unwrap(), 0), None);
    }

    #[test]
    fn local_time_keeps_the_wall_clock_over_both_clock_changes() {
        let local = |start: &str| {
            schedule(json!({"StartTime": start, "Frequency": "DAILY", "IsLocalTime": true, "Timezone": "UTC+13"}))
        };
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let at = |schedule: &Schedule, number| {
            crate::instant_words(Schedule::due(schedule.wall(number, 0).unwrap(), &berlin).unwrap())
        };
        // Clocks go forward on 2026-03-29 at 02:00, back on 2026-10-25 at 03:00.
        let spring = local("2026-03-28T09:00:00Z");
        assert_eq!(at(&spring, 0), "2026-03-28 08:00 UTC");
        assert_eq!(at(&spring, 1), "2026-03-29 07:00 UTC");
        assert_eq!(crate::instant_words(spring.instant(0, 0).unwrap()), "2026-03-27 20:00 UTC");
        let gap = local("2026-03-29T02:30:00Z");
        assert_eq!(at(&gap, 0), "2026-03-29 01:30 UTC");
        let autumn = local("2026-10-24T02:30:00Z");
        assert_eq!(at(&autumn, 0), "2026-10-24 00:30 UTC");
        assert_eq!(at(&autumn, 1), "2026-10-25 00:30 UTC");
        assert_eq!(at(&autumn, 2), "2026-10-26 01:30 UTC");
    }

    #[test]
    fn what_can_not_be_read_is_said() {
        let mut notes = Vec::new();
        let wrong = |members: Value| Schedule::compile(Wire::of(&members).unwrap(), &path!["S"], &mut Vec::new());
        assert!(wrong(json!({})).unwrap_err().contains("missing"));
        assert!(wrong(json!({"StartTime": "soon"})).unwrap_err().contains("soon"));
        assert!(wrong(json!({"StartTime": "IMMEDIATE", "Frequency": "YEARLY"})).unwrap_err().contains("ONCE"));
        let odd = json!({"StartTime": "2026-01-01", "EndTime": "later", "IsLocalTime": true, "Timezone": "CET"});
        let schedule = Schedule::compile(Wire::of(&odd).unwrap(), &path!["S"], &mut notes).unwrap();
        assert_eq!((schedule.offset, schedule.end), (0, None));
        assert_eq!(notes.len(), 2);
    }
}
