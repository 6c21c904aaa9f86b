use model::path;
use serde_json::Value;

use crate::{Findings, TemplateContext};

rule! {
    /// Checks that `DefaultSubstitutions` is a text that holds a JSON object of texts.
    ///
    /// **Why it matters.** The defaults would not be found, and messages with a missing value are not sent.
    ///
    /// **Bad example.** `"DefaultSubstitutions": "FirstName = friend"`
    ///
    /// ```json
    /// {"templates/email/news": {
    ///   "TextPart": "Hello {{Attributes.City}}",
    ///   "DefaultSubstitutions": "City = your town"
    /// }}
    /// ```
    ///
    /// **How to fix it.** Write `"{\"User.UserAttributes.FirstName\": \"friend\"}"`.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"templates/email/news": {
    ///   "TextPart": "Hello {{Attributes.City}}",
    ///   "DefaultSubstitutions": "{\"Attributes.City\": \"your town\"}"
    /// }}
    /// ```
    ///
    /// Source: templates.md 3; `EmailTemplateRequest.DefaultSubstitutions` and the same of other kinds.
    "default-substitutions", Error, "default values of a template can not be read", Template
}

fn check(template: &TemplateContext, found: &mut Findings) {
    let at = path!["DefaultSubstitutions"];
    let text = template.document.root.get("DefaultSubstitutions").and_then(Value::as_str);
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return };
    let object = match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(object)) => object,
        Ok(_) => {
            found
                .report(at, "the default values are not a JSON object")
                .help("write a JSON object from variable to text");
            return;
        }
        Err(error) => {
            let place = format!("line {}, column {}", error.line(), error.column());
            found
                .report(at, format!("the default values are no JSON: {place}"))
                .help("write a JSON object from variable to text");
            return;
        }
    };
    let Some(name) = object.iter().find(|(_, value)| !value.is_string()).map(|(name, _)| name.clone()) else { return };
    let quoted = object.into_iter().map(|(name, value)| match value {
        Value::String(_) => (name, value),
        other => (name, Value::from(other.to_string())),
    });
    let better = Value::Object(quoted.collect()).to_string();
    found.report(at.clone(), format!("the default value of `{name}` is not a text")).help("put it in quotes").set(
        "Put it in quotes",
        &at,
        better,
    );
}
