use model::{ActivityKind, Slot};

use crate::evidence::{ENOUGH, Evidence, exceeds, percent};
use crate::{Findings, JourneyContext};

/// Percent of the people that Else may take.
const MOST: u64 = 80;

rule! {
    /// Checks, after a simulated run, that at most 80 % of the people take the Else branch of a multivariate split.
    ///
    /// **Why it matters.** Else is for the rest. When nearly everybody is the rest, the branches do not describe the
    /// people who come.
    ///
    /// **Bad example.** A split by country with branches for three countries, in which 280 of 300 people live elsewhere.
    ///
    /// ```json
    /// {
    ///   "evidence": {"activities": {"hello": {
    ///     "arrived": 300,
    ///     "ways": [{"slot": {"Branch": 0}, "people": 20}, {"slot": "Else", "people": 280}]
    ///   }}},
    ///   "journeys/welcome": {"Activities": {
    ///     "hello": {"MultiCondition": {
    ///       "Branches": [{
    ///         "Condition": {"SegmentCondition": {"SegmentId": "buyers"}},
    ///         "NextActivity": "offer"
    ///       }],
    ///       "DefaultActivity": "nudge"
    ///     }},
    ///     "offer": {"PUSH": {"TemplateName": "hello"}},
    ///     "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    ///   }}
    /// }
    /// ```
    ///
    /// **How to fix it.** Add a branch for the largest group that takes Else, or check the conditions.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "evidence": {"activities": {"hello": {
    ///     "arrived": 300,
    ///     "ways": [{"slot": {"Branch": 0}, "people": 120}, {"slot": "Else", "people": 180}]
    ///   }}},
    ///   "journeys/welcome": {"Activities": {
    ///     "hello": {"MultiCondition": {
    ///       "Branches": [{
    ///         "Condition": {"SegmentCondition": {"SegmentId": "buyers"}},
    ///         "NextActivity": "offer"
    ///       }],
    ///       "DefaultActivity": "nudge"
    ///     }},
    ///     "offer": {"PUSH": {"TemplateName": "hello"}},
    ///     "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    ///   }}
    /// }
    /// ```
    ///
    /// Source: our own judgement, from the counts of a simulated run.
    "else-takes-most", Warning, "nearly everybody takes Else", Run
}

fn check(ctx: &JourneyContext, evidence: &Evidence, found: &mut Findings) {
    for activity in ctx.activities.iter().filter(|one| one.kind() == Some(ActivityKind::MultiCondition)) {
        let Some(seen) = evidence.of(activity.id).filter(|seen| seen.arrived >= ENOUGH) else { continue };
        let Some(people) = seen.took(Slot::Else).filter(|people| exceeds(*people, seen.arrived, MOST)) else {
            continue;
        };
        let share = percent(people, seen.arrived);
        found
            .report(
                activity.slot_path(Slot::Else),
                format!("{share}% of {} people take Else of `{}`", seen.arrived, activity.id),
            )
            .help("add a branch for the largest group among them, or check the conditions");
    }
}
