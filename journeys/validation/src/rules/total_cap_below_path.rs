use model::{ActivityKind, path};
use petgraph::algo::toposort;
use petgraph::graph::NodeIndex;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that `Limits.TotalCap` lets people have all messages of one channel on the longest path.
    ///
    /// **Why it matters.** An endpoint gets no more messages than the cap says; the last ones on the path are never sent.
    ///
    /// **Bad example.** `"TotalCap": 2` and a path with three e-mails.
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "Limits": {"TotalCap": 1},
    ///   "Activities": {
    ///     "hello": {"SMS": {
    ///       "TemplateName": "hello",
    ///       "MessageConfig": {"MessageType": "PROMOTIONAL"},
    ///       "NextActivity": "rest"
    ///     }},
    ///     "rest": {"Wait": {"WaitTime": {"WaitFor": "P1D"}, "NextActivity": "nudge"}},
    ///     "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    ///   }
    /// }}
    /// ```
    ///
    /// **How to fix it.** Raise the cap to the messages on the path, or send fewer.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "Limits": {"TotalCap": 2},
    ///   "Activities": {
    ///     "hello": {"SMS": {
    ///       "TemplateName": "hello",
    ///       "MessageConfig": {"MessageType": "PROMOTIONAL"},
    ///       "NextActivity": "rest"
    ///     }},
    ///     "rest": {"Wait": {"WaitTime": {"WaitFor": "P1D"}, "NextActivity": "nudge"}},
    ///     "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    ///   }
    /// }}
    /// ```
    ///
    /// Source: journeys.md 5 and our own judgement; `JourneyLimits.TotalCap`.
    "total-cap-below-path", Warning, "a path has more messages than the cap allows", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let Some(cap) = ctx.journey.wire.limits().and_then(|limits| limits.total_cap()).filter(|cap| *cap > 0) else {
        return;
    };
    let Ok(order) = toposort(&ctx.graph, None) else { return };
    let kinds = [ActivityKind::Email, ActivityKind::Sms, ActivityKind::Push, ActivityKind::Custom];
    let longest = kinds.map(|kind| {
        let mut most = vec![0i64; ctx.activities.len()];
        for node in &order {
            let before = ctx.graph.neighbors_directed(*node, petgraph::Incoming);
            let before = before.filter(|before| ctx.reachable[before.index()]).map(|before| most[before.index()]);
            let own = i64::from(ctx.activities[node.index()].kind() == Some(kind) && ctx.reachable[node.index()]);
            most[node.index()] = before.max().unwrap_or_default() + own;
        }
        (0..most.len())
            .map(|number| (most[number], number))
            .max_by_key(|(count, number)| (*count, std::cmp::Reverse(*number)))
    });
    let Some((count, last)) = longest.into_iter().flatten().max_by_key(|(count, _)| *count) else { return };
    if count <= cap {
        return;
    }
    let at = path!["Limits", "TotalCap"];
    let finding = found
        .report(
            at.clone(),
            format!("a path to `{}` has {count} messages of one channel; the cap is {cap}", ctx.activities[last].id),
        )
        .related(ctx.place(NodeIndex::<u32>::new(last).index()), "the last message of the path")
        .help("raise the cap, or send fewer");
    if count <= 100 {
        finding.set(format!("Allow {count} messages"), &at, count);
    }
}
