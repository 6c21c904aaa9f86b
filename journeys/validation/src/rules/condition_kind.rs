use model::{ActivityKind, Edit, View, wire};

use crate::{Findings, JourneyContext, places};

rule! {
    /// Checks that every condition asks exactly one thing: an event, a segment, or criteria.
    ///
    /// **Why it matters.** The service does not publish a condition that asks nothing, or several things at once.
    ///
    /// **Bad example.** `{"SegmentCondition": {…}, "EventCondition": {…}}`
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "opened"}},
    ///   "opened": {"ConditionalSplit": {
    ///     "Condition": {"Conditions": [{
    ///       "SegmentCondition": {"SegmentId": "buyers"},
    ///       "EventCondition": {
    ///         "MessageActivity": "hello",
    ///         "Dimensions": {"EventType": {"Values": ["_email.open"]}}
    ///       }
    ///     }]},
    ///     "EvaluationWaitTime": {"WaitFor": "P1D"},
    ///     "TrueActivity": "offer"
    ///   }},
    ///   "offer": {"PUSH": {"TemplateName": "hello"}}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** In a yes/no split make two conditions of it; in a multivariate split keep one.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "opened"}},
    ///   "opened": {"ConditionalSplit": {
    ///     "Condition": {"Conditions": [{"EventCondition": {
    ///       "MessageActivity": "hello",
    ///       "Dimensions": {"EventType": {"Values": ["_email.open"]}}
    ///     }}]},
    ///     "EvaluationWaitTime": {"WaitFor": "P1D"},
    ///     "TrueActivity": "offer"
    ///   }},
    ///   "offer": {"PUSH": {"TemplateName": "hello"}}
    /// }}}
    /// ```
    ///
    /// Source: journeys.md 3.4, 3.5 and 10, J039; `SimpleCondition`.
    "condition-kind", Error, "a condition asks nothing, or several things", Journey
}

const KINDS: [&str; 3] = ["EventCondition", "SegmentCondition", "segmentDimensions"];

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for place in &ctx.conditions {
        let id = ctx.activities[place.activity].id;
        let kinds: Vec<_> = KINDS.into_iter().filter(|kind| place.condition.has(kind)).collect();
        match kinds.as_slice() {
            [] => {
                let finding = found
                    .report(place.path.clone(), format!("a condition of `{id}` asks nothing"))
                    .help("choose an event, a segment, or criteria");
                let activity = &ctx.activities[place.activity];
                let list = places::list_path(activity).and_then(|list| list.find(ctx.document.root)?.as_array());
                // A split that then asked nothing at all would be no better.
                if activity.kind() == Some(ActivityKind::ConditionalSplit) && list.is_some_and(|list| list.len() > 1) {
                    finding.remove("Remove the empty condition", place.path.clone());
                }
            }
            [_] => {}
            [first, others @ ..] => {
                let mut edit = Edit::new(format!("Keep only {first}"));
                for other in others {
                    edit = edit.remove(ctx.document.id, place.path.join(*other));
                }
                found
                    .report(place.path.clone(), format!("a condition of `{id}` asks {} things at once", kinds.len()))
                    .help("keep one, and add conditions for the others")
                    .fix(edit);
            }
        }
    }
    for activity in ctx.activities.iter().filter(|one| one.kind() == Some(ActivityKind::MultiCondition)) {
        let Some(list) = places::list_path(activity) else { continue };
        let branches = places::elements::<wire::MultiConditionalBranch>(ctx.document.root, &list);
        for (i, branch) in &branches {
            if !branch.has("Condition") {
                let finding = found
                    .report(
                        list.join(*i).join("Condition"),
                        format!("branch {} of `{}` asks nothing", i + 1, activity.id),
                    )
                    .help("choose an event, a segment, or criteria");
                if branches.len() > 1 {
                    finding.remove("Remove the branch", list.join(*i));
                }
            }
        }
    }
}
