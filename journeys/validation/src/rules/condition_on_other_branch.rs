use petgraph::algo::dominators::simple_fast;
use petgraph::graph::NodeIndex;

use crate::places::AskedPlace;
use crate::{Findings, JourneyContext, places};

rule! {
    /// Checks that everybody who comes to a split can have got the message that it asks about.
    ///
    /// An activity dominates another when every path from the start to the second goes through the first; a message that
    /// does not dominate the split is on some of the paths only.
    ///
    /// **Why it matters.** For people who come by a path without the message, the answer is always no, whatever they did.
    ///
    /// **Bad example.** A random split sends one e-mail or the other, and both lead to a split that asks who opened the first.
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"RandomSplit": {"Branches": [
    ///     {"Percentage": 50, "NextActivity": "mild"},
    ///     {"Percentage": 50, "NextActivity": "bold"}
    ///   ]}},
    ///   "mild": {"EMAIL": {"TemplateName": "hello", "NextActivity": "opened"}},
    ///   "bold": {"EMAIL": {"TemplateName": "hello", "NextActivity": "opened"}},
    ///   "opened": {"ConditionalSplit": {
    ///     "Condition": {"Conditions": [{"EventCondition": {
    ///       "MessageActivity": "bold",
    ///       "Dimensions": {"EventType": {"Values": ["_email.open"]}}
    ///     }}]},
    ///     "EvaluationWaitTime": {"WaitFor": "P1D"},
    ///     "TrueActivity": "offer"
    ///   }},
    ///   "offer": {"PUSH": {"TemplateName": "hello"}}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Ask on the branch of the message, before the paths meet.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"RandomSplit": {"Branches": [
    ///     {"Percentage": 50, "NextActivity": "mild"},
    ///     {"Percentage": 50, "NextActivity": "bold"}
    ///   ]}},
    ///   "mild": {"EMAIL": {"TemplateName": "hello", "NextActivity": "offer"}},
    ///   "bold": {"EMAIL": {"TemplateName": "hello", "NextActivity": "opened"}},
    ///   "opened": {"ConditionalSplit": {
    ///     "Condition": {"Conditions": [{"EventCondition": {
    ///       "MessageActivity": "bold",
    ///       "Dimensions": {"EventType": {"Values": ["_email.open"]}}
    ///     }}]},
    ///     "EvaluationWaitTime": {"WaitFor": "P1D"},
    ///     "TrueActivity": "offer"
    ///   }},
    ///   "offer": {"PUSH": {"TemplateName": "hello"}}
    /// }}}
    /// ```
    ///
    /// Source: journeys.md 3.8 and our own judgement; `EventCondition.MessageActivity`.
    "condition-on-other-branch", Warning, "a split asks some people about a message that they never got", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let mut asked = places::asked(ctx);
    asked.retain(|asked| asked.leads && ctx.reachable[asked.place.activity]);
    let (Some(start), false) = (ctx.start, asked.is_empty()) else { return };
    let dominators = simple_fast(&ctx.graph, NodeIndex::new(start));
    let left = ctx.left_at();
    for AskedPlace { place, message: asked, .. } in asked {
        // A walk into depth leaves what dominates later, and each the later, the nearer it is to the start.
        let over = dominators.dominators(NodeIndex::new(place.activity)).into_iter().flatten();
        if over.map(NodeIndex::index).take_while(|over| left[*over] <= left[asked]).any(|over| over == asked) {
            continue;
        }
        let (split, message) = (ctx.activities[place.activity].id, ctx.activities[asked].id);
        found
            .report(
                place.path.join("EventCondition").join("MessageActivity"),
                format!("some people come to `{split}` without `{message}`: for them the answer is no"),
            )
            .related(ctx.place(asked), "the message asked about")
            .help("ask on the branch of the message, before the paths meet");
    }
}
