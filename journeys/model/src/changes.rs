//! What differs between two versions of a journey, step by step.
//!
//! Steps are the same when they have the same id. Where a step leads belongs to it; where it stands on the canvas does not.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::difference;
use crate::journey::Journey;
use crate::view::View;

/// A step that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepChange {
    /// The activity's id; `None` = the journey's own members: entry, schedule, limits.
    pub id: Option<String>,
    /// How.
    pub what: Change,
    /// For a step that differs: the places that do, as paths, sorted.
    pub members: Vec<String>,
}

/// How a step differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is there in both, and differs.
    Changed,
}

/// Members of a journey that say when it was handled, not what it does.
const STAMPS: &[&str] = &["CreationDate", "LastModifiedDate", "LastUpdateStatus", "State", "Activities", "tags"];

/// What differs, the journey's own members first, then steps in the order of `after`, then those that are gone.
pub fn changes(before: Journey<'_>, after: Journey<'_>) -> Vec<StepChange> {
    let mut found = Vec::new();
    let own = |journey: Journey<'_>| -> Value {
        let members = journey.wire.object().iter().filter(|(name, _)| !STAMPS.contains(&name.as_str()));
        Value::Object(members.map(|(name, value)| (name.clone(), value.clone())).collect())
    };
    let members = differing(&own(before), &own(after));
    if !members.is_empty() {
        found.push(StepChange { id: None, what: Change::Changed, members });
    }
    let steps = |journey: Journey<'_>| journey.wire.object().get("Activities").cloned().unwrap_or(Value::Null);
    let (before, after) = (steps(before), steps(after));
    let list = |steps: &Value| steps.as_object().cloned().unwrap_or_default();
    let (before, after) = (list(&before), list(&after));
    for (id, now) in &after {
        let (what, members) = match before.get(id) {
            None => (Change::Added, Vec::new()),
            Some(then) => (Change::Changed, differing(then, now)),
        };
        if what == Change::Added || !members.is_empty() {
            found.push(StepChange { id: Some(id.clone()), what, members });
        }
    }
    for id in before.keys().filter(|id| !after.contains_key(*id)) {
        found.push(StepChange { id: Some(id.clone()), what: Change::Removed, members: Vec::new() });
    }
    found
}

/// The paths at which two values differ; sorted.
fn differing(before: &Value, after: &Value) -> Vec<String> {
    let found = difference::exact(Some(before), Some(after));
    let mut paths: Vec<String> = found.iter().map(|one| one.path.to_string()).collect();
    paths.sort();
    paths
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn steps_are_added_removed_and_changed_and_a_stamp_is_no_change() {
        let before = json!({"Name": "j", "StartActivity": "a", "LastModifiedDate": "x", "Activities": {
            "a": {"EMAIL": {"TemplateName": "hello", "NextActivity": "b"}},
            "b": {"Wait": {"WaitTime": {"WaitFor": "P1D"}}},
            "same": {"Wait": {"WaitTime": {"WaitFor": "P1D"}}}}});
        let after = json!({"Name": "j", "StartActivity": "a", "LastModifiedDate": "y", "QuietTime": {"Start": "21:00"},
            "Activities": {
                "a": {"EMAIL": {"TemplateName": "hi", "NextActivity": "c"}},
                "c": {"Wait": {"WaitTime": {"WaitFor": "P2D"}}},
                "same": {"Wait": {"WaitTime": {"WaitFor": "P1D"}}}}});
        let told = |before: &Value, after: &Value| -> Vec<String> {
            let found = match (Journey::of(before), Journey::of(after)) {
                (Some(before), Some(after)) => changes(before, after),
                _ => Vec::new(),
            };
            let words = |change: StepChange| {
                format!("{} {:?} {}", change.id.unwrap_or_default(), change.what, change.members.join(" "))
            };
            found.into_iter().map(words).collect()
        };
        assert_eq!(
            told(&before, &after),
            [" Changed QuietTime", "a Changed EMAIL.NextActivity EMAIL.TemplateName", "c Added ", "b Removed "]
        );
        assert!(told(&after, &after).is_empty());
    }
}
