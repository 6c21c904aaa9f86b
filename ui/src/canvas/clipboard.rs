//! Cut, copy, paste and duplicate, as text on the system's clipboard: Pinpoint's own JSON.
//!
//! Activities go to and come from the canvas, while it is what the window shows. Whole documents can be pasted anywhere but
//! into a field: the machine reads them as it reads what is pasted at the start.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::drawing::{self, Origin};
use model::{DocumentId, Edit, adding, text};
use serde_json::Value;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::ClipboardEvent;

use super::focus_steps;
use super::hand::{can_edit, selected};
use crate::store::{Mode, Room, Selection, Store};
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
    on("paste", |store, event| {
        let board = event.clipboard_data();
        take(store, board.and_then(|board| board.get_data("text/plain").ok()).unwrap_or_default())
    });
    // WebKit asks beforehand whether there is something to copy or cut where no text is chosen, and a place to paste.
    for name in ["beforecopy", "beforecut", "beforepaste"] {
        let event = leptos::ev::Custom::<web_sys::Event>::new(name);
        let listener = window_event_listener(event, move |event| {
            let wanted = name == "beforepaste" || !chosen(store).is_empty();
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

/// Whether the canvas is what the window shows, with nothing over it.
fn on_canvas(store: Store) -> bool {
    store.open.get_untracked()
        && store.room.get_untracked() == Room::Journey
        && store.dialog.with_untracked(Option::is_none)
}

/// The selected activities, where they can be seen.
fn chosen(store: Store) -> Vec<String> {
    if on_canvas(store) { selected(store) } else { Vec::new() }
}

/// The selected activities as text; `None` = there are none.
fn copied(store: Store) -> Option<String> {
    let ids = chosen(store);
    let copied = (!ids.is_empty()).then(|| store.peek(|journey| drawing::copy(journey, &ids))).flatten();
    copied.as_ref().map(text::write)
}

fn copy(store: Store, event: &ClipboardEvent) -> bool {
    let (Some(copied), Some(board)) = (copied(store), event.clipboard_data()) else { return false };
    board.set_data("text/plain", &copied).is_ok()
}

fn cut(store: Store, event: &ClipboardEvent) -> bool {
    let can = can_edit(store) && copy(store, event);
    if can {
        take_away(store);
    }
    can
}

/// Takes the selected activities out of the journey; they are on the clipboard.
fn take_away(store: Store) {
    let (id, ids) = (store.id(), selected(store));
    if let Some(edit) = store.peek(|journey| drawing::delete(&id, journey, &ids)) {
        store.edit(Edit { label: edit.label.replacen("Delete", "Cut", 1), ..edit });
        focus_steps();
    }
}

/// The clipboard, where the browser lets a page have it.
fn board() -> Option<web_sys::Clipboard> {
    js_sys::Reflect::get(&window().navigator(), &"clipboard".into()).ok()?.dyn_into().ok()
}

/// Copies the selected activities: the command, which has no event of the clipboard.
pub fn copy_command(store: Store) {
    put_on_board(store, false);
}

/// The same, and takes them away.
pub fn cut_command(store: Store) {
    put_on_board(store, true);
}

fn put_on_board(store: Store, cut: bool) {
    let (Some(copied), true) = (copied(store), !cut || can_edit(store)) else {
        return store.tell("Select the steps first.");
    };
    spawn_local(async move {
        let written = match board() {
            Some(board) => JsFuture::from(board.write_text(&copied)).await.is_ok(),
            None => false,
        };
        match (written, cut) {
            (true, true) => take_away(store),
            (true, false) => store.tell("The steps are on the clipboard."),
            (false, _) => store.tell_bad("The browser keeps its clipboard from commands.", "Press Ctrl+C or Ctrl+X."),
        }
    });
}

/// Pastes what is on the clipboard: the command, which has no event of the clipboard.
pub fn paste_command(store: Store) {
    spawn_local(async move {
        let text = match board() {
            Some(board) => JsFuture::from(board.read_text()).await.ok().and_then(|text| text.as_string()),
            None => None,
        };
        match text {
            Some(text) => drop(take(store, text)),
            None => store.tell_bad("The browser keeps its clipboard from commands.", "Press Ctrl+V."),
        }
    });
}

/// Takes a pasted text: activities on to the canvas, documents into the project, or a project where none is open. Answers
/// whether it was for us.
fn take(store: Store, text: String) -> bool {
    let canvas = on_canvas(store) && can_edit(store);
    let json = text.trim_start().starts_with(['{', '[']);
    if store.dialog.with_untracked(Option::is_some) || !json && (text.trim().is_empty() || !canvas) {
        return false;
    }
    let steps = serde_json::from_str::<Value>(&text).ok().and_then(|value| drawing::pasted(&value));
    // A whole journey is one more of the project, unless the place for its steps is chosen.
    let onto = match store.selection.get_untracked() {
        Selection::Connection(origin) if canvas => Some(origin),
        _ => None,
    };
    match steps {
        Some(steps) if store.open.get_untracked() && (onto.is_some() || drawing::is_part(&steps)) => {
            if canvas {
                put_on_canvas(store, &steps, onto.as_ref());
            } else {
                store.tell("These are steps of a journey: paste them where a journey is designed.");
            }
        }
        _ if !json => store.tell_bad(
            "What was copied has no activities.",
            "Copy activities on a canvas, or documents as the API or the AWS CLI prints them.",
        ),
        _ => take_documents(store, text),
    }
    true
}

/// Opens what a text holds: as documents of the project, or as a project where none is open.
pub fn take_documents(store: Store, text: String) {
    spawn_local(async move {
        let opened = match transport::call(&bridge::OpenText { text }).await {
            Ok(opened) => opened,
            Err(failure) => return store.tell_failure(failure),
        };
        if !store.open.get_untracked() {
            return store.take(opened);
        }
        let added = store.project.with_untracked(|project| adding::add(project, opened.project.documents));
        let Some((edit, first)) = added else { return store.tell("No document is in it.") };
        store.dialog.set(None);
        if !edit.changes.is_empty() {
            store.edit(edit);
        }
        if matches!(first, DocumentId::Journey(_)) {
            store.look(Mode::Design);
        }
        store.visit(&first);
        if let Some(problem) = opened.problems.first() {
            store.tell_bad(problem.message.clone(), "What could be read was added.");
        }
    });
}

/// Puts activities on a connection, or beside the journey, and selects them.
fn put_on_canvas(store: Store, steps: &Value, onto: Option<&Origin>) {
    let id = store.id();
    let made = store.peek(|journey| drawing::paste(&id, journey, steps, onto)).flatten();
    select_made(store, made);
}

/// Puts twins of the selected activities beside them and selects the twins.
pub fn duplicate(store: Store) {
    let (id, ids) = (store.id(), selected(store));
    if can_edit(store) {
        let made = store.peek(|journey| drawing::duplicate(&id, journey, &ids)).flatten();
        select_made(store, made);
    }
}

fn select_made(store: Store, made: Option<(Edit, Vec<String>)>) {
    let Some((edit, ids)) = made else { return };
    store.edit(edit);
    let first = ids.first().cloned().unwrap_or_default();
    store.selection.set(Selection::Activities(ids));
    store.reveal(&first);
    focus_steps();
}
