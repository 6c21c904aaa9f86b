//! Pickers with suggestions from the sample people and events: what is looked at, and which values are meant.

use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use model::Path;
use model::clause::Subject;
use serde_json::Value;

use super::asking::{events_of, is_about_event, next_hole, put_subject, up};
use super::sentence::Open;
use super::{complaint, value_at, write_as};
use crate::known::{subjects, values};
use crate::store::Store;

/// Most suggestions that are shown before something is typed.
const FEW: usize = 8;

/// Picks what a criterion looks at, instead of `old`; then asks for its value.
pub fn subject_picker(
    store: Store,
    base: Path,
    dimensions: Path,
    old: Option<Subject>,
    open: RwSignal<Option<Open>>,
) -> AnyView {
    let known = store.known.found(store);
    let wanted = RwSignal::new(String::new());
    let of_events = is_about_event(&dimensions);
    let place = dimensions.clone();
    let offered = Memo::new(move |_| {
        let events = events_of(store, &place);
        let mut list = known.with(|known| subjects(known, events.as_deref()));
        if events.is_none() {
            list.extend(Subject::SETS.map(|(member, _)| (Subject::Set(member), 0)));
            list.extend([(Subject::Recency, 0), (Subject::Circle, 0)]);
        }
        let words = wanted.with(|wanted| wanted.trim().to_lowercase());
        list.retain(|(subject, _)| subject.words().to_lowercase().contains(&words));
        let free = wanted.with(|wanted| wanted.trim().to_owned());
        if !free.is_empty() {
            let new = [Subject::Attribute(free.clone()), Subject::UserAttribute(free.clone()), Subject::Metric(free)];
            let fits = |subject: &Subject| !(of_events && matches!(subject, Subject::UserAttribute(_)));
            for subject in new.into_iter().filter(fits) {
                if !list.iter().any(|(known, _)| *known == subject) {
                    list.push((subject, 0));
                }
            }
        }
        list
    });
    let choose = move |subject: Subject| {
        put_subject(store, &dimensions, old.as_ref(), Some(&subject));
        open.set(Some(Open::Hole(next_hole(&base, &dimensions, &subject))));
    };
    let by_key = choose.clone();
    let press = move |event: KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            if let Some((first, _)) = offered.get_untracked().into_iter().next() {
                by_key(first);
            }
        }
    };
    view! {
        <input type="search" placeholder="Name of an attribute" aria-label="Name of an attribute" data-test="subject"
            on:input=move |event| wanted.set(event_target_value(&event)) on:keydown=press />
        <ul class="offered" aria-label="Known">
            {move || {
                let choose = choose.clone();
                offered.get().into_iter().map(move |(subject, holders)| {
                    let choose = choose.clone();
                    let (name, kind) = (subject.words(), kind_of(&subject, of_events));
                    let had = (holders > 0).then(|| format!("{holders}"));
                    view! {
                        <li>
                            <button type="button" data-subject=name.clone() on:click=move |_| choose(subject.clone())>
                                <span class="clip">{name.clone()}</span>
                                <span class="about">{kind}</span>
                                <span class="n">{had}</span>
                            </button>
                        </li>
                    }
                }).collect_view()
            }}
        </ul>
    }
    .into_any()
}

fn kind_of(subject: &Subject, of_events: bool) -> &'static str {
    match subject {
        Subject::Attribute(_) if of_events => "of the event",
        Subject::Attribute(_) => "of the address",
        Subject::UserAttribute(_) => "of the person",
        Subject::Metric(_) => "a number",
        Subject::Set("Country") | Subject::Circle => "place",
        Subject::Set(_) => "device",
        Subject::Recency => "behaviour",
    }
}

/// Picks texts to compare with: boxes of those that were seen, and a field for others; days where days are compared.
pub fn values_picker(store: Store, place: Path) -> AnyView {
    let criterion = up(&place, 1);
    let how = value_at(store, criterion.join("AttributeType"));
    let kind = Memo::new(move |_| match how.get().as_ref().and_then(Value::as_str) {
        Some("BEFORE" | "AFTER" | "ON") => 1,
        Some("BETWEEN") => 2,
        _ => 0,
    });
    let inputs = move || match kind.get() {
        0 => boxes(store, place.clone()),
        days => (0..days).map(|n| day(store, place.clone(), n, days)).collect_view().into_any(),
    };
    inputs.into_any()
}

/// The texts at a place.
pub fn texts(value: Option<&Value>) -> Vec<String> {
    let list = value.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

fn boxes(store: Store, place: Path) -> AnyView {
    let criterion = up(&place, 1);
    let Some(subject) = Subject::at(&criterion) else { return ().into_any() };
    let known = store.known.found(store);
    let dimensions = up(&criterion, 2);
    let label = format!("Change values of {}", subject.words());
    let offered = Memo::new(move |_| {
        let events = events_of(store, &dimensions);
        known.with(|known| values(known, &subject, events.as_deref()))
    });
    ticked(store, place, offered, label, Some("Another value"))
}

/// Boxes to tick for texts at a place, those of `offered` and those that are there; and a field for others, where there can
/// be others.
pub fn ticked(
    store: Store,
    place: Path,
    offered: Memo<Vec<(String, u64)>>,
    label: String,
    other: Option<&'static str>,
) -> AnyView {
    let now = value_at(store, place.clone());
    let wanted = RwSignal::new(String::new());
    let chosen = move || now.with(|value| texts(value.as_ref()));
    let listed = Memo::new(move |_| {
        let mut list = offered.get();
        for value in chosen() {
            if !list.iter().any(|(known, _)| *known == value) {
                list.push((value, 0));
            }
        }
        let words = wanted.with(|wanted| wanted.trim().to_lowercase());
        let chosen = chosen();
        let fits = |value: &String| chosen.contains(value) || value.to_lowercase().contains(&words);
        list.retain(|(value, _)| fits(value));
        let mut few = if words.is_empty() && other.is_some() { FEW } else { usize::MAX };
        list.retain(|(value, _)| {
            few = few.saturating_sub(1);
            few > 0 || chosen.contains(value)
        });
        list
    });
    let complained = place.clone();
    let set = move |value: String, on: bool| {
        let mut list = chosen();
        list.retain(|other| *other != value);
        if on {
            list.push(value);
        }
        let list = Value::Array(list.into_iter().map(Value::String).collect());
        write_as(store, &place, Some(list), &label);
    };
    let add = other.map(|other| {
        let set = set.clone();
        let input = NodeRef::<html::Input>::new();
        let press = move |event: KeyboardEvent| {
            if event.key() != "Enter" {
                return;
            }
            event.prevent_default();
            let text = event_target_value(&event).trim().to_owned();
            if !text.is_empty() {
                set(text, true);
                wanted.set(String::new());
                if let Some(input) = input.get_untracked() {
                    input.set_value("");
                }
            }
        };
        view! {
            <input type="text" placeholder=format!("{other}, then Enter") aria-label=other data-test="another" node_ref=input
                on:input=move |event| wanted.set(event_target_value(&event)) on:keydown=press />
        }
    });
    view! {
        {add}
        <For each=move || listed.get() key=|(value, _)| value.clone() let:row>
            {
                let (value, count) = row;
                let own = value.clone();
                let checked = move || chosen().contains(&own);
                let set = set.clone();
                let own = value.clone();
                view! {
                    <label class="field check">
                        <input type="checkbox" data-value=value.clone() prop:checked=checked
                            on:change=move |event| set(own.clone(), event_target_checked(&event)) />
                        <span class="name">{value}</span>
                        <span class="n">{(count > 0).then(|| count.to_string())}</span>
                    </label>
                }
            }
        </For>
        {complaint(store, complained)}
    }
    .into_any()
}

/// One of the days that are compared with; texts that are no day stay texts.
fn day(store: Store, place: Path, n: usize, of: usize) -> AnyView {
    let now = value_at(store, place.clone());
    let text = move || now.with(|value| texts(value.as_ref()).get(n).cloned().unwrap_or_default());
    let is_day = |text: &str| text.is_empty() || (text.len() == 10 && model::time::parse_instant(text).is_some());
    let kind = if is_day(&text()) { "date" } else { "text" };
    let label = match (of, n) {
        (1, _) => "Day",
        (_, 0) => "From",
        _ => "To",
    };
    let change = move |event| {
        let mut list = now.with_untracked(|value| texts(value.as_ref()));
        list.resize(of, String::new());
        list[n] = event_target_value(&event);
        let list = list.into_iter().map(Value::String).collect();
        write_as(store, &place, Some(Value::Array(list)), "Change days");
    };
    view! {
        <label class="field">
            <span class="name">{label}</span>
            <input type=kind prop:value=text on:change=change />
        </label>
    }
    .into_any()
}
