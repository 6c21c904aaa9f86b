//! Inputs for plain values: texts, numbers, boxes, choices, durations.

use leptos::prelude::*;
use model::Path;
use model::time::{DAY, HOUR, MINUTE, format_duration, parse_duration};
use serde_json::{Number, Value};
use web_sys::Event;

use super::{complaint, labelled, marked, text_of, value_at, write};
use crate::store::Store;

/// Writes what was typed or chosen; an empty text takes the member away.
fn write_text(store: Store, path: Path) -> impl Fn(Event) + 'static {
    move |event| {
        let text = event_target_value(&event);
        write(store, &path, (!text.is_empty()).then_some(Value::String(text)));
    }
}

/// One line of text; `kind` is the `type` of the HTML input.
pub fn input(store: Store, label: String, path: Path, kind: &'static str) -> AnyView {
    let value = value_at(store, path.clone());
    let (id, _) = marked(store, &path);
    let change = write_text(store, path.clone());
    let inside = view! { <input id=id type=kind prop:value=move || text_of(value.get()) on:change=change /> };
    labelled(store, label, &path, inside.into_any())
}

/// Several lines of text.
pub fn area(store: Store, label: String, path: Path) -> AnyView {
    let value = value_at(store, path.clone());
    let (id, _) = marked(store, &path);
    let change = write_text(store, path.clone());
    let inside =
        view! { <textarea id=id rows="2" prop:value=move || text_of(value.get()) on:change=change></textarea> };
    labelled(store, label, &path, inside.into_any())
}

/// A number; `fraction` = not only whole ones.
pub fn number(store: Store, label: String, path: Path, fraction: bool) -> AnyView {
    let value = value_at(store, path.clone());
    let (id, _) = marked(store, &path);
    let place = path.clone();
    let change = move |event| {
        let text = event_target_value(&event);
        let number = serde_json::from_str::<Number>(text.trim()).ok();
        write(store, &place, number.map(Value::Number));
    };
    let step = if fraction { "any" } else { "1" };
    let inside =
        view! { <input id=id type="number" step=step prop:value=move || text_of(value.get()) on:change=change /> };
    labelled(store, label, &path, inside.into_any())
}

/// A box to tick.
pub fn flag(store: Store, label: String, path: Path) -> AnyView {
    let value = value_at(store, path.clone());
    let (id, wanted) = marked(store, &path);
    let place = path.clone();
    let change = move |event| write(store, &place, Some(Value::Bool(event_target_checked(&event))));
    let checked = move || value.get() == Some(Value::Bool(true));
    view! {
        <label class="field check" class:wanted=wanted>
            <input id=id type="checkbox" prop:checked=checked on:change=change />
            <span class="name">{label}</span>
            {complaint(store, path)}
        </label>
    }
    .into_any()
}

/// A choice from a list of (value, words); what stands in the document is always among the choices.
pub fn choice(
    store: Store,
    label: String,
    path: Path,
    options: impl Fn(Store, &Path) -> Vec<(String, String)> + Send + Sync + 'static,
) -> AnyView {
    choice_once_asked(store, label, path, RwSignal::new(true), options)
}

/// As [`choice`], and tells `asked` when somebody turns to it: `options` may have fewer choices until then.
pub fn choice_once_asked(
    store: Store,
    label: String,
    path: Path,
    asked: RwSignal<bool>,
    options: impl Fn(Store, &Path) -> Vec<(String, String)> + Send + Sync + 'static,
) -> AnyView {
    let value = value_at(store, path.clone());
    let (id, _) = marked(store, &path);
    let place = path.clone();
    let listed = Memo::new(move |_| {
        let mut options = options(store, &place);
        let now = text_of(value.get());
        if !now.is_empty() && !options.iter().any(|(value, _)| *value == now) {
            options.push((now.clone(), format!("{now} (not found)")));
        }
        options
    });
    let change = write_text(store, path.clone());
    let inside = view! {
        <select
            id=id
            on:pointerdown=move |_| asked.set(true)
            on:focus=move |_| asked.set(true)
            on:change=change
            prop:value=move || { listed.track(); text_of(value.get()) }
        >
            <option value="" selected=move || value.get().is_none()>"–"</option>
            <For each=move || listed.get() key=|option| option.clone() let:option>
                {
                    let (word, shown) = option;
                    let own = word.clone();
                    view! { <option value=word selected=move || text_of(value.get()) == own>{shown}</option> }
                }
            </For>
        </select>
    };
    labelled(store, label, &path, inside.into_any())
}

const UNITS: [(&str, i64); 4] = [("minutes", MINUTE), ("hours", HOUR), ("days", DAY), ("weeks", 7 * DAY)];

/// The place of "days" in [`UNITS`]: what a new duration begins with.
const DAYS: usize = 2;

/// A number and a unit, kept as an ISO 8601 duration; what that can not say stays as text.
pub fn duration(store: Store, label: String, path: Path) -> AnyView {
    let value = value_at(store, path.clone());
    let (id, _) = marked(store, &path);
    let parts = Memo::new(move |_| {
        let span = parse_duration(&text_of(value.get()))?;
        let unit = UNITS.iter().rposition(|(_, unit)| span % unit == 0)?;
        Some((span / UNITS[unit].1, unit))
    });
    let odd = move || value.get().is_some() && parts.get().is_none();
    let chosen = RwSignal::new(DAYS);
    Effect::new(move |_| {
        if let Some((_, unit)) = parts.get() {
            chosen.set(unit);
        }
    });
    let put = {
        let path = path.clone();
        // Half a day is 12 hours; nothing typed takes the member away.
        move |n: Option<f64>, unit: usize| {
            let span = n.filter(|n| *n >= 0.0).map(|n| (n * UNITS[unit].1 as f64).round().min(1e12) as i64);
            write(store, &path, span.map(|span| Value::String(format_duration(span))));
        }
    };
    let put_unit = put.clone();
    let place = path.clone();
    let inside = view! {
        <span class="pair">
            <Show
                when=move || !odd()
                fallback={
                    let place = place.clone();
                    move || {
                        let place = place.clone();
                        view! {
                            <input type="text" prop:value=move || text_of(value.get()) on:change=move |event| {
                                write(store, &place, Some(Value::String(event_target_value(&event))));
                            } />
                        }
                    }
                }
            >
                {
                    let put = put.clone();
                    let put_unit = put_unit.clone();
                    view! {
                        <input
                            id=id.clone()
                            type="number"
                            min="0"
                            step="any"
                            prop:value=move || parts.get().map_or(String::new(), |(n, _)| n.to_string())
                            on:change=move |event| put(event_target_value(&event).parse().ok(), chosen.get_untracked())
                        />
                        <select
                            aria-label="Unit"
                            prop:value=move || chosen.get().to_string()
                            on:change=move |event| {
                                let unit = event_target_value(&event).parse().unwrap_or(DAYS);
                                chosen.set(unit);
                                if let Some((n, _)) = parts.get_untracked() { put_unit(Some(n as f64), unit) }
                            }
                        >
                            {UNITS.iter().enumerate().map(|(i, (name, _))| view! {
                                <option value=i.to_string() selected=move || chosen.get() == i>{*name}</option>
                            }).collect_view()}
                        </select>
                    }
                }
            </Show>
        </span>
    };
    labelled(store, label, &path, inside.into_any())
}
