//! The bar of time below the picture: scrub, play, step; what has happened by then.

use bridge::Series;
use leptos::prelude::*;
use model::Millis;
use model::time::{DAY, HOUR, duration_words};

use super::flow::grouped;
use super::instant_words;
use super::playback::{Playback, SLIDER, place_of, speed_at};
use crate::store::store;

/// Columns of the little diagram behind the slider.
const COLUMNS: usize = 120;

/// The bar of time.
#[component]
pub fn TimeBar() -> impl IntoView {
    let store = store();
    let playback = store.playback;
    playback.wind_up();
    let last = move || playback.steps().saturating_sub(1);
    let ready = move || playback.steps() > 0;
    let said = Memo::new(move |_| said(playback));
    let at = move || playback.step.get().unwrap_or_else(last).to_string();
    let scrub = move |event: leptos::ev::Event| {
        playback.playing.set(false);
        if let Ok(step) = event_target_value(&event).parse() {
            playback.go(step);
        }
    };
    let speed = move |event: leptos::ev::Event| {
        if let Ok(place) = event_target_value(&event).parse() {
            playback.speed.set(speed_at(place));
        }
    };
    let fast = move || format!("{}/s", duration_words(playback.speed.get()));
    view! {
        <section class="time-bar" aria-label="Time of the run" data-test="time-bar">
            <div class="time-keys">
                <button class="quiet" data-test="event-back" disabled=move || !ready() aria-label="To what happened before" title="To what happened before (B)"
                    on:click=move |_| playback.to_event(store, true)>
                    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M19 6l-6 6 6 6M11 6l-6 6 6 6" /></svg>
                </button>
                <button class="quiet" data-test="step-back" disabled=move || !ready() aria-label="Step back" title="Step back" on:click=move |_| playback.step_by(-1)>
                    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M17 6l-8 6 8 6zM6 6v12" /></svg>
                </button>
                <button class="play" data-test="play" disabled=move || !ready() aria-label=move || if playback.playing.get() { "Pause" } else { "Play" }
                    title=move || if playback.playing.get() { "Pause" } else { "Play" } on:click=move |_| playback.toggle()>
                    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
                        <path d=move || if playback.playing.get() { "M8 6v12M16 6v12" } else { "M8 5l11 7-11 7z" } />
                    </svg>
                </button>
                <button class="quiet" data-test="step-on" disabled=move || !ready() aria-label="Step on" title="Step on" on:click=move |_| playback.step_by(1)>
                    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M7 6l8 6-8 6zM18 6v12" /></svg>
                </button>
                <button class="quiet" data-test="event-on" disabled=move || !ready() aria-label="To what happens next" title="To what happens next (N)"
                    on:click=move |_| playback.to_event(store, false)>
                    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M5 6l6 6-6 6M13 6l6 6-6 6" /></svg>
                </button>
            </div>
            <div class="time-line">
                <svg class="time-sends" viewBox=format!("0 0 {COLUMNS} 20") preserveAspectRatio="none" aria-hidden="true">
                    <path d=move || sends_path(playback) />
                </svg>
                <input type="range" min="0" max=move || last().to_string() step="1" prop:value=at disabled=move || !ready()
                    aria-label="Time" aria-valuetext=move || said.with(|said| format!("{}, {}", said.0, said.1)) data-test="time" on:input=scrub />
            </div>
            <div class="time-said" data-test="time-said" title=move || said.with(|said| format!("{}. {}", said.0, said.1))>
                <strong class="clip">{move || said.with(|said| said.0.clone())}</strong>
                <span class="clip">{move || said.with(|said| said.1.clone())}</span>
            </div>
            <div class="time-more">
                <label class="speed" title="How fast it plays">
                    <input type="range" min="0" max=SLIDER.to_string() step="0.5" aria-label="Speed" aria-valuetext=fast data-test="speed"
                        prop:value=move || place_of(playback.speed.get()).to_string() on:input=speed />
                    <output>{fast}</output>
                </label>
                <button class="quiet" data-test="whole-run" aria-pressed=move || playback.step.get().is_none().to_string() disabled=move || playback.step.get().is_none()
                    title="Counts of the whole run" on:click=move |_| { playback.playing.set(false); playback.show_all(); }>"Whole run"</button>
                <button class="quiet" data-test="dots" aria-pressed=move || playback.dots.get().to_string() title="Show people as dots"
                    on:click=move |_| playback.dots.update(|dots| *dots = !*dots)>"Dots"</button>
                <button class="quiet" data-test="table" aria-pressed=move || playback.table.get().to_string() title="Who gets what when"
                    on:click=move |_| playback.table.update(|open| *open = !*open)>"Messages"</button>
            </div>
        </section>
    }
}

/// Messages sent by the end of a step.
fn sent(series: &Series, until: usize) -> u64 {
    series.activities.iter().map(|of| of.sends.iter().take(until + 1).sum::<u64>()).sum()
}

/// The instant that is shown, and what has happened by then.
fn said(playback: Playback) -> (String, String) {
    playback.flow.with(|flow| {
        let Some(series) = flow.as_ref().map(|flow| &flow.series) else {
            return ("Whole run".to_owned(), "Counting over time …".to_owned());
        };
        if series.is_empty() {
            return ("Whole run".to_owned(), "Nobody enters, so there is no time to look at".to_owned());
        }
        match playback.step.get() {
            None => {
                let last = series.len() - 1;
                let days = series.step * series.len() as Millis;
                let words = if days < 2 * DAY {
                    format!("{} hours", days / HOUR)
                } else {
                    format!("{} days", days.div_euclid(DAY))
                };
                ("Whole run".to_owned(), format!("{words}, {} messages", grouped(sent(series, last))))
            }
            Some(_) => {
                let words = playback.at_instant(|series, step| {
                    let inside: u64 = series.activities.iter().filter_map(|of| of.waiting.get(step)).sum();
                    format!("{} inside · {} sent", grouped(inside), grouped(sent(series, step)))
                });
                let (at, said) = (playback.instant().unwrap_or_default(), playback.said_instant().unwrap_or_default());
                let day = (at - series.start).div_euclid(DAY);
                (format!("{} · day {day}", instant_words(said)), words.unwrap_or_default())
            }
        }
    })
}

/// Messages over time, as columns that are as high as the busiest lets them be.
fn sends_path(playback: Playback) -> String {
    playback.flow.with(|flow| {
        let Some(series) = flow.as_ref().map(|flow| &flow.series) else { return String::new() };
        let mut columns = vec![0u64; COLUMNS];
        let steps = series.len().max(1);
        for of in &series.activities {
            for (step, sends) in of.sends.iter().enumerate() {
                columns[step * COLUMNS / steps] += sends;
            }
        }
        let most = columns.iter().copied().max().unwrap_or_default().max(1);
        let column = |(x, sends): (usize, &u64)| {
            let height = if *sends == 0 { 0.0 } else { (*sends as f64 / most as f64 * 19.0).max(1.5) };
            format!("M{x} 20v-{height:.1}h1v{height:.1}z")
        };
        columns.iter().enumerate().map(column).collect()
    })
}
