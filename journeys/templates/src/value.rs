//! What expressions evaluate to.

use std::borrow::Cow;

use serde_json::Value;

use crate::decimal::Decimal;

/// A value in a template; borrowed from the endpoint where possible.
#[derive(Clone, Debug)]
pub(crate) enum Val<'a> {
    /// There is nothing.
    Missing,
    Flag(bool),
    /// A text, also the spelling of a number.
    Text(Cow<'a, str>),
    /// A list or an object.
    Json(&'a Value),
}

impl<'a> Val<'a> {
    pub(crate) fn of(value: &'a Value) -> Val<'a> {
        match value {
            Value::Null => Val::Missing,
            Value::Bool(flag) => Val::Flag(*flag),
            Value::String(text) => Val::Text(Cow::Borrowed(text)),
            Value::Number(number) => {
                let spelled = number.to_string();
                // Whole doubles print without ".0" (templates.md 3, chosen).
                Val::Text(Cow::Owned(Decimal::parse(&spelled).map_or(spelled, |number| number.to_string())))
            }
            Value::Array(_) | Value::Object(_) => Val::Json(value),
        }
    }

    pub(crate) fn text(text: impl Into<Cow<'a, str>>) -> Val<'a> {
        Val::Text(text.into())
    }

    /// What prints: a list prints its elements with ", " between them (templates.md 3, chosen). `None` = nothing there.
    pub(crate) fn print(&self) -> Option<Cow<'a, str>> {
        match self {
            Val::Missing => None,
            Val::Flag(flag) => Some(Cow::Borrowed(if *flag { "true" } else { "false" })),
            Val::Text(text) => Some(text.clone()),
            Val::Json(value) => {
                let list = value.as_array()?;
                let mut texts = list.iter().filter_map(|element| Val::of(element).print());
                let first = texts.next()?;
                Some(texts.fold(first, |all, text| Cow::Owned(format!("{all}, {text}"))))
            }
        }
    }

    /// As it goes into a helper that wants a text: what is missing is empty.
    pub(crate) fn into_text(self) -> Cow<'a, str> {
        self.print().unwrap_or_default()
    }

    /// There and not empty, not `false`, not 0.
    pub(crate) fn is_truthy(&self) -> bool {
        match self {
            Val::Missing => false,
            Val::Flag(flag) => *flag,
            Val::Text(text) => !text.is_empty() && text != "0",
            Val::Json(Value::Array(list)) => match list.as_slice() {
                [] => false,
                [one] => Val::of(one).is_truthy(),
                _ => true,
            },
            Val::Json(Value::Object(object)) => !object.is_empty(),
            Val::Json(_) => true,
        }
    }

    pub(crate) fn number(&self) -> Option<Decimal> {
        Decimal::parse(self.print()?.trim())
    }

    /// The elements of a list; one value is a list of one.
    pub(crate) fn elements(&self) -> Vec<Val<'a>> {
        match self {
            Val::Missing => Vec::new(),
            Val::Json(Value::Array(list)) => list.iter().map(Val::of).collect(),
            Val::Json(Value::Object(object)) => object.values().map(Val::of).collect(),
            one => vec![one.clone()],
        }
    }
}
