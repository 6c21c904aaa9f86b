//! Sets of rows.

/// A set of rows, one bit each.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    words: Vec<u64>,
}

impl Rows {
    pub(super) fn none(count: usize) -> Rows {
        Rows { words: vec![0; count.div_ceil(64)] }
    }

    pub(super) fn all(count: usize) -> Rows {
        let mut words = vec![u64::MAX; count.div_ceil(64)];
        if let (Some(last), rest @ 1..) = (words.last_mut(), count % 64) {
            *last = (1 << rest) - 1;
        }
        Rows { words }
    }

    pub(super) fn keep(&self, mut holds: impl FnMut(usize) -> bool) -> Rows {
        let kept = |(number, word): (usize, &u64)| -> u64 {
            let mut left = *word;
            let mut out = 0;
            while left != 0 {
                let bit = left.trailing_zeros() as usize;
                out |= u64::from(holds(number * 64 + bit)) << bit;
                left &= left - 1;
            }
            out
        };
        Rows { words: self.words.iter().enumerate().map(kept).collect() }
    }

    pub(super) fn remove(&mut self, other: &Rows) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= !other;
        }
    }

    pub(super) fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// How many rows are in both.
    pub(super) fn count_both(&self, other: &Rows) -> usize {
        self.words.iter().zip(&other.words).map(|(one, two)| (one & two).count_ones() as usize).sum()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        self.words.iter().enumerate().flat_map(|(number, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                Some(number as u32 * 64 + bit)
            })
        })
    }
}
