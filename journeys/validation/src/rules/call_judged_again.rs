use std::collections::BTreeSet;

use model::{ActivityKind, Slot};
use petgraph::graph::NodeIndex;
use petgraph::visit::Dfs;

use crate::{Findings, JourneyContext, places};

rule! {
    /// Checks that nobody is to be called because they did *not* do something by then: before it dials, the service asks every
    /// split on the way to a call again.
    ///
    /// **Why it matters.** Who opens the e-mail after the split has judged them, and before the call, is not called: they leave
    /// the journey, and get nothing of what comes after the call either. It can not be switched off.
    ///
    /// **Bad example.** `split "opened?" -> No -> call`
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "JourneyChannelSettings": {
    ///     "ConnectCampaignArn": "arn:aws:connect-campaigns:eu-west-1:111122223333:campaign/a",
    ///     "ConnectCampaignExecutionRoleArn": "arn:aws:iam::111122223333:role/dialler"
    ///   },
    ///   "Activities": {
    ///     "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "opened"}},
    ///     "opened": {"ConditionalSplit": {
    ///       "Condition": {"Conditions": [{"EventCondition": {
    ///         "MessageActivity": "hello",
    ///         "Dimensions": {"EventType": {"Values": ["_email.open"]}}
    ///       }}]},
    ///       "EvaluationWaitTime": {"WaitFor": "P1D"},
    ///       "FalseActivity": "ring"
    ///     }},
    ///     "ring": {"ContactCenter": {"NextActivity": "nudge"}},
    ///     "nudge": {"PUSH": {"TemplateName": "hello"}}
    ///   }
    /// }}
    /// ```
    ///
    /// **How to fix it.** Put what everybody is to get before the call, or call those who did something.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "JourneyChannelSettings": {
    ///     "ConnectCampaignArn": "arn:aws:connect-campaigns:eu-west-1:111122223333:campaign/a",
    ///     "ConnectCampaignExecutionRoleArn": "arn:aws:iam::111122223333:role/dialler"
    ///   },
    ///   "Activities": {
    ///     "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "opened"}},
    ///     "opened": {"ConditionalSplit": {
    ///       "Condition": {"Conditions": [{"EventCondition": {
    ///         "MessageActivity": "hello",
    ///         "Dimensions": {"EventType": {"Values": ["_email.open"]}}
    ///       }}]},
    ///       "EvaluationWaitTime": {"WaitFor": "P1D"},
    ///       "TrueActivity": "ring",
    ///       "FalseActivity": "nudge"
    ///     }},
    ///     "ring": {"ContactCenter": {}},
    ///     "nudge": {"PUSH": {"TemplateName": "hello"}}
    ///   }
    /// }}
    /// ```
    ///
    /// Source: journeys.md 3.2; `ContactCenterActivity`.
    "call-judged-again", Warning, "a call is only for those who still have not done something", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let is_call = |number: &usize| ctx.activities[*number].kind() == Some(ActivityKind::ContactCenter);
    let calls: BTreeSet<usize> =
        (0..ctx.activities.len()).filter(|number| is_call(number) && ctx.reachable[*number]).collect();
    if calls.is_empty() {
        return;
    }
    let mut told = BTreeSet::new();
    // A message that was opened stays opened: only a no can become a yes.
    for asked in places::asked(ctx).into_iter().filter(|asked| asked.leads && ctx.reachable[asked.place.activity]) {
        let split = asked.place.activity;
        for way in ctx.ways[split].iter().filter(|way| matches!(way.slot, Slot::No | Slot::Else)) {
            let Some(next) = way.target.and_then(|id| ctx.number(id)) else { continue };
            let mut walk = Dfs::new(&ctx.graph, NodeIndex::new(next));
            while let Some(at) = walk.next(&ctx.graph).map(NodeIndex::index) {
                if !calls.contains(&at) || !told.insert((at, split)) {
                    continue;
                }
                let (call, id) = (ctx.activities[at].id, ctx.activities[split].id);
                let message = format!("`{call}` calls only those for whom `{id}` is still answered no: others leave");
                found
                    .report(ctx.place(at), message)
                    .related(ctx.place(split), "the split that is asked again")
                    .help("put what everybody is to get before the call");
            }
        }
    }
}
