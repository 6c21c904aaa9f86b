//! Yes/no splits as sentences: when it is judged, conditions with "and" or "or" between them.

use leptos::prelude::*;
use model::{Path, View, Word, wire};
use serde_json::{Value, json};

use super::sentence::condition;
use super::{complaint, members, value_at, write_as};
use crate::store::{Store, store};

/// The conditions of a yes/no split; `path` is its `Condition`.
pub fn conditions(path: Path) -> AnyView {
    let store = store();
    let list = path.join("Conditions");
    let value = value_at(store, list.clone());
    let length = Memo::new(move |_| value.with(|v| v.as_ref().and_then(Value::as_array).map_or(0, Vec::len)));
    let operator = path.join("Operator");
    let place = list.clone();
    let add = move |_| {
        let n = length.get_untracked();
        if n == 0 {
            write_as(store, &place, Some(json!([{}])), "Add a condition");
        } else {
            store.edit(model::Edit::new("Add a condition").insert(
                &store.subject.get_untracked(),
                place.join(n),
                json!({}),
            ));
        }
    };
    let of_list = list.clone();
    view! {
        <fieldset class="group">
            <legend>"Condition"</legend>
            <For each=move || 0..length.get() key=|i| *i let:i>
                {
                    let place = of_list.join(i);
                    let gone = place.clone();
                    let away = format!("Remove condition {}", i + 1);
                    let remove = move |_| {
                        store.edit(model::Edit::new("Remove a condition").remove(&store.subject.get_untracked(), gone.clone()));
                    };
                    view! {
                        <div class="element">
                            {(i > 0).then(|| joint(store, operator.clone()))}
                            {condition(place, if i == 0 { "If " } else { "" })}
                            <button type="button" class="quiet remove" title=away.clone() aria-label=away on:click=remove>"×"</button>
                        </div>
                    }
                }
            </For>
            <button type="button" class="add" data-test="add-condition" on:click=add>"Add a condition"</button>
            {complaint(store, path)}
            {complaint(store, list)}
        </fieldset>
    }
    .into_any()
}

/// "and" or "or" between two conditions; it is the same between all of them (journeys.md 3.4).
fn joint(store: Store, operator: Path) -> AnyView {
    let value = value_at(store, operator.clone());
    let any = move || value.with(|value| value.as_ref().and_then(Value::as_str) == Some(wire::Operator::Any.as_str()));
    let change = move |event| {
        let word = event_target_value(&event);
        write_as(store, &operator, Some(Value::String(word)), "Change how conditions are joined");
    };
    view! {
        <select class="joint" aria-label="All conditions, or one of them" data-test="joint" on:change=change
            prop:value=move || if any() { "ANY" } else { "ALL" }>
            <option value="ALL" selected=move || !any()>"and"</option>
            <option value="ANY" selected=any>"or"</option>
        </select>
    }
    .into_any()
}

/// When a split is judged, as words that open their fields; `path` is its `EvaluationWaitTime`.
pub fn judged(path: Path) -> AnyView {
    let store = store();
    let value = value_at(store, path.clone());
    let words = move || {
        value.with(|value| {
            model::telling::wait_words(value.as_ref().and_then(wire::WaitTime::of))
                .unwrap_or_else(|| "at once".to_owned())
        })
    };
    let open = RwSignal::new(false);
    let below = path.clone();
    Effect::new(move |_| {
        if store.field.with(|field| field.as_ref().is_some_and(|field| field.starts_with(&below))) {
            open.set(true);
        }
    });
    let shape = model::shapes::find(wire::WaitTime::SHAPE);
    view! {
        <p class="sentence">
            "It is judged "
            <button type="button" class="hole" data-hole="judged" aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)>{words}</button>
            "."
        </p>
        <Show when=move || open.get()>
            <div class="asking" role="group" aria-label="When it is judged">
                {shape.map(|shape| members(shape, &path, &["WaitFor"], &[]))}
            </div>
        </Show>
    }
    .into_any()
}
