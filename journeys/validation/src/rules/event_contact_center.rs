use model::{ActivityKind, Entry};

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that a journey with event entry has no contact centre activity.
    ///
    /// **Why it matters.** A dial attempt lives about three minutes, and its entry condition is asked again just before;
    /// an event can not be asked again. The service refuses to publish it.
    ///
    /// **Bad example.** `ContactCenter` in a journey with `EventStartCondition`.
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "StartCondition": {"EventStartCondition": {"EventFilter": {
    ///     "FilterType": "ENDPOINT",
    ///     "Dimensions": {"EventType": {"Values": ["cart.left"]}}
    ///   }}},
    ///   "RefreshFrequency": null,
    ///   "JourneyChannelSettings": {
    ///     "ConnectCampaignArn": "arn:aws:connect-campaigns:eu-west-1:111122223333:campaign/a",
    ///     "ConnectCampaignExecutionRoleArn": "arn:aws:iam::111122223333:role/dialler"
    ///   },
    ///   "Activities": {
    ///     "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "phone"}},
    ///     "phone": {"ContactCenter": {}}
    ///   }
    /// }}
    /// ```
    ///
    /// **How to fix it.** Enter by segment, or take the activity out.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "StartCondition": {"SegmentStartCondition": {"SegmentId": "everyone"}},
    ///   "RefreshFrequency": "P1D",
    ///   "JourneyChannelSettings": {
    ///     "ConnectCampaignArn": "arn:aws:connect-campaigns:eu-west-1:111122223333:campaign/a",
    ///     "ConnectCampaignExecutionRoleArn": "arn:aws:iam::111122223333:role/dialler"
    ///   },
    ///   "Activities": {
    ///     "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "phone"}},
    ///     "phone": {"ContactCenter": {}}
    ///   }
    /// }}
    /// ```
    ///
    /// Source: journeys.md 2.1 and 10, J017; `ContactCenterActivity`.
    "event-contact-center", Error, "event entry and contact centre exclude each other", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    if !matches!(ctx.journey.entry(), Some(Entry::Event { .. })) {
        return;
    }
    for (number, activity) in ctx.activities.iter().enumerate() {
        if activity.kind() == Some(ActivityKind::ContactCenter) {
            found
                .report(ctx.place(number), format!("`{}` calls people, and the entry is by event", activity.id))
                .help("enter by segment, or take the activity out")
                .fix(ctx.delete(number));
        }
    }
}
