//! When a message may go out: quiet time, open hours, closed days (journeys.md 6).
//!
//! A message goes out iff it is not quiet, inside an open range when its channel has any, and not inside a closed rule,
//! all in the endpoint's local time at minute resolution. Otherwise it is held or dropped.

use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use model::time::{MINUTE, parse_clock, parse_open_clock};
use model::view::View;
use model::wire::{ClosedDaysRule, OpenHoursRule, QuietTime};
use model::{Journey, Millis, Path, path};

use crate::zone::Zone;

/// Channels in the order of `OpenHours` and `ClosedDays`.
const CHANNELS: [&str; 5] = ["EMAIL", "SMS", "PUSH", "VOICE", "CUSTOM"];
const DAYS: [&str; 7] = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];
/// Most jumps from one blocked moment to the next free one before a message counts as never sendable.
const MAX_JUMPS: usize = 500;

/// Minutes after midnight: start, inclusive, and end.
type Range = (u16, u16);

/// When messages may go out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Window {
    /// Both ends inclusive; start later than end wraps midnight.
    quiet: Option<Range>,
    /// `WaitForQuietTime`
    pub hold: bool,
    /// By channel, by day from Monday; ends exclusive. `None` = the channel has no open hours: only quiet time applies.
    open: [Option<[Vec<Range>; 7]>; 5],
    /// By channel; ends exclusive.
    closed: [Vec<(DateTime, DateTime)>; 5],
}

/// Whether a message may go out now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Open,
    /// Not now, for this reason at this local minute; next at `until`, if ever.
    Shut {
        why: Shut,
        local: u16,
        until: Option<Millis>,
    },
    /// No zone, although one was to be estimated.
    MissingZone,
}

/// What keeps a message back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shut {
    /// Quiet time, in minutes after midnight, both inclusive.
    Quiet {
        /// Its first minute.
        start: u16,
        /// Its last minute.
        end: u16,
    },
    /// Outside the channel's open hours.
    Hours,
    /// Inside a closed rule of the channel.
    Day,
}

impl Window {
    /// A quiet time alone, in which messages are dropped, as campaigns have it; `None` = it can not be read.
    pub fn of_quiet(quiet: Option<QuietTime<'_>>) -> Option<Window> {
        let quiet = match quiet {
            None => None,
            Some(quiet) => Some((quiet.start().and_then(parse_clock)?, quiet.end().and_then(parse_clock)?)),
        };
        Some(Window { quiet, ..Window::default() })
    }

    pub fn compile(journey: Journey<'_>, not_honoured: &mut Vec<(Path, String)>) -> Window {
        let wire = journey.wire;
        let mut window = Window { hold: wire.wait_for_quiet_time() == Some(true), ..Window::default() };
        if let Some(quiet) = wire.quiet_time() {
            window.quiet = quiet.start().and_then(parse_clock).zip(quiet.end().and_then(parse_clock));
            if window.quiet.is_none() {
                let what = "needs `Start` and `End` as `HH:MM`: there is no quiet time";
                not_honoured.push((path!["QuietTime"], what.to_owned()));
            }
        }
        if wire.sending_schedule() == Some(true) {
            if window.quiet.is_none() {
                let what = "needs a quiet time: open hours and closed days have no effect";
                not_honoured.push((path!["SendingSchedule"], what.to_owned()));
            } else {
                window.hours(journey, not_honoured);
                window.days(journey, not_honoured);
            }
        }
        window
    }

    fn hours(&mut self, journey: Journey<'_>, not_honoured: &mut Vec<(Path, String)>) {
        let Some(hours) = journey.wire.open_hours() else { return };
        let rules = [hours.email(), hours.sms(), hours.push(), hours.voice(), hours.custom()];
        for ((name, rules), open) in CHANNELS.iter().zip(rules).zip(&mut self.open) {
            if rules.is_empty() {
                continue;
            }
            let mut days: [Vec<Range>; 7] = Default::default();
            for (day, ranges) in rules {
                let Some(slot) = DAYS.iter().position(|known| *known == day) else {
                    not_honoured
                        .push((path!["OpenHours", *name, day], "is no day of the week and is left out".to_owned()));
                    continue;
                };
                for (i, range) in ranges.into_iter().enumerate() {
                    match open_range(range) {
                        Some(range) => days[slot].push(range),
                        None => not_honoured.push((
                            path!["OpenHours", *name, day, i],
                            "has no readable times and is left out".to_owned(),
                        )),
                    }
                }
                days[slot].sort_unstable();
            }
            *open = Some(days);
        }
    }

    fn days(&mut self, journey: Journey<'_>, not_honoured: &mut Vec<(Path, String)>) {
        let Some(days) = journey.wire.closed_days() else { return };
        let rules = [days.email(), days.sms(), days.push(), days.voice(), days.custom()];
        for ((name, rules), closed) in CHANNELS.iter().zip(rules).zip(&mut self.closed) {
            for (i, rule) in rules.into_iter().enumerate() {
                match closed_range(rule) {
                    Some(range) => closed.push(range),
                    None => not_honoured.push((
                        path!["ClosedDays", *name, i],
                        "has no readable local date-times and is left out".to_owned(),
                    )),
                }
            }
        }
    }

    /// Whether nothing ever keeps a message back.
    #[inline]
    pub fn always_open(&self) -> bool {
        self.quiet.is_none()
    }

    /// Whether a message of `channel` to an endpoint in `zone` may go out at `now`. Without a zone it may, unless zones
    /// are estimated and nothing was found (journeys.md 6, "Quiet time").
    pub fn verdict(&self, channel: usize, zone: &Zone, now: Millis) -> Verdict {
        if self.always_open() {
            return Verdict::Open;
        }
        let zone = match zone {
            Zone::Known(zone) => zone,
            Zone::Unknown => return Verdict::MissingZone,
            Zone::NotEstimated => return Verdict::Open,
        };
        let Some(local) = local(zone, now) else { return Verdict::Open };
        match self.shut(channel, local) {
            None => Verdict::Open,
            Some((why, _)) => Verdict::Shut { why, local: minute(local), until: self.next_open(channel, zone, now) },
        }
    }

    /// The next moment at which all rules allow; `None` = none within the jumps.
    fn next_open(&self, channel: usize, zone: &TimeZone, now: Millis) -> Option<Millis> {
        let mut at = now;
        for _ in 0..MAX_JUMPS {
            let here = local(zone, at)?;
            let Some((_, next)) = self.shut(channel, here) else { return Some(at) };
            let instant = zone.to_timestamp(next).ok()?.as_millisecond();
            // Where clocks go back, the next local moment may not be later: creep on by minutes.
            at = if instant > at { instant } else { (at / MINUTE + 1) * MINUTE };
        }
        None
    }

    /// What keeps a message back at a local moment, and the next local moment to ask again.
    fn shut(&self, channel: usize, local: DateTime) -> Option<(Shut, DateTime)> {
        let now = minute(local);
        if let Some((start, end)) = self.quiet {
            let quiet = if start <= end { start <= now && now <= end } else { now >= start || now <= end };
            if quiet {
                let day = if now > end { tomorrow(local)? } else { midnight(local) };
                return Some((Shut::Quiet { start, end }, at_minute(day, end + 1)?));
            }
        }
        let closed = self.closed.get(channel)?;
        if let Some((_, end)) = closed.iter().find(|(start, end)| *start <= local && local < *end) {
            return Some((Shut::Day, *end));
        }
        if let Some(days) = self.open.get(channel)?.as_ref() {
            let today = days.get(local.weekday().to_monday_zero_offset() as usize)?;
            if !today.iter().any(|(start, end)| *start <= now && now < *end) {
                let next = match today.iter().find(|(start, _)| *start > now) {
                    Some((start, _)) => at_minute(midnight(local), *start)?,
                    None => tomorrow(local)?,
                };
                return Some((Shut::Hours, next));
            }
        }
        None
    }
}

fn open_range(rule: OpenHoursRule<'_>) -> Option<Range> {
    let range = (rule.start_time().and_then(parse_open_clock)?, rule.end_time().and_then(parse_open_clock)?);
    (range.0 < range.1).then_some(range)
}

fn closed_range(rule: ClosedDaysRule<'_>) -> Option<(DateTime, DateTime)> {
    debug_assert_eq!(ClosedDaysRule::SHAPE, "ClosedDaysRule");
    let read = |text: &str| text.trim_end_matches('Z').parse::<DateTime>().ok();
    let range = (rule.start_date_time().and_then(read)?, rule.end_date_time().and_then(read)?);
    (range.0 < range.1).then_some(range)
}

fn local(zone: &TimeZone, at: Millis) -> Option<DateTime> {
    Some(zone.to_datetime(Timestamp::from_millisecond(at).ok()?))
}

fn minute(local: DateTime) -> u16 {
    local.hour() as u16 * 60 + local.minute() as u16
}

fn midnight(local: DateTime) -> DateTime {
    local.date().to_datetime(Time::midnight())
}

fn tomorrow(local: DateTime) -> Option<DateTime> {
    Some(midnight(local).date().tomorrow().ok()?.to_datetime(Time::midnight()))
}

/// A minute of the day that starts at `day`; 1440 = the next midnight.
fn at_minute(day: DateTime, minute: u16) -> Option<DateTime> {
    if minute >= 1440 {
        return tomorrow(day);
    }
    Some(day.date().to_datetime(Time::new((minute / 60) as i8, (minute % 60) as i8, 0, 0).ok()?))
}
