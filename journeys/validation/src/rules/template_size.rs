use model::{TemplateKind, path};
use templates::limits::{Excess, Unit, excesses};

use crate::rules::first_elements;
use crate::{Findings, TemplateContext};

rule! {
    /// Checks the sizes of a template: e-mail 600,000 characters and 15 headers, SMS 1,600, push 4,000 a part (ADM
    /// 6,000), voice 10,000, in-app 200,000, description 500.
    ///
    /// **Why it matters.** The service refuses larger ones.
    ///
    /// **Bad example.** An SMS of 2,000 characters.
    ///
    /// ```json
    /// {"templates/email/news": {
    ///   "TextPart": "News",
    ///   "Headers": [{"Name": "X-Campaign", "Value": "news"}, "*16"]
    /// }}
    /// ```
    ///
    /// **How to fix it.** Shorten it; put pictures and long texts on a page, and link it.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"templates/email/news": {
    ///   "TextPart": "News",
    ///   "Headers": [{"Name": "X-Campaign", "Value": "news"}, "*15"]
    /// }}
    /// ```
    ///
    /// Source: templates.md 1 and 5.
    "template-size", Error, "a template is too large", Template
}

fn check(template: &TemplateContext, found: &mut Findings) {
    for Excess { at, unit, count, most } in excesses(template.kind, template.document.root) {
        // What an in-app message shows has a rule of its own.
        let whole = at.0.is_empty();
        if template.kind == TemplateKind::InApp && !whole && at != path!["TemplateDescription"] {
            continue;
        }
        match unit {
            Unit::Characters => {
                let name = if whole { "the template".to_owned() } else { format!("`{at}`") };
                found.report(at, format!("{name} has {count} characters; {most} is the most")).help("shorten it");
            }
            Unit::Elements => {
                let name = if at == path!["Headers"] { "headers".to_owned() } else { format!("`{at}`") };
                let first = first_elements(template.document.root, &at, most);
                found
                    .report(at.clone(), format!("the template has {count} {name}; {most} is the most"))
                    .help("take some away")
                    .set(format!("Keep the first {most}"), &at, first);
            }
        }
    }
}
