//! Structures, lists and maps: fields that hold fields.

use leptos::prelude::*;
use model::shapes::{Kind, SHAPES, Shape};
use model::{Path, Step, naming};
use serde_json::Value;

use super::{complaint, field, members, value_at, write};
use crate::store::store;

/// What one element of a list or map is called: its label in small letters, "value" where it has none.
fn unit_word(unit: &str) -> String {
    if unit.is_empty() { "value".to_owned() } else { unit.to_lowercase() }
}

/// A frame with a title.
pub fn group_of(label: String, inside: AnyView) -> AnyView {
    view! { <fieldset class="group"><legend>{label}</legend>{inside}</fieldset> }.into_any()
}

/// A structure inside another: folded while nothing is set in it.
pub fn group(shape: &'static Shape, label: String, path: Path) -> AnyView {
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
    let names: Vec<(String, &'static str)> = shape.members().iter().map(|m| (naming::member(m.name), m.name)).collect();
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
pub fn list(inner: &'static Shape, label: String, path: Path) -> AnyView {
    let store = store();
    let value = value_at(store, path.clone());
    let length = Memo::new(move |_| value.get().and_then(|v| v.as_array().map(Vec::len)).unwrap_or(0));
    let simple = matches!(inner.kind, Kind::Text | Kind::Words(_));
    let unit = match inner.name {
        "MultiConditionalBranch" => "Branch",
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
            _ if inner.name == "MultiConditionalBranch" => serde_json::json!({"Condition": {}}),
            _ => serde_json::json!({}),
        };
        let n = length.get_untracked();
        let id = store.subject.get_untracked();
        if n == 0 {
            write(store, &place, Some(Value::Array(vec![start])));
        } else {
            store.edit(model::Edit::new(format!("Add {}", unit_word(unit))).insert(&id, place.join(n), start));
        }
    };
    let of_list = path.clone();
    let named = label.clone();
    let inside = view! {
        <For each=move || 0..length.get() key=|i| *i let:i>
            {
                let place = of_list.join(i);
                let gone = place.clone();
                let remove = move |_| {
                    let id = store.subject.get_untracked();
                    store.edit(model::Edit::new(format!("Remove {}", unit_word(unit))).remove(&id, gone.clone()));
                };
                let title = if unit.is_empty() { format!("{}", i + 1) } else if unit == "Branch" {
                    format!("Branch {}", model::activity::branch_letter(i))
                } else { format!("{unit} {}", i + 1) };
                let away = format!("Remove {title}");
                if simple {
                    view! {
                        <div class="element simple">
                            {field(inner, "", &format!("{named} {}", i + 1), place)}
                            <button type="button" class="quiet" title=away.clone() aria-label=away on:click=remove>"×"</button>
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

/// An object with free member names: its members, each with a way to take it away, and a way to add one by name.
pub fn map(inner: &'static Shape, label: String, path: Path) -> AnyView {
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
