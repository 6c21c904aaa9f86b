//! One endpoint on its way into the store, and what is wrong with it.

use std::borrow::Cow;

use model::time::{Millis, parse_instant};
use model::view::Word;
use model::wire::ChannelType;
use serde_json::{Map, Value};

/// Largest endpoint, in bytes of names and values (segments-and-endpoints.md 1, N001).
const MAX_ENDPOINT_BYTES: usize = 15 * 1024;
/// Longest name of an attribute or metric, in characters.
const MAX_NAME: usize = 50;
/// Longest value of an attribute, in characters.
const MAX_VALUE: usize = 100;
/// Most values of one attribute.
const MAX_VALUES: usize = 50;

/// Why a row was not taken in, or not whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowProblem {
    /// Line in the file, from 1; 0 = not from a file.
    pub line: usize,
    /// The column or member, in dotted form: `Attributes.Plan`; empty = the whole row.
    pub column: String,
    /// What is wrong, lower case, no full stop.
    pub message: String,
}

impl std::error::Error for RowProblem {}

impl std::fmt::Display for RowProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.line > 0 {
            write!(f, "line {}: ", self.line)?;
        }
        if !self.column.is_empty() {
            write!(f, "`{}`: ", self.column)?;
        }
        f.write_str(&self.message)
    }
}

impl RowProblem {
    pub(crate) fn new(column: impl Into<String>, message: impl Into<String>) -> RowProblem {
        RowProblem { line: 0, column: column.into(), message: message.into() }
    }

    pub(crate) fn at(mut self, line: usize) -> RowProblem {
        self.line = line;
        self
    }
}

/// A text member with a column of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    AppVersion,
    Locale,
    Make,
    Model,
    ModelVersion,
    Platform,
    PlatformVersion,
    Timezone,
    City,
    Country,
    PostalCode,
    Region,
    RequestId,
}

impl Field {
    pub(crate) const COUNT: usize = 13;

    /// Every field with its object (empty = top level) and its member name.
    pub(crate) const ALL: [(Field, &'static str, &'static str); Field::COUNT] = [
        (Field::AppVersion, "Demographic", "AppVersion"),
        (Field::Locale, "Demographic", "Locale"),
        (Field::Make, "Demographic", "Make"),
        (Field::Model, "Demographic", "Model"),
        (Field::ModelVersion, "Demographic", "ModelVersion"),
        (Field::Platform, "Demographic", "Platform"),
        (Field::PlatformVersion, "Demographic", "PlatformVersion"),
        (Field::Timezone, "Demographic", "Timezone"),
        (Field::City, "Location", "City"),
        (Field::Country, "Location", "Country"),
        (Field::PostalCode, "Location", "PostalCode"),
        (Field::Region, "Location", "Region"),
        (Field::RequestId, "", "RequestId"),
    ];

    pub(crate) fn find(object: &str, member: &str) -> Option<Field> {
        Field::ALL.iter().find(|(_, o, m)| *o == object && *m == member).map(|(field, _, _)| *field)
    }

    /// `Demographic.Timezone`.
    pub(crate) fn path(self) -> String {
        let (_, object, member) = Field::ALL[self as usize];
        if object.is_empty() { member.to_owned() } else { format!("{object}.{member}") }
    }
}

/// Whose attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// `Attributes`
    Endpoint,
    /// `User.UserAttributes`
    User,
}

impl Owner {
    pub(crate) fn path(self, name: &str) -> String {
        match self {
            Owner::Endpoint => format!("Attributes.{name}"),
            Owner::User => format!("User.UserAttributes.{name}"),
        }
    }
}

/// An attribute that was given.
#[derive(Clone, Debug)]
pub(crate) struct DraftList<'a> {
    pub(crate) owner: Owner,
    pub(crate) name: Cow<'a, str>,
    /// Where its column is in the store, if the reader knows.
    pub(crate) place: Option<u32>,
    /// Its values in [`Draft::values`]; none of them deletes the attribute.
    pub(crate) values: std::ops::Range<usize>,
}

/// A metric that was given.
#[derive(Clone, Debug)]
pub(crate) struct DraftMetric<'a> {
    pub(crate) name: Cow<'a, str>,
    /// Where its column is in the store, if the reader knows.
    pub(crate) place: Option<u32>,
    /// NaN deletes the metric.
    pub(crate) value: f64,
}

/// The members of an endpoint that were given; texts are borrowed from the file where possible.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft<'a> {
    pub(crate) id: Option<Cow<'a, str>>,
    pub(crate) channel: Option<ChannelType>,
    pub(crate) address: Option<Cow<'a, str>>,
    pub(crate) opted_out: Option<bool>,
    pub(crate) inactive: Option<bool>,
    pub(crate) effective: Option<Millis>,
    pub(crate) created: Option<Millis>,
    pub(crate) cohort: Option<u8>,
    pub(crate) user_id: Option<Cow<'a, str>>,
    pub(crate) latitude: Option<f64>,
    pub(crate) longitude: Option<f64>,
    pub(crate) fields: Vec<(Field, Cow<'a, str>)>,
    pub(crate) lists: Vec<DraftList<'a>>,
    pub(crate) values: Vec<Cow<'a, str>>,
    pub(crate) metrics: Vec<DraftMetric<'a>>,
    /// Dotted names of members that endpoints do not have; the service ignores them.
    pub(crate) unknown: Vec<String>,
}

impl<'a> Draft<'a> {
    /// Makes it as new, keeping what it has allocated.
    pub(crate) fn clear(&mut self) {
        (self.id, self.address, self.user_id) = (None, None, None);
        (self.channel, self.opted_out, self.inactive, self.cohort) = (None, None, None, None);
        (self.effective, self.created, self.latitude, self.longitude) = (None, None, None, None);
        self.fields.clear();
        self.lists.clear();
        self.values.clear();
        self.metrics.clear();
        self.unknown.clear();
    }

    /// The draft of an `EndpointRequest`, `EndpointBatchItem` or `EndpointResponse`.
    pub(crate) fn of(endpoint: &'a Value) -> Result<Draft<'a>, RowProblem> {
        let members = object("", endpoint)?;
        let mut draft = Draft::default();
        for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
            match name.as_str() {
                "Id" => draft.id = Some(text(name, value)?.into()),
                "Address" => draft.address = Some(text(name, value)?.into()),
                "ChannelType" => draft.channel = Some(channel(text(name, value)?)?),
                "OptOut" => draft.opted_out = Some(opt_out(text(name, value)?)?),
                "EndpointStatus" => draft.inactive = Some(status(text(name, value)?)?),
                "EffectiveDate" => draft.effective = Some(instant(name, text(name, value)?)?),
                "CreationDate" => draft.created = Some(instant(name, text(name, value)?)?),
                "CohortId" => draft.cohort = Some(cohort(text(name, value)?)?),
                "RequestId" => draft.fields.push((Field::RequestId, text(name, value)?.into())),
                "Attributes" => draft.lists_of(Owner::Endpoint, name, value)?,
                "Metrics" => {
                    for (metric, value) in object(name, value)? {
                        let path = format!("Metrics.{metric}");
                        let value = if value.is_null() { f64::NAN } else { double(&path, value)? };
                        draft.metrics.push(DraftMetric { name: metric.into(), place: None, value });
                    }
                }
                "User" => {
                    for (member, value) in object(name, value)?.iter().filter(|(_, value)| !value.is_null()) {
                        match member.as_str() {
                            "UserId" => draft.user_id = Some(text("User.UserId", value)?.into()),
                            "UserAttributes" => draft.lists_of(Owner::User, "User.UserAttributes", value)?,
                            _ => draft.unknown.push(format!("User.{member}")),
                        }
                    }
                }
                "Demographic" | "Location" => {
                    for (member, value) in object(name, value)?.iter().filter(|(_, value)| !value.is_null()) {
                        let path = format!("{name}.{member}");
                        match (Field::find(name, member), path.as_str()) {
                            (Some(field), _) => draft.fields.push((field, text(&path, value)?.into())),
                            (None, "Location.Latitude") => draft.latitude = Some(double(&path, value)?),
                            (None, "Location.Longitude") => draft.longitude = Some(double(&path, value)?),
                            (None, _) => draft.unknown.push(path),
                        }
                    }
                }
                "ApplicationId" => {}
                _ => draft.unknown.push(name.clone()),
            }
        }
        Ok(draft)
    }

    fn lists_of(&mut self, owner: Owner, path: &str, value: &'a Value) -> Result<(), RowProblem> {
        for (name, value) in object(path, value)? {
            let start = self.values.len();
            match value {
                Value::Null => {}
                // The guides show bare texts where the API wants lists (segments-and-endpoints.md 1, chosen).
                Value::String(value) => self.values.push(value.into()),
                Value::Array(values) => {
                    for value in values {
                        self.values.push(text(&owner.path(name), value)?.into());
                    }
                }
                other => return Err(expected(&owner.path(name), "a list of texts", other)),
            }
            let values = start..self.values.len();
            self.lists.push(DraftList { owner, name: name.into(), place: None, values });
        }
        Ok(())
    }

    /// Checks the limits of N001 and the ranges of coordinates; answers the bytes of names and values.
    pub(crate) fn check(&self) -> Result<usize, RowProblem> {
        let mut bytes = self.id.as_deref().map_or(0, str::len) + self.address.as_deref().map_or(0, str::len);
        bytes += self.user_id.as_deref().map_or(0, str::len);
        bytes += self.fields.iter().map(|(_, text)| text.len()).sum::<usize>();
        for list in &self.lists {
            let path = || list.owner.path(&list.name);
            // A name that has a column was checked before.
            if list.place.is_none() {
                check_name(&list.name, path)?;
            }
            bytes += list.name.len();
            if list.values.len() > MAX_VALUES {
                let message = format!("has {} values, at most {MAX_VALUES} are allowed", list.values.len());
                return Err(RowProblem::new(path(), message));
            }
            for value in &self.values[list.values.clone()] {
                bytes += value.len();
                if let Some(length) = longer_than(value, MAX_VALUE) {
                    let message = format!("a value has {length} characters, at most {MAX_VALUE} are allowed");
                    return Err(RowProblem::new(path(), message));
                }
            }
        }
        for metric in &self.metrics {
            let path = || format!("Metrics.{}", metric.name);
            if metric.place.is_none() {
                check_name(&metric.name, path)?;
            }
            bytes += metric.name.len() + 8;
            if metric.value.is_infinite() {
                return Err(RowProblem::new(path(), "is not a finite number"));
            }
        }
        if bytes > MAX_ENDPOINT_BYTES {
            return Err(RowProblem::new("", format!("the endpoint has {bytes} bytes, at most 15 KB are allowed")));
        }
        for (path, value, limit) in
            [("Location.Latitude", self.latitude, 90.0), ("Location.Longitude", self.longitude, 180.0)]
        {
            if value.is_some_and(|degrees| degrees.is_nan() || degrees.abs() > limit) {
                return Err(RowProblem::new(path, format!("is not between -{limit} and {limit} degrees")));
            }
        }
        Ok(bytes)
    }

    /// Checks that an endpoint can be made of it by an import (segments-and-endpoints.md 3): it has an address and a
    /// channel type, or is a user id alone.
    pub(crate) fn check_reachable(&self) -> Result<(), RowProblem> {
        if self.user_id.is_some() && self.id.is_none() && self.address.is_none() && self.channel.is_none() {
            return Ok(());
        }
        let member = match (&self.address, self.channel) {
            (Some(address), Some(_)) if !address.is_empty() => return Ok(()),
            (Some(address), None) if !address.is_empty() => "ChannelType",
            _ => "Address",
        };
        Err(RowProblem::new(member, "is missing; a new endpoint needs an address and a channel type"))
    }
}

fn check_name(name: &str, path: impl Fn() -> String) -> Result<(), RowProblem> {
    match longer_than(name, MAX_NAME) {
        Some(length) => {
            let message = format!("the name has {length} characters, at most {MAX_NAME} are allowed");
            Err(RowProblem::new(path(), message))
        }
        None if name.is_empty() => Err(RowProblem::new(path(), "the name is empty")),
        None => Ok(()),
    }
}

/// The number of characters, when it is more than `limit`.
fn longer_than(text: &str, limit: usize) -> Option<usize> {
    if text.len() <= limit {
        return None;
    }
    Some(text.chars().count()).filter(|length| *length > limit)
}

pub(crate) fn channel(word: &str) -> Result<ChannelType, RowProblem> {
    ChannelType::parse(word).ok_or_else(|| {
        let words: Vec<&str> = ChannelType::ALL.iter().map(|word| word.as_str()).collect();
        RowProblem::new("ChannelType", format!("`{word}` is not one of {}", words.join(", ")))
    })
}

pub(crate) fn opt_out(word: &str) -> Result<bool, RowProblem> {
    match word {
        "ALL" => Ok(true),
        "NONE" => Ok(false),
        _ => Err(RowProblem::new("OptOut", format!("`{word}` is not one of ALL, NONE"))),
    }
}

pub(crate) fn status(word: &str) -> Result<bool, RowProblem> {
    match word {
        "INACTIVE" => Ok(true),
        "ACTIVE" => Ok(false),
        _ => Err(RowProblem::new("EndpointStatus", format!("`{word}` is not one of ACTIVE, INACTIVE"))),
    }
}

pub(crate) fn instant(path: &str, text: &str) -> Result<Millis, RowProblem> {
    quick_instant(text)
        .or_else(|| parse_instant(text))
        .ok_or_else(|| RowProblem::new(path, format!("`{text}` is not a date and time such as 2026-11-30T09:00:00Z")))
}

/// The usual spelling `2026-11-30T09:00:00.000Z`, or without milliseconds; `None` = read it with care.
fn quick_instant(text: &str) -> Option<Millis> {
    let given = text.as_bytes();
    let mut whole = *b"....-..-..T..:..:...000Z";
    let bytes: &[u8; 24] = match given.len() {
        24 => given.first_chunk()?,
        20 if given[19] == b'Z' => {
            whole[..19].copy_from_slice(&given[..19]);
            &whole
        }
        _ => return None,
    };
    let marks = [bytes[4], bytes[7], bytes[10], bytes[13], bytes[16], bytes[19], bytes[23]];
    // All digits are read before one is looked at: none of them is wrong, mostly.
    let mut greatest = 0;
    let mut two = |at: usize| {
        let (tens, ones) = (bytes[at].wrapping_sub(b'0'), bytes[at + 1].wrapping_sub(b'0'));
        greatest = tens.max(ones).max(greatest);
        i64::from(tens) * 10 + i64::from(ones)
    };
    let (year, month, day) = (two(0) * 100 + two(2), two(5), two(8));
    let (hours, minutes, seconds, hundredths) = (two(11), two(14), two(17), two(20));
    let thousandths = bytes[22].wrapping_sub(b'0');
    if marks != *b"--T::.Z" || greatest.max(thousandths) > 9 {
        return None;
    }
    let longest = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        // The 29th of February is left to the careful reading, as leap seconds are.
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => return None,
    };
    if !(1..=longest).contains(&day) || hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    // Days since 1970-01-01 in the proleptic Gregorian calendar, with years that begin in March.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days =
        365 * y + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + (153 * m + 2) / 5 + day - 1 - 719_468;
    let seconds = ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
    Some(seconds * 1000 + hundredths * 10 + i64::from(thousandths))
}

fn cohort(text: &str) -> Result<u8, RowProblem> {
    let number = text.parse::<u8>().ok().filter(|n| *n < 100);
    number.ok_or_else(|| RowProblem::new("CohortId", format!("`{text}` is not a whole number from 0 to 99")))
}

fn object<'v>(path: &str, value: &'v Value) -> Result<&'v Map<String, Value>, RowProblem> {
    value.as_object().ok_or_else(|| expected(path, "an object", value))
}

fn text<'v>(path: &str, value: &'v Value) -> Result<&'v str, RowProblem> {
    value.as_str().ok_or_else(|| expected(path, "a text", value))
}

fn double(path: &str, value: &Value) -> Result<f64, RowProblem> {
    value.as_f64().ok_or_else(|| expected(path, "a number", value))
}

fn expected(path: &str, what: &str, found: &Value) -> RowProblem {
    RowProblem::new(path, format!("expected {what}, found {}", model::shapes::phrase(found)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_reading_of_instants_agrees_with_the_careful_one() {
        for year in [1583, 1900, 1969, 1970, 2000, 2024, 2026, 2100] {
            for month in 1..=12 {
                for day in [1, 2, 27, 28, 29, 30, 31] {
                    let text = format!("{year}-{month:02}-{day:02}T23:59:58.123Z");
                    let careful = parse_instant(&text);
                    assert_eq!(instant("", &text).ok(), careful, "{text}");
                    assert!(quick_instant(&text).is_none_or(|at| Some(at) == careful), "{text}");
                    assert!(day > 28 || quick_instant(&text).is_some(), "{text}");
                }
            }
        }
        for text in [
            "2026-02-30T00:00:00Z",
            "2026-02-01T00:00:0:Z",
            "2026-02-01T00:00:00.0:0Z",
            "2026-02-01 00:00:00Z",
            "2026-02-01T24:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-02-01T00:00:00+",
            "202ü-02-01T00:00:00",
        ] {
            assert_eq!(quick_instant(text), None, "{text}");
        }
        assert!(instant("EffectiveDate", "2026-02-30T00:00:00Z").is_err());
        assert_eq!(instant("EffectiveDate", "2024-02-29T00:00:00Z"), Ok(1_709_164_800_000));
    }
}
