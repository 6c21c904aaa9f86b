//! A column of lists of texts: each different list is kept once, a row holds its code.
//!
//! A plain text is a list of one. A question about a column is answered once per different list, not once per row.

use std::borrow::Cow;
use std::hash::Hasher;

use hashbrown::HashTable;
use rustc_hash::FxHasher;

use crate::codes::Codes;
use crate::texts::{Short, Texts};

/// The code of a row that has no value.
const ABSENT: u32 = 0;

/// A list column; rows past its end have no value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Column {
    elements: Texts,
    /// End of each list in `elements`; the list of code `c` is number `c - 1`.
    ends: Vec<u32>,
    index: HashTable<u32>,
    /// Short single texts that were written lately, by a hash; see [`Column::encode`].
    recent: Vec<(Short, u32)>,
    codes: Codes,
}

/// How many texts a column remembers as recent; a power of two.
const RECENT: usize = 256;

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
        self.codes.get(row)
    }

    /// How many codes there are, 0 included.
    pub(crate) fn code_count(&self) -> usize {
        self.ends.len() + 1
    }

    /// The list behind a code.
    pub(crate) fn list(&self, code: u32) -> Values<'_> {
        list_in(&self.elements, &self.ends, code)
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
        if code != ABSENT || self.code(row) != ABSENT {
            self.codes.set(row, code);
        }
    }

    /// The code of a list. Most columns hold few texts, of a few letters: one is found again by comparing two words,
    /// without following the numbers of the index into the texts.
    fn encode(&mut self, list: &[Cow<'_, str>]) -> u32 {
        let [text] = list else {
            return if list.is_empty() { ABSENT } else { self.find_or_add(list) };
        };
        let Some(short) = Short::of(text) else { return self.find_or_add(list) };
        if self.recent.is_empty() {
            self.recent.resize(RECENT, (Short::default(), ABSENT));
        }
        let place = short.hash() as usize % RECENT;
        let (known, code) = self.recent[place];
        if known == short && code != ABSENT {
            return code;
        }
        let code = self.find_or_add(list);
        self.recent[place] = (short, code);
        code
    }

    fn find_or_add(&mut self, list: &[Cow<'_, str>]) -> u32 {
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
        let (elements, ends) = (&self.elements, &self.ends);
        self.index.insert_unique(key, code, |code| hash(list_in(elements, ends, *code).iter()));
        code
    }

    pub(crate) fn shrink(&mut self) {
        self.elements.shrink();
        self.ends.shrink_to_fit();
        self.recent = Vec::new();
        self.codes.shrink();
    }
}

fn list_in<'a>(elements: &'a Texts, ends: &[u32], code: u32) -> Values<'a> {
    if code == ABSENT {
        return Values::NONE;
    }
    let number = (code - 1) as usize;
    let from = if number == 0 { 0 } else { ends[number - 1] };
    Values { texts: Some(elements), from, to: ends[number] }
}

fn hash<'a>(list: impl Iterator<Item = &'a str>) -> u64 {
    let mut hasher = FxHasher::default();
    for text in list {
        hasher.write(text.as_bytes());
        hasher.write_u8(0xff);
    }
    hasher.finish()
}
