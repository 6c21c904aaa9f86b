use model::ActivityKind;

use crate::evidence::{ENOUGH, Evidence};
use crate::rules::{bypass, way_name};
use crate::{Findings, JourneyContext, places};

rule! {
    /// Checks, after a simulated run, that every branch of a yes/no or multivariate split was taken by somebody.
    ///
    /// **Why it matters.** Nobody gets what is on that branch. Its condition is misspelled, never true, or true of people
    /// whom an earlier branch takes.
    ///
    /// **Bad example.** A split on the segment `buyers`, in a run in which none of 300 people is a buyer.
    ///
    /// ```json
    /// {
    ///   "evidence": {"activities": {"hello": {
    ///     "arrived": 300,
    ///     "ways": [{"slot": "Yes", "people": 0}, {"slot": "No", "people": 300}]
    ///   }}},
    ///   "journeys/welcome": {"Activities": {
    ///     "hello": {"ConditionalSplit": {
    ///       "Condition": {"Conditions": [{"SegmentCondition": {"SegmentId": "buyers"}}]},
    ///       "TrueActivity": "offer",
    ///       "FalseActivity": "nudge"
    ///     }},
    ///     "offer": {"PUSH": {"TemplateName": "hello"}},
    ///     "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    ///   }}
    /// }
    /// ```
    ///
    /// **How to fix it.** Check the condition and the people of the run, or take the branch away.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "evidence": {"activities": {"hello": {
    ///     "arrived": 300,
    ///     "ways": [{"slot": "Yes", "people": 120}, {"slot": "No", "people": 180}]
    ///   }}},
    ///   "journeys/welcome": {"Activities": {
    ///     "hello": {"ConditionalSplit": {
    ///       "Condition": {"Conditions": [{"SegmentCondition": {"SegmentId": "buyers"}}]},
    ///       "TrueActivity": "offer",
    ///       "FalseActivity": "nudge"
    ///     }},
    ///     "offer": {"PUSH": {"TemplateName": "hello"}},
    ///     "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    ///   }}
    /// }
    /// ```
    ///
    /// Source: our own judgement, from the counts of a simulated run.
    "branch-never-taken", Warning, "nobody takes a branch", Run
}

fn check(ctx: &JourneyContext, evidence: &Evidence, found: &mut Findings) {
    for (number, (activity, ways)) in ctx.activities.iter().zip(&ctx.ways).enumerate() {
        let kind = activity.kind().filter(|kind| kind.is_split() && *kind != ActivityKind::RandomSplit);
        let (Some(kind), Some(seen)) = (kind, evidence.of(activity.id)) else { continue };
        if seen.arrived < ENOUGH {
            continue;
        }
        for way in ways.iter().filter(|way| way.target.is_some() && seen.took(way.slot) == Some(0)) {
            let finding = found
                .report(
                    activity.slot_path(way.slot),
                    format!("none of {} people takes {} of `{}`", seen.arrived, way_name(way), activity.id),
                )
                .help("check the condition and the people of the run, or take the branch away");
            let list = places::list_path(activity).filter(|_| kind == ActivityKind::MultiCondition);
            match (way.slot, list) {
                (model::Slot::Branch(i), Some(list)) if ways.len() > 2 => {
                    finding.remove("Take the branch away", list.join(i));
                }
                (model::Slot::Yes | model::Slot::No, _) => {
                    let other = ways.iter().find(|other| other.slot != way.slot).and_then(|other| other.target);
                    if let Some(edit) = bypass(ctx, number, other, "Delete the split, which decides nothing") {
                        finding.fix(edit);
                    }
                }
                _ => {}
            }
        }
    }
}
