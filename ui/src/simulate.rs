//! Sample people through the journey, on the same picture: counts on the connections, and one person's story.

use bridge::{Simulate as Run, Tell};
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::time::format_instant;

use crate::store::{Store, store};
use crate::transport;

/// Runs the sample people through the journey on the canvas.
pub fn run(store: Store) {
    run_with(store, None, None);
}

fn run_with(store: Store, seed: Option<u64>, start: Option<String>) {
    let command = Run {
        project: store.project.get_untracked(),
        folder: store.folder.get_untracked(),
        journey: store.journey.get_untracked(),
        seed,
        start,
    };
    spawn_local(async move {
        match transport::call(&command).await {
            Ok(view) => {
                let first = view.people.first().map(|person| person.person.clone());
                let id = view.run_id;
                store.run.set(Some(view));
                store.story.set(None);
                if let Some(person) = first {
                    tell(store, id, person);
                }
            }
            Err(failure) => store.tell_failure(failure),
        }
    });
}

fn tell(store: Store, run_id: u64, person: String) {
    spawn_local(async move {
        match transport::call(&Tell { run_id, person }).await {
            Ok(story) => store.story.set(Some(story)),
            Err(failure) => store.tell_failure(failure),
        }
    });
}

/// The panel beside the picture.
#[component]
pub fn Simulate() -> impl IntoView {
    let store = store();
    let defaults = store.project.with_untracked(|project| project.settings.simulation.clone());
    let seed = RwSignal::new(defaults.seed.unwrap_or(1).to_string());
    let start = RwSignal::new(defaults.start.unwrap_or_default());
    let search = RwSignal::new(String::new());
    if store.run.with_untracked(Option::is_none) {
        run(store);
    }
    let go = move |_| {
        let start = start.get_untracked();
        run_with(store, seed.get_untracked().trim().parse().ok(), (!start.trim().is_empty()).then_some(start));
    };
    let people = Memo::new(move |_| {
        let wanted = search.get().to_lowercase();
        store.run.with(|run| {
            let all = run.as_ref().map(|view| view.people.as_slice()).unwrap_or_default();
            let fits = |p: &&bridge::PersonSummary| {
                wanted.is_empty()
                    || p.person.to_lowercase().contains(&wanted)
                    || p.name.to_lowercase().contains(&wanted)
            };
            all.iter().filter(fits).take(60).cloned().collect::<Vec<_>>()
        })
    });
    let figures = move || {
        store.run.with(|view| {
            let view = view.as_ref()?;
            let run = &view.run;
            Some(vec![
                ("Offered", run.offered.to_string()),
                ("Entered", run.entered.to_string()),
                ("Left", run.left.to_string()),
                ("Messages", run.messages.to_string()),
                ("Ends", format_instant(run.end)[..16].replace('T', " ")),
                ("Took", format!("{} ms", view.took)),
            ])
        })
    };
    let refused = move || store.run.with(|view| view.as_ref().map(|view| view.run.refused.clone()).unwrap_or_default());
    let notes = move || store.run.with(|view| view.as_ref().map(|view| view.run.notes.clone()).unwrap_or_default());
    let choose = move |person: String| {
        if let Some(id) = store.run.with_untracked(|view| view.as_ref().map(|view| view.run_id)) {
            tell(store, id, person);
        }
    };
    let shown_start = move || -> String { start.get().chars().take(16).collect() };
    view! {
        <section class="simulate" data-test="simulate">
            <header class="what"><h2>"Simulate"</h2></header>
            <div class="row">
                <label class="field"><span class="name">"Seed"</span>
                    <input type="number" min="0" prop:value=move || seed.get() on:change=move |e| seed.set(event_target_value(&e)) />
                </label>
                <label class="field grow"><span class="name">"Published at (UTC)"</span>
                    <input type="datetime-local" prop:value=shown_start
                        on:change=move |e| start.set(format!("{}:00Z", event_target_value(&e))) />
                </label>
            </div>
            <button class="primary" data-test="run" title="Ctrl+Enter" on:click=go>"Run"</button>
            {move || figures().map(|figures| view! {
                <dl class="figures" data-test="figures">
                    {figures.into_iter().map(|(word, figure)| view! { <div><dt>{word}</dt><dd>{figure}</dd></div> }).collect_view()}
                </dl>
            })}
            {move || {
                let refused = refused();
                (!refused.is_empty()).then(|| view! {
                    <details class="refused"><summary>"Who did not enter"</summary>
                        <ul>{refused.into_iter().map(|o| view! { <li>{reason(&o.name)} ": " {o.count}</li> }).collect_view()}</ul>
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
                                    let place = note.path.activity().map(|id| format!("{id}: ")).unwrap_or_default();
                                    view! { <li>{place} {crate::problems::sentence(&note.text)}</li> }
                                }).collect_view()}
                            </ul>
                        </details>
                    }
                })
            }}
            <h3>"One person"</h3>
            <input type="search" placeholder="Search by name or id" aria-label="Search people" prop:value=move || search.get()
                on:input=move |e| search.set(event_target_value(&e)) />
            <ul class="people" data-test="people">
                <For each=move || people.get() key=|person| person.person.clone() let:person>
                    {
                        let id = person.person.clone();
                        let here = id.clone();
                        view! {
                            <li>
                                <button
                                    aria-current=move || store.story.with(|s| s.as_ref().is_some_and(|s| s.person == here)).then_some("true")
                                    on:click=move |_| choose(id.clone())
                                >
                                    <span class="clip">{person.name.clone()}</span>
                                    <span class="last clip">{person.last.clone()}</span>
                                    <span class="n" title="Messages received">{person.messages}</span>
                                </button>
                            </li>
                        }
                    }
                </For>
            </ul>
            {move || store.story.get().map(|story| view! {
                <h3>{format!("Story of {}", story.person)}</h3>
                <ol class="story" data-test="story">
                    {story.steps.into_iter().map(|step| {
                        let id = step.activity.clone();
                        view! {
                            <li>
                                <time>{format_instant(step.at)[..16].replace('T', " ")}</time>
                                <button class="link" disabled=id.is_none() on:click=move |_| if let Some(id) = &id { store.select_activity(id) }>
                                    {step.activity.clone().unwrap_or_default()}
                                </button>
                                <span>{crate::problems::sentence(&step.text)}</span>
                            </li>
                        }
                    }).collect_view()}
                </ol>
            })}
        </section>
    }
}

/// A refusal metric in words (journeys.md 11).
fn reason(metric: &str) -> String {
    match metric {
        "ENDPOINT_OPT_OUT" => "Opted out".to_owned(),
        "ENDPOINT_INACTIVE" => "Inactive".to_owned(),
        "ENDPOINT_MISSING_ADDRESS" => "No address".to_owned(),
        "ENDPOINT_MISSING_CHANNEL" => "No channel".to_owned(),
        "ENDPOINT_MISSING_TIMEZONE" => "No time zone".to_owned(),
        "REENTRY_CAP_EXCEEDED" => "Entered often enough".to_owned(),
        "ACTIVE_ENDPOINT_REJECTED" => "Still inside".to_owned(),
        "FILTERED_OUT_BY_SEGMENT" => "Not in the segment".to_owned(),
        other => other.replace('_', " ").to_lowercase(),
    }
}
