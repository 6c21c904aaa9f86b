//! A file of people on its way to the machine: chosen, or dropped on the window.

use bridge::KeepPiece;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use crate::store::{Room, Store};
use crate::transport;

/// Bytes that travel at once.
const PIECE: f64 = 3_000_000.0;

/// A file that the machine can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeopleFile {
    /// Path on the machine.
    pub path: String,
    /// Its name.
    pub name: String,
}

/// Whether a file is one of people by its name: JSON documents are opened as projects.
pub fn is_of_people(name: &str) -> bool {
    let name = name.to_lowercase();
    ["csv", "jsonl", "ndjson"].iter().any(|ending| name.ends_with(&format!(".{ending}")))
}

/// Takes a path on the machine to the room of the people.
pub fn take_path(store: Store, path: String) {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    store.people_file.set(Some(PeopleFile { path, name }));
    store.room.set(Room::People);
}

/// Brings a file of the browser to the machine, piece by piece, and then to the room of the people.
pub fn take_file(store: Store, file: web_sys::File) {
    store.room.set(Room::People);
    spawn_local(async move {
        let (name, size) = (file.name(), file.size());
        let mut path = None;
        let mut at = 0.0;
        while at < size || path.is_none() {
            let Some(bytes) = base64(&file, at, (at + PIECE).min(size)).await else {
                store.tell_bad(format!("`{name}` could not be read."), "Choose it again.");
                return;
            };
            match transport::call(&KeepPiece { name: name.clone(), path: path.clone(), bytes }).await {
                Ok(kept) => path = Some(kept),
                Err(failure) => {
                    store.tell_failure(failure);
                    return;
                }
            }
            at += PIECE;
        }
        if let Some(path) = path {
            store.people_file.set(Some(PeopleFile { path, name }));
        }
    });
}

async fn base64(file: &web_sys::File, from: f64, to: f64) -> Option<String> {
    let blob: &web_sys::Blob = file.unchecked_ref();
    let piece = blob.slice_with_f64_and_f64(from, to).ok()?;
    let bytes = js_sys::Uint8Array::new(&JsFuture::from(piece.array_buffer()).await.ok()?).to_vec();
    // One letter a byte, as `btoa` wants it.
    let letters: String = bytes.into_iter().map(char::from).collect();
    window().btoa(&letters).ok()
}
