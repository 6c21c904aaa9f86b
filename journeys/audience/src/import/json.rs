//! JSON lines. The usual line is read in one pass, borrowed from the text; whatever is unusual in a line (an error, an
//! unknown member, a bare text for a list) is left to the careful reading of [`model::reader`] and [`Draft::of`].

use std::borrow::Cow;
use std::collections::BTreeSet;

use memchr::memchr2;
use model::reader;
use model::time::parse_instant;
use model::view::Word;
use model::wire::ChannelType;
use serde_json::Value;

use crate::draft::{Draft, Field, Owner, RowProblem, instant, opt_out, status};
use crate::people::People;

pub(super) fn read(people: &mut People, text: &str) -> Vec<RowProblem> {
    let mut problems = Vec::new();
    let mut unknown = BTreeSet::new();
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    if first.starts_with('[')
        || (first.starts_with('{') && reader::read(first).value.is_none_or(|v| wraps_a_list(&v)))
        || first == "{"
    {
        document(people, text, &mut problems, &mut unknown);
        return problems;
    }
    let mut draft = Draft::default();
    for (number, line) in text.lines().enumerate() {
        let line_number = number + 1;
        if line.bytes().all(|b| b.is_ascii_whitespace()) {
            continue;
        }
        draft.clear();
        let outcome = match quick(line, &mut draft) {
            Some(()) => super::take(people, &draft),
            None => careful(people, line, line_number, &mut problems, &mut unknown),
        };
        if let Err(problem) = outcome {
            problems.push(problem.at(line_number));
        }
    }
    problems
}

/// A line as a value, with every problem in it.
fn careful(
    people: &mut People,
    line: &str,
    number: usize,
    problems: &mut Vec<RowProblem>,
    unknown: &mut BTreeSet<String>,
) -> Result<(), RowProblem> {
    let reading = reader::read(line);
    if let Some(problem) = reading.problems.first() {
        let message = format!("column {}: {}; the line is left out", problem.column, problem.message);
        return Err(RowProblem::new(problem.path.to_string(), message));
    }
    match reading.value {
        Some(value) => endpoint(people, &value, number, problems, unknown),
        None => Ok(()),
    }
}

fn endpoint(
    people: &mut People,
    value: &Value,
    line: usize,
    problems: &mut Vec<RowProblem>,
    unknown: &mut BTreeSet<String>,
) -> Result<(), RowProblem> {
    let draft = Draft::of(value)?;
    for name in &draft.unknown {
        // A whole file has the same unknown member, mostly: say it once.
        if unknown.insert(name.clone()) {
            problems.push(RowProblem::new(name.clone(), "endpoints have no such member; it is not read").at(line));
        }
    }
    super::take(people, &draft)
}

/// Whether the value is not an endpoint but holds a list of them.
fn wraps_a_list(value: &Value) -> bool {
    list_in(value).is_some()
}

fn list_in(value: &Value) -> Option<&Vec<Value>> {
    match value {
        Value::Array(list) => Some(list),
        Value::Object(members) => match members.get("Item") {
            Some(Value::Array(list)) => Some(list),
            _ if members.len() == 1 => members.values().next().and_then(|inner| inner.get("Item")?.as_array()),
            _ => None,
        },
        _ => None,
    }
}

/// The whole text as one document: a list of endpoints, or one endpoint over several lines.
fn document(people: &mut People, text: &str, problems: &mut Vec<RowProblem>, unknown: &mut BTreeSet<String>) {
    let reading = reader::read(text);
    for problem in &reading.problems {
        let message = format!("column {}: {}", problem.column, problem.message);
        problems.push(RowProblem::new(problem.path.to_string(), message).at(problem.line));
    }
    let Some(value) = reading.value else { return };
    let one = std::slice::from_ref(&value);
    for (number, item) in list_in(&value).map_or(one, Vec::as_slice).iter().enumerate() {
        if let Err(mut problem) = endpoint(people, item, 0, problems, unknown) {
            problem.message = format!("endpoint {}: {}", number + 1, problem.message);
            problems.push(problem);
        }
    }
}

/// Reads the usual line; `None` = it is not a usual one, and `draft` may be half filled.
fn quick<'a>(line: &'a str, draft: &mut Draft<'a>) -> Option<()> {
    let mut json = Quick { text: line, at: 0 };
    json.object(|json, name| {
        match name {
            "Id" => draft.id = Some(json.string()?),
            "Address" => draft.address = Some(json.string()?),
            "ChannelType" => draft.channel = Some(ChannelType::parse(&json.string()?)?),
            "OptOut" => draft.opted_out = Some(opt_out(&json.string()?).ok()?),
            "EndpointStatus" => draft.inactive = Some(status(&json.string()?).ok()?),
            "EffectiveDate" => draft.effective = Some(instant("", &json.string()?).ok()?),
            "CreationDate" => draft.created = Some(parse_instant(&json.string()?)?),
            "RequestId" => draft.fields[Field::RequestId as usize] = Some(json.string()?),
            "Attributes" => lists(json, draft, Owner::Endpoint)?,
            "Metrics" => json.object_with_names(|json, name| {
                draft.metrics.push((name, json.number()?));
                Some(())
            })?,
            "User" => json.object(|json, name| {
                match name {
                    "UserId" => draft.user_id = Some(json.string()?),
                    "UserAttributes" => lists(json, draft, Owner::User)?,
                    _ => return None,
                }
                Some(())
            })?,
            "Demographic" | "Location" => json.object(|json, member| {
                match (Field::find(name, member), member) {
                    (Some(field), _) => draft.fields[field as usize] = Some(json.string()?),
                    (None, "Latitude") => draft.latitude = Some(json.number()?),
                    (None, "Longitude") => draft.longitude = Some(json.number()?),
                    _ => return None,
                }
                Some(())
            })?,
            _ => return None,
        }
        Some(())
    })?;
    json.space();
    (json.at == line.len()).then_some(())
}

fn lists<'a>(json: &mut Quick<'a>, draft: &mut Draft<'a>, owner: Owner) -> Option<()> {
    json.object_with_names(|json, name| {
        let start = draft.values.len();
        json.expect(b'[')?;
        if !json.accept(b']') {
            loop {
                let value = json.string()?;
                draft.values.push(value);
                if json.accept(b']') {
                    break;
                }
                json.expect(b',')?;
            }
        }
        draft.lists.push((owner, name, start..draft.values.len()));
        Some(())
    })
}

/// Reads sound JSON of known form and gives up on anything else.
struct Quick<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Quick<'a> {
    fn space(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r')).count();
    }

    fn accept(&mut self, byte: u8) -> bool {
        self.space();
        let there = self.text.as_bytes().get(self.at) == Some(&byte);
        self.at += usize::from(there);
        there
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.accept(byte).then_some(())
    }

    fn object(&mut self, mut member: impl FnMut(&mut Self, &str) -> Option<()>) -> Option<()> {
        self.object_with_names(|json, name| member(json, &name))
    }

    fn object_with_names(&mut self, mut member: impl FnMut(&mut Self, Cow<'a, str>) -> Option<()>) -> Option<()> {
        self.expect(b'{')?;
        if self.accept(b'}') {
            return Some(());
        }
        loop {
            let name = self.string()?;
            self.expect(b':')?;
            member(self, name)?;
            if self.accept(b'}') {
                return Some(());
            }
            self.expect(b',')?;
        }
    }

    fn string(&mut self) -> Option<Cow<'a, str>> {
        self.expect(b'"')?;
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut end = start + memchr2(b'"', b'\\', &bytes[start..])?;
        if bytes[end] == b'"' {
            self.at = end + 1;
            return Some(Cow::Borrowed(&self.text[start..end]));
        }
        while bytes[end] != b'"' {
            end += 2;
            end += memchr2(b'"', b'\\', bytes.get(end..)?)?;
        }
        self.at = end + 1;
        serde_json::from_str(&self.text[start - 1..=end]).ok().map(Cow::Owned)
    }

    fn number(&mut self) -> Option<f64> {
        self.space();
        let rest = &self.text[self.at..];
        let length = rest.bytes().take_while(|b| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')).count();
        let spelled = &rest[..length];
        if !spelled.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
            return None;
        }
        self.at += length;
        spelled.parse().ok().filter(|number: &f64| number.is_finite())
    }
}
