//! HTML parts that are made from a source: MJML or HTML, with the partials of the project.
//!
//! What is published is the template, Pinpoint's own; source and partials stay in the folder.

use std::collections::BTreeSet;

use bridge::{Built, BuiltPart, FileProblem, SourceProblem, SourceState};
use model::{DocumentId, Markup, Project, TemplateKind};
use mrml::prelude::parser::{Error, ParserOptions, Span, WarningKind};
use mrml::prelude::render::RenderOptions;
use serde_json::Value;
use templates::{Expanded, expand, line_and_column, tag_length};

/// What a source gives.
#[derive(Clone, Debug, Default)]
pub(crate) struct Made {
    /// The HTML part; `None` = there is a mistake.
    pub html: Option<String>,
    /// The partials in it.
    pub partials: Vec<DocumentId>,
    /// Mistakes, and what is left out.
    pub problems: Vec<SourceProblem>,
}

/// Makes the HTML part of an e-mail template; `None` = it has no source.
pub(crate) fn make(project: &Project, template: &str) -> Option<Made> {
    let (markup, text) = project.source(template)?;
    let id = DocumentId::Source(markup, template.to_owned());
    let file = |name: &str| project.documents.get(&DocumentId::Partial(name.to_owned()))?.as_str();
    let endings: &[&str] = match markup {
        Markup::Mjml => &["mjml", "html"],
        Markup::Html => &["html"],
    };
    let whole = match expand(text, endings, &file) {
        Ok(whole) => whole,
        Err(error) => {
            let problem = SourceProblem {
                document: error.partial.map_or(id, DocumentId::Partial),
                line: error.line as u64,
                column: error.column as u64,
                message: error.message,
                is_error: true,
            };
            return Some(Made { problems: vec![problem], ..Made::default() });
        }
    };
    let partials = whole.partials.iter().cloned().map(DocumentId::Partial).collect();
    if markup == Markup::Html {
        return Some(Made { html: Some(whole.text), partials, problems: Vec::new() });
    }
    let at = |place: usize, message: String, is_error: bool| {
        let (partial, offset) = whole.origin(place.min(whole.text.len()));
        let document = partial.map_or(id.clone(), |name| DocumentId::Partial(name.to_owned()));
        let (line, column) = line_and_column(partial.and_then(file).unwrap_or(text), offset);
        SourceProblem { document, line: line as u64, column: column as u64, message, is_error }
    };
    let (html, problems) = match mjml(&whole) {
        Ok((html, warnings)) => {
            (Some(html), warnings.into_iter().map(|(place, message)| at(place, message, false)).collect())
        }
        Err((place, message)) => (None, vec![at(place, message, true)]),
    };
    Some(Made { html, partials, problems })
}

/// What the source of a template says today; `None` = it has none.
pub(crate) fn state(project: &Project, template: &str) -> Option<SourceState> {
    let made = make(project, template)?;
    let part = project.template(TemplateKind::Email, template).and_then(|root| root.get("HtmlPart"));
    let part = part.and_then(Value::as_str).unwrap_or_default();
    Some(SourceState { differs: made.html.is_some_and(|html| html != part), problems: made.problems })
}

/// What keeps HTML parts from being what their sources say, of one template or of all; as problems of the files.
pub(crate) fn problems(project: &Project, only: Option<&DocumentId>) -> Vec<FileProblem> {
    let mut found = Vec::new();
    for name in project.template_names(TemplateKind::Email) {
        let template = DocumentId::Template(TemplateKind::Email, name.to_owned());
        if only.is_some_and(|only| *only != template) {
            continue;
        }
        let (Some(state), Some((markup, _))) = (state(project, name), project.source(name)) else { continue };
        let problem = |document: DocumentId, line, column, message: String| FileProblem {
            file: document.file(),
            document: Some(document),
            line,
            column,
            message,
        };
        let errors = state.problems.into_iter().filter(|problem| problem.is_error);
        found.extend(
            errors.map(|wrong| problem(wrong.document, wrong.line as usize, wrong.column as usize, wrong.message)),
        );
        if state.differs {
            let message = "the HTML part beside it is not what this makes: make it again in the studio".to_owned();
            found.push(problem(DocumentId::Source(markup, name.to_owned()), 0, 0, message));
        }
    }
    found.dedup();
    found
}

/// Makes the HTML parts again that have one of the changed texts in them.
pub(crate) fn build(command: bridge::Build) -> Built {
    let project = &command.project;
    let changed: BTreeSet<&DocumentId> = command.changed.iter().collect();
    let mut built = Built::default();
    for name in project.template_names(TemplateKind::Email) {
        let Some((markup, _)) = project.source(name) else { continue };
        let Some(made) = make(project, name) else { continue };
        let has = |id: &DocumentId| changed.contains(id);
        let concerned = has(&DocumentId::Source(markup, name.to_owned())) || made.partials.iter().any(has);
        let broken = made.problems.iter().any(|problem| has(&problem.document));
        if !concerned && !broken {
            continue;
        }
        if let Some(html) = made.html {
            built.parts.push(BuiltPart { template: name.to_owned(), html });
        }
        built.problems.extend(made.problems);
    }
    built.problems.sort_by(|a, b| (&a.document, a.line, a.column).cmp(&(&b.document, b.line, b.column)));
    built.problems.dedup();
    built
}

/// A place in the text, in bytes, and what is wrong there.
type Wrong = (usize, String);

/// HTML of MJML; also what was left out.
fn mjml(source: &Expanded) -> Result<(String, Vec<Wrong>), Wrong> {
    let text = &source.text;
    if text.trim().is_empty() {
        return Ok((String::new(), Vec::new()));
    }
    elements(text)?;
    let read = mrml::parse_with_options(text, &ParserOptions::default()).map_err(|error| explain(text, &error))?;
    let warnings = read.warnings.iter().map(|warning| {
        let written = piece(text, warning.span);
        let message = match warning.kind {
            WarningKind::UnexpectedAttribute => format!("the attribute `{written}` means nothing here"),
            WarningKind::InlineStyleUnsupported => {
                "`inline` styles stay in the head: not every mail program reads them there".to_owned()
            }
        };
        (warning.span.start, message)
    });
    let warnings = warnings.collect();
    let html = read.element.render(&RenderOptions::default()).map_err(|error| (0, error.to_string()))?;
    Ok((html, warnings))
}

/// The elements of MJML.
const ELEMENTS: [&str; 33] = [
    "mjml",
    "mj-accordion",
    "mj-accordion-element",
    "mj-accordion-text",
    "mj-accordion-title",
    "mj-all",
    "mj-attributes",
    "mj-body",
    "mj-breakpoint",
    "mj-button",
    "mj-carousel",
    "mj-carousel-image",
    "mj-class",
    "mj-column",
    "mj-divider",
    "mj-font",
    "mj-group",
    "mj-head",
    "mj-hero",
    "mj-image",
    "mj-navbar",
    "mj-navbar-link",
    "mj-preview",
    "mj-raw",
    "mj-section",
    "mj-social",
    "mj-social-element",
    "mj-spacer",
    "mj-style",
    "mj-table",
    "mj-text",
    "mj-title",
    "mj-wrapper",
];

/// Whether every element is one of MJML's, and is closed where it has to be: what reads MJML notices that only at the end.
fn elements(text: &str) -> Result<(), Wrong> {
    let mut open: Vec<(&str, usize)> = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].find('<') {
        at += next;
        let rest = &text[at..];
        if rest.starts_with("<!--") {
            at += rest.find("-->").unwrap_or(rest.len());
            continue;
        }
        let closes = rest.starts_with("</");
        let inside = &rest[if closes { 2 } else { 1 }..];
        let name = &inside[..inside.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(inside.len())];
        if name != "mjml" && !name.starts_with("mj-") {
            at += 1;
            continue;
        }
        if !ELEMENTS.contains(&name) {
            let meant = model::similar::similar(name, ELEMENTS.into_iter());
            let meant = meant.map(|meant| format!("; `{meant}` is one")).unwrap_or_default();
            return Err((at, format!("MJML has no element `{name}`{meant}")));
        }
        let length = tag_length(rest);
        if closes {
            match open.pop() {
                Some((opened, _)) if opened == name => {}
                Some((opened, place)) if open.iter().any(|(known, _)| *known == name) => {
                    return Err((place, format!("`{opened}` is not closed before `</{name}>`")));
                }
                _ => return Err((at, format!("`{name}` is closed here, but is not open"))),
            }
        } else if !rest[..length].ends_with("/>") {
            open.push((name, at));
        }
        at += length;
    }
    match open.pop() {
        Some((name, place)) => Err((place, format!("`{name}` is never closed"))),
        None => Ok(()),
    }
}

/// What is written at a place, cut short.
fn piece(text: &str, span: Span) -> String {
    let written = text.get(span.start..span.end).unwrap_or_default();
    written.lines().next().unwrap_or_default().chars().take(40).collect()
}

/// The place of an error, and what it is.
fn explain(text: &str, error: &Error) -> Wrong {
    let of = |span: &Span, message: &str| (span.start, format!("{message}: `{}`", piece(text, *span)));
    match error {
        Error::UnexpectedElement { position, .. } => of(position, "this element may not stand here"),
        Error::UnexpectedToken { position, .. } => {
            of(position, "this may not stand here; what is no MJML goes into <mj-raw> or <mj-text>")
        }
        Error::MissingAttribute { name, position, .. } => of(position, &format!("the attribute `{name}` is missing")),
        Error::InvalidAttribute { position, .. } => of(position, "this attribute can not be read"),
        Error::InvalidFormat { position, .. } => of(position, "this can not be read"),
        Error::IncludeLoaderError { position, .. } => of(position, "this can not be included"),
        Error::EndOfStream { .. } => (text.len(), "the text ends before its last element is closed".to_owned()),
        Error::SizeLimit { .. } => (0, "the text is too long".to_owned()),
        Error::NoRootNode => (0, "there is no <mjml> element around the whole".to_owned()),
        Error::ParserError { source, .. } => {
            let position = source.pos();
            let (row, column) = (position.row as usize, position.col as usize);
            let before: usize = text.split_inclusive('\n').take(row.saturating_sub(1)).map(str::len).sum();
            let line = &text[before.min(text.len())..];
            let within = line.char_indices().nth(column.saturating_sub(1)).map_or(line.len(), |(at, _)| at);
            (before + within, "this is no markup that can be read".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn project(documents: &[(&str, &str)]) -> Project {
        let mut project = Project::default();
        for (id, text) in documents {
            let id: DocumentId = id.parse().unwrap();
            let value = if matches!(id, DocumentId::Template(..)) { json!({"HtmlPart": text}) } else { json!(text) };
            project.documents.insert(id, value);
        }
        project
    }

    const HELLO: &str = "<mjml>\n<mj-body>\n{{> top}}\n<mj-section><mj-column><mj-text>Hi {{Attributes.Name}} ü {{> bye}}</mj-text></mj-column></mj-section>\n</mj-body></mjml>\n";
    const TOP: &str = "<mj-section><mj-column>\n<mj-image src=\"a.png\" alt=\"Shop\" /></mj-column></mj-section>\n";

    #[test]
    fn mjml_with_partials_becomes_html() {
        let mut project = project(&[
            ("templates/email/hello", "old"),
            ("templates/email/hello/source.mjml", HELLO),
            ("templates/email/other", "<p>Bye</p>"),
            ("templates/email/other/source.html", "<p>{{> bye}}</p>"),
            ("templates/email/plain", "by hand"),
            ("templates/partials/top.mjml", TOP),
            ("templates/partials/bye.html", "<b>Bye</b>\n"),
        ]);
        let made = make(&project, "hello").unwrap();
        assert_eq!(made.problems, []);
        let html = made.html.unwrap();
        assert_eq!(make(&project, "hello").unwrap().html.as_deref(), Some(html.as_str()), "the same each time");
        assert!(html.contains("Hi {{Attributes.Name}} ü <b>Bye</b>") && html.contains("a.png"), "{html}");
        assert!(html.contains("<table") && !html.contains("<mj-"), "{html}");
        assert!(state(&project, "hello").unwrap().differs, "the part is another");
        assert_eq!(state(&project, "plain"), None);
        let bye: DocumentId = "templates/partials/bye.html".parse().unwrap();
        let built = |project: &Project| build(bridge::Build { project: project.clone(), changed: vec![bye.clone()] });
        let names: Vec<_> = built(&project).parts.into_iter().map(|part| part.template).collect();
        assert_eq!(names, ["hello", "other"]);
        project.documents.insert(bye.clone(), json!("See you"));
        assert_eq!(built(&project).parts[1].html, "<p>See you</p>");
        assert!(state(&project, "other").unwrap().differs);
        let told = problems(&project, Some(&"templates/email/other".parse().unwrap()));
        let told: Vec<_> =
            told.iter().map(|one| (one.file.as_str(), one.message.contains("not what this makes"))).collect();
        assert_eq!(told, [("templates/email/other/source.html", true)]);
        assert_eq!(problems(&project, None).len(), 2);
    }

    #[test]
    fn sources_are_read_and_saved_as_the_texts_that_they_are() {
        let place = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| files::write(&place.path().join(name), text.as_bytes()).unwrap();
        let text = |name: &str| std::fs::read_to_string(place.path().join(name)).ok();
        write("templates/email/hello/template.json", "{}\n");
        write("templates/email/hello/source.mjml", HELLO);
        write("templates/email/hello/source.html", "both");
        write("templates/partials/top.mjml", TOP);
        write("templates/partials/notes.txt", "not ours");
        let mut folder = crate::folder::read(place.path()).unwrap();
        let problems: Vec<_> = folder.problems.iter().map(|problem| problem.file.as_str()).collect();
        assert_eq!(problems, ["templates/email/hello/source.html"], "only one of both counts");
        assert_eq!(folder.project.source("hello"), Some((Markup::Mjml, HELLO)));
        let mut project = folder.project.clone();
        let removed: DocumentId = "templates/email/hello/source.html".parse().unwrap();
        project.documents.remove(&removed);
        project.documents.insert("templates/partials/top.mjml".parse().unwrap(), json!("new"));
        project.documents.insert("templates/partials/bye.html".parse().unwrap(), json!("bye\n"));
        let removed = [removed];
        let request = crate::save::Request {
            folder: place.path(),
            project: &project,
            removed: &removed,
            overwrite_damaged: true,
        };
        let saved = crate::save::save(request, &mut folder).unwrap();
        assert_eq!(saved.written, ["templates/partials/bye.html", "templates/partials/top.mjml"]);
        assert_eq!(saved.removed, ["templates/email/hello/source.html"]);
        assert_eq!(text("templates/partials/top.mjml").as_deref(), Some("new"));
        assert_eq!(text("templates/email/hello/source.mjml").as_deref(), Some(HELLO));
        assert_eq!(text("templates/email/hello/source.html"), None);
        assert_eq!(crate::folder::read(place.path()).unwrap().project.documents, project.documents);
    }

    #[test]
    fn mistakes_have_a_file_and_a_line() {
        let wrong = |source: &str, top: &str| {
            let project = project(&[
                ("templates/email/hello/source.mjml", source),
                ("templates/partials/top.mjml", top),
                ("templates/partials/bye.html", "bye"),
            ]);
            let mut made = make(&project, "hello").unwrap();
            assert_eq!(made.html.is_none(), made.problems[0].is_error);
            let first = made.problems.remove(0);
            (first.document.to_string(), first.line, first.message)
        };
        let source = "templates/email/hello/source.mjml".to_owned();
        let top = "templates/partials/top.mjml".to_owned();
        for (text, line, says) in [
            ("<mj-section>\n<mj-column></mj-section>", 2, "`mj-column` is not closed before `</mj-section>`"),
            ("<mj-section>\n</mj-column></mj-section>", 2, "`mj-column` is closed here, but is not open"),
            (
                "<mj-section>\n<mj-colum></mj-colum></mj-section>",
                2,
                "MJML has no element `mj-colum`; `mj-column` is one",
            ),
            ("<mj-section>\n<mj-image src=></mj-section>", 2, "`mj-image` is not closed before `</mj-section>`"),
            ("<mj-section>\n<mj-image src=></mj-image></mj-section>", 2, "this is no markup that can be read"),
        ] {
            assert_eq!(wrong(HELLO, text), (top.clone(), line, says.to_owned()), "{text}");
        }
        let (file, line, message) = wrong(&HELLO.replace("</mj-text>", ""), TOP);
        assert_eq!((&file, line), (&source, 4), "{message}");
        let (file, line, message) = wrong("<mjml>\n<mj-body>\n", TOP);
        assert_eq!((&file, line, message.as_str()), (&source, 2, "`mj-body` is never closed"));
        let (file, line, message) = wrong("<p>Hi</p>", TOP);
        assert_eq!((&file, line), (&source, 1), "{message}");
        let (file, line, message) = wrong(HELLO, "{{> nothing}}");
        assert_eq!((&file, line, message.contains("nothing")), (&top, 1, true), "{message}");
        let (file, line, message) = wrong(&HELLO.replace("<mjml>", "<mjml\n odd=\"1\">"), TOP);
        assert_eq!((&file, line, message.contains("odd")), (&source, 2, true), "{message}");
    }

    #[test]
    fn broken_mjml_is_an_error_and_no_panic() {
        let whole = HELLO.replace("{{> top}}", TOP);
        for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
            let project = project(&[
                ("templates/email/hello/source.mjml", &whole[..end]),
                ("templates/partials/bye.html", "bye"),
            ]);
            let made = make(&project, "hello").unwrap();
            assert!(made.html.is_some() || made.problems.iter().any(|problem| problem.is_error), "{end}");
        }
    }
}
