//! Questions about a run: who is where at an instant, what one person's other deed changes, who another version reaches.

#![allow(clippy::unwrap_used, reason = "tests, also in the functions that they share")]

use audience::People;
use engine::{Context, Program, compile};
use model::time::{DAY, HOUR};
use model::{Journey, Millis};
use serde_json::{Value, json};
use simulation::{Deed, Event, Inputs, Settings, Simulation, Whereabouts};

/// 2026-12-01T09:00:00Z
const START: Millis = 1_796_115_600_000;

/// A mail, a split on its opening within two days, and a mail for each answer.
fn journey() -> Value {
    json!({"Name": "j", "StartActivity": "hello",
    "StartCondition": {"SegmentStartCondition": {"SegmentId": "everybody"}},
    "Activities": {
        "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "opened"}},
        "opened": {"ConditionalSplit": {"Condition": {"Conditions": [{"EventCondition": {"MessageActivity": "hello",
            "Dimensions": {"EventType": {"DimensionType": "INCLUSIVE", "Values": ["_email.open"]}}}}]},
            "EvaluationWaitTime": {"WaitFor": "P2D"}, "TrueActivity": "tips", "FalseActivity": "nudge"}},
        "tips": {"EMAIL": {"TemplateName": "tips", "NextActivity": "rest"}},
        "nudge": {"EMAIL": {"TemplateName": "nudge", "NextActivity": "rest"}},
        "rest": {"Wait": {"WaitTime": {"WaitFor": "P3D"}, "NextActivity": "ab"}},
        "ab": {"RandomSplit": {"Branches": [{"Percentage": 50, "NextActivity": "last"}, {"Percentage": 50}]}},
        "last": {"EMAIL": {"TemplateName": "last"}},
    }})
}

fn program(journey: &Value) -> Program {
    let everybody = json!({"Name": "everybody"});
    compile(Journey::of(journey).unwrap(), "j", &Context::new(&|_| Some(&everybody))).unwrap()
}

/// Every other person has two endpoints.
fn people(count: usize) -> People {
    let mut people = People::default();
    for i in 0..count {
        let endpoint =
            json!({"ChannelType": "EMAIL", "Address": format!("a{i}"), "User": {"UserId": format!("u{}", i * 2 / 3)}});
        people.push(Some(&format!("e{i}")), &endpoint).unwrap();
    }
    people
}

fn settings() -> Settings {
    Settings { seed: 7, start: START, ..Settings::default() }
}

fn sent(simulation: &Simulation<'_>, person: &str) -> Vec<(String, Millis)> {
    let at = simulation.at(person, START + 100 * DAY).unwrap();
    at.messages.into_iter().map(|message| (message.activity, message.at)).collect()
}

#[test]
fn who_is_present_is_who_is_there_one_by_one() {
    let (program, people, settings) = (program(&journey()), people(60), settings());
    let simulation = Simulation::new(&Inputs { program: &program, people: &people, events: &[] }, &settings);
    for at in [START, START + HOUR, START + DAY, START + 2 * DAY + HOUR, START + 4 * DAY, START + 9 * DAY] {
        for activity in ["hello", "opened", "rest", "last"] {
            let present = simulation.present(0..people.len(), activity, at).unwrap();
            let one_by_one: Vec<u32> = (0..people.len())
                .filter(|row| people.is_first_companion(*row))
                .filter(|row| {
                    let place = simulation.at(people.row(*row).id(), at).unwrap().place;
                    matches!(place, Whereabouts::Inside { activity: there, .. } if there == activity)
                })
                .map(|row| row as u32)
                .collect();
            assert_eq!(present, one_by_one, "{activity} at {at}");
        }
    }
    assert_eq!(simulation.present(0..people.len(), "rest", START + 4 * DAY).unwrap().len(), 40);
    assert_eq!(simulation.present(0..people.len(), "no such", START), None);
}

#[test]
fn another_deed_changes_what_follows_and_nothing_else_that_the_person_does() {
    let (program, people, settings) = (program(&journey()), people(60), settings());
    let inputs = Inputs { program: &program, people: &people, events: &[] };
    let simulation = Simulation::new(&inputs, &settings);
    let mut turned = 0;
    for person in (0..40).map(|n| format!("u{n}")) {
        let before = sent(&simulation, &person);
        assert!(before.len() >= 2, "{before:?}");
        let opens = |at: Millis| Deed { at, activity: Some("hello".to_owned()), event_type: "_email.open".to_owned() };
        let told = |deeds: &[Deed]| {
            let (events, settings) = simulation.what_if(&person, deeds).unwrap();
            sent(&Simulation::new(&Inputs { events: &events, ..inputs }, &settings), &person)
        };
        // Opened on the second day: the tips come at that moment or at the end of the wait, never the nudge.
        let second_day = told(&[opens(START + DAY + 5 * HOUR)]);
        let names: Vec<&str> = second_day.iter().map(|(name, _)| name.as_str()).collect();
        assert!(names.contains(&"tips") && !names.contains(&"nudge"), "{person}: {names:?}");
        turned += usize::from(before.iter().any(|(name, _)| name == "nudge"));
        // What comes later is drawn as ever: the same people get the last mail.
        let last = |sent: &[(String, Millis)]| sent.iter().any(|(name, _)| name == "last");
        assert_eq!(last(&before), last(&second_day), "{person}");
        // Opened too late is as if it was not opened.
        let late = told(&[opens(START + 3 * DAY)]);
        assert!(late.iter().any(|(name, _)| name == "nudge"), "{person}: {late:?}");
        assert_eq!(told(&[]), before);
    }
    assert!(turned > 0, "somebody went the other way");
    assert!(simulation.what_if("nobody", &[]).is_none());
}

#[test]
fn a_deed_stands_beside_recorded_events() {
    let (program, people, settings) = (program(&journey()), people(3), settings());
    let open = |at: Millis| Event {
        event_type: "_email.open".to_owned(),
        endpoint: "e2".to_owned(),
        at,
        timestamp: at,
        journey: None,
        activity: Some("hello".to_owned()),
        message: None,
        attributes: Vec::new(),
        metrics: Vec::new(),
    };
    let events = [open(START + HOUR)];
    let inputs = Inputs { program: &program, people: &people, events: &events };
    let simulation = Simulation::new(&inputs, &settings);
    assert_eq!(sent(&simulation, "u1")[1].0, "tips");
    let deed =
        Deed { at: START + 2 * HOUR, activity: Some("hello".to_owned()), event_type: "_email.hardbounce".to_owned() };
    let (events, settings) = simulation.what_if("u1", &[deed]).unwrap();
    let other = Simulation::new(&Inputs { events: &events, ..inputs }, &settings);
    assert_eq!(sent(&other, "u1")[1].0, "nudge");
    assert_eq!((events.len(), settings.beside_events), (1, false));
}

#[test]
fn who_gets_something_else_is_told_message_by_message() {
    let (people, settings) = (people(90), settings());
    let before = program(&journey());
    let mut longer = journey();
    longer["Activities"]["nudge"]["EMAIL"]["NextActivity"] = json!("more");
    longer["Activities"]["more"] = json!({"Wait": {"WaitTime": {"WaitFor": "P1D"}, "NextActivity": "rest"}});
    let mut renamed = journey();
    renamed["Activities"]["pause"] = renamed["Activities"].as_object_mut().unwrap().remove("rest").unwrap();
    for of in ["tips", "nudge"] {
        renamed["Activities"][of]["EMAIL"]["NextActivity"] = json!("pause");
    }
    let of_before = Simulation::new(&Inputs { program: &before, people: &people, events: &[] }, &settings);
    for (other, some) in [(journey(), false), (longer, true), (renamed, false)] {
        let after = program(&other);
        let of_after = Simulation::new(&Inputs { program: &after, people: &people, events: &[] }, &settings);
        let told = of_before.differing(&of_after, 0..people.len(), &|_| false);
        let one_by_one: Vec<u32> = (0..people.len())
            .filter(|row| people.is_first_companion(*row))
            .filter(|row| sent(&of_before, people.row(*row).id()) != sent(&of_after, people.row(*row).id()))
            .map(|row| row as u32)
            .collect();
        assert_eq!(told, one_by_one);
        assert_eq!(!told.is_empty(), some);
    }
    // A text that was written anew is something else for everybody who gets it.
    let tips = before.activity_index("tips");
    let rewritten = of_before.differing(&of_before, 0..people.len(), &|activity| Some(activity) == tips);
    let got_tips = |row: &u32| sent(&of_before, people.row(*row as usize).id()).iter().any(|(name, _)| name == "tips");
    assert!(!rewritten.is_empty() && rewritten.iter().all(got_tips));
}
