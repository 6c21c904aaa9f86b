//! Who gets which treatment, and who gets nothing (campaigns.md 4).
//!
//! Every endpoint has a cohort, 0 to 99. The cohorts are put into an order that depends on the campaign's id alone; the
//! first `HoldoutPercent` of them are held out, the next blocks are those of the additional treatments, the rest is the
//! default treatment's. So an endpoint keeps its treatment over all runs, and real shares are approximate.

use crate::draw::{hash, mix};

/// How many cohorts there are.
const COHORTS: usize = 100;

/// What becomes of the endpoints of a cohort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// They get nothing; the default treatment's runs say so.
    Holdout,
    /// They get this treatment; 0 is the campaign itself.
    Treatment(u8),
}

/// The share of every cohort.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Allocation {
    of: [Share; COHORTS],
}

impl Allocation {
    /// `sizes` are the percents of treatments 1, 2 and so on. What goes beyond 100 is cut off (C015 reports it).
    pub(crate) fn new(campaign: &str, holdout: u8, sizes: &[u8]) -> Allocation {
        let salt = hash(&["cohorts of ", campaign]);
        let mut order: Vec<usize> = (0..COHORTS).collect();
        order.sort_by_key(|cohort| (mix(salt ^ mix(*cohort as u64)), *cohort));
        let held = std::iter::repeat_n(Share::Holdout, usize::from(holdout));
        let treated = (1u8..)
            .zip(sizes)
            .flat_map(|(number, size)| std::iter::repeat_n(Share::Treatment(number), usize::from(*size)));
        let mut of = [Share::Treatment(0); COHORTS];
        for (cohort, share) in order.into_iter().zip(held.chain(treated)) {
            of[cohort] = share;
        }
        Allocation { of }
    }

    pub(crate) fn of(&self, cohort: u8) -> Share {
        self.of.get(usize::from(cohort)).copied().unwrap_or(Share::Treatment(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(allocation: &Allocation, share: Share) -> usize {
        (0..100).filter(|cohort| allocation.of(*cohort) == share).count()
    }

    #[test]
    fn shares_are_the_percents_and_the_default_gets_the_rest() {
        let allocation = Allocation::new("c", 10, &[25, 40]);
        assert_eq!(count(&allocation, Share::Holdout), 10);
        assert_eq!(count(&allocation, Share::Treatment(1)), 25);
        assert_eq!(count(&allocation, Share::Treatment(2)), 40);
        assert_eq!(count(&allocation, Share::Treatment(0)), 25);
        assert_eq!(count(&Allocation::new("c", 100, &[]), Share::Holdout), 100);
    }

    #[test]
    fn what_goes_beyond_100_percent_is_cut_off() {
        let allocation = Allocation::new("c", 60, &[50, 50]);
        assert_eq!(count(&allocation, Share::Treatment(1)), 40);
        assert_eq!(count(&allocation, Share::Treatment(2)), 0);
    }

    #[test]
    fn the_campaign_id_decides_which_cohorts_and_nothing_else() {
        let first = Allocation::new("c", 50, &[]);
        assert_eq!(first, Allocation::new("c", 50, &[]));
        assert_ne!(first, Allocation::new("d", 50, &[]));
        let held = |allocation: &Allocation| {
            (0..100).filter(|c| allocation.of(*c) == Share::Holdout).map(u32::from).sum::<u32>()
        };
        assert_ne!(held(&first), held(&Allocation::new("d", 50, &[])));
        // A larger holdout keeps those who were held out before.
        let more = Allocation::new("c", 60, &[]);
        assert!((0..100).all(|c| first.of(c) != Share::Holdout || more.of(c) == Share::Holdout));
    }
}
