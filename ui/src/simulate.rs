//! Sample people through the journey, on the same picture: counts over time, one person's story, tests, other versions.

mod bar;
mod compare;
mod expectations;
pub mod flow;
mod invent;
mod numbers;
mod people;
mod person;
pub mod playback;
mod promises;
mod settings;
mod table;
mod what_if;

use leptos::prelude::*;
use model::Millis;
use model::time::{MINUTE, SECOND, format_instant};

pub use self::bar::TimeBar;
use self::compare::Compare;
use self::expectations::Expectations;
use self::numbers::Numbers;
use self::people::People;
pub use self::playback::run;
use self::playback::{Tab, watch_waiting};
use self::settings::RunSettings;
pub use self::table::MessageTable;
use crate::store::store;

/// The panel beside the picture.
#[component]
pub fn Simulate() -> impl IntoView {
    let store = store();
    let playback = store.playback;
    // One click is all: the journey as it is now runs at once, with unsaved changes.
    let fresh = store.run.with_untracked(Option::is_some)
        && playback.simulated.with_untracked(|simulated| {
            simulated.as_ref().is_some_and(|then| store.project.with_untracked(|now| now.runs_as(then)))
        });
    if !fresh {
        run(store);
    }
    Effect::new(move |before: Option<()>| {
        store.journey.track();
        store.document.track();
        if before.is_some() {
            run(store);
        }
    });
    watch_waiting(store);
    let tab = move |tab: Tab, word: &'static str, test: &'static str| {
        view! {
            <button role="tab" id=test data-test=test aria-controls="simulate-panel" aria-selected=move || (playback.tab.get() == tab).to_string()
                on:click=move |_| playback.tab.set(tab)>{word}</button>
        }
    };
    let labelled = move || match playback.tab.get() {
        Tab::People => "tab-people",
        Tab::Numbers => "tab-numbers",
        Tab::Compare => "tab-compare",
        Tab::Tests => "tab-tests",
    };
    view! {
        <section class="simulate" data-test="simulate">
            <RunSettings />
            <div class="modes tabs" role="tablist" aria-label="About the run">
                {tab(Tab::People, "People", "tab-people")}
                {tab(Tab::Numbers, "Numbers", "tab-numbers")}
                {tab(Tab::Compare, "Compare", "tab-compare")}
                {tab(Tab::Tests, "Tests", "tab-tests")}
            </div>
            <div id="simulate-panel" role="tabpanel" aria-labelledby=labelled>
                {move || match playback.tab.get() {
                    Tab::People => view! { <People /> }.into_any(),
                    Tab::Numbers => view! { <Numbers /> }.into_any(),
                    Tab::Compare => view! { <Compare /> }.into_any(),
                    Tab::Tests => view! { <Expectations /> }.into_any(),
                }}
            </div>
        </section>
    }
}

/// An instant for people: "2026-01-01 09:00".
pub fn moment(at: Millis) -> String {
    format_instant(at).get(..16).unwrap_or_default().replace('T', " ")
}

/// An instant for people, as exact as it is: "2026-01-01 09:00", "2026-01-01 09:00:07".
pub fn instant_words(at: Millis) -> String {
    let exact = if at.rem_euclid(MINUTE) < SECOND { 16 } else { 19 };
    format_instant(at).get(..exact).unwrap_or_default().replace('T', " ")
}

/// "1 person", "12 people".
pub fn of(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", flow::grouped(count), if count == 1 { one } else { many })
}
