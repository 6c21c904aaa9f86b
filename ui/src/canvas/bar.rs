//! What can be done with the selection, in a bar at the head of the canvas.

use leptos::prelude::*;
use model::DocumentId;
use model::drawing::{self, Origin, canvas};

use super::clipboard::duplicate;
use super::focus_steps;
use crate::keys;
use crate::store::{Mode, Selection, Store, store};

/// The bar; there only when something is selected that it can work on.
#[component]
pub fn SelectionBar() -> impl IntoView {
    let store = store();
    let inside = move || {
        if store.mode.get() != Mode::Design {
            return None;
        }
        match store.selection.get() {
            Selection::Activities(ids) if ids.len() > 1 => Some(view! { <Several count=ids.len() /> }.into_any()),
            Selection::Connection(origin) if can_fold(store, &origin) => {
                Some(view! { <Branch origin=origin /> }.into_any())
            }
            _ => None,
        }
    };
    move || {
        inside().map(|inside| {
            view! {
                <div class="bar-of-selection" role="toolbar" aria-label="Selection" data-test="selection-bar"
                    on:pointerdown=|event| event.stop_propagation()>
                    {inside}
                </div>
            }
        })
    }
}

#[component]
fn Several(count: usize) -> impl IntoView {
    let store = store();
    view! {
        <span class="many">{format!("{count} steps")}</span>
        <button class="quiet" title="Duplicate (Ctrl+D)" data-test="duplicate" on:click=move |_| duplicate(store)>"Duplicate"</button>
        <button class="quiet" title="Lay out again; takes hand-given positions back" data-test="tidy-selection" on:click=move |_| tidy(store)>"Tidy"</button>
        <button class="quiet" title="Delete (Del)" on:click=move |_| keys::delete(store)>"Delete"</button>
    }
}

#[component]
fn Branch(origin: Origin) -> impl IntoView {
    let store = store();
    view! {
        <button class="quiet" title="Draw what only this connection leads to as one mark (F)" data-test="fold"
            on:click=move |_| { fold(store, &origin); focus_steps() }>
            "Fold branch"
        </button>
    }
}

/// Lays the journey out again, and takes back the hand-given positions of the selected activities; of all when none is
/// selected.
pub fn tidy(store: Store) {
    store.anew.update(|times| *times += 1);
    let ids = super::hand::selected(store);
    let name = store.journey.get_untracked();
    let id = DocumentId::Canvas(name.clone());
    let edit = store.project.with_untracked(|p| p.documents.get(&id).map(|canvas| drawing::unpin(&name, canvas, &ids)));
    if let Some(edit) = edit {
        store.edit(edit);
    }
}

/// Whether something would be hidden.
fn can_fold(store: Store, origin: &Origin) -> bool {
    let trial = serde_json::json!({"folded": [origin.key()]});
    store.peek(|journey| !canvas::hidden(journey, &trial).is_empty()).unwrap_or(false)
}

/// Folds the branch behind a connection, or unfolds it.
pub fn fold(store: Store, origin: &Origin) {
    let name = store.journey.get_untracked();
    let id = DocumentId::Canvas(name.clone());
    let folded = store.scene.with_untracked(|scene| {
        let place = scene.way(origin)?;
        Some(matches!(scene.nodes[scene.graph.edges[place].to].stands, diagram::scene::Stands::Folded(_)))
    });
    if folded == Some(true) || can_fold(store, origin) {
        let edit = store.project.with_untracked(|p| canvas::fold(&name, p.documents.get(&id), origin));
        store.edit(edit);
    } else {
        store.tell("Nothing would be hidden: other connections lead there as well.");
    }
}
