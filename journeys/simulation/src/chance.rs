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

    /// A number with standard normal distribution, by the polar method of Marsaglia (SIAM Review 6, 1964): a point drawn
    /// inside the unit circle needs a logarithm and a square root, which IEEE 754 makes the same everywhere, and no sine.
    pub fn normal(&mut self) -> f64 {
        loop {
            let (x, y) = (2.0 * self.draw() - 1.0, 2.0 * self.draw() - 1.0);
            let square = x * x + y * y;
            // A point outside or in the very middle is drawn again; more than three in four are inside.
            if square < 1.0 && square > f64::MIN_POSITIVE {
                return x * (-2.0 * ln(square) / square).sqrt();
            }
        }
    }
}

/// Natural logarithm of a positive number.
///
/// Our own, as [`exp`] is, because the platform's differs in the last bit between native code and wasm, and runs must not.
/// The mantissa m is brought near 1, then ln m = 2 artanh((m-1)/(m+1)) as a series; exact to about 1e-10.
pub(crate) fn ln(x: f64) -> f64 {
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

/// e to the power of `x`, for `x` from -700 to 700; beyond, the value at the nearer end.
///
/// x is split into a whole multiple of ln 2, which is an exponent, and a rest of at most ln 2 / 2, whose power is the
/// Taylor series; exact to about 1e-15 of its value.
pub(crate) fn exp(x: f64) -> f64 {
    let x = x.clamp(-700.0, 700.0);
    let doublings = (x / std::f64::consts::LN_2 + 1024.5) as i64 - 1024;
    let rest = x - doublings as f64 * std::f64::consts::LN_2;
    let series = (1..=14).rev().fold(1.0, |sum, n| 1.0 + sum * rest / f64::from(n));
    series * f64::from_bits(((doublings + 1023) as u64) << 52)
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
        for x in [1.5, 3.0, 86_400.0, 1e12] {
            assert!((ln(x) - x.ln()).abs() < 1e-8, "{x}");
        }
    }

    #[test]
    fn the_power_of_e_is_close_to_the_platforms() {
        for i in -7_000..=7_000 {
            let x = f64::from(i) / 10.0;
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-12, "{x}");
        }
        assert_eq!(exp(1e9), exp(700.0));
        assert_eq!(exp(-1e9), exp(-700.0));
    }

    /// A run is the same natively and in wasm only if every bit is: whatever computes this sum must find this number.
    #[test]
    fn drawn_numbers_keep_every_bit() {
        let mut chance = Chance::of(1, 2, 3, 4);
        let mut bits = 0u64;
        for _ in 0..1_000 {
            for number in [chance.draw(), chance.normal(), exp(chance.normal() * 3.0), chance.exponential(1_000) as f64]
            {
                bits = mix(bits ^ number.to_bits());
            }
        }
        assert_eq!(format!("{bits:016x}"), "8f85afd29c90abcc");
    }

    #[test]
    fn normal_numbers_have_mean_nought_and_deviation_one() {
        let mut chance = Chance::of(1, 2, 3, 4);
        let numbers: Vec<f64> = (0..100_000).map(|_| chance.normal()).collect();
        let mean = numbers.iter().sum::<f64>() / 100_000.0;
        let variance = numbers.iter().map(|number| (number - mean) * (number - mean)).sum::<f64>() / 100_000.0;
        assert!(mean.abs() < 0.01 && (variance - 1.0).abs() < 0.02, "{mean} {variance}");
        let beyond = numbers.iter().filter(|number| number.abs() > 1.96).count();
        assert!((4_700..5_300).contains(&beyond), "{beyond}");
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
