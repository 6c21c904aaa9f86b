use model::{View, path, wire};

use crate::{Document, Findings};

rule! {
    /// Checks that a segment has either `Dimensions` or `SegmentGroups`, not both.
    ///
    /// **Why it matters.** The service refuses the segment. With neither, everybody is a member, which is allowed.
    ///
    /// **Bad example.** `{"Name": "vip", "Dimensions": {…}, "SegmentGroups": {…}}`
    ///
    /// ```json
    /// {"segments/vip": {
    ///   "Dimensions": {"Attributes": {"Plan": {"AttributeType": "INCLUSIVE", "Values": ["gold"]}}},
    ///   "SegmentGroups": {"Groups": [{"SourceSegments": [{"Id": "buyers"}]}]}
    /// }}
    /// ```
    ///
    /// **How to fix it.** Keep the groups, and put the dimensions into one of them.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"segments/vip": {"SegmentGroups": {"Groups": [{
    ///   "Dimensions": [{"Attributes": {"Plan": {"AttributeType": "INCLUSIVE", "Values": ["gold"]}}}],
    ///   "SourceSegments": [{"Id": "buyers"}]
    /// }]}}}
    /// ```
    ///
    /// Source: segments-and-endpoints.md 2 and 6, S001; `WriteSegmentRequest`.
    "segment-definition", Error, "a segment has both dimensions and groups", Segment
}

fn check(_: &Document, segment: wire::WriteSegmentRequest, found: &mut Findings) {
    if segment.has("Dimensions") && segment.has("SegmentGroups") {
        found
            .report(path!["Dimensions"], "the segment has both `Dimensions` and `SegmentGroups`")
            .help("put the dimensions into a group")
            .remove("Keep the groups", path!["Dimensions"]);
    }
}
