//! Where the effects of a participant's steps go: counts, the trace, and what comes of messages.

use engine::{Effect, EventKind, Host, MAX_TOLD, Program, Reason, SendStatus, Senders, What};
use model::{ActivityKind, Millis};

use crate::chance::Chance;
use crate::response::Plan;
use crate::simulation::Simulation;
use crate::tally::{Moment, Partial};

/// Something that is going to come of a message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pending {
    pub at: Millis,
    pub activity: u16,
    pub kind: EventKind,
    pub place: u8,
}

/// Hears everything that happens to a participant.
pub(crate) trait Listener {
    /// Whether anybody listens: if not, what changes nothing is not even worked out.
    const ON: bool;

    /// An effect of the engine.
    fn effect(&mut self, at: Millis, effect: Effect);

    /// An event of the message to the endpoint in `row`.
    fn event(&mut self, at: Millis, activity: u16, row: u32, name: &str);

    /// A refusal at each of `count` evaluations of the segment.
    fn refusals(&mut self, at: Millis, count: u64);
}

impl Listener for () {
    const ON: bool = false;

    #[inline]
    fn effect(&mut self, _: Millis, _: Effect) {}

    #[inline]
    fn event(&mut self, _: Millis, _: u16, _: u32, _: &str) {}

    #[inline]
    fn refusals(&mut self, _: Millis, _: u64) {}
}

/// The turns that a participant's messages have in the journey's queue.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Turns<'s> {
    /// Those that are known, in the order in which the participant asks.
    pub known: &'s [Millis],
    /// How many were asked for.
    pub asked: usize,
    /// When the first one that is not known was asked for.
    pub wanted: Option<Millis>,
}

/// What a walk lends to the engine.
pub(crate) struct Sink<'w, L, const COUNT: bool> {
    pub simulation: &'w Simulation<'w>,
    pub program: &'w Program,
    pub plan: &'w Plan,
    pub tally: &'w mut Partial,
    pub queue: &'w mut Vec<Pending>,
    pub listener: &'w mut L,
    pub rows: &'w [u32],
    pub turns: Turns<'w>,
    pub participant: u64,
    pub entry: u32,
    /// Bit by place: the e-mail address bounces (events-and-analytics.md 2, "Suppression").
    pub suppressed: u64,
    pub at: Millis,
    /// The instant of the last thing that happened.
    pub end: Millis,
    pub trace: u64,
}

impl<L: Listener, const COUNT: bool> Host for Sink<'_, L, COUNT> {
    // Inlined where the engine tells, so that of each effect only what is counted is put together, and none is written to
    // memory and read back: with conditions by column and one fold an effect it took a third off the time of a cohort.
    #[inline(always)]
    fn effect(&mut self, effect: Effect) {
        if !COUNT {
            if let What::Send { activity, row } = effect.what {
                self.respond(activity, row);
            } else if let What::Entered { entry } = effect.what {
                self.entry = entry;
            }
            return;
        }
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
                code(4, activity, self.place(row) as u64)
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
        self.end = self.end.max(at);
        self.fold(word, at);
        if L::ON {
            self.listener.effect(at, effect);
        }
        if let What::Send { activity, row } = effect.what {
            self.respond(activity, row);
        }
    }

    #[inline]
    fn slot(&mut self, now: Millis) -> Millis {
        let asked = self.turns.asked;
        self.turns.asked += 1;
        match self.turns.known.get(asked) {
            Some(turn) => *turn,
            None => {
                self.turns.wanted.get_or_insert(now);
                // Behind the end of the run: the participant is still waiting then.
                self.simulation.horizon.saturating_add(1)
            }
        }
    }

    fn sent_elsewhere(&mut self, row: u32, senders: Senders, since: Millis) -> u32 {
        self.simulation.sent_elsewhere(row, senders, since, self.at)
    }

    #[inline]
    fn is_in(&mut self, condition: u16, row: u32) -> Option<bool> {
        self.simulation.is_in(condition, row)
    }
}

impl<L: Listener, const COUNT: bool> Sink<'_, L, COUNT> {
    /// Takes what happened at an instant into the trace.
    #[inline]
    pub fn fold(&mut self, word: u64, at: Millis) {
        let moment = (at as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.trace = (self.trace.rotate_left(5) ^ word ^ moment).wrapping_mul(0x517C_C1B7_2722_0A95);
    }

    #[inline]
    fn place(&self, row: u32) -> usize {
        self.rows.iter().position(|known| *known == row).unwrap_or(0)
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
    pub fn count(&mut self, activity: u16, kind: EventKind, at: Millis) {
        if !COUNT {
            return;
        }
        if let Some(tally) = self.tally.activities.get_mut(usize::from(activity)) {
            tally.events[kind as usize] += 1;
        }
        self.end = self.end.max(at);
        self.fold(10 | u64::from(activity) << 8 | (kind as u64) << 24, at);
    }

    /// What an event does to the endpoint: a lost address makes mails bounce.
    pub fn suppress(&mut self, kind: EventKind, place: usize) {
        if place < MAX_TOLD && matches!(kind, EventKind::EmailHardBounce | EventKind::EmailComplaint) {
            self.suppressed |= 1 << place;
        }
    }

    /// Works out what comes of a message that was just sent, counts it and queues what may change something.
    fn respond(&mut self, activity: u16, row: u32) {
        let simulation = self.simulation;
        if simulation.is_recorded(activity) {
            return;
        }
        let place = self.place(row);
        let salt = self.program.salt(activity);
        let person = self.participant.wrapping_add(place as u64);
        let chance = Chance::of(simulation.settings.seed, person, salt, u64::from(self.entry));
        let suppressed = self.suppressed != 0
            && place < MAX_TOLD
            && self.suppressed & (1 << place) != 0
            && self.program.kind(activity) == Some(ActivityKind::Email);
        let watched = self.program.watched(activity);
        let plan = self.plan;
        let horizon = simulation.horizon;
        plan.respond(activity, row, self.at, suppressed, chance, &mut |kind, at| {
            if at > horizon {
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
