//! The keys on the canvas.

use diagram::scene::Stands;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use model::drawing::{self, Origin};
use wasm_bindgen::JsCast;

use super::bar::fold;
use super::hand::{Hand, can_edit};
use super::notes;
use crate::store::{Mode, Selection, Store};

/// Moves the keyboard to the first field of the inspector.
pub fn focus_inspector() {
    let field =
        leptos::prelude::document().query_selector(".right input, .right select, .right textarea").ok().flatten();
    if let Some(field) = field.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = field.focus();
    }
}

/// Keys on the canvas: arrows walk the graph, Enter edits, A adds.
pub fn walk(store: Store, hand: Hand, event: &KeyboardEvent) {
    if (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("a") {
        event.prevent_default();
        select_all(store);
    }
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let here = match store.selection.get_untracked() {
        Selection::Entry => Some("@entry".to_owned()),
        Selection::Activities(ids) => ids.last().cloned(),
        Selection::Connection(Origin::Activity(id, _)) => Some(id),
        Selection::Connection(Origin::Entry) => Some("@entry".to_owned()),
        Selection::Journey => None,
    };
    let go = |id: Option<String>| {
        if let Some(id) = id {
            if id == "@entry" {
                store.selection.set(Selection::Entry);
                store.reveal("@entry");
            } else {
                store.select_activity(&id);
            }
        }
    };
    match event.key().as_str() {
        "ArrowDown" | "ArrowUp" | "ArrowLeft" | "ArrowRight" => {
            event.prevent_default();
            match here {
                None => go(Some("@entry".to_owned())),
                Some(here) if matches!(store.selection.get_untracked(), Selection::Connection(_)) => {
                    along(store, &here, &event.key());
                }
                Some(here) => go(neighbour(store, &here, &event.key())),
            }
        }
        "Enter" => {
            event.prevent_default();
            focus_inspector();
        }
        "f" | "F" => {
            if let Selection::Connection(origin) = store.selection.get_untracked()
                && can_edit(store)
            {
                event.prevent_default();
                fold(store, &origin);
            }
        }
        "S" if event.shift_key() => {
            event.prevent_default();
            notes::add(store);
        }
        "Escape" => {
            // what is under way is given up; nothing under way: nothing selected
            if hand.gesture.get_untracked().is_some() {
                hand.rest();
            } else {
                store.selection.set(Selection::Journey);
            }
        }
        "a" | "A" if store.mode.get_untracked() == Mode::Design => {
            event.prevent_default();
            let origin = match store.selection.get_untracked() {
                Selection::Connection(origin) => origin,
                _ => here
                    .filter(|id| id != "@entry")
                    .and_then(|id| {
                        store.peek(|journey| {
                            let ways = journey.activity(&id)?.connections();
                            let open = ways.iter().find(|way| way.target.is_none()).or(ways.first())?;
                            Some(Origin::Activity(id.clone(), open.slot))
                        })?
                    })
                    .unwrap_or(Origin::Entry),
            };
            hand.adding.set(Some(origin));
        }
        _ => {}
    }
}

/// From a selected connection of the step `here`: up to the step, down to where it leads, or aside to the next connection.
fn along(store: Store, here: &str, key: &str) {
    let Selection::Connection(origin) = store.selection.get_untracked() else { return };
    let step = |id: &str| match id {
        "@entry" => {
            store.selection.set(Selection::Entry);
            store.reveal("@entry");
        }
        id => store.select_activity(id),
    };
    match key {
        "ArrowUp" => step(here),
        "ArrowDown" => {
            if let Some(to) = store.peek(|journey| drawing::target(journey, &origin).map(str::to_owned)).flatten() {
                step(&to);
            }
        }
        key => {
            let beside = store.peek(|journey| {
                let ways = journey.activity(here)?.connections();
                let all: Vec<Origin> =
                    ways.into_iter().map(|way| Origin::Activity(here.to_owned(), way.slot)).collect();
                let at = all.iter().position(|one| *one == origin)?;
                let by = if key == "ArrowLeft" { -1 } else { 1 };
                all.get(at.checked_add_signed(by)?).cloned()
            });
            if let Some(beside) = beside.flatten() {
                store.selection.set(Selection::Connection(beside));
            }
        }
    }
}

/// Selects every activity that is drawn.
pub fn select_all(store: Store) {
    let ids: Vec<String> = store.scene.with_untracked(|scene| {
        let activity = |node: &&diagram::scene::SceneNode| matches!(node.stands, Stands::Activity(_));
        scene.nodes.iter().filter(activity).map(|node| node.id.clone()).collect()
    });
    store.selection.set(if ids.is_empty() { Selection::Journey } else { Selection::Activities(ids) });
}

/// The activity next to `here` in the direction of an arrow key: onward, back, or beside on the same rank.
fn neighbour(store: Store, here: &str, key: &str) -> Option<String> {
    store.scene.with_untracked(|scene| {
        store.layout.with_untracked(|layout| {
            let at = scene.nodes.iter().position(|node| node.id == here)?;
            let real = |i: &usize| matches!(scene.nodes[*i].stands, Stands::Entry | Stands::Activity(_));
            let center = |i: usize| layout.nodes[i].center();
            let found = match key {
                "ArrowDown" => scene.graph.edges.iter().filter(|e| e.from == at).map(|e| e.to).find(real),
                "ArrowUp" => scene.graph.edges.iter().filter(|e| e.to == at).map(|e| e.from).find(real),
                _ => {
                    let side = if key == "ArrowLeft" { -1.0 } else { 1.0 };
                    let here = center(at);
                    (0..scene.nodes.len())
                        .filter(real)
                        .filter(|i| (center(*i).x - here.x) * side > 1.0 && (center(*i).y - here.y).abs() < 120.0)
                        .min_by(|a, b| (center(*a).x - here.x).abs().total_cmp(&(center(*b).x - here.x).abs()))
                }
            };
            found.map(|i| scene.nodes[i].id.clone())
        })
    })
}
