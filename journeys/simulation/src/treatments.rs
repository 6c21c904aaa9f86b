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
}
