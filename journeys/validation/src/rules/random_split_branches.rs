use model::Payload;

use crate::rules::bypass;
use crate::{Findings, JourneyContext, places};

rule! {
    /// Checks that a random split has 2 to 5 branches.
    ///
    /// **Why it matters.** The service does not publish fewer or more.
    ///
    /// **Bad example.** One branch with 100 percent.
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"RandomSplit": {"Branches": [{"Percentage": 100, "NextActivity": "offer"}]}},
    ///   "offer": {"PUSH": {"TemplateName": "hello"}}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Add a branch, or delete the split; for more than 5 let one branch lead to a second split.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"RandomSplit": {"Branches": [
    ///     {"Percentage": 50, "NextActivity": "offer"},
    ///     {"Percentage": 50, "NextActivity": "nudge"}
    ///   ]}},
    ///   "offer": {"PUSH": {"TemplateName": "hello"}},
    ///   "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    /// }}}
    /// ```
    ///
    /// Source: journeys.md 3.6 and 10, J044; `RandomSplitActivity.Branches`.
    "random-split-branches", Error, "a random split has fewer than 2 or more than 5 branches", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for (number, activity) in ctx.activities.iter().enumerate() {
        let Some(Payload::RandomSplit(split)) = activity.payload else { continue };
        let Some(at) = places::list_path(activity) else { continue };
        let count = split.branches().len();
        if count < 2 {
            let finding = found
                .report(at, format!("`{}` has {count} branches; 2 is the least", activity.id))
                .help("add a branch, or delete the split");
            let next = ctx.ways[number].iter().find_map(|way| way.target);
            if let Some(edit) = bypass(ctx, number, next, "Delete the split") {
                finding.fix(edit);
            }
        } else if count > 5 {
            found
                .report(at, format!("`{}` has {count} branches; 5 is the most", activity.id))
                .help("let one branch lead to a second random split");
        }
    }
}
