//! Inputs for plain values: texts, numbers, boxes, choices, durations.

use leptos::prelude::*;
use model::Path;
use model::time::{DAY, HOUR, MINUTE, format_duration, parse_duration};
use serde_json::{Number, Value};
use web_sys::Event;

use super::{complaint, labelled, marked, text_of, value_at, write};
use crate::store::Store;

/// What is typed into one field, written with each key, so that cards and checks follow. All keys until the field is left
/// are one step of undo.
#[derive(Clone, Copy)]
struct Typing {
    store: Store,
    path: StoredValue<Path>,
    /// How many steps undo had with that of this field as the last one.
    steps: StoredValue<Option<usize>>,
}

impl Typing {
    fn new(store: Store, path: Path) -> Typing {
        Typing { store, path: StoredValue::new(path), steps: StoredValue::new(None) }
    }

    /// Writes what stands in the field so far.
    fn put(self, value: Option<Value>) {
        let Typing { store, path, steps } = self;
        let count = || store.history.with_untracked(|history| history.undo.len());
        let path = path.get_value();
        if store.content.with_untracked(|root| path.find(root) == value.as_ref()) {
            return;
        }
        if steps.get_value() == Some(count()) {
            store.undo();
        }
        let before = count();
        write(store, &path, value);
        let after = count();
        steps.set_value((after > before).then_some(after));
    }

    /// A text on its way. Without a letter it is not written before the field is left: the member would be gone, and with
    /// it, perhaps, the field.
    fn text(self, event: &Event) {
        let text = event_target_value(event);
        if !text.is_empty() {
            self.put(Some(Value::String(text)));
        }
    }

    /// A text that is finished; an empty one takes the member away.
    fn whole_text(self, event: &Event) {
        let text = event_target_value(event);
        self.put((!text.is_empty()).then_some(Value::String(text)));
    }

    /// The field is left.
    fn leave(self) {
        self.steps.set_value(None);
    }
}

/// Writes what was chosen; an empty text takes the member away.
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
    let typing = Typing::new(store, path.clone());
    // a time of day that is half typed reads as none at all
    let by_key = kind != "time";
    let inside = view! {
        <input
            id=id
            type=kind
            prop:value=move || text_of(value.get())
            on:input=move |event| if by_key { typing.text(&event) }
            on:change=move |event| typing.whole_text(&event)
            on:blur=move |_| typing.leave()
        />
    };
    labelled(store, label, &path, inside.into_any())
}

/// Several lines of text.
pub fn area(store: Store, label: String, path: Path) -> AnyView {
    let value = value_at(store, path.clone());
    let (id, _) = marked(store, &path);
    let typing = Typing::new(store, path.clone());
    let inside = view! {
        <textarea
            id=id
            rows="2"
            prop:value=move || text_of(value.get())
            on:input=move |event| typing.text(&event)
            on:change=move |event| typing.whole_text(&event)
            on:blur=move |_| typing.leave()
        ></textarea>
    };
    labelled(store, label, &path, inside.into_any())
}

/// A number; `fraction` = not only whole ones.
pub fn number(store: Store, label: String, path: Path, fraction: bool) -> AnyView {
    let value = value_at(store, path.clone());
    let (id, _) = marked(store, &path);
    let typing = Typing::new(store, path.clone());
    let read = |text: &str| serde_json::from_str::<Number>(text.trim()).ok();
    // what would be shown otherwise than it was typed, as "1.0" on the way to "1.05", waits until the field is left
    let on_its_way = move |event: &Event| {
        let text = event_target_value(event);
        if let Some(number) = read(&text).filter(|number| number.to_string() == text) {
            typing.put(Some(Value::Number(number)));
        }
    };
    let step = if fraction { "any" } else { "1" };
    let inside = view! {
        <input
            id=id
            type="number"
            step=step
            prop:value=move || text_of(value.get())
            on:input=move |event| on_its_way(&event)
            on:change=move |event| typing.put(read(&event_target_value(&event)).map(Value::Number))
            on:blur=move |_| typing.leave()
        />
    };
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
    let typing = Typing::new(store, path.clone());
    // Half a day is 12 hours; nothing typed takes the member away.
    let put = move |n: Option<f64>, unit: usize| {
        let span = n.filter(|n| *n >= 0.0).map(|n| (n * UNITS[unit].1 as f64).round().min(1e12) as i64);
        typing.put(span.map(|span| Value::String(format_duration(span))));
    };
    // what would be shown otherwise than it was typed, as half a day or 24 hours, waits until the field is left
    let on_its_way = move |text: &str| {
        let (Ok(n), unit) = (text.parse::<i64>(), chosen.get_untracked()) else { return };
        let span = n.saturating_mul(UNITS[unit].1);
        let stays = UNITS.iter().rposition(|(_, longer)| span % longer == 0) == Some(unit) && n.to_string() == text;
        if n > 0 && stays {
            put(Some(n as f64), unit);
        }
    };
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
                    view! {
                        <input
                            id=id.clone()
                            type="number"
                            min="0"
                            step="any"
                            prop:value=move || parts.get().map_or(String::new(), |(n, _)| n.to_string())
                            on:input=move |event| on_its_way(&event_target_value(&event))
                            on:change=move |event| put(event_target_value(&event).parse().ok(), chosen.get_untracked())
                            on:blur=move |_| typing.leave()
                        />
                        <select
                            aria-label="Unit"
                            prop:value=move || chosen.get().to_string()
                            on:change=move |event| {
                                let unit = event_target_value(&event).parse().unwrap_or(DAYS);
                                chosen.set(unit);
                                if let Some((n, _)) = parts.get_untracked() { put(Some(n as f64), unit) }
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
