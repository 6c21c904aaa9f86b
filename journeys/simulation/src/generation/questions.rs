//! What each activity wants of who leaves it along a way.

use std::collections::BTreeMap;

use audience::EventMatcher;
use engine::{EventKind, Program};
use model::time::{parse_duration, parse_instant};
use model::view::View;
use model::wire::{Operator, SegmentDimensions, SimpleCondition, WaitTime};
use model::{Entry, Journey, Millis, Payload, Project};
use serde_json::{Value, json};

use crate::expectations::Subject;
use crate::generation::Event;
use crate::generation::criteria::{Ask, Collector, Criteria};

/// A condition of a split.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    People(Ask),
    Event(EventQuestion),
    /// Is never true, for this reason.
    Never(String),
}

/// An event that a condition waits for.
#[derive(Clone, Debug)]
pub(crate) struct EventQuestion {
    /// The message activity.
    pub message: u16,
    pub matcher: EventMatcher,
    /// `Dimensions` of the condition.
    pub dimensions: Value,
}

/// How a split decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Yes, when all conditions hold.
    All,
    /// Yes, when any condition holds.
    Any,
    /// The branch of the first that holds.
    First,
}

/// A split and what it asks.
#[derive(Clone, Debug)]
pub(crate) struct Split {
    pub rule: Rule,
    /// Places in [`Questions::conditions`].
    pub conditions: Vec<usize>,
}

/// What a journey asks, by activity.
#[derive(Clone, Debug)]
pub(crate) struct Questions {
    pub criteria: Criteria,
    pub conditions: Vec<Condition>,
    pub splits: BTreeMap<u16, Split>,
    /// By random split: upper bounds, exclusive, of the draws of each branch.
    pub shares: BTreeMap<u16, Vec<u8>>,
    /// By holdout: the percentage.
    pub holdouts: BTreeMap<u16, u8>,
    /// By activity: how long people stay, as far as the document says.
    pub stays: BTreeMap<u16, Stay>,
    /// Who comes in.
    pub entry: Ask,
    /// The event that starts the journey.
    pub event: Option<Value>,
    /// Endpoint types of custom activities.
    pub custom: BTreeMap<u16, Vec<String>>,
    /// Whether local time matters.
    pub zoned: bool,
}

/// How long people stay at an activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stay {
    For(Millis),
    Until(Millis),
}

impl Questions {
    pub fn of(project: &Project, journey: Journey<'_>, subject: &Subject) -> Questions {
        let program = &subject.program;
        let mut collector = Collector::new(project);
        let mut questions = Questions {
            criteria: Criteria::default(),
            conditions: Vec::new(),
            splits: BTreeMap::new(),
            shares: BTreeMap::new(),
            holdouts: BTreeMap::new(),
            stays: BTreeMap::new(),
            entry: Ask::Everybody,
            event: None,
            custom: BTreeMap::new(),
            zoned: journey.wire.quiet_time().is_some() || journey.wire.local_time() == Some(true),
        };
        match journey.entry() {
            Some(Entry::Segment { segment }) => questions.entry = collector.segment(segment),
            Some(Entry::Event { filter, segment }) => {
                questions.event = Some(filter.object().get("Dimensions").cloned().unwrap_or_default());
                questions.entry = segment.map_or(Ask::Everybody, |segment| collector.segment(segment));
            }
            None => {}
        }
        for activity in journey.activities() {
            let Some(index) = program.activity_index(activity.id) else { continue };
            match activity.payload {
                Some(Payload::ConditionalSplit(split)) => {
                    let condition = split.condition();
                    let any = condition.and_then(|condition| condition.operator()) == Some(Operator::Any);
                    let asked = condition.map(|condition| condition.conditions()).unwrap_or_default();
                    let asked = asked.into_iter().map(Some).collect();
                    questions.split(index, if any { Rule::Any } else { Rule::All }, asked, program, &mut collector);
                    questions.stay(index, split.evaluation_wait_time());
                }
                Some(Payload::MultiCondition(split)) => {
                    let asked = split.branches().into_iter().map(|branch| branch.condition()).collect();
                    questions.split(index, Rule::First, asked, program, &mut collector);
                    questions.stay(index, split.evaluation_wait_time());
                }
                Some(Payload::RandomSplit(split)) => {
                    let mut sum = 0u8;
                    let bounds = split.branches().into_iter().map(|branch| {
                        sum = (i64::from(sum) + branch.percentage().unwrap_or(0).clamp(0, 100)).min(100) as u8;
                        sum
                    });
                    questions.shares.insert(index, bounds.collect());
                }
                Some(Payload::Holdout(holdout)) => {
                    questions.holdouts.insert(index, holdout.percentage().unwrap_or(0).clamp(0, 100) as u8);
                }
                Some(Payload::Wait(wait)) => questions.stay(index, wait.wait_time()),
                Some(Payload::Custom(custom)) => {
                    let types = custom.endpoint_types().into_iter().map(str::to_owned).collect();
                    let types = if custom.has("EndpointTypes") { types } else { vec!["CUSTOM".to_owned()] };
                    questions.custom.insert(index, types);
                }
                _ => {}
            }
        }
        questions.criteria = collector.finish(subject.start);
        questions
    }

    fn stay(&mut self, activity: u16, wait: Option<WaitTime<'_>>) {
        let span = wait.and_then(|wait| wait.wait_for()).and_then(parse_duration).map(Stay::For);
        let until = wait.and_then(|wait| wait.wait_until()).and_then(parse_instant).map(Stay::Until);
        self.stays.extend(span.or(until).map(|stay| (activity, stay)));
    }

    fn split(
        &mut self,
        activity: u16,
        rule: Rule,
        asked: Vec<Option<SimpleCondition<'_>>>,
        program: &Program,
        collector: &mut Collector<'_>,
    ) {
        let conditions = asked.into_iter().map(|simple| {
            self.conditions.push(condition(simple, program, collector));
            self.conditions.len() - 1
        });
        let conditions = conditions.collect();
        self.splits.insert(activity, Split { rule, conditions });
    }
}

fn condition(simple: Option<SimpleCondition<'_>>, program: &Program, collector: &mut Collector<'_>) -> Condition {
    let Some(simple) = simple else { return Condition::Never("there is no condition".to_owned()) };
    if let Some(event) = simple.event_condition() {
        let name = event.message_activity().unwrap_or_default();
        let message = program
            .activity_index(name)
            .filter(|message| program.kind(*message).is_some_and(model::ActivityKind::is_message));
        let Some(message) = message else { return Condition::Never(format!("there is no message activity `{name}`")) };
        let dimensions = event.object().get("Dimensions").cloned().unwrap_or_default();
        return match EventMatcher::compile(&dimensions) {
            Ok(matcher) => Condition::Event(EventQuestion { message, matcher, dimensions }),
            Err(error) => Condition::Never(error.to_string()),
        };
    }
    if let Some(segment) = simple.segment_condition() {
        return Condition::People(collector.segment(segment.segment_id().unwrap_or_default()));
    }
    match simple.object().get("segmentDimensions").and_then(SegmentDimensions::of) {
        Some(dimensions) => Condition::People(collector.dimensions(dimensions)),
        None => Condition::Never("the condition asks nothing".to_owned()),
    }
}

/// An event that fits `EventDimensions` and none of `others`.
pub(crate) fn event_for(
    dimensions: &Value,
    kind: Option<model::ActivityKind>,
    others: &[&EventMatcher],
) -> Option<Event> {
    let matcher = EventMatcher::compile(dimensions).ok()?;
    let types: Vec<String> = match matcher.event_types() {
        Some(types) => types.to_vec(),
        // All but some: what can be done with such a message, else a name of our own.
        None => crate::expectations::Verb::ALL
            .iter()
            .filter_map(|verb| verb.kind(kind?))
            .map(|kind: EventKind| kind.name().to_owned())
            .chain(["waymark.event".to_owned()])
            .collect(),
    };
    let attributes = members(dimensions, "Attributes", &|name, answer| match answer {
        Value::String(text) => Some((name.to_owned(), text.clone())),
        _ => None,
    })?;
    let metrics = members(dimensions, "Metrics", &|name, answer| Some((name.to_owned(), answer.as_f64()?)))?;
    let borrowed: Vec<(&str, &str)> = attributes.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let numbers: Vec<(&str, f64)> = metrics.iter().map(|(name, number)| (name.as_str(), *number)).collect();
    let fits = |event_type: &String| {
        matcher.matches(event_type, &borrowed, &numbers)
            && !others.iter().any(|other| other.matches(event_type, &borrowed, &numbers))
    };
    let event_type = types.into_iter().find(fits)?;
    Some(Event { event_type, attributes, metrics })
}

/// For each dimension of a group the first answer that fits it; `None` = one has none.
fn members<T>(dimensions: &Value, group: &str, make: &dyn Fn(&str, &Value) -> Option<T>) -> Option<Vec<T>> {
    let mut out = Vec::new();
    for (name, dimension) in dimensions.get(group).and_then(Value::as_object).into_iter().flatten() {
        let alone = EventMatcher::compile(&json!({ group: { name: dimension } })).ok()?;
        // A dimension that a missing member fulfils is left alone.
        if alone.matches("", &[], &[]) {
            continue;
        }
        let answers = crate::generation::criteria::event_answers(group, dimension);
        let fits = |answer: &&Value| match answer {
            Value::String(text) => alone.matches("", &[(name, text)], &[]),
            number => number.as_f64().is_some_and(|number| alone.matches("", &[], &[(name, number)])),
        };
        out.push(make(name, answers.iter().find(fits)?)?);
    }
    Some(out)
}
