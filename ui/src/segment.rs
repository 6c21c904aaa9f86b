//! The room of a segment: sentences that say who is in it, and beside them how many that are, who, why, and since when.

mod beside;
mod builder;
mod overlap;
mod part;
mod sizes;
mod why;

pub use self::why::reasons;
use bridge::Asked;
use leptos::prelude::*;
use model::{DocumentId, Project};

use self::beside::Beside;
use self::builder::Builder;
use crate::json_text::JsonText;
use crate::room::complaints;
use crate::store::{Store, store};

/// The room of one segment.
#[component]
pub fn SegmentRoom(id: DocumentId) -> impl IntoView {
    let store = store();
    let name = id.name().to_owned();
    let label = format!("Segment {name}");
    let there = {
        let id = id.clone();
        Memo::new(move |_| store.project.with(|project| project.documents.contains_key(&id)))
    };
    let of_beside = name.clone();
    let inside = move || {
        let (id, segment) = (id.clone(), of_beside.clone());
        view! {
            <div class="two">
                <div class="builder">
                    {complaints(store, id.clone())}
                    <Builder />
                    <details class="whole">
                        <summary>"The segment as JSON"</summary>
                        <JsonText id=id />
                    </details>
                </div>
                <Beside segment=segment />
            </div>
        }
    };
    view! {
        <main class="room segment" aria-label=label>
            <header class="room-head">
                <h1 class="clip">{name}</h1>
                <span class="room-kind">"Segment"</span>
            </header>
            <Show when=move || there.get() fallback=|| view! { <p class="note">"It is not in the project any more. Undo brings it back."</p> }>
                {inside.clone()}
            </Show>
        </main>
    }
}

/// Whom a question about segments is about: the people of the folder, and the segments as they are in the window.
pub fn asked(store: Store) -> Asked {
    let documents = store.project.with(|project| {
        let segments = project.documents.iter().filter(|(id, _)| matches!(id, DocumentId::Segment(_)));
        segments.map(|(id, value)| (id.clone(), value.clone())).collect()
    });
    Asked { project: Project { documents, ..Project::default() }, folder: store.folder.get(), at: None }
}
