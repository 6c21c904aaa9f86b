//! The people as a table, with a search.

use bridge::PersonLine;
use leptos::prelude::*;

use super::{Panel, desk};
use crate::simulate::flow::grouped;
use crate::simulate::moment;

/// Channels that can be asked for, with their words.
const CHANNELS: [(&str, &str); 8] = [
    ("", "All channels"),
    ("EMAIL", "E-mail"),
    ("SMS", "SMS"),
    ("VOICE", "Voice"),
    ("APNS", "Push, iOS"),
    ("GCM", "Push, Android"),
    ("IN_APP", "In-app"),
    ("CUSTOM", "Custom"),
];

/// The table and what it is filtered by.
#[component]
pub fn List() -> impl IntoView {
    let desk = desk();
    let store = desk.store;
    let segments = Memo::new(move |_| {
        store.project.with(|project| project.segment_names().map(str::to_owned).collect::<Vec<_>>())
    });
    let rest = move || desk.page.with(|page| page.as_ref().map_or(0, |page| page.found - page.rows.len() as u64));
    view! {
        <section class="people-list" aria-label="People">
            <div class="row filters">
                <input type="search" placeholder="Name, id, address, place or attribute" aria-label="Search people" data-test="people-search"
                    on:input=move |event| desk.query.update(|query| query.text = event_target_value(&event)) />
                <select aria-label="Channel" on:change=move |event| desk.query.update(|query| query.channel = event_target_value(&event))>
                    {CHANNELS.iter().map(|(word, words)| view! { <option value=*word>{*words}</option> }).collect_view()}
                </select>
                <select aria-label="Segment" data-test="people-segment" on:change=move |event| desk.query.update(|query| query.segment = event_target_value(&event))>
                    <option value="">"All segments"</option>
                    <For each=move || segments.get() key=Clone::clone let:name><option value=name.clone()>{name.clone()}</option></For>
                </select>
            </div>
            <div class="cells-scroll" tabindex="0" aria-label="Table of people">
                <table class="cells">
                    <thead><tr>
                        <th scope="col">"Name" " " <Personal /></th>
                        <th scope="col">"Channel"</th>
                        <th scope="col">"Address" " " <Personal /></th>
                        <th scope="col">"Country"</th>
                        <th scope="col">"Last active"</th>
                        <th scope="col">"Reached"</th>
                    </tr></thead>
                    <tbody data-test="people-rows">
                        {move || desk.page.with(|page| page.iter().flat_map(|page| page.rows.clone()).collect::<Vec<_>>()).into_iter().map(row).collect_view()}
                    </tbody>
                </table>
                <Show when=move || desk.page.with(|page| page.as_ref().is_some_and(|page| page.found == 0))>
                    <p class="note none">"Nobody fits."</p>
                </Show>
                <Show when=move || { rest() > 0 }>
                    <button type="button" class="quiet more" on:click=move |_| desk.ask(true)>{move || format!("Show more ({} left)", grouped(rest()))}</button>
                </Show>
            </div>
        </section>
    }
}

/// The mark of what tells who somebody is.
#[component]
pub fn Personal() -> impl IntoView {
    view! { <span class="mark-personal" title="Tells who somebody is; replaced in a copy for sharing">"personal"</span> }
}

fn row(person: PersonLine) -> impl IntoView {
    let desk = desk();
    let id = person.id.clone();
    let own = person.id.clone();
    let here = move || desk.panel.with(|panel| *panel == Panel::Person(own.clone()));
    let named = if person.name.is_empty() { person.id.clone() } else { person.name.clone() };
    let reached = if person.unreached.is_empty() { "yes".to_owned() } else { person.unreached.clone() };
    let bad = !person.unreached.is_empty();
    view! {
        <tr aria-selected=move || here().to_string()>
            <td><button type="button" class="link clip is-personal" title=person.id.clone() dir="auto"
                on:click=move |_| desk.panel.set(Panel::Person(id.clone()))>{named}</button></td>
            <td>{person.channel}</td>
            <td class="clip is-personal" title=person.address.clone()>{person.address.clone()}</td>
            <td>{person.country}</td>
            <td class="when">{person.active.map(moment)}</td>
            <td class:unreached=bad>{reached}</td>
        </tr>
    }
}
