//! The words beside the subject of an e-mail, where its page or the source of its page has them.

use bridge::{Preheader, WritePreheader};
use model::{DocumentId, Edit, Markup, Path, Project, TemplateKind, path};
use serde_json::Value;
use templates::{mjml_preheader, preheader, with_mjml_preheader, with_preheader};

use crate::failure::{Outcome, bad_input, not_found};
use crate::source;

/// The words of a template as they are, and whether they can be changed where they stand.
pub(crate) fn of(project: &Project, template: &str) -> Preheader {
    let html = html(project, template);
    let fixed = |why: &str| Preheader { words: preheader(html).unwrap_or_default(), fixed: Some(why.to_owned()) };
    let Some((markup, text)) = project.source(template) else {
        if html.trim().is_empty() {
            return fixed("an e-mail without HTML has none: mailboxes show its first words");
        }
        return Preheader { words: preheader(html).unwrap_or_default(), fixed: None };
    };
    let (read, begins) = match markup {
        Markup::Mjml => (mjml_preheader(text), "<mj-head"),
        _ => (preheader(text), "<body"),
    };
    if let Some(words) = read {
        return Preheader { words, fixed: None };
    }
    let id = DocumentId::Source(TemplateKind::Email, markup, template.to_owned());
    let begins_elsewhere = match source::put_in(project, &id, markup, text) {
        Ok(whole) => !text.contains(begins) && whole.text.contains(begins),
        Err(_) => return fixed("the source has a mistake"),
    };
    match () {
        () if preheader(html).is_some_and(|words| !words.is_empty()) => fixed("it stands in a partial"),
        () if begins_elsewhere => fixed("the beginning of the page stands in a partial"),
        () if markup == Markup::Mjml && with_mjml_preheader(text, "x") == text => {
            fixed("there is no <mjml> element yet that it could stand in")
        }
        () => Preheader::default(),
    }
}

/// The edit that writes other words: of the page, or of its source and the page that is made of it.
///
/// # Errors
/// Where they can not be changed, or nothing can be made of the source.
pub(crate) fn write(command: &WritePreheader) -> Outcome<Edit> {
    let WritePreheader { project, template, words } = command;
    let id = DocumentId::Template(TemplateKind::Email, template.clone());
    if !project.documents.contains_key(&id) {
        return Err(not_found(format!("there is no {id}"), "it may have been taken away; undo brings it back"));
    }
    if let Some(why) = of(project, template).fixed {
        return Err(bad_input(format!("the preheader can not be changed here: {why}"), "change it where it stands"));
    }
    let edit = Edit::new("Change preheader");
    let Some((markup, text)) = project.source(template) else {
        return Ok(edit.set(&id, path!["HtmlPart"], with_preheader(html(project, template), words)));
    };
    let text = match markup {
        Markup::Mjml => with_mjml_preheader(text, words),
        _ => with_preheader(text, words),
    };
    let source = DocumentId::Source(TemplateKind::Email, markup, template.clone());
    let mut changed = project.clone();
    changed.documents.insert(source.clone(), Value::String(text.clone()));
    let made = source::make(&changed, &source);
    if let Some(problem) = made.problems.into_iter().find(|problem| problem.is_error) {
        let message = format!("no page can be made of the source: {}", problem.message);
        return Err(bad_input(message, "correct the source first"));
    }
    let mut edit = edit.set(&source, Path::default(), text);
    edit.changes.extend(source::changes(project, &id, made.texts));
    Ok(edit)
}

/// The HTML part of an e-mail template; empty = it has none.
fn html<'a>(project: &'a Project, template: &str) -> &'a str {
    let part = project.template(TemplateKind::Email, template).and_then(|root| root.get("HtmlPart"));
    part.and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn project(html: &str, others: &[(&str, &str)]) -> Project {
        let mut project = Project::default();
        project.documents.insert("templates/email/hello".parse().unwrap(), json!({"HtmlPart": html}));
        for (id, text) in others {
            project.documents.insert(id.parse().unwrap(), json!(text));
        }
        project
    }

    /// The project after the words were written.
    fn written(project: &Project, words: &str) -> Project {
        let command =
            WritePreheader { project: project.clone(), template: "hello".to_owned(), words: words.to_owned() };
        let edit = write(&command).unwrap();
        assert_eq!(edit.label, "Change preheader");
        let mut after = project.clone();
        let inverse = after.apply(&edit).unwrap();
        let mut back = after.clone();
        back.apply(&inverse).unwrap();
        assert_eq!(&back, project, "one step of undo takes it back");
        after
    }

    fn fixed(project: &Project) -> String {
        let command = WritePreheader { project: project.clone(), template: "hello".to_owned(), words: "x".to_owned() };
        assert_eq!(write(&command).unwrap_err().code, bridge::FailureCode::BadInput);
        of(project, "hello").fixed.unwrap()
    }

    #[test]
    fn words_are_written_into_the_page_or_into_its_source() {
        let by_hand = project("<body><p>Hi</p></body>", &[]);
        assert_eq!(of(&by_hand, "hello"), Preheader::default());
        let after = written(&by_hand, "Now, {{Attributes.Name}}");
        assert_eq!(of(&after, "hello").words, "Now, {{Attributes.Name}}");
        assert_eq!(written(&after, ""), by_hand);

        let mjml =
            "<mjml><mj-body><mj-section><mj-column><mj-text>Hi</mj-text></mj-column></mj-section></mj-body></mjml>";
        let of_mjml = project("old", &[("templates/email/hello/source.mjml", mjml)]);
        let after = written(&of_mjml, "Now & then");
        assert!(after.source("hello").unwrap().1.contains("<mj-preview>Now &amp; then</mj-preview>"));
        assert_eq!(of(&after, "hello"), Preheader { words: "Now & then".to_owned(), fixed: None });
        assert_eq!(preheader(html(&after, "hello")).as_deref(), Some("Now & then"), "the page has it");

        let source = ("templates/email/hello/source.html", "<body>{{> bye}}</body>");
        let of_html = project("old", &[source, ("templates/partials/bye.html", "Bye")]);
        let after = written(&of_html, "Now");
        assert!(after.source("hello").unwrap().1.contains(">Now</div>{{> bye}}"));
        assert!(html(&after, "hello").contains(">Now</div>Bye"));
    }

    #[test]
    fn where_it_can_not_be_changed_the_reason_is_told() {
        assert!(fixed(&project("", &[])).contains("without HTML"));
        let partial = ("templates/partials/top.html", "<body><div style='display:none'>Early</div>");
        let html = "<body><div style='display:none'>Early</div>Hi";
        let of_html = project(html, &[("templates/email/hello/source.html", "{{> top}}Hi"), partial]);
        assert_eq!(fixed(&of_html), "it stands in a partial");
        assert_eq!(of(&of_html, "hello").words, "Early");
        let body = ("templates/partials/top.html", "<html><body>");
        let of_html = project("<html><body>Hi", &[("templates/email/hello/source.html", "{{> top}}Hi"), body]);
        assert!(fixed(&of_html).contains("beginning"));
        assert!(fixed(&project("x", &[("templates/email/hello/source.html", "{{> top}}Hi")])).contains("mistake"));
        assert!(fixed(&project("x", &[("templates/email/hello/source.mjml", "")])).contains("<mjml>"));
    }
}
