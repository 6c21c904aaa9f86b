//! A view of an endpoint: what a rendering reads it through, so that nobody has to make JSON of it first.

use model::time::Millis;
use serde_json::Value;

/// What stands at a place of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Datum<'a> {
    /// Nothing; JSON's `null`.
    Nothing,
    /// `true` or `false`.
    Flag(bool),
    /// A text.
    Text(&'a str),
    /// A number as JSON spells it: `3`, `2.50`, `1e3`.
    Spelled(&'a str),
    /// A number; one that is not finite is nothing.
    Number(f64),
    /// An instant; prints as ISO 8601 with milliseconds (templates.md 3).
    Instant(Millis),
    /// A list: [`View::element`] goes into it.
    List,
    /// An object: [`View::member`] goes into it.
    Object,
}

/// A place of an endpoint, from which one can look further down. The endpoint itself is the first place.
///
/// `&serde_json::Value` is one: an `EndpointRequest`, `EndpointResponse` or `EndpointItem`. A store of endpoints gives its
/// own, and rendering from it gives the same texts as rendering from the JSON that it stands for.
pub trait View<'a>: Copy {
    /// What stands here.
    fn datum(self) -> Datum<'a>;

    /// The member of that name; `None` where there is none, or no object.
    fn member(self, name: &str) -> Option<Self>;

    /// The element at a place, from 0; `None` where there is none, or no list.
    fn element(self, place: usize) -> Option<Self>;

    /// The member at a place, from 0, with its name, in the order of the object.
    fn entry(self, place: usize) -> Option<(&'a str, Self)>;

    /// How many elements or members; 0 for all else.
    fn count(self) -> usize;
}

/// Members up to which looking through an object is quicker than hashing the name.
const FEW: usize = 16;

impl<'a> View<'a> for &'a Value {
    fn datum(self) -> Datum<'a> {
        match self {
            Value::Null => Datum::Nothing,
            Value::Bool(flag) => Datum::Flag(*flag),
            Value::Number(number) => Datum::Spelled(number.as_str()),
            Value::String(text) => Datum::Text(text),
            Value::Array(_) => Datum::List,
            Value::Object(_) => Datum::Object,
        }
    }

    fn member(self, name: &str) -> Option<Self> {
        let members = self.as_object()?;
        if members.len() <= FEW {
            return members.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
        }
        members.get(name)
    }

    fn element(self, place: usize) -> Option<Self> {
        self.as_array()?.get(place)
    }

    fn entry(self, place: usize) -> Option<(&'a str, Self)> {
        let (name, value) = self.as_object()?.iter().nth(place)?;
        Some((name, value))
    }

    fn count(self) -> usize {
        match self {
            Value::Array(list) => list.len(),
            Value::Object(members) => members.len(),
            _ => 0,
        }
    }
}
