//! Fields for any member of any shape: the inspector's form, made from the shapes of the API.
//!
//! A field knows a place in the document that is edited; its value is a memo of that place, and a change is one edit. The form's
//! structure depends on the shape only, so a field keeps the keyboard while others change. Members with a better input
//! than their type (durations, templates, segments, the next activity) are told apart by shape and member name.

mod asking;
mod choices;
mod containers;
mod dates;
mod inputs;
mod sentence;
mod shares;
mod split;
mod values;

use leptos::prelude::*;
use model::shapes::{self, Kind, SHAPES, Shape};
use model::{Path, Step, edit, naming};
use serde_json::Value;

use self::choices::{ZONES, event_types, messages, named_events, target, templates, templates_of_campaign};
pub use self::choices::{targets, targets_asked};
pub use self::containers::one_of;
use self::containers::{group, group_of, list, map};
use self::dates::date_time;
use self::inputs::{area, choice, duration, flag, input, number};
pub use self::sentence::{Open, event_start, told};
pub use self::split::judged;
use crate::store::{Store, store};

/// Writes `value` at a place of the document that is edited, or takes it away, as one edit that says so.
pub fn write(store: Store, path: &Path, value: Option<Value>) {
    let id = store.subject.get_untracked();
    let label = store.content.with_untracked(|root| naming::edit(&id, root, path, value.as_ref()));
    write_as(store, path, value, &label);
}

/// The same, named as undo shows it.
pub fn write_as(store: Store, path: &Path, value: Option<Value>, label: &str) {
    let id = store.subject.get_untracked();
    let made = store.content.with_untracked(|root| {
        let now = path.find(root);
        if now == value.as_ref() {
            return None;
        }
        Some(match value {
            Some(value) => edit::put(label, &id, root, path, value),
            None => edit::clear(label, &id, root, path, keep_of(path)),
        })
    });
    if let Some(made) = made {
        store.edit(made);
    }
}

/// How many leading steps stay when a member below them is cleared: the payload of an activity never goes by itself.
fn keep_of(path: &Path) -> usize {
    if path.activity().is_some() { 3 } else { 0 }
}

/// The value at a place of the document that is edited, as it changes.
pub fn value_at(store: Store, path: Path) -> Memo<Option<Value>> {
    Memo::new(move |_| store.content.with(|root| path.find(root).filter(|value| !value.is_null()).cloned()))
}

/// All members of a structure but `skip`, each as a field; in the order of `first`, then of the shape.
pub fn members(shape: &'static Shape, path: &Path, first: &[&str], skip: &[&str]) -> AnyView {
    let mut list: Vec<&'static shapes::Member> =
        shape.members().iter().filter(|member| !skip.contains(&member.name)).collect();
    list.sort_by_key(|member| first.iter().position(|name| *name == member.name).unwrap_or(first.len()));
    list.into_iter()
        .map(|member| field(&SHAPES[member.shape], shape.name, &naming::member(member.name), path.join(member.name)))
        .collect_view()
        .into_any()
}

/// The field of one place; `of` is the shape that the place is a member of.
pub fn field(shape: &'static Shape, of: &'static str, label: &str, path: Path) -> AnyView {
    let store = store();
    let member = match path.0.last() {
        Some(Step::Key(key)) => key.clone(),
        _ => String::new(),
    };
    let label = label.to_owned();
    match (shape.kind, member.as_str()) {
        (_, "NextActivity" | "TrueActivity" | "FalseActivity" | "DefaultActivity" | "StartActivity") => {
            target(store, label, path)
        }
        (_, "Name") if of == "Template" => choice(store, label, path, templates_of_campaign),
        (_, "TemplateName") => choice(store, label, path, templates),
        (_, "SegmentId") => choice(store, label, path, |store, _| {
            store.project.with(|p| p.segment_names().map(|name| (name.to_owned(), name.to_owned())).collect())
        }),
        (_, "MessageActivity") => choice(store, label, path, messages),
        (Kind::Text, "WaitFor" | "RefreshFrequency" | "EndpointReentryInterval") => duration(store, label, path),
        (Kind::Text | Kind::Timestamp, "WaitUntil" | "StartTime" | "EndTime" | "StartDateTime" | "EndDateTime")
            if of != "OpenHoursRule" =>
        {
            date_time(store, label, path, of != "ClosedDaysRule")
        }
        (Kind::Text, "Start" | "End") if of == "QuietTime" => input(store, label, path, "time"),
        (Kind::Text, "StartTime" | "EndTime") => input(store, label, path, "time"),
        (Kind::Text, "Timezone") => choice(store, label, path, |_, _| {
            ZONES.iter().map(|zone| ((*zone).to_owned(), (*zone).to_owned())).collect()
        }),
        (Kind::Text, "Data" | "RawContent" | "Description" | "HtmlPart" | "TextPart" | "Body") => {
            area(store, label, path)
        }
        (Kind::Words(allowed), _) => choice(store, label, path, move |_, _| {
            allowed.iter().map(|word| ((*word).to_owned(), naming::word(word))).collect()
        }),
        (Kind::Flag, _) => flag(store, label, path),
        (Kind::Integer, "Percentage") if of == "HoldoutActivity" => shares::holdout(path),
        (Kind::List(_), "Branches") if of == "RandomSplitActivity" => shares::branches(path),
        (Kind::Integer | Kind::Double, _) => number(store, label, path, matches!(shape.kind, Kind::Double)),
        (Kind::Text | Kind::Blob | Kind::Timestamp, _) => input(store, label, path, "text"),
        (Kind::List(inner), _) => list(&SHAPES[inner], label, path),
        (Kind::Map(inner), _) => map(&SHAPES[inner], label, path),
        (Kind::Structure(_), _) if shape.name == "Condition" => split::conditions(path),
        (Kind::Structure(_), _) if shape.name == "SimpleCondition" => sentence::condition(path, "If "),
        (Kind::Structure(_), _) if shape.name == "SetDimension" && member == "EventType" => {
            if path.activity().is_some() {
                event_types(store, label, path)
            } else {
                group_of(label, named_events(store, path))
            }
        }
        (Kind::Structure(_), _) => group(shape, label, path),
    }
}

fn text_of(value: Option<Value>) -> String {
    match value {
        None => String::new(),
        Some(Value::String(text)) => text,
        Some(other) => other.to_string(),
    }
}

/// A place's id in the page, and whether a problem was clicked that is about it.
fn marked(store: Store, path: &Path) -> (String, impl Fn() -> bool + Send + Sync + Clone + 'static) {
    let id = format!("field:{path}");
    let path = path.clone();
    (id, move || store.field.with(|field| field.as_ref() == Some(&path)))
}

/// What the checks say about exactly this place.
fn complaint(store: Store, path: Path) -> impl Fn() -> Option<AnyView> + Send + 'static {
    let found = Memo::new(move |_| {
        let id = store.subject.get();
        store.report.with(|report| {
            report
                .of(&id)
                .find(|found| found.place.path == path)
                .map(|found| (found.severity == model::Severity::Error, store.told_of(found, &found.message)))
        })
    });
    move || found.get().map(|(bad, text)| view! { <span class="complaint" class:bad=bad>{text}</span> }.into_any())
}

/// A label, an input and what the checks say about it.
fn labelled(store: Store, label: String, path: &Path, inside: AnyView) -> AnyView {
    let (_, wanted) = marked(store, path);
    let element = NodeRef::<leptos::html::Label>::new();
    let shown = wanted.clone();
    Effect::new(move |_| {
        if wanted()
            && let Some(label) = element.get()
        {
            label.scroll_into_view();
            if let Some(control) = label.control() {
                let _ = control.focus();
            }
        }
    });
    view! {
        <label class="field" class:wanted=shown node_ref=element>
            <span class="name">{label}</span>
            {inside}
            {complaint(store, path.clone())}
        </label>
    }
    .into_any()
}
