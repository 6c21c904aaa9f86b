//! Pinpoint's helpers (templates.md 4): their names, how many arguments they take, and what they do.

mod codes;
mod dates;
mod numbers;
mod texts;

pub(crate) use texts::MAX_WIDTH;

use std::borrow::Cow;
use std::cmp::Ordering;

use model::time::Millis;

use crate::decimal::Decimal;
use crate::output::{Output, TooLarge};
use crate::value::Plain;

/// Most arguments of a helper that computes.
pub(crate) const MAX_ARGUMENTS: usize = 3;
/// Most options of a helper.
pub(crate) const MAX_OPTIONS: usize = 4;

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
    /// How long its text can be.
    pub(crate) growth: Growth,
    /// Work of a call besides its bytes.
    pub(crate) work: usize,
}

/// What a helper does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Writes a text.
    Inline(for<'a, 'o> fn(&Arguments<'a>, &mut Output<'o>) -> Answer),
    /// Yes or no, inline with the options `yes` and `no`, or as a block: all of its arguments hold, or any, or not the only.
    All,
    Any,
    Not,
    /// Yes or no by the order of two arguments.
    Compare(fn(Ordering) -> bool),
    /// `join`
    Join,
    /// `each`, `if`, `unless`, `with`: what the block does is up to rendering.
    Block,
}

/// How long the text of a helper can be, in bytes, and whether it always comes to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Growth {
    /// At most so much, whatever it is given.
    Most(usize),
    /// At most so many times all that it is given, and a little more.
    Times(usize),
    /// As `Times(1)` when the arguments from the second on are numbers in the template, padded to the greatest width.
    Width,
    /// The third argument for each byte of the first: of `replace`.
    Replaced,
    /// Not known, or the call can fail.
    Open,
}

/// Written, with or without a text; or not.
pub(crate) type Answer = Result<Written, Trouble>;

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// A text, if only an empty one.
    Text,
    /// There is no value.
    Nothing,
}

/// Why a helper has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// What is wrong with the arguments.
    Wrong(String),
    TooLarge,
}

impl From<TooLarge> for Trouble {
    fn from(_: TooLarge) -> Trouble {
        Trouble::TooLarge
    }
}

impl From<String> for Trouble {
    fn from(message: String) -> Trouble {
        Trouble::Wrong(message)
    }
}

impl From<&str> for Trouble {
    fn from(message: &str) -> Trouble {
        Trouble::Wrong(message.to_owned())
    }
}

/// What a helper is called with.
pub(crate) struct Arguments<'a> {
    pub(crate) values: [Plain<'a>; MAX_ARGUMENTS],
    pub(crate) count: usize,
    /// By their place among the helper's options.
    pub(crate) options: [Option<Plain<'a>>; MAX_OPTIONS],
    pub(crate) now: Millis,
    /// Changes from call to call and from message to message.
    pub(crate) seed: u64,
}

impl<'a> Arguments<'a> {
    fn value(&self, place: usize) -> &Plain<'a> {
        self.values.get(place).unwrap_or(&Plain::Missing)
    }

    fn given(&self, place: usize) -> Option<&Plain<'a>> {
        self.values.get(place).filter(|_| place < self.count)
    }

    /// The argument as a text; empty when it is missing.
    fn text(&self, place: usize) -> Cow<'_, str> {
        self.value(place).as_text()
    }

    fn number(&self, place: usize) -> Option<Decimal> {
        self.value(place).number()
    }

    fn option(&self, place: usize) -> Option<&Plain<'a>> {
        self.options.get(place)?.as_ref()
    }

    fn option_text(&self, place: usize) -> Option<Cow<'_, str>> {
        self.option(place).map(Plain::as_text)
    }

    /// A width or offset. Negative counts as 0 (templates.md 4.3, chosen).
    fn width(&self, place: usize) -> Option<usize> {
        width(self.given(place)?)
    }
}

fn width(value: &Plain<'_>) -> Option<usize> {
    usize::try_from(value.number()?.floor().whole()?.max(0)).ok()
}

/// By number when both are numbers, else by text (templates.md 4.2, chosen).
pub(crate) fn order(a: &Plain<'_>, b: &Plain<'_>) -> Ordering {
    match (a.number(), b.number()) {
        (Some(a), Some(b)) => a.compare(b),
        _ => a.as_text().cmp(&b.as_text()),
    }
}

/// The helper of that name.
pub(crate) fn find(name: &str) -> Option<&'static Helper> {
    HELPERS.iter().find(|helper| helper.name == name)
}

/// The names of all helpers, blocks first.
pub fn helper_names() -> impl Iterator<Item = &'static str> {
    HELPERS.iter().map(|helper| helper.name)
}

/// All helpers.
pub(crate) static HELPERS: &[Helper] = &[
    block("each"),
    block("if"),
    block("unless"),
    block("with"),
    condition("and", 2, usize::MAX, Kind::All),
    condition("or", 2, usize::MAX, Kind::Any),
    condition("not", 1, 1, Kind::Not),
    condition("eq", 2, 2, Kind::Compare(Ordering::is_eq)),
    condition("neq", 2, 2, Kind::Compare(Ordering::is_ne)),
    condition("gt", 2, 2, Kind::Compare(Ordering::is_gt)),
    condition("gte", 2, 2, Kind::Compare(Ordering::is_ge)),
    condition("lt", 2, 2, Kind::Compare(Ordering::is_lt)),
    condition("lte", 2, 2, Kind::Compare(Ordering::is_le)),
    inline("abbreviate", 2, 2, &[], Growth::Width, texts::abbreviate),
    // No letter has a capital or a small form of more than three times its bytes.
    inline("capitalize", 1, 1, &[], Growth::Times(3), texts::capitalize),
    inline("capitalizeFirst", 1, 1, &[], Growth::Times(3), texts::capitalize_first),
    inline("center", 1, 2, texts::PAD, Growth::Width, texts::center),
    inline("cut", 1, 2, &[], Growth::Times(1), texts::cut),
    costly(100, inline("dateFormat", 1, 2, dates::FORMATS, Growth::Open, dates::date_format)),
    bare(inline("inflect", 3, 3, &["includeCount"], Growth::Times(2), texts::inflect)),
    JOIN,
    inline("ljust", 1, 2, texts::PAD, Growth::Width, texts::ljust),
    inline("rjust", 1, 2, texts::PAD, Growth::Width, texts::rjust),
    inline("lower", 1, 1, &[], Growth::Times(3), texts::lower),
    inline("upper", 1, 1, &[], Growth::Times(3), texts::upper),
    costly(100, bare(inline("now", 0, 1, dates::NOW, Growth::Open, dates::now))),
    inline("ordinalize", 1, 1, &[], Growth::Times(2), texts::ordinalize),
    inline("replace", 3, 3, &[], Growth::Replaced, texts::replace),
    inline("slugify", 1, 1, &[], Growth::Times(3), texts::slugify),
    inline("stripTags", 1, 1, &[], Growth::Times(1), texts::strip_tags),
    inline("substring", 2, 3, &[], Growth::Width, texts::substring),
    inline("yesno", 1, 1, &["yes", "no", "maybe"], Growth::Times(1), texts::yesno),
    inline("add", 2, 2, &[], NUMBER, numbers::add),
    inline("subtract", 2, 2, &[], NUMBER, numbers::subtract),
    inline("multiply", 2, 2, &[], NUMBER, numbers::multiply),
    inline("divide", 2, 2, &[], NUMBER, numbers::divide),
    inline("modulo", 2, 2, &[], NUMBER, numbers::modulo),
    inline("ceiling", 1, 1, &[], NUMBER, numbers::ceiling),
    inline("floor", 1, 1, &[], NUMBER, numbers::floor),
    inline("round", 1, 1, &[], NUMBER, numbers::round),
    inline("encode64", 1, 1, &[], Growth::Times(2), codes::encode64),
    inline("decode64", 1, 1, &[], Growth::Open, codes::decode64),
    costly(20, inline("md5", 1, 1, &[], Growth::Most(32), codes::md5)),
    costly(20, inline("sha256", 1, 1, &[], Growth::Most(64), codes::sha256)),
    costly(20, inline("sha512", 1, 1, &[], Growth::Most(128), codes::sha512)),
    costly(20, inline("uuid", 0, 0, &[], Growth::Most(36), codes::uuid)),
];

/// `join`; prefix and suffix by their place.
const JOIN: Helper = Helper { options: &["prefix", "suffix"], ..condition("join", 2, 2, Kind::Join) };
/// As in [`JOIN`].
pub(crate) const PREFIX: usize = 0;
/// As in [`JOIN`].
pub(crate) const SUFFIX: usize = 1;

/// A sign, 39 digits and a point.
const NUMBER: Growth = Growth::Most(41);

/// The option that a condition answers with, by its place.
pub(crate) const YES: usize = 0;
/// As [`YES`].
pub(crate) const NO: usize = 1;
const YES_NO: &[&str] = &["yes", "no"];

const fn block(name: &'static str) -> Helper {
    let kind = Kind::Block;
    Helper { name, least: 1, most: 1, options: &[], bare: false, kind, growth: Growth::Open, work: 0 }
}

const fn condition(name: &'static str, least: usize, most: usize, kind: Kind) -> Helper {
    Helper { name, least, most, options: YES_NO, bare: false, kind, growth: Growth::Open, work: 0 }
}

const fn inline(
    name: &'static str,
    least: usize,
    most: usize,
    options: &'static [&'static str],
    growth: Growth,
    write: for<'a, 'o> fn(&Arguments<'a>, &mut Output<'o>) -> Answer,
) -> Helper {
    Helper { name, least, most, options, bare: false, kind: Kind::Inline(write), growth, work: 0 }
}

const fn bare(helper: Helper) -> Helper {
    Helper { bare: true, ..helper }
}

/// A call takes as long as so many steps.
const fn costly(steps: usize, helper: Helper) -> Helper {
    Helper { work: steps * crate::output::STEP, ..helper }
}
