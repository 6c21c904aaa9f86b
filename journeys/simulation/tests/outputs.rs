//! Who gets what when: one person at an instant, messages as rows, counts over time, bands of many runs.

#![allow(clippy::unwrap_used, reason = "tests, also in the functions that they share")]

use std::collections::BTreeMap;

use audience::People;
use engine::{Context, Program, SendStatus, compile};
use model::time::{DAY, HOUR, MINUTE, format_instant};
use model::{Journey, Millis};
use proptest::prelude::*;
use serde_json::{Value, json};
use simulation::{
    Bands, Inputs, Message, PersonAt, Rates, Run, SeriesPart, Settings, Simulation, Whereabouts, simulate,
};

/// 2026-12-01T09:00:00Z
const START: Millis = 1_796_115_600_000;

fn program(journey: &Value) -> Program {
    let everybody = json!({"Name": "everybody"});
    let gold = json!({"Name": "gold", "Dimensions": {"Attributes": {"Plan": {"Values": ["gold"]}}}});
    let find = |id: &str| match id {
        "everybody" => Some(&everybody),
        "gold" => Some(&gold),
        _ => None,
    };
    compile(Journey::of(journey).unwrap(), "j", &Context::new(&find)).unwrap()
}

/// One in three has a user with an e-mail and a phone; one in seventeen has opted out; half live where it is night.
fn people(count: usize) -> People {
    let mut people = People::default();
    for i in 0..count {
        let channel = if i % 3 == 1 { "SMS" } else { "EMAIL" };
        let mut endpoint = json!({"ChannelType": channel, "Address": format!("a{i}"),
            "OptOut": if i % 17 == 16 { "ALL" } else { "NONE" },
            "Attributes": {"Plan": [if i % 4 == 0 { "gold" } else { "basic" }]},
            "Demographic": {"Timezone": if i % 2 == 0 { "Europe/Berlin" } else { "Pacific/Auckland" }}});
        if i % 3 != 2 {
            endpoint["User"] = json!({"UserId": format!("u{}", i / 3)});
        }
        people.push(Some(&format!("e{i}")), &endpoint).unwrap();
    }
    people
}

fn onboarding() -> Value {
    json!({
        "Name": "j", "StartActivity": "welcome",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": "everybody"}},
        "QuietTime": {"Start": "21:00", "End": "07:59"}, "WaitForQuietTime": true,
        "Limits": {"TotalCap": 2},
        "Activities": {
            "welcome": {"EMAIL": {"TemplateName": "welcome", "TemplateVersion": "3", "NextActivity": "opened"}},
            "opened": {"ConditionalSplit": {"Condition": {"Conditions": [{"EventCondition": {"MessageActivity":
                "welcome", "Dimensions": {"EventType": {"Values": ["_email.open"]}}}}]},
                "EvaluationWaitTime": {"WaitFor": "P2D"}, "TrueActivity": "gold", "FalseActivity": "nudge"}},
            "nudge": {"SMS": {"TemplateName": "nudge", "NextActivity": "gold"}},
            "gold": {"MultiCondition": {"Branches": [{"Condition": {"SegmentCondition": {"SegmentId": "gold"}},
                "NextActivity": "tips"}], "DefaultActivity": "week"}},
            "week": {"Wait": {"WaitTime": {"WaitFor": "P7D"}, "NextActivity": "tips"}},
            "tips": {"EMAIL": {"TemplateName": "tips", "NextActivity": "more"}},
            "more": {"EMAIL": {"TemplateName": "more"}},
        },
    })
}

fn settings(seed: u64) -> Settings {
    Settings { seed, start: START, ..Settings::default() }
}

/// A simulation of the journey with these people, handed to `look`.
fn with<T>(journey: &Value, people: &People, settings: &Settings, look: impl FnOnce(&Simulation<'_>) -> T) -> T {
    let program = program(journey);
    look(&Simulation::new(&Inputs { program: &program, people, events: &[] }, settings))
}

fn told(person: &PersonAt) -> String {
    let mut text = format!(
        "{} at {}: {}\n",
        person.person,
        format_instant(person.at),
        match &person.place {
            Whereabouts::Outside { enters, why } =>
                format!("outside, enters {}, {why}", enters.map_or("-".into(), format_instant)),
            Whereabouts::Inside { activity, since, until, why } => format!(
                "inside at {activity} since {} until {}, {why}",
                format_instant(*since),
                until.map_or("-".into(), format_instant)
            ),
            Whereabouts::Left { activity, since, why } =>
                format!("left after {activity} at {}, {why}", format_instant(*since)),
        }
    );
    for message in &person.messages {
        let time = |at: Option<Millis>| at.map_or("-".to_owned(), format_instant);
        text += &format!(
            "  {} {} to {}: {}, delivered {}, opened {}, {} events; {}\n",
            format_instant(message.at),
            message.activity,
            message.endpoint.as_deref().unwrap_or("nobody"),
            message.status,
            time(message.delivered),
            time(message.opened),
            message.events.len(),
            message.why
        );
    }
    text
}

#[test]
fn a_person_at_any_instant_is_somewhere_for_a_reason_with_the_messages_so_far() {
    let people = people(60);
    let text = with(&onboarding(), &people, &settings(7), |simulation| {
        let mut text = String::new();
        // A user with an e-mail and a phone where it is day, one where it is night, one who opted out.
        for person in ["user:u0", "user:u1", "e16"] {
            for at in [0, 5 * MINUTE, 12 * HOUR, 2 * DAY + HOUR, 3 * DAY, 12 * DAY] {
                text += &told(&simulation.at(person, START + at).unwrap());
            }
        }
        assert!(simulation.at("nobody", START).is_none());
        text
    });
    insta::assert_snapshot!(text);
}

#[test]
fn before_and_after_all_time_a_person_is_outside_or_gone() {
    let people = people(6);
    with(&onboarding(), &people, &settings(7), |simulation| {
        let early = simulation.at("user:u0", Millis::MIN).unwrap();
        assert!(matches!(early.place, Whereabouts::Outside { enters: Some(_), .. }), "{early:?}");
        assert!(early.messages.is_empty() && early.steps.is_empty());
        let late = simulation.at("user:u0", Millis::MAX).unwrap();
        assert!(matches!(late.place, Whereabouts::Left { .. }), "{late:?}");
        assert_eq!(late.steps, simulation.story("user:u0").unwrap().steps);
    });
    let gold = json!({"Name": "j", "StartActivity": "a", "Activities": {"a": {"EMAIL": {}}},
        "StartCondition": {"SegmentStartCondition": {"SegmentId": "gold"}}});
    with(&gold, &people, &settings(7), |simulation| {
        let outside = simulation.at("e5", START + DAY).unwrap();
        let Whereabouts::Outside { enters: None, why } = outside.place else { panic!("{outside:?}") };
        assert_eq!(why, "did not enter: not in: `Attributes.Plan` is `basic`, wanted `gold`");
    });
}

#[test]
fn messages_are_rows_by_participant_and_time() {
    let people = people(40);
    let rows = with(&onboarding(), &people, &settings(7), |simulation| {
        let messages = simulation.messages(0..40);
        assert!(messages.is_sorted_by_key(|message| (message.participant, message.at)));
        let time = |at: Option<Millis>| at.map_or(String::new(), format_instant);
        let line = |message: &Message| {
            let row = simulation.message(message);
            [
                row.person,
                row.endpoint.unwrap_or_default().to_owned(),
                time(Some(row.at)),
                row.channel.unwrap_or_default().to_owned(),
                row.activity.to_owned(),
                row.template.unwrap_or_default().to_owned(),
                row.template_version.unwrap_or_default().to_owned(),
                row.status.to_owned(),
                time(row.delivered),
                time(row.opened),
                row.outcome.unwrap_or_default().to_owned(),
            ]
            .join(",")
        };
        messages.iter().map(line).collect::<Vec<_>>()
    });
    insta::assert_snapshot!(rows.join("\n"));
}

#[test]
fn messages_in_pieces_are_the_messages_of_all() {
    let people = people(200);
    with(&onboarding(), &people, &settings(7), |simulation| {
        let all = simulation.messages(0..200);
        for cuts in [vec![0, 200], vec![0, 1, 77, 200, 300], (0..=200).collect()] {
            let pieces: Vec<Message> = cuts.windows(2).flat_map(|cut| simulation.messages(cut[0]..cut[1])).collect();
            assert_eq!(pieces, all);
        }
    });
}

/// How often each status is counted at each activity.
fn statuses(run: &Run) -> BTreeMap<(String, String), u64> {
    let names: Vec<&str> = SendStatus::ALL.iter().map(|status| status.name()).collect();
    let mut counts = BTreeMap::new();
    for activity in &run.activities {
        for outcome in activity.outcomes.iter().filter(|outcome| names.contains(&outcome.name.as_str())) {
            // Holding is no end of a message: its row has what became of it.
            if !["HELD", "QUIET_TIME_WAIT_FINISHED"].contains(&outcome.name.as_str()) {
                counts.insert((activity.id.clone(), outcome.name.clone()), outcome.count);
            }
        }
    }
    counts
}

#[test]
fn rows_and_counts_of_a_run_agree() {
    let people = people(500);
    with(&onboarding(), &people, &settings(7), |simulation| {
        let run = simulation.finish(&simulation.range(0..500));
        let messages = simulation.messages(0..500);
        let mut counts = BTreeMap::new();
        for message in &messages {
            let row = simulation.message(message);
            *counts.entry((row.activity.to_owned(), row.status.to_owned())).or_insert(0) += 1;
        }
        assert_eq!(counts, statuses(&run));
        assert!(messages.iter().any(|message| message.status == SendStatus::DailyCap));
        let opened = messages.iter().filter(|message| message.opened.is_some()).count() as u64;
        let counted: u64 =
            run.activities.iter().flat_map(|a| &a.outcomes).filter(|o| o.name == "_email.open").map(|o| o.count).sum();
        assert_eq!(opened, counted);
    });
}

#[test]
fn a_message_still_held_when_the_run_is_cut_off_is_a_row() {
    let people = people(3);
    let settings = Settings { horizon: Some(START + HOUR), ..settings(7) };
    // The second person has a phone where it is night; the third has none.
    let journey = json!({"Name": "j", "StartActivity": "a", "Activities": {"a": {"SMS": {}}},
        "QuietTime": {"Start": "21:00", "End": "07:59"}, "WaitForQuietTime": true,
        "StartCondition": {"SegmentStartCondition": {"SegmentId": "everybody"}}});
    with(&journey, &people, &settings, |simulation| {
        let messages = simulation.messages(0..3);
        let held: Vec<&str> = messages.iter().map(|message| simulation.message(message).status).collect();
        assert_eq!(held, ["HELD", "UNSUPPORTED_CHANNEL"]);
    });
}

fn series(simulation: &Simulation<'_>, people: &People, chunk: usize) -> SeriesPart {
    let mut all = SeriesPart::default();
    for start in (0..people.len()).step_by(chunk) {
        all.merge(simulation.series(start..start + chunk));
    }
    all
}

#[test]
fn a_series_adds_up_to_the_counts_of_the_run_in_hours_and_in_days() {
    let people = people(400);
    with(&onboarding(), &people, &settings(7), |simulation| {
        let run = simulation.finish(&simulation.range(0..400));
        let parts = series(simulation, &people, 400);
        assert_eq!(series(simulation, &people, 33), parts);
        for step in [HOUR, DAY] {
            let series = simulation.finish_series(&parts, step);
            assert_eq!(series.start.rem_euclid(step), 0);
            assert!(series.start <= simulation.at("user:u0", Millis::MAX).unwrap().steps[0].at);
            for (activity, counts) in series.activities.iter().zip(&run.activities) {
                let sum = |list: &[u64]| list.iter().sum::<u64>();
                assert_eq!((activity.id.as_str(), sum(&activity.arrivals)), (counts.id.as_str(), counts.entered));
                assert_eq!(activity.waiting.last(), Some(&counts.waiting));
                assert_eq!(sum(&activity.arrivals) - sum(&activity.departures), counts.waiting);
            }
            for (connection, counts) in series.connections.iter().zip(&run.connections) {
                assert_eq!(connection.taken.iter().sum::<u64>(), counts.count, "{:?}", counts.slot);
            }
            let sent: u64 = series.channels.iter().flat_map(|channel| &channel.sends).sum();
            assert_eq!(sent, run.messages);
            assert_eq!(sent, series.activities.iter().flat_map(|activity| &activity.sends).sum::<u64>());
        }
    });
}

#[test]
fn from_one_instant_to_the_next_everything_happens_once() {
    let people = people(40);
    with(&onboarding(), &people, &settings(7), |simulation| {
        let run = simulation.finish(&simulation.range(0..40));
        let walk = |from: Millis, back: bool| {
            let next = |at: &Millis| simulation.nearest(0..40, *at, back);
            std::iter::successors(next(&from), next).collect::<Vec<Millis>>()
        };
        let instants = walk(Millis::MIN, false);
        assert!(instants.len() > 4 && instants.is_sorted_by(|a, b| a < b), "{instants:?}");
        assert!(instants.iter().any(|at| at % HOUR != 0), "some lie within an hour");
        let mut back = walk(Millis::MAX, true);
        back.reverse();
        assert_eq!(back, instants);
        let mut arrived = 0;
        for at in &instants {
            let mut parts = simulation.moment(0..13, *at);
            parts.merge(simulation.moment(13..40, *at));
            assert_eq!(parts, simulation.moment(0..40, *at));
            let moment = simulation.finish_moment(&parts, *at);
            assert_eq!((moment.len(), moment.at(2) - 1), (2, *at));
            let happened = |of: &simulation::series::ActivitySeries| of.arrivals[1] + of.departures[1] + of.sends[1];
            assert!(moment.activities.iter().any(|of| happened(of) > 0), "nothing happens at {at}");
            for of in &moment.activities {
                let there = simulation.present(0..40, &of.id, *at).unwrap();
                assert_eq!(of.waiting[1], there.len() as u64, "{} at {at}", of.id);
            }
            // what had happened before is what happened at the instants before
            assert_eq!(moment.activities.iter().map(|of| of.arrivals[0]).sum::<u64>(), arrived);
            arrived += moment.activities.iter().map(|of| of.arrivals[1]).sum::<u64>();
        }
        assert_eq!(arrived, run.activities.iter().map(|counts| counts.entered).sum::<u64>());
        let between = instants[3] + 1;
        assert_eq!(simulation.nearest(0..40, between, true), Some(instants[3]));
    });
}

#[test]
fn a_series_shows_who_came_waited_and_went() {
    let people = people(40);
    let text = with(&onboarding(), &people, &settings(7), |simulation| {
        let series = simulation.finish_series(&series(simulation, &people, 40), DAY);
        let mut text = format!("from {} by day\n", format_instant(series.start));
        for activity in &series.activities {
            text += &format!(
                "{}\n  arrivals   {:?}\n  departures {:?}\n  waiting    {:?}\n  sends      {:?}\n",
                activity.id, activity.arrivals, activity.departures, activity.waiting, activity.sends
            );
        }
        for connection in &series.connections {
            text += &format!("{} {:?} {:?}\n", connection.from, connection.slot, connection.taken);
        }
        for channel in &series.channels {
            text += &format!("{} {:?}\n", channel.channel, channel.sends);
        }
        text
    });
    insta::assert_snapshot!(text);
}

#[test]
fn hours_in_which_sends_come_near_a_rate_are_named_the_busiest_first() {
    let people = people(17_000);
    let journey = json!({"Name": "j", "StartActivity": "a",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": "everybody"}},
        "Activities": {"a": {"EMAIL": {"NextActivity": "w"}}, "b": {"SMS": {}},
            "w": {"Wait": {"WaitTime": {"WaitFor": "P1D"}, "NextActivity": "b"}}}});
    with(&journey, &people, &settings(7), |simulation| {
        let series = simulation.finish_series(&series(simulation, &people, 20_000), HOUR);
        let channels = [("email".to_owned(), 2), ("sms".to_owned(), 2), ("push".to_owned(), 1)];
        let rates = Rates { journey: Some(3), channels: channels.into() };
        let busy: Vec<_> = series.busy(&rates, 0.5).into_iter().map(|busy| (busy.channel, busy.most)).collect();
        let (email, sms) = (Some("email".to_owned()), Some("sms".to_owned()));
        assert_eq!(busy, [(email, 7_200), (None, 10_800), (sms, 7_200)]);
        assert!(series.busy(&Rates::default(), 0.0).is_empty());
        assert!(series.busy(&rates, 99.0).is_empty());
    });
}

#[test]
fn a_run_of_nobody_has_an_empty_series() {
    let people = People::default();
    with(&onboarding(), &people, &settings(7), |simulation| {
        let series = simulation.finish_series(&SeriesPart::default(), HOUR);
        assert!(series.is_empty());
        assert!(simulation.messages(0..10).is_empty());
    });
}

#[test]
fn bands_of_many_runs_spread_where_people_respond_and_nowhere_else() {
    let people = people(300);
    let journey = json!({"Name": "j", "StartActivity": "ab",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": "everybody"}},
        "Activities": {
            "ab": {"RandomSplit": {"Branches": [{"Percentage": 60, "NextActivity": "a"}, {"Percentage": 40}]}},
            "a": {"EMAIL": {"NextActivity": "opened"}},
            "opened": {"ConditionalSplit": {"Condition": {"Conditions": [{"EventCondition": {"MessageActivity": "a",
                "Dimensions": {"EventType": {"Values": ["_email.open"]}}}}]},
                "EvaluationWaitTime": {"WaitFor": "P2D"}}}}});
    let program = program(&journey);
    let inputs = Inputs { program: &program, people: &people, events: &[] };
    let runs: Vec<Run> = (0..40).map(|n| simulate(&inputs, &settings(100 + n), &|_| {})).collect();
    let bands = Bands::of(&runs);
    assert_eq!((bands.runs, bands.seed), (40, 100));
    // The draws of splits are those of the real run: they do not spread.
    let [one, other, _, yes, no] = &bands.connections[..] else { panic!("{:?}", bands.connections) };
    assert_eq!(one.count.low, one.count.high);
    assert_eq!(other.count.low, other.count.high);
    assert!(yes.count.low < yes.count.high && no.count.low < no.count.high, "{yes:?} {no:?}");
    let within = runs.iter().filter(|run| (yes.count.low..=yes.count.high).contains(&run.connections[3].count)).count();
    assert!(within >= 38, "{within} of 40");
    insta::assert_json_snapshot!(bands);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// At every instant the messages so far are the start of all messages, and the story so far the start of the story.
    #[test]
    fn what_is_known_at_an_instant_is_the_start_of_what_is_known_later(
        seed in 0..1_000u64, row in 0..40usize, hours in 0..400i64,
    ) {
        let people = people(40);
        let settings = settings(seed);
        let id = format!("e{row}");
        with(&onboarding(), &people, &settings, |simulation| {
            let (now, end) = (simulation.at(&id, START + hours * HOUR).unwrap(), simulation.at(&id, Millis::MAX).unwrap());
            prop_assert!(end.steps.starts_with(&now.steps));
            for message in now.messages.iter().filter(|message| message.status == "SUCCESS") {
                let later = end.messages.iter().find(|later| (later.at, &later.activity, &later.endpoint)
                    == (message.at, &message.activity, &message.endpoint));
                prop_assert!(later.is_some_and(|later| later.events.starts_with(&message.events)), "{message:?}");
            }
            Ok(())
        })?;
    }
}
