//! What is different about campaigns: there is no draft of one, and an update leaves what it does not name.

use engine::campaign::status;
pub(crate) use model::request::at_rest;
use model::view::Word;
use model::wire::CampaignStatus;
use serde_json::{Map, Value, json};

/// The body of an update that makes `before`, a `CampaignResponse`, into `body`. Members that are given replace and others
/// stay (campaigns.md 9), so that a member which the document does not have any more is sent as nothing: an empty object or
/// list, `false`, no holdout, the default priority. Where the document names no version of its segment, the one that the
/// target resolved stays; without `activate` the campaign stays as paused as it is.
pub(crate) fn update(before: &Value, mut body: Value, activate: bool) -> Value {
    let (Some(object), Some(before)) = (body.as_object_mut(), before.as_object()) else { return body };
    let stays = |name: &str, object: &Map<String, Value>| {
        name == "SegmentVersion" && !object.contains_key(name) || name == "IsPaused" && !activate
    };
    for (name, value) in before {
        if stays(name, object) {
            object.insert(name.clone(), value.clone());
        } else if !object.contains_key(name) {
            let nothing = match value {
                Value::Object(_) => json!({}),
                Value::Array(_) => json!([]),
                Value::Bool(_) => json!(false),
                Value::String(_) => json!(""),
                Value::Number(_) if name == "Priority" => json!(3),
                Value::Number(_) => json!(0),
                Value::Null => continue,
            };
            object.insert(name.clone(), nothing);
        }
    }
    if !activate && !before.contains_key("IsPaused") {
        object.shift_remove("IsPaused");
    }
    body
}

/// Whether a campaign of that status takes an update: of its settings before it is sent and between runs, of `IsPaused`
/// alone as long as it lives (campaigns.md 8, chosen).
pub(crate) fn takes(state: &str, settings: bool) -> bool {
    let Some(state) = CampaignStatus::parse(state) else { return true };
    status::may_update(state) || !settings && state == CampaignStatus::Executing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_says_what_is_not_there_any_more() {
        let before = json!({"Name": "a", "SegmentId": "s", "SegmentVersion": 2, "Limits": {"Daily": 1}, "IsPaused": true,
            "HoldoutPercent": 5, "Priority": 1, "AdditionalTreatments": [{}], "Description": "d"});
        let body = json!({"Name": "b", "SegmentId": "s"});
        let cleared = json!({"Name": "b", "SegmentId": "s", "SegmentVersion": 2, "Limits": {}, "IsPaused": false,
            "HoldoutPercent": 0, "Priority": 3, "AdditionalTreatments": [], "Description": ""});
        assert_eq!(update(&before, body.clone(), true), cleared);
        assert_eq!(update(&before, body, false)["IsPaused"], true);
        let running = json!({"Name": "a"});
        assert_eq!(update(&running, json!({"Name": "a", "IsPaused": true}), false), json!({"Name": "a"}));
    }

    #[test]
    fn what_takes_an_update_is_the_engines_to_say() {
        let of = |state: &str| (takes(state, true), takes(state, false));
        assert_eq!((of("SCHEDULED"), of("PAUSED"), of("EXECUTING")), ((true, true), (true, true), (false, true)));
        assert_eq!((of("COMPLETED"), of("INVALID")), ((false, false), (false, false)));
    }
}
