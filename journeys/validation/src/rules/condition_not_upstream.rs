use crate::places::AskedPlace;
use crate::{Findings, JourneyContext, places};

rule! {
    /// Checks that some path leads from the message that an event condition asks about to the split that asks.
    ///
    /// **Why it matters.** Nobody who comes to the split can have got that message, so the answer is always no. The
    /// service does not publish the journey.
    ///
    /// **Bad example.** A split on the Yes branch that asks about an SMS on the No branch.
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "opened"}},
    ///   "opened": {"ConditionalSplit": {
    ///     "Condition": {"Conditions": [{"EventCondition": {
    ///       "MessageActivity": "offer",
    ///       "Dimensions": {"EventType": {"Values": ["_email.open"]}}
    ///     }}]},
    ///     "EvaluationWaitTime": {"WaitFor": "P1D"},
    ///     "TrueActivity": "offer"
    ///   }},
    ///   "offer": {"PUSH": {"TemplateName": "hello"}}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Ask about a message before the split.
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
    /// Source: journeys.md 3.8 and 10, J041; `EventCondition.MessageActivity`.
    "condition-not-upstream", Error, "an event condition asks about a message that nobody got before", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for AskedPlace { place, message: asked, .. } in places::asked(ctx).into_iter().filter(|asked| !asked.leads) {
        let (split, name) = (ctx.activities[place.activity].id, ctx.activities[asked].id);
        let at = place.path.join("EventCondition").join("MessageActivity");
        let finding = found
            .report(at.clone(), format!("`{split}` asks about `{name}`, which does not come before it"))
            .related(ctx.place(asked), "the message asked about")
            .help("ask about a message before the split, or move the split behind it");
        let kind = ctx.activities[asked].kind();
        let leading = ctx.leading_to(place.activity).into_iter().zip(&ctx.activities);
        let mut earlier = leading.filter(|(leads, one)| *leads && one.kind() == kind).map(|(_, one)| one.id);
        if let (Some(only), None) = (earlier.next(), earlier.next()) {
            finding.set(format!("Ask about {only}"), &at, only);
        }
    }
}
