//! A run over time: who came, waited and went at each activity and connection, and what was sent, hour by hour.

use std::collections::BTreeMap;
use std::ops::Range;

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

/// Counts of some people by hour. [`merge`](SeriesPart::merge) adds others, in any order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SeriesPart {
    /// By hour since 1970; hours in which nothing happened are not there.
    hours: BTreeMap<i64, Hour>,
}

/// Counts of one hour, by activity, way and channel.
#[derive(Clone, Debug, Default, PartialEq)]
struct Hour {
    arrivals: Vec<u64>,
    departures: Vec<u64>,
    sends: Vec<u64>,
    taken: Vec<u64>,
    channels: [u64; CHANNELS.len()],
}

impl Hour {
    fn new(program: &Program) -> Hour {
        let zeros = || vec![0; program.len()];
        Hour {
            arrivals: zeros(),
            departures: zeros(),
            sends: zeros(),
            taken: vec![0; program.ways().len()],
            channels: Default::default(),
        }
    }

    fn add(&mut self, other: &Hour) {
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
        for (hour, counts) in other.hours {
            match self.hours.entry(hour) {
                std::collections::btree_map::Entry::Occupied(mut mine) => mine.get_mut().add(&counts),
                std::collections::btree_map::Entry::Vacant(free) => drop(free.insert(counts)),
            }
        }
    }
}

/// Counts what it hears by hour.
struct Clerk<'s> {
    simulation: &'s Simulation<'s>,
    part: SeriesPart,
    /// Whether the participant stands at an activity.
    there: bool,
}

impl Clerk<'_> {
    fn hour(&mut self, at: Millis) -> &mut Hour {
        let program = self.simulation.program;
        self.part.hours.entry(at.div_euclid(HOUR)).or_insert_with(|| Hour::new(program))
    }
}

fn count(counts: &mut [u64], index: u16) {
    if let Some(count) = counts.get_mut(usize::from(index)) {
        *count += 1;
    }
}

impl Listener for Clerk<'_> {
    const ON: bool = true;

    fn effect(&mut self, at: Millis, effect: Effect) {
        match effect.what {
            What::Arrived { activity } => {
                count(&mut self.hour(at).arrivals, activity);
                self.there = true;
            }
            What::Took { activity, way } => {
                let hour = self.hour(at);
                count(&mut hour.departures, activity);
                count(&mut hour.taken, way);
                self.there = false;
            }
            // Who leaves along a way that leads nowhere has departed with that.
            What::Left { activity } if std::mem::take(&mut self.there) => {
                count(&mut self.hour(at).departures, activity);
            }
            What::Send { activity, .. } => {
                let channel = channel(self.simulation.program.kind(activity));
                let hour = self.hour(at);
                count(&mut hour.sends, activity);
                if let Some(sends) = channel.and_then(|channel| hour.channels.get_mut(channel)) {
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
        let mut clerk = Clerk { simulation: self, part: SeriesPart::default(), there: false };
        self.listen_to(rows, &mut clerk, &mut |clerk: &mut Clerk<'_>, _| clerk.there = false);
        clerk.part
    }

    /// The series that all parts merged make, in steps of a multiple of an hour: [`HOUR`] or [`DAY`](model::time::DAY).
    /// A day is one of UTC.
    pub fn finish_series(&self, all: &SeriesPart, step: Millis) -> Series {
        let program = self.program;
        let hours_a_step = (step / HOUR).max(1);
        let step_of = |hour: i64| hour.div_euclid(hours_a_step);
        let (first, last) = match (all.hours.keys().next(), all.hours.keys().next_back()) {
            (Some(first), Some(last)) => (step_of(*first), step_of(*last)),
            _ => return Series { start: self.entry_at, step: hours_a_step * HOUR, ..Series::default() },
        };
        let steps = (last - first + 1) as usize;
        let mut by_step = vec![Hour::new(program); steps];
        for (hour, counts) in &all.hours {
            by_step[(step_of(*hour) - first) as usize].add(counts);
        }
        let list = |of: &dyn Fn(&Hour) -> u64| by_step.iter().map(of).collect::<Vec<u64>>();
        let activities = (0..program.len()).map(|at| {
            let (arrivals, departures) = (list(&|hour| hour.arrivals[at]), list(&|hour| hour.departures[at]));
            let mut there = 0u64;
            let waiting = arrivals.iter().zip(&departures).map(|(came, went)| {
                there = (there + came).saturating_sub(*went);
                there
            });
            ActivitySeries {
                id: program.activity_id(at as u16).to_owned(),
                waiting: waiting.collect(),
                sends: list(&|hour| hour.sends[at]),
                arrivals,
                departures,
            }
        });
        let connections = program.ways().iter().enumerate().map(|(at, way)| ConnectionSeries {
            from: program.activity_id(way.from).to_owned(),
            slot: way.slot,
            taken: list(&|hour| hour.taken[at]),
        });
        let channels = CHANNELS.iter().enumerate().map(|(at, channel)| ChannelSeries {
            channel: (*channel).to_owned(),
            sends: list(&|hour| hour.channels[at]),
        });
        Series {
            start: first * hours_a_step * HOUR,
            step: hours_a_step * HOUR,
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
