//! Files that another program changed: what changed, and whether to take it.

use std::time::Duration;

use bridge::{LookOutside, Opened, OutsideChange, Reread};
use leptos::prelude::*;
use model::{Change, edit, journal};

use crate::store::{Store, store};
use crate::transport;

/// How often the files are looked at.
const EVERY: Duration = Duration::from_secs(1);

/// Looks at the files while a project of a folder is open, and asks what to do when they changed.
#[component]
pub fn Outside() -> impl IntoView {
    let store = store();
    let changes: RwSignal<Vec<OutsideChange>> = RwSignal::new(Vec::new());
    let looking = StoredValue::new(false);
    let look = move || {
        let folder = store.folder.get_untracked().filter(|_| store.open.get_untracked());
        let Some(folder) = folder else {
            changes.set(Vec::new());
            return;
        };
        if looking.get_value() || document().hidden() {
            return;
        }
        looking.set_value(true);
        // alone: a save of our own is no change from outside
        store.autosave.alone(store, move || async move {
            let found = transport::call(&LookOutside { folder: folder.clone() }).await;
            looking.set_value(false);
            // A machine that does not answer is told of by what people do.
            let found = found.unwrap_or_default();
            if store.folder.get_untracked() == Some(folder) && changes.with_untracked(|now| *now != found) {
                changes.set(found);
            }
        });
    };
    let timer = set_interval_with_handle(look, EVERY);
    on_cleanup(move || {
        if let Ok(timer) = timer {
            timer.clear();
        }
    });
    let decide = move |take: bool| {
        changes.set(Vec::new());
        reread(store, take);
    };
    view! {
        <Show when=move || !changes.with(Vec::is_empty)>
            <div class="outside" role="alertdialog" aria-label="Files changed" data-test="outside">
                <p>{move || sentence(&changes.get(), store.dirty.get())}</p>
                <details>
                    <summary>"What changed"</summary>
                    {move || changes.get().into_iter().map(rows).collect_view()}
                </details>
                <div class="actions">
                    <button data-test="keep-mine" title="Leave the project as it is here; saving writes it over the files" on:click=move |_| decide(false)>"Keep mine"</button>
                    <button class="primary" data-test="reload" title="Take what is in the files; undo brings back what is here" on:click=move |_| decide(true)>"Reload"</button>
                </div>
            </div>
        </Show>
    }
}

fn sentence(changes: &[OutsideChange], dirty: bool) -> String {
    let what = match changes {
        [one] => format!("`{}` was changed by another program.", one.file),
        many => format!("{} files were changed by another program.", many.len()),
    };
    match dirty {
        true => format!("{what} There are unsaved changes here."),
        false => what,
    }
}

fn rows(change: OutsideChange) -> impl IntoView {
    view! {
        <h3><code>{change.file}</code></h3>
        <table>
            <tbody>
                {change.members.into_iter().map(|(place, before, after)| view! {
                    <tr>
                        <th scope="row">{if place.is_empty() { "all of it".to_owned() } else { place }}</th>
                        <td><del>{before}</del></td>
                        <td><ins>{after}</ins></td>
                    </tr>
                }).collect_view()}
            </tbody>
        </table>
    }
}

/// Takes the files as they are for what saves are compared with; `take` also takes what changed in them, as one step of
/// undo.
fn reread(store: Store, take: bool) {
    let Some(folder) = store.folder.get_untracked() else { return };
    store.autosave.alone(store, move || async move {
        let command = Reread { folder, journal: store.autosave.journal() };
        match transport::call(&command).await {
            Ok(fresh) => adopt(store, fresh, take),
            Err(failure) => store.tell_failure(failure),
        }
    });
}

fn adopt(store: Store, fresh: Opened, take: bool) {
    let mut edit = store.saved.with_untracked(|saved| journal::edit_to("Reload changed files", saved, &fresh.project));
    if !take {
        // What is new has no other version here; left out, the next save would take its file away. Of settings all is taken
        // that was not changed here.
        edit.label = "Take new files".to_owned();
        store.saved.with_untracked(|saved| {
            edit.changes.retain(|change| change.place().is_none_or(|(id, _)| !saved.documents.contains_key(id)));
            if edit.changes.iter().any(|change| matches!(change, Change::Setting { .. })) {
                let mine = store.project.with_untracked(|now| edit::settings(&saved.settings, &now.settings));
                edit.changes.extend(mine);
            }
        });
    }
    store.saved.set(fresh.project);
    store.file_problems.set(fresh.problems);
    store.endpoints.set(fresh.endpoints);
    store.events.set(fresh.events);
    store.attributes.set(fresh.attributes);
    store.edit(edit);
    let first = store.project.with_untracked(|project| match project.journey(&store.journey.get_untracked()) {
        Some(_) => None,
        None => project.journeys().next().map(|(name, _)| name.to_owned()),
    });
    if let Some(first) = first {
        store.show(&first);
    }
}
