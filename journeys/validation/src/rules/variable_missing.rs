use model::{DocumentId, edit, path};
use serde_json::{Map, Value};

use crate::evidence::{ENOUGH, Evidence, percent};
use crate::{Findings, JourneyContext};

rule! {
    /// Checks, after a simulated run, that the messages could be made for everybody: that no one lacks the value of a
    /// variable that has no default.
    ///
    /// **Why it matters.** Who lacks the value gets no message at all.
    ///
    /// **Bad example.** `Hello {{Attributes.City}}`, and 120 of 300 people have no `City`.
    ///
    /// ```json
    /// {
    ///   "evidence": {"activities": {"hello": {
    ///     "arrived": 300,
    ///     "sent": 300,
    ///     "written": 180,
    ///     "unwritten": {"Attributes.City": 120}
    ///   }}},
    ///   "templates/email/news": {"TextPart": "Hello {{Attributes.City}}"},
    ///   "journeys/welcome": {"Activities": {"hello": {"EMAIL": {"TemplateName": "news"}}}}
    /// }
    /// ```
    ///
    /// **How to fix it.** Give the variable a default value in the template, if only an empty one.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "evidence": {"activities": {"hello": {
    ///     "arrived": 300,
    ///     "sent": 300,
    ///     "written": 180,
    ///     "unwritten": {"Attributes.City": 120}
    ///   }}},
    ///   "templates/email/news": {
    ///     "TextPart": "Hello {{Attributes.City}}",
    ///     "DefaultSubstitutions": "{\"Attributes.City\": \"you\"}"
    ///   },
    ///   "journeys/welcome": {"Activities": {"hello": {"EMAIL": {"TemplateName": "news"}}}}
    /// }
    /// ```
    ///
    /// Source: templates.md 3; journeys.md 10, J060, from a simulated run; `DefaultSubstitutions`.
    "variable-missing", Warning, "people lack the value of a variable", Run
}

fn check(ctx: &JourneyContext, evidence: &Evidence, found: &mut Findings) {
    for activity in &ctx.activities {
        let Some(seen) = evidence.of(activity.id) else { continue };
        let all = seen.unwritten.values().fold(seen.written, |sum, count| sum.saturating_add(*count));
        let Some(kind) = activity.kind().and_then(|kind| kind.template_kind()).filter(|_| all >= ENOUGH) else {
            continue;
        };
        let at = activity.payload_path().join("TemplateName");
        let Some(name) = at.find(ctx.document.root).and_then(Value::as_str) else { continue };
        let template = DocumentId::Template(kind, name.to_owned());
        let Some(root) = ctx.document.project.documents.get(&template) else { continue };
        let defaults = root.get("DefaultSubstitutions").and_then(Value::as_str).unwrap_or_default();
        let defaults: Map<String, Value> = serde_json::from_str(defaults).unwrap_or_default();
        for (variable, without) in seen.unwritten.iter().filter(|(variable, _)| !defaults.contains_key(*variable)) {
            let mut better = defaults.clone();
            better.insert(variable.clone(), Value::from(""));
            let better = Value::Object(better).to_string().into();
            let title = "Leave a blank for those who lack it";
            found
                .report(
                    at.clone(),
                    format!("{}% of {all} people lack `{variable}` and get no `{name}`", percent(*without, all)),
                )
                .help("add a default value to the template, if only an empty one")
                .fix(edit::put(title, &template, root, &path!["DefaultSubstitutions"], better));
        }
    }
}
