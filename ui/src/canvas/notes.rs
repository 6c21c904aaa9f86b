//! Notes: small sheets on the canvas, kept in `NAME.canvas.json` and never in the journey.

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html;
use leptos::prelude::*;
use model::drawing::canvas::{self, Note};
use model::{DocumentId, Edit};

use super::focus_canvas;
use super::hand::can_edit;
use crate::store::{Store, store};

/// A note's width and a margin, canvas units.
const BESIDE: f64 = 240.0;

/// All notes of the journey on the canvas.
#[component]
pub fn Notes() -> impl IntoView {
    let store = store();
    let notes = Memo::new(move |_| {
        let id = DocumentId::Canvas(store.journey.get());
        store.project.with(|project| project.documents.get(&id).map(canvas::notes).unwrap_or_default())
    });
    let ids = move || notes.with(|notes| notes.iter().map(|note| note.id.clone()).collect::<Vec<_>>());
    view! {
        <For each=ids key=|id| id.clone() let:id>
            <Sheet id=id notes=notes />
        </For>
    }
}

/// One note. It is dragged by its edge, written in its middle; emptied, it goes.
#[component]
fn Sheet(id: String, notes: Memo<Vec<Note>>) -> impl IntoView {
    let store = store();
    let note = {
        let id = id.clone();
        Memo::new(move |_| notes.with(|notes| notes.iter().find(|note| note.id == id).cloned()))
    };
    let by = RwSignal::new((0.0, 0.0));
    let from = StoredValue::new(None::<(f64, f64)>);
    let field = NodeRef::<html::Textarea>::new();
    // a new one is written at once
    Effect::new(move |_| {
        if let Some(field) = field.get()
            && note.with_untracked(|note| note.as_ref().is_some_and(|note| note.text.is_empty()))
        {
            let _ = field.focus();
        }
    });
    let journey = move || store.journey.get_untracked();
    let style = move || {
        let (dx, dy) = by.get();
        note.with(|note| note.as_ref().map(|at| format!("left: {}px; top: {}px", at.x + dx, at.y + dy)))
    };
    let down = move |event: PointerEvent| {
        event.stop_propagation();
        if event.button() == 0 && can_edit(store) {
            from.set_value(Some((f64::from(event.client_x()), f64::from(event.client_y()))));
        }
    };
    let moving = window_event_listener(leptos::ev::pointermove, move |event| {
        if let Some((x, y)) = from.get_value() {
            let zoom = store.viewport.get_untracked().zoom;
            by.set(((f64::from(event.client_x()) - x) / zoom, (f64::from(event.client_y()) - y) / zoom));
        }
    });
    let put = {
        let id = id.clone();
        move || {
            if from.try_update_value(Option::take).flatten().is_none() {
                return;
            }
            let (dx, dy) = by.get_untracked();
            if let Some(at) = note.get_untracked().filter(|_| dx.hypot(dy) > 3.0) {
                store.edit(canvas::move_note(&journey(), &id, at.x + dx, at.y + dy));
            }
            by.set((0.0, 0.0));
        }
    };
    let ending = window_event_listener(leptos::ev::pointerup, move |_| put());
    on_cleanup(move || {
        moving.remove();
        ending.remove();
    });
    let write = {
        let id = id.clone();
        move |_| {
            let text = field.get_untracked().map(|field| field.value()).unwrap_or_default();
            let before = note.get_untracked().map(|note| note.text).unwrap_or_default();
            if text.trim().is_empty() {
                store.edit(canvas::delete_note(&journey(), &id));
            } else if text != before {
                store.edit(canvas::write_note(&journey(), &id, &text));
            }
        }
    };
    let key = move |event: KeyboardEvent| {
        event.stop_propagation();
        if event.key() == "Escape" {
            focus_canvas();
        }
    };
    let delete = {
        let id = id.clone();
        move |_| store.edit(canvas::delete_note(&journey(), &id))
    };
    view! {
        <div class="sheet" style=style data-note=id on:pointerdown=down on:dblclick=|event| event.stop_propagation()>
            <textarea
                node_ref=field
                rows="3"
                aria-label="Note"
                placeholder="Write a note"
                prop:value=move || note.with(|note| note.as_ref().map(|note| note.text.clone()).unwrap_or_default())
                on:change=write
                on:keydown=key
                on:pointerdown=|event| event.stop_propagation()
                on:wheel=|event| event.stop_propagation()
            ></textarea>
            <button class="quiet" aria-label="Delete the note" title="Delete the note" on:pointerdown=|event| event.stop_propagation() on:click=delete>"×"</button>
        </div>
    }
}

/// Puts a note beside the journey if that shows, else where the canvas looks, a little below its top.
pub fn add(store: Store) {
    if !can_edit(store) {
        return;
    }
    let (width, height) = store.canvas_size.get_untracked();
    let view = store.viewport.get_untracked();
    let shown = view.visible(width, height);
    let bounds = store.layout.with_untracked(|layout| layout.bounds);
    let mut at = view.to_world(diagram::Point::new(width * 0.62, height * 0.2));
    if bounds.right() + BESIDE < shown.right() {
        at.x = at.x.max(bounds.right() + 24.0);
    }
    let name = store.journey.get_untracked();
    let id = DocumentId::Canvas(name.clone());
    let (edit, _): (Edit, String) =
        store.project.with_untracked(|project| canvas::add_note(&name, project.documents.get(&id), "", at.x, at.y));
    store.edit(edit);
}
