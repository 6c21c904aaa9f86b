//! Two sets as circles whose areas, and that of what they share, are as their counts.

use std::f64::consts::PI;

/// Two circles on a line, in units of the larger radius, which is 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Venn {
    /// Radius of the first; 0 = the set is empty.
    pub first: f64,
    /// Radius of the second.
    pub second: f64,
    /// Between the centres.
    pub distance: f64,
}

/// Draws two sets of which `both` elements are in both; more than one set has counts as all of it.
///
/// Sets without a common element stand a tenth apart; one inside the other touches its left edge from within.
pub fn venn(first: u64, second: u64, both: u64) -> Venn {
    let largest = first.max(second);
    if largest == 0 {
        return Venn::default();
    }
    let radius = |count: u64| (count as f64 / largest as f64).sqrt();
    let (a, b) = (radius(first), radius(second));
    let both = both.min(first).min(second);
    let distance = if both == 0 {
        a + b + 0.1
    } else if both == first.min(second) {
        (a - b).abs()
    } else {
        // The shared area falls as the distance grows: halve the range until it is as small as a double can tell.
        let wanted = PI * both as f64 / largest as f64;
        let (mut near, mut far) = ((a - b).abs(), a + b);
        for _ in 0..60 {
            let middle = f64::midpoint(near, far);
            if lens(a, b, middle) > wanted { near = middle } else { far = middle }
        }
        f64::midpoint(near, far)
    };
    Venn { first: a, second: b, distance }
}

/// The area that two circles share: two circular segments (for the formula see any table of plane figures, "lens").
fn lens(a: f64, b: f64, distance: f64) -> f64 {
    if distance >= a + b {
        return 0.0;
    }
    if distance <= (a - b).abs() {
        return PI * a.min(b).powi(2);
    }
    let half_angle = |one: f64, other: f64| {
        ((distance.powi(2) + one.powi(2) - other.powi(2)) / (2.0 * distance * one)).clamp(-1.0, 1.0).acos()
    };
    let segment = |radius: f64, half: f64| radius.powi(2) * (half - half.sin() * half.cos());
    segment(a, half_angle(a, b)) + segment(b, half_angle(b, a))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_as_the_counts() {
        for (first, second, both) in [(100, 100, 50), (100, 10, 3), (7, 1_000_000, 5), (3, 4, 1), (90, 100, 89)] {
            let drawn = venn(first, second, both);
            let largest = first.max(second) as f64;
            let share = |area: f64| area / PI * largest;
            let near = |area: f64, count: u64| (share(area) - count as f64).abs() < 1e-6 * largest;
            assert!(near(PI * drawn.first.powi(2), first) && near(PI * drawn.second.powi(2), second), "{drawn:?}");
            assert!(near(lens(drawn.first, drawn.second, drawn.distance), both), "{first} {second} {both}: {drawn:?}");
        }
    }

    #[test]
    fn empty_apart_and_inside() {
        assert_eq!(venn(0, 0, 0), Venn::default());
        assert_eq!(venn(4, 0, 0), Venn { first: 1.0, second: 0.0, distance: 1.1 });
        assert_eq!(venn(4, 4, 0).distance, 2.1);
        assert_eq!(venn(1, 4, 1), Venn { first: 0.5, second: 1.0, distance: 0.5 });
        assert_eq!(venn(4, 4, 9).distance, 0.0);
    }
}
