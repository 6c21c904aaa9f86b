//! A copy of the people for others, in which nobody can be recognised.

use bridge::Pseudonymise;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::desk;
use crate::simulate::flow::grouped;
use crate::store::Store;
use crate::transport;

/// The panel.
#[component]
pub fn SharePanel() -> impl IntoView {
    let desk = desk();
    let store = desk.store;
    let mut members =
        desk.page.with_untracked(|page| page.as_ref().map(|page| page.members.clone()).unwrap_or_default());
    members.sort_by_key(|(_, personal)| !personal);
    let paths: StoredValue<Vec<String>> = StoredValue::new(members.iter().map(|(path, _)| path.clone()).collect());
    let folder = store.folder.get_untracked().unwrap_or_default();
    let path = RwSignal::new(format!("{folder}/people-shared.jsonl"));
    let busy = RwSignal::new(false);
    let go = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(folder) = store.folder.get_untracked() else { return };
        busy.set(true);
        let personal = paths.with_value(|paths| {
            paths.iter().filter(|path| untrack(|| is_personal(store, path))).cloned().collect::<Vec<_>>()
        });
        let command = Pseudonymise { folder, path: path.get_untracked(), personal };
        spawn_local(async move {
            match transport::call(&command).await {
                Ok(count) => store.tell(format!("{} endpoints are in {}.", grouped(count), command.path)),
                Err(failure) => store.tell_failure(failure),
            }
            busy.try_set(false);
        });
    };
    let boxes = members.into_iter().map(move |(path, _)| {
        let (own, change) = (path.clone(), path.clone());
        view! {
            <label class="field check">
                <input type="checkbox" data-personal=path.clone() prop:checked=move || is_personal(store, &own)
                    on:change=move |event| mark(store, &change, event_target_checked(&event)) />
                <span class="name">{path}</span>
            </label>
        }
    });
    view! {
        <form on:submit=go>
            <h2>"Copy for sharing"</h2>
            <p class="note">"Ids and addresses are always replaced: an e-mail address becomes one at example.com, a phone number one of the same country. What is ticked is replaced too; numbers are left out. The same text has the same replacement everywhere, so segments and journeys work as before. The key stays in .waymark. What you tick or untick is kept in waymark.toml with the next save."</p>
            <fieldset class="group personal-members"><legend>"Tells who somebody is"</legend>{boxes.collect_view()}</fieldset>
            <label class="field"><span class="name">"File to write"</span>
                <input type="text" required data-test="share-path" prop:value=move || path.get() on:input=move |event| path.set(event_target_value(&event)) />
            </label>
            <div class="actions"><button class="primary" type="submit" data-test="share-go" disabled=move || busy.get()>{move || if busy.get() { "Writing …" } else { "Write the copy" }}</button></div>
        </form>
    }
}

/// Whether a member tells who somebody is: as was marked, else by its name.
fn is_personal(store: Store, path: &str) -> bool {
    let marked = store.project.with(|project| project.settings.people.says(path));
    marked.unwrap_or_else(|| audience::is_personal(path))
}

/// Marks a member by hand.
fn mark(store: Store, path: &str, personal: bool) {
    let by_name = audience::is_personal(path);
    let label = model::naming::mark(path, personal);
    store.set(label, |settings| settings.people.mark(path, personal, by_name));
}
