//! Connections: the line, what stands on it, the "+" and its menu.

use diagram::scene::end_id;
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;
use model::drawing::Origin;
use model::{ActivityKind, Slot};
use wasm_bindgen::JsCast;

use super::{Hand, edge_of, focus_canvas};
use crate::icons::{family, icon, of_kind};
use crate::palette::{FAMILIES, insert};
use crate::store::{Mode, Selection, Store, store};

/// How many participants of the shown run went along a connection, and whether the story did.
fn traffic(store: Store, origin: &Origin) -> Option<(u64, f64)> {
    if store.mode.get() != Mode::Simulate {
        return None;
    }
    store.run.with(|run| {
        let run = &run.as_ref()?.run;
        let share = |count: u64| if run.entered == 0 { 0.0 } else { count as f64 / run.entered as f64 };
        let count = match origin {
            Origin::Entry => run.entered,
            Origin::Activity(id, slot) => {
                run.connections.iter().find(|c| c.from == *id && c.slot == *slot).map_or(0, |c| c.count)
            }
        };
        Some((count, share(count)))
    })
}

fn in_story(store: Store, origin: &Origin) -> bool {
    store.mode.get() == Mode::Simulate
        && store.story.with(|story| {
            story.as_ref().is_some_and(|story| match origin {
                Origin::Entry => !story.steps.is_empty(),
                Origin::Activity(id, slot) => {
                    story.steps.iter().any(|s| s.activity.as_ref() == Some(id) && s.slot == Some(*slot))
                }
            })
        })
}

/// The connection's place in the layout, which changes as others come and go.
fn place_of(store: Store, origin: &Origin) -> Memo<Option<usize>> {
    let origin = origin.clone();
    Memo::new(move |_| edge_of(store, &origin))
}

/// The line of a connection, and its wider reach for the pointer.
#[component]
pub fn ConnectionLine(origin: Origin) -> impl IntoView {
    let store = store();
    let place = place_of(store, &origin);
    let line = Memo::new(move |_| {
        let place = place.get()?;
        store.layout.with(|layout| layout.edges.get(place).map(|route| route.svg_path(10.0)))
    });
    let selected = {
        let origin = origin.clone();
        move || store.selection.with(|s| *s == Selection::Connection(origin.clone()))
    };
    let lit = {
        let origin = origin.clone();
        move || in_story(store, &origin)
    };
    let width = {
        let origin = origin.clone();
        move || traffic(store, &origin).map_or(2.0, |(_, share)| 1.5 + 7.0 * share)
    };
    let way = match &origin {
        Origin::Activity(_, Slot::Yes) => "yes",
        Origin::Activity(_, Slot::No) => "no",
        _ => "plain",
    };
    let key = end_id(&origin);
    let choose = move |event: PointerEvent| {
        event.stop_propagation();
        focus_canvas();
        store.selection.set(Selection::Connection(origin.clone()));
    };
    view! {
        <g class=format!("connection {way}") data-connection=key class:selected=selected class:lit=lit>
            <path class="line" d=move || line.get().unwrap_or_default() style:stroke-width=move || format!("{}px", width()) />
            <path class="reach" d=move || line.get().unwrap_or_default() on:pointerdown=choose />
        </g>
    }
}

/// What stands on a connection: its label or count, and the "+".
#[component]
pub fn ConnectionMarks(origin: Origin, hand: Hand) -> impl IntoView {
    let store = store();
    let place = place_of(store, &origin);
    let spots = Memo::new(move |_| {
        let place = place.get()?;
        store.layout.with(|layout| layout.edges.get(place).map(|route| (route.label_at, route.insert_at)))
    });
    let label = Memo::new(move |_| {
        let place = place.get()?;
        store.scene.with(|scene| scene.connections.get(place).map(|connection| connection.label.clone()))
    });
    let words = {
        let origin = origin.clone();
        move || {
            let label = label.get().unwrap_or_default();
            match traffic(store, &origin) {
                Some((count, share)) => {
                    let gap = if label.is_empty() { "" } else { " · " };
                    format!("{label}{gap}{count} ({:.0}%)", share * 100.0)
                }
                None => label,
            }
        }
    };
    let put = move |first: bool| {
        let spot = spots.get().map(|(label, insert)| if first { label } else { insert });
        spot.map_or("display: none".to_owned(), |p| format!("transform: translate({}px, {}px)", p.x, p.y))
    };
    let menu_open = {
        let origin = origin.clone();
        move || hand.adding.with(|adding| adding.as_ref() == Some(&origin))
    };
    let toggle = {
        let origin = origin.clone();
        move |_| {
            let now = hand.adding.get_untracked();
            hand.adding.set(if now.as_ref() == Some(&origin) { None } else { Some(origin.clone()) });
        }
    };
    let name = match &origin {
        Origin::Entry => "after the entry".to_owned(),
        Origin::Activity(id, _) => format!("after {id}"),
    };
    let key = end_id(&origin);
    let words = Memo::new(move |_| words());
    view! {
        <Show when=move || !words.get().is_empty()>
            <span class="way" style=move || put(true)><span>{move || words.get()}</span></span>
        </Show>
        <Show when=move || store.mode.get() == Mode::Design>
            {
                let toggle = toggle.clone();
                let menu_open = menu_open.clone();
                let origin = origin.clone();
                let name = name.clone();
                let key = key.clone();
                view! {
                    <div class="insert" style=move || put(false)>
                        <button
                            class="plus"
                            tabindex="-1"
                            data-insert=key
                            aria-label=format!("Add an activity {name}")
                            title="Add an activity here"
                            on:pointerdown=|event| event.stop_propagation()
                            on:click=toggle
                        >
                            "+"
                        </button>
                        <Show when=menu_open>
                            {
                                let origin = origin.clone();
                                view! { <KindMenu origin=origin hand=hand /> }
                            }
                        </Show>
                    </div>
                }
            }
        </Show>
    }
}

/// The kinds to choose from behind a "+".
#[component]
fn KindMenu(origin: Origin, hand: Hand) -> impl IntoView {
    let store = store();
    let kinds: Vec<ActivityKind> = FAMILIES.iter().flat_map(|(_, kinds)| kinds.iter().copied()).collect();
    let first = NodeRef::<leptos::html::Button>::new();
    Effect::new(move |_| {
        if let Some(button) = first.get() {
            let _ = button.focus();
        }
    });
    view! {
        <div class="menu" role="menu" aria-label="Activity to add" on:pointerdown=|event| event.stop_propagation() on:wheel=|event| event.stop_propagation()
            on:keydown=move |event| menu_key(hand, &event)>
            {kinds
                .into_iter()
                .enumerate()
                .map(|(i, kind)| {
                    let origin = origin.clone();
                    let choose = move |_| {
                        hand.adding.set(None);
                        insert(store, &origin, kind);
                        focus_canvas();
                    };
                    let inside = view! { {icon(of_kind(Some(kind)))} {kind.title()} };
                    let class = format!("kind {}", family(Some(kind)));
                    if i == 0 {
                        view! { <button role="menuitem" class=class data-add=kind.member() on:click=choose node_ref=first>{inside}</button> }.into_any()
                    } else {
                        view! { <button role="menuitem" class=class data-add=kind.member() on:click=choose>{inside}</button> }.into_any()
                    }
                })
                .collect_view()}
        </div>
    }
}

fn menu_key(hand: Hand, event: &KeyboardEvent) {
    event.stop_propagation();
    let focused = leptos::prelude::document().active_element();
    match event.key().as_str() {
        "Escape" => {
            hand.adding.set(None);
            focus_canvas();
        }
        "ArrowDown" | "ArrowUp" => {
            event.prevent_default();
            let next = focused.and_then(|element| {
                if event.key() == "ArrowDown" {
                    element.next_element_sibling()
                } else {
                    element.previous_element_sibling()
                }
            });
            if let Some(button) = next.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
                let _ = button.focus();
            }
        }
        _ => {}
    }
}
