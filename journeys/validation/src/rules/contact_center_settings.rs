use model::{ActivityKind, path};

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that a journey with contact centre activities names the Connect campaign and the role to use it.
    ///
    /// **Why it matters.** Nobody would dial; the service does not publish it.
    ///
    /// **Example.** A `ContactCenter` activity, and no `JourneyChannelSettings`.
    ///
    /// **How to fix it.** Add `ConnectCampaignArn` and `ConnectCampaignExecutionRoleArn`.
    ///
    /// Source: journeys.md 3.2 and 10, J033; `JourneyChannelSettings`.
    "contact-center-settings", Error, "the contact centre is not set up", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let mut calls = ctx.activities.iter().filter(|activity| activity.kind() == Some(ActivityKind::ContactCenter));
    let Some(first) = calls.next() else { return };
    let settings = ctx.journey.wire.journey_channel_settings();
    let campaign = settings.and_then(|s| s.connect_campaign_arn());
    let role = settings.and_then(|s| s.connect_campaign_execution_role_arn());
    for (member, value) in [("ConnectCampaignArn", campaign), ("ConnectCampaignExecutionRoleArn", role)] {
        if value.is_none_or(str::is_empty) {
            found
                .report(
                    path!["JourneyChannelSettings", member],
                    format!("`{}` calls people, and `{member}` is missing", first.id),
                )
                .related(path!["Activities", first.id], "the first activity that calls")
                .help("name the Connect campaign and the role in the journey's settings");
        }
    }
}
