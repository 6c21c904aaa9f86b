use model::ActivityKind;

use crate::rules::{bypass, way_name};
use crate::{Findings, JourneyContext};

rule! {
    /// Checks that a split leads somewhere, and that a random split loses nobody.
    ///
    /// **Why it matters.** One open way of a yes/no or multivariate split is the usual form of "nothing more for these
    /// people". All ways open decide nothing. An open way of a random split drops a share of the people by chance, which
    /// looks the same as a forgotten connection; a share that is left out on purpose is clearer as a holdout.
    ///
    /// **Bad example.** A yes/no split without `TrueActivity` and without `FalseActivity`; a random split of 50 and 50 of
    /// which one branch has no `NextActivity`.
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "who"}},
    ///   "who": {"ConditionalSplit": {"Condition": {"Conditions": [{"SegmentCondition": {"SegmentId": "buyers"}}]}}}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Connect the branches, or delete the split; use a holdout to leave a share out.
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
    /// Source: journeys.md 4; our own judgement.
    "dead-end-after-split", Warning, "a branch of a split leads nowhere", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for (number, (activity, ways)) in ctx.activities.iter().zip(&ctx.ways).enumerate() {
        let Some(kind) = activity.kind().filter(|kind| kind.is_split()) else { continue };
        let open: Vec<_> = ways.iter().filter(|way| way.target.is_none()).collect();
        let all_open = open.len() == ways.len();
        if !all_open && kind != ActivityKind::RandomSplit {
            continue;
        }
        for way in open {
            let at = activity.slot_path(way.slot);
            if at.find(ctx.document.root).is_some_and(|target| target.as_str() == Some("")) {
                continue; // `empty-target` says so
            }
            let branch = way_name(way);
            let finding = found
                .report(at, format!("{branch} of `{}` leads nowhere: people leave the journey here", activity.id))
                .help("connect it if more should happen to them");
            if let Some(edit) = bypass(ctx, number, None, "Delete the split").filter(|_| all_open) {
                finding.fix(edit);
            }
        }
    }
}
