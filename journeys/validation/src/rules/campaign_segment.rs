use model::{path, wire};

use crate::rules::unknown_segment;
use crate::{Document, Findings};

rule! {
    /// Checks that a campaign names a segment of the project.
    ///
    /// **Why it matters.** There would be nobody to send to; the service refuses the campaign.
    ///
    /// **Bad example.** A campaign without `SegmentId`.
    ///
    /// ```json
    /// {"campaigns/news": {"SegmentId": "nobody"}}
    /// ```
    ///
    /// **How to fix it.** Choose a segment.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"campaigns/news": {"SegmentId": "buyers"}}
    /// ```
    ///
    /// Source: campaigns.md 1 and 11, C001; `WriteCampaignRequest.SegmentId`.
    "campaign-segment", Error, "a campaign is for no segment", Campaign
}

fn check(document: &Document, campaign: wire::WriteCampaignRequest, found: &mut Findings) {
    let at = path!["SegmentId"];
    match campaign.segment_id() {
        Some(name) => unknown_segment(document, found, at, name, "the campaign"),
        None => {
            let finding = found.report(at.clone(), "the campaign is for no segment").help("choose a segment");
            let mut names = document.project.segment_names();
            if let (Some(only), None) = (names.next(), names.next()) {
                finding.set(format!("Send to {only}"), &at, only);
            }
        }
    }
}
