//! How long reading 100,000 endpoints takes, from a text in memory to a store: `cargo bench -p audience --bench import`.
//!
//! Goal: 600 MB a second for JSON lines, 500 MB a second for CSV, CPU time, one thread.

use std::hint::black_box;

use audience::import;
use benchmark::people::{CSV_HEADER, Generated};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// `ENDPOINTS` of the command line.
#[expect(clippy::disallowed_methods, reason = "the size of a bench is asked of the command line")]
fn count() -> u64 {
    std::env::var("ENDPOINTS").ok().and_then(|count| count.parse().ok()).unwrap_or(100_000)
}

fn imports(bench: &mut Criterion) {
    let count = count();
    let generated = Generated::new(count, 1);
    let mut json_lines = String::new();
    generated.json_lines(0..count, &mut json_lines);
    let mut csv = CSV_HEADER.to_owned();
    generated.csv(0..count, &mut csv);
    let mut group = bench.benchmark_group("import");
    group.sample_size(10);
    group.throughput(Throughput::Bytes(json_lines.len() as u64));
    group.bench_function("json lines", |b| b.iter(|| import::json_lines(black_box(&json_lines))));
    group.throughput(Throughput::Bytes(csv.len() as u64));
    group.bench_function("csv", |b| b.iter(|| import::csv(black_box(&csv))));
    group.finish();
}

criterion_group!(benches, imports);
criterion_main!(benches);
