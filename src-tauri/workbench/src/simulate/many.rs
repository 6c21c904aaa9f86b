//! Many runs of a cohort that differ in the seed alone.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use simulation::{Bands, Inputs, Run, Settings, Simulation};

use super::{CHUNK, Cohort};

impl Cohort {
    /// Walks everybody `runs` times, with the cohort's seed and those after it; how far the counts spread. `progress` is
    /// told how many endpoints are done, of `runs` times as many as there are.
    pub fn bands(&self, runs: u32, progress: &(dyn Fn(u64) + Sync)) -> Bands {
        Bands { seed: self.settings.seed, ..Bands::of(&self.runs(runs, progress)) }
    }

    /// Those runs, in the order of their seeds, whichever was first; so they are the same with any number of threads.
    pub(crate) fn runs(&self, runs: u32, progress: &(dyn Fn(u64) + Sync)) -> Vec<Run> {
        let done = AtomicU64::new(0);
        let run = |number: u32| -> Run {
            let seed = self.settings.seed.wrapping_add(u64::from(number));
            let settings = Settings { seed, ..self.settings.clone() };
            let inputs = Inputs { program: &self.program, people: &self.people, events: &self.events };
            let simulation = Simulation::new(&inputs, &settings);
            let starts: Vec<usize> = (0..self.people.len()).step_by(CHUNK).collect();
            let all = starts
                .into_par_iter()
                .map(|start| {
                    let end = (start + CHUNK).min(self.people.len());
                    let part = simulation.range(start..end);
                    progress(done.fetch_add((end - start) as u64, Ordering::Relaxed) + (end - start) as u64);
                    part
                })
                .reduce(
                    || simulation.nobody(),
                    |mut a, b| {
                        a.merge(&b);
                        a
                    },
                );
            simulation.finish(&all)
        };
        (0..runs).into_par_iter().map(run).collect()
    }
}
