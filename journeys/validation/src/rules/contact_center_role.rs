use model::path;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that the role for the contact centre has no path in its ARN.
    ///
    /// **Why it matters.** The service can not take on such a role; the journey is not published.
    ///
    /// **Bad example.** `arn:aws:iam::111122223333:role/service-role/dialler`
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "JourneyChannelSettings": {
    ///     "ConnectCampaignArn": "arn:aws:connect-campaigns:eu-west-1:111122223333:campaign/a",
    ///     "ConnectCampaignExecutionRoleArn": "arn:aws:iam::111122223333:role/service-role/dialler"
    ///   },
    ///   "Activities": {"hello": {"ContactCenter": {}}}
    /// }}
    /// ```
    ///
    /// **How to fix it.** Make a role without path: `arn:aws:iam::111122223333:role/dialler`.
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
    /// Source: journeys.md 1 and 10, J033; `JourneyChannelSettings.ConnectCampaignExecutionRoleArn`.
    "contact-center-role", Error, "the contact centre's role has a path", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let settings = ctx.journey.wire.journey_channel_settings();
    let Some(role) = settings.and_then(|s| s.connect_campaign_execution_role_arn()) else { return };
    let Some((account, name)) = role.split_once(":role/") else { return };
    if let Some((_, last)) = name.rsplit_once('/') {
        let at = path!["JourneyChannelSettings", "ConnectCampaignExecutionRoleArn"];
        found.report(at.clone(), format!("the role `{name}` has a path")).help("use a role without path").set(
            format!("Use role {last}"),
            &at,
            format!("{account}:role/{last}"),
        );
    }
}
