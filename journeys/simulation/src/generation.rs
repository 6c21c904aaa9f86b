//! One synthetic person for each path that can be taken, and the reason for each that can not.
//!
//! For every path of a journey the conditions on it are collected, members of endpoints, an id and events are worked out
//! that fulfil them, and then the person is sent through the journey: only who takes exactly that path is kept. So what is
//! written here passes, and a path without a person is reported, never assumed.
//!
//! `questions` says what each activity wants of who leaves it along a way, `criteria` what members of an endpoint could be
//! answers, `solve` finds answers that fit together or the wishes that contradict each other, `person` makes and walks.

pub(crate) mod criteria;
mod person;
pub(crate) mod questions;
mod solve;

use audience::People;
use engine::Program;
use model::{Millis, Project};
use serde::{Deserialize, Serialize};

use crate::expectations::{Expectation, Subject};
use crate::generation::person::Maker;
use crate::generation::questions::Questions;
use crate::paths::{Exit, MOST, Route, routes};

/// The paths of a journey, with somebody for each that can be taken.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Generated {
    /// One person and what becomes of them, for each path that can be taken, in the order of the document.
    pub expectations: Vec<Expectation>,
    /// Paths that can not be taken.
    pub impossible: Vec<Impossible>,
    /// Whether there are more paths than [`MOST`], which are left out.
    pub cut: bool,
}

/// A path that nobody can take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Impossible {
    /// File name of the journey.
    pub journey: String,
    /// The path, by its decisions: "`openedWelcome` Yes, `planSplit` A".
    pub path: String,
    /// Why, lower case, without full stop.
    pub reason: String,
}

/// Makes a person for each path of the journey `name` of a project; `people` are its sample people, who are looked at
/// where nobody can be made.
pub fn generate(project: &Project, name: &str, subject: &Subject, people: &People) -> Generated {
    generate_as(project, name, subject, people, "")
}

/// As [`generate`], with names that begin with `prefix`: random splits draw by the name, so nobody can be renamed later.
pub(crate) fn generate_as(
    project: &Project,
    name: &str,
    subject: &Subject,
    people: &People,
    prefix: &str,
) -> Generated {
    let mut generated = Generated::default();
    let Some(journey) = project.journey(name) else { return generated };
    let (routes, cut) = routes(&subject.program, MOST);
    generated.cut = cut;
    let questions = Questions::of(project, journey, subject);
    let mut maker = Maker::new(name, subject, &questions, people).named(prefix);
    for (number, route) in routes.iter().enumerate() {
        match maker.person(route, number + 1) {
            Ok(expectation) => generated.expectations.push(expectation),
            Err(reason) => {
                let path = path_words(&subject.program, route);
                generated.impossible.push(Impossible { journey: name.to_owned(), path, reason });
            }
        }
    }
    generated
}

/// An event without person or time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Event {
    pub event_type: String,
    pub attributes: Vec<(String, String)>,
    pub metrics: Vec<(String, f64)>,
}

impl Event {
    /// An event of that type alone.
    pub fn of(event_type: &str) -> Event {
        Event { event_type: event_type.to_owned(), attributes: Vec::new(), metrics: Vec::new() }
    }
}

/// What a search for lives starts from.
pub(crate) struct Known {
    pub criteria: criteria::Criteria,
    /// One person for each of the first paths.
    pub expectations: Vec<Expectation>,
    /// Events that conditions wait for: message activity and event.
    pub reactions: Vec<(u16, Event)>,
    /// The event that starts the journey.
    pub calls: Vec<Event>,
}

/// What is known of who takes part in a journey; of its paths at most `limit` are looked at.
pub(crate) fn known(project: &Project, name: &str, subject: &Subject, people: &People, limit: usize) -> Known {
    let Some(journey) = project.journey(name) else {
        let criteria = criteria::Criteria::default();
        return Known { criteria, expectations: Vec::new(), reactions: Vec::new(), calls: Vec::new() };
    };
    let questions = Questions::of(project, journey, subject);
    let (routes, _) = routes(&subject.program, limit);
    let mut maker = Maker::new(name, subject, &questions, people);
    let made = routes.iter().enumerate().filter_map(|(number, route)| maker.person(route, number + 1).ok());
    let expectations = made.filter(|made| !made.people.is_empty()).collect();
    let reactions = questions.conditions.iter().filter_map(|condition| match condition {
        questions::Condition::Event(event) => {
            let kind = subject.program.kind(event.message);
            Some((event.message, questions::event_for(&event.dimensions, kind, &[])?))
        }
        _ => None,
    });
    let reactions = reactions.collect();
    let calls = questions.event.iter().filter_map(|dimensions| questions::event_for(dimensions, None, &[])).collect();
    Known { criteria: questions.criteria, expectations, reactions, calls }
}

/// A path by its decisions.
fn path_words(program: &Program, route: &Route) -> String {
    let mut words: Vec<String> = Vec::new();
    for leg in &route.legs {
        let id = program.activity_id(leg.activity);
        let ways = program.ways().iter().filter(|way| way.from == leg.activity).count();
        match leg.exit {
            Exit::HeldOut => words.push(format!("`{id}` held out")),
            Exit::Way(way) if ways > 1 => {
                if let Some(way) = program.ways().get(usize::from(way)) {
                    words.push(format!("`{id}` {}", crate::expectations::names::branch_name(program, way)));
                }
            }
            Exit::Way(_) if program.kind(leg.activity) == Some(model::ActivityKind::Holdout) => {
                words.push(format!("`{id}` not held out"));
            }
            Exit::Way(_) | Exit::Nowhere => {}
        }
    }
    if let Some(circle) = route.circle {
        words.push(format!("back to `{}`", program.activity_id(circle)));
    }
    match words.is_empty() {
        true => "the only path".to_owned(),
        false => words.join(", "),
    }
}

/// From when on people can enter a journey by an event.
pub(crate) fn start_of_entries(program: &Program, start: Millis) -> Millis {
    program.starts().map_or(start, |starts| starts.max(start))
}
