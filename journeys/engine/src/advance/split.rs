//! How a split is decided (journeys.md 3.4, 3.5, 3.8), and decided again before dialling (3.2).

use model::Millis;

use super::Walk;
use crate::effect::What;
use crate::event::EventKinds;
use crate::host::Host;
use crate::program::{Condition, Delay, Entry, Step};
use crate::reason::{Evidence, Reason};

impl<H: Host> Walk<'_, H> {
    /// When a split is evaluated: the later of its own wait and of the implicit one after each message that its event
    /// conditions ask about (journeys.md 3.8, "Implicit minimum"). With the message that decides, if one does.
    pub(super) fn due(&self, conditions: &[u16], wait: Delay, arrived: Millis) -> (Millis, Option<u16>) {
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
    pub(super) fn decide(&mut self, activity: u16, step: &Step, arrived: Millis, tell: bool) -> (u16, Reason) {
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
    #[inline]
    fn holds(&mut self, condition: u16) -> (bool, Evidence) {
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
                    let known = self.host.is_in(condition, row);
                    if known.unwrap_or_else(|| audience.contains(people, row as usize, self.now)) {
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
    pub(super) fn changed_mind(&mut self) -> Option<Option<u16>> {
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
}
