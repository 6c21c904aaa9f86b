//! Counts of a cohort over time, in a file, and the hours in which sends come near a rate.

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

use model::Millis;
use rayon::prelude::*;
use simulation::{Series, SeriesPart};

use super::table::{Cell, Column, Kind, Table};
use super::{CHUNK, Cohort};
use crate::failure::Outcome;

/// Columns of a row: what is counted (`activity`, `connection` or `channel`), and its counts in one step. A count that
/// such a thing does not have is empty.
const COLUMNS: &[Column] = &[
    ("time", Kind::Time),
    ("of", Kind::Text),
    ("name", Kind::Text),
    ("way", Kind::Text),
    ("arrivals", Kind::Count),
    ("departures", Kind::Count),
    ("waiting", Kind::Count),
    ("taken", Kind::Count),
    ("sends", Kind::Count),
];

impl Cohort {
    /// Counts of everybody over time, in steps of an hour or a multiple of it.
    pub fn series(&self, step: Millis) -> Series {
        let simulation = self.simulation();
        simulation.finish_series(&merged(self.chunks().map(|rows| simulation.series(rows))), step)
    }

    /// The nearest instant after another, or before it, at which something happens to anybody, as
    /// [`finish_moment`](simulation::Simulation::finish_moment) makes it; `None` = there is none.
    pub fn moment(&self, from: Millis, back: bool) -> Option<Series> {
        let simulation = self.simulation();
        let found = self.chunks().filter_map(|rows| simulation.nearest(rows, from, back));
        let at = if back { found.max() } else { found.min() }?;
        Some(simulation.finish_moment(&merged(self.chunks().map(|rows| simulation.moment(rows, at))), at))
    }

    /// The rows of everybody, in pieces for many threads.
    fn chunks(&self) -> impl ParallelIterator<Item = Range<usize>> + use<> {
        let starts: Vec<usize> = (0..self.people.len()).step_by(CHUNK).collect();
        starts.into_par_iter().map(|start| start..start + CHUNK)
    }
}

fn merged(parts: impl ParallelIterator<Item = SeriesPart>) -> SeriesPart {
    parts.reduce(SeriesPart::default, |mut a, b| {
        a.merge(b);
        a
    })
}

/// Writes a series to a file, a row for each step and each activity, connection and channel at which something happens or
/// somebody waits: by time, and in the order of the journey. Answers the number of rows.
///
/// # Errors
/// When the name of the file says no format, or it can not be written; there is then no file.
pub fn write_series(series: &Series, path: &Path) -> Outcome<u64> {
    let mut table = Table::create(path, COLUMNS)?;
    let at = |list: &[u64], step: usize| list.get(step).copied().unwrap_or_default();
    for step in 0..series.len() {
        let time = Cell::Time(series.at(step));
        let mut write = |of: &'static str, name: &str, way: Option<String>, counts: [Option<u64>; 5]| {
            if counts.iter().all(|count| count.is_none_or(|count| count == 0)) {
                return Ok(());
            }
            let [arrivals, departures, waiting, taken, sends] =
                counts.map(|count| count.map_or(Cell::Nothing, Cell::Count));
            let (of, name) = (Cell::Text(Cow::Borrowed(of)), Cell::Text(Cow::Borrowed(name)));
            table.row(&[time.clone(), of, name, Cell::text(way), arrivals, departures, waiting, taken, sends])
        };
        for activity in &series.activities {
            let counts = [&activity.arrivals, &activity.departures, &activity.waiting].map(|list| Some(at(list, step)));
            let [arrivals, departures, waiting] = counts;
            let sends = Some(at(&activity.sends, step)).filter(|_| activity.sends.iter().any(|sends| *sends > 0));
            write("activity", &activity.id, None, [arrivals, departures, waiting, None, sends])?;
        }
        for connection in &series.connections {
            let taken = Some(at(&connection.taken, step));
            let way = crate::slot_words(&connection.slot);
            write("connection", &connection.from, Some(way), [None, None, None, taken, None])?;
        }
        for channel in &series.channels {
            write("channel", &channel.channel, None, [None, None, None, None, Some(at(&channel.sends, step))])?;
        }
    }
    table.finish()
}
