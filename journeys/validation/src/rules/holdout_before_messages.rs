use std::collections::BTreeSet;

use model::{Edit, Payload};
use petgraph::algo::toposort;

use crate::{Findings, JourneyContext};

/// Percent of the people who can get a message, below which it is worth a word.
const LEAST: f64 = 50.0;
/// Percent that the fix holds out: what the console suggests.
const USUAL: i64 = 10;

rule! {
    /// Checks that holdouts before all messages let at least half of the people come to one.
    ///
    /// **Why it matters.** Whom a holdout keeps out leaves the journey and gets none of its messages. Several in a row
    /// multiply: two of 40 percent leave 36 percent of the people.
    ///
    /// **Bad example.** Two holdouts of 40 percent before the first message.
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "StartActivity": "first",
    ///   "Activities": {
    ///     "first": {"Holdout": {"Percentage": 40, "NextActivity": "second"}},
    ///     "second": {"Holdout": {"Percentage": 40, "NextActivity": "hello"}},
    ///     "hello": {"EMAIL": {"TemplateName": "hello"}}
    ///   }
    /// }}
    /// ```
    ///
    /// **How to fix it.** Hold out fewer: 10 percent are enough to measure what messages do.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "StartActivity": "first",
    ///   "Activities": {
    ///     "first": {"Holdout": {"Percentage": 10, "NextActivity": "second"}},
    ///     "second": {"Holdout": {"Percentage": 10, "NextActivity": "hello"}},
    ///     "hello": {"EMAIL": {"TemplateName": "hello"}}
    ///   }
    /// }}
    /// ```
    ///
    /// Source: journeys.md 3.7 and our own judgement; `HoldoutActivity`.
    "holdout-before-messages", Warning, "holdouts keep most people from all messages", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let (Some(start), Ok(order)) = (ctx.start, toposort(&ctx.graph, None)) else { return };
    // By activity: the largest share of the people, in percent, that can come there without a message before, and the
    // holdouts on that way.
    let mut come: Vec<Option<(f64, BTreeSet<usize>)>> = vec![None; ctx.activities.len()];
    come[start] = Some((100.0, BTreeSet::new()));
    let mut best: Option<(f64, usize, BTreeSet<usize>)> = None;
    for number in order.into_iter().map(|node| node.index()) {
        let Some((mut share, mut passed)) = come[number].clone() else { continue };
        let activity = &ctx.activities[number];
        if activity.kind().is_some_and(|kind| kind.is_message()) {
            if best.as_ref().is_none_or(|best| share > best.0) {
                best = Some((share, number, passed));
            }
            continue;
        }
        if let Some(Payload::Holdout(holdout)) = activity.payload {
            let held = holdout.percentage().filter(|held| (1..=100).contains(held)).unwrap_or_default();
            share *= (100 - held) as f64 / 100.0;
            if held > 0 {
                passed.insert(number);
            }
        }
        for next in ctx.ways[number].iter().filter_map(|way| ctx.number(way.target?)) {
            if come[next].as_ref().is_none_or(|known| share > known.0) {
                come[next] = Some((share, passed.clone()));
            }
        }
    }
    let Some((share, message, passed)) = best.filter(|best| best.0 < LEAST) else { return };
    let Some(last) = passed.iter().next_back() else { return };
    let id = ctx.activities[message].id;
    let mut edit = Edit::new(format!("Hold out {USUAL}%"));
    for holdout in &passed {
        edit = edit.set(ctx.document.id, ctx.activities[*holdout].payload_path().join("Percentage"), USUAL);
    }
    found
        .report(
            ctx.activities[*last].payload_path().join("Percentage"),
            format!("at most {}% of the people come to `{id}`, and nobody gets a message before it", share.floor()),
        )
        .related(ctx.place(message), "the first message")
        .help("hold out fewer people")
        .fix(edit);
}
