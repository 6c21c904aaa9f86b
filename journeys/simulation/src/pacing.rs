//! The turns of all messages in a journey with `MessagesPerSecond`.
//!
//! The rate is all that participants share, so a run has two parts. First the turns: every participant is walked up to its
//! next message, which joins the queue at that instant; the earliest takes the next turn of the [`engine::Pace`], and its
//! participant is walked again from the start, now with one turn more. Then each participant is walked on its own with all
//! turns known, as without a rate, on any number of threads.
//!
//! Walking again costs less than keeping: a walk to the next message takes some tenths of a microsecond, and nothing has
//! to be remembered of a million people who wait but their turns (16 bytes each). The queue is by time, then by row.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use engine::Pace;
use model::Millis;
use model::time::MINUTE;

use crate::simulation::Simulation;
use crate::walk::Walker;

/// Turns by participant.
#[derive(Clone, Debug, Default)]
pub(crate) struct AllTurns {
    /// By row, where the turns of the participant with that first row begin; one more at the end.
    starts: Vec<u32>,
    turns: Vec<Millis>,
}

impl AllTurns {
    /// The turns of the participant whose first row this is, in the order in which it asks for them.
    pub fn of(&self, row: u32) -> &[Millis] {
        let at = |row: usize| self.starts.get(row).map(|start| *start as usize);
        match (at(row as usize), at(row as usize + 1)) {
            (Some(from), Some(to)) => self.turns.get(from..to).unwrap_or_default(),
            _ => &[],
        }
    }

    /// Works out all turns of a run, up to its horizon.
    pub fn of_run(simulation: &Simulation<'_>, rate: u32) -> AllTurns {
        let mut walker = Walker::new(simulation);
        let mut queue = Queue::default();
        let mut given = Given::new(simulation.people.len());
        for row in 0..simulation.people.len() as u32 {
            if let Some(at) = walker.scout(row, &[]) {
                queue.push((at, row));
            }
        }
        let mut pace = Pace::default();
        let mut known = Vec::new();
        while let Some((at, row)) = queue.pop() {
            let turn = pace.take(rate, at);
            given.push(row, turn);
            if turn > simulation.horizon {
                // All later turns lie behind the horizon too.
                break;
            }
            given.list(row, &mut known);
            if let Some(next) = walker.scout(row, &known) {
                queue.push((next, row));
            }
        }
        given.sorted()
    }
}

/// Turns as they are given: a list for each row, all in one place.
struct Given {
    last: Vec<u32>,
    /// Turn, and where the one before it of the same row stands.
    turns: Vec<(Millis, u32)>,
}

const NONE: u32 = u32::MAX;

impl Given {
    fn new(rows: usize) -> Given {
        Given { last: vec![NONE; rows], turns: Vec::new() }
    }

    fn push(&mut self, row: u32, turn: Millis) {
        let before = std::mem::replace(&mut self.last[row as usize], self.turns.len() as u32);
        self.turns.push((turn, before));
    }

    /// The turns of a row, in order.
    fn list(&self, row: u32, into: &mut Vec<Millis>) {
        into.clear();
        let mut at = self.last[row as usize];
        while let Some((turn, before)) = self.turns.get(at as usize) {
            into.push(*turn);
            at = *before;
        }
        into.reverse();
    }

    fn sorted(self) -> AllTurns {
        let mut all =
            AllTurns { starts: Vec::with_capacity(self.last.len() + 1), turns: Vec::with_capacity(self.turns.len()) };
        let mut list = Vec::new();
        for row in 0..self.last.len() as u32 {
            all.starts.push(all.turns.len() as u32);
            self.list(row, &mut list);
            all.turns.extend_from_slice(&list);
        }
        all.starts.push(all.turns.len() as u32);
        all
    }
}

/// A queue by time, then by row: minutes in a tree, each sorted when it comes up. What is pushed into the minute that is
/// being emptied goes into a heap beside it. Most pushes are then appends, and a pop takes from the end of a list.
#[derive(Default)]
struct Queue {
    minutes: BTreeMap<Millis, Vec<(Millis, u32)>>,
    /// The minute that is being emptied, latest first.
    now: Vec<(Millis, u32)>,
    minute: Option<Millis>,
    late: BinaryHeap<Reverse<(Millis, u32)>>,
}

impl Queue {
    fn push(&mut self, asked: (Millis, u32)) {
        let minute = asked.0.div_euclid(MINUTE);
        if self.minute.is_some_and(|now| minute <= now) {
            self.late.push(Reverse(asked));
        } else {
            self.minutes.entry(minute).or_default().push(asked);
        }
    }

    fn pop(&mut self) -> Option<(Millis, u32)> {
        if self.now.is_empty() && self.late.is_empty() {
            let (minute, mut asked) = self.minutes.pop_first()?;
            asked.sort_unstable_by(|a, b| b.cmp(a));
            self.now = asked;
            self.minute = Some(minute);
        }
        match (self.now.last(), self.late.peek()) {
            (Some(now), Some(Reverse(late))) if late < now => self.late.pop().map(|Reverse(asked)| asked),
            (Some(_), _) => self.now.pop(),
            (None, _) => self.late.pop().map(|Reverse(asked)| asked),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_queue_gives_in_order_what_was_pushed(pushes in proptest::collection::vec((0i64..400_000, 0u32..9, 0usize..4), 0..200)) {
            let mut queue = Queue::default();
            let mut sorted: std::collections::BTreeSet<(Millis, u32, usize)> = std::collections::BTreeSet::new();
            let mut clock = 0;
            for (number, (ahead, row, pops)) in pushes.into_iter().enumerate() {
                queue.push((clock + ahead, row));
                sorted.insert((clock + ahead, row, number));
                for _ in 0..pops {
                    let expected = sorted.pop_first();
                    prop_assert_eq!(queue.pop(), expected.map(|(at, row, _)| (at, row)));
                    clock = expected.map_or(clock, |(at, ..)| at);
                }
            }
            while let Some((at, row, _)) = sorted.pop_first() {
                prop_assert_eq!(queue.pop(), Some((at, row)));
            }
            prop_assert_eq!(queue.pop(), None);
        }
    }
}
