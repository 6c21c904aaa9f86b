use model::Payload;
use serde_json::Value;

use crate::rules::bypass;
use crate::{Findings, JourneyContext, places};

rule! {
    /// Checks that a yes/no split asks something.
    ///
    /// **Why it matters.** Nobody can say who goes which way; the service does not publish it.
    ///
    /// **Bad example.** `"Condition": {"Conditions": []}`
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "who"}},
    ///   "who": {"ConditionalSplit": {"Condition": {"Conditions": []}, "TrueActivity": "offer"}},
    ///   "offer": {"PUSH": {"TemplateName": "hello"}}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Add a condition: an event, a segment, or criteria.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "who"}},
    ///   "who": {"ConditionalSplit": {
    ///     "Condition": {"Conditions": [{"SegmentCondition": {"SegmentId": "buyers"}}]},
    ///     "TrueActivity": "offer"
    ///   }},
    ///   "offer": {"PUSH": {"TemplateName": "hello"}}
    /// }}}
    /// ```
    ///
    /// Source: journeys.md 3.4 and 10, J039; `Condition.Conditions`.
    "empty-split", Error, "a yes/no split has no conditions", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for (number, activity) in ctx.activities.iter().enumerate() {
        let (Some(Payload::ConditionalSplit(_)), Some(at)) = (activity.payload, places::list_path(activity)) else {
            continue;
        };
        if at.find(ctx.document.root).and_then(Value::as_array).is_none_or(Vec::is_empty) {
            let finding = found
                .report(at, format!("`{}` asks nothing: it has no conditions", activity.id))
                .help("add a condition: an event, a segment, or criteria");
            let next = ctx.ways[number].iter().find_map(|way| way.target);
            if let Some(edit) = bypass(ctx, number, next, "Delete the split, and go on with its first branch") {
                finding.fix(edit);
            }
        }
    }
}
