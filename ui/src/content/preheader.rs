//! The words that mailboxes show beside the subject: a field over the page, or the source, that has them.

use bridge::WritePreheader;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::preview::Preview;
use crate::problems::sentences;
use crate::store::{Store, store};
use crate::transport;

/// The field.
#[component]
pub fn PreheaderField(name: String, preview: Preview) -> impl IntoView {
    let store = store();
    let shown = Memo::new(move |_| preview.view.with(|view| view.preheader.clone()).unwrap_or_default());
    let change = move |event| write(store, name.clone(), event_target_value(&event));
    view! {
        <label class="field">
            <span class="name">"Preheader"</span>
            <input
                type="text"
                data-test="preheader"
                placeholder="What mailboxes show beside the subject"
                prop:value=move || shown.with(|shown| shown.words.clone())
                disabled=move || shown.with(|shown| shown.fixed.is_some())
                on:change=change
            />
            {move || shown.with(|shown| shown.fixed.as_deref().map(|why| view! { <span class="note">{sentences(why, "")}</span> }))}
        </label>
    }
}

fn write(store: Store, template: String, words: String) {
    spawn_local(async move {
        loop {
            let project = store.project.get_untracked();
            let command = WritePreheader { project: project.clone(), template: template.clone(), words: words.clone() };
            match transport::call(&command).await {
                // What was changed meanwhile is not written over.
                Ok(_) if store.project.with_untracked(|now| *now != project) => {}
                Ok(edit) => return store.edit(edit),
                Err(failure) => return store.tell_failure(failure),
            }
        }
    });
}
