//! How long a check of a journey with 40 activities takes, and to compile it as well: `cargo bench -p validation`.
//!
//! The bound is 5 ms in wasm for the check, so about 1 ms here; and 2 ms here for both.

use criterion::{Criterion, criterion_group, criterion_main};
use model::{DocumentId, Project, TemplateKind};
use serde_json::{Map, Value, json};

/// Ten times: an e-mail, a split that asks whether it was opened, a wait and an SMS.
fn project() -> Project {
    let mut activities = Map::new();
    for n in 0..10 {
        let next = if n == 9 { Value::Null } else { json!(format!("mail{}", n + 1)) };
        let opened = json!({"EventCondition": {"MessageActivity": format!("mail{n}"), "Dimensions": {
            "EventType": {"DimensionType": "INCLUSIVE", "Values": ["_email.open"]}}}});
        activities.insert(
            format!("mail{n}"),
            json!({"EMAIL": {"TemplateName": "hello", "NextActivity": format!("split{n}")}}),
        );
        activities.insert(
            format!("split{n}"),
            json!({"ConditionalSplit": {"Condition": {"Conditions": [opened], "Operator": "ALL"},
                "EvaluationWaitTime": {"WaitFor": "P1D"}, "TrueActivity": format!("wait{n}"),
                "FalseActivity": format!("sms{n}")}}),
        );
        activities.insert(
            format!("wait{n}"),
            json!({"Wait": {"WaitTime": {"WaitFor": "P2D"}, "NextActivity": format!("sms{n}")}}),
        );
        activities.insert(
            format!("sms{n}"),
            json!({"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"},
                "NextActivity": next}}),
        );
    }
    let journey = json!({
        "Name": "forty", "State": "DRAFT", "StartActivity": "mail0", "Activities": activities,
        "StartCondition": {"SegmentStartCondition": {"SegmentId": "everyone"}},
        "Schedule": {"StartTime": "2026-12-01T09:00:00Z", "EndTime": "2027-06-01T09:00:00Z", "Timezone": "UTC"},
        "RefreshFrequency": "P1D", "QuietTime": {"Start": "21:00", "End": "08:00"}, "WaitForQuietTime": true
    });
    let mut project = Project::default();
    project.documents.insert(DocumentId::Journey("forty".into()), journey);
    project.documents.insert(DocumentId::Segment("everyone".into()), json!({"Name": "everyone"}));
    for kind in [TemplateKind::Email, TemplateKind::Sms] {
        project.documents.insert(DocumentId::Template(kind, "hello".into()), json!({"Body": "hello"}));
    }
    project
}

fn bench(criterion: &mut Criterion) {
    let project = project();
    criterion.bench_function("check 40 activities", |bencher| bencher.iter(|| validation::check(&project)));

    let segment = |id: &str| project.documents.get(project.segment(id)?.0);
    let context = engine::Context::new(&segment);
    let journey = project.journey("forty").expect("the project above has it");
    criterion.bench_function("compile 40 activities", |bencher| {
        bencher.iter(|| engine::compile(journey, "forty", &context));
    });
    criterion.bench_function("check and compile 40 activities", |bencher| {
        bencher.iter(|| (validation::check(&project), engine::compile(journey, "forty", &context)));
    });

    let id = DocumentId::Template(TemplateKind::Email, "hello".into());
    let mut project = Project::default();
    project.documents.insert(
        id,
        json!({"HtmlPart": "<p>Hello {{User.UserId}}, this is a paragraph of some length.</p>\n".repeat(100)}),
    );
    criterion
        .bench_function("check an e-mail template of 7 KB", |bencher| bencher.iter(|| validation::check(&project)));
    let mut live = validation::LiveCheck::default();
    criterion.bench_function("check it again", |bencher| bencher.iter(|| live.check(&project, None)));
}

criterion_group!(benches, bench);
criterion_main!(benches);
