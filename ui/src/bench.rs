//! `?nodes=N`: the page shows a made-up journey of N steps, so that its speed can be compared with other designers'.
//!
//! The journey is [`layered::journey`]. `window.__bench` says where to press, `window.__bench_ready` when the journey was
//! on the screen; `tests/canvas_speed.rs` drives it.

use benchmark::layered;
use bridge::Opened;
use diagram::Viewport;
use js_sys::{Object, Reflect};
use leptos::prelude::*;
use model::{DocumentId, Project, TemplateKind};

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
    let template = |kind| DocumentId::Template(kind, "hello".to_owned());
    let documents = [
        (DocumentId::Journey("bench".to_owned()), layered::journey(count)),
        (DocumentId::Segment("everybody".to_owned()), layered::segment()),
        (template(TemplateKind::Email), layered::email()),
        (template(TemplateKind::Sms), layered::sms()),
        (template(TemplateKind::Push), layered::push()),
    ];
    Project { documents: documents.into_iter().collect(), ..Project::default() }
}
