//! Texts in one arena, and texts that are kept once.

use std::hash::Hasher;

use hashbrown::HashTable;
use rustc_hash::FxHasher;

/// Many texts behind each other in one allocation; numbered from 0.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texts {
    bytes: String,
    /// Where each text ends, in bytes.
    ends: Vec<u32>,
}

impl Texts {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Bytes of all texts together.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Adds a text; its number.
    ///
    /// The arena holds at most 4 GiB; [`People::write`](crate::People) refuses rows before that is reached.
    pub(crate) fn push(&mut self, text: &str) -> u32 {
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len() as u32);
        (self.ends.len() - 1) as u32
    }

    /// Makes room for more texts of so many bytes together.
    pub(crate) fn reserve(&mut self, count: usize, bytes: usize) {
        self.bytes.reserve(bytes);
        self.ends.reserve(count);
    }

    pub(crate) fn get(&self, number: u32) -> &str {
        let number = number as usize;
        let start = if number == 0 { 0 } else { self.ends[number - 1] as usize };
        &self.bytes[start..self.ends[number] as usize]
    }

    pub(crate) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
    }
}

/// A text of at most 16 bytes, in two words that can be compared at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Short {
    /// Two parts that cover the text; they may overlap, which the length makes unambiguous.
    parts: [u64; 2],
    length: u8,
}

impl Short {
    pub(crate) fn of(text: &str) -> Option<Short> {
        let bytes = text.as_bytes();
        let parts = match bytes.len() {
            0 => [0, 0],
            1..4 => {
                let [first, middle, last] = [bytes[0], bytes[bytes.len() / 2], bytes[bytes.len() - 1]].map(u64::from);
                [first | middle << 8 | last << 16, 0]
            }
            4..8 => [
                u64::from(u32::from_le_bytes(*bytes.first_chunk()?)),
                u64::from(u32::from_le_bytes(*bytes.last_chunk()?)),
            ],
            8..=16 => [u64::from_le_bytes(*bytes.first_chunk()?), u64::from_le_bytes(*bytes.last_chunk()?)],
            _ => return None,
        };
        Some(Short { parts, length: bytes.len() as u8 })
    }

    pub(crate) fn hash(self) -> u64 {
        let [a, b] = self.parts;
        (a ^ b.rotate_left(27) ^ u64::from(self.length)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40
    }
}

/// Texts of which each is kept once; numbered from 0 in the order of their first appearance.
#[derive(Clone, Debug, Default)]
pub(crate) struct Distinct {
    texts: Texts,
    index: HashTable<u32>,
}

impl Distinct {
    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.texts.bytes()
    }

    pub(crate) fn get(&self, number: u32) -> &str {
        self.texts.get(number)
    }

    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        self.find_hashed(text, hash(text))
    }

    /// As [`find`](Distinct::find), for a caller that has the [`hash`] already.
    pub(crate) fn find_hashed(&self, text: &str, hash_of_text: u64) -> Option<u32> {
        self.index.find(hash_of_text, |number| self.texts.get(*number) == text).copied()
    }

    /// Adds a text that is not there yet; its number.
    pub(crate) fn add_hashed(&mut self, text: &str, hash_of_text: u64) -> u32 {
        let number = self.texts.push(text);
        let texts = &self.texts;
        self.index.insert_unique(hash_of_text, number, |number| hash(texts.get(*number)));
        number
    }

    /// The number of the text, and whether it is new.
    pub(crate) fn insert(&mut self, text: &str) -> (u32, bool) {
        let hash_of_text = hash(text);
        match self.find_hashed(text, hash_of_text) {
            Some(number) => (number, false),
            None => (self.add_hashed(text, hash_of_text), true),
        }
    }

    /// Makes room for more texts of so many bytes together.
    pub(crate) fn reserve(&mut self, count: usize, bytes: usize) {
        self.texts.reserve(count, bytes);
        let texts = &self.texts;
        self.index.reserve(count, |number| hash(texts.get(*number)));
    }

    /// A number that no text leads to; it reads as the empty text.
    pub(crate) fn insert_nameless(&mut self) -> u32 {
        self.texts.push("")
    }

    pub(crate) fn shrink(&mut self) {
        self.texts.shrink();
        let texts = &self.texts;
        self.index.shrink_to_fit(|number| hash(texts.get(*number)));
    }
}

/// A hash that is the same on every machine and in every run.
pub(crate) fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}
