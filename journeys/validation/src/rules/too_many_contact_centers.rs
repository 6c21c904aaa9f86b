use model::ActivityKind;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that the journey has at most 3 contact centre activities.
    ///
    /// **Why it matters.** It is the service's quota.
    ///
    /// **Bad example.** Four attempts to call, with waits between.
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "JourneyChannelSettings": {
    ///     "ConnectCampaignArn": "arn:aws:connect-campaigns:eu-west-1:111122223333:campaign/a",
    ///     "ConnectCampaignExecutionRoleArn": "arn:aws:iam::111122223333:role/dialler"
    ///   },
    ///   "Activities": {
    ///     "hello": {"ContactCenter": {"NextActivity": "again1"}},
    ///     "again*3": {"ContactCenter": {}}
    ///   }
    /// }}
    /// ```
    ///
    /// **How to fix it.** Take one out; the Connect campaign can repeat attempts itself.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "JourneyChannelSettings": {
    ///     "ConnectCampaignArn": "arn:aws:connect-campaigns:eu-west-1:111122223333:campaign/a",
    ///     "ConnectCampaignExecutionRoleArn": "arn:aws:iam::111122223333:role/dialler"
    ///   },
    ///   "Activities": {
    ///     "hello": {"ContactCenter": {"NextActivity": "again1"}},
    ///     "again*2": {"ContactCenter": {}}
    ///   }
    /// }}
    /// ```
    ///
    /// Source: journeys.md 3.2 and 10, J034.
    "too-many-contact-centers", Error, "more than 3 contact centre activities", Journey
}

const MOST: usize = 3;

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let calls = (0..ctx.activities.len())
        .filter(|number| ctx.activities[*number].kind() == Some(ActivityKind::ContactCenter))
        .collect::<Vec<_>>();
    if let Some(extra) = calls.get(MOST) {
        found
            .report(
                ctx.place(*extra),
                format!("the journey has {} contact centre activities; {MOST} is the most", calls.len()),
            )
            .help("take one out")
            .fix(model::drawing::delete(ctx.document.id, ctx.journey, &extra_ids(ctx, &calls)));
    }
}

fn extra_ids(ctx: &JourneyContext, calls: &[usize]) -> Vec<String> {
    calls.iter().skip(MOST).map(|number| ctx.activities[*number].id.to_owned()).collect()
}
