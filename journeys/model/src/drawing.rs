//! Drawing a journey: each gesture of the canvas as one [`Edit`], and whether it may happen.
//!
//! Takes a journey document and what the gesture means; gives the edit. Never changes anything itself.

pub mod canvas;
pub(crate) mod copy;
mod targets;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::activity::{Activity, ActivityKind, Payload, Slot};
use crate::edit::{Change, Edit};
use crate::journey::Journey;
use crate::path;
use crate::path::Path;
use crate::project::DocumentId;
use crate::view::View;

pub use canvas::{pin, unpin};
pub(crate) use copy::refer;
pub use copy::{copy, duplicate, is_part, paste, pasted};
pub use targets::{leading_to, refusals};

/// The start of a connection: the entry, or a way out of an activity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// The entry; its target is `StartActivity`.
    Entry,
    /// A way out of an activity.
    Activity(String, Slot),
}

impl Origin {
    /// Its name in `NAME.canvas.json` and on the page: the activity's id and the way out, `split1/no`; `@entry`.
    pub fn key(&self) -> String {
        match self {
            Origin::Entry => "@entry".to_owned(),
            Origin::Activity(id, slot) => match slot {
                Slot::Next => format!("{id}/next"),
                Slot::Yes => format!("{id}/yes"),
                Slot::No => format!("{id}/no"),
                Slot::Else => format!("{id}/else"),
                Slot::Branch(branch) => format!("{id}/{branch}"),
            },
        }
    }
}

/// Why a connection may not be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It leads from an activity to itself.
    Itself,
    /// It would lead back to where it comes from (J008).
    Cycle,
    /// The journey has no such activity, or the activity no such way out.
    Unknown,
}

impl Refusal {
    /// The reason, as a sentence for people.
    pub fn reason(self) -> &'static str {
        match self {
            Refusal::Itself => "An activity can not lead to itself.",
            Refusal::Cycle => "This would be a loop: a journey only goes forward.",
            Refusal::Unknown => "There is no such activity.",
        }
    }
}

/// An id for a new activity of `kind`, unused in the journey: `email1`, `email2`, … (letters and digits only, J004).
///
/// An id that something still refers to counts as used, though no such activity is there: a new one would be connected
/// by accident.
pub fn new_id(journey: Journey, kind: ActivityKind) -> String {
    let stem = stem(kind);
    let mut used = BTreeSet::new();
    journey.wire.object().values().for_each(|value| words_from(stem, value, &mut used));
    let mut n = 1;
    while used.contains(format!("{stem}{n}").as_str()) {
        n += 1;
    }
    format!("{stem}{n}")
}

/// What the ids of new activities of a kind begin with.
pub(crate) fn stem(kind: ActivityKind) -> &'static str {
    match kind {
        ActivityKind::Email => "email",
        ActivityKind::Push => "push",
        ActivityKind::Sms => "sms",
        ActivityKind::Custom => "custom",
        ActivityKind::ContactCenter => "call",
        ActivityKind::Wait => "wait",
        ActivityKind::ConditionalSplit => "split",
        ActivityKind::MultiCondition => "multi",
        ActivityKind::RandomSplit => "random",
        ActivityKind::Holdout => "holdout",
    }
}

/// All texts and member names in `value` that begin with `stem`.
fn words_from<'a>(stem: &str, value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::String(text) if text.starts_with(stem) => {
            found.insert(text);
        }
        Value::Array(list) => list.iter().for_each(|element| words_from(stem, element, found)),
        Value::Object(object) => {
            for (key, element) in object {
                if key.starts_with(stem) {
                    found.insert(key);
                }
                words_from(stem, element, found);
            }
        }
        _ => {}
    }
}

/// A new activity of `kind` whose first way out leads to `next`, with the settings that most people start from.
pub fn new_activity(kind: ActivityKind, next: Option<&str>) -> Value {
    let mut activity = match kind {
        ActivityKind::Email => json!({"EMAIL": {}}),
        ActivityKind::Push => json!({"PUSH": {}}),
        ActivityKind::Sms => json!({"SMS": {"MessageConfig": {"MessageType": "PROMOTIONAL"}}}),
        ActivityKind::Custom => json!({"CUSTOM": {"DeliveryUri": "", "EndpointTypes": ["CUSTOM"]}}),
        ActivityKind::ContactCenter => json!({"ContactCenter": {}}),
        ActivityKind::Wait => json!({"Wait": {"WaitTime": {"WaitFor": "P1D"}}}),
        ActivityKind::ConditionalSplit => {
            json!({"ConditionalSplit": {"Condition": {"Conditions": [], "Operator": "ALL"}}})
        }
        ActivityKind::MultiCondition => json!({"MultiCondition": {"Branches": [{"Condition": {}}, {"Condition": {}}]}}),
        ActivityKind::RandomSplit => json!({"RandomSplit": {"Branches": [{"Percentage": 50}, {"Percentage": 50}]}}),
        ActivityKind::Holdout => json!({"Holdout": {"Percentage": 10}}),
    };
    if let Some(next) = next {
        let payload = &mut activity[kind.member()];
        match kind {
            ActivityKind::ConditionalSplit => payload["TrueActivity"] = json!(next),
            ActivityKind::MultiCondition | ActivityKind::RandomSplit => {
                payload["Branches"][0]["NextActivity"] = json!(next);
            }
            _ => payload["NextActivity"] = json!(next),
        }
    }
    activity
}

/// Where the target of a connection stands; `None` = the journey has no such activity, or that no such way out.
pub fn target_path(journey: Journey, origin: &Origin) -> Option<Path> {
    match origin {
        Origin::Entry => Some(path!["StartActivity"]),
        Origin::Activity(id, slot) => {
            let activity = journey.activity(id)?;
            activity.connections().iter().any(|way| way.slot == *slot).then(|| activity.slot_path(*slot))
        }
    }
}

/// Where a connection leads; `None` = to an end.
pub fn target<'a>(journey: Journey<'a>, origin: &Origin) -> Option<&'a str> {
    match origin {
        Origin::Entry => journey.wire.start_activity().filter(|id| !id.is_empty()),
        Origin::Activity(id, slot) => {
            journey.activity(id)?.connections().into_iter().find(|way| way.slot == *slot)?.target
        }
    }
}

/// A change that makes `origin` lead to `to`, or to an end.
fn lead(document: &DocumentId, journey: Journey, origin: &Origin, to: Option<&str>) -> Option<Change> {
    let path = target_path(journey, origin)?;
    let document = document.clone();
    Some(match to {
        Some(id) => Change::Set { document, path, value: json!(id), position: None },
        None => Change::Remove { document, path },
    })
}

/// Puts a new activity on a connection: what it led to comes after. Answers the edit and the new id.
pub fn insert(document: &DocumentId, journey: Journey, origin: &Origin, kind: ActivityKind) -> Option<(Edit, String)> {
    let id = new_id(journey, kind);
    Some((insert_as(document, journey, origin, kind, &id)?, id))
}

/// As [`insert`], for who has a [`new_id`] already: to look for one reads the whole journey.
pub fn insert_as(
    document: &DocumentId,
    journey: Journey,
    origin: &Origin,
    kind: ActivityKind,
    id: &str,
) -> Option<Edit> {
    let next = target(journey, origin);
    let mut edit = Edit::new(format!("Add {}", kind.title().to_lowercase()));
    if !has_activities(journey) {
        edit = edit.set(document, path!["Activities"], json!({}));
    }
    edit = edit.set(document, path!["Activities", id], new_activity(kind, next));
    edit.changes.push(lead(document, journey, origin, Some(id))?);
    Some(edit)
}

fn has_activities(journey: Journey) -> bool {
    journey.wire.object().get("Activities").is_some_and(Value::is_object)
}

/// Puts a new activity beside the journey, connected to nothing.
pub fn add_loose(document: &DocumentId, journey: Journey, kind: ActivityKind) -> (Edit, String) {
    let id = new_id(journey, kind);
    let mut edit = Edit::new(format!("Add {}", kind.title().to_lowercase()));
    if !has_activities(journey) {
        edit = edit.set(document, path!["Activities"], json!({}));
    }
    (edit.set(document, path!["Activities", &id], new_activity(kind, None)), id)
}

/// Whether `origin` may lead to `to`.
///
/// # Errors
/// With the reason why not.
pub fn can_connect(journey: Journey, origin: &Origin, to: &str) -> Result<(), Refusal> {
    if journey.activity(to).is_none() {
        return Err(Refusal::Unknown);
    }
    let Origin::Activity(from, _) = origin else { return Ok(()) };
    if target_path(journey, origin).is_none() {
        return Err(Refusal::Unknown);
    }
    if from == to {
        return Err(Refusal::Itself);
    }
    let mut open = vec![to];
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if id == from {
            return Err(Refusal::Cycle);
        }
        if !seen.insert(id) {
            continue;
        }
        let ways = journey.activity(id).map(|activity| activity.connections()).unwrap_or_default();
        open.extend(ways.iter().filter_map(|way| way.target));
    }
    Ok(())
}

/// Makes a connection lead to another activity.
///
/// # Errors
/// With the reason why it may not.
pub fn connect(document: &DocumentId, journey: Journey, origin: &Origin, to: &str) -> Result<Edit, Refusal> {
    can_connect(journey, origin, to)?;
    let change = lead(document, journey, origin, Some(to)).ok_or(Refusal::Unknown)?;
    Ok(Edit { label: "Connect".to_owned(), changes: vec![change] })
}

/// Makes a connection lead to an end.
pub fn disconnect(document: &DocumentId, journey: Journey, origin: &Origin) -> Option<Edit> {
    let change = lead(document, journey, origin, None)?;
    Some(Edit { label: "Disconnect".to_owned(), changes: vec![change] })
}

/// Takes activities out of the journey. What led to one leads to what followed it where it had a single way on, and to
/// an end otherwise.
pub fn delete(document: &DocumentId, journey: Journey, ids: &[String]) -> Edit {
    let gone: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
    let members = journey.wire.object().get("Activities").and_then(Value::as_object);
    // most activities have nothing to do with it, and a look at their texts is quicker than to read them
    let near = members.into_iter().flatten().filter(|(_, value)| mentions(value, &gone));
    delete_near(document, journey, ids, near.filter_map(|(id, value)| Activity::of(id, value)))
}

/// As [`delete`], for who knows which activities may lead to one that goes: `near`, in the order of the document.
pub fn delete_near<'a>(
    document: &DocumentId,
    journey: Journey,
    ids: &[String],
    near: impl Iterator<Item = Activity<'a>>,
) -> Edit {
    let gone: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
    let label = match ids {
        [id] => {
            journey.activity(id).map_or("Delete activity".to_owned(), |activity| format!("Delete {}", activity.label()))
        }
        _ => format!("Delete {} activities", ids.len()),
    };
    let mut edit = Edit::new(label);
    let onward = |start: &str| -> Option<String> {
        let mut at = Some(start.to_owned());
        let mut steps = 0;
        while let Some(id) = at.clone().filter(|id| gone.contains(id.as_str())) {
            steps += 1;
            let single = match journey.activity(&id).and_then(|activity| activity.payload) {
                Some(payload) if steps <= ids.len() => single_next(&payload),
                _ => None,
            };
            at = single.map(str::to_owned);
        }
        at
    };
    let mut lead_on = |origin: Origin, to: Option<&str>| {
        if let Some(to) = to.filter(|to| gone.contains(to)) {
            edit.changes.extend(lead(document, journey, &origin, onward(to).as_deref()));
        }
    };
    lead_on(Origin::Entry, journey.wire.start_activity());
    for activity in near {
        if !gone.contains(activity.id) {
            for way in activity.connections() {
                lead_on(Origin::Activity(activity.id.to_owned(), way.slot), way.target);
            }
        }
    }
    for id in ids {
        edit = edit.remove(document, path!["Activities", id]);
    }
    edit
}

/// Whether some text in `value` is one of these.
fn mentions(value: &Value, words: &BTreeSet<&str>) -> bool {
    match value {
        Value::String(text) => words.contains(text.as_str()),
        Value::Array(list) => list.iter().any(|element| mentions(element, words)),
        Value::Object(object) => object.values().any(|element| mentions(element, words)),
        _ => false,
    }
}

/// The next activity of a payload with one way out.
fn single_next<'a>(payload: &Payload<'a>) -> Option<&'a str> {
    let next = match payload {
        Payload::Email(activity) => activity.next_activity(),
        Payload::Push(activity) => activity.next_activity(),
        Payload::Sms(activity) => activity.next_activity(),
        Payload::Custom(activity) => activity.next_activity(),
        Payload::ContactCenter(activity) => activity.next_activity(),
        Payload::Wait(activity) => activity.next_activity(),
        Payload::Holdout(activity) => activity.next_activity(),
        Payload::ConditionalSplit(_) | Payload::MultiCondition(_) | Payload::RandomSplit(_) => None,
    };
    next.filter(|id| !id.is_empty())
}
