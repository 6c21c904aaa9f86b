//! Copies: activities as text to paste elsewhere, and their twins in the same journey.
//!
//! What is copied is Pinpoint's own JSON: a `WriteJourneyRequest` of which only `Name`, `StartActivity` and the chosen
//! `Activities` are there. So a copy can be pasted into a chat, a file or another window, and a whole journey's JSON can be
//! pasted as if it had been copied here.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{Origin, has_activities, lead, stem, target};
use crate::activity::{Activity, Slot};
use crate::edit::Edit;
use crate::journey::Journey;
use crate::open;
use crate::path;
use crate::project::DocumentId;
use crate::view::View;

/// Members that name the next activity (journeys.md 4).
const NEXT: [&str; 4] = ["NextActivity", "TrueActivity", "FalseActivity", "DefaultActivity"];
/// The member of a condition that names the message it asks about.
const MESSAGE: &str = "MessageActivity";

/// The activities `ids` of a journey as a document of their own, unchanged and in the journey's order; ids that are not
/// there are left out.
pub fn copy(journey: Journey, ids: &[String]) -> Value {
    let members = journey.wire.object().get("Activities").and_then(Value::as_object);
    let chosen: Map<String, Value> = members
        .into_iter()
        .flatten()
        .filter(|(id, _)| ids.contains(id))
        .map(|(id, value)| (id.clone(), value.clone()))
        .collect();
    let mut copied = Map::new();
    if let Some(name) = journey.wire.object().get("Name") {
        copied.insert("Name".to_owned(), name.clone());
    }
    let start = journey.wire.start_activity().filter(|id| chosen.contains_key(*id));
    if let Some(start) = start {
        copied.insert("StartActivity".to_owned(), json!(start));
    }
    copied.insert("Activities".to_owned(), Value::Object(chosen));
    Value::Object(copied)
}

/// The first journey with activities that `value` holds, bare or wrapped as the SDKs and the CLI print it
/// ([`open::resources`]); `None` = nothing to paste.
pub fn pasted(value: &Value) -> Option<Value> {
    let all = open::resources(value, "");
    let journeys = all.into_iter().filter(|found| matches!(found.id, DocumentId::Journey(_)));
    journeys.map(|found| found.value).find(|journey| {
        journey.get("Activities").and_then(Value::as_object).is_some_and(|activities| !activities.is_empty())
    })
}

/// Whether what is [`pasted`] is a part of a journey, as [`copy`] makes it, and not a whole one: that has an entry, a
/// state or other settings.
pub fn is_part(pasted: &Value) -> bool {
    let members = pasted.as_object().into_iter().flatten();
    members.map(|(name, _)| name.as_str()).all(|name| matches!(name, "Name" | "StartActivity" | "Activities"))
}

/// Puts the activities of `copied` into the journey under new ids. Answers the edit and the ids, in the order of `copied`.
///
/// Connections among them stay, those that lead elsewhere end. Conditions that ask about a message which was not copied
/// keep it if it is the same journey by name and the message is there. On a connection, the copied path stands in its
/// middle: what it led to comes after. Without one they stand beside the journey, unless that has no start.
pub fn paste(
    document: &DocumentId,
    journey: Journey,
    copied: &Value,
    onto: Option<&Origin>,
) -> Option<(Edit, Vec<String>)> {
    let source = Journey::of(copied)?;
    let members = copied.get("Activities")?.as_object().filter(|members| !members.is_empty())?;
    let same = copied.get("Name").is_some_and(|name| journey.wire.object().get("Name") == Some(name));
    let renamed = rename(journey, source, members);
    let mut values: BTreeMap<&str, Value> = BTreeMap::new();
    for (id, value) in members {
        let mut value = value.clone();
        refer(&mut value, &mut |member, id| match renamed.get(id) {
            Some(new) => Some(new.clone()),
            None if member == MESSAGE => (same && journey.activity(id).is_some()).then(|| id.to_owned()),
            None => None,
        });
        values.insert(id, value);
    }
    let entry = Origin::Entry;
    let onto = onto.or_else(|| target(journey, &entry).is_none().then_some(&entry));
    let mut edit = Edit::new(match members.len() {
        1 => "Paste activity".to_owned(),
        n => format!("Paste {n} activities"),
    });
    if !has_activities(journey) {
        edit = edit.set(document, path!["Activities"], json!({}));
    }
    let mut link = None;
    if let Some(origin) = onto {
        let root = root(source, members);
        link = Some(lead(document, journey, origin, renamed.get(root).map(String::as_str))?);
        if let (Some(after), Some((last, slot))) = (target(journey, origin), open_end(source, members, root)) {
            // the activity as it will be, so that the path to the way out is found in it
            if let Some(value) = values.get_mut(last) {
                set_way(value, slot, after);
            }
        }
    }
    let ids: Vec<String> = members.keys().map(|id| renamed[id.as_str()].clone()).collect();
    for (id, new) in members.keys().zip(&ids) {
        if let Some(value) = values.remove(id.as_str()) {
            edit = edit.set(document, path!["Activities", new], value);
        }
    }
    edit.changes.extend(link);
    Some((edit, ids))
}

/// Puts twins of activities beside them: same settings; connections and conditions among them lead among the twins, all
/// others where they led. Nothing leads to the twins yet. Answers the edit and the new ids; `None` when none is there.
pub fn duplicate(document: &DocumentId, journey: Journey, ids: &[String]) -> Option<(Edit, Vec<String>)> {
    let copied = copy(journey, ids);
    let members = copied.get("Activities")?.as_object().filter(|members| !members.is_empty())?;
    let renamed = rename(journey, Journey::of(&copied)?, members);
    let mut edit = Edit::new(match (members.len(), members.keys().next().and_then(|id| journey.activity(id))) {
        (1, Some(activity)) => format!("Duplicate {}", activity.label()),
        (n, _) => format!("Duplicate {n} activities"),
    });
    for (id, value) in members {
        let mut value = value.clone();
        refer(&mut value, &mut |_, id| Some(renamed.get(id).map_or_else(|| id.to_owned(), Clone::clone)));
        edit = edit.set(document, path!["Activities", &renamed[id.as_str()]], value);
    }
    Some((edit, members.keys().map(|id| renamed[id.as_str()].clone()).collect()))
}

/// New ids for all `members`, none of which the journey uses or refers to.
fn rename<'a>(journey: Journey, source: Journey, members: &'a Map<String, Value>) -> BTreeMap<&'a str, String> {
    let mut used = BTreeSet::new();
    journey.wire.object().values().for_each(|value| words(value, &mut used));
    let mut next: BTreeMap<&str, usize> = BTreeMap::new();
    let mut renamed = BTreeMap::new();
    for id in members.keys() {
        let stem = source.activity(id).and_then(|activity| activity.kind()).map_or("activity", stem);
        let n = next.entry(stem).or_insert(1);
        while used.contains(format!("{stem}{n}").as_str()) {
            *n += 1;
        }
        renamed.insert(id.as_str(), format!("{stem}{n}"));
        *n += 1;
    }
    renamed
}

/// All texts and member names in `value`.
pub(crate) fn words<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::String(text) => drop(found.insert(text)),
        Value::Array(list) => list.iter().for_each(|element| words(element, found)),
        Value::Object(object) => {
            for (key, element) in object {
                found.insert(key);
                words(element, found);
            }
        }
        _ => {}
    }
}

/// Replaces each mention of an activity by what `to` answers for its member and id; takes it away on `None`.
pub(crate) fn refer(value: &mut Value, to: &mut dyn FnMut(&str, &str) -> Option<String>) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(|element| refer(element, to)),
        Value::Object(object) => {
            let mut gone = Vec::new();
            for (member, element) in object.iter_mut() {
                match element {
                    Value::String(id) if member == MESSAGE || NEXT.contains(&member.as_str()) => {
                        if id.is_empty() {
                            continue;
                        }
                        match to(member, id) {
                            Some(new) => *id = new,
                            None => gone.push(member.clone()),
                        }
                    }
                    element => refer(element, to),
                }
            }
            for member in gone {
                object.shift_remove(&member);
            }
        }
        _ => {}
    }
}

/// Where a copied path begins: at its start, else at the first activity that no other one leads to.
fn root<'a>(source: Journey<'a>, members: &'a Map<String, Value>) -> &'a str {
    let start = source.wire.start_activity().filter(|id| members.contains_key(*id));
    let reached: BTreeSet<&str> = source.activities().iter().flat_map(targets).collect();
    let free = || members.keys().map(String::as_str).find(|id| !reached.contains(id));
    start.or_else(free).or_else(|| members.keys().next().map(String::as_str)).unwrap_or_default()
}

fn targets<'a>(activity: &Activity<'a>) -> Vec<&'a str> {
    activity.connections().into_iter().filter_map(|way| way.target).collect()
}

/// The first way out, from the root on, that leads to nothing copied.
fn open_end<'a>(source: Journey<'a>, members: &'a Map<String, Value>, root: &'a str) -> Option<(&'a str, Slot)> {
    let mut seen = BTreeSet::from([root]);
    let mut open = std::collections::VecDeque::from([root]);
    while let Some(id) = open.pop_front() {
        let (id, _) = members.get_key_value(id)?;
        for way in source.activity(id)?.connections() {
            match way.target.filter(|to| members.contains_key(*to)) {
                None => return Some((id, way.slot)),
                Some(to) if seen.insert(to) => open.push_back(to),
                Some(_) => {}
            }
        }
    }
    None
}

/// Makes a way out of an activity's JSON lead to `to`.
fn set_way(value: &mut Value, slot: Slot, to: &str) {
    let Some(path) = Activity::of("", value).map(|activity| activity.slot_path(slot)) else { return };
    // the path begins with `Activities` and the id
    let mut at = value;
    for step in path.0.iter().skip(2) {
        let next = match step {
            crate::path::Step::Key(key) => {
                at.as_object_mut().map(|object| object.entry(key.clone()).or_insert(Value::Null))
            }
            crate::path::Step::Index(index) => at.as_array_mut().and_then(|list| list.get_mut(*index)),
        };
        let Some(next) = next else { return };
        at = next;
    }
    *at = json!(to);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Project;

    fn id() -> DocumentId {
        DocumentId::Journey("welcome".to_owned())
    }

    fn welcome() -> Value {
        json!({"Name": "Welcome", "StartActivity": "email1", "Activities": {
            "email1": {"Description": "Hello", "EMAIL": {"TemplateName": "hello", "NextActivity": "split1"}},
            "split1": {"ConditionalSplit": {
                "Condition": {"Conditions": [{"EventCondition": {"MessageActivity": "email1"}}]},
                "TrueActivity": "wait1", "FalseActivity": "sms1"}},
            "wait1": {"Wait": {"NextActivity": "sms1"}},
            "sms1": {"SMS": {"TemplateName": "hello"}},
        }})
    }

    /// The journey after an edit.
    fn after(value: &Value, edit: &Edit) -> Value {
        let mut project = Project::default();
        project.documents.insert(id(), value.clone());
        let before = project.clone();
        let back = project.apply(edit).expect("the edit fits");
        let after = project.documents[&id()].clone();
        project.apply(&back).expect("the inverse fits");
        assert_eq!(project, before);
        after
    }

    fn chosen(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn a_copy_is_pinpoints_json_and_lands_on_a_connection() {
        let value = welcome();
        let journey = Journey::of(&value).expect("a journey");
        let copied = copy(journey, &chosen(&["split1", "wait1"]));
        assert_eq!(copied["Activities"]["wait1"], value["Activities"]["wait1"]);
        let onto = Origin::Activity("wait1".into(), Slot::Next);
        let (edit, ids) = paste(&id(), journey, &copied, Some(&onto)).expect("it fits");
        assert_eq!(ids, ["split2", "wait2"]);
        let pasted = after(&value, &edit);
        assert_eq!(pasted["Activities"]["wait1"]["Wait"]["NextActivity"], "split2");
        let split = &pasted["Activities"]["split2"]["ConditionalSplit"];
        // its No led to what is not copied, so it is the end that leads on
        assert_eq!((&split["TrueActivity"], &split["FalseActivity"]), (&json!("wait2"), &json!("sms1")));
        assert_eq!(split["Condition"]["Conditions"][0]["EventCondition"]["MessageActivity"], "email1");
        assert_eq!(pasted["Activities"]["wait2"]["Wait"].get("NextActivity"), None);
    }

    #[test]
    fn a_whole_journey_as_the_cli_prints_it_is_pasted_into_another() {
        let printed = json!({"JourneyResponse": welcome()});
        let copied = pasted(&printed).expect("a journey");
        let other = json!({"Name": "Other", "Activities": {"sms1": {"SMS": {"NextActivity": "gone"}}}});
        let (edit, ids) = paste(&id(), Journey::of(&other).expect("a journey"), &copied, None).expect("it fits");
        assert_eq!(ids, ["email1", "split1", "wait1", "sms2"]);
        let pasted = after(&other, &edit);
        assert_eq!(pasted["StartActivity"], "email1", "a journey without a start begins with it");
        assert_eq!(pasted["Activities"]["split1"]["ConditionalSplit"]["FalseActivity"], "sms2");
        assert_eq!(pasted["Activities"]["sms1"]["SMS"]["NextActivity"], "gone");
        // of part of it, what is elsewhere is forgotten
        let part = copy(Journey::of(&copied).expect("a journey"), &chosen(&["split1"]));
        let (edit, _) = paste(&id(), Journey::of(&other).expect("a journey"), &part, None).expect("it fits");
        let split = &after(&other, &edit)["Activities"]["split1"]["ConditionalSplit"];
        assert_eq!(split, &json!({"Condition": {"Conditions": [{"EventCondition": {}}]}}));
    }

    #[test]
    fn a_copy_is_a_part_and_what_has_an_entry_or_settings_is_whole() {
        let value = welcome();
        assert!(is_part(&copy(Journey::of(&value).expect("a journey"), &chosen(&["email1", "wait1"]))));
        for whole in ["StartCondition", "State", "Id", "Limits"] {
            let mut value = value.clone();
            value[whole] = json!({});
            assert!(!is_part(&value), "{whole}");
        }
    }

    #[test]
    fn what_is_no_journey_is_not_pasted() {
        for text in ["null", "[]", "{}", r#"{"Activities": {}}"#, r#"{"Dimensions": {}}"#, r#"{"Activities": 3}"#] {
            let value: Value = serde_json::from_str(text).expect("JSON");
            assert_eq!(pasted(&value), None, "{text}");
        }
        let value = welcome();
        let journey = Journey::of(&value).expect("a journey");
        assert_eq!(paste(&id(), journey, &json!({"Activities": {}}), None), None);
        assert_eq!(duplicate(&id(), journey, &chosen(&["nobody"])), None);
    }

    #[test]
    fn twins_lead_among_themselves_and_otherwise_where_the_others_do() {
        let value = welcome();
        let journey = Journey::of(&value).expect("a journey");
        let (edit, ids) = duplicate(&id(), journey, &chosen(&["wait1", "split1"])).expect("they are there");
        assert_eq!((edit.label.as_str(), ids), ("Duplicate 2 activities", chosen(&["split2", "wait2"])));
        let made = after(&value, &edit);
        let split = &made["Activities"]["split2"]["ConditionalSplit"];
        assert_eq!((&split["TrueActivity"], &split["FalseActivity"]), (&json!("wait2"), &json!("sms1")));
        assert_eq!(made["Activities"]["wait2"]["Wait"]["NextActivity"], "sms1");
        assert_eq!(made["StartActivity"], "email1");
    }
}
