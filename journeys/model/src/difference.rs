//! Where two JSON values differ, member by member.
//!
//! Objects are compared by their members and lists of one length by their elements, so that what is named is as small as it
//! can be; anything else that differs is named whole. What counts as equal is the caller's to widen.

use serde_json::{Map, Value};

use crate::path::{Path, Step};

/// A place at which two values differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference<'a> {
    /// The place; empty = the values as a whole.
    pub path: Path,
    /// What stands there in the first; `None` = nothing.
    pub before: Option<&'a Value>,
    /// What stands there in the second; `None` = nothing.
    pub after: Option<&'a Value>,
}

/// What a caller counts as the same: asked with the place, and what stands there in both.
pub type Same<'s> = dyn Fn(&Path, Option<&Value>, Option<&Value>) -> bool + 's;

/// Every place at which two values differ, in the order of the first, what only the second has after it.
///
/// `None` is a value that is absent. `same` is asked about each place at which the values are not equal and not both objects
/// or both lists of one length; what it calls the same is no difference.
pub fn differences<'a>(before: Option<&'a Value>, after: Option<&'a Value>, same: &Same<'_>) -> Vec<Difference<'a>> {
    let mut walk = Walk { path: Path::default(), same, found: Vec::new() };
    walk.compare(before, after);
    walk.found
}

/// As [`differences`], where nothing is the same but what is equal.
pub fn exact<'a>(before: Option<&'a Value>, after: Option<&'a Value>) -> Vec<Difference<'a>> {
    differences(before, after, &|_, _, _| false)
}

/// A value as it is told: its JSON text, `-` for none.
pub fn text(value: Option<&Value>) -> String {
    value.map_or_else(|| "-".to_owned(), Value::to_string)
}

struct Walk<'a, 's> {
    path: Path,
    same: &'s Same<'s>,
    found: Vec<Difference<'a>>,
}

impl<'a> Walk<'a, '_> {
    fn compare(&mut self, before: Option<&'a Value>, after: Option<&'a Value>) {
        if before == after {
            return;
        }
        match (before, after) {
            (Some(Value::Object(old)), Some(Value::Object(new))) => {
                for name in names(old, new) {
                    self.step(Step::Key(name.clone()), old.get(name), new.get(name));
                }
            }
            (Some(Value::Array(old)), Some(Value::Array(new))) if old.len() == new.len() => {
                for (index, (old, new)) in old.iter().zip(new).enumerate() {
                    self.step(Step::Index(index), Some(old), Some(new));
                }
            }
            _ if (self.same)(&self.path, before, after) => {}
            _ => self.found.push(Difference { path: self.path.clone(), before, after }),
        }
    }

    fn step(&mut self, step: Step, before: Option<&'a Value>, after: Option<&'a Value>) {
        self.path.0.push(step);
        self.compare(before, after);
        self.path.0.pop();
    }
}

/// The member names of both objects: those of the first in its order, then what only the second has.
pub(crate) fn names<'a>(old: &'a Map<String, Value>, new: &'a Map<String, Value>) -> impl Iterator<Item = &'a String> {
    old.keys().chain(new.keys().filter(|name| !old.contains_key(*name)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_smallest_places_are_named_and_what_is_called_the_same_is_left_out() {
        let before = json!({"a": 1, "list": [{"x": 1}, 2], "gone": {}, "long": [1], "spelled": 1.0});
        let after = json!({"a": 1, "list": [{"x": 2}, 2], "long": [1, 2], "new": null, "spelled": 1});
        let told = |found: Vec<Difference>| -> Vec<String> {
            found.iter().map(|one| format!("{}: {} {}", one.path, text(one.before), text(one.after))).collect()
        };
        assert_eq!(
            told(exact(Some(&before), Some(&after))),
            ["list[0].x: 1 2", "gone: {} -", "long: [1] [1,2]", "spelled: 1.0 1", "new: - null"]
        );
        let spelled = |path: &Path, _: Option<&Value>, _: Option<&Value>| path.to_string() == "spelled";
        assert_eq!(differences(Some(&before), Some(&after), &spelled).len(), 4);
        assert!(exact(Some(&before), Some(&before)).is_empty());
        assert_eq!(told(exact(None, Some(&json!(1)))), [": - 1"]);
    }
}
