//! A document as the JSON text that it is, checked while it is typed; taken over as one edit.

use leptos::prelude::*;
use model::{DocumentId, Edit, path, reader, shapes};
use serde_json::Value;

use crate::store::store;

/// Complaints that are shown at most.
const MOST: usize = 20;

/// What a typed text is.
#[derive(Clone, Debug, PartialEq)]
struct Typed {
    /// The value; `None` = the text is not JSON throughout.
    value: Option<Value>,
    /// What is wrong, each with its line.
    complaints: Vec<String>,
}

/// The text of a document, and what is wrong with it.
#[component]
pub fn JsonText(id: DocumentId) -> impl IntoView {
    let store = store();
    let written = {
        let id = id.clone();
        Memo::new(move |_| store.project.with(|project| project.documents.get(&id).map(pretty).unwrap_or_default()))
    };
    // What is typed stands until it is taken over, or the document changes otherwise.
    let text = RwSignal::new(written.get_untracked());
    Effect::new(move |_| text.set(written.get()));
    let shape = id.shape();
    let typed = Memo::new(move |_| text.with(|text| read(text, shape)));
    let changed = move || text.with(|text| written.with(|written| text != written));
    let take_over = {
        let id = id.clone();
        move |_| {
            if let Some(value) = typed.get_untracked().value {
                store.edit(Edit::new(format!("Change {}", id.name())).set(&id, path![], value));
            }
        }
    };
    view! {
        <section class="json" data-test="json">
            <label class="field">
                <span class="name">{format!("{}.json", id.name())}</span>
                <textarea
                    class="code"
                    spellcheck="false"
                    rows="24"
                    prop:value=move || text.get()
                    on:input=move |event| text.set(event_target_value(&event))
                ></textarea>
            </label>
            <ul class="complaints" aria-live="polite">
                {move || typed.get().complaints.into_iter().take(MOST).map(|line| view! { <li>{line}</li> }).collect_view()}
            </ul>
            <div class="actions">
                <button
                    class="primary"
                    disabled=move || !changed() || typed.with(|typed| typed.value.is_none())
                    on:click=take_over
                >
                    "Apply"
                </button>
                <button disabled=move || !changed() on:click=move |_| text.set(written.get_untracked())>"Take back"</button>
            </div>
        </section>
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn read(text: &str, shape: Option<&str>) -> Typed {
    let reading = reader::read(text);
    let mut complaints: Vec<String> = reading.problems.iter().map(ToString::to_string).collect();
    let Some(value) = reading.value.filter(|_| complaints.is_empty()) else {
        return Typed { value: None, complaints };
    };
    if let Some(shape) = shape.and_then(shapes::find) {
        complaints.extend(shapes::check(shape, &value).into_iter().map(|wrong| {
            let (line, _) = reader::position(text, &wrong.path);
            format!("Line {line}, {}: {}", wrong.path, wrong.problem)
        }));
    }
    Typed { value: Some(value), complaints }
}
