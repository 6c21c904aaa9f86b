//! What differs between two versions of a journey, step by step and connection by connection.
//!
//! Steps are the same when they have the same id. A step that is gone and a new one that says the same are one step that was
//! renamed. Where a step leads belongs to it; where it stands on the canvas does not.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::difference;
use crate::drawing::{Origin, refer};
use crate::journey::Journey;
use crate::view::View;

/// A step that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepChange {
    /// The activity's id; `None` = the journey's own members: entry, schedule, limits.
    pub id: Option<String>,
    /// How.
    pub what: Change,
    /// For a step that is in both: the places that differ, as paths, sorted.
    pub members: Vec<String>,
    /// For a step that was renamed: its id before.
    #[serde(default)]
    pub was: Option<String>,
}

/// How a step or connection differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is there in both, and differs.
    Changed,
    /// It is there in both, with another id.
    Renamed,
}

/// A connection to an activity that only one of two versions has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionChange {
    /// Where it starts, in the words of the version that has it.
    pub origin: Origin,
    /// Where it leads, likewise.
    pub target: String,
    /// [`Change::Added`] or [`Change::Removed`].
    pub what: Change,
}

/// Members of a journey that say when it was handled, not what it does.
const STAMPS: &[&str] = &["CreationDate", "LastModifiedDate", "LastUpdateStatus", "State", "Activities", "tags"];

/// What differs, the journey's own members first, then steps in the order of `after`, then those that are gone.
pub fn changes(before: Journey<'_>, after: Journey<'_>) -> Vec<StepChange> {
    let renamed = renamed(before, after);
    let was: BTreeMap<&str, &str> = renamed.iter().map(|(then, now)| (now.as_str(), then.as_str())).collect();
    let mut found = Vec::new();
    let own = |journey: Journey<'_>| -> Map<String, Value> {
        let members = journey.wire.object().iter().filter(|(name, _)| !STAMPS.contains(&name.as_str()));
        members.map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    let mut own_before = own(before);
    if let Some(Value::String(start)) = own_before.get_mut("StartActivity")
        && let Some(now) = renamed.get(start)
    {
        start.clone_from(now);
    }
    let members = differing(&Value::Object(own_before), &Value::Object(own(after)));
    if !members.is_empty() {
        found.push(StepChange { id: None, what: Change::Changed, members, was: None });
    }
    let (then, now) = (steps(before), steps(after));
    for (id, value) in now.into_iter().flatten() {
        let old = was.get(id.as_str()).copied();
        let old_value = then.and_then(|then| then.get(old.unwrap_or(id)));
        let (what, members) = match old_value {
            None => (Change::Added, Vec::new()),
            Some(old_value) => {
                let what = if old.is_some() { Change::Renamed } else { Change::Changed };
                (what, differing(&in_new_names(old_value, &renamed), value))
            }
        };
        if what != Change::Changed || !members.is_empty() {
            found.push(StepChange { id: Some(id.clone()), what, members, was: old.map(str::to_owned) });
        }
    }
    for (id, _) in then.into_iter().flatten() {
        if !now.is_some_and(|now| now.contains_key(id)) && !renamed.contains_key(id) {
            found.push(StepChange { id: Some(id.clone()), what: Change::Removed, members: Vec::new(), was: None });
        }
    }
    found
}

/// The connections that only one of the versions has: new ones in the order of `after`, then those that are gone.
pub fn connections(before: Journey<'_>, after: Journey<'_>) -> Vec<ConnectionChange> {
    let renamed = renamed(before, after);
    let now = |id: &str| renamed.get(id).cloned().unwrap_or_else(|| id.to_owned());
    let in_new_names = |(origin, target): &(Origin, String)| match origin {
        Origin::Entry => (Origin::Entry, now(target)),
        Origin::Activity(id, slot) => (Origin::Activity(now(id), *slot), now(target)),
    };
    let (then, here) = (ways(before), ways(after));
    let known: BTreeSet<(Origin, String)> = then.iter().map(in_new_names).collect();
    let there: BTreeSet<&(Origin, String)> = here.iter().collect();
    let added = here.iter().filter(|way| !known.contains(way)).map(|way| (way, Change::Added));
    let removed = then.iter().filter(|way| !there.contains(&in_new_names(way))).map(|way| (way, Change::Removed));
    let change = |((origin, target), what): (&(Origin, String), Change)| ConnectionChange {
        origin: origin.clone(),
        target: target.clone(),
        what,
    };
    added.chain(removed).map(change).collect()
}

/// The steps that have another id in `after`, by their id in `before`.
///
/// A step that is gone and a new one are the same when they say the same, wherever they lead. Of several such the one that
/// is reached the same way is taken, else the first.
pub fn renamed(before: Journey<'_>, after: Journey<'_>) -> BTreeMap<String, String> {
    let (Some(then), Some(now)) = (steps(before), steps(after)) else { return BTreeMap::new() };
    let (from_then, from_now) = (origins(before), origins(after));
    let reach = |origins: &BTreeMap<String, Vec<Origin>>, id: &str| origins.get(id).cloned().unwrap_or_default();
    let mut open: Vec<(&str, Value, Vec<Origin>)> = now
        .iter()
        .filter(|(id, _)| !then.contains_key(*id))
        .map(|(id, value)| (id.as_str(), without_targets(value), reach(&from_now, id)))
        .collect();
    let mut found = BTreeMap::new();
    for (id, value) in then.iter().filter(|(id, _)| !now.contains_key(*id)) {
        let content = without_targets(value);
        let reached: Vec<Origin> = reach(&from_then, id).into_iter().map(|origin| moved(origin, &found)).collect();
        let alike: Vec<usize> = (0..open.len()).filter(|place| open[*place].1 == content).collect();
        let by_way = alike.iter().find(|place| open[**place].2.iter().any(|origin| reached.contains(origin)));
        if let Some(place) = by_way.or(alike.first()) {
            found.insert(id.clone(), open.remove(*place).0.to_owned());
        }
    }
    found
}

fn moved(origin: Origin, renamed: &BTreeMap<String, String>) -> Origin {
    match origin {
        Origin::Activity(id, slot) => Origin::Activity(renamed.get(&id).cloned().unwrap_or(id), slot),
        Origin::Entry => Origin::Entry,
    }
}

/// The activities as they are written; `None` = there is no such object.
fn steps<'a>(journey: Journey<'a>) -> Option<&'a Map<String, Value>> {
    journey.wire.object().get("Activities")?.as_object()
}

/// Every connection that leads to something.
fn ways(journey: Journey<'_>) -> Vec<(Origin, String)> {
    let start = journey.wire.start_activity().filter(|id| !id.is_empty());
    let mut ways: Vec<(Origin, String)> = start.map(|id| (Origin::Entry, id.to_owned())).into_iter().collect();
    for activity in journey.activities() {
        let of = |way: crate::activity::Connection<'_>| {
            Some((Origin::Activity(activity.id.to_owned(), way.slot), way.target?.to_owned()))
        };
        ways.extend(activity.connections().into_iter().filter_map(of));
    }
    ways
}

/// By activity, the connections that lead to it.
fn origins(journey: Journey<'_>) -> BTreeMap<String, Vec<Origin>> {
    let mut origins: BTreeMap<String, Vec<Origin>> = BTreeMap::new();
    for (origin, target) in ways(journey) {
        origins.entry(target).or_default().push(origin);
    }
    origins
}

fn without_targets(value: &Value) -> Value {
    let mut value = value.clone();
    refer(&mut value, &mut |_, _| None);
    value
}

fn in_new_names(value: &Value, renamed: &BTreeMap<String, String>) -> Value {
    let mut value = value.clone();
    refer(&mut value, &mut |_, id| Some(renamed.get(id).cloned().unwrap_or_else(|| id.to_owned())));
    value
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

    #[test]
    fn a_step_that_says_the_same_under_another_id_was_renamed() {
        let wait = |next: &str| json!({"Wait": {"WaitTime": {"WaitFor": "P1D"}, "NextActivity": next}});
        let before = json!({"StartActivity": "first", "Activities": {
            "first": wait("split"),
            "split": {"ConditionalSplit": {"TrueActivity": "one", "FalseActivity": "two"}},
            "one": wait("mail"), "two": wait("gone"),
            "mail": {"EMAIL": {"TemplateName": "hello"}}, "gone": {"SMS": {"TemplateName": "bye"}}}});
        let after = json!({"StartActivity": "begin", "Activities": {
            "begin": wait("split"),
            "split": {"ConditionalSplit": {"TrueActivity": "a", "FalseActivity": "b"}},
            "b": wait("mail"), "a": wait("mail"),
            "mail": {"EMAIL": {"TemplateName": "hello"}}}});
        let (Some(before), Some(after)) = (Journey::of(&before), Journey::of(&after)) else {
            unreachable!("two journeys")
        };
        let names = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(then, now)| ((*then).to_owned(), (*now).to_owned())).collect()
        };
        assert_eq!(renamed(before, after), names(&[("first", "begin"), ("one", "a"), ("two", "b")]));
        let said = |change: &StepChange| {
            let was = change.was.as_deref().unwrap_or("-");
            format!(
                "{} {:?} {was} {}",
                change.id.as_deref().unwrap_or("journey"),
                change.what,
                change.members.join(" ")
            )
        };
        let steps: Vec<String> = changes(before, after).iter().map(said).collect();
        assert_eq!(
            steps,
            ["begin Renamed first ", "b Renamed two Wait.NextActivity", "a Renamed one ", "gone Removed - "]
        );
        let said = |change: ConnectionChange| format!("{} {} {:?}", change.origin.key(), change.target, change.what);
        let ways: Vec<String> = connections(before, after).into_iter().map(said).collect();
        assert_eq!(ways, ["b/next mail Added", "two/next gone Removed"]);
        assert!(connections(after, after).is_empty() && renamed(after, after).is_empty());
    }
}
