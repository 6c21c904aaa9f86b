use model::{path, wire};
use serde_json::Value;

use crate::{Document, Findings};

rule! {
    /// Checks that the version of the segment that a campaign names can exist: a number from 1, and not above the newest
    /// one where the segment says what that is.
    ///
    /// **Why it matters.** There would be nobody to send to; the service refuses the campaign.
    ///
    /// **Bad example.** `"SegmentVersion": 7`, and the segment was saved as version 3.
    ///
    /// ```json
    /// {"segments/vip": {"Version": 3}, "campaigns/news": {"SegmentId": "vip", "SegmentVersion": 7}}
    /// ```
    ///
    /// **How to fix it.** Name a version that exists, or none for the latest.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"segments/vip": {"Version": 3}, "campaigns/news": {"SegmentId": "vip", "SegmentVersion": 3}}
    /// ```
    ///
    /// Source: campaigns.md 1 and 11, C001; `WriteCampaignRequest.SegmentVersion`, `SegmentResponse.Version`.
    "campaign-segment-version", Error, "a campaign names a version of its segment that does not exist", Campaign
}

fn check(document: &Document, campaign: wire::WriteCampaignRequest, found: &mut Findings) {
    let (Some(segment), Some(version)) = (campaign.segment_id(), campaign.segment_version()) else { return };
    let id = document.project.segment(segment).map(|(id, _)| id);
    let newest = id.and_then(|id| document.project.documents.get(id)?.get("Version")).and_then(Value::as_i64);
    let message = match newest {
        _ if version < 1 => format!("segment `{segment}` has no version {version}; the first is 1"),
        Some(newest) if version > newest => {
            format!("segment `{segment}` has no version {version}; the newest is {newest}")
        }
        _ => return,
    };
    let at = path!["SegmentVersion"];
    found
        .report(at.clone(), message)
        .help("name a version that exists, or none for the latest")
        .remove("Take the latest version", at);
}
