//! A project with a journey of forty activities: ten times an e-mail, a split that asks whether it was opened, a wait and
//! a text message.

use serde_json::{Map, Value, json};

/// The journey, a `WriteJourneyRequest`; its entry segment is `everyone`, its templates are called `hello`.
pub fn journey() -> Value {
    rounds(10)
}

/// As [`journey`], of `count` rounds of the four activities, one after the other.
pub fn rounds(count: usize) -> Value {
    let mut activities = Map::new();
    for n in 0..count {
        let next = if n + 1 == count { Value::Null } else { json!(format!("mail{}", n + 1)) };
        let opened = json!({"EventCondition": {"MessageActivity": format!("mail{n}"), "Dimensions": {
            "EventType": {"DimensionType": "INCLUSIVE", "Values": ["_email.open"]}}}});
        activities.insert(
            format!("mail{n}"),
            json!({"EMAIL": {"TemplateName": "hello", "NextActivity": format!("split{n}")}}),
        );
        activities.insert(
            format!("split{n}"),
            json!({"ConditionalSplit": {"Condition": {"Conditions": [opened], "Operator": "ALL"},
                "EvaluationWaitTime": {"WaitFor": "P1D"}, "TrueActivity": format!("wait{n}"),
                "FalseActivity": format!("sms{n}")}}),
        );
        activities.insert(
            format!("wait{n}"),
            json!({"Wait": {"WaitTime": {"WaitFor": "P2D"}, "NextActivity": format!("sms{n}")}}),
        );
        activities.insert(
            format!("sms{n}"),
            json!({"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"},
                "NextActivity": next}}),
        );
    }
    json!({
        "Name": "forty", "State": "DRAFT", "StartActivity": "mail0", "Activities": activities,
        "StartCondition": {"SegmentStartCondition": {"SegmentId": "everyone"}},
        "Schedule": {"StartTime": "2026-12-01T09:00:00Z", "EndTime": "2027-06-01T09:00:00Z", "Timezone": "UTC"},
        "RefreshFrequency": "P1D", "QuietTime": {"Start": "21:00", "End": "08:00"}, "WaitForQuietTime": true
    })
}

/// Its segment.
pub fn segment() -> Value {
    json!({"Name": "everyone"})
}

/// Its templates, of e-mail and text messages alike.
pub fn template() -> Value {
    json!({"Body": "hello"})
}
