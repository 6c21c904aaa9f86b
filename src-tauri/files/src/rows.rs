//! Tables: what a column holds, and what a row has in it.

use std::borrow::Cow;

use model::Millis;
use model::time::format_instant;

/// What a column holds; every cell may hold nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// An instant: ISO 8601 in text, milliseconds since 1970 in UTC in Parquet.
    Time,
    /// A count from 0.
    Count,
    /// Any number.
    Number,
}

/// Name and kind of a column.
pub type Column = (&'static str, Kind);

/// The value of a row in a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Nothing,
    /// Of a [`Kind::Text`] column.
    Text(Cow<'a, str>),
    /// Of a [`Kind::Time`] column, milliseconds since 1970.
    Time(Millis),
    /// Of a [`Kind::Count`] column.
    Count(u64),
    /// Of a [`Kind::Number`] column.
    Number(f64),
}

impl<'a> Cell<'a> {
    /// A text, or nothing.
    pub fn text(text: Option<impl Into<Cow<'a, str>>>) -> Cell<'a> {
        text.map_or(Cell::Nothing, |text| Cell::Text(text.into()))
    }

    /// An instant, or nothing.
    pub fn time(at: Option<Millis>) -> Cell<'a> {
        at.map_or(Cell::Nothing, Cell::Time)
    }

    /// As text files have it.
    pub fn words(&self) -> Cow<'_, str> {
        match self {
            Cell::Nothing => Cow::Borrowed(""),
            Cell::Text(text) => Cow::Borrowed(text),
            Cell::Time(at) => Cow::Owned(format_instant(*at)),
            Cell::Count(count) => Cow::Owned(count.to_string()),
            Cell::Number(number) => Cow::Owned(number.to_string()),
        }
    }
}
