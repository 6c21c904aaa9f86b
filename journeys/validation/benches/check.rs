//! How long a check of a journey with 40 activities takes, and to compile it as well: `cargo bench -p validation`.
//!
//! The bound is 5 ms in wasm for the check, so about 1 ms here; and 2 ms here for both. A check of 1,000 activities may take
//! 100 ms in wasm, and five times as many about five times as long.

use benchmark::{forty, layered};
use criterion::{Criterion, criterion_group, criterion_main};
use model::{DocumentId, Project, TemplateKind};
use serde_json::json;

fn project() -> Project {
    let mut project = Project::default();
    project.documents.insert(DocumentId::Journey("forty".into()), forty::journey());
    project.documents.insert(DocumentId::Segment("everyone".into()), forty::segment());
    for kind in [TemplateKind::Email, TemplateKind::Sms] {
        project.documents.insert(DocumentId::Template(kind, "hello".into()), forty::template());
    }
    project
}

/// A journey that is wide, and one that is long and asks about each of its e-mails.
fn large(count: usize) -> [(&'static str, Project); 2] {
    let mut wide = Project::default();
    let template = |kind| DocumentId::Template(kind, "hello".into());
    wide.documents.extend([
        (DocumentId::Journey("bench".into()), layered::journey(count)),
        (DocumentId::Segment("everybody".into()), layered::segment()),
        (template(TemplateKind::Email), layered::email()),
        (template(TemplateKind::Sms), layered::sms()),
        (template(TemplateKind::Push), layered::push()),
    ]);
    let mut long = project();
    long.documents.insert(DocumentId::Journey("forty".into()), forty::rounds(count / 4));
    [("wide", wide), ("long", long)]
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
    criterion.bench_function("check it again", |bencher| {
        bencher.iter(|| live.check(&project, validation::Facts::default()))
    });

    for count in [1_000, 5_000] {
        for (form, project) in large(count) {
            let mut live = validation::LiveCheck::default();
            criterion.bench_function(&format!("check a {form} journey of {count} activities again"), |bencher| {
                bencher.iter(|| live.check(&project, validation::Facts::default()))
            });
        }
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
