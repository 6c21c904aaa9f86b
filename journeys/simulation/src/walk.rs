//! One participant from entry to exit, on a clock of their own.

use engine::draw::mix;
use engine::{
    Effect, EventKind, Input, MAX_TOLD, MessageEvent, Participant, Program, Reason, Refusal, SendStatus, State, What,
    advance,
};
use model::{ActivityKind, Millis};

use crate::chance::Chance;
use crate::response::Plan;
use crate::simulation::{Recorded, Simulation};
use crate::tally::{Moment, Partial};

/// Something that is going to come of a message.
#[derive(Clone, Copy, Debug)]
struct Pending {
    at: Millis,
    activity: u16,
    kind: EventKind,
    place: u8,
}

/// Hears everything that happens to a participant.
pub(crate) trait Listener {
    /// Whether anybody listens: if not, what changes nothing is not even worked out.
    const ON: bool;

    /// An effect of the engine.
    fn effect(&mut self, at: Millis, effect: Effect);

    /// An event of a message.
    fn event(&mut self, at: Millis, activity: u16, name: &str);

    /// A refusal at each of `count` evaluations of the segment.
    fn refusals(&mut self, at: Millis, count: u64);
}

impl Listener for () {
    const ON: bool = false;

    #[inline]
    fn effect(&mut self, _: Millis, _: Effect) {}

    #[inline]
    fn event(&mut self, _: Millis, _: u16, _: &str) {}

    #[inline]
    fn refusals(&mut self, _: Millis, _: u64) {}
}

/// Walks participants one after the other and counts; its memory is used again for each.
pub(crate) struct Walker<'s> {
    simulation: &'s Simulation<'s>,
    pub tally: Partial,
    state: State,
    rows: Vec<u32>,
    /// Latest first.
    queue: Vec<Pending>,
}

/// Where the effects of a step go.
struct Sink<'w, L> {
    program: &'w Program,
    plan: &'w Plan,
    tally: &'w mut Partial,
    queue: &'w mut Vec<Pending>,
    listener: &'w mut L,
    rows: &'w [u32],
    seed: u64,
    participant: u64,
    entry: u32,
    horizon: Millis,
    replay: bool,
    /// Bit by place: the e-mail address bounces (events-and-analytics.md 2, "Suppression").
    suppressed: u64,
    at: Millis,
    trace: u64,
}

impl<'s> Walker<'s> {
    pub fn new(simulation: &'s Simulation<'s>) -> Walker<'s> {
        Walker { simulation, tally: simulation.nobody(), state: State::default(), rows: Vec::new(), queue: Vec::new() }
    }

    /// Walks the participant of a row, if it is their first.
    pub fn row(&mut self, row: u32) {
        self.tally.offered += 1;
        let people = self.simulation.people;
        self.rows.clear();
        if people.row(row as usize).user_id().is_some() {
            self.rows.extend(people.companions(row as usize).into_iter().map(|row| row as u32));
        } else {
            self.rows.push(row);
        }
        if self.rows.first() == Some(&row) {
            self.participant(&mut ());
        }
    }

    /// Walks the participant with these rows, and tells `listener`.
    pub fn tell(&mut self, rows: Vec<u32>, listener: &mut impl Listener) {
        self.rows = rows;
        self.participant(listener);
    }

    fn participant<L: Listener>(&mut self, listener: &mut L) {
        let Walker { simulation, tally, state, rows, queue } = self;
        let Simulation { program, people, settings, horizon, entry_at, replay, .. } = **simulation;
        let Some(first) = rows.first().copied() else { return };
        let recorded = simulation.recorded_of(first);
        let evaluates = !program.is_event_entry();
        let mut offered = 0;
        if evaluates {
            offered = mask(rows, |row| simulation.is_member(row));
        }
        if recorded.is_empty() && offered == 0 && (program.refresh().is_none() || !evaluates) {
            return;
        }
        state.reset();
        queue.clear();
        let mut participant = Participant::of(people, rows);
        let mut sink = Sink {
            program,
            plan: &simulation.plan,
            tally,
            queue,
            listener,
            rows,
            seed: settings.seed,
            participant: participant.hash,
            entry: 0,
            horizon,
            replay,
            suppressed: 0,
            at: entry_at,
            trace: participant.hash,
        };
        let mut recorded = recorded.iter().copied();
        let mut record: Option<Recorded> = recorded.next();
        let mut tick = evaluates.then_some(entry_at).filter(|at| *at <= horizon);
        let last_tick = program.ends().map_or(horizon, |end| end.min(horizon));
        loop {
            // Of what falls on one instant: what came of messages first, then other events, timers, entry.
            let mut at = Millis::MAX;
            let mut turn = Turn::Nothing;
            if let Some(pending) = sink.queue.last() {
                (at, turn) = (pending.at, Turn::Pending);
            }
            if let Some(record) = &record
                && record.at < at
            {
                (at, turn) = (record.at, Turn::Record);
            }
            if let Some(timer) = state.wakes()
                && timer < at
            {
                (at, turn) = (timer, Turn::Timer);
            }
            if let Some(tick) = tick
                && tick < at
            {
                (at, turn) = (tick, Turn::Tick);
            }
            if at > horizon {
                break;
            }
            match turn {
                Turn::Nothing => break,
                Turn::Pending => {
                    let Some(pending) = sink.queue.pop() else { break };
                    sink.at = at;
                    if L::ON {
                        sink.listener.event(at, pending.activity, pending.kind.name());
                    }
                    happen(pending.kind, usize::from(pending.place), &mut participant, &mut sink);
                    if L::ON || program.watched(pending.activity).has(pending.kind) {
                        let attributes: Vec<(&str, &str)> = match pending.kind {
                            EventKind::CustomResponse => {
                                let named = simulation.plan.attributes(pending.activity).iter();
                                named.map(|(name, value)| (name.as_str(), value.as_str())).collect()
                            }
                            _ => Vec::new(),
                        };
                        let event = MessageEvent {
                            attributes: &attributes,
                            ..MessageEvent::of(pending.activity, pending.kind)
                        };
                        let input = Input::Event(event);
                        advance(program, state, &participant, input, at, &mut |effect| sink.effect(effect));
                    }
                }
                Turn::Record => {
                    let Some(event) = std::mem::replace(&mut record, recorded.next()) else { break };
                    let place = rows.iter().position(|row| *row == event.row).unwrap_or(0);
                    sink.at = at;
                    let Some(activity) = event.activity else {
                        if at < settings.start {
                            let refusal = Refusal::NotStarted;
                            let what = What::Refused { row: None, refusal };
                            sink.effect(Effect { what, reason: Reason::Schedule { at: settings.start } });
                        } else {
                            let input = Input::Enter { offered: if place < 64 { 1 << place } else { 0 } };
                            advance(program, state, &participant, input, at, &mut |effect| sink.effect(effect));
                        }
                        continue;
                    };
                    if state.sent(activity).is_none() {
                        sink.tally.unmatched += 1;
                        continue;
                    }
                    let Some(source) = simulation.events.get(event.event as usize) else { continue };
                    if L::ON {
                        sink.listener.event(at, activity, &source.event_type);
                    }
                    if let Some(kind) = event.kind {
                        sink.count(activity, kind, at);
                        happen(kind, place, &mut participant, &mut sink);
                    }
                    let attributes: Vec<(&str, &str)> =
                        source.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                    let metrics: Vec<(&str, f64)> =
                        source.metrics.iter().map(|(name, value)| (name.as_str(), *value)).collect();
                    let event = MessageEvent {
                        activity,
                        name: &source.event_type,
                        kind: event.kind,
                        attributes: &attributes,
                        metrics: &metrics,
                    };
                    let input = Input::Event(event);
                    advance(program, state, &participant, input, at, &mut |effect| sink.effect(effect));
                }
                Turn::Timer => {
                    sink.at = at;
                    advance(program, state, &participant, Input::Timer, at, &mut |effect| sink.effect(effect));
                }
                Turn::Tick => {
                    sink.at = at;
                    if at != entry_at {
                        offered = mask(rows, |row| {
                            program.entry_audience().is_some_and(|audience| audience.contains(people, row as usize, at))
                        });
                    }
                    if offered != 0 {
                        let input = Input::Enter { offered };
                        advance(program, state, &participant, input, at, &mut |effect| sink.effect(effect));
                    }
                    tick = program.refresh().map(|every| at + every).filter(|next| *next < last_tick);
                    let used_up = program.reentry_cap().is_some_and(|cap| state.entries >= cap);
                    if let (Some(next), Some(every)) = (tick, program.refresh())
                        && used_up
                        && !state.is_inside()
                    {
                        // Nothing but refusals can come; they are counted with today's membership.
                        let more = ((last_tick - next - 1) / every + 1) as u64;
                        if offered != 0 {
                            sink.tally.refused[Refusal::Reentry as usize] += more;
                            sink.fold(more);
                            sink.listener.refusals(next, more);
                        }
                        tick = None;
                    }
                }
            }
            if !L::ON && !state.is_inside() && tick.is_none() && record.is_none() {
                // What still comes of messages is counted already and changes nothing any more.
                break;
            }
        }
        let trace = sink.trace;
        if let Some(position) = state.position
            && let Some(tally) = tally.activities.get_mut(usize::from(position.activity))
        {
            tally.waiting += 1;
        }
        tally.trace = tally.trace.wrapping_add(mix(trace));
    }
}

enum Turn {
    Nothing,
    Pending,
    Record,
    Timer,
    Tick,
}

/// Bit n: row n satisfies.
fn mask(rows: &[u32], satisfies: impl Fn(u32) -> bool) -> u64 {
    rows.iter().take(64).enumerate().fold(0, |bits, (place, row)| bits | u64::from(satisfies(*row)) << place)
}

/// What an event does to the endpoint: opting out stops messages, a lost address makes mails bounce.
fn happen<L>(kind: EventKind, place: usize, participant: &mut Participant<'_>, sink: &mut Sink<'_, L>) {
    if place >= MAX_TOLD {
        return;
    }
    match kind {
        EventKind::EmailUnsubscribe | EventKind::SmsOptOut => participant.opted_out |= 1 << place,
        EventKind::EmailHardBounce | EventKind::EmailComplaint => sink.suppressed |= 1 << place,
        _ => {}
    }
}

impl<L: Listener> Sink<'_, L> {
    /// Takes a word into the trace.
    #[inline]
    fn fold(&mut self, word: u64) {
        self.trace = (self.trace.rotate_left(5) ^ word).wrapping_mul(0x517C_C1B7_2722_0A95);
    }

    #[inline]
    fn effect(&mut self, effect: Effect) {
        let at = self.at;
        let code = |tag: u64, a: u16, b: u64| tag | u64::from(a) << 8 | b << 24;
        let word = match effect.what {
            What::Refused { refusal, .. } => {
                self.tally.refused[refusal as usize] += 1;
                self.remember(Moment::Refused(refusal));
                code(1, refusal as u16, 0)
            }
            What::Entered { entry } => {
                self.tally.entered += 1;
                self.entry = entry;
                code(2, 0, u64::from(entry))
            }
            What::Arrived { activity } => {
                if let Some(tally) = self.tally.activities.get_mut(usize::from(activity)) {
                    tally.entered += 1;
                }
                code(3, activity, 0)
            }
            What::Send { activity, row } => {
                self.tally.messages += 1;
                if let Some(tally) = self.tally.activities.get_mut(usize::from(activity)) {
                    tally.statuses[SendStatus::Success as usize] += 1;
                }
                let place = self.rows.iter().position(|known| *known == row).unwrap_or(0);
                self.fold(code(4, activity, place as u64));
                self.fold(at as u64);
                self.listener.effect(at, effect);
                return self.respond(activity, place);
            }
            What::NotSent { activity, status, .. } => {
                if let Some(tally) = self.tally.activities.get_mut(usize::from(activity)) {
                    tally.statuses[status as usize] += 1;
                }
                self.remember(Moment::Send(status));
                code(5, activity, status as u64)
            }
            What::WaitUntil { activity, at } => code(6, activity, at as u64),
            What::Judged { activity, number, holds } => code(7, activity, u64::from(number) << 1 | u64::from(holds)),
            What::Took { activity, way } => {
                if let Some(count) = self.tally.ways.get_mut(usize::from(way)) {
                    *count += 1;
                }
                self.remember(Moment::Way(way));
                if matches!(effect.reason, Reason::Past { .. } | Reason::Unreadable) {
                    self.apart(activity);
                }
                code(8, activity, u64::from(way))
            }
            What::Left { activity } => {
                self.tally.left += 1;
                if let Some(tally) = self.tally.activities.get_mut(usize::from(activity)) {
                    tally.ended += 1;
                }
                self.remember(Moment::LeftAt(activity));
                if matches!(effect.reason, Reason::Holdout { .. } | Reason::Reevaluated { .. }) {
                    self.apart(activity);
                }
                code(9, activity, 0)
            }
        };
        self.tally.end = self.tally.end.max(at);
        self.fold(word);
        self.fold(at as u64);
        self.listener.effect(at, effect);
    }

    fn apart(&mut self, activity: u16) {
        if let Some(tally) = self.tally.activities.get_mut(usize::from(activity)) {
            tally.apart += 1;
        }
    }

    #[inline]
    fn remember(&mut self, moment: Moment) {
        if let Some(row) = self.rows.first() {
            self.tally.remember(moment, *row);
        }
    }

    /// Counts an event of a message.
    #[inline]
    fn count(&mut self, activity: u16, kind: EventKind, at: Millis) {
        if let Some(tally) = self.tally.activities.get_mut(usize::from(activity)) {
            tally.events[kind as usize] += 1;
        }
        self.tally.end = self.tally.end.max(at);
        self.fold(10 | u64::from(activity) << 8 | (kind as u64) << 24);
        self.fold(at as u64);
    }

    /// Works out what comes of a message that was just sent, counts it and queues what may change something.
    fn respond(&mut self, activity: u16, place: usize) {
        if self.replay {
            return;
        }
        let salt = self.program.salt(activity);
        let person = self.participant.wrapping_add(place as u64);
        let chance = Chance::of(self.seed, person, salt, u64::from(self.entry));
        let email = self.program.kind(activity) == Some(ActivityKind::Email);
        let suppressed = email && place < MAX_TOLD && self.suppressed & (1 << place) != 0;
        let watched = self.program.watched(activity);
        let plan = self.plan;
        plan.respond(activity, self.at, suppressed, chance, &mut |kind, at| {
            if at > self.horizon {
                return;
            }
            self.count(activity, kind, at);
            let matters = matches!(
                kind,
                EventKind::EmailUnsubscribe
                    | EventKind::SmsOptOut
                    | EventKind::EmailHardBounce
                    | EventKind::EmailComplaint
            );
            if L::ON || matters || watched.has(kind) {
                let place = place.min(usize::from(u8::MAX)) as u8;
                let index = self.queue.partition_point(|pending| pending.at > at);
                self.queue.insert(index, Pending { at, activity, kind, place });
            }
        });
    }
}
