//! Checking again and again while somebody edits.

use std::collections::BTreeMap;

use model::{Diagnostic, DocumentId, Project};
use serde_json::Value;

use crate::context::{Document, Facts};
use crate::{Report, check_document};

/// Checks a project on every edit, and remembers what was said about templates that have not changed.
///
/// To read a template takes longer than to check a journey, and what is said about it depends on nothing else but what people
/// have. Answers are the same as those of [`check_with`](crate::check_with); only when members of a template were merely reordered, what is
/// said about it keeps its former order.
#[derive(Clone, Debug, Default)]
pub struct LiveCheck {
    templates: BTreeMap<DocumentId, Seen>,
    people: Option<Vec<String>>,
}

/// A template as it was, and what was said of it.
#[derive(Clone, Debug)]
struct Seen {
    root: Value,
    /// What its HTML part is made from: a fix changes it too.
    source: Option<String>,
    said: Vec<Diagnostic>,
}

impl LiveCheck {
    /// Checks a whole project, with what is known beside it.
    pub fn check(&mut self, project: &Project, facts: Facts) -> Report {
        if self.people.as_deref() != facts.people {
            self.templates.clear();
            self.people = facts.people.map(<[String]>::to_vec);
        }
        self.templates.retain(|id, _| project.documents.contains_key(id));
        let mut diagnostics = Vec::new();
        for (id, root) in &project.documents {
            let document = Document { project, id, root, facts };
            if !matches!(id, DocumentId::Template(..)) {
                diagnostics.extend(check_document(document));
                continue;
            }
            let source = project.source(id.name()).map(|(_, text)| text);
            match self.templates.get(id) {
                Some(seen) if seen.root == *root && seen.source.as_deref() == source => {
                    diagnostics.extend(seen.said.iter().cloned());
                }
                _ => {
                    let said = check_document(document);
                    diagnostics.extend(said.iter().cloned());
                    let source = source.map(str::to_owned);
                    self.templates.insert(id.clone(), Seen { root: root.clone(), source, said });
                }
            }
        }
        Report { diagnostics }
    }
}
