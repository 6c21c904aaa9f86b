//! The room of a partial: its text, and the messages that it is in.

use bridge::{Build, SourceProblem};
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{DocumentId, TemplateKind};

use super::code::CodeText;
use super::source::{Problems, text_of, write};
use crate::store::store;
use crate::transport;

/// The room.
#[component]
pub fn Partial(name: String) -> impl IntoView {
    let store = store();
    let id = DocumentId::Partial(name);
    let users = RwSignal::new(Vec::<String>::new());
    let problems = RwSignal::new(Vec::<SourceProblem>::new());
    let of = id.clone();
    Effect::new(move |_| {
        let command = Build { project: store.project.get(), changed: vec![of.clone()] };
        spawn_local(async move {
            match transport::call(&command).await {
                // the room may have been left meanwhile
                Ok(built) => {
                    users.try_set(built.parts.into_iter().map(|part| part.template).collect());
                    problems.try_set(built.problems);
                }
                Err(failure) => store.tell_failure(failure),
            }
        });
    });
    let changed = id.clone();
    let link = move |name: String| {
        let to = DocumentId::Template(TemplateKind::Email, name.clone());
        view! { <li><button class="link" on:click=move |_| store.visit(&to)>{format!("The e-mail {name}")}</button></li> }
    };
    view! {
        <section class="writing" aria-label="Partial">
            <CodeText
                label="Text"
                id=format!("field:{id}")
                written=text_of(store, id)
                rows=14
                take=Callback::new(move |text| write(store, changed.clone(), text))
            />
            <Problems found=problems.into() />
            <h2>"Where it is used"</h2>
            <Show when=move || !users.with(Vec::is_empty) fallback=|| view! { <p class="note">"No message has it. Write its name in double braces, as in " <code>"{{> footer}}"</code> ", into an e-mail that is written as MJML or as HTML with partials."</p> }>
                <ul class="users">{move || users.get().into_iter().map(link).collect_view()}</ul>
            </Show>
        </section>
    }
}
