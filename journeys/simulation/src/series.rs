//! A run over time: who came, waited and went at each activity and connection, and what was sent, hour by hour.

use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};

use engine::{Effect, Program, What};
use model::time::{HOUR, SECOND};
use model::{ActivityKind, Millis, Slot};
use serde::{Deserialize, Serialize};

use crate::simulation::Simulation;
use crate::walk::Listener;

/// What messages go out by (journeys.md 3.1).
const CHANNELS: [&str; 5] = ["email", "sms", "push", "voice", "custom"];

/// Counts of a run in steps of equal length. Every list has one number for each step, from the first step on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Start of the first step: the hour in UTC in which the first thing happened, or the day.
    pub start: Millis,
    /// Length of a step.
    pub step: Millis,
    /// By activity, in the order of the journey document.
    pub activities: Vec<ActivitySeries>,
    /// By connection, in the order of the journey document.
    pub connections: Vec<ConnectionSeries>,
    /// By channel; those over which nothing was sent are left out.
    pub channels: Vec<ChannelSeries>,
}

/// One activity over time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivitySeries {
    /// The activity's id.
    pub id: String,
    /// Participants that arrived in the step.
    pub arrivals: Vec<u64>,
    /// Participants that went on or left in the step.
    pub departures: Vec<u64>,
    /// Participants there at the end of the step.
    pub waiting: Vec<u64>,
    /// Messages handed to a channel in the step.
    pub sends: Vec<u64>,
}

/// One connection over time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionSeries {
    /// The activity that it leaves.
    pub from: String,
    /// Which way out.
    pub slot: Slot,
    /// Participants that went along in the step.
    pub taken: Vec<u64>,
}

/// What went out over one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelSeries {
    /// `email`, `sms`, `push`, `voice` or `custom`.
    pub channel: String,
    /// Messages handed to it in the step.
    pub sends: Vec<u64>,
}

/// Most messages a second.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rates {
    /// Of the journey, `MessagesPerSecond` (journeys.md 5); `None` = without limit.
    pub journey: Option<u32>,
    /// Of channels, by their name as in [`ChannelSeries`].
    pub channels: BTreeMap<String, u32>,
}

/// A step in which much was sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Busy {
    /// Start of the step.
    pub at: Millis,
    /// The channel; `None` = the journey as a whole.
    pub channel: Option<String>,
    /// Messages in the step.
    pub sends: u64,
    /// Most that the rate lets out in a step.
    pub most: u64,
}

impl Busy {
    /// How much of what the rate allows was sent; above 1 = more than it lets out.
    pub fn share(&self) -> f64 {
        self.sends as f64 / self.most.max(1) as f64
    }
}

/// Counts of some people by spans of time. [`merge`](SeriesPart::merge) adds others, in any order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SeriesPart {
    /// By number of the span, for a series the hour since 1970; those in which nothing happened are not there.
    spans: BTreeMap<i64, Span>,
}

/// Counts of one span of time, by activity, way and channel.
#[derive(Clone, Debug, Default, PartialEq)]
struct Span {
    arrivals: Vec<u64>,
    departures: Vec<u64>,
    sends: Vec<u64>,
    taken: Vec<u64>,
    channels: [u64; CHANNELS.len()],
}

impl Span {
    fn new(program: &Program) -> Span {
        let zeros = || vec![0; program.len()];
        Span {
            arrivals: zeros(),
            departures: zeros(),
            sends: zeros(),
            taken: vec![0; program.ways().len()],
            channels: Default::default(),
        }
    }

    fn add(&mut self, other: &Span) {
        let pairs = [
            (&mut self.arrivals[..], &other.arrivals[..]),
            (&mut self.departures, &other.departures),
            (&mut self.sends, &other.sends),
            (&mut self.taken, &other.taken),
            (&mut self.channels, &other.channels),
        ];
        for (mine, theirs) in pairs {
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
        }
    }
}

impl SeriesPart {
    /// Adds the counts of other people of the same run.
    pub fn merge(&mut self, other: SeriesPart) {
        for (span, counts) in other.spans {
            match self.spans.entry(span) {
                std::collections::btree_map::Entry::Occupied(mut mine) => mine.get_mut().add(&counts),
                std::collections::btree_map::Entry::Vacant(free) => drop(free.insert(counts)),
            }
        }
    }
}

/// Counts what it hears by spans of time.
struct Clerk<'s, F> {
    simulation: &'s Simulation<'s>,
    /// The span of an instant; `None` = it is not counted.
    span_of: F,
    part: SeriesPart,
    /// Whether the participant stands at an activity.
    there: bool,
}

fn count(counts: &mut [u64], index: u16) {
    if let Some(count) = counts.get_mut(usize::from(index)) {
        *count += 1;
    }
}

impl<F> Clerk<'_, F> {
    fn span(&mut self, number: i64) -> &mut Span {
        let program = self.simulation.program;
        self.part.spans.entry(number).or_insert_with(|| Span::new(program))
    }
}

impl<F: Fn(Millis) -> Option<i64>> Listener for Clerk<'_, F> {
    const ON: bool = true;

    fn effect(&mut self, at: Millis, effect: Effect) {
        let Some(number) = (self.span_of)(at) else { return };
        match effect.what {
            What::Arrived { activity } => {
                count(&mut self.span(number).arrivals, activity);
                self.there = true;
            }
            What::Took { activity, way } => {
                let span = self.span(number);
                count(&mut span.departures, activity);
                count(&mut span.taken, way);
                self.there = false;
            }
            // Who leaves along a way that leads nowhere has departed with that.
            What::Left { activity } if std::mem::take(&mut self.there) => {
                count(&mut self.span(number).departures, activity);
            }
            What::Send { activity, .. } => {
                let channel = channel(self.simulation.program.kind(activity));
                let span = self.span(number);
                count(&mut span.sends, activity);
                if let Some(sends) = channel.and_then(|channel| span.channels.get_mut(channel)) {
                    *sends += 1;
                }
            }
            _ => {}
        }
    }

    fn event(&mut self, _: Millis, _: u16, _: u32, _: &str) {}

    fn refusals(&mut self, _: Millis, _: u64) {}
}

/// The place in [`CHANNELS`] of what an activity sends by: a function is called for an e-mail endpoint, not mailed to.
fn channel(kind: Option<ActivityKind>) -> Option<usize> {
    match kind? {
        ActivityKind::Email => Some(0),
        ActivityKind::Sms => Some(1),
        ActivityKind::Push => Some(2),
        ActivityKind::ContactCenter => Some(3),
        ActivityKind::Custom => Some(4),
        _ => None,
    }
}

impl Simulation<'_> {
    /// The counts by hour of the participants whose first endpoint lies in these rows.
    pub fn series(&self, rows: Range<usize>) -> SeriesPart {
        self.counts(rows, |at| Some(at.div_euclid(HOUR)))
    }

    /// The counts of the participants whose first endpoint lies in these rows, by the spans that `span_of` numbers.
    pub(crate) fn counts(&self, rows: Range<usize>, span_of: impl Fn(Millis) -> Option<i64>) -> SeriesPart {
        let mut clerk = Clerk { simulation: self, span_of, part: SeriesPart::default(), there: false };
        self.listen_to(rows, &mut clerk, &mut |clerk: &mut Clerk<'_, _>, _| clerk.there = false);
        clerk.part
    }

    /// The series that all parts merged make, in steps of a multiple of an hour: [`HOUR`] or [`DAY`](model::time::DAY).
    /// A day is one of UTC.
    pub fn finish_series(&self, all: &SeriesPart, step: Millis) -> Series {
        let hours_a_step = (step / HOUR).max(1);
        let step_of = |hour: i64| hour.div_euclid(hours_a_step);
        match (all.spans.keys().next(), all.spans.keys().next_back()) {
            (Some(first), Some(last)) => {
                let steps = step_of(*first)..=step_of(*last);
                let start = steps.start() * hours_a_step * HOUR;
                self.in_steps(all, steps, step_of, start, hours_a_step * HOUR)
            }
            _ => Series { start: self.entry_at, step: hours_a_step * HOUR, ..Series::default() },
        }
    }

    /// The series of `steps` that all parts merged make: those spans of which `step_of` says the step. The first begins at
    /// `start`, each takes `step` milliseconds.
    pub(crate) fn in_steps(
        &self,
        all: &SeriesPart,
        steps: RangeInclusive<i64>,
        step_of: impl Fn(i64) -> i64,
        start: Millis,
        step: Millis,
    ) -> Series {
        let program = self.program;
        let count = (steps.end() - steps.start() + 1).max(0) as usize;
        let mut by_step = vec![Span::new(program); count];
        for (span, counts) in &all.spans {
            by_step[(step_of(*span) - steps.start()) as usize].add(counts);
        }
        let list = |of: &dyn Fn(&Span) -> u64| by_step.iter().map(of).collect::<Vec<u64>>();
        let activities = (0..program.len()).map(|at| {
            let (arrivals, departures) = (list(&|span| span.arrivals[at]), list(&|span| span.departures[at]));
            let mut there = 0u64;
            let waiting = arrivals.iter().zip(&departures).map(|(came, went)| {
                there = (there + came).saturating_sub(*went);
                there
            });
            ActivitySeries {
                id: program.activity_id(at as u16).to_owned(),
                waiting: waiting.collect(),
                sends: list(&|span| span.sends[at]),
                arrivals,
                departures,
            }
        });
        let connections = program.ways().iter().enumerate().map(|(at, way)| ConnectionSeries {
            from: program.activity_id(way.from).to_owned(),
            slot: way.slot,
            taken: list(&|span| span.taken[at]),
        });
        let channels = CHANNELS.iter().enumerate().map(|(at, channel)| ChannelSeries {
            channel: (*channel).to_owned(),
            sends: list(&|span| span.channels[at]),
        });
        Series {
            start,
            step,
            activities: activities.collect(),
            connections: connections.collect(),
            channels: channels.filter(|channel| channel.sends.iter().any(|sends| *sends > 0)).collect(),
        }
    }
}

impl Series {
    /// How many steps there are.
    pub fn len(&self) -> usize {
        self.activities.first().map_or(0, |activity| activity.arrivals.len())
    }

    /// Whether nothing happened.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The start of a step.
    pub fn at(&self, step: usize) -> Millis {
        self.start + self.step * step as Millis
    }

    /// The step in which an instant lies; the first for those before, and one beyond the last for those after.
    pub fn step_of(&self, at: Millis) -> usize {
        let step = (at - self.start).div_euclid(self.step.max(1));
        usize::try_from(step).unwrap_or_default().min(self.len())
    }

    /// The steps in which at least this share of what a rate lets out was sent, the busiest first; those alike by time,
    /// the journey before channels.
    pub fn busy(&self, rates: &Rates, share: f64) -> Vec<Busy> {
        let most = |rate: u32| u64::from(rate) * (self.step / SECOND) as u64;
        let mut busy = Vec::new();
        for step in 0..self.len() {
            let mut look = |channel: Option<&str>, rate: u32, sends: u64| {
                let found = Busy { at: self.at(step), channel: channel.map(str::to_owned), sends, most: most(rate) };
                if sends > 0 && found.share() >= share {
                    busy.push(found);
                }
            };
            if let Some(rate) = rates.journey {
                look(None, rate, self.activities.iter().filter_map(|of| of.sends.get(step)).sum());
            }
            for channel in &self.channels {
                if let (Some(rate), Some(sends)) = (rates.channels.get(&channel.channel), channel.sends.get(step)) {
                    look(Some(&channel.channel), *rate, *sends);
                }
            }
        }
        busy.sort_by(|a, b| b.share().total_cmp(&a.share()));
        busy
    }

    /// The channels that can have a rate.
    pub const CHANNELS: [&'static str; 5] = CHANNELS;
}
