//! Endpoints that were read and wait to be written together, see [`People::bring_near`].

use crate::draft::{Draft, RowProblem};
use crate::people::People;
use crate::write::NewRows;

/// How many drafts wait at most: few enough to stay near themselves.
const SIZE: usize = 32;

/// Drafts with the lines that they come from, in the order of the file.
pub(super) struct Batch<'a> {
    drafts: Vec<Draft<'a>>,
    lines: Vec<usize>,
}

impl<'a> Batch<'a> {
    pub(super) fn new() -> Batch<'a> {
        Batch { drafts: vec![Draft::default(); SIZE], lines: Vec::new() }
    }

    /// An empty draft to be filled; [`take`](Batch::take) keeps it.
    pub(super) fn draft(&mut self) -> &mut Draft<'a> {
        let draft = &mut self.drafts[self.lines.len()];
        draft.clear();
        draft
    }

    /// Keeps the draft that was filled last; true = [`write`](Batch::write) it all now.
    pub(super) fn take(&mut self, line: usize) -> bool {
        self.lines.push(line);
        self.lines.len() == SIZE
    }

    /// Writes all that wait.
    pub(super) fn write(&mut self, people: &mut People, problems: &mut Vec<RowProblem>) {
        let drafts = &self.drafts[..self.lines.len()];
        people.bring_near(drafts);
        for (draft, line) in drafts.iter().zip(&self.lines) {
            if let Err(problem) = people.write(draft, NewRows::Reachable) {
                problems.push(problem.at(*line));
            }
        }
        self.lines.clear();
    }
}
