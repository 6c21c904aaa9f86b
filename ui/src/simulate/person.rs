//! One person's story as a timeline: what happened, why, and each message as they read it.

use bridge::{PersonMessage, PersonView, Verb, Who};
use leptos::portal::Portal;
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::time::DAY;
use model::{ActivityKind, Journey, Millis};
use simulation::StoryStep;

use super::moment;
use super::playback::{Tab, entry_of, run_id};
use super::what_if::{Carried, WhatIf, drop_deed};
use crate::problems::sentences;
use crate::store::{Store, store};
use crate::transport;

/// The story of the chosen person.
#[component]
pub fn Story() -> impl IntoView {
    let store = store();
    let playback = store.playback;
    let carried = RwSignal::new(None::<Verb>);
    let reading = RwSignal::new(None::<PersonMessage>);
    let name = move || {
        playback.person.with(|person| match person.as_ref().map(|person| &person.who) {
            Some(Who::Known(key)) => key.split_once(':').map_or(key.as_str(), |(_, id)| id).to_owned(),
            Some(Who::Invented(endpoints)) => {
                let name =
                    endpoints.first().and_then(|endpoint| endpoint["User"]["UserAttributes"]["FirstName"][0].as_str());
                format!("{} (invented)", name.unwrap_or("Somebody"))
            }
            None => String::new(),
        })
    };
    view! {
        {move || playback.view.get().map(|view| {
            let entry = entry_of(&view.story.steps);
            let kinds = kinds(store, &view);
            view! {
                <div class="heading story-head">
                    <h3 dir="auto">{move || format!("Story of {}", name())}</h3>
                    {keep_button(store)}
                </div>
                <WhatIf view=view.clone() kinds=kinds.clone() carried=Carried(carried) />
                <ol class="story" data-test="story">{steps(store, &view, entry, &kinds, carried, reading)}</ol>
            }
        })}
        {move || reading.get().map(|message| reading_view(store, message, move || reading.set(None)))}
    }
}

/// The kind of each message activity of a story.
pub type Kinds = Vec<(String, ActivityKind)>;

fn kinds(store: Store, view: &PersonView) -> Kinds {
    let mut kinds: Kinds = Vec::new();
    for message in view.messages.iter().filter(|message| message.status == "SUCCESS") {
        let kind = store.peek(|journey: Journey<'_>| journey.activity(&message.activity)?.kind()).flatten();
        if let Some(kind) = kind.filter(|_| !kinds.iter().any(|(id, _)| *id == message.activity)) {
            kinds.push((message.activity.clone(), kind));
        }
    }
    kinds
}

fn steps(
    store: Store,
    view: &PersonView,
    entry: Option<Millis>,
    kinds: &Kinds,
    carried: RwSignal<Option<Verb>>,
    reading: RwSignal<Option<PersonMessage>>,
) -> Vec<AnyView> {
    let steps = &view.story.steps;
    let deeds = store
        .playback
        .person
        .with_untracked(|person| person.as_ref().map(|person| person.deeds.clone()).unwrap_or_default());
    // A message stands at the step that sent it, and only there.
    let mut left: Vec<&PersonMessage> = view.messages.iter().filter(|message| message.status == "SUCCESS").collect();
    let mut day = None;
    let mut lines = Vec::new();
    for (place, step) in steps.iter().enumerate() {
        let today = entry.map(|entry| (step.at - entry).div_euclid(DAY)).filter(|today| *today >= 0);
        let new_day = today.filter(|today| day != Some(*today));
        day = today.or(day);
        let next = steps.get(place + 1).map_or(step.at + DAY, |next| next.at);
        let sends = step.text.starts_with("was sent") || step.text.contains(" sent");
        let is_this =
            |message: &&PersonMessage| message.at == step.at && step.activity.as_ref() == Some(&message.activity);
        let message = left.iter().position(is_this).filter(|_| sends).map(|found| left.remove(found).clone());
        let own = deeds
            .iter()
            .any(|deed| deed.at == step.at && deed.activity == step.activity && step.text.contains(&deed.event_type));
        let branch = step.slot.is_some();
        let over = RwSignal::new(false);
        let (at, kinds) = (step.at, kinds.clone());
        let messages = view.messages.clone();
        let drop_here = move |event: leptos::ev::DragEvent| {
            event.prevent_default();
            over.set(false);
            if let Some(verb) = carried.get_untracked() {
                drop_deed(store, verb, at + (next - at) / 2, &messages, &kinds);
            }
            carried.set(None);
        };
        let id = step.activity.clone();
        let shown = id.as_deref().map_or_else(String::new, |id| store.label(id));
        lines.push(
            view! {
                <li class:branch=branch class:own=own class:over=move || over.get()
                    on:dragover=move |event: leptos::ev::DragEvent| if carried.get_untracked().is_some() { event.prevent_default(); over.set(true); }
                    on:dragleave=move |_| over.set(false) on:drop=drop_here>
                    {new_day.map(|day| view! { <span class="day">{format!("Day {day}")}</span> })}
                    <time>{moment(step.at)}</time>
                    <button class="link" disabled=id.is_none() on:click=move |_| if let Some(id) = &id { store.select_activity(id) }>{shown}</button>
                    <span>{told(store, step)}</span>
                    {message.map(|message| message_line(message, reading))}
                </li>
            }
            .into_any(),
        );
    }
    lines
}

/// What happened, under the name of the step where it did.
pub fn told(store: Store, step: &StoryStep) -> String {
    let came = step.activity.as_ref().and_then(|id| step.text.strip_prefix(&format!("came to `{id}`")));
    came.map_or_else(|| store.told(&step.text), |kind| format!("Came here{kind}"))
}

/// The message in the timeline: what is seen first, and a way to read all of it.
fn message_line(message: PersonMessage, reading: RwSignal<Option<PersonMessage>>) -> AnyView {
    if let Some(problem) = &message.problem {
        return view! { <p class="complaint bad">{sentences(problem, "correct the template, and simulate again")}</p> }
            .into_any();
    }
    if message.parts.is_empty() {
        return ().into_any();
    }
    let title = first_words(&message);
    let open = move |_| reading.set(Some(message.clone()));
    view! { <button class="letter" data-test="letter" title="Read the message" on:click=open><span class="clip" dir="auto">{title}</span></button> }.into_any()
}

fn first_words(message: &PersonMessage) -> String {
    let part = |name: &str| message.parts.iter().find(|(known, _)| known == name).map(|(_, text)| text.trim());
    let text = ["Subject", "Title", "Body", "TextPart"].into_iter().find_map(part).unwrap_or("Message");
    if text.is_empty() { "(no subject)".to_owned() } else { text.chars().take(120).collect() }
}

fn reading_view(store: Store, message: PersonMessage, close: impl Fn() + Copy + Send + Sync + 'static) -> AnyView {
    let title = first_words(&message);
    let why = store.told(&message.why);
    let about = format!("{}, {} UTC. {why}", store.label(&message.activity), moment(message.at));
    let parts = message.parts;
    let key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            close();
        }
    };
    let element = NodeRef::<leptos::html::Div>::new();
    let hold = crate::modal::hold(element);
    view! {
        <Portal>
        <div class="veil" on:pointerdown=move |_| close() on:keydown=key>
            <div class="dialog message" role="dialog" aria-modal="true" aria-label="Message" data-test="message" node_ref=element
                on:keydown=hold on:pointerdown=|event| event.stop_propagation()>
                <div class="head">
                    <h2 dir="auto">{title.clone()}</h2>
                    <button class="quiet" aria-label="Close" on:click=move |_| close()>"×"</button>
                </div>
                <p class="note">{about.clone()}</p>
                <dl>{parts.iter().map(|(name, text)| part(name, text)).collect_view()}</dl>
            </div>
        </div>
        </Portal>
    }
    .into_any()
}

/// A part of a message by name; a page is shown as a page.
fn part(name: &str, text: &str) -> AnyView {
    let (name, text) = (name.to_owned(), text.to_owned());
    if name == "HtmlPart" {
        // No scripts, no network: the frame has no permission at all and a policy of its own.
        let page = format!(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">{text}"
        );
        return view! { <dt>"As it looks"</dt><dd><iframe sandbox="" title="The message" srcdoc=page></iframe></dd> }
            .into_any();
    }
    let words = match name.as_str() {
        "TextPart" => "As plain text".to_owned(),
        _ => name,
    };
    view! { <dt>{words}</dt><dd><pre dir="auto">{text}</pre></dd> }.into_any()
}

/// "Make this an expectation", with the sentence that names it.
fn keep_button(store: Store) -> AnyView {
    let playback = store.playback;
    let open = RwSignal::new(false);
    let name = RwSignal::new(String::new());
    let keep = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (Some(folder), Some(person)) = (store.folder.get_untracked(), playback.person.get_untracked()) else {
            return;
        };
        if Some(person.run_id) != run_id(store) {
            store.tell_bad("The story is of an earlier run.", "Choose the person again.");
            return;
        }
        let name = name.get_untracked();
        spawn_local(async move {
            match transport::call(&bridge::Expect { folder, name, person }).await {
                Ok((file, edit)) => {
                    store.edit(edit);
                    open.set(false);
                    playback.report.set(None);
                    playback.tab.set(Tab::Tests);
                    store.tell(format!("Written to {file}. It holds as long as the same comes of the same."));
                }
                Err(failure) => store.tell_failure(failure),
            }
        });
    };
    let can = move || store.folder.with(Option::is_some);
    view! {
        <button class="quiet" data-test="keep-story" disabled=move || !can() aria-expanded=move || open.get().to_string()
            title=move || if can() { "Write this story as a test of the journey" } else { "Save the project first: tests lie in its folder" }
            on:click=move |_| open.update(|open| *open = !*open)>"Make a test"</button>
        <Show when=move || open.get()>
            <form class="keep pair" on:submit=keep>
                <input required aria-label="What is expected, in a sentence" placeholder="Who opens the welcome gets the tips" data-test="expectation-name"
                    prop:value=move || name.get() on:input=move |e| name.set(event_target_value(&e)) />
                <button class="primary" data-test="write-expectation">"Write"</button>
            </form>
        </Show>
    }
    .into_any()
}
