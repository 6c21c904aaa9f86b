//! The documents of a project: a map whose copies share what neither has changed.

use std::collections::{BTreeMap, btree_map};
use std::fmt;
use std::ops::Index;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::project::DocumentId;

/// Documents by id, in its order. A copy of the map copies no document; the first change to a document that others have too
/// copies that one.
#[derive(Clone, Default)]
pub struct Documents(BTreeMap<DocumentId, Arc<Value>>);

impl Documents {
    /// The document of that id.
    pub fn get(&self, id: &DocumentId) -> Option<&Value> {
        self.0.get(id).map(Arc::as_ref)
    }

    /// The document of that id, to be kept without a copy of its own.
    pub fn shared(&self, id: &DocumentId) -> Option<Arc<Value>> {
        self.0.get(id).cloned()
    }

    /// The document of that id, to be changed.
    pub fn get_mut(&mut self, id: &DocumentId) -> Option<&mut Value> {
        self.0.get_mut(id).map(Arc::make_mut)
    }

    /// The document of that id, with the map's own id.
    pub fn get_key_value(&self, id: &DocumentId) -> Option<(&DocumentId, &Value)> {
        self.0.get_key_value(id).map(|(id, value)| (id, value.as_ref()))
    }

    /// The document of that id, to be changed; made if there is none.
    pub fn get_or_insert_with(&mut self, id: DocumentId, make: impl FnOnce() -> Value) -> &mut Value {
        Arc::make_mut(self.0.entry(id).or_insert_with(|| Arc::new(make())))
    }

    /// Whether there is a document of that id.
    pub fn contains_key(&self, id: &DocumentId) -> bool {
        self.0.contains_key(id)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The ids.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &DocumentId> + Clone {
        self.0.keys()
    }

    /// The documents.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.0.values().map(Arc::as_ref)
    }

    /// Ids and documents, these to be changed: each is copied if others have it too.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&DocumentId, &mut Value)> {
        self.0.iter_mut().map(|(id, value)| (id, Arc::make_mut(value)))
    }

    /// Ids and documents.
    pub fn iter(&self) -> Iter<'_> {
        self.0.iter().map(of_entry)
    }

    /// Puts a document in, over one of the same id.
    pub fn insert(&mut self, id: DocumentId, value: Value) {
        self.0.insert(id, Arc::new(value));
    }

    /// Takes a document out.
    pub fn remove(&mut self, id: &DocumentId) -> Option<Value> {
        self.0.remove(id).map(Arc::unwrap_or_clone)
    }

    /// Takes out what `keeps` does not keep.
    pub fn retain(&mut self, mut keeps: impl FnMut(&DocumentId, &Value) -> bool) {
        self.0.retain(|id, value| keeps(id, value));
    }

    /// Gives back the room that lists and members have kept for growing: a fifth of what a journey of 5,000 steps
    /// takes that was made member by member. Documents that others have too stay as they are.
    pub fn shrink_to_fit(&mut self) {
        self.0.values_mut().filter_map(Arc::get_mut).for_each(tighten);
    }

    /// Takes out all.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

fn tighten(value: &mut Value) {
    match value {
        Value::String(text) => text.shrink_to_fit(),
        Value::Array(list) => {
            list.iter_mut().for_each(tighten);
            list.shrink_to_fit();
        }
        Value::Object(members) => {
            let tight = std::mem::take(members).into_iter().map(|(mut name, mut value)| {
                name.shrink_to_fit();
                tighten(&mut value);
                (name, value)
            });
            *members = tight.collect();
        }
        _ => {}
    }
}

/// Ids and documents of [`Documents`].
pub type Iter<'a> = std::iter::Map<
    btree_map::Iter<'a, DocumentId, Arc<Value>>,
    fn((&'a DocumentId, &'a Arc<Value>)) -> (&'a DocumentId, &'a Value),
>;

fn of_entry<'a>((id, value): (&'a DocumentId, &'a Arc<Value>)) -> (&'a DocumentId, &'a Value) {
    (id, value)
}

/// Maps that share all are equal without a look at what they share.
impl PartialEq for Documents {
    fn eq(&self, other: &Self) -> bool {
        let mut both = self.0.iter().zip(&other.0);
        self.len() == other.len() && both.all(|((a, one), (b, two))| a == b && (Arc::ptr_eq(one, two) || one == two))
    }
}

impl fmt::Debug for Documents {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Index<&DocumentId> for Documents {
    type Output = Value;

    /// # Panics
    /// When there is no document of that id.
    fn index(&self, id: &DocumentId) -> &Value {
        &self.0[id]
    }
}

impl Extend<(DocumentId, Value)> for Documents {
    fn extend<I: IntoIterator<Item = (DocumentId, Value)>>(&mut self, entries: I) {
        self.0.extend(entries.into_iter().map(|(id, value)| (id, Arc::new(value))));
    }
}

impl FromIterator<(DocumentId, Value)> for Documents {
    fn from_iter<I: IntoIterator<Item = (DocumentId, Value)>>(entries: I) -> Self {
        Self(entries.into_iter().map(|(id, value)| (id, Arc::new(value))).collect())
    }
}

impl<const N: usize> From<[(DocumentId, Value); N]> for Documents {
    fn from(entries: [(DocumentId, Value); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl IntoIterator for Documents {
    type Item = (DocumentId, Value);
    type IntoIter = std::iter::Map<
        btree_map::IntoIter<DocumentId, Arc<Value>>,
        fn((DocumentId, Arc<Value>)) -> (DocumentId, Value),
    >;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter().map(|(id, value)| (id, Arc::unwrap_or_clone(value)))
    }
}

impl<'a> IntoIterator for &'a Documents {
    type Item = (&'a DocumentId, &'a Value);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Serialize for Documents {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self)
    }
}

impl<'de> Deserialize<'de> for Documents {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(BTreeMap::<DocumentId, Value>::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn id(name: &str) -> DocumentId {
        DocumentId::Journey(name.to_owned())
    }

    #[test]
    fn a_copy_shares_what_neither_has_changed() {
        let first = Documents::from([(id("a"), json!({"Name": "a"})), (id("b"), json!([1, 2]))]);
        let mut second = first.clone();
        second.get_mut(&id("a")).expect("it is there")["Name"] = json!("else");
        second.get_or_insert_with(id("c"), || json!(null));
        let shares =
            |name| first.shared(&id(name)).zip(second.shared(&id(name))).is_some_and(|(a, b)| Arc::ptr_eq(&a, &b));
        assert_eq!((shares("a"), shares("b")), (false, true));
        assert_eq!(first[&id("a")], json!({"Name": "a"}));
        assert_eq!(second[&id("a")], json!({"Name": "else"}));
        assert_ne!(first, second);
        second.remove(&id("c"));
        second.insert(id("a"), json!({"Name": "a"}));
        assert_eq!(first, second);
    }

    #[test]
    fn tight_documents_say_the_same_in_the_same_order() {
        let text = r#"{"z": [{"b": 1.50, "a": "x"}, []], "a": {"y": null, "x": {"deep": true}}}"#;
        let read = || serde_json::from_str::<Value>(text).expect("it is JSON");
        let mut documents = Documents::from([(id("a"), read())]);
        documents.shrink_to_fit();
        assert_eq!(documents[&id("a")].to_string(), read().to_string());
    }
}
