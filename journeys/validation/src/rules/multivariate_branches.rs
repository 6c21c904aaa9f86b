use model::Payload;

use crate::{Findings, JourneyContext, places};

rule! {
    /// Checks that a multivariate split has 1 to 4 branches beside Else.
    ///
    /// **Why it matters.** The service does not publish more; with none everybody takes Else.
    ///
    /// **Example.** Five branches, one for each country.
    ///
    /// **How to fix it.** Lead Else to a second multivariate split for the rest.
    ///
    /// Source: journeys.md 3.5 and 10, J043; `MultiConditionalSplitActivity.Branches`.
    "multivariate-branches", Error, "a multivariate split has no branches, or more than 4", Journey
}

const MOST: usize = 4;

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for activity in &ctx.activities {
        let Some(Payload::MultiCondition(split)) = activity.payload else { continue };
        let Some(at) = places::list_path(activity) else { continue };
        let count = split.branches().len();
        if count == 0 {
            found
                .report(at, format!("`{}` has no branches: everybody takes Else", activity.id))
                .help("add a branch, or delete the split");
        } else if count > MOST {
            found
                .report(at, format!("`{}` has {count} branches; {MOST} and Else is the most", activity.id))
                .help("lead Else to a second multivariate split for the rest");
        }
    }
}
