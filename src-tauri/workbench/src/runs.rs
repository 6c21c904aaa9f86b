//! The simulated runs that the window asks about, by number; the last few are kept.

use std::path::Path;
use std::sync::Arc;

use bridge::{FlowView, WaitingView};
use model::Millis;
use model::time::HOUR;

use crate::failure::{Outcome, bad_input, not_found};
use crate::simulate::{self, Cohort};
use crate::{Inner, lock, people};

/// Runs that are kept; each holds its people.
const KEPT: usize = 3;

/// People of a run that the window can pick from.
const SHOWN_PEOPLE: usize = 500;

/// Most steps of a series in the window.
const STEPS: usize = 500;

/// Share of a rate from which an hour is told of, and how many such hours.
const BUSY: f64 = 0.5;
const BUSY_HOURS: usize = 20;

/// Most runs that differ in chance.
const MOST_RUNS: u32 = 10_000;

/// Simulated runs that questions can be asked of: the last few, by number.
pub(crate) struct Runs<T> {
    made: u64,
    kept: Vec<(u64, Arc<T>)>,
}

impl<T> Default for Runs<T> {
    fn default() -> Self {
        Runs { made: 0, kept: Vec::new() }
    }
}

impl<T> Runs<T> {
    /// Keeps a run instead of the oldest; answers its number.
    pub fn keep(&mut self, run: T) -> u64 {
        self.made += 1;
        self.kept.push((self.made, Arc::new(run)));
        let old = self.kept.len().saturating_sub(KEPT);
        self.kept.drain(..old);
        self.made
    }

    /// # Errors
    /// `NotFound`: others were kept since.
    pub fn find(&self, number: u64) -> Outcome<Arc<T>> {
        let found = self.kept.iter().find(|(id, _)| *id == number).map(|(_, run)| run.clone());
        found.ok_or_else(|| not_found("this run is not kept any more", "simulate again"))
    }
}

impl Inner {
    pub(crate) fn simulate(&self, command: bridge::Simulate) -> Outcome<bridge::SimulationView> {
        let began = std::time::Instant::now();
        let folder = command.folder.as_deref().map(Path::new);
        let people = folder.map(|folder| people::endpoints(folder).0).unwrap_or_default();
        let people = if people.is_empty() { simulate::invent(&command.project) } else { people };
        let events = folder.map(|folder| simulate::events_of_folder(folder).0).unwrap_or_default();
        let request = simulate::Request {
            seed: command.seed,
            start: command.start,
            unknown_segments_hold_all: command.folder.is_none(),
            ..simulate::Request::default()
        };
        let request = request.in_folder(folder)?;
        let cohort = Cohort::new(&command.project, &command.journey, people, events, &request)?;
        let (run, people) = cohort.run(SHOWN_PEOPLE, &|_| {});
        let evidence = cohort.evidence(&command.journey, &run);
        let run_id = lock(&self.runs).keep(cohort);
        let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(bridge::SimulationView { run_id, run, people, took, evidence })
    }

    pub(crate) fn cohort(&self, run_id: u64) -> Outcome<Arc<Cohort>> {
        lock(&self.runs).find(run_id)
    }

    pub(crate) fn flow(&self, command: bridge::Flow) -> Outcome<FlowView> {
        let cohort = self.cohort(command.run_id)?;
        let hours = cohort.series(HOUR);
        let mut busy = hours.busy(cohort.rates(), BUSY);
        busy.truncate(BUSY_HOURS);
        let sends = |step: usize| -> u64 { hours.activities.iter().filter_map(|of| of.sends.get(step)).sum() };
        // The first of those alike.
        let busiest = (0..hours.len()).rev().max_by_key(|step| sends(*step)).filter(|step| sends(*step) > 0);
        let busiest = busiest.map(|step| (hours.at(step), sends(step)));
        let plots = simulate::hours::plots(&hours, cohort.rates());
        let step = hours.len().div_ceil(STEPS).max(1);
        let series = if step == 1 { hours } else { cohort.series(HOUR * step as i64) };
        Ok(FlowView { series, rates: cohort.rates().clone(), busy, busiest, plots })
    }

    pub(crate) fn moment(&self, command: bridge::Moment) -> Outcome<Option<bridge::Series>> {
        let from = command.from.unwrap_or(if command.back { Millis::MAX } else { Millis::MIN });
        Ok(self.cohort(command.run_id)?.moment(from, command.back))
    }

    pub(crate) fn waiting(&self, command: bridge::Waiting) -> Outcome<WaitingView> {
        let cohort = self.cohort(command.run_id)?;
        cohort.waiting(&command.activity, command.at)
    }

    pub(crate) fn find_people(&self, command: bridge::FindPeople) -> Outcome<Vec<bridge::PersonSummary>> {
        Ok(self.cohort(command.run_id)?.find_people(&command.text))
    }

    pub(crate) fn person(&self, command: bridge::Person) -> Outcome<bridge::PersonView> {
        self.cohort(command.run_id)?.person(&command.who, &command.deeds)
    }

    pub(crate) fn messages(&self, command: bridge::Messages) -> Outcome<bridge::MessagesPage> {
        Ok(self.cohort(command.run_id)?.page(&command))
    }

    pub(crate) fn write_messages(&self, command: bridge::WriteMessages) -> Outcome<u64> {
        let cohort = self.cohort(command.run_id)?;
        cohort.write_messages(simulate::file(&command.path)?, command.render, &|_| {})
    }

    pub(crate) fn many_runs(&self, command: bridge::ManyRuns) -> Outcome<bridge::Bands> {
        if !(2..=MOST_RUNS).contains(&command.runs) {
            return Err(bad_input(
                format!("{} runs can not be asked for", command.runs),
                format!("choose a number from 2 to {MOST_RUNS}"),
            ));
        }
        Ok(self.cohort(command.run_id)?.bands(command.runs, &|_| {}))
    }

    pub(crate) fn compare(&self, command: bridge::Compare) -> Outcome<bridge::ComparisonView> {
        self.cohort(command.run_id)?.compare(&command.before, &command.journey, &command.after)
    }
}
