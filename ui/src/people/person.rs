//! Everything about one person, and their endpoints as fields.

use bridge::{ChangePerson, FailureCode, PersonMessage, PersonPage, SegmentOf, ShowPerson};
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Change, DocumentId};
use serde_json::{Value, json};

use super::fields::Fields;
use super::{Desk, Panel, desk};
use crate::problems::sentence;
use crate::segment::reasons;
use crate::simulate::moment;
use crate::store::Store;
use crate::transport;

/// The person of an endpoint's id.
#[component]
pub fn PersonPanel(id: String) -> impl IntoView {
    let desk = desk();
    let store = desk.store;
    let page = RwSignal::new(None::<PersonPage>);
    let endpoints = RwSignal::new(Vec::<Value>::new());
    Effect::new(move |_| {
        desk.changes.track();
        let question =
            ShowPerson { project: store.project.get_untracked(), folder: store.folder.get_untracked(), id: id.clone() };
        spawn_local(async move {
            let answer = transport::call(&question).await;
            if desk.panel.try_with_untracked(|panel| *panel == Panel::Person(question.id.clone())) != Some(true) {
                return;
            }
            match answer {
                Ok(found) => {
                    endpoints.set(found.endpoints.clone());
                    page.set(Some(found));
                }
                // Undo took them away.
                Err(failure) if failure.code == FailureCode::NotFound && page.with_untracked(Option::is_some) => {
                    desk.panel.set(Panel::Nothing);
                }
                Err(failure) => store.tell_failure(failure),
            }
        });
    });
    view! {
        {move || page.get().map(|page| shown(desk, page, endpoints))}
    }
}

fn shown(desk: Desk, page: PersonPage, endpoints: RwSignal<Vec<Value>>) -> impl IntoView {
    let store = desk.store;
    let title = if page.line.name.is_empty() { page.line.id.clone() } else { page.line.name.clone() };
    let about = if page.line.user.is_empty() { "No user id".to_owned() } else { format!("User {}", page.line.user) };
    let before = StoredValue::new(page.endpoints.clone());
    let changed = move || endpoints.with(|now| before.with_value(|before| before != now));
    let personal = StoredValue::new(page.personal);
    let ids: Vec<String> =
        page.endpoints.iter().filter_map(|endpoint| endpoint.get("Id")?.as_str().map(str::to_owned)).collect();
    let save = {
        let ids = ids.clone();
        move || write(desk, ids.clone(), endpoints.get_untracked())
    };
    let remove = move |_| write(desk, ids.clone(), Vec::new());
    let asks = RwSignal::new(false);
    view! {
        <h2 class="is-personal" dir="auto" data-test="person-name">{title}</h2>
        <p class="note is-personal">{about}</p>
        <h3>"Segments"</h3>
        <ul class="belongs" data-test="person-segments">{page.segments.into_iter().map(|of| segment(store, of)).collect_view()}</ul>
        <h3>"Journeys, as a simulated run goes"</h3>
        <ul class="belongs" data-test="person-journeys">{page.journeys.into_iter().map(|of| gets(store, DocumentId::Journey(of.name), of.enters, of.words, of.messages, 0)).collect_view()}</ul>
        {(!page.campaigns.is_empty()).then(|| view! {
            <h3>"Campaigns, as a simulated run goes"</h3>
            <ul class="belongs" data-test="person-campaigns">{page.campaigns.into_iter().map(|of| gets(store, DocumentId::Campaign(of.name), of.gets, of.words, of.messages, of.more)).collect_view()}</ul>
        })}
        <h3>"Endpoints"</h3>
        <Fields endpoints=endpoints personal=personal />
        <Show when=move || store.folder.with(Option::is_some) && desk.page.with(|page| page.as_ref().is_none_or(|page| !page.invented))>
            <div class="actions">
                {
                    let save = save.clone();
                    let remove = remove.clone();
                    view! {
                        <Show when=move || asks.get() fallback=move || view! {
                            <button type="button" class="quiet" on:click=move |_| asks.set(true)>"Remove the person"</button>
                        }>
                            <button type="button" class="danger" on:click=remove.clone()>"Remove from the files"</button>
                        </Show>
                        <button type="button" disabled=move || !changed() on:click=move |_| endpoints.set(before.get_value())>"Take back"</button>
                        <button type="button" class="primary" data-test="person-save" disabled=move || !changed() on:click=move |_| save()>"Save the person"</button>
                    }
                }
            </div>
        </Show>
    }
}

fn write(desk: Desk, ids: Vec<String>, endpoints: Vec<Value>) {
    let store = desk.store;
    let Some(folder) = store.folder.get_untracked() else { return };
    spawn_local(async move {
        let first = endpoints.iter().find_map(|endpoint| endpoint.get("Id")?.as_str().map(str::to_owned));
        let gone = endpoints.is_empty();
        match transport::call(&ChangePerson { folder, ids, endpoints }).await {
            Ok(edit) => {
                let file = |change: &Change| match change {
                    Change::File { file, .. } => Some(file.clone()),
                    _ => None,
                };
                let files: Vec<String> = edit.changes.iter().filter_map(file).collect();
                store.tell(format!("{} in {}.", if gone { "Removed" } else { "Saved" }, files.join(" and ")));
                desk.panel.set(first.map_or(Panel::Nothing, Panel::Person));
                desk.changed(edit);
            }
            Err(failure) => store.tell_failure(failure),
        }
    });
}

fn segment(store: Store, of: SegmentOf) -> impl IntoView {
    let id = DocumentId::Segment(of.name.clone());
    let is_in = of.reason.holds && of.problem.is_empty();
    let open = RwSignal::new(false);
    let words = match (of.problem.is_empty(), is_in) {
        (false, _) => sentence(&of.problem),
        (true, true) => "in".to_owned(),
        (true, false) => "not in".to_owned(),
    };
    view! {
        <li class:in=is_in>
            <span class="sign" aria-hidden="true">{if is_in { "✓" } else { "–" }}</span>
            <button type="button" class="link clip" on:click=move |_| store.visit(&id)>{of.name}</button>
            <span class="words">{words}</span>
            <button type="button" class="quiet why" aria-expanded=move || open.get().to_string() on:click=move |_| open.update(|open| *open = !*open)>"Why"</button>
            <Show when=move || open.get()>{reasons(&of.reason)}</Show>
        </li>
    }
}

/// What becomes of them in a journey, or comes to them from a campaign; `more` messages are not listed.
fn gets(store: Store, id: DocumentId, is_in: bool, words: String, messages: Vec<PersonMessage>, more: u64) -> AnyView {
    let name = id.name().to_owned();
    let messages: Vec<_> = messages.into_iter().map(message).collect();
    view! {
        <li class:in=is_in>
            <span class="sign" aria-hidden="true">{if is_in { "✓" } else { "–" }}</span>
            <button type="button" class="link clip" on:click=move |_| store.visit(&id)>{name}</button>
            <span class="words">{sentence(&words)}</span>
            {(!messages.is_empty()).then(|| view! { <ol class="gets">{messages}{(more > 0).then(|| view! { <li>{format!("and {more} more")}</li> })}</ol> })}
        </li>
    }
    .into_any()
}

/// A message that they get, by its first part.
fn message(message: PersonMessage) -> impl IntoView {
    let title = message.parts.first().map(|(_, text)| text.clone());
    let words = match (message.status.as_str(), title) {
        ("SUCCESS", Some(title)) => title,
        ("SUCCESS", None) => message.problem.map_or_else(|| message.activity.clone(), |problem| sentence(&problem)),
        (_, _) => sentence(&message.why),
    };
    let bad = message.status != "SUCCESS";
    view! { <li class:bad=bad><time>{moment(message.at)}</time> <span class="clip" dir="auto" title=words.clone()>{words.clone()}</span></li> }
}

/// Somebody who is not there yet.
#[component]
pub fn NewPerson() -> impl IntoView {
    let desk = desk();
    let blank = json!({"Id": "", "ChannelType": "EMAIL", "Address": "", "User": {"UserId": ""}});
    let endpoints = RwSignal::new(vec![blank]);
    let personal = StoredValue::new(["Id", "Address", "User.UserId"].map(str::to_owned).to_vec());
    let filled = move || {
        endpoints.with(|all| {
            let text = |endpoint: &Value, name: &str| {
                endpoint.get(name).and_then(Value::as_str).is_some_and(|t| !t.is_empty())
            };
            all.iter().all(|endpoint| text(endpoint, "Id") && text(endpoint, "Address"))
        })
    };
    view! {
        <h2>"Somebody new"</h2>
        <Fields endpoints=endpoints personal=personal />
        <div class="actions">
            <button type="button" class="primary" data-test="person-save" disabled=move || !filled() on:click=move |_| write(desk, Vec::new(), endpoints.get_untracked())>"Add the person"</button>
        </div>
    }
}
