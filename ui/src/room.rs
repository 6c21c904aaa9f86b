//! What the window is about when it is not about the journey on the canvas: one room for each kind of document.

use leptos::prelude::*;
use model::{DocumentId, Severity};

use crate::calendar::CalendarRoom;
use crate::campaign::Campaign;
use crate::content::Content;
use crate::content::partial::Partial;
use crate::json_text::JsonText;
use crate::people::PeopleRoom;
use crate::problems::sentences;
use crate::segment::SegmentRoom;
use crate::store::{Room, Store, store};

/// The room, over everything right of the list of documents.
#[component]
pub fn RoomView() -> impl IntoView {
    let store = store();
    let room = Memo::new(move |_| store.room.get());
    move || match room.get() {
        Room::Journey => ().into_any(),
        Room::Calendar => view! { <CalendarRoom /> }.into_any(),
        Room::People => view! { <PeopleRoom /> }.into_any(),
        Room::Document(id @ DocumentId::Segment(_)) => view! { <SegmentRoom id=id /> }.into_any(),
        Room::Document(id) => view! { <DocumentRoom id=id /> }.into_any(),
    }
}

#[component]
fn DocumentRoom(id: DocumentId) -> impl IntoView {
    let store = store();
    let there = {
        let id = id.clone();
        Memo::new(move |_| store.project.with(|project| project.documents.contains_key(&id)))
    };
    let (label, name, kind) = (id.to_string(), id.name().to_owned(), id.kind());
    view! {
        <main class="room" aria-label=label>
            <header class="room-head">
                <h1 class="clip">{name}</h1>
                <span class="room-kind">{kind}</span>
            </header>
            <Show when=move || there.get() fallback=|| view! { <p class="note">"It is not in the project any more. Undo brings it back."</p> }>
                {match id.clone() {
                    DocumentId::Template(kind, name) => view! { <Content kind=kind name=name /> }.into_any(),
                    DocumentId::Partial(name) => view! { <Partial name=name /> }.into_any(),
                    DocumentId::Campaign(name) => view! { <Campaign name=name /> }.into_any(),
                    id => view! { {complaints(store, id.clone())} <JsonText id=id /> }.into_any(),
                }}
            </Show>
        </main>
    }
}

/// What the checks say about a document, worst first, each with its fix.
pub fn complaints(store: Store, id: DocumentId) -> impl IntoView {
    let found = Memo::new(move |_| {
        store.report.with(|report| {
            let mut all: Vec<_> = report.of(&id).cloned().collect();
            all.sort_by_key(|found| found.severity);
            all
        })
    });
    let rows = move || {
        let row = |found: model::Diagnostic| {
            let bad = found.severity == Severity::Error;
            let fix = found.fix.clone().map(|fix| {
                view! { <button class="fix" on:click=move |_| store.edit(fix.edit.clone())>{fix.title.clone()}</button> }
            });
            view! {
                <li class:bad=bad>
                    <span class="weight">{if bad { "Error" } else { "Warning" }}</span>
                    <span>{sentences(&found.message, &found.help)}</span>
                    {fix}
                </li>
            }
        };
        found.get().into_iter().map(row).collect_view()
    };
    view! {
        <Show when=move || !found.with(Vec::is_empty)>
            <ul class="complaints" aria-label="Problems">{rows}</ul>
        </Show>
    }
}
