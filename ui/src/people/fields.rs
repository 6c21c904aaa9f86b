//! Endpoints as fields: one for every value, those that tell who somebody is are marked.

use leptos::prelude::*;
use model::{Path, Step};
use serde_json::{Number, Value, json};

use super::desk;
use super::list::Personal;

/// Fields for every value of some endpoints; `personal` are dotted paths.
#[component]
pub fn Fields(endpoints: RwSignal<Vec<Value>>, personal: StoredValue<Vec<String>>) -> impl IntoView {
    let count = Memo::new(move |_| endpoints.with(Vec::len));
    view! {
        {move || (0..count.get()).map(|number| view! { <OneEndpoint number=number endpoints=endpoints personal=personal several={count.get() > 1} /> }).collect_view()}
    }
}

#[component]
fn OneEndpoint(
    number: usize,
    endpoints: RwSignal<Vec<Value>>,
    personal: StoredValue<Vec<String>>,
    several: bool,
) -> impl IntoView {
    let desk = desk();
    // A field keeps the keyboard while its value changes.
    let places = Memo::new(move |_| endpoints.with(|all| all.get(number).map(leaves).unwrap_or_default()));
    let (name, value) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let known = format!("members-{number}");
    let offered =
        move || {
            let own = audience::import::members().into_iter();
            own.chain(desk.page.with(|page| {
                page.iter().flat_map(|page| page.members.clone()).map(|(path, _)| path).collect::<Vec<_>>()
            }))
            .collect::<Vec<_>>()
        };
    let add = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (path, text) = (name.get_untracked(), value.get_untracked());
        if path.trim().is_empty() || text.is_empty() {
            return;
        }
        endpoints.update(|all| {
            if let Some(endpoint) = all.get_mut(number) {
                put_new(endpoint, path.trim(), &text);
            }
        });
        name.set(String::new());
        value.set(String::new());
    };
    view! {
        <fieldset class="endpoint" data-test="endpoint">
            <legend class="clip">{move || endpoints.with(|all| all.get(number).map(title).unwrap_or_default())}
                {several.then(|| view! {
                    <button type="button" class="quiet" title="Remove this endpoint" aria-label="Remove this endpoint"
                        on:click=move |_| endpoints.update(|all| if number < all.len() { all.remove(number); })>"×"</button>
                })}
            </legend>
            <For each=move || places.get() key=|path| path.to_string() let:place>
                {
                    let dotted = dotted(&place);
                    let is_personal = personal.with_value(|personal| personal.contains(&dotted));
                    let (read, write) = (place.clone(), place);
                    let text = move || endpoints.with(|all| all.get(number).and_then(|endpoint| read.find(endpoint)).map(words).unwrap_or_default());
                    view! {
                        <label class="field">
                            <span class="name">{dotted.clone()} {is_personal.then(|| view! { " " <Personal /> })}</span>
                            <input type="text" data-path=dotted class:is-personal=is_personal prop:value=text on:change=move |event| {
                                let text = event_target_value(&event);
                                endpoints.update(|all| if let Some(endpoint) = all.get_mut(number) { change(endpoint, &write, &text); });
                            } />
                        </label>
                    }
                }
            </For>
            <form class="pair new-member" on:submit=add>
                <input type="text" aria-label="Member to add" placeholder="Attributes.Plan" list=known.clone() prop:value=move || name.get() on:input=move |event| name.set(event_target_value(&event)) />
                <datalist id=known>{move || offered().into_iter().map(|path| view! { <option value=path></option> }).collect_view()}</datalist>
                <input type="text" aria-label="Its value" placeholder="Value" prop:value=move || value.get() on:input=move |event| value.set(event_target_value(&event)) />
                <button type="submit">"Add"</button>
            </form>
        </fieldset>
    }
}

fn title(endpoint: &Value) -> String {
    let text = |name: &str| endpoint.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (channel, id) = (text("ChannelType"), text("Id"));
    if id.is_empty() { channel } else { format!("{channel} {id}") }
}

/// The places of all texts, numbers and words.
fn leaves(endpoint: &Value) -> Vec<Path> {
    fn walk(value: &Value, path: Path, out: &mut Vec<Path>) {
        match value {
            Value::Object(members) => members.iter().for_each(|(name, value)| walk(value, path.join(name), out)),
            Value::Array(items) => items.iter().enumerate().for_each(|(at, value)| walk(value, path.join(at), out)),
            _ => out.push(path),
        }
    }
    let mut out = Vec::new();
    walk(endpoint, Path::default(), &mut out);
    out
}

/// A place without its numbers: `Attributes.Plan`.
fn dotted(path: &Path) -> String {
    let keys = path.0.iter().filter_map(|step| match step {
        Step::Key(key) => Some(key.as_str()),
        Step::Index(_) => None,
    });
    keys.collect::<Vec<_>>().join(".")
}

fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Puts a text at a place that is there; a number stays a number, an empty text takes the value away.
fn change(endpoint: &mut Value, path: &Path, text: &str) {
    if text.is_empty() {
        take(endpoint, &path.0);
        return;
    }
    let slot = path.0.iter().try_fold(endpoint, |at, step| match step {
        Step::Key(key) => at.get_mut(key),
        Step::Index(index) => at.get_mut(index),
    });
    if let Some(slot) = slot {
        let number = serde_json::from_str::<Number>(text.trim()).ok().filter(|_| slot.is_number());
        *slot = number.map_or_else(|| json!(text), Value::Number);
    }
}

/// Takes a value away, and what is left empty around it.
fn take(value: &mut Value, path: &[Step]) {
    let Some((first, rest)) = path.split_first() else { return };
    let empty = |value: &Value| *value == json!({}) || *value == json!([]);
    match (value, first) {
        (Value::Object(members), Step::Key(key)) => {
            if let Some(inner) = members.get_mut(key).filter(|_| !rest.is_empty()) {
                take(inner, rest);
                if !empty(inner) {
                    return;
                }
            }
            members.shift_remove(key);
        }
        (Value::Array(items), Step::Index(index)) if *index < items.len() => {
            take(&mut items[*index], rest);
            if rest.is_empty() || empty(&items[*index]) {
                items.remove(*index);
            }
        }
        _ => {}
    }
}

/// Adds a value under a dotted path; attributes get one more, metrics are numbers.
fn put_new(endpoint: &mut Value, path: &str, text: &str) {
    let (parents, name): (Vec<&str>, &str) = if let Some(name) = path.strip_prefix("User.UserAttributes.") {
        (vec!["User", "UserAttributes"], name)
    } else if let Some((parent, name)) = path.split_once('.') {
        (vec![parent], name)
    } else {
        (Vec::new(), path)
    };
    let mut at = endpoint;
    for parent in &parents {
        if !at[*parent].is_object() {
            at[*parent] = json!({});
        }
        at = &mut at[*parent];
    }
    let number = serde_json::from_str::<Number>(text.trim()).ok().map(Value::Number);
    match parents.last() {
        Some(&("Attributes" | "UserAttributes")) => match &mut at[name] {
            Value::Array(values) => values.push(json!(text)),
            slot => *slot = json!([text]),
        },
        Some(&"Metrics") => at[name] = number.unwrap_or_else(|| json!(text)),
        Some(&"Location") if name.ends_with("itude") => at[name] = number.unwrap_or_else(|| json!(text)),
        _ => at[name] = json!(text),
    }
}
