//! What comes from around the page: the desktop window's menu, and files that are dropped on the window.
//!
//! The shell sends the page events of its own: `waymark-command` with the words of a command, `waymark-open` with a path.

use bridge::OpenText;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use crate::commands::COMMANDS;
use crate::dialogs::open_path;
use crate::store::{Dialog, Store};
use crate::{people, transport};

/// Listens as long as the page lives.
pub fn listen(store: Store) {
    window_event_listener(ev::Custom::<web_sys::CustomEvent>::new("waymark-command"), move |event| {
        if let Some(words) = event.detail().as_string() {
            run(store, &words);
        }
    });
    window_event_listener(ev::Custom::<web_sys::CustomEvent>::new("waymark-open"), move |event| {
        if let Some(path) = event.detail().as_string() {
            if store.open.get_untracked() && people::is_of_people(&path) {
                people::take_path(store, path);
            } else {
                open_if_saved(store, move || open_path(store, path));
            }
        }
    });
    if transport::in_desktop() {
        // The shell takes dropped files and tells where they are.
        return;
    }
    // A page that does not take a file over is replaced by it.
    window_event_listener(ev::dragover, |event| {
        if carries_files(&event) {
            event.prevent_default();
        }
    });
    window_event_listener(ev::drop, move |event| {
        if carries_files(&event) {
            event.prevent_default();
            if let Some(file) = event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0)) {
                if store.open.get_untracked() && people::is_of_people(&file.name()) {
                    people::take_file(store, file);
                } else {
                    open_if_saved(store, move || open_file(store, file));
                }
            }
        }
    });
}

/// Whether the page is that of a further window, which opens nothing by itself.
pub fn is_further_window() -> bool {
    window().location().search().is_ok_and(|query| query == "?new")
}

fn run(store: Store, words: &str) {
    // Without a project there is nothing to do but to open one, here or in another window.
    let anytime = ["Open", "New window"];
    if !store.open.get_untracked() && !anytime.contains(&words) {
        return;
    }
    if let Some(command) = COMMANDS.iter().find(|command| command.words == words) {
        command.perform(store);
    }
}

fn open_if_saved(store: Store, open: impl FnOnce()) {
    // A project with a folder keeps its unsaved changes in its journal.
    if store.open.get_untracked() && store.dirty.get_untracked() && store.folder.get_untracked().is_none() {
        store.dialog.set(Some(Dialog::Leave));
    } else {
        open();
    }
}

fn carries_files(event: &web_sys::DragEvent) -> bool {
    event
        .data_transfer()
        .is_some_and(|data| data.types().iter().any(|kind| kind.as_string().as_deref() == Some("Files")))
}

/// Opens what a file says: a browser does not tell where it is.
fn open_file(store: Store, file: web_sys::File) {
    spawn_local(async move {
        let Some(text) =
            JsFuture::from(file.unchecked_ref::<web_sys::Blob>().text()).await.ok().and_then(|text| text.as_string())
        else {
            store.tell_bad(
                format!("`{}` could not be read.", file.name()),
                "drop a JSON file; a folder opens by its path",
            );
            return;
        };
        match transport::call(&OpenText { text }).await {
            Ok(opened) => store.take(opened),
            Err(failure) => store.tell_failure(failure),
        }
    });
}
