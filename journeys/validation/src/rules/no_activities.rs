use model::path;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that the journey has activities.
    ///
    /// **Why it matters.** People would enter and leave at once; the service does not publish such a journey.
    ///
    /// **Bad example.** `"Activities": {}`
    ///
    /// ```json
    /// {"journeys/welcome": {"StartActivity": null, "Activities": {}}}
    /// ```
    ///
    /// **How to fix it.** Add the first activity.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {"hello": {"EMAIL": {"TemplateName": "hello"}}}}}
    /// ```
    ///
    /// Source: journeys.md 10, J006; `WriteJourneyRequest.Activities`.
    "no-activities", Error, "the journey has no activities", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    if ctx.activities.is_empty() {
        found.report(path!["Activities"], "the journey has no activities").help("add the first activity");
    }
}
