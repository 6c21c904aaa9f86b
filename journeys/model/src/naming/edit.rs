//! What an edit of a member is called.

use serde_json::Value;

use super::{member, small, word};
use crate::journey::Journey;
use crate::path::{Path, Step};
use crate::project::DocumentId;
use crate::shapes::{self, Kind};
use crate::time::{clock_and_offset, duration_words, offset_suffix, parse_duration};

/// Most characters of a text that is told in the name of a change.
const SHORT: usize = 40;

/// What it is called to put `value` at a place of a document, or with `None` to take away what is there: "Change wait to 2
/// days", "Tick look for new members", "Clear description". Long texts, lists and objects are not told: "Change body".
///
/// `root` is the whole document: activities that are meant are told by their names.
pub fn edit(document: &DocumentId, root: &Value, path: &Path, value: Option<&Value>) -> String {
    if let Some(lead) = lead(root, path, value) {
        return lead;
    }
    let what = subject(path);
    let kind =
        document.shape().and_then(shapes::find).and_then(|shape| shapes::at(shape, path)).map(|shape| shape.kind);
    match value {
        None | Some(Value::Null) => format!("Clear {what}"),
        Some(Value::Bool(true)) => format!("Tick {what}"),
        Some(Value::Bool(false)) => format!("Untick {what}"),
        Some(value) => match told(root, path, kind, value) {
            Some(told) => format!("Change {what} to {told}"),
            None => format!("Change {what}"),
        },
    }
}

/// The name of a change of where a way leads; `None` = the place is none.
fn lead(root: &Value, path: &Path, value: Option<&Value>) -> Option<String> {
    let way = match key(path)? {
        "StartActivity" => "the entry".to_owned(),
        "NextActivity" => match path.0.iter().rev().nth(1) {
            Some(Step::Index(branch)) => format!("branch {}", crate::activity::branch_letter(*branch)),
            _ => String::new(),
        },
        "TrueActivity" => "Yes".to_owned(),
        "FalseActivity" => "No".to_owned(),
        "DefaultActivity" => "Else".to_owned(),
        _ => return None,
    };
    let to = match value.and_then(Value::as_str).filter(|id| !id.is_empty()) {
        Some(id) => name_of(root, id),
        None => "an end".to_owned(),
    };
    Some(if way.is_empty() { format!("Lead to {to}") } else { format!("Lead {way} to {to}") })
}

/// What is changed, within a sentence.
fn subject(path: &Path) -> String {
    let has = |name: &str| path.0.iter().any(|step| matches!(step, Step::Key(key) if key == name));
    let name = key(path).unwrap_or("value");
    let template = |kind: &str| format!("{kind} template");
    match name {
        "WaitFor" | "WaitUntil" if has("EvaluationWaitTime") => "wait before the split".to_owned(),
        "WaitFor" | "WaitUntil" => "wait".to_owned(),
        "TemplateName" if has("EMAIL") => template("e-mail"),
        "TemplateName" if has("SMS") => template("text message"),
        "TemplateName" if has("PUSH") => template("push"),
        "Name" if has("EmailTemplate") => template("e-mail"),
        "Name" if has("SMSTemplate") => template("text message"),
        "Name" if has("PushTemplate") => template("push"),
        "Name" if has("InAppTemplate") => template("in-app"),
        "Name" if has("VoiceTemplate") => template("voice"),
        "Start" | "StartTime" | "End" | "EndTime" => {
            let whose = if has("QuietTime") {
                "quiet time "
            } else if has("OpenHours") {
                "opening "
            } else {
                ""
            };
            format!("{whose}{}", small(&member(name)))
        }
        _ => small(&member(name)),
    }
}

/// A value within a sentence; `None` = it says too much.
fn told(root: &Value, path: &Path, kind: Option<Kind>, value: &Value) -> Option<String> {
    let text = match value {
        Value::Number(number) => return Some(number.to_string()),
        Value::String(text) => text.trim(),
        _ => return None,
    };
    if text.is_empty() || text.contains('\n') || text.chars().count() > SHORT {
        return None;
    }
    Some(match key(path).unwrap_or_default() {
        "MessageActivity" => name_of(root, text),
        "WaitFor" | "RefreshFrequency" | "EndpointReentryInterval" => {
            parse_duration(text).map_or_else(|| text.to_owned(), duration_words)
        }
        "WaitUntil" | "StartTime" | "EndTime" | "StartDateTime" | "EndDateTime" => match clock_and_offset(text) {
            Some((clock, offset)) => {
                let zone = match offset {
                    None => String::new(),
                    Some(0) => " UTC".to_owned(),
                    Some(offset) => format!(" UTC{}", offset_suffix(offset)),
                };
                format!("{}{zone}", clock.replace('T', " "))
            }
            None => text.to_owned(),
        },
        _ if matches!(kind, Some(Kind::Words(_))) => word(text),
        _ => text.to_owned(),
    })
}

/// The name of an activity in a journey's document; its id where it has none, or is not there.
fn name_of(root: &Value, id: &str) -> String {
    let label = |journey: Journey| journey.activity(id).map(|activity| activity.label().to_owned());
    Journey::of(root).and_then(label).unwrap_or_else(|| id.to_owned())
}

/// The last named step of a path.
fn key(path: &Path) -> Option<&str> {
    path.0.iter().rev().find_map(|step| match step {
        Step::Key(key) => Some(key.as_str()),
        Step::Index(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::path;

    #[test]
    fn a_change_is_named_by_what_it_says() {
        let journey = json!({"Activities": {"email1": {"Description": "Welcome", "EMAIL": {}}}});
        let document = DocumentId::Journey("welcome".to_owned());
        let named = |path: Path, value: Value| edit(&document, &journey, &path, Some(&value));
        let activity = |kind: &str| path!["Activities", "a", kind];
        let cases = [
            (activity("Wait").join("WaitTime").join("WaitFor"), json!("P2D"), "Change wait to 2 days"),
            (
                activity("Wait").join("WaitTime").join("WaitUntil"),
                json!("2026-12-03T09:00:00Z"),
                "Change wait to 2026-12-03 09:00 UTC",
            ),
            (
                activity("ConditionalSplit").join("EvaluationWaitTime").join("WaitFor"),
                json!("PT1H30M"),
                "Change wait before the split to 1 hour 30 minutes",
            ),
            (activity("EMAIL").join("TemplateName"), json!("welcome"), "Change e-mail template to welcome"),
            (activity("SMS").join("TemplateName"), json!("hello"), "Change text message template to hello"),
            (activity("EMAIL").join("NextActivity"), json!("email1"), "Lead to Welcome"),
            (activity("ConditionalSplit").join("TrueActivity"), json!("email1"), "Lead Yes to Welcome"),
            (
                activity("MultiCondition").join("Branches").join(1).join("NextActivity"),
                json!("x"),
                "Lead branch B to x",
            ),
            (path!["StartActivity"], json!("email1"), "Lead the entry to Welcome"),
            (path!["Limits", "DailyCap"], json!(3), "Change messages per person in 24 hours to 3"),
            (path!["LocalTime"], json!(true), "Tick each person's local time"),
            (path!["WaitForQuietTime"], json!(false), "Untick hold messages during quiet time"),
            (
                path!["Schedule", "StartTime"],
                json!("2026-12-03T09:00:00+01:00"),
                "Change start to 2026-12-03 09:00 UTC+01:00",
            ),
            (path!["QuietTime", "Start"], json!("22:00"), "Change quiet time start to 22:00"),
            (
                activity("SMS").join("MessageConfig").join("MessageType"),
                json!("TRANSACTIONAL"),
                "Change message type to transactional",
            ),
            (path!["Name"], json!("a name that nobody would want to read again in a list"), "Change name"),
            (path!["Activities", "a", "Description"], json!("two\nlines"), "Change description"),
            (path!["Limits"], json!({"DailyCap": 3}), "Change limits"),
        ];
        for (path, value, expected) in cases {
            assert_eq!(named(path, value), expected);
        }
    }

    #[test]
    fn what_is_taken_away_is_named_too() {
        let named = |document: DocumentId, path: Path| edit(&document, &json!({}), &path, None);
        let journey = DocumentId::Journey("welcome".to_owned());
        assert_eq!(named(journey.clone(), path!["Activities", "a", "Description"]), "Clear description");
        assert_eq!(named(journey, path!["Activities", "a", "EMAIL", "NextActivity"]), "Lead to an end");
        let campaign = DocumentId::Campaign("spring".to_owned());
        assert_eq!(named(campaign, path!["TemplateConfiguration", "EmailTemplate", "Name"]), "Clear e-mail template");
    }
}
