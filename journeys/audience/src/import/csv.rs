//! CSV: the table is read cell by cell, borrowed from the text.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

use crate::draft::{Draft, Field, Owner, RowProblem, channel, instant, opt_out};
use crate::people::People;

/// What a column holds.
#[derive(Clone, Debug, PartialEq)]
enum Target {
    Id,
    Channel,
    Address,
    OptOut,
    EffectiveDate,
    UserId,
    Latitude,
    Longitude,
    Field(Field),
    Metric(String),
    /// A value of the list of this number in [`Header::lists`].
    List(usize),
    /// A column that is not read: its name is unknown, or it stands there twice.
    Ignored,
}

struct Header {
    names: Vec<String>,
    targets: Vec<Target>,
    /// Attributes with the columns of their values.
    lists: Vec<(Owner, String, Vec<usize>)>,
}

pub(super) fn read(people: &mut People, text: &str) -> Vec<RowProblem> {
    let mut problems = Vec::new();
    let mut table = Table { text, at: 0, line: 1 };
    let mut cells = Vec::new();
    let header = loop {
        match table.record(&mut cells) {
            None => {
                problems.push(RowProblem::new("", "the file is empty: a header of column names is expected").at(1));
                return problems;
            }
            Some(Err(problem)) => {
                problems.push(problem);
                return problems;
            }
            Some(Ok(_)) if blank(&cells) => {}
            Some(Ok(line)) => break header(&cells, line, &mut problems),
        }
    };
    let users_only = header.targets == [Target::UserId];
    let mut draft = Draft::default();
    while let Some(record) = table.record(&mut cells) {
        let line = match record {
            Ok(line) => line,
            Err(problem) => {
                problems.push(problem);
                continue;
            }
        };
        if blank(&cells) {
            continue;
        }
        if users_only {
            for id in cells.iter().flat_map(|cell| cell.split_ascii_whitespace()) {
                draft.clear();
                draft.user_id = Some(Cow::Owned(id.to_owned()));
                if let Err(problem) = super::take(people, &draft) {
                    problems.push(problem.at(line));
                }
            }
            continue;
        }
        draft.clear();
        if let Err(problem) = fill(&mut draft, &header, &mut cells).and_then(|()| super::take(people, &draft)) {
            problems.push(problem.at(line));
        }
    }
    problems
}

fn blank(cells: &[Cow<'_, str>]) -> bool {
    cells.iter().all(|cell| cell.trim().is_empty())
}

fn header(cells: &[Cow<'_, str>], line: usize, problems: &mut Vec<RowProblem>) -> Header {
    let mut header = Header { names: Vec::new(), targets: Vec::new(), lists: Vec::new() };
    for (column, cell) in cells.iter().enumerate() {
        let name = cell.trim();
        let mut target = target(name);
        let list = |owner, name: &str| (owner, name.to_owned());
        let list = match name.split_once('.') {
            Some(("Attributes", name)) if !name.is_empty() => Some(list(Owner::Endpoint, name)),
            Some(("User", rest)) => {
                rest.strip_prefix("UserAttributes.").filter(|name| !name.is_empty()).map(|name| list(Owner::User, name))
            }
            _ => None,
        };
        if let Some((owner, name)) = list {
            let known = header.lists.iter().position(|(o, n, _)| *o == owner && *n == name);
            let number = known.unwrap_or_else(|| {
                header.lists.push((owner, name, Vec::new()));
                header.lists.len() - 1
            });
            header.lists[number].2.push(column);
            target = Some(Target::List(number));
        } else if target.is_some() && header.targets.iter().any(|known| Some(known) == target.as_ref()) {
            let message =
                "stands in the header twice, but only attributes can have several values; the first one counts";
            problems.push(RowProblem::new(name, message).at(line));
            target = Some(Target::Ignored);
        }
        let target = target.unwrap_or_else(|| {
            problems.push(RowProblem::new(name, unknown(name, column)).at(line));
            Target::Ignored
        });
        header.names.push(name.to_owned());
        header.targets.push(target);
    }
    header
}

fn target(name: &str) -> Option<Target> {
    Some(match name {
        "Id" => Target::Id,
        "ChannelType" => Target::Channel,
        "Address" => Target::Address,
        "OptOut" => Target::OptOut,
        "EffectiveDate" => Target::EffectiveDate,
        "RequestId" => Target::Field(Field::RequestId),
        "User.UserId" => Target::UserId,
        "Location.Latitude" => Target::Latitude,
        "Location.Longitude" => Target::Longitude,
        _ => match name.split_once('.')? {
            ("Metrics", metric) if !metric.is_empty() => Target::Metric(metric.to_owned()),
            (object @ ("Demographic" | "Location"), member) => Target::Field(Field::find(object, member)?),
            _ => return None,
        },
    })
}

fn unknown(name: &str, column: usize) -> String {
    if name.is_empty() {
        return format!("column {} has no name; it is not read", column + 1);
    }
    let known = ["Id", "ChannelType", "Address", "OptOut", "EffectiveDate", "User.UserId"]
        .into_iter()
        .map(str::to_owned)
        .chain(Field::ALL.iter().map(|(field, _, _)| field.path()))
        .find(|known| known.eq_ignore_ascii_case(name) || known.rsplit('.').next() == Some(name));
    match known {
        Some(known) => format!("unknown column; is `{known}` meant? It is not read"),
        None => "unknown column; custom ones are spelled `Attributes.NAME`, `Metrics.NAME` or \
                 `User.UserAttributes.NAME`. It is not read"
            .to_owned(),
    }
}

fn fill<'a>(draft: &mut Draft<'a>, header: &Header, cells: &mut [Cow<'a, str>]) -> Result<(), RowProblem> {
    if cells.len() > header.targets.len() {
        let message = format!("the row has {} cells, but the header has {}", cells.len(), header.targets.len());
        return Err(RowProblem::new("", message));
    }
    for ((cell, target), name) in cells.iter_mut().zip(&header.targets).zip(&header.names) {
        if cell.is_empty() || matches!(target, Target::List(_) | Target::Ignored) {
            continue;
        }
        let number = |cell: &str| {
            let number = cell.trim().parse::<f64>().ok().filter(|number| number.is_finite());
            number.ok_or_else(|| RowProblem::new(name.as_str(), format!("`{cell}` is not a number")))
        };
        match target {
            Target::Id => draft.id = Some(std::mem::take(cell)),
            Target::Address => draft.address = Some(std::mem::take(cell)),
            Target::UserId => draft.user_id = Some(std::mem::take(cell)),
            Target::Field(field) => draft.fields[*field as usize] = Some(std::mem::take(cell)),
            Target::Channel => draft.channel = Some(channel(cell)?),
            Target::OptOut => draft.opted_out = Some(opt_out(cell)?),
            Target::EffectiveDate => draft.effective = Some(instant("EffectiveDate", cell)?),
            Target::Latitude => draft.latitude = Some(number(cell)?),
            Target::Longitude => draft.longitude = Some(number(cell)?),
            Target::Metric(metric) => draft.metrics.push((metric.clone().into(), number(cell)?)),
            Target::List(_) | Target::Ignored => {}
        }
    }
    for (owner, name, columns) in &header.lists {
        let start = draft.values.len();
        for column in columns {
            if let Some(cell) = cells.get_mut(*column).filter(|cell| !cell.is_empty()) {
                draft.values.push(std::mem::take(cell));
            }
        }
        if draft.values.len() > start {
            draft.lists.push((*owner, name.clone().into(), start..draft.values.len()));
        }
    }
    Ok(())
}

/// The records of a CSV text.
struct Table<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl<'a> Table<'a> {
    /// Reads the next record into `cells`; its first line, or a problem after which reading goes on at the next line.
    fn record(&mut self, cells: &mut Vec<Cow<'a, str>>) -> Option<Result<usize, RowProblem>> {
        cells.clear();
        if self.at >= self.text.len() {
            return None;
        }
        let (line, start) = (self.line, self.at);
        loop {
            let bytes = self.text.as_bytes();
            let cell = if bytes.get(self.at) == Some(&b'"') {
                match self.quoted() {
                    Ok(cell) => cell,
                    Err(message) => {
                        self.at = memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |i| start + i + 1);
                        self.line = line + 1;
                        let column = format!("{}", cells.len() + 1);
                        return Some(Err(RowProblem::new("", format!("in cell {column}: {message}")).at(line)));
                    }
                }
            } else {
                let end = memchr2(b',', b'\n', &bytes[self.at..]).map_or(bytes.len(), |i| self.at + i);
                let cell = &self.text[self.at..end];
                self.at = end;
                let at_line_end = bytes.get(end) != Some(&b',');
                Cow::Borrowed(if at_line_end { cell.strip_suffix('\r').unwrap_or(cell) } else { cell })
            };
            cells.push(cell);
            match bytes.get(self.at) {
                Some(b',') => self.at += 1,
                Some(_) => {
                    self.at += 1;
                    self.line += 1;
                    return Some(Ok(line));
                }
                None => return Some(Ok(line)),
            }
        }
    }

    /// A cell in double quotes; afterwards `at` is on `,`, on the line's end, or at the end of the text.
    fn quoted(&mut self) -> Result<Cow<'a, str>, &'static str> {
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        let mut end = start;
        let mut doubled = false;
        loop {
            end += memchr(b'"', &bytes[end..]).ok_or("the double quote that opens here is never closed")?;
            if bytes.get(end + 1) != Some(&b'"') {
                break;
            }
            doubled = true;
            end += 2;
        }
        let cell = &self.text[start..end];
        self.line += memchr::memchr_iter(b'\n', cell.as_bytes()).count();
        self.at = end + 1;
        if bytes[self.at..].starts_with(b"\r\n") {
            self.at += 1;
        }
        if !matches!(bytes.get(self.at), None | Some(b',' | b'\n')) {
            return Err("after a closing double quote a comma or the end of the line is expected");
        }
        Ok(if doubled { Cow::Owned(cell.replace("\"\"", "\"")) } else { Cow::Borrowed(cell) })
    }
}
