//! Campaigns, so far as several rooms ask the same about them.

use crate::wire::CampaignStatus;

impl CampaignStatus {
    /// Whether a campaign of that status counts as active (campaigns.md 11, C021).
    pub fn is_active(self) -> bool {
        matches!(self, CampaignStatus::Scheduled | CampaignStatus::Executing | CampaignStatus::PendingNextRun)
    }
}
