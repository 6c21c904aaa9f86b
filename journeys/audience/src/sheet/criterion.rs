//! What one criterion asks, apart from what it looks at.

use model::clause::Subject;
use model::view::Word;
use model::wire::{AttributeType, DimensionType, Duration, RecencyType};
use serde_json::{Map, Number, Value};

/// What a criterion asks. Numbers are kept as they are spelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// `AttributeDimension` or `SetDimension`
    Texts {
        /// A word of `AttributeType` or `DimensionType`; empty = absent, which means `INCLUSIVE`.
        comparison: String,
        /// `Values`
        values: Vec<String>,
    },
    /// `MetricDimension`
    Number {
        /// A word of `ComparisonOperator`.
        comparison: String,
        /// `Value`
        value: String,
    },
    /// `RecencyDimension`
    Recency {
        /// A word of `Duration`.
        duration: String,
        /// A word of `RecencyType`.
        kind: String,
    },
    /// `GPSPointDimension`
    Circle {
        /// Degrees north.
        latitude: String,
        /// Degrees east.
        longitude: String,
        /// `RangeInKilometers`; empty = absent, which means 10 (segments-and-endpoints.md 2.1, chosen).
        kilometers: String,
    },
}

/// Words of a metric's `ComparisonOperator` (segments-and-endpoints.md 2.1).
const OPERATORS: [&str; 5] = ["EQUAL", "GREATER_THAN", "LESS_THAN", "GREATER_THAN_OR_EQUAL", "LESS_THAN_OR_EQUAL"];

impl Shown {
    /// Reads a criterion; `None` = it says something else, or more.
    pub fn read(subject: &Subject, value: &Value) -> Option<Shown> {
        let object = value.as_object()?;
        let only = |names: &[&str]| object.keys().all(|name| names.contains(&name.as_str()));
        let word = |name: &str| object.get(name).map(Value::as_str);
        match subject {
            Subject::Attribute(_) | Subject::UserAttribute(_) => {
                let comparison = texts_word(word("AttributeType"), |text| AttributeType::parse(text).is_some())?;
                only(&["AttributeType", "Values"]).then_some(())?;
                Some(Shown::Texts { comparison, values: texts(object.get("Values")?)? })
            }
            Subject::Set(_) => {
                let comparison = texts_word(word("DimensionType"), |text| DimensionType::parse(text).is_some())?;
                only(&["DimensionType", "Values"]).then_some(())?;
                Some(Shown::Texts { comparison, values: texts(object.get("Values")?)? })
            }
            Subject::Metric(_) => {
                only(&["ComparisonOperator", "Value"]).then_some(())?;
                let comparison = word("ComparisonOperator")??.to_owned();
                let known = OPERATORS.contains(&comparison.as_str());
                known.then_some(Shown::Number { comparison, value: spelled(object.get("Value"))? })
            }
            Subject::Recency => {
                only(&["Duration", "RecencyType"]).then_some(())?;
                let (duration, kind) = (word("Duration")??, word("RecencyType")??);
                let known = Duration::parse(duration).is_some() && RecencyType::parse(kind).is_some();
                known.then(|| Shown::Recency { duration: duration.to_owned(), kind: kind.to_owned() })
            }
            Subject::Circle => {
                only(&["Coordinates", "RangeInKilometers"]).then_some(())?;
                let point = object.get("Coordinates")?.as_object()?;
                point.keys().all(|name| name == "Latitude" || name == "Longitude").then_some(())?;
                let kilometers = match object.get("RangeInKilometers") {
                    None => String::new(),
                    range => spelled(range)?,
                };
                Some(Shown::Circle {
                    latitude: spelled(point.get("Latitude"))?,
                    longitude: spelled(point.get("Longitude"))?,
                    kilometers,
                })
            }
        }
    }

    /// The criterion as JSON; members keep the order that they have in `like`. A number that is none is left as it is in
    /// `like`.
    pub fn write(&self, like: Option<&Value>) -> Value {
        let mut object = like.and_then(Value::as_object).cloned().unwrap_or_default();
        match self {
            Shown::Texts { comparison, values } => {
                // An attribute has `AttributeType`, a set `DimensionType`: whichever is there stays.
                let member = if object.contains_key("DimensionType") { "DimensionType" } else { "AttributeType" };
                if !comparison.is_empty() {
                    object.insert(member.to_owned(), comparison.as_str().into());
                }
                object.insert("Values".to_owned(), values.clone().into());
            }
            Shown::Number { comparison, value } => {
                object.insert("ComparisonOperator".to_owned(), comparison.as_str().into());
                put(&mut object, "Value", value);
            }
            Shown::Recency { duration, kind } => {
                object.insert("Duration".to_owned(), duration.as_str().into());
                object.insert("RecencyType".to_owned(), kind.as_str().into());
            }
            Shown::Circle { latitude, longitude, kilometers } => {
                let mut point = object.get("Coordinates").and_then(Value::as_object).cloned().unwrap_or_default();
                put(&mut point, "Latitude", latitude);
                put(&mut point, "Longitude", longitude);
                object.insert("Coordinates".to_owned(), Value::Object(point));
                put(&mut object, "RangeInKilometers", kilometers);
            }
        }
        Value::Object(object)
    }
}

/// A number as it is spelled; `None` = the text is none.
pub fn number(text: &str) -> Option<Value> {
    serde_json::from_str::<Number>(text.trim()).ok().map(Value::Number)
}

fn put(object: &mut Map<String, Value>, name: &str, text: &str) {
    if let Some(number) = number(text) {
        object.insert(name.to_owned(), number);
    }
}

fn spelled(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn texts(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect()
}

/// The word of a comparison of texts; an absent one is empty.
fn texts_word(word: Option<Option<&str>>, known: impl Fn(&str) -> bool) -> Option<String> {
    match word {
        None => Some(String::new()),
        Some(word) => word.filter(|word| known(word)).map(str::to_owned),
    }
}
