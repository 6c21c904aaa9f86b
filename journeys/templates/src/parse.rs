//! From the text of a part to the tree that is rendered.

use handlebars::template::{
    BlockParam, DecoratorTemplate, HelperTemplate, Parameter, Template as Tree, TemplateElement,
};
use handlebars::{Path as HandlebarsPath, PathSeg, TemplateErrorReason};
use serde_json::Value;

use crate::helpers::{self, Helper, Kind};

/// Deepest nesting of blocks and of parentheses.
const MAX_DEPTH: usize = 50;
/// Longest text of a part, in bytes: the 600,000 characters of an e-mail template (templates.md 5).
const MAX_BYTES: usize = 4 * 600_000;

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
    /// `if`, `unless` (negated), and the comparing helpers as blocks.
    If {
        condition: Expr,
        negated: bool,
        body: Vec<Node>,
        otherwise: Vec<Node>,
    },
    With {
        value: Expr,
        body: Vec<Node>,
        otherwise: Vec<Node>,
    },
    Partial(usize),
}

#[derive(Clone, Debug)]
pub(crate) enum Expr {
    Literal(Value),
    Path(VariablePath),
    Call(Box<Call>),
}

#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) helper: &'static Helper,
    pub(crate) arguments: Vec<Expr>,
    pub(crate) options: Vec<(String, Expr)>,
    pub(crate) at: At,
}

/// Where a value is looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum VariablePath {
    /// `@index`, `../@index`: the name and how many blocks up.
    Local { name: String, up: usize },
    Value {
        /// Names and list places, outermost first; empty = `this`.
        names: Vec<String>,
        /// `../`: how many blocks up.
        up: usize,
        /// `@root.`
        from_root: bool,
        /// The names with dots between: the key in substitutions.
        key: String,
        /// As it stands in the template.
        written: String,
    },
}

impl VariablePath {
    /// As it stands in the template.
    pub(crate) fn written(&self) -> String {
        match self {
            VariablePath::Local { name, up } => format!("{}@{name}", "../".repeat(*up)),
            VariablePath::Value { written, .. } => written.clone(),
        }
    }
}

/// Reads a part.
pub(crate) fn parse(text: &str) -> Result<Parsed, Fault> {
    let whole = At { line: 1, column: 1 };
    if text.len() > MAX_BYTES {
        return Err(Fault { at: whole, message: format!("is longer than {MAX_BYTES} bytes") });
    }
    check_depth(text)?;
    let tree = Tree::compile(text).map_err(|error| {
        let at = error.pos().map_or(whole, |(line, column)| At { line, column });
        Fault { at, message: syntax_message(error.reason()) }
    })?;
    let mut parser = Parser { partials: Vec::new() };
    let body = parser.nodes(tree)?;
    Ok(Parsed { body, partials: parser.partials.into_iter().map(|(_, nodes)| nodes).collect() })
}

/// The library reads nested blocks and parentheses by recursion: too many would overflow the stack.
fn check_depth(text: &str) -> Result<(), Fault> {
    let (mut blocks, mut parentheses, mut in_braces) = (0usize, 0usize, false);
    let bytes = text.as_bytes();
    for (place, byte) in bytes.iter().enumerate() {
        let opens = bytes[..place].ends_with(b"{{") || bytes[..place].ends_with(b"{{~");
        match byte {
            b'#' if opens => blocks += 1,
            b'/' if opens => blocks = blocks.saturating_sub(1),
            b'{' if bytes[..place].ends_with(b"{") => in_braces = true,
            b'}' => (in_braces, parentheses) = (false, 0),
            b'(' | b'[' if in_braces => parentheses += 1,
            b')' | b']' if in_braces => parentheses = parentheses.saturating_sub(1),
            _ => {}
        }
        if blocks > MAX_DEPTH || parentheses > MAX_DEPTH {
            let before = &text[..place];
            let line_start = before.rfind('\n').map_or(0, |i| i + 1);
            let at = At { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 };
            return Err(Fault { at, message: format!("nested deeper than {MAX_DEPTH} levels") });
        }
    }
    Ok(())
}

/// The library's word on a syntax error, in ours.
fn syntax_message(reason: &TemplateErrorReason) -> String {
    match reason {
        TemplateErrorReason::MismatchingClosedHelper(open, close)
        | TemplateErrorReason::MismatchingClosedDecorator(open, close) => {
            format!("`{open}` was opened, but `{close}` is closed here")
        }
        TemplateErrorReason::InvalidSyntax(_) => {
            "this is not a handlebars expression; is a `}}`, a `)`, a quote or a `{{/...}}` missing?".to_owned()
        }
        TemplateErrorReason::InvalidParam(text) => format!("`{text}` can not be an argument"),
        other => other.to_string(),
    }
}

struct Parser {
    /// Name and content of the inline partials so far.
    partials: Vec<(String, Vec<Node>)>,
}

impl Parser {
    fn nodes(&mut self, tree: Tree) -> Result<Vec<Node>, Fault> {
        let mut nodes = Vec::new();
        let places = tree.mapping.into_iter().map(Some).chain(std::iter::repeat(None));
        for (element, place) in tree.elements.into_iter().zip(places) {
            let at = place.map_or(At::default(), |place| At { line: place.0, column: place.1 });
            match element {
                TemplateElement::RawString(text) => nodes.push(Node::Text(text)),
                TemplateElement::Comment(_) => {}
                TemplateElement::Expression(call) => nodes.push(self.print(*call, true, at)?),
                TemplateElement::HtmlExpression(call) => nodes.push(self.print(*call, false, at)?),
                TemplateElement::HelperBlock(block) => nodes.push(self.block(*block, at)?),
                TemplateElement::DecoratorBlock(decorator) => self.define(*decorator, at)?,
                TemplateElement::PartialExpression(partial) => nodes.push(self.partial(*partial, at)?),
                TemplateElement::DecoratorExpression(_) | TemplateElement::PartialBlock(_) => {
                    return Err(fault(at, "decorators and partial blocks are not supported"));
                }
                _ => return Err(fault(at, "this kind of expression is not supported")),
            }
        }
        Ok(nodes)
    }

    fn print(&mut self, call: HelperTemplate, escape: bool, at: At) -> Result<Node, Fault> {
        let value = expression(call, at)?;
        if let Expr::Call(call) = &value
            && matches!(call.helper.kind, Kind::Block)
        {
            return Err(fault(
                at,
                &format!("`{0}` is a block: write `{{{{#{0} ...}}}} ... {{{{/{0}}}}}`", call.helper.name),
            ));
        }
        Ok(Node::Print { value, escape, at })
    }

    fn block(&mut self, block: HelperTemplate, at: At) -> Result<Node, Fault> {
        let HelperTemplate { name, params, hash, block_param, template, inverse, .. } = block;
        let name = name.as_name().unwrap_or_default().to_owned();
        let Some(helper) = helpers::find(&name) else { return Err(unknown(&name, at)) };
        if block_param.is_some_and(|names| matches!(names, BlockParam::Single(_) | BlockParam::Pair(_))) {
            return Err(fault(at, "names behind `as` are not supported; use `this`"));
        }
        let condition = call(helper, params, hash, at)?;
        let body = template.map(|tree| self.nodes(tree)).transpose()?.unwrap_or_default();
        let otherwise = inverse.map(|tree| self.nodes(tree)).transpose()?.unwrap_or_default();
        let first = |mut call: Call| {
            if call.arguments.is_empty() { Expr::Literal(Value::Null) } else { call.arguments.remove(0) }
        };
        Ok(match (helper.kind, helper.name) {
            (Kind::Block, "each") => Node::Each { list: first(condition), body, otherwise },
            (Kind::Block, "with") => Node::With { value: first(condition), body, otherwise },
            (Kind::Block, name) => Node::If { condition: first(condition), negated: name == "unless", body, otherwise },
            (Kind::Condition(_), _) => {
                Node::If { condition: Expr::Call(Box::new(condition)), negated: false, body, otherwise }
            }
            (Kind::Inline(_), name) => {
                return Err(fault(at, &format!("`{name}` has no block form: write `{{{{{name} ...}}}}`")));
            }
        })
    }

    fn define(&mut self, decorator: DecoratorTemplate, at: At) -> Result<(), Fault> {
        let name = match (decorator.name.as_name(), decorator.params.first()) {
            (Some("inline"), Some(Parameter::Literal(Value::String(name)))) => name.clone(),
            (Some("inline"), _) => return Err(fault(at, "an inline partial needs a name in quotes")),
            (name, _) => return Err(unknown(name.unwrap_or_default(), at)),
        };
        let nodes = decorator.template.map(|tree| self.nodes(tree)).transpose()?.unwrap_or_default();
        self.partials.push((name, nodes));
        Ok(())
    }

    fn partial(&mut self, partial: DecoratorTemplate, at: At) -> Result<Node, Fault> {
        let name = match &partial.name {
            Parameter::Literal(Value::String(name)) => name.clone(),
            name => name.as_name().unwrap_or_default().to_owned(),
        };
        // The last definition of a name before this place.
        match self.partials.iter().rposition(|(known, _)| *known == name) {
            Some(place) => Ok(Node::Partial(place)),
            None => Err(fault(at, &format!("there is no inline partial `{name}` above this place"))),
        }
    }
}

fn expression(call_or_path: HelperTemplate, at: At) -> Result<Expr, Fault> {
    let HelperTemplate { name, params, hash, .. } = call_or_path;
    let word = name.as_name().unwrap_or_default().to_owned();
    match (helpers::find(&word), params.is_empty() && hash.is_empty()) {
        (Some(helper), _) => Ok(Expr::Call(Box::new(call(helper, params, hash, at)?))),
        (None, true) => parameter(name, at),
        (None, false) => Err(unknown(&word, at)),
    }
}

fn call(
    helper: &'static Helper,
    params: Vec<Parameter>,
    hash: std::collections::HashMap<String, Parameter>,
    at: At,
) -> Result<Call, Fault> {
    let count = params.len();
    if count < helper.least || count > helper.most {
        let wanted = match (helper.least, helper.most) {
            (least, most) if least == most => format!("{least}"),
            (least, usize::MAX) => format!("at least {least}"),
            (least, most) => format!("{least} to {most}"),
        };
        return Err(fault(at, &format!("`{}` takes {wanted} arguments, found {count}", helper.name)));
    }
    let arguments = params.into_iter().map(|param| parameter(param, at)).collect::<Result<_, _>>()?;
    let mut options: Vec<(String, Parameter)> = hash.into_iter().collect();
    options.sort_by(|a, b| a.0.cmp(&b.0));
    if let Some((name, _)) = options.iter().find(|(name, _)| !helper.options.contains(&name.as_str())) {
        return Err(fault(at, &format!("`{}` has no option `{name}`", helper.name)));
    }
    let options =
        options.into_iter().map(|(name, param)| Ok((name, parameter(param, at)?))).collect::<Result<_, _>>()?;
    Ok(Call { helper, arguments, options, at })
}

fn parameter(parameter: Parameter, at: At) -> Result<Expr, Fault> {
    match parameter {
        Parameter::Literal(value) => Ok(Expr::Literal(value)),
        Parameter::Name(name) => Ok(Expr::Path(path(vec![name.clone()], &name))),
        Parameter::Path(HandlebarsPath::Local((up, name, _))) => Ok(Expr::Path(VariablePath::Local { name, up })),
        Parameter::Path(HandlebarsPath::Relative((segments, written))) => {
            let names = segments.into_iter().filter_map(|segment| match segment {
                PathSeg::Named(name) => Some(name),
                _ => None,
            });
            Ok(Expr::Path(path(names.collect(), &written)))
        }
        Parameter::Subexpression(inner) => match *inner.element {
            TemplateElement::Expression(call) => {
                let value = expression(*call, at)?;
                match &value {
                    Expr::Call(call) if matches!(call.helper.kind, Kind::Block) => {
                        Err(fault(at, &format!("`{}` is a block and can not stand in parentheses", call.helper.name)))
                    }
                    _ => Ok(value),
                }
            }
            _ => Err(fault(at, "this can not stand in parentheses")),
        },
        _ => Err(fault(at, "this kind of argument is not supported")),
    }
}

fn path(names: Vec<String>, written: &str) -> VariablePath {
    VariablePath::Value {
        up: written.split('/').take_while(|part| *part == "..").count(),
        from_root: written.starts_with("@root"),
        key: names.join("."),
        names,
        written: written.to_owned(),
    }
}

fn unknown(name: &str, at: At) -> Fault {
    fault(at, &format!("there is no helper `{name}`"))
}

fn fault(at: At, message: &str) -> Fault {
    Fault { at, message: message.to_owned() }
}

/// Calls `visit` with every variable that is read from outside, in order, and with whether a value must be there.
pub(crate) fn variables(nodes: &[Node], visit: &mut dyn FnMut(&str, bool)) {
    for node in nodes {
        match node {
            Node::Text(_) | Node::Partial(_) => {}
            Node::Print { value: value @ Expr::Path(_), .. } => in_expression(value, true, visit),
            Node::Print { value, .. } => in_expression(value, false, visit),
            Node::Each { list: value, body, otherwise }
            | Node::If { condition: value, body, otherwise, .. }
            | Node::With { value, body, otherwise, .. } => {
                in_expression(value, false, visit);
                variables(body, visit);
                variables(otherwise, visit);
            }
        }
    }
}

fn in_expression(value: &Expr, needed: bool, visit: &mut dyn FnMut(&str, bool)) {
    match value {
        Expr::Path(VariablePath::Value { key, names, .. }) if !names.is_empty() => visit(key, needed),
        Expr::Call(call) => {
            call.arguments.iter().for_each(|argument| in_expression(argument, false, visit));
            call.options.iter().for_each(|(_, option)| in_expression(option, false, visit));
        }
        _ => {}
    }
}
