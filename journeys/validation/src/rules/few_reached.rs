use model::Path;

use crate::evidence::{ENOUGH, Evidence, percent};
use crate::{Findings, JourneyContext};

rule! {
    /// Checks, after a simulated run, that at least half of the people who enter get a message.
    ///
    /// **Why it matters.** A holdout, a condition or a missing channel in front of all messages keeps most people from
    /// them, and the journey counts them as participants all the same.
    ///
    /// **Bad example.** A holdout of 60 percent as first activity: only 120 of 300 people can get anything.
    ///
    /// ```json
    /// {
    ///   "evidence": {"entered": 300, "sampled": 300, "reached": 120},
    ///   "journeys/welcome": {"Activities": {
    ///     "hello": {"Holdout": {"Percentage": 60, "NextActivity": "offer"}},
    ///     "offer": {"PUSH": {"TemplateName": "hello"}}
    ///   }}
    /// }
    /// ```
    ///
    /// **How to fix it.** Look which split or message people leave at, or enter a smaller segment.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "evidence": {"entered": 300, "sampled": 300, "reached": 270},
    ///   "journeys/welcome": {"Activities": {
    ///     "hello": {"Holdout": {"Percentage": 10, "NextActivity": "offer"}},
    ///     "offer": {"PUSH": {"TemplateName": "hello"}}
    ///   }}
    /// }
    /// ```
    ///
    /// Source: our own judgement, from a simulated run.
    "few-reached", Warning, "most people who enter get no message", Run
}

fn check(ctx: &JourneyContext, evidence: &Evidence, found: &mut Findings) {
    let sends = ctx.activities.iter().any(|activity| activity.kind().is_some_and(|kind| kind.is_message()));
    if !sends || evidence.sampled < ENOUGH || evidence.reached >= evidence.sampled.div_ceil(2) {
        return;
    }
    let share = percent(evidence.reached, evidence.sampled);
    found
        .report(Path::default(), format!("only {share}% of the people who enter get a message"))
        .help("look where the others leave, or enter a smaller segment");
}
