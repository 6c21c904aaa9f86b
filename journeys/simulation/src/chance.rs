//! Seeded numbers: a stream is a hash of (seed, participant, activity, entry), so order and threads do not matter.

use engine::draw::mix;
use model::Millis;

/// A stream of draws.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub fn of(seed: u64, participant: u64, activity: u64, entry: u64) -> Chance {
        Chance(mix(seed ^ mix(participant ^ mix(activity ^ entry))))
    }

    /// A number from 0 up to but not 1.
    #[inline]
    pub fn draw(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        (mix(self.0) >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Whether something of this probability happens.
    #[inline]
    pub fn happens(&mut self, probability: f64) -> bool {
        self.draw() < probability
    }

    /// A delay with exponential distribution.
    #[inline]
    pub fn exponential(&mut self, mean: Millis) -> Millis {
        let draw = 1.0 - self.draw();
        (-ln(draw) * mean as f64) as Millis
    }
}

/// Natural logarithm of a number above 0 up to 1.
///
/// Our own, because the platform's differs in the last bit between native code and wasm, and runs must not. The mantissa
/// m is brought near 1, then ln m = 2 artanh((m-1)/(m+1)) as a series; exact to about 1e-10.
fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    let mut exponent = ((bits >> 52) as i64) - 1023;
    let mut m = f64::from_bits((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
    if m > std::f64::consts::SQRT_2 {
        m *= 0.5;
        exponent += 1;
    }
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let series = 1.0 + z * (1.0 / 3.0 + z * (1.0 / 5.0 + z * (1.0 / 7.0 + z * (1.0 / 9.0 + z * (1.0 / 11.0)))));
    exponent as f64 * std::f64::consts::LN_2 + 2.0 * s * series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_is_close_to_the_platforms() {
        for i in 1..=10_000 {
            let x = f64::from(i) / 10_000.0;
            assert!((ln(x) - x.ln()).abs() < 1e-8, "{x}");
        }
        assert!(ln(1e-16) < -36.0);
    }

    #[test]
    fn draws_spread_evenly_and_delays_have_their_mean() {
        let mut chance = Chance::of(1, 2, 3, 4);
        let mean = (0..100_000).map(|_| chance.draw()).sum::<f64>() / 100_000.0;
        assert!((mean - 0.5).abs() < 0.005, "{mean}");
        let delay = (0..100_000).map(|_| chance.exponential(60_000)).sum::<i64>() / 100_000;
        assert!((delay - 60_000).abs() < 1_000, "{delay}");
    }
}
