//! Repeatable draws: SplitMix64, so that the same seed writes the same bytes on every machine.

/// A stream of draws.
pub struct Draws(u64);

impl Draws {
    /// The stream of one seed.
    pub fn new(seed: u64) -> Draws {
        Draws(seed)
    }

    /// The next 64 bits (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A whole number in `low..high`; the tiny bias of the remainder does not matter for samples.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % (high - low).unsigned_abs()) as i64
    }

    /// True in `percent` of 100 draws.
    pub fn chance(&mut self, percent: i64) -> bool {
        self.between(0, 100) < percent
    }

    /// One of `choices`, all alike.
    pub fn one<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.between(0, choices.len() as i64) as usize]
    }

    /// One of `choices` by weight.
    pub fn weighted<T: Copy>(&mut self, choices: &[(i64, T)]) -> T {
        let mut left = self.between(0, choices.iter().map(|(weight, _)| weight).sum());
        let mut chosen = choices[0].1;
        for (weight, choice) in choices {
            chosen = *choice;
            if left < *weight {
                break;
            }
            left -= weight;
        }
        chosen
    }

    /// `count` different ones of `choices`, in their order.
    pub fn some<T: Copy>(&mut self, choices: &[T], count: usize) -> Vec<T> {
        let mut kept: Vec<T> = choices.to_vec();
        while kept.len() > count {
            let away = self.between(0, kept.len() as i64) as usize;
            kept.remove(away);
        }
        kept
    }

    /// `digits` hexadecimal digits, for device tokens.
    pub fn hex(&mut self, digits: usize) -> String {
        let mut text = String::new();
        while text.len() < digits {
            text.push_str(&format!("{:016x}", self.next()));
        }
        text.truncate(digits);
        text
    }
}
