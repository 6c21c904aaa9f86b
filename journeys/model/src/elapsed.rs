//! When people get to each activity, counted from their entry: "day 3" beside a message.
//!
//! What the journey itself says, and nothing else: waits and evaluation waits add up along each path. Quiet times, rates and
//! waits until an event or a date can make it later; a fixed date leaves open how long after the entry it is.

use std::collections::BTreeMap;

use crate::Millis;
use crate::activity::{Activity, ActivityKind, Payload};
use crate::journey::Journey;
use crate::time::{DAY, duration_words, parse_duration};
use crate::wire;

/// How long after the entry, over all paths that lead there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed {
    /// The shortest, in milliseconds.
    pub least: Millis,
    /// The longest, in milliseconds; `None` = a wait until a date is on the way.
    pub most: Option<Millis>,
}

impl Elapsed {
    /// In few words: "at once", "after 2 hours", "day 3", "days 3–5", "day 3 or later".
    ///
    /// The day of the entry is day 0, so that a message two days later stands at day 2.
    pub fn words(self) -> String {
        let day = self.least / DAY;
        match self.most {
            Some(0) => "at once".to_owned(),
            Some(most) if most < DAY && most == self.least => format!("after {}", duration_words(most)),
            Some(most) if most < DAY => "day 0".to_owned(),
            Some(most) if most / DAY == day => format!("day {day}"),
            Some(most) => format!("days {day}–{}", most / DAY),
            None if self.least == 0 => "on a date".to_owned(),
            None => format!("day {day} or later"),
        }
    }

    fn after(self, wait: Wait) -> Elapsed {
        match wait {
            Wait::For(span) => Elapsed { least: self.least + span, most: self.most.map(|most| most + span) },
            Wait::Until => Elapsed { least: self.least, most: None },
        }
    }

    fn or(self, other: Elapsed) -> Elapsed {
        Elapsed { least: self.least.min(other.least), most: self.most.zip(other.most).map(|(a, b)| a.max(b)) }
    }
}

/// How long an activity keeps people.
#[derive(Clone, Copy)]
enum Wait {
    For(Millis),
    Until,
}

/// For every activity that the entry leads to, when people get there. Activities of a loop have the times of the first way
/// around.
pub fn elapsed(journey: Journey) -> BTreeMap<String, Elapsed> {
    let mut reached: BTreeMap<String, Elapsed> = BTreeMap::new();
    for id in in_order(journey) {
        let here = match reached.get(id) {
            Some(here) => *here,
            None => *reached.entry(id.to_owned()).or_insert(Elapsed { least: 0, most: Some(0) }),
        };
        let Some(activity) = journey.activity(id) else { continue };
        let out = here.after(wait_of(&activity));
        for target in activity.connections().into_iter().filter_map(|way| way.target) {
            if journey.activity(target).is_some() {
                let known = reached.get(target).map_or(out, |known| known.or(out));
                reached.insert(target.to_owned(), known);
            }
        }
    }
    reached
}

/// What stands beside an activity: on which day people get there, for a message that the entry leads to. Other activities
/// have nothing beside them: what a wait or a split does shows at the next message.
pub fn beside(activity: &Activity, elapsed: &BTreeMap<String, Elapsed>) -> Option<String> {
    let message = activity.kind().is_some_and(ActivityKind::is_message);
    elapsed.get(activity.id).filter(|_| message).map(|elapsed| elapsed.words())
}

/// Activities that the entry leads to, each behind all that lead to it.
fn in_order<'a>(journey: Journey<'a>) -> Vec<&'a str> {
    enum Visit<'a> {
        Begin(&'a str),
        End(&'a str),
    }
    let (mut order, mut seen) = (Vec::new(), std::collections::BTreeSet::new());
    let mut open: Vec<Visit<'a>> = journey.wire.start_activity().map(Visit::Begin).into_iter().collect();
    while let Some(visit) = open.pop() {
        match visit {
            Visit::End(id) => order.push(id),
            Visit::Begin(id) => {
                let Some(activity) = journey.activity(id) else { continue };
                if seen.insert(id) {
                    open.push(Visit::End(id));
                    open.extend(activity.connections().into_iter().filter_map(|way| way.target).map(Visit::Begin));
                }
            }
        }
    }
    order.reverse();
    order
}

fn wait_of(activity: &Activity) -> Wait {
    let time = match activity.payload {
        Some(Payload::Wait(wait)) => wait.wait_time(),
        Some(Payload::ConditionalSplit(split)) => split.evaluation_wait_time(),
        Some(Payload::MultiCondition(split)) => split.evaluation_wait_time(),
        _ => None,
    };
    time.map_or(Wait::For(0), of_time)
}

fn of_time(time: wire::WaitTime) -> Wait {
    let set = |text: &&str| !text.is_empty();
    match (time.wait_for().filter(set), time.wait_until().filter(set)) {
        (Some(span), _) => Wait::For(parse_duration(span).unwrap_or(0)),
        (None, Some(_)) => Wait::Until,
        (None, None) => Wait::For(0),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn words(journey: &Value) -> BTreeMap<String, String> {
        let journey = Journey::of(journey).unwrap_or_else(|| unreachable!("a journey"));
        elapsed(journey).into_iter().map(|(id, elapsed)| (id, elapsed.words())).collect()
    }

    fn wait(time: &Value, next: &str) -> Value {
        json!({"Wait": {"WaitTime": time, "NextActivity": next}})
    }

    #[test]
    fn waits_add_up_along_every_path() {
        let journey = json!({"StartActivity": "hello", "Activities": {
            "hello": {"EMAIL": {"NextActivity": "two"}},
            "two": wait(&json!({"WaitFor": "P2D"}), "opened"),
            "opened": {"ConditionalSplit": {"EvaluationWaitTime": {"WaitFor": "P1D"}, "TrueActivity": "thanks",
                "FalseActivity": "three"}},
            "three": wait(&json!({"WaitFor": "P3D"}), "thanks"),
            "thanks": {"SMS": {"NextActivity": "date"}},
            "date": wait(&json!({"WaitUntil": "2027-01-01T00:00:00Z"}), "late"),
            "late": {"PUSH": {}},
            "nobody": {"PUSH": {}}
        }});
        let expected = [
            ("hello", "at once"),
            ("two", "at once"),
            ("opened", "day 2"),
            ("three", "day 3"),
            ("thanks", "days 3–6"),
            ("date", "days 3–6"),
            ("late", "day 3 or later"),
        ];
        let expected = expected.map(|(id, words)| (id.to_owned(), words.to_owned()));
        assert_eq!(words(&journey), BTreeMap::from(expected));
    }

    #[test]
    fn only_messages_that_are_reached_have_a_day_beside_them() {
        let journey = json!({"StartActivity": "two", "Activities": {
            "two": wait(&json!({"WaitFor": "P2D"}), "hello"),
            "hello": {"EMAIL": {}},
            "nobody": {"PUSH": {}}
        }});
        let journey = Journey::of(&journey).unwrap_or_else(|| unreachable!("a journey"));
        let days = elapsed(journey);
        let found: Vec<Option<String>> = journey.activities().iter().map(|activity| beside(activity, &days)).collect();
        assert_eq!(found, [None, Some("day 2".to_owned()), None]);
    }

    #[test]
    fn short_waits_and_loops() {
        let journey = json!({"StartActivity": "a", "Activities": {
            "a": wait(&json!({"WaitFor": "PT90M"}), "b"),
            "b": {"ConditionalSplit": {"TrueActivity": "a", "FalseActivity": "c"}},
            "c": wait(&json!({"WaitUntil": "2027-01-01T00:00:00Z"}), "")
        }});
        let found = words(&journey);
        assert_eq!(found["b"], "after 1 hour 30 minutes");
        assert_eq!(found["c"], "after 1 hour 30 minutes");
        assert_eq!(words(&json!({"StartActivity": "gone", "Activities": {}})), BTreeMap::new());
    }
}
