use model::{DocumentId, Journey, Path, TemplateKind};
use serde_json::Value;

use crate::{Document, Findings, places};

rule! {
    /// Checks that the version of a template that a journey or campaign names can exist: a number from 1, and not above the
    /// newest one where the template says what that is.
    ///
    /// **Why it matters.** There would be nothing to send; the service does not publish it.
    ///
    /// **Bad example.** `"TemplateVersion": "7"`, and the template was saved as version 3.
    ///
    /// ```json
    /// {
    ///   "templates/email/news": {"TextPart": "News", "Version": "3"},
    ///   "journeys/welcome": {"Activities": {"hello": {"EMAIL": {
    ///     "TemplateName": "news",
    ///     "TemplateVersion": "7"
    ///   }}}}
    /// }
    /// ```
    ///
    /// **How to fix it.** Name a version that exists, or none: then whatever version is active goes out.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "templates/email/news": {"TextPart": "News", "Version": "3"},
    ///   "journeys/welcome": {"Activities": {"hello": {"EMAIL": {
    ///     "TemplateName": "news",
    ///     "TemplateVersion": "3"
    ///   }}}}
    /// }
    /// ```
    ///
    /// Source: journeys.md 3.1 and 10, J026; campaigns.md 1 and 11, C027; templates.md 2.
    "template-version", Error, "a version of a template does not exist", Document
}

fn check(document: &Document, found: &mut Findings) {
    match document.id {
        DocumentId::Journey(_) => {
            for activity in Journey::of(document.root).map(Journey::activities).unwrap_or_default() {
                let Some(version) = activity.template_version() else { continue };
                let at = activity.payload_path().join("TemplateVersion");
                let kind = activity.kind().and_then(|kind| kind.template_kind());
                version_exists(document, found, at, kind, activity.template_name(), version);
            }
        }
        DocumentId::Campaign(_) => {
            for treatment in places::treatments(document) {
                for (at, kind, template) in places::treatment_templates(&treatment) {
                    let Some(version) = template.version() else { continue };
                    version_exists(document, found, at.join("Version"), Some(kind), template.name(), version);
                }
            }
        }
        _ => {}
    }
}

fn version_exists(
    document: &Document,
    found: &mut Findings,
    at: Path,
    kind: Option<TemplateKind>,
    name: Option<&str>,
    version: &str,
) {
    let name = name.unwrap_or_default();
    let template = kind.and_then(|kind| document.project.template(kind, name));
    let newest = template.and_then(|template| template.get("Version")).and_then(Value::as_str);
    let newest = newest.and_then(|text| text.parse::<u64>().ok());
    let message = match (version.parse::<u64>().ok().filter(|number| *number > 0), newest) {
        (None, _) => format!("`{version}` is no version of a template; versions are numbers from 1"),
        (Some(number), Some(newest)) if number > newest => {
            format!("template `{name}` has no version {number}; the newest is {newest}")
        }
        _ => return,
    };
    found
        .report(at.clone(), message)
        .help("name a version that exists, or none for the active one")
        .remove("Send the active version", at);
}
