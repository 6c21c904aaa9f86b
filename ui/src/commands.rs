use bridge::PictureKind;
use leptos::prelude::*;
use model::{ActivityKind, DocumentId};
use wasm_bindgen::JsCast;

use self::Place::{Anywhere, Canvas, Design, Publish, Simulate};
use crate::canvas::{
    copy_command, cut_command, duplicate, focus_canvas, focus_steps, fold, note, paste_command, select_all, tidy,
};
use crate::dialogs::{close_project, save};
use crate::palette::{FAMILIES, add_after_selection};
use crate::simulate::playback::Tab;
use crate::store::{Dialog, Mode, Room, Selection, Store};
use crate::{export, keys, outline, problems, review, sidebar, simulate, tour, transport};

/// Something that can be done.
#[derive(Clone, Copy)]
pub struct Command {
    /// What it does.
    pub words: &'static str,
    /// The key that does it too; may be empty.
    pub keys: &'static str,
    /// Where it is done.
    place: Place,
    /// Does it, there.
    run: fn(Store),
}

/// Where something is done: what is done to the picture is done where it can be seen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Wherever the window is.
    Anywhere,
    /// On the canvas, in any of its views.
    Canvas,
    /// In that view.
    Design,
    Simulate,
    Publish,
}

impl Command {
    /// Goes where it is done, and does it.
    pub fn perform(&self, store: Store) {
        match self.place {
            Anywhere => {}
            Canvas => store.look(store.mode.get_untracked()),
            Design => store.look(Mode::Design),
            Simulate => store.look(Mode::Simulate),
            Publish => store.look(Mode::Publish),
        }
        (self.run)(store);
    }
}

/// All of them but for [`add`].
pub const COMMANDS: &[Command] = &[
    Command { words: "Save", keys: "Ctrl+S", place: Anywhere, run: save },
    Command { words: "Undo", keys: "Ctrl+Z", place: Anywhere, run: |store| store.undo() },
    Command { words: "Redo", keys: "Ctrl+Y", place: Anywhere, run: |store| store.redo() },
    Command { words: "Simulate", keys: "Ctrl+Enter", place: Anywhere, run: simulate_now },
    Command {
        words: "Find in the project",
        keys: "Ctrl+F",
        place: Anywhere,
        run: |store| store.dialog.set(Some(Dialog::Find)),
    },
    Command {
        words: "All commands",
        keys: "Ctrl+K",
        place: Anywhere,
        run: |store| store.dialog.set(Some(Dialog::Commands)),
    },
    Command { words: "Open", keys: "Ctrl+O", place: Anywhere, run: |store| store.dialog.set(Some(Dialog::Open)) },
    Command { words: "Save as", keys: "", place: Anywhere, run: |store| store.dialog.set(Some(Dialog::SaveAs)) },
    Command { words: "Paste JSON", keys: "", place: Anywhere, run: |store| store.dialog.set(Some(Dialog::Paste)) },
    Command { words: "Close the project and go to the start", keys: "", place: Anywhere, run: close_project },
    Command { words: "New window", keys: "", place: Anywhere, run: new_window },
    Command {
        words: "Export the picture as SVG",
        keys: "",
        place: Canvas,
        run: |store| export::picture(store, PictureKind::Svg),
    },
    Command {
        words: "Export the picture as PNG",
        keys: "",
        place: Canvas,
        run: |store| export::picture(store, PictureKind::Png),
    },
    Command {
        words: "Export the picture as PDF",
        keys: "",
        place: Canvas,
        run: |store| export::picture(store, PictureKind::Pdf),
    },
    Command { words: "Design view", keys: "", place: Design, run: |_| focus_canvas() },
    Command { words: "Simulate view", keys: "", place: Simulate, run: |_| () },
    Command { words: "Publish view", keys: "", place: Publish, run: |_| () },
    Command { words: "Live view", keys: "", place: Anywhere, run: |store| store.look(Mode::Live) },
    Command { words: "Outline of the journey", keys: "O", place: Canvas, run: outline::show },
    Command { words: "Sample people", keys: "", place: Anywhere, run: |store| store.room.set(Room::People) },
    Command { words: "Calendar", keys: "", place: Anywhere, run: |store| store.room.set(Room::Calendar) },
    Command {
        words: "Review: errors and recommendations",
        keys: "",
        place: Anywhere,
        run: |store| store.dialog.set(Some(Dialog::Review(of_view(store)))),
    },
    Command { words: "Fix the first problem that can be fixed", keys: ".", place: Anywhere, run: problems::fix_first },
    Command { words: "Add a journey", keys: "", place: Anywhere, run: sidebar::add_journey },
    Command {
        words: "Add a message, segment or campaign",
        keys: "",
        place: Anywhere,
        run: |store| store.dialog.set(Some(Dialog::AddDocument)),
    },
    Command {
        words: "Settings of the journey",
        keys: "",
        place: Design,
        run: |store| store.selection.set(Selection::Journey),
    },
    Command {
        words: "Settings of the entry",
        keys: "",
        place: Design,
        run: |store| store.selection.set(Selection::Entry),
    },
    Command { words: "Select all activities", keys: "Ctrl+A", place: Canvas, run: select_all },
    Command { words: "Copy the selected activities", keys: "Ctrl+C", place: Canvas, run: copy_command },
    Command { words: "Cut the selected activities", keys: "Ctrl+X", place: Design, run: cut_command },
    Command { words: "Paste activities or documents", keys: "Ctrl+V", place: Anywhere, run: paste_command },
    Command { words: "Duplicate the selected activities", keys: "Ctrl+D", place: Design, run: duplicate },
    Command {
        words: "Select the connections of the step, one after the other",
        keys: "W",
        place: Canvas,
        run: outline::select_next_way,
    },
    Command { words: "Connect the selection to another step", keys: "C", place: Design, run: connect },
    Command {
        words: "Delete the selection, disconnect a connection",
        keys: "Delete",
        place: Design,
        run: keys::delete,
    },
    Command { words: "Fold the branch behind the selected connection", keys: "F", place: Design, run: fold_selected },
    Command { words: "Add a note", keys: "Shift+S", place: Design, run: note },
    Command { words: "Tidy: lay out again, take hand-given positions back", keys: "", place: Design, run: tidy },
    Command { words: "Show the whole journey", keys: "1", place: Canvas, run: |store| store.fit() },
    Command {
        words: "Zoom to 100%",
        keys: "0",
        place: Canvas,
        run: |store| keys::zoom(store, 1.0 / store.viewport.get_untracked().zoom),
    },
    Command { words: "Zoom in", keys: "+", place: Canvas, run: |store| keys::zoom(store, 1.25) },
    Command { words: "Zoom out", keys: "-", place: Canvas, run: |store| keys::zoom(store, 0.8) },
    Command { words: "Play the run, or pause it", keys: "", place: Simulate, run: |store| press(store, "play", 50) },
    Command {
        words: "Go to what happens next in the run",
        keys: "N",
        place: Simulate,
        run: |store| press(store, "event-on", 50),
    },
    Command {
        words: "Go to what happened before in the run",
        keys: "B",
        place: Simulate,
        run: |store| press(store, "event-back", 50),
    },
    Command {
        words: "Show people as dots, or hide them",
        keys: "",
        place: Simulate,
        run: |store| press(store, "dots", 50),
    },
    Command { words: "Table of all messages", keys: "", place: Simulate, run: |store| press(store, "table", 50) },
    Command { words: "Compare with the saved version", keys: "", place: Simulate, run: compare },
    Command { words: "Run the tests", keys: "", place: Simulate, run: |store| of_tab(store, Tab::Tests, "run-tests") },
    Command {
        words: "Find every path",
        keys: "",
        place: Simulate,
        run: |store| of_tab(store, Tab::Tests, "find-paths"),
    },
    Command { words: "Plan the publication", keys: "", place: Publish, run: |store| press(store, "plan", 50) },
    Command { words: "Publish", keys: "", place: Publish, run: publish },
    Command { words: "Tour", keys: "", place: Anywhere, run: tour::start },
    Command { words: "Keys", keys: "?", place: Anywhere, run: |store| store.dialog.set(Some(Dialog::Keys)) },
];

/// What hands do on the canvas, for the sheet of keys.
pub const GESTURES: &[(&str, &str)] = &[
    ("Arrows", "Walk along the journey"),
    ("Enter", "Edit the selected activity"),
    ("A", "Add an activity after the selection"),
    ("N", "Search the activities that can be added"),
    ("Shift+drag", "Select with a frame; Shift+click adds one"),
    ("Shift+Arrows", "Select several steps in the outline"),
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
    focus_steps();
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

/// What is looked at: the campaign whose room is open, or the journey.
fn of_view(store: Store) -> Vec<DocumentId> {
    match store.room.get_untracked() {
        Room::Document(id @ DocumentId::Campaign(_)) => vec![id],
        _ => vec![store.id()],
    }
}

/// Publishes the journey on the canvas, or says what stands in the way.
fn publish(store: Store) {
    let of = vec![store.id()];
    match review::obstacle(store, &of) {
        Some(why) => {
            store.tell(why);
            store.dialog.set(Some(Dialog::Review(of)));
        }
        None => press(store, "apply", 50),
    }
}

fn compare(store: Store) {
    let journey = store.journey.get_untracked();
    if store.saved.with_untracked(|saved| saved.journey(&journey).is_some()) {
        of_tab(store, Tab::Compare, "compare-saved");
    } else {
        store.tell("This journey was never saved: there is nothing to compare it with.");
    }
}

/// Presses a button of a tab of the run.
fn of_tab(store: Store, tab: Tab, button: &'static str) {
    if tab == Tab::Tests && store.folder.with_untracked(Option::is_none) {
        return store.tell("Save the project first: tests lie in its folder.");
    }
    store.playback.tab.set(tab);
    press(store, button, 50);
}

/// Presses a button of the view, which knows what it does: once it is there and can be pressed, in at most `tries` tenths of
/// a second.
fn press(store: Store, button: &'static str, tries: u32) {
    let found = document().query_selector(&format!("[data-test={button}]")).ok().flatten();
    let found = found.and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok());
    match found.filter(|found| !found.has_attribute("disabled")) {
        Some(found) => {
            let _ = found.focus();
            found.click();
        }
        None if tries > 0 => {
            set_timeout(move || press(store, button, tries - 1), std::time::Duration::from_millis(100));
        }
        None => store.tell("This can not be done now."),
    }
}

/// Opens another window, on the start.
fn new_window(store: Store) {
    leptos::task::spawn_local(async move {
        if !transport::open_window().await {
            store.tell_bad("The browser opened no window.", "Allow this page to open windows.");
        }
    });
}

fn fold_selected(store: Store) {
    match store.selection.get_untracked() {
        Selection::Connection(origin) => fold(store, &origin),
        _ => store.tell("Select a connection first: what only it leads to is folded."),
    }
}
