use std::collections::{BTreeMap, BTreeSet};

use model::{DocumentId, path, wire};
use petgraph::algo::has_path_connecting;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::{Document, Findings, places};

rule! {
    /// Checks that a segment is not made of itself, directly or through others.
    ///
    /// **Why it matters.** Nobody could say who is a member; the service refuses the segment.
    ///
    /// **Bad example.** `a` has the source `b`, and `b` has the source `a`.
    ///
    /// ```json
    /// {
    ///   "segments/one": {"SegmentGroups": {"Groups": [{"SourceSegments": [{"Id": "two"}]}]}},
    ///   "segments/two": {"SegmentGroups": {"Groups": [{"SourceSegments": [{"Id": "one"}]}]}}
    /// }
    /// ```
    ///
    /// **How to fix it.** Take one of the references away.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "segments/one": {"SegmentGroups": {"Groups": [{"SourceSegments": [{"Id": "two"}]}]}},
    ///   "segments/two": {"SegmentGroups": {"Groups": [{"SourceSegments": [{"Id": "everyone"}]}]}}
    /// }
    /// ```
    ///
    /// Source: segments-and-endpoints.md 2.2; `SegmentGroup.SourceSegments`.
    "segment-cycle", Error, "a segment is made of itself", Segment
}

fn check(document: &Document, _: wire::WriteSegmentRequest, found: &mut Findings) {
    let groups = path!["SegmentGroups", "Groups"];
    let all = places::elements::<wire::SegmentGroup>(document.root, &groups);
    if all.iter().all(|(_, group)| group.source_segments().is_empty()) {
        return;
    }
    let (numbers, graph) = graph(document);
    let Some(mine) = numbers.get(document.id) else { return };
    for (i, _) in all {
        let list = groups.join(i).join("SourceSegments");
        for (j, source) in places::elements::<wire::SegmentReference>(document.root, &list) {
            let Some((id, _)) = source.id().and_then(|name| document.project.segment(name)) else { continue };
            let Some(theirs) = numbers.get(id) else { continue };
            if has_path_connecting(&graph, *theirs, *mine, None) {
                let message = match id == document.id {
                    true => "the segment is made of itself".to_owned(),
                    false => format!("the segment is made of `{}`, which is made of this one", id.name()),
                };
                found
                    .report(list.join(j), message)
                    .help("take one of the references away")
                    .remove("Remove this source", list.join(j));
            }
        }
    }
}

/// Which segment is made of which, as far as can be reached from this one.
fn graph<'a>(document: &Document<'a>) -> (BTreeMap<&'a DocumentId, NodeIndex>, DiGraph<(), ()>) {
    let mut graph = DiGraph::new();
    let mut numbers = BTreeMap::from([(document.id, graph.add_node(()))]);
    let mut open = vec![document.id];
    let mut seen = BTreeSet::from([document.id]);
    while let Some(id) = open.pop() {
        let segment = document.project.documents.get(id).and_then(model::View::of);
        let segment: Option<wire::WriteSegmentRequest> = segment;
        let list = segment.and_then(|segment| segment.segment_groups()).map(|list| list.groups()).unwrap_or_default();
        for source in list.iter().flat_map(|group| group.source_segments()) {
            let Some((target, _)) = source.id().and_then(|name| document.project.segment(name)) else { continue };
            let to = *numbers.entry(target).or_insert_with(|| graph.add_node(()));
            graph.add_edge(numbers[id], to, ());
            if seen.insert(target) {
                open.push(target);
            }
        }
    }
    (numbers, graph)
}
