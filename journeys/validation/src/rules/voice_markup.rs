use model::{DocumentId, TemplateKind, path};
use serde_json::Value;
use templates::{SsmlWrong, ssml_problems};

use crate::{Document, Findings};

rule! {
    /// Checks the speech markup of a voice message: tags that voices do not know, tags that are left open or closed without
    /// being open, and tags in a text that does not begin with `<speak>`.
    ///
    /// **Why it matters.** A voice refuses markup that it can not read, and nobody is called; without `<speak>` it reads the tags
    /// aloud.
    ///
    /// **Bad example.** The pause is left open.
    ///
    /// ```json
    /// {"templates/voice/call-me": {"Body": "<speak>Hello.<break time=\"1s\">Call us.</speak>"}}
    /// ```
    ///
    /// **How to fix it.** Close the tag, or write the name that is meant.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"templates/voice/call-me": {"Body": "<speak>Hello.<break time=\"1s\"/>Call us.</speak>"}}
    /// ```
    ///
    /// Source: our own judgement; templates.md 5 counts the tags of SSML in voice messages and does not list them.
    "voice-markup", Warning, "speech markup is wrong", Document
}

fn check(document: &Document, found: &mut Findings) {
    let DocumentId::Template(TemplateKind::Voice, _) = document.id else { return };
    let Some(text) = document.root.get("Body").and_then(Value::as_str) else { return };
    for problem in ssml_problems(text) {
        let (help, title) = match &problem.wrong {
            SsmlWrong::Outside(_) => {
                ("put all of the text between `<speak>` and `</speak>`".to_owned(), "Put it in <speak>")
            }
            SsmlWrong::Unknown(_, Some(meant)) => {
                (format!("`<{meant}>` is one that they know"), "Write the tag that is meant")
            }
            SsmlWrong::Unknown(_, None) => ("take it away, or write one that they know".to_owned(), ""),
            SsmlWrong::Open(name) => (format!("write `</{name}>` where it ends, or `<{name}/>`"), "Close the tag"),
            SsmlWrong::Stray(_) => ("take it away".to_owned(), "Take the tag away"),
        };
        let report = found.report(path!["Body"], problem.wrong.to_string()).help(help);
        if let Some(mended) = problem.mended {
            report.set(title, &path!["Body"], mended);
        }
    }
}
