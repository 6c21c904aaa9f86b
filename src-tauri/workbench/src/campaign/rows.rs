//! Who gets which treatment when: the messages of a simulated campaign as rows, looked through and written to a file.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use bridge::{CampaignLine, CampaignMessages, CampaignPage};
use engine::Participant;
use engine::campaign::{SendStatus, What};
use model::Millis;
use model::view::Word;
use simulation::CampaignStep;

use super::Campaign;
use crate::failure::Outcome;
use crate::simulate::table::{Cell, Column, Kind, Table};

/// Rows of a page.
const PAGE: usize = 100;

/// Columns of a row in a file.
const COLUMNS: &[Column] = &[
    ("person", Kind::Text),
    ("endpoint", Kind::Text),
    ("time", Kind::Time),
    ("channel", Kind::Text),
    ("treatment", Kind::Text),
    ("run", Kind::Count),
    ("template", Kind::Text),
    ("template_version", Kind::Text),
    ("status", Kind::Text),
];

/// A message that was handed over or not sent.
pub(super) struct Row {
    pub(super) endpoint: u32,
    pub(super) at: Millis,
    treatment: u8,
    run: u32,
    pub(super) status: SendStatus,
}

impl Row {
    /// The row of a step; `None` = it is about no message.
    pub(super) fn of(step: CampaignStep<'_>) -> Option<Row> {
        let (endpoint, status) = match step.effect.what {
            What::Send { row, .. } => (row, SendStatus::Success),
            What::NotSent { row, status } | What::Failed { row, status } => (row, status),
            _ => return None,
        };
        let activity = step.effect.activity;
        Some(Row { endpoint, at: step.at, treatment: activity.treatment, run: activity.run + 1, status })
    }

    /// Whether it is a message of that treatment that was handed over.
    pub(super) fn is_sent_of(&self, treatment: u8) -> bool {
        self.status == SendStatus::Success && self.treatment == treatment
    }
}

/// The rows of a simulated campaign, in order of time.
pub(crate) struct Rows {
    campaign: Arc<Campaign>,
    rows: Vec<Row>,
}

impl Rows {
    pub(super) fn new(campaign: Arc<Campaign>, rows: Vec<Row>) -> Rows {
        Rows { campaign, rows }
    }

    /// A page of the rows in which a text stands.
    pub(crate) fn page(&self, query: &CampaignMessages) -> CampaignPage {
        let wanted = query.text.trim().to_lowercase();
        let fits = |line: &CampaignLine| {
            let cells = [&line.person, &line.channel, &line.treatment, &line.template, &line.status];
            wanted.is_empty() || cells.into_iter().any(|cell| cell.to_lowercase().contains(&wanted))
        };
        let from = usize::try_from(query.from).unwrap_or(usize::MAX);
        if wanted.is_empty() {
            let rows = self.rows.iter().skip(from).take(PAGE).map(|row| self.line(row));
            return CampaignPage { rows: rows.collect(), total: self.rows.len() as u64 };
        }
        let (mut rows, mut total) = (Vec::new(), 0);
        for line in self.rows.iter().map(|row| self.line(row)).filter(fits) {
            if total >= from && rows.len() < PAGE {
                rows.push(line);
            }
            total += 1;
        }
        CampaignPage { rows, total: total as u64 }
    }

    fn line(&self, row: &Row) -> CampaignLine {
        let endpoint = self.campaign.people.row(row.endpoint as usize);
        CampaignLine {
            person: Participant::key_of(endpoint),
            at: row.at,
            channel: endpoint.channel().map(|channel| channel.as_str().to_owned()).unwrap_or_default(),
            // Who is held out is in no treatment.
            treatment: match row.status {
                SendStatus::Holdout => String::new(),
                _ => self.campaign.treatment(row.treatment),
            },
            run: row.run,
            template: self.template(row).map(|template| template.name.clone()).unwrap_or_default(),
            status: row.status.name().to_owned(),
        }
    }

    fn template(&self, row: &Row) -> Option<&engine::campaign::TemplateName> {
        let channel = self.campaign.people.row(row.endpoint as usize).channel()?;
        self.campaign.program.message(row.treatment, channel)?.template.as_ref()
    }

    /// Writes all rows to a file whose name ends in `.csv`, `.jsonl` or `.parquet`; answers their number. No row has an
    /// address.
    ///
    /// # Errors
    /// When the name says no format, or the file can not be written; there is then no file.
    pub(crate) fn write(&self, path: &Path) -> Outcome<u64> {
        let mut table = Table::create(path, COLUMNS)?;
        let text = |text: &str| if text.is_empty() { Cell::Nothing } else { Cell::Text(Cow::Owned(text.to_owned())) };
        for row in &self.rows {
            let line = self.line(row);
            let version = self.template(row).and_then(|template| template.version.as_deref());
            table.row(&[
                text(&line.person),
                text(self.campaign.people.row(row.endpoint as usize).id()),
                Cell::Time(line.at),
                text(&line.channel),
                text(&line.treatment),
                Cell::Count(line.run.into()),
                text(&line.template),
                text(version.unwrap_or_default()),
                text(&line.status),
            ])?;
        }
        table.finish()
    }
}
