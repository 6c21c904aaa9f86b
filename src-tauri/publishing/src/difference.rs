//! What differs between a resource on the target and the document that is to be there.

use model::shapes::{Kind, SHAPES, Shape};
use model::{Path, Step, difference, naming, time};
use serde_json::Value;

use model::request as resource;

/// A member that an update would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The member.
    pub path: Path,
    /// JSON text on the target; `-` = absent.
    pub before: String,
    /// JSON text in the project; `-` = absent.
    pub after: String,
    /// The same as a sentence.
    pub words: String,
}

/// Every difference between `before`, an answer of the service, and `after`, a request.
///
/// Equal are: a number and its other spelling, a timestamp and its other spelling, and absent, `null`, empty and `false`
/// members, since the service leaves out empty members and may spell out defaults (api.md 1). Members that only the
/// response shape has are not compared, at whatever depth, nor is anything at the top that `ignore` names.
pub(crate) fn differences(
    request: &'static Shape,
    response: Option<&Shape>,
    ignore: &[&str],
    before: &Value,
    after: &Value,
) -> Vec<Difference> {
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
    let same = |path: &Path, old: Option<&Value>, new: Option<&Value>| match (old, new) {
        (Some(old), Some(new)) if same_spelled(inside(request, path), old, new) => true,
        _ => old.is_none_or(is_nothing) && new.is_none_or(is_nothing),
    };
    let told = |one: difference::Difference<'_>| Difference {
        words: naming::change(request, &one.path, something(one.before), something(one.after)),
        path: one.path,
        before: text(one.before),
        after: text(one.after),
    };
    difference::differences(Some(&before), Some(&after), &same).into_iter().map(told).collect()
}

/// The shape of the place `path` in a value of shape `whole`; `None` = no shape knows it.
fn inside(whole: &'static Shape, path: &Path) -> Option<&'static Shape> {
    path.0.iter().try_fold(whole, |shape, step| match (shape.kind, step) {
        (Kind::Structure(members), Step::Key(name)) => {
            members.iter().find(|member| member.name == name).map(|member| &SHAPES[member.shape])
        }
        (Kind::Map(inner), Step::Key(_)) | (Kind::List(inner), Step::Index(_)) => Some(&SHAPES[inner]),
        _ => None,
    })
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

fn same_spelled(shape: Option<&'static Shape>, before: &Value, after: &Value) -> bool {
    match (before, after) {
        (Value::Number(a), Value::Number(b)) => a.as_f64().is_some() && a.as_f64() == b.as_f64(),
        (Value::String(a), Value::String(b)) if matches!(shape.map(|shape| shape.kind), Some(Kind::Timestamp)) => {
            time::parse_instant(a).is_some() && time::parse_instant(a) == time::parse_instant(b)
        }
        _ => false,
    }
}

/// `null` is told as nothing.
fn text(value: Option<&Value>) -> String {
    difference::text(something(value))
}

fn something(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null())
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
