//! The messages of a simulated campaign over its time: hour by hour, or day by day where that is too many hours.

use std::collections::BTreeMap;

use bridge::Figure;
use engine::campaign::SendStatus;
use model::Millis;
use model::numbers::grouped;
use model::time::{DAY, HOUR, format_instant};

use super::rows::Row;
use crate::live::{plot, row, table};

/// Columns of the plot, and rows of the table below it.
const COLUMNS: usize = 400;
const LISTED: usize = 100;

/// Hours in which messages were handed to a channel, with how many; those in which none was are left out.
pub(super) fn figure(rows: &[Row]) -> Figure {
    let sent = || rows.iter().filter(|row| row.status == SendStatus::Success).map(|row| row.at);
    let by = |step: Millis| {
        let mut counts: BTreeMap<Millis, u64> = BTreeMap::new();
        sent().for_each(|at| *counts.entry(at.div_euclid(step) * step).or_default() += 1);
        counts
    };
    let hours = by(HOUR);
    let (step, counts) = if hours.len() > COLUMNS { (DAY, by(DAY)) } else { (HOUR, hours) };
    let name = |at: Millis| {
        let text = format_instant(at).replace('T', " ");
        text.get(..if step == DAY { 10 } else { 16 }).unwrap_or_default().to_owned()
    };
    let (title, head) = match step {
        DAY => ("Messages day by day", "Day (UTC)"),
        _ => ("Messages hour by hour", "Hour (UTC)"),
    };
    let lines = counts.iter().take(LISTED).map(|(at, count)| row("", [name(*at), grouped(*count)]));
    let mut figure = table("campaign-hours", title, &[head, "Messages"], lines.collect());
    if let Some((at, most)) = counts.iter().rev().max_by_key(|(_, count)| **count) {
        let points: Vec<(String, f64)> = counts.iter().map(|(at, count)| (name(*at), *count as f64)).collect();
        figure.plot = plot::days(title, &points);
        figure.note = format!("Most, {}, from {} on. Times without a message are left out.", grouped(*most), name(*at));
        if counts.len() > LISTED {
            figure.note += &format!(" The table has the first {LISTED} of {}.", grouped(counts.len() as u64));
        }
    }
    figure
}
