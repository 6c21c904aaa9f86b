//! The tour: five steps from looking at a journey to having people run through it. It is offered once, at the first start.

use bridge::{EndTour, OpenExample, TourSeen};
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::ActivityKind;
use wasm_bindgen::JsCast;

use crate::commands::simulate_now;
use crate::store::{Mode, Store, store};
use crate::transport;

/// The example that the tour opens where no project is open.
const EXAMPLE: &str = "onboarding";

/// A step: what is shown, what it is called, what is said of it.
struct Step {
    /// What the step points at.
    at: &'static str,
    title: &'static str,
    text: &'static str,
}

const STEPS: [Step; 5] = [
    Step {
        at: ".canvas",
        title: "This is a journey",
        text: "People come in at the top and follow the lines down. The arrow keys walk along it, Enter edits a step.",
    },
    Step {
        at: ".left",
        title: "Add steps",
        text: "Press N, type what you want and press Enter; or drag it onto a line. Ctrl+Z takes anything back.",
    },
    Step {
        at: ".right",
        title: "Say what happens",
        text: "Conditions read as sentences. Press the marked words to change them; values come from your sample people.",
    },
    Step {
        at: ".problems",
        title: "Checked while you draw",
        text: "Errors would stop the journey from being published, warnings would not. Most are mended by one key.",
    },
    Step {
        at: ".right",
        title: "And people run through it",
        text: "Sample people just went through the whole journey, on a clock of its own; nothing was sent. The numbers stand \
               on the lines. Pick somebody to read their story.",
    },
];

/// Starts the tour, on the project that is open or on an example.
pub fn start(store: Store) {
    if store.open.get_untracked() {
        go(store, 0);
        return;
    }
    spawn_local(async move {
        match transport::call(&OpenExample { name: EXAMPLE.to_owned() }).await {
            Ok(opened) => {
                store.take(opened);
                go(store, 0);
            }
            Err(failure) => store.tell_failure(failure),
        }
    });
}

/// Ends the tour and remembers that it was seen.
fn end(store: Store) {
    store.tour.set(None);
    spawn_local(async move {
        // Where it can not be kept it is offered once more.
        let _ = transport::call(&EndTour {}).await;
    });
}

fn go(store: Store, step: usize) {
    match step {
        2 => {
            store.look(Mode::Design);
            let split = store.peek(|journey| {
                let all = journey.activities();
                let split =
                    |kind: ActivityKind| matches!(kind, ActivityKind::ConditionalSplit | ActivityKind::MultiCondition);
                all.iter().find(|activity| activity.kind().is_some_and(split)).map(|split| split.id.to_owned())
            });
            if let Some(split) = split.flatten() {
                store.select_activity(&split);
            }
        }
        4 => simulate_now(store),
        _ => store.look(Mode::Design),
    }
    store.tour.set(Some(step));
}

/// The offer on the first start.
#[component]
pub fn Offer() -> impl IntoView {
    let store = store();
    let offered = RwSignal::new(false);
    spawn_local(async move {
        if let Ok(seen) = transport::call(&TourSeen {}).await {
            offered.set(!seen);
        }
    });
    let skip = move |_| {
        offered.set(false);
        end(store);
    };
    view! {
        <Show when=move || offered.get()>
            <section class="tour-offer" aria-label="Tour" data-test="tour-offer">
                <p><strong>"New here?"</strong> " Five steps show you around, and end with people running through a journey."</p>
                <div class="row">
                    <button class="primary" data-test="tour-start" on:click=move |_| start(store)>"Show me around"</button>
                    <button data-test="tour-skip" on:click=skip>"Skip"</button>
                </div>
            </section>
        </Show>
    }
}

/// The step of the tour that is being shown.
#[component]
pub fn Tour() -> impl IntoView {
    let store = store();
    let shown = Memo::new(move |_| store.tour.get().filter(|_| store.open.get()));
    let next = NodeRef::<html::Button>::new();
    Effect::new(move |_| {
        point_at(shown.get().map(|step| STEPS[step].at));
        if let Some(next) = next.get() {
            request_animation_frame(move || drop(next.focus()));
        }
    });
    let press = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            end(store);
        }
    };
    let ran = move || {
        let people = store.run.with(|run| run.as_ref().map(|run| run.run.entered));
        people.map(|people| format!("{people} people went through. "))
    };
    view! {
        {move || shown.get().map(|step| {
            let last = step + 1 == STEPS.len();
            let Step { title, text, .. } = &STEPS[step];
            view! {
                <section class="tour" role="dialog" aria-label="Tour" data-test="tour" on:keydown=press>
                    <h2>{*title}</h2>
                    <p role="status">{last.then_some(ran)} {*text}</p>
                    <div class="row">
                        <span class="note">{format!("{} of {}", step + 1, STEPS.len())}</span>
                        {(!last).then(|| view! { <button class="quiet" data-test="tour-end" on:click=move |_| end(store)>"Skip"</button> })}
                        {(step > 0).then(|| view! { <button on:click=move |_| go(store, step - 1)>"Back"</button> })}
                        <button class="primary" data-test="tour-next" node_ref=next on:click=move |_| if last { end(store) } else { go(store, step + 1) }>
                            {if last { "Done" } else { "Next" }}
                        </button>
                    </div>
                </section>
            }
        })}
    }
}

/// Draws a frame around what a step is about, and takes the one before away.
fn point_at(selector: Option<&'static str>) {
    request_animation_frame(move || {
        let found = |selector: &str| {
            let element = document().query_selector(selector).ok().flatten();
            element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
        };
        if let Some(before) = found("[data-toured]") {
            let _ = before.remove_attribute("data-toured");
        }
        if let Some(element) = selector.and_then(found) {
            let _ = element.set_attribute("data-toured", "");
        }
    });
}
