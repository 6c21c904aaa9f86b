//! What differs between a resource on the target and the document that is to be there.

use model::shapes::{Kind, SHAPES, Shape};
use model::{Path, Step, time};
use serde_json::Value;

use crate::resource;

/// A member that an update would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The member.
    pub path: Path,
    /// JSON text on the target; `-` = absent.
    pub before: String,
    /// JSON text in the project; `-` = absent.
    pub after: String,
}

/// Every difference between `before`, an answer of the service, and `after`, a request.
///
/// Equal are: a number and its other spelling, a timestamp and its other spelling, and absent, `null`, empty and `false`
/// members, since the service leaves out empty members and may spell out defaults (api.md 1). Members that only the
/// response shape has are not compared, at whatever depth, nor is anything at the top that `ignore` names.
pub(crate) fn differences(
    request: &Shape,
    response: Option<&Shape>,
    ignore: &[&str],
    before: &Value,
    after: &Value,
) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut before = before.clone();
    let mut after = after.clone();
    for side in [&mut before, &mut after] {
        if let Some(response) = response {
            resource::leave_out(request, response, side);
        }
        if let Some(object) = side.as_object_mut() {
            object.retain(|name, _| !ignore.contains(&name.as_str()));
        }
    }
    compare(Some(request), &before, &after, &mut Path::default(), &mut found);
    found
}

fn compare(shape: Option<&Shape>, before: &Value, after: &Value, path: &mut Path, found: &mut Vec<Difference>) {
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            let names = new.keys().chain(old.keys().filter(|name| !new.contains_key(*name)));
            for name in names {
                let inner = match shape.map(|shape| shape.kind) {
                    Some(Kind::Structure(members)) => {
                        members.iter().find(|member| member.name == name).map(|member| &SHAPES[member.shape])
                    }
                    Some(Kind::Map(inner)) => Some(&SHAPES[inner]),
                    _ => None,
                };
                path.0.push(Step::Key(name.clone()));
                let member = |object: &serde_json::Map<String, Value>| object.get(name).cloned().unwrap_or_default();
                compare(inner, &member(old), &member(new), path, found);
                path.0.pop();
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            let inner = match shape.map(|shape| shape.kind) {
                Some(Kind::List(inner)) => Some(&SHAPES[inner]),
                _ => None,
            };
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                path.0.push(Step::Index(index));
                compare(inner, old, new, path, found);
                path.0.pop();
            }
        }
        _ if before == after || is_nothing(before) && is_nothing(after) || same_spelled(shape, before, after) => {}
        _ => found.push(Difference { path: path.clone(), before: text(before), after: text(after) }),
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(object) => object.values().all(is_nothing),
        _ => false,
    }
}

fn same_spelled(shape: Option<&Shape>, before: &Value, after: &Value) -> bool {
    match (before, after) {
        (Value::Number(a), Value::Number(b)) => a.as_f64().is_some() && a.as_f64() == b.as_f64(),
        (Value::String(a), Value::String(b)) if matches!(shape.map(|shape| shape.kind), Some(Kind::Timestamp)) => {
            time::parse_instant(a).is_some() && time::parse_instant(a) == time::parse_instant(b)
        }
        _ => false,
    }
}

fn text(value: &Value) -> String {
    if value.is_null() { "-".to_owned() } else { value.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::shapes::find;
    use serde_json::json;

    fn found(before: Value, after: Value) -> Vec<String> {
        let request = find("WriteJourneyRequest").expect("the API has it");
        differences(request, find("JourneyResponse"), &["State"], &before, &after)
            .into_iter()
            .map(|d| format!("{}: {} -> {}", d.path, d.before, d.after))
            .collect()
    }

    #[test]
    fn spelling_and_defaults_are_no_differences() {
        let before = json!({"Id": "1", "Name": "a", "State": "ACTIVE", "Schedule": {"StartTime": "2026-01-01T00:00:00.000Z"},
            "LocalTime": false, "Limits": {}, "Activities": {"a": {"RandomSplit": {"Branches": [{"Percentage": 50.0}]}}}});
        let after = json!({"Name": "a", "State": "DRAFT", "Schedule": {"StartTime": "2026-01-01T00:00:00Z"},
            "Activities": {"a": {"RandomSplit": {"Branches": [{"Percentage": 50}]}}}, "RefreshFrequency": null});
        assert_eq!(found(before, after), Vec::<String>::new());
    }

    #[test]
    fn each_changed_member_is_named() {
        let before = json!({"Name": "a", "Activities": {"w": {"Wait": {"WaitTime": {"WaitFor": "PT1H"}}}, "x": {"Holdout": {"Percentage": 5}}}});
        let after = json!({"Name": "b", "Activities": {"w": {"Wait": {"WaitTime": {"WaitFor": "PT2H"}}}}});
        assert_eq!(
            found(before, after),
            [
                r#"Name: "a" -> "b""#,
                r#"Activities.w.Wait.WaitTime.WaitFor: "PT1H" -> "PT2H""#,
                r#"Activities.x: {"Holdout":{"Percentage":5}} -> -"#
            ]
        );
    }
}
