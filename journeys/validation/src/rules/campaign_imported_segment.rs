use model::wire::Frequency;
use model::{Path, Place, path, wire};

use crate::rules::imported_event_segment::imported;
use crate::{Document, Findings, places};

rule! {
    /// Checks that the segment of a campaign that an event sends is neither imported nor made of an imported one.
    ///
    /// **Why it matters.** Whether somebody is a member is asked at the moment of the event; the service can do that
    /// for dynamic segments only.
    ///
    /// **Bad example.** `"Frequency": "EVENT"` and a segment whose `SegmentType` is `IMPORT`.
    ///
    /// ```json
    /// {
    ///   "segments/list": {"SegmentType": "IMPORT"},
    ///   "campaigns/news": {
    ///     "SegmentId": "list",
    ///     "Schedule": {
    ///       "Frequency": "EVENT",
    ///       "EventFilter": {"FilterType": "ENDPOINT", "Dimensions": {"EventType": {"Values": ["cart.left"]}}},
    ///       "StartTime": "2026-12-01T09:00:00Z"
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// **How to fix it.** Choose a dynamic segment.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "segments/list": {"SegmentType": "IMPORT"},
    ///   "campaigns/news": {
    ///     "SegmentId": "buyers",
    ///     "Schedule": {
    ///       "Frequency": "EVENT",
    ///       "EventFilter": {"FilterType": "ENDPOINT", "Dimensions": {"EventType": {"Values": ["cart.left"]}}},
    ///       "StartTime": "2026-12-01T09:00:00Z"
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: campaigns.md 3 and 11, C006; `WriteCampaignRequest.SegmentId`, `SegmentResponse.SegmentType`.
    "campaign-imported-segment", Error, "an event campaign uses an imported segment", Campaign
}

fn check(document: &Document, campaign: wire::WriteCampaignRequest, found: &mut Findings) {
    let Some(segment) = campaign.segment_id() else { return };
    let by_event = places::treatments(document)
        .iter()
        .any(|treatment| treatment.schedule.and_then(|s| s.frequency()) == Some(Frequency::Event));
    if !by_event {
        return;
    }
    if let Some(source) = imported(document.project, segment) {
        let message = if source.name() == segment {
            format!("an event sends the campaign, and segment `{segment}` is imported")
        } else {
            format!("an event sends the campaign, and segment `{segment}` is made of the imported `{}`", source.name())
        };
        let finding = found
            .report(path!["SegmentId"], message)
            .related_in(Place { document: source.clone(), path: Path::default() }, "the imported segment")
            .help("choose a dynamic segment");
        let project = document.project;
        let mut dynamic = project.segment_names().filter(|name| imported(project, name).is_none());
        if let (Some(only), None) = (dynamic.next(), dynamic.next()) {
            finding.set(format!("Choose segment {only}"), &path!["SegmentId"], only);
        }
    }
}
