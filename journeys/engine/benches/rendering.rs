//! Messages a second, straight from rows of the store: `cargo bench -p engine --bench rendering`. The same templates
//! as in `journeys/templates/benches/render.rs`, where the same is measured from JSON and beside the handlebars library.
#![allow(clippy::unwrap_used, reason = "a bench that can not start should say so")]

use std::hint::black_box;

use audience::People;
use benchmark::texts;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use engine::Place;
use model::TemplateKind;
use serde_json::json;
use templates::{Rendered, Rendering, Template};

const TEXTS: [(&str, &str, &str); 3] =
    [("short", "TextPart", texts::SHORT), ("medium", "TextPart", texts::MEDIUM), ("long", "HtmlPart", texts::LONG)];

/// A thousand endpoints, no two alike.
fn people() -> People {
    let mut people = People::default();
    for n in 0..1_000 {
        let endpoint = json!({
            "ChannelType": "EMAIL", "Address": format!("u{n}@example.com"), "OptOut": "NONE",
            "EffectiveDate": "2025-12-13T04:45:03.000Z",
            "User": {"UserId": format!("user-{n}"), "UserAttributes": {"FirstName": [format!("Chloé {n}")], "Plan": ["plus"]}},
            "Attributes": {"Interests": ["travel", "film", "kids"], "LastSku": [format!("SKU-{n:05}")]},
            "Metrics": {"lifetime_value": 113.25, "purchases": n % 5, "sessions_30d": 17},
            "Demographic": {"AppVersion": "3.2.0", "Make": "Samsung", "Model": "SM-S918B", "Platform": "android",
                "PlatformVersion": "14", "Timezone": "Europe/Paris"},
            "Location": {"Country": "FR", "Region": "IDF", "City": "Paris", "PostalCode": "75412"},
        });
        people.push(Some(&format!("ep-{n}")), &endpoint).unwrap();
    }
    people
}

fn bench(criterion: &mut Criterion) {
    let people = people();
    for (name, part, text) in TEXTS {
        let template = Template::compile(TemplateKind::Email, &json!({part: text})).unwrap();
        let mut group = criterion.benchmark_group(format!("{name}, 1,000 rows"));
        group.throughput(Throughput::Elements(people.len() as u64));
        group.bench_function("rendered", |bencher| {
            let mut rendered = Rendered::default();
            bencher.iter(|| {
                for row in people.rows() {
                    template.render_into(&Rendering::of(Place::of(row), 0), &mut rendered).unwrap();
                    black_box(&rendered);
                }
            });
        });
        group.bench_function("checked", |bencher| {
            bencher.iter(|| {
                for row in people.rows() {
                    black_box(template.check(&Rendering::of(Place::of(row), 0))).unwrap();
                }
            });
        });
        group.finish();
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
