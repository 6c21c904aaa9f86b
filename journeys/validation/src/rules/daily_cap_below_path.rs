use model::time::{DAY, parse_duration};
use model::{ActivityKind, Millis, Payload, path};
use petgraph::algo::toposort;

use crate::{Findings, JourneyContext, places};

rule! {
    /// Checks that `Limits.DailyCap` lets people have all messages of one channel that come within 24 hours on a path.
    ///
    /// **Why it matters.** A message above the cap is not sent later but never, and people go on without it.
    ///
    /// **Bad example.** `"DailyCap": 1` and two SMS with a wait of 3 hours between them.
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "Limits": {"DailyCap": 1},
    ///   "Activities": {
    ///     "hello": {"SMS": {
    ///       "TemplateName": "hello",
    ///       "MessageConfig": {"MessageType": "PROMOTIONAL"},
    ///       "NextActivity": "rest"
    ///     }},
    ///     "rest": {"Wait": {"WaitTime": {"WaitFor": "PT3H"}, "NextActivity": "nudge"}},
    ///     "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    ///   }
    /// }}
    /// ```
    ///
    /// **How to fix it.** Raise the cap, or wait longer between the messages.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "Limits": {"DailyCap": 1},
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
    /// Source: journeys.md 5 (24 hours, rolling) and our own judgement; `JourneyLimits.DailyCap`.
    "daily-cap-below-path", Warning, "a path has more messages in a day than the cap allows", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let cap = ctx.journey.wire.limits().and_then(|limits| limits.daily_cap()).filter(|cap| (1..=100).contains(cap));
    let Some(cap) = cap else { return };
    let Ok(order) = toposort(&ctx.graph, None) else { return };
    for kind in [ActivityKind::Email, ActivityKind::Sms, ActivityKind::Push, ActivityKind::Custom] {
        // The most messages of a day on any path, and where the last of them is sent.
        let mut most = (0, 0);
        // By activity: the least time since the last, the last but one, … message was sent, on leaving it.
        let mut since: Vec<Vec<Millis>> = vec![Vec::new(); ctx.activities.len()];
        for node in order.iter().map(|node| node.index()).filter(|number| ctx.reachable[*number]) {
            let mut here: Vec<Millis> = Vec::new();
            for before in ctx.before(node) {
                for (i, span) in since[before].iter().enumerate() {
                    match here.get_mut(i) {
                        Some(least) => *least = (*least).min(*span),
                        None => here.push(*span),
                    }
                }
            }
            let wait = wait(ctx, node);
            here.iter_mut().for_each(|span| *span = span.saturating_add(wait));
            here.retain(|span| *span < DAY);
            if ctx.activities[node].kind() == Some(kind) {
                here.insert(0, 0);
                if here.len() > most.0 {
                    most = (here.len(), node);
                }
            }
            here.truncate(MOST);
            since[node] = here;
        }
        let (count, last) = (i64::try_from(most.0).unwrap_or(i64::MAX), most.1);
        if count <= cap {
            continue;
        }
        let at = path!["Limits", "DailyCap"];
        let id = ctx.activities[last].id;
        let finding = found
            .report(at.clone(), format!("`{id}` can be message {count} within 24 hours; the cap is {cap}"))
            .related(ctx.place(last), "the message that may be kept back")
            .help("raise the cap, or wait longer between the messages");
        if count <= 100 {
            finding.set(format!("Allow {count} messages a day"), &at, count);
        }
        return;
    }
}

/// Messages that are looked back at: one more than the highest cap.
const MOST: usize = 101;

/// How long people stay at an activity at least; a date may be right after they come.
fn wait(ctx: &JourneyContext, number: usize) -> Millis {
    let activity = &ctx.activities[number];
    let wait = match activity.payload {
        Some(Payload::Wait(wait)) => wait.wait_time(),
        _ => places::evaluation_wait(activity),
    };
    wait.and_then(|wait| wait.wait_for()).and_then(parse_duration).unwrap_or_default()
}
