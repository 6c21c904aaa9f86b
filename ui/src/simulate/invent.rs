//! Somebody who is in no file: an endpoint in Pinpoint's members, walked at once.

use bridge::{Deed, Who};
use leptos::prelude::*;
use model::time::HOUR;
use model::{Entry, Journey};
use serde_json::{Value, json};

use super::playback::tell;
use crate::store::{Store, store};

/// What can be invented: `ChannelType` and an address of its kind.
const CHANNELS: [(&str, &str, &str); 6] = [
    ("EMAIL", "E-mail", "somebody@example.com"),
    ("SMS", "Text message", "+12065550100"),
    ("GCM", "Push (Android)", "token-of-somebody"),
    ("APNS", "Push (Apple)", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
    ("VOICE", "Call", "+12065550100"),
    ("CUSTOM", "Custom channel", "somebody"),
];

/// The form.
#[component]
pub fn Invent(close: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let store = store();
    let name = RwSignal::new("Sam".to_owned());
    let channel = RwSignal::new("EMAIL".to_owned());
    let zone = RwSignal::new("Europe/Berlin".to_owned());
    let attributes = RwSignal::new(Vec::<(String, String)>::new());
    let known = move || store.attributes.get();
    let add = move |path: String| {
        if !path.is_empty() {
            attributes.update(|all| {
                if !all.iter().any(|(known, _)| *known == path) {
                    all.push((path, String::new()));
                }
            });
        }
    };
    let show = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let endpoint = endpoint(
            &name.get_untracked(),
            &channel.get_untracked(),
            &zone.get_untracked(),
            &attributes.get_untracked(),
        );
        tell(store, Who::Invented(vec![endpoint]), starting_event(store));
        close();
    };
    view! {
        <form class="invent" data-test="invent-form" on:submit=show>
            <div class="row">
                <label class="field grow"><span class="name">"First name"</span>
                    <input prop:value=move || name.get() on:input=move |e| name.set(event_target_value(&e)) />
                </label>
                <label class="field grow"><span class="name">"Reached by"</span>
                    <select on:change=move |e| channel.set(event_target_value(&e))>
                        {CHANNELS.iter().map(|(value, words, _)| view! { <option value=*value>{*words}</option> }).collect_view()}
                    </select>
                </label>
            </div>
            <label class="field"><span class="name">"Time zone"</span>
                <input prop:value=move || zone.get() on:input=move |e| zone.set(event_target_value(&e)) />
            </label>
            {move || attributes.get().into_iter().map(|(path, value)| {
                let (of, gone) = (path.clone(), path.clone());
                let put = move |event| attributes.update(|all| {
                    if let Some((_, value)) = all.iter_mut().find(|(known, _)| *known == of) {
                        *value = event_target_value(&event);
                    }
                });
                view! {
                    <div class="pair">
                        <label class="field grow"><span class="name clip" title=path.clone()>{short(&path)}</span>
                            <input value=value on:change=put />
                        </label>
                        <button type="button" class="quiet" aria-label=format!("Remove {path}") on:click=move |_| attributes.update(|all| all.retain(|(known, _)| *known != gone))>"×"</button>
                    </div>
                }
            }).collect_view()}
            <label class="field"><span class="name">"Add an attribute"</span>
                <select prop:value="" on:change=move |e| add(event_target_value(&e))>
                    <option value="">"Choose …"</option>
                    {move || known().into_iter().map(|path| view! { <option value=path.clone()>{short(&path)}</option> }).collect_view()}
                </select>
            </label>
            <div class="actions">
                <button type="button" class="quiet" on:click=move |_| close()>"Cancel"</button>
                <button class="primary" data-test="invent-go">"Show the story"</button>
            </div>
        </form>
    }
}

/// A path without what all have before it.
fn short(path: &str) -> String {
    path.rsplit("Attributes.").next().unwrap_or(path).to_owned()
}

fn endpoint(name: &str, channel: &str, zone: &str, attributes: &[(String, String)]) -> Value {
    let address = CHANNELS.iter().find(|(known, ..)| *known == channel).map_or("somebody", |(_, _, address)| *address);
    let mut endpoint = json!({
        "Id": "invented",
        "ChannelType": channel,
        "Address": address,
        "User": {"UserId": "invented", "UserAttributes": {"FirstName": [name]}},
    });
    if !zone.trim().is_empty() {
        endpoint["Demographic"] = json!({"Timezone": zone.trim()});
    }
    for (path, value) in attributes.iter().filter(|(_, value)| !value.trim().is_empty()) {
        let metric = path.contains("Metrics");
        let value = match value.trim().parse::<f64>() {
            Ok(number) if metric => json!(number),
            _ => json!([value.trim()]),
        };
        let mut at = &mut endpoint;
        // Names of attributes may have dots: only the members above them are steps.
        let mut rest = path.as_str();
        while let Some((member, below)) = rest.split_once('.').filter(|(member, _)| {
            ["User", "UserAttributes", "Attributes", "Metrics", "Demographic", "Location"].contains(member)
        }) {
            at = &mut at[member];
            rest = below;
        }
        at[rest] = value;
    }
    endpoint
}

/// The event that a journey waits for to begin, an hour after it is published; a segment needs none.
fn starting_event(store: Store) -> Vec<Deed> {
    let start = store.run.with_untracked(|run| run.as_ref().map_or(0, |run| run.run.start));
    let event_type = store.peek(|journey: Journey<'_>| match journey.entry() {
        Some(Entry::Event { filter, .. }) => filter
            .dimensions()
            .and_then(|dimensions| dimensions.event_type())
            .and_then(|types| types.values().first().map(|name| (*name).to_owned())),
        _ => None,
    });
    let event = |event_type| Deed { at: start + HOUR, activity: None, event_type };
    event_type.flatten().map(event).into_iter().collect()
}
