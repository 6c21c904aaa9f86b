use model::{Path, TemplateKind, path};
use serde_json::Value;

use crate::{Findings, TemplateContext};

rule! {
    /// Checks the sizes of a template: e-mail 600,000 characters and 15 headers, SMS 1,600, push 4,000 a part (ADM
    /// 6,000), voice 10,000, in-app 200,000, description 500.
    ///
    /// **Why it matters.** The service refuses larger ones.
    ///
    /// **Example.** An SMS of 2,000 characters.
    ///
    /// **How to fix it.** Shorten it; put pictures and long texts on a page, and link it.
    ///
    /// Source: templates.md 1 and 5.
    "template-size", Error, "a template is too large", Template
}

/// Headers of an e-mail.
pub(super) const HEADERS: usize = 15;

fn check(template: &TemplateContext, found: &mut Findings) {
    let mut limit = |at: Path, most: usize| {
        let count = at.find(template.document.root).map_or(0, letters);
        if count > most {
            let name = if at.0.is_empty() { "the template".to_owned() } else { format!("`{at}`") };
            found.report(at, format!("{name} has {count} characters; {most} is the most")).help("shorten it");
        }
    };
    limit(path!["TemplateDescription"], 500);
    match template.kind {
        TemplateKind::Email => limit(Path::default(), 600_000),
        TemplateKind::Sms => limit(path!["Body"], 1_600),
        TemplateKind::Voice => limit(path!["Body"], 10_000),
        TemplateKind::InApp => limit(Path::default(), 200_000),
        TemplateKind::Push => {
            for part in ["Default", "APNS", "GCM", "Baidu"] {
                limit(path![part], 4_000);
            }
            limit(path!["ADM"], 6_000);
        }
    }
    let headers = template.document.root.get("Headers").and_then(Value::as_array).map_or(0, Vec::len);
    if headers > HEADERS {
        found
            .report(path!["Headers"], format!("the template has {headers} headers; {HEADERS} is the most"))
            .help("take some away");
    }
}

/// The characters of all texts in a value.
fn letters(value: &Value) -> usize {
    match value {
        Value::String(text) => text.chars().count(),
        Value::Array(list) => list.iter().map(letters).sum(),
        Value::Object(object) => object.values().map(letters).sum(),
        _ => 0,
    }
}
