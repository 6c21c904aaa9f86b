use model::wire::{SegmentImportResource, WriteCampaignRequest};
use model::{DocumentId, Journey, Path, Place, Project, View, path};

use crate::rules::imported_event_segment::imported;
use crate::{Document, Findings, places};

rule! {
    /// Checks that the imported segment of a journey or campaign has at most 100,000,000 members, where it says how many it
    /// has.
    ///
    /// **Why it matters.** It is the service's quota.
    ///
    /// **Bad example.** A saved segment with `"ImportDefinition": {"Size": 120000000}`.
    ///
    /// ```json
    /// {
    ///   "segments/list": {"SegmentType": "IMPORT", "ImportDefinition": {"Size": 120000000}},
    ///   "campaigns/news": {"SegmentId": "list"}
    /// }
    /// ```
    ///
    /// **How to fix it.** Import it in parts, and send to each.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "segments/list": {"SegmentType": "IMPORT", "ImportDefinition": {"Size": 90000000}},
    ///   "campaigns/news": {"SegmentId": "list"}
    /// }
    /// ```
    ///
    /// Source: campaigns.md 11, C026, and 12; journeys.md 12; `SegmentImportResource.Size`.
    "imported-segment-size", Error, "an imported segment is too large", Document
}

const MOST: i64 = 100_000_000;

fn check(document: &Document, found: &mut Findings) {
    let place = match document.id {
        DocumentId::Journey(_) => Journey::of(document.root).and_then(places::entry_segment),
        DocumentId::Campaign(_) => {
            let campaign = WriteCampaignRequest::of(document.root);
            campaign.and_then(|campaign| campaign.segment_id()).map(|segment| (path!["SegmentId"], segment))
        }
        _ => None,
    };
    let Some((at, segment)) = place else { return };
    let Some((id, size)) = imported_size(document.project, segment).filter(|(_, size)| *size > MOST) else { return };
    found
        .report(at, format!("the imported segment `{}` has {size} members; {MOST} is the most", id.name()))
        .related_in(Place { document: id.clone(), path: Path::default() }, "the imported segment")
        .help("import it in parts, and send to each");
}

/// The imported segment that a segment is, or is made of, and the number of its members where that is known.
pub(super) fn imported_size<'a>(project: &'a Project, segment: &str) -> Option<(&'a DocumentId, i64)> {
    let id = imported(project, segment)?;
    let definition = project.documents.get(id)?.get("ImportDefinition").and_then(SegmentImportResource::of)?;
    Some((id, definition.size()?))
}
