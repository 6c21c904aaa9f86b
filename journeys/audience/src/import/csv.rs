//! CSV: the table is read cell by cell, borrowed from the text.

use std::borrow::Cow;
use std::cell::Cell;

use memchr::memchr;

use super::scan::{about_lines, cell_end, plain_number};

use crate::draft::{Draft, DraftList, DraftMetric, Field, Owner, RowProblem, channel, instant, opt_out};
use crate::people::People;
use crate::write::NewRows;

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
    /// The metric of this number in [`Header::metrics`].
    Metric(usize),
    /// A value of the list of this number in [`Header::lists`].
    List(usize),
    /// A column that is not read: its name is unknown, or it stands there twice.
    Ignored,
}

struct Header {
    names: Vec<String>,
    targets: Vec<Target>,
    lists: Vec<List>,
    metrics: Vec<Metric>,
}

/// An attribute with the columns of its values.
struct List {
    owner: Owner,
    name: String,
    columns: Vec<usize>,
    /// Where its column is in the store, once it has one.
    place: Cell<Option<u32>>,
}

struct Metric {
    name: String,
    place: Cell<Option<u32>>,
}

impl Header {
    fn list(&mut self, owner: Owner, name: &str, column: usize) -> Target {
        let known = self.lists.iter().position(|list| list.owner == owner && list.name == name);
        let number = known.unwrap_or_else(|| {
            self.lists.push(List { owner, name: name.to_owned(), columns: Vec::new(), place: Cell::new(None) });
            self.lists.len() - 1
        });
        self.lists[number].columns.push(column);
        Target::List(number)
    }

    fn metric(&mut self, name: &str) -> Target {
        let known = self.metrics.iter().position(|metric| metric.name == name);
        let number = known.unwrap_or_else(|| {
            self.metrics.push(Metric { name: name.to_owned(), place: Cell::new(None) });
            self.metrics.len() - 1
        });
        Target::Metric(number)
    }

    /// Looks up where the columns of attributes and metrics are, of those that have one by now.
    fn find_places(&self, people: &People) {
        for list in &self.lists {
            list.place.set(match list.owner {
                Owner::Endpoint => people.attributes.place(&list.name),
                Owner::User => people.user_attributes.place(&list.name),
            });
        }
        for metric in &self.metrics {
            metric.place.set(people.metrics.place(&metric.name));
        }
    }
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
    people.reserve(about_lines(text), text.len());
    let mut draft = Draft::default();
    let mut names = usize::MAX;
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
                if let Err(problem) = people.write(&draft, NewRows::Reachable).map(|_| ()) {
                    problems.push(problem.at(line));
                }
            }
            continue;
        }
        draft.clear();
        if let Err(problem) =
            fill(&mut draft, &header, &mut cells).and_then(|()| people.write(&draft, NewRows::Reachable).map(|_| ()))
        {
            problems.push(problem.at(line));
        }
        if names != people.name_count() {
            names = people.name_count();
            header.find_places(people);
        }
    }
    problems
}

fn blank(cells: &[Cow<'_, str>]) -> bool {
    cells.iter().all(|cell| cell.trim().is_empty())
}

fn header(cells: &[Cow<'_, str>], line: usize, problems: &mut Vec<RowProblem>) -> Header {
    let mut header = Header { names: Vec::new(), targets: Vec::new(), lists: Vec::new(), metrics: Vec::new() };
    for (column, cell) in cells.iter().enumerate() {
        let name = cell.trim();
        let mut target = match name.split_once('.') {
            Some(("Attributes", name)) if !name.is_empty() => Some(header.list(Owner::Endpoint, name, column)),
            Some(("User", rest)) if rest.len() > "UserAttributes.".len() && rest.starts_with("UserAttributes.") => {
                Some(header.list(Owner::User, &rest["UserAttributes.".len()..], column))
            }
            Some(("Metrics", name)) if !name.is_empty() => Some(header.metric(name)),
            _ => target(name),
        };
        let twice = target.as_ref().is_some_and(|target| header.targets.contains(target));
        if twice && !matches!(target, Some(Target::List(_))) {
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

fn fill<'a>(draft: &mut Draft<'a>, header: &'a Header, cells: &mut [Cow<'a, str>]) -> Result<(), RowProblem> {
    if cells.len() > header.targets.len() {
        let message = format!("the row has {} cells, but the header has {}", cells.len(), header.targets.len());
        return Err(RowProblem::new("", message));
    }
    for ((cell, target), name) in cells.iter_mut().zip(&header.targets).zip(&header.names) {
        if cell.is_empty() || matches!(target, Target::List(_) | Target::Ignored) {
            continue;
        }
        let number = |cell: &str| {
            let careful = || cell.trim().parse::<f64>().ok().filter(|number| number.is_finite());
            plain_number(cell.as_bytes())
                .or_else(careful)
                .ok_or_else(|| RowProblem::new(name.as_str(), format!("`{cell}` is not a number")))
        };
        match target {
            Target::Id => draft.id = Some(std::mem::take(cell)),
            Target::Address => draft.address = Some(std::mem::take(cell)),
            Target::UserId => draft.user_id = Some(std::mem::take(cell)),
            Target::Field(field) => draft.fields.push((*field, std::mem::take(cell))),
            Target::Channel => draft.channel = Some(channel(cell)?),
            Target::OptOut => draft.opted_out = Some(opt_out(cell)?),
            Target::EffectiveDate => draft.effective = Some(instant("EffectiveDate", cell)?),
            Target::Latitude => draft.latitude = Some(number(cell)?),
            Target::Longitude => draft.longitude = Some(number(cell)?),
            Target::Metric(metric) => {
                let metric = &header.metrics[*metric];
                let (name, place) = (Cow::Borrowed(metric.name.as_str()), metric.place.get());
                draft.metrics.push(DraftMetric { name, place, value: number(cell)? });
            }
            Target::List(_) | Target::Ignored => {}
        }
    }
    for list in &header.lists {
        let start = draft.values.len();
        for column in &list.columns {
            if let Some(cell) = cells.get_mut(*column).filter(|cell| !cell.is_empty()) {
                draft.values.push(std::mem::take(cell));
            }
        }
        if draft.values.len() > start {
            let (name, place) = (Cow::Borrowed(list.name.as_str()), list.place.get());
            draft.lists.push(DraftList { owner: list.owner, name, place, values: start..draft.values.len() });
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
                let end = cell_end(bytes, self.at);
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
