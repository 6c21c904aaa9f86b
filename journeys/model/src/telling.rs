//! A journey in plain sentences, for whoever reads rather than looks.
//!
//! Waits are part of the next sentence ("2 days later, they get …"), branches are indented below what decides. A step that
//! several paths lead to is told once; the other paths point at it.

use std::collections::BTreeSet;

use crate::activity::{Activity, ActivityKind, Payload, Slot};
use crate::clause::{self, named};
use crate::journey::{Entry, Journey};
use crate::summary;
use crate::time::{duration_words, parse_duration};
use crate::wire;

/// A sentence of a telling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// How deep it stands in branches; 0 = the main line.
    pub depth: usize,
    /// The sentence; it ends with a full stop, or with a colon where a branch follows.
    pub text: String,
    /// The activity that it is about.
    pub activity: Option<String>,
}

/// Tells a journey.
pub fn tell(journey: Journey) -> Vec<Sentence> {
    let mut telling = Telling { journey, told: BTreeSet::new(), sentences: Vec::new() };
    for text in beginning(journey) {
        telling.say(0, text, None);
    }
    let start = journey.wire.start_activity().filter(|id| journey.activity(id).is_some());
    if start.is_none() {
        telling.say(0, "Nothing happens to them yet.".to_owned(), None);
    }
    let mut open = vec![Part::Walk { depth: 0, from: start }];
    while let Some(part) = open.pop() {
        match part {
            Part::Say { depth, text, activity } => telling.say(depth, text, activity),
            // The beginning said that there is nothing.
            Part::Walk { depth: 0, from: None } => {}
            Part::Walk { depth, from } => {
                let mut rest = telling.walk(depth, from);
                rest.reverse();
                open.extend(rest);
            }
        }
    }
    telling.sentences
}

/// The telling as text: a sentence a line, branches indented.
pub fn text(journey: Journey) -> String {
    tell(journey)
        .iter()
        .fold(String::new(), |text, sentence| text + &"  ".repeat(sentence.depth) + &sentence.text + "\n")
}

/// What is still to be told.
enum Part<'a> {
    Say { depth: usize, text: String, activity: Option<String> },
    Walk { depth: usize, from: Option<&'a str> },
}

struct Telling<'a> {
    journey: Journey<'a>,
    told: BTreeSet<&'a str>,
    sentences: Vec<Sentence>,
}

impl<'a> Telling<'a> {
    fn say(&mut self, depth: usize, text: String, activity: Option<String>) {
        self.sentences.push(Sentence { depth, text: capital(&text), activity });
    }

    /// Tells a path up to its end or to what divides it; gives what comes then.
    fn walk(&mut self, depth: usize, from: Option<&'a str>) -> Vec<Part<'a>> {
        let mut lead = String::new();
        let mut next = from;
        loop {
            let Some(activity) = next.and_then(|id| self.journey.activity(id)) else {
                self.say(depth, format!("{lead}it ends for them."), None);
                return Vec::new();
            };
            if !self.told.insert(activity.id) {
                let text = format!("{lead}they go on as above, with {}.", named(&activity));
                self.say(depth, text, Some(activity.id.to_owned()));
                return Vec::new();
            }
            let ways = activity.connections();
            if activity.kind().is_some_and(ActivityKind::is_split) {
                return self.branches(depth, &lead, &activity);
            }
            if let Some(Payload::Wait(wait)) = activity.payload {
                lead = later(&lead, wait.wait_time());
            } else {
                self.say(depth, format!("{lead}{}.", step(&activity)), Some(activity.id.to_owned()));
                lead.clear();
            }
            next = ways.first().and_then(|way| way.target);
        }
    }

    /// What divides a path: a sentence that leads to each branch, and the branch.
    fn branches(&self, depth: usize, lead: &str, activity: &Activity<'a>) -> Vec<Part<'a>> {
        let lead = match activity.payload {
            Some(Payload::ConditionalSplit(split)) => later(lead, split.evaluation_wait_time()),
            Some(Payload::MultiCondition(split)) => later(lead, split.evaluation_wait_time()),
            _ => lead.to_owned(),
        };
        let mut parts = Vec::new();
        for (place, way) in activity.connections().into_iter().enumerate() {
            let lead = if place == 0 { lead.as_str() } else { "" };
            let text = format!("{lead}{}:", self.branch(activity, way.slot, place));
            parts.push(Part::Say { depth, text, activity: Some(activity.id.to_owned()) });
            parts.push(Part::Walk { depth: depth + 1, from: way.target });
        }
        parts
    }

    fn branch(&self, activity: &Activity, slot: Slot, place: usize) -> String {
        match (activity.payload, slot) {
            (Some(Payload::ConditionalSplit(split)), Slot::Yes) => {
                let condition = split.condition();
                let joint = match condition.and_then(|condition| condition.operator()) {
                    Some(wire::Operator::Any) => " or ",
                    _ => " and ",
                };
                let clauses = condition.map(|condition| condition.conditions()).unwrap_or_default();
                let clauses: Vec<String> = clauses.into_iter().map(|one| clause(one, self.journey)).collect();
                if clauses.is_empty() {
                    "if a condition holds, which is not set".to_owned()
                } else {
                    format!("if {}", clauses.join(joint))
                }
            }
            (Some(Payload::MultiCondition(split)), Slot::Branch(n)) => {
                let condition = split.branches().get(n).and_then(|branch| branch.condition());
                let clause =
                    condition.map_or("a condition holds, which is not set".to_owned(), |one| clause(one, self.journey));
                format!("{}if {clause}", if place == 0 { "" } else { "else, " })
            }
            (Some(Payload::RandomSplit(split)), Slot::Branch(n)) => {
                let share = split.branches().get(n).and_then(|branch| branch.percentage());
                let share = share.map_or("a share that is not set".to_owned(), |share| format!("{share}%"));
                if place == 0 { format!("drawn at random, {share} of them") } else { format!("another {share}") }
            }
            (_, Slot::No) => "if not".to_owned(),
            _ => "all others".to_owned(),
        }
    }
}

/// Who comes in, and when nothing is sent.
fn beginning(journey: Journey) -> Vec<String> {
    let mut sentences = vec![match journey.entry() {
        None => "nobody comes in yet.".to_owned(),
        Some(Entry::Segment { segment: "" }) => "members of a segment come in, which is not chosen yet.".to_owned(),
        Some(Entry::Segment { segment }) => format!("members of the segment {segment} come in."),
        Some(Entry::Event { .. }) => {
            let condition = journey.wire.start_condition().and_then(|start| start.event_start_condition());
            format!("{} comes in.", condition.map(|one| clause::text(&clause::event_start(one))).unwrap_or_default())
        }
    }];
    if let Some(quiet) = journey.wire.quiet_time()
        && let (Some(start), Some(end)) = (quiet.start(), quiet.end())
    {
        let then =
            if journey.wire.wait_for_quiet_time() == Some(true) { "waits until it is over" } else { "is dropped" };
        sentences.push(format!("between {start} and {end} nothing is sent; what falls into it {then}."));
    }
    sentences
}

/// What an activity does to people, as a clause: "they get the e-mail welcome".
fn step(activity: &Activity) -> String {
    let message = |kind: &str| match activity.template_name().filter(|name| !name.is_empty()) {
        Some(template) => format!("they get the {kind} {template}"),
        None => format!("they get {kind}, whose template is not chosen yet", kind = article(kind)),
    };
    match activity.payload {
        None => format!("{} happens, whose kind is not set", named(activity)),
        Some(Payload::Email(_)) => message("e-mail"),
        Some(Payload::Push(_)) => message("push notification"),
        Some(Payload::Sms(_)) => message("text message"),
        Some(Payload::Custom(custom)) => match custom.delivery_uri().filter(|uri| !uri.is_empty()) {
            Some(uri) => format!("{} is called for them", summary::last_part(uri)),
            None => "a function or webhook is called for them, which is not named yet".to_owned(),
        },
        Some(Payload::ContactCenter(_)) => "they are queued for a call".to_owned(),
        Some(Payload::Holdout(holdout)) => match holdout.percentage() {
            Some(percent) => format!("{percent}% of them, drawn at random, leave here; the others go on"),
            None => "a share of them leaves here, which is not set".to_owned(),
        },
        // Told elsewhere: waits lead over to the next sentence, splits divide.
        Some(
            Payload::Wait(_) | Payload::ConditionalSplit(_) | Payload::MultiCondition(_) | Payload::RandomSplit(_),
        ) => String::new(),
    }
}

fn article(kind: &str) -> String {
    let vowel = kind.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {kind}", if vowel { "an" } else { "a" })
}

fn clause(condition: wire::SimpleCondition, journey: Journey) -> String {
    clause::text(&clause::condition(condition, journey))
}

/// A wait before conditions are asked: "2 days later"; `None` = they are asked at once.
pub fn wait_words(time: Option<wire::WaitTime>) -> Option<String> {
    later("", time).strip_suffix(", ").map(str::to_owned)
}

/// What came before, and a wait: "2 days later, ".
fn later(lead: &str, time: Option<wire::WaitTime>) -> String {
    let set = |text: &&str| !text.is_empty();
    let more = match time.map(|time| (time.wait_for().filter(set), time.wait_until().filter(set))) {
        Some((Some(span), _)) => match parse_duration(span) {
            Some(0) => return lead.to_owned(),
            Some(span) => format!("{} later, ", duration_words(span)),
            None => format!("{span} later, "),
        },
        Some((None, Some(until))) => format!("not before {} UTC, ", summary::day_and_time(until)),
        Some((None, None)) | None => return lead.to_owned(),
    };
    match lead.strip_suffix(", ") {
        Some(lead) => format!("{lead} and {more}"),
        None => more,
    }
}

/// A text with its first letter as a capital.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn told(journey: &Value) -> String {
        text(Journey::of(journey).unwrap_or_else(|| unreachable!("a journey")))
    }

    #[test]
    fn a_welcome_series_in_words() {
        let opened = |of: &str| {
            json!({"Conditions": [{"EventCondition": {"MessageActivity": of,
            "Dimensions": {"EventType": {"DimensionType": "INCLUSIVE", "Values": ["_email.open"]}}}}]})
        };
        let journey = json!({
            "StartCondition": {"SegmentStartCondition": {"SegmentId": "new-customers"}},
            "QuietTime": {"Start": "22:00", "End": "08:00"}, "WaitForQuietTime": true,
            "StartActivity": "hello",
            "Activities": {
                "hello": {"Description": "Welcome e-mail", "EMAIL": {"TemplateName": "welcome", "NextActivity": "wait"}},
                "wait": {"Wait": {"WaitTime": {"WaitFor": "P2D"}, "NextActivity": "opened"}},
                "opened": {"ConditionalSplit": {"Condition": opened("hello"), "TrueActivity": "held", "FalseActivity": "sms"}},
                "held": {"Holdout": {"Percentage": 10, "NextActivity": "tips"}},
                "tips": {"EMAIL": {"TemplateName": "tips", "NextActivity": "draw"}},
                "draw": {"RandomSplit": {"Branches": [{"Percentage": 60, "NextActivity": "push"}, {"Percentage": 40}]}},
                "push": {"PUSH": {"TemplateName": "come-back"}},
                "sms": {"SMS": {"TemplateName": "reminder", "NextActivity": "tips"}}
            }
        });
        let expected = "\
Members of the segment new-customers come in.
Between 22:00 and 08:00 nothing is sent; what falls into it waits until it is over.
They get the e-mail welcome.
2 days later, if they opened “Welcome e-mail”:
  10% of them, drawn at random, leave here; the others go on.
  They get the e-mail tips.
  Drawn at random, 60% of them:
    They get the push notification come-back.
    It ends for them.
  Another 40%:
    It ends for them.
If not:
  They get the text message reminder.
  They go on as above, with “tips”.
";
        assert_eq!(told(&journey), expected);
    }

    #[test]
    fn conditions_waits_and_what_is_missing() {
        let journey = json!({
            "StartCondition": {"EventStartCondition": {"SegmentId": "vip", "EventFilter": {"FilterType": "ENDPOINT",
                "Dimensions": {"EventType": {"DimensionType": "INCLUSIVE", "Values": ["order.placed"]}}}}},
            "StartActivity": "a",
            "Activities": {
                "a": {"Wait": {"WaitTime": {"WaitFor": "PT1H"}, "NextActivity": "b"}},
                "b": {"Wait": {"WaitTime": {"WaitUntil": "2026-12-03T09:00:00Z"}, "NextActivity": "c"}},
                "c": {"MultiCondition": {"Branches": [
                    {"Condition": {"SegmentCondition": {"SegmentId": "gold"}}, "NextActivity": "d"},
                    {"Condition": {"segmentDimensions": {"Attributes": {"Plan": {"AttributeType": "INCLUSIVE", "Values": ["pro"]}}}}},
                    {"Condition": {"EventCondition": {"MessageActivity": "gone",
                        "Dimensions": {"EventType": {"Values": ["_email.hardbounce"]}}}}}
                ], "DefaultActivity": "e"}},
                "d": {"CUSTOM": {"DeliveryUri": "arn:aws:lambda:eu-central-1:1:function:gifts"}},
                "e": {"EMAIL": {}}
            }
        });
        let expected = "\
Whoever causes order.placed and is in the segment vip comes in.
1 hour later and not before 2026-12-03 09:00 UTC, if they are in the segment gold:
  Gifts is called for them.
  It ends for them.
Else, if their Plan is pro:
  It ends for them.
Else, if “gone” bounced for good:
  It ends for them.
All others:
  They get an e-mail, whose template is not chosen yet.
  It ends for them.
";
        assert_eq!(told(&journey), expected);
        assert_eq!(told(&json!({"Activities": {}})), "Nobody comes in yet.\nNothing happens to them yet.\n");
    }

    #[test]
    fn a_loop_and_a_deep_journey_end() {
        let around =
            json!({"StartActivity": "a", "Activities": {"a": {"SMS": {"TemplateName": "x", "NextActivity": "a"}}}});
        assert_eq!(
            told(&around),
            "Nobody comes in yet.\nThey get the text message x.\nThey go on as above, with “a”.\n"
        );
        let mut activities = serde_json::Map::new();
        for n in 0..5000 {
            let next = format!("s{}", n + 1);
            activities.insert(format!("s{n}"), json!({"ConditionalSplit": {"TrueActivity": next}}));
        }
        let deep = json!({"StartActivity": "s0", "Activities": activities});
        let deep = tell(Journey::of(&deep).unwrap_or_else(|| unreachable!("a journey")));
        assert_eq!(deep.iter().map(|sentence| sentence.depth).max(), Some(5000));
    }
}
