//! Typed views over JSON: how every shape in `wire.rs` reads its members.
//!
//! A document is kept as the JSON that was read, with its member order, its spelling of numbers and whatever members a
//! newer Pinpoint may have added. A view is a borrowed, copyable window on one object of it: `activity.email()` answers
//! the `EMAIL` member as an [`EmailMessageActivity`](crate::wire::EmailMessageActivity). So types never lose anything:
//! there is nothing to convert back.
//!
//! A member that is absent, `null` or of the wrong JSON type reads as absent (`None`, or an empty list); what is wrong
//! with it is [`shapes::check`](crate::shapes::check)'s to say.

use serde_json::{Map, Value};

/// A JSON object seen as one of Pinpoint's shapes.
pub trait View<'a>: Copy {
    /// Name of the shape in the API.
    const SHAPE: &'static str;

    /// The view of `value`, if that is an object.
    fn of(value: &'a Value) -> Option<Self>;

    /// The object behind the view, with unknown members too.
    fn object(self) -> &'a Map<String, Value>;

    /// Whether the member is there and not `null`; `name` is the wire name.
    fn has(self, name: &str) -> bool {
        self.object().get(name).is_some_and(|value| !value.is_null())
    }
}

/// A closed set of words that the API allows for a member.
pub trait Word: Copy + Sized + 'static {
    /// All words, in the API's order.
    const ALL: &'static [Self];

    /// The word as it stands in JSON.
    fn as_str(self) -> &'static str;

    /// The word that stands in JSON as `text`; case counts.
    fn parse(text: &str) -> Option<Self>;
}

/// The elements of a list that are objects, as views.
pub(crate) fn list<'a, V: View<'a>>(value: Option<&'a Value>) -> Vec<V> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(V::of).collect()
}

/// The elements of a list that are texts.
pub(crate) fn texts(value: Option<&Value>) -> Vec<&str> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The members of a map for which `read` finds a value, in the order of the document.
pub(crate) fn entries<'a, T>(value: Option<&'a Value>, read: impl Fn(&'a Value) -> Option<T>) -> Vec<(&'a str, T)> {
    value
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.as_str(), read(value)?)))
        .collect()
}

/// Whole numbers may be spelled `40` or `40.0`; both read as 40.
pub(crate) fn integer(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        let double = value.as_f64()?;
        (double.fract() == 0.0 && double.abs() < 9e15).then_some(double as i64)
    })
}

macro_rules! view {
    ($name:ident { $($method:ident = $wire:literal : $holds:ident $($of:ident)?,)* }) => {
        #[doc = concat!("View of shape `", stringify!($name), "`.")]
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $name<'a>(&'a serde_json::Map<String, serde_json::Value>);

        impl<'a> $crate::view::View<'a> for $name<'a> {
            const SHAPE: &'static str = stringify!($name);

            fn of(value: &'a serde_json::Value) -> Option<Self> {
                value.as_object().map(Self)
            }

            fn object(self) -> &'a serde_json::Map<String, serde_json::Value> {
                self.0
            }
        }

        impl<'a> $name<'a> {
            $($crate::view::member! { $method $wire $holds $($of)? })*
        }
    };
}

macro_rules! member {
    ($method:ident $wire:literal text) => {
        $crate::view::member! { @ $method $wire Option<&'a str>, |value| value.and_then(serde_json::Value::as_str) }
    };
    ($method:ident $wire:literal flag) => {
        $crate::view::member! { @ $method $wire Option<bool>, |value| value.and_then(serde_json::Value::as_bool) }
    };
    ($method:ident $wire:literal integer) => {
        $crate::view::member! { @ $method $wire Option<i64>, |value| value.and_then($crate::view::integer) }
    };
    ($method:ident $wire:literal double) => {
        $crate::view::member! { @ $method $wire Option<f64>, |value| value.and_then(serde_json::Value::as_f64) }
    };
    ($method:ident $wire:literal raw) => {
        $crate::view::member! { @ $method $wire Option<&'a serde_json::Value>, |value| value }
    };
    ($method:ident $wire:literal word $of:ident) => {
        $crate::view::member! { @ $method $wire Option<$of>, |value|
        value.and_then(serde_json::Value::as_str).and_then(<$of as $crate::view::Word>::parse) }
    };
    ($method:ident $wire:literal shape $of:ident) => {
        $crate::view::member! { @ $method $wire Option<$of<'a>>, |value| value.and_then($crate::view::View::of) }
    };
    ($method:ident $wire:literal shapes $of:ident) => {
        $crate::view::member! { @ $method $wire Vec<$of<'a>>, |value| $crate::view::list(value) }
    };
    ($method:ident $wire:literal texts) => {
        $crate::view::member! { @ $method $wire Vec<&'a str>, |value| $crate::view::texts(value) }
    };
    ($method:ident $wire:literal text_map) => {
        $crate::view::member! { @ $method $wire Vec<(&'a str, &'a str)>, |value|
        $crate::view::entries(value, serde_json::Value::as_str) }
    };
    ($method:ident $wire:literal double_map) => {
        $crate::view::member! { @ $method $wire Vec<(&'a str, f64)>, |value|
        $crate::view::entries(value, serde_json::Value::as_f64) }
    };
    ($method:ident $wire:literal integer_map) => {
        $crate::view::member! { @ $method $wire Vec<(&'a str, i64)>, |value|
        $crate::view::entries(value, $crate::view::integer) }
    };
    ($method:ident $wire:literal texts_map) => {
        $crate::view::member! { @ $method $wire Vec<(&'a str, Vec<&'a str>)>, |value|
        $crate::view::entries(value, |list| Some($crate::view::texts(Some(list)))) }
    };
    ($method:ident $wire:literal shape_map $of:ident) => {
        $crate::view::member! { @ $method $wire Vec<(&'a str, $of<'a>)>, |value|
        $crate::view::entries(value, $crate::view::View::of) }
    };
    ($method:ident $wire:literal shapes_map $of:ident) => {
        $crate::view::member! { @ $method $wire Vec<(&'a str, Vec<$of<'a>>)>, |value|
        $crate::view::entries(value, |list| Some($crate::view::list(Some(list)))) }
    };
    (@ $method:ident $wire:literal $answer:ty, $read:expr) => {
        #[doc = concat!("Member `", $wire, "`.")]
        pub fn $method(self) -> $answer {
            let read: fn(Option<&'a serde_json::Value>) -> $answer = $read;
            read(self.0.get($wire))
        }
    };
}

macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal,)* }) => {
        #[doc = concat!("The words of `", stringify!($name), "`.")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = concat!("`", $word, "`.")] $variant,)*
        }

        impl $crate::view::Word for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),*];

            fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            fn parse(text: &str) -> Option<Self> {
                match text { $($word => Some(Self::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str($crate::view::Word::as_str(*self))
            }
        }
    };
}

pub(crate) use {member, view, words};
