use std::collections::{BTreeMap, BTreeSet};

use model::Payload;
use model::wire::Operator;
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
    /// Alternatives may share the paths: where conditions are joined by "or", or stand in the branches of a multivariate split,
    /// it is enough that everybody can have got one of the messages that the split asks about. A branch that asks something
    /// else of people is an alternative for all of them.
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
    let shared: BTreeSet<usize> = alternatives(ctx, &asked).collect();
    asked.retain(|asked| !shared.contains(&asked.place.activity));
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

/// The splits whose alternatives leave nobody out: everybody who comes can have got one of the messages, or is asked something
/// else.
fn alternatives<'f>(ctx: &'f JourneyContext, asked: &'f [AskedPlace]) -> impl Iterator<Item = usize> + 'f {
    let mut messages: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for one in asked {
        messages.entry(one.place.activity).or_default().insert(one.message);
    }
    messages
        .into_iter()
        .filter(move |(split, messages)| {
            let asks_else = || {
                ctx.conditions
                    .iter()
                    .any(|place| place.activity == *split && place.condition.event_condition().is_none())
            };
            match ctx.activities[*split].payload {
                Some(Payload::MultiCondition(_)) => asks_else() || covered(ctx, *split, messages),
                Some(Payload::ConditionalSplit(of)) => {
                    let any = of.condition().and_then(|condition| condition.operator()) == Some(Operator::Any);
                    any && covered(ctx, *split, messages)
                }
                _ => false,
            }
        })
        .map(|(split, _)| split)
}

/// Whether every path from the start to a split goes through one of the messages.
fn covered(ctx: &JourneyContext, split: usize, messages: &BTreeSet<usize>) -> bool {
    if messages.len() < 2 {
        return false;
    }
    let mut seen = messages.clone();
    let mut open: Vec<usize> = ctx.start.into_iter().filter(|start| seen.insert(*start)).collect();
    while let Some(number) = open.pop() {
        if number == split {
            return false;
        }
        let next = ctx.graph.neighbors(NodeIndex::new(number)).map(NodeIndex::index);
        open.extend(next.filter(|next| seen.insert(*next)));
    }
    true
}
