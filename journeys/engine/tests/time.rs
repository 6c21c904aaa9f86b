//! Local time over the zones of the world: both clock changes, leap day, month ends (journeys.md 6).
//!
//! The engine computes when a window opens; here every minute is looked at instead, and both must agree.

#![allow(clippy::unwrap_used, reason = "tests, also in the functions that they share")]

mod case;

use case::{Case, email, journey, wait};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use model::Millis;
use model::time::{DAY, HOUR, MINUTE, parse_clock, parse_instant};
use serde_json::{Value, json};

/// 38 zones: every offset of the world that somebody lives by, with and without clock changes, both hemispheres, and the
/// half-hour change of Lord Howe Island.
const ZONES: [&str; 38] = [
    "UTC",
    "Europe/London",
    "Europe/Berlin",
    "Africa/Cairo",
    "Africa/Johannesburg",
    "Europe/Moscow",
    "Asia/Tehran",
    "Asia/Dubai",
    "Asia/Kabul",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Dhaka",
    "Asia/Yangon",
    "Asia/Bangkok",
    "Asia/Shanghai",
    "Australia/Eucla",
    "Asia/Tokyo",
    "Australia/Darwin",
    "Australia/Adelaide",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Noumea",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Atlantic/Azores",
    "America/Nuuk",
    "America/Sao_Paulo",
    "America/St_Johns",
    "America/Halifax",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Marquesas",
    "Pacific/Honolulu",
];

/// Wrapping and not, over the hours in which clocks change, and of a single minute.
const WINDOWS: [(&str, &str); 5] =
    [("22:00", "06:00"), ("01:30", "03:10"), ("02:00", "02:59"), ("00:00", "05:59"), ("12:00", "12:00")];

fn at(text: &str) -> Millis {
    parse_instant(text).unwrap()
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn local(zone: &TimeZone, at: Millis) -> DateTime {
    zone.to_datetime(Timestamp::from_millisecond(at).unwrap())
}

/// The changes of the zone's clock in 2026, the leap day of 2028, and ends of months and of the year.
fn moments(zone: &TimeZone) -> Vec<Millis> {
    let start = Timestamp::from_millisecond(at("2026-01-01T00:00:00Z")).unwrap();
    let end = Timestamp::from_millisecond(at("2027-01-01T00:00:00Z")).unwrap();
    let changes = zone.following(start).take_while(|change| change.timestamp() < end);
    let mut moments: Vec<Millis> = changes.map(|change| change.timestamp().as_millisecond()).collect();
    moments.extend(
        ["2028-02-29T12:00:00Z", "2026-02-28T23:00:00Z", "2026-04-30T12:00:00Z", "2026-12-31T23:30:00Z"].map(at),
    );
    moments
}

fn endpoint(zone: &str) -> Value {
    json!({"ChannelType": "EMAIL", "Address": "a@example.com", "Demographic": {"Timezone": zone}})
}

fn is_quiet(minute: u16, (start, end): (u16, u16)) -> bool {
    if start <= end { (start..=end).contains(&minute) } else { minute >= start || minute <= end }
}

#[test]
fn clause_6_quiet_time_ends_at_the_first_free_minute_in_38_zones_at_every_clock_change() {
    let mut held = 0;
    for name in ZONES {
        let zone = zone(name);
        for moment in moments(&zone) {
            let first = moment.div_euclid(MINUTE) * MINUTE - 30 * HOUR;
            let clock: Vec<u16> = (0..100 * 60)
                .map(|n| {
                    let local = local(&zone, first + n * MINUTE);
                    local.hour() as u16 * 60 + local.minute() as u16
                })
                .collect();
            for window in WINDOWS {
                let quiet = (parse_clock(window.0).unwrap(), parse_clock(window.1).unwrap());
                let members = json!({"QuietTime": {"Start": window.0, "End": window.1}, "WaitForQuietTime": true});
                let mut case = Case::of(&journey(members, json!({"a": email("")})), &[endpoint(name)]);
                for n in (0..60 * 60).step_by(131) {
                    case.state = engine::State::default();
                    let now = first + n as Millis * MINUTE + 17_000;
                    let sent = Case::sends(&case.enter(now)).len();
                    let free = (n..).find(|n| !is_quiet(clock[*n], quiet)).unwrap();
                    let place = || format!("{name} {window:?} {}", local(&zone, now));
                    if free == n {
                        assert_eq!(sent, 1, "{}", place());
                    } else {
                        held += 1;
                        assert_eq!(
                            (sent, case.state.wakes()),
                            (0, Some(first + free as Millis * MINUTE)),
                            "{}",
                            place()
                        );
                    }
                }
            }
        }
    }
    assert!(held > 3_000, "{held}");
}

#[test]
fn clause_6_open_hours_and_closed_days_open_at_the_first_free_minute_in_38_zones() {
    // Mondays to Fridays 9 to 12 and 13 to 17, Saturdays 10 to 11; closed from the 24th at noon to the 27th.
    let day = json!([{"StartTime": "09:00", "EndTime": "12:00"}, {"StartTime": "13:00", "EndTime": "17:00"}]);
    let hours = json!({"MONDAY": day, "TUESDAY": day, "WEDNESDAY": day, "THURSDAY": day, "FRIDAY": day,
        "SATURDAY": [{"StartTime": "10:00", "EndTime": "11:00"}]});
    let members = json!({"QuietTime": {"Start": "20:00", "End": "07:00"}, "WaitForQuietTime": true, "SendingSchedule": true,
        "OpenHours": {"EMAIL": hours},
        "ClosedDays": {"EMAIL": [{"Name": "holidays", "StartDateTime": "2026-12-24T12:00:00", "EndDateTime": "2026-12-27T00:00:00"}]}});
    let open = |local: DateTime| {
        let minute = local.hour() as u16 * 60 + local.minute() as u16;
        let of_day = match local.weekday() {
            jiff::civil::Weekday::Sunday => false,
            jiff::civil::Weekday::Saturday => (600..660).contains(&minute),
            _ => (540..720).contains(&minute) || (780..1020).contains(&minute),
        };
        let closed: (DateTime, DateTime) =
            ("2026-12-24T12:00:00".parse().unwrap(), "2026-12-27T00:00:00".parse().unwrap());
        of_day && !(closed.0 <= local && local < closed.1)
    };
    for name in ZONES {
        let zone = zone(name);
        let mut case = Case::of(&journey(members.clone(), json!({"a": email("")})), &[endpoint(name)]);
        let first = at("2026-12-22T00:00:00Z");
        let clock: Vec<bool> = (0..12 * 24 * 60).map(|n| open(local(&zone, first + n * MINUTE))).collect();
        for n in (0..8 * 24 * 60).step_by(173) {
            case.state = engine::State::default();
            let now = first + n as Millis * MINUTE;
            let sent = Case::sends(&case.enter(now)).len();
            let free = (n..).find(|n| clock[*n]).unwrap();
            let expected = (usize::from(free == n), (free > n).then_some(first + free as Millis * MINUTE));
            assert_eq!((sent, case.state.wakes()), expected, "{name} {}", local(&zone, now));
        }
    }
}

#[test]
fn clause_3_3_waits_take_their_time_over_clock_changes_leap_day_and_month_ends() {
    for name in ZONES {
        for moment in moments(&zone(name)) {
            for (span, length) in [("PT1H", HOUR), ("P1D", DAY), ("P1W", 7 * DAY), ("P1M", 30 * DAY)] {
                let mut case = Case::of(&journey(json!({}), json!({"a": wait(span, "")})), &[endpoint(name)]);
                let now = moment - HOUR;
                case.enter(now);
                assert_eq!(case.state.wakes(), Some(now + length), "{name} {span}");
            }
        }
    }
}

#[test]
fn clause_6_local_start_is_the_wall_clock_of_every_zone_also_where_the_clock_jumps_over_it() {
    for name in ZONES {
        let zone = zone(name);
        for moment in moments(&zone) {
            // A start in the middle of a skipped or repeated hour.
            let wall = local(&zone, moment).date().at(2, 30, 0, 0);
            let members = json!({"LocalTime": true, "Schedule": {"StartTime": wall.to_string()}});
            let case = Case::of(&journey(members, json!({"a": email("")})), &[endpoint(name)]);
            let entry = case.program.entry_of(case.people.row(0), moment - 9 * DAY).unwrap();
            let began = local(&zone, entry);
            let exists = zone.to_ambiguous_timestamp(wall).offset();
            match exists {
                jiff::tz::AmbiguousOffset::Gap { .. } => {
                    assert!(began > wall && began.date() == wall.date(), "{name} {wall} {began}")
                }
                _ => assert_eq!(began, wall, "{name}"),
            }
            assert!(case.program.entry_at(moment - 9 * DAY) <= entry, "{name} {wall}");
        }
    }
}
