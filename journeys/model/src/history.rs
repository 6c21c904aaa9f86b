//! Undo and redo: two lists of edits.
//!
//! What a person does to a project is an [`Act`]. [`History::act`] carries it out; the window and the replay of a
//! [`journal`](crate::journal) both go through it, so they can not differ.

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
}

/// What can be taken back, and what can be carried out again; the newest is last in both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct History {
    /// Edits that take back what was done.
    pub undo: Vec<Edit>,
    /// Edits that carry out again what was taken back.
    pub redo: Vec<Edit>,
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
                Ok(true)
            }
            Act::Undo => step(project, &mut self.undo, &mut self.redo),
            Act::Redo => step(project, &mut self.redo, &mut self.undo),
        }
    }
}

fn step(project: &mut Project, from: &mut Vec<Edit>, to: &mut Vec<Edit>) -> Result<bool, EditError> {
    let Some(edit) = from.last() else { return Ok(false) };
    to.push(project.apply(edit)?);
    from.pop();
    Ok(true)
}
