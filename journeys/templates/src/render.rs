//! Rendering of a part for one endpoint.

use std::borrow::Cow;

use model::time::Millis;
use serde_json::{Map, Value};

use crate::helpers::{self, Arguments, Kind, MAX_ARGUMENTS, MAX_OPTIONS, NO, PREFIX, SUFFIX, Trouble, Written, YES};
use crate::layers;
use crate::output::{Budget, Output, STEP, TooLarge};
use crate::tree::{At, Call, Expr, Local, Name, Node, Parsed, Path};
use crate::value::{Plain, Val, printing};
use crate::view::{Datum, View};

/// Work of looking at one element of a list.
pub(crate) const ELEMENT: usize = 8;
/// Most elements that `each` goes through (templates.md 4.1).
pub(crate) const MAX_LOOPS: usize = 15;

/// Why a message can not be made for an endpoint: it is not sent (templates.md 3).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// A variable has no value: neither a substitution nor the endpoint nor the template's defaults have one.
    #[error("{part}, line {line}, column {column}: `{variable}` has no value and no default")]
    Missing {
        /// The part of the template.
        part: String,
        /// The variable as written.
        variable: String,
        /// Line in the part, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// A helper can not work with what it was given.
    #[error("{part}, line {line}, column {column}: `{helper}`: {message}")]
    Helper {
        /// The part of the template.
        part: String,
        /// The helper.
        helper: String,
        /// What is wrong.
        message: String,
        /// Line in the part, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// The message would become longer than 10 MB, or take too much work.
    #[error("{part} becomes too long or too complicated")]
    TooLarge {
        /// The part of the template.
        part: String,
    },
}

/// Where values come from, and what else rendering depends on.
pub(crate) struct Source<'a, V> {
    pub(crate) endpoint: V,
    /// Before the endpoint, by dotted path; the first that has the path wins.
    pub(crate) substitutions: [Option<&'a Map<String, Value>>; 2],
    pub(crate) now: Millis,
    pub(crate) seed: u64,
    pub(crate) missing_as_empty: bool,
}

impl<'a, V: View<'a>> Source<'a, V> {
    /// Substitutions, then the endpoint, then the template's defaults (templates.md 3, "Value lookup order").
    pub(crate) fn find(&self, path: &'a Path) -> Val<'a, V> {
        for layer in self.substitutions.iter().flatten() {
            if let Some(value) = layers::find(layer, &path.names, &path.key) {
                return Val::of_json(value);
            }
        }
        let found = descend(self.endpoint, &path.names);
        match (found, &path.default) {
            // An object prints nothing, but `with` and `each` go into it.
            (Some(view), None) => Val::of(view),
            (None, None) => Val::MISSING,
            (None, Some(default)) => Val::of_json(default),
            (Some(view), Some(default)) => {
                let found = Val::of(view);
                if found.prints() { found } else { Val::of_json(default) }
            }
        }
    }
}

/// Goes down from a view; a place in a single value counts as the list of one that Pinpoint means.
fn descend<'a, V: View<'a>>(view: V, names: &[Name]) -> Option<V> {
    let mut at = view;
    for name in names {
        at = match name.place {
            None => at.member(&name.text)?,
            Some(place) => match at.element(place).or_else(|| at.member(&name.text)) {
                Some(found) => found,
                None if place == 0 && !matches!(at.datum(), Datum::Nothing | Datum::List | Datum::Object) => at,
                None => return None,
            },
        };
    }
    Some(at)
}

/// Renders a part behind what `text` holds; `name` and `html` say what kind of part it is.
pub(crate) fn render<'a, V: View<'a>>(
    parsed: &'a Parsed,
    source: &Source<'a, V>,
    (name, html): (&str, bool),
    budget: &mut Budget,
    uuids: &mut u64,
    text: &mut String,
) -> Result<(), RenderError> {
    let mut run = Run { parsed, source, html, budget, uuids };
    run.nodes(&parsed.body, None, text).map_err(|stop| stop.at(name))
}

struct Run<'a, 'r, V> {
    parsed: &'a Parsed,
    source: &'r Source<'a, V>,
    html: bool,
    budget: &'r mut Budget,
    /// Unique ids made so far in the message.
    uuids: &'r mut u64,
}

/// A block that has opened a value, and the blocks around it.
struct Scope<'a, 's, V> {
    this: Val<'a, V>,
    /// In a loop: place, length, and the member's name in a loop over an object.
    turn: Option<(usize, usize, Option<&'a str>)>,
    around: Option<&'s Scope<'a, 's, V>>,
}

/// Why rendering ends early; the part is not known yet.
enum Stop {
    Missing(Box<(String, At)>),
    Helper(Box<(&'static str, String, At)>),
    TooLarge,
}

impl From<TooLarge> for Stop {
    fn from(_: TooLarge) -> Stop {
        Stop::TooLarge
    }
}

impl Stop {
    fn at(self, part: &str) -> RenderError {
        let part = part.to_owned();
        match self {
            Stop::Missing(missing) => {
                let (variable, At { line, column }) = *missing;
                RenderError::Missing { part, variable, line, column }
            }
            Stop::Helper(trouble) => {
                let (helper, message, At { line, column }) = *trouble;
                RenderError::Helper { part, helper: helper.to_owned(), message, line, column }
            }
            Stop::TooLarge => RenderError::TooLarge { part },
        }
    }
}

type Done<T> = Result<T, Stop>;
type Around<'s, 'a, V> = Option<&'s Scope<'a, 's, V>>;

impl<'a, V: View<'a>> Run<'a, '_, V> {
    fn nodes(&mut self, nodes: &'a [Node], scope: Around<'_, 'a, V>, text: &mut String) -> Done<()> {
        for node in nodes {
            self.budget.spend(STEP)?;
            match node {
                Node::Text(literal) => Output::new(text, self.budget).push_str(literal)?,
                Node::Print { value, escape, at } => self.print(value, *escape && self.html, *at, scope, text)?,
                Node::Partial(place) => {
                    let parsed = self.parsed;
                    if let Some(nodes) = parsed.partials.get(*place) {
                        self.nodes(nodes, scope, text)?;
                    }
                }
                Node::If { branches, otherwise } => {
                    let mut chosen = otherwise;
                    for branch in branches {
                        if self.holds(&branch.condition, scope)? != branch.negated {
                            chosen = &branch.body;
                            break;
                        }
                    }
                    self.nodes(chosen, scope, text)?;
                }
                Node::With { value, body, otherwise } => {
                    let this = self.evaluate(value, scope)?;
                    if this.is_truthy() {
                        self.nodes(body, Some(&Scope { this, turn: None, around: scope }), text)?;
                    } else {
                        self.nodes(otherwise, scope, text)?;
                    }
                }
                Node::Each { list, body, otherwise } => {
                    let list = self.evaluate(list, scope)?;
                    let count = list.count().min(MAX_LOOPS);
                    if count == 0 {
                        self.nodes(otherwise, scope, text)?;
                    }
                    for place in 0..count {
                        if let Some((key, this)) = list.entry(place) {
                            let turn = Some((place, count, key));
                            self.nodes(body, Some(&Scope { this, turn, around: scope }), text)?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn print(
        &mut self,
        value: &'a Expr,
        escape: bool,
        at: At,
        scope: Around<'_, 'a, V>,
        text: &mut String,
    ) -> Done<()> {
        if let Expr::Call(call) = value
            && let Kind::Inline(_) | Kind::Join = call.helper.kind
        {
            // A helper writes straight into the message; what it wrote seldom has to be escaped.
            let start = text.len();
            self.budget.spend(STEP)?;
            self.write(call, scope, text)?;
            if escape && text[start..].contains(['&', '<', '>', '"', '\'']) {
                let written = text.split_off(start);
                Output::new(text, self.budget).push_escaped(&written)?;
            }
            return Ok(());
        }
        let plain = self.evaluate(value, scope)?.into_plain();
        let mut out = Output::new(text, self.budget);
        match (plain, value) {
            (Plain::Missing, Expr::Call(_) | Expr::Literal(_)) => {}
            (Plain::Missing, _) if self.source.missing_as_empty => {}
            (Plain::Missing, value) => return Err(Stop::Missing(Box::new((written(value), at)))),
            (Plain::Text(value), _) if escape => out.push_escaped(&value)?,
            // No other value has anything to escape.
            (plain, _) => plain.write(&mut out)?,
        }
        Ok(())
    }

    fn evaluate(&mut self, expression: &'a Expr, scope: Around<'_, 'a, V>) -> Done<Val<'a, V>> {
        self.budget.spend(STEP)?;
        match expression {
            Expr::Literal(value) => Ok(Val::of_json(value)),
            Expr::Local(local, up) => Ok(Val::Plain(turn(*local, *up, scope))),
            Expr::Path(path) => {
                let value = self.look_up(path, scope);
                self.budget.spend(match &value {
                    Val::Plain(Plain::Text(Cow::Owned(text))) => text.len(),
                    Val::Plain(_) => 0,
                    list => list.count().saturating_mul(ELEMENT),
                })?;
                Ok(value)
            }
            Expr::Call(call) => match call.helper.kind {
                Kind::Inline(_) | Kind::Join => {
                    let mut text = String::new();
                    Ok(Val::Plain(match self.write(call, scope, &mut text)? {
                        Written::Text => Plain::Text(Cow::Owned(text)),
                        Written::Nothing => Plain::Missing,
                    }))
                }
                _ => {
                    let holds = self.decide(call, scope)?;
                    match option(call, if holds { YES } else { NO }) {
                        Some(word) => self.evaluate(word, scope),
                        None => Ok(Val::Plain(Plain::Flag(holds))),
                    }
                }
            },
        }
    }

    fn holds(&mut self, expression: &'a Expr, scope: Around<'_, 'a, V>) -> Done<bool> {
        Ok(self.evaluate(expression, scope)?.is_truthy())
    }

    /// The answer of a helper of templates.md 4.2.
    fn decide(&mut self, call: &'a Call, scope: Around<'_, 'a, V>) -> Done<bool> {
        match (call.helper.kind, call.arguments.as_slice()) {
            (Kind::All, arguments) => {
                // Every argument is evaluated: one that fails stops the message, whatever the others say.
                arguments.iter().try_fold(true, |all, argument| Ok(self.holds(argument, scope)? && all))
            }
            (Kind::Any, arguments) => {
                arguments.iter().try_fold(false, |any, argument| Ok(self.holds(argument, scope)? || any))
            }
            (Kind::Not, [only]) => Ok(!self.holds(only, scope)?),
            (Kind::Compare(holds), [a, b]) => {
                let (a, b) = (self.plain(a, scope)?, self.plain(b, scope)?);
                Ok(holds(helpers::order(&a, &b)))
            }
            _ => Ok(false),
        }
    }

    /// A value as a helper takes it. Going through its text is paid for.
    fn plain(&mut self, expression: &'a Expr, scope: Around<'_, 'a, V>) -> Done<Plain<'a>> {
        let plain = self.evaluate(expression, scope)?.into_plain();
        self.budget.spend(plain.size())?;
        Ok(plain)
    }

    /// Where a bare word is allowed (`tz=America/Los_Angeles`, `inflect 3 apple apples`), one without value means itself.
    fn argument(&mut self, expression: &'a Expr, bare: bool, scope: Around<'_, 'a, V>) -> Done<Plain<'a>> {
        Ok(match (self.plain(expression, scope)?, expression) {
            (Plain::Missing, Expr::Path(path)) if bare => Plain::text(path.written.as_str()),
            (plain, _) => plain,
        })
    }

    /// Calls a helper that writes a text, behind what `text` holds.
    fn write(&mut self, call: &'a Call, scope: Around<'_, 'a, V>, text: &mut String) -> Done<Written> {
        self.budget.spend(call.helper.work)?;
        let Kind::Inline(helper) = call.helper.kind else {
            return self.join(call, scope, text);
        };
        let mut arguments = Arguments {
            values: [const { Plain::Missing }; MAX_ARGUMENTS],
            count: call.arguments.len(),
            options: [const { None }; MAX_OPTIONS],
            now: self.source.now,
            seed: self.source.seed,
        };
        for (value, argument) in arguments.values.iter_mut().zip(&call.arguments) {
            *value = self.argument(argument, call.helper.bare, scope)?;
        }
        for (place, option) in &call.options {
            if let Some(value) = arguments.options.get_mut(*place) {
                *value = Some(self.argument(option, true, scope)?);
            }
        }
        if call.helper.name == "uuid" {
            *self.uuids += 1;
            arguments.seed = arguments.seed.wrapping_add(*self.uuids);
        }
        helper(&arguments, &mut Output::new(text, self.budget)).map_err(|trouble| match trouble {
            Trouble::TooLarge => Stop::TooLarge,
            Trouble::Wrong(message) => Stop::Helper(Box::new((call.helper.name, message, call.at))),
        })
    }

    /// `join list sep [prefix=""] [suffix=""]`
    fn join(&mut self, call: &'a Call, scope: Around<'_, 'a, V>, text: &mut String) -> Done<Written> {
        let [list, separator] = call.arguments.as_slice() else { return Ok(Written::Nothing) };
        let list = self.evaluate(list, scope)?;
        let separator = self.plain(separator, scope)?;
        let [prefix, suffix] = [PREFIX, SUFFIX].map(|place| option(call, place));
        if let Some(prefix) = prefix {
            self.argument(prefix, true, scope)?.write(&mut Output::new(text, self.budget))?;
        }
        let suffix = suffix.map(|suffix| self.argument(suffix, true, scope)).transpose()?;
        let mut out = Output::new(text, self.budget);
        match list {
            Val::Plain(plain) => plain.write(&mut out)?,
            Val::View(view) => write_joined(printing(view), &separator, &mut out)?,
            Val::Json(value) => write_joined(printing(value), &separator, &mut out)?,
        }
        if let Some(suffix) = suffix {
            suffix.write(&mut out)?;
        }
        Ok(Written::Text)
    }

    fn look_up(&self, path: &'a Path, scope: Around<'_, 'a, V>) -> Val<'a, V> {
        let mut scope = if path.from_root { None } else { scope };
        for _ in 0..path.up {
            scope = scope.and_then(|scope| scope.around);
        }
        if path.names.is_empty() {
            return scope.map_or_else(|| Val::of(self.source.endpoint), |scope| scope.this.clone());
        }
        // Innermost first, as handlebars for Java does: a name not found in a block is looked for around it.
        while let Some(Scope { this, around, .. }) = scope {
            let found = match this {
                Val::View(view) => descend(*view, &path.names).map(Val::of),
                Val::Json(value) => descend(*value, &path.names).map(Val::of_json),
                Val::Plain(_) => None,
            };
            match found {
                Some(found) => return found,
                None => scope = *around,
            }
        }
        self.source.find(path)
    }
}

fn option(call: &Call, place: usize) -> Option<&Expr> {
    call.options.iter().find(|(known, _)| *known == place).map(|(_, value)| value)
}

fn write_joined<'a>(
    elements: impl Iterator<Item = Plain<'a>>,
    separator: &Plain<'_>,
    out: &mut Output<'_>,
) -> Result<(), TooLarge> {
    for (place, element) in elements.enumerate() {
        if place > 0 {
            separator.write(out)?;
        }
        element.write(out)?;
    }
    Ok(())
}

fn turn<'a, V>(local: Local, up: usize, scope: Around<'_, 'a, V>) -> Plain<'a> {
    let mut scopes = std::iter::successors(scope, |scope| scope.around).filter_map(|scope| scope.turn);
    let Some((place, count, key)) = scopes.nth(up) else { return Plain::Missing };
    match (local, key) {
        (Local::Index, _) | (Local::Key, None) => Plain::Whole(place as i64),
        (Local::First, _) => Plain::Flag(place == 0),
        (Local::Last, _) => Plain::Flag(place + 1 == count),
        (Local::Key, Some(key)) => Plain::text(key),
    }
}

/// As it stands in the template.
fn written(expression: &Expr) -> String {
    match expression {
        Expr::Path(path) => path.written.clone(),
        Expr::Local(local, up) => format!("{}@{}", "../".repeat(*up), format!("{local:?}").to_lowercase()),
        Expr::Call(call) => call.helper.name.to_owned(),
        Expr::Literal(value) => value.to_string(),
    }
}
