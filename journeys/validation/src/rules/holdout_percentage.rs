use model::Payload;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that a holdout's percentage lies between 0 and 100.
    ///
    /// **Why it matters.** The service does not publish other shares.
    ///
    /// **Bad example.** `"Percentage": 130`
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"Holdout": {"Percentage": 130, "NextActivity": "offer"}},
    ///   "offer": {"PUSH": {"TemplateName": "hello"}}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Choose a share from 1 to 99 percent; 5 to 10 is usual.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"Holdout": {"Percentage": 30, "NextActivity": "offer"}},
    ///   "offer": {"PUSH": {"TemplateName": "hello"}}
    /// }}}
    /// ```
    ///
    /// Source: journeys.md 3.7 and 10, J046; `HoldoutActivity.Percentage`.
    "holdout-percentage", Error, "a holdout's percentage is out of range", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for activity in &ctx.activities {
        let Some(Payload::Holdout(holdout)) = activity.payload else { continue };
        let Some(share) = holdout.percentage().filter(|share| !(0..=100).contains(share)) else { continue };
        let at = activity.payload_path().join("Percentage");
        let better = share.clamp(0, 100);
        found
            .report(at.clone(), format!("`{}` holds out {share}%; 0% to 100% is possible", activity.id))
            .help("choose a share from 1% to 99%")
            .set(format!("Hold out {better}%"), &at, better);
    }
}
