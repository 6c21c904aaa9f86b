//! TOML as a tree that knows its lines.

use std::ops::Range;

use model::Millis;
use model::time::parse_instant;
use serde_json::{Map, Value};
use toml::de::{DeTable, DeValue};

use crate::expectations::read::Problem;

/// A value and the line where it begins, from 1.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub line: usize,
    pub shape: Shape,
}

#[derive(Clone, Debug)]
pub(crate) enum Shape {
    Text(String),
    Whole(i64),
    Decimal(f64),
    Flag(bool),
    Instant(String),
    List(Vec<Node>),
    Table(Fields),
}

/// The members of a table, by name.
pub(crate) type Fields = Vec<(Key, Node)>;

/// A key and its line.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub line: usize,
    pub name: String,
}

/// The tree of a text, in the order of its lines.
///
/// # Errors
/// When it is not TOML.
pub(crate) fn parse(text: &str) -> Result<Fields, Problem> {
    let lines = Lines(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect());
    match DeTable::parse(text) {
        Ok(table) => Ok(lines.table(table.get_ref())),
        Err(error) => Err(Problem {
            line: error.span().map_or(1, |span| lines.of(&span)),
            message: format!("not TOML: {}", error.message().trim().replace('\n', "; ")),
        }),
    }
}

struct Lines(Vec<usize>);

impl Lines {
    fn of(&self, span: &Range<usize>) -> usize {
        self.0.partition_point(|newline| *newline < span.start) + 1
    }

    fn table(&self, table: &DeTable<'_>) -> Fields {
        let mut fields: Fields = table
            .iter()
            .map(|(key, value)| {
                let key = Key { line: self.of(&key.span()), name: key.get_ref().to_string() };
                (key, self.node(&value.span(), value.get_ref()))
            })
            .collect();
        fields.sort_by_key(|(key, _)| key.line);
        fields
    }

    fn node(&self, span: &Range<usize>, value: &DeValue<'_>) -> Node {
        let shape = match value {
            DeValue::String(text) => Shape::Text(text.to_string()),
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => Shape::Whole(number),
                Err(_) => Shape::Text(number.to_string()),
            },
            DeValue::Float(number) => Shape::Decimal(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(flag) => Shape::Flag(*flag),
            DeValue::Datetime(instant) => Shape::Instant(instant.to_string()),
            DeValue::Array(list) => {
                Shape::List(list.iter().map(|value| self.node(&value.span(), value.get_ref())).collect())
            }
            DeValue::Table(table) => Shape::Table(self.table(table)),
        };
        Node { line: self.of(span), shape }
    }
}

impl Node {
    /// What it is, for messages.
    pub fn phrase(&self) -> String {
        match &self.shape {
            Shape::Text(text) => format!("the text `{text}`"),
            Shape::Whole(number) => format!("the number {number}"),
            Shape::Decimal(number) => format!("the number {number}"),
            Shape::Flag(flag) => format!("{flag}"),
            Shape::Instant(instant) => format!("the time {instant}"),
            Shape::List(_) => "a list".to_owned(),
            Shape::Table(_) => "a table".to_owned(),
        }
    }

    pub fn text(&self) -> Option<&str> {
        match &self.shape {
            Shape::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn flag(&self) -> Option<bool> {
        match self.shape {
            Shape::Flag(flag) => Some(flag),
            _ => None,
        }
    }

    pub fn whole(&self) -> Option<i64> {
        match self.shape {
            Shape::Whole(number) => Some(number),
            _ => None,
        }
    }

    pub fn table(&self) -> Option<&Fields> {
        match &self.shape {
            Shape::Table(fields) => Some(fields),
            _ => None,
        }
    }

    /// A list, or a value alone as the list of it.
    pub fn list(&self) -> &[Node] {
        match &self.shape {
            Shape::List(list) => list,
            _ => std::slice::from_ref(self),
        }
    }

    pub fn instant(&self) -> Option<Millis> {
        match &self.shape {
            Shape::Instant(text) | Shape::Text(text) => parse_instant(text),
            _ => None,
        }
    }

    /// The value as JSON, as endpoints are read.
    pub fn json(&self) -> Value {
        match &self.shape {
            Shape::Text(text) | Shape::Instant(text) => Value::String(text.clone()),
            Shape::Whole(number) => Value::from(*number),
            Shape::Decimal(number) => serde_json::Number::from_f64(*number).map_or(Value::Null, Value::Number),
            Shape::Flag(flag) => Value::Bool(*flag),
            Shape::List(list) => Value::Array(list.iter().map(Node::json).collect()),
            Shape::Table(fields) => {
                Value::Object(fields.iter().map(|(key, node)| (key.name.clone(), node.json())).collect::<Map<_, _>>())
            }
        }
    }
}
