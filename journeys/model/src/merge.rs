//! Brings two versions of a document together that were made from the same one.
//!
//! What only one side changed is taken from it, member by member. Where both changed the same member in different ways there
//! is a [`Conflict`], and ours stays until somebody decides: whatever either side did is in the result or in a conflict.
//!
//! - Steps are the same when they have the same id. Steps that both sides added under one id are different ones: theirs get
//!   a new id, also where they are named.
//! - Lists are compared by what their elements are about (`lists`); where that is not clear, the whole list is a conflict.
//! - Of members that exclude each other (the kinds of a step, `WaitFor` and `WaitUntil`, …) two can not come together.
//! - A step that one side removed and the other leads to is a conflict, so that nothing leads to what is not there.

mod lists;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::drawing::copy::{refer, words};
use crate::drawing::stem;
use crate::journey::Journey;
use crate::path::{Path, Step};
use crate::project::DocumentId;
use crate::shapes::{self, Kind, SHAPES, Shape};

/// Two versions brought together.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// The result; in conflicts it says what ours says.
    pub value: Value,
    /// Their version with the new ids, as it was merged.
    pub theirs: Value,
    /// What somebody has to decide, in the order of the document.
    pub conflicts: Vec<Conflict>,
    /// Steps of theirs that got another id.
    pub renamed: Vec<Renamed>,
}

/// A place that both sides changed in different ways.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conflict {
    /// The place in the result.
    pub path: Path,
    /// What stood there before; `None` = nothing.
    pub base: Option<Value>,
    /// What we say; it stands in the result.
    pub ours: Option<Value>,
    /// What they say.
    pub theirs: Option<Value>,
    /// Why it can not be decided, lower case, no full stop.
    pub reason: String,
}

/// A step of theirs that got another id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renamed {
    /// The id that both sides used.
    pub from: String,
    /// The id of their step in the result.
    pub to: String,
}

/// Members of a shape of which only one can be there (journeys.md 3; segments-and-endpoints.md 2).
const ONE_OF: &[(&str, &[&str])] = &[
    (
        "Activity",
        &[
            "CUSTOM",
            "ConditionalSplit",
            "EMAIL",
            "Holdout",
            "MultiCondition",
            "PUSH",
            "RandomSplit",
            "SMS",
            "Wait",
            "ContactCenter",
        ],
    ),
    ("WaitTime", &["WaitFor", "WaitUntil"]),
    ("SimpleCondition", &["EventCondition", "SegmentCondition", "segmentDimensions"]),
    ("StartCondition", &["EventStartCondition", "SegmentStartCondition"]),
    ("WriteSegmentRequest", &["Dimensions", "SegmentGroups"]),
];

/// Instants that the service writes: of two the later counts.
const STAMPS: &[&str] = &["CreationDate", "LastModifiedDate"];

/// The reason of most conflicts.
const BOTH: &str = "both sides changed it";

/// Brings `ours` and `theirs` together, both made from `base`; without one every member counts as added by both.
pub fn merge(document: &DocumentId, base: Option<&Value>, ours: &Value, theirs: &Value) -> Merged {
    let shape = document.shape().and_then(shapes::find);
    let is_journey = matches!(document, DocumentId::Journey(_));
    let (theirs, renamed) = match is_journey {
        true => keep_apart(base, ours, theirs),
        false => (theirs.clone(), Vec::new()),
    };
    let canvas = matches!(document, DocumentId::Canvas(_));
    let mut merge = Merge { path: Path::default(), conflicts: Vec::new(), canvas };
    let value = merge.value(shape, base, Some(ours), Some(&theirs)).unwrap_or_else(|| ours.clone());
    let mut merged = Merged { value, theirs, conflicts: merge.conflicts, renamed };
    if is_journey {
        keep_led_to(&mut merged, base, ours);
    }
    merged
}

/// The steps of a journey.
fn steps(journey: &Value) -> Option<&Map<String, Value>> {
    journey.get("Activities")?.as_object()
}

/// Gives steps of theirs whose id ours uses for another new step an id that nobody uses.
fn keep_apart(base: Option<&Value>, ours: &Value, theirs: &Value) -> (Value, Vec<Renamed>) {
    let (Some(our_steps), Some(their_steps)) = (steps(ours), steps(theirs)) else {
        return (theirs.clone(), Vec::new());
    };
    let known = |id: &str| base.and_then(steps).is_some_and(|steps| steps.contains_key(id));
    let clashes = |id: &&String| !known(id) && our_steps.get(*id).is_some_and(|step| *step != their_steps[*id]);
    let mut used = BTreeSet::new();
    for version in base.into_iter().chain([ours, theirs]) {
        words(version, &mut used);
    }
    let journey = Journey::of(theirs);
    let mut new_ids: BTreeMap<String, String> = BTreeMap::new();
    for id in their_steps.keys().filter(clashes) {
        let kind = journey.and_then(|journey| journey.activity(id)).and_then(|activity| activity.kind());
        let stem = kind.map_or("activity", stem);
        let free = |n: &usize| {
            let name = format!("{stem}{n}");
            !used.contains(name.as_str()) && !new_ids.values().any(|taken| *taken == name)
        };
        if let Some(n) = (1..).find(free) {
            new_ids.insert(id.clone(), format!("{stem}{n}"));
        }
    }
    let mut theirs = theirs.clone();
    if !new_ids.is_empty()
        && let Some(object) = theirs.as_object_mut()
    {
        if let Some(Value::String(start)) = object.get_mut("StartActivity")
            && let Some(new) = new_ids.get(start)
        {
            start.clone_from(new);
        }
        if let Some(Value::Object(steps)) = object.get_mut("Activities") {
            let renamed = std::mem::take(steps).into_iter().map(|(id, mut step)| {
                refer(&mut step, &mut |_, id| Some(new_ids.get(id).map_or_else(|| id.to_owned(), Clone::clone)));
                (new_ids.get(&id).cloned().unwrap_or(id), step)
            });
            *steps = renamed.collect();
        }
    }
    (theirs, new_ids.into_iter().map(|(from, to)| Renamed { from, to }).collect())
}

/// A step that is gone although something leads to it is a conflict; where ours has it, it stays.
fn keep_led_to(merged: &mut Merged, base: Option<&Value>, ours: &Value) {
    let none = Map::new();
    let our_steps = steps(ours).unwrap_or(&none);
    let their_steps = steps(&merged.theirs).cloned().unwrap_or_default();
    // What a side names and does not have itself is no work of the merge.
    let known = [named_but_gone(ours), named_but_gone(&merged.theirs)];
    loop {
        let missing = named_but_gone(&merged.value).into_iter().find(|(id, _)| {
            let place = Path(vec!["Activities".into(), id.into()]);
            let there = our_steps.contains_key(id) || their_steps.contains_key(id);
            there
                && !known.iter().any(|known| known.contains_key(id))
                && !merged.conflicts.iter().any(|conflict| conflict.path == place)
        });
        let Some((id, from)) = missing else { return };
        merged.conflicts.push(Conflict {
            path: Path(vec!["Activities".into(), Step::from(&id)]),
            base: base.and_then(steps).and_then(|steps| steps.get(&id)).cloned(),
            ours: our_steps.get(&id).cloned(),
            theirs: their_steps.get(&id).cloned(),
            reason: format!("one side removed it, and {from} leads to it"),
        });
        if let (Some(step), Some(Value::Object(steps))) = (our_steps.get(&id), merged.value.get_mut("Activities")) {
            steps.insert(id, step.clone());
        }
    }
}

/// Ids that a journey names and does not have, each with what names it as a phrase.
fn named_but_gone(journey: &Value) -> BTreeMap<String, String> {
    let mut gone = BTreeMap::new();
    let none = Map::new();
    let steps = steps(journey).unwrap_or(&none);
    let mut note = |id: &str, from: &dyn Fn() -> String| {
        if !id.is_empty() && !steps.contains_key(id) {
            gone.entry(id.to_owned()).or_insert_with(from);
        }
    };
    if let Some(start) = journey.get("StartActivity").and_then(Value::as_str) {
        note(start, &|| "the entry".to_owned());
    }
    for (from, step) in steps {
        refer(&mut step.clone(), &mut |_, id| {
            note(id, &|| format!("`{from}`"));
            Some(id.to_owned())
        });
    }
    gone
}

struct Merge {
    /// Where we are, in the result.
    path: Path,
    conflicts: Vec<Conflict>,
    canvas: bool,
}

impl Merge {
    /// What a place says when both sides are brought together; `None` = nothing stands there.
    fn value(
        &mut self,
        shape: Option<&'static Shape>,
        base: Option<&Value>,
        ours: Option<&Value>,
        theirs: Option<&Value>,
    ) -> Option<Value> {
        if ours == theirs || base == theirs {
            return ours.cloned();
        }
        if base == ours {
            return theirs.cloned();
        }
        let none = Map::new();
        match (ours, theirs) {
            (Some(Value::Object(one)), Some(Value::Object(other))) => match base {
                Some(Value::Object(base)) => self.object(shape, base, one, other),
                None => self.object(shape, &none, one, other),
                Some(_) => self.conflict(base, ours, theirs, BOTH),
            },
            (Some(Value::Array(one)), Some(Value::Array(other))) => match base {
                Some(Value::Array(base)) => self.list(shape, base, one, other),
                _ => self.conflict(base, ours, theirs, BOTH),
            },
            (Some(Value::String(one)), Some(Value::String(other))) if self.is_stamp() => {
                Some(one.max(other).as_str().into())
            }
            (None, _) | (_, None) => self.conflict(base, ours, theirs, "one side removed it, the other changed it"),
            _ => self.conflict(base, ours, theirs, BOTH),
        }
    }

    fn is_stamp(&self) -> bool {
        matches!(self.path.0.as_slice(), [Step::Key(name)] if STAMPS.contains(&name.as_str()))
    }

    fn object(
        &mut self,
        shape: Option<&'static Shape>,
        base: &Map<String, Value>,
        ours: &Map<String, Value>,
        theirs: &Map<String, Value>,
    ) -> Option<Value> {
        let before = self.conflicts.len();
        // Members in our order; each that only they have stands behind the one it stands behind there.
        let mut names: Vec<&String> = ours.keys().collect();
        let mut last: Option<usize> = None;
        for name in theirs.keys() {
            match names.iter().position(|known| *known == name) {
                Some(place) => last = Some(place),
                None => {
                    let place = last.map_or(0, |place| place + 1);
                    names.insert(place, name);
                    last = Some(place);
                }
            }
        }
        let mut result = Map::new();
        for name in names {
            self.path.0.push(name.into());
            let merged = self.value(inside(shape, name), base.get(name), ours.get(name), theirs.get(name));
            self.path.0.pop();
            if let Some(value) = merged {
                result.insert(name.clone(), value);
            }
        }
        let excluding = shape.and_then(|shape| ONE_OF.iter().find(|(name, _)| *name == shape.name));
        if let Some((_, members)) = excluding {
            let there = |object: &Map<String, Value>| members.iter().filter(|name| object.contains_key(**name)).count();
            let replaced = self.conflicts[before..].iter().any(|conflict| {
                conflict.path.0.len() == self.path.0.len() + 1 && (conflict.ours.is_none() || conflict.theirs.is_none())
            });
            if replaced || there(&result) > there(ours).max(there(theirs)) {
                self.conflicts.truncate(before);
                let whole = |object: &Map<String, Value>| Value::Object(object.clone());
                let base = (!base.is_empty()).then(|| whole(base));
                let reason = "both sides made it something else";
                return self.conflict(base.as_ref(), Some(&whole(ours)), Some(&whole(theirs)), reason);
            }
        }
        Some(Value::Object(result))
    }

    fn list(
        &mut self,
        shape: Option<&'static Shape>,
        base: &[Value],
        ours: &[Value],
        theirs: &[Value],
    ) -> Option<Value> {
        let inner = match shape.map(|shape| shape.kind) {
            Some(Kind::List(inner)) => Some(&SHAPES[inner]),
            _ => None,
        };
        let words = match inner.map(|inner| inner.kind) {
            Some(kind) => matches!(kind, Kind::Text | Kind::Words(_)),
            None => self.canvas && [base, ours, theirs].into_iter().flatten().all(Value::is_string),
        };
        let before = self.conflicts.len();
        let merged = match lists::plan(inner, words, base, ours, theirs) {
            Some(elements) => elements
                .into_iter()
                .enumerate()
                .map(|(place, element)| {
                    self.path.0.push(place.into());
                    let value = self.value(inner, element.base, element.ours, element.theirs);
                    self.path.0.pop();
                    value
                })
                // An element that one side removed and the other changed is not to be named by its place in the list.
                .collect::<Option<Vec<Value>>>(),
            None => None,
        };
        match merged {
            Some(list) => Some(Value::Array(list)),
            None => {
                self.conflicts.truncate(before);
                let whole = |list: &[Value]| Value::Array(list.to_vec());
                let reason = "both sides changed the list in ways that do not fit together";
                self.conflict(Some(&whole(base)), Some(&whole(ours)), Some(&whole(theirs)), reason)
            }
        }
    }

    fn conflict(
        &mut self,
        base: Option<&Value>,
        ours: Option<&Value>,
        theirs: Option<&Value>,
        reason: &str,
    ) -> Option<Value> {
        self.conflicts.push(Conflict {
            path: self.path.clone(),
            base: base.cloned(),
            ours: ours.cloned(),
            theirs: theirs.cloned(),
            reason: reason.to_owned(),
        });
        ours.cloned()
    }
}

/// The shape of a member; `None` = no shape knows it.
fn inside(shape: Option<&'static Shape>, name: &str) -> Option<&'static Shape> {
    match shape?.kind {
        Kind::Structure(members) => {
            members.iter().find(|member| member.name == name).map(|member| &SHAPES[member.shape])
        }
        Kind::Map(inner) => Some(&SHAPES[inner]),
        _ => None,
    }
}
