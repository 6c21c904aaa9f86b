//! A journey as a tree of lines, for those who do not point: its steps, and the connections that have a name, lead nowhere
//! or are folded.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::activity::{Activity, ActivityKind, Slot};
use crate::diagnostic::Severity;
use crate::drawing::Origin;
use crate::drawing::canvas::{hidden, is_folded};
use crate::elapsed::{beside, elapsed};
use crate::journey::Journey;
use crate::summary;

/// What a line is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stands {
    /// The entry.
    Entry,
    /// The activity of that id.
    Activity(String),
    /// The connection that begins there.
    Way(Origin),
}

/// A line of the outline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is about.
    pub stands: Stands,
    /// Its level in the tree, from 1.
    pub level: usize,
    /// How many branches it stands in.
    pub depth: usize,
    /// The activity's kind; `None` for others, and where it is not set.
    pub kind: Option<ActivityKind>,
    /// The name.
    pub title: String,
    /// What is there: what a step does, where a connection leads.
    pub about: String,
    /// The way that leads to a step: "Yes", "60%"; empty where there is only one. The step of a connection.
    pub way: String,
    /// On which day people get to a step.
    pub day: String,
    /// The step stands further up already; this line only points there.
    pub again: bool,
    /// Whether what follows a connection is there; `None` = nothing does.
    pub unfolded: Option<bool>,
}

/// What comes next.
enum Open<'a> {
    Step { id: &'a str, level: usize, depth: usize, way: String },
    Way { origin: Origin, label: String, from: &'a str, target: Option<&'a str>, level: usize, depth: usize },
}

/// The entry, then every activity once, below what leads to it; at last those that nothing leads to. `canvas` = what of it is
/// folded; behind a folded connection nothing is listed.
pub fn lines(journey: Journey, canvas: Option<&Value>) -> Vec<Line> {
    let days = elapsed(journey);
    let folded_away = canvas.map(|canvas| hidden(journey, canvas)).unwrap_or_default();
    let is_folded =
        |origin: &Origin, to: &str| canvas.is_some_and(|canvas| is_folded(canvas, origin)) && folded_away.contains(to);
    let mut lines = vec![Line { about: summary::entry(journey), ..line(Stands::Entry, 1, 0, "Entry".to_owned()) }];
    let mut told = BTreeSet::new();
    let start = journey.wire.start_activity().filter(|id| !id.is_empty());
    let first =
        Open::Way { origin: Origin::Entry, label: String::new(), from: "the entry", target: start, level: 1, depth: 0 };
    let others = journey.activities().into_iter().map(|activity| activity.id);
    let others = others.filter(|id| !folded_away.contains(*id));
    let loose = others.map(|id| Open::Step { id, level: 1, depth: 0, way: String::new() });
    for (nth, start) in std::iter::once(first).chain(loose).enumerate() {
        // The first is what the entry leads to; of the others those are new that nothing leads to.
        if matches!(&start, Open::Step { id, .. } if told.contains(id)) {
            continue;
        }
        let mut open = vec![start];
        while let Some(next) = open.pop() {
            match next {
                Open::Way { origin, label, from, target, level, depth } => {
                    let there = target.filter(|id| journey.activity(id).is_some());
                    let folded = there.is_some_and(|to| is_folded(&origin, to));
                    if !label.is_empty() || there.is_none() || folded {
                        let title = if label.is_empty() && !folded { "End" } else { label.as_str() };
                        let mut one = line(Stands::Way(origin), level, depth, title.to_owned());
                        one.about = match (target, there) {
                            (_, Some(to)) if folded => folded_words(behind(journey, to, &folded_away)),
                            (_, Some(_)) => String::new(),
                            (Some(id), None) => format!("leads to {id}, which is not there"),
                            (None, None) if label.is_empty() => String::new(),
                            (None, None) => "ends here".to_owned(),
                        };
                        one.way = from.to_owned();
                        one.unfolded = there.map(|_| !folded);
                        lines.push(one);
                    }
                    if let Some(id) = there.filter(|_| !folded) {
                        let level = level + usize::from(!label.is_empty());
                        open.push(Open::Step { id, level, depth, way: label });
                    }
                }
                Open::Step { id, level, depth, way } => {
                    let Some(activity) = journey.activity(id) else { continue };
                    let again = !told.insert(id);
                    let mut one = line(Stands::Activity(id.to_owned()), level, depth, activity.label().to_owned());
                    one.kind = activity.kind();
                    one.about = summary::activity(&activity, journey);
                    one.way = way;
                    one.day = match days.contains_key(id) {
                        false if nth > 0 => "not reached".to_owned(),
                        _ => beside(&activity, &days).unwrap_or_default(),
                    };
                    one.again = again;
                    lines.push(one);
                    if !again {
                        open.extend(ways(&activity, level, depth).into_iter().rev());
                    }
                }
            }
        }
    }
    lines
}

fn line(stands: Stands, level: usize, depth: usize, title: String) -> Line {
    Line {
        stands,
        level,
        depth,
        kind: None,
        title,
        about: String::new(),
        way: String::new(),
        day: String::new(),
        again: false,
        unfolded: None,
    }
}

fn ways<'a>(activity: &Activity<'a>, level: usize, depth: usize) -> Vec<Open<'a>> {
    let deeper = usize::from(activity.connections().iter().any(|way| !way.label.is_empty()));
    let of = |way: crate::Connection<'a>| Open::Way {
        origin: Origin::Activity(activity.id.to_owned(), way.slot),
        label: way.label,
        from: activity.label(),
        target: way.target,
        level: level + deeper,
        depth: depth + deeper,
    };
    activity.connections().into_iter().map(of).collect()
}

/// How many of the hidden activities lie behind one.
fn behind(journey: Journey, first: &str, hidden: &BTreeSet<String>) -> usize {
    let mut seen = BTreeSet::new();
    let mut open = vec![first];
    while let Some(id) = open.pop() {
        if hidden.contains(id) && seen.insert(id) {
            let ways = journey.activity(id).map(|activity| activity.connections()).unwrap_or_default();
            open.extend(ways.into_iter().filter_map(|way| way.target));
        }
    }
    seen.len()
}

fn folded_words(count: usize) -> String {
    if count == 1 { "1 step is folded".to_owned() } else { format!("{count} steps are folded") }
}

impl Line {
    /// What is said below the title: when people come there, and what is there.
    pub fn below(&self) -> String {
        match (self.again, self.day.is_empty(), self.about.is_empty()) {
            (true, ..) => String::new(),
            (false, true, _) => self.about.clone(),
            (false, false, true) => self.day.clone(),
            (false, false, false) => format!("{} · {}", self.day, self.about),
        }
    }

    /// The line as it is heard: kind, branch, name, what it does, what is wrong with it, where it is. What is seen is part of
    /// it, in the same order: who speaks to the program says what they see.
    ///
    /// `problems` = how bad the worst is, and how many; `(number, count)` = its place among the steps, from 1.
    pub fn spoken(&self, problems: Option<(Severity, usize)>, (number, count): (usize, usize)) -> String {
        let kind = match (&self.stands, self.kind) {
            (Stands::Entry, _) => "Entry".to_owned(),
            (Stands::Way(_), _) => format!("Connection of {}", self.way),
            (Stands::Activity(_), Some(kind)) => kind.title().to_owned(),
            (Stands::Activity(_), None) => "Kind not set".to_owned(),
        };
        let mut parts = vec![kind];
        let is_step = matches!(self.stands, Stands::Activity(_));
        if is_step && !self.way.is_empty() {
            parts.push(format!("branch {}", self.way));
        }
        parts.extend([self.title.clone(), self.below()].into_iter().filter(|part| !part.is_empty()));
        parts.extend(problems.map(|(severity, n)| {
            let word = if severity == Severity::Error { "error" } else { "warning" };
            format!("{n} {word}{}", if n == 1 { "" } else { "s" })
        }));
        if self.again {
            parts.push("goes on there".to_owned());
        } else if is_step {
            parts.push(format!("step {number} of {count}"));
        }
        parts.join(", ")
    }
}

/// The place of each line among the steps, from 1, and how many steps there are; nought for what is no step, or there again.
pub fn numbers(lines: &[Line]) -> (Vec<usize>, usize) {
    let mut count = 0;
    let number = |line: &Line| {
        let counts = !line.again && matches!(line.stands, Stands::Activity(_));
        count += usize::from(counts);
        if counts { count } else { 0 }
    };
    (lines.iter().map(number).collect(), count)
}

/// What is heard when something is selected that has a line or not; empty where nothing is.
pub fn heard(journey: Journey, canvas: Option<&Value>, what: &Stands, problems: Option<(Severity, usize)>) -> String {
    let lines = lines(journey, canvas);
    let (numbers, count) = numbers(&lines);
    if let Some(at) = lines.iter().position(|line| line.stands == *what && !line.again) {
        let line = &lines[at];
        let to = match what {
            Stands::Way(origin) if line.unfolded == Some(true) => leads(journey, origin),
            _ => String::new(),
        };
        let spoken = line.spoken(problems, (numbers[at], count));
        return if to.is_empty() { spoken } else { format!("{spoken}, {to}") };
    }
    match what {
        Stands::Way(origin) => {
            let from = match origin {
                Origin::Entry => "the entry",
                Origin::Activity(id, _) => journey.activity(id).map_or(id.as_str(), |activity| activity.label()),
            };
            format!("Connection of {from}, {}", leads(journey, origin))
        }
        Stands::Entry | Stands::Activity(_) => String::new(),
    }
}

fn leads(journey: Journey, origin: &Origin) -> String {
    let to = crate::drawing::target(journey, origin).and_then(|id| journey.activity(id));
    to.map_or("ends here".to_owned(), |to| format!("leads to {}", to.label()))
}

/// The connection after `what` among those of its step: from a step its first, from its last the step again. `None` = there
/// is none.
pub fn next_way(journey: Journey, what: &Stands) -> Option<Stands> {
    let slots = |id: &str| -> Vec<Slot> {
        let ways = journey.activity(id).map(|activity| activity.connections()).unwrap_or_default();
        ways.into_iter().map(|way| way.slot).collect()
    };
    let way = |id: &str, slot: Slot| Stands::Way(Origin::Activity(id.to_owned(), slot));
    match what {
        Stands::Entry => Some(Stands::Way(Origin::Entry)),
        Stands::Activity(id) => slots(id).first().map(|slot| way(id, *slot)),
        Stands::Way(Origin::Entry) => Some(Stands::Entry),
        Stands::Way(Origin::Activity(id, slot)) => {
            let slots = slots(id);
            let at = slots.iter().position(|other| other == slot)?;
            Some(slots.get(at + 1).map_or_else(|| Stands::Activity(id.clone()), |slot| way(id, *slot)))
        }
    }
}

/// The steps of the lines from one place to another, each once, that of `to` last.
pub fn steps_between(lines: &[Line], from: usize, to: usize) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for line in lines.iter().take(from.max(to) + 1).skip(from.min(to)) {
        if let Stands::Activity(id) = &line.stands
            && !ids.contains(id)
        {
            ids.push(id.clone());
        }
    }
    if to < from {
        ids.reverse();
    }
    ids
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn journey() -> Value {
        json!({
            "StartActivity": "split",
            "StartCondition": {"SegmentStartCondition": {"SegmentId": "everybody"}},
            "Activities": {
                "split": {"Description": "Opened?", "ConditionalSplit": {"TrueActivity": "thanks", "FalseActivity": "wait"}},
                "thanks": {"Description": "Thanks", "EMAIL": {"TemplateName": "thanks", "NextActivity": "last"}},
                "wait": {"Wait": {"WaitTime": {"WaitFor": "P2D"}, "NextActivity": "last"}},
                "last": {"Description": "Last", "SMS": {"TemplateName": "bye"}},
                "loose": {"Holdout": {"Percentage": 10}},
            }
        })
    }

    /// Each line as level, depth and how it is heard.
    fn told(value: &Value, canvas: Option<&Value>) -> Vec<String> {
        let lines = lines(Journey::of(value).expect("a journey"), canvas);
        let (numbers, count) = numbers(&lines);
        let one = |(line, number): (&Line, &usize)| {
            format!("{}{} {}", "  ".repeat(line.depth), line.level, line.spoken(None, (*number, count)))
        };
        lines.iter().zip(&numbers).map(one).collect()
    }

    #[test]
    fn steps_and_their_ways_stand_below_each_other() {
        assert_eq!(
            told(&journey(), None),
            [
                "1 Entry, Entry, Members of everybody",
                "1 Yes/no split, Opened?, No condition set, step 1 of 5",
                "  2 Connection of Opened?, Yes",
                "  3 Email, branch Yes, Thanks, at once · Sends thanks, step 2 of 5",
                "  3 SMS, Last, days 0–2 · Sends bye, step 3 of 5",
                "  3 Connection of Last, End",
                "  2 Connection of Opened?, No",
                "  3 Wait, branch No, wait, 2 days, step 4 of 5",
                "  3 SMS, Last, goes on there",
                "1 Holdout, loose, not reached · 10% leave here, step 5 of 5",
                "1 Connection of loose, End",
            ]
        );
    }

    #[test]
    fn a_folded_branch_is_one_line() {
        let canvas = json!({"folded": ["split/yes"]});
        let value = json!({"StartActivity": "split", "Activities": {
            "split": {"ConditionalSplit": {"TrueActivity": "a"}},
            "a": {"Wait": {"NextActivity": "b"}},
            "b": {"Wait": {}},
        }});
        assert_eq!(
            told(&value, Some(&canvas)),
            [
                "1 Entry, Entry, Nobody enters yet",
                "1 Yes/no split, split, No condition set, step 1 of 1",
                "  2 Connection of split, Yes, 2 steps are folded",
                "  2 Connection of split, No, ends here",
            ]
        );
        let empty = json!({"Activities": {}});
        assert_eq!(told(&empty, None), ["1 Entry, Entry, Nobody enters yet", "1 Connection of the entry, End"]);
    }

    #[test]
    fn where_it_is_and_what_is_wrong_is_heard() {
        let value = journey();
        let journey = Journey::of(&value).expect("a journey");
        let heard = |what: Stands, problems| heard(journey, None, &what, problems);
        let wait = Stands::Activity("wait".to_owned());
        assert_eq!(heard(wait.clone(), None), "Wait, branch No, wait, 2 days, step 4 of 5");
        assert_eq!(heard(wait, Some((Severity::Error, 1))), "Wait, branch No, wait, 2 days, 1 error, step 4 of 5");
        let yes = Stands::Way(Origin::Activity("split".to_owned(), Slot::Yes));
        assert_eq!(heard(yes, None), "Connection of Opened?, Yes, leads to Thanks");
        let next = Stands::Way(Origin::Activity("thanks".to_owned(), Slot::Next));
        assert_eq!(heard(next, None), "Connection of Thanks, leads to Last");
        assert_eq!(heard(Stands::Activity("nobody".to_owned()), None), "");
    }

    #[test]
    fn ways_are_walked_round() {
        let value = journey();
        let journey = Journey::of(&value).expect("a journey");
        let split = Stands::Activity("split".to_owned());
        let way = |slot| Stands::Way(Origin::Activity("split".to_owned(), slot));
        let mut at = split.clone();
        let mut round = Vec::new();
        for _ in 0..3 {
            at = next_way(journey, &at).expect("one more");
            round.push(at.clone());
        }
        assert_eq!(round, [way(Slot::Yes), way(Slot::No), split]);
        assert_eq!(next_way(journey, &Stands::Entry), Some(Stands::Way(Origin::Entry)));
        assert_eq!(next_way(journey, &way(Slot::Else)), None);
    }

    #[test]
    fn several_lines_are_the_steps_between() {
        let value = journey();
        let lines = lines(Journey::of(&value).expect("a journey"), None);
        assert_eq!(steps_between(&lines, 1, 4), ["split", "thanks", "last"]);
        assert_eq!(steps_between(&lines, 4, 1), ["last", "thanks", "split"], "the last is where the keyboard is");
        assert_eq!(steps_between(&lines, 0, 0), Vec::<String>::new());
    }
}
