//! The bar that zooms, fits and tidies.

use diagram::Point;
use leptos::prelude::*;

use super::{bar::tidy, notes};
use crate::store::{Mode, store};

/// The bar.
#[component]
pub fn ZoomBar() -> impl IntoView {
    let store = store();
    let zoom = move |factor: f64| {
        let (width, height) = store.canvas_size.get_untracked();
        store.viewport.update(|view| *view = view.zoom_at(Point { x: width / 2.0, y: height / 2.0 }, factor));
    };
    let pinned = Memo::new(move |_| {
        let id = model::DocumentId::Canvas(store.journey.get());
        store.project.with(|p| {
            p.documents.get(&id).and_then(|v| v.get("pins")?.as_object()).is_some_and(|pins| !pins.is_empty())
        })
    });
    let held = Memo::new(move |_| store.layout.with(|layout| layout.held));
    view! {
        <div class="zoom" on:pointerdown=|event| event.stop_propagation()>
            <button title="Zoom out (-)" aria-label="Zoom out" on:click=move |_| zoom(0.8)>"−"</button>
            <span class="level">{move || format!("{:.0}%", store.viewport.get().zoom * 100.0)}</span>
            <button title="Zoom in (+)" aria-label="Zoom in" on:click=move |_| zoom(1.25)>"+"</button>
            <button title="Show the whole journey (1)" data-test="fit" on:click=move |_| store.fit()>"Fit"</button>
            <Show when=move || store.mode.get() == Mode::Design>
                <button title="Add a note (Shift+S)" data-test="add-note" on:click=move |_| notes::add(store)>"Note"</button>
            </Show>
            <Show when=move || store.mode.get() == Mode::Design && (pinned.get() || held.get())>
                <button title="Lay out again; takes the hand-given positions of the selection back, or all of them" data-test="tidy" on:click=move |_| tidy(store)>"Tidy"</button>
            </Show>
        </div>
    }
}
