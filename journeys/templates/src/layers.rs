//! Values by variable path: what a request substitutes, and a template's defaults.

use serde_json::{Map, Value};

use crate::tree::Name;

/// The value of a path: by its key, or as an element of the list under the key without the last place. A single value
/// counts as a list of one.
pub(crate) fn find<'a>(layer: &'a Map<String, Value>, names: &[Name], key: &str) -> Option<&'a Value> {
    if layer.is_empty() {
        return None;
    }
    if let Some(value) = layer.get(key) {
        return Some(value);
    }
    let last = names.last()?;
    let place = last.place?;
    match layer.get(key.strip_suffix(last.text.as_str())?.strip_suffix('.')?)? {
        Value::Array(list) => list.get(place),
        one => (place == 0).then_some(one),
    }
}
