use model::TemplateKind;

use crate::similar::similar;
use crate::{Findings, JourneyContext};

rule! {
    /// Checks that every template that an activity names is in the project. A custom activity may name one of any kind.
    ///
    /// **Why it matters.** There would be nothing to send; the service does not publish the journey.
    ///
    /// **Bad example.** `"TemplateName": "welcom"`, while the template is called `welcome`.
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {"hello": {"EMAIL": {"TemplateName": "helo"}}}}}
    /// ```
    ///
    /// **How to fix it.** Choose a template that exists, or add the missing one.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {"hello": {"EMAIL": {"TemplateName": "hello"}}}}}
    /// ```
    ///
    /// Source: journeys.md 10, J026; `TemplateName`.
    "unknown-template", Error, "a template does not exist", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let project = ctx.document.project;
    for activity in &ctx.activities {
        let Some(name) = activity.template_name().filter(|name| !name.is_empty()) else { continue };
        if TemplateKind::ALL.into_iter().any(|kind| project.template(kind, name).is_some()) {
            continue; // of the wrong kind: `template-kind` says so
        }
        let kind = activity.kind().and_then(|kind| kind.template_kind());
        let what = kind.map_or("template".to_owned(), |kind| format!("{} template", kind.folder()));
        let at = activity.payload_path().join("TemplateName");
        let finding = found
            .report(at.clone(), format!("`{}` sends {what} `{name}`, which does not exist", activity.id))
            .help("choose another template, or add this one");
        let kinds = TemplateKind::ALL.into_iter().filter(|one| kind.is_none_or(|kind| kind == *one));
        let mut names = kinds.flat_map(|kind| project.template_names(kind));
        if let Some(meant) = similar(name, names.by_ref()) {
            finding.set(format!("Send template {meant}"), &at, meant);
        }
    }
}
