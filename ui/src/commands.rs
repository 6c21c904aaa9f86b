//! Everything that can be done in the window, by name: for the list behind Ctrl+K, and for the sheet of keys.

use bridge::PictureKind;
use leptos::prelude::*;
use model::ActivityKind;

use crate::canvas::{duplicate, focus_canvas, fold, note, select_all, tidy};
use crate::dialogs::save;
use crate::palette::{FAMILIES, add_after_selection};
use crate::store::{Dialog, Mode, Room, Selection, Store};
use crate::{export, keys, sidebar, simulate, tour};

/// Something that can be done.
#[derive(Clone, Copy)]
pub struct Command {
    /// What it does.
    pub words: &'static str,
    /// The key that does it too; may be empty.
    pub keys: &'static str,
    /// Does it.
    pub run: fn(Store),
}

/// All of them but for [`Adding`].
pub const COMMANDS: &[Command] = &[
    Command { words: "Save", keys: "Ctrl+S", run: save },
    Command { words: "Undo", keys: "Ctrl+Z", run: |store| store.undo() },
    Command { words: "Redo", keys: "Ctrl+Y", run: |store| store.redo() },
    Command { words: "Simulate", keys: "Ctrl+Enter", run: simulate_now },
    Command { words: "Find in the project", keys: "Ctrl+F", run: |store| store.dialog.set(Some(Dialog::Find)) },
    Command { words: "All commands", keys: "Ctrl+K", run: |store| store.dialog.set(Some(Dialog::Commands)) },
    Command { words: "Open", keys: "Ctrl+O", run: |store| store.dialog.set(Some(Dialog::Open)) },
    Command { words: "Save as", keys: "", run: |store| store.dialog.set(Some(Dialog::SaveAs)) },
    Command { words: "Export the picture as SVG", keys: "", run: |store| export::picture(store, PictureKind::Svg) },
    Command { words: "Export the picture as PNG", keys: "", run: |store| export::picture(store, PictureKind::Png) },
    Command { words: "Export the picture as PDF", keys: "", run: |store| export::picture(store, PictureKind::Pdf) },
    Command { words: "Design view", keys: "", run: |store| store.look(Mode::Design) },
    Command { words: "Simulate view", keys: "", run: |store| store.look(Mode::Simulate) },
    Command { words: "Publish view", keys: "", run: |store| store.look(Mode::Publish) },
    Command { words: "Live view", keys: "", run: |store| store.look(Mode::Live) },
    Command { words: "Sample people", keys: "", run: |store| store.room.set(Room::People) },
    Command { words: "Calendar", keys: "", run: |store| store.room.set(Room::Calendar) },
    Command { words: "Add a journey", keys: "", run: sidebar::add_journey },
    Command {
        words: "Add a message, segment or campaign",
        keys: "",
        run: |store| store.dialog.set(Some(Dialog::AddDocument)),
    },
    Command { words: "Settings of the journey", keys: "", run: |store| store.selection.set(Selection::Journey) },
    Command { words: "Settings of the entry", keys: "", run: |store| store.selection.set(Selection::Entry) },
    Command { words: "Select all activities", keys: "Ctrl+A", run: select_all },
    Command { words: "Duplicate the selected activities", keys: "Ctrl+D", run: duplicate },
    Command { words: "Connect the selection to another step", keys: "C", run: connect },
    Command { words: "Delete the selection, disconnect a connection", keys: "Delete", run: keys::delete },
    Command { words: "Fold the branch behind the selected connection", keys: "F", run: fold_selected },
    Command { words: "Add a note", keys: "Shift+S", run: note },
    Command { words: "Tidy: take hand-given positions back", keys: "", run: tidy },
    Command { words: "Show the whole journey", keys: "1", run: |store| store.fit() },
    Command {
        words: "Zoom to 100%",
        keys: "0",
        run: |store| keys::zoom(store, 1.0 / store.viewport.get_untracked().zoom),
    },
    Command { words: "Zoom in", keys: "+", run: |store| keys::zoom(store, 1.25) },
    Command { words: "Zoom out", keys: "-", run: |store| keys::zoom(store, 0.8) },
    Command { words: "Tour", keys: "", run: tour::start },
    Command { words: "Keys", keys: "?", run: |store| store.dialog.set(Some(Dialog::Keys)) },
];

/// What hands do on the canvas, for the sheet of keys.
pub const GESTURES: &[(&str, &str)] = &[
    ("Arrows", "Walk along the journey"),
    ("Enter", "Edit the selected activity"),
    ("A", "Add an activity after the selection"),
    ("N", "Search the activities that can be added"),
    ("Ctrl+C, X, V", "Copy, cut, paste activities"),
    ("Shift+drag", "Select with a frame; Shift+click adds one"),
    ("Esc", "Back to the canvas"),
];

/// Kinds that can be added after the selection.
pub fn kinds() -> impl Iterator<Item = ActivityKind> {
    FAMILIES.iter().flat_map(|(_, kinds)| kinds.iter().copied())
}

/// Adds an activity after the selection.
pub fn add(store: Store, kind: ActivityKind) {
    store.look(Mode::Design);
    add_after_selection(store, kind);
    focus_canvas();
}

/// Runs the sample people through the journey on the canvas.
pub fn simulate_now(store: Store) {
    // the view runs it when it opens without a run
    store.run.set(None);
    if store.mode.get_untracked() == Mode::Simulate {
        simulate::run(store);
    }
    store.look(Mode::Simulate);
}

/// Asks which step the selected step or connection is to lead to.
pub fn connect(store: Store) {
    match store.selection.get_untracked() {
        Selection::Connection(_) | Selection::Entry => store.dialog.set(Some(Dialog::Connect)),
        Selection::Activities(ids) if ids.len() == 1 => store.dialog.set(Some(Dialog::Connect)),
        _ => store.tell("Select a step or a connection first: it is led to another step."),
    }
}

fn fold_selected(store: Store) {
    match store.selection.get_untracked() {
        Selection::Connection(origin) => fold(store, &origin),
        _ => store.tell("Select a connection first: what only it leads to is folded."),
    }
}
