//! The source of a text: MJML, or HTML or plain text with partials. A change of it and of what is made of it is one edit.

use std::cell::RefCell;
use std::collections::BTreeMap;

use bridge::{Build, SourceProblem, SourceState};
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{DocumentId, Edit, Markup, Path, TemplateKind, path};
use serde_json::Value;
use templates::plain_text;

use super::code::{Code, CodeText};
use super::preview::Preview;
use crate::problems::sentences;
use crate::store::{Store, store};
use crate::transport;

thread_local! {
    /// How many texts of each document were given to the machine.
    static TURNS: RefCell<BTreeMap<DocumentId, u64>> = const { RefCell::new(BTreeMap::new()) };
}

/// Counts a text of a document; answers its number.
fn turn(id: &DocumentId, by: u64) -> u64 {
    TURNS.with_borrow_mut(|turns| {
        let turn = turns.entry(id.clone()).or_default();
        *turn += by;
        *turn
    })
}

/// Puts a text of a source or partial into the project, together with all that is made of it; `None` takes it away.
pub fn write(store: Store, id: DocumentId, place: Path, text: Option<String>) {
    let mine = turn(&id, 1);
    let words = match &id {
        DocumentId::Partial(name) => format!("Change the partial {name}"),
        _ => format!("Change the source of {}", id.name()),
    };
    let change = move |id: &DocumentId| match &text {
        Some(text) => Edit::new(words.clone()).set(id, place.clone(), text.clone()),
        None => Edit::new(words.clone()).remove(id, place.clone()),
    };
    let mut project = store.project.get_untracked();
    // What can not be carried out here is told when it is carried out below.
    let _ = project.apply(&change(&id));
    spawn_local(async move {
        let answer = transport::call(&Build { project, changed: vec![id.clone()] }).await;
        if turn(&id, 0) != mine {
            // A newer text is on its way.
            return;
        }
        let mut edit = change(&id);
        match answer {
            Ok(built) => {
                edit.changes.extend(built.edit.changes);
                store.edit(edit);
            }
            Err(failure) => {
                // What was typed is not lost with what would have been made of it.
                store.edit(edit);
                store.tell_failure(failure);
            }
        }
    });
}

/// A text of a source or partial as it is in the project.
pub fn text_of(store: Store, id: DocumentId, place: Path) -> Memo<String> {
    Memo::new(move |_| {
        store
            .project
            .with(|project| place.find(project.documents.get(&id)?)?.as_str().map(str::to_owned))
            .unwrap_or_default()
    })
}

/// A text of a template, written by hand or made of a source.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The member.
    pub member: &'static str,
    /// Its name when it is written by hand.
    pub label: &'static str,
    /// What the choice is called.
    pub choice: &'static str,
    /// What it can be made of, and how that is called.
    pub markups: &'static [(Markup, &'static str)],
    /// Lines that are shown.
    pub rows: u32,
}

/// The editor of a text, and the choice how it is written.
#[component]
pub fn TextPart(kind: TemplateKind, name: String, text: Written, preview: Preview) -> impl IntoView {
    let store = store();
    let template = StoredValue::new(name);
    let source = move |markup: Markup| DocumentId::Source(kind, markup, template.get_value());
    let markup = Memo::new(move |_| {
        let is_there = |(markup, _): &&(Markup, &str)| {
            store.project.with(|project| project.documents.contains_key(&source(*markup)))
        };
        text.markups.iter().find(is_there).copied()
    });
    let choice = move |of: Option<Markup>, word: &'static str| {
        let now = move || markup.get().map(|(markup, _)| markup);
        view! {
            <button aria-pressed=move || (now() == of).to_string() on:click=move |_| choose(store, kind, &template.get_value(), text.member, untrack(now), of)>
                {word}
            </button>
        }
    };
    view! {
        <div class="written-as">
            <span id=format!("written-as-{}", text.member) class="name">{text.choice}</span>
            <div class="modes small" role="group" aria-labelledby=format!("written-as-{}", text.member) data-test=format!("written-{}", text.member)>
                {choice(None, text.label)}
                {text.markups.iter().map(|(of, word)| choice(Some(*of), word)).collect_view()}
            </div>
        </div>
        {move || match markup.get() {
            None => view! { <Code label=text.label path=path![text.member] rows=text.rows /> }.into_any(),
            Some((markup, label)) => source_of(store, source(markup), label, text.rows, preview).into_any(),
        }}
    }
}

/// Another way of writing: a source to begin with, or none any more; what is published stays until the source is changed.
fn choose(store: Store, kind: TemplateKind, name: &str, member: &str, from: Option<Markup>, to: Option<Markup>) {
    if from == to {
        return;
    }
    let id = DocumentId::Template(kind, name.to_owned());
    let text = store.project.with_untracked(|project| {
        let text = project.documents.get(&id).and_then(|root| root.get(member)?.as_str().map(str::to_owned));
        text.unwrap_or_default()
    });
    let mut edit = Edit::new(match to {
        None => "Write by hand",
        Some(Markup::Mjml) => "Write MJML",
        Some(_) => "Write with partials",
    });
    if let Some(from) = from {
        edit = edit.remove(&DocumentId::Source(kind, from, name.to_owned()), path![]);
    }
    if let Some(to) = to {
        let text = if to == Markup::Mjml { begun(&text) } else { text };
        edit = edit.set(&DocumentId::Source(kind, to, name.to_owned()), path![], text);
    }
    store.edit(edit);
}

/// MJML with the words of a page: how it looked is what MJML is to say anew.
fn begun(html: &str) -> String {
    let words = plain_text(html);
    let mut text = String::from(
        "<mjml>\n  <mj-head>\n    <mj-preview></mj-preview>\n  </mj-head>\n  <mj-body>\n    <mj-section>\n      <mj-column>\n",
    );
    for paragraph in words.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
        let lines = paragraph.replace('&', "&amp;").replace('<', "&lt;").replace('\n', "<br />");
        text.push_str(&format!("        <mj-text>{lines}</mj-text>\n"));
    }
    text.push_str("      </mj-column>\n    </mj-section>\n  </mj-body>\n</mjml>\n");
    text
}

fn source_of(store: Store, id: DocumentId, label: &'static str, rows: u32, preview: Preview) -> impl IntoView {
    let changed = id.clone();
    view! {
        <CodeText
            label=label
            id=format!("field:{id}")
            written=text_of(store, id.clone(), path![])
            rows=rows
            take=Callback::new(move |text| write(store, changed.clone(), path![], Some(text)))
        />
        <State id=id preview=preview />
        <p class="note">"A partial goes in with " <code>"{{> name}}"</code> "; it is in the list of the project, under Partials."</p>
    }
}

/// What is wrong with a source, and whether what is published is what it makes.
#[component]
fn State(id: DocumentId, preview: Preview) -> impl IntoView {
    let store = store();
    let of = id.clone();
    let state =
        Memo::new(move |_| preview.view.with(|view| view.sources.iter().find(|state| state.source == of).cloned()));
    let told = move |of: fn(&SourceState) -> Vec<SourceProblem>| {
        state.with(|state| state.as_ref().map(of).unwrap_or_default())
    };
    let differs = move || state.with(|state| state.as_ref().is_some_and(|state| state.differs));
    // Nothing is typed anew: what is made of the source as it is takes the place of what stands there.
    let again = move |_| {
        let value = store.project.with_untracked(|project| project.documents.get(&id).cloned());
        let first = match &value {
            Some(Value::Object(members)) => members.iter().next().map(|(member, text)| (path![member], text.clone())),
            Some(text) => Some((path![], text.clone())),
            None => None,
        };
        if let Some((place, Value::String(text))) = first {
            write(store, id.clone(), place, Some(text));
        }
    };
    view! {
        <Problems found=Signal::derive(move || told(|state| state.problems.clone())) />
        <Show when=differs>
            <div class="note source-differs" data-test="source-differs">
                <span>"What is published is not what this makes: it was changed by itself, or the source was."</span>
                <button on:click=again.clone()>"Make it again"</button>
            </div>
        </Show>
    }
}

/// Texts of members that are made with partials, and a way to begin one.
#[component]
pub fn MemberTexts(kind: TemplateKind, name: String, preview: Preview) -> impl IntoView {
    let store = store();
    let id = DocumentId::Source(kind, Markup::Members, name);
    let of = id.clone();
    let members = Memo::new(move |_| {
        let names = |value: &Value| value.as_object().map(|all| all.keys().cloned().collect::<Vec<_>>());
        store.project.with(|project| project.documents.get(&of).and_then(names)).unwrap_or_default()
    });
    // The texts that the template has.
    let others = move || {
        let mut found = Vec::new();
        store.content.with(|root| texts_in(root, &path![], &mut found));
        members.with(|members| found.retain(|(place, _)| !members.contains(place)));
        found
    };
    let begin = {
        let id = id.clone();
        move |event| {
            let picked: String = event_target_value(&event);
            let Some((member, text)) = untrack(others).into_iter().find(|(member, _)| *member == picked) else {
                return;
            };
            let edit = Edit::new("Write with partials");
            store.edit(match members.with_untracked(Vec::is_empty) {
                true => edit.set(&id, path![], serde_json::json!({ member: text })),
                false => edit.set(&id, path![&member], text),
            });
        }
    };
    let row = {
        let id = id.clone();
        move |member: String| {
            let (changed, gone, place) = (id.clone(), id.clone(), path![&member]);
            let away = {
                let place = place.clone();
                move |_| {
                    let last = members.with_untracked(Vec::len) == 1;
                    let place = if last { path![] } else { place.clone() };
                    store.edit(Edit::new("Write by hand").remove(&gone, place));
                }
            };
            view! {
                <CodeText
                    label=format!("{member}, with partials")
                    id=format!("field:{id}:{member}")
                    written=text_of(store, id.clone(), place.clone())
                    rows=3
                    take=Callback::new(move |text| write(store, changed.clone(), place.clone(), Some(text)))
                />
                <div class="actions"><button type="button" on:click=away>{format!("Write {member} by hand")}</button></div>
            }
        }
    };
    view! {
        <details class="whole" open=move || members.with_untracked(|members| !members.is_empty())>
            <summary>"Texts with partials"</summary>
            <For each=move || members.get() key=Clone::clone let:member>{row(member)}</For>
            <State id=id preview=preview />
            <label class="field">
                <span class="name">"Write another text with partials"</span>
                <select data-test="member-with-partials" on:change=begin prop:value=move || { members.track(); "" }>
                    <option value="">"Choose a text"</option>
                    {move || others().into_iter().map(|(place, _)| view! { <option value=place.clone()>{place.clone()}</option> }).collect_view()}
                </select>
            </label>
            <p class="note">"A partial goes in with " <code>"{{> name}}"</code> "; it is in the list of the project, under Partials."</p>
        </details>
    }
}

/// The texts of a document that people read, by their place.
fn texts_in(value: &Value, place: &Path, found: &mut Vec<(String, String)>) {
    const READ: [&str; 5] = ["Title", "Body", "Header", "Text", "Url"];
    match value {
        Value::String(text)
            if place
                .0
                .last()
                .is_some_and(|step| matches!(step, model::Step::Key(key) if READ.contains(&key.as_str()))) =>
        {
            found.push((place.to_string(), text.clone()));
        }
        Value::Object(members) => members.iter().for_each(|(name, value)| texts_in(value, &place.join(name), found)),
        Value::Array(list) => list.iter().enumerate().for_each(|(n, value)| texts_in(value, &place.join(n), found)),
        _ => {}
    }
}

/// What is wrong with sources, each with its place.
#[component]
pub fn Problems(found: Signal<Vec<SourceProblem>>) -> impl IntoView {
    let row = |problem: SourceProblem| {
        let place = format!("{}, line {}: ", file(&problem.document), problem.line);
        view! {
            <li class:bad=problem.is_error>
                <span class="weight">{if problem.is_error { "Error" } else { "Left out" }}</span>
                <span>{place} {sentences(&problem.message, "")}</span>
            </li>
        }
    };
    view! {
        <ul class="complaints" aria-live="polite" aria-label="Problems of the source" data-test="source-problems">
            {move || found.get().into_iter().map(row).collect_view()}
        </ul>
    }
}

/// The last part of a file's place.
fn file(id: &DocumentId) -> String {
    id.file().rsplit('/').next().unwrap_or_default().to_owned()
}
