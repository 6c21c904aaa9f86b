//! A part as it is rendered: text, and what stands in braces.

use serde_json::Value;

use crate::helpers::Helper;

/// Deepest nesting of blocks, of the partials they insert, and of parentheses.
pub(crate) const MAX_DEPTH: usize = 50;

/// A place in a part: line and column, from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct At {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// What is wrong with a part, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) at: At,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(at: At, message: impl Into<String>) -> Fault {
        Fault { at, message: message.into() }
    }
}

/// A part, ready to be rendered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parsed {
    pub(crate) body: Vec<Node>,
    /// Inline partials; each can insert only earlier ones, so there are no circles.
    pub(crate) partials: Vec<Vec<Node>>,
}

#[derive(Clone, Debug)]
pub(crate) enum Node {
    Text(String),
    /// `{{x}}`; escaped in HTML unless it was written with three braces.
    Print {
        value: Expr,
        escape: bool,
        at: At,
    },
    Each {
        list: Expr,
        body: Vec<Node>,
        otherwise: Vec<Node>,
    },
    /// `if`, `unless`, and the comparing helpers as blocks.
    If {
        /// The first whose condition holds.
        branches: Vec<Branch>,
        otherwise: Vec<Node>,
    },
    With {
        value: Expr,
        body: Vec<Node>,
        otherwise: Vec<Node>,
    },
    /// The place of an inline partial.
    Partial(usize),
}

#[derive(Clone, Debug)]
pub(crate) struct Branch {
    pub(crate) condition: Expr,
    /// `unless`
    pub(crate) negated: bool,
    pub(crate) body: Vec<Node>,
}

#[derive(Clone, Debug)]
pub(crate) enum Expr {
    Literal(Value),
    /// `@index`, `../@index`: which, and how many loops up.
    Local(Local, usize),
    Path(Box<Path>),
    Call(Box<Call>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Local {
    Index,
    First,
    Last,
    Key,
}

#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) helper: &'static Helper,
    pub(crate) arguments: Vec<Expr>,
    /// Place of the option among the helper's, and its value.
    pub(crate) options: Vec<(usize, Expr)>,
    pub(crate) at: At,
}

/// Where a value is looked up.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    /// Names and list places, outermost first; empty = `this`.
    pub(crate) names: Vec<Name>,
    /// `../`: how many blocks up.
    pub(crate) up: usize,
    /// `@root.`
    pub(crate) from_root: bool,
    /// The names with dots between: the key in substitutions.
    pub(crate) key: String,
    /// As it stands in the template.
    pub(crate) written: String,
    /// What the template's defaults have for it.
    pub(crate) default: Option<Value>,
}

/// A name in a path, and the list place that it may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) place: Option<usize>,
}

impl Name {
    pub(crate) fn new(text: String) -> Name {
        let place = text.parse().ok();
        Name { text, place }
    }
}

/// Calls `visit` with every variable that is read from outside, in order, and with whether a value must be there.
pub(crate) fn variables<'t>(nodes: &'t [Node], visit: &mut dyn FnMut(&'t Path, bool)) {
    for node in nodes {
        match node {
            Node::Text(_) | Node::Partial(_) => {}
            Node::Print { value, .. } => in_expression(value, true, visit),
            Node::Each { list: value, body, otherwise } | Node::With { value, body, otherwise } => {
                in_expression(value, false, visit);
                variables(body, visit);
                variables(otherwise, visit);
            }
            Node::If { branches, otherwise } => {
                for branch in branches {
                    in_expression(&branch.condition, false, visit);
                    variables(&branch.body, visit);
                }
                variables(otherwise, visit);
            }
        }
    }
}

/// `alone`: not in a helper, so the message fails without a value (templates.md 3, "Missing value").
fn in_expression<'t>(value: &'t Expr, alone: bool, visit: &mut dyn FnMut(&'t Path, bool)) {
    match value {
        Expr::Path(path) if !path.names.is_empty() => visit(path, alone),
        Expr::Call(call) => {
            call.arguments.iter().for_each(|argument| in_expression(argument, false, visit));
            call.options.iter().for_each(|(_, option)| in_expression(option, false, visit));
        }
        _ => {}
    }
}
