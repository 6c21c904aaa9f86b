//! All messages of a simulated project as rows of a file.

use std::borrow::Cow;
use std::path::Path;

use engine::Participant;
use model::view::Word;
use simulation::Posted;

use super::{Part, Whole};
use crate::failure::Outcome;
use crate::simulate::table::{Cell, Column, Kind, Table};

const COLUMNS: &[Column] = &[
    ("person", Kind::Text),
    ("endpoint", Kind::Text),
    ("time", Kind::Time),
    ("channel", Kind::Text),
    ("document", Kind::Text),
    ("activity", Kind::Text),
    ("treatment", Kind::Text),
    ("template", Kind::Text),
    ("template_version", Kind::Text),
    ("status", Kind::Text),
];

impl Whole {
    /// Writes all messages to a file, also those that were kept back: by time. Its name ends in `.csv`, `.jsonl` or
    /// `.parquet`. No row has an address. Answers the number of rows.
    ///
    /// # Errors
    /// When the name says no format, or the file can not be written; there is then no file.
    pub fn write_messages(&self, path: &Path) -> Outcome<u64> {
        let mut table = Table::create(path, COLUMNS)?;
        let mut all: Vec<(usize, &Posted)> = self.all().collect();
        all.sort_by_key(|(sender, posted)| (posted.at, *sender, posted.row));
        for (sender, posted) in all {
            let Some((document, part)) = self.parts.get(sender) else { continue };
            let endpoint = self.people.row(posted.row as usize);
            let person = self.people.first_companion(posted.row as usize);
            let (activity, treatment, template) = match part {
                Part::Journey(cohort) => {
                    (Some(cohort.program.activity_id(posted.part)), None, cohort.program.template(posted.part))
                }
                Part::Campaign(campaign) => {
                    let message = endpoint
                        .channel()
                        .and_then(|channel| campaign.inputs().program.message(posted.part as u8, channel))
                        .and_then(|message| message.template.as_ref());
                    let template = message.map(|template| (Some(template.name.as_str()), template.version.as_deref()));
                    (None, Some(posted.part.to_string()), template.unwrap_or_default())
                }
            };
            table.row(&[
                Cell::Text(Cow::Owned(Participant::key_of(self.people.row(person as usize)))),
                Cell::text(Some(endpoint.id())),
                Cell::Time(posted.at),
                Cell::text(endpoint.channel().map(|channel| channel.as_str())),
                Cell::Text(Cow::Owned(document.to_string())),
                Cell::text(activity),
                Cell::text(treatment.as_deref()),
                Cell::text(template.0),
                Cell::text(template.1),
                Cell::text(Some(posted.status.name())),
            ])?;
        }
        table.finish()
    }
}
