//! A column of lists of texts: each different list is kept once, a row holds its code.
//!
//! A plain text is a list of one. A question about a column is answered once per different list, not once per row.

use std::borrow::Cow;
use std::hash::Hasher;

use hashbrown::HashTable;
use rustc_hash::FxHasher;

use crate::texts::Texts;

/// The code of a row that has no value.
const ABSENT: u32 = 0;

/// A list column; rows past its end have no value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Column {
    elements: Texts,
    /// End of each list in `elements`; the list of code `c` is number `c - 1`.
    ends: Vec<u32>,
    index: HashTable<u32>,
    codes: Vec<u32>,
}

/// The values of one attribute of one endpoint, in their order.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    texts: Option<&'a Texts>,
    from: u32,
    to: u32,
}

impl<'a> Values<'a> {
    /// No values.
    pub(crate) const NONE: Values<'static> = Values { texts: None, from: 0, to: 0 };

    /// How many.
    pub fn len(self) -> usize {
        (self.to - self.from) as usize
    }

    /// Whether there are none: the attribute is not there.
    pub fn is_empty(self) -> bool {
        self.from == self.to
    }

    /// The first.
    pub fn first(self) -> Option<&'a str> {
        self.iter().next()
    }

    /// All of them.
    pub fn iter(self) -> impl Iterator<Item = &'a str> + Clone {
        let range = if self.texts.is_some() { self.from..self.to } else { 0..0 };
        range.filter_map(move |i| self.texts.map(|texts| texts.get(i)))
    }
}

impl Column {
    /// The code of a row; 0 = no value.
    pub(crate) fn code(&self, row: usize) -> u32 {
        self.codes.get(row).copied().unwrap_or(ABSENT)
    }

    /// How many codes there are, 0 included.
    pub(crate) fn code_count(&self) -> usize {
        self.ends.len() + 1
    }

    /// The list behind a code.
    pub(crate) fn list(&self, code: u32) -> Values<'_> {
        if code == ABSENT {
            return Values::NONE;
        }
        let number = (code - 1) as usize;
        let from = if number == 0 { 0 } else { self.ends[number - 1] };
        Values { texts: Some(&self.elements), from, to: self.ends[number] }
    }

    pub(crate) fn get(&self, row: usize) -> Values<'_> {
        self.list(self.code(row))
    }

    pub(crate) fn bytes(&self) -> usize {
        self.elements.bytes()
    }

    /// Sets the value of a row; an empty list takes it away.
    pub(crate) fn set(&mut self, row: usize, list: &[Cow<'_, str>]) {
        let code = self.encode(list);
        self.set_code(row, code);
    }

    /// Copies the value of one row to another.
    pub(crate) fn copy(&mut self, from: usize, to: usize) {
        self.set_code(to, self.code(from));
    }

    fn set_code(&mut self, row: usize, code: u32) {
        if row >= self.codes.len() {
            if code == ABSENT {
                return;
            }
            self.codes.resize(row + 1, ABSENT);
        }
        self.codes[row] = code;
    }

    fn encode(&mut self, list: &[Cow<'_, str>]) -> u32 {
        if list.is_empty() {
            return ABSENT;
        }
        let key = hash(list.iter().map(|text| &**text));
        let same = |code: &u32| {
            let known = self.list(*code);
            known.len() == list.len() && known.iter().zip(list).all(|(a, b)| a == &**b)
        };
        if let Some(code) = self.index.find(key, same) {
            return *code;
        }
        for text in list {
            self.elements.push(text);
        }
        self.ends.push(self.elements.len() as u32);
        let code = self.ends.len() as u32;
        // The index is taken out while it grows, because growing reads the lists.
        let mut index = std::mem::take(&mut self.index);
        index.insert_unique(key, code, |code| hash(self.list(*code).iter()));
        self.index = index;
        code
    }

    pub(crate) fn shrink(&mut self) {
        self.elements.shrink();
        self.ends.shrink_to_fit();
        self.codes.shrink_to_fit();
    }
}

fn hash<'a>(list: impl Iterator<Item = &'a str>) -> u64 {
    let mut hasher = FxHasher::default();
    for text in list {
        hasher.write(text.as_bytes());
        hasher.write_u8(0xff);
    }
    hasher.finish()
}
