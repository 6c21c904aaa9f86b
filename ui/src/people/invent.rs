//! People who do not exist, for the segments and journeys that do.

use bridge::{InventPeople, Invented};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::desk;
use crate::problems::sentence;
use crate::simulate::flow::grouped;
use crate::transport;

/// The panel.
#[component]
pub fn InventPanel() -> impl IntoView {
    let desk = desk();
    let store = desk.store;
    let (count, seed) = (RwSignal::new("200".to_owned()), RwSignal::new("1".to_owned()));
    let done = RwSignal::new(None::<Invented>);
    let busy = RwSignal::new(false);
    let go = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(folder) = store.folder.get_untracked() else { return };
        let number = |text: RwSignal<String>| text.with_untracked(|text| text.trim().parse::<u64>().ok());
        let (Some(count), Some(seed)) = (number(count), number(seed)) else {
            store.tell_bad("That is no number.", "Write a whole number.");
            return;
        };
        busy.set(true);
        let command = InventPeople { project: store.project.get_untracked(), folder, count, seed };
        spawn_local(async move {
            match transport::call(&command).await {
                Ok(mut invented) => {
                    desk.changed(std::mem::take(&mut invented.edit));
                    done.try_set(Some(invented));
                }
                Err(failure) => store.tell_failure(failure),
            }
            busy.try_set(false);
        });
    };
    view! {
        <form on:submit=go>
            <h2>"Invent people"</h2>
            <p class="note">"Believable people from many countries, with addresses at example.com and attributes that the segments and journeys of this project ask for; and somebody for every way through a journey."</p>
            <div class="row">
                <label class="field"><span class="name">"People"</span><input type="number" min="0" max="100000" data-test="invent-count" prop:value=move || count.get() on:input=move |event| count.set(event_target_value(&event)) /></label>
                <label class="field"><span class="name">"Seed"</span><input type="number" min="0" prop:value=move || seed.get() on:input=move |event| seed.set(event_target_value(&event)) /></label>
            </div>
            <div class="actions"><button class="primary" type="submit" data-test="invent-go" disabled=move || busy.get()>{move || if busy.get() { "Inventing …" } else { "Invent them" }}</button></div>
        </form>
        {move || done.get().map(|done| view! {
            <p role="status" data-test="invented">{format!("{} endpoints are in {}; {} ways through the journeys have somebody.", grouped(done.endpoints), done.file, grouped(done.ways))}</p>
            {(!done.impossible.is_empty()).then(|| view! {
                <h3>"Ways that nobody can take"</h3>
                <ul class="complaints">{done.impossible.iter().map(|why| view! { <li>{sentence(why)}</li> }).collect_view()}</ul>
            })}
        })}
    }
}
