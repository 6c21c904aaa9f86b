//! What stands in a tag, read by the handlebars library.

use std::collections::HashMap;

use handlebars::template::{HelperTemplate, Parameter, Template as Tree, TemplateElement};
use handlebars::{Path as HandlebarsPath, PathSeg, TemplateErrorReason};
use serde_json::{Map, Value};

use crate::helpers::{self, Helper, Kind};
use crate::layers;
use crate::tags::{Tag, unreadable};
use crate::tree::{At, Call, Expr, Fault, Local, Name, Path};

/// The first word of a tag, and what follows it.
pub(crate) struct Words {
    name: Parameter,
    params: Vec<Parameter>,
    hash: HashMap<String, Parameter>,
    at: At,
}

impl Words {
    /// The first word, when it is one.
    pub(crate) fn name(&self) -> &str {
        self.name.as_name().unwrap_or_default()
    }

    /// The only argument, when that is a text in quotes.
    pub(crate) fn only_text(&self) -> Option<&str> {
        match self.params.as_slice() {
            [Parameter::Literal(Value::String(text))] => Some(text),
            _ => None,
        }
    }
}

/// Reads what stands in a tag.
pub(crate) fn words(tag: &Tag<'_>) -> Result<Words, Fault> {
    // As many characters before the words as in the template, so that the library's columns are right.
    let blanks = " ".repeat(tag.indent.saturating_sub(2));
    let text = format!("{{{{{blanks}{}}}}}", tag.inner);
    let tree = Tree::compile(&text).map_err(|error| {
        let (line, column) = error.pos().unwrap_or((1, 1));
        let at = match line {
            0 | 1 => At { line: tag.at.line, column: tag.at.column + column.saturating_sub(1) },
            line => At { line: tag.at.line + line - 1, column },
        };
        match error.reason() {
            TemplateErrorReason::InvalidParam(text) => Fault::new(at, format!("`{text}` can not be an argument")),
            _ => unreadable(at),
        }
    })?;
    match tree.elements.into_iter().next() {
        Some(TemplateElement::Expression(call)) => {
            let HelperTemplate { name, params, hash, .. } = *call;
            Ok(Words { name, params, hash, at: tag.at })
        }
        _ => Err(unreadable(tag.at)),
    }
}

/// Makes expressions of words; knows the template's defaults.
pub(crate) struct Reader<'d> {
    pub(crate) defaults: &'d Map<String, Value>,
}

impl Reader<'_> {
    /// A variable, a literal or a call.
    pub(crate) fn expression(&self, words: Words) -> Result<Expr, Fault> {
        let word = words.name().to_owned();
        match (helpers::find(&word), words.params.is_empty() && words.hash.is_empty()) {
            (Some(helper), _) => Ok(Expr::Call(Box::new(self.call(helper, words)?))),
            (None, true) => self.parameter(words.name, words.at),
            (None, false) => Err(unknown(&word, words.at)),
        }
    }

    /// A call with the right number of arguments, and known options only.
    pub(crate) fn call(&self, helper: &'static Helper, words: Words) -> Result<Call, Fault> {
        let Words { params, hash, at, .. } = words;
        let count = params.len();
        if count < helper.least || count > helper.most {
            let wanted = match (helper.least, helper.most) {
                (1, 1) => "1 argument".to_owned(),
                (least, most) if least == most => format!("{least} arguments"),
                (least, usize::MAX) => format!("at least {least} arguments"),
                (least, most) => format!("{least} to {most} arguments"),
            };
            return Err(Fault::new(at, format!("`{}` takes {wanted}, found {count}", helper.name)));
        }
        let arguments = params.into_iter().map(|param| self.parameter(param, at)).collect::<Result<_, _>>()?;
        let mut hash: Vec<_> = hash.into_iter().collect();
        hash.sort_by(|a, b| a.0.cmp(&b.0));
        let mut options = Vec::with_capacity(hash.len());
        for (name, param) in hash {
            let Some(place) = helper.options.iter().position(|known| *known == name) else {
                return Err(Fault::new(at, format!("`{}` has no option `{name}`", helper.name)));
            };
            options.push((place, self.parameter(param, at)?));
        }
        Ok(Call { helper, arguments, options, at })
    }

    fn parameter(&self, parameter: Parameter, at: At) -> Result<Expr, Fault> {
        match parameter {
            Parameter::Literal(value) => Ok(Expr::Literal(value)),
            Parameter::Name(name) => Ok(self.path(vec![name.clone()], &name)),
            Parameter::Path(HandlebarsPath::Local((up, name, _))) => {
                let local = match name.as_str() {
                    "index" => Local::Index,
                    "first" => Local::First,
                    "last" => Local::Last,
                    "key" => Local::Key,
                    _ => return Err(Fault::new(at, format!("there is no `@{name}`"))),
                };
                Ok(Expr::Local(local, up))
            }
            Parameter::Path(HandlebarsPath::Relative((segments, written))) => {
                let names = segments.into_iter().filter_map(|segment| match segment {
                    PathSeg::Named(name) => Some(name),
                    _ => None,
                });
                Ok(self.path(names.collect(), &written))
            }
            Parameter::Subexpression(inner) => match *inner.element {
                TemplateElement::Expression(call) => {
                    let HelperTemplate { name, params, hash, .. } = *call;
                    let value = self.expression(Words { name, params, hash, at })?;
                    refuse_block(&value, |name| format!("`{name}` is a block and can not stand in parentheses"))?;
                    Ok(value)
                }
                _ => Err(Fault::new(at, "this can not stand in parentheses")),
            },
            _ => Err(Fault::new(at, "this kind of argument is not supported")),
        }
    }

    fn path(&self, names: Vec<String>, written: &str) -> Expr {
        let key = names.join(".");
        let names: Vec<Name> = names.into_iter().map(Name::new).collect();
        let default = layers::find(self.defaults, &names, &key).cloned();
        Expr::Path(Box::new(Path {
            up: written.split('/').take_while(|part| *part == "..").count(),
            from_root: written.starts_with("@root"),
            key,
            names,
            written: written.to_owned(),
            default,
        }))
    }
}

/// A helper that is only a block is no value.
pub(crate) fn refuse_block(value: &Expr, message: fn(&str) -> String) -> Result<(), Fault> {
    match value {
        Expr::Call(call) if matches!(call.helper.kind, Kind::Block) => {
            Err(Fault::new(call.at, message(call.helper.name)))
        }
        _ => Ok(()),
    }
}

pub(crate) fn unknown(name: &str, at: At) -> Fault {
    Fault::new(at, format!("there is no helper `{name}`"))
}
