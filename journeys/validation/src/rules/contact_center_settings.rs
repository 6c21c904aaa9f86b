use model::{ActivityKind, path};

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that a journey with contact centre activities names the Connect campaign and the role to use it.
    ///
    /// **Why it matters.** Nobody would dial; the service does not publish it.
    ///
    /// **Bad example.** A `ContactCenter` activity, and no `JourneyChannelSettings`.
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {"hello": {"ContactCenter": {}}}}}
    /// ```
    ///
    /// **How to fix it.** Add `ConnectCampaignArn` and `ConnectCampaignExecutionRoleArn`.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "JourneyChannelSettings": {
    ///     "ConnectCampaignArn": "arn:aws:connect-campaigns:eu-west-1:111122223333:campaign/a",
    ///     "ConnectCampaignExecutionRoleArn": "arn:aws:iam::111122223333:role/dialler"
    ///   },
    ///   "Activities": {"hello": {"ContactCenter": {}}}
    /// }}
    /// ```
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
