//! How long a thousand expectations take, from text to outcomes: `cargo bench -p simulation --bench expectations`.
//!
//! The bound for the whole command is 2 s. The journey of twelve activities is compiled once; each expectation has a person
//! of its own, two events and three things expected. Generated, so that the input grows with what is asked.

use std::collections::BTreeMap;
use std::fmt::Write;

use audience::People;
use criterion::{Criterion, criterion_group, criterion_main};
use engine::Context;
use model::time::parse_instant;
use model::{DocumentId, Journey, Project};
use serde_json::{Map, Value, json};
use simulation::expectations::{Subject, Verdict, check, read};
use simulation::generation::generate;
use simulation::promises::keep;

/// Four times: an e-mail, a split that asks whether it was opened, and a wait for who did not.
fn journey() -> Value {
    let mut activities = Map::new();
    for n in 0..4 {
        let next = if n == 3 { String::new() } else { format!("mail{}", n + 1) };
        let opened = json!({"EventCondition": {"MessageActivity": format!("mail{n}"), "Dimensions": {
            "EventType": {"DimensionType": "INCLUSIVE", "Values": ["_email.open"]}}}});
        activities.insert(
            format!("mail{n}"),
            json!({"EMAIL": {"TemplateName": format!("hello{n}"), "NextActivity": format!("split{n}")}}),
        );
        activities.insert(
            format!("split{n}"),
            json!({"ConditionalSplit": {"Condition": {"Conditions": [opened]}, "EvaluationWaitTime": {"WaitFor": "P1D"},
                "TrueActivity": next, "FalseActivity": format!("wait{n}")}}),
        );
        activities.insert(format!("wait{n}"), json!({"Wait": {"WaitTime": {"WaitFor": "P2D"}, "NextActivity": next}}));
    }
    json!({
        "Name": "twelve", "StartActivity": "mail0", "Activities": activities,
        "StartCondition": {"SegmentStartCondition": {"SegmentId": "everyone"}},
        "QuietTime": {"Start": "21:00", "End": "08:00"}, "WaitForQuietTime": true, "Limits": {"DailyCap": 2}
    })
}

/// Expectations of so many people, in the words that people write.
fn text(count: usize) -> String {
    let mut out = String::from("journey = \"twelve\"\n");
    for n in 0..count {
        // Writing to a text can not fail.
        let _ = write!(
            out,
            "[[expectation]]\nname = \"person {n}\"\n\
             people.p{n} = {{ ChannelType = \"EMAIL\", Address = \"p{n}@example.com\", Demographic.Timezone = \"Europe/Berlin\" }}\n\
             given = [{{ opens = \"mail0\", after = \"{} hours\" }}, {{ opens = \"mail1\", after = \"{} hours\" }}]\n\
             expect = [{{ gets = \"mail0\", within = \"1 hour\" }}, {{ takes = \"Yes\", of = \"split0\" }}, {{ leaves = true }}]\n",
            n % 20 + 1,
            n % 30 + 1,
        );
    }
    out
}

fn bench(criterion: &mut Criterion) {
    let everyone = json!({"Name": "everyone"});
    let document = journey();
    let segment = |name: &str| (name == "everyone").then_some(&everyone);
    let Some(journey) = Journey::of(&document) else { return };
    let Ok(program) = engine::compile(journey, "twelve", &Context::new(&segment)) else { return };
    let start = parse_instant("2026-11-30T09:00:00Z").unwrap_or_default();
    let subject = Subject { program, start };
    let subjects = BTreeMap::from([("twelve".to_owned(), Ok(subject.clone()))]);
    let people = People::default();
    let text = text(1_000);

    criterion.bench_function("read 1,000 expectations", |bencher| bencher.iter(|| read(&text)));
    let (expectations, problems) = read(&text);
    assert_eq!(problems, []);
    let files = [("bench.toml".to_owned(), expectations)];
    let (outcomes, _) = check(&files, &subjects, &people);
    assert!(outcomes.len() == 1_000 && outcomes.iter().all(|outcome| outcome.verdict == Verdict::Passed));
    criterion.bench_function("run 1,000 expectations", |bencher| bencher.iter(|| check(&files, &subjects, &people)));

    let mut project = Project::default();
    project.documents.insert(DocumentId::Journey("twelve".into()), document.clone());
    project.documents.insert(DocumentId::Segment("everyone".into()), everyone.clone());
    criterion.bench_function("make a person for each of 16 paths", |bencher| {
        bencher.iter(|| generate(&project, "twelve", &subject, &people));
    });
    let (promised, _) = read("journey = \"twelve\"\n[promises]\nnobody_is_stranded = true\ntries = 1000\n");
    let Some(promised) = promised.promises else { return };
    criterion.bench_function("try a promise on 1,000 lives", |bencher| {
        bencher.iter(|| keep("bench.toml", &promised, &project, &subjects, &people));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = bench
}
criterion_main!(benches);
