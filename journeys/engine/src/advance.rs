//! The step function: what happens to a participant, and where it goes next.
//!
//! Admission, splits and messages have files of their own beside this one.

mod admission;
mod message;
mod split;

use model::Millis;

use crate::draw::percent;
use crate::effect::{Effect, SendStatus, What};
use crate::event::EventKind;
use crate::host::Host;
use crate::participant::Participant;
use crate::program::{Delay, Node, Program, Step, Target};
use crate::reason::Reason;
use crate::state::{Passed, Position, State};

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
    /// A message of [`What::Send`] could not be handed to its channel: it does not count toward caps (journeys.md 3.1).
    Failed {
        /// The message activity.
        activity: u16,
        /// The endpoint's row.
        row: u32,
        /// What became of it.
        status: SendStatus,
    },
    /// The journey goes on after a pause: what was left of a `WaitFor` counts from now, and an instant that has passed
    /// releases at once (journeys.md 3.3). During the pause the driver feeds no timers.
    Resume {
        /// When the pause began.
        since: Millis,
    },
    /// The journey was cancelled: who is inside leaves (journeys.md 7).
    Cancel,
    /// The participant's endpoints are gone, or the journey can not go on with it (journeys.md 4, "dropped").
    Drop,
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

/// Moves one participant on: changes `state` and tells `host` what it brought about, in order.
///
/// Total and deterministic: the same arguments and the same answers of the host give the same state and the same effects,
/// whatever they are, and without a panic. A participant is moved as far as it can go at `now`. Nothing is allocated but
/// what the state keeps.
#[inline]
pub fn advance(
    program: &Program,
    state: &mut State,
    participant: &Participant<'_>,
    input: Input<'_>,
    now: Millis,
    host: &mut impl Host,
) {
    let mut walk = Walk { program, state, participant, now, host };
    match input {
        Input::Enter { offered } => walk.enter(offered),
        Input::Timer => walk.resume(),
        Input::Event(event) => walk.note(event),
        Input::Failed { activity, row, status } => walk.failed(activity, row, status),
        Input::Resume { since } => walk.go_on(since),
        Input::Cancel => walk.out(Reason::Cancelled),
        Input::Drop => walk.out(Reason::Dropped),
    }
}

/// As [`advance`], from value to value, for a journey that shares nothing with others.
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

struct Walk<'w, H> {
    program: &'w Program,
    state: &'w mut State,
    participant: &'w Participant<'w>,
    now: Millis,
    host: &'w mut H,
}

impl<'w, H: Host> Walk<'w, H> {
    // Inlined into each place that tells: what a host does not look at is then not even put together.
    #[inline(always)]
    fn tell(&mut self, what: What, reason: Reason) {
        self.host.effect(Effect { what, reason });
    }

    fn resume(&mut self) {
        let Some(position) = self.state.position else { return };
        if self.now < position.until {
            let what = What::WaitUntil { activity: position.activity, at: position.until };
            return self.tell(what, Reason::TooEarly);
        }
        self.run(true);
    }

    /// After a pause (journeys.md 3.3).
    fn go_on(&mut self, since: Millis) {
        let Some(position) = self.state.position else { return };
        let activity = position.activity;
        let Some(node) = self.program.node(activity) else { return };
        let frozen = matches!(
            node.step,
            Step::Wait(Delay::For(_))
                | Step::Conditional { wait: Delay::For(_), .. }
                | Step::Multi { wait: Delay::For(_), .. }
        );
        let pause = if frozen { self.now.saturating_sub(since.max(position.arrived)).max(0) } else { 0 };
        let until = position.until.saturating_add(pause);
        let arrived = position.arrived.saturating_add(pause);
        self.state.position = Some(Position { arrived, until, ..position });
        self.tell(What::WaitUntil { activity, at: until }, Reason::Resumed { pause });
    }

    fn out(&mut self, reason: Reason) {
        if let Some(position) = self.state.position {
            self.leave(position.activity, reason);
        }
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

    #[inline]
    fn visit(&mut self, position: Position, node: &'w Node, resumed: bool) -> Go {
        let activity = position.activity;
        match &node.step {
            Step::Message(message) => {
                if message.contact_center
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
    #[inline]
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
}
