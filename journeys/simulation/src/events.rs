//! Recorded or invented events, in the records of Pinpoint's event stream (events-and-analytics.md 1).

use std::collections::BTreeSet;

use model::Millis;
use serde_json::Value;

/// One event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// `event_type`
    pub event_type: String,
    /// `client.client_id`: the endpoint.
    pub endpoint: String,
    /// When it was received: `arrival_timestamp`, else `event_timestamp`, which for e-mail is the moment of sending.
    pub at: Millis,
    /// `attributes.journey_id`
    pub journey: Option<String>,
    /// `attributes.journey_activity_id`: the message that caused it.
    pub activity: Option<String>,
    /// `attributes` with text values.
    pub attributes: Vec<(String, String)>,
    /// `metrics`
    pub metrics: Vec<(String, f64)>,
}

/// A record that could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventProblem {
    /// Line of JSON lines, or place in a list; from 1.
    pub number: usize,
    /// What is wrong, lower case, no full stop.
    pub message: String,
}

/// Reads records, one JSON object a line or one JSON list, in any order; answers them in order of arrival.
///
/// A record that says the same as one before it is left out: the stream delivers at least once. Never fails: what can
/// not be read is a problem of its own.
pub fn parse(text: &str) -> (Vec<Event>, Vec<EventProblem>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut events = Vec::new();
    let mut problems = Vec::new();
    let mut known = BTreeSet::new();
    let mut take = |number: usize, record: Result<Value, serde_json::Error>| {
        let event = record.map_err(|error| format!("not JSON: {error}")).and_then(|record| read(&record));
        match event {
            Ok(event) => {
                let key = format!("{event:?}");
                if known.insert(engine::draw::hash(&[&key])) {
                    events.push(event);
                } else {
                    problems.push(EventProblem { number, message: "repeats an event and is left out".to_owned() });
                }
            }
            Err(message) => problems.push(EventProblem { number, message }),
        }
    };
    if text.trim_start().starts_with('[') {
        match serde_json::from_str::<Vec<Value>>(text) {
            Ok(records) => records.into_iter().enumerate().for_each(|(i, record)| take(i + 1, Ok(record))),
            Err(error) => take(error.line(), Err(error)),
        }
    } else {
        for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            take(i + 1, serde_json::from_str(line));
        }
    }
    events.sort_by_key(|event| event.at);
    (events, problems)
}

fn read(record: &Value) -> Result<Event, String> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let event_type = text(record.get("event_type")).ok_or("`event_type` is missing")?;
    let endpoint = text(record.get("client").and_then(|client| client.get("client_id")))
        .ok_or("`client.client_id` is missing, so it is nobody's event")?;
    let time = |name: &str| record.get(name).and_then(Value::as_i64).filter(|at| at.abs() < 1 << 50);
    let at = time("arrival_timestamp")
        .or_else(|| time("event_timestamp"))
        .ok_or("`arrival_timestamp` and `event_timestamp` are missing, or no milliseconds since 1970")?;
    let members = |name: &str| record.get(name).and_then(Value::as_object).into_iter().flatten();
    let attributes: Vec<(String, String)> =
        members("attributes").filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect();
    let metrics = members("metrics").filter_map(|(key, value)| Some((key.clone(), value.as_f64()?))).collect();
    let attribute = |name: &str| attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    Ok(Event {
        event_type,
        endpoint,
        at,
        journey: attribute("journey_id"),
        activity: attribute("journey_activity_id"),
        attributes,
        metrics,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_lists_are_read_in_order_of_arrival_and_repeats_left_out() {
        let line = |at: i64| {
            format!(r#"{{"event_type":"a","event_timestamp":{at},"client":{{"client_id":"e"}},"metrics":{{"m":1.5}}}}"#)
        };
        let text = format!("{}\n\nnonsense\n{}\n{}\n{{}}\n", line(5), line(3), line(5));
        let (events, problems) = parse(&text);
        assert_eq!(events.iter().map(|event| event.at).collect::<Vec<_>>(), [3, 5]);
        assert_eq!(events[0].metrics, [("m".to_owned(), 1.5)]);
        let told: Vec<String> = problems.iter().map(|p| format!("{}: {}", p.number, p.message)).collect();
        insta::assert_snapshot!(told.join("\n"), @r"
        3: not JSON: expected ident at line 1 column 2
        5: repeats an event and is left out
        6: `event_type` is missing
        ");
        assert_eq!(parse(&format!("[{},{}]", line(5), line(3))).0.len(), 2);
        assert_eq!(parse("[1, 2").1.len(), 1);
    }
}
