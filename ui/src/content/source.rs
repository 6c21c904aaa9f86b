//! The source of an HTML part: MJML, or HTML with partials. A change of it and of what is made of it is one edit.

use std::cell::RefCell;
use std::collections::BTreeMap;

use bridge::{Build, Built, SourceProblem};
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{DocumentId, Edit, Markup, Project, TemplateKind, path};
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

/// Puts the text of a source or partial into the project, together with all that is made of it.
pub fn write(store: Store, id: DocumentId, text: String) {
    let mine = turn(&id, 1);
    let mut project = store.project.get_untracked();
    project.documents.insert(id.clone(), Value::String(text.clone()));
    let words = match &id {
        DocumentId::Partial(name) => format!("Change the partial {name}"),
        _ => format!("Change the source of {}", id.name()),
    };
    spawn_local(async move {
        let answer = transport::call(&Build { project, changed: vec![id.clone()] }).await;
        if turn(&id, 0) != mine {
            // A newer text is on its way.
            return;
        }
        let mut edit = Edit::new(words);
        if store.project.with_untracked(|project| project.documents.get(&id).and_then(Value::as_str) != Some(&text)) {
            edit = edit.set(&id, path![], text);
        }
        match answer {
            Ok(built) => store.edit(store.project.with_untracked(|project| with_parts(edit, project, &built))),
            Err(failure) => {
                // What was typed is not lost with what would have been made of it.
                store.edit(edit);
                store.tell_failure(failure);
            }
        }
    });
}

fn with_parts(mut edit: Edit, project: &Project, built: &Built) -> Edit {
    for part in &built.parts {
        let id = DocumentId::Template(TemplateKind::Email, part.template.clone());
        let is_there = project.documents.get(&id).and_then(|root| root.get("HtmlPart")).and_then(Value::as_str);
        if is_there != Some(&part.html) && project.documents.contains_key(&id) {
            edit = edit.set(&id, path!["HtmlPart"], part.html.clone());
        }
    }
    edit
}

/// The text of a source or partial as it is in the project.
pub fn text_of(store: Store, id: DocumentId) -> Memo<String> {
    Memo::new(move |_| {
        store.project.with(|project| project.documents.get(&id)?.as_str().map(str::to_owned)).unwrap_or_default()
    })
}

/// The HTML part of an e-mail: written by hand, or made of a source.
#[component]
pub fn HtmlPart(name: String, preview: Preview) -> impl IntoView {
    let store = store();
    let template = StoredValue::new(name.clone());
    let markup = Memo::new(move |_| {
        store.project.with(|project| template.with_value(|name| project.source(name).map(|(markup, _)| markup)))
    });
    let choice = move |of: Option<Markup>, word: &'static str| {
        view! {
            <button aria-pressed=move || (markup.get() == of).to_string() on:click=move |_| choose(store, &template.get_value(), markup.get_untracked(), of)>
                {word}
            </button>
        }
    };
    view! {
        <div class="written-as">
            <span id="written-as" class="name">"Page written as"</span>
            <div class="modes small" role="group" aria-labelledby="written-as" data-test="written-as">
                {choice(None, "HTML")}
                {choice(Some(Markup::Html), "HTML with partials")}
                {choice(Some(Markup::Mjml), "MJML")}
            </div>
        </div>
        {move || match markup.get() {
            None => view! { <Code label="HTML" path=path!["HtmlPart"] rows=18 /> }.into_any(),
            Some(markup) => source(store, markup, template.get_value(), preview).into_any(),
        }}
    }
}

/// Another way of writing: a source to begin with, or none any more; what is published stays until the source is changed.
fn choose(store: Store, name: &str, from: Option<Markup>, to: Option<Markup>) {
    if from == to {
        return;
    }
    let id = DocumentId::Template(TemplateKind::Email, name.to_owned());
    let html = store.project.with_untracked(|project| {
        project
            .documents
            .get(&id)
            .and_then(|root| root.get("HtmlPart")?.as_str().map(str::to_owned))
            .unwrap_or_default()
    });
    let mut edit = Edit::new(match to {
        None => "Write HTML by hand",
        Some(Markup::Html) => "Write HTML with partials",
        Some(Markup::Mjml) => "Write MJML",
    });
    if let Some(from) = from {
        edit = edit.remove(&DocumentId::Source(from, name.to_owned()), path![]);
    }
    match to {
        None => {}
        Some(Markup::Html) => edit = edit.set(&DocumentId::Source(Markup::Html, name.to_owned()), path![], html),
        Some(Markup::Mjml) => {
            edit = edit.set(&DocumentId::Source(Markup::Mjml, name.to_owned()), path![], begun(&html))
        }
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

fn source(store: Store, markup: Markup, name: String, preview: Preview) -> impl IntoView {
    let id = DocumentId::Source(markup, name);
    let label = match markup {
        Markup::Mjml => "MJML",
        Markup::Html => "HTML with partials",
    };
    let (changed, again) = (id.clone(), id.clone());
    let state = Memo::new(move |_| preview.view.with(|view| view.source.clone()).unwrap_or_default());
    let differs = move || state.with(|state| state.differs);
    view! {
        <CodeText
            label=label
            id=format!("field:{id}")
            written=text_of(store, id)
            rows=18
            take=Callback::new(move |text| write(store, changed.clone(), text))
        />
        <Problems found=Signal::derive(move || state.with(|state| state.problems.clone())) />
        <Show when=differs>
            <div class="note differs" data-test="source-differs">
                <span>"The HTML is not what this makes: it was changed by itself, or the source was. The HTML is what is published."</span>
                <button on:click={ let again = again.clone(); move |_| {
                    let text = store.project.with_untracked(|project| project.documents.get(&again).and_then(Value::as_str).map(str::to_owned));
                    write(store, again.clone(), text.unwrap_or_default());
                } }>"Make the HTML again"</button>
            </div>
        </Show>
        <p class="note">"A partial goes in with " <code>"{{> name}}"</code> "; it is in the list of the project, under Partials."</p>
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
