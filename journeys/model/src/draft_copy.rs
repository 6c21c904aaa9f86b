//! A copy of a journey to go on with: what a journey that was started can not be changed into (journeys.md 8).

use serde_json::{Map, Value};

/// The journey as a draft of another name: its settings and steps, and nothing that only the service writes.
///
/// The given document, a `WriteJourneyRequest` or `JourneyResponse`, is left alone.
pub fn draft_copy(journey: &Map<String, Value>, name: &str) -> Map<String, Value> {
    let response = ["ApplicationId", "Id", "CreationDate", "LastModifiedDate"];
    let kept = journey.iter().filter(|(member, _)| !response.contains(&member.as_str()));
    let mut copy: Map<String, Value> = kept.map(|(member, value)| (member.clone(), value.clone())).collect();
    copy.insert("Name".into(), name.into());
    copy.insert("State".into(), "DRAFT".into());
    copy
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn clause_8_a_copy_is_a_draft_of_another_name_with_the_same_steps() {
        let journey = json!({"Id": "1", "Name": "welcome", "State": "ACTIVE", "CreationDate": "2026-11-30T09:00:00Z",
            "StartActivity": "a", "Activities": {"a": {"Wait": {}}}, "Surprise": 7, "tags": {"team": "growth"}});
        assert_eq!(
            Value::Object(draft_copy(journey.as_object().unwrap(), "welcome-2")),
            json!({"Name": "welcome-2", "State": "DRAFT", "StartActivity": "a", "Activities": {"a": {"Wait": {}}},
                "Surprise": 7, "tags": {"team": "growth"}})
        );
    }
}
