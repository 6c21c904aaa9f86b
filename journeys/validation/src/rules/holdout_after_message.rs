use model::ActivityKind;

use crate::{Findings, JourneyContext, reach};

rule! {
    /// Checks that a holdout comes before all messages.
    ///
    /// **Why it matters.** Those who are held out are compared with the others to see what the messages do. People who
    /// have got one already are no such comparison.
    ///
    /// **Bad example.** `hello (EMAIL) -> Holdout -> offer (EMAIL)`
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "control"}},
    ///   "control": {"Holdout": {"Percentage": 10, "NextActivity": "offer"}},
    ///   "offer": {"PUSH": {"TemplateName": "hello"}}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Put the holdout first; to send something to a part of the people only, use a random split.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"Holdout": {"Percentage": 10, "NextActivity": "mail"}},
    ///   "mail": {"EMAIL": {"TemplateName": "hello", "NextActivity": "offer"}},
    ///   "offer": {"PUSH": {"TemplateName": "hello"}}
    /// }}}
    /// ```
    ///
    /// Source: journeys.md 3.7 and our own judgement; `HoldoutActivity`.
    "holdout-after-message", Warning, "a holdout comes after a message", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let is_message = |number: &usize| ctx.activities[*number].kind().is_some_and(|kind| kind.is_message());
    let before = reach::first_before(ctx, (0..ctx.activities.len()).filter(is_message));
    for (number, activity) in ctx.activities.iter().enumerate() {
        if activity.kind() != Some(ActivityKind::Holdout) || !ctx.reachable[number] {
            continue;
        }
        let Some(message) = before[number] else { continue };
        found
            .report(
                ctx.place(number),
                format!("people held out by `{}` can have got `{}` before", activity.id, ctx.activities[message].id),
            )
            .related(ctx.place(message), "a message before")
            .help("put the holdout before all messages");
    }
}
