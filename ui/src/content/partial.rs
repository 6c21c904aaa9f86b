//! The room of a partial: its text, and the messages that it is in.

use bridge::{Build, SourceProblem};
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{DocumentId, path};

use super::code::CodeText;
use super::source::{Problems, text_of, write};
use crate::store::store;
use crate::transport;

/// The room.
#[component]
pub fn Partial(name: String) -> impl IntoView {
    let store = store();
    let id = DocumentId::Partial(name);
    let users = RwSignal::new(Vec::<DocumentId>::new());
    let problems = RwSignal::new(Vec::<SourceProblem>::new());
    let of = id.clone();
    Effect::new(move |_| {
        let command = Build { project: store.project.get(), changed: vec![of.clone()] };
        spawn_local(async move {
            match transport::call(&command).await {
                // the room may have been left meanwhile
                Ok(built) => {
                    users.try_set(built.templates);
                    problems.try_set(built.problems);
                }
                Err(failure) => store.tell_failure(failure),
            }
        });
    });
    let changed = id.clone();
    let link = move |to: DocumentId| {
        let words = format!("{} {}", to.kind(), to.name());
        view! { <li><button class="link" on:click=move |_| store.visit(&to)>{words}</button></li> }
    };
    view! {
        <section class="writing" aria-label="Partial">
            <CodeText
                label="Text"
                id=format!("field:{id}")
                written=text_of(store, id, path![])
                rows=14
                take=Callback::new(move |text| write(store, changed.clone(), path![], Some(text)))
            />
            <Problems found=problems.into() />
            <h2>"Where it is used"</h2>
            <Show when=move || !users.with(Vec::is_empty) fallback=|| view! { <p class="note">"No message has it. Write its name in double braces, as in " <code>"{{> footer}}"</code> ", into a message that is written with partials. Of MJML and HTML it is a partial with that ending, of other texts one that ends in .txt."</p> }>
                <ul class="users">{move || users.get().into_iter().map(link).collect_view()}</ul>
            </Show>
        </section>
    }
}
