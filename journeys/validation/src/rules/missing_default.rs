use model::path;
use serde_json::{Map, Value};

use crate::{Findings, TemplateContext};

rule! {
    /// Checks that every variable that stands alone in braces has a default value. Members that every endpoint has, such
    /// as `Id` and `Address`, need none.
    ///
    /// **Why it matters.** Who lacks the value gets no message at all.
    ///
    /// **Bad example.** `Hello {{User.UserAttributes.FirstName}}` without `DefaultSubstitutions`.
    ///
    /// ```json
    /// {"templates/email/news": {"TextPart": "Hello {{Attributes.City}}"}}
    /// ```
    ///
    /// **How to fix it.** Add a default: `"{\"User.UserAttributes.FirstName\": \"friend\"}"`.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"templates/email/news": {
    ///   "TextPart": "Hello {{Attributes.City}}",
    ///   "DefaultSubstitutions": "{\"Attributes.City\": \"you\"}"
    /// }}
    /// ```
    ///
    /// Source: templates.md 3; journeys.md 10, J060; `EmailTemplateRequest.DefaultSubstitutions` and the same of other
    /// kinds.
    "missing-default", Warning, "a template variable has no default value", Template
}

/// What the endpoint always has, and what a recommender fills in.
const ALWAYS: [&str; 8] =
    ["Address", "Id", "ChannelType", "EndpointStatus", "OptOut", "RequestId", "CreationDate", "EffectiveDate"];

fn check(template: &TemplateContext, found: &mut Findings) {
    let Ok(compiled) = &template.compiled else { return };
    let lacking: Vec<_> = compiled
        .variables()
        .into_iter()
        .filter(|variable| variable.needed && !variable.has_default)
        .map(|variable| variable.path)
        .filter(|path| !ALWAYS.contains(&path.as_str()) && !path.starts_with("Recommendation"))
        .collect();
    if lacking.is_empty() {
        return;
    }
    let names: Vec<_> = lacking.iter().map(|path| format!("`{path}`")).collect();
    let verb = if lacking.len() == 1 { "has" } else { "have" };
    let at = path!["DefaultSubstitutions"];
    let defaults = template.document.root.get("DefaultSubstitutions").and_then(Value::as_str).unwrap_or_default();
    let mut defaults: Map<String, Value> = serde_json::from_str(defaults).unwrap_or_default();
    defaults.extend(lacking.into_iter().map(|path| (path, Value::from(""))));
    found
        .report(at.clone(), format!("{} {verb} no default value: who lacks one gets no message", names.join(", ")))
        .help("add default values, if only empty ones")
        .set("Leave a blank for those who lack it", &at, Value::Object(defaults).to_string());
}
