//! Fields for any member of any shape: the inspector's form, made from the shapes of the API.
//!
//! A field knows a place in the journey document; its value is a memo of that place, and a change is one edit. The form's
//! structure depends on the shape only, so a field keeps the keyboard while others change. Members with a better input
//! than their type (durations, templates, segments, the next activity) are told apart by shape and member name.

use leptos::prelude::*;
use model::drawing::{self, Origin};
use model::shapes::{self, Kind, SHAPES, Shape};
use model::time::{DAY, HOUR, MINUTE, format_duration, parse_duration};
use model::{Path, Slot, Step, TemplateKind, edit, summary};
use serde_json::{Number, Value};

use crate::store::{Store, store};

/// Writes `value` at a place of the journey, or takes it away, as one edit.
pub fn write(store: Store, path: &Path, value: Option<Value>) {
    let id = store.id();
    let made = store.document.with_untracked(|root| {
        let now = path.find(root);
        if now == value.as_ref() {
            return None;
        }
        let label = format!("Change {}", label_of(path).to_lowercase());
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

/// The label of the last named step.
fn label_of(path: &Path) -> String {
    let key = path.0.iter().rev().find_map(|step| match step {
        Step::Key(key) => Some(key.as_str()),
        Step::Index(_) => None,
    });
    words(key.unwrap_or("value"))
}

/// A member's name as people read it: `MessagesPerSecond` is "Messages per second".
pub fn words(name: &str) -> String {
    let known = match name {
        "WaitFor" => "For",
        "WaitUntil" => "Until (UTC)",
        "NextActivity" => "Then",
        "TrueActivity" => "Yes leads to",
        "FalseActivity" => "No leads to",
        "DefaultActivity" => "Else leads to",
        "TemplateName" => "Template",
        "TemplateVersion" => "Template version",
        "SegmentId" => "Segment",
        "MessageActivity" => "Message",
        "EvaluationWaitTime" => "Judge after",
        "DeliveryUri" => "Function or webhook",
        "EndpointReentryCap" => "Entries per person",
        "EndpointReentryInterval" => "Pause between entries",
        "DailyCap" => "Messages per person in 24 hours",
        "TotalCap" => "Messages per person in all",
        "MessagesPerSecond" => "Messages per second",
        "LocalTime" => "Each person's local time",
        "WaitForQuietTime" => "Hold messages during quiet time",
        "SendingSchedule" => "Use open hours and closed days",
        "RefreshFrequency" => "Look for new members every",
        "RefreshOnSegmentUpdate" => "Also when the segment changes",
        "TimezoneEstimationMethods" => "Estimate missing time zones by",
        "JourneyChannelSettings" => "Contact centre",
        "StartTime" => "Start",
        "EndTime" => "End",
        "GPSPoint" => "Near a place",
        "EventStartCondition" => "Event",
        "SegmentStartCondition" => "Segment",
        "SegmentDimensions" | "segmentDimensions" => "Attributes",
        "SegmentCondition" => "Segment",
        "EventCondition" => "Event",
        "FromAddress" => "Sender address",
        "MessageConfig" => "Message settings",
        "TimeToLive" => "Time to live (seconds)",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    let mut out = String::new();
    let letters: Vec<char> = name.chars().collect();
    for (i, c) in letters.iter().enumerate() {
        let breaks = i > 0 && c.is_uppercase() && letters[i - 1].is_lowercase();
        if breaks {
            out.push(' ');
        }
        let keep = i == 0 || (c.is_uppercase() && letters.get(i + 1).is_none_or(|next| next.is_uppercase()));
        if keep { out.push(*c) } else { out.extend(c.to_lowercase()) }
    }
    out
}

/// The value at a place of the journey, as it changes.
pub fn value_at(store: Store, path: Path) -> Memo<Option<Value>> {
    Memo::new(move |_| store.document.with(|root| path.find(root).filter(|value| !value.is_null()).cloned()))
}

/// All members of a structure but `skip`, each as a field; in the order of `first`, then of the shape.
pub fn members(shape: &'static Shape, path: &Path, first: &[&str], skip: &[&str]) -> AnyView {
    let mut list: Vec<&'static shapes::Member> =
        shape.members().iter().filter(|member| !skip.contains(&member.name)).collect();
    list.sort_by_key(|member| first.iter().position(|name| *name == member.name).unwrap_or(first.len()));
    list.into_iter()
        .map(|member| field(&SHAPES[member.shape], shape.name, &words(member.name), path.join(member.name)))
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
        (_, "TemplateName") => choice(store, label, path, templates),
        (_, "SegmentId") => choice(store, label, path, |store, _| {
            store.project.with(|p| p.segment_names().map(|name| (name.to_owned(), name.to_owned())).collect())
        }),
        (_, "MessageActivity") => choice(store, label, path, |store, _| messages(store)),
        (Kind::Text, "WaitFor" | "RefreshFrequency" | "EndpointReentryInterval") => duration(store, label, path),
        (Kind::Text | Kind::Timestamp, "WaitUntil" | "StartTime" | "EndTime" | "StartDateTime" | "EndDateTime")
            if of != "OpenHoursRule" =>
        {
            instant(store, label, path, of != "ClosedDaysRule")
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
            allowed.iter().map(|word| ((*word).to_owned(), plain(word))).collect()
        }),
        (Kind::Flag, _) => flag(store, label, path),
        (Kind::Integer | Kind::Double, _) => number(store, label, path, matches!(shape.kind, Kind::Double)),
        (Kind::Text | Kind::Blob | Kind::Timestamp, _) => input(store, label, path, "text"),
        (Kind::List(inner), _) => list(&SHAPES[inner], label, path),
        (Kind::Map(inner), _) => map(&SHAPES[inner], label, path),
        (Kind::Structure(_), _) if shape.name == "SimpleCondition" => one_of(shape, label, path),
        (Kind::Structure(_), _) if shape.name == "SetDimension" && member == "EventType" => {
            event_types(store, label, path)
        }
        (Kind::Structure(_), _) => group(shape, label, path),
    }
}

/// `UTC` and the offsets that a schedule may name (journeys.md 6).
const ZONES: &[&str] = &[
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

/// `GREATER_THAN` as "greater than".
fn plain(word: &str) -> String {
    if word.contains('_') || word.len() > 5 { word.replace('_', " ").to_lowercase() } else { word.to_owned() }
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
        let id = model::DocumentId::Journey(store.journey.get());
        store.report.with(|report| {
            report
                .of(&id)
                .find(|found| found.place.path == path)
                .map(|found| (found.severity == model::Severity::Error, crate::problems::sentence(&found.message)))
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

fn input(store: Store, label: String, path: Path, kind: &'static str) -> AnyView {
    let value = value_at(store, path.clone());
    let (id, _) = marked(store, &path);
    let place = path.clone();
    let change = move |event| {
        let text = event_target_value(&event);
        write(store, &place, (!text.is_empty()).then_some(Value::String(text)));
    };
    let inside = view! { <input id=id type=kind prop:value=move || text_of(value.get()) on:change=change /> };
    labelled(store, label, &path, inside.into_any())
}

fn area(store: Store, label: String, path: Path) -> AnyView {
    let value = value_at(store, path.clone());
    let (id, _) = marked(store, &path);
    let place = path.clone();
    let change = move |event| {
        let text = event_target_value(&event);
        write(store, &place, (!text.is_empty()).then_some(Value::String(text)));
    };
    let inside =
        view! { <textarea id=id rows="2" prop:value=move || text_of(value.get()) on:change=change></textarea> };
    labelled(store, label, &path, inside.into_any())
}

fn number(store: Store, label: String, path: Path, fraction: bool) -> AnyView {
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

fn flag(store: Store, label: String, path: Path) -> AnyView {
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
fn choice(
    store: Store,
    label: String,
    path: Path,
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
    let place = path.clone();
    let change = move |event| {
        let text = event_target_value(&event);
        write(store, &place, (!text.is_empty()).then_some(Value::String(text)));
    };
    let inside = view! {
        <select id=id on:change=change prop:value=move || { listed.track(); text_of(value.get()) }>
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

/// The activity that a connection leads to: only those it may lead to.
fn target(store: Store, label: String, path: Path) -> AnyView {
    let origin = origin_of(&path);
    choice(store, label, path, move |store, _| {
        store.document.with(|root| {
            let Some(journey) = model::Journey::of(root) else { return Vec::new() };
            let fits =
                |id: &str| origin.as_ref().is_none_or(|origin| drawing::can_connect(journey, origin, id).is_ok());
            let listed = journey.activities().into_iter().filter(|activity| fits(activity.id));
            listed.map(|activity| (activity.id.to_owned(), activity.label().to_owned())).collect()
        })
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
fn templates(store: Store, path: &Path) -> Vec<(String, String)> {
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

/// The message activities of the journey.
fn messages(store: Store) -> Vec<(String, String)> {
    store.document.with(|root| {
        let activities = model::Journey::of(root).map(|journey| journey.activities()).unwrap_or_default();
        let messages = activities.into_iter().filter(|activity| activity.kind().is_some_and(|kind| kind.is_message()));
        messages.map(|activity| (activity.id.to_owned(), activity.label().to_owned())).collect()
    })
}

const UNITS: [(&str, i64); 3] = [("minutes", MINUTE), ("hours", HOUR), ("days", DAY)];

/// A number and a unit, kept as an ISO 8601 duration; what that can not say stays as text.
fn duration(store: Store, label: String, path: Path) -> AnyView {
    let value = value_at(store, path.clone());
    let (id, _) = marked(store, &path);
    let parts = Memo::new(move |_| {
        let span = parse_duration(&text_of(value.get()))?;
        let unit = UNITS.iter().rposition(|(_, unit)| span % unit == 0)?;
        Some((span / UNITS[unit].1, unit))
    });
    let odd = move || value.get().is_some() && parts.get().is_none();
    let chosen = RwSignal::new(2usize);
    Effect::new(move |_| {
        if let Some((_, unit)) = parts.get() {
            chosen.set(unit);
        }
    });
    let put = {
        let path = path.clone();
        move |n: Option<i64>, unit: usize| {
            let text = n.filter(|n| *n >= 0).and_then(|n| n.checked_mul(UNITS[unit].1)).map(format_duration);
            write(store, &path, text.map(Value::String));
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
                            prop:value=move || parts.get().map_or(String::new(), |(n, _)| n.to_string())
                            on:change=move |event| put(event_target_value(&event).parse().ok(), chosen.get_untracked())
                        />
                        <select
                            aria-label="Unit"
                            prop:value=move || chosen.get().to_string()
                            on:change=move |event| {
                                let unit = event_target_value(&event).parse().unwrap_or(2);
                                chosen.set(unit);
                                if let Some((n, _)) = parts.get_untracked() { put_unit(Some(n), unit) }
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

/// A date and time; `utc` ones get a `Z`, others stay local.
fn instant(store: Store, label: String, path: Path, utc: bool) -> AnyView {
    let value = value_at(store, path.clone());
    let (id, _) = marked(store, &path);
    let shown = move || {
        let text = text_of(value.get());
        match model::time::parse_instant(&text) {
            Some(at) => model::time::format_instant(at).chars().take(16).collect(),
            None => String::new(),
        }
    };
    let odd = move || Some(text_of(value.get())).filter(|text| !text.is_empty() && shown().is_empty());
    let place = path.clone();
    let change = move |event| {
        let text = event_target_value(&event);
        let full = if utc { format!("{text}:00Z") } else { format!("{text}:00") };
        write(store, &place, (!text.is_empty()).then_some(Value::String(full)));
    };
    let inside = view! {
        <input id=id type="datetime-local" prop:value=shown on:change=change />
        {move || odd().map(|text| view! { <span class="complaint">{format!("In the file: {text}")}</span> })}
    };
    labelled(store, label, &path, inside.into_any())
}

/// Which event types count: those that the chosen message can cause, as boxes to tick; others as text.
fn event_types(store: Store, label: String, path: Path) -> AnyView {
    let values = path.join("Values");
    let now = value_at(store, values.clone());
    let in_split = path.activity().is_some();
    if !in_split {
        return group_of(
            label,
            view! { {list(&SHAPES[text_shape()], "Event names".to_owned(), values)} {field(
                &SHAPES[shape_place("DimensionType")], "SetDimension", "Match", path.join("DimensionType"),
            )} }
            .into_any(),
        );
    }
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
    let set = move |name: &'static str, on: bool| {
        let mut list = chosen();
        list.retain(|other| other != name);
        if on {
            list.push(name.to_owned());
        }
        let items: Vec<Value> = list.into_iter().map(Value::String).collect();
        if now.get_untracked().is_none() {
            let whole = serde_json::json!({"DimensionType": "INCLUSIVE", "Values": items});
            write(store, &place, Some(whole));
        } else {
            write(store, &values, Some(Value::Array(items)));
        }
    };
    let foreign = move || {
        let known = options.get();
        let odd: Vec<String> = chosen().into_iter().filter(|name| !known.contains(&name.as_str())).collect();
        (!odd.is_empty()).then(|| format!("Also asked for: {}", odd.join(", ")))
    };
    let inside = view! {
        <For each=move || options.get().to_vec() key=|name| *name let:name>
            {
                let set = set.clone();
                view! {
                    <label class="field check">
                        <input
                            type="checkbox"
                            data-event=name
                            prop:checked=move || chosen().iter().any(|other| other == name)
                            on:change=move |event| set(name, event_target_checked(&event))
                        />
                        <span class="name">{summary::event_word(name)} <code>{name}</code></span>
                    </label>
                }
            }
        </For>
        <Show when=move || options.get().is_empty()><p class="note">"Choose the message first."</p></Show>
        {move || foreign().map(|text| view! { <p class="note">{text}</p> })}
        {complaint(store, path)}
    };
    group_of(label, inside.into_any())
}

fn text_shape() -> usize {
    shape_place("__string")
}

/// The place of a shape in the table; the table holds every shape of the API.
fn shape_place(name: &str) -> usize {
    SHAPES.iter().position(|shape| shape.name == name).unwrap_or(0)
}

fn group_of(label: String, inside: AnyView) -> AnyView {
    view! { <fieldset class="group"><legend>{label}</legend>{inside}</fieldset> }.into_any()
}

/// A structure inside another: folded while nothing is set in it.
fn group(shape: &'static Shape, label: String, path: Path) -> AnyView {
    let store = store();
    let value = value_at(store, path.clone());
    let set = value.get_untracked().is_some();
    let within = path.clone();
    let wanted = move || store.field.with(|field| field.as_ref().is_some_and(|field| field.starts_with(&within)));
    let always = path.activity().is_some() && path.0.len() <= 5;
    let open = RwSignal::new(set || always);
    Effect::new(move |_| {
        if wanted() {
            open.set(true);
        }
    });
    let order: &[&str] = match shape.name {
        "EventCondition" => &["MessageActivity"],
        "JourneySchedule" => &["StartTime"],
        "QuietTime" => &["Start"],
        _ => &[],
    };
    let of_group = path.clone();
    view! {
        <fieldset class="group">
            <legend>
                <button
                    type="button"
                    class="fold"
                    aria-expanded=move || open.get().to_string()
                    on:click=move |_| open.update(|open| *open = !*open)
                >
                    <span aria-hidden="true">{move || if open.get() { "▾" } else { "▸" }}</span>
                    {label}
                </button>
            </legend>
            <Show when=move || open.get()>{members(shape, &path, order, &[])}</Show>
            {complaint(store, of_group)}
        </fieldset>
    }
    .into_any()
}

/// A structure of which exactly one member is set: the choice which, and that member's fields.
pub fn one_of(shape: &'static Shape, label: String, path: Path) -> AnyView {
    let store = store();
    let value = value_at(store, path.clone());
    let chosen = Memo::new(move |_| {
        let value = value.get();
        let members = shape.members();
        members.iter().position(|member| value.as_ref().and_then(|v| v.get(member.name)).is_some_and(|v| !v.is_null()))
    });
    let names: Vec<(String, &'static str)> = shape.members().iter().map(|m| (words(m.name), m.name)).collect();
    let place = path.clone();
    let choose = move |event| {
        let picked = event_target_value(&event);
        let start = match picked.as_str() {
            "EventCondition" => serde_json::json!({"EventCondition": {}}),
            "" => serde_json::json!({}),
            other => Value::Object([(other.to_owned(), serde_json::json!({}))].into_iter().collect()),
        };
        write(store, &place, Some(start));
    };
    let inside_path = path.clone();
    view! {
        <fieldset class="group">
            <legend>{label}</legend>
            <label class="field">
                <span class="name">"Asks about"</span>
                <select data-test="asks" on:change=choose prop:value=move || chosen.get().map_or("", |i| shape.members()[i].name)>
                    <option value="" selected=move || chosen.get().is_none()>"–"</option>
                    {names
                        .into_iter()
                        .enumerate()
                        .map(|(i, (shown, name))| view! { <option value=name selected=move || chosen.get() == Some(i)>{shown}</option> })
                        .collect_view()}
                </select>
            </label>
            {move || {
                chosen.get().map(|i| {
                    let member = &shape.members()[i];
                    let inner = &SHAPES[member.shape];
                    let order: &[&str] = if inner.name == "EventCondition" { &["MessageActivity"] } else { &[] };
                    members(inner, &inside_path.join(member.name), order, &[])
                })
            }}
            {complaint(store, path.clone())}
        </fieldset>
    }
    .into_any()
}

/// A list: its elements, each with a way to take it away, and a way to add one.
fn list(inner: &'static Shape, label: String, path: Path) -> AnyView {
    let store = store();
    let value = value_at(store, path.clone());
    let length = Memo::new(move |_| value.get().and_then(|v| v.as_array().map(Vec::len)).unwrap_or(0));
    let simple = matches!(inner.kind, Kind::Text | Kind::Words(_));
    let unit = match inner.name {
        "SimpleCondition" => "Condition",
        "MultiConditionalBranch" | "RandomSplitEntry" => "Branch",
        "OpenHoursRule" => "Open",
        "ClosedDaysRule" => "Closed",
        _ => "",
    };
    let place = path.clone();
    let add = move |_| {
        let start = match inner.kind {
            Kind::Text => Value::String(String::new()),
            Kind::Words(allowed) => Value::String(allowed.first().copied().unwrap_or_default().to_owned()),
            Kind::Integer | Kind::Double => Value::Number(0.into()),
            _ if inner.name == "RandomSplitEntry" => serde_json::json!({"Percentage": 10}),
            _ if inner.name == "MultiConditionalBranch" => serde_json::json!({"Condition": {}}),
            _ => serde_json::json!({}),
        };
        let n = length.get_untracked();
        let id = store.id();
        if n == 0 {
            write(store, &place, Some(Value::Array(vec![start])));
        } else {
            store.edit(model::Edit::new(format!("Add {}", unit_word(unit))).insert(&id, place.join(n), start));
        }
    };
    let of_list = path.clone();
    let inside = view! {
        <For each=move || 0..length.get() key=|i| *i let:i>
            {
                let place = of_list.join(i);
                let gone = place.clone();
                let remove = move |_| {
                    let id = store.id();
                    store.edit(model::Edit::new(format!("Remove {}", unit_word(unit))).remove(&id, gone.clone()));
                };
                let title = if unit.is_empty() { format!("{}", i + 1) } else if unit == "Branch" && inner.name == "MultiConditionalBranch" {
                    format!("Branch {}", model::activity::branch_letter(i))
                } else { format!("{unit} {}", i + 1) };
                let away = format!("Remove {title}");
                if simple {
                    view! {
                        <div class="element simple">
                            {field(inner, "", "", place)}
                            <button type="button" class="quiet" title=away.clone() aria-label=away on:click=remove>"×"</button>
                        </div>
                    }.into_any()
                } else if inner.name == "SimpleCondition" {
                    view! {
                        <div class="element">
                            {one_of(inner, title, place)}
                            <button type="button" class="quiet remove" title=away.clone() aria-label=away on:click=remove>"×"</button>
                        </div>
                    }.into_any()
                } else {
                    view! {
                        <div class="element">
                            <fieldset class="group"><legend>{title}</legend>{members(inner, &place, &["Percentage", "Condition", "Name", "StartTime", "StartDateTime"], &[])}</fieldset>
                            <button type="button" class="quiet remove" title=away.clone() aria-label=away on:click=remove>"×"</button>
                        </div>
                    }.into_any()
                }
            }
        </For>
        <button type="button" class="add" on:click=add>{format!("Add {}", unit_word(unit))}</button>
        {complaint(store, path)}
    };
    group_of(label, inside.into_any())
}

fn unit_word(unit: &str) -> String {
    if unit.is_empty() { "value".to_owned() } else { unit.to_lowercase() }
}

/// An object with free member names: its members, each with a way to take it away, and a way to add one by name.
fn map(inner: &'static Shape, label: String, path: Path) -> AnyView {
    let store = store();
    let value = value_at(store, path.clone());
    let names = Memo::new(move |_| -> Vec<String> {
        value.get().and_then(|v| v.as_object().map(|o| o.keys().cloned().collect())).unwrap_or_default()
    });
    let place = path.clone();
    let fresh = NodeRef::<leptos::html::Input>::new();
    let add = move || {
        let Some(input) = fresh.get_untracked() else { return };
        let name = input.value().trim().to_owned();
        if name.is_empty() || names.get_untracked().contains(&name) {
            return;
        }
        let start = match inner.kind {
            Kind::Text => Value::String(String::new()),
            Kind::List(_) => Value::Array(Vec::new()),
            _ if inner.name == "AttributeDimension" => serde_json::json!({"AttributeType": "INCLUSIVE", "Values": []}),
            _ if inner.name == "MetricDimension" => {
                serde_json::json!({"ComparisonOperator": "GREATER_THAN", "Value": 0})
            }
            _ => serde_json::json!({}),
        };
        write(store, &place.join(&name), Some(start));
        input.set_value("");
    };
    let add_by_key = add.clone();
    let prefix = match path.0.last() {
        Some(Step::Key(key)) if key == "UserAttributes" => "User.UserAttributes.",
        Some(Step::Key(key)) if key == "Attributes" => "Attributes.",
        Some(Step::Key(key)) if key == "Metrics" => "Metrics.",
        _ => "\u{0}",
    };
    let known = format!("known:{path}");
    let days = matches!(path.0.first(), Some(Step::Key(key)) if key == "OpenHours");
    let suggestions = move || -> Vec<String> {
        if days {
            return ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]
                .map(str::to_owned)
                .to_vec();
        }
        store.attributes.with(|all| all.iter().filter_map(|a| a.strip_prefix(prefix)).map(str::to_owned).collect())
    };
    let of_map = path.clone();
    let inside = view! {
        <For each=move || names.get() key=|name| name.clone() let:name>
            {
                let place = of_map.join(&name);
                let gone = place.clone();
                let away = format!("Remove {name}");
                let remove = move |_| write(store, &gone, None);
                view! {
                    <div class="element">
                        {field(inner, "", &name, place)}
                        <button type="button" class="quiet remove" title=away.clone() aria-label=away on:click=remove>"×"</button>
                    </div>
                }
            }
        </For>
        <div class="pair">
            <input
                type="text"
                placeholder="Name"
                aria-label=format!("Name to add to {label}")
                list=known.clone()
                node_ref=fresh
                on:keydown=move |event| if event.key() == "Enter" { event.prevent_default(); add_by_key() }
            />
            <datalist id=known>{move || suggestions().into_iter().map(|name| view! { <option value=name></option> }).collect_view()}</datalist>
            <button type="button" class="add" on:click=move |_| add()>"Add"</button>
        </div>
        {complaint(store, path)}
    };
    group_of(label, inside.into_any())
}
