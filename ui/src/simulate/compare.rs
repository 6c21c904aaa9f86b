//! The run beside another version of the journey: who gets something else, then which steps differ.

use bridge::{Change, ComparisonView, Different, OpenPath, StepChange, Who};
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{DocumentId, Millis, Project};

use super::flow::{Differs, differs, grouped, percent};
use super::playback::{Other, is_shown, run_id, tell};
use super::{moment, of};
use crate::store::{Store, store};
use crate::transport;

/// Compares with the saved version, or with a file.
#[component]
pub fn Compare() -> impl IntoView {
    let store = store();
    let playback = store.playback;
    let file = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let saved = move || {
        let journey = store.journey.get();
        store.saved.with(|saved| saved.journey(&journey).is_some())
    };
    let with_saved = move |_| {
        let journey = store.journey.get_untracked();
        compare(store, store.saved.get_untracked(), journey, busy);
    };
    let with_file = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let path = file.get_untracked();
        spawn_local(async move {
            match transport::call(&OpenPath { path: path.clone() }).await {
                Ok(opened) => {
                    let journey = store.journey.get_untracked();
                    let first = opened.project.journeys().next().map(|(name, _)| name.to_owned());
                    let name = opened.project.journey(&journey).is_some().then_some(journey).or(first);
                    match name {
                        Some(name) => {
                            // A journey alone is compared within this project: same segments, same templates.
                            let before = if opened.folder.is_some() {
                                opened.project
                            } else {
                                let mut project = store.project.get_untracked();
                                project.documents.extend(opened.project.documents);
                                project
                            };
                            compare(store, before, name, busy);
                        }
                        None => store.tell_bad(
                            format!("`{path}` holds no journey."),
                            "Name a project folder, or a file with a journey.",
                        ),
                    }
                }
                Err(failure) => store.tell_failure(failure),
            }
        });
    };
    view! {
        <p class="note">"The same people through two versions: this one, as it was just run, and another."</p>
        <button data-test="compare-saved" disabled=move || busy.get() || playback.busy.get() || !saved() title=move || if saved() { "" } else { "This journey was never saved" } on:click=with_saved>
            {move || if busy.get() { "Comparing …" } else { "Compare with the saved version" }}
        </button>
        <form class="pair with-file" on:submit=with_file>
            <input required aria-label="Folder or file of the other version" placeholder="Folder or file of another version" data-test="compare-path"
                prop:value=move || file.get() on:input=move |e| file.set(event_target_value(&e)) />
            <button disabled=move || busy.get() || playback.busy.get()>"Compare"</button>
        </form>
        {move || playback.comparison.with(|found| found.as_ref().map(|found| report(store, found)))}
    }
}

fn compare(store: Store, before: Project, journey: String, busy: RwSignal<bool>) {
    let Some(run_id) = run_id(store) else { return };
    let Some(after) = store.playback.simulated.get_untracked() else { return };
    busy.set(true);
    let document = |id: DocumentId| before.documents.get(&id).cloned();
    let other = document(DocumentId::Journey(journey.clone()))
        .map(|value| Other { journey: value, canvas: document(DocumentId::Canvas(journey.clone())) });
    spawn_local(async move {
        match transport::call(&bridge::Compare { run_id, before, journey, after }).await {
            Ok(found) if is_shown(store, run_id) => {
                store.playback.comparison.set(Some(found));
                store.playback.other.set(other);
            }
            Ok(_) => {}
            Err(failure) => store.tell_failure(failure),
        }
        busy.set(false);
    });
}

fn report(store: Store, found: &ComparisonView) -> AnyView {
    let headline = match (found.different, found.people) {
        (0, people) => format!("Nobody of {} gets anything else.", of(people, "person", "people")),
        (some, people) => {
            let verb = if some == 1 { "gets" } else { "get" };
            let share = percent(some as f64 / people.max(1) as f64);
            format!("{} of {} {verb} something else ({share}).", grouped(some), of(people, "person", "people"))
        }
    };
    let examples: Vec<_> = found.examples.iter().map(|different| example(store, different)).collect();
    let more = found.different > examples.len() as u64;
    let steps: Vec<_> = found.steps.iter().map(|change| step(store, change)).collect();
    let same = steps.is_empty();
    view! {
        <p class="headline" role="status" data-test="different">{headline}</p>
        {more.then(|| view! { <p class="note">{format!("{} of them:", examples.len())}</p> })}
        <ul class="differences">{examples}</ul>
        <h3>"Steps that differ"</h3>
        {same.then(|| view! { <p class="note">"None: the journey is the same."</p> })}
        <ul class="changes-of-steps" data-test="step-changes">{steps}</ul>
    }
    .into_any()
}

/// What a person got and what they get; what is the same in both is not marked.
fn example(store: Store, different: &Different) -> AnyView {
    let who = Who::Known(different.person.person.clone());
    let list = |own: &[(Millis, String)], other: &[(Millis, String)]| {
        let line = |(at, activity): &(Millis, String)| {
            let alone = !other.contains(&(*at, activity.clone()));
            view! { <li class:alone=alone><time>{moment(*at)}</time> <span>{activity.clone()}</span></li> }.into_any()
        };
        match own.is_empty() {
            true => vec![view! { <li>"nothing"</li> }.into_any()],
            false => own.iter().map(line).collect::<Vec<_>>(),
        }
    };
    view! {
        <li>
            <button class="link" on:click=move |_| {
                tell(store, who.clone(), Vec::new());
                store.playback.tab.set(super::Tab::People);
            }>{different.person.name.clone()}</button>
            <div class="both">
                <div class="before"><strong>"Before"</strong><ul>{list(&different.before, &different.after)}</ul></div>
                <div class="after"><strong>"Now"</strong><ul>{list(&different.after, &different.before)}</ul></div>
            </div>
        </li>
    }
    .into_any()
}

fn step(store: Store, change: &StepChange) -> AnyView {
    let Differs { words, class, members } = differs(change);
    let name = match (&change.id, change.what) {
        (None, _) => view! { <span>"The journey itself"</span> }.into_any(),
        (Some(id), Change::Removed) => view! { <span>{id.clone()}</span> }.into_any(),
        (Some(id), _) => {
            let (id, shown) = (id.clone(), id.clone());
            view! { <button class="link" on:click=move |_| store.select_activity(&id)>{shown}</button> }.into_any()
        }
    };
    view! { <li class=class><span class="word">{words}</span> {name} <small>{members}</small></li> }.into_any()
}
