use crate::{Findings, JourneyContext};

rule! {
    /// Checks that the branches of a split do not all lead to the same activity.
    ///
    /// **Why it matters.** The split then decides nothing.
    ///
    /// **Bad example.** A yes/no split whose `TrueActivity` and `FalseActivity` are both `thanks`.
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"ConditionalSplit": {
    ///     "Condition": {"Conditions": [{"SegmentCondition": {"SegmentId": "buyers"}}]},
    ///     "TrueActivity": "offer",
    ///     "FalseActivity": "offer"
    ///   }},
    ///   "offer": {"PUSH": {"TemplateName": "hello"}}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Lead one branch elsewhere, or delete the split.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"ConditionalSplit": {
    ///     "Condition": {"Conditions": [{"SegmentCondition": {"SegmentId": "buyers"}}]},
    ///     "TrueActivity": "offer",
    ///     "FalseActivity": "nudge"
    ///   }},
    ///   "offer": {"PUSH": {"TemplateName": "hello"}},
    ///   "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    /// }}}
    /// ```
    ///
    /// Source: our own judgement.
    "same-target", Warning, "all branches of a split lead to the same activity", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for (number, (activity, ways)) in ctx.activities.iter().zip(&ctx.ways).enumerate() {
        let Some((first, others)) = ways.split_first() else { continue };
        let Some(target) = first.target else { continue };
        if !others.is_empty() && others.iter().all(|way| way.target == first.target) {
            found
                .report(
                    ctx.place(number),
                    format!("all {} branches of `{}` lead to `{target}`", ways.len(), activity.id),
                )
                .help("lead one of them elsewhere, or delete the split")
                .fix(without(ctx, number, target));
        }
    }
}

/// Takes the split away: what led to it leads to `target`.
fn without(ctx: &JourneyContext, split: usize, target: &str) -> model::Edit {
    let id = ctx.activities[split].id;
    let document = ctx.document.id;
    let mut edit = model::Edit::new("Delete the split");
    if ctx.start == Some(split) {
        edit = edit.set(document, model::path!["StartActivity"], target);
    }
    for before in ctx.before(split).filter(|before| *before != split) {
        for way in ctx.ways[before].iter().filter(|way| way.target == Some(id)) {
            edit = edit.set(document, ctx.activities[before].slot_path(way.slot), target);
        }
    }
    edit.remove(document, ctx.place(split))
}
