use model::drawing;
use model::{Activity, ActivityKind, Edit, Path, Payload, path};
use serde_json::{Value, json};

use crate::rules::bypass;
use crate::{Findings, JourneyContext, places};

rule! {
    /// Checks that a multivariate split has 1 to 4 branches beside Else.
    ///
    /// **Why it matters.** The service does not publish more; with none everybody takes Else.
    ///
    /// **Bad example.** Five branches, one for each country.
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "who"}},
    ///   "who": {"MultiCondition": {
    ///     "Branches": [
    ///       {"Condition": {"SegmentCondition": {"SegmentId": "buyers"}}, "NextActivity": "offer"},
    ///       "*5"
    ///     ],
    ///     "DefaultActivity": "nudge"
    ///   }},
    ///   "offer": {"PUSH": {"TemplateName": "hello"}},
    ///   "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Lead Else to a second multivariate split for the rest.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "who"}},
    ///   "who": {"MultiCondition": {
    ///     "Branches": [
    ///       {"Condition": {"SegmentCondition": {"SegmentId": "buyers"}}, "NextActivity": "offer"},
    ///       "*4"
    ///     ],
    ///     "DefaultActivity": "nudge"
    ///   }},
    ///   "offer": {"PUSH": {"TemplateName": "hello"}},
    ///   "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    /// }}}
    /// ```
    ///
    /// Source: journeys.md 3.5 and 10, J043; `MultiConditionalSplitActivity.Branches`.
    "multivariate-branches", Error, "a multivariate split has no branches, or more than 4", Journey
}

const MOST: usize = 4;

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for (number, activity) in ctx.activities.iter().enumerate() {
        let Some(Payload::MultiCondition(split)) = activity.payload else { continue };
        let Some(at) = places::list_path(activity) else { continue };
        let count = split.branches().len();
        if count == 0 {
            let finding = found
                .report(at, format!("`{}` has no branches: everybody takes Else", activity.id))
                .help("add a branch, or delete the split");
            let otherwise = split.default_activity().filter(|id| !id.is_empty());
            if let Some(edit) = bypass(ctx, number, otherwise, "Delete the split") {
                finding.fix(edit);
            }
        } else if count > MOST {
            found
                .report(at.clone(), format!("`{}` has {count} branches; {MOST} and Else is the most", activity.id))
                .help("lead Else to a second multivariate split for the rest")
                .fix(continued(ctx, activity, split.default_activity(), &at));
        }
    }
}

/// The edit that moves the branches beyond the fourth to a second split, which Else leads to; asked in the same order.
fn continued(ctx: &JourneyContext, activity: &Activity, otherwise: Option<&str>, list: &Path) -> Edit {
    let branches = list.find(ctx.document.root).and_then(Value::as_array).cloned().unwrap_or_default();
    let (first, rest) = branches.split_at(MOST.min(branches.len()));
    let id = drawing::new_id(ctx.journey, ActivityKind::MultiCondition);
    let mut second = json!({"MultiCondition": {"Branches": rest}});
    if let Some(otherwise) = otherwise {
        second["MultiCondition"]["DefaultActivity"] = otherwise.into();
    }
    Edit::new("Move the others to a second split")
        .set(ctx.document.id, list.clone(), first.to_vec())
        .set(ctx.document.id, activity.payload_path().join("DefaultActivity"), id.as_str())
        .set(ctx.document.id, path!["Activities", &id], second)
}
