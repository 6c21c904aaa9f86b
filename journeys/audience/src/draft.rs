//! One endpoint on its way into the store, and what is wrong with it.

use std::borrow::Cow;

use model::time::Millis;
use model::wire::ChannelType;
use serde_json::{Map, Value};

use crate::update::MAX_ENDPOINT_BYTES;
use crate::words::{channel, cohort, instant, opt_out, status};

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
        Field::ALL.iter().find(|(_, o, m)| *m == member && *o == object).map(|(field, _, _)| *field)
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
        self.check_address()
    }

    /// Checks that it has an address and a channel type.
    pub(crate) fn check_address(&self) -> Result<(), RowProblem> {
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
