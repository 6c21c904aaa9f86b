use model::{path, wire};

use crate::rules::unknown_segment;
use crate::{Document, Findings, places};

rule! {
    /// Checks that the segments that a segment is made of are in the project.
    ///
    /// **Why it matters.** Nobody could say who is a member; the service refuses the segment.
    ///
    /// **Bad example.** `"SourceSegments": [{"Id": "vips"}]`, and there is no `segments/vips.json`.
    ///
    /// ```json
    /// {"segments/vip": {"SegmentGroups": {"Groups": [{"SourceSegments": [{"Id": "buyer"}]}]}}}
    /// ```
    ///
    /// **How to fix it.** Choose a segment that exists, or add the missing one.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"segments/vip": {"SegmentGroups": {"Groups": [{"SourceSegments": [{"Id": "buyers"}]}]}}}
    /// ```
    ///
    /// Source: segments-and-endpoints.md 2.2 and 6, S004; `SegmentReference.Id`.
    "unknown-source-segment", Error, "a source segment does not exist", Segment
}

fn check(document: &Document, _: wire::WriteSegmentRequest, found: &mut Findings) {
    let groups = path!["SegmentGroups", "Groups"];
    for (i, _) in places::elements::<wire::SegmentGroup>(document.root, &groups) {
        let list = groups.join(i).join("SourceSegments");
        for (j, source) in places::elements::<wire::SegmentReference>(document.root, &list) {
            if let Some(name) = source.id() {
                unknown_segment(document, found, list.join(j).join("Id"), name, "the segment");
            }
        }
    }
}
