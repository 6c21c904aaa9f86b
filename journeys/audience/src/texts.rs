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
        self.index.find(hash(text), |number| self.texts.get(*number) == text).copied()
    }

    /// The number of the text, and whether it is new.
    pub(crate) fn insert(&mut self, text: &str) -> (u32, bool) {
        let hash_of_text = hash(text);
        if let Some(number) = self.index.find(hash_of_text, |number| self.texts.get(*number) == text) {
            return (*number, false);
        }
        let number = self.texts.push(text);
        let texts = &self.texts;
        self.index.insert_unique(hash_of_text, number, |number| hash(texts.get(*number)));
        (number, true)
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
