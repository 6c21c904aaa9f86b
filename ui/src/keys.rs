//! The keys that work everywhere in the window.

use diagram::Point;
use leptos::prelude::*;
use model::drawing::{self};
use wasm_bindgen::JsCast;

use crate::canvas::{duplicate, focus_canvas, focus_steps};
use crate::dialogs::save;
use crate::palette::focus_search;
use crate::store::{Dialog, Mode, Room, Selection, Store};
use crate::{commands, outline, problems};

/// A key anywhere in the window.
pub fn press(store: Store, event: &web_sys::KeyboardEvent) {
    if !store.open.get_untracked() {
        if event.key() == "Escape" {
            store.dialog.set(None);
        }
        return;
    }
    let typing = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"));
    let control = event.ctrl_key() || event.meta_key();
    let key = event.key();
    let taken = match key.to_lowercase().as_str() {
        "s" if control => {
            // A field that is being typed in hands its text over when it loses the focus.
            if typing {
                focus_steps();
            }
            save(store);
            true
        }
        "z" if control && event.shift_key() && !typing => {
            store.redo();
            true
        }
        "z" if control && !typing => {
            store.undo();
            true
        }
        "y" if control && !typing => {
            store.redo();
            true
        }
        "o" if control => {
            store.dialog.set(Some(Dialog::Open));
            true
        }
        "k" if control => {
            store.dialog.set(Some(Dialog::Commands));
            true
        }
        "f" if control => {
            store.dialog.set(Some(Dialog::Find));
            true
        }
        "d" if control && store.room.get_untracked() == Room::Journey => {
            duplicate(store);
            true
        }
        "enter" if control => {
            commands::simulate_now(store);
            true
        }
        "escape" => {
            store.notice.set(None);
            // A dialog gives the keyboard back to what had it.
            if store.dialog.get_untracked().is_some() {
                store.dialog.set(None);
            } else if document().active_element().is_some_and(|at| matches!(at.closest(".outline"), Ok(Some(_)))) {
                focus_canvas();
            } else {
                focus_steps();
            }
            true
        }
        "?" if !typing => {
            store.dialog.set(Some(Dialog::Keys));
            true
        }
        "." if !typing && !control => {
            problems::fix_first(store);
            true
        }
        // The rest is the canvas's.
        _ if typing || control || store.room.get_untracked() != Room::Journey => false,
        "delete" | "backspace" => {
            delete(store);
            true
        }
        "1" => {
            store.fit();
            true
        }
        "0" => {
            zoom(store, 1.0 / store.viewport.get_untracked().zoom);
            true
        }
        "+" | "=" => {
            zoom(store, 1.25);
            true
        }
        "-" => {
            zoom(store, 0.8);
            true
        }
        "n" if store.mode.get_untracked() == Mode::Design => {
            focus_search(store);
            true
        }
        "n" | "b" if store.mode.get_untracked() == Mode::Simulate => {
            store.playback.to_event(store, key.eq_ignore_ascii_case("b"));
            true
        }
        "w" => {
            outline::select_next_way(store);
            true
        }
        "o" => {
            outline::show(store);
            true
        }
        "c" if store.mode.get_untracked() == Mode::Design => {
            commands::connect(store);
            true
        }
        _ => false,
    };
    if taken {
        event.prevent_default();
    }
}

/// Zooms around the middle of the canvas.
pub fn zoom(store: Store, factor: f64) {
    let (width, height) = store.canvas_size.get_untracked();
    store.viewport.update(|view| *view = view.zoom_at(Point { x: width / 2.0, y: height / 2.0 }, factor));
}

/// Deletes the selected activities, or takes the selected connection away.
pub fn delete(store: Store) {
    if store.mode.get_untracked() != Mode::Design {
        return;
    }
    let id = store.id();
    let edit = match store.selection.get_untracked() {
        Selection::Activities(ids) => store.peek(|journey| drawing::delete(&id, journey, &ids)),
        Selection::Connection(origin) => store.peek(|journey| drawing::disconnect(&id, journey, &origin)).flatten(),
        Selection::Entry | Selection::Journey => None,
    };
    if let Some(edit) = edit {
        store.edit(edit);
        focus_steps();
    }
}
