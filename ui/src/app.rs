//! The whole window: the top bar, what is below it, and what may stand over it.

use leptos::ev;
use leptos::prelude::*;
use model::{Word, summary, wire};

use crate::autosave::BroughtBack;
use crate::canvas::{Canvas, focus_canvas, listen_to_clipboard};
use crate::conflicts::Conflicts;
use crate::dialogs::{Dialogs, Notices, close_project, save};
use crate::inspector::Inspector;
use crate::live::Live;
use crate::outline::Outline;
use crate::outside::Outside;
use crate::palette::{Carried, Palette};
use crate::problems::Problems;
use crate::publish::PublishJourney;
use crate::room::RoomView;
use crate::sidebar::Sidebar;
use crate::simulate::{MessageTable, Simulate, TimeBar};
use crate::start::Start;
use crate::store::{Dialog, Mode, Room, Store, store};
use crate::tour::Tour;
use crate::{bench, keys, modal, shell, transport};

/// The whole window.
#[component]
pub fn App() -> impl IntoView {
    let store = Store::new();
    provide_context(store);
    window_event_listener(ev::keydown, move |event| keys::press(store, &event));
    listen_to_clipboard(store);
    shell::listen(store);
    modal::listen();
    let asks = !bench::show(store) && !shell::is_further_window();
    // The start page comes when it is known that there is no project to open: it would be drawn for nothing.
    let answered = RwSignal::new(!asks);
    if asks {
        leptos::task::spawn_local(async move {
            match transport::call(&bridge::Startup {}).await {
                Ok(Some(opened)) => store.take(opened),
                Ok(None) => {}
                Err(failure) => store.tell_failure(failure),
            }
            answered.set(true);
        });
    }
    let starting = || view! { <p id="starting" role="status">"Waymark is starting"</p> };
    let without_project = move || view! { <Show when=move || answered.get() fallback=starting><Start /></Show> };
    view! {
        <Show when=move || store.open.get() fallback=without_project>
            <Studio />
        </Show>
        <Carried />
        <Dialogs />
        <Notices />
        <Tour />
        <BroughtBack />
        <Outside />
    }
}

#[component]
fn Studio() -> impl IntoView {
    let store = store();
    let canvas = Memo::new(move |_| store.room.get() == Room::Journey);
    let on_canvas = move || canvas.get();
    // A project that opens takes the keyboard to its journey.
    request_animation_frame(|| {
        if document().active_element().is_none_or(|active| active.tag_name() == "BODY") {
            focus_canvas();
        }
    });
    view! {
        <div class="studio">
            <TopBar />
            <div class="rooms">
                <aside class="left" aria-label="Project and palette">
                    <Sidebar />
                    <Show when=move || store.settled.get() && on_canvas()>
                        <Steps />
                    </Show>
                </aside>
                <RoomView />
                <Show when=on_canvas>
                <main class="middle">
                    <Canvas />
                    <Show when=move || store.mode.get() == Mode::Design>
                        <Problems />
                    </Show>
                    <Show when=move || store.mode.get() == Mode::Simulate>
                        <TimeBar />
                        <Show when=move || store.playback.table.get()><MessageTable /></Show>
                    </Show>
                </main>
                <aside class="right" aria-label="Details">
                    {move || match store.mode.get() {
                        Mode::Design if !store.settled.get() => ().into_any(),
                        Mode::Design => view! { <Conflicts /> <Inspector /> }.into_any(),
                        Mode::Simulate => view! { <Simulate /> }.into_any(),
                        Mode::Publish => view! { <PublishJourney /> }.into_any(),
                        Mode::Live => view! { <Live /> }.into_any(),
                    }}
                </aside>
                </Show>
            </div>
        </div>
    }
}

/// What can be added, or what there is.
#[component]
fn Steps() -> impl IntoView {
    let store = store();
    let outlined = store.outlined;
    let shows_outline = move || outlined.get() || store.mode.get() != Mode::Design;
    let tab = move |outline: bool, word: &'static str, test: &'static str| {
        view! {
            <button role="tab" data-test=test aria-selected=move || (shows_outline() == outline).to_string()
                disabled=move || !outline && store.mode.get() != Mode::Design on:click=move |_| outlined.set(outline)>
                {word}
            </button>
        }
    };
    view! {
        <div class="modes steps" role="tablist" aria-label="Steps">
            {tab(false, "Add", "tab-add")}
            {tab(true, "Outline", "tab-outline")}
        </div>
        <Show when=shows_outline fallback=Palette>
            <Outline />
        </Show>
    }
}

#[component]
fn TopBar() -> impl IntoView {
    let store = store();
    let state = Memo::new(move |_| {
        let value = store.document.get();
        let word = value.get("State").and_then(|v| v.as_str()).and_then(wire::State::parse);
        summary::state_word(word)
    });
    let name = move || store.project.with(|project| project.settings.name.clone());
    let place = move || store.folder.get().unwrap_or_else(|| "not saved yet".to_owned());
    let mode = move |mode: Mode, word: &'static str, test: &'static str| {
        view! {
            <button
                role="tab"
                data-test=test
                aria-selected=move || (store.mode.get() == mode && store.room.get() == Room::Journey).to_string()
                on:click=move |_| store.look(mode)
            >
                {word}
            </button>
        }
    };
    view! {
        <header class="top">
            <button class="home" title="Close the project and go to the start" on:click=move |_| close_project(store)>
                <span class="mark" aria-hidden="true"></span>
                <span class="project" title=place>{name}</span>
            </button>
            <h1 class="journey-name">{move || store.journey.get()}</h1>
            <span class="state" data-state=move || state.get()>{move || state.get()}</span>
            <div class="modes" role="tablist" aria-label="View">
                {mode(Mode::Design, "Design", "mode-design")}
                {mode(Mode::Simulate, "Simulate", "mode-simulate")}
                {mode(Mode::Publish, "Publish", "mode-publish")}
                {mode(Mode::Live, "Live", "mode-live")}
            </div>
            <div class="tools">
                <span class="saved" role="status" data-test="saved">
                    {move || if store.dirty.get() { "Unsaved changes" } else { "Saved" }}
                </span>
                <button
                    class="quiet"
                    data-test="undo"
                    disabled=move || store.undo_label().is_none()
                    title=move || store.undo_label().map_or("Nothing to undo".to_owned(), |label| format!("Undo: {label} (Ctrl+Z)"))
                    on:click=move |_| store.undo()
                >
                    "Undo"
                </button>
                <button
                    class="quiet"
                    data-test="redo"
                    disabled=move || store.redo_label().is_none()
                    title=move || store.redo_label().map_or("Nothing to redo".to_owned(), |label| format!("Redo: {label} (Ctrl+Y)"))
                    on:click=move |_| store.redo()
                >
                    "Redo"
                </button>
                <button class="primary" data-test="save" title="Save (Ctrl+S)" on:click=move |_| save(store)>
                    "Save"
                </button>
                <button class="quiet" title="Keys (?)" aria-label="Keys" on:click=move |_| store.dialog.set(Some(Dialog::Keys))>
                    "?"
                </button>
            </div>
        </header>
    }
}
