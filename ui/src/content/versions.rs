//! The versions of a message, on a target or in git, and what differs from it as it is now.

use bridge::{ActivateVersion, CompareVersion, ListVersions, MemberWords, TemplateVersion};
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::DocumentId;
use model::changes::Change;

use super::test_send::targets;
use crate::latest::Latest;
use crate::store::store;
use crate::transport;

/// Where versions are looked for: `None` = in git.
type Origin = RwSignal<Option<String>>;

/// The list, and the differences of the chosen one.
#[component]
pub fn Versions(id: DocumentId) -> impl IntoView {
    let store = store();
    let origin: Origin = RwSignal::new(Some("local".to_owned()));
    let list = RwSignal::new(None::<Result<Vec<TemplateVersion>, String>>);
    let chosen = RwSignal::new(None::<String>);
    let words = RwSignal::new(None::<Vec<MemberWords>>);
    let again = Trigger::new();
    let (listed, compared) = (Latest::new(), Latest::new());
    let template = StoredValue::new(id);
    let asked = move || ListVersions {
        folder: store.folder.get_untracked(),
        project: store.project.get_untracked(),
        template: template.get_value(),
        target: origin.get_untracked(),
    };
    Effect::new(move |_| {
        again.track();
        origin.track();
        list.set(None);
        chosen.set(None);
        listed.ask(asked(), move |found| {
            list.set(Some(found.map_err(|failure| format!("{}. {}", failure.message, failure.help))));
        });
    });
    Effect::new(move |_| {
        words.set(None);
        store.content.track();
        compared.forget();
        let Some(version) = chosen.get() else { return };
        compared.ask(CompareVersion { of: asked(), version }, move |found| match found {
            Ok(found) => words.set(Some(found)),
            Err(failure) => store.tell_failure(failure),
        });
    });
    let activate = move |version: String| {
        spawn_local(async move {
            match transport::call(&ActivateVersion { of: asked(), version }).await {
                Ok(()) => again.notify(),
                Err(failure) => store.tell_failure(failure),
            }
        });
    };
    let row = move |version: TemplateVersion| {
        let name = match origin.get_untracked() {
            Some(_) => format!("Version {}", version.id),
            None => version.id.chars().take(8).collect(),
        };
        let about: Vec<String> =
            [day(&version.at), version.by, version.words].into_iter().filter(|text| !text.is_empty()).collect();
        let (id, make) = (version.id.clone(), version.id.clone());
        let is_chosen = {
            let id = id.clone();
            move || chosen.with(|chosen| chosen.as_ref() == Some(&id))
        };
        let can_be_active = origin.with_untracked(Option::is_some) && !version.is_active;
        view! {
            <li>
                <button class="version" aria-pressed=move || is_chosen().to_string() on:click=move |_| chosen.set(Some(id.clone()))>
                    <strong>{name}</strong>
                    <span class="clip">{about.join(", ")}</span>
                </button>
                {version.is_active.then(|| view! { <span class="active-mark">"Active"</span> })}
                {can_be_active.then(|| view! { <button class="fix" on:click=move |_| activate(make.clone())>"Make active"</button> })}
            </li>
        }
    };
    view! {
        <label class="field">
            <span class="name">"Versions"</span>
            <select data-test="versions-of" on:change=move |event| origin.set(Some(event_target_value(&event)).filter(|name| !name.is_empty()))>
                {targets(store).into_iter().map(|name| view! { <option value=name.clone() selected=name == "local">{format!("on the target {name}")}</option> }).collect_view()}
                <option value="">"in git"</option>
            </select>
        </label>
        {move || match list.get() {
            None => view! { <p class="note" role="status">"Looking…"</p> }.into_any(),
            Some(Err(why)) => view! { <p class="note" role="status">{why}</p> }.into_any(),
            Some(Ok(list)) if list.is_empty() => view! { <p class="note" role="status">"There are none yet."</p> }.into_any(),
            Some(Ok(list)) => view! { <ul class="versions" aria-label="Versions" data-test="versions">{list.into_iter().map(row).collect_view()}</ul> }.into_any(),
        }}
        <Show when=move || chosen.with(Option::is_some)>
            <h2>"What differs from it now"</h2>
            <div data-test="version-words" aria-live="polite">
                {move || words.get().map(|words| match words.is_empty() {
                    true => view! { <p class="note">"Nothing: the message is as that version."</p> }.into_any(),
                    false => words.into_iter().map(member).collect_view().into_any(),
                })}
            </div>
        </Show>
    }
}

fn member(member: MemberWords) -> impl IntoView {
    let piece = |(what, text): (Option<Change>, String)| match what {
        None => view! { <span>{text}</span> }.into_any(),
        Some(Change::Removed) => view! { <del>{text}</del> }.into_any(),
        Some(_) => view! { <ins>{text}</ins> }.into_any(),
    };
    view! {
        <figure class="words">
            <figcaption>{member.place}</figcaption>
            <pre dir="auto">{member.pieces.into_iter().map(piece).collect_view()}</pre>
        </figure>
    }
}

/// Date and time to the minute of an instant in ISO 8601.
fn day(at: &str) -> String {
    at.get(..16).unwrap_or(at).replace('T', " ")
}
