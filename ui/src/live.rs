//! What runs on a target: who is where, what failed, how it differs from what was predicted, and what may be done about it.
//!
//! The machine words everything ([`bridge::LiveView`]); here it is shown, and asked for again as it gets old. What the canvas
//! paints of it: `simulate/flow.rs`.

mod confirm;
mod figures;

use bridge::{Failure, LiveAction, LiveView, OnTarget};
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{DocumentId, Edit, draft_copy, path};

use self::confirm::Confirm;
use self::figures::Kpis;
pub use self::figures::figure;
use crate::latest::Latest;
use crate::outbox::Outbox;
use crate::problems::sentences;
use crate::store::{Mode, Store, store};
use crate::transport;

/// How often it is looked whether the answer is old.
const BEAT: std::time::Duration = std::time::Duration::from_secs(1);

/// Where no answer says when to ask again, in seconds.
const PATIENCE: u32 = 10;

/// A journey or campaign that is watched; copying it copies handles.
#[derive(Clone, Copy)]
pub struct Watch {
    /// Name of the target.
    pub target: RwSignal<String>,
    /// What it answered last.
    pub view: RwSignal<Option<LiveView>>,
    /// Why there is no answer.
    failure: RwSignal<Option<Failure>>,
    /// The run that is looked at; `None` = all.
    run: RwSignal<Option<String>>,
    /// Seconds since the last answer.
    age: RwSignal<u32>,
    /// Counts questions, so that only the answer of the last one is shown; and whether it is open.
    asked: RwSignal<(u64, bool)>,
    /// A state that is about to be asked for.
    confirm: RwSignal<Option<LiveAction>>,
    part: RwSignal<Part>,
}

/// Parts of the panel.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Now,
    Kpis,
    Outbox,
}

impl Watch {
    /// Nothing is known yet.
    pub fn new() -> Watch {
        Watch {
            target: RwSignal::new("local".to_owned()),
            view: RwSignal::new(None),
            failure: RwSignal::new(None),
            run: RwSignal::new(None),
            age: RwSignal::new(0),
            asked: RwSignal::new((0, false)),
            confirm: RwSignal::new(None),
            part: RwSignal::new(Part::Now),
        }
    }

    /// Forgets what was answered, and what is still to be.
    pub fn clear(self) {
        self.view.set(None);
        self.failure.set(None);
        self.run.set(None);
        self.confirm.set(None);
        self.asked.update(|asked| *asked = (asked.0 + 1, false));
    }
}

/// The panel beside the picture.
#[component]
pub fn Live() -> impl IntoView {
    let store = store();
    let id = Memo::new(move |_| DocumentId::Journey(store.journey.get()));
    move || view! { <section class="live" data-test="live"><header class="what"><h2>"Live"</h2></header><Watched id=id.get() watch=store.live /></section> }
}

/// A journey or campaign on a target.
#[component]
pub fn Watched(id: DocumentId, watch: Watch) -> impl IntoView {
    let store = store();
    let id = StoredValue::new(id);
    watch.clear();
    let again = move || ask(store, watch, id.get_value());
    again();
    let beat = move || {
        watch.age.update(|age| *age += 1);
        let patience = watch.view.with_untracked(|view| view.as_ref().map_or(PATIENCE, |view| view.again.max(1)));
        if watch.age.get_untracked() >= patience && !watch.asked.get_untracked().1 {
            again();
        }
    };
    if let Ok(timer) = set_interval_with_handle(beat, BEAT) {
        on_cleanup(move || timer.clear());
    }
    let choose = move |event| {
        watch.target.set(event_target_value(&event));
        watch.clear();
        again();
    };
    let choose_run = move |event| {
        watch.run.set(Some(event_target_value(&event)).filter(|run| !run.is_empty()));
        again();
    };
    let of_view =
        move |read: fn(&LiveView) -> String| watch.view.with(|view| view.as_ref().map(read).unwrap_or_default());
    let there = Memo::new(move |_| !of_view(|view| view.state.clone()).is_empty());
    let runs =
        Memo::new(move |_| watch.view.with(|view| view.as_ref().map(|view| view.runs.clone()).unwrap_or_default()));
    let actions =
        Memo::new(move |_| watch.view.with(|view| view.as_ref().map(|view| view.actions.clone()).unwrap_or_default()));
    let keys = Memo::new(move |_| {
        let keys = |view: &LiveView| view.figures.iter().map(|figure| figure.key.clone()).collect::<Vec<_>>();
        watch.view.with(|view| view.as_ref().map(keys).unwrap_or_default())
    });
    let part = move |part: Part, words: &'static str, test: &'static str| {
        view! { <button role="tab" data-test=test aria-selected=move || (watch.part.get() == part).to_string() on:click=move |_| watch.part.set(part)>{words}</button> }
    };
    view! {
        <label class="field">
            <span class="name">"Target"</span>
            <select data-test="live-target" on:change=choose>
                {move || store.targets().into_iter().map(|name| {
                    let own = name.clone();
                    view! { <option value=name.clone() selected=move || watch.target.get() == own>{name.clone()}</option> }
                }).collect_view()}
            </select>
        </label>
        {move || watch.failure.get().map(|failure| view! {
            <p class="complaint bad" data-test="live-failure" role="alert">{sentences(&failure.message, &failure.help)}</p>
            <p class="note">{format!("It is asked again every {PATIENCE} seconds.")}</p>
        })}
        <Show when=move || watch.view.with(Option::is_some) fallback=move || view! {
            <Show when=move || watch.failure.with(Option::is_none)><p class="note">"Asking the target …"</p></Show>
        }>
            <p data-test="live-said">
                <Show when=move || there.get()><span class="state" data-state=move || word(&of_view(|view| view.state.clone()))>{move || word(&of_view(|view| view.state.clone()))}</span> " "</Show>
                {move || of_view(|view| view.said.clone())}
            </p>
            <div class="row aged">
                <span class="note" data-test="live-age">{move || aged(watch)}</span>
                <button class="quiet" data-test="live-refresh" on:click=move |_| again()>"Refresh"</button>
            </div>
            <Show when=move || !actions.with(Vec::is_empty)>
                <div class="row" role="group" aria-label="Change its state">
                    <For each=move || actions.get() key=|action| (action.state.clone(), action.refused.clone()) let:action>{
                        let (words, state, refused) = (action.words.clone(), action.state.clone(), action.refused.clone());
                        // the numbers are those of the last answer
                        let open = move |_| {
                            let now = actions.with_untracked(|all| all.iter().find(|one| one.state == state).cloned());
                            watch.confirm.set(now);
                        };
                        view! { <button data-test=format!("live-{}", words.to_lowercase()) disabled=!refused.is_empty() title=refused on:click=open>{words.clone()}</button> }
                    }</For>
                </div>
                {move || actions.get().into_iter().filter(|action| !action.refused.is_empty()).map(|action| view! {
                    <p class="note">{format!("{}: {}", action.words, action.refused)}</p>
                }).collect_view()}
            </Show>
            <Show when=move || there.get()>
                <div class="modes tabs" role="tablist" aria-label="About it">
                    {part(Part::Now, "Now", "live-now")}
                    {part(Part::Kpis, "KPIs", "live-kpis")}
                    {part(Part::Outbox, "Outbox", "live-outbox")}
                </div>
                {move || match watch.part.get() {
                    Part::Kpis => view! { <Kpis id=id.get_value() watch=watch /> }.into_any(),
                    Part::Outbox => view! { <Outbox target=watch.target.get() /> }.into_any(),
                    Part::Now => view! {
                        <Show when=move || runs.with(|runs| runs.len() > 1)>
                            <label class="field">
                                <span class="name">"Run"</span>
                                <select data-test="live-run" on:change=choose_run>
                                    <option value="">"All runs"</option>
                                    {move || runs.get().into_iter().map(|(run, words)| {
                                        let own = Some(run.clone());
                                        view! { <option value=run selected=move || watch.run.get() == own>{words}</option> }
                                    }).collect_view()}
                                </select>
                            </label>
                        </Show>
                        <For each=move || keys.get() key=|key| key.clone() let:key>{
                            let flight = key == "flight";
                            let own = move |view: &LiveView| view.figures.iter().find(|figure| figure.key == key).cloned();
                            let shown = Memo::new(move |_| watch.view.with(|view| view.as_ref().and_then(&own)).unwrap_or_default());
                            view! {
                                {figure(store, shown.into())}
                                {flight.then(|| view! { <button data-test="copy-draft" on:click=move |_| copy(store)>"Copy as a draft"</button> })}
                            }
                        }</For>
                    }.into_any(),
                }}
            </Show>
        </Show>
        <Confirm watch=watch id=id.get_value() />
    }
}

/// A campaign on the target that it was published to last.
#[component]
pub fn WatchedCampaign(name: String) -> impl IntoView {
    let watch = Watch { target: store().live.target, ..Watch::new() };
    view! { <section class="live watched" data-test="live"><header class="what"><h2>"Live"</h2></header><Watched id=DocumentId::Campaign(name) watch=watch /></section> }
}

/// What `people in flight` has to say about the journey on the canvas, for whoever is about to publish it; nothing where
/// the target has no answer, or the journey is the same there.
#[component]
pub fn InFlight(target: RwSignal<String>) -> impl IntoView {
    let store = store();
    let flight = RwSignal::new(None);
    let latest = Latest::new();
    Effect::new(move |_| {
        let target = target.get();
        let of = store.document.with(|_| on_target(store, DocumentId::Journey(store.journey.get_untracked()), target));
        flight.set(None);
        latest.ask(bridge::Live { of, run: None, predict: false }, move |view| {
            flight.set(view.ok().and_then(|view| view.figures.into_iter().find(|figure| figure.key == "flight")));
        });
    });
    move || flight.get().map(|shown| figure(store, Signal::stored(shown)))
}

/// What is asked about.
fn on_target(store: Store, id: DocumentId, target: String) -> OnTarget {
    store.project.with_untracked(|project| OnTarget {
        settings: project.settings.clone(),
        folder: store.folder.get_untracked(),
        target,
        document: project.documents.get(&id).cloned().unwrap_or_default(),
        id,
    })
}

fn ask(store: Store, watch: Watch, id: DocumentId) {
    // What is watched may be gone by now: its room was left.
    let Some((before, _)) = watch.asked.try_get_untracked() else { return };
    let now = before + 1;
    watch.asked.set((now, true));
    // Counts first; what is compared with takes longer.
    let predict = watch.view.with_untracked(Option::is_some);
    let of = on_target(store, id.clone(), watch.target.get_untracked());
    let live = bridge::Live { of, run: watch.run.get_untracked(), predict };
    spawn_local(async move {
        let answer = transport::call(&live).await;
        if watch.asked.try_get_untracked().is_none_or(|(last, _)| last != now) {
            return;
        }
        watch.asked.set((now, false));
        watch.age.set(0);
        match answer {
            Ok(view) => {
                let first = !predict && !view.state.is_empty();
                watch.failure.set(None);
                watch.view.set(Some(view));
                if first {
                    ask(store, watch, id);
                }
            }
            Err(failure) => {
                watch.view.set(None);
                // What is said already is not said again.
                let failure = Some(failure);
                if watch.failure.with_untracked(|said| *said != failure) {
                    watch.failure.set(failure);
                }
            }
        }
    });
}

/// A state in the words of the top bar.
fn word(state: &str) -> String {
    use model::Word;
    match model::wire::State::parse(state) {
        Some(known) => model::summary::state_word(Some(known)).to_owned(),
        None => state.to_lowercase().replace('_', " "),
    }
}

/// How old it is: when it was asked, and as of when the target tells.
fn aged(watch: Watch) -> String {
    let asked = match watch.age.get() {
        0 | 1 => "Asked just now".to_owned(),
        age => format!("Asked {age} seconds ago"),
    };
    let at = watch.view.with(|view| view.as_ref().map(|view| view.at.clone()).unwrap_or_default());
    if at.is_empty() { asked } else { format!("{asked}, numbers of {at} UTC") }
}

/// Copies the journey on the canvas under a free name, as a draft, and shows the copy.
fn copy(store: Store) {
    let from = store.journey.get_untracked();
    let free = |n: u32| format!("{from}-{n}");
    let name = (2..).map(free).find(|name| store.project.with_untracked(|project| project.journey(name).is_none()));
    let journey = store.document.with_untracked(|document| document.as_object().cloned());
    let (Some(name), Some(journey)) = (name, journey) else { return };
    let canvas =
        store.project.with_untracked(|project| project.documents.get(&DocumentId::Canvas(from.clone())).cloned());
    let copied = serde_json::Value::Object(draft_copy(&journey, &name));
    let mut edit = Edit::new(format!("Copy {from} as {name}")).set(&DocumentId::Journey(name.clone()), path![], copied);
    if let Some(canvas) = canvas {
        edit = edit.set(&DocumentId::Canvas(name.clone()), path![], canvas);
    }
    store.edit(edit);
    store.show(&name);
    store.look(Mode::Design);
    store.tell(format!("{name} is a draft. Publish it, then stop {from} under Live."));
}
