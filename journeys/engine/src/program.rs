//! A compiled journey: everything by index, names kept only for people.

use audience::{Audience, EventMatcher, Row};
use model::time::{HOUR, MINUTE};
use model::{ActivityKind, Millis, Path, Slot};

use crate::content::Content;
use crate::event::{EventKind, EventKinds};
use crate::event_filter::EventFilter;
use crate::schedule::{LONGEST, Membership, Schedule};
use crate::sending::Window;
use crate::zone::{Zone, Zones};

/// How long things take that the journey does not say, and what a test run changes (journeys.md 3.8 and 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Least time between a channel message (EMAIL, SMS, PUSH, contact centre) and the evaluation of its events; 1 hour.
    pub after_message: Millis,
    /// Least time between a CUSTOM activity and the evaluation of its events; 15 minutes.
    pub after_custom: Millis,
    /// What a test run makes of waits.
    pub waits: Waits,
    /// Least time between publication and entry of a segment (journeys.md 2.2); 5 minutes.
    pub before_entry: Millis,
    /// The longest that a journey without end runs (journeys.md 6); 540 days.
    pub longest: Millis,
}

/// What becomes of waits and evaluation waits (journeys.md 9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Waits {
    /// They take what the journey says.
    #[default]
    AsDrawn,
    /// All take no time, the implicit ones too ("skip all waits and delays").
    Skipped,
    /// Each takes this long, whatever the journey says ("custom wait time").
    Each(Millis),
}

impl Default for Timing {
    fn default() -> Self {
        Timing {
            after_message: HOUR,
            after_custom: 15 * MINUTE,
            waits: Waits::AsDrawn,
            before_entry: 5 * MINUTE,
            longest: LONGEST,
        }
    }
}

/// A journey that [`advance`](crate::advance) can run; made by [`compile`](crate::compile).
#[derive(Clone, Debug)]
pub struct Program {
    pub(crate) id: String,
    pub(crate) nodes: Vec<Node>,
    pub(crate) ways: Vec<Way>,
    pub(crate) start: u16,
    pub(crate) entry: Entry,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) reentry_cap: u32,
    pub(crate) reentry_interval: Millis,
    pub(crate) caps: Caps,
    pub(crate) window: Window,
    pub(crate) schedule: Schedule,
    pub(crate) membership: Membership,
    pub(crate) zones: Zones,
    /// `MessagesPerSecond`
    pub(crate) rate: Option<u32>,
    /// Whether nothing can hold a message back or keep it from being made: no cap, no window, no rate, no template known.
    pub(crate) unhindered: bool,
    pub(crate) timing: Timing,
    /// Whether splits are evaluated again before dialling (journeys.md 3.2).
    pub(crate) reevaluates: bool,
    pub(crate) not_honoured: Vec<(Path, String)>,
}

/// One activity.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub id: String,
    pub kind: Option<ActivityKind>,
    /// Hash of journey id and activity id.
    pub salt: u64,
    /// Its ways out start here.
    pub first_way: u16,
    pub step: Step,
    /// Conditions on events of this message.
    pub watchers: Vec<u16>,
    /// Kinds of events that any of the watchers waits for.
    pub watched: EventKinds,
    pub template: Option<String>,
    pub template_version: Option<String>,
    /// The template; `None` = not known here, or it can be made for everybody.
    pub content: Option<Content>,
}

/// What an activity does.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Message(Message),
    Wait(Delay),
    /// Yes = first way, No = second.
    Conditional {
        conditions: Vec<u16>,
        all: bool,
        wait: Delay,
    },
    /// Branch n = way n, Else = the last.
    Multi {
        conditions: Vec<u16>,
        wait: Delay,
    },
    /// Upper bounds, exclusive, of the draws of each branch.
    Random(Vec<u16>),
    Holdout(u8),
    /// No type member: nothing can be done (J005).
    Nothing,
}

/// A message activity.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Message {
    /// Bit n: endpoints of `ChannelType` n get it.
    pub channels: u16,
    /// Events of the hand-over.
    pub sends: EventKinds,
    /// Row of `OpenHours` and `ClosedDays`.
    pub channel: usize,
    pub contact_center: bool,
}

/// A wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delay {
    /// None is given.
    None,
    For(Millis),
    Until(Millis),
    /// Something is given and it can not be read (J003, J036): counts as none.
    Unreadable,
}

/// What a split asks.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    Event {
        /// The message activity; `None` = there is no such activity, never true.
        message: Option<u16>,
        name: String,
        /// Known kinds of events that make it true.
        kinds: EventKinds,
        /// To be asked too: attributes and metrics, or kinds that the service does not know.
        matcher: Option<EventMatcher>,
        words: String,
    },
    Audience {
        audience: Audience,
        segment: Option<String>,
    },
    /// Can not be evaluated, for this reason; never true.
    Broken(String),
}

/// Who comes in.
#[derive(Clone, Debug)]
pub(crate) enum Entry {
    Segment(Audience),
    Event { filter: EventFilter, audience: Option<Audience> },
}

/// How many messages one endpoint may get (journeys.md 5); `None` = off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Caps {
    pub total: Option<u32>,
    pub daily: Option<u32>,
    /// Cap and days.
    pub timeframe: Option<(u32, u32)>,
    /// Of all journeys and campaigns of the project together.
    pub project_daily: Option<u32>,
}

impl Caps {
    pub fn any(self) -> bool {
        self.total.is_some() || self.daily.is_some() || self.timeframe.is_some() || self.project_daily.is_some()
    }
}

/// A way out of an activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The activity that it leaves, as its index.
    pub from: u16,
    /// Which way out of it.
    pub slot: Slot,
    /// Where it leads.
    pub target: Target,
    /// What stands on it: `Yes`, `60%`, `A`, `Else`; empty for a single way out.
    pub label: String,
}

/// Where a way leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To this activity.
    Activity(u16),
    /// Nowhere: the path ends (journeys.md 4).
    End,
    /// To an activity that is not there (J007): the path ends too.
    Missing(String),
}

impl Program {
    /// The journey's id, which draws depend on.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How many activities there are; their indices are below.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no activity; a compiled journey has at least its first.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Index of the first activity.
    pub fn start(&self) -> u16 {
        self.start
    }

    /// The id of an activity; empty for an index that is none.
    pub fn activity_id(&self, activity: u16) -> &str {
        self.nodes.get(usize::from(activity)).map_or("", |node| &node.id)
    }

    /// The index of an activity id.
    pub fn activity_index(&self, id: &str) -> Option<u16> {
        self.nodes.iter().position(|node| node.id == id).and_then(|i| u16::try_from(i).ok())
    }

    /// The kind of an activity.
    pub fn kind(&self, activity: u16) -> Option<ActivityKind> {
        self.nodes.get(usize::from(activity))?.kind
    }

    /// A hash of journey id and activity id, to draw with.
    pub fn salt(&self, activity: u16) -> u64 {
        self.nodes.get(usize::from(activity)).map_or(0, |node| node.salt)
    }

    /// `TemplateName` and `TemplateVersion` of a message activity.
    pub fn template(&self, activity: u16) -> (Option<&str>, Option<&str>) {
        let node = self.nodes.get(usize::from(activity));
        (node.and_then(|n| n.template.as_deref()), node.and_then(|n| n.template_version.as_deref()))
    }

    /// All ways out of all activities, in the order of the document and of each activity's connections.
    pub fn ways(&self) -> &[Way] {
        &self.ways
    }

    /// The kinds of events of this activity's message that a split asks about.
    pub fn watched(&self, activity: u16) -> EventKinds {
        self.nodes.get(usize::from(activity)).map_or(EventKinds::NONE, |node| node.watched)
    }

    /// Whether the journey is entered by event.
    pub fn is_event_entry(&self) -> bool {
        matches!(self.entry, Entry::Event { .. })
    }

    /// The segment that entrants must be in; `None` = an event journey without segment, which takes everybody.
    pub fn entry_audience(&self) -> Option<&Audience> {
        match &self.entry {
            Entry::Segment(audience) => Some(audience),
            Entry::Event { audience, .. } => audience.as_ref(),
        }
    }

    /// Whether an event is the one that starts the journey; never for a segment journey (journeys.md 2.1).
    pub fn is_entry_event(&self, event_type: &str, attributes: &[(&str, &str)], metrics: &[(&str, f64)]) -> bool {
        match &self.entry {
            Entry::Segment(_) => false,
            Entry::Event { filter, .. } => filter.matches(event_type, attributes, metrics),
        }
    }

    /// What starts the journey, in words; empty for a segment journey.
    pub fn entry_event_words(&self) -> String {
        match &self.entry {
            Entry::Segment(_) => String::new(),
            Entry::Event { filter, .. } => filter.words(),
        }
    }

    /// When the members of the entry segment come in, for a journey that is published at `published`: at the start of
    /// its schedule, never earlier than 5 minutes after publication (journeys.md 2.2). With `LocalTime` the earliest
    /// instant at which anybody could; [`Program::entry_of`] answers for one endpoint.
    pub fn entry_at(&self, published: Millis) -> Millis {
        let earliest = published.saturating_add(self.timing.before_entry);
        self.schedule.start.map_or(earliest, |start| start.max(earliest))
    }

    /// When a member comes in; `None` = never, its time zone is not known and `LocalTime` needs it (journeys.md 2.3).
    pub fn entry_of(&self, endpoint: Row<'_>, published: Millis) -> Option<Millis> {
        if self.schedule.local.is_none() {
            return Some(self.entry_at(published));
        }
        let Zone::Known(zone) = self.zones.of(endpoint) else { return None };
        let earliest = published.saturating_add(self.timing.before_entry);
        Some(self.schedule.span(Some(&zone)).0.map_or(earliest, |start| start.max(earliest)))
    }

    /// Whether start and end are wall clocks in each participant's own zone (`LocalTime`).
    pub fn is_local(&self) -> bool {
        self.schedule.local.is_some()
    }

    /// Start of the schedule; events before it admit nobody. With `LocalTime` the earliest anywhere.
    pub fn starts(&self) -> Option<Millis> {
        self.schedule.start
    }

    /// End of the schedule: nobody enters after it, and who is inside goes on (journeys.md 7, CLOSED). With `LocalTime`
    /// the latest anywhere.
    pub fn ends(&self) -> Option<Millis> {
        self.schedule.end
    }

    /// When a journey that is published at `published` is closed at the latest: at its end, or after the longest that a
    /// journey runs (journeys.md 6).
    pub fn closes(&self, published: Millis) -> Millis {
        let longest = self.entry_at(published).saturating_add(self.timing.longest);
        self.schedule.end.map_or(longest, |end| end.min(longest))
    }

    /// How the membership of the entry segment is looked at (journeys.md 2.2).
    pub fn membership(&self) -> Membership {
        self.membership
    }

    /// How often the entry segment is evaluated again, counted from the start (journeys.md 2.2); `None` = never.
    pub fn refresh(&self) -> Option<Millis> {
        self.membership.every()
    }

    /// Most messages that leave in a second, `MessagesPerSecond`; `None` = without limit.
    pub fn rate(&self) -> Option<u32> {
        self.rate
    }

    /// Whether a cap of the journey counts what others send (journeys.md 5): `TimeframeCap`, or the project's daily limit.
    pub fn counts_others(&self) -> bool {
        self.caps.timeframe.is_some() || self.caps.project_daily.is_some()
    }

    /// The audience of a condition; `None` = a condition on events, or there is no such condition. Conditions are
    /// numbered below [`Program::condition_count`].
    pub fn audience_of(&self, condition: u16) -> Option<&Audience> {
        match self.condition(condition)? {
            Condition::Audience { audience, .. } => Some(audience),
            _ => None,
        }
    }

    /// How many conditions the splits have together.
    pub fn condition_count(&self) -> u16 {
        u16::try_from(self.conditions.len()).unwrap_or(u16::MAX)
    }

    /// How often a participant may enter; `None` = without limit (journeys.md 2.3, rule 4).
    pub fn reentry_cap(&self) -> Option<u32> {
        (self.reentry_cap > 0).then_some(self.reentry_cap)
    }

    /// What the journey says and the engine does not do (yet), with the place in the document and what happens instead.
    ///
    /// A driver shows these: nothing is left out silently.
    pub fn not_honoured(&self) -> &[(Path, String)] {
        &self.not_honoured
    }

    pub(crate) fn node(&self, activity: u16) -> Option<&Node> {
        self.nodes.get(usize::from(activity))
    }

    pub(crate) fn condition(&self, condition: u16) -> Option<&Condition> {
        self.conditions.get(usize::from(condition))
    }

    /// The least time between the message of an activity and the evaluation of its events (journeys.md 3.8).
    pub(crate) fn implicit_wait(&self, message: u16) -> Millis {
        match (self.timing.waits, self.kind(message)) {
            (Waits::AsDrawn, Some(ActivityKind::Custom)) => self.timing.after_custom,
            (Waits::AsDrawn, _) => self.timing.after_message,
            _ => 0,
        }
    }
}

impl Condition {
    /// Whether an event of the condition's message makes it true.
    #[inline]
    pub(crate) fn takes(
        &self,
        kind: Option<EventKind>,
        name: &str,
        attributes: &[(&str, &str)],
        metrics: &[(&str, f64)],
    ) -> bool {
        let Condition::Event { kinds, matcher, .. } = self else { return false };
        kind.is_some_and(|kind| kinds.has(kind))
            && match matcher {
                None => true,
                // A kind may be known by two names; the set above has settled the type.
                Some(matcher) => matcher.matches(name, attributes, metrics),
            }
            || kind.is_none() && matcher.as_ref().is_some_and(|matcher| matcher.matches(name, attributes, metrics))
    }
}
