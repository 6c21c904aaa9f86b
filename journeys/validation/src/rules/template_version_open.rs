use model::wire::State;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that the messages of a journey that runs name a version of their template.
    ///
    /// **Why it matters.** Without one, the version goes out that is active when the message is sent: who changes the template
    /// changes what people in the middle of the journey get, and they get something else than was simulated.
    ///
    /// **Bad example.** A journey with `"State": "ACTIVE"`, and a message without `TemplateVersion`.
    ///
    /// ```json
    /// {
    ///   "templates/email/news": {"TextPart": "News", "Version": "3"},
    ///   "journeys/welcome": {
    ///     "State": "ACTIVE",
    ///     "Activities": {"hello": {"EMAIL": {"TemplateName": "news"}}}
    ///   }
    /// }
    /// ```
    ///
    /// **How to fix it.** Name the version that is meant.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "templates/email/news": {"TextPart": "News", "Version": "3"},
    ///   "journeys/welcome": {
    ///     "State": "ACTIVE",
    ///     "Activities": {"hello": {"EMAIL": {"TemplateName": "news", "TemplateVersion": "3"}}}
    ///   }
    /// }
    /// ```
    ///
    /// Source: templates.md 2 and our own judgement; `EmailMessageActivity.TemplateVersion` and its like.
    "template-version-open", Warning, "a running journey sends whatever version of a template is active", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    if ctx.journey.wire.state() != Some(State::Active) {
        return;
    }
    for activity in &ctx.activities {
        let Some(name) = activity.template_name().filter(|_| activity.template_version().is_none()) else { continue };
        let Some(kind) = activity.kind().and_then(|kind| kind.template_kind()) else { continue };
        let at = activity.payload_path().join("TemplateVersion");
        let finding = found
            .report(at.clone(), format!("`{}` sends whatever version of `{name}` is active then", activity.id))
            .help("name the version that is meant");
        let template = ctx.document.project.template(kind, name);
        if let Some(version) =
            template.and_then(|template| template.get("Version")).and_then(|version| version.as_str())
        {
            finding.set(format!("Send version {version}"), &at, version);
        }
    }
}
