//! The window: what people see and touch.
//!
//! Takes gestures; gives edits. Everything shown is derived from one [`model::Project`] in the `store`: the scene, its
//! layout and the report are memos over it. What needs the machine (files, simulation, publishing) goes over the bridge
//! as a command. Never decides about journeys: that is `journeys/`.

mod app;
mod autosave;
mod bench;
mod calendar;
mod campaign;
mod canvas;
mod commands;
mod conflicts;
mod content;
mod dialogs;
mod export;
mod finder;
mod form;
mod icons;
mod inspector;
mod json_text;
mod keys;
mod known;
mod latest;
mod live;
mod modal;
mod outbox;
mod outline;
mod outside;
mod palette;
mod people;
mod problems;
mod publish;
mod recent;
mod review;
mod room;
mod rule_page;
mod segment;
mod shell;
mod sidebar;
mod simulate;
mod start;
mod store;
mod theme;
mod timing;
mod tour;
mod transport;
mod undo;
mod words;

use wasm_bindgen::prelude::wasm_bindgen;

/// Puts the studio on the page.
#[wasm_bindgen(start)]
pub fn start() {
    leptos::mount::mount_to_body(app::App);
}
