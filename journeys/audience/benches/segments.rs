//! How long a segment of five criteria takes over a million endpoints in memory: `cargo bench -p audience --bench segments`.
//!
//! Goal: 10 ms for a million, 120 ms for ten million (`ENDPOINTS=10000000`), 107 ms for a million from stored bytes; CPU
//! time, one thread.

use std::hint::black_box;
use std::io::Cursor;

use audience::{Audience, People, Stored, import};
use benchmark::people::{Generated, NOW, standard_segment};
use criterion::{Criterion, criterion_group, criterion_main};

/// As many endpoints as `ENDPOINTS` says, a million at a time so that the text stays small.
#[expect(clippy::disallowed_methods, reason = "the size of a bench is asked of the command line")]
fn people() -> People {
    let count: u64 = std::env::var("ENDPOINTS").ok().and_then(|count| count.parse().ok()).unwrap_or(1_000_000);
    let generated = Generated::new(count, 1);
    let mut people = People::default();
    let mut text = String::new();
    for start in (0..count).step_by(100_000) {
        text.clear();
        generated.json_lines(start..count.min(start + 100_000), &mut text);
        assert_eq!(import::json_lines_into(&mut people, &text), []);
    }
    people.shrink();
    people
}

fn segments(bench: &mut Criterion) {
    let people = people();
    for (name, radius) in [("standard", true), ("without radius", false)] {
        let audience = Audience::from_dimensions(&standard_segment(radius)).expect("a sound segment");
        let found = audience.select(&people, NOW);
        let reachable = found.iter().filter(|row| !people.row(**row as usize).opted_out()).count();
        bench.bench_function(&format!("{name}, {} endpoints, {reachable} not opted out", people.len()), |b| {
            b.iter(|| audience.select(black_box(&people), black_box(NOW)));
        });
    }
    let bytes = people.to_bytes();
    let audience = Audience::from_dimensions(&standard_segment(true)).expect("a sound segment");
    bench.bench_function("standard, from stored bytes", |b| {
        b.iter(|| {
            let mut stored = Stored::open(Cursor::new(black_box(&bytes))).expect("sound bytes");
            stored.select(&audience, NOW).expect("sound bytes")
        });
    });
}

criterion_group! { name = benches; config = Criterion::default().sample_size(20); targets = segments }
criterion_main!(benches);
