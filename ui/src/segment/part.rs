//! A part of a document as JSON, with what the shapes say about it.

use leptos::prelude::*;
use model::shapes::{self, Problem};
use model::{Edit, Path, reader};
use serde_json::Value;

use crate::store::store;

/// The text of the value at a place.
#[component]
pub fn JsonPart(place: Path) -> impl IntoView {
    let store = store();
    let of_text = place.clone();
    let written = Memo::new(move |_| {
        store.content.with(|root| of_text.find(root).and_then(|value| serde_json::to_string_pretty(value).ok()))
    });
    let typed = RwSignal::new(written.get_untracked().unwrap_or_default());
    Effect::new(move |_| typed.set(written.get().unwrap_or_default()));
    let of_check = place.clone();
    // What the text would be wrong with where it stands.
    let checked = Memo::new(move |_| -> Result<(Value, Vec<String>), String> {
        let reading = typed.with(|text| reader::read(text));
        let value = match (reading.value, reading.problems.first()) {
            (Some(value), None) => value,
            (_, Some(problem)) => return Err(problem.to_string()),
            (None, None) => return Err("empty".to_owned()),
        };
        let mut root = store.content.with(|document| document.as_ref().clone());
        put(&mut root, &of_check, value.clone());
        let shape = store.subject.with(|subject| subject.shape()).and_then(shapes::find);
        let found = shape.map(|shape| shapes::check(shape, &root)).unwrap_or_default();
        let near = |place: &Path| place.starts_with(&of_check) || of_check.starts_with(place);
        let words = |problem: &Problem| problem.to_string();
        let lines = found.iter().filter(|wrong| near(&wrong.path));
        Ok((value, lines.map(|wrong| format!("{}: {}", wrong.path, words(&wrong.problem))).collect()))
    });
    let changed = move || typed.with(|typed| written.with(|written| written.as_ref() != Some(typed)));
    let (of_apply, of_remove) = (place.clone(), place.clone());
    let apply = move |_| {
        if let Ok((value, _)) = checked.get_untracked() {
            let id = store.subject.get_untracked();
            store.edit(Edit::new(format!("Change {of_apply}")).set(&id, of_apply.clone(), value));
        }
    };
    let remove = move |_| {
        let id = store.subject.get_untracked();
        store.edit(Edit::new(format!("Remove {of_remove}")).remove(&id, of_remove.clone()));
    };
    let rows = written.get_untracked().map_or(1, |text| text.lines().count().clamp(1, 12));
    let whole = place.0.is_empty();
    let label = if whole { "The whole segment".to_owned() } else { place.to_string() };
    view! {
        <div class="json-part" data-test="json-part">
            <label class="field">
                <span class="name"><code>{label}</code></span>
                <textarea class="code" spellcheck="false" rows=rows.to_string() prop:value=move || typed.get()
                    on:input=move |event| typed.set(event_target_value(&event))></textarea>
            </label>
            <ul class="complaints" aria-live="polite">
                {move || match checked.get() {
                    Ok((_, lines)) => lines,
                    Err(line) => vec![line],
                }.into_iter().map(|line| view! { <li>{crate::problems::sentence(&line)}</li> }).collect_view()}
            </ul>
            <div class="row">
                <button type="button" disabled=move || !changed() || checked.with(Result::is_err) on:click=apply>"Apply"</button>
                {(!whole).then(|| view! { <button type="button" class="quiet" on:click=remove>"Remove"</button> })}
            </div>
        </div>
    }
}

/// Puts a value at a place that is there.
fn put(root: &mut Value, place: &Path, value: Value) {
    let pointer: String = place
        .0
        .iter()
        .map(|step| match step {
            model::Step::Key(key) => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            model::Step::Index(index) => format!("/{index}"),
        })
        .collect();
    if let Some(target) = root.pointer_mut(&pointer) {
        *target = value;
    }
}
