//! How many people it takes to tell two treatments apart.

/// Quantile of the normal distribution for a two-sided error of 5 %.
const CONFIDENCE: f64 = 1.959_964;
/// Quantile for finding a difference that is there four times in five.
const POWER: f64 = 0.841_621;

/// People that each of two treatments needs, so that a difference between the shares `one` and `other` (0 to 1) is found
/// four times in five, and one that is not there once in twenty; `None` = the shares are the same, or none.
///
/// The usual approximation by the normal distribution: (z₁ + z₂)² · (p₁q₁ + p₂q₂) / (p₁ − p₂)², rounded up.
pub fn people_needed(one: f64, other: f64) -> Option<u64> {
    let is_share = |share: f64| (0.0..=1.0).contains(&share);
    if !is_share(one) || !is_share(other) || (one - other).abs() < 1e-6 {
        return None;
    }
    let spread = one * (1.0 - one) + other * (1.0 - other);
    let needed = (CONFIDENCE + POWER).powi(2) * spread / (one - other).powi(2);
    Some((needed.ceil() as u64).max(1))
}

/// The least difference from the share `base` (0 to 1) that `people` in each of two treatments show, as
/// [`people_needed`] counts; `None` = not even the greatest there is.
///
/// A greater share needs fewer people the farther it lies away, so the least is found by halving; for a base above one half
/// a smaller share is looked for, which needs as many.
pub fn difference_told(base: f64, people: u64) -> Option<f64> {
    if !(0.0..=1.0).contains(&base) {
        return None;
    }
    let (base, most) = if base > 0.5 { (1.0 - base, base) } else { (base, 1.0 - base) };
    let shows = |difference: f64| people_needed(base, base + difference).is_some_and(|needed| needed <= people);
    if !shows(most) {
        return None;
    }
    let (mut less, mut enough) = (0.0, most);
    for _ in 0..40 {
        let middle = (less + enough) / 2.0;
        if shows(middle) { enough = middle } else { less = middle }
    }
    Some(enough)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smaller_the_difference_the_more_people() {
        // Tables of sample sizes for two proportions, without correction for continuity.
        assert_eq!(people_needed(0.2, 0.25), Some(1_091));
        assert_eq!(people_needed(0.25, 0.2), Some(1_091));
        assert_eq!(people_needed(0.1, 0.11), Some(14_749));
        assert_eq!(people_needed(0.5, 0.5), None);
        assert_eq!(people_needed(1.2, 0.5), None);
        assert_eq!(people_needed(0.0, 1.0), Some(1));
    }

    #[test]
    fn what_people_tell_is_what_they_are_needed_for() {
        for (base, people) in [(0.2, 1_091), (0.3, 1_065), (0.01, 500), (0.5, 10_000), (0.97, 800)] {
            let told = difference_told(base, people).unwrap_or_default();
            let other = if base > 0.5 { base - told } else { base + told };
            assert!(people_needed(base, other).is_some_and(|needed| needed <= people), "{base} {people}");
            let less = if base > 0.5 { base - told * 0.98 } else { base + told * 0.98 };
            assert!(people_needed(base, less).is_some_and(|needed| needed > people), "{base} {people}");
        }
        assert!((difference_told(0.2, 1_091).unwrap_or_default() - 0.05).abs() < 1e-3);
        assert_eq!(difference_told(0.2, 1), None);
        assert_eq!(difference_told(2.0, 100), None);
    }
}
