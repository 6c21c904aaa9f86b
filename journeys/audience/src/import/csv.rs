//! CSV: the table is read cell by cell, borrowed from the text, each cell straight into the draft of its endpoint.

use std::borrow::Cow;
use std::cell::Cell;

use memchr::memchr;

use super::batch::Batch;
use super::scan::{about_lines, cell_end, plain_number};

use crate::draft::{Draft, DraftList, DraftMetric, Field, Owner, RowProblem};
use crate::people::People;
use crate::update::Update;
use crate::words::{channel, instant, opt_out};
use crate::write::NewRows;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq)]
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

pub(super) struct Header {
    names: Vec<String>,
    targets: Vec<Target>,
    lists: Vec<List>,
    metrics: Vec<Metric>,
}

/// An attribute.
struct List {
    owner: Owner,
    name: String,
    /// How many columns hold its values.
    columns: usize,
    /// Where its column is in the store, once it has one.
    place: Cell<Option<u32>>,
}

impl List {
    fn values(&self, values: std::ops::Range<usize>) -> DraftList<'_> {
        DraftList { owner: self.owner, name: Cow::Borrowed(&self.name), place: self.place.get(), values }
    }
}

struct Metric {
    name: String,
    place: Cell<Option<u32>>,
}

impl Header {
    fn list(&mut self, owner: Owner, name: &str) -> Target {
        let known = self.lists.iter().position(|list| list.owner == owner && list.name == name);
        let number = known.unwrap_or_else(|| {
            self.lists.push(List { owner, name: name.to_owned(), columns: 0, place: Cell::new(None) });
            self.lists.len() - 1
        });
        self.lists[number].columns += 1;
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
        let unplaced = self.lists.iter().any(|list| list.place.get().is_none())
            || self.metrics.iter().any(|metric| metric.place.get().is_none());
        if !unplaced {
            return;
        }
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
    let mut table = Table::new(text);
    let header = loop {
        let line = table.line;
        match table.cells() {
            None => {
                problems.push(RowProblem::new("", "the file is empty: a header of column names is expected").at(1));
                return problems;
            }
            Some(Err(problem)) => {
                problems.push(problem);
                return problems;
            }
            Some(Ok(cells)) if cells.iter().all(|cell| cell.trim().is_empty()) => {}
            Some(Ok(cells)) => break header(&cells, line, &mut problems),
        }
    };
    if header.targets == [Target::UserId] {
        users(people, &mut table, &mut problems);
        return problems;
    }
    people.reserve(about_lines(text), text.len());
    let mut batch = Batch::new();
    while table.at < text.len() {
        let line = table.line;
        let full = match row(&mut table, &header, batch.draft()) {
            Ok(Row::Blank) => false,
            Ok(Row::Filled) => batch.take(line),
            Err(problem) => {
                // After those of the rows before it.
                batch.write(people, &mut problems);
                problems.push(problem.at(line));
                false
            }
        };
        if full {
            batch.write(people, &mut problems);
            header.find_places(people);
        }
    }
    batch.write(people, &mut problems);
    problems
}

/// A file of user ids alone, several of which may stand on a line, separated by spaces.
fn users(people: &mut People, table: &mut Table<'_>, problems: &mut Vec<RowProblem>) {
    let mut line = table.line;
    while let Some(cells) = table.cells() {
        match cells {
            Ok(cells) => {
                for id in cells.iter().flat_map(|cell| cell.split_ascii_whitespace()) {
                    let draft = Draft { user_id: Some(Cow::Borrowed(id)), ..Draft::default() };
                    if let Err(problem) = people.write(&draft, NewRows::Reachable) {
                        problems.push(problem.at(line));
                    }
                }
            }
            Err(problem) => problems.push(problem),
        }
        line = table.line;
    }
}

/// The header of a file whose rows are read with [`each`]; anything odd in it is an error.
pub(super) fn read_header(text: &str) -> Result<Header, RowProblem> {
    let mut problems = Vec::new();
    let cells = Table::new(text).cells().unwrap_or(Ok(Vec::new()))?;
    if cells.iter().all(|cell| cell.trim().is_empty()) {
        return Err(RowProblem::new("", "the file is empty: a header of column names is expected").at(1));
    }
    let header = header(&cells, 1, &mut problems);
    match problems.into_iter().next() {
        Some(problem) => Err(problem),
        None => Ok(header),
    }
}

/// Hands the rows below a header to `take`, each with its line.
pub(super) fn each(
    header: &Header,
    text: &str,
    line: usize,
    take: &mut dyn FnMut(usize, Result<Update<'_>, RowProblem>),
) {
    let mut table = Table { text, at: 0, line };
    let users_only = header.targets == [Target::UserId];
    while table.at < text.len() {
        let line = table.line;
        let mut draft = Draft::default();
        match row(&mut table, header, &mut draft) {
            Ok(Row::Blank) => {}
            // Several users may stand on a line, see `users`.
            Ok(Row::Filled) if users_only => {
                for id in draft.user_id.as_deref().unwrap_or_default().split_ascii_whitespace() {
                    let draft = Draft { user_id: Some(Cow::Borrowed(id)), ..Draft::default() };
                    take(line, Update::of_row(draft).map_err(|problem| problem.at(line)));
                }
            }
            Ok(Row::Filled) => take(line, Update::of_row(draft).map_err(|problem| problem.at(line))),
            Err(problem) => take(line, Err(problem.at(line))),
        }
    }
}

fn header(cells: &[Cow<'_, str>], line: usize, problems: &mut Vec<RowProblem>) -> Header {
    let mut header = Header { names: Vec::new(), targets: Vec::new(), lists: Vec::new(), metrics: Vec::new() };
    for (column, cell) in cells.iter().enumerate() {
        let name = cell.trim();
        let mut target = match name.split_once('.') {
            Some(("Attributes", name)) if !name.is_empty() => Some(header.list(Owner::Endpoint, name)),
            Some(("User", rest)) if rest.len() > "UserAttributes.".len() && rest.starts_with("UserAttributes.") => {
                Some(header.list(Owner::User, &rest["UserAttributes.".len()..]))
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

/// What a row is.
enum Row {
    Blank,
    Filled,
}

/// Reads the next row into the draft. After a problem the table is at the next row all the same.
fn row<'a>(table: &mut Table<'a>, header: &'a Header, draft: &mut Draft<'a>) -> Result<Row, RowProblem> {
    let start = table.at;
    let (mut outcome, mut blank, mut count, mut last) = (Ok(()), true, 0, false);
    let mut spread = Vec::new();
    while !last {
        let cell;
        (cell, last) = table.cell().map_err(|message| table.give_up(start, count, message))?;
        blank = blank && cell.trim_ascii().is_empty();
        if let Some(target) = header.targets.get(count)
            && !cell.is_empty()
            && outcome.is_ok()
        {
            outcome = fill(draft, header, *target, count, cell, &mut spread);
        }
        count += 1;
    }
    if blank {
        return Ok(Row::Blank);
    }
    if count > header.targets.len() {
        let message = format!("the row has {count} cells, but the header has {}", header.targets.len());
        return Err(RowProblem::new("", message));
    }
    outcome?;
    // The values of a list stand together, wherever their columns do.
    spread.sort_by_key(|(list, _)| *list);
    let mut spread = spread.into_iter().peekable();
    while let Some((number, cell)) = spread.next() {
        let start = draft.values.len();
        draft.values.push(cell);
        while let Some((_, cell)) = spread.next_if(|(next, _)| *next == number) {
            draft.values.push(cell);
        }
        draft.lists.push(header.lists[number].values(start..draft.values.len()));
    }
    Ok(Row::Filled)
}

/// Puts a cell that is not empty into the draft; one of a list with several columns into `spread`.
#[inline]
fn fill<'a>(
    draft: &mut Draft<'a>,
    header: &'a Header,
    target: Target,
    column: usize,
    cell: Cow<'a, str>,
    spread: &mut Vec<(usize, Cow<'a, str>)>,
) -> Result<(), RowProblem> {
    let number = |cell: &str| {
        let careful = || cell.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        plain_number(cell.as_bytes())
            .or_else(careful)
            .ok_or_else(|| RowProblem::new(header.names[column].as_str(), format!("`{cell}` is not a number")))
    };
    match target {
        Target::Id => draft.id = Some(cell),
        Target::Address => draft.address = Some(cell),
        Target::UserId => draft.user_id = Some(cell),
        Target::Field(field) => draft.fields.push((field, cell)),
        Target::Channel => draft.channel = Some(channel(&cell)?),
        Target::OptOut => draft.opted_out = Some(opt_out(&cell)?),
        Target::EffectiveDate => draft.effective = Some(instant("EffectiveDate", &cell)?),
        Target::Latitude => draft.latitude = Some(number(&cell)?),
        Target::Longitude => draft.longitude = Some(number(&cell)?),
        Target::Metric(metric) => {
            let metric = &header.metrics[metric];
            let (name, place) = (Cow::Borrowed(metric.name.as_str()), metric.place.get());
            draft.metrics.push(DraftMetric { name, place, value: number(&cell)? });
        }
        Target::List(list) if header.lists[list].columns == 1 => {
            let start = draft.values.len();
            draft.values.push(cell);
            draft.lists.push(header.lists[list].values(start..start + 1));
        }
        Target::List(list) => spread.push((list, cell)),
        Target::Ignored => {}
    }
    Ok(())
}

/// Whether an import has a column of that name (segments-and-endpoints.md 3).
pub(super) fn is_known(name: &str) -> bool {
    let custom = ["Attributes.", "User.UserAttributes.", "Metrics."];
    target(name).is_some() || custom.iter().any(|kind| name.strip_prefix(kind).is_some_and(|name| !name.is_empty()))
}

/// The cells of a CSV text.
pub(super) struct Table<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl<'a> Table<'a> {
    pub(super) fn new(text: &'a str) -> Table<'a> {
        Table { text, at: 0, line: 1 }
    }

    /// The number of the line that comes next.
    pub(super) fn line(&self) -> usize {
        self.line
    }

    /// The text begins at that line of its file.
    pub(super) fn begin_at(&mut self, line: usize) {
        self.line = line;
    }

    /// All cells of the next row; `None` at the end.
    pub(super) fn cells(&mut self) -> Option<Result<Vec<Cow<'a, str>>, RowProblem>> {
        if self.at >= self.text.len() {
            return None;
        }
        let (start, line, mut cells, mut last) = (self.at, self.line, Vec::new(), false);
        while !last {
            let cell;
            (cell, last) = match self.cell() {
                Ok(cell) => cell,
                Err(message) => return Some(Err(self.give_up(start, cells.len(), message).at(line))),
            };
            cells.push(cell);
        }
        Some(Ok(cells))
    }

    /// The next cell, and whether it is the last of its row; then `at` is where the next cell or row begins.
    #[inline]
    fn cell(&mut self) -> Result<(Cow<'a, str>, bool), &'static str> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        if bytes.get(start) == Some(&b'"') {
            return self.quoted();
        }
        let end = cell_end(bytes, start);
        self.at = end + 1;
        if bytes.get(end) == Some(&b',') {
            return Ok((Cow::Borrowed(&self.text[start..end]), false));
        }
        self.line += 1;
        let cell = &self.text[start..end];
        Ok((Cow::Borrowed(cell.strip_suffix('\r').unwrap_or(cell)), true))
    }

    /// As [`cell`](Table::cell), where a double quote opens it.
    fn quoted(&mut self) -> Result<(Cow<'a, str>, bool), &'static str> {
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
        let mut after = end + 1;
        if bytes[after..].starts_with(b"\r\n") {
            after += 1;
        }
        let last = match bytes.get(after) {
            Some(b',') => false,
            None | Some(b'\n') => true,
            Some(_) => return Err("after a closing double quote a comma or the end of the line is expected"),
        };
        let cell = &self.text[start..end];
        self.line += memchr::memchr_iter(b'\n', cell.as_bytes()).count() + usize::from(last);
        self.at = after + 1;
        Ok((if doubled { Cow::Owned(cell.replace("\"\"", "\"")) } else { Cow::Borrowed(cell) }, last))
    }

    /// Goes on at the line after the one in which the row began.
    #[cold]
    fn give_up(&mut self, start: usize, cells: usize, message: &str) -> RowProblem {
        let bytes = self.text.as_bytes();
        self.line -= memchr::memchr_iter(b'\n', &bytes[start..self.at]).count();
        self.at = memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |end| start + end + 1);
        self.line += 1;
        RowProblem::new("", format!("in cell {}: {message}", cells + 1))
    }
}
