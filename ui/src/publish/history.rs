//! What was published to the target: who, what, when, why; and the way back.

use bridge::{BackView, ListPublications, PlanBack, PublicationLine, RollBack, TargetOf};
use leptos::portal::Portal;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Desk, begun, words_of};
use crate::latest::Latest;
use crate::modal::Question;
use crate::problems::{sentence, sentences};
use crate::store::{Store, store};
use crate::transport;

/// The publications, the newest first.
#[component]
pub fn History(desk: Desk) -> impl IntoView {
    let store = store();
    let all = RwSignal::new(Vec::<PublicationLine>::new());
    let back = RwSignal::new(None::<BackView>);
    let latest = Latest::new();
    Effect::new(move |_| {
        desk.ended.track();
        let Some(of) = target_of(store, desk.target.get()) else { return };
        latest.ask(ListPublications { of }, move |answer| match answer {
            Ok(found) => all.set(found),
            Err(failure) => store.tell_failure(failure),
        });
    });
    let ask = move |number: Option<u32>| {
        let Some(of) = target_of(store, desk.target.get_untracked()) else { return };
        desk.busy.set(true);
        spawn_local(async move {
            match transport::call(&PlanBack { of, number }).await {
                Ok(view) => back.set(Some(view)),
                Err(failure) => store.tell_failure(failure),
            }
            desk.busy.set(false);
        });
    };
    let none = move || match store.folder.with(Option::is_some) {
        true => format!("Nothing was published to {} from this folder yet.", desk.target.get()),
        false => "A project that was never saved has no history.".to_owned(),
    };
    view! {
        <section class="history" aria-label="History" data-test="history">
            <div class="heading">
                <h3>"History"</h3>
                <Show when=move || all.with(|all| all.iter().any(|one| one.complete))>
                    <button class="quiet" data-test="roll-back" disabled=move || desk.busy.get() on:click=move |_| ask(None)>"Roll back"</button>
                </Show>
            </div>
            <Show when=move || all.with(Vec::is_empty)><p class="note">{none}</p></Show>
            <ol>
                <For each=move || all.get() key=|one| one.clone() let:one>{line(desk, one, ask)}</For>
            </ol>
        </section>
        <Portal>{move || back.get().map(|view| question(store, desk, back, view))}</Portal>
    }
}

/// The target, where the project has a folder.
fn target_of(store: Store, target: String) -> Option<TargetOf> {
    let settings = store.project.with_untracked(|project| project.settings.clone());
    store.folder.get().map(|folder| TargetOf { settings, folder, target })
}

fn line(desk: Desk, one: PublicationLine, ask: impl Fn(Option<u32>) + Copy + 'static) -> AnyView {
    let PublicationLine { number, at, by, approved_by, message, complete, steps } = one;
    let approved = approved_by.map(|by| format!(", approved by {by}")).unwrap_or_default();
    let why = if message.is_empty() { "No reason was given.".to_owned() } else { message };
    view! {
        <li>
            <details>
                <summary>
                    <span class="why" dir="auto">{why}</span>
                    <span class="about">{format!("No. {number}, ")}<time>{at}</time>" UTC, "{by}{approved}{(!complete).then_some(", stopped before its end")}</span>
                </summary>
                <ul class="told">{steps.iter().map(|step| view! { <li>{sentence(step)}</li> }).collect_view()}</ul>
                {complete.then(|| view! {
                    <button class="quiet" disabled=move || desk.busy.get() on:click=move |_| ask(Some(number))>"Roll back to this"</button>
                })}
            </details>
        </li>
    }
    .into_any()
}

/// Asks before the target is brought back.
fn question(store: Store, desk: Desk, back: RwSignal<Option<BackView>>, view: BackView) -> AnyView {
    let BackView { to, plan } = view;
    let close = move || back.set(None);
    let title = format!("Roll {} back?", desk.target.get_untracked());
    let of_when = format!(
        "It gets the state of {} UTC, published by {}{}.",
        to.at,
        to.by,
        if to.message.is_empty() { String::new() } else { format!(": “{}”", to.message) }
    );
    let go = move || {
        close();
        let Some(of) = target_of(store, desk.target.get_untracked()) else { return };
        desk.busy.set(true);
        desk.plan.set(None);
        desk.progress.set(None);
        let message = desk.why.get_untracked();
        spawn_local(async move {
            begun(store, desk, transport::call(&RollBack { of, number: to.number, message }).await);
        });
    };
    let steps = plan.steps.iter().map(|step| {
        view! { <li><strong>{sentence(&step.title)}</strong>{words_of(&step.words)}</li> }
    });
    let obstacles = plan.obstacles.iter().map(|one| {
        view! { <p class="complaint bad">{sentences(&one.message, &one.help)}</p> }
    });
    let (steps, obstacles) = (steps.collect_view(), obstacles.collect_view());
    let nothing = plan.steps.is_empty();
    view! {
        <Question title=title test="roll-back" yes="Roll back".to_owned() go=go close=close>
            <p>{of_when}</p>
            {obstacles}
            {nothing.then(|| view! { <p class="note">"The target has that state already."</p> })}
            <div class="plan"><ol>{steps}</ol></div>
            <p class="note">"The folder stays as it is. What was made on the target since stays there, and nothing leads to it."</p>
        </Question>
    }
    .into_any()
}
