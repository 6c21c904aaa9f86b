//! Recorded or invented events, in the records of Pinpoint's event stream (events-and-analytics.md 1).

mod record;

use model::Millis;

use record::Record;

/// One event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// `event_type`
    pub event_type: String,
    /// `client.client_id`: the endpoint.
    pub endpoint: String,
    /// When it was received: `arrival_timestamp`, else `event_timestamp`, which for e-mail is the moment of sending.
    pub at: Millis,
    /// `event_timestamp`, else as `at`. All events of one e-mail have the same: the moment of sending (1.1).
    pub timestamp: Millis,
    /// `attributes.journey_id`
    pub journey: Option<String>,
    /// `attributes.journey_activity_id`: the message that caused it.
    pub activity: Option<String>,
    /// The id of the message, of e-mail (`facets.email_channel.mail_event.mail.message_id`) and SMS
    /// (`attributes.message_id`).
    pub message: Option<String>,
    /// `attributes` with text values.
    pub attributes: Vec<(String, String)>,
    /// `metrics` with numbers.
    pub metrics: Vec<(String, f64)>,
}

impl Event {
    /// The text of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
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
/// not be read is a problem of its own, and the problems are in the order of the text.
pub fn parse(text: &str) -> (Vec<Event>, Vec<EventProblem>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reading = Reading::default();
    if text.trim_start().starts_with('[') {
        reading.list(text);
    } else {
        for (number, line) in (1..).zip(text.lines()) {
            if !line.trim().is_empty() {
                reading.take(number, line);
            }
        }
    }
    reading.finish()
}

#[derive(Default)]
struct Reading {
    events: Vec<Event>,
    /// By event: a hash of what it says, and its number in the text.
    said: Vec<(u64, usize)>,
    problems: Vec<EventProblem>,
}

impl Reading {
    fn take(&mut self, number: usize, text: &str) {
        let event = match text.trim_start().starts_with('{') {
            true => serde_json::from_str(text).map_err(|error| record::problem(&error)).and_then(Record::event),
            false => Err("not a record of the event stream: a record is a JSON object".to_owned()),
        };
        match event {
            Ok(event) => {
                self.said.push((record::hash(&event), number));
                self.events.push(event);
            }
            Err(message) => self.problem(number, message),
        }
    }

    fn problem(&mut self, number: usize, message: impl Into<String>) {
        self.problems.push(EventProblem { number, message: message.into() });
    }

    /// A JSON list. The records are cut out of the text before they are read, so that one that is wrong costs no other.
    fn list(&mut self, text: &str) {
        let mut number = 0;
        let ends = record::each_of_list(text, &mut |element| {
            number += 1;
            self.take(number, element);
        });
        if let Err(message) = ends {
            self.problem(number + 1, message);
        }
    }

    fn finish(mut self) -> (Vec<Event>, Vec<EventProblem>) {
        // Equal hashes stand together, first come first; a sort of numbers is quicker than a set that grows.
        let mut order: Vec<(u64, usize)> = self.said.iter().enumerate().map(|(i, (hash, _))| (*hash, i)).collect();
        order.sort_unstable();
        let mut repeats = vec![false; self.events.len()];
        for pair in order.windows(2) {
            if pair[0].0 == pair[1].0 {
                repeats[pair[1].1] = true;
                self.problems.push(EventProblem {
                    number: self.said[pair[1].1].1,
                    message: "repeats an event and is left out".to_owned(),
                });
            }
        }
        self.problems.sort_by_key(|problem| problem.number);
        let mut at = 0;
        self.events.retain(|_| {
            at += 1;
            !repeats[at - 1]
        });
        self.events.sort_by_key(|event| event.at);
        (self.events, self.problems)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(problems: &[EventProblem]) -> String {
        problems.iter().map(|p| format!("{}: {}", p.number, p.message)).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn lines_and_lists_are_read_in_order_of_arrival_and_repeats_left_out() {
        let line = |at: i64| {
            format!(r#"{{"event_type":"a","event_timestamp":{at},"client":{{"client_id":"e"}},"metrics":{{"m":1.5}}}}"#)
        };
        let text = format!("{}\n\nnonsense\n{}\n{}\n{{}}\n", line(5), line(3), line(5));
        let (events, problems) = parse(&text);
        assert_eq!(events.iter().map(|event| event.at).collect::<Vec<_>>(), [3, 5]);
        assert_eq!(events[0].metrics, [("m".to_owned(), 1.5)]);
        insta::assert_snapshot!(told(&problems), @r"
        3: not a record of the event stream: a record is a JSON object
        5: repeats an event and is left out
        6: `event_type` is missing
        ");
        assert_eq!(parse(&format!("[{},{}]", line(5), line(3))).0.len(), 2);
        assert_eq!(parse("[1, 2").1.len(), 3);
    }

    #[test]
    fn one_wrong_record_of_a_list_costs_no_other() {
        let text = r#" [ {"event_type":"a","event_timestamp":1,"client":{"client_id":"e"}}, 7, {"event_type":3},
            {"event_type":"]}","event_timestamp":2,"client":{"client_id":"\"e"}} ] "#;
        let (events, problems) = parse(text);
        assert_eq!(events.len(), 2, "{problems:?}");
        assert_eq!(events[1].endpoint, "\"e");
        assert_eq!(problems.iter().map(|problem| problem.number).collect::<Vec<_>>(), [2, 3]);
        let (events, problems) = parse(r#"[{"event_type":"a","event_timestamp":1,"client":{"client_id":"e"}},"#);
        assert_eq!((events.len(), told(&problems).as_str()), (1, "2: the list does not end"));
    }

    #[test]
    fn what_is_wrong_with_a_record_is_said() {
        let lines = [
            r#"{"event_type":7}"#,
            r#"{"event_type":"a"}"#,
            r#"{"event_type":"a","client":"e"}"#,
            r#"{"event_type":"a","client":{"client_id":null},"event_timestamp":1}"#,
            r#"{"event_type":"a","client":{"client_id":"e"}}"#,
            r#"{"event_type":"a","client":{"client_id":"e"},"event_timestamp":"yesterday"}"#,
            r#"{"event_type":"a","client":{"client_id":"e"},"event_timestamp":1e400}"#,
            r#"{"event_type":"a","client":{"client_id":"e"},"event_timestamp":99999999999999999999}"#,
            r#"{"event_type":"a","client":{"client_id":"e"},"event_timestamp":1.5}"#,
            r#"["event_type"]"#,
            "null",
            r#"{"event_type":"a","event_type":"b"}"#,
        ];
        let (events, problems) = parse(&lines.join("\n"));
        assert!(events.is_empty());
        insta::assert_snapshot!(told(&problems));
    }

    #[test]
    fn members_that_do_not_matter_may_be_anything() {
        let line = r#"{"event_type":"a","client":{"client_id":"e","cognito_id":[]},"arrival_timestamp":9,
            "attributes":{"x":null,"y":"Y","z":{"deep":[1]},"n":1e999},"metrics":{"m":"many","k":2,"h":1e999},
            "facets":[1],"device":7,"session":null}"#;
        let (events, problems) = parse(&line.replace('\n', ""));
        assert_eq!(problems, []);
        assert_eq!(events[0].attributes, [("y".to_owned(), "Y".to_owned())]);
        assert_eq!(events[0].metrics, [("k".to_owned(), 2.0)]);
        assert_eq!((events[0].at, events[0].timestamp), (9, 9));
    }

    #[test]
    fn the_message_of_an_email_and_of_a_text_is_known() {
        let email = r#"{"event_type":"_email.open","event_timestamp":5,"arrival_timestamp":8,"client":{"client_id":"e"},
            "facets":{"email_channel":{"mail_event":{"mail":{"message_id":"m-1"},"open":{}}}}}"#;
        let sms = r#"{"event_type":"_SMS.SUCCESS","event_timestamp":5,"client":{"client_id":"e"},
            "attributes":{"message_id":"m-2"}}"#;
        let (events, problems) = parse(&format!("[{email},{sms}]"));
        assert_eq!(problems, []);
        let message = |at: usize| events[at].message.as_deref();
        assert_eq!((message(0), message(1)), (Some("m-2"), Some("m-1")));
        assert_eq!((events[1].timestamp, events[1].at), (5, 8));
    }
}
