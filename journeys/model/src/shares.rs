//! Whole percentages that add up to 100, when one of them changes (journeys.md 3.6: positive whole numbers, 2 to 5 of them).

/// Most branches of a random split.
pub const MOST: usize = 5;

/// The shares with that of `at` changed to `wanted`: the others give way, or take up, in proportion to what they had, and
/// all of them add up to 100.
///
/// Each stays at 1 or more, so `wanted` goes as far as that allows. Where the others had nothing they get equal parts.
pub fn change(shares: &[i64], at: usize, wanted: i64) -> Vec<i64> {
    let others = shares.len().saturating_sub(1) as i64;
    if at >= shares.len() || others == 0 {
        return shares.iter().map(|_| 100).collect();
    }
    let own = wanted.clamp(1, 100 - others);
    let weights: Vec<i64> =
        shares.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, share)| (*share).clamp(0, 100)).collect();
    let mut out = divide(100 - own, &weights);
    out.insert(at, own);
    out
}

/// The shares and one more, which gets an equal part of the whole.
pub fn add(shares: &[i64]) -> Vec<i64> {
    let count = shares.len() as i64 + 1;
    let all: Vec<i64> = shares.iter().copied().chain([0]).collect();
    change(&all, shares.len(), 100 / count)
}

/// The shares without that of `at`; the others take up what it had.
pub fn remove(shares: &[i64], at: usize) -> Vec<i64> {
    let left: Vec<i64> =
        shares.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, share)| (*share).max(0)).collect();
    divide(100, &left)
}

/// Divides `whole` in proportion to weights: whole numbers of at least 1, by largest remainders. `whole` is at least the
/// count of weights.
fn divide(whole: i64, weights: &[i64]) -> Vec<i64> {
    let count = weights.len() as i64;
    let sum: i64 = weights.iter().sum();
    let weights: Vec<i64> = if sum == 0 { vec![1; weights.len()] } else { weights.to_vec() };
    let sum: i64 = weights.iter().sum::<i64>().max(1);
    let spare = whole - count;
    // What each would have above its 1, in parts of `sum`.
    let wanted: Vec<i64> = weights.iter().map(|weight| (weight * whole - sum).max(0)).collect();
    let all: i64 = wanted.iter().sum::<i64>().max(1);
    let mut out: Vec<i64> = wanted.iter().map(|wanted| 1 + wanted * spare / all).collect();
    let mut order: Vec<usize> = (0..out.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(wanted[*i] * spare % all));
    let left = whole - out.iter().sum::<i64>();
    for i in order.into_iter().cycle().take(usize::try_from(left).unwrap_or(0)) {
        out[i] += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_give_way_in_proportion() {
        assert_eq!(change(&[50, 30, 20], 0, 60), [60, 24, 16]);
        assert_eq!(change(&[50, 50], 1, 10), [90, 10]);
        assert_eq!(change(&[34, 33, 33], 0, 100), [98, 1, 1]);
        assert_eq!(change(&[98, 1, 1], 0, 40), [40, 30, 30]);
        assert_eq!(change(&[50, 0, 0], 0, 50), [50, 25, 25]);
        assert_eq!(change(&[10], 0, 30), [100]);
        assert_eq!(add(&[50, 50]), [34, 33, 33]);
        assert_eq!(remove(&[50, 30, 20], 0), [60, 40]);
    }

    #[test]
    fn whatever_is_done_they_add_up_to_a_hundred() {
        for count in 2..=MOST {
            for seed in 0..2_000_i64 {
                let shares: Vec<i64> = (0..count as i64).map(|i| (seed * 37 + i * i * 113) % 130 - 10).collect();
                let at = seed as usize % count;
                let wanted = seed % 120 - 10;
                let most = 100 - (count as i64 - 1);
                let after = change(&shares, at, wanted);
                assert_eq!((after.iter().sum::<i64>(), after.len()), (100, count), "{shares:?} {at} {wanted}");
                assert!(after.iter().all(|share| *share >= 1), "{after:?}");
                assert_eq!(after[at], wanted.clamp(1, most));
                assert_eq!(remove(&after, at).iter().sum::<i64>(), 100);
                if count < MOST {
                    assert_eq!(add(&after).iter().sum::<i64>(), 100);
                }
            }
        }
    }
}
