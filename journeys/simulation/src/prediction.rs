//! What simulated runs say about a journey that really runs: the share of people along each connection, and how far from it
//! the real share may lie by chance.
//!
//! Compared are shares of those for whom a step has decided: that some people are still on their way changes none of them.
//! Steps with one way out that all take are left out.
//!
//! How far a share may lie off has three causes: what people do differs from run to run; the sample people are but some of
//! many (also where, as in a random split, all runs come out the same); and few real people deviate further than many. The
//! first two make the share itself uncertain: a beta distribution with the mean of the runs and the larger of the two
//! variances. The third is the binomial draw of the real people with it. Together that is the beta-binomial distribution
//! of the real count (N. L. Johnson, A. W. Kemp, S. Kotz, *Univariate Discrete Distributions*, 6.2.2), and the band is
//! between its 0.5th and 99.5th percentile: of a hundred connections that are as predicted, one is marked.

use std::collections::BTreeMap;

use model::{Activity, Journey, Slot};
use serde::{Deserialize, Serialize};

use crate::run::Run;

/// The share of outcomes beyond each end of the band.
const TAIL: f64 = 0.005;

/// More real people than that narrow the band no further; what is left of it is the uncertainty of the prediction.
const MOST_PEOPLE: u64 = 100_000;

/// How near a share comes to none or all, and half of its decimals.
const LEAST: f64 = 1e-6;

/// What simulated runs say about one connection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// The share of those for whom the step decides, 0 to 1: the mean of the runs.
    pub share: f64,
    /// Variance of the share.
    pub variance: f64,
}

/// A connection as it was predicted, and as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// The activity that it leaves.
    pub from: String,
    /// Which way out.
    pub slot: Slot,
    /// The predicted share, 0 to 1.
    pub predicted: f64,
    /// Between these 99 % of real counts lie, as shares of `decided`, 0 to 1.
    pub low: f64,
    /// As above.
    pub high: f64,
    /// Participants that went along.
    pub count: u64,
    /// Participants for whom the step has decided.
    pub decided: u64,
}

impl Compared {
    /// The real share, 0 to 1; 0 while nobody was decided for.
    pub fn actual(&self) -> f64 {
        if self.decided == 0 { 0.0 } else { self.count as f64 / self.decided as f64 }
    }

    /// Whether the real share lies outside of the band. Never while nobody was decided for.
    pub fn is_off(&self) -> bool {
        let actual = self.actual();
        self.decided > 0 && (actual < self.low || actual > self.high)
    }
}

/// Predictions by connection.
pub type Predictions = BTreeMap<(String, Slot), Prediction>;

/// What runs of one program that differ in the seed alone say about each connection of a step that decides; a connection of
/// a step that nobody was decided for in any run has none.
pub fn predictions(runs: &[Run], journey: Journey<'_>) -> Predictions {
    let mut found = Predictions::new();
    for activity in journey.activities() {
        for slot in compared_slots(&activity) {
            let seen: Vec<(u64, u64)> = runs.iter().map(|run| of_run(run, activity.id, slot)).collect();
            if let Some(prediction) = of_counts(&seen) {
                found.insert((activity.id.to_owned(), slot), prediction);
            }
        }
    }
    found
}

/// Each predicted connection of `actual`, in the order of its counts.
pub fn compare(predictions: &Predictions, actual: &Run) -> Vec<Compared> {
    let connections = actual.connections.iter();
    connections
        .filter_map(|connection| {
            let key = (connection.from.clone(), connection.slot);
            let prediction = predictions.get(&key)?;
            let (count, decided) = of_run(actual, &connection.from, connection.slot);
            let (low, high) = band(*prediction, decided);
            let (from, slot) = key;
            Some(Compared { from, slot, predicted: prediction.share, low, high, count, decided })
        })
        .collect()
}

/// Where 99 % of the shares of `people` real ones lie; all where there are none.
pub fn band(prediction: Prediction, people: u64) -> (f64, f64) {
    let people = people.min(MOST_PEOPLE);
    if people == 0 {
        return (0.0, 1.0);
    }
    // Moments of a beta distribution; never less sure than one that knows nothing but the mean, never quite certain.
    let share = prediction.share.clamp(LEAST, 1.0 - LEAST);
    let sure = (share * (1.0 - share) / prediction.variance.max(LEAST * LEAST) - 1.0).max(1.0);
    let (a, b) = (share * sure, (1.0 - share) * sure);
    let n = people as f64;
    let mut log_chance = log_beta(a, n + b) - log_beta(a, b);
    let (mut until, mut low, mut high) = (0.0, None, n);
    for count in 0..=people {
        let k = count as f64;
        until += log_chance.exp();
        if low.is_none() && until > TAIL {
            low = Some(k);
        }
        if until >= 1.0 - TAIL {
            high = k;
            break;
        }
        log_chance += ((n - k) / (k + 1.0) * (k + a) / (n - k - 1.0 + b)).ln();
    }
    (low.unwrap_or(n) / n, high / n)
}

/// The ways out of a step whose shares say something: those of a split, and that past a holdout.
fn compared_slots(activity: &Activity<'_>) -> Vec<Slot> {
    use model::ActivityKind::Holdout;
    match activity.kind() {
        Some(kind) if kind.is_split() || kind == Holdout => {
            activity.connections().iter().map(|connection| connection.slot).collect()
        }
        _ => Vec::new(),
    }
}

/// Participants of a run that went along a connection, and those for whom its step decided.
fn of_run(run: &Run, from: &str, slot: Slot) -> (u64, u64) {
    let ways = run.connections.iter().filter(|of| of.from == from);
    let count = ways.clone().find(|of| of.slot == slot).map_or(0, |of| of.count);
    let gone: u64 = ways.map(|of| of.count).sum();
    let outcomes = run.activities.iter().filter(|of| of.id == from).flat_map(|of| &of.outcomes);
    let held: u64 = outcomes.filter(|outcome| outcome.name == "HOLDOUT").map(|outcome| outcome.count).sum();
    (count, gone + held)
}

/// What counts of several runs say about a share: of each run how many did it, of how many who might have; `None` = nobody
/// might have in any.
pub fn of_counts(seen: &[(u64, u64)]) -> Option<Prediction> {
    let seen: Vec<(u64, u64)> = seen.iter().copied().filter(|(_, decided)| *decided > 0).collect();
    let runs = seen.len() as f64;
    let (along, decided): (u64, u64) = seen.iter().fold((0, 0), |(a, b), (along, decided)| (a + along, b + decided));
    if decided == 0 {
        return None;
    }
    let people = decided as f64 / runs;
    // Never quite none or all: what no sample person did, a real one still may do.
    let share = ((along as f64 / decided as f64) * people + 0.5) / (people + 1.0);
    let of_sample = share * (1.0 - share) / (people + 1.0);
    let mean = along as f64 / decided as f64;
    let off = |(along, decided): &(u64, u64)| (*along as f64 / *decided as f64 - mean).powi(2);
    let between = if seen.len() < 2 { 0.0 } else { seen.iter().map(off).sum::<f64>() / (runs - 1.0) };
    Some(Prediction { share, variance: of_sample.max(between) })
}

/// The logarithm of the beta function.
fn log_beta(a: f64, b: f64) -> f64 {
    log_gamma(a) + log_gamma(b) - log_gamma(a + b)
}

/// The logarithm of the gamma function for x > 0: Stirling's series from 8 on (Abramowitz and Stegun 6.1.41, error below
/// 1e-10 there), and below it by Γ(x) = Γ(x + 1) / x.
fn log_gamma(mut x: f64) -> f64 {
    let mut less = 0.0;
    while x < 8.0 {
        less += x.ln();
        x += 1.0;
    }
    let square = x * x;
    let series = (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1_260.0 - 1.0 / (1_680.0 * square)) / square) / square) / x;
    (x - 0.5) * x.ln() - x + std::f64::consts::TAU.ln() / 2.0 + series - less
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::run::{ActivityCounts, ConnectionCount, Outcome};

    fn certain(share: f64) -> Prediction {
        Prediction { share, variance: 1e-9 }
    }

    fn percent((low, high): (f64, f64)) -> (i64, i64) {
        ((low * 100.0).round() as i64, (high * 100.0).round() as i64)
    }

    #[test]
    fn the_gamma_function_is_that_of_the_factorials() {
        for (x, factorial) in [(1.0, 1.0_f64), (2.0, 1.0), (5.0, 24.0), (11.0, 3_628_800.0)] {
            assert!((log_gamma(x) - factorial.ln()).abs() < 1e-9, "{x}");
        }
        assert!((log_gamma(0.5) - std::f64::consts::PI.sqrt().ln()).abs() < 1e-9);
    }

    #[test]
    fn few_people_may_lie_far_off_and_many_may_not() {
        // Of ten with a chance of one half, 99 % lie from 1 to 9: the tables of the binomial distribution.
        assert_eq!(percent(band(certain(0.5), 10)), (10, 90));
        assert_eq!(percent(band(certain(0.5), 100)), (37, 63));
        assert_eq!(percent(band(certain(0.5), 10_000)), (49, 51));
        // One of three is no wonder at 10 %, two of three is none at 2 %.
        assert_eq!(percent(band(certain(0.02), 3)), (0, 33));
        assert_eq!(band(certain(0.3), 0), (0.0, 1.0));
        let none = Prediction { share: 0.0, variance: 0.0 };
        assert_eq!((band(none, 100), band(Prediction { share: 1.0, ..none }, 100)), ((0.0, 0.0), (1.0, 1.0)));
        let (low, high) = band(certain(0.5), u64::MAX);
        assert!(low > 0.49 && low < 0.5 && high > 0.5 && high < 0.51, "{low} {high}");
    }

    #[test]
    fn an_uncertain_prediction_widens_the_band_however_many_there_are() {
        let (low, high) = band(Prediction { share: 0.5, variance: 0.01 }, 50_000);
        assert!((low - 0.25).abs() < 0.02 && (high - 0.75).abs() < 0.02, "{low} {high}");
        // Knowing nothing but the mean, the band is all.
        assert_eq!(percent(band(Prediction { share: 0.5, variance: 1.0 }, 10)), (0, 100));
    }

    fn run(yes: u64, no: u64, held: u64, passed: u64) -> Run {
        let along = |from: &str, slot, count| ConnectionCount { from: from.to_owned(), slot, count };
        Run {
            connections: vec![
                along("mail", Slot::Next, yes + no),
                along("split", Slot::Yes, yes),
                along("split", Slot::No, no),
                along("hold", Slot::Next, passed),
            ],
            activities: vec![ActivityCounts {
                id: "hold".to_owned(),
                outcomes: vec![Outcome { name: "HOLDOUT".to_owned(), count: held }],
                ..ActivityCounts::default()
            }],
            ..Run::default()
        }
    }

    #[test]
    fn splits_and_holdouts_are_compared_and_what_lies_off_is_marked() {
        let document = json!({"Activities": {
            "mail": {"EMAIL": {"NextActivity": "split"}},
            "split": {"ConditionalSplit": {"TrueActivity": "hold"}},
            "hold": {"Holdout": {"Percentage": 10}},
        }});
        let journey = Journey::of(&document).unwrap();
        let found = predictions(&[run(400, 600, 40, 360), run(420, 580, 42, 378)], journey);
        let keys: Vec<(&str, Slot)> = found.keys().map(|(from, slot)| (from.as_str(), *slot)).collect();
        assert_eq!(keys, [("hold", Slot::Next), ("split", Slot::Yes), ("split", Slot::No)]);
        let said = |actual: &Run| -> Vec<(String, bool)> {
            let all = compare(&found, actual);
            all.iter().map(|one| (format!("{} {:.2}", one.from, one.actual()), one.is_off())).collect()
        };
        let line = |words: &str, off| (words.to_owned(), off);
        assert_eq!(
            said(&run(41, 59, 4, 37)),
            [line("split 0.41", false), line("split 0.59", false), line("hold 0.90", false)]
        );
        assert_eq!(
            said(&run(80, 20, 40, 40)),
            [line("split 0.80", true), line("split 0.20", true), line("hold 0.50", true)]
        );
        assert_eq!(
            said(&run(2, 0, 0, 0)),
            [line("split 1.00", false), line("split 0.00", false), line("hold 0.00", false)],
            "two people prove nothing, and nobody nothing at all"
        );
    }

    #[test]
    fn what_nobody_was_decided_for_is_not_predicted() {
        assert_eq!(of_counts(&[]), None);
        let none = of_counts(&[(0, 20), (0, 20)]).unwrap();
        assert!(none.share > 0.0 && none.variance > 0.0, "{none:?}");
        assert!(of_counts(&[(10, 20), (2, 20)]).unwrap().variance > of_counts(&[(6, 20), (6, 20)]).unwrap().variance);
    }
}
