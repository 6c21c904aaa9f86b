//! Rendering of a part for one endpoint.

use model::time::Millis;
use serde_json::{Map, Value};

use crate::helpers::{Answer, Arguments, Kind};
use crate::parse::{At, Call, Expr, Node, Parsed, VariablePath};
use crate::value::Val;

/// Longest rendered part, in bytes.
const MAX_OUTPUT: usize = 1 << 20;
/// Most elements that `each` goes through (templates.md 4.1).
const MAX_LOOPS: usize = 15;
/// Most expressions evaluated for a part: loops in loops end here.
const MAX_STEPS: usize = 200_000;

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
    /// The text would become longer than 1 MB, or takes too many steps.
    #[error("{part} becomes too long or too complicated")]
    TooLarge {
        /// The part of the template.
        part: String,
    },
}

/// Where values come from, and what else rendering depends on.
pub(crate) struct Source<'a> {
    pub(crate) part: &'a str,
    pub(crate) html: bool,
    pub(crate) endpoint: &'a Value,
    /// Before the endpoint, by dotted path; the first that has the path wins.
    pub(crate) substitutions: &'a [&'a Map<String, Value>],
    /// After the endpoint.
    pub(crate) defaults: &'a Map<String, Value>,
    pub(crate) now: Millis,
    pub(crate) seed: u64,
    pub(crate) missing_as_empty: bool,
}

pub(crate) fn render<'a>(parsed: &'a Parsed, source: &'a Source<'a>) -> Result<String, RenderError> {
    let mut run = Run { parsed, source, out: String::new(), scopes: Vec::new(), steps: 0, uuids: 0 };
    run.nodes(&parsed.body)?;
    Ok(run.out)
}

struct Run<'a> {
    parsed: &'a Parsed,
    source: &'a Source<'a>,
    out: String,
    /// The values that the blocks around have opened, outermost first.
    scopes: Vec<Scope<'a>>,
    steps: usize,
    /// Unique ids made so far.
    uuids: u64,
}

struct Scope<'a> {
    this: Val<'a>,
    /// Place in a loop and its length.
    place: Option<(usize, usize)>,
    /// The member's name in a loop over an object.
    key: Option<&'a str>,
}

impl<'a> Run<'a> {
    fn nodes(&mut self, nodes: &'a [Node]) -> Result<(), RenderError> {
        for node in nodes {
            self.step()?;
            match node {
                Node::Text(text) => self.write(text, false)?,
                Node::Print { value, escape, at } => self.print(value, *escape, *at)?,
                Node::Partial(place) => {
                    let parsed = self.parsed;
                    self.nodes(&parsed.partials[*place])?;
                }
                Node::If { condition, negated, body, otherwise, .. } => {
                    let holds = self.evaluate(condition)?.is_truthy() != *negated;
                    self.nodes(if holds { body } else { otherwise })?;
                }
                Node::With { value, body, otherwise, .. } => {
                    let this = self.evaluate(value)?;
                    if this.is_truthy() {
                        self.inside(Scope { this, place: None, key: None }, body)?;
                    } else {
                        self.nodes(otherwise)?;
                    }
                }
                Node::Each { list, body, otherwise } => self.each(list, body, otherwise)?,
            }
        }
        Ok(())
    }

    fn each(&mut self, list: &'a Expr, body: &'a [Node], otherwise: &'a [Node]) -> Result<(), RenderError> {
        let list = self.evaluate(list)?;
        let elements = list.elements();
        if elements.is_empty() {
            return self.nodes(otherwise);
        }
        let names: Vec<&'a str> = match &list {
            Val::Json(Value::Object(object)) => object.keys().map(String::as_str).collect(),
            _ => Vec::new(),
        };
        let count = elements.len().min(MAX_LOOPS);
        for (place, this) in elements.into_iter().take(count).enumerate() {
            let key = names.get(place).copied();
            self.inside(Scope { this, place: Some((place, count)), key }, body)?;
        }
        Ok(())
    }

    fn inside(&mut self, scope: Scope<'a>, body: &'a [Node]) -> Result<(), RenderError> {
        self.scopes.push(scope);
        let outcome = self.nodes(body);
        self.scopes.pop();
        outcome
    }

    fn print(&mut self, value: &'a Expr, escape: bool, at: At) -> Result<(), RenderError> {
        let printed = self.evaluate(value)?.print();
        match (printed, value) {
            (Some(text), _) => self.write(&text, escape && self.source.html),
            (None, Expr::Path(path)) if !self.source.missing_as_empty => Err(RenderError::Missing {
                part: self.source.part.to_owned(),
                variable: path.written(),
                line: at.line,
                column: at.column,
            }),
            (None, _) => Ok(()),
        }
    }

    fn write(&mut self, text: &str, escape: bool) -> Result<(), RenderError> {
        if escape {
            for c in text.chars() {
                match c {
                    '&' => self.out.push_str("&amp;"),
                    '<' => self.out.push_str("&lt;"),
                    '>' => self.out.push_str("&gt;"),
                    '"' => self.out.push_str("&quot;"),
                    '\'' => self.out.push_str("&#x27;"),
                    c => self.out.push(c),
                }
            }
        } else {
            self.out.push_str(text);
        }
        if self.out.len() > MAX_OUTPUT { Err(self.too_large()) } else { Ok(()) }
    }

    fn step(&mut self) -> Result<(), RenderError> {
        self.steps += 1;
        if self.steps > MAX_STEPS { Err(self.too_large()) } else { Ok(()) }
    }

    fn too_large(&self) -> RenderError {
        RenderError::TooLarge { part: self.source.part.to_owned() }
    }

    fn evaluate(&mut self, expression: &'a Expr) -> Result<Val<'a>, RenderError> {
        self.step()?;
        match expression {
            Expr::Literal(value) => Ok(Val::of(value)),
            Expr::Path(path) => Ok(self.look_up(path)),
            Expr::Call(call) => self.call(call),
        }
    }

    fn call(&mut self, call: &'a Call) -> Result<Val<'a>, RenderError> {
        let mut values = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            values.push(self.argument(argument, call.helper.bare)?);
        }
        let mut options = Vec::with_capacity(call.options.len());
        for (name, option) in &call.options {
            options.push((name.as_str(), self.argument(option, true)?));
        }
        if call.helper.name == "uuid" {
            self.uuids += 1;
        }
        let seed = self.source.seed.wrapping_add(self.uuids);
        let arguments = Arguments { values, options, now: self.source.now, seed };
        let answer: Answer<'a> = match call.helper.kind {
            Kind::Condition(holds) => Ok({
                let holds = holds(&arguments);
                let word = if holds { "yes" } else { "no" };
                arguments.option(word).cloned().unwrap_or(Val::Flag(holds))
            }),
            Kind::Inline(helper) => helper(&arguments),
            Kind::Block => Ok(Val::Missing),
        };
        let value = answer.map_err(|message| RenderError::Helper {
            part: self.source.part.to_owned(),
            helper: call.helper.name.to_owned(),
            message,
            line: call.at.line,
            column: call.at.column,
        })?;
        match &value {
            Val::Text(text) if text.len() > MAX_OUTPUT => Err(self.too_large()),
            _ => Ok(value),
        }
    }

    /// Where a bare word is allowed (`tz=America/Los_Angeles`, `inflect 3 apple apples`), one without value means itself.
    fn argument(&mut self, expression: &'a Expr, bare: bool) -> Result<Val<'a>, RenderError> {
        let value = self.evaluate(expression)?;
        Ok(match (value, expression) {
            (Val::Missing, Expr::Path(path @ VariablePath::Value { .. })) if bare => Val::text(path.written()),
            (value, _) => value,
        })
    }

    fn look_up(&self, path: &'a VariablePath) -> Val<'a> {
        match path {
            VariablePath::Local { name, up } => {
                let mut loops = self.scopes.iter().rev().filter(|scope| scope.place.is_some()).skip(*up);
                let Some(Scope { place: Some((place, count)), key, .. }) = loops.next() else { return Val::Missing };
                match name.as_str() {
                    "index" => Val::text(place.to_string()),
                    "first" => Val::Flag(*place == 0),
                    "last" => Val::Flag(place + 1 == *count),
                    "key" => key.map_or_else(|| Val::text(place.to_string()), Val::text),
                    _ => Val::Missing,
                }
            }
            VariablePath::Value { names, up, from_root, key, .. } => {
                let scopes = if *from_root { &[] } else { &self.scopes[..self.scopes.len().saturating_sub(*up)] };
                if names.is_empty() {
                    return scopes.last().map_or(Val::Json(self.source.endpoint), |scope| scope.this.clone());
                }
                // Innermost first, as handlebars for Java does: a name not found in a block is looked for around it.
                for scope in scopes.iter().rev() {
                    if let Val::Json(value) = scope.this
                        && let Some(found) = descend(value, names)
                    {
                        return Val::of(found);
                    }
                }
                self.outside_value(names, key)
            }
        }
    }

    /// Substitutions, then the endpoint, then the template's defaults (templates.md 3, "Value lookup order").
    fn outside_value(&self, names: &'a [String], key: &str) -> Val<'a> {
        for layer in self.source.substitutions {
            if let Some(value) = in_layer(layer, names, key) {
                return value;
            }
        }
        if let Some(found) = descend(self.source.endpoint, names).map(Val::of)
            && found.print().is_some()
        {
            return found;
        }
        match in_layer(self.source.defaults, names, key) {
            Some(value) => value,
            // An object on the way to a value prints nothing, but `with` and `each` go into it.
            None => descend(self.source.endpoint, names).map_or(Val::Missing, Val::of),
        }
    }
}

/// A path in a layer of substitutions: by its key, or as an element of the list under the key without the last place.
fn in_layer<'a>(layer: &'a Map<String, Value>, names: &[String], key: &str) -> Option<Val<'a>> {
    if layer.is_empty() {
        return None;
    }
    if let Some(value) = layer.get(key) {
        return Some(Val::of(value));
    }
    let (last, _) = names.split_last()?;
    let place: usize = last.parse().ok()?;
    let list = layer.get(key.strip_suffix(last.as_str())?.strip_suffix('.')?)?;
    match list {
        Value::Array(list) => list.get(place).map(Val::of),
        one => (place == 0).then(|| Val::of(one)),
    }
}

/// Goes down from a value; a place in a bare text counts as the list of one that Pinpoint means.
fn descend<'v>(value: &'v Value, names: &[String]) -> Option<&'v Value> {
    names.iter().try_fold(value, |value, name| match value {
        Value::Object(members) => members.get(name.as_str()),
        Value::Array(list) => list.get(name.parse::<usize>().ok()?),
        Value::String(_) if name == "0" => Some(value),
        _ => None,
    })
}
