//! Undo and redo: two lists of edits.
//!
//! What a person does to a project is an [`Act`]. [`History::act`] carries it out; the window and the replay of a
//! [`journal`](crate::journal) both go through it, so they can not differ.
//!
//! The lists have no bound. Of a long one the oldest steps need not be in memory: they stand in a file, of which the history
//! knows how many bytes count, and come back when undo has got that far.

use serde::{Deserialize, Serialize};

use crate::edit::{Edit, EditError};
use crate::project::Project;

/// What a person does to a project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Act {
    /// An edit.
    Edit(Edit),
    /// Takes the last edit back.
    Undo,
    /// Carries the edit that was taken back last out again.
    Redo,
    /// Takes the newest step off a list and leaves the project as it is: it can not be carried out any more.
    Pass {
        /// Off the redo list, not the undo list.
        redo: bool,
    },
}

/// What can be taken back, and what can be carried out again; the newest is last in both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct History {
    /// Edits that take back what was done.
    pub undo: Vec<Edit>,
    /// Edits that carry out again what was taken back.
    pub redo: Vec<Edit>,
    /// Bytes of the steps older than those of `undo`, in a file of their own.
    pub older_undo: u64,
    /// Bytes of the steps older than those of `redo`, in a file of their own.
    pub older_redo: u64,
}

impl History {
    /// Carries `act` out on `project`. `false` = nothing happened: the edit is empty, or there is nothing to take back or
    /// to carry out again.
    ///
    /// # Errors
    /// When an edit does not fit the project; project and lists are then unchanged.
    pub fn act(&mut self, project: &mut Project, act: &Act) -> Result<bool, EditError> {
        match act {
            Act::Edit(edit) if edit.changes.is_empty() => Ok(false),
            Act::Edit(edit) => {
                let inverse = project.apply(edit)?;
                self.undo.push(inverse);
                self.redo.clear();
                self.older_redo = 0;
                Ok(true)
            }
            Act::Undo => step(project, &mut self.undo, &mut self.redo),
            Act::Redo => step(project, &mut self.redo, &mut self.undo),
            Act::Pass { redo } => Ok(self.list(*redo).0.pop().is_some()),
        }
    }

    /// The undo list, or the redo list, and the bytes of its older steps.
    pub fn list(&mut self, redo: bool) -> (&mut Vec<Edit>, &mut u64) {
        match redo {
            false => (&mut self.undo, &mut self.older_undo),
            true => (&mut self.redo, &mut self.older_redo),
        }
    }

    /// The list that is at its end in memory and goes on in its file, if one is: `true` = the redo list.
    pub fn ends_early(&self) -> Option<bool> {
        let ends = |list: &Vec<Edit>, older: u64| list.is_empty() && older > 0;
        match (ends(&self.undo, self.older_undo), ends(&self.redo, self.older_redo)) {
            (true, _) => Some(false),
            (_, true) => Some(true),
            _ => None,
        }
    }
}

/// How many of the newest edits of a list have room in `most` bytes of JSON; at least one, where there is one.
pub fn newest(list: &[Edit], most: usize) -> usize {
    let mut room = most;
    let fits = |edit: &&Edit| {
        let size = serde_json::to_string(edit).map_or(usize::MAX, |text| text.len());
        let fits = size <= room;
        room = room.saturating_sub(size);
        fits
    };
    list.iter().rev().take_while(fits).count().max(list.len().min(1))
}

fn step(project: &mut Project, from: &mut Vec<Edit>, to: &mut Vec<Edit>) -> Result<bool, EditError> {
    let Some(edit) = from.last() else { return Ok(false) };
    to.push(project.apply(edit)?);
    from.pop();
    Ok(true)
}
