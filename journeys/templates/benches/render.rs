//! Renders a second of one warm template, beside the handlebars library as it comes: `cargo bench -p templates`.
//!
//! The texts are a text message (58 bytes), a paragraph (325 bytes) and an e-mail in HTML (7.3 kB); the endpoint is one of
//! the generated ones of the benchmark. Both engines give the same bytes, which is seen to before anything is timed.
#![allow(missing_docs, reason = "the library's macro makes public types")]
#![allow(clippy::unwrap_used, reason = "a bench that can not start should say so")]

use std::hint::black_box;

use benchmark::texts;
use criterion::{Criterion, criterion_group, criterion_main};
use handlebars::{Handlebars, handlebars_helper};
use model::TemplateKind;
use serde_json::{Value, json};
use templates::{Rendered, Rendering, Template};

/// Name, the part that it is compiled as, and the text.
const TEXTS: [(&str, &str, &str); 3] =
    [("short", "TextPart", texts::SHORT), ("medium", "TextPart", texts::MEDIUM), ("long", "HtmlPart", texts::LONG)];

fn endpoint() -> Value {
    json!({
        "Id": "ep-00000007", "ChannelType": "EMAIL", "Address": "u55433.7@example.com", "OptOut": "NONE",
        "EffectiveDate": "2025-12-13T04:45:03.000Z",
        "User": {"UserId": "user-55433", "UserAttributes": {"FirstName": ["Chloé"], "Plan": ["plus"]}},
        "Attributes": {"Interests": ["travel", "film", "kids"], "Tags": ["t04", "t11"], "LastSku": ["SKU-40213"]},
        "Metrics": {"lifetime_value": 113.25, "purchases": 3, "sessions_30d": 17},
        "Demographic": {"AppVersion": "3.2.0", "Locale": "fr_FR", "Make": "Samsung", "Model": "SM-S918B",
            "Platform": "android", "PlatformVersion": "14", "Timezone": "Europe/Paris"},
        "Location": {"Country": "FR", "Region": "IDF", "City": "Paris", "PostalCode": "75412", "Latitude": 48.9,
            "Longitude": 2.4},
    })
}

handlebars_helper!(upper: |text: str| text.to_uppercase());
handlebars_helper!(replace: |text: str, old: str, new: str| text.replace(old, new));
handlebars_helper!(capitalize_first: |text: str| {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + rest.as_str())
});
handlebars_helper!(join: |list: array, separator: str| {
    list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(separator)
});

fn bench(criterion: &mut Criterion) {
    let endpoint = endpoint();
    let mut handlebars = Handlebars::new();
    handlebars.register_helper("upper", Box::new(upper));
    handlebars.register_helper("replace", Box::new(replace));
    handlebars.register_helper("capitalizeFirst", Box::new(capitalize_first));
    handlebars.register_helper("join", Box::new(join));
    for (name, part, text) in TEXTS {
        if part == "TextPart" {
            handlebars.register_escape_fn(handlebars::no_escape);
        } else {
            handlebars.register_escape_fn(handlebars::html_escape);
        }
        handlebars.register_template_string(name, text).unwrap();
        let template = Template::compile(TemplateKind::Email, &json!({part: text})).unwrap();
        let rendering = Rendering::of(&endpoint, 0);
        let mut rendered = Rendered::default();
        template.render_into(&rendering, &mut rendered).unwrap();
        let same = handlebars.render(name, &endpoint).unwrap();
        assert_eq!(rendered.part(part), Some(same.as_str()), "both engines say the same");

        let mut group = criterion.benchmark_group(format!("{name} ({} bytes)", same.len()));
        group.bench_function("from JSON", |bencher| {
            bencher.iter(|| {
                template.render_into(black_box(&rendering), &mut rendered).unwrap();
                black_box(&rendered);
            });
        });
        group.bench_function("check without rendering", |bencher| {
            bencher.iter(|| black_box(template.check(black_box(&rendering))).unwrap());
        });
        group.bench_function("handlebars", |bencher| {
            bencher.iter(|| black_box(handlebars.render(name, black_box(&endpoint)).unwrap()));
        });
        group.bench_function("compile", |bencher| {
            bencher.iter(|| Template::compile(TemplateKind::Email, black_box(&json!({part: text}))).unwrap());
        });
        group.finish();
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
