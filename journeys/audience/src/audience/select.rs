//! All members of a segment at once: questions about texts are answered once per different list, not once per row.

use std::collections::BTreeSet;

use model::time::Millis;
use model::view::Word;
use model::wire::ChannelType;

use super::Part;
use super::rows::Rows;
use crate::column::Column;
use crate::criteria::TextTest;
use crate::draft::Owner;
use crate::people::{NO_CHANNEL, People, columns};

impl Part {
    /// Adds the names of the columns that [`select`](Part::select) looks at.
    pub(super) fn columns(&self, names: &mut BTreeSet<String>) {
        let mut add = |columns: &[&str]| names.extend(columns.iter().map(|name| (*name).to_owned()));
        match self {
            Part::All(parts) | Part::Any(parts) | Part::None(parts) => {
                parts.iter().for_each(|part| part.columns(names));
            }
            Part::Source { part, .. } => part.columns(names),
            Part::List { owner: Owner::Endpoint, name, .. } => add(&[&Owner::Endpoint.path(name)]),
            Part::List { owner: Owner::User, name, .. } => add(&[&Owner::User.path(name), columns::USER_OF]),
            Part::Field { field, .. } => add(&[&field.path()]),
            Part::Channel(_) => add(&[columns::CHANNELS]),
            Part::Metric { name, .. } => add(&[&columns::metric(name)]),
            Part::Recency { .. } => add(&[columns::EFFECTIVE, columns::ACTIVE]),
            Part::Near { .. } => add(&[columns::LATITUDES, columns::LONGITUDES]),
            Part::Imported { .. } => add(&[columns::IDS, columns::USERS]),
        }
    }

    /// The rows among `candidates` for which the part holds. Questions about texts are answered once per different list.
    pub(super) fn select(&self, people: &People, now: Millis, candidates: &Rows) -> Rows {
        match self {
            Part::All(parts) => {
                let mut left = candidates.clone();
                for part in parts {
                    left = part.select(people, now, &left);
                }
                left
            }
            Part::Any(parts) => {
                let mut left = candidates.clone();
                for part in parts {
                    let found = part.select(people, now, &left);
                    left.remove(&found);
                }
                let mut found = candidates.clone();
                found.remove(&left);
                found
            }
            Part::None(parts) => {
                let mut left = candidates.clone();
                for part in parts {
                    let found = part.select(people, now, &left);
                    left.remove(&found);
                }
                left
            }
            Part::List { owner, name, test } => {
                let nobody = test.holds([].into_iter());
                let Some(column) = people.list_column(*owner, name) else {
                    return if nobody { candidates.clone() } else { Rows::none(people.len()) };
                };
                let passes = passing(column, test);
                match owner {
                    Owner::Endpoint => candidates.keep(|row| passes[column.code(row) as usize]),
                    Owner::User => candidates.keep(|row| match people.user(row) {
                        Some(user) => passes[column.code(user as usize) as usize],
                        None => nobody,
                    }),
                }
            }
            Part::Field { field, test, .. } => {
                let column = people.field_column(*field);
                let passes = passing(column, test);
                candidates.keep(|row| passes[column.code(row) as usize])
            }
            Part::Channel(test) => {
                let mut passes = [false; 256];
                for (code, word) in ChannelType::ALL.iter().enumerate() {
                    passes[code] = test.holds([word.as_str()].into_iter());
                }
                passes[NO_CHANNEL as usize] = test.holds([].into_iter());
                candidates.keep(|row| passes[people.channel_code(row) as usize])
            }
            Part::Metric { name, test } => match people.metric_column(name) {
                None => Rows::none(people.len()),
                Some(column) => candidates.keep(|row| column.get(row).is_some_and(|value| test.holds(*value))),
            },
            Part::Source { part, .. } => part.select(people, now, candidates),
            Part::Recency { .. } | Part::Near { .. } | Part::Imported { .. } => {
                candidates.keep(|row| self.holds(people, row, now))
            }
        }
    }
}

/// Whether each code of a column passes; code 0 is the missing attribute.
fn passing(column: &Column, test: &TextTest) -> Vec<bool> {
    (0..column.code_count()).map(|code| test.holds(column.list(code as u32).iter())).collect()
}
