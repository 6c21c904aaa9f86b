//! A copy of people that can be shared: whoever they are is replaced, what segments and journeys ask about stays.
//!
//! Every personal text has a stand-in: the same text has the same one wherever it stands, so users keep their endpoints
//! and equal values stay equal. A stand-in is a keyed hash (HMAC with SHA-256) in the shape of the text. Without the key it can
//! not be worked out from the text; the same people and key give the same copy.

mod shape;

use std::collections::BTreeSet;

use hmac::{Hmac, KeyInit, Mac};
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Map, Value};
use sha2::Sha256;

use crate::people::People;
use crate::personal::ALWAYS;
use crate::row::Row;

/// Tries of a stand-in in the shape of its text, before one is taken that has no shape: short texts have few.
const TRIES: u32 = 64;

/// The stand-ins of one set of people.
pub struct Pseudonyms<'p> {
    people: &'p People,
    personal: BTreeSet<String>,
    key: Hmac<Sha256>,
    originals: FxHashSet<String>,
    stand_ins: FxHashMap<String, String>,
    used: FxHashSet<String>,
}

impl<'p> Pseudonyms<'p> {
    /// Prepares the copy: `personal` are dotted paths as in [`People::attribute_paths`], or members such as
    /// `Location.PostalCode`, beside those that always are. The key may have any length; 32 random bytes are right.
    pub fn new(people: &'p People, personal: impl IntoIterator<Item = String>, key: &[u8]) -> Pseudonyms<'p> {
        let personal: BTreeSet<String> = personal.into_iter().chain(ALWAYS.map(str::to_owned)).collect();
        let key = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
        let mut originals = FxHashSet::default();
        for row in people.rows() {
            each_text(&row.to_json(), "", &mut |path, text| {
                if personal.contains(path) {
                    originals.insert(text.to_owned());
                }
            });
        }
        Pseudonyms { people, personal, key, originals, stand_ins: FxHashMap::default(), used: FxHashSet::default() }
    }

    /// Hands out every endpoint of the copy, as an `EndpointBatchItem`, in the order of the people. Nothing that is personal
    /// in one of them stands in any of them: also where it is the value of an attribute that is not marked. Personal numbers
    /// and request ids are left out.
    pub fn each<E>(mut self, take: &mut dyn FnMut(&Value) -> Result<(), E>) -> Result<u64, E> {
        let people = self.people;
        let mut count = 0;
        for row in people.rows() {
            take(&self.endpoint(row))?;
            count += 1;
        }
        Ok(count)
    }

    fn endpoint(&mut self, row: Row<'_>) -> Value {
        let mut endpoint = row.to_json();
        if let Value::Object(members) = &mut endpoint {
            for server_only in ["CohortId", "CreationDate", "RequestId"] {
                members.shift_remove(server_only);
            }
            self.object(members, "");
        }
        endpoint
    }

    fn object(&mut self, members: &mut Map<String, Value>, path: &str) {
        let at = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        members.retain(|name, value| !(value.is_number() && self.personal.contains(&at(name))));
        for (name, value) in members {
            match value {
                Value::Object(members) => self.object(members, &at(name)),
                Value::Array(items) => items.iter_mut().for_each(|item| self.replace(item)),
                value => self.replace(value),
            }
        }
    }

    fn replace(&mut self, value: &mut Value) {
        if let Value::String(text) = value
            && self.originals.contains(text.as_str())
        {
            *text = self.stand_in(text);
        }
    }

    fn stand_in(&mut self, text: &str) -> String {
        if let Some(known) = self.stand_ins.get(text) {
            return known.clone();
        }
        let mut number = 0;
        let found = loop {
            let digest = self.digest(text, number);
            let made = if number < TRIES { shape::like(text, &digest) } else { format!("p-{}", shape::hex(&digest)) };
            if !self.originals.contains(&made) && self.used.insert(made.clone()) {
                break made;
            }
            number += 1;
        };
        self.stand_ins.insert(text.to_owned(), found.clone());
        found
    }

    fn digest(&self, text: &str, number: u32) -> [u8; 32] {
        let mut mac = self.key.clone();
        mac.update(&number.to_be_bytes());
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// Every text of an endpoint with its dotted path; those of a list have the path of the list.
fn each_text(value: &Value, path: &str, take: &mut dyn FnMut(&str, &str)) {
    match value {
        Value::String(text) => take(path, text),
        Value::Array(items) => items.iter().for_each(|item| each_text(item, path, take)),
        Value::Object(members) => {
            for (name, value) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                each_text(value, &path, take);
            }
        }
        _ => {}
    }
}
