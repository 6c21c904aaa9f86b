//! How long people take: the shapes of a delay, and drawing from them.

use model::Millis;
use model::time::{DAY, SECOND};
use serde::{Deserialize, Serialize};

use crate::chance::{Chance, exp, ln};

/// The longest delay, ten years; a longer draw is cut to it.
pub(crate) const LONGEST: Millis = 3_650 * DAY;

/// How long something takes, in seconds. In a file: `{ fixed = 5 }`, `{ exponential = 600 }`,
/// `{ log_normal = { median = 3600, spread = 4 } }`, `{ quantiles = [0, 60, 3600, 86400] }`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delay {
    /// Always this long.
    Fixed(f64),
    /// Exponentially distributed with this mean: most soon, some late.
    Exponential(f64),
    /// Log-normally distributed: few at once, most around the median, some very late.
    LogNormal(LogNormal),
    /// As measured: the shortest, the longest, and those between at even steps, in rising order; at least two. Five
    /// numbers are the minimum, the quartiles and the maximum. Between two neighbours all delays are as likely.
    Quantiles(Vec<f64>),
}

/// A log-normal distribution.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogNormal {
    /// Half are shorter; in seconds, above 0.
    pub median: f64,
    /// A factor from 1: two in three lie between `median / spread` and `median * spread` (the geometric standard deviation).
    pub spread: f64,
}

impl Delay {
    /// What is wrong with its numbers, after "the delay"; lower case, no full stop.
    pub(crate) fn fault(&self) -> Option<String> {
        let longest = (LONGEST / SECOND) as f64;
        let span = |seconds: f64| {
            (!(0.0..=longest).contains(&seconds))
                .then(|| format!("is {seconds} seconds, and a delay lies between 0 and {longest}"))
        };
        match self {
            Delay::Fixed(seconds) | Delay::Exponential(seconds) => span(*seconds),
            Delay::LogNormal(LogNormal { median, spread }) => {
                if *median <= 0.0 {
                    return Some(format!("has the median {median}, and that of a log-normal delay is above 0"));
                }
                span(*median).or_else(|| {
                    (!(1.0..=1_000.0).contains(spread))
                        .then(|| format!("has the spread {spread}, and a spread is a factor between 1 and 1000"))
                })
            }
            Delay::Quantiles(table) => {
                if table.len() < 2 {
                    return Some("needs at least two quantiles, the shortest and the longest".to_owned());
                }
                if let Some(pair) = table.windows(2).find(|pair| pair[0] > pair[1]) {
                    return Some(format!("has {} before {}, and quantiles are in rising order", pair[0], pair[1]));
                }
                table.iter().find_map(|seconds| span(*seconds))
            }
        }
    }
}

/// A delay ready to be drawn, in milliseconds. Numbers that no delay can have are brought to the nearest that it can.
#[derive(Clone, Debug)]
pub(crate) enum Wait {
    Fixed(Millis),
    Exponential(Millis),
    LogNormal { median: f64, sigma: f64 },
    Quantiles(Box<[f64]>),
}

impl From<&Delay> for Wait {
    fn from(delay: &Delay) -> Wait {
        let millis = |seconds: f64| ((seconds.max(0.0) * 1_000.0) as Millis).min(LONGEST);
        match delay {
            Delay::Fixed(seconds) => Wait::Fixed(millis(*seconds)),
            Delay::Exponential(mean) => Wait::Exponential(millis(*mean)),
            Delay::LogNormal(LogNormal { median, spread }) => {
                Wait::LogNormal { median: millis(*median) as f64, sigma: ln(spread.clamp(1.0, 1_000.0)) }
            }
            Delay::Quantiles(table) => Wait::Quantiles(table.iter().map(|seconds| millis(*seconds) as f64).collect()),
        }
    }
}

impl Wait {
    #[inline]
    pub fn draw(&self, chance: &mut Chance) -> Millis {
        match self {
            Wait::Fixed(span) => *span,
            Wait::Exponential(mean) => chance.exponential(*mean).min(LONGEST),
            Wait::LogNormal { median, sigma } => ((median * exp(sigma * chance.normal())) as Millis).min(LONGEST),
            Wait::Quantiles(table) => {
                let Some(steps) = table.len().checked_sub(1) else { return 0 };
                let place = chance.draw() * steps as f64;
                let (step, part) = (place as usize, place - place.floor());
                let from = table.get(step).copied().unwrap_or(0.0);
                let to = table.get(step + 1).copied().unwrap_or(from);
                (from + (to - from) * part) as Millis
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(delay: &Delay) -> Vec<Millis> {
        let wait = Wait::from(delay);
        let mut chance = Chance::of(5, 6, 7, 8);
        let mut drawn: Vec<Millis> = (0..20_001).map(|_| wait.draw(&mut chance)).collect();
        drawn.sort_unstable();
        drawn
    }

    #[test]
    fn a_log_normal_delay_has_its_median_and_spread() {
        let drawn = sorted(&Delay::LogNormal(LogNormal { median: 3_600.0, spread: 3.0 }));
        let ratio = drawn[10_000] as f64 / 3_600_000.0;
        assert!((0.95..1.05).contains(&ratio), "{ratio}");
        let within = drawn.iter().filter(|span| (1_200_000..=10_800_000).contains(*span)).count() as f64 / 20_001.0;
        assert!((within - 0.6827).abs() < 0.01, "{within}");
    }

    #[test]
    fn a_quantile_table_gives_back_its_quantiles() {
        let drawn = sorted(&Delay::Quantiles(vec![1.0, 10.0, 100.0, 1_000.0, 10_000.0]));
        assert!(drawn[0] >= 1_000 && drawn[20_000] <= 10_000_000);
        for (place, wanted) in [(5_000, 10_000.0), (10_000, 100_000.0), (15_000, 1_000_000.0)] {
            let ratio = drawn[place] as f64 / wanted;
            assert!((0.8..1.3).contains(&ratio), "{place}: {ratio}");
        }
    }

    #[test]
    fn odd_numbers_are_faults_and_still_draw_something_sensible() {
        let odd = [
            Delay::Fixed(f64::NAN),
            Delay::Fixed(-1.0),
            Delay::Exponential(f64::INFINITY),
            Delay::LogNormal(LogNormal { median: 0.0, spread: 2.0 }),
            Delay::LogNormal(LogNormal { median: 60.0, spread: 0.5 }),
            Delay::LogNormal(LogNormal { median: 60.0, spread: f64::NAN }),
            Delay::Quantiles(Vec::new()),
            Delay::Quantiles(vec![5.0, 1.0]),
            Delay::Quantiles(vec![5.0, f64::NAN]),
        ];
        for delay in &odd {
            assert!(delay.fault().is_some(), "{delay:?}");
            assert!(sorted(delay).iter().all(|span| (0..=LONGEST).contains(span)), "{delay:?}");
        }
        let fine = [
            Delay::Fixed(0.0),
            Delay::Exponential(600.0),
            Delay::LogNormal(LogNormal { median: 1.0, spread: 1.0 }),
            Delay::Quantiles(vec![0.0, 0.0]),
        ];
        assert!(fine.iter().all(|delay| delay.fault().is_none()));
    }
}
