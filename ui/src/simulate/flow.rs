//! What the canvas paints of a run: counts, shares and dots at connections and steps, at the instant that is shown.

use bridge::{Band, Change, Run, Series, StepChange};
use diagram::comparison::{self, Comparison, Version};
use diagram::scene::Scene;
use leptos::prelude::*;
use model::drawing::Origin;
pub use model::numbers::{grouped, percent};
use model::{Journey, Slot};

use super::playback::Tab;
use crate::store::{Mode, Store};

/// Most dots at a step, and on a connection.
const DOTS: u64 = 24;

/// What goes along a connection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Traffic {
    /// Participants that went along by the instant.
    pub count: u64,
    /// Their share of all that have entered by then, 0 to 1: how thick the line is.
    pub share: f64,
    /// Their share of those that took any way out of the step; `None` = it has but one.
    pub of_step: Option<f64>,
    /// How many go along in the step of time that is shown.
    pub now: u64,
    /// Where 95 % of many runs lie; only for the whole run.
    pub band: Option<(u64, u64)>,
    /// Whether `of_step` lies off what was predicted; only of a journey that runs.
    pub off: bool,
}

impl Traffic {
    /// In a few characters: "312 (64%)", "312 (290–330)".
    pub fn words(&self) -> String {
        match (self.band, self.of_step) {
            (Some((low, high)), _) => format!("{} ({}–{})", grouped(self.count), grouped(low), grouped(high)),
            (None, Some(share)) if self.off => format!("⚠ {} ({})", grouped(self.count), percent(share)),
            (None, Some(share)) => format!("{} ({})", grouped(self.count), percent(share)),
            (None, None) => grouped(self.count),
        }
    }
}

fn until(list: &[u64], step: usize) -> u64 {
    list.iter().take(step + 1).sum()
}

/// How many went along a connection by a step.
fn taken(series: &Series, from: &str, slot: Slot, step: usize) -> (u64, u64) {
    let connection = series.connections.iter().find(|of| of.from == from && of.slot == slot);
    connection.map_or((0, 0), |of| (until(&of.taken, step), of.taken.get(step).copied().unwrap_or_default()))
}

/// Entries by a step, and in it: who arrived at the first activity and came along no connection.
fn entered(store: Store, series: &Series, step: usize) -> (u64, u64) {
    store.document.with_untracked(|document| {
        let Some(journey) = Journey::of(document) else { return (0, 0) };
        let Some(start) = document.get("StartActivity").and_then(|start| start.as_str()) else { return (0, 0) };
        let arrived = series.activities.iter().find(|of| of.id == start);
        let (mut all, mut now) = arrived
            .map_or((0, 0), |of| (until(&of.arrivals, step), of.arrivals.get(step).copied().unwrap_or_default()));
        for activity in journey.activities() {
            for connection in activity.connections().iter().filter(|connection| connection.target == Some(start)) {
                let back = taken(series, activity.id, connection.slot, step);
                all = all.saturating_sub(back.0);
                now = now.saturating_sub(back.1);
            }
        }
        (all, now)
    })
}

fn share(part: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { part as f64 / all as f64 }
}

/// What went along a connection in a whole run.
fn in_run(run: &Run, origin: &Origin) -> Traffic {
    let (count, of_step) = match origin {
        Origin::Entry => (run.entered, None),
        Origin::Activity(id, slot) => {
            let ways = run.connections.iter().filter(|of| of.from == *id);
            let count = ways.clone().find(|of| of.slot == *slot).map_or(0, |of| of.count);
            let out: u64 = ways.clone().map(|of| of.count).sum();
            (count, (ways.count() > 1).then(|| share(count, out)))
        }
    };
    Traffic { count, share: share(count, run.entered), of_step, now: 0, band: None, off: false }
}

/// What went along a connection of the journey that runs, and whether that is as predicted.
fn live(store: Store, origin: &Origin) -> Option<Traffic> {
    store.live.view.with(|view| {
        let view = view.as_ref()?;
        let traffic = in_run(view.run.as_ref()?, origin);
        let Origin::Activity(id, slot) = origin else { return Some(traffic) };
        let compared = view.compared.iter().find(|one| one.from == *id && one.slot == *slot);
        Some(match compared.filter(|one| one.is_off()) {
            Some(one) => Traffic { of_step: Some(one.actual()), off: true, ..traffic },
            None => traffic,
        })
    })
}

/// What goes along a connection of the shown run, at the instant that is shown; `None` = nothing is to be shown.
pub fn traffic(store: Store, origin: &Origin) -> Option<Traffic> {
    match store.mode.get() {
        Mode::Simulate => {}
        Mode::Live => return live(store, origin),
        Mode::Design | Mode::Publish => return None,
    }
    let playback = store.playback;
    if playback.step.get().is_some() {
        return playback.at_instant(|series, step| {
            let (all, coming) = entered(store, series, step);
            let (count, now, of_step) = match origin {
                Origin::Entry => (all, coming, None),
                Origin::Activity(id, slot) => {
                    let (count, now) = taken(series, id, *slot, step);
                    let ways = series.connections.iter().filter(|of| of.from == *id);
                    let out: u64 = ways.clone().map(|of| until(&of.taken, step)).sum();
                    (count, now, (ways.count() > 1).then(|| share(count, out)))
                }
            };
            Traffic { count, share: share(count, all), of_step, now, band: None, off: false }
        });
    }
    store.run.with(|run| {
        let run = &run.as_ref()?.run;
        let band = playback.bands.with(|bands| {
            let bands = bands.as_ref()?;
            let band: &Band = match origin {
                Origin::Entry => &bands.entered,
                Origin::Activity(id, slot) => {
                    &bands.connections.iter().find(|of| of.from == *id && of.slot == *slot)?.count
                }
            };
            (band.low != band.high).then_some((band.low, band.high))
        });
        Some(Traffic { band, ..in_run(run, origin) })
    })
}

/// What stands at a step's card: counts at the instant that is shown, or of the whole run.
pub fn counts(store: Store, id: &str, is_entry: bool) -> Option<String> {
    match store.mode.get() {
        Mode::Simulate => {}
        Mode::Live => return live_counts(store, id, is_entry),
        Mode::Design | Mode::Publish => return None,
    }
    let playback = store.playback;
    if playback.step.get().is_some() {
        let words = playback.at_instant(|series, step| {
            if is_entry {
                return Some(format!("{} entered", grouped(entered(store, series, step).0)));
            }
            let of = series.activities.iter().find(|of| of.id == id)?;
            let (came, here) = (until(&of.arrivals, step), of.waiting.get(step).copied().unwrap_or_default());
            Some(match here {
                0 => grouped(came),
                here => format!("{} here · {}", grouped(here), grouped(came)),
            })
        });
        return words.flatten();
    }
    store.run.with(|run| {
        let run = &run.as_ref()?.run;
        if is_entry {
            return Some(format!("{} of {}", grouped(run.entered), grouped(run.offered)));
        }
        let counts = run.activities.iter().find(|activity| activity.id == id)?;
        let opened =
            counts.outcomes.iter().find(|o| matches!(o.name.as_str(), "_email.open" | "_journey.opened_notification"));
        let mut text = grouped(counts.entered);
        if let Some(opened) = opened {
            text += &format!(" · {} opened", grouped(opened.count));
        }
        Some(text)
    })
}

/// What stands at a step's card of a journey that runs: who is there, who came, what failed.
fn live_counts(store: Store, id: &str, is_entry: bool) -> Option<String> {
    store.live.view.with(|view| {
        let view = view.as_ref()?;
        let run = view.run.as_ref()?;
        if is_entry {
            return Some(format!("{} entered", grouped(run.entered)));
        }
        let counts = run.activities.iter().find(|activity| activity.id == id)?;
        let mut text = match counts.waiting {
            0 => grouped(counts.entered),
            here => format!("{} here · {}", grouped(here), grouped(counts.entered)),
        };
        if let Some((_, count)) = view.failed.iter().find(|(of, _)| of == id) {
            text += &format!(" · ⚠ {} failed", grouped(*count));
        }
        Some(text)
    })
}

/// How many dots stand at a step: a dot a person up to [`DOTS`], then of the most that wait anywhere then.
pub fn dots_at(store: Store, id: &str) -> u64 {
    let playback = store.playback;
    if store.mode.get() != Mode::Simulate || !playback.dots.get() {
        return 0;
    }
    let dots = playback.at_instant(|series, step| {
        let at = |of: &bridge::ActivitySeries| of.waiting.get(step).copied().unwrap_or_default();
        let here = series.activities.iter().find(|of| of.id == id).map_or(0, at);
        let most = series.activities.iter().map(at).max().unwrap_or_default();
        if most <= DOTS { here } else { (here * DOTS).div_ceil(most) }
    });
    dots.unwrap_or_default()
}

/// The space between the dots on a connection; `None` = nobody goes along now, or dots are switched off.
pub fn dots_on(store: Store, origin: &Origin) -> Option<u64> {
    if !store.playback.dots.get() {
        return None;
    }
    let now = traffic(store, origin).filter(|traffic| traffic.now > 0)?.now;
    Some(12 + 108 / now.min(12))
}

/// Whether the path of the story is lit: not beside another version, whose marks it would hide.
pub fn shows_story(store: Store) -> bool {
    store.mode.get() == Mode::Simulate && store.playback.tab.get() != Tab::Compare
}

/// The picture's part of a comparison with another version; `None` = none is made, or it is not the view.
pub fn compared(store: Store) -> Memo<Option<Comparison>> {
    Memo::new(move |_| {
        if store.mode.get() != Mode::Simulate {
            return None;
        }
        store.playback.other.with(|other| {
            let other = other.as_ref()?;
            let then = Journey::of(&other.journey)?;
            let scene = Scene::of(then, other.canvas.as_ref());
            let layout = diagram::layout(&scene.graph, &diagram::scene::spacing());
            let then = Version { journey: then, scene: &scene, layout: &layout };
            store.document.with(|document| {
                let journey = Journey::of(document)?;
                store.scene.with(|scene| {
                    store.layout.with(|layout| Some(comparison::compare(then, Version { journey, scene, layout })))
                })
            })
        })
    })
}

/// How a step differs from the version that is compared with.
#[derive(Clone, PartialEq)]
pub struct Differs {
    /// For the style sheet.
    pub class: &'static str,
    /// In few words, with a sign.
    pub words: String,
    /// The members that differ.
    pub members: String,
}

/// How a step differs, for its card.
pub fn differs(change: &StepChange) -> Differs {
    let (class, words) = match (change.what, &change.was) {
        (Change::Added, _) => ("added", "+ new".to_owned()),
        (Change::Removed, _) => ("removed", "− gone".to_owned()),
        (Change::Renamed, Some(was)) => ("renamed", format!("= was {was}")),
        (Change::Changed | Change::Renamed, _) => ("changed", "≠ changed".to_owned()),
    };
    Differs { class, words, members: change.members.join(", ") }
}
