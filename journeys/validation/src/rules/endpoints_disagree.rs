use crate::evidence::{ENOUGH, Evidence, exceeds, percent};
use crate::{Findings, JourneyContext};

/// Percent of the people from whom on it is worth a word.
const LEAST: u64 = 10;

rule! {
    /// Checks, after a simulated run, that the endpoints of one person agree about the attributes that a split asks for.
    ///
    /// **Why it matters.** A person with several endpoints travels as one, and conditions are true when any of their
    /// endpoints fits: somebody whose phone says `Plan: free` and whose mail says `Plan: gold` is asked as both.
    ///
    /// **Bad example.** A split on `Plan`, and 60 of 300 people whose endpoints have different plans.
    ///
    /// ```json
    /// {
    ///   "evidence": {"sampled": 300, "activities": {"hello": {"arrived": 300, "disagreeing": 60}}},
    ///   "journeys/welcome": {"Activities": {
    ///     "hello": {"ConditionalSplit": {
    ///       "Condition": {"Conditions": [{"segmentDimensions": {
    ///         "Attributes": {"Plan": {"AttributeType": "INCLUSIVE", "Values": ["gold"]}}
    ///       }}]},
    ///       "TrueActivity": "offer"
    ///     }},
    ///     "offer": {"PUSH": {"TemplateName": "hello"}}
    ///   }}
    /// }
    /// ```
    ///
    /// **How to fix it.** Keep in `UserAttributes` what is true of a person, and ask for that; or write it to all endpoints.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "evidence": {"sampled": 300, "activities": {"hello": {"arrived": 300}}},
    ///   "journeys/welcome": {"Activities": {
    ///     "hello": {"ConditionalSplit": {
    ///       "Condition": {"Conditions": [{"segmentDimensions": {
    ///         "UserAttributes": {"Plan": {"AttributeType": "INCLUSIVE", "Values": ["gold"]}}
    ///       }}]},
    ///       "TrueActivity": "offer"
    ///     }},
    ///     "offer": {"PUSH": {"TemplateName": "hello"}}
    ///   }}
    /// }
    /// ```
    ///
    /// Source: journeys.md 3.8, "Segment conditions", from the people of a simulated run.
    "endpoints-disagree", Warning, "the endpoints of a person disagree", Run
}

fn check(ctx: &JourneyContext, evidence: &Evidence, found: &mut Findings) {
    if evidence.sampled < ENOUGH {
        return;
    }
    for (number, activity) in ctx.activities.iter().enumerate() {
        let Some(seen) = evidence.of(activity.id) else { continue };
        let asks = ctx.conditions.iter().any(|place| place.activity == number);
        if !asks || !exceeds(seen.disagreeing, evidence.sampled, LEAST) {
            continue;
        }
        let share = percent(seen.disagreeing, evidence.sampled);
        let message = format!(
            "{share}% of {} people have endpoints of which some fit what `{}` asks and others do not: one that fits is enough",
            evidence.sampled, activity.id
        );
        found.report(activity.payload_path(), message).help("ask for an attribute of the user instead of the endpoint");
    }
}
