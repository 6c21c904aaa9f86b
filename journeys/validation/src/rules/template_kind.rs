use model::{DocumentId, Path, Place, TemplateKind};

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that the template of an activity is of the activity's kind.
    ///
    /// **Why it matters.** An email can not be made from an SMS template; the service does not publish the journey.
    ///
    /// **Bad example.** An `EMAIL` activity with `"TemplateName": "nudge"`, and `nudge` is an SMS template.
    ///
    /// ```json
    /// {
    ///   "templates/sms/nudge": {"Body": "Come back"},
    ///   "journeys/welcome": {"Activities": {"hello": {"EMAIL": {"TemplateName": "nudge"}}}}
    /// }
    /// ```
    ///
    /// **How to fix it.** Choose a template of the right kind, or make one of that name.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "templates/sms/nudge": {"Body": "Come back"},
    ///   "journeys/welcome": {"Activities": {"hello": {"SMS": {
    ///     "TemplateName": "nudge",
    ///     "MessageConfig": {"MessageType": "PROMOTIONAL"}
    ///   }}}}
    /// }
    /// ```
    ///
    /// Source: journeys.md 3.1 and 10, J026; `TemplateName`.
    "template-kind", Error, "a template is of another kind than its activity", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let project = ctx.document.project;
    for activity in &ctx.activities {
        let Some(kind) = activity.kind().and_then(|kind| kind.template_kind()) else { continue };
        let Some(name) = activity.template_name().filter(|name| !name.is_empty()) else { continue };
        if project.template(kind, name).is_some() {
            continue;
        }
        let Some(other) = TemplateKind::ALL.into_iter().find(|kind| project.template(*kind, name).is_some()) else {
            continue;
        };
        let at = activity.payload_path().join("TemplateName");
        let place = Place { document: DocumentId::Template(other, name.to_owned()), path: Path::default() };
        let finding = found
            .report(
                at.clone(),
                format!("`{}` sends {} template `{name}`, which is for {}", activity.id, kind.folder(), other.folder()),
            )
            .related_in(place, "the template of another kind")
            .help(format!("choose one of the {} templates", kind.folder()));
        let mut names = project.template_names(kind);
        if let (Some(only), None) = (names.next(), names.next()) {
            finding.set(format!("Send template {only}"), &at, only);
        }
    }
}
