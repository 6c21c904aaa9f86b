//! From a journey document to a program.

use audience::{Audience, AudienceError, EventMatcher, Members};
use model::time::{parse_duration, parse_instant};
use model::view::View;
use model::wire::{ChannelType, Operator, SimpleCondition, WaitTime};
use model::{Activity, Journey, PUSH_CHANNELS, Payload, TemplateKind, path};
use serde_json::Value;
use templates::Template;

use crate::content::Content;
use crate::delivery::endpoint_types;
use crate::draw::salt;
use crate::event::{EventKind, EventKinds};
use crate::event_filter::EventFilter;
use crate::program::{Caps, Condition, Delay, Entry, Message, Node, Program, Step, Target, Timing, Waits, Way};
use crate::schedule::{Membership, Schedule};
use crate::sending::Window;
use crate::zone::Zones;

/// Most distinct event conditions, activities and ways: they are numbered with 16 bits.
const MAX: usize = u16::MAX as usize / 2;

/// Answers the document of a template by kind, name and version (`None` = the one that is active).
pub type FindTemplate<'a> = dyn Fn(TemplateKind, &str, Option<&str>) -> Option<&'a Value> + 'a;

/// Where the compiler finds what a journey only names.
#[derive(Clone, Copy)]
pub struct Context<'c, 'a> {
    /// The segment document of a `SegmentId`.
    pub segment: &'c dyn Fn(&str) -> Option<&'a Value>,
    /// The list of an imported segment; `None` = not known, everybody is in it.
    pub members: &'c dyn Fn(&str) -> Option<Members>,
    /// The templates; `None` = they are not known here, and every message can be made.
    pub template: Option<&'c FindTemplate<'a>>,
    /// Most messages that the project's journeys and campaigns together send to an endpoint in 24 hours:
    /// `ApplicationSettings.Limits.Daily` (journeys.md 5); `None` or 0 = without limit.
    pub project_daily: Option<u32>,
    /// Implicit waits, and what a test run changes.
    pub timing: Timing,
}

impl<'c, 'a> Context<'c, 'a> {
    /// A context with these segments and everything else by default.
    pub fn new(segment: &'c dyn Fn(&str) -> Option<&'a Value>) -> Self {
        Context { segment, members: &|_| None, template: None, project_daily: None, timing: Timing::default() }
    }
}

/// Why a journey can not run at all. Everything less is run, and its effects say what is odd.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CompileError {
    /// J006
    #[error("the journey has no activities")]
    NoActivities,
    /// J006
    #[error("{}", match start { Some(id) => format!("the first activity `{id}` does not exist"), None => "`StartActivity` is missing".to_owned() })]
    NoStart {
        /// What `StartActivity` says.
        start: Option<String>,
    },
    /// J011
    #[error("the journey does not say who enters: it needs either a segment or an event")]
    NoEntry,
    /// J012, or a segment that can not be evaluated.
    #[error("nobody can enter: {0}")]
    EntrySegment(AudienceError),
    /// J014, or a filter that can not be evaluated.
    #[error("the event that starts the journey can not be read: {0}")]
    EntryEvent(AudienceError),
    /// Far beyond what Pinpoint takes (J010).
    #[error("the journey is too large: {count} {what}, at most {MAX}")]
    TooLarge {
        /// How many there are.
        count: usize,
        /// Of what.
        what: &'static str,
    },
}

/// Compiles a journey; `id` is what draws depend on: its Pinpoint id, or its file name in a project folder.
///
/// Lenient where a participant can go on: an unknown next activity ends the path, a condition that can not be evaluated
/// is never true, and both say so in the effects.
///
/// # Errors
/// When no participant could take the first step.
pub fn compile(journey: Journey<'_>, id: &str, context: &Context<'_, '_>) -> Result<Program, CompileError> {
    let activities = journey.activities();
    if activities.is_empty() {
        return Err(CompileError::NoActivities);
    }
    fits(activities.len(), "activities")?;
    let mut compiler = Compiler { activities: &activities, context, conditions: Vec::new() };
    let start = journey.wire.start_activity();
    let start = start
        .and_then(|start| compiler.index(start))
        .ok_or_else(|| CompileError::NoStart { start: start.map(str::to_owned) })?;
    let entry = compiler.entry(journey)?;

    let mut nodes = Vec::with_capacity(activities.len());
    let mut ways = Vec::new();
    for (from, activity) in (0u16..).zip(&activities) {
        let first_way = ways.len();
        for connection in activity.connections() {
            let target = match connection.target {
                None => Target::End,
                Some(id) => compiler.index(id).map_or_else(|| Target::Missing(id.to_owned()), Target::Activity),
            };
            ways.push(Way { from, slot: connection.slot, target, label: connection.label });
        }
        fits(ways.len(), "connections")?;
        nodes.push(Node {
            id: activity.id.to_owned(),
            kind: activity.kind(),
            salt: salt(id, activity.id),
            first_way: first_way as u16,
            step: compiler.step(activity),
            watchers: Vec::new(),
            watched: EventKinds::NONE,
            template: activity.template_name().map(str::to_owned),
            template_version: activity.template_version().map(str::to_owned),
            content: compiler.content(activity),
        });
    }
    let conditions = compiler.conditions;
    fits(conditions.len(), "conditions")?;
    for (index, condition) in (0u16..).zip(&conditions) {
        if let Condition::Event { message: Some(message), kinds, .. } = condition
            && let Some(node) = nodes.get_mut(usize::from(*message))
        {
            node.watchers.push(index);
            node.watched = node.watched.union(*kinds);
        }
    }

    let limits = journey.wire.limits();
    let mut not_honoured = Vec::new();
    let reentry_interval = limits.and_then(|l| l.endpoint_reentry_interval()).map_or(0, |text| {
        parse_duration(text).unwrap_or_else(|| {
            not_honoured.push((
                path!["Limits", "EndpointReentryInterval"],
                format!("`{text}` is not an ISO 8601 duration: there is no pause between entries"),
            ));
            0
        })
    });
    let count = |n: Option<i64>| n.and_then(|n| u32::try_from(n).ok());
    let frame = limits.and_then(|l| l.timeframe_cap());
    let caps = Caps {
        total: count(limits.and_then(|l| l.total_cap())).filter(|n| *n > 0),
        daily: count(limits.and_then(|l| l.daily_cap())).filter(|n| *n > 0),
        timeframe: count(frame.and_then(|f| f.cap()))
            .zip(count(frame.and_then(|f| f.days())))
            .filter(|(cap, days)| *cap > 0 && *days > 0),
        project_daily: context.project_daily.filter(|n| *n > 0),
    };
    let rate = count(limits.and_then(|l| l.messages_per_second())).filter(|n| *n > 0);
    let schedule = Schedule::compile(journey, &mut not_honoured);
    let zones = Zones::compile(journey, &mut not_honoured);
    let window = Window::compile(journey, &mut not_honoured);
    let reevaluates = activities.iter().any(|a| matches!(a.payload, Some(Payload::ContactCenter(_))));
    Ok(Program {
        id: id.to_owned(),
        ways,
        start,
        entry,
        conditions,
        // Default 1 (journeys.md 2.3, chosen); 0 = without limit.
        reentry_cap: count(limits.and_then(|l| l.endpoint_reentry_cap())).unwrap_or(1),
        reentry_interval,
        unhindered: !caps.any()
            && window.always_open()
            && rate.is_none()
            && nodes.iter().all(|node| node.content.is_none()),
        nodes,
        caps,
        window,
        schedule,
        membership: Membership::of(journey),
        zones,
        rate,
        timing: context.timing,
        reevaluates,
        not_honoured,
    })
}

fn fits(count: usize, what: &'static str) -> Result<(), CompileError> {
    if count <= MAX { Ok(()) } else { Err(CompileError::TooLarge { count, what }) }
}

struct Compiler<'j, 'c, 'a> {
    activities: &'j [Activity<'j>],
    context: &'j Context<'c, 'a>,
    conditions: Vec<Condition>,
}

impl Compiler<'_, '_, '_> {
    fn index(&self, id: &str) -> Option<u16> {
        self.activities.iter().position(|activity| activity.id == id).and_then(|i| u16::try_from(i).ok())
    }

    fn audience(&self, segment: &str) -> Result<Audience, AudienceError> {
        Audience::compile_with_members(segment, self.context.segment, self.context.members)
    }

    fn entry(&self, journey: Journey<'_>) -> Result<Entry, CompileError> {
        match journey.entry().ok_or(CompileError::NoEntry)? {
            model::Entry::Segment { segment } => {
                self.audience(segment).map(Entry::Segment).map_err(CompileError::EntrySegment)
            }
            model::Entry::Event { filter, segment } => {
                let filter = EventFilter::compile(filter.object()).map_err(CompileError::EntryEvent)?;
                let audience =
                    segment.map(|segment| self.audience(segment)).transpose().map_err(CompileError::EntrySegment)?;
                Ok(Entry::Event { filter, audience })
            }
        }
    }

    fn step(&mut self, activity: &Activity<'_>) -> Step {
        let message = |channels: &[ChannelType], sends: &[EventKind], channel: usize, contact_center: bool| {
            let bits = channels.iter().fold(0, |bits, channel| bits | 1 << *channel as u16);
            let sends = sends.iter().copied().chain([EventKind::JourneySend]).collect();
            Step::Message(Message { channels: bits, sends, channel, contact_center })
        };
        match activity.payload {
            None => Step::Nothing,
            // Which endpoints get a message: journeys.md 3.1, "Runtime".
            Some(Payload::Email(_)) => message(&[ChannelType::Email], &[EventKind::EmailSend], 0, false),
            Some(Payload::Sms(_)) => message(&[ChannelType::Sms], &[EventKind::SmsSend], 1, false),
            Some(Payload::Push(_)) => message(&PUSH_CHANNELS, &[], 2, false),
            Some(Payload::ContactCenter(_)) => message(&[ChannelType::Voice], &[], 3, true),
            Some(Payload::Custom(custom)) => message(&endpoint_types(custom), &[], 4, false),
            Some(Payload::Wait(wait)) => Step::Wait(self.delay(wait.wait_time())),
            Some(Payload::ConditionalSplit(split)) => {
                let condition = split.condition();
                let conditions = condition.map(|c| c.conditions()).unwrap_or_default();
                Step::Conditional {
                    conditions: conditions.into_iter().map(|simple| self.condition(Some(simple))).collect(),
                    all: condition.and_then(|c| c.operator()) != Some(Operator::Any),
                    wait: self.delay(split.evaluation_wait_time()),
                }
            }
            Some(Payload::MultiCondition(split)) => Step::Multi {
                conditions: split.branches().into_iter().map(|branch| self.condition(branch.condition())).collect(),
                wait: self.delay(split.evaluation_wait_time()),
            },
            Some(Payload::RandomSplit(split)) => {
                let mut sum: u16 = 0;
                let bounds = split.branches().into_iter().map(|branch| {
                    let percent = branch.percentage().unwrap_or(0).clamp(0, 100) as u16;
                    sum = (sum + percent).min(100);
                    sum
                });
                Step::Random(bounds.collect())
            }
            Some(Payload::Holdout(holdout)) => Step::Holdout(holdout.percentage().unwrap_or(0).clamp(0, 100) as u8),
        }
    }

    /// The template of a message activity, where templates are known.
    fn content(&self, activity: &Activity<'_>) -> Option<Content> {
        let template = self.context.template?;
        let kind = activity.kind()?.template_kind()?;
        let name = activity.template_name()?;
        let version = activity.template_version();
        let Some(document) = template(kind, name, version) else {
            // Gone since the journey was published, or never there (templates.md 2, chosen; J026).
            let which = version.map(|version| format!(" in version {version}")).unwrap_or_default();
            return Some(Content::Broken(format!("template `{name}` does not exist{which}")));
        };
        Some(match Template::compile(kind, document) {
            Ok(template) => Content::Template(Box::new(template)),
            Err(error) => Content::Broken(format!("template `{name}`: {error}")),
        })
    }

    fn delay(&self, wait: Option<WaitTime<'_>>) -> Delay {
        let Some(wait) = wait else { return Delay::None };
        match self.context.timing.waits {
            Waits::Skipped => return Delay::For(0),
            Waits::Each(span) => return Delay::For(span.max(0)),
            Waits::AsDrawn => {}
        }
        match (wait.wait_for(), wait.wait_until()) {
            (Some(span), None) => parse_duration(span).map_or(Delay::Unreadable, Delay::For),
            (None, Some(at)) => parse_instant(at).map_or(Delay::Unreadable, Delay::Until),
            _ => Delay::Unreadable,
        }
    }

    fn condition(&mut self, simple: Option<SimpleCondition<'_>>) -> u16 {
        let condition = self.simple(simple);
        self.conditions.push(condition);
        // Checked against MAX once all are there.
        (self.conditions.len() - 1).min(usize::from(u16::MAX)) as u16
    }

    fn simple(&self, simple: Option<SimpleCondition<'_>>) -> Condition {
        let Some(simple) = simple else { return Condition::Broken("there is no condition".to_owned()) };
        if let Some(event) = simple.event_condition() {
            let name = event.message_activity().unwrap_or_default();
            let message = self
                .index(name)
                .filter(|i| self.activities[usize::from(*i)].kind().is_some_and(model::ActivityKind::is_message));
            let Some(dimensions) = event.object().get("Dimensions") else {
                return Condition::Broken("the event condition names no event".to_owned());
            };
            return match EventMatcher::compile(dimensions) {
                Err(error) => Condition::Broken(error.to_string()),
                Ok(matcher) => event_condition(message, name, dimensions, matcher),
            };
        }
        if let Some(segment) = simple.segment_condition() {
            let name = segment.segment_id().unwrap_or_default();
            return match self.audience(name) {
                Ok(audience) => Condition::Audience { audience, segment: Some(name.to_owned()) },
                Err(error) => Condition::Broken(error.to_string()),
            };
        }
        match simple.object().get("segmentDimensions").map(Audience::from_dimensions) {
            Some(Ok(audience)) => Condition::Audience { audience, segment: None },
            Some(Err(error)) => Condition::Broken(error.to_string()),
            None => Condition::Broken("the condition asks nothing".to_owned()),
        }
    }
}

fn event_condition(message: Option<u16>, name: &str, dimensions: &Value, matcher: EventMatcher) -> Condition {
    let only_type = ["Attributes", "Metrics"]
        .iter()
        .all(|member| dimensions.get(member).and_then(Value::as_object).is_none_or(serde_json::Map::is_empty));
    let type_alone: Option<EventMatcher> = dimensions
        .get("EventType")
        .and_then(|set| EventMatcher::compile(&serde_json::json!({ "EventType": set })).ok());
    let wanted = |name: &str| type_alone.as_ref().is_none_or(|matcher| matcher.matches(name, &[], &[]));
    let kinds = EventKind::ALL
        .into_iter()
        .filter(|kind| wanted(kind.name()) || *kind == EventKind::SmsSend && wanted("_SMS.BUFFERED"))
        .collect();
    Condition::Event {
        message,
        name: name.to_owned(),
        kinds,
        words: matcher.words(),
        // The set of kinds says it all when all types asked for are known.
        matcher: (!only_type
            || matcher.event_types().is_none_or(|types| types.iter().any(|t| EventKind::parse(t).is_none())))
        .then_some(matcher),
    }
}
