//! Whose story is read: picked, searched for among everybody, found waiting at a step, or invented.

use bridge::{FindPeople, PersonSummary, Who};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::invent::Invent;
use super::person::Story;
use super::playback::{is_shown, run_id, tell};
use super::{instant_words, of};
use crate::store::{Selection, Store, store};
use crate::transport;

/// How many people a list shows at once.
const SHOWN: usize = 60;

/// Picks a person and tells their story.
#[component]
pub fn People() -> impl IntoView {
    let store = store();
    let playback = store.playback;
    let search = RwSignal::new(String::new());
    let found = RwSignal::new(None::<Vec<PersonSummary>>);
    let inventing = RwSignal::new(false);
    let look_for = move |text: String| {
        search.set(text.clone());
        found.set(None);
        let Some(run_id) = run_id(store).filter(|_| !text.trim().is_empty()) else { return };
        spawn_local(async move {
            match transport::call(&FindPeople { run_id, text: text.clone() }).await {
                Ok(people) if is_shown(store, run_id) && search.get_untracked() == text => found.set(Some(people)),
                Ok(_) => {}
                Err(failure) => store.tell_failure(failure),
            }
        });
    };
    let people = Memo::new(move |_| match found.get() {
        Some(found) => found,
        None => store.run.with(|run| run.iter().flat_map(|view| view.people.iter().take(SHOWN).cloned()).collect()),
    });
    let none = move || match search.with(|text| text.trim().is_empty()) {
        true => "There is nobody to look at.".to_owned(),
        false => format!("Nobody is called “{}”.", search.get().trim()),
    };
    view! {
        <Waiting />
        <div class="heading">
            <h3>"One person"</h3>
            <button class="quiet" data-test="invent" aria-expanded=move || inventing.get().to_string()
                on:click=move |_| inventing.update(|open| *open = !*open)>"Invent someone"</button>
        </div>
        <Show when=move || inventing.get()><Invent close=move || inventing.set(false) /></Show>
        <input type="search" placeholder="Search everybody by name or id" aria-label="Search people" data-test="search-people"
            prop:value=move || search.get() on:input=move |e| look_for(event_target_value(&e)) />
        <PersonList people=people test="people" />
        <Show when=move || people.with(Vec::is_empty) && !playback.busy.get()>
            <p class="note">{none}</p>
        </Show>
        <Story />
    }
}

/// Lines to pick from.
#[component]
fn PersonList(people: Memo<Vec<PersonSummary>>, test: &'static str) -> impl IntoView {
    let store = store();
    view! {
        <ul class="people" class:empty=move || people.with(Vec::is_empty) data-test=test>
            <For each=move || people.get() key=|person| (person.person.clone(), person.last.clone(), person.messages) let:person>
                {line(store, person)}
            </For>
        </ul>
    }
}

fn line(store: Store, person: PersonSummary) -> impl IntoView {
    let who = Who::Known(person.person.clone());
    let here = who.clone();
    let shown = move || store.playback.person.with(|shown| shown.as_ref().is_some_and(|shown| shown.who == here));
    let last = person.last.clone().unwrap_or_else(|| "did not enter".to_owned());
    let messages = of(u64::from(person.messages), "message", "messages");
    let title = format!("{}, last at {last}, {messages}", person.person);
    view! {
        <li>
            <button aria-current=move || shown().then_some("true") title=title
                on:click=move |_| tell(store, who.clone(), Vec::new())>
                <span class="clip" dir="auto">{person.name.clone()}</span>
                <span class="last clip">{last.clone()}</span>
                <span class="n" aria-label=messages>{person.messages}</span>
            </button>
        </li>
    }
}

/// Who waits at the selected step at the instant that is shown.
#[component]
fn Waiting() -> impl IntoView {
    let store = store();
    let playback = store.playback;
    let step = move || match store.selection.get() {
        Selection::Activities(ids) => ids.first().cloned(),
        _ => None,
    };
    let title = move || {
        store.scene.with(|scene| {
            let id = step()?;
            Some(scene.nodes.iter().find(|node| node.id == id).map_or(id, |node| node.title.clone()))
        })
    };
    let people = Memo::new(move |_| {
        playback.waiting.with(|view| view.as_ref().map(|view| view.people.clone()).unwrap_or_default())
    });
    let words = move || {
        let title = title()?;
        let Some(at) = playback.said_instant() else {
            return Some(format!("Move the time below the picture to see who waits at “{title}”."));
        };
        playback.waiting.with(|view| {
            let count = view.as_ref()?.count;
            let who = of(count, "person is", "people are");
            let shown = if count as usize > SHOWN { format!("; the first {SHOWN}:") } else { String::new() };
            Some(format!("{who} at “{title}” at {}{shown}", instant_words(at)))
        })
    };
    view! {
        {move || words().map(|words| view! { <p class="note waiting-words" role="status" data-test="waiting">{words}</p> })}
        <Show when=move || !people.with(Vec::is_empty)>
            <PersonList people=people test="waiting-people" />
        </Show>
    }
}
