//! A copy of a journey to test it with (journeys.md 9).

use serde_json::{Map, Value};

/// Members that a test copy does not keep: schedule, quiet time, and who may enter again (chosen).
const DROPPED: [&str; 10] = [
    "Schedule",
    "LocalTime",
    "QuietTime",
    "WaitForQuietTime",
    "SendingSchedule",
    "OpenHours",
    "ClosedDays",
    "TimezoneEstimationMethods",
    "RefreshFrequency",
    "RefreshOnSegmentUpdate",
];

/// The journey `Test-` + name, started on the members of `segment`, with its own metrics once it is published.
///
/// It keeps activities and caps, and drops schedule, quiet time and the restrictions of re-entry: everybody in the test
/// segment enters, now, as often as wanted. Waits stay as drawn; that they are skipped or cut short is the runner's to say.
/// The given document, a `WriteJourneyRequest` or `JourneyResponse`, is left alone; what only a response has is dropped.
pub fn test_copy(journey: &Map<String, Value>, segment: &str) -> Map<String, Value> {
    let response = ["ApplicationId", "Id", "CreationDate", "LastModifiedDate", "State", "tags"];
    let kept = |name: &str| !DROPPED.contains(&name) && !response.contains(&name);
    let mut copy: Map<String, Value> =
        journey.iter().filter(|(name, _)| kept(name)).map(|(name, value)| (name.clone(), value.clone())).collect();
    let name = journey.get("Name").and_then(Value::as_str).unwrap_or_default();
    copy.insert("Name".into(), format!("Test-{name}").into());
    copy.insert("StartCondition".into(), serde_json::json!({"SegmentStartCondition": {"SegmentId": segment}}));
    if let Some(limits) = copy.entry("Limits").or_insert_with(|| Value::Object(Map::new())).as_object_mut() {
        limits.shift_remove("EndpointReentryInterval");
        // Without limit.
        limits.insert("EndpointReentryCap".into(), 0.into());
    }
    copy
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn clause_9_a_test_copy_drops_schedule_quiet_time_and_reentry_restrictions_and_keeps_the_rest() {
        let journey = json!({
            "Id": "1", "Name": "welcome", "State": "ACTIVE", "StartActivity": "a", "Activities": {"a": {"Wait": {}}},
            "StartCondition": {"EventStartCondition": {"EventFilter": {}}}, "Surprise": 7,
            "Schedule": {"StartTime": "2026-12-01T09:00:00Z"}, "QuietTime": {"Start": "20:00", "End": "08:00"},
            "Limits": {"DailyCap": 2, "EndpointReentryCap": 1, "EndpointReentryInterval": "P1D"},
        });
        let copy = test_copy(journey.as_object().unwrap(), "testers");
        assert_eq!(
            Value::Object(copy),
            json!({
                "Name": "Test-welcome", "StartActivity": "a", "Activities": {"a": {"Wait": {}}},
                "StartCondition": {"SegmentStartCondition": {"SegmentId": "testers"}}, "Surprise": 7,
                "Limits": {"DailyCap": 2, "EndpointReentryCap": 0},
            })
        );
    }
}
