use crate::{Findings, JourneyContext, places};

rule! {
    /// Checks that a split which asks about a message does not directly follow a message without an evaluation wait.
    ///
    /// **Why it matters.** The service waits only an hour for what the message causes (15 minutes after a custom
    /// activity). Who opens it later counts as somebody who did not.
    ///
    /// **Bad example.** `hello (EMAIL) -> opened? (ConditionalSplit)` without `EvaluationWaitTime`.
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "opened"}},
    ///   "opened": {"ConditionalSplit": {
    ///     "Condition": {"Conditions": [{"EventCondition": {
    ///       "MessageActivity": "hello",
    ///       "Dimensions": {"EventType": {"Values": ["_email.open"]}}
    ///     }}]},
    ///     "TrueActivity": "offer"
    ///   }},
    ///   "offer": {"PUSH": {"TemplateName": "hello"}}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Add an evaluation wait of a day or two.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "opened"}},
    ///   "opened": {"ConditionalSplit": {
    ///     "Condition": {"Conditions": [{"EventCondition": {
    ///       "MessageActivity": "hello",
    ///       "Dimensions": {"EventType": {"Values": ["_email.open"]}}
    ///     }}]},
    ///     "EvaluationWaitTime": {"WaitFor": "P1D"},
    ///     "TrueActivity": "offer"
    ///   }},
    ///   "offer": {"PUSH": {"TemplateName": "hello"}}
    /// }}}
    /// ```
    ///
    /// Source: journeys.md 3.8 and 10, J059; `EvaluationWaitTime`.
    "no-evaluation-wait", Warning, "a split judges a message right after it was sent", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let mut last = None;
    for place in &ctx.conditions {
        let number = place.activity;
        let split = &ctx.activities[number];
        if place.condition.event_condition().is_none()
            || last == Some(number)
            || places::evaluation_wait(split).is_some()
        {
            continue;
        }
        let before = ctx.before(number).find(|i| ctx.activities[*i].kind().is_some_and(|kind| kind.is_message()));
        if let Some(message) = before {
            last = Some(number);
            let at = split.payload_path().join("EvaluationWaitTime");
            found
                .report(
                    at.clone(),
                    format!("`{}` judges right after `{}` was sent", split.id, ctx.activities[message].id),
                )
                .related(ctx.place(message), "the message before")
                .help("give people time: add an evaluation wait")
                .set("Wait a day before judging", &at.join("WaitFor"), "P1D");
        }
    }
}
