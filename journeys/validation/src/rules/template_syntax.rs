use model::{Path, Step};

use crate::{Findings, TemplateContext};

rule! {
    /// Checks that every part of a template can be read: braces close, blocks end, helpers exist.
    ///
    /// **Why it matters.** The service refuses the template, and no message could be written with it.
    ///
    /// **Bad example.** `"Subject": "Hello {{User.UserId"`
    ///
    /// ```json
    /// {"templates/email/news": {"Subject": "Hello {{Id", "TextPart": "News"}}
    /// ```
    ///
    /// **How to fix it.** Close the braces at the place that the message names.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"templates/email/news": {"Subject": "Hello {{Id}}", "TextPart": "News"}}
    /// ```
    ///
    /// Source: templates.md 3 and 4.
    "template-syntax", Error, "a template can not be read", Template
}

fn check(template: &TemplateContext, found: &mut Findings) {
    let Err(error) = &template.compiled else { return };
    if error.part == "DefaultSubstitutions" {
        return; // `default-substitutions` says so
    }
    let names = error.part.split('.').take(if error.part.starts_with("Headers") { 1 } else { 2 });
    let at = Path(names.map(Step::from).collect());
    found
        .report(at, format!("`{}`, line {}, column {}: {}", error.part, error.line, error.column, error.message))
        .help("correct the template at this place");
}
