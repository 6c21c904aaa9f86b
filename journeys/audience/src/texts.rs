//! Texts in one arena, and texts that are kept once.

use std::hash::Hasher;

use rustc_hash::FxHasher;

use crate::index::Index;

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

    /// Texts behind each other and where each ends; `None` = they do not fit together.
    pub(crate) fn of(bytes: Vec<u8>, ends: Vec<u32>) -> Option<Texts> {
        let bytes = String::from_utf8(bytes).ok()?;
        let sound = ends.is_sorted()
            && ends.last().copied().unwrap_or(0) as usize == bytes.len()
            && ends.iter().all(|end| bytes.is_char_boundary(*end as usize));
        sound.then_some(Texts { bytes, ends })
    }

    /// Where a text ends, in bytes; 0 for none.
    #[inline]
    pub(crate) fn end(&self, number: u32) -> u32 {
        self.ends.get(number as usize).copied().unwrap_or(0)
    }

    /// The first byte of a text or of what follows it; 0 for none.
    #[inline]
    pub(crate) fn first_byte(&self, number: u32) -> u8 {
        let start = if number == 0 { 0 } else { self.end(number - 1) };
        self.bytes.as_bytes().get(start as usize).copied().unwrap_or(0)
    }

    /// The texts behind each other and where each ends, in bytes.
    pub(crate) fn parts(&self) -> (&str, &[u32]) {
        (&self.bytes, &self.ends)
    }

    /// Bytes of all texts together.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Adds a text; its number.
    ///
    /// The arena holds at most 4 GiB; [`People::write`](crate::People) refuses rows before that is reached.
    #[inline]
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

    #[inline]
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
    #[inline]
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

    #[inline]
    pub(crate) fn hash(self) -> u64 {
        let [a, b] = self.parts;
        let product =
            u128::from(a ^ 0x2d35_8dcc_aa6c_78a5) * u128::from(b ^ 0x8bb8_4b93_962e_acc9 ^ u64::from(self.length));
        (product >> 64) as u64 ^ product as u64
    }
}

/// Texts of which each is kept once; numbered from 0 in the order of their first appearance.
#[derive(Clone, Debug, Default)]
pub(crate) struct Distinct {
    texts: Texts,
    index: Index,
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
        self.index.find(hash_of_text, |number| same(self.texts.get(number), text))
    }

    /// Brings near what looking for a text of this hash will look at first.
    #[inline]
    pub(crate) fn peek(&self, hash_of_text: u64) -> u64 {
        self.index.peek(hash_of_text)
    }

    /// The number of the text that has this hash, as far as can be told at once.
    #[inline]
    pub(crate) fn guess(&self, hash_of_text: u64) -> Option<u32> {
        self.index.guess(hash_of_text)
    }

    /// Adds a text that is not there yet; its number.
    pub(crate) fn add_hashed(&mut self, text: &str, hash_of_text: u64) -> u32 {
        let number = self.texts.push(text);
        self.index.insert(hash_of_text, number);
        number
    }

    /// Makes room for more texts of so many bytes together.
    pub(crate) fn reserve(&mut self, count: usize, bytes: usize) {
        self.texts.reserve(count, bytes);
        self.index.reserve(count);
    }

    pub(crate) fn texts(&self) -> &Texts {
        &self.texts
    }

    /// Takes texts that are not found until [`index`](Distinct::index).
    pub(crate) fn set_texts(&mut self, texts: Texts) {
        self.texts = texts;
        self.index = Index::default();
    }

    /// Makes all texts found again but empty ones, to which no text leads; whether each is there once.
    pub(crate) fn index(&mut self) -> bool {
        self.index.reserve(self.len());
        for number in 0..self.len() as u32 {
            let text = self.texts.get(number);
            let hash_of_text = hash(text);
            if text.is_empty() {
                continue;
            }
            if self.find_hashed(text, hash_of_text).is_some() {
                return false;
            }
            self.index.insert(hash_of_text, number);
        }
        true
    }

    /// A number that no text leads to; it reads as the empty text.
    pub(crate) fn insert_nameless(&mut self) -> u32 {
        self.texts.push("")
    }

    pub(crate) fn shrink(&mut self) {
        self.texts.shrink();
        self.index.shrink();
    }
}

/// Whether two texts are the same. Most are short, so comparing them here beats the call of a comparison made for long ones.
#[inline]
pub(crate) fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    a.len() == b.len() && starts_with(a, b)
}

/// Whether bytes begin with others; see [`same`].
#[inline]
pub(crate) fn starts_with(bytes: &[u8], start: &[u8]) -> bool {
    let Some(bytes) = bytes.get(..start.len()) else { return false };
    let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
    match (start.len(), bytes.last_chunk::<8>(), start.last_chunk::<8>()) {
        (0..=64, Some(last), Some(last_of_start)) => {
            let (chunks, _) = bytes.as_chunks::<8>();
            let (chunks_of_start, _) = start.as_chunks::<8>();
            chunks.iter().zip(chunks_of_start).all(|(a, b)| word(a) == word(b)) && word(last) == word(last_of_start)
        }
        (0..8, _, _) => bytes.iter().zip(start).all(|(a, b)| a == b),
        _ => bytes == start,
    }
}

/// A hash that is the same on every machine and in every run.
#[inline]
pub(crate) fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}
