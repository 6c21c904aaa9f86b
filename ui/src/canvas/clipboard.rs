//! Cut, copy, paste and duplicate, as text on the system's clipboard: Pinpoint's own JSON.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::drawing::{self, Origin};
use model::{Edit, text};
use serde_json::Value;
use wasm_bindgen::JsCast;
use web_sys::ClipboardEvent;

use super::focus_canvas;
use super::hand::{can_edit, selected};
use crate::store::{Selection, Store};
use crate::transport;

/// Listens to the clipboard's events of the whole window for as long as the caller's part of the page is there.
pub fn listen(store: Store) {
    let on = |name: &'static str, act: fn(Store, &ClipboardEvent) -> bool| {
        let event = leptos::ev::Custom::<ClipboardEvent>::new(name);
        let listener = window_event_listener(event, move |event| {
            if !elsewhere(&event) && act(store, &event) {
                event.prevent_default();
            }
        });
        on_cleanup(move || listener.remove());
    };
    on("copy", copy);
    on("cut", cut);
    on("paste", paste);
    // WebKit asks beforehand whether there is something to copy or cut where no text is chosen, and a place to paste.
    for name in ["beforecopy", "beforecut", "beforepaste"] {
        let event = leptos::ev::Custom::<web_sys::Event>::new(name);
        let listener = window_event_listener(event, move |event| {
            let wanted = name == "beforepaste" || !selected(store).is_empty();
            if wanted && !elsewhere(&event) {
                event.prevent_default();
            }
        });
        on_cleanup(move || listener.remove());
    }
}

/// Whether the event is about text: in a field, or chosen with the mouse.
fn elsewhere(event: &web_sys::Event) -> bool {
    let element = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let field = element.is_some_and(|at| matches!(at.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"));
    let chosen = window().get_selection().ok().flatten().is_some_and(|selection| !selection.is_collapsed());
    field || chosen && !event.type_().ends_with("paste")
}

fn copy(store: Store, event: &ClipboardEvent) -> bool {
    let ids = selected(store);
    let copied = (!ids.is_empty()).then(|| store.peek(|journey| drawing::copy(journey, &ids))).flatten();
    let (Some(copied), Some(board)) = (copied, event.clipboard_data()) else { return false };
    board.set_data("text/plain", &text::write(&copied)).is_ok()
}

fn cut(store: Store, event: &ClipboardEvent) -> bool {
    if !can_edit(store) || !copy(store, event) {
        return false;
    }
    let (id, ids) = (store.id(), selected(store));
    if let Some(edit) = store.peek(|journey| drawing::delete(&id, journey, &ids)) {
        store.edit(Edit { label: edit.label.replacen("Delete", "Cut", 1), ..edit });
        focus_canvas();
    }
    true
}

fn paste(store: Store, event: &ClipboardEvent) -> bool {
    let text = event.clipboard_data().and_then(|board| board.get_data("text/plain").ok()).unwrap_or_default();
    if !store.open.get_untracked() {
        if !text.trim_start().starts_with(['{', '[']) || store.dialog.get_untracked().is_some() {
            return false;
        }
        spawn_local(async move {
            match transport::call(&bridge::OpenText { text }).await {
                Ok(opened) => store.take(opened),
                Err(failure) => store.tell_failure(failure),
            }
        });
        return true;
    }
    if can_edit(store) && !text.trim().is_empty() {
        paste_text(store, &text);
    }
    true
}

/// Puts what a text holds on the selected connection, or beside the journey, and selects it.
fn paste_text(store: Store, text: &str) {
    let copied = serde_json::from_str::<Value>(text).ok().and_then(|value| drawing::pasted(&value));
    let Some(copied) = copied else {
        store.tell_bad(
            "What was copied has no activities.",
            "Copy activities on a canvas, or a journey as the API or the AWS CLI prints it.",
        );
        return;
    };
    let onto: Option<Origin> = match store.selection.get_untracked() {
        Selection::Connection(origin) => Some(origin),
        _ => None,
    };
    let id = store.id();
    let made = store.peek(|journey| drawing::paste(&id, journey, &copied, onto.as_ref())).flatten();
    take(store, made);
}

/// Puts twins of the selected activities beside them and selects the twins.
pub fn duplicate(store: Store) {
    let (id, ids) = (store.id(), selected(store));
    if can_edit(store) {
        let made = store.peek(|journey| drawing::duplicate(&id, journey, &ids)).flatten();
        take(store, made);
    }
}

fn take(store: Store, made: Option<(Edit, Vec<String>)>) {
    let Some((edit, ids)) = made else { return };
    store.edit(edit);
    let first = ids.first().cloned().unwrap_or_default();
    store.selection.set(Selection::Activities(ids));
    store.reveal(&first);
    focus_canvas();
}
