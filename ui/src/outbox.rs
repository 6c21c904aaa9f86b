//! The outbox of a server: what was sent, to whom, how it looked, what came of it.

use bridge::{DeliveryView, Elsewhere, MailSource, Outbox as Wanted, OutboxMessage, Replay};
use leptos::portal::Portal;
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::time::format_instant;

use crate::problems::sentences;
use crate::store::{Store, store};
use crate::transport;

/// From the last key to the search.
const BREATH: std::time::Duration = std::time::Duration::from_millis(150);

/// Channels that can be asked for, with their words.
const CHANNELS: &[(&str, &str)] = &[
    ("", "All channels"),
    ("EMAIL", "E-mail"),
    ("SMS", "SMS"),
    ("VOICE", "Voice"),
    ("APNS", "Push, iOS"),
    ("GCM", "Push, Android"),
    ("IN_APP", "In-app"),
    ("CUSTOM", "Custom"),
];

/// States that can be asked for, with their words.
const STATES: &[(&str, &str)] = &[
    ("", "All states"),
    ("FAILED", "Not sent"),
    ("QUEUED", "Waiting"),
    ("ACCEPTED", "With the provider"),
    ("DELIVERED", "Delivered"),
    ("UNKNOWN", "Never confirmed"),
    ("SKIPPED", "Skipped"),
    ("DEAD", "Given up"),
];

/// How a message is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    Rendered,
    Source,
}

#[derive(Clone, Copy)]
struct Desk {
    wanted: RwSignal<Wanted>,
    messages: RwSignal<Vec<OutboxMessage>>,
    next: RwSignal<Option<String>>,
    /// Counts searches, so that only the answer of the last one is shown.
    search: RwSignal<u64>,
    reading: RwSignal<Option<OutboxMessage>>,
    look: RwSignal<Look>,
    source: RwSignal<Option<String>>,
    /// Why the server shows nothing, and what to do.
    refused: RwSignal<Option<(String, String)>>,
}

impl Desk {
    fn at(&self) -> Option<Elsewhere> {
        self.wanted.with_untracked(|wanted| wanted.at.clone())
    }
}

/// The list of a target's messages with its search, and the message that is read.
#[component]
pub fn Outbox(target: String) -> impl IntoView {
    let store = store();
    let settings = || store.project.with_untracked(|project| project.settings.clone());
    let at = (target != "local").then(|| Elsewhere { settings: settings(), target });
    let desk = Desk {
        wanted: RwSignal::new(Wanted { at, ..Wanted::default() }),
        refused: RwSignal::new(None),
        messages: RwSignal::default(),
        next: RwSignal::new(None),
        search: RwSignal::new(0),
        reading: RwSignal::new(None),
        look: RwSignal::new(Look::Rendered),
        source: RwSignal::new(None),
    };
    search(desk);
    let asks = move || desk.wanted.with(|w| !(w.text.is_empty() && w.channel.is_empty() && w.status.is_empty()));
    let none = move || {
        if asks() {
            "No message fits."
        } else {
            "Messages that a started journey sends are kept here. A journey lets people in five minutes after its start."
        }
    };
    let choose = move |change: fn(&mut Wanted, String), value: String| {
        desk.wanted.update(|wanted| change(wanted, value));
        search(desk);
    };
    let typed = move |event| {
        desk.wanted.update(|wanted| wanted.text = event_target_value(&event));
        let now = desk.search.get_untracked() + 1;
        desk.search.set(now);
        set_timeout(
            move || {
                if desk.search.get_untracked() == now {
                    search(desk)
                }
            },
            BREATH,
        );
    };
    // The message is in the body: a panel draws nothing beyond itself.
    view! {
        <div class="heading">
            <h3>"Outbox"</h3>
            <button class="quiet" on:click=move |_| search(desk)>"Refresh"</button>
        </div>
        <input type="search" data-test="outbox-search" placeholder="Search words and addresses" aria-label="Search the outbox"
            prop:value=move || desk.wanted.with(|wanted| wanted.text.clone()) on:input=typed />
        <div class="row filters">
            <select aria-label="Channel" on:change=move |e| choose(|wanted, value| wanted.channel = value, event_target_value(&e))>
                {options(CHANNELS)}
            </select>
            <select aria-label="State" data-test="outbox-state" on:change=move |e| choose(|wanted, value| wanted.status = value, event_target_value(&e))>
                {options(STATES)}
            </select>
        </div>
        {move || desk.refused.get().map(|(message, help)| view! { <p class="complaint" data-test="outbox-refused">{sentences(&message, &help)}</p> })}
        <Show when=move || desk.messages.with(Vec::is_empty) && desk.refused.with(Option::is_none)>
            <p class="note">{none}</p>
        </Show>
        <ul class="outbox" data-test="outbox">
            <For each=move || desk.messages.get() key=|message| (message.id.clone(), message.delivery.clone()) let:message>
                {line(desk, message)}
            </For>
        </ul>
        <Show when=move || desk.next.get().is_some()>
            <button class="quiet" on:click=move |_| more(store, desk)>"Show older ones"</button>
        </Show>
        <Portal>{move || desk.reading.get().map(|message| reading(store, desk, message))}</Portal>
    }
}

fn options(all: &'static [(&str, &str)]) -> Vec<AnyView> {
    all.iter().map(|(value, words)| view! { <option value=*value>{*words}</option> }.into_any()).collect()
}

fn line(desk: Desk, message: OutboxMessage) -> impl IntoView {
    let state = message.delivery.as_ref().map(|delivery| word(&delivery.status));
    let bad = message.failure.is_some() || state == Some("Given up");
    let (channel, title) = (message.channel.clone(), message.title.clone());
    let at = format_instant(message.at).get(5..16).unwrap_or_default().replace('T', " ");
    let open = move |_| {
        desk.look.set(Look::Rendered);
        desk.source.set(None);
        desk.reading.set(Some(message.clone()));
    };
    view! {
        <li>
            <button class:bad=bad on:click=open>
                <span class="channel">{channel}</span>
                <span class="clip">{title}</span>
                <time>{at}</time>
                {state.map(|state| view! { <span class="state">{state}</span> })}
            </button>
        </li>
    }
}

/// A state of delivery in words.
fn word(status: &str) -> &'static str {
    STATES.iter().find(|(state, _)| *state == status).map_or("On its way", |(_, words)| words)
}

/// What came of a message, as a sentence.
fn outcome(delivery: &DeliveryView) -> String {
    let tries = match delivery.attempts {
        0 => String::new(),
        1 => " after one attempt".to_owned(),
        n => format!(" after {n} attempts"),
    };
    let next = delivery.next_at.filter(|_| delivery.status == "QUEUED");
    let next = next.map(|at| format!(", tried next at {} UTC", &format_instant(at)[11..19])).unwrap_or_default();
    let reason = delivery.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{}{tries}{next}{reason}", word(&delivery.status))
}

fn reading(store: Store, desk: Desk, message: OutboxMessage) -> AnyView {
    let close = move || desk.reading.set(None);
    let about = match message.activity.is_empty() {
        true => format!("{} to {}", message.channel, message.address),
        false => format!("{} to {}, from {}", message.channel, message.address, message.activity),
    };
    let has_source = message.channel == "EMAIL" && message.failure.is_none();
    let id = message.id.clone();
    let show_source = move |_| {
        desk.look.set(Look::Source);
        let id = id.clone();
        spawn_local(async move {
            match transport::call(&MailSource { at: desk.at(), id }).await {
                Ok(source) => desk.source.set(Some(source)),
                Err(failure) => store.tell_failure(failure),
            }
        });
    };
    let dead = message.delivery.as_ref().is_some_and(|delivery| delivery.status == "DEAD");
    let id = message.id.clone();
    let again = move |_| {
        let id = id.clone();
        close();
        spawn_local(async move {
            match transport::call(&Replay { at: desk.at(), id }).await {
                Ok(()) => store.tell("The message waits for its channel again."),
                Err(failure) => store.tell_failure(failure),
            }
            search(desk);
        });
    };
    let pressed = move |look| move || (desk.look.get() == look).to_string();
    let parts = message.content.clone();
    let element = NodeRef::<leptos::html::Div>::new();
    let hold = crate::modal::hold(element);
    let key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            close();
        }
    };
    view! {
        <div class="veil" on:pointerdown=move |_| close() on:keydown=key>
            <div class="dialog message" role="dialog" aria-modal="true" aria-label="Message" node_ref=element
                on:keydown=hold on:pointerdown=|event| event.stop_propagation()>
                <div class="head">
                    <h2>{message.title.clone()}</h2>
                    <button class="quiet" aria-label="Close" on:click=move |_| close()>"×"</button>
                </div>
                <p class="note">{about}</p>
                {message.failure.clone().map(|reason| view! {
                    <p class="complaint bad">{sentences(&reason, "add a default value to the template, or the value to the person")}</p>
                })}
                {message.delivery.as_ref().map(|delivery| view! { <p class="complaint" class:bad=dead>{outcome(delivery)}</p> })}
                <div class="row looks">
                    <Show when=move || has_source>
                        <div class="modes" role="group" aria-label="How to look at it">
                            <button aria-pressed=pressed(Look::Rendered) on:click=move |_| desk.look.set(Look::Rendered)>"As rendered"</button>
                            <button data-test="mail-source" aria-pressed=pressed(Look::Source) on:click=show_source.clone()>"Source"</button>
                        </div>
                    </Show>
                    {dead.then(|| view! { <button class="primary" data-test="replay" on:click=again>"Send again"</button> })}
                </div>
                {move || match desk.look.get() {
                    Look::Rendered => view! { <dl>{rendered(&parts)}</dl> }.into_any(),
                    Look::Source => view! { <pre class="source" data-test="source" tabindex="0">{desk.source.get()}</pre> }.into_any(),
                }}
            </div>
        </div>
    }
    .into_any()
}

/// The parts of a message by name.
fn rendered(content: &serde_json::Value) -> Vec<AnyView> {
    let part = |(name, value): (&String, &serde_json::Value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let name = name.clone();
        if name == "HtmlPart" {
            // No scripts, no network: the frame has no permission at all and a policy of its own.
            let page = format!(
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">{text}"
            );
            view! { <dt>{name}</dt><dd><iframe sandbox="" title="The message" srcdoc=page></iframe></dd> }.into_any()
        } else {
            view! { <dt>{name}</dt><dd><pre>{text}</pre></dd> }.into_any()
        }
    };
    content.as_object().into_iter().flatten().map(part).collect()
}

/// Searches anew.
fn search(desk: Desk) {
    let now = desk.search.get_untracked() + 1;
    desk.search.set(now);
    desk.wanted.update(|wanted| wanted.token = None);
    let wanted = desk.wanted.get_untracked();
    spawn_local(async move {
        let page = transport::call(&wanted).await;
        // gone meanwhile: the panel was left
        if desk.search.try_get_untracked() != Some(now) {
            return;
        }
        match page {
            Ok(page) => {
                desk.refused.set(None);
                desk.messages.set(page.messages);
                desk.next.set(page.next);
            }
            Err(failure) => {
                desk.messages.set(Vec::new());
                desk.next.set(None);
                desk.refused.set(Some((failure.message, failure.help)));
            }
        }
    });
}

/// The page after what is shown.
fn more(store: Store, desk: Desk) {
    let (now, token) = (desk.search.get_untracked(), desk.next.get_untracked());
    let wanted = Wanted { token, ..desk.wanted.get_untracked() };
    spawn_local(async move {
        match transport::call(&wanted).await {
            Ok(page) if desk.search.get_untracked() == now => {
                desk.messages.update(|messages| messages.extend(page.messages));
                desk.next.set(page.next);
            }
            Ok(_) => {}
            Err(failure) => store.tell_failure(failure),
        }
    });
}
