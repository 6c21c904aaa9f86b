use model::Path;

use crate::{Findings, TemplateContext};

rule! {
    /// Checks that a template's name starts with a letter or digit, has letters, digits, `_` and `-`, and at most 128
    /// characters.
    ///
    /// **Why it matters.** The service refuses the template; the name is part of its address.
    ///
    /// **Bad example.** `templates/email/spring sale`
    ///
    /// ```json
    /// {"templates/email/spring sale": {"TextPart": "Sale"}}
    /// ```
    ///
    /// **How to fix it.** Rename the folder, and the activities that name it: `spring-sale`.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"templates/email/spring-sale": {"TextPart": "Sale"}}
    /// ```
    ///
    /// Source: templates.md 1.
    "template-name", Error, "a template's name is not allowed", Template
}

fn check(template: &TemplateContext, found: &mut Findings) {
    let name = template.document.id.name();
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let message = if let Some(wrong) = name.chars().find(|c| !legal(*c)) {
        format!("the name `{name}` contains {wrong:?}")
    } else if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        format!("the name `{name}` does not start with a letter or digit")
    } else if name.len() > 128 {
        format!("the name has {} characters; 128 is the most", name.len())
    } else {
        return;
    };
    found.report(Path::default(), message).help("rename the template's folder, and what names it");
}
