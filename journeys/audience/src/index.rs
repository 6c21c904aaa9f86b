//! Finding what is known already, with one look into memory.
//!
//! A store of a million endpoints does not fit into the caches, so a reader waits for memory more than for anything else.
//! Both tables here keep enough of a thing beside its number that a look at one place says "new", and mostly "known" too.
//! They are open addressed: a thing stands at its home or as close behind it as was free.

use crate::texts::Short;

/// Most of the slots that are taken, of eight.
const FULL: usize = 6;

/// A table with fewer slots stays in the nearest caches.
const FAR: usize = 1 << 10;

/// Numbers by the hashes of what they stand for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    /// 0 = free; else half of the hash, and the number plus one.
    slots: Vec<u64>,
    count: usize,
}

impl Index {
    /// The number with this hash of which `same` says that it is meant.
    #[inline]
    pub(crate) fn find(&self, hash: u64, same: impl Fn(u32) -> bool) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let tag = tag(hash);
        let mut place = home(tag, self.slots.len());
        loop {
            let slot = self.slots[place];
            if slot == 0 {
                return None;
            }
            let number = slot as u32 - 1;
            if (slot >> 32) as u32 == tag && same(number) {
                return Some(number);
            }
            place = after(place, self.slots.len());
        }
    }

    /// What stands at the home of the hash: reading it brings the place near.
    #[inline]
    pub(crate) fn peek(&self, hash: u64) -> u64 {
        if self.slots.is_empty() { 0 } else { self.slots[home(tag(hash), self.slots.len())] }
    }

    /// The number at the home of the hash, if it is one with this hash as far as can be told.
    #[inline]
    pub(crate) fn guess(&self, hash: u64) -> Option<u32> {
        let slot = self.peek(hash);
        ((slot >> 32) as u32 == tag(hash) && slot != 0).then(|| slot as u32 - 1)
    }

    /// Adds a number, which must be below 2^32 - 1. One that is there already is there twice then.
    #[inline]
    pub(crate) fn insert(&mut self, hash: u64, number: u32) {
        if (self.count + 1) * 8 > self.slots.len() * FULL {
            self.resize(self.count + 1 + self.count / 2);
        }
        self.count += 1;
        self.put(u64::from(tag(hash)) << 32 | u64::from(number + 1));
    }

    /// Takes a number out that was added with this hash.
    pub(crate) fn remove(&mut self, hash: u64, number: u32) {
        let size = self.slots.len();
        let wanted = u64::from(tag(hash)) << 32 | u64::from(number + 1);
        if size == 0 {
            return;
        }
        let mut gap = home(tag(hash), size);
        while self.slots[gap] != wanted {
            if self.slots[gap] == 0 {
                return;
            }
            gap = after(gap, size);
        }
        self.count -= 1;
        // Those behind it move up, unless that takes them before their home.
        let mut place = gap;
        loop {
            place = after(place, size);
            let slot = self.slots[place];
            if slot == 0 {
                break;
            }
            let home = home((slot >> 32) as u32, size);
            let behind = |from: usize, to: usize| (to + size - from) % size;
            if behind(home, place) >= behind(gap, place) {
                self.slots[gap] = slot;
                gap = place;
            }
        }
        self.slots[gap] = 0;
    }

    /// Makes room for more numbers, and for half as many again as there are, so that many small steps cost no more than one.
    pub(crate) fn reserve(&mut self, count: usize) {
        if (self.count + count) * 8 > self.slots.len() * FULL {
            self.resize((self.count + count).max(self.count + self.count / 2));
        }
    }

    /// Gives back room for numbers that did not come.
    pub(crate) fn shrink(&mut self) {
        if self.count * 8 < self.slots.len() * FULL / 2 {
            self.resize(self.count);
        }
    }

    fn resize(&mut self, count: usize) {
        let slots = std::mem::replace(&mut self.slots, vec![0; (count * 8).div_ceil(FULL).max(8) + 1]);
        for slot in slots.into_iter().filter(|slot| *slot != 0) {
            self.put(slot);
        }
    }

    #[inline]
    fn put(&mut self, slot: u64) {
        let size = self.slots.len();
        let mut place = home((slot >> 32) as u32, size);
        while self.slots[place] != 0 {
            place = after(place, size);
        }
        self.slots[place] = slot;
    }
}

/// Codes by short texts, which stand in the table themselves.
#[derive(Clone, Debug, Default)]
pub(crate) struct ShortIndex {
    /// Code 0 = free.
    slots: Vec<(Short, u32)>,
    count: usize,
}

impl ShortIndex {
    /// The code of the text; 0 = it has none.
    #[inline]
    pub(crate) fn find(&self, text: Short) -> u32 {
        if self.slots.is_empty() {
            return 0;
        }
        let mut place = home((text.hash() >> 32) as u32, self.slots.len());
        loop {
            let (known, code) = self.slots[place];
            if known == text || code == 0 {
                return code;
            }
            place = after(place, self.slots.len());
        }
    }

    /// What stands at the home of the text: reading it brings the place near.
    #[inline]
    pub(crate) fn peek(&self, text: Short) -> u32 {
        if self.slots.is_empty() { 0 } else { self.slots[home((text.hash() >> 32) as u32, self.slots.len())].1 }
    }

    /// Whether the table is so large that looking at it may mean waiting for memory.
    #[inline]
    pub(crate) fn is_far(&self) -> bool {
        self.slots.len() >= FAR
    }

    /// Adds a text that has no code yet; the code is not 0.
    pub(crate) fn insert(&mut self, text: Short, code: u32) {
        if (self.count + 1) * 8 > self.slots.len() * FULL {
            let size = (self.count + 1) * 2 + 8;
            let slots = std::mem::replace(&mut self.slots, vec![(Short::default(), 0); size]);
            slots.into_iter().filter(|(_, code)| *code != 0).for_each(|(text, code)| self.put(text, code));
        }
        self.count += 1;
        self.put(text, code);
    }

    fn put(&mut self, text: Short, code: u32) {
        let size = self.slots.len();
        let mut place = home((text.hash() >> 32) as u32, size);
        while self.slots[place].1 != 0 {
            place = after(place, size);
        }
        self.slots[place] = (text, code);
    }
}

#[inline]
fn tag(hash: u64) -> u32 {
    (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}

/// A place in a table of `size` slots; tags in order have homes in order.
#[inline]
fn home(tag: u32, size: usize) -> usize {
    ((u64::from(tag) * size as u64) >> 32) as usize
}

#[inline]
fn after(place: usize, size: usize) -> usize {
    if place + 1 == size { 0 } else { place + 1 }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever is added and taken out, the table holds what a map holds; few hashes, so that things stand behind each
        /// other and around the end.
        #[test]
        fn the_index_holds_what_was_added_and_not_taken_out(
            steps in prop::collection::vec((any::<bool>(), 0u32..60), 0..300), spread in 1u64..40,
        ) {
            let hash = |number: u32| (u64::from(number) % spread).wrapping_mul(0xf1de_83e1_9937_733d);
            let (mut index, mut wanted) = (Index::default(), BTreeMap::new());
            for (add, number) in steps {
                if !add {
                    index.remove(hash(number), number);
                    wanted.remove(&number);
                } else if wanted.insert(number, ()).is_none() {
                    index.insert(hash(number), number);
                }
                for number in 0..60 {
                    let found = index.find(hash(number), |known| known == number);
                    prop_assert_eq!(found.is_some(), wanted.contains_key(&number));
                }
            }
            index.shrink();
            prop_assert!((0..60).all(|n| index.find(hash(n), |known| known == n).is_some() == wanted.contains_key(&n)));
        }

        #[test]
        fn short_texts_keep_their_codes(texts in prop::collection::btree_set("[a-c\\x00é]{0,5}|[a-b]{7,17}", 0..60)) {
            let mut index = ShortIndex::default();
            let texts: Vec<String> = texts.into_iter().collect();
            let shorts: Vec<Short> = texts.iter().filter_map(|text| Short::of(text)).collect();
            prop_assert_eq!(shorts.len(), texts.iter().filter(|text| text.len() <= 16).count());
            for (number, short) in shorts.iter().enumerate() {
                prop_assert_eq!(index.find(*short), 0);
                index.insert(*short, number as u32 + 1);
            }
            for (number, short) in shorts.iter().enumerate() {
                prop_assert_eq!(index.find(*short), number as u32 + 1);
            }
        }
    }
}
