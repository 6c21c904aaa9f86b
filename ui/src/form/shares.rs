//! Percentages with sliders: the branches of a random split, which keep the sum of 100, and the share of a holdout.
//!
//! While a slider moves only the form follows; letting go of it, or of the key, is one edit.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use model::activity::branch_letter;
use model::shares::{self, MOST};
use model::{Edit, Path, path};
use serde_json::{Value, json};
use web_sys::Event;

use super::choices::target;
use super::{complaint, value_at, write_as};
use crate::store::{Store, store};

/// The branches of a random split; `path` is its `Branches`.
pub fn branches(path: Path) -> AnyView {
    let store = store();
    let value = value_at(store, path.clone());
    let kept = Memo::new(move |_| value.with(|value| percentages(value.as_ref())));
    let moving: RwSignal<Option<Vec<i64>>> = RwSignal::new(None);
    let now = Memo::new(move |_| moving.get().unwrap_or_else(|| kept.get()));
    let length = Memo::new(move |_| kept.with(Vec::len));
    let sum = Memo::new(move |_| now.with(|now| now.iter().sum::<i64>()));
    let place = path.clone();
    let keep = move |after: Vec<i64>| {
        moving.set(None);
        write_shares(store, &place, &kept.get_untracked(), &after);
    };
    let of_add = path.clone();
    let full = move || length.get() >= MOST;
    let add = move |_| {
        let before = kept.get_untracked();
        let after = shares::add(&before);
        let new = json!({"Percentage": after.last().copied().unwrap_or(100)});
        let id = store.subject.get_untracked();
        let mut edit = changed(Edit::new("Add a branch"), store, &of_add, &before, &after);
        edit = match before.is_empty() {
            true => store
                .document
                .with_untracked(|root| model::edit::put("Add a branch", &id, root, &of_add, Value::Array(vec![new]))),
            false => edit.insert(&id, of_add.join(before.len()), new),
        };
        store.edit(edit);
    };
    let of_rows = path.clone();
    view! {
        <fieldset class="group shares" data-test="shares">
            <legend>"Branches"</legend>
            <For each=move || 0..length.get() key=|i| *i let:i>
                {
                    let place = of_rows.join(i);
                    let whole = of_rows.clone();
                    let name = format!("Branch {}", branch_letter(i));
                    let away = format!("Remove {}", name.to_lowercase());
                    let remove = move |_| {
                        let before = kept.get_untracked();
                        let after = shares::remove(&before, i);
                        let left: Vec<i64> = before.iter().enumerate().filter(|(n, _)| *n != i).map(|(_, share)| *share).collect();
                        let edit = Edit::new("Remove a branch").remove(&store.subject.get_untracked(), whole.join(i));
                        store.edit(changed(edit, store, &whole, &left, &after));
                    };
                    let keep = keep.clone();
                    let preview = move |wanted: i64| moving.set(Some(shares::change(&kept.get_untracked(), i, wanted)));
                    let done = move || if let Some(after) = moving.get_untracked() { keep(after) };
                    let share = Memo::new(move |_| now.with(|now| now.get(i).copied().unwrap_or(0)));
                    view! {
                        <div class="element">
                            {slider(store, name, &place.join("Percentage"), share, (1, 99), preview, done)}
                            {target(store, "Then".to_owned(), place.join("NextActivity"))}
                            <button type="button" class="quiet remove" title=away.clone() aria-label=away on:click=remove>"×"</button>
                        </div>
                    }
                }
            </For>
            <Show when=move || sum.get() != 100>
                <p class="complaint bad">{move || format!("The branches add up to {}%, not 100%. Moving one sets the others right.", sum.get())}</p>
            </Show>
            <button type="button" class="add" data-test="add-branch" disabled=full on:click=add>
                {move || if full() { "Five branches are the most" } else { "Add a branch" }}
            </button>
            {complaint(store, path)}
        </fieldset>
    }
    .into_any()
}

/// The share of people that a holdout takes out; `path` is its `Percentage`.
pub fn holdout(path: Path) -> AnyView {
    let store = store();
    let value = value_at(store, path.clone());
    let kept = Memo::new(move |_| value.with(|value| value.as_ref().and_then(Value::as_f64).unwrap_or(0.0) as i64));
    let moving: RwSignal<Option<i64>> = RwSignal::new(None);
    let now = Memo::new(move |_| moving.get().unwrap_or_else(|| kept.get()));
    let place = path.clone();
    let done = move || {
        if let Some(after) = moving.get_untracked() {
            moving.set(None);
            write_as(store, &place, Some(json!(after)), &format!("Hold out {after}%"));
        }
    };
    view! {
        <div class="shares">
            {slider(store, "Leave here".to_owned(), &path, now, (0, 100), move |wanted| moving.set(Some(wanted.clamp(0, 100))), done)}
            <p class="note">{move || format!("{}% of the people, drawn at random, leave the journey here; {}% go on.", now.get(), 100 - now.get())}</p>
        </div>
    }
    .into_any()
}

/// A slider and a number for one percentage. `preview` hears every move, `done` the end of a gesture.
fn slider(
    store: Store,
    name: String,
    path: &Path,
    share: Memo<i64>,
    (least, most): (i64, i64),
    preview: impl Fn(i64) + Clone + 'static,
    done: impl Fn() + Clone + 'static,
) -> AnyView {
    let by_key = StoredValue::new(false);
    let number_of = |event: &Event| event_target_value(event).trim().parse::<f64>().ok().map(|n| n.round() as i64);
    let slide = {
        let preview = preview.clone();
        move |event: Event| {
            if let Some(wanted) = number_of(&event) {
                preview(wanted);
            }
        }
    };
    let let_go = {
        let done = done.clone();
        // A key that is held down changes the slider many times; letting go of it ends the gesture.
        move |_: Event| {
            if !by_key.get_value() {
                done()
            }
        }
    };
    let key_up = {
        let done = done.clone();
        move |_: KeyboardEvent| {
            by_key.set_value(false);
            done();
        }
    };
    let leave = {
        let done = done.clone();
        move |_| {
            by_key.set_value(false);
            done();
        }
    };
    let typed = move |event: Event| {
        if let Some(wanted) = number_of(&event) {
            preview(wanted);
            done();
        }
    };
    let id = format!("field:{path}");
    let spoken = format!("{name}, percent");
    view! {
        <div class="slider">
            <label class="name" for=id.clone()>{name}</label>
            <input type="range" id=id min=least max=most step="1" prop:value=move || share.get().to_string()
                aria-valuetext=move || format!("{} percent", share.get())
                on:input=slide on:change=let_go on:keydown=move |_| by_key.set_value(true) on:keyup=key_up on:blur=leave />
            <input type="number" min=least max=most step="1" aria-label=spoken prop:value=move || share.get().to_string() on:change=typed />
            <span aria-hidden="true">"%"</span>
            {complaint(store, path.clone())}
        </div>
    }
    .into_any()
}

/// The percentages of branches; one that is missing counts as nothing.
fn percentages(branches: Option<&Value>) -> Vec<i64> {
    let list = branches.and_then(Value::as_array).into_iter().flatten();
    list.map(|branch| branch.get("Percentage").and_then(Value::as_f64).unwrap_or(0.0) as i64).collect()
}

fn write_shares(store: Store, place: &Path, before: &[i64], after: &[i64]) {
    let words: Vec<String> = after.iter().map(|share| format!("{share}%")).collect();
    let edit = Edit::new(format!("Split {}", words.join(" / ")));
    store.edit(changed(edit, store, place, before, after));
}

/// The edit, with the percentages that differ.
fn changed(edit: Edit, store: Store, place: &Path, before: &[i64], after: &[i64]) -> Edit {
    let id = store.subject.get_untracked();
    let pairs = before.iter().zip(after).enumerate().filter(|(_, (before, after))| before != after);
    pairs.fold(edit, |edit, (i, (_, share))| {
        let at = Path(place.0.iter().cloned().chain(path![i, "Percentage"].0).collect());
        edit.set(&id, at, json!(share))
    })
}
