use model::wire::{CampaignState, CampaignStatus, WriteCampaignRequest};
use model::{DocumentId, Path, View, path};
use serde_json::Value;

use crate::{Document, Findings};

rule! {
    /// Checks that a project has at most 200 active campaigns.
    ///
    /// **Why it matters.** It is the service's quota for a whole account; more can not be scheduled.
    ///
    /// **Bad example.** A campaign for each of 250 shops.
    ///
    /// ```json
    /// {"campaigns/shop*201": {"SegmentId": "buyers"}}
    /// ```
    ///
    /// **How to fix it.** Pause some with `IsPaused`, or send one campaign by several segments in a group.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"campaigns/shop*200": {"SegmentId": "buyers"}}
    /// ```
    ///
    /// Source: campaigns.md 11, C021, and 12.
    "too-many-campaigns", Error, "more than 200 campaigns are active", Campaign
}

const MOST: usize = 200;

fn check(document: &Document, campaign: WriteCampaignRequest, found: &mut Findings) {
    let before = active_before(document).count();
    if before >= MOST && is_active(document.root) {
        let finding = found
            .report(Path::default(), format!("{before} other campaigns are active before this one; {MOST} is the most"))
            .help("pause one, or send one campaign by several segments in a group");
        if can_pause(campaign) {
            finding.set("Pause it", &path!["IsPaused"], true);
        }
    }
}

/// The active campaigns that come before this one in the project.
pub(super) fn active_before<'a>(document: &Document<'a>) -> impl Iterator<Item = WriteCampaignRequest<'a>> {
    let id = document.id;
    let before = document.project.documents.iter().take_while(move |(other, _)| *other != id);
    let campaigns = before.filter(|(other, root)| matches!(other, DocumentId::Campaign(_)) && is_active(root));
    campaigns.filter_map(|(_, root)| WriteCampaignRequest::of(root))
}

/// Whether a campaign runs or will run: not paused, and, where it was saved from an account, not over there.
pub(super) fn is_active(root: &Value) -> bool {
    let status = root.get("State").and_then(CampaignState::of).and_then(|state| state.campaign_status());
    status.is_none_or(CampaignStatus::is_active)
        && WriteCampaignRequest::of(root).is_some_and(|campaign| campaign.is_paused() != Some(true))
}

/// Whether a campaign may be paused: one that starts at once may not (`campaign-pause`).
pub(super) fn can_pause(campaign: WriteCampaignRequest) -> bool {
    campaign.schedule().and_then(|schedule| schedule.start_time()).is_some_and(|start| start != "IMMEDIATE")
}
