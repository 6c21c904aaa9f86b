//! How long a campaign takes, endpoint by endpoint: `cargo bench -p simulation --bench campaign`.
//!
//! The figure to watch is time per endpoint and run: a run over 1,000,000 endpoints should take about a second or less, so
//! that a day's campaigns are simulated while one looks on.

use audience::People;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use engine::campaign::{self, Context, Program, Renderer};
use model::wire::WriteCampaignRequest;
use model::{Millis, View};
use serde_json::{Value, json};
use simulation::{CampaignInputs, CampaignSettings, simulate_campaign};

/// 2026-11-30T00:00:00Z
const START: Millis = 1_795_996_800_000;
const ENDPOINTS: usize = 100_000;
const ZONES: [&str; 8] = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "America/Sao_Paulo",
    "Australia/Sydney",
    "Europe/London",
    "America/Los_Angeles",
];

fn people() -> People {
    let mut people = People::default();
    for number in 0..ENDPOINTS {
        let endpoint = json!({
            "ChannelType": "EMAIL", "Address": format!("{number}@example.com"),
            "Attributes": {"Plan": [if number % 3 == 0 { "gold" } else { "free" }], "Name": [format!("n{number}")]},
            "Demographic": {"Timezone": ZONES[number % ZONES.len()]},
        });
        people.push(Some(&format!("e{number}")), &endpoint).unwrap_or_default();
    }
    people
}

fn program(members: Value) -> Option<(Program, Renderer)> {
    let mut document = json!({
        "Name": "sale", "SegmentId": "all",
        "MessageConfiguration": {"EmailMessage": {"Title": "sale", "Body": "hello"}},
        "Schedule": {"StartTime": "2026-12-01T09:00:00Z"},
    });
    document.as_object_mut()?.extend(members.as_object()?.clone());
    let all = json!({"Name": "all"});
    let find = |id: &str| (id == "all").then_some(&all);
    let program = campaign::compile(WriteCampaignRequest::of(&document)?, "sale", &Context::new(&find, START)).ok()?;
    let renderer = Renderer::compile(&program, &|_, _| None).ok()?;
    Some((program, renderer))
}

fn campaigns(criterion: &mut Criterion) {
    let people = people();
    let settings = CampaignSettings { start: START, ..CampaignSettings::default() };
    let mut group = criterion.benchmark_group("campaign");
    group.throughput(Throughput::Elements(ENDPOINTS as u64)).sample_size(10);
    for (name, members) in [
        ("one run", json!({})),
        (
            "caps, quiet time and a treatment",
            json!({
                "Limits": {"Daily": 1, "Total": 10}, "HoldoutPercent": 10, "AdditionalTreatments": [{"SizePercent": 45}],
                "Schedule": {"StartTime": "2026-12-01T09:00:00Z", "QuietTime": {"Start": "22:00", "End": "07:00"}},
            }),
        ),
        (
            "zone by zone",
            json!({
                "Schedule": {"StartTime": "2026-12-01T09:00:00Z", "IsLocalTime": true, "Timezone": "UTC+13"},
            }),
        ),
        (
            "a name in the message",
            json!({
                "MessageConfiguration": {"EmailMessage": {"Title": "sale", "Body": "hello {{Attributes.Name}}"}},
            }),
        ),
    ] {
        let Some((program, renderer)) = program(members) else { continue };
        let inputs = CampaignInputs { program: &program, renderer: &renderer, people: &people, events: &[] };
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let run = simulate_campaign(&inputs, &settings, &mut |_| {});
                assert!(run.messages > 0);
                run
            });
        });
    }
    group.finish();
}

criterion_group!(benches, campaigns);
criterion_main!(benches);
