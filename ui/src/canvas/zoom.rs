//! The bar that zooms, fits and tidies.

use diagram::Point;
use leptos::prelude::*;
use model::drawing;

use crate::store::store;

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
    let tidy = move |_| {
        let name = store.journey.get_untracked();
        let id = model::DocumentId::Canvas(name.clone());
        let edit =
            store.project.with_untracked(|p| p.documents.get(&id).map(|canvas| drawing::unpin(&name, canvas, &[])));
        if let Some(edit) = edit {
            store.edit(edit);
        }
    };
    view! {
        <div class="zoom" on:pointerdown=|event| event.stop_propagation()>
            <button title="Zoom out (-)" aria-label="Zoom out" on:click=move |_| zoom(0.8)>"−"</button>
            <span class="level">{move || format!("{:.0}%", store.viewport.get().zoom * 100.0)}</span>
            <button title="Zoom in (+)" aria-label="Zoom in" on:click=move |_| zoom(1.25)>"+"</button>
            <button title="Show the whole journey (1)" data-test="fit" on:click=move |_| store.fit()>"Fit"</button>
            <Show when=move || pinned.get()>
                <button title="Take hand-given positions back" data-test="tidy" on:click=tidy>"Tidy"</button>
            </Show>
        </div>
    }
}
