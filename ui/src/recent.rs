//! The projects that were open lately, for the start.

use bridge::{ForgetRecent, ListRecent, OpenUnsaved, Place, Recent};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::autosave::time_of;
use crate::dialogs::open_path;
use crate::store::{Store, store};
use crate::transport;

/// The list; nothing when it is empty.
#[component]
pub fn RecentProjects() -> impl IntoView {
    let store = store();
    let projects: RwSignal<Vec<Recent>> = RwSignal::new(Vec::new());
    let load = move || {
        spawn_local(async move {
            match transport::call(&ListRecent {}).await {
                Ok(found) => projects.set(found),
                Err(failure) => store.tell_failure(failure),
            }
        });
    };
    load();
    let forget = move |place: Place| {
        spawn_local(async move {
            if let Err(failure) = transport::call(&ForgetRecent { place }).await {
                store.tell_failure(failure);
            }
            load();
        });
    };
    view! {
        <Show when=move || !projects.with(Vec::is_empty)>
            <section class="recent">
                <h2>"Open again"</h2>
                <ul data-test="recent">
                    <For each=move || projects.get() key=|project| project.clone() let:project>
                        {
                            let (open, gone) = (project.place.clone(), project.place.clone());
                            let (where_it_is, remove) = match &project.place {
                                Place::Folder(_) if project.missing => ("The folder is not there any more".to_owned(), "Take off the list"),
                                Place::Folder(folder) => (folder.clone(), "Take off the list"),
                                Place::Unsaved(_) => (format!("Never saved, changed {}", time_of(project.at)), "Throw away"),
                            };
                            let name = if project.name.is_empty() { "Untitled".to_owned() } else { project.name.clone() };
                            view! {
                                <li class:missing=project.missing>
                                    <button class="link" disabled=project.missing title=where_it_is.clone() on:click=move |_| open_again(store, open.clone())>
                                        <strong>{name}</strong>
                                        <span>{where_it_is.clone()}</span>
                                    </button>
                                    <button class="quiet" title=remove aria-label=remove on:click=move |_| forget(gone.clone())>"×"</button>
                                </li>
                            }
                        }
                    </For>
                </ul>
            </section>
        </Show>
    }
}

fn open_again(store: Store, place: Place) {
    match place {
        Place::Folder(folder) => open_path(store, folder),
        Place::Unsaved(name) => spawn_local(async move {
            match transport::call(&OpenUnsaved { name }).await {
                Ok(opened) => store.take(opened),
                Err(failure) => store.tell_failure(failure),
            }
        }),
    }
}
