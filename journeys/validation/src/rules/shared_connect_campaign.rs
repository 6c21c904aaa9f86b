use model::{DocumentId, Place, path};

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that no other journey of the project uses the same Connect campaign.
    ///
    /// **Why it matters.** Both would feed one dialler, and neither knows how many calls the other ordered.
    ///
    /// **Bad example.** Two journeys with the same `ConnectCampaignArn`.
    ///
    /// ```json
    /// {
    ///   "journeys/other": {
    ///     "Activities": {"hello": {"ContactCenter": {}}},
    ///     "JourneyChannelSettings": {
    ///       "ConnectCampaignArn": "arn:aws:connect-campaigns:eu-west-1:111122223333:campaign/a",
    ///       "ConnectCampaignExecutionRoleArn": "arn:aws:iam::111122223333:role/dialler"
    ///     }
    ///   },
    ///   "journeys/welcome": {
    ///     "JourneyChannelSettings": {
    ///       "ConnectCampaignArn": "arn:aws:connect-campaigns:eu-west-1:111122223333:campaign/a",
    ///       "ConnectCampaignExecutionRoleArn": "arn:aws:iam::111122223333:role/dialler"
    ///     },
    ///     "Activities": {"hello": {"ContactCenter": {}}}
    ///   }
    /// }
    /// ```
    ///
    /// **How to fix it.** Make a Connect campaign for each journey.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "journeys/other": {
    ///     "Activities": {"hello": {"ContactCenter": {}}},
    ///     "JourneyChannelSettings": {
    ///       "ConnectCampaignArn": "arn:aws:connect-campaigns:eu-west-1:111122223333:campaign/b",
    ///       "ConnectCampaignExecutionRoleArn": "arn:aws:iam::111122223333:role/dialler"
    ///     }
    ///   },
    ///   "journeys/welcome": {
    ///     "JourneyChannelSettings": {
    ///       "ConnectCampaignArn": "arn:aws:connect-campaigns:eu-west-1:111122223333:campaign/a",
    ///       "ConnectCampaignExecutionRoleArn": "arn:aws:iam::111122223333:role/dialler"
    ///     },
    ///     "Activities": {"hello": {"ContactCenter": {}}}
    ///   }
    /// }
    /// ```
    ///
    /// Source: journeys.md 3.2 and 10, J035; `JourneyChannelSettings.ConnectCampaignArn`.
    "shared-connect-campaign", Warning, "the Connect campaign is also used by another journey", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let campaign = |journey: model::Journey<'_>| {
        let arn = journey.wire.journey_channel_settings()?.connect_campaign_arn()?;
        (!arn.is_empty()).then(|| arn.to_owned())
    };
    let Some(mine) = campaign(ctx.journey) else { return };
    let at = path!["JourneyChannelSettings", "ConnectCampaignArn"];
    for (name, other) in ctx.document.project.journeys().filter(|(name, _)| *name != ctx.document.id.name()) {
        if campaign(other).as_ref() == Some(&mine) {
            let place = Place { document: DocumentId::Journey(name.to_owned()), path: at.clone() };
            found
                .report(at.clone(), format!("journey `{name}` uses the same Connect campaign"))
                .related_in(place, "the other use")
                .help("make a Connect campaign for each journey");
        }
    }
}
