use model::{Payload, View};

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that every SMS activity says whether it is promotional or transactional.
    ///
    /// **Why it matters.** Route, price and what people may refuse depend on it; the service does not publish without.
    ///
    /// **Bad example.** `"SMS": {"TemplateName": "nudge"}`
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {"hello": {"SMS": {"TemplateName": "hello"}}}}}
    /// ```
    ///
    /// **How to fix it.** Set `MessageConfig.MessageType` to `PROMOTIONAL`, or to `TRANSACTIONAL` for what people wait
    /// for, such as a code.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {"hello": {"SMS": {
    ///   "TemplateName": "hello",
    ///   "MessageConfig": {"MessageType": "PROMOTIONAL"}
    /// }}}}}
    /// ```
    ///
    /// Source: journeys.md 3.1 and 10, J029; `JourneySMSMessage.MessageType`.
    "sms-message-type", Error, "an SMS is neither promotional nor transactional", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for activity in &ctx.activities {
        let Some(Payload::Sms(sms)) = activity.payload else { continue };
        if sms.message_config().is_some_and(|config| config.has("MessageType")) {
            continue;
        }
        let at = activity.payload_path().join("MessageConfig").join("MessageType");
        found
            .report(at.clone(), format!("`{}` is neither promotional nor transactional", activity.id))
            .help("choose `PROMOTIONAL`, or `TRANSACTIONAL` for what people wait for")
            .set("Make it promotional", &at, "PROMOTIONAL");
    }
}
