//! The messages of a cohort as the window shows them: filtered, sorted, a page at a time.

use bridge::{MessageColumn, MessageLine, Messages, MessagesPage};
use rayon::prelude::*;
use simulation::{Message, MessageRow, Simulation};

use super::{CHUNK, Cohort};

/// Endpoints whose messages the window shows; a file has those of all.
const LOOKED_AT: usize = 100_000;

/// Rows of a page.
const PAGE: usize = 100;

impl Cohort {
    /// A page of the messages.
    pub fn page(&self, query: &Messages) -> MessagesPage {
        let simulation = self.simulation();
        let endpoints = self.people.len().min(LOOKED_AT);
        let wanted = query.text.trim().to_lowercase();
        let starts: Vec<usize> = (0..endpoints).step_by(CHUNK).collect();
        let pieces = starts.into_par_iter().map(|start| {
            let messages = simulation.messages(start..endpoints.min(start + CHUNK)).into_iter();
            messages.filter(|message| wanted.is_empty() || self.fits(&simulation.message(message), &wanted)).collect()
        });
        let pieces: Vec<Vec<Message>> = pieces.collect();
        let mut all: Vec<Message> = pieces.into_iter().flatten().collect();
        self.sort(&simulation, &mut all, query.by);
        if query.descending {
            all.reverse();
        }
        let from = usize::try_from(query.from).unwrap_or(usize::MAX).min(all.len());
        let rows = all[from..].iter().take(PAGE).map(|message| self.line(simulation.message(message)));
        MessagesPage { rows: rows.collect(), total: all.len() as u64, endpoints: endpoints as u64 }
    }

    /// Whether some cell has the text; activities are found by label and by id.
    fn fits(&self, row: &MessageRow<'_>, wanted: &str) -> bool {
        let label = self.labels.get(row.activity).map(String::as_str);
        let cells = [
            Some(row.person.as_str()),
            row.channel,
            label,
            Some(row.activity),
            row.template,
            Some(row.status),
            row.outcome,
        ];
        cells.into_iter().flatten().any(|cell| cell.to_lowercase().contains(wanted))
    }

    /// Those alike stay in order of participants and time.
    fn sort(&self, simulation: &Simulation<'_>, all: &mut [Message], by: MessageColumn) {
        match by {
            MessageColumn::Time => all.par_sort_by_key(|message| message.at),
            _ => all.par_sort_by_cached_key(|message| self.word(simulation.message(message), by)),
        }
    }

    /// What stands in a cell.
    fn word(&self, row: MessageRow<'_>, by: MessageColumn) -> String {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        match by {
            MessageColumn::Time => String::new(),
            MessageColumn::Person => row.person,
            MessageColumn::Channel => text(row.channel),
            MessageColumn::Activity => self.label(row.activity),
            MessageColumn::Template => text(row.template),
            MessageColumn::Status => row.status.to_owned(),
            MessageColumn::Outcome => text(row.outcome),
        }
    }

    fn line(&self, row: MessageRow<'_>) -> MessageLine {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        MessageLine {
            at: row.at,
            channel: text(row.channel),
            activity: row.activity.to_owned(),
            label: self.label(row.activity),
            template: text(row.template),
            status: row.status.to_owned(),
            outcome: text(row.outcome),
            person: row.person,
        }
    }

    fn label(&self, activity: &str) -> String {
        self.labels.get(activity).map_or(activity, String::as_str).to_owned()
    }
}
