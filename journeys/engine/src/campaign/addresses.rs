//! The addresses that a run has come across: two endpoints with the same one get one message (campaigns.md 5).

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};

use audience::People;

use crate::draw::hash;

/// Addresses by hash, with the endpoint that came first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Addresses {
    first: HashMap<u64, u32, BuildHasherDefault<Same>>,
}

impl Addresses {
    /// Notes the address of a row; answers the row that came with it before, which may be the same.
    pub fn note(&mut self, people: &People, row: u32) -> Option<u32> {
        let address = people.row(row as usize).address().unwrap_or_default();
        let mut key = hash(&[address]);
        loop {
            match self.first.entry(key) {
                Entry::Vacant(free) => {
                    free.insert(row);
                    return None;
                }
                Entry::Occupied(taken) => {
                    let first = *taken.get();
                    if first == row || people.row(first as usize).address() == Some(address) {
                        return Some(first);
                    }
                    // Another address of the same hash.
                    key = key.wrapping_add(1);
                }
            }
        }
    }
}

/// The key is a hash already.
#[derive(Clone, Copy, Debug, Default)]
struct Same(u64);

impl Hasher for Same {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}
