//! What expressions evaluate to.

use std::borrow::Cow;

use model::time::{Millis, format_instant};
use serde_json::{Number, Value};

use crate::decimal::Decimal;
use crate::output::{Output, TooLarge};
use crate::view::{Datum, View};

/// A value without parts; borrowed from the endpoint or the template where possible.
#[derive(Clone, Debug)]
pub(crate) enum Plain<'a> {
    /// There is nothing.
    Missing,
    Flag(bool),
    Whole(i64),
    /// Finite and not whole, or too large to be counted exactly.
    Real(f64),
    Instant(Millis),
    /// A text, also the spelling of a number.
    Text(Cow<'a, str>),
}

impl<'a> Plain<'a> {
    /// `None` = a list or an object.
    pub(crate) fn of(datum: Datum<'a>) -> Option<Plain<'a>> {
        Some(match datum {
            Datum::Nothing => Plain::Missing,
            Datum::Flag(flag) => Plain::Flag(flag),
            Datum::Text(text) => Plain::Text(Cow::Borrowed(text)),
            Datum::Spelled(number) => Plain::Text(shortest(number)),
            Datum::Number(number) => Plain::number_of(number),
            Datum::Instant(at) => Plain::Instant(at),
            Datum::List | Datum::Object => return None,
        })
    }

    /// Whole doubles print without ".0" (templates.md 3, chosen).
    fn number_of(number: f64) -> Plain<'a> {
        match number {
            number if number.fract() == 0.0 && number.abs() < 9e15 => Plain::Whole(number as i64),
            number if number.is_finite() => Plain::Real(number),
            _ => Plain::Missing,
        }
    }

    pub(crate) fn text(text: impl Into<Cow<'a, str>>) -> Plain<'a> {
        Plain::Text(text.into())
    }

    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Plain::Missing)
    }

    /// As it goes into a helper that wants a text: what is missing is empty.
    pub(crate) fn as_text(&self) -> Cow<'_, str> {
        match self {
            Plain::Missing => Cow::Borrowed(""),
            Plain::Flag(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
            Plain::Whole(number) => Cow::Owned(number.to_string()),
            // In this range the shortest decimal is what JSON spells and messages print.
            Plain::Real(number) if (0.1..1e15).contains(&number.abs()) => Cow::Owned(number.to_string()),
            Plain::Real(number) => {
                let spelled = Number::from_f64(*number).map(|number| number.to_string()).unwrap_or_default();
                Cow::Owned(shortest(&spelled).into_owned())
            }
            Plain::Instant(at) => Cow::Owned(format_instant(*at)),
            Plain::Text(text) => Cow::Borrowed(text),
        }
    }

    pub(crate) fn write(&self, out: &mut Output<'_>) -> Result<(), TooLarge> {
        match self {
            Plain::Text(text) => out.push_str(text),
            other => out.push_str(&other.as_text()),
        }
    }

    /// Bytes of the text; an upper bound where counting them would mean writing them.
    pub(crate) fn size(&self) -> usize {
        match self {
            Plain::Missing => 0,
            Plain::Flag(_) => 5,
            Plain::Whole(_) | Plain::Real(_) | Plain::Instant(_) => 40,
            Plain::Text(text) => text.len(),
        }
    }

    /// There and not empty, not `false`, not 0.
    pub(crate) fn is_truthy(&self) -> bool {
        match self {
            Plain::Missing => false,
            Plain::Flag(flag) => *flag,
            Plain::Whole(number) => *number != 0,
            Plain::Real(_) => self.as_text() != "0",
            Plain::Instant(_) => true,
            Plain::Text(text) => !text.is_empty() && text != "0",
        }
    }

    pub(crate) fn number(&self) -> Option<Decimal> {
        match self {
            Plain::Missing | Plain::Flag(_) | Plain::Instant(_) => None,
            Plain::Whole(number) => Some(Decimal::whole_number(*number)),
            Plain::Real(_) => Decimal::parse(&self.as_text()),
            Plain::Text(text) => Decimal::parse(text.trim()),
        }
    }
}

/// A number as messages print it: no trailing zeros, no exponent. What is too large for that stays as it is spelled.
fn shortest(spelled: &str) -> Cow<'_, str> {
    let digits = spelled.strip_prefix('-').unwrap_or(spelled);
    if digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0') {
        return Cow::Borrowed(spelled);
    }
    Decimal::parse(spelled)
        .map_or(Cow::Borrowed(spelled), |number| Cow::Owned(number.digits(&mut [0; Decimal::LONGEST]).to_owned()))
}

/// A value in a template.
#[derive(Clone, Debug)]
pub(crate) enum Val<'a, V> {
    Plain(Plain<'a>),
    /// A list or an object of the endpoint.
    View(V),
    /// A list or an object among substitutions or defaults.
    Json(&'a Value),
}

impl<'a, V: View<'a>> Val<'a, V> {
    pub(crate) const MISSING: Val<'a, V> = Val::Plain(Plain::Missing);

    pub(crate) fn of(view: V) -> Val<'a, V> {
        // Texts, by far the most, are written where they are wanted, and not moved there.
        match view.datum() {
            Datum::Text(text) => Val::Plain(Plain::Text(Cow::Borrowed(text))),
            Datum::List | Datum::Object => Val::View(view),
            datum => Val::Plain(Plain::of(datum).unwrap_or(Plain::Missing)),
        }
    }

    pub(crate) fn of_json(value: &'a Value) -> Val<'a, V> {
        Plain::of(value.datum()).map_or(Val::Json(value), Val::Plain)
    }

    /// Elements of a list, members of an object; a single value is a list of one, nothing is none.
    pub(crate) fn count(&self) -> usize {
        match self {
            Val::Plain(plain) => usize::from(!plain.is_missing()),
            Val::View(view) => view.count(),
            Val::Json(value) => value.count(),
        }
    }

    /// The element or member at a place; the name of a member.
    pub(crate) fn entry(&self, place: usize) -> Option<(Option<&'a str>, Val<'a, V>)> {
        match self {
            Val::Plain(plain) => (place == 0).then(|| (None, Val::Plain(plain.clone()))),
            Val::View(view) => entry(*view, place).map(|(name, view)| (name, Val::of(view))),
            Val::Json(value) => entry(*value, place).map(|(name, value)| (name, Val::of_json(value))),
        }
    }

    /// Whether something prints; an object and a list in a list do not.
    pub(crate) fn prints(&self) -> bool {
        match self {
            Val::Plain(plain) => !plain.is_missing(),
            Val::View(view) => printing(*view).next().is_some(),
            Val::Json(value) => printing(*value).next().is_some(),
        }
    }

    /// A list prints its elements with ", " between them (templates.md 3, chosen); what does not print is `Missing`.
    pub(crate) fn into_plain(self) -> Plain<'a> {
        match self {
            Val::Plain(plain) => plain,
            Val::View(view) => joined(printing(view)),
            Val::Json(value) => joined(printing(value)),
        }
    }

    /// There and not empty, not `false`, not 0; a list of one is its element.
    pub(crate) fn is_truthy(&self) -> bool {
        match self {
            Val::Plain(plain) => plain.is_truthy(),
            Val::View(view) => full(*view),
            Val::Json(value) => full(*value),
        }
    }
}

fn entry<'a, V: View<'a>>(view: V, place: usize) -> Option<(Option<&'a str>, V)> {
    match view.datum() {
        Datum::List => view.element(place).map(|element| (None, element)),
        _ => view.entry(place).map(|(name, member)| (Some(name), member)),
    }
}

/// The elements of a list that print.
pub(crate) fn printing<'a, V: View<'a>>(view: V) -> impl Iterator<Item = Plain<'a>> {
    let count = if matches!(view.datum(), Datum::List) { view.count() } else { 0 };
    let elements = (0..count).filter_map(move |place| view.element(place));
    elements.filter_map(|element| Plain::of(element.datum()).filter(|plain| !plain.is_missing()))
}

fn joined<'a>(mut elements: impl Iterator<Item = Plain<'a>>) -> Plain<'a> {
    let Some(first) = elements.next() else { return Plain::Missing };
    let Some(second) = elements.next() else { return first };
    let mut all = first.as_text().into_owned();
    for element in std::iter::once(second).chain(elements) {
        all.push_str(", ");
        all.push_str(&element.as_text());
    }
    Plain::text(all)
}

fn full<'a, V: View<'a>>(view: V) -> bool {
    match (view.datum(), view.count()) {
        (_, 0) => false,
        (Datum::List, 1) => {
            let only = view.element(0);
            // A list in a list is full when it is not empty: the question goes no deeper.
            only.is_some_and(|only| Plain::of(only.datum()).map_or(only.count() > 0, |plain| plain.is_truthy()))
        }
        _ => true,
    }
}
