//! Texts of templates that are made from a source: MJML, HTML or plain text, with the partials of the project.
//!
//! What is published is the template, Pinpoint's own; source and partials stay in the folder.

use std::collections::BTreeSet;

use bridge::{Built, FileProblem, SourceProblem, SourceState};
use model::shapes::{self, Kind, SHAPES, Shape};
use model::{Change, DocumentId, Edit, Markup, Path, Project, Step, TemplateKind, edit, path};
use mrml::prelude::parser::{Error, ParserOptions, Span, WarningKind};
use mrml::prelude::render::RenderOptions;
use serde_json::Value;
use templates::{Expanded, expand, line_and_column, tag_length};

/// What a source gives.
#[derive(Clone, Debug, Default)]
pub(crate) struct Made {
    /// Places in the template, and the texts for them; those with a mistake are left out.
    pub texts: Vec<(Path, String)>,
    /// The partials in them.
    pub partials: Vec<DocumentId>,
    /// Mistakes, and what is left out.
    pub problems: Vec<SourceProblem>,
}

impl Made {
    fn add(&mut self, place: Path, text: String, partials: &[String]) {
        self.texts.push((place, text));
        self.partials.extend(partials.iter().cloned().map(DocumentId::Partial));
    }
}

/// Makes the texts of a source; nothing of what is no source.
pub(crate) fn make(project: &Project, id: &DocumentId) -> Made {
    let mut made = Made::default();
    let (DocumentId::Source(kind, markup, _), Some(value)) = (id, project.documents.get(id)) else { return made };
    let wrong = |message: String| SourceProblem { document: id.clone(), line: 1, column: 1, message, is_error: true };
    match (markup, markup.member(*kind), value) {
        (Markup::Members, _, Value::Object(members)) => {
            for (member, text) in members {
                let place = place(member).filter(|place| is_text(*kind, place));
                let (Some(place), Some(text)) = (place, text.as_str()) else {
                    made.problems.push(wrong(format!("`{member}` is no member with a text, as `APNS.Body` is")));
                    continue;
                };
                match put_in(project, id, *markup, text) {
                    Ok(whole) => made.add(place, whole.text, &whole.partials),
                    Err(problem) if problem.document == *id => {
                        let message = format!("in `{member}`: {}", problem.message);
                        made.problems.push(SourceProblem { message, ..problem });
                    }
                    Err(problem) => made.problems.push(problem),
                }
            }
        }
        (Markup::Mjml, Some(member), Value::String(text)) => match put_in(project, id, *markup, text) {
            Ok(whole) => of_mjml(project, id, &whole, path![member], &mut made),
            Err(problem) => made.problems.push(problem),
        },
        (Markup::Html | Markup::Text, Some(member), Value::String(text)) => match put_in(project, id, *markup, text) {
            Ok(whole) => made.add(path![member], whole.text, &whole.partials),
            Err(problem) => made.problems.push(problem),
        },
        _ => made.problems.push(wrong("this is no source of texts".to_owned())),
    }
    made
}

/// A text of a source with its partials in it.
pub(crate) fn put_in(
    project: &Project,
    id: &DocumentId,
    markup: Markup,
    text: &str,
) -> Result<Expanded, SourceProblem> {
    let endings: &[&str] = match markup {
        Markup::Mjml => &["mjml", "html"],
        Markup::Html => &["html"],
        Markup::Text | Markup::Members => &["txt"],
    };
    expand(text, endings, &|name| partial(project, name)).map_err(|error| SourceProblem {
        document: error.partial.map_or_else(|| id.clone(), DocumentId::Partial),
        line: error.line as u64,
        column: error.column as u64,
        message: error.message,
        is_error: true,
    })
}

fn partial<'a>(project: &'a Project, name: &str) -> Option<&'a str> {
    project.documents.get(&DocumentId::Partial(name.to_owned()))?.as_str()
}

fn of_mjml(project: &Project, id: &DocumentId, whole: &Expanded, place: Path, made: &mut Made) {
    let source = project.documents.get(id).and_then(Value::as_str).unwrap_or_default();
    let at = |place: usize, message: String, is_error: bool| {
        let (name, offset) = whole.origin(place.min(whole.text.len()));
        let document = name.map_or_else(|| id.clone(), |name| DocumentId::Partial(name.to_owned()));
        let text = name.and_then(|name| partial(project, name)).unwrap_or(source);
        let (line, column) = line_and_column(text, offset);
        SourceProblem { document, line: line as u64, column: column as u64, message, is_error }
    };
    match mjml(whole) {
        Ok((html, warnings)) => {
            made.add(place, html, &whole.partials);
            made.problems.extend(warnings.into_iter().map(|(place, message)| at(place, message, false)));
        }
        Err((place, message)) => {
            made.partials.extend(whole.partials.iter().cloned().map(DocumentId::Partial));
            made.problems.push(at(place, message, true));
        }
    }
}

/// The place that a member is written as: `APNS.Body`, `Content[0].HeaderConfig.Header`.
fn place(written: &str) -> Option<Path> {
    let mut place = Path::default();
    for step in written.split('.') {
        let (key, mut rest) = step.split_at(step.find('[').unwrap_or(step.len()));
        place = place.join(Some(key).filter(|key| !key.is_empty())?);
        while let Some((index, more)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            place = place.join(index.parse::<usize>().ok()?);
            rest = more;
        }
        if !rest.is_empty() {
            return None;
        }
    }
    Some(place)
}

/// Whether templates of a kind have a text at that place.
fn is_text(kind: TemplateKind, place: &Path) -> bool {
    let inner = |shape: &'static Shape, step: &Step| match (shape.kind, step) {
        (Kind::Structure(_), Step::Key(key)) => {
            let member = shape.members().iter().find(|member| member.name == key)?;
            Some(&SHAPES[member.shape])
        }
        (Kind::List(inner), Step::Index(_)) | (Kind::Map(inner), Step::Key(_)) => Some(&SHAPES[inner]),
        _ => None,
    };
    let shape = shapes::find(kind.shape()).and_then(|shape| place.0.iter().try_fold(shape, inner));
    shape.is_some_and(|shape| matches!(shape.kind, Kind::Text))
}

/// What the sources of a template say today.
pub(crate) fn state(project: &Project, kind: TemplateKind, template: &str) -> Vec<SourceState> {
    let root = project.template(kind, template);
    let sources = project.sources(kind, template).into_iter().map(|(source, _)| {
        let made = make(project, &source);
        let differs = made.texts.iter().any(|(place, text)| {
            let part = root.and_then(|root| place.find(root)).and_then(Value::as_str).unwrap_or_default();
            part != text
        });
        SourceState { source, differs, problems: made.problems }
    });
    sources.collect()
}

/// What keeps texts from being what their sources say, of one template or of all; as problems of the files.
pub(crate) fn problems(project: &Project, only: Option<&DocumentId>) -> Vec<FileProblem> {
    let mut found = Vec::new();
    for (template, kind, name) in templates(project) {
        if only.is_some_and(|only| *only != template) {
            continue;
        }
        let problem = |document: DocumentId, line, column, message: String| FileProblem {
            file: document.file(),
            document: Some(document),
            line,
            column,
            message,
        };
        for state in state(project, kind, name) {
            let errors = state.problems.into_iter().filter(|problem| problem.is_error);
            found.extend(
                errors.map(|wrong| problem(wrong.document, wrong.line as usize, wrong.column as usize, wrong.message)),
            );
            if state.differs {
                let DocumentId::Source(kind, markup, _) = &state.source else { continue };
                let what = match markup.member(*kind) {
                    Some("HtmlPart") => "the HTML part beside it is",
                    Some(_) => "the text beside it is",
                    None => "the texts beside it are",
                };
                let message = format!("{what} not what this makes: make it again in the studio");
                found.push(problem(state.source, 0, 0, message));
            }
        }
    }
    found.dedup();
    found
}

/// All templates, by kind and name.
fn templates(project: &Project) -> impl Iterator<Item = (DocumentId, TemplateKind, &str)> {
    project.documents.keys().filter_map(|id| match id {
        DocumentId::Template(kind, name) => Some((id.clone(), *kind, name.as_str())),
        _ => None,
    })
}

/// Makes the texts again that have one of the changed ones in them.
pub(crate) fn build(command: bridge::Build) -> Built {
    let project = &command.project;
    let changed: BTreeSet<&DocumentId> = command.changed.iter().collect();
    let has = |id: &DocumentId| changed.contains(id);
    let mut built = Built { edit: Edit::new(""), templates: Vec::new(), problems: Vec::new() };
    for (template, kind, name) in templates(project) {
        for (source, _) in project.sources(kind, name) {
            let made = make(project, &source);
            let concerned = has(&source) || made.partials.iter().any(has);
            if !concerned && !made.problems.iter().any(|problem| has(&problem.document)) {
                continue;
            }
            built.edit.changes.extend(changes(project, &template, made.texts));
            built.problems.extend(made.problems);
            built.templates.push(template.clone());
        }
    }
    built.templates.dedup();
    built.problems.sort_by(|a, b| (&a.document, a.line, a.column).cmp(&(&b.document, b.line, b.column)));
    built.problems.dedup();
    built
}

/// The changes that bring texts into their template; none where they stand there already.
pub(crate) fn changes(project: &Project, template: &DocumentId, texts: Vec<(Path, String)>) -> Vec<Change> {
    let mut changes = Vec::new();
    let Some(root) = project.documents.get(template) else { return changes };
    // Each is made over those before it: two may begin the same structure.
    let mut after = Project { documents: [(template.clone(), root.clone())].into(), ..Project::default() };
    for (place, text) in texts {
        let root = &after.documents[template];
        if place.find(root).and_then(Value::as_str) == Some(&text) {
            continue;
        }
        let made = edit::put("", template, root, &place, text.into());
        // An element that a list does not have can not be written: its text stays another, and that is told.
        if after.apply(&made).is_ok() {
            changes.extend(made.changes);
        }
    }
    changes
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
            let value = match &id {
                DocumentId::Template(TemplateKind::Email, _) => json!({"HtmlPart": text}),
                DocumentId::Template(..) | DocumentId::Source(_, Markup::Members, _) => {
                    serde_json::from_str(text).unwrap()
                }
                _ => json!(text),
            };
            project.documents.insert(id, value);
        }
        project
    }

    fn made(project: &Project, source: &str) -> Made {
        make(project, &source.parse().unwrap())
    }

    /// The project once what has the changed document in it was made again.
    fn built(project: &Project, changed: &str) -> (Built, Project) {
        let built = build(bridge::Build { project: project.clone(), changed: vec![changed.parse().unwrap()] });
        let mut after = project.clone();
        after.apply(&built.edit).unwrap();
        (built, after)
    }

    fn names(built: &Built) -> Vec<String> {
        built.templates.iter().map(ToString::to_string).collect()
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
        let made_of = |project: &Project| made(project, "templates/email/hello/source.mjml");
        let first = made_of(&project);
        assert_eq!(first.problems, []);
        let (_, html) = &first.texts[0];
        assert_eq!(made_of(&project).texts, first.texts, "the same each time");
        assert!(html.contains("Hi {{Attributes.Name}} ü <b>Bye</b>") && html.contains("a.png"), "{html}");
        assert!(html.contains("<table") && !html.contains("<mj-"), "{html}");
        let differs = |project: &Project, name: &str| state(project, TemplateKind::Email, name)[0].differs;
        assert!(differs(&project, "hello"), "the part is another");
        assert_eq!(state(&project, TemplateKind::Email, "plain"), []);
        let bye = "templates/partials/bye.html";
        let (found, after) = built(&project, bye);
        assert_eq!(names(&found), ["templates/email/hello", "templates/email/other"]);
        assert!(!differs(&after, "hello") && !differs(&after, "other"));
        project.documents.insert(bye.parse().unwrap(), json!("See you"));
        let (_, after) = built(&project, bye);
        assert_eq!(after.template(TemplateKind::Email, "other").unwrap()["HtmlPart"], "<p>See you</p>");
        assert!(differs(&project, "other"));
        let told = problems(&project, Some(&"templates/email/other".parse().unwrap()));
        let told: Vec<_> =
            told.iter().map(|one| (one.file.as_str(), one.message.contains("not what this makes"))).collect();
        assert_eq!(told, [("templates/email/other/source.html", true)]);
        assert_eq!(problems(&project, None).len(), 2);
    }

    #[test]
    fn texts_of_every_kind_are_made_with_their_partials() {
        let project = project(&[
            ("templates/email/hello", "<p>Hi</p>"),
            ("templates/email/hello/source.txt", "Hi\n{{> sign}}"),
            ("templates/sms/hello", "{\"Body\": \"old\"}"),
            ("templates/sms/hello/source.txt", "Hi {{Attributes.Name}}. {{> sign}}"),
            ("templates/voice/hello", "{}"),
            ("templates/voice/hello/source.txt", "<speak>Hi. {{> sign}}</speak>"),
            ("templates/push/hello", "{\"Default\": {\"Title\": \"Hi\"}}"),
            (
                "templates/push/hello/source.json",
                "{\"APNS.Title\": \"Hi {{> sign}}\", \"APNS.Body\": \"Bye {{> sign}}\", \"Default.Title\": \"Hi\"}",
            ),
            ("templates/inapp/hello", "{\"Content\": [{}]}"),
            ("templates/inapp/hello/source.json", "{\"Content[0].HeaderConfig.Header\": \"{{> sign}}\"}"),
            ("templates/sms/other", "{\"Body\": \"no source\"}"),
            ("templates/partials/sign.txt", "Your shop\n"),
            ("templates/partials/sign.html", "<b>Your shop</b>"),
        ]);
        let (found, after) = built(&project, "templates/partials/sign.txt");
        assert_eq!(found.problems, []);
        let all = ["email/hello", "sms/hello", "push/hello", "inapp/hello", "voice/hello"];
        assert_eq!(names(&found), all.map(|name| format!("templates/{name}")));
        let of = |kind: TemplateKind| after.template(kind, "hello").unwrap().clone();
        assert_eq!(of(TemplateKind::Email), json!({"HtmlPart": "<p>Hi</p>", "TextPart": "Hi\nYour shop"}));
        assert_eq!(of(TemplateKind::Sms), json!({"Body": "Hi {{Attributes.Name}}. Your shop"}));
        assert_eq!(of(TemplateKind::Voice), json!({"Body": "<speak>Hi. Your shop</speak>"}));
        let apple = json!({"Title": "Hi Your shop", "Body": "Bye Your shop"});
        assert_eq!(of(TemplateKind::Push), json!({"Default": {"Title": "Hi"}, "APNS": apple}));
        assert_eq!(of(TemplateKind::InApp)["Content"][0]["HeaderConfig"]["Header"], "Your shop");
        assert_eq!(built(&after, "templates/partials/sign.txt").0.edit.changes, [], "all is as it should be");
        assert_eq!(problems(&after, None), []);
        let files: Vec<_> = problems(&project, None).into_iter().map(|problem| problem.file).collect();
        let sources = ["email/hello/source.txt", "sms/hello/source.txt", "push/hello/source.json"];
        assert_eq!(files[..3], sources.map(|file| format!("templates/{file}")));
    }

    #[test]
    fn a_member_that_can_have_no_text_is_told() {
        for (member, is_right) in [
            ("APNS.Body", true),
            ("Default.Title", true),
            ("APNS", false),
            ("APNS.Nothing", false),
            ("", false),
            ("APNS..Body", false),
            ("Content[0].HeaderConfig.Header", false),
            ("APNS[0]", false),
            ("APNS.Body]", false),
        ] {
            let source = json!({ member: "text" }).to_string();
            let project = project(&[("templates/push/hello", "{}"), ("templates/push/hello/source.json", &source)]);
            let made = made(&project, "templates/push/hello/source.json");
            assert_eq!((made.texts.len() == 1, made.problems.is_empty()), (is_right, is_right), "{member}");
        }
        let missing = project(&[
            ("templates/push/hello", "{}"),
            ("templates/push/hello/source.json", "{\"APNS.Body\": \"{{> nothing}}\"}"),
        ]);
        let told = made(&missing, "templates/push/hello/source.json").problems;
        assert_eq!(told[0].message, "in `APNS.Body`: there is no partial `nothing.txt`");
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
        write("templates/partials/notes.md", "not ours");
        write("templates/push/news/template.json", "{}\n");
        write("templates/push/news/source.json", "{\n  \"APNS.Body\": \"Hi\"\n}\n");
        let mut folder = crate::folder::read(place.path()).unwrap();
        let problems: Vec<_> = folder.problems.iter().map(|problem| problem.file.as_str()).collect();
        assert_eq!(problems, ["templates/email/hello/source.html"], "only one of both counts");
        assert_eq!(folder.project.source("hello"), Some((Markup::Mjml, HELLO)));
        let mut project = folder.project.clone();
        let removed: DocumentId = "templates/email/hello/source.html".parse().unwrap();
        project.documents.remove(&removed);
        project.documents.insert("templates/partials/top.mjml".parse().unwrap(), json!("new"));
        project.documents.insert("templates/partials/bye.html".parse().unwrap(), json!("bye\n"));
        let news = "templates/push/news/source.json";
        assert_eq!(project.documents[&news.parse().unwrap()], json!({"APNS.Body": "Hi"}));
        project.documents.insert(news.parse().unwrap(), json!({"APNS.Body": "Bye"}));
        let removed = [removed];
        let request = crate::save::Request {
            folder: place.path(),
            project: &project,
            removed: &removed,
            overwrite_damaged: true,
        };
        let saved = crate::save::save(request, &mut folder).unwrap();
        assert_eq!(saved.written, ["templates/partials/bye.html", "templates/partials/top.mjml", news]);
        assert_eq!(text(news).as_deref(), Some("{\n  \"APNS.Body\": \"Bye\"\n}\n"));
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
            let mut made = made(&project, "templates/email/hello/source.mjml");
            assert_eq!(made.texts.is_empty(), made.problems[0].is_error);
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
            let made = made(&project, "templates/email/hello/source.mjml");
            assert!(!made.texts.is_empty() || made.problems.iter().any(|problem| problem.is_error), "{end}");
        }
    }
}
