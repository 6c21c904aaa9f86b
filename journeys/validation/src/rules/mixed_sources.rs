use model::{View, path, wire};
use serde_json::Value;

use crate::{Document, Findings, places};

rule! {
    /// Checks that an imported source segment stands alone: no other source beside it, no second group.
    ///
    /// **Why it matters.** The service refuses the segment.
    ///
    /// **Bad example.** Two sources, of which one has `"SegmentType": "IMPORT"`.
    ///
    /// ```json
    /// {
    ///   "segments/list": {"SegmentType": "IMPORT"},
    ///   "segments/vip": {"SegmentGroups": {"Groups": [{"SourceSegments": [
    ///     {"Id": "list"},
    ///     {"Id": "buyers"}
    ///   ]}]}}
    /// }
    /// ```
    ///
    /// **How to fix it.** Make a segment of the imported one alone, with the other criteria as dimensions.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "segments/list": {"SegmentType": "IMPORT"},
    ///   "segments/vip": {"SegmentGroups": {"Groups": [{"SourceSegments": [{"Id": "list"}]}]}}
    /// }
    /// ```
    ///
    /// Source: segments-and-endpoints.md 2.2 and 6, S004 and S005; `SegmentGroup.SourceSegments`.
    "mixed-sources", Error, "an imported source segment is mixed with others", Segment
}

fn check(document: &Document, _: wire::WriteSegmentRequest, found: &mut Findings) {
    let groups = path!["SegmentGroups", "Groups"];
    let all = places::elements::<wire::SegmentGroup>(document.root, &groups);
    for (i, group) in &all {
        let list = groups.join(*i).join("SourceSegments");
        let sources = group.source_segments();
        let imported = sources.iter().filter_map(|source| source.id()).find(|name| {
            let id = document.project.segment(name).map(|(id, _)| id);
            let root = id.and_then(|id| document.project.documents.get(id));
            root.and_then(|root| root.get("SegmentType")).and_then(Value::as_str) == Some("IMPORT")
        });
        let Some(name) = imported else { continue };
        if sources.len() > 1 {
            let alone = sources.iter().find(|source| source.id() == Some(name)).map(|source| source.object().clone());
            found
                .report(
                    list.clone(),
                    format!("the imported segment `{name}` is mixed with {} other sources", sources.len() - 1),
                )
                .help("use the imported segment alone")
                .set(format!("Keep {name} alone"), &list, Value::Array(alone.into_iter().map(Value::Object).collect()));
        } else if all.len() > 1 {
            found
                .report(list, format!("the imported segment `{name}` is used, and there are {} groups", all.len()))
                .help("keep only the group with the imported segment")
                .set("Keep this group alone", &groups, Value::Array(vec![Value::Object(group.object().clone())]));
        }
    }
}
