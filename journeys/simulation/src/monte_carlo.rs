//! Many runs of one journey that differ in nothing but chance: how far their counts spread.
//!
//! The runs have the seeds `seed`, `seed + 1`, … The seed belongs to the response model alone. Random splits and holdouts
//! draw from (journey, participant, activity, entry), as the real run will, and come out the same in every run: what
//! spreads is what people do, not which branch chance has for them.

use std::collections::BTreeMap;

use model::Slot;
use serde::{Deserialize, Serialize};

use crate::run::{Outcome, Run};

/// Counts of many runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bands {
    /// How many runs.
    pub runs: u32,
    /// The seed of the first; each further run has the next.
    pub seed: u64,
    /// Participants that entered.
    pub entered: Band,
    /// Participants that left.
    pub left: Band,
    /// Messages handed to a channel.
    pub messages: Band,
    /// Why others did not enter, by name.
    pub refused: Vec<OutcomeBand>,
    /// Counts of each activity, in the order of the journey document.
    pub activities: Vec<ActivityBands>,
    /// Counts of each connection, in the order of the journey document.
    pub connections: Vec<ConnectionBand>,
}

/// One count over many runs. 95 % of the runs lie from `low` to `high`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Band {
    /// The mean.
    pub mean: f64,
    /// The 2.5th percentile by nearest rank: the least of less than 40 runs.
    pub low: u64,
    /// The 97.5th percentile by nearest rank: the most of less than 40 runs.
    pub high: u64,
}

/// A named count over many runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutcomeBand {
    /// As in [`Outcome::name`].
    pub name: String,
    /// The count; 0 in runs where it did not happen.
    pub count: Band,
}

/// Counts of one activity over many runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActivityBands {
    /// The activity's id.
    pub id: String,
    /// Participants that arrived.
    pub entered: Band,
    /// Participants whose path ended here.
    pub ended: Band,
    /// Participants still here when the run ended.
    pub waiting: Band,
    /// What came of it, by name.
    pub outcomes: Vec<OutcomeBand>,
}

/// Count of one connection over many runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConnectionBand {
    /// The activity that it leaves.
    pub from: String,
    /// Which way out.
    pub slot: Slot,
    /// Participants that went along.
    pub count: Band,
}

impl Bands {
    /// The bands of runs of one program, in whatever order; of none nothing.
    pub fn of(runs: &[Run]) -> Bands {
        let Some(first) = runs.first() else { return Bands::default() };
        let band = |count: &dyn Fn(&Run) -> u64| Band::of(runs.iter().map(count).collect());
        let activities = first.activities.iter().enumerate().map(|(at, activity)| {
            let band = |count: &dyn Fn(&crate::ActivityCounts) -> u64| {
                Band::of(runs.iter().map(|run| run.activities.get(at).map_or(0, count)).collect())
            };
            ActivityBands {
                id: activity.id.clone(),
                entered: band(&|activity| activity.entered),
                ended: band(&|activity| activity.ended),
                waiting: band(&|activity| activity.waiting),
                outcomes: outcomes(runs, &|run| run.activities.get(at).map_or(&[], |of| &of.outcomes)),
            }
        });
        let connections = first.connections.iter().enumerate().map(|(at, connection)| ConnectionBand {
            from: connection.from.clone(),
            slot: connection.slot,
            count: band(&|run| run.connections.get(at).map_or(0, |of| of.count)),
        });
        Bands {
            runs: u32::try_from(runs.len()).unwrap_or(u32::MAX),
            seed: runs.iter().map(|run| run.seed).min().unwrap_or_default(),
            entered: band(&|run| run.entered),
            left: band(&|run| run.left),
            messages: band(&|run| run.messages),
            refused: outcomes(runs, &|run| &run.refused),
            activities: activities.collect(),
            connections: connections.collect(),
        }
    }
}

impl Band {
    /// The band of some counts; of none all 0.
    pub fn of(mut counts: Vec<u64>) -> Band {
        counts.sort_unstable();
        let runs = counts.len() as u64;
        // Nearest rank: the smallest that at least this share of all does not exceed. In thousandths, so that no rounding
        // of a quotient decides.
        let rank = |thousandths: u64| {
            let rank = (runs * thousandths).div_ceil(1_000).max(1);
            counts.get(rank as usize - 1).copied().unwrap_or_default()
        };
        let sum: u128 = counts.iter().map(|count| u128::from(*count)).sum();
        let mean = if runs == 0 { 0.0 } else { sum as f64 / runs as f64 };
        Band { mean, low: rank(25), high: rank(975) }
    }
}

fn outcomes<'r>(runs: &'r [Run], of: &dyn Fn(&'r Run) -> &'r [Outcome]) -> Vec<OutcomeBand> {
    let mut by_name: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for (number, run) in runs.iter().enumerate() {
        for outcome in of(run) {
            by_name.entry(&outcome.name).or_insert_with(|| vec![0; runs.len()])[number] = outcome.count;
        }
    }
    let bands = by_name.into_iter();
    bands.map(|(name, counts)| OutcomeBand { name: name.to_owned(), count: Band::of(counts) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let band = |counts: std::ops::RangeInclusive<u64>| {
            let Band { low, high, .. } = Band::of(counts.rev().collect());
            (low, high)
        };
        assert_eq!(band(1..=1), (1, 1));
        assert_eq!(band(1..=39), (1, 39));
        assert_eq!(band(1..=40), (1, 39));
        assert_eq!(band(1..=41), (2, 40));
        assert_eq!(band(1..=1_000), (25, 975));
        assert_eq!(Band::of(Vec::new()), Band::default());
        assert_eq!(Band::of(vec![1, 2, 6]).mean, 3.0);
    }

    #[test]
    fn an_outcome_that_is_missing_in_a_run_counts_nought_there() {
        let run = |seed: u64, count: Option<u64>| Run {
            seed,
            refused: count.map(|count| Outcome { name: "ENDED".to_owned(), count }).into_iter().collect(),
            ..Run::default()
        };
        let bands = Bands::of(&[run(8, Some(4)), run(7, None)]);
        assert_eq!((bands.runs, bands.seed), (2, 7));
        assert_eq!(bands.refused[0].count, Band { mean: 2.0, low: 0, high: 4 });
        assert_eq!(Bands::of(&[]), Bands::default());
    }
}
