//! Whether a message can be made, without making it: which values it needs, and how long it can get at most.
//!
//! Read from a template once. For an endpoint the values are looked up, their lengths go into a sum, and when the sum
//! stays within the limit the message can be made and sent. In all other cases the message is rendered to see, so the
//! outline may be pessimistic, but never hopeful.

use crate::helpers::{Growth, Kind, NO, PREFIX, SUFFIX, YES};
use crate::output::{MAX_WORK, STEP};
use crate::render::{ELEMENT, MAX_LOOPS, Source};
use crate::tree::{Call, Expr, Local, Node, Parsed, Path};
use crate::value::{Plain, Val};
use crate::view::{Datum, View};

/// Most nodes that an outline is read from, and most variables; larger templates are rendered.
const MAX_NODES: usize = 10_000;
const MAX_READS: usize = 200;
/// The most bytes that escaping makes of one: `&#x27;` in HTML, `\u0001` in JSON.
const ESCAPED: usize = 6;

/// The bounds of a message.
#[derive(Clone, Debug)]
pub(crate) struct Outline {
    reads: Vec<Read>,
    /// Bytes of the message.
    size: Sum,
    /// Units of work.
    work: Sum,
}

/// A variable that the message reads from outside.
#[derive(Clone, Debug)]
struct Read {
    path: Path,
    /// Stands alone in braces, so there is no message without it.
    needed: bool,
}

/// `fixed`, and so many times the length of each read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Sum {
    fixed: usize,
    factors: Vec<(usize, usize)>,
}

impl Sum {
    fn fixed(fixed: usize) -> Sum {
        Sum { fixed, factors: Vec::new() }
    }

    fn add(&mut self, other: &Sum, times: usize) {
        self.fixed = self.fixed.saturating_add(other.fixed.saturating_mul(times));
        for (read, factor) in &other.factors {
            let more = factor.saturating_mul(times);
            match self.factors.iter_mut().find(|(known, _)| known == read) {
                Some((_, factor)) => *factor = factor.saturating_add(more),
                None => self.factors.push((*read, more)),
            }
        }
    }

    fn of(&self, lengths: &[usize]) -> usize {
        let length = |read: usize| lengths.get(read).copied().unwrap_or(usize::MAX);
        let each = self.factors.iter().map(|(read, factor)| factor.saturating_mul(length(*read)));
        each.fold(self.fixed, usize::saturating_add)
    }
}

/// What kind of text the bytes are counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    /// As they are rendered.
    Plain,
    /// As they stand in the JSON of a payload.
    Json,
}

impl Outline {
    /// The outline of the parts of one message, each with whether it is HTML; `None` = it is not known before rendering.
    pub(crate) fn of<'t>(parts: impl Iterator<Item = (&'t Parsed, bool)>, counted: Counted) -> Option<Outline> {
        let outline = Outline { reads: Vec::new(), size: Sum::default(), work: Sum::default() };
        let mut survey = Survey { outline, nodes: 0, counted, html: false, partials: &[] };
        for (parsed, html) in parts {
            (survey.html, survey.partials) = (html, &parsed.partials);
            survey.body(&parsed.body, 1, Around { this: None, loops: 0 })?;
        }
        Some(survey.outline)
    }

    /// Whether a message of at most `most` bytes can be made for sure.
    pub(crate) fn holds<'a, V: View<'a>>(&'a self, source: &Source<'a, V>, most: usize) -> bool {
        let mut lengths = [0; MAX_READS];
        for (read, length) in self.reads.iter().zip(&mut lengths) {
            let value = source.find(&read.path);
            if read.needed && !source.missing_as_empty && !value.prints() {
                return false;
            }
            match longest(&value) {
                Some(bytes) => *length = bytes,
                None => return false,
            }
        }
        let lengths = &lengths[..self.reads.len()];
        self.size.of(lengths) <= most && self.work.of(lengths) <= MAX_WORK
    }
}

/// At most so many bytes are printed of a value, or of its elements together with two for each; `None` = it has parts
/// that are no texts or numbers.
fn longest<'a, V: View<'a>>(value: &Val<'a, V>) -> Option<usize> {
    match value {
        Val::Plain(plain) => Some(plain.size()),
        Val::View(view) => list_length(*view),
        Val::Json(value) => list_length(*value),
    }
}

fn list_length<'a, V: View<'a>>(list: V) -> Option<usize> {
    if !matches!(list.datum(), Datum::List) {
        return None;
    }
    (0..list.count()).try_fold(0_usize, |sum, place| {
        let plain = Plain::of(list.element(place)?.datum()).filter(|plain| !plain.is_missing())?;
        Some(sum.saturating_add(plain.size() + 2))
    })
}

struct Survey<'t> {
    outline: Outline,
    nodes: usize,
    counted: Counted,
    html: bool,
    partials: &'t [Vec<Node>],
}

/// What blocks have opened around a place.
#[derive(Clone, Copy)]
struct Around<'s> {
    /// What `this` is, at most.
    this: Option<&'s Sum>,
    loops: usize,
}

impl<'t> Survey<'t> {
    /// Adds nodes that are rendered at most `times` times.
    fn body(&mut self, nodes: &'t [Node], times: usize, around: Around<'_>) -> Option<()> {
        for node in nodes {
            self.nodes += 1;
            if self.nodes > MAX_NODES {
                return None;
            }
            self.outline.work.add(&Sum::fixed(STEP), times);
            match node {
                Node::Text(text) => {
                    let bytes = match self.counted {
                        Counted::Plain => text.len(),
                        Counted::Json => serde_json::to_string(text).ok()?.len(),
                    };
                    self.outline.size.add(&Sum::fixed(bytes), times);
                    self.outline.work.add(&Sum::fixed(text.len()), times);
                }
                Node::Print { value, escape, .. } => {
                    if let Expr::Path(path) = value {
                        self.need(path);
                    }
                    let length = self.expression(value, times, around)?;
                    let escaped = self.counted == Counted::Json || (self.html && *escape);
                    self.outline.size.add(&length, if escaped { ESCAPED * times } else { times });
                    self.outline.work.add(&length, (ESCAPED + 1) * times);
                }
                Node::Partial(place) => {
                    let partials = self.partials;
                    self.body(partials.get(*place)?, times, around)?;
                }
                Node::If { branches, otherwise } => {
                    for branch in branches {
                        self.expression(&branch.condition, times, around)?;
                        self.body(&branch.body, times, around)?;
                    }
                    self.body(otherwise, times, around)?;
                }
                Node::Each { list: value, body, otherwise } | Node::With { value, body, otherwise } => {
                    let opened = self.expression(value, times, around)?;
                    let (turns, loops) = if matches!(node, Node::Each { .. }) { (MAX_LOOPS, 1) } else { (1, 0) };
                    let inside = Around { this: Some(&opened), loops: around.loops + loops };
                    self.body(body, times.saturating_mul(turns), inside)?;
                    self.body(otherwise, times, around)?;
                }
            }
        }
        Some(())
    }

    fn need(&mut self, path: &Path) {
        if !path.names.is_empty()
            && let Some(read) = self.read(path)
            && let Some(read) = self.outline.reads.get_mut(read)
        {
            read.needed = true;
        }
    }

    /// The number of a variable among those that are read.
    fn read(&mut self, path: &Path) -> Option<usize> {
        let reads = &mut self.outline.reads;
        if let Some(known) = reads.iter().position(|read| read.path.names == path.names) {
            return Some(known);
        }
        if reads.len() == MAX_READS {
            return None;
        }
        reads.push(Read { path: path.clone(), needed: false });
        Some(reads.len() - 1)
    }

    /// The longest text of an expression. Blocks open only lists of texts here ([`longest`] sees to it), so a path with
    /// names never ends in one of them.
    fn expression(&mut self, expression: &'t Expr, times: usize, around: Around<'_>) -> Option<Sum> {
        let length = match expression {
            Expr::Literal(value) => Sum::fixed(Plain::of(value.datum())?.size()),
            // A place in a loop, or a flag. Outside of loops there is none.
            Expr::Local(Local::Index | Local::First | Local::Last, up) if *up < around.loops => Sum::fixed(5),
            Expr::Local(..) => return None,
            Expr::Path(path) if path.names.is_empty() => {
                if path.up > 0 || path.from_root {
                    return None;
                }
                around.this?.clone()
            }
            Expr::Path(path) => Sum { fixed: 0, factors: vec![(self.read(path)?, 1)] },
            Expr::Call(call) => self.call(call, times, around)?,
        };
        let work = &mut self.outline.work;
        work.add(&Sum::fixed(STEP), times);
        // Read, copied and looked at element by element.
        work.add(&length, times.saturating_mul(2 + ELEMENT));
        Some(length)
    }

    fn call(&mut self, call: &'t Call, times: usize, around: Around<'_>) -> Option<Sum> {
        let mut given = Sum::default();
        for argument in call.arguments.iter().chain(call.options.iter().map(|(_, option)| option)) {
            given.add(&self.expression(argument, times, around)?, 1);
            if let Expr::Path(path) = argument {
                // A bare word without value means itself.
                given.fixed = given.fixed.saturating_add(path.written.len());
            }
        }
        self.outline.work.add(&Sum::fixed(call.helper.work + STEP), times);
        let mut length = Sum::fixed(64);
        match (call.helper.kind, call.helper.growth) {
            (Kind::Block, _) => return None,
            (Kind::All | Kind::Any | Kind::Not | Kind::Compare(_), _) => {
                for (place, option) in &call.options {
                    if *place == YES || *place == NO {
                        length.add(&self.expression(option, times, around)?, 1);
                    }
                }
            }
            (Kind::Join, _) => {
                let [list, Expr::Literal(separator)] = call.arguments.as_slice() else { return None };
                let separator = Plain::of(separator.datum())?.size();
                // The list's length has two bytes for each element.
                length.add(&self.expression(list, times, around)?, 1 + separator);
                for (place, option) in &call.options {
                    if *place == PREFIX || *place == SUFFIX {
                        length.add(&self.expression(option, times, around)?, 1);
                    }
                    if let Expr::Path(path) = option {
                        length.fixed = length.fixed.saturating_add(path.written.len());
                    }
                }
            }
            (Kind::Inline(_), Growth::Most(bytes)) => length.fixed += bytes,
            (Kind::Inline(_), Growth::Times(factor)) => length.add(&given, factor),
            (Kind::Inline(_), Growth::Width) => {
                length.add(&given, 1);
                let widths = call.arguments.get(1..)?;
                let size = call.options.iter().filter(|(place, _)| *place == 0).map(|(_, size)| size);
                let numbers: Option<Vec<usize>> = widths.iter().chain(size).map(number).collect();
                // The widest character takes four bytes. Without a width the call fails.
                length.add(&Sum::fixed(4), numbers?.into_iter().max()?);
            }
            (Kind::Inline(_), Growth::Replaced) => {
                let [text, _, Expr::Literal(new)] = call.arguments.as_slice() else { return None };
                let new = Plain::of(new.datum())?.size();
                length.add(&self.expression(text, times, around)?, 1 + new);
            }
            (Kind::Inline(_), Growth::Open) => return None,
        }
        self.outline.work.add(&length, times);
        Some(length)
    }
}

/// A width that stands in the template.
fn number(expression: &Expr) -> Option<usize> {
    let Expr::Literal(value) = expression else { return None };
    let whole = Plain::of(value.datum())?.number()?.floor().whole()?;
    Some(usize::try_from(whole.max(0)).ok()?.min(crate::helpers::MAX_WIDTH))
}
