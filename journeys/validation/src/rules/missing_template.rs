use crate::{Findings, JourneyContext};

rule! {
    /// Checks that every email, push notification and SMS activity names a template.
    ///
    /// **Why it matters.** The content always comes from a template; without one there is nothing to send, and the
    /// service does not publish the journey.
    ///
    /// **Bad example.** `"hello": {"EMAIL": {"NextActivity": "wait1"}}`
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"NextActivity": "nudge"}},
    ///   "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Choose a template of the same kind.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "nudge"}},
    ///   "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    /// }}}
    /// ```
    ///
    /// Source: journeys.md 3.1 and 10, J025; `TemplateName`.
    "missing-template", Error, "a message has no template", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for activity in &ctx.activities {
        let Some(kind) = activity.kind().and_then(|kind| kind.template_kind()) else { continue };
        if activity.template_name().is_some_and(|name| !name.is_empty()) {
            continue;
        }
        let at = activity.payload_path().join("TemplateName");
        let finding = found
            .report(at.clone(), format!("`{}` has no template to send", activity.id))
            .help(format!("choose one of the {} templates", kind.folder()));
        let mut names = ctx.document.project.template_names(kind);
        if let (Some(only), None) = (names.next(), names.next()) {
            finding.set(format!("Send template {only}"), &at, only);
        }
    }
}
