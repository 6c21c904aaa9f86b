//! One endpoint of the store.

use model::time::{Millis, format_instant};
use model::view::Word;
use model::wire::ChannelType;
use serde_json::{Map, Number, Value};

use crate::column::Values;
use crate::draft::{Field, Owner};
use crate::people::People;

/// An endpoint: a place in [`People`].
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    people: &'a People,
    row: usize,
}

impl<'a> Row<'a> {
    pub(crate) fn new(people: &'a People, row: usize) -> Row<'a> {
        Row { people, row }
    }

    /// Its place in the store.
    pub fn index(self) -> usize {
        self.row
    }

    /// `Id`
    pub fn id(self) -> &'a str {
        self.people.id(self.row)
    }

    /// `ChannelType`; `None` = not known, so it can not be reached.
    pub fn channel(self) -> Option<ChannelType> {
        self.people.channel(self.row)
    }

    /// `Address`; `None` = it can not be reached.
    pub fn address(self) -> Option<&'a str> {
        self.people.address(self.row)
    }

    /// Whether it has an address; cheaper than reading it.
    #[inline]
    pub fn has_address(self) -> bool {
        self.people.has_address(self.row)
    }

    /// `User.UserId`
    pub fn user_id(self) -> Option<&'a str> {
        self.people.user_id(self.row)
    }

    /// Whether `OptOut` is `ALL`.
    pub fn opted_out(self) -> bool {
        self.people.opted_out(self.row)
    }

    /// Whether `EndpointStatus` is `INACTIVE`.
    pub fn inactive(self) -> bool {
        self.people.inactive(self.row)
    }

    /// `Demographic.Timezone`: a name of the tz database.
    pub fn timezone(self) -> Option<&'a str> {
        self.people.field(self.row, Field::Timezone)
    }

    /// A small number for the text of `Demographic.Timezone`, the same for the same text: what a caller has worked out of
    /// a zone can be kept by it. From 0 (no zone) to below [`People::timezone_count`].
    pub fn timezone_id(self) -> u32 {
        self.people.field_column(Field::Timezone).code(self.row)
    }

    /// A number for the user, the same for all its endpoints, below [`People::user_count`]; `None` = no user. An endpoint
    /// that has user attributes but no `UserId` has a number of its own.
    pub fn user_number(self) -> Option<u32> {
        self.people.user(self.row)
    }

    /// `Location.Country`: ISO 3166-1, two letters, or three in old files.
    pub fn country(self) -> Option<&'a str> {
        self.people.field(self.row, Field::Country)
    }

    /// `Location.PostalCode`
    pub fn postal_code(self) -> Option<&'a str> {
        self.people.field(self.row, Field::PostalCode)
    }

    /// `CohortId`, 0 to 99: as given, else by a hash of the id.
    pub fn cohort(self) -> u8 {
        self.people.cohort(self.row)
    }

    /// `EffectiveDate`; `None` = not given, which Pinpoint reads as the moment of writing.
    pub fn effective_date(self) -> Option<Millis> {
        self.people.effective(self.row)
    }

    /// The later of the last event and `EffectiveDate`.
    pub fn last_activity(self) -> Option<Millis> {
        self.people.last_activity(self.row)
    }

    /// `Location.Latitude`, `Location.Longitude` in degrees, rounded to one decimal.
    pub fn coordinates(self) -> Option<(f64, f64)> {
        Some((self.people.latitude(self.row)?, self.people.longitude(self.row)?))
    }

    /// `Attributes.NAME`
    pub fn attribute(self, name: &str) -> Values<'a> {
        self.people.list(self.row, Owner::Endpoint, name)
    }

    /// `User.UserAttributes.NAME`
    pub fn user_attribute(self, name: &str) -> Values<'a> {
        self.people.list(self.row, Owner::User, name)
    }

    /// `Attributes`, those that are there, in the order in which the store first saw their names.
    pub fn attributes(self) -> impl Iterator<Item = (&'a str, Values<'a>)> {
        self.people.lists(self.row, Owner::Endpoint)
    }

    /// `User.UserAttributes`, as [`attributes`](Row::attributes).
    pub fn user_attributes(self) -> impl Iterator<Item = (&'a str, Values<'a>)> {
        self.people.lists(self.row, Owner::User)
    }

    /// `Metrics`, as [`attributes`](Row::attributes).
    pub fn metrics(self) -> impl Iterator<Item = (&'a str, f64)> {
        self.people.metrics(self.row)
    }

    /// A text member of `Demographic`, of `Location`, or (`object` empty) of the endpoint itself.
    pub fn member(self, object: &str, name: &str) -> Option<&'a str> {
        self.people.field(self.row, Field::find(object, name)?)
    }

    /// `CreationDate`
    pub fn creation_date(self) -> Option<Millis> {
        self.people.created(self.row)
    }

    /// `Location.Latitude` in degrees, rounded to one decimal.
    pub fn latitude(self) -> Option<f64> {
        self.people.latitude(self.row)
    }

    /// `Location.Longitude` in degrees, rounded to one decimal.
    pub fn longitude(self) -> Option<f64> {
        self.people.longitude(self.row)
    }

    /// `Metrics.NAME`
    pub fn metric(self, name: &str) -> Option<f64> {
        self.people.metric(self.row, name)
    }

    /// The endpoint as an `EndpointResponse`, without `ApplicationId`: what templates and people read.
    pub fn to_json(self) -> Value {
        let (people, row) = (self.people, self.row);
        let mut out = Map::new();
        let text = |text: &str| Value::String(text.to_owned());
        out.insert("Id".into(), text(self.id()));
        if let Some(channel) = self.channel() {
            out.insert("ChannelType".into(), text(channel.as_str()));
        }
        if let Some(address) = self.address() {
            out.insert("Address".into(), text(address));
        }
        out.insert("EndpointStatus".into(), text(if self.inactive() { "INACTIVE" } else { "ACTIVE" }));
        out.insert("OptOut".into(), text(if self.opted_out() { "ALL" } else { "NONE" }));
        for (name, at) in [("CreationDate", people.created(row)), ("EffectiveDate", people.effective(row))] {
            if let Some(at) = at {
                out.insert(name.into(), Value::String(format_instant(at)));
            }
        }
        out.insert("CohortId".into(), Value::String(self.cohort().to_string()));
        let mut objects = [("Demographic", Map::new()), ("Location", Map::new()), ("", Map::new())];
        for (field, object, member) in Field::ALL {
            if let (Some(value), Some((_, members))) =
                (people.field(row, field), objects.iter_mut().find(|(name, _)| *name == object))
            {
                members.insert(member.into(), text(value));
            }
        }
        let [(_, demographic), (_, mut location), (_, top)] = objects;
        for (name, value) in [("Latitude", people.latitude(row)), ("Longitude", people.longitude(row))] {
            if let Some(value) = value {
                location.insert(name.into(), number(value));
            }
        }
        out.extend(top);
        let lists = |owner| -> Map<String, Value> {
            let list = |values: Values<'_>| Value::Array(values.iter().map(text).collect());
            people.lists(row, owner).map(|(name, values)| (name.to_owned(), list(values))).collect()
        };
        let metrics = people.metrics(row).map(|(name, value)| (name.to_owned(), number(value))).collect();
        let mut user = Map::new();
        if let Some(id) = self.user_id() {
            user.insert("UserId".into(), text(id));
        }
        let put = |object: &mut Map<String, Value>, name: &str, members: Map<String, Value>| {
            if !members.is_empty() {
                object.insert(name.into(), Value::Object(members));
            }
        };
        put(&mut user, "UserAttributes", lists(Owner::User));
        put(&mut out, "Attributes", lists(Owner::Endpoint));
        put(&mut out, "Metrics", metrics);
        put(&mut out, "Demographic", demographic);
        put(&mut out, "Location", location);
        if !user.is_empty() {
            out.insert("User".into(), Value::Object(user));
        }
        Value::Object(out)
    }
}

/// Whole numbers without a fraction: `3`, not `3.0`.
pub(crate) fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9e15 {
        return Value::from(value as i64);
    }
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}
