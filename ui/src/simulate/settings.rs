//! How the run is made, and what came of it in few figures.

use leptos::prelude::*;
use simulation::live::refusal;

use super::flow::grouped;
use super::{moment, run};
use crate::problems::sentence;
use crate::store::store;

/// Seed, start, the button that runs again, and the run's figures.
#[component]
pub fn RunSettings() -> impl IntoView {
    let store = store();
    let playback = store.playback;
    let figures = move || {
        store.run.with(|view| {
            let view = view.as_ref()?;
            let run = &view.run;
            Some(vec![
                ("Offered", grouped(run.offered)),
                ("Entered", grouped(run.entered)),
                ("Left", grouped(run.left)),
                ("Messages", grouped(run.messages)),
                ("Ends", moment(run.end)),
            ])
        })
    };
    let took = move || store.run.with(|view| view.as_ref().map(|view| format!("Run in {} ms", view.took)));
    let refused = move || store.run.with(|view| view.as_ref().map(|view| view.run.refused.clone()).unwrap_or_default());
    let notes = move || store.run.with(|view| view.as_ref().map(|view| view.run.notes.clone()).unwrap_or_default());
    let defaults = store.project.with_untracked(|project| project.settings.simulation.clone());
    let seed_hint = defaults.seed.unwrap_or(1).to_string();
    let shown_start = move || -> String {
        let typed = playback.start.get();
        let run = || store.run.with(|view| view.as_ref().map(|view| moment(view.run.start).replace(' ', "T")));
        if typed.is_empty() { run().unwrap_or_default() } else { typed.chars().take(16).collect() }
    };
    view! {
        <header class="what run-head">
            <h2>"Simulate"</h2>
            <span class="note" role="status">{move || if playback.busy.get() { Some("Running …".to_owned()) } else { took() }}</span>
            <button class="primary" data-test="run" title="Ctrl+Enter" disabled=move || playback.busy.get() on:click=move |_| run(store)>"Run again"</button>
        </header>
        {move || figures().map(|figures| view! {
            <dl class="figures" data-test="figures">
                {figures.into_iter().map(|(word, figure)| view! { <div><dt>{word}</dt><dd>{figure}</dd></div> }).collect_view()}
            </dl>
        })}
        <details class="run-settings">
            <summary>"Seed and start"</summary>
            <div class="row">
                <label class="field"><span class="name">"Seed"</span>
                    <input type="number" min="0" placeholder=seed_hint prop:value=move || playback.seed.get()
                        on:change=move |e| playback.seed.set(event_target_value(&e)) />
                </label>
                <label class="field grow"><span class="name">"Published at (UTC)"</span>
                    <input type="datetime-local" prop:value=shown_start on:change=move |e| playback.start.set(event_target_value(&e)) />
                </label>
            </div>
        </details>
        {move || {
            let refused = refused();
            let all: u64 = refused.iter().map(|of| of.count).sum();
            (!refused.is_empty()).then(|| view! {
                <details class="refused"><summary>{format!("{} did not enter", grouped(all))}</summary>
                    <ul>{refused.into_iter().map(|o| view! { <li>{sentence(&refusal(&o.name))} ": " {grouped(o.count)}</li> }).collect_view()}</ul>
                </details>
            })
        }}
        {move || {
            let notes = notes();
            (!notes.is_empty()).then(|| {
                let n = notes.len();
                let title = if n == 1 { "1 thing to know about this run".to_owned() } else { format!("{n} things to know about this run") };
                view! {
                    <details class="notes" data-test="notes"><summary>{title}</summary>
                        <ul>
                            {notes.into_iter().map(|note| {
                                let place = note.path.activity().map(|id| format!("{}: ", store.label(id))).unwrap_or_default();
                                view! { <li>{place} {store.told(&note.text)}</li> }
                            }).collect_view()}
                        </ul>
                    </details>
                }
            })
        }}
    }
}
