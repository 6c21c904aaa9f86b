use model::path;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that the journey has at most 40 activities.
    ///
    /// **Why it matters.** It is the service's quota.
    ///
    /// **Bad example.** A series of 25 messages with a wait between each two.
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello"}},
    ///   "later*40": {"PUSH": {"TemplateName": "hello"}}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Make two journeys of it, the second entered through a segment or event that the first leads to.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello"}},
    ///   "later*39": {"PUSH": {"TemplateName": "hello"}}
    /// }}}
    /// ```
    ///
    /// Source: journeys.md 10, J010, and 12.
    "too-many-activities", Error, "the journey has more than 40 activities", Journey
}

const MOST: usize = 40;

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let count = ctx.activities.len();
    if count > MOST {
        found
            .report(path!["Activities"], format!("the journey has {count} activities; {MOST} is the most"))
            .help("split it into two journeys");
    }
}
