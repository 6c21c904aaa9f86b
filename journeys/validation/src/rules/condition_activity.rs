use crate::similar::similar;
use crate::{Findings, JourneyContext};

rule! {
    /// Checks that an event condition names the message that it asks about, and that this is a message activity.
    ///
    /// **Why it matters.** Only messages cause the events that a split can ask about; without one the answer is always
    /// no, and the service does not publish the journey.
    ///
    /// **Bad example.** `"EventCondition": {"MessageActivity": "wait1", …}`
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "rest"}},
    ///   "rest": {"Wait": {"WaitTime": {"WaitFor": "P1D"}, "NextActivity": "opened"}},
    ///   "opened": {"ConditionalSplit": {
    ///     "Condition": {"Conditions": [{"EventCondition": {
    ///       "MessageActivity": "rest",
    ///       "Dimensions": {"EventType": {"Values": ["_email.open"]}}
    ///     }}]},
    ///     "EvaluationWaitTime": {"WaitFor": "P1D"},
    ///     "TrueActivity": "offer"
    ///   }},
    ///   "offer": {"EMAIL": {"TemplateName": "hello"}}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Name an email, SMS, push notification or other message activity before the split.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "rest"}},
    ///   "rest": {"Wait": {"WaitTime": {"WaitFor": "P1D"}, "NextActivity": "opened"}},
    ///   "opened": {"ConditionalSplit": {
    ///     "Condition": {"Conditions": [{"EventCondition": {
    ///       "MessageActivity": "hello",
    ///       "Dimensions": {"EventType": {"Values": ["_email.open"]}}
    ///     }}]},
    ///     "EvaluationWaitTime": {"WaitFor": "P1D"},
    ///     "TrueActivity": "offer"
    ///   }},
    ///   "offer": {"EMAIL": {"TemplateName": "hello"}}
    /// }}}
    /// ```
    ///
    /// Source: journeys.md 3.8 and 10, J041; `EventCondition.MessageActivity`.
    "condition-activity", Error, "an event condition does not name a message", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for place in &ctx.conditions {
        let Some(event) = place.condition.event_condition() else { continue };
        let id = ctx.activities[place.activity].id;
        let named = event.message_activity().filter(|id| !id.is_empty());
        let message = match named.map(|id| (id, ctx.activity(id))) {
            None => format!("`{id}` does not say which message it asks about"),
            Some((name, None)) => format!("`{id}` asks about `{name}`, which does not exist"),
            Some((_, Some(asked))) if asked.kind().is_some_and(|kind| kind.is_message()) => continue,
            Some((name, Some(_))) => format!("`{id}` asks about `{name}`, which is no message"),
        };
        let leading = ctx.leading_to(place.activity).into_iter().zip(&ctx.activities);
        let earlier: Vec<_> = leading
            .filter(|(leads, one)| *leads && one.kind().is_some_and(|kind| kind.is_message()))
            .map(|(_, one)| one.id)
            .collect();
        let at = place.path.join("EventCondition").join("MessageActivity");
        let finding = found.report(at.clone(), message).help("name a message activity before the split");
        let meant = named.and_then(|name| similar(name, earlier.iter().copied()));
        let only = earlier.first().filter(|_| earlier.len() == 1).copied();
        if let Some(meant) = meant.or(only) {
            finding.set(format!("Ask about {meant}"), &at, meant);
        }
    }
}
