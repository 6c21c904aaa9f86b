//! Promises, switched on and off: what must hold for everybody, whatever they do.

use bridge::{Promise, Promised, Promises};
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::Millis;
use model::time::DAY;

use crate::store::{Store, store};
use crate::transport;

/// The tick boxes; `changed` is told when they were written.
#[component]
pub fn PromiseBoxes(changed: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let store = store();
    let promises = RwSignal::new(None::<Promises>);
    Effect::new(move |_| {
        store.files.track();
        load(store, promises);
    });
    let put = move |change: Box<dyn FnOnce(&mut Promises)>| {
        let (Some(folder), Some(mut wanted)) = (store.folder.get_untracked(), promises.get_untracked()) else { return };
        change(&mut wanted);
        let journey = store.journey.get_untracked();
        spawn_local(async move {
            match transport::call(&Promise { folder, journey, promises: wanted.clone() }).await {
                Ok(edit) => {
                    store.edit(edit);
                    promises.set(Some(wanted));
                    changed();
                }
                Err(failure) => {
                    // The boxes go back to what the file says.
                    promises.notify();
                    store.tell_failure(failure);
                }
            }
        });
    };
    let is = move |read: fn(&Promises) -> bool| move || promises.with(|promises| promises.as_ref().is_some_and(read));
    let switch =
        move |words: &'static str, test: &'static str, read: fn(&Promises) -> bool, set: fn(&mut Promises, bool)| {
            view! {
                <label class="field check">
                    <input type="checkbox" data-test=test prop:checked=is(read) on:change=move |e| {
                        let on = event_target_checked(&e);
                        put(Box::new(move |promises| set(promises, on)));
                    } />
                    <span class="name">{words}</span>
                </label>
            }
        };
    let days =
        move || promises.with(|promises| promises.as_ref().and_then(|of| of.leaves_within).unwrap_or(30 * DAY) / DAY);
    let at_most = move || {
        promises.with(|promises| promises.as_ref().and_then(|of| of.at_most.first().copied()).unwrap_or((1, DAY)))
    };
    let number = move |event: &leptos::ev::Event| {
        event_target_value(event).trim().parse::<u32>().ok().filter(|number| *number > 0)
    };
    let wrong = move || {
        promises.notify();
        store.tell_bad("This is no number.", "Write a whole number of at least 1.");
    };
    let first = move |promises: &mut Promises, of: (u32, Millis)| match promises.at_most.first_mut() {
        Some(known) => *known = of,
        None => promises.at_most.push(of),
    };
    view! {
        <h3>"Promises"</h3>
        <p class="note">"What must hold for everybody, whatever they do. Thousands of made-up lives look for a breach."</p>
        <fieldset class="promises" disabled=move || promises.with(Option::is_none) aria-label="Promises">
            {switch("Nobody is messaged after opting out", "promise-opt-out", |of| of.opt_out, |of, on| of.opt_out = on)}
            {switch("Everybody who enters gets to an end", "promise-stranded", |of| of.nobody_stranded, |of, on| of.nobody_stranded = on)}
            {switch("Nobody gets the same message twice", "promise-twice", |of| of.no_message_twice, |of, on| of.no_message_twice = on)}
            <div class="field check">
                <input type="checkbox" id="promise-leaves" data-test="promise-leaves" prop:checked=is(|of| of.leaves_within.is_some()) on:change=move |e| {
                    let within = event_target_checked(&e).then(|| untrack(days) * DAY);
                    put(Box::new(move |promises| promises.leaves_within = within));
                } />
                <span class="name"><label for="promise-leaves">"Everybody leaves within "</label>
                    <input type="number" min="1" max="540" aria-label="Days to leave within" prop:value=move || days().to_string() on:change=move |e| match number(&e) {
                        Some(days) => put(Box::new(move |promises| promises.leaves_within = Some(Millis::from(days) * DAY))),
                        None => wrong(),
                    } /> " days"</span>
            </div>
            <div class="field check">
                <input type="checkbox" id="promise-most" data-test="promise-most" prop:checked=is(|of| !of.at_most.is_empty()) on:change=move |e| {
                    let on = event_target_checked(&e);
                    put(Box::new(move |promises| if on { first(promises, (1, DAY)) } else { promises.at_most.clear() }));
                } />
                <span class="name"><label for="promise-most">"Nobody gets more than "</label>
                    <input type="number" min="1" aria-label="Messages at most" prop:value=move || at_most().0.to_string() on:change=move |e| match number(&e) {
                        Some(count) => { let span = untrack(at_most).1; put(Box::new(move |promises| first(promises, (count, span)))) }
                        None => wrong(),
                    } /> " messages in "
                    <input type="number" min="1" aria-label="In how many days" prop:value=move || (at_most().1 / DAY).max(1).to_string() on:change=move |e| match number(&e) {
                        Some(days) => { let count = untrack(at_most).0; put(Box::new(move |promises| first(promises, (count, Millis::from(days) * DAY)))) }
                        None => wrong(),
                    } /> " days"</span>
            </div>
        </fieldset>
    }
}

fn load(store: Store, promises: RwSignal<Option<Promises>>) {
    let Some(folder) = store.folder.get_untracked() else { return };
    let journey = store.journey.get_untracked();
    spawn_local(async move {
        match transport::call(&Promised { folder, journey }).await {
            Ok(found) => promises.set(Some(found)),
            Err(failure) => store.tell_failure(failure),
        }
    });
}
