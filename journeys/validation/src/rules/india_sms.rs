use model::Payload;

use crate::evidence::Evidence;
use crate::{Findings, JourneyContext};

rule! {
    /// Checks, with the people of a simulated run, that SMS to India name a registered entity and template.
    ///
    /// **Why it matters.** India's carriers block messages of which they do not know the sender's entity and the template.
    ///
    /// **Bad example.** An SMS without `EntityId`, and 40 people with numbers that begin with +91.
    ///
    /// ```json
    /// {
    ///   "evidence": {"people": 300, "indian_numbers": 40},
    ///   "journeys/welcome": {"Activities": {"hello": {"SMS": {
    ///     "TemplateName": "hello",
    ///     "MessageConfig": {"MessageType": "PROMOTIONAL"}
    ///   }}}}
    /// }
    /// ```
    ///
    /// **How to fix it.** Register both with the carriers, and write `EntityId` and `TemplateId` into `MessageConfig`.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "evidence": {"people": 300, "indian_numbers": 40},
    ///   "journeys/welcome": {"Activities": {"hello": {"SMS": {
    ///     "TemplateName": "hello",
    ///     "MessageConfig": {"MessageType": "PROMOTIONAL", "EntityId": "1101", "TemplateId": "1107"}
    ///   }}}}
    /// }
    /// ```
    ///
    /// Source: `JourneySMSMessage.EntityId` and `TemplateId`, for the numbers of a simulated run.
    "india-sms", Warning, "texts to India lack the entity or the template", Run
}

fn check(ctx: &JourneyContext, evidence: &Evidence, found: &mut Findings) {
    if evidence.indian_numbers == 0 {
        return;
    }
    for activity in &ctx.activities {
        let Some(Payload::Sms(sms)) = activity.payload else { continue };
        let config = sms.message_config();
        let named = |text: Option<&str>| text.is_some_and(|text| !text.is_empty());
        let (entity, template) = (config.and_then(|c| c.entity_id()), config.and_then(|c| c.template_id()));
        if named(entity) && named(template) {
            continue;
        }
        let member = if named(entity) { "TemplateId" } else { "EntityId" };
        found
            .report(
                activity.payload_path().join("MessageConfig").join(member),
                format!(
                    "`{}` may go to {} numbers in India, and has no `{member}`",
                    activity.id, evidence.indian_numbers
                ),
            )
            .help("register with India's carriers, and write both ids here");
    }
}
