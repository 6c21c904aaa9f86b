use model::{Path, TemplateKind};
use serde_json::Value;

use crate::{Findings, TemplateContext};

rule! {
    /// Checks that a template has something to send: a body, or for push notifications a part.
    ///
    /// **Why it matters.** People would get an empty message, or none.
    ///
    /// **Bad example.** An e-mail template with a subject and no body.
    ///
    /// ```json
    /// {"templates/email/news": {"Subject": "News"}}
    /// ```
    ///
    /// **How to fix it.** Write the body.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"templates/email/news": {"Subject": "News", "TextPart": "Our news"}}
    /// ```
    ///
    /// Source: templates.md 1; our own judgement.
    "template-empty", Warning, "a template has no content", Template
}

fn check(template: &TemplateContext, found: &mut Findings) {
    let bodies: &[&str] = match template.kind {
        TemplateKind::Email => &["HtmlPart", "TextPart"],
        TemplateKind::Sms | TemplateKind::Voice => &["Body"],
        TemplateKind::Push => &["Default", "APNS", "GCM", "ADM", "Baidu"],
        TemplateKind::InApp => &["Content"],
    };
    let filled = |member: &&str| match template.document.root.get(member) {
        Some(Value::String(text)) => !text.trim().is_empty(),
        Some(Value::Object(object)) => !object.is_empty(),
        Some(Value::Array(list)) => !list.is_empty(),
        _ => false,
    };
    if !bodies.iter().any(filled) {
        let names: Vec<_> = bodies.iter().map(|name| format!("`{name}`")).collect();
        found
            .report(Path::default(), format!("the template has nothing to send: {} missing", names.join(", ")))
            .help("write the content");
    }
}
