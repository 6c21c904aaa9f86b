//! Pinpoint's helpers (templates.md 4): their names, how many arguments they take, and what they do.

mod codes;
mod conditions;
mod dates;
mod numbers;
mod texts;

use std::borrow::Cow;

use model::time::Millis;

use crate::decimal::Decimal;
use crate::value::Val;

/// A helper.
#[derive(Debug)]
pub(crate) struct Helper {
    pub(crate) name: &'static str,
    /// Least and most arguments.
    pub(crate) least: usize,
    pub(crate) most: usize,
    /// Names of its options.
    pub(crate) options: &'static [&'static str],
    /// Whether a bare word without value, as an argument, means itself.
    pub(crate) bare: bool,
    pub(crate) kind: Kind,
}

/// What a helper does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Gives a value.
    Inline(for<'a> fn(&Arguments<'a>) -> Answer<'a>),
    /// Gives yes or no, inline with the options `yes` and `no`, or as a block.
    Condition(for<'a> fn(&Arguments<'a>) -> bool),
    /// `each`, `if`, `unless`, `with`: what the block does is up to rendering.
    Block,
}

/// A value, or what is wrong with the arguments.
pub(crate) type Answer<'a> = Result<Val<'a>, String>;

/// What a helper is called with.
pub(crate) struct Arguments<'a> {
    pub(crate) values: Vec<Val<'a>>,
    pub(crate) options: Vec<(&'a str, Val<'a>)>,
    pub(crate) now: Millis,
    /// Changes from call to call and from message to message.
    pub(crate) seed: u64,
}

impl<'a> Arguments<'a> {
    fn value(&self, place: usize) -> &Val<'a> {
        self.values.get(place).unwrap_or(&Val::Missing)
    }

    /// The argument as a text; empty when it is missing.
    fn text(&self, place: usize) -> Cow<'a, str> {
        self.value(place).clone().into_text()
    }

    fn number(&self, place: usize) -> Option<Decimal> {
        self.value(place).number()
    }

    pub(crate) fn option(&self, name: &str) -> Option<&Val<'a>> {
        self.options.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    fn option_text(&self, name: &str) -> Option<Cow<'a, str>> {
        self.option(name).map(|value| value.clone().into_text())
    }

    /// A width or offset: an argument, else the option `size`. Negative counts as 0 (templates.md 4.3, chosen).
    fn width(&self, place: usize) -> Option<usize> {
        let value = self.values.get(place).or_else(|| self.option("size"))?;
        Some(value.number()?.floor().whole()?.max(0).unsigned_abs() as usize)
    }
}

/// The helper of that name.
pub(crate) fn find(name: &str) -> Option<&'static Helper> {
    HELPERS.iter().find(|helper| helper.name == name)
}

const YES_NO: &[&str] = &["yes", "no"];
const PAD: &[&str] = &["size", "pad"];

const fn block(name: &'static str) -> Helper {
    Helper { name, least: 1, most: 1, options: &[], bare: false, kind: Kind::Block }
}

const fn condition(name: &'static str, least: usize, most: usize, holds: for<'a> fn(&Arguments<'a>) -> bool) -> Helper {
    Helper { name, least, most, options: YES_NO, bare: false, kind: Kind::Condition(holds) }
}

const fn inline(
    name: &'static str,
    least: usize,
    most: usize,
    options: &'static [&'static str],
    call: for<'a> fn(&Arguments<'a>) -> Answer<'a>,
) -> Helper {
    Helper { name, least, most, options, bare: false, kind: Kind::Inline(call) }
}

const fn bare(helper: Helper) -> Helper {
    Helper { bare: true, ..helper }
}

static HELPERS: &[Helper] = &[
    block("each"),
    block("if"),
    block("unless"),
    block("with"),
    condition("and", 2, usize::MAX, conditions::and),
    condition("or", 2, usize::MAX, conditions::or),
    condition("not", 1, 1, conditions::not),
    condition("eq", 2, 2, conditions::eq),
    condition("neq", 2, 2, conditions::neq),
    condition("gt", 2, 2, conditions::gt),
    condition("gte", 2, 2, conditions::gte),
    condition("lt", 2, 2, conditions::lt),
    condition("lte", 2, 2, conditions::lte),
    inline("abbreviate", 2, 2, &[], texts::abbreviate),
    inline("capitalize", 1, 1, &[], texts::capitalize),
    inline("capitalizeFirst", 1, 1, &[], texts::capitalize_first),
    inline("center", 1, 2, PAD, texts::center),
    inline("cut", 1, 2, &[], texts::cut),
    inline("dateFormat", 1, 2, &["inputFormat", "outputFormat", "format", "tz"], dates::date_format),
    bare(inline("inflect", 3, 3, &["includeCount"], texts::inflect)),
    inline("join", 2, 2, &["prefix", "suffix"], texts::join),
    inline("ljust", 1, 2, PAD, texts::ljust),
    inline("rjust", 1, 2, PAD, texts::rjust),
    inline("lower", 1, 1, &[], texts::lower),
    inline("upper", 1, 1, &[], texts::upper),
    bare(inline("now", 0, 1, &["tz", "format"], dates::now)),
    inline("ordinalize", 1, 1, &[], texts::ordinalize),
    inline("replace", 3, 3, &[], texts::replace),
    inline("slugify", 1, 1, &[], texts::slugify),
    inline("stripTags", 1, 1, &[], texts::strip_tags),
    inline("substring", 2, 3, &[], texts::substring),
    inline("yesno", 1, 1, &["yes", "no", "maybe"], texts::yesno),
    inline("add", 2, 2, &[], numbers::add),
    inline("subtract", 2, 2, &[], numbers::subtract),
    inline("multiply", 2, 2, &[], numbers::multiply),
    inline("divide", 2, 2, &[], numbers::divide),
    inline("modulo", 2, 2, &[], numbers::modulo),
    inline("ceiling", 1, 1, &[], numbers::ceiling),
    inline("floor", 1, 1, &[], numbers::floor),
    inline("round", 1, 1, &[], numbers::round),
    inline("encode64", 1, 1, &[], codes::encode64),
    inline("decode64", 1, 1, &[], codes::decode64),
    inline("md5", 1, 1, &[], codes::md5),
    inline("sha256", 1, 1, &[], codes::sha256),
    inline("sha512", 1, 1, &[], codes::sha512),
    inline("uuid", 0, 0, &[], codes::uuid),
];
