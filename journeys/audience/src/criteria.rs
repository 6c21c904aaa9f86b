//! What one dimension asks of the values it looks at (segments-and-endpoints.md 2.1).

use model::time::{DAY, Millis, parse_instant};
use model::view::{View, Word};
use model::wire::{AttributeDimension, AttributeType, DimensionType, MetricDimension, SetDimension};
use serde_json::Value;

use crate::words::read_instant;

/// A dimension that can not be compiled: the member and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) member: String,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(member: impl Into<String>, message: impl Into<String>) -> Fault {
        Fault { member: member.into(), message: message.into() }
    }
}

/// What an `AttributeDimension` or `SetDimension` asks of a list of texts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TextTest {
    Inclusive(Vec<String>),
    Exclusive(Vec<String>),
    Contains(Vec<String>),
    Before(Millis),
    After(Millis),
    /// The UTC day, counted from 1970-01-01.
    On(Millis),
    Between(Millis, Millis),
}

impl TextTest {
    /// The test of an `AttributeDimension` at `member`.
    pub(crate) fn attribute(member: &str, dimension: AttributeDimension<'_>) -> Result<TextTest, Fault> {
        let kind = match dimension.attribute_type() {
            None if dimension.has("AttributeType") => {
                return Err(unknown_word::<AttributeType>(member, "AttributeType", dimension));
            }
            kind => kind.unwrap_or(AttributeType::Inclusive),
        };
        if !dimension.has("Values") {
            return Err(Fault::new(format!("{member}.Values"), "is required"));
        }
        let values = dimension.values();
        let date = |place: usize| -> Result<Millis, Fault> {
            let member = format!("{member}.Values[{place}]");
            let text = *values.get(place).ok_or_else(|| Fault::new(&member, format!("{kind} needs a date here")))?;
            parse_instant(text).ok_or_else(|| Fault::new(&member, format!("`{text}` is not an ISO 8601 date")))
        };
        let texts = || values.iter().map(|text| (*text).to_owned()).collect();
        Ok(match kind {
            AttributeType::Inclusive => TextTest::Inclusive(texts()),
            AttributeType::Exclusive => TextTest::Exclusive(texts()),
            AttributeType::Contains => TextTest::Contains(texts()),
            AttributeType::Before => TextTest::Before(date(0)?),
            AttributeType::After => TextTest::After(date(0)?),
            AttributeType::On => TextTest::On(date(0)?.div_euclid(DAY)),
            AttributeType::Between if values.len() == 2 => TextTest::Between(date(0)?, date(1)?),
            AttributeType::Between => {
                let message = format!("BETWEEN needs exactly two dates, found {}", values.len());
                return Err(Fault::new(format!("{member}.Values"), message));
            }
        })
    }

    /// The test of a `SetDimension` at `member`.
    pub(crate) fn set(member: &str, dimension: SetDimension<'_>) -> Result<TextTest, Fault> {
        let values: Vec<String> = dimension.values().into_iter().map(str::to_owned).collect();
        if !dimension.has("Values") {
            return Err(Fault::new(format!("{member}.Values"), "is required"));
        }
        match dimension.dimension_type() {
            Some(DimensionType::Exclusive) => Ok(TextTest::Exclusive(values)),
            None if dimension.has("DimensionType") => {
                Err(unknown_word::<DimensionType>(member, "DimensionType", dimension))
            }
            Some(DimensionType::Inclusive) | None => Ok(TextTest::Inclusive(values)),
        }
    }

    /// Whether the values pass; a missing attribute has none.
    pub(crate) fn holds<'v>(&self, mut values: impl Iterator<Item = &'v str>) -> bool {
        match self {
            TextTest::Inclusive(wanted) => values.any(|value| wanted.iter().any(|w| w == value)),
            TextTest::Exclusive(wanted) => !values.any(|value| wanted.iter().any(|w| w == value)),
            TextTest::Contains(wanted) => values.any(|value| wanted.iter().any(|w| value.contains(w.as_str()))),
            TextTest::Before(limit) => values.any(|value| read_instant(value).is_some_and(|at| at < *limit)),
            TextTest::After(limit) => values.any(|value| read_instant(value).is_some_and(|at| at > *limit)),
            TextTest::On(day) => values.any(|value| read_instant(value).is_some_and(|at| at.div_euclid(DAY) == *day)),
            TextTest::Between(from, to) => {
                values.any(|value| read_instant(value).is_some_and(|at| (*from..=*to).contains(&at)))
            }
        }
    }

    /// The test in words: "one of `a`, `b`".
    pub(crate) fn words(&self) -> String {
        let instant = |at: &Millis| format!("`{}`", model::time::format_instant(*at));
        match self {
            TextTest::Inclusive(wanted) => choice("", wanted),
            TextTest::Exclusive(wanted) => choice("not ", wanted),
            TextTest::Contains(wanted) => choice("a text with ", wanted),
            TextTest::Before(limit) => format!("before {}", instant(limit)),
            TextTest::After(limit) => format!("after {}", instant(limit)),
            TextTest::On(day) => format!("on {}", instant(&(day * DAY)).replace("T00:00:00.000Z", "")),
            TextTest::Between(from, to) => format!("between {} and {}", instant(from), instant(to)),
        }
    }
}

fn choice(before: &str, wanted: &[String]) -> String {
    let quoted: Vec<String> = wanted.iter().map(|text| format!("`{text}`")).collect();
    match quoted.len() {
        0 => format!("{before}one of nothing"),
        1 => format!("{before}{}", quoted[0]),
        _ => format!("{before}one of {}", quoted.join(", ")),
    }
}

fn unknown_word<'a, W: Word>(member: &str, name: &str, dimension: impl View<'a>) -> Fault {
    let allowed: Vec<&str> = W::ALL.iter().map(|word| word.as_str()).collect();
    let found = dimension.object().get(name).and_then(Value::as_str).unwrap_or_default();
    Fault::new(format!("{member}.{name}"), format!("`{found}` is not one of {}", allowed.join(", ")))
}

/// The comparison of a `MetricDimension`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct MetricTest {
    comparison: Comparison,
    value: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Comparison {
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    Equal,
}

impl MetricTest {
    /// The test of a `MetricDimension` at `member`.
    pub(crate) fn of(member: &str, dimension: MetricDimension<'_>) -> Result<MetricTest, Fault> {
        let comparison = match dimension.comparison_operator().unwrap_or_default() {
            "GREATER_THAN" => Comparison::Greater,
            "LESS_THAN" => Comparison::Less,
            "GREATER_THAN_OR_EQUAL" => Comparison::GreaterOrEqual,
            "LESS_THAN_OR_EQUAL" => Comparison::LessOrEqual,
            "EQUAL" => Comparison::Equal,
            other => {
                let message = format!(
                    "`{other}` is not one of GREATER_THAN, LESS_THAN, GREATER_THAN_OR_EQUAL, LESS_THAN_OR_EQUAL, EQUAL"
                );
                return Err(Fault::new(format!("{member}.ComparisonOperator"), message));
            }
        };
        match dimension.value() {
            Some(value) => Ok(MetricTest { comparison, value }),
            None => Err(Fault::new(format!("{member}.Value"), "a number is required")),
        }
    }

    /// Whether the value passes; a missing metric, given as NaN, never does.
    pub(crate) fn holds(self, value: f64) -> bool {
        match self.comparison {
            Comparison::Greater => value > self.value,
            Comparison::Less => value < self.value,
            Comparison::GreaterOrEqual => value >= self.value,
            Comparison::LessOrEqual => value <= self.value,
            Comparison::Equal => value == self.value,
        }
    }

    /// The test in words: "at least 100".
    pub(crate) fn words(self) -> String {
        let phrase = match self.comparison {
            Comparison::Greater => "more than",
            Comparison::Less => "less than",
            Comparison::GreaterOrEqual => "at least",
            Comparison::LessOrEqual => "at most",
            Comparison::Equal => "exactly",
        };
        format!("{phrase} {}", self.value)
    }
}
