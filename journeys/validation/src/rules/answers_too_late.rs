use model::time::{DAY, HOUR, duration_words, format_duration};

use crate::evidence::{ENOUGH, Evidence, exceeds, percent};
use crate::{Findings, JourneyContext, places};

/// Percent of the answers that may come too late.
const MOST: u64 = 20;

rule! {
    /// Checks, after a simulated run, that at most 20 % of the people who open, click or answer do so only after the split
    /// that asks about it has judged them.
    ///
    /// **Why it matters.** They count as people who did nothing, and get what was meant for those.
    ///
    /// **Bad example.** A split that asks 1 hour after an e-mail who opened it, while most people open it in the evening.
    ///
    /// ```json
    /// {
    ///   "evidence": {"activities": {"opened": {
    ///     "arrived": 300,
    ///     "answers": {"all": 120, "late": 60, "most_within": 93600000}
    ///   }}},
    ///   "journeys/welcome": {"Activities": {
    ///     "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "opened"}},
    ///     "opened": {"ConditionalSplit": {
    ///       "Condition": {"Conditions": [{"EventCondition": {
    ///         "MessageActivity": "hello",
    ///         "Dimensions": {"EventType": {"Values": ["_email.open"]}}
    ///       }}]},
    ///       "EvaluationWaitTime": {"WaitFor": "PT2H"},
    ///       "TrueActivity": "offer"
    ///     }},
    ///     "offer": {"PUSH": {"TemplateName": "hello"}}
    ///   }}
    /// }
    /// ```
    ///
    /// **How to fix it.** Judge later: set an evaluation wait within which nine in ten answers come.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "evidence": {"activities": {"opened": {
    ///     "arrived": 300,
    ///     "answers": {"all": 120, "late": 60, "most_within": 93600000}
    ///   }}},
    ///   "journeys/welcome": {"Activities": {
    ///     "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "opened"}},
    ///     "opened": {"ConditionalSplit": {
    ///       "Condition": {"Conditions": [{"EventCondition": {
    ///         "MessageActivity": "hello",
    ///         "Dimensions": {"EventType": {"Values": ["_email.open"]}}
    ///       }}]},
    ///       "EvaluationWaitTime": {"WaitFor": "P2D"},
    ///       "TrueActivity": "offer"
    ///     }},
    ///     "offer": {"PUSH": {"TemplateName": "hello"}}
    ///   }}
    /// }
    /// ```
    ///
    /// Source: journeys.md 3.8, and our own judgement from a simulated run; `EvaluationWaitTime`.
    "answers-too-late", Warning, "a split judges before the answers come", Run
}

fn check(ctx: &JourneyContext, evidence: &Evidence, found: &mut Findings) {
    let mut last = None;
    for place in &ctx.conditions {
        let split = &ctx.activities[place.activity];
        if place.condition.event_condition().is_none() || last == Some(place.activity) {
            continue;
        }
        let Some(answers) = evidence.of(split.id).and_then(|seen| seen.answers) else { continue };
        let now = places::evaluation_wait(split).and_then(|wait| wait.wait_for()).and_then(model::time::parse_duration);
        // A wait that was lengthened since the run has done what can be done.
        let enough = now.is_some_and(|now| now >= answers.most_within);
        if answers.all < ENOUGH || !exceeds(answers.late, answers.all, MOST) || enough {
            continue;
        }
        last = Some(place.activity);
        let step = if answers.most_within > DAY { DAY } else { HOUR };
        let wait = (answers.most_within.saturating_add(step - 1) / step).saturating_mul(step);
        let at = split.payload_path().join("EvaluationWaitTime");
        found
            .report(
                at.clone(),
                format!(
                    "{}% of {} answers come after `{}` has judged",
                    percent(answers.late, answers.all),
                    answers.all,
                    split.id
                ),
            )
            .help(format!("wait {}, within which nine in ten come", duration_words(wait)))
            .set(
                format!("Wait {} before judging", duration_words(wait)),
                &at,
                serde_json::json!({"WaitFor": format_duration(wait)}),
            );
    }
}
