//! Two versions of a journey for the same people: who gets something else, then which steps differ.

use bridge::{ComparisonView, Different};
use model::{Millis, Project};
use rayon::prelude::*;

use super::{CHUNK, Cohort};
use crate::failure::{Outcome, not_found};

/// How many of those who get something else are shown.
const SHOWN: usize = 5;

impl Cohort {
    /// What differs from the journey `name` of the project `before`, simulated as this cohort is. `after` is the project
    /// of this cohort.
    ///
    /// # Errors
    /// When the other version is not there or can not run.
    pub fn compare(&self, before: &Project, name: &str, after: &Project) -> Outcome<ComparisonView> {
        let (Some(then), Some(now)) = (before.journey(name), after.journey(&self.name)) else {
            return Err(not_found(
                format!("there is no other version of `{name}` to compare with"),
                "save the journey first, or choose a file that holds one",
            ));
        };
        let other = Cohort::new(before, name, self.people.clone(), self.events.clone(), &self.request)?;
        let rewritten = |activity: u16| {
            let mine = self.contents.get(usize::from(activity)).and_then(Option::as_ref);
            let same = |mine: &super::Content| {
                other
                    .contents
                    .iter()
                    .flatten()
                    .find(|theirs| theirs.is_same_template(mine))
                    .is_none_or(|theirs| theirs == mine)
            };
            mine.is_some_and(|mine| !same(mine))
        };
        let (of_before, of_after) = (other.simulation(), self.simulation());
        let starts: Vec<usize> = (0..self.people.len()).step_by(CHUNK).collect();
        let pieces: Vec<Vec<u32>> = starts
            .into_par_iter()
            .map(|start| of_before.differing(&of_after, start..self.people.len().min(start + CHUNK), &rewritten))
            .collect();
        let different: Vec<u32> = pieces.into_iter().flatten().collect();
        let shown = &different[..different.len().min(SHOWN)];
        let got = |of: &simulation::Simulation<'_>, person: &str| -> Vec<(Millis, String)> {
            let sent = of.at(person, Millis::MAX).map(|at| at.messages).unwrap_or_default();
            let sent = sent.into_iter().filter(|message| message.status == "SUCCESS");
            sent.map(|message| (message.at, message.activity)).collect()
        };
        let examples = of_after.summaries(shown).into_iter().map(|person| Different {
            before: got(&of_before, &person.person),
            after: got(&of_after, &person.person),
            person,
        });
        let people = (0..self.people.len()).filter(|row| self.people.is_first_companion(*row)).count();
        Ok(ComparisonView {
            people: people as u64,
            different: different.len() as u64,
            examples: examples.collect(),
            steps: model::changes::changes(then, now),
        })
    }
}
