//! One participant from entry to exit, on a clock of their own.

use engine::draw::mix;
use engine::{Effect, EventKind, Input, MAX_TOLD, MessageEvent, Participant, Reason, Refusal, State, What, advance};
use model::Millis;

use crate::simulation::{Recorded, Simulation};
pub(crate) use crate::sink::Listener;
use crate::sink::{Pending, Sink, Turns};
use crate::tally::Partial;

/// Walks participants one after the other and counts; its memory is used again for each.
pub(crate) struct Walker<'s> {
    simulation: &'s Simulation<'s>,
    pub tally: Partial,
    state: State,
    rows: Vec<u32>,
    ids: Vec<u64>,
    /// Latest first.
    queue: Vec<Pending>,
}

impl<'s> Walker<'s> {
    pub fn new(simulation: &'s Simulation<'s>) -> Walker<'s> {
        let (tally, state) = (simulation.nobody(), State::default());
        Walker { simulation, tally, state, rows: Vec::new(), ids: Vec::new(), queue: Vec::new() }
    }

    /// Walks the participant of a row, if it is their first.
    pub fn row(&mut self, row: u32) {
        self.tell_row(row, &mut ());
    }

    /// As [`row`](Walker::row), and tells `listener`.
    #[inline]
    pub fn tell_row(&mut self, row: u32, listener: &mut impl Listener) {
        self.tally.offered += 1;
        let people = self.simulation.people;
        if people.is_first_companion(row as usize) {
            people.companions_into(row as usize, &mut self.rows);
            self.participant::<_, true>(listener, self.simulation.turns_of(row));
        }
    }

    /// Walks the participant with these rows, and tells `listener`.
    pub fn tell(&mut self, rows: Vec<u32>, listener: &mut impl Listener) {
        self.rows = rows;
        let turns = self.rows.first().map(|row| self.simulation.turns_of(*row)).unwrap_or_default();
        self.participant::<_, true>(listener, turns);
    }

    /// Walks the participant of a row, if it is their first, up to the first message whose turn in the journey's queue is
    /// not among `known`, without counting; when it asks for it.
    pub fn scout(&mut self, row: u32, known: &[Millis]) -> Option<Millis> {
        let people = self.simulation.people;
        if !people.is_first_companion(row as usize) {
            return None;
        }
        people.companions_into(row as usize, &mut self.rows);
        self.participant::<_, false>(&mut (), known)
    }

    /// Walks the participant whose endpoints are in `rows`; when it first asked for a turn that is not among `known`.
    #[inline]
    fn participant<L: Listener, const COUNT: bool>(&mut self, listener: &mut L, known: &[Millis]) -> Option<Millis> {
        let Walker { simulation, tally, state, rows, ids, queue } = self;
        let simulation: &Simulation<'_> = simulation;
        let Simulation { program, people, settings, horizon, .. } = *simulation;
        let first = rows.first().copied()?;
        let recorded = simulation.recorded_of(first);
        let evaluates = !program.is_event_entry();
        let entry_at = simulation.entry_of(rows);
        let mut offered = 0;
        if evaluates {
            offered = mask(rows, |row| simulation.is_member(row, entry_at));
        }
        if recorded.is_empty() && offered == 0 && (program.refresh().is_none() || !evaluates) {
            return None;
        }
        state.reset();
        queue.clear();
        let mut participant = simulation.participant(rows, ids);
        let mut sink = Sink::<L, COUNT> {
            simulation,
            program,
            plan: &simulation.plan,
            tally,
            queue,
            listener,
            rows,
            turns: Turns { known, asked: 0, wanted: None },
            participant: participant.hash,
            entry: 0,
            suppressed: 0,
            at: entry_at,
            end: Millis::MIN,
            trace: participant.hash,
        };
        let mut recorded = recorded.iter().copied();
        let mut record: Option<Recorded> = recorded.next();
        let mut tick = evaluates.then_some(entry_at).filter(|at| *at <= horizon);
        let last_tick = simulation.last_tick;
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
                    let row = rows.get(usize::from(pending.place)).copied().unwrap_or(first);
                    if L::ON {
                        sink.listener.event(at, pending.activity, row, pending.kind.name());
                    }
                    opt_out(pending.kind, usize::from(pending.place), &mut participant);
                    sink.suppress(pending.kind, usize::from(pending.place));
                    if L::ON || program.watched(pending.activity).has(pending.kind) {
                        let attributes: Vec<(&str, &str)> = match pending.kind {
                            EventKind::CustomResponse => {
                                let named = simulation.plan.attributes(pending.activity, row).iter();
                                named.map(|(name, value)| (name.as_str(), value.as_str())).collect()
                            }
                            _ => Vec::new(),
                        };
                        let event = MessageEvent {
                            attributes: &attributes,
                            ..MessageEvent::of(pending.activity, pending.kind)
                        };
                        advance(program, state, &participant, Input::Event(event), at, &mut sink);
                    }
                }
                Turn::Record => 'record: {
                    let Some(event) = std::mem::replace(&mut record, recorded.next()) else { break 'record };
                    let place = rows.iter().position(|row| *row == event.row).unwrap_or(0);
                    sink.at = at;
                    let Some(activity) = event.activity else {
                        if at < settings.start {
                            let refusal = Refusal::NotStarted;
                            let what = What::Refused { row: None, refusal };
                            let reason = Reason::Schedule { at: settings.start };
                            engine::Host::effect(&mut sink, Effect { what, reason });
                        } else {
                            let input = Input::Enter { offered: if place < 64 { 1 << place } else { 0 } };
                            advance(program, state, &participant, input, at, &mut sink);
                        }
                        break 'record;
                    };
                    if state.sent(activity).is_none() {
                        // An opt-out can answer a message of an earlier traversal: it is honoured all the same.
                        if let Some(kind) = event.kind.filter(|_| state.entries > 1) {
                            opt_out(kind, place, &mut participant);
                            sink.suppress(kind, place);
                        }
                        if COUNT {
                            sink.tally.unmatched += 1;
                        }
                        break 'record;
                    }
                    let Some(source) = simulation.events.get(event.event as usize) else { break 'record };
                    if L::ON {
                        sink.listener.event(at, activity, event.row, &source.event_type);
                    }
                    if let Some(kind) = event.kind {
                        sink.count(activity, kind, at);
                        opt_out(kind, place, &mut participant);
                        sink.suppress(kind, place);
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
                    advance(program, state, &participant, Input::Event(event), at, &mut sink);
                }
                Turn::Timer => {
                    sink.at = at;
                    advance(program, state, &participant, Input::Timer, at, &mut sink);
                }
                Turn::Tick => {
                    sink.at = at;
                    if at != entry_at {
                        offered = mask(rows, |row| {
                            program.entry_audience().is_some_and(|audience| audience.contains(people, row as usize, at))
                        });
                    }
                    if offered != 0 {
                        advance(program, state, &participant, Input::Enter { offered }, at, &mut sink);
                    }
                    tick = program.refresh().map(|every| at + every).filter(|next| *next < last_tick);
                    let used_up = program.reentry_cap().is_some_and(|cap| state.entries >= cap);
                    if let (Some(next), Some(every)) = (tick, program.refresh())
                        && used_up
                        && !state.is_inside()
                    {
                        // Nothing but refusals can come; they are counted with today's membership.
                        let more = ((last_tick - next - 1) / every + 1) as u64;
                        if COUNT && offered != 0 {
                            sink.tally.refused[Refusal::Reentry as usize] += more;
                            sink.fold(more, next);
                            sink.listener.refusals(next, more);
                        }
                        tick = None;
                    }
                }
            }
            if !COUNT && sink.turns.wanted.is_some() {
                return sink.turns.wanted;
            }
            if !L::ON && !state.is_inside() && tick.is_none() && record.is_none() {
                // What still comes of messages is counted already and changes nothing any more.
                break;
            }
        }
        if COUNT {
            let (trace, end) = (sink.trace, sink.end);
            if let Some(position) = state.position
                && let Some(tally) = tally.activities.get_mut(usize::from(position.activity))
            {
                tally.waiting += 1;
            }
            tally.end = tally.end.max(end);
            tally.trace = tally.trace.wrapping_add(mix(trace));
        }
        None
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
#[inline]
fn mask(rows: &[u32], satisfies: impl Fn(u32) -> bool) -> u64 {
    rows.iter().take(64).enumerate().fold(0, |bits, (place, row)| bits | u64::from(satisfies(*row)) << place)
}

/// Opting out stops further messages.
fn opt_out(kind: EventKind, place: usize, participant: &mut Participant<'_>) {
    if place < MAX_TOLD && matches!(kind, EventKind::EmailUnsubscribe | EventKind::SmsOptOut) {
        participant.opted_out |= 1 << place;
    }
}
