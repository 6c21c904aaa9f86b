use model::summary::events_of;
use serde_json::Value;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that an event condition asks about events that the message's channel can cause.
    ///
    /// **Why it matters.** An e-mail is never delivered as an SMS: the answer would always be no. The service does not
    /// publish such a journey. An event of your own app can be an entry, but not a condition.
    ///
    /// **Bad example.** `"MessageActivity": "hello"` (an e-mail) with `"Values": ["_SMS.SUCCESS"]`
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "opened"}},
    ///   "opened": {"ConditionalSplit": {
    ///     "Condition": {"Conditions": [{"EventCondition": {
    ///       "MessageActivity": "hello",
    ///       "Dimensions": {"EventType": {"Values": ["_SMS.SUCCESS"]}}
    ///     }}]},
    ///     "EvaluationWaitTime": {"WaitFor": "P1D"},
    ///     "TrueActivity": "offer"
    ///   }},
    ///   "offer": {"PUSH": {"TemplateName": "hello"}}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Choose an event of the channel: `_email.delivered`.
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
    /// Source: journeys.md 3.8 (table of events) and 10, J042; `EventDimensions.EventType`.
    "condition-event", Error, "an event condition asks about an event that can not happen", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for place in &ctx.conditions {
        let Some(event) = place.condition.event_condition() else { continue };
        let split = ctx.activities[place.activity].id;
        let at = place.path.join("EventCondition").join("Dimensions").join("EventType");
        let asked = event.dimensions().and_then(|d| d.event_type()).map(|set| set.values()).unwrap_or_default();
        if asked.is_empty() {
            found.report(at, format!("`{split}` does not say which event it asks about")).help("choose an event");
            continue;
        }
        let Some(message) = event.message_activity().and_then(|id| ctx.activity(id)) else { continue };
        let Some(kind) = message.kind().filter(|kind| kind.is_message()) else { continue };
        let possible = events_of(kind);
        let values = at.join("Values");
        for (i, name) in elements(ctx, &values) {
            if possible.contains(&name) {
                continue;
            }
            let wrong = format!("`{name}` can not happen to `{}` ({})", message.id, kind.title().to_lowercase());
            let finding = found.report(values.join(i), wrong).help(format!("choose one of {}", possible.join(", ")));
            if let Some(meant) = counterpart(name, possible) {
                finding.set(format!("Ask about {meant}"), &values.join(i), meant);
            } else if asked.iter().any(|name| possible.contains(name)) {
                finding.remove(format!("Do not ask about {name}"), values.join(i));
            }
        }
    }
}

fn elements<'a>(ctx: &JourneyContext<'a>, list: &model::Path) -> Vec<(usize, &'a str)> {
    let list = list.find(ctx.document.root).and_then(Value::as_array);
    list.into_iter().flatten().enumerate().filter_map(|(i, value)| Some((i, value.as_str()?))).collect()
}

/// The possible event that means the same as `name`, in another case or on another channel.
fn counterpart(name: &str, possible: &[&'static str]) -> Option<&'static str> {
    if let Some(same) = possible.iter().find(|event| event.eq_ignore_ascii_case(name)) {
        return Some(same);
    }
    let meanings: [&[&str]; 5] = [
        &["_email.send", "_SMS.SEND", "_journey.send"],
        &["_email.delivered", "_SMS.SUCCESS"],
        &["_email.hardbounce", "_SMS.FAILURE"],
        &["_email.open", "_journey.opened_notification"],
        &["_email.unsubscribe", "_SMS.OPTOUT"],
    ];
    let alike = meanings.into_iter().find(|events| events.contains(&name))?;
    possible.iter().find(|event| alike.contains(event)).copied()
}
