//! A project with a journey of any number of activities, to compare the speed of designers with.
//!
//! The graph is the one that other designers were measured on: layers about as wide as 2/3 of the root of the number, 1.3
//! connections an activity, from a seed. An activity with several ways on is a random split, the others send or wait.

use serde_json::{Map, Value, json};

/// The journey, a `WriteJourneyRequest`; its entry segment is `everybody`, its templates are called `hello`.
pub fn journey(count: usize) -> Value {
    let mut random = Random(1);
    let width = ((count as f64).sqrt() / 1.5).round().max(2.0) as usize;
    let mut ways: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut words = Vec::with_capacity(count);
    for i in 0..count {
        let (row, column) = (i / width, i % width);
        words.push(random.below(8));
        if row > 0 {
            let above = (row - 1) * width;
            let near = (column + random.below(3)).saturating_sub(1).min(width - 1);
            ways[above + near].push(i);
            if random.next() < 0.3 {
                ways[above + random.below(width)].push(i);
            }
        }
    }
    let activities: Map<String, Value> =
        (0..count).map(|i| (format!("n{i}"), activity(i, words[i], &ways[i]))).collect();
    let mut journey = json!({
        "Name": "bench",
        "State": "DRAFT",
        "StartCondition": {"SegmentStartCondition": {"SegmentId": "everybody"}},
        "StartActivity": "n0",
    });
    // `json!` would copy them
    journey["Activities"] = Value::Object(activities);
    journey
}

/// Its segment.
pub fn segment() -> Value {
    json!({"Name": "everybody", "SegmentGroups": {"Groups": [], "Include": "ALL"}})
}

/// Its e-mail template.
pub fn email() -> Value {
    json!({"Subject": "Hello", "HtmlPart": "<p>Hello</p>"})
}

/// Its template of text messages.
pub fn sms() -> Value {
    json!({"Body": "Hello"})
}

/// Its template of push notifications.
pub fn push() -> Value {
    json!({"Default": {"Title": "Hello", "Body": "Hello", "Action": "OPEN_APP"}})
}

fn activity(i: usize, word: usize, ways: &[usize]) -> Value {
    const WORDS: [&str; 8] = ["Email", "SMS", "Wait", "Yes/no split", "Random split", "Holdout", "Push", "Multi split"];
    let mut payload = match (ways.len() > 1, word) {
        (true, _) => {
            let share = |k: usize| 100 / ways.len() + usize::from(k < 100 % ways.len());
            let branch = |(k, to): (usize, &usize)| json!({"Percentage": share(k), "NextActivity": format!("n{to}")});
            json!({"RandomSplit": {"Branches": ways.iter().enumerate().map(branch).collect::<Vec<_>>()}})
        }
        (_, 0 | 3) => {
            json!({"EMAIL": {"TemplateName": "hello", "MessageConfig": {"FromAddress": "hello@example.com"}}})
        }
        (_, 1 | 4) => json!({"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}),
        (_, 6) => json!({"PUSH": {"TemplateName": "hello"}}),
        (_, 5) => json!({"Holdout": {"Percentage": 10}}),
        _ => json!({"Wait": {"WaitTime": {"WaitFor": "P1D"}}}),
    };
    if let ([to], Some(payload)) = (ways, payload.as_object_mut().and_then(|object| object.values_mut().next())) {
        payload["NextActivity"] = json!(format!("n{to}"));
    }
    payload["Description"] = json!(format!("{} {i}", WORDS[word]));
    payload
}

/// The generator of those graphs (mulberry32): 0 up to, not including, 1.
struct Random(u32);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x6D2B_79F5);
        let s = self.0;
        let mut t = (s ^ (s >> 15)).wrapping_mul(1 | s);
        t = t.wrapping_add((t ^ (t >> 7)).wrapping_mul(61 | t)) ^ t;
        f64::from(t ^ (t >> 14)) / 4_294_967_296.0
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next() * count as f64) as usize
    }
}
