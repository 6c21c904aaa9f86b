use std::collections::BTreeSet;

use model::{DocumentId, Entry, Project};
use serde_json::Value;

use crate::{Findings, JourneyContext, places};

rule! {
    /// Checks that the segment of an event entry is neither imported nor made of an imported one.
    ///
    /// **Why it matters.** Whether somebody is a member is asked at the moment of the event; the service can do that
    /// for dynamic segments only.
    ///
    /// **Bad example.** An event entry with a segment whose `SegmentType` is `IMPORT`.
    ///
    /// ```json
    /// {
    ///   "segments/list": {"SegmentType": "IMPORT"},
    ///   "journeys/welcome": {
    ///     "StartCondition": {"EventStartCondition": {
    ///       "SegmentId": "list",
    ///       "EventFilter": {"FilterType": "ENDPOINT", "Dimensions": {"EventType": {"Values": ["cart.left"]}}}
    ///     }},
    ///     "RefreshFrequency": null
    ///   }
    /// }
    /// ```
    ///
    /// **How to fix it.** Choose a dynamic segment, or none.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "segments/list": {"SegmentType": "IMPORT"},
    ///   "journeys/welcome": {
    ///     "StartCondition": {"EventStartCondition": {
    ///       "SegmentId": "buyers",
    ///       "EventFilter": {"FilterType": "ENDPOINT", "Dimensions": {"EventType": {"Values": ["cart.left"]}}}
    ///     }},
    ///     "RefreshFrequency": null
    ///   }
    /// }
    /// ```
    ///
    /// Source: journeys.md 2.1 and 10, J013; `EventStartCondition.SegmentId`, `SegmentResponse.SegmentType`.
    "imported-event-segment", Error, "an event entry uses an imported segment", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let Some(Entry::Event { segment: Some(segment), .. }) = ctx.journey.entry() else { return };
    let Some((at, _)) = places::entry_segment(ctx.journey) else { return };
    if let Some(imported) = imported(ctx.document.project, segment) {
        let message = if imported.name() == segment {
            format!("the entry is by event, and segment `{segment}` is imported")
        } else {
            format!("the entry is by event, and segment `{segment}` is made of the imported `{}`", imported.name())
        };
        let place = model::Place { document: imported.clone(), path: model::Path::default() };
        found
            .report(at.clone(), message)
            .related_in(place, "the imported segment")
            .help("choose a dynamic segment, or none")
            .remove("Enter by the event alone", at);
    }
}

/// The imported segment that a segment is, or is made of.
pub(super) fn imported<'a>(project: &'a Project, reference: &str) -> Option<&'a DocumentId> {
    let mut open = vec![reference];
    let mut seen = BTreeSet::new();
    while let Some(reference) = open.pop() {
        let Some((id, segment)) = project.segment(reference) else { continue };
        if !seen.insert(id) {
            continue;
        }
        let kind = project.documents.get(id).and_then(|root| root.get("SegmentType")).and_then(Value::as_str);
        if kind == Some("IMPORT") {
            return Some(id);
        }
        let groups = segment.segment_groups().map(|list| list.groups()).unwrap_or_default();
        open.extend(groups.iter().flat_map(|group| group.source_segments()).filter_map(|source| source.id()));
    }
    None
}
