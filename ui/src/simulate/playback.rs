//! What the window holds of a simulated run: counts over time, the instant that is shown, and what was asked about it.

use std::time::Duration;

use bridge::{
    Bands, ComparisonView, Deed, FlowView, Person, PersonView, Series, Simulate as Run, StoryStep, TestReport,
    WaitingView, Who,
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::time::{DAY, HOUR, MINUTE};
use model::{Millis, Project};
use serde_json::Value;

use crate::store::{Mode, Store};
use crate::transport;

/// How often the picture moves on while it plays.
const BEAT: Duration = Duration::from_millis(100);

/// What the panel shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// One person, or who waits at a step.
    People,
    /// Sends, costs, ranges.
    Numbers,
    /// Another version.
    Compare,
    /// Expectations and promises.
    Tests,
}

/// The slowest and the fastest that it plays: virtual time in a second.
const SLOWEST: Millis = 5 * MINUTE;
const FASTEST: Millis = 90 * DAY;

/// How far the slider of the speed goes; equal moves make it so many times faster.
pub const SLIDER: f64 = 100.0;

/// The speed at a place of the slider, in virtual time a second: whole minutes, hours from two hours on, days from two days.
pub fn speed_at(place: f64) -> Millis {
    let ratio = FASTEST as f64 / SLOWEST as f64;
    let speed = (SLOWEST as f64 * ratio.powf(place.clamp(0.0, SLIDER) / SLIDER)) as Millis;
    let unit = match speed {
        speed if speed >= 2 * DAY => DAY,
        speed if speed >= 2 * HOUR => HOUR,
        _ => MINUTE,
    };
    (speed + unit / 2) / unit * unit
}

/// The place of a speed on the slider.
pub fn place_of(speed: Millis) -> f64 {
    let ratio = FASTEST as f64 / SLOWEST as f64;
    SLIDER * (speed.max(SLOWEST) as f64 / SLOWEST as f64).ln() / ratio.ln()
}

/// Another version of the journey.
#[derive(Clone, Debug, PartialEq)]
pub struct Other {
    /// Its document.
    pub journey: Value,
    /// How it was drawn, if by hand.
    pub canvas: Option<Value>,
}

/// The state; copying it copies handles.
#[derive(Clone, Copy)]
pub struct Playback {
    /// What the panel shows.
    pub tab: RwSignal<Tab>,
    /// Seed and start as they are typed; empty = the project's.
    pub seed: RwSignal<String>,
    /// ISO 8601 without zone; UTC.
    pub start: RwSignal<String>,
    /// Whether a run is being made.
    pub busy: RwSignal<bool>,
    /// The project as it was simulated.
    pub simulated: RwSignal<Option<Project>>,
    /// Counts over time.
    pub flow: RwSignal<Option<FlowView>>,
    /// The step of it that is shown; `None` = the whole run.
    pub step: RwSignal<Option<usize>>,
    /// The instant within that step to which somebody went, as `bridge::Moment` answers it; `None` = the end of the step.
    pub moment: RwSignal<Option<Series>>,
    /// Whether it plays.
    pub playing: RwSignal<bool>,
    /// Virtual time in a second.
    pub speed: RwSignal<Millis>,
    /// Part of a step that playing has run up.
    rest: StoredValue<f64>,
    /// Whether people are drawn as dots.
    pub dots: RwSignal<bool>,
    /// Whose story is shown.
    pub person: RwSignal<Option<Person>>,
    /// The story.
    pub view: RwSignal<Option<PersonView>>,
    /// Who waits at the selected step, and at which instant.
    pub waiting: RwSignal<Option<WaitingView>>,
    /// How far counts spread.
    pub bands: RwSignal<Option<Bands>>,
    /// What differs from another version.
    pub comparison: RwSignal<Option<ComparisonView>>,
    /// The journey of that version, for the picture.
    pub other: RwSignal<Option<Other>>,
    /// What came of the tests.
    pub report: RwSignal<Option<TestReport>>,
    /// Whether the table of messages is open.
    pub table: RwSignal<bool>,
    /// Numbers what is asked, so that a late answer is dropped.
    asked: RwSignal<u64>,
}

impl Playback {
    /// Nothing is simulated yet.
    pub fn new() -> Playback {
        Playback {
            tab: RwSignal::new(Tab::People),
            seed: RwSignal::new(String::new()),
            start: RwSignal::new(String::new()),
            busy: RwSignal::new(false),
            simulated: RwSignal::new(None),
            flow: RwSignal::new(None),
            step: RwSignal::new(None),
            moment: RwSignal::new(None),
            playing: RwSignal::new(false),
            speed: RwSignal::new(DAY),
            rest: StoredValue::new(0.0),
            dots: RwSignal::new(true),
            person: RwSignal::new(None),
            view: RwSignal::new(None),
            waiting: RwSignal::new(None),
            bands: RwSignal::new(None),
            comparison: RwSignal::new(None),
            other: RwSignal::new(None),
            report: RwSignal::new(None),
            table: RwSignal::new(false),
            asked: RwSignal::new(0),
        }
    }

    /// Forgets the run: another journey is on the canvas.
    pub fn clear(&self) {
        self.busy.set(false);
        self.simulated.set(None);
        self.flow.set(None);
        self.show_all();
        self.playing.set(false);
        self.person.set(None);
        self.view.set(None);
        self.waiting.set(None);
        self.bands.set(None);
        self.comparison.set(None);
        self.other.set(None);
        self.report.set(None);
        self.asked.update(|asked| *asked += 1);
    }

    /// How many steps there are.
    pub fn steps(&self) -> usize {
        self.flow.with(|flow| flow.as_ref().map_or(0, |flow| flow.series.len()))
    }

    /// What is asked of the counts at the instant that is shown: a series and its step. `None` = the whole run is shown.
    pub fn at_instant<T>(&self, ask: impl FnOnce(&Series, usize) -> T) -> Option<T> {
        let step = self.step.get()?;
        self.moment.with(|moment| match moment {
            Some(moment) => Some(ask(moment, 1)),
            None => self.flow.with(|flow| Some(ask(&flow.as_ref()?.series, step))),
        })
    }

    /// The instant that is shown: that to which somebody went, or the end of the step, less a millisecond, so that the next
    /// step has not begun. `None` = the whole run.
    pub fn instant(&self) -> Option<Millis> {
        self.at_instant(|series, step| series.at(step + 1) - 1)
    }

    /// The instant that is shown, as it is said: the end of a step is the first instant of the next.
    pub fn said_instant(&self) -> Option<Millis> {
        let at = self.instant()?;
        Some(if self.moment.with(Option::is_some) { at } else { at + 1 })
    }

    /// Shows a step; none beyond the last.
    pub fn go(&self, step: usize) {
        let last = self.steps().saturating_sub(1);
        self.moment.set(None);
        self.step.set((self.steps() > 0).then_some(step.min(last)));
    }

    /// Shows the whole run.
    pub fn show_all(&self) {
        self.moment.set(None);
        self.step.set(None);
    }

    /// Shows the step before or after; from the whole run, the last or the first.
    pub fn step_by(&self, by: i64) {
        self.playing.set(false);
        let last = self.steps().saturating_sub(1);
        match self.step.get_untracked() {
            Some(step) => self.go(step.saturating_add_signed(by as isize)),
            None => self.go(if by < 0 { last } else { 0 }),
        }
    }

    /// Shows the nearest instant at which something happens, after or before the one that is shown; from the whole run, the
    /// first or the last.
    pub fn to_event(self, store: Store, back: bool) {
        let Some(run_id) = run_id(store).filter(|_| self.steps() > 0) else { return };
        self.playing.set(false);
        let from = untrack(|| self.instant());
        spawn_local(async move {
            let answer = transport::call(&bridge::Moment { run_id, from, back }).await;
            // Meanwhile somebody may have gone elsewhere.
            if untrack(|| self.instant()) != from || !is_shown(store, run_id) {
                return;
            }
            match answer {
                Ok(Some(moment)) => {
                    let series = |flow: &Option<FlowView>| Some(flow.as_ref()?.series.step_of(moment.at(1)));
                    if let Some(step) = self.flow.with_untracked(series) {
                        self.go(step);
                        self.moment.set(Some(moment));
                    }
                }
                Ok(None) => store.tell(if back { "Nothing happens before." } else { "Nothing happens any more." }),
                Err(failure) => store.tell_failure(failure),
            }
        });
    }

    /// Starts or stops playing; from the end it starts anew.
    pub fn toggle(&self) {
        let play = !self.playing.get_untracked();
        let at_end = self.step.get_untracked().is_none_or(|step| step + 1 >= self.steps());
        if play && at_end {
            self.go(0);
        }
        self.rest.set_value(0.0);
        self.playing.set(play && self.steps() > 0);
    }

    /// Moves on by a beat, where it plays.
    fn beat(&self) {
        if !self.playing.get_untracked() {
            return;
        }
        let step = self.flow.with_untracked(|flow| flow.as_ref().map_or(HOUR, |flow| flow.series.step.max(1)));
        let by = self.speed.get_untracked() as f64 * BEAT.as_secs_f64() / step as f64 + self.rest.get_value();
        self.rest.set_value(by.fract());
        let (now, last) = (self.step.get_untracked().unwrap_or(0), self.steps().saturating_sub(1));
        self.go(now + by as usize);
        if now + by as usize >= last {
            self.playing.set(false);
        }
    }

    /// Lets it play as long as the caller lives.
    pub fn wind_up(self) {
        if let Ok(beat) = set_interval_with_handle(move || self.beat(), BEAT) {
            on_cleanup(move || beat.clear());
        }
    }
}

/// Runs the sample people through the journey on the canvas.
pub fn run(store: Store) {
    let playback = store.playback;
    let (seed, start) = (playback.seed.get_untracked(), playback.start.get_untracked());
    let project = store.project.get_untracked();
    let command = Run {
        project: project.clone(),
        folder: store.folder.get_untracked(),
        journey: store.journey.get_untracked(),
        seed: seed.trim().parse().ok(),
        start: (!start.trim().is_empty())
            .then(|| if start.len() > 16 { start.clone() } else { format!("{start}:00Z") }),
    };
    playback.asked.update(|asked| *asked += 1);
    let asked = playback.asked.get_untracked();
    playback.busy.set(true);
    playback.playing.set(false);
    spawn_local(async move {
        let answer = transport::call(&command).await;
        if playback.asked.get_untracked() != asked {
            return;
        }
        playback.busy.set(false);
        match answer {
            Ok(view) => {
                let run_id = view.run_id;
                let shown =
                    playback.person.get_untracked().filter(|shown| shown.deeds.is_empty()).map(|shown| shown.who);
                // The longest story has most to show; the first of those alike.
                let first = view.people.iter().rev().max_by_key(|person| person.messages);
                let first = first.map(|person| Who::Known(person.person.clone()));
                playback.simulated.set(Some(project));
                playback.flow.set(None);
                playback.show_all();
                playback.bands.set(None);
                playback.comparison.set(None);
                playback.other.set(None);
                store.run.set(Some(view));
                if let Some(who) = shown.or(first) {
                    tell(store, who, Vec::new());
                }
                match transport::call(&bridge::Flow { run_id }).await {
                    Ok(flow) if is_shown(store, run_id) => playback.flow.set(Some(flow)),
                    Ok(_) => {}
                    Err(failure) => store.tell_failure(failure),
                }
            }
            Err(failure) => store.tell_failure(failure),
        }
    });
}

/// The number of the run that is shown.
pub fn run_id(store: Store) -> Option<u64> {
    store.run.with_untracked(|run| run.as_ref().map(|run| run.run_id))
}

/// Whether the run of that number is the one that is shown.
pub fn is_shown(store: Store, run_id: u64) -> bool {
    self::run_id(store) == Some(run_id)
}

/// Tells the story of a person who does `deeds` instead of what they do in the run.
pub fn tell(store: Store, who: Who, deeds: Vec<Deed>) {
    let Some(run_id) = run_id(store) else { return };
    let playback = store.playback;
    let command = Person { run_id, who, deeds };
    let is_another =
        playback.person.with_untracked(|shown| shown.as_ref().is_none_or(|shown| shown.who != command.who));
    playback.person.set(Some(command.clone()));
    if is_another {
        // Nobody's story stands below the name of somebody else.
        playback.view.set(None);
    }
    spawn_local(async move {
        let answer = transport::call(&command).await;
        // Meanwhile another may have been chosen.
        if playback.person.with_untracked(|shown| shown.as_ref() != Some(&command)) {
            return;
        }
        match answer {
            Ok(view) => {
                store.story.set(Some(view.story.clone()));
                playback.view.set(Some(view));
            }
            Err(failure) => {
                store.tell_failure(failure);
                if playback.view.with_untracked(Option::is_none) {
                    playback.person.set(None);
                }
            }
        }
    });
}

/// Asks who is at the selected activity at the instant that is shown, and again when either changes.
pub fn watch_waiting(store: Store) {
    let playback = store.playback;
    let wanted = Memo::new(move |_| {
        let activity = store.selection.with(|selection| match selection {
            crate::store::Selection::Activities(ids) => ids.first().cloned(),
            _ => None,
        })?;
        let run_id = store.run.with(|run| run.as_ref().map(|run| run.run_id))?;
        // Not at every beat: the list would change under the reader's eye.
        if store.mode.get() != Mode::Simulate || playback.playing.get() {
            return None;
        }
        Some(Asked(bridge::Waiting { run_id, activity, at: playback.instant()? }))
    });
    Effect::new(move |_| {
        let Some(Asked(command)) = wanted.get() else {
            playback.waiting.set(None);
            return;
        };
        spawn_local(async move {
            let answer = transport::call(&command).await;
            if wanted.with_untracked(|wanted| wanted.as_ref() != Some(&Asked(command.clone()))) {
                return;
            }
            match answer {
                Ok(view) => playback.waiting.set(Some(view)),
                Err(failure) => store.tell_failure(failure),
            }
        });
    });
}

/// A question, to be compared.
#[derive(Clone, Debug)]
struct Asked(bridge::Waiting);

impl PartialEq for Asked {
    fn eq(&self, other: &Asked) -> bool {
        (self.0.run_id, &self.0.activity, self.0.at) == (other.0.run_id, &other.0.activity, other.0.at)
    }
}

/// The instant of the first entry of a story.
pub fn entry_of(steps: &[StoryStep]) -> Option<Millis> {
    steps.iter().find(|step| step.activity.is_some()).map(|step| step.at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slider_reaches_every_speed_and_only_goes_up() {
        assert_eq!((speed_at(0.0), speed_at(SLIDER)), (SLOWEST, FASTEST));
        let speeds: Vec<Millis> = (0..=100).map(|place| speed_at(f64::from(place))).collect();
        assert!(speeds.is_sorted(), "{speeds:?}");
        for speed in [10 * MINUTE, HOUR, 6 * HOUR, DAY, 7 * DAY, 30 * DAY] {
            assert_eq!(speed_at(place_of(speed)), speed);
        }
    }
}
