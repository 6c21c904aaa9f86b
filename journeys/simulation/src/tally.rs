//! Counts of a part of the people, which add up in any order.

use engine::{EventKind, Program, Refusal, SendStatus};
use model::{ActivityKind, Millis};

use crate::run::{ActivityCounts, ConnectionCount, Outcome, Run};

/// How many people are remembered for each thing that can happen.
const EXAMPLES: usize = 3;
const NOBODY: u32 = u32::MAX;

/// Counts of some people. [`merge`](Partial::merge) adds others; the order of merging does not matter.
#[derive(Clone, Debug, PartialEq)]
pub struct Partial {
    pub(crate) offered: u64,
    pub(crate) entered: u64,
    pub(crate) left: u64,
    pub(crate) messages: u64,
    /// Recorded events about messages that were not sent here.
    pub(crate) unmatched: u64,
    pub(crate) end: Millis,
    pub(crate) trace: u64,
    pub(crate) refused: [u64; Refusal::ALL.len()],
    pub(crate) ways: Vec<u64>,
    pub(crate) activities: Vec<Tally>,
    /// By way, by activity left at, by refusal, by send status: the first people it happened to.
    examples: Vec<[u32; EXAMPLES]>,
}

/// Counts of one activity.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Tally {
    pub entered: u64,
    pub ended: u64,
    pub waiting: u64,
    pub statuses: [u64; SendStatus::ALL.len()],
    pub events: [u64; EventKind::ALL.len()],
    /// Waits skipped, participants held out, or removed by re-evaluation.
    pub apart: u64,
}

/// Something that happens to people.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Moment {
    Way(u16),
    LeftAt(u16),
    Refused(Refusal),
    Send(SendStatus),
}

impl Partial {
    pub(crate) fn new(program: &Program) -> Partial {
        let slots = program.ways().len() + program.len() + Refusal::ALL.len() + SendStatus::ALL.len();
        Partial {
            offered: 0,
            entered: 0,
            left: 0,
            messages: 0,
            unmatched: 0,
            end: Millis::MIN,
            trace: 0,
            refused: [0; Refusal::ALL.len()],
            ways: vec![0; program.ways().len()],
            activities: vec![Tally::default(); program.len()],
            examples: vec![[NOBODY; EXAMPLES]; slots],
        }
    }

    /// Adds the counts of other people of the same run.
    pub fn merge(&mut self, other: &Partial) {
        self.offered += other.offered;
        self.entered += other.entered;
        self.left += other.left;
        self.messages += other.messages;
        self.unmatched += other.unmatched;
        self.end = self.end.max(other.end);
        self.trace = self.trace.wrapping_add(other.trace);
        add(&mut self.refused, &other.refused);
        add(&mut self.ways, &other.ways);
        for (mine, theirs) in self.activities.iter_mut().zip(&other.activities) {
            mine.entered += theirs.entered;
            mine.ended += theirs.ended;
            mine.waiting += theirs.waiting;
            mine.apart += theirs.apart;
            add(&mut mine.statuses, &theirs.statuses);
            add(&mut mine.events, &theirs.events);
        }
        for (mine, theirs) in self.examples.iter_mut().zip(&other.examples) {
            let mut all = [mine[0], mine[1], mine[2], theirs[0], theirs[1], theirs[2]];
            all.sort_unstable();
            mine.copy_from_slice(&all[..EXAMPLES]);
        }
    }

    /// Remembers the person of `row`, if few had this moment before; rows come in ascending order.
    #[inline]
    pub(crate) fn remember(&mut self, moment: Moment, row: u32) {
        let (ways, activities) = (self.ways.len(), self.activities.len());
        let slot = match moment {
            Moment::Way(way) => usize::from(way),
            Moment::LeftAt(activity) => ways + usize::from(activity),
            Moment::Refused(refusal) => ways + activities + refusal as usize,
            Moment::Send(status) => ways + activities + Refusal::ALL.len() + status as usize,
        };
        let Some(examples) = self.examples.get_mut(slot) else { return };
        if examples[EXAMPLES - 1] != NOBODY {
            return;
        }
        if let Some(free) = examples.iter().position(|known| *known == NOBODY)
            && (free == 0 || examples[free - 1] != row)
        {
            examples[free] = row;
        }
    }

    /// Up to `limit` rows, some of everything that happened, in order of row.
    pub(crate) fn examples(&self, limit: usize) -> Vec<u32> {
        let mut rows = std::collections::BTreeSet::new();
        for round in 0..EXAMPLES {
            for examples in &self.examples {
                if rows.len() < limit && examples[round] != NOBODY {
                    rows.insert(examples[round]);
                }
            }
        }
        rows.into_iter().collect()
    }

    pub(crate) fn run(&self, program: &Program, seed: u64, start: Millis) -> Run {
        let refused = Refusal::ALL.iter().zip(self.refused).map(|(refusal, count)| outcome(refusal.name(), count));
        Run {
            journey: program.id().to_owned(),
            seed,
            start,
            end: self.end.max(start),
            offered: self.offered,
            entered: self.entered,
            left: self.left,
            refused: sorted(refused.collect()),
            messages: self.messages,
            activities: (0u16..).zip(&self.activities).map(|(i, tally)| tally.counts(program, i)).collect(),
            connections: program
                .ways()
                .iter()
                .zip(&self.ways)
                .map(|(way, count)| ConnectionCount {
                    from: program.activity_id(way.from).to_owned(),
                    slot: way.slot,
                    count: *count,
                })
                .collect(),
            trace_hash: self.trace,
            notes: Vec::new(),
        }
    }
}

impl Tally {
    fn counts(&self, program: &Program, activity: u16) -> ActivityCounts {
        let statuses = SendStatus::ALL.iter().zip(self.statuses).map(|(status, count)| outcome(status.name(), count));
        let events = EventKind::ALL.iter().zip(self.events).map(|(kind, count)| outcome(kind.name(), count));
        let mut outcomes: Vec<Outcome> = statuses.chain(events).collect();
        let gone_on = self.entered.saturating_sub(self.waiting + self.apart);
        // The metrics of journeys.md 11.2.
        match program.kind(activity) {
            Some(ActivityKind::Holdout) => {
                outcomes.extend([outcome("HOLDOUT", self.apart), outcome("PASSED", gone_on)]);
            }
            Some(ActivityKind::Wait) => {
                outcomes.extend([outcome("WAIT_SKIPPED", self.apart), outcome("WAIT_FINISHED", gone_on)]);
            }
            Some(ActivityKind::ContactCenter) => outcomes.push(outcome("REEVALUATED_OUT", self.apart)),
            _ => {}
        }
        ActivityCounts {
            id: program.activity_id(activity).to_owned(),
            entered: self.entered,
            ended: self.ended,
            waiting: self.waiting,
            outcomes: sorted(outcomes),
        }
    }
}

fn outcome(name: &str, count: u64) -> Outcome {
    Outcome { name: name.to_owned(), count }
}

/// Without those that did not happen, by name.
fn sorted(mut outcomes: Vec<Outcome>) -> Vec<Outcome> {
    outcomes.retain(|outcome| outcome.count > 0);
    outcomes.sort_by(|a, b| a.name.cmp(&b.name));
    outcomes
}

fn add(mine: &mut [u64], theirs: &[u64]) {
    mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
}
