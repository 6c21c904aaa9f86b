//! What is wrong with a project, where, why, and what to do about it.
//!
//! Takes a [`Project`]; gives a [`Report`], or a [`CheckedJourney`] or [`CheckedCampaign`] when nothing stands in the way of
//! publishing. Never changes the project, never reads a clock, never simulates: who wants past dates reported, what an account
//! does not allow, or what a simulated run has shown ([`Evidence`]), passes [`Facts`] to [`check_with`].
//!
//! One rule is one file in `rules/`, named like the rule's id; [`RULES`] lists them and [`explain`] finds one. A rule
//! looks at a [`Document`], or at a [`JourneyContext`], which holds what many rules need: activities, graph, who is
//! reachable, when the journey ends. A journey with mistakes is normal work, not an error of this crate.

mod arrivals;
mod checked;
mod context;
pub mod evidence;
mod findings;
mod live;
pub mod page;
mod places;
mod reach;
mod rules;
mod senders;

use std::collections::BTreeMap;

use model::{Diagnostic, DocumentId, Project, Severity};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use checked::{CheckedCampaign, CheckedJourney, checked, checked_campaign, checked_with, published_with};
pub use context::{Document, Facts, JourneyContext, TemplateContext};
pub use evidence::Evidence;
pub use findings::{Finding, Findings};
pub use live::LiveCheck;
pub(crate) use model::similar;
pub use page::Page;
pub use rules::{Check, RULES, Rule, explain};
pub use senders::senders;

/// Everything that the checks say about a project.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// By document, then position in it, then rule id.
    pub diagnostics: Vec<Diagnostic>,
}

impl Report {
    /// The errors.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().filter(|found| found.severity == Severity::Error)
    }

    /// The warnings.
    pub fn warnings(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().filter(|found| found.severity == Severity::Warning)
    }

    /// Everything about one document.
    pub fn of<'a>(&'a self, document: &'a DocumentId) -> impl Iterator<Item = &'a Diagnostic> {
        self.diagnostics.iter().filter(move |found| found.place.document == *document)
    }
}

/// Checks a whole project by itself: nothing is asked about past dates and the account behind a target.
pub fn check(project: &Project) -> Report {
    check_with(project, Facts::default())
}

/// Checks a whole project, with what is known beside it.
pub fn check_with(project: &Project, facts: Facts) -> Report {
    let document = |(id, root)| Document { project, id, root, facts };
    Report { diagnostics: project.documents.iter().map(document).flat_map(check_document).collect() }
}

/// Checks one document of a project; empty when there is none. For live editing: what is said about a document changes
/// only with it and with the documents that it names.
pub fn check_one(project: &Project, id: &DocumentId, facts: Facts) -> Report {
    let diagnostics = match project.documents.get_key_value(id) {
        Some((id, root)) => check_document(Document { project, id, root, facts }),
        None => Vec::new(),
    };
    Report { diagnostics }
}

/// Everything about one document: by position in it, then rule id.
fn check_document(document: Document) -> Vec<Diagnostic> {
    let order = Order::of(document.root);
    let at = |one: Diagnostic| (order.position(&one.place.path.0), one);
    let mut found: Vec<(Vec<usize>, Diagnostic)> = rules::run(document).into_iter().map(at).collect();
    let rest = |one: &Diagnostic, other: &Diagnostic| {
        let same_place = one.rule.cmp(&other.rule).then_with(|| one.place.path.cmp(&other.place.path));
        same_place.then_with(|| one.message.cmp(&other.message))
    };
    found.sort_by(|(at, one), (there, other)| at.cmp(there).then_with(|| rest(one, other)));
    found.into_iter().map(|(_, one)| one).collect()
}

/// The order of a document.
struct Order<'a> {
    root: &'a Value,
    /// `Activities`, and the place of each of its members: they can be thousands, and to count up to each would take long.
    activities: Option<(&'a Value, BTreeMap<&'a str, usize>)>,
}

impl<'a> Order<'a> {
    fn of(root: &'a Value) -> Order<'a> {
        let places = |value: &'a Value| {
            let keys = value.as_object()?.keys();
            Some((value, keys.enumerate().map(|(place, key)| (key.as_str(), place)).collect()))
        };
        Order { root, activities: root.get("Activities").and_then(places) }
    }

    /// The place of a path; a missing member comes after its siblings.
    fn position(&self, steps: &[model::Step]) -> Vec<usize> {
        let mut at = Some(self.root);
        let mut out = Vec::with_capacity(steps.len());
        for step in steps {
            let Some(value) = at else { break };
            let (place, next) = match (step, value) {
                (model::Step::Key(key), Value::Object(object)) => {
                    let place = match &self.activities {
                        Some((activities, places)) if std::ptr::eq(value, *activities) => places.get(&**key).copied(),
                        _ => object.keys().position(|k| k == key),
                    };
                    (place.unwrap_or(object.len()), object.get(key))
                }
                (model::Step::Index(index), Value::Array(list)) => (*index, list.get(*index)),
                _ => (0, None),
            };
            out.push(place);
            at = next;
        }
        out
    }
}
