//! When a journey runs and admits (journeys.md 2.2, 6).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use model::time::{DAY, HOUR, parse_duration, parse_instant, zone_offset};
use model::{Journey, Millis, Path, path};

/// The zones furthest east and west: nowhere is a wall clock earlier or later.
const EAST: Millis = 14 * HOUR;
const WEST: Millis = 12 * HOUR;

/// The longest that a journey runs without end (journeys.md 6, chosen over the 3,600 days of a later edition).
pub const LONGEST: Millis = 540 * DAY;

/// How the membership of the entry segment is looked at (the four cases of journeys.md 2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Membership {
    /// Once, at the start, by the criteria of the launch; the journey is closed then.
    AtStart,
    /// Once, at the start, by the criteria of that moment: changes count while the journey admits its first population.
    AtStartFollowing,
    /// Every so often, by the criteria of the launch.
    Pinned {
        /// `RefreshFrequency`, at least an hour.
        every: Millis,
    },
    /// Every so often, and whenever the segment is changed or imported again, by the criteria of that moment.
    Following {
        /// `RefreshFrequency`, at least an hour.
        every: Millis,
    },
}

impl Membership {
    /// What a journey says; an unreadable `RefreshFrequency` counts as none.
    pub fn of(journey: Journey<'_>) -> Membership {
        let following = journey.wire.refresh_on_segment_update() == Some(true);
        let span = journey.wire.refresh_frequency().and_then(parse_duration).filter(|span| *span > 0);
        // At least an hour (journeys.md 2.2, chosen).
        match (span.map(|span| span.max(HOUR)), following) {
            (None, false) => Membership::AtStart,
            (None, true) => Membership::AtStartFollowing,
            (Some(every), false) => Membership::Pinned { every },
            (Some(every), true) => Membership::Following { every },
        }
    }

    /// The time between two evaluations; `None` = there is one.
    pub fn every(self) -> Option<Millis> {
        match self {
            Membership::AtStart | Membership::AtStartFollowing => None,
            Membership::Pinned { every } | Membership::Following { every } => Some(every),
        }
    }

    /// Whether the criteria of the moment count, and not those of the launch.
    pub fn follows_segment(self) -> bool {
        matches!(self, Membership::AtStartFollowing | Membership::Following { .. })
    }
}

/// When the journey runs and admits.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Schedule {
    /// With `LocalTime` the earliest instant at which it is time anywhere.
    pub start: Option<Millis>,
    /// With `LocalTime` the latest instant at which it ends anywhere.
    pub end: Option<Millis>,
    /// With `LocalTime`: the wall clocks of start and end.
    pub local: Option<(Option<DateTime>, Option<DateTime>)>,
}

impl Schedule {
    pub fn compile(journey: Journey<'_>, not_honoured: &mut Vec<(Path, String)>) -> Schedule {
        let schedule = journey.wire.schedule();
        let offset = schedule.and_then(|s| s.timezone()).and_then(zone_offset).unwrap_or(0);
        let mut instant = |text: Option<&str>, member: &str, meaning: &str| {
            let text = text.filter(|text| !text.is_empty())?;
            match parse_instant(text) {
                // Without an offset of its own the text is read in the schedule's zone (journeys.md 6).
                Some(at) if parse_instant(&format!("{text}Z")).is_some() => at.checked_sub(offset),
                Some(at) => Some(at),
                None => {
                    not_honoured
                        .push((path!["Schedule", member], format!("`{text}` is not an ISO 8601 instant: {meaning}")));
                    None
                }
            }
        };
        let start =
            instant(schedule.and_then(|s| s.start_time()), "StartTime", "the journey starts when it is published");
        let end = instant(schedule.and_then(|s| s.end_time()), "EndTime", "the journey has no end");
        if let Some(text) = journey.wire.refresh_frequency().filter(|text| !text.is_empty())
            && Membership::of(journey).every().is_none()
        {
            let what = format!("`{text}` is not an ISO 8601 duration: the entry segment is evaluated once");
            not_honoured.push((path!["RefreshFrequency"], what));
        }
        if journey.wire.local_time() != Some(true) {
            return Schedule { start, end, local: None };
        }
        // The wall clock in the schedule's zone is the wall clock everywhere (journeys.md 6, "Schedule").
        let wall = |at: Option<Millis>| {
            let at = Timestamp::from_millisecond(at?.checked_add(offset)?).ok()?;
            Some(TimeZone::UTC.to_datetime(at))
        };
        Schedule {
            start: start.map(|at| at.saturating_add(offset).saturating_sub(EAST)),
            end: end.map(|at| at.saturating_add(offset).saturating_add(WEST)),
            local: Some((wall(start), wall(end))),
        }
    }

    /// Start and end for a participant in a zone; without one, or without `LocalTime`, for the journey as a whole.
    pub fn span(&self, zone: Option<&TimeZone>) -> (Option<Millis>, Option<Millis>) {
        let (Some((start, end)), Some(zone)) = (self.local, zone) else { return (self.start, self.end) };
        let at = |wall: Option<DateTime>| Some(zone.to_timestamp(wall?).ok()?.as_millisecond());
        (at(start), at(end))
    }
}
