//! The step function.

use audience::Row;
use model::Millis;
use model::time::DAY;

use crate::draw::{hash, percent};
use crate::effect::{Effect, Refusal, SendStatus, What};
use crate::event::{EventKind, EventKinds};
use crate::participant::Participant;
use crate::program::{Condition, Delay, Entry, Message, Node, Program, Step, Target};
use crate::reason::{CapKind, Evidence, Reason};
use crate::sending::Verdict;
use crate::state::{Held, Logged, Passed, Position, Seen, Sent, State};

/// Most activities that one traversal visits. Journeys without errors have no circles (J008) and at most 40 activities;
/// in one with a circle the participant leaves here, with the reason.
pub const MAX_STEPS: u16 = 1_000;

/// What happens to a participant.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// The participant is offered for entry: by an evaluation of the segment, or by an event (journeys.md 2).
    Enter {
        /// Bit n: the participant's endpoint n is in the segment, or caused the event. Those from 64 on count as offered.
        offered: u64,
    },
    /// The instant of [`What::WaitUntil`] has come. One that comes too early or twice does no harm.
    Timer,
    /// Something came of a message of this journey. Drivers feed events in the order in which they arrive.
    Event(MessageEvent<'a>),
}

/// An event that a message of this journey caused.
#[derive(Clone, Copy, Debug)]
pub struct MessageEvent<'a> {
    /// The message activity.
    pub activity: u16,
    /// `event_type`
    pub name: &'a str,
    /// The kind of the name, [`EventKind::parse`]; `None` = not a kind that the service knows.
    pub kind: Option<EventKind>,
    /// `attributes`, for `_custom.response` the `EventAttributes` of the answer.
    pub attributes: &'a [(&'a str, &'a str)],
    /// `metrics`
    pub metrics: &'a [(&'a str, f64)],
}

impl MessageEvent<'_> {
    /// An event of a known kind without attributes.
    pub fn of(activity: u16, kind: EventKind) -> MessageEvent<'static> {
        MessageEvent { activity, name: kind.name(), kind: Some(kind), attributes: &[], metrics: &[] }
    }
}

/// Moves one participant on: changes `state` and tells `sink` what it brought about, in order.
///
/// Total and deterministic: the same arguments give the same state and the same effects, whatever they are, and without
/// a panic. A participant is moved as far as it can go at `now`. Nothing is allocated but what the state keeps.
pub fn advance(
    program: &Program,
    state: &mut State,
    participant: &Participant<'_>,
    input: Input<'_>,
    now: Millis,
    sink: &mut impl FnMut(Effect),
) {
    let mut walk = Walk { program, state, participant, now, sink };
    match input {
        Input::Enter { offered } => walk.enter(offered),
        Input::Timer => walk.resume(),
        Input::Event(event) => walk.note(event),
    }
}

/// As [`advance`], from value to value.
pub fn step(
    program: &Program,
    state: &State,
    participant: &Participant<'_>,
    input: Input<'_>,
    now: Millis,
) -> (State, Vec<Effect>) {
    let mut state = state.clone();
    let mut effects = Vec::new();
    advance(program, &mut state, participant, input, now, &mut |effect| effects.push(effect));
    (state, effects)
}

/// What a visit of an activity ends with.
enum Go {
    /// On along a way, counted from the activity's first.
    Along(u16, Reason),
    /// Stay until then.
    Stay(Millis, Reason),
    /// Out of the journey.
    Out(Reason),
}

struct Walk<'w, F: FnMut(Effect)> {
    program: &'w Program,
    state: &'w mut State,
    participant: &'w Participant<'w>,
    now: Millis,
    sink: &'w mut F,
}

impl<'w, F: FnMut(Effect)> Walk<'w, F> {
    #[inline]
    fn tell(&mut self, what: What, reason: Reason) {
        (self.sink)(Effect { what, reason });
    }

    fn refuse(&mut self, row: Option<u32>, refusal: Refusal, reason: Reason) {
        self.tell(What::Refused { row, refusal }, reason);
    }

    /// Admission, in the order of journeys.md 2.3.
    fn enter(&mut self, offered: u64) {
        let schedule = self.program.schedule;
        if let Some(at) = schedule.start.filter(|start| self.now < *start) {
            return self.refuse(None, Refusal::NotStarted, Reason::Schedule { at });
        }
        if let Some(at) = schedule.end.filter(|end| self.now >= *end) {
            return self.refuse(None, Refusal::Ended, Reason::Schedule { at });
        }
        let offered = |place: usize| place >= 64 || offered & (1 << place) != 0;
        if let Entry::Event { audience: Some(audience), .. } = &self.program.entry {
            let people = self.participant.people;
            let mut first = None;
            let member = self.participant.endpoints().filter(|(place, ..)| offered(*place)).any(|(_, row, _)| {
                first.get_or_insert(row);
                audience.contains(people, row as usize, self.now)
            });
            if !member {
                let reason = first.map_or(Reason::Plain, |row| Reason::NotMember { row });
                return self.refuse(None, Refusal::FilteredOut, reason);
            }
        }
        let mut admitted = false;
        for (place, row, endpoint) in self.participant.endpoints().filter(|(place, ..)| offered(*place)) {
            match self.unreachable(place, endpoint) {
                Some(refusal) => self.refuse(Some(row), refusal, Reason::Plain),
                None => admitted = true,
            }
        }
        if !admitted {
            return;
        }
        if let Some(Position { activity, .. }) = self.state.position {
            return self.refuse(None, Refusal::Active, Reason::Inside { activity });
        }
        let cap = self.program.reentry_cap;
        if cap > 0 && self.state.entries >= cap {
            return self.refuse(None, Refusal::Reentry, Reason::ReentryCap { cap });
        }
        if let Some(left) = self.state.left_at {
            // Measured from the previous exit (rule 5, chosen).
            let allowed = left.saturating_add(self.program.reentry_interval);
            if self.now < allowed {
                return self.refuse(None, Refusal::Reentry, Reason::ReentryInterval { allowed });
            }
        }
        self.state.forget_traversal();
        self.state.entries = self.state.entries.saturating_add(1);
        self.tell(What::Entered { entry: self.state.entries }, Reason::Plain);
        self.arrive(self.program.start, 1);
        self.run(false);
    }

    /// Rule 1 of admission.
    fn unreachable(&self, place: usize, endpoint: Row<'_>) -> Option<Refusal> {
        if endpoint.inactive() {
            Some(Refusal::Inactive)
        } else if endpoint.opted_out() || self.participant.told_opted_out(place) {
            Some(Refusal::OptOut)
        } else if endpoint.address().is_none() {
            Some(Refusal::MissingAddress)
        } else if endpoint.channel().is_none() {
            Some(Refusal::MissingChannel)
        } else {
            None
        }
    }

    fn resume(&mut self) {
        let Some(position) = self.state.position else { return };
        if self.now < position.until {
            let what = What::WaitUntil { activity: position.activity, at: position.until };
            return self.tell(what, Reason::TooEarly);
        }
        self.run(true);
    }

    /// Visits activities until one keeps the participant, or the path ends.
    fn run(&mut self, mut resumed: bool) {
        while let Some(position) = self.state.position {
            let activity = position.activity;
            let program = self.program;
            let Some(node) = program.node(activity) else {
                // A state of another journey: there is no such activity.
                self.leave(activity, Reason::NoKind);
                return;
            };
            match self.visit(position, node, resumed) {
                Go::Stay(until, reason) => {
                    self.state.position = Some(Position { until, ..position });
                    self.tell(What::WaitUntil { activity, at: until }, reason);
                    return;
                }
                Go::Out(reason) => self.leave(activity, reason),
                Go::Along(offset, reason) => {
                    let way = node.first_way + offset;
                    self.tell(What::Took { activity, way }, reason);
                    match program.ways.get(usize::from(way)).map(|way| &way.target) {
                        Some(Target::Activity(next)) => self.arrive(*next, position.steps.saturating_add(1)),
                        Some(Target::Missing(_)) => self.leave(activity, Reason::Missing { way }),
                        Some(Target::End) | None => self.leave(activity, Reason::PathEnds),
                    }
                }
            }
            resumed = false;
        }
    }

    fn arrive(&mut self, activity: u16, steps: u16) {
        self.state.position = Some(Position { activity, arrived: self.now, until: self.now, steps });
        if steps > MAX_STEPS {
            return self.leave(activity, Reason::TooManySteps);
        }
        self.tell(What::Arrived { activity }, Reason::Plain);
    }

    fn leave(&mut self, activity: u16, reason: Reason) {
        self.state.position = None;
        self.state.left_at = Some(self.now);
        self.state.held.clear();
        self.tell(What::Left { activity }, reason);
    }

    fn visit(&mut self, position: Position, node: &'w Node, resumed: bool) -> Go {
        let activity = position.activity;
        match &node.step {
            Step::Message(message) => {
                if message.contact_center
                    && !resumed
                    && let Some(split) = self.changed_mind()
                {
                    return Go::Out(Reason::Reevaluated { split });
                }
                match self.message(activity, node, *message, resumed) {
                    Some((until, reason)) => Go::Stay(until, reason),
                    None => Go::Along(0, Reason::Plain),
                }
            }
            Step::Wait(delay) => self.wait(*delay, position, resumed),
            Step::Conditional { conditions, wait, .. } | Step::Multi { conditions, wait } => {
                if !resumed {
                    let (due, message) = self.due(conditions, *wait, position.arrived);
                    if due > self.now {
                        return Go::Stay(due, Reason::Evaluation { message });
                    }
                }
                let (offset, reason) = self.decide(activity, &node.step, position.arrived, true);
                if self.program.reevaluates {
                    self.state.path.push(Passed { activity, way: offset });
                }
                Go::Along(offset, reason)
            }
            Step::Random(bounds) => {
                let number = percent(node.salt, self.participant.hash, self.state.entries);
                let mut from = 0;
                for (offset, to) in (0u16..).zip(bounds) {
                    if u16::from(number) < *to {
                        return Go::Along(offset, Reason::Draw { number, from, to: *to as u8 });
                    }
                    from = *to as u8;
                }
                Go::Out(Reason::NoBranch { number })
            }
            Step::Holdout(percentage) => {
                let number = percent(node.salt, self.participant.hash, self.state.entries);
                let reason = Reason::Holdout { number, percent: *percentage };
                if number < *percentage { Go::Out(reason) } else { Go::Along(0, reason) }
            }
            Step::Nothing => Go::Out(Reason::NoKind),
        }
    }

    /// journeys.md 3.3
    fn wait(&self, delay: Delay, position: Position, resumed: bool) -> Go {
        match delay {
            Delay::For(span) => {
                let until = position.arrived.saturating_add(span);
                let reason = Reason::WaitFor { span };
                if resumed || until <= self.now { Go::Along(0, reason) } else { Go::Stay(until, reason) }
            }
            Delay::Until(at) if resumed => Go::Along(0, Reason::WaitUntil { at }),
            Delay::Until(at) if at <= self.now => Go::Along(0, Reason::Past { at }),
            Delay::Until(at) => Go::Stay(at, Reason::WaitUntil { at }),
            Delay::None | Delay::Unreadable => Go::Along(0, Reason::Unreadable),
        }
    }

    /// When a split is evaluated: the later of its own wait and of the implicit one after each message that its event
    /// conditions ask about (journeys.md 3.8, "Implicit minimum"). With the message that decides, if one does.
    fn due(&self, conditions: &[u16], wait: Delay, arrived: Millis) -> (Millis, Option<u16>) {
        let own = match wait {
            Delay::For(span) => arrived.saturating_add(span),
            Delay::Until(at) => at.max(arrived),
            Delay::None | Delay::Unreadable => arrived,
        };
        let mut due = (own, None);
        for condition in conditions {
            if let Some(Condition::Event { message: Some(message), .. }) = self.program.condition(*condition)
                && let Some(sent) = self.state.sent(*message)
            {
                let least = sent.at.saturating_add(self.program.implicit_wait(*message));
                if least > due.0 {
                    due = (least, Some(*message));
                }
            }
        }
        due
    }

    /// Which way a split goes, counted from its first.
    fn decide(&mut self, activity: u16, step: &Step, arrived: Millis, tell: bool) -> (u16, Reason) {
        let (conditions, stops_at, way_of): (&[u16], bool, fn(usize) -> u16) = match step {
            Step::Conditional { conditions, all: true, .. } => (conditions, false, |_| 1),
            Step::Conditional { conditions, all: false, .. } => (conditions, true, |_| 0),
            Step::Multi { conditions, .. } => (conditions, true, |branch| branch as u16),
            _ => return (0, Reason::Plain),
        };
        let exhausted = match step {
            Step::Conditional { all, .. } => u16::from(!*all || conditions.is_empty()),
            _ => conditions.len() as u16,
        };
        let waited = self.now.saturating_sub(arrived);
        let several = conditions.len() > 1;
        for (number, condition) in conditions.iter().enumerate() {
            let (holds, evidence) = self.holds(*condition);
            let reason = Reason::Condition { condition: *condition, holds, evidence, waited };
            if holds == stops_at {
                return (way_of(number), reason);
            }
            if !several {
                return (exhausted, reason);
            }
            if tell {
                self.tell(What::Judged { activity, number: number as u16, holds }, reason);
            }
        }
        let reason = match conditions.len() {
            0 => Reason::NoCondition,
            count => Reason::Exhausted { count: count as u16, hold: !stops_at },
        };
        (exhausted, reason)
    }

    /// Whether a condition holds now (journeys.md 3.8).
    fn holds(&self, condition: u16) -> (bool, Evidence) {
        match self.program.condition(condition) {
            Some(Condition::Event { message, .. }) => {
                if let Some(seen) = self.state.seen.iter().find(|seen| seen.condition == condition) {
                    return (true, Evidence::Came { at: seen.at });
                }
                let sent = message.and_then(|message| self.state.sent(message));
                let events = sent.map_or(EventKinds::NONE, |sent| sent.events);
                (false, Evidence::None { sent: sent.map(|sent| sent.at), events })
            }
            Some(Condition::Audience { audience, .. }) => {
                let people = self.participant.people;
                let mut first = None;
                // One satisfying endpoint takes the whole user along.
                for (_, row, _) in self.participant.endpoints() {
                    if audience.contains(people, row as usize, self.now) {
                        return (true, Evidence::Endpoint { row });
                    }
                    first.get_or_insert(row);
                }
                (false, first.map_or(Evidence::Broken, |row| Evidence::Endpoint { row }))
            }
            Some(Condition::Broken(_)) | None => (false, Evidence::Broken),
        }
    }

    /// Before dialling: the entry condition and every split so far again (journeys.md 3.2). `Some` = a different outcome,
    /// with the split, or `None` for the entry.
    fn changed_mind(&mut self) -> Option<Option<u16>> {
        let program = self.program;
        if let Entry::Segment(audience) = &program.entry {
            let people = self.participant.people;
            if !self.participant.endpoints().any(|(_, row, _)| audience.contains(people, row as usize, self.now)) {
                return Some(None);
            }
        }
        for i in 0..self.state.path.len() {
            let passed = self.state.path[i];
            let Some(node) = program.node(passed.activity) else { continue };
            let (offset, _) = self.decide(passed.activity, &node.step, self.now, false);
            if offset != passed.way {
                return Some(Some(passed.activity));
            }
        }
        None
    }

    /// Sends a message to all endpoints that it fits, in the check order of journeys.md 3.1; answers until when it is held.
    fn message(&mut self, activity: u16, node: &Node, message: Message, resumed: bool) -> Option<(Millis, Reason)> {
        let mut fits = false;
        let mut hold: Option<(Millis, Reason)> = None;
        let program = self.program;
        let caps = program.caps;
        let plain = !caps.any() && program.window.always_open();
        for (place, row, endpoint) in self.participant.endpoints() {
            let Some(channel) = endpoint.channel() else { continue };
            if message.channels & (1 << channel as u16) == 0 {
                continue;
            }
            fits = true;
            let id = if plain { 0 } else { hash(&[endpoint.id()]) };
            if resumed {
                let Some(at) = self.state.held.iter().position(|held| held.endpoint == id) else { continue };
                let held = self.state.held[at];
                if held.until > self.now {
                    hold = earlier(hold, (held.until, Reason::Plain));
                    continue;
                }
                self.state.held.swap_remove(at);
                let status = SendStatus::QuietTimeWaitFinished;
                self.tell(What::NotSent { activity, row: Some(row), status }, Reason::Plain);
            }
            if self.participant.silent(place, endpoint) || endpoint.address().is_none() {
                let what = What::NotSent { activity, row: Some(row), status: SendStatus::Skipped };
                self.tell(what, Reason::Plain);
                continue;
            }
            if !plain {
                if let Some((cap, limit)) = self.capped(id) {
                    let what = What::NotSent { activity, row: Some(row), status: SendStatus::DailyCap };
                    self.tell(what, Reason::Cap { cap, limit });
                    continue;
                }
                match program.window.verdict(message.channel, endpoint.timezone(), self.now) {
                    Verdict::Open => {}
                    Verdict::MissingZone => {
                        let status = SendStatus::QuietTimeMissingTimezone;
                        self.tell(What::NotSent { activity, row: Some(row), status }, Reason::Plain);
                        continue;
                    }
                    Verdict::Shut { why, local, until } => {
                        let reason = Reason::Shut { why, local, until };
                        let held = until.filter(|_| program.window.hold);
                        let status = if held.is_some() { SendStatus::Held } else { SendStatus::QuietTime };
                        self.tell(What::NotSent { activity, row: Some(row), status }, reason);
                        if let Some(until) = held {
                            self.state.held.push(Held { endpoint: id, until });
                            hold = earlier(hold, (until, reason));
                        }
                        continue;
                    }
                }
            }
            self.send(activity, node, message, row, id);
        }
        if !fits && !resumed {
            let what = What::NotSent { activity, row: None, status: SendStatus::UnsupportedChannel };
            self.tell(what, Reason::Plain);
        }
        hold
    }

    fn send(&mut self, activity: u16, node: &Node, message: Message, row: u32, id: u64) {
        self.tell(What::Send { activity, row }, Reason::Plain);
        match self.state.sent.iter_mut().find(|sent| sent.activity == activity) {
            Some(sent) => sent.at = self.now,
            None => self.state.sent.push(Sent { activity, at: self.now, events: message.sends }),
        }
        if self.program.caps.any() {
            if self.program.caps.total.is_none() {
                let days = self.program.caps.timeframe.map_or(1, |(_, days)| days.max(1));
                let oldest = self.now.saturating_sub(Millis::from(days) * DAY);
                self.state.log.retain(|logged| logged.at > oldest);
            }
            self.state.log.push(Logged { endpoint: id, at: self.now });
        }
        if !node.watched.is_empty() {
            for kind in message.sends.iter().filter(|kind| node.watched.has(*kind)) {
                self.note(MessageEvent::of(activity, kind));
            }
        }
    }

    /// The cap that keeps a message from an endpoint, in the order of journeys.md 3.1. Windows are rolling (5, chosen).
    fn capped(&self, endpoint: u64) -> Option<(CapKind, u32)> {
        let caps = self.program.caps;
        let since = |oldest: Millis| {
            let of = |logged: &&Logged| logged.endpoint == endpoint && logged.at > oldest;
            self.state.log.iter().filter(of).count()
        };
        let full = |cap: Option<u32>, span: Option<Millis>| {
            let oldest = span.map_or(Millis::MIN, |span| self.now.saturating_sub(span));
            cap.filter(|cap| since(oldest) >= *cap as usize)
        };
        if let Some(limit) = full(caps.total, None) {
            return Some((CapKind::Total, limit));
        }
        if let Some(limit) = full(caps.daily, Some(DAY)) {
            return Some((CapKind::Daily, limit));
        }
        let (cap, days) = caps.timeframe?;
        full(Some(cap), Some(Millis::from(days) * DAY)).map(|limit| (CapKind::Timeframe { days }, limit))
    }

    /// Remembers an event of a message, where it answers a condition.
    fn note(&mut self, event: MessageEvent<'_>) {
        let Some(sent) = self.state.sent.iter_mut().find(|sent| sent.activity == event.activity) else {
            // Not of this traversal: no condition can ask about it.
            return;
        };
        if let Some(kind) = event.kind {
            sent.events.add(kind);
        }
        let Some(node) = self.program.node(event.activity) else { return };
        for condition in &node.watchers {
            let Some(asked) = self.program.condition(*condition) else { continue };
            if asked.takes(event.kind, event.name, event.attributes, event.metrics)
                && !self.state.seen.iter().any(|seen| seen.condition == *condition)
            {
                self.state.seen.push(Seen { condition: *condition, at: self.now });
            }
        }
    }
}

fn earlier(hold: Option<(Millis, Reason)>, other: (Millis, Reason)) -> Option<(Millis, Reason)> {
    Some(hold.filter(|hold| hold.0 <= other.0).unwrap_or(other))
}
