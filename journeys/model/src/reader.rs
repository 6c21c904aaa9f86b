//! Reads JSON text as far as it can be read.
//!
//! Takes a text; gives a value and everything that was wrong with the text, with line and column. A sound text gives the
//! same value as `serde_json`, and keeps the spelling of numbers (`1E2`, which `serde_json` makes `1e+2`). In a damaged one the damaged member is left out and reading
//! goes on behind it; at an early end everything open is closed. Whoever has problems in hand must not write the value
//! back over the text without asking.

use serde_json::{Map, Number, Value};

use crate::path::{Path, Step};

/// Nesting allowed; deeper text is a problem, not a stack overflow.
const MAX_DEPTH: usize = 120;

/// What a text gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The value, as far as it could be read; `None` = nothing at all.
    pub value: Option<Value>,
    /// What was wrong, in the order of the text.
    pub problems: Vec<SyntaxProblem>,
}

/// A place at which a text is not JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxProblem {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The member that was being read.
    pub path: Path,
    /// What was expected and what was found, lower case, no full stop.
    pub message: String,
}

impl std::fmt::Display for SyntaxProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)?;
        if !self.path.0.is_empty() {
            write!(f, ", in `{}`", self.path)?;
        }
        write!(f, ": {}", self.message)
    }
}

/// Reads one JSON text.
pub fn read(text: &str) -> Reading {
    let mut reader = Reader::new(text, None);
    let value = reader.document();
    Reading { value, problems: reader.problems }
}

/// Line and column, both from 1, of the value at `path`; of the nearest one around it when the text has none there.
pub fn position(text: &str, path: &Path) -> (usize, usize) {
    let mut reader = Reader::new(text, Some(path));
    reader.document();
    let (_, at) = reader.nearest;
    reader.line_and_column(at)
}

/// A member, or a document, that had to be left out; the problem is noted already.
struct Damaged;

struct Reader<'a> {
    text: &'a str,
    at: usize,
    path: Path,
    problems: Vec<SyntaxProblem>,
    /// The last offset whose line was asked for, and that line: the next is counted from there.
    counted: (usize, usize),
    /// A place that is looked for, and the deepest value found on the way to it: steps matched, offset.
    wanted: Option<&'a Path>,
    nearest: (usize, usize),
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, wanted: Option<&'a Path>) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Reader { text, at, path: Path::default(), problems: Vec::new(), counted: (0, 1), wanted, nearest: (0, at) }
    }

    fn document(&mut self) -> Option<Value> {
        let value = self.value().ok();
        self.space();
        if value.is_some() && self.at < self.text.len() {
            self.problem("expected the end of the text");
        }
        value
    }

    fn space(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().take_while(|b| b" \t\r\n".contains(b)).count();
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn problem(&mut self, expected: &str) {
        let found = match self.text[self.at..].chars().next() {
            None => "the end of the text".to_owned(),
            Some(quote @ ('"' | '\'' | '\\')) => format!("`{quote}`"),
            Some(c) => format!("`{}`", c.escape_debug()),
        };
        self.note(self.at, format!("{expected}, found {found}"));
    }

    fn line_and_column(&mut self, at: usize) -> (usize, usize) {
        let at = at.min(self.text.len());
        if at < self.counted.0 {
            self.counted = (0, 1);
        }
        let (from, line) = self.counted;
        self.counted = (at, line + self.text[from..at].matches('\n').count());
        let line_start = self.text[..at].rfind('\n').map_or(0, |i| i + 1);
        (self.counted.1, self.text[line_start..at].chars().count() + 1)
    }

    fn note(&mut self, at: usize, message: String) {
        // One fault often shows more than once, at the same place: the first word on it is the useful one.
        let (line, column) = self.line_and_column(at);
        if self.problems.last().is_none_or(|last| (last.line, last.column) != (line, column)) {
            self.problems.push(SyntaxProblem { line, column, path: self.path.clone(), message });
        }
    }

    fn value(&mut self) -> Result<Value, Damaged> {
        self.space();
        if let Some(wanted) = self.wanted
            && wanted.starts_with(&self.path)
            && self.path.0.len() >= self.nearest.0
        {
            self.nearest = (self.path.0.len(), self.at);
        }
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::list),
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(c) if c.is_ascii_alphabetic() => self.word(),
            _ => {
                self.problem("expected a value");
                Err(Damaged)
            }
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Value) -> Result<Value, Damaged> {
        if self.path.0.len() >= MAX_DEPTH {
            self.note(self.at, format!("nested deeper than {MAX_DEPTH} levels"));
            self.skip();
            return Err(Damaged);
        }
        self.at += 1;
        Ok(read(self))
    }

    fn object(&mut self) -> Value {
        let mut object = Map::new();
        loop {
            self.space();
            match self.peek() {
                Some(b'}') => {
                    self.at += 1;
                    return Value::Object(object);
                }
                None => {
                    self.problem("expected `}`");
                    return Value::Object(object);
                }
                Some(b'"') => self.member(&mut object),
                Some(b']') => {
                    // The end of a list around this object: its own `}` was forgotten.
                    self.problem("expected `}`");
                    return Value::Object(object);
                }
                Some(_) => {
                    self.problem("expected a member name in double quotes");
                    self.skip();
                }
            }
            self.comma(b'}');
        }
    }

    fn member(&mut self, object: &mut Map<String, Value>) {
        let key_at = self.at;
        let Ok(key) = self.string() else { return self.skip() };
        self.path.0.push(Step::Key(key.clone()));
        self.space();
        let value = if self.peek() == Some(b':') {
            self.at += 1;
            self.value()
        } else {
            self.problem("expected `:` after the member name");
            Err(Damaged)
        };
        match value {
            Ok(value) => {
                if object.contains_key(&key) {
                    self.note(key_at, format!("the member `{key}` stands here twice; the last one counts"));
                }
                object.insert(key, value);
            }
            Err(Damaged) => self.skip(),
        }
        self.path.0.pop();
    }

    fn list(&mut self) -> Value {
        let mut list = Vec::new();
        loop {
            self.space();
            match self.peek() {
                Some(b']') => {
                    self.at += 1;
                    return Value::Array(list);
                }
                None | Some(b'}') => {
                    self.problem("expected `]`");
                    return Value::Array(list);
                }
                Some(_) => {
                    self.path.0.push(Step::Index(list.len()));
                    match self.value() {
                        Ok(value) => list.push(value),
                        Err(Damaged) => self.skip(),
                    }
                    self.path.0.pop();
                }
            }
            self.comma(b']');
        }
    }

    /// Between two elements: a comma that something follows, or the end.
    fn comma(&mut self, end: u8) {
        self.space();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                self.space();
                if self.peek() == Some(end) {
                    self.problem("expected one more element after `,`");
                }
            }
            Some(b'}' | b']') | None => {}
            Some(_) => self.problem("expected `,`"),
        }
    }

    /// Skips what can not be read: to the next comma or closing bracket of this level.
    fn skip(&mut self) {
        let mut depth = 0usize;
        let bytes = self.text.as_bytes();
        while let Some(&c) = bytes.get(self.at) {
            match c {
                b',' if depth == 0 => return,
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth == 0 => return,
                b'}' | b']' => depth -= 1,
                b'"' => {
                    let line_end = self.text[self.at..].find('\n').map_or(bytes.len(), |i| self.at + i);
                    let mut i = self.at + 1;
                    while i < line_end && bytes[i] != b'"' {
                        i += if bytes[i] == b'\\' { 2 } else { 1 };
                    }
                    self.at = i.min(line_end);
                    if bytes.get(self.at) != Some(&b'"') {
                        // A text without its closing quote may have hidden the comma: the next line is read again.
                        if depth == 0 {
                            return;
                        }
                        continue;
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
        self.at = self.at.min(bytes.len());
    }

    fn word(&mut self) -> Result<Value, Damaged> {
        let rest = &self.text[self.at..];
        let word = &rest[..rest.bytes().take_while(u8::is_ascii_alphanumeric).count()];
        let value = match word {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            _ => {
                self.note(self.at, format!("expected a value, found `{word}`; text stands in double quotes"));
                return Err(Damaged);
            }
        };
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Result<Value, Damaged> {
        let rest = &self.text[self.at..];
        let spelled = &rest[..rest.bytes().take_while(|b| b"+-.eE0123456789".contains(b)).count()];
        match serde_json::from_str::<Number>(spelled) {
            Ok(number) => {
                self.at += spelled.len();
                // serde_json reads `1E2` as `1e+2`; here the spelling stays.
                let as_spelled = number.as_str() == spelled;
                Ok(Value::Number(if as_spelled { number } else { Number::from_string_unchecked(spelled.to_owned()) }))
            }
            Err(_) => {
                self.note(self.at, format!("expected a number, found `{spelled}`"));
                Err(Damaged)
            }
        }
    }

    fn string(&mut self) -> Result<String, Damaged> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut i = start + 1;
        loop {
            match bytes.get(i) {
                Some(b'"') => break,
                Some(b'\\') => i += 2,
                Some(b'\n') | None => {
                    self.note(start, "this text has no closing double quote on its line".to_owned());
                    return Err(Damaged);
                }
                Some(_) => i += 1,
            }
        }
        match serde_json::from_str(&self.text[start..=i]) {
            Ok(text) => {
                self.at = i + 1;
                Ok(text)
            }
            Err(error) => {
                let error = error.to_string();
                let what = error.split(" at line").next().unwrap_or_default();
                self.note(start, format!("this text has a fault: {what}"));
                Err(Damaged)
            }
        }
    }
}
