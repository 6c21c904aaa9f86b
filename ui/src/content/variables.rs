//! What a message reads of people: who lacks it, and what stands in for it.

use leptos::prelude::*;
use model::path;
use serde_json::{Map, Value};

use super::preview::Preview;
use crate::form::{value_at, write};
use crate::store::{Store, store};

/// The table of variables, each with its default value.
#[component]
pub fn Variables(preview: Preview) -> impl IntoView {
    let store = store();
    let paths =
        Memo::new(move |_| preview.view.with(|view| view.variables.iter().map(|v| v.path.clone()).collect::<Vec<_>>()));
    let row = move |path: String| {
        let of = path.clone();
        let lacking = Memo::new(move |_| {
            preview.view.with(|view| {
                let found = view.variables.iter().find(|variable| variable.path == of)?;
                Some((found.lacking, view.reached, found.needed && !found.has_default))
            })
        });
        let words = move || match lacking.get() {
            None | Some((0, ..)) => "everybody has it".to_owned(),
            Some((lacking, all, _)) => {
                format!("{lacking} of {all} lack it ({:.0} %)", 100.0 * lacking as f64 / all.max(1) as f64)
            }
        };
        let stops = move || lacking.get().is_some_and(|(lacking, _, needed)| lacking > 0 && needed);
        let (shown, change) = (path.clone(), path.clone());
        let default = Memo::new(move |_| defaults(store).get(&path).map(shown_as).unwrap_or_default());
        view! {
            <tr class:bad=stops>
                <th scope="row"><code>{shown.clone()}</code></th>
                <td>{words} {move || stops().then_some(". They get no message.")}</td>
                <td>
                    <input
                        type="text"
                        aria-label=format!("Default of {shown}")
                        placeholder="no default"
                        prop:value=move || default.get()
                        on:change=move |event| set_default(store, &change, &event_target_value(&event))
                    />
                </td>
            </tr>
        }
    };
    view! {
        <Show when=move || !paths.with(Vec::is_empty)>
            <table class="variables" data-test="variables">
                <thead><tr><th scope="col">"Variable"</th><th scope="col">"Who lacks it"</th><th scope="col">"Said instead"</th></tr></thead>
                <tbody><For each=move || paths.get() key=Clone::clone let:path>{row(path)}</For></tbody>
            </table>
        </Show>
    }
}

/// `DefaultSubstitutions` is a text that holds an object.
fn defaults(store: Store) -> Map<String, Value> {
    let text = value_at(store, path!["DefaultSubstitutions"]).get();
    let object = text.as_ref().and_then(Value::as_str).and_then(|text| serde_json::from_str(text).ok());
    object.unwrap_or_default()
}

fn shown_as(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn set_default(store: Store, path: &str, text: &str) {
    let mut all = untrack(|| defaults(store));
    if text.is_empty() {
        all.shift_remove(path);
    } else {
        all.insert(path.to_owned(), Value::String(text.to_owned()));
    }
    let value = (!all.is_empty()).then(|| Value::String(Value::Object(all).to_string()));
    write(store, &path!["DefaultSubstitutions"], value);
}
