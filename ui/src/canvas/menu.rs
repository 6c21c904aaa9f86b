//! The kinds to choose from behind a "+".

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use model::ActivityKind;
use model::drawing::Origin;
use wasm_bindgen::JsCast;

use super::focus_canvas;
use super::hand::Hand;
use crate::icons::{family, icon, of_kind};
use crate::palette::{FAMILIES, insert};
use crate::store::{Store, store};

/// The menu of the "+" that is open.
#[component]
pub fn AddMenu(hand: Hand) -> impl IntoView {
    let store = store();
    move || {
        let origin = hand.adding.get()?;
        let place = store.scene.with(|scene| scene.way(&origin))?;
        let at = store.layout.with_untracked(|layout| layout.edges.get(place).map(|route| route.insert_at))?;
        // as large as elsewhere in the window, however near the canvas is
        let zoom = store.viewport.get_untracked().zoom;
        let style = format!("transform: translate({}px, {}px) scale({})", at.x, at.y, 1.0 / zoom);
        Some(view! { <div class="insert" style=style><KindMenu origin=origin hand=hand /></div> })
    }
}

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
                    let choose = move |_| choose(store, hand, &origin, kind);
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

fn choose(store: Store, hand: Hand, origin: &Origin, kind: ActivityKind) {
    hand.adding.set(None);
    insert(store, origin, kind);
    focus_canvas();
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
