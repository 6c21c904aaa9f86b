//! A found problem: what, where, why it matters and what to do.

use serde::{Deserialize, Serialize};

use crate::edit::Edit;
use crate::path::Path;
use crate::project::DocumentId;

/// How much a problem weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The journey can not be published as it is: the service would refuse it, or people would be lost.
    Error,
    /// It can be published, but it will probably not do what is meant.
    Warning,
}

/// A place in the project.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The document.
    pub document: DocumentId,
    /// The place in it; empty = the whole document.
    pub path: Path,
}

/// A second place that has to do with a problem, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Related {
    /// The place.
    pub place: Place,
    /// What it has to do with the problem, lower case, no full stop.
    pub label: String,
}

/// Edits that cure a problem.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fix {
    /// What the fix does, as the name of a button: "Add 10% to the last branch".
    pub title: String,
    /// The edit that does it.
    pub edit: Edit,
    /// Whether it may be applied without asking, because nothing that was meant can be lost.
    pub safe: bool,
}

/// A found problem.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Stable id of the rule, kebab-case: `unreachable-activity`.
    pub rule: String,
    /// How much it weighs.
    pub severity: Severity,
    /// Where it is.
    pub place: Place,
    /// Other places that have to do with it.
    pub related: Vec<Related>,
    /// The fact, with numbers; lower case, no full stop, the user's names in backticks.
    pub message: String,
    /// The next step; lower case, no full stop. Empty = nothing to add.
    pub help: String,
    /// How to cure it with one key, where that is possible.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// An error without related places, help or fix.
    pub fn error(rule: &str, place: Place, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            rule: rule.to_owned(),
            severity: Severity::Error,
            place,
            related: Vec::new(),
            message: message.into(),
            help: String::new(),
            fix: None,
        }
    }

    /// A warning without related places, help or fix.
    pub fn warning(rule: &str, place: Place, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(rule, place, message) }
    }

    /// The same with the next step.
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = help.into();
        self
    }

    /// The same with one more related place.
    pub fn related(mut self, place: Place, label: impl Into<String>) -> Diagnostic {
        self.related.push(Related { place, label: label.into() });
        self
    }

    /// The same with a fix.
    pub fn fix(mut self, title: impl Into<String>, edit: Edit, safe: bool) -> Diagnostic {
        self.fix = Some(Fix { title: title.into(), edit, safe });
        self
    }
}
