//! "What if she opens it on day 2?": an event dragged into the timeline, or chosen in a form.

use bridge::{Deed, PersonMessage, PersonView, Verb};
use leptos::prelude::*;
use model::Millis;
use model::time::{DAY, HOUR};

use super::person::Kinds;
use super::playback::{entry_of, tell};
use crate::store::{Store, store};

/// The event under the hand.
#[derive(Clone, Copy)]
pub struct Carried(pub RwSignal<Option<Verb>>);

/// In words, for a person.
fn words(verb: Verb) -> &'static str {
    match verb {
        Verb::Opens => "opens",
        Verb::Clicks => "clicks",
        Verb::Receives => "receives",
        Verb::Misses => "does not get",
        Verb::Unsubscribes => "unsubscribes from",
        Verb::Complains => "complains about",
        Verb::Answers => "answers",
    }
}

/// Whether a verb can be said of some message of the story.
fn possible(kinds: &Kinds) -> Vec<Verb> {
    Verb::ALL.into_iter().filter(|verb| kinds.iter().any(|(_, kind)| verb.kind(*kind).is_some())).collect()
}

/// The event of a verb for a message.
fn event(kinds: &Kinds, verb: Verb, activity: &str) -> Option<String> {
    let kind = kinds.iter().find(|(id, _)| id == activity)?.1;
    Some(verb.kind(kind)?.name().to_owned())
}

fn add(store: Store, deed: Deed) {
    let Some(person) = store.playback.person.get_untracked() else { return };
    let mut deeds = person.deeds;
    // One thing is done once: the new moment takes the place of the old.
    deeds.retain(|known| (&known.activity, &known.event_type) != (&deed.activity, &deed.event_type));
    deeds.push(deed);
    deeds.sort_by_key(|deed| deed.at);
    tell(store, person.who, deeds);
}

/// An event let go in the timeline at an instant: it is about the last message by then that it can be said of.
pub fn drop_deed(store: Store, verb: Verb, at: Millis, messages: &[PersonMessage], kinds: &Kinds) {
    let mut sent: Vec<&PersonMessage> =
        messages.iter().filter(|message| message.status == "SUCCESS" && message.at <= at).collect();
    sent.sort_by_key(|message| message.at);
    let found =
        sent.iter().rev().find_map(|message| Some((message.activity.clone(), event(kinds, verb, &message.activity)?)));
    match found {
        Some((activity, event_type)) => add(store, Deed { at, activity: Some(activity), event_type }),
        None => store.tell_bad(
            format!("Nothing was sent by then that somebody {}.", words(verb)),
            "Drop it below a message of the right kind.",
        ),
    }
}

/// What the person does instead, and the form that adds to it.
#[component]
pub fn WhatIf(view: PersonView, kinds: Kinds, carried: Carried) -> impl IntoView {
    let store = store();
    let playback = store.playback;
    let deeds =
        playback.person.with_untracked(|person| person.as_ref().map(|person| person.deeds.clone()).unwrap_or_default());
    let entry = entry_of(&view.story.steps).unwrap_or_default();
    let verbs = possible(&kinds);
    let verb = RwSignal::new(verbs.first().copied());
    let activity = RwSignal::new(kinds.first().map(|(id, _)| id.clone()).unwrap_or_default());
    let day = RwSignal::new("2".to_owned());
    let hour = RwSignal::new("1".to_owned());
    let fitting = {
        let kinds = kinds.clone();
        move || -> Vec<String> {
            let verb = verb.get();
            let fits = |kind| verb.is_some_and(|verb| verb.kind(kind).is_some());
            kinds.iter().filter(|(_, kind)| fits(*kind)).map(|(id, _)| id.clone()).collect()
        }
    };
    let ask = {
        let kinds = kinds.clone();
        let fitting = fitting.clone();
        move |submit: leptos::ev::SubmitEvent| {
            submit.prevent_default();
            let Some(verb) = verb.get_untracked() else { return };
            let ids = untrack(&fitting);
            let chosen = activity.get_untracked();
            let Some(id) = ids.iter().find(|id| **id == chosen).or(ids.first()).cloned() else { return };
            let number = |text: String, most: f64| {
                text.trim().parse::<f64>().ok().filter(|number| (0.0..=most).contains(number))
            };
            let (Some(day), Some(hour)) = (number(day.get_untracked(), 540.0), number(hour.get_untracked(), 24.0))
            else {
                store.tell_bad("This is no day.", "Write days from 0 to 540 and hours from 0 to 24 after the entry.");
                return;
            };
            let at = entry + (day * DAY as f64 + hour * HOUR as f64) as Millis;
            if let Some(event_type) = event(&kinds, verb, &id) {
                add(store, Deed { at, activity: Some(id), event_type });
            }
        }
    };
    let chips: Vec<_> = verbs
        .iter()
        .map(|of| {
            let of = *of;
            let begin = move |event: leptos::ev::DragEvent| {
                // Some engines begin no drag without a text.
                if let Some(transfer) = event.data_transfer() {
                    let _ = transfer.set_data("text/plain", words(of));
                }
                carried.0.set(Some(of));
            };
            view! {
                <li><span class="chip" draggable="true" data-verb=of.key() title="Drag into the story" on:dragstart=begin on:dragend=move |_| carried.0.set(None)>{words(of)}</span></li>
            }
        })
        .collect();
    let without: Vec<usize> = view.without_effect.clone();
    let lines: Vec<_> = deeds
        .iter()
        .enumerate()
        .map(|(place, deed)| {
            let gone = deed.clone();
            let remove = move |_| {
                if let Some(person) = playback.person.get_untracked() {
                    let deeds = person.deeds.into_iter().filter(|deed| *deed != gone).collect();
                    tell(store, person.who, deeds);
                }
            };
            let what = deed.activity.as_ref().map_or_else(
                || format!("causes {}", deed.event_type),
                |id| {
                    let verb = kinds.iter().find(|(known, _)| known == id).and_then(|(_, kind)| {
                        Verb::ALL.into_iter().find(|verb| verb.kind(*kind).is_some_and(|event| event.name() == deed.event_type))
                    });
                    let id = store.label(id);
                    verb.map_or_else(|| format!("{} of {id}", deed.event_type), |verb| format!("{} {id}", words(verb)))
                },
            );
            let late = without.contains(&place);
            let when = when(deed.at - entry);
            view! {
                <li class:bad=late>
                    <span>{format!("{what} {when}")}{late.then_some(" – without effect: the message was not there then")}</span>
                    <button class="quiet" aria-label=format!("Take back: {what}") on:click=remove>"×"</button>
                </li>
            }
        })
        .collect();
    let any = !lines.is_empty();
    let open = any;
    (!verbs.is_empty() || any).then(|| {
        let options = verbs.iter().map(|of| view! { <option value=of.key()>{words(*of)}</option> }).collect_view();
        view! {
            <details class="what-if" open=open data-test="what-if">
                <summary>"What if …"</summary>
                {any.then(|| view! { <ul class="deeds" data-test="deeds">{lines}</ul> })}
                <ul class="chips" aria-label="Events to drag into the story">{chips}</ul>
                <form on:submit=ask>
                    <div class="row">
                        <select aria-label="Does what" class="grow" data-test="deed-verb" on:change=move |e| {
                            let key = event_target_value(&e);
                            verb.set(Verb::ALL.into_iter().find(|verb| verb.key() == key));
                        }>{options}</select>
                        <select aria-label="With which message" class="grow" data-test="deed-message" on:change=move |e| activity.set(event_target_value(&e))>
                            {move || fitting().into_iter().map(|id| view! { <option value=id.clone()>{store.label(&id)}</option> }).collect_view()}
                        </select>
                    </div>
                    <div class="row when">
                        <label>"on day" <input type="number" min="0" max="540" data-test="deed-day" prop:value=move || day.get() on:input=move |e| day.set(event_target_value(&e)) /></label>
                        <label>"hour" <input type="number" min="0" max="24" prop:value=move || hour.get() on:input=move |e| hour.set(event_target_value(&e)) /></label>
                        <button data-test="ask-what-if">"Show"</button>
                    </div>
                </form>
                <p class="note">"Day 0 is the day of the entry. All else that the person does stays as it is."</p>
            </details>
        }
    })
}

/// "on day 2, hour 3".
fn when(after: Millis) -> String {
    let (day, rest) = (after.div_euclid(DAY), after.rem_euclid(DAY));
    match after < 0 {
        true => "before the entry".to_owned(),
        false => format!("on day {day}, hour {}", rest / HOUR),
    }
}
