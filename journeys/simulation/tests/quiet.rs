//! No message is ever sent inside quiet time (journeys.md 6), whatever the journey and whoever the people are.

#![allow(clippy::unwrap_used, reason = "tests, also in the functions that they share")]

use std::cell::Cell;

use audience::People;
use engine::{Context, compile};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::Journey;
use model::time::{DAY, Millis, parse_instant};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};
use simulation::{Inputs, Settings, Simulation};

const ZONES: [&str; 9] = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "America/St_Johns",
    "Asia/Tokyo",
    "Not/A_Zone",
    "",
];

fn people(picks: &[(u8, u8)]) -> People {
    let mut people = People::default();
    for (i, (zone, user)) in picks.iter().enumerate() {
        let channel = ["EMAIL", "SMS", "GCM"][i % 3];
        let endpoint = json!({"ChannelType": channel, "Address": format!("a{i}"), "User": {"UserId": format!("u{}", user % 5)},
            "Demographic": {"Timezone": ZONES[usize::from(*zone) % ZONES.len()]}});
        people.push(Some(&format!("e{i}")), &endpoint).unwrap();
    }
    people
}

/// Messages, waits and splits one after the other, with all that can hold messages back.
fn journey(steps: &[(u8, u8)], quiet: (u16, u16), hold: bool, rate: u8, hours: bool) -> Value {
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    let mut activities = Map::new();
    for (i, (kind, x)) in steps.iter().enumerate() {
        let next = if i + 1 < steps.len() { json!(format!("a{}", i + 1)) } else { Value::Null };
        let span = ["PT1H", "PT7H", "P1D", "PT30H"][usize::from(*x) % 4];
        let body = match kind % 5 {
            0 => json!({"EMAIL": {"TemplateName": "t", "NextActivity": next}}),
            1 => json!({"SMS": {"TemplateName": "t", "NextActivity": next}}),
            2 => json!({"PUSH": {"TemplateName": "t", "NextActivity": next}}),
            3 => json!({"Wait": {"WaitTime": {"WaitFor": span}, "NextActivity": next}}),
            _ => {
                json!({"RandomSplit": {"Branches": [{"Percentage": 50, "NextActivity": next}, {"Percentage": 50, "NextActivity": next}]}})
            }
        };
        activities.insert(format!("a{i}"), body);
    }
    let mut journey = json!({"Name": "j", "StartActivity": "a0", "Activities": activities,
        "StartCondition": {"SegmentStartCondition": {"SegmentId": "everybody"}},
        "QuietTime": {"Start": clock(quiet.0), "End": clock(quiet.1)}, "WaitForQuietTime": hold,
        "Limits": {"EndpointReentryCap": 0, "MessagesPerSecond": rate}, "RefreshFrequency": "P1D"});
    if hours {
        journey["SendingSchedule"] = true.into();
        journey["OpenHours"] = json!({"EMAIL": {"MONDAY": [{"StartTime": "00:00", "EndTime": "23:59"}],
            "WEDNESDAY": [{"StartTime": "03:00", "EndTime": "21:00"}]}});
    }
    journey
}

#[test]
fn clause_6_no_message_is_sent_inside_quiet_time() {
    let cases = (
        prop::collection::vec((any::<u8>(), any::<u8>()), 1..7),
        prop::collection::vec((any::<u8>(), any::<u8>()), 1..12),
        (0u16..1440, 0u16..1440),
        (any::<bool>(), 0u8..3, any::<bool>(), 0i64..12),
    );
    let sent = Cell::new(0);
    let config = ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() };
    let outcome = TestRunner::new(config).run(&cases, |(steps, picks, quiet, (hold, rate, hours, month))| {
        let (document, people) = (journey(&steps, quiet, hold, rate, hours), people(&picks));
        let everybody = json!({"Name": "everybody"});
        let program = compile(Journey::of(&document).unwrap(), "j", &Context::new(&|_| Some(&everybody))).unwrap();
        let start = parse_instant("2026-01-20T05:13:00Z").unwrap() + month * 31 * DAY;
        let settings = Settings { start, horizon: Some(start + 20 * DAY), ..Settings::default() };
        let inputs = Inputs { program: &program, people: &people, events: &[] };
        let simulation = Simulation::new(&inputs, &settings);
        for row in people.rows() {
            let Ok(zone) = TimeZone::get(row.timezone().unwrap_or_default()) else { continue };
            let sent_to = format!("` was sent to `{}`", row.id());
            let story = simulation.story(row.id()).unwrap();
            for at in story.steps.iter().filter(|step| step.text.contains(&sent_to)).map(|step| step.at) {
                let minute = minute(&zone, at);
                let quiet_now = if quiet.0 <= quiet.1 {
                    (quiet.0..=quiet.1).contains(&minute)
                } else {
                    minute >= quiet.0 || minute <= quiet.1
                };
                prop_assert!(!quiet_now, "{} at {minute}, quiet {quiet:?}", row.id());
                sent.set(sent.get() + 1);
            }
        }
        Ok(())
    });
    assert!(outcome.is_ok(), "{outcome:?}");
    assert!(sent.get() > 2_000, "only {} messages were looked at", sent.get());
}

fn minute(zone: &TimeZone, at: Millis) -> u16 {
    let local = zone.to_datetime(Timestamp::from_millisecond(at).unwrap());
    local.hour() as u16 * 60 + local.minute() as u16
}
