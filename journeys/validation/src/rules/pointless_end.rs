use model::ActivityKind;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that something comes after a wait or a holdout.
    ///
    /// **Why it matters.** People wait for nothing, or some are held out of nothing. They also count as inside the
    /// journey until then and can not enter again.
    ///
    /// **Bad example.** A last activity `Wait` without `NextActivity`.
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "rest"}},
    ///   "rest": {"Wait": {"WaitTime": {"WaitFor": "P1D"}}}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Connect it with what should follow, or delete it.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {"hello": {"EMAIL": {"TemplateName": "hello"}}}}}
    /// ```
    ///
    /// Source: journeys.md 4; our own judgement.
    "pointless-end", Warning, "a wait or holdout ends the path", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for (number, (activity, ways)) in ctx.activities.iter().zip(&ctx.ways).enumerate() {
        let idle = matches!(activity.kind(), Some(ActivityKind::Wait | ActivityKind::Holdout));
        if idle && ways.iter().all(|way| way.target.is_none()) {
            found
                .report(ctx.place(number), format!("nothing comes after `{}`", activity.id))
                .help("connect it with what should follow, or delete it")
                .fix(ctx.delete(number));
        }
    }
}
