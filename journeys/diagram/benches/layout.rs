//! CPU time of a whole layout: benchmarks.md job 7.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use diagram::{Settings, layout};

#[path = "../tests/generate/mod.rs"]
mod generate;

fn sizes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("layout");
    group.sample_size(10);
    for count in [40, 400, 1000, 4000] {
        let graph = generate::journey(count, 1);
        group.bench_with_input(BenchmarkId::from_parameter(count), &graph, |bencher, graph| {
            bencher.iter(|| layout(graph, &Settings::default()));
        });
    }
    group.finish();
}

criterion_group!(benches, sizes);
criterion_main!(benches);
