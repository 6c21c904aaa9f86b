//! Places inside a JSON document, and inside a project.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One step into a JSON document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Step {
    /// Member of an object.
    Key(String),
    /// Element of a list, from 0.
    Index(usize),
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Step::Key(key.to_owned())
    }
}

impl From<&String> for Step {
    fn from(key: &String) -> Self {
        Step::Key(key.clone())
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Step::Index(index)
    }
}

/// A place inside a JSON document; empty = the whole. Prints as `Activities.welcome.EMAIL.TemplateName` and `Branches[0]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Path(pub Vec<Step>);

/// Builds a [`Path`] from keys and indices: `path!["Activities", id, "Wait"]`.
#[macro_export]
macro_rules! path {
    ($($step:expr),* $(,)?) => { $crate::Path(vec![$($crate::Step::from($step)),*]) };
}

impl Path {
    /// This path and one step more.
    pub fn join(&self, step: impl Into<Step>) -> Path {
        let mut steps = self.0.clone();
        steps.push(step.into());
        Path(steps)
    }

    /// The value at this place.
    pub fn find<'a>(&self, root: &'a Value) -> Option<&'a Value> {
        self.0.iter().try_fold(root, |value, step| match step {
            Step::Key(key) => value.as_object()?.get(key),
            Step::Index(index) => value.as_array()?.get(*index),
        })
    }

    /// The activity that the place lies in: the key after a leading `Activities`.
    pub fn activity(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Step::Key(first), Step::Key(id), ..] if first == "Activities" => Some(id),
            _ => None,
        }
    }

    /// Whether the place is `other` or lies in it.
    pub fn starts_with(&self, other: &Path) -> bool {
        self.0.starts_with(&other.0)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if i == 0 => write!(f, "{key}")?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
