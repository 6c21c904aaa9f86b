//! What is written down of runs: messages as rows, counts over time, bands of many runs, events read and learned from.

#![allow(missing_docs, reason = "criterion makes public functions without docs")]

use audience::People;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use engine::{Context, Program, compile};
use model::time::HOUR;
use model::{Journey, Millis};
use serde_json::json;
use simulation::{Bands, Calibration, Inputs, Run, Settings, Simulation, calibrate, events, simulate};

/// 2026-12-01T09:00:00Z
const START: Millis = 1_796_115_600_000;
const PEOPLE: usize = 20_000;

fn people(count: usize) -> People {
    let mut people = People::default();
    for i in 0..count {
        let channel = if i % 3 == 1 { "SMS" } else { "EMAIL" };
        let endpoint = json!({"ChannelType": channel, "Address": format!("a{i}"),
            "User": {"UserId": format!("u{}", i / 3)}});
        let pushed = people.push(Some(&format!("e{i}")), &endpoint);
        assert!(pushed.is_ok(), "the endpoint is well formed");
    }
    people
}

fn program() -> Option<Program> {
    let everybody = json!({"Name": "everybody"});
    let opened = json!({"EventCondition": {"MessageActivity": "hello", "Dimensions": {
        "EventType": {"Values": ["_email.open"]}}}});
    let journey = json!({"Name": "j", "StartActivity": "hello",
    "StartCondition": {"SegmentStartCondition": {"SegmentId": "everybody"}},
    "Activities": {
        "hello": {"EMAIL": {"NextActivity": "opened"}},
        "opened": {"ConditionalSplit": {"Condition": {"Conditions": [opened]},
            "EvaluationWaitTime": {"WaitFor": "P2D"}, "TrueActivity": "tips", "FalseActivity": "text"}},
        "text": {"SMS": {"NextActivity": "week"}},
        "week": {"Wait": {"WaitTime": {"WaitFor": "P7D"}, "NextActivity": "tips"}},
        "tips": {"EMAIL": {}},
    }});
    compile(Journey::of(&journey)?, "j", &Context::new(&|_| Some(&everybody))).ok()
}

fn outputs(criterion: &mut Criterion) {
    let Some(program) = program() else { return };
    let people = people(PEOPLE);
    let settings = Settings { seed: 1, start: START, ..Settings::default() };
    let inputs = Inputs { program: &program, people: &people, events: &[] };
    let simulation = Simulation::new(&inputs, &settings);

    let mut group = criterion.benchmark_group("outputs");
    group.sample_size(20);
    let messages = simulation.messages(0..PEOPLE);
    group.throughput(Throughput::Elements(messages.len() as u64));
    group.bench_function("messages", |bencher| bencher.iter(|| simulation.messages(0..PEOPLE)));
    group.bench_function("rows", |bencher| {
        bencher.iter(|| messages.iter().map(|message| simulation.message(message).person.len()).sum::<usize>());
    });
    group.throughput(Throughput::Elements(PEOPLE as u64));
    group.bench_function("counts", |bencher| bencher.iter(|| simulation.range(0..PEOPLE)));
    group.bench_function("series", |bencher| {
        bencher.iter(|| simulation.finish_series(&simulation.series(0..PEOPLE), HOUR));
    });
    group.throughput(Throughput::Elements(10 * PEOPLE as u64));
    group.bench_function("ten runs", |bencher| {
        bencher.iter(|| {
            let run = |seed: u64| simulate(&inputs, &Settings { seed, ..settings.clone() }, &|_| {});
            Bands::of(&(0..10).map(run).collect::<Vec<Run>>())
        });
    });
    group.throughput(Throughput::Elements(1));
    group.bench_function("one person at an instant", |bencher| bencher.iter(|| simulation.at("user:u7", START + HOUR)));
    group.finish();

    let mut text = String::new();
    simulation.records(0..PEOPLE, &mut |record| text += &format!("{record}\n"));
    let mut group = criterion.benchmark_group("events");
    group.sample_size(20);
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("read", |bencher| bencher.iter(|| events::parse(&text)));
    let (events, _) = events::parse(&text);
    group.throughput(Throughput::Elements(events.len() as u64));
    group.bench_function("learn", |bencher| bencher.iter(|| calibrate(&events, &Calibration::default())));
    group.finish();
}

criterion_group!(benches, outputs);
criterion_main!(benches);
