//! Choices among what the journey and the project have: activities, templates, messages, events, zones.

use leptos::prelude::*;
use model::drawing::{self, Origin};
use model::{Path, Slot, Step, TemplateKind, summary};
use serde_json::Value;

use super::containers::group_of;
use super::inputs::choice_once_asked;
use super::values::ticked;
use super::{complaint, text_of, value_at, write};
use crate::store::Store;

/// The most activities whose list is made before somebody turns to it.
const MANY: usize = 200;

/// Whether the list of targets is to be made; set when somebody turns to it. In a long journey, whose thousands of choices
/// take a moment, only then.
pub fn targets_asked(store: Store) -> RwSignal<bool> {
    RwSignal::new(store.scene.with_untracked(|scene| scene.nodes.len() <= MANY))
}

/// Identifier and name of each activity that a connection may lead to; until `asked` only of that which it leads to.
pub fn targets(store: Store, origin: &Origin, asked: bool) -> Vec<(String, String)> {
    store.document.with(|root| {
        let Some(journey) = model::Journey::of(root) else { return Vec::new() };
        let pair = |activity: model::Activity<'_>| (activity.id.to_owned(), activity.label().to_owned());
        if !asked {
            return drawing::target(journey, origin)
                .and_then(|id| journey.activity(id))
                .map(pair)
                .into_iter()
                .collect();
        }
        let refused = drawing::refusals(journey, origin);
        journey.activities().into_iter().filter(|activity| !refused.contains_key(activity.id)).map(pair).collect()
    })
}

/// The activity that a connection leads to: only those it may lead to.
pub fn target(store: Store, label: String, path: Path) -> AnyView {
    let origin = origin_of(&path);
    let asked = targets_asked(store);
    choice_once_asked(store, label, path, asked, move |store, _| {
        origin.as_ref().map(|origin| targets(store, origin, asked.get())).unwrap_or_default()
    })
}

/// The connection whose target stands at a place.
fn origin_of(path: &Path) -> Option<Origin> {
    let Some(id) = path.activity() else { return Some(Origin::Entry) };
    let slot = match path.0.as_slice() {
        [.., Step::Key(list), Step::Index(i), Step::Key(_)] if list == "Branches" => Slot::Branch(*i),
        [.., Step::Key(key)] => match key.as_str() {
            "TrueActivity" => Slot::Yes,
            "FalseActivity" => Slot::No,
            "DefaultActivity" => Slot::Else,
            _ => Slot::Next,
        },
        _ => return None,
    };
    Some(Origin::Activity(id.to_owned(), slot))
}

/// The templates that fit the activity at a place.
pub fn templates(store: Store, path: &Path) -> Vec<(String, String)> {
    let kind = match path.0.get(2) {
        Some(Step::Key(key)) if key == "EMAIL" => Some(TemplateKind::Email),
        Some(Step::Key(key)) if key == "SMS" => Some(TemplateKind::Sms),
        Some(Step::Key(key)) if key == "PUSH" => Some(TemplateKind::Push),
        _ => None,
    };
    store.project.with(|project| {
        let kinds = kind.map_or(TemplateKind::ALL.to_vec(), |kind| vec![kind]);
        kinds.into_iter().flat_map(|kind| project.template_names(kind)).map(|n| (n.to_owned(), n.to_owned())).collect()
    })
}

/// The templates that fit `TemplateConfiguration`: `path` ends in `EmailTemplate.Name` and the like.
pub fn templates_of_campaign(store: Store, path: &Path) -> Vec<(String, String)> {
    let kind = match path.0.iter().rev().nth(1) {
        Some(Step::Key(key)) if key == "SMSTemplate" => TemplateKind::Sms,
        Some(Step::Key(key)) if key == "PushTemplate" => TemplateKind::Push,
        Some(Step::Key(key)) if key == "InAppTemplate" => TemplateKind::InApp,
        Some(Step::Key(key)) if key == "VoiceTemplate" => TemplateKind::Voice,
        _ => TemplateKind::Email,
    };
    store.project.with(|project| project.template_names(kind).map(|name| (name.to_owned(), name.to_owned())).collect())
}

/// The message activities that the split at a place can ask about, and the one that it asks about now.
pub fn messages(store: Store, path: &Path) -> Vec<(String, String)> {
    let now = text_of(value_at(store, path.clone()).get());
    store.document.with(|root| {
        let Some(journey) = model::Journey::of(root) else { return Vec::new() };
        let mut messages = summary::messages_before(journey, path.activity().unwrap_or_default());
        messages.extend(journey.activity(&now).filter(|now| messages.iter().all(|other| other.id != now.id)));
        messages.into_iter().map(|activity| (activity.id.to_owned(), activity.label().to_owned())).collect()
    })
}

/// Which events a filter hears: those that can occur there, as boxes to tick.
///
/// `ENDPOINT` hears what apps and SDKs report, under any name: those recorded, and others as text. `SYSTEM` hears what the
/// service itself does (journeys.md 2): no other name can occur. `path` is the `EventType`.
pub fn named_events(store: Store, path: Path) -> AnyView {
    let filter = value_at(store, super::asking::up(&path, 2).join("FilterType"));
    let known = store.known.found(store);
    let of_system = Memo::new(move |_| text_of(filter.get()) == "SYSTEM");
    let offered = Memo::new(move |_| {
        let by_service =
            |name: &str| ["_email.", "_SMS.", "_campaign.", "_journey."].iter().any(|own| name.starts_with(own));
        let mut offered = known.with(|known| {
            let fitting = known.events.iter().filter(|event| by_service(&event.name) == of_system.get());
            fitting.map(|event| (event.name.clone(), event.count)).collect::<Vec<_>>()
        });
        if of_system.get() {
            let others = summary::service_events().filter(|name| offered.iter().all(|(known, _)| known != name));
            offered.extend(others.map(|name| (name.to_owned(), 0)).collect::<Vec<_>>());
        }
        offered
    });
    let values = path.join("Values");
    let boxes = move || {
        let other = (!of_system.get()).then_some("Another event");
        ticked(store, values.clone(), offered, "Change events".to_owned(), other)
    };
    view! { {boxes} }.into_any()
}

/// Which event types count: those that the chosen message can cause, as boxes to tick; no other event can occur there
/// (journeys.md 3.8).
pub fn event_types(store: Store, label: String, path: Path) -> AnyView {
    let values = path.join("Values");
    let now = value_at(store, values.clone());
    // `….EventCondition.Dimensions.EventType` asks about the message `….EventCondition.MessageActivity`.
    let condition = Path(path.0[..path.0.len().saturating_sub(2)].to_vec());
    let message = value_at(store, condition.join("MessageActivity"));
    let options = Memo::new(move |_| {
        let id = text_of(message.get());
        let kind = store.document.with(|root| model::Journey::of(root)?.activity(&id)?.kind());
        kind.map(summary::events_of).unwrap_or_default()
    });
    let chosen = move || -> Vec<String> {
        let list = now.get();
        let items = list.as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
        items.into_iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let place = path.clone();
    let set = move |name: String, on: bool| {
        let mut list = chosen();
        list.retain(|other| *other != name);
        if on {
            list.push(name);
        }
        let items: Vec<Value> = list.into_iter().map(Value::String).collect();
        if now.get_untracked().is_none() {
            let whole = serde_json::json!({"DimensionType": "INCLUSIVE", "Values": items});
            write(store, &place, Some(whole));
        } else {
            write(store, &values, Some(Value::Array(items)));
        }
    };
    let listed = Memo::new(move |_| {
        let mut list: Vec<String> = options.get().iter().map(|name| (*name).to_owned()).collect();
        list.extend(chosen().into_iter().filter(|name| !options.get().contains(&name.as_str())));
        list
    });
    let inside = view! {
        <For each=move || listed.get() key=|name| name.clone() let:name>
            {
                let set = set.clone();
                let (own, sent) = (name.clone(), name.clone());
                view! {
                    <label class="field check">
                        <input
                            type="checkbox"
                            data-event=name.clone()
                            prop:checked=move || chosen().contains(&own)
                            on:change=move |event| set(sent.clone(), event_target_checked(&event))
                        />
                        <span class="name">{summary::event_word(&name)} <code>{name.clone()}</code></span>
                    </label>
                }
            }
        </For>
        <Show when=move || options.get().is_empty()><p class="note">"Choose the message first."</p></Show>
        {complaint(store, path)}
    };
    group_of(label, inside.into_any())
}

/// `UTC` and the offsets that a schedule may name (journeys.md 6).
pub const ZONES: &[&str] = &[
    "UTC",
    "UTC+01",
    "UTC+02",
    "UTC+03",
    "UTC+03:30",
    "UTC+04",
    "UTC+04:30",
    "UTC+05",
    "UTC+05:30",
    "UTC+05:45",
    "UTC+06",
    "UTC+06:30",
    "UTC+07",
    "UTC+08",
    "UTC+08:45",
    "UTC+09",
    "UTC+09:30",
    "UTC+10",
    "UTC+10:30",
    "UTC+11",
    "UTC+12",
    "UTC+12:45",
    "UTC+13",
    "UTC+13:45",
    "UTC-02",
    "UTC-02:30",
    "UTC-03",
    "UTC-03:30",
    "UTC-04",
    "UTC-05",
    "UTC-06",
    "UTC-07",
    "UTC-08",
    "UTC-09",
    "UTC-09:30",
    "UTC-10",
    "UTC-11",
];
