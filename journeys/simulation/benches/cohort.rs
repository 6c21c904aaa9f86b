//! A cohort through twelve activities, on its own and with a rate and caps, and one person through forty:
//! `cargo bench -p simulation --bench cohort`. Wall time of one thread; `waymark bench` prints people per CPU second.

#![allow(clippy::unwrap_used, reason = "a bench that can not start should say so")]

use std::hint::black_box;

use audience::People;
use benchmark::people::{Generated, NOW};
use benchmark::{forty, twelve};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use engine::{Context, Program, compile};
use model::Journey;
use serde_json::{Value, json};
use simulation::{Inputs, Settings, Simulation};

const ENDPOINTS: u64 = 100_000;

fn program(journey: &Value) -> Program {
    let everybody = json!({"Name": "everybody"});
    compile(Journey::of(journey).unwrap(), "benchmark", &Context::new(&|_| Some(&everybody))).unwrap()
}

/// As the generator of the comparison makes them: 1.6 endpoints a user, one in twelve opted out.
fn generated() -> People {
    let mut text = String::new();
    Generated::new(ENDPOINTS, 1).json_lines(0..ENDPOINTS, &mut text);
    audience::import::json_lines(&text).0
}

/// Each with e-mail and telephone: everybody walks all of the journey.
fn everybody() -> People {
    let mut people = People::default();
    for (id, endpoint) in twelve::everybody(ENDPOINTS as u32 / 2) {
        people.push(Some(&id), &endpoint).unwrap();
    }
    people
}

fn bench(criterion: &mut Criterion) {
    let response = serde_json::from_value(twelve::responses()).unwrap();
    let settings = Settings { seed: 1, start: NOW, response, ..Settings::default() };
    let mut group = criterion.benchmark_group("cohort of 100,000 endpoints");
    group.throughput(Throughput::Elements(ENDPOINTS)).sample_size(20);
    for (who, people) in [("generated", generated()), ("reached on all ways", everybody())] {
        for rate in [0, 1_000] {
            let program = program(&twelve::journey(rate));
            let inputs = Inputs { program: &program, people: &people, events: &[] };
            let how = if rate > 0 { "with caps and a rate" } else { "on their own" };
            group.bench_function(format!("{who}, {how}"), |bencher| {
                bencher.iter(|| {
                    let simulation = Simulation::new(black_box(&inputs), &settings);
                    simulation.range(0..people.len())
                });
            });
        }
    }
    group.finish();

    let program = program(&forty::journey());
    let people = everybody();
    let inputs = Inputs { program: &program, people: &people, events: &[] };
    let simulation = Simulation::new(&inputs, &settings);
    criterion.bench_function("the story of one person through 40 activities", |bencher| {
        bencher.iter(|| simulation.story(black_box("user:user-7")));
    });
}

criterion_group!(benches, bench);
criterion_main!(benches);
