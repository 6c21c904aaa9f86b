use model::shapes::{self, Problem};
use model::{View, wire};
use serde_json::{Number, Value};

use crate::{Document, Findings};

rule! {
    /// Checks every member of every document against its shape in the API: JSON type, allowed words, required members.
    ///
    /// **Why it matters.** The service refuses the whole document, and until then the member reads as absent.
    ///
    /// **Bad example.** `"LocalTime": "yes"`, `"State": "Draft"`, a holdout without `Percentage`.
    ///
    /// ```json
    /// {"journeys/welcome": {"LocalTime": "yes", "TimezoneEstimationMethods": ["PHONE_NUMBER"]}}
    /// ```
    ///
    /// **How to fix it.** Write what the message says is expected.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"LocalTime": true, "TimezoneEstimationMethods": ["PHONE_NUMBER"]}}
    /// ```
    ///
    /// Source: journeys.md 10, J001, J003 and J029; campaigns.md 11, C002, C004 and C015; segments-and-endpoints.md 6, S002
    /// and S006; the API model's shape of the document.
    "malformed-member", Error, "a member does not have the form that the API demands", Document
}

fn check(document: &Document, found: &mut Findings) {
    let Some(shape) = document.id.shape().and_then(shapes::find) else { return };
    for mismatch in shapes::check(shape, document.root) {
        let at = mismatch.path;
        let name = match at.0.last() {
            Some(model::Step::Key(key)) => format!("`{key}`: "),
            Some(model::Step::Index(index)) => format!("element {}: ", index + 1),
            None => String::new(),
        };
        match &mismatch.problem {
            Problem::Unknown { .. } => {}
            Problem::Missing => {
                let member = at.0.last().map(|step| match step {
                    model::Step::Key(key) => key.clone(),
                    model::Step::Index(index) => index.to_string(),
                });
                let member = member.unwrap_or_default();
                let finding = found
                    .report(at.clone(), format!("`{member}` is required, but missing"))
                    .help(format!("add `{member}`"));
                if document.id.shape() == Some(wire::WriteJourneyRequest::SHAPE) && at == model::path!["Name"] {
                    finding.set("Name it like its file", &at, document.id.name());
                }
            }
            Problem::Type { expected, .. } => {
                let finding = found
                    .report(at.clone(), format!("{name}{}", mismatch.problem))
                    .help(format!("replace it by {expected}"));
                if let Some(value) = at.find(document.root).and_then(|value| converted(value, expected)) {
                    finding.set(format!("Write it as {expected}"), &at, value).safe();
                }
            }
            Problem::Word { found: text, allowed } => {
                let finding =
                    found.report(at.clone(), format!("{name}{}", mismatch.problem)).help("choose one of the words");
                if let Some(word) = allowed.iter().find(|word| word.eq_ignore_ascii_case(text)) {
                    finding.set(format!("Write {word}"), &at, *word).safe();
                }
            }
        }
    }
}

/// The same content in the JSON type that is expected, when there is no doubt about it.
fn converted(value: &Value, expected: &str) -> Option<Value> {
    match (value, expected) {
        (Value::String(text), "a whole number") => text.trim().parse::<i64>().ok().map(Value::from),
        (Value::String(text), "a number") => {
            text.trim().parse::<f64>().ok().and_then(Number::from_f64).map(Value::from)
        }
        (Value::String(text), "true or false") => text.trim().to_lowercase().parse::<bool>().ok().map(Value::from),
        (Value::Number(number), "a text") => Some(Value::from(number.to_string())),
        (Value::String(_), "a list") => Some(Value::Array(vec![value.clone()])),
        _ => None,
    }
}
