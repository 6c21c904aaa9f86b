//! What holds for every campaign, whoever gets it and however the driver cuts the work.

#![allow(clippy::unwrap_used, reason = "tests, also in the functions that they share")]

mod campaign;

use std::collections::BTreeMap;

use campaign::{Case, base, compiled, sms};
use engine::campaign::hook::Answer;
use engine::campaign::{Activity, Effect, Filter, Input, Occurrence, SendStatus, Share, State, What, advance};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::Millis;
use model::time::{DAY, HOUR, SECOND};
use proptest::prelude::*;
use serde_json::{Value, json};

const ZONES: [&str; 7] = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Pacific/Auckland",
    "Australia/Lord_Howe",
    "Pacific/Pago_Pago",
    "Nowhere/Here",
];

fn person() -> impl Strategy<Value = Value> {
    (0usize..8, 0usize..12, 0usize..20, 0u8..100, 0u8..8).prop_map(|(zone, number, kind, cohort, flag)| {
        let mut endpoint = sms(number);
        if kind < 6 {
            endpoint["ChannelType"] = json!(["EMAIL", "GCM", "VOICE"][kind % 3]);
        }
        if zone < 7 {
            endpoint["Demographic"] = json!({"Timezone": ZONES[zone]});
        }
        endpoint["CohortId"] = json!(cohort.to_string());
        if flag == 0 {
            endpoint["OptOut"] = json!("ALL");
        }
        endpoint
    })
}

fn clock() -> impl Strategy<Value = String> {
    (0u16..24, 0u16..60).prop_map(|(hour, minute)| format!("{hour:02}:{minute:02}"))
}

fn document() -> impl Strategy<Value = Value> {
    let schedule = (
        prop::sample::select(vec!["ONCE", "HOURLY", "DAILY", "WEEKLY", "MONTHLY"]),
        any::<bool>(),
        prop::option::of((clock(), clock())),
        prop::sample::select(vec!["2027-03-13T09:30:00Z", "2027-10-30T23:30:00Z", "2028-02-29T01:15:00Z"]),
    );
    let limits = (0u32..4, 0u32..5, prop::option::of(1u32..6), prop::option::of(60u32..200));
    let shares = (0u8..40, prop::collection::vec(1u8..20, 0..3));
    (schedule, limits, shares, any::<bool>()).prop_map(
        |((frequency, local, quiet, start), (daily, total, rate, duration), (holdout, sizes), hook)| {
            let mut campaign = base();
            let end = start.replace("2027-03-13", "2027-03-15").replace("2027-10-30", "2027-11-01");
            let end = end.replace("2028-02-29", "2028-03-02");
            campaign["Schedule"] = json!({"StartTime": start, "EndTime": end, "Frequency": frequency,
                "IsLocalTime": local, "Timezone": "UTC+13"});
            if let Some((start, end)) = quiet {
                campaign["Schedule"]["QuietTime"] = json!({"Start": start, "End": end});
            }
            campaign["Limits"] = json!({"Daily": daily, "Total": total});
            if let Some(rate) = rate {
                campaign["Limits"]["MessagesPerSecond"] = json!(rate);
            }
            if let Some(duration) = duration {
                campaign["Limits"]["MaximumDuration"] = json!(duration);
            }
            campaign["HoldoutPercent"] = json!(holdout);
            campaign["AdditionalTreatments"] = sizes.iter().map(|size| json!({"SizePercent": size})).collect();
            if hook {
                campaign["Hook"] = json!({"LambdaFunctionName": "f", "Mode": "FILTER"});
            }
            campaign
        },
    )
}

/// Runs a campaign to its end; the hook keeps all but the last endpoint of a call. `restart` writes the state and reads
/// it before every step.
fn run(document: &Value, people: &[Value], batch: u32, restart: bool) -> Case {
    let mut case = Case::with(document, people, None, batch);
    let mut calls = std::collections::VecDeque::new();
    for _ in 0..200_000 {
        if restart {
            case.state = serde_json::from_str(&serde_json::to_string(&case.state).unwrap()).unwrap();
        }
        let due = case.state.wakes().is_some_and(|wake| wake <= case.now);
        let next = if due { None } else { calls.pop_front() };
        let effects = if let Some((treatment, call, rows)) = next {
            let rows: Vec<u32> = rows;
            let kept = rows.iter().skip(1).map(|row| (format!("e{row}"), json!({}))).collect();
            let answer = Value::Object(kept);
            case.feed(Input::HookAnswer { treatment, call, answer: Answer::Json(&answer) })
        } else {
            let Some(wake) = case.state.wakes() else { break };
            case.now = case.now.max(wake);
            case.feed(Input::Timer)
        };
        for effect in effects {
            if let What::CallHook { call, rows, .. } = effect.what {
                calls.push_back((effect.activity.treatment, call, rows));
            }
        }
    }
    assert_eq!(case.state.wakes(), None, "the campaign ends");
    case
}

fn trace(case: &Case) -> Vec<(Millis, Effect)> {
    let told = case.told.iter().filter(|(_, effect)| !matches!(effect.what, What::WaitUntil { .. }));
    told.cloned().collect()
}

fn sends(case: &Case) -> Vec<(Millis, u32)> {
    let told = case.told.iter().filter_map(|(at, effect)| match effect.what {
        What::Send { row, .. } => Some((*at, row)),
        _ => None,
    });
    told.collect()
}

fn minute_in(zone: &str, at: Millis) -> Option<u16> {
    let zone = TimeZone::get(zone).ok()?;
    let local = zone.to_datetime(Timestamp::from_millisecond(at).unwrap());
    Some(local.hour() as u16 * 60 + local.minute() as u16)
}

fn minutes(clock: &Value) -> Option<u16> {
    let (hour, minute) = clock.as_str()?.split_once(':')?;
    Some(hour.parse::<u16>().ok()? * 60 + minute.parse::<u16>().ok()?)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn limits_and_quiet_time_hold(document in document(), people in prop::collection::vec(person(), 1..40)) {
        let case = run(&document, &people, 4_096, false);
        let sent = sends(&case);
        let quiet = &document["Schedule"]["QuietTime"];
        let (daily, total) = (document["Limits"]["Daily"].as_u64().unwrap(), document["Limits"]["Total"].as_u64().unwrap());
        let mut of_row: BTreeMap<u32, Vec<Millis>> = BTreeMap::new();
        for (at, row) in &sent {
            if let (Some(start), Some(end)) = (minutes(&quiet["Start"]), minutes(&quiet["End"]))
                && let Some(now) = people[*row as usize]["Demographic"]["Timezone"].as_str().and_then(|z| minute_in(z, *at))
            {
                let inside = if start <= end { start <= now && now <= end } else { now >= start || now <= end };
                prop_assert!(!inside, "{row} at {now} in {start} to {end}");
            }
            prop_assert!(people[*row as usize]["OptOut"] != "ALL");
            of_row.entry(*row).or_default().push(*at);
        }
        for times in of_row.values() {
            prop_assert!(total == 0 || times.len() as u64 <= total);
            for (place, first) in times.iter().enumerate() {
                let within = times[place..].iter().filter(|at| **at < first + DAY).count() as u64;
                prop_assert!(daily == 0 || within <= daily);
            }
        }
        if let Some(rate) = document["Limits"]["MessagesPerSecond"].as_u64() {
            for (place, (at, _)) in sent.iter().enumerate() {
                prop_assert!(sent[place..].iter().take_while(|(later, _)| *later < at + SECOND).count() as u64 <= rate);
            }
        }
    }

    #[test]
    fn every_run_tells_of_everybody_once(document in document(), people in prop::collection::vec(person(), 1..40)) {
        let case = run(&document, &people, 4_096, false);
        let mut told: BTreeMap<(Activity, u32), u32> = BTreeMap::new();
        let mut ours: BTreeMap<(u32, u32), u32> = BTreeMap::new();
        for (_, effect) in &case.told {
            let row = match effect.what {
                What::Send { row, .. } | What::NotSent { row, .. } | What::Filtered { row, .. } => row,
                _ => continue,
            };
            *told.entry((effect.activity, row)).or_default() += 1;
            if !matches!(effect.what, What::Filtered { .. }) {
                *ours.entry((effect.activity.run, row)).or_default() += 1;
            }
        }
        prop_assert!(told.values().all(|count| *count == 1));
        prop_assert!(ours.values().all(|count| *count == 1), "an endpoint has one treatment");
        for record in &case.records.0 {
            prop_assert_eq!(record.produced(), people.len() as u64);
            prop_assert!(record.ended.is_some());
        }
    }

    #[test]
    fn neither_the_size_of_steps_nor_a_restart_changes_what_happens(
        document in document(),
        people in prop::collection::vec(person(), 1..60),
        batch in 1u32..70,
    ) {
        let whole = run(&document, &people, u32::MAX, false);
        let pieces = run(&document, &people, batch, false);
        prop_assert!(trace(&whole) == trace(&pieces));
        let restarted = run(&document, &people, batch, true);
        prop_assert!(trace(&whole) == trace(&restarted));
        prop_assert_eq!(whole.records, restarted.records);
    }

    #[test]
    fn no_input_at_any_time_makes_it_stumble(
        document in document(),
        by_event in any::<bool>(),
        people in prop::collection::vec(person(), 0..10),
        inputs in prop::collection::vec((0u8..14, 0u32..12, -2i64..200), 1..60),
        treatments in 0usize..4,
    ) {
        let mut document = document;
        if by_event {
            document["Schedule"]["Frequency"] = json!("EVENT");
            document["Schedule"]["EventFilter"] = json!({"Dimensions": {"EventType": {"Values": ["a"]}}});
        }
        let mut case = Case::with(&document, &people, None, 7);
        // A state that another version of the campaign left behind.
        let other = json!({"AdditionalTreatments": vec![json!({"SizePercent": 1}); treatments]});
        let other = compiled(&campaign::campaign(other), None, 3).unwrap();
        case.now = campaign::at("2027-03-12T09:00:00Z");
        for (kind, number, hours) in inputs {
            case.now += hours * HOUR / 4;
            let activity = Activity { treatment: number as u8, run: number };
            let answer = json!({"Endpoints": {"e0": {}, "e1": {"OptOut": "ALL"}}});
            let input = match kind {
                0 => Input::Create,
                1 => Input::Pause,
                2 => Input::Resume,
                3 => Input::Update,
                4 => Input::SegmentDeleted,
                5 => Input::Unusable("gone"),
                6 => Input::HookAnswer { treatment: number as u8 % 3, call: number, answer: Answer::Json(&answer) },
                7 => Input::HookAnswer { treatment: 0, call: number, answer: Answer::Failed },
                8 => Input::Outcome { activity, row: number, status: SendStatus::Throttled },
                9 | 10 => Input::Event(Occurrence {
                    row: number,
                    name: "a",
                    attributes: &[],
                    metrics: &[],
                    at: case.now - i64::from(number) * SECOND * 60,
                }),
                11 => {
                    advance(&other, &mut case.state, &mut case.shop, Input::Timer, case.now, &mut |_| {});
                    continue;
                }
                _ => Input::Timer,
            };
            case.feed(input);
        }
    }
}

#[test]
fn treatment_shares_are_near_their_percents() {
    let mut document = base();
    document["HoldoutPercent"] = json!(10);
    document["AdditionalTreatments"] = json!([{"SizePercent": 30}, {"SizePercent": 15}]);
    // Cohorts at random, about 1 % each.
    let cohort = |address: &str| (engine::draw::hash(&[address]) % 100).to_string();
    let person = |address: &str| json!({"ChannelType": "EMAIL", "Address": address, "CohortId": cohort(address)});
    let people: Vec<Value> = (0..20_000).map(|n| person(&format!("{n}@example.com"))).collect();
    let case = run(&document, &people, 4_096, false);
    let of = |treatment: usize| case.records.0[treatment].status(SendStatus::Success) as f64 / 200.0;
    for (treatment, percent) in [(0, 45.0), (1, 30.0), (2, 15.0)] {
        assert!((of(treatment) - percent).abs() < 1.5, "treatment {treatment}: {} %", of(treatment));
    }
    let held = case.records.0[0].status(SendStatus::Holdout) as f64 / 200.0;
    assert!((held - 10.0).abs() < 1.0, "{held} %");
    assert_eq!(case.records.0[1].filtered(Filter::TreatmentHoldout) + case.records.0[1].total(), 20_000);
    assert!(matches!(case.shop.program.share(0), Share::Holdout | Share::Treatment(0..=2)));
}

#[test]
fn the_state_of_a_run_does_not_grow_with_the_people() {
    let size = |count: usize| {
        let people: Vec<Value> = (0..count).map(sms).collect();
        let mut document = base();
        document["Limits"] = json!({"MessagesPerSecond": 10});
        let mut case = Case::with(&document, &people, None, 4_096);
        case.until("2026-12-01T09:00:05Z");
        let text = serde_json::to_string(&case.state).unwrap();
        assert!(serde_json::from_str::<State>(&text).is_ok());
        text.len()
    };
    assert_eq!(size(100), size(5_000));
    assert!(size(5_000) < 400, "{}", size(5_000));
}
