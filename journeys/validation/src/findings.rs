//! How a rule says what it found.

use model::{Diagnostic, Edit, Fix, Path, Place, Related, edit};
use serde_json::Value;

use crate::context::Document;
use crate::rules::Rule;

/// Where a rule puts what it finds in one document.
#[derive(Debug)]
pub struct Findings<'a> {
    pub(crate) document: Document<'a>,
    pub(crate) rule: &'static Rule,
    pub(crate) found: Vec<Diagnostic>,
}

/// A problem just found, to add help, related places and a fix to.
#[derive(Debug)]
pub struct Finding<'f, 'a> {
    document: Document<'a>,
    diagnostic: &'f mut Diagnostic,
}

impl<'a> Findings<'a> {
    /// Reports a problem at `path`, with the rule's severity.
    pub fn report(&mut self, path: Path, message: impl Into<String>) -> Finding<'_, 'a> {
        let place = Place { document: self.document.id.clone(), path };
        let mut diagnostic = Diagnostic::error(self.rule.id, place, message);
        diagnostic.severity = self.rule.severity;
        let at = self.found.len();
        self.found.push(diagnostic);
        Finding { document: self.document, diagnostic: &mut self.found[at] }
    }
}

impl Finding<'_, '_> {
    /// Adds the next step.
    pub fn help(self, help: impl Into<String>) -> Self {
        self.diagnostic.help = help.into();
        self
    }

    /// Adds a place in the same document that has to do with the problem.
    pub fn related(self, path: Path, label: impl Into<String>) -> Self {
        let place = Place { document: self.document.id.clone(), path };
        self.related_in(place, label)
    }

    /// Adds a place in any document that has to do with the problem.
    pub fn related_in(self, place: Place, label: impl Into<String>) -> Self {
        self.diagnostic.related.push(Related { place, label: label.into() });
        self
    }

    /// Adds a fix that has to be asked for; the edit's label is its title.
    pub fn fix(self, edit: Edit) -> Self {
        self.diagnostic.fix = Some(Fix { title: edit.label.clone(), edit, safe: false });
        self
    }

    /// Adds the fix that puts `value` at `path`.
    pub fn set(self, title: impl Into<String>, path: &Path, value: impl Into<Value>) -> Self {
        let edit = edit::put(title, self.document.id, self.document.root, path, value.into());
        self.fix(edit)
    }

    /// Adds the fix that takes away what is at `path`.
    pub fn remove(self, title: impl Into<String>, path: Path) -> Self {
        let edit = Edit::new(title).remove(self.document.id, path);
        self.fix(edit)
    }

    /// Says that the fix may be applied without asking, because nothing that was meant can be lost.
    pub fn safe(self) -> Self {
        if let Some(fix) = &mut self.diagnostic.fix {
            fix.safe = true;
        }
        self
    }
}
