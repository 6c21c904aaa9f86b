//! A column of lists of texts: each different list is kept once, a row holds its code.
//!
//! A plain text is a list of one. A question about a column is answered once per different list, not once per row.

use std::borrow::Cow;
use std::hash::Hasher;

use rustc_hash::FxHasher;

use crate::codes::Codes;
use crate::index::{Index, ShortIndex};
use crate::texts::{Short, Texts, same};

/// The code of a row that has no value.
const ABSENT: u32 = 0;

/// A list column; rows past its end have no value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Column {
    elements: Texts,
    /// End of each list in `elements`; the list of code `c` is number `c - 1`.
    ends: Vec<u32>,
    /// Codes of single short texts.
    shorts: ShortIndex,
    /// Codes of all other lists.
    index: Index,
    codes: Codes,
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
    /// A column of stored parts; `None` = they do not fit together. New values can be set only after
    /// [`index`](Column::index).
    pub(crate) fn of(elements: Texts, ends: Vec<u32>, codes: Codes) -> Option<Column> {
        let sound = ends.is_sorted()
            && ends.last().copied().unwrap_or(0) as usize == elements.len()
            && codes.greatest() as usize <= ends.len();
        sound.then(|| Column { elements, ends, codes, ..Column::default() })
    }

    /// The texts of all lists, where each list ends, and the code of each row.
    pub(crate) fn parts(&self) -> (&Texts, &[u32], &Codes) {
        (&self.elements, &self.ends, &self.codes)
    }

    /// Makes the lists found again.
    pub(crate) fn index(&mut self) {
        for code in 1..self.code_count() as u32 {
            let list = self.list(code);
            let short = list.first().filter(|_| list.len() == 1).and_then(Short::of);
            match short {
                Some(short) => self.shorts.insert(short, code),
                None => {
                    let key = hash(list.iter());
                    self.index.insert(key, code);
                }
            }
        }
    }

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
    #[inline]
    pub(crate) fn set(&mut self, row: usize, list: &[Cow<'_, str>]) {
        let code = self.encode(list);
        self.set_code(row, code);
    }

    /// Copies the value of one row to another.
    pub(crate) fn copy(&mut self, from: usize, to: usize) {
        self.set_code(to, self.code(from));
    }

    #[inline]
    fn set_code(&mut self, row: usize, code: u32) {
        if code != ABSENT || self.code(row) != ABSENT {
            self.codes.set(row, code);
        }
    }

    /// The code of a list, an old one if it is known. Most columns hold single texts of a few letters.
    #[inline]
    fn encode(&mut self, list: &[Cow<'_, str>]) -> u32 {
        let [text] = list else {
            return if list.is_empty() { ABSENT } else { self.find_or_add(list) };
        };
        let Some(short) = Short::of(text) else { return self.find_or_add(list) };
        match self.shorts.find(short) {
            ABSENT => {
                let code = self.add(list);
                self.shorts.insert(short, code);
                code
            }
            code => code,
        }
    }

    /// Whether setting a single short text may mean waiting for memory.
    pub(crate) fn is_far(&self) -> bool {
        self.shorts.is_far()
    }

    /// Brings near what setting this text will look at.
    #[inline]
    pub(crate) fn peek(&self, text: Short) -> u32 {
        self.shorts.peek(text)
    }

    fn find_or_add(&mut self, list: &[Cow<'_, str>]) -> u32 {
        let key = hash(list.iter().map(|text| &**text));
        let is_it = |code: u32| {
            let known = self.list(code);
            known.len() == list.len() && known.iter().zip(list).all(|(a, b)| same(a, b))
        };
        if let Some(code) = self.index.find(key, is_it) {
            return code;
        }
        let code = self.add(list);
        self.index.insert(key, code);
        code
    }

    fn add(&mut self, list: &[Cow<'_, str>]) -> u32 {
        for text in list {
            self.elements.push(text);
        }
        self.ends.push(self.elements.len() as u32);
        self.ends.len() as u32
    }

    pub(crate) fn shrink(&mut self) {
        self.elements.shrink();
        self.ends.shrink_to_fit();
        self.codes.shrink();
    }
}

/// A hash of a list that is the same on every machine. Texts of usual length take a multiplication each.
fn hash<'a>(list: impl Iterator<Item = &'a str>) -> u64 {
    let mut hasher = FxHasher::default();
    for text in list {
        match Short::of(text) {
            Some(short) => hasher.write_u64(short.hash()),
            None => hasher.write(text.as_bytes()),
        }
    }
    hasher.finish()
}
