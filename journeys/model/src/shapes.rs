//! The shapes of the API, and whether a JSON value has one.
//!
//! Constants come from `table.rs`, which is generated. Source: the service's API model 2016-12-01.

use serde_json::Value;

use crate::path::{Path, Step};
pub use crate::table::SHAPES;

/// A shape of the API.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Name in the API.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
}

/// What a shape holds; numbers are places in [`SHAPES`].
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Any text.
    Text,
    /// One of these words.
    Words(&'static [&'static str]),
    /// ISO 8601 text (or seconds since 1970, as some tools print them).
    Timestamp,
    /// Base64 text.
    Blob,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Integer,
    /// A number.
    Double,
    /// A list of this shape.
    List(usize),
    /// An object whose member names are free and whose values have this shape.
    Map(usize),
    /// An object with these members.
    Structure(&'static [Member]),
}

/// A member of a structure.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// Name on the wire.
    pub name: &'static str,
    /// Its shape, a place in [`SHAPES`].
    pub shape: usize,
    /// Whether the API demands it.
    pub required: bool,
}

/// Something in a value that its shape does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Where: the offending value, or for a missing member where it should stand.
    pub path: Path,
    /// What.
    pub problem: Problem,
}

/// What a shape does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A required member is missing.
    Missing,
    /// Another JSON type was expected.
    Type {
        /// What was expected, as a phrase: "a list".
        expected: &'static str,
        /// What is there, as a phrase: "a text".
        found: &'static str,
    },
    /// The text is none of the allowed words.
    Word {
        /// What is there.
        found: String,
        /// What is allowed.
        allowed: &'static [&'static str],
    },
    /// The API knows no such member here; it is kept, and not an error.
    Unknown {
        /// The member of the API that it may be meant to be.
        similar: Option<&'static str>,
    },
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Problem::Missing => write!(f, "required, but missing"),
            Problem::Type { expected, found } => write!(f, "expected {expected}, found {found}"),
            Problem::Word { found, allowed } => {
                write!(f, "`{found}` is not one of {}", allowed.join(", "))
            }
            Problem::Unknown { similar: Some(similar) } => write!(f, "unknown member; is `{similar}` meant?"),
            Problem::Unknown { similar: None } => write!(f, "unknown member"),
        }
    }
}

/// The shape of that name.
pub fn find(name: &str) -> Option<&'static Shape> {
    SHAPES.iter().find(|shape| shape.name == name)
}

impl Shape {
    /// The members of a structure; empty for other kinds.
    pub fn members(&self) -> &'static [Member] {
        match self.kind {
            Kind::Structure(members) => members,
            _ => &[],
        }
    }
}

/// The shape at a place in a value of `shape`; `None` = the API has no such place.
pub fn at(shape: &'static Shape, path: &Path) -> Option<&'static Shape> {
    path.0.iter().try_fold(shape, |shape, step| match (shape.kind, step) {
        (Kind::List(inner), Step::Index(_)) | (Kind::Map(inner), Step::Key(_)) => Some(&SHAPES[inner]),
        (Kind::Structure(members), Step::Key(key)) => {
            members.iter().find(|member| member.name == key).map(|member| &SHAPES[member.shape])
        }
        _ => None,
    })
}

/// Everything in `value` that `shape` does not allow, in the order of the document.
///
/// A `null` counts as absent (api.md 1). Unknown members are reported, though the service ignores them.
pub fn check(shape: &Shape, value: &Value) -> Vec<Mismatch> {
    let mut found = Vec::new();
    walk(shape, value, &mut Path::default(), &mut found);
    found
}

/// What kind of JSON a value is, as a phrase.
pub fn phrase(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn walk(shape: &Shape, value: &Value, path: &mut Path, out: &mut Vec<Mismatch>) {
    let mut wrong = |expected| {
        out.push(Mismatch { path: path.clone(), problem: Problem::Type { expected, found: phrase(value) } });
    };
    match (shape.kind, value) {
        (_, Value::Null) => {}
        (Kind::Text | Kind::Blob | Kind::Timestamp, Value::String(_)) | (Kind::Timestamp, Value::Number(_)) => {}
        (Kind::Text | Kind::Blob | Kind::Timestamp, _) => wrong("a text"),
        (Kind::Words(allowed), Value::String(text)) => {
            if !allowed.contains(&text.as_str()) {
                let problem = Problem::Word { found: text.clone(), allowed };
                out.push(Mismatch { path: path.clone(), problem });
            }
        }
        (Kind::Words(_), _) => wrong("a text"),
        (Kind::Flag, Value::Bool(_)) => {}
        (Kind::Flag, _) => wrong("true or false"),
        (Kind::Integer, _) if crate::view::integer(value).is_some() => {}
        (Kind::Integer, _) => wrong("a whole number"),
        (Kind::Double, Value::Number(_)) => {}
        (Kind::Double, _) => wrong("a number"),
        (Kind::List(inner), Value::Array(list)) => {
            for (i, element) in list.iter().enumerate() {
                step(&SHAPES[inner], element, Step::Index(i), path, out);
            }
        }
        (Kind::List(_), _) => wrong("a list"),
        (Kind::Map(inner), Value::Object(object)) => {
            for (key, element) in object {
                step(&SHAPES[inner], element, Step::Key(key.clone()), path, out);
            }
        }
        (Kind::Structure(members), Value::Object(object)) => {
            for (key, element) in object {
                match members.iter().find(|member| member.name == key) {
                    Some(member) => step(&SHAPES[member.shape], element, Step::Key(key.clone()), path, out),
                    None => {
                        let similar = members.iter().map(|m| m.name).find(|name| name.eq_ignore_ascii_case(key));
                        out.push(Mismatch { path: path.join(key), problem: Problem::Unknown { similar } });
                    }
                }
            }
            for member in members.iter().filter(|member| member.required) {
                if object.get(member.name).is_none_or(Value::is_null) {
                    out.push(Mismatch { path: path.join(member.name), problem: Problem::Missing });
                }
            }
        }
        (Kind::Map(_) | Kind::Structure(_), _) => wrong("an object"),
    }
}

fn step(shape: &Shape, value: &Value, step: Step, path: &mut Path, out: &mut Vec<Mismatch>) {
    path.0.push(step);
    walk(shape, value, path, out);
    path.0.pop();
}
