//! The messages of a cohort in a file: who gets what when, and, when asked, what it says.

use std::borrow::Cow;
use std::path::Path;

use engine::SendStatus;
use model::{DocumentId, Project, TemplateKind};
use rayon::prelude::*;
use serde_json::Value;
use simulation::{Message, MessageRow};
use templates::{Substitutions, Template};

use super::Cohort;
use super::table::{Cell, Column, Kind, Table};
use crate::failure::Outcome;

/// Columns of a row; the last [`TEXTS`] only where messages are rendered.
const COLUMNS: &[Column] = &[
    ("person", Kind::Text),
    ("endpoint", Kind::Text),
    ("time", Kind::Time),
    ("channel", Kind::Text),
    ("activity", Kind::Text),
    ("template", Kind::Text),
    ("template_version", Kind::Text),
    ("status", Kind::Text),
    ("delivered", Kind::Time),
    ("opened", Kind::Time),
    ("outcome", Kind::Text),
    ("subject", Kind::Text),
    ("body", Kind::Text),
    ("problem", Kind::Text),
];

/// How many columns hold the text of a message.
const TEXTS: usize = 3;

/// Endpoints that one thread walks at a time, and how many such pieces are in memory together; of messages with their
/// texts, which may be long, less.
const PIECE: usize = 1 << 11;
const RENDERED_PIECE: usize = 1 << 6;
const PIECES: usize = 16;

/// The template of a message activity.
#[derive(PartialEq)]
pub(super) struct Content {
    kind: TemplateKind,
    name: String,
    /// `None` = the project has no such template.
    document: Option<Value>,
}

impl Content {
    /// The templates of the message activities of a program, by activity.
    pub fn of(project: &Project, program: &engine::Program) -> Vec<Option<Content>> {
        let content = |activity: u16| {
            let kind = program.kind(activity)?.template_kind()?;
            let name = program.template(activity).0?;
            let document = project.documents.get(&DocumentId::Template(kind, name.to_owned())).cloned();
            Some(Content { kind, name: name.to_owned(), document })
        };
        (0..u16::try_from(program.len()).unwrap_or(u16::MAX)).map(content).collect()
    }

    /// Whether both are the template of that kind and name, whatever it says.
    pub fn is_same_template(&self, other: &Content) -> bool {
        (self.kind, &self.name) == (other.kind, &other.name)
    }

    /// # Errors
    /// Why no message can be made, as a sentence.
    pub fn compile(&self) -> Result<Template, String> {
        let name = &self.name;
        let document = self.document.as_ref().ok_or_else(|| format!("there is no template `{name}`"))?;
        Template::compile(self.kind, document).map_err(|error| format!("template `{name}`: {error}"))
    }
}

/// What a message says.
#[derive(Clone, Debug, Default, PartialEq)]
struct Text {
    subject: Option<String>,
    body: Option<String>,
    problem: Option<String>,
}

type Templates = Vec<Option<Result<Template, String>>>;

impl Cohort {
    /// Writes the messages of everybody to a file: by participant in the order of the endpoints, then by time. Its name
    /// ends in `.csv`, `.jsonl` or `.parquet`. With `render`, each row that was sent has the subject and the body that the
    /// endpoint receives, or why it can not be made. No row has an address. Answers the number of rows; `progress` is told
    /// how many endpoints are done.
    ///
    /// # Errors
    /// When the name says no format, or the file can not be written; there is then no file.
    pub fn write_messages(&self, path: &Path, render: bool, progress: &(dyn Fn(u64) + Sync)) -> Outcome<u64> {
        let columns = if render { COLUMNS } else { &COLUMNS[..COLUMNS.len() - TEXTS] };
        let mut table = Table::create(path, columns)?;
        let simulation = self.simulation();
        let templates: Option<Templates> =
            render.then(|| self.contents.iter().map(|content| Some(content.as_ref()?.compile())).collect());
        let piece = if render { RENDERED_PIECE } else { PIECE };
        let people = self.people.len();
        let mut from = 0;
        while from < people {
            let to = people.min(from + piece * PIECES);
            let starts: Vec<usize> = (from..to).step_by(piece).collect();
            // The pieces come back in their order, whichever thread was first.
            let pieces: Vec<Vec<(Message, Text)>> = starts
                .into_par_iter()
                .map(|start| {
                    let messages = simulation.messages(start..to.min(start + piece)).into_iter();
                    messages.map(|message| (message, self.text(&message, templates.as_ref()))).collect()
                })
                .collect();
            for (message, text) in pieces.iter().flatten() {
                let cells = cells(simulation.message(message), text);
                table.row(&cells[..columns.len()])?;
            }
            progress(to as u64);
            from = to;
        }
        table.finish()
    }

    /// What a message says, where it was sent and texts are wanted.
    fn text(&self, message: &Message, templates: Option<&Templates>) -> Text {
        let template = templates.and_then(|all| all.get(usize::from(message.activity))?.as_ref());
        let (Some(template), Some(row), SendStatus::Success) = (template, message.row, message.status) else {
            return Text::default();
        };
        let problem = |problem: String| Text { problem: Some(problem), ..Text::default() };
        let template = match template {
            Ok(template) => template,
            Err(why) => return problem(why.clone()),
        };
        let endpoint = self.people.row(row as usize).to_json();
        match template.render(&endpoint, Substitutions::default(), message.at) {
            Err(error) => problem(error.to_string()),
            Ok(rendered) => {
                let part = |names: &[&str]| names.iter().find_map(|name| rendered.part(name)).map(str::to_owned);
                Text {
                    subject: part(&["Subject", "Title"]),
                    body: part(&["HtmlPart", "TextPart", "Body", "RawContent"]),
                    problem: None,
                }
            }
        }
    }
}

fn cells<'m>(row: MessageRow<'m>, text: &'m Text) -> [Cell<'m>; COLUMNS.len()] {
    [
        Cell::Text(Cow::Owned(row.person)),
        Cell::text(row.endpoint),
        Cell::Time(row.at),
        Cell::text(row.channel),
        Cell::text(Some(row.activity)),
        Cell::text(row.template),
        Cell::text(row.template_version),
        Cell::text(Some(row.status)),
        Cell::time(row.delivered),
        Cell::time(row.opened),
        Cell::text(row.outcome),
        Cell::text(text.subject.as_deref()),
        Cell::text(text.body.as_deref()),
        Cell::text(text.problem.as_deref()),
    ]
}
