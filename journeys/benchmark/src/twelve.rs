//! The journey of twelve activities that a cohort walks: three e-mails and two text messages, three waits, a yes/no, a
//! multivariate and a random split, and a holdout.

use serde_json::{Value, json};

/// The journey. A `rate` above 0 couples everybody: `MessagesPerSecond`, and caps beside it. Its entry segment is
/// `everybody`; who gets the long way is asked of the user attribute `Plan`.
pub fn journey(rate: u32) -> Value {
    let opened = json!({"EventCondition": {"MessageActivity": "A1", "Dimensions": {
        "EventType": {"DimensionType": "INCLUSIVE", "Values": ["_email.open"]}}}});
    let plan = |values: &[&str]| json!({"segmentDimensions": {"UserAttributes": {"Plan": {"AttributeType": "INCLUSIVE", "Values": values}}}});
    let mut journey = json!({
        "Name": "benchmark", "StartActivity": "A1",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": "everybody"}},
        "Activities": {
            "A1": {"EMAIL": {"TemplateName": "one", "NextActivity": "A2"}},
            "A2": {"Wait": {"WaitTime": {"WaitFor": "P1D"}, "NextActivity": "A3"}},
            "A3": {"ConditionalSplit": {"Condition": {"Conditions": [opened]}, "TrueActivity": "A4", "FalseActivity": "A7"}},
            "A4": {"RandomSplit": {"Branches": [
                {"Percentage": 50, "NextActivity": "A5"}, {"Percentage": 30, "NextActivity": "A6"},
                {"Percentage": 20, "NextActivity": "A9"}]}},
            "A5": {"EMAIL": {"TemplateName": "two", "NextActivity": "A9"}},
            "A6": {"SMS": {"TemplateName": "three", "NextActivity": "A9"}},
            "A7": {"SMS": {"TemplateName": "four", "NextActivity": "A8"}},
            "A8": {"Wait": {"WaitTime": {"WaitFor": "P2D"}, "NextActivity": "A9"}},
            "A9": {"Holdout": {"Percentage": 10, "NextActivity": "A10"}},
            "A10": {"MultiCondition": {"Branches": [
                {"Condition": plan(&["free"]), "NextActivity": "A11"},
                {"Condition": plan(&["plus", "pro"]), "NextActivity": "A12"}]}},
            "A11": {"Wait": {"WaitTime": {"WaitFor": "P1D"}, "NextActivity": "A12"}},
            "A12": {"EMAIL": {"TemplateName": "five"}},
        },
    });
    if rate > 0 {
        journey["Limits"] = json!({"DailyCap": 2, "TotalCap": 4, "MessagesPerSecond": rate});
    }
    journey
}

/// How people respond to the journey's messages, as the response model of a simulation is written.
pub fn responses() -> Value {
    let email = |open: f64| {
        json!({
            "delivered": 0.97, "hard_bounce": 0.0, "soft_bounce": 0.0, "rejected": 0.0, "open": open, "click": 0.15,
            "unsubscribe": 0.02, "complaint": 0.0, "delivery_delay": {"fixed": 5.0},
            "open_delay": {"exponential": 21_600.0}, "click_delay": {"exponential": 600.0},
            "unsubscribe_delay": {"fixed": 0.0},
        })
    };
    json!({
        "channels": {"email": email(0.30), "sms": {"delivered": 0.99, "failed": 0.01, "opt_out": 0.0}},
        "activities": {
            "A1": {"email": email(0.35)}, "A5": {"email": email(0.30)}, "A12": {"email": email(0.25)},
        },
    })
}

/// People who walk the whole journey: `count` users, each with an e-mail address and a telephone, as endpoints with ids.
pub fn everybody(count: u32) -> impl Iterator<Item = (String, Value)> {
    const PLANS: [&str; 10] = ["free", "free", "free", "free", "free", "free", "plus", "plus", "plus", "pro"];
    (0..count).flat_map(|i| {
        let plan = PLANS[(i.wrapping_mul(0x9E37_79B9) >> 16) as usize % 10];
        let user = json!({"UserId": format!("user-{i}"), "UserAttributes": {"Plan": [plan]}});
        [("EMAIL", format!("u{i}@example.com")), ("SMS", format!("+1555{i:07}"))].map(|(channel, address)| {
            let endpoint = json!({"ChannelType": channel, "Address": address, "User": user});
            (format!("{channel}-{i}"), endpoint)
        })
    })
}
