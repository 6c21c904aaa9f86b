//! Segments in an order in which each comes after those that it is made of.

use std::collections::BTreeSet;

use model::references::segment_references;
use model::{DocumentId, Project};

/// The segments of a project; those that go round in a circle come last, in order of name.
pub(crate) fn segments(project: &Project) -> Vec<DocumentId> {
    let mut left: Vec<&DocumentId> =
        project.documents.keys().filter(|id| matches!(id, DocumentId::Segment(_))).collect();
    let mut done: BTreeSet<DocumentId> = BTreeSet::new();
    let mut order = Vec::new();
    while !left.is_empty() {
        let is_ready = |id: &&DocumentId| {
            let mut ready = true;
            segment_references(id, &mut project.documents[*id].clone(), &mut |reference| {
                let needed = project.segment(reference).map(|(needed, _)| needed);
                ready &= needed.is_none_or(|needed| needed == *id || done.contains(needed));
            });
            ready
        };
        let (ready, rest): (Vec<&DocumentId>, Vec<&DocumentId>) = left.iter().partition(|id| is_ready(id));
        let (ready, rest) = if ready.is_empty() { (rest, Vec::new()) } else { (ready, rest) };
        done.extend(ready.iter().map(|id| (*id).clone()));
        order.extend(ready.into_iter().cloned());
        left = rest;
    }
    order
}
