//! `?nodes=N`: the page shows a made-up journey of N steps, so that its speed can be compared with other designers'.
//!
//! The graph is the one that those were measured on: layers about as wide as 2/3 of the root of N, 1.3 connections a
//! step, from a seed. A step with several ways on is a random split, the others send or wait. `window.__bench` says where
//! to press, `window.__bench_ready` when the journey was on the screen; `tests/studio/canvas-bench.mjs` drives it.

use bridge::Opened;
use diagram::Viewport;
use js_sys::{Object, Reflect};
use leptos::prelude::*;
use model::{DocumentId, Project, TemplateKind};
use serde_json::{Map, Value, json};

use crate::store::Store;

/// Most steps that are shown.
const MOST: usize = 50_000;

/// Shows the journey that the page's address asks for; `false` when it asks for none.
pub fn show(store: Store) -> bool {
    let query = window().location().search().unwrap_or_default();
    let asked = query.trim_start_matches('?').split('&').find_map(|part| part.strip_prefix("nodes="));
    let Some(count) = asked.and_then(|count| count.parse::<usize>().ok()) else { return false };
    store.take(Opened { project: project(count.clamp(1, MOST)), ..Opened::default() });
    store.autosave.switch_off();
    let spots = Object::new();
    for (name, selector) in [("canvas", ".canvas"), ("node", ".card[data-activity]")] {
        let _ = Reflect::set(&spots, &name.into(), &selector.into());
    }
    let _ = Reflect::set(&window(), &"__bench".into(), &spots);
    Effect::new(move |before: Option<bool>| {
        let measured = store.canvas_size.get().0 > 0.0;
        if measured && before == Some(false) {
            // at zoom 1, as the others are measured
            let (width, _) = store.canvas_size.get_untracked();
            store.viewport.set(Viewport { x: width / 2.0, y: 40.0, zoom: 1.0 });
        }
        measured
    });
    Effect::new(move |_| {
        if store.settled.get() {
            ready();
        }
    });
    true
}

/// Says when the journey was on the screen; what waited for it has come between.
fn ready() {
    let Some(clock) = window().performance() else { return };
    let shown = clock.get_entries_by_name("journey-shown").get(0);
    let shown = Reflect::get(&shown, &"startTime".into()).unwrap_or_default();
    let _ = Reflect::set(&window(), &"__bench_ready".into(), &shown);
}

fn project(count: usize) -> Project {
    let mut random = Random(1);
    let width = ((count as f64).sqrt() / 1.5).round().max(2.0) as usize;
    let mut ways: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut words = Vec::with_capacity(count);
    for i in 0..count {
        let (row, column) = (i / width, i % width);
        words.push(random.below(8));
        if row > 0 {
            let above = (row - 1) * width;
            let near = (column + random.below(3)).saturating_sub(1).min(width - 1);
            ways[above + near].push(i);
            if random.next() < 0.3 {
                ways[above + random.below(width)].push(i);
            }
        }
    }
    let activities: Map<String, Value> =
        (0..count).map(|i| (format!("n{i}"), activity(i, words[i], &ways[i]))).collect();
    let journey = json!({
        "Name": "bench",
        "State": "DRAFT",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": "everybody"}},
        "StartActivity": "n0",
        "Activities": activities,
    });
    let template = |kind| DocumentId::Template(kind, "hello".to_owned());
    let documents = [
        (DocumentId::Journey("bench".to_owned()), journey),
        (
            DocumentId::Segment("everybody".to_owned()),
            json!({"Name": "everybody", "SegmentGroups": {"Groups": [], "Include": "ALL"}}),
        ),
        (template(TemplateKind::Email), json!({"Subject": "Hello", "HtmlPart": "<p>Hello</p>"})),
        (template(TemplateKind::Sms), json!({"Body": "Hello"})),
        (template(TemplateKind::Push), json!({"Default": {"Title": "Hello", "Body": "Hello", "Action": "OPEN_APP"}})),
    ];
    Project { documents: documents.into_iter().collect(), ..Project::default() }
}

fn activity(i: usize, word: usize, ways: &[usize]) -> Value {
    const WORDS: [&str; 8] = ["Email", "SMS", "Wait", "Yes/no split", "Random split", "Holdout", "Push", "Multi split"];
    let mut payload = match (ways.len() > 1, word) {
        (true, _) => {
            let share = |k: usize| 100 / ways.len() + usize::from(k < 100 % ways.len());
            let branch = |(k, to): (usize, &usize)| json!({"Percentage": share(k), "NextActivity": format!("n{to}")});
            json!({"RandomSplit": {"Branches": ways.iter().enumerate().map(branch).collect::<Vec<_>>()}})
        }
        (_, 0 | 3) => {
            json!({"EMAIL": {"TemplateName": "hello", "MessageConfig": {"FromAddress": "hello@example.com"}}})
        }
        (_, 1 | 4) => json!({"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}),
        (_, 6) => json!({"PUSH": {"TemplateName": "hello"}}),
        (_, 5) => json!({"Holdout": {"Percentage": 10}}),
        _ => json!({"Wait": {"WaitTime": {"WaitFor": "P1D"}}}),
    };
    if let ([to], Some(payload)) = (ways, payload.as_object_mut().and_then(|object| object.values_mut().next())) {
        payload["NextActivity"] = json!(format!("n{to}"));
    }
    payload["Description"] = json!(format!("{} {i}", WORDS[word]));
    payload
}

/// The generator of those graphs (mulberry32): 0 up to, not including, 1.
struct Random(u32);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x6D2B_79F5);
        let s = self.0;
        let mut t = (s ^ (s >> 15)).wrapping_mul(1 | s);
        t = t.wrapping_add((t ^ (t >> 7)).wrapping_mul(61 | t)) ^ t;
        f64::from(t ^ (t >> 14)) / 4_294_967_296.0
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next() * count as f64) as usize
    }
}
