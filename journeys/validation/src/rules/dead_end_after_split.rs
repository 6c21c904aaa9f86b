use model::Slot;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that every way out of a split leads to an activity.
    ///
    /// **Why it matters.** People on that branch leave the journey at once. That is allowed and may be meant, but it
    /// looks the same as a forgotten connection.
    ///
    /// **Example.** A yes/no split with `TrueActivity` and no `FalseActivity`.
    ///
    /// **How to fix it.** Connect the branch, or leave it when people should go. A share of people that is left out on
    /// purpose is clearer as a holdout.
    ///
    /// Source: journeys.md 4; our own judgement.
    "dead-end-after-split", Warning, "a branch of a split leads nowhere", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for (activity, ways) in ctx.activities.iter().zip(&ctx.ways) {
        if !activity.kind().is_some_and(|kind| kind.is_split()) {
            continue;
        }
        for way in ways.iter().filter(|way| way.target.is_none()) {
            let at = activity.slot_path(way.slot);
            if at.find(ctx.document.root).is_some_and(|target| target.as_str() == Some("")) {
                continue; // `empty-target` says so
            }
            let branch = match way.slot {
                Slot::Branch(i) => format!("branch {} ({})", i + 1, way.label),
                _ => format!("branch `{}`", way.label),
            };
            found
                .report(at, format!("{branch} of `{}` leads nowhere: people leave the journey here", activity.id))
                .help("connect it if more should happen to them");
        }
    }
}
