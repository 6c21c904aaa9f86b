//! The figures of this room in CPU time of one thread, which other work on the machine disturbs less than wall time:
//! `cargo run --release -p audience --example figures [-- ENDPOINTS]`. Each is the least of several runs.

#[allow(dead_code, reason = "shared with the benches")]
#[path = "../benches/generated/mod.rs"]
mod generated;

use std::hint::black_box;

use audience::{Audience, People, Stored, import};
use generated::{CSV_HEADER, Generated, NOW, standard_segment};

#[allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a benchmark looks at its own process and prints")]
fn main() {
    let count: u64 = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(1_000_000);
    let generated = Generated::new(count, 1);
    // A million are enough to read; a store may have more.
    let read = count.min(1_000_000);
    let mut json_lines = String::new();
    generated.json_lines(0..read, &mut json_lines);
    let mut csv = CSV_HEADER.to_owned();
    generated.csv(0..read, &mut csv);
    let rate = |name: &str, bytes: usize, seconds: f64| {
        println!("{name:<28}{:>8.0} MB/s {:>9.1} ms", bytes as f64 / seconds / 1e6, seconds * 1e3);
    };
    rate("JSON lines", json_lines.len(), least(3, || import::json_lines(&json_lines)));
    rate("CSV", csv.len(), least(3, || import::csv(&csv)));
    drop(csv);
    json_lines.clear();
    json_lines.shrink_to(1 << 20);
    let before = resident();
    let mut people = People::default();
    for start in (0..count).step_by(10_000) {
        json_lines.clear();
        generated.json_lines(start..count.min(start + 10_000), &mut json_lines);
        import::json_lines_into(&mut people, &json_lines);
    }
    people.shrink();
    println!("{:<28}{:>8} bytes", "memory of an endpoint", resident().saturating_sub(before) / count);
    let path = std::env::temp_dir().join(format!("waymark-figures-{}", std::process::id()));
    let stored = std::fs::write(&path, people.to_bytes());
    if let (Ok(()), Ok(audience)) = (stored, Audience::from_dimensions(&standard_segment(true))) {
        let open = || Stored::open(std::fs::File::open(&path)?);
        let size = std::fs::metadata(&path).map_or(0, |file| file.len()) / count;
        println!("{:<28}{size:>8} bytes", "stored endpoint");
        let found = || open().and_then(|mut stored| stored.select(&audience, NOW)).map_or(0, |rows| rows.len());
        println!("{:<28}{:>8.1} ms, {} found", "standard segment, file", least(5, found) * 1e3, found());
        let all = || open().and_then(|mut stored| stored.people()).map_or(0, |people| people.len());
        println!("{:<28}{:>8.1} ms, {} read", "all people, file", least(3, all) * 1e3, all());
        std::fs::remove_file(&path).unwrap_or_default();
    }
    for (name, radius) in [("standard segment", true), ("... without radius", false)] {
        let Ok(audience) = Audience::from_dimensions(&standard_segment(radius)) else { return };
        let rows = audience.select(&people, NOW);
        let reached = rows.iter().filter(|row| !people.row(**row as usize).opted_out()).count();
        let seconds = least(3, || (0..30).map(|_| audience.select(&people, NOW).len()).sum::<usize>()) / 30.0;
        println!("{name:<28}{:>8.2} ms for {} endpoints, {reached} not opted out", seconds * 1e3, people.len());
    }
}

/// The least CPU seconds of so many runs.
fn least<T>(runs: usize, run: impl Fn() -> T) -> f64 {
    let once = || {
        let start = cpu_seconds();
        let made = black_box(run());
        let seconds = cpu_seconds() - start;
        drop(made);
        seconds
    };
    (0..runs).map(|_| once()).fold(f64::INFINITY, f64::min)
}

/// CPU seconds of this thread; 0 where the system does not say.
#[allow(clippy::disallowed_methods, reason = "a benchmark looks at its own process")]
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

/// Resident memory in bytes; 0 where the system does not say.
#[allow(clippy::disallowed_methods, reason = "a benchmark looks at its own process")]
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096
}
