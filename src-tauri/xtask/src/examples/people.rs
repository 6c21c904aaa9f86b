//! Sample people and their endpoints, in Pinpoint's import formats (segments-and-endpoints.md 3).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use super::draws::Draws;
use super::moments;
use super::places::{PLACES, Place};

/// One invented person.
pub struct Person {
    /// Unique in the folder, for example `reader-0007`.
    pub id: String,
    number: i64,
    place: &'static Place,
    /// Columns that all endpoints of the person share.
    shared: Vec<(&'static str, Vec<String>)>,
}

impl Person {
    /// Draws the person `word-number`. A few have no user id, no time zone, no family name or no postal code.
    pub fn draw(draws: &mut Draws, word: &str, number: i64) -> Person {
        let weights: Vec<(i64, &'static Place)> = PLACES.iter().map(|place| (place.weight, place)).collect();
        let place = draws.weighted(&weights);
        let id = format!("{word}-{number:04}");
        let mut shared = Vec::new();
        if !draws.chance(4) {
            shared.push(("User.UserId", vec![id.clone()]));
        }
        if !draws.chance(6) {
            shared.push(("User.UserAttributes.FirstName", vec![draws.one(place.given).to_string()]));
            if draws.chance(35) {
                shared.push(("User.UserAttributes.LastName", vec![draws.one(place.family).to_string()]));
            }
        }
        shared.push(("Demographic.Locale", vec![place.locale.to_string()]));
        if !draws.chance(9) {
            shared.push(("Demographic.Timezone", vec![place.timezone.to_string()]));
        }
        shared.push(("Location.Country", vec![place.country.to_string()]));
        if !draws.chance(15) {
            shared.push(("Location.City", vec![place.city.to_string()]));
        }
        if draws.chance(30) {
            shared.push(("Location.Region", vec![place.region.to_string()]));
        }
        if draws.chance(60) {
            shared.push(("Location.PostalCode", vec![place.postal_code.to_string()]));
        }
        if draws.chance(15) {
            shared.push(("Location.Latitude", vec![format!("{:.1}", place.latitude)]));
            shared.push(("Location.Longitude", vec![format!("{:.1}", place.longitude)]));
        }
        Person { id, number, place, shared }
    }

    /// Gives all endpoints of the person a value, usually a user attribute.
    pub fn set(&mut self, column: &'static str, values: Vec<String>) {
        self.shared.push((column, values));
    }

    /// The first value of a shared column.
    pub fn get(&self, column: &str) -> Option<&str> {
        self.shared.iter().find(|(name, _)| *name == column)?.1.first().map(String::as_str)
    }

    /// The person's endpoint of a channel; a few have opted out. Addresses are of reserved domains, numbers of ranges
    /// kept for fiction, tokens drawn.
    pub fn endpoint(&self, draws: &mut Draws, channel: &'static str) -> Endpoint {
        let address = match channel {
            "EMAIL" => {
                let domain = draws.one(&["example.com", "example.org", "mail.example.com"]);
                format!("{}@{domain}", self.id.replace('-', draws.one(&[".", "-", "_", ""])))
            }
            "SMS" | "VOICE" if matches!(self.place.country, "US" | "CA") => format!("+155501{:05}", self.number),
            "SMS" | "VOICE" => format!("+999{:08}", 20_100_000 + self.number * 37),
            _ => draws.hex(64),
        };
        let mut columns = vec![
            ("Id", vec![format!("{}-{}", self.id, channel.to_lowercase())]),
            ("ChannelType", vec![channel.to_string()]),
            ("Address", vec![address]),
        ];
        if draws.chance(4) {
            columns.push(("OptOut", vec!["ALL".to_string()]));
        } else if draws.chance(15) {
            columns.push(("OptOut", vec!["NONE".to_string()]));
        }
        columns.extend(self.shared.iter().cloned());
        Endpoint { columns }
    }

    /// A further endpoint of the person: short, because its user's attributes and place are known from the first one.
    pub fn further_endpoint(&self, draws: &mut Draws, channel: &'static str) -> Endpoint {
        let mut endpoint = self.endpoint(draws, channel);
        if self.get("User.UserId").is_some() {
            let kept = ["User.UserId", "User.UserAttributes.FirstName", "Location.Country"];
            let repeats = |column: &str| column.starts_with("User.") || column.starts_with("Location.");
            endpoint.columns.retain(|(column, _)| kept.contains(column) || !repeats(column));
        }
        endpoint
    }
}

/// One row of an import: dotted column names with their values, several for a list.
pub struct Endpoint {
    columns: Vec<(&'static str, Vec<String>)>,
}

impl Endpoint {
    /// Adds a column; without values it stays absent.
    pub fn set(&mut self, column: &'static str, values: Vec<String>) {
        if !values.is_empty() {
            self.columns.push((column, values));
        }
    }

    /// Drops all columns but the address and those that begin with one of `starts`.
    pub fn keep(&mut self, starts: &[&str]) {
        let named = |column: &str| ["Id", "ChannelType", "Address"].iter().chain(starts).any(|s| column.starts_with(s));
        self.columns.retain(|(column, _)| named(column));
    }

    /// The first value of a column, empty when absent.
    pub fn get(&self, column: &str) -> &str {
        let found = self.columns.iter().find(|(name, _)| *name == column);
        found.and_then(|(_, values)| values.first()).map_or("", String::as_str)
    }

    /// The endpoint's id.
    pub fn id(&self) -> &str {
        self.get("Id")
    }
}

/// Moves an endpoint's last update to `moment`.
pub fn set_updated(endpoint: &mut Endpoint, moment: i64) {
    endpoint.set("EffectiveDate", vec![moments::iso(moment)]);
}

/// Where a column stands in a file.
fn rank(column: &str) -> usize {
    const ORDER: &[&str] = &[
        "Id",
        "ChannelType",
        "Address",
        "OptOut",
        "EffectiveDate",
        "User.UserId",
        "User.",
        "Attributes.",
        "Metrics.",
        "Demographic.",
        "Location.",
    ];
    ORDER.iter().position(|start| column.starts_with(start)).unwrap_or(ORDER.len())
}

/// The CSV form: a header of dotted names, a column repeated for the values of a list, RFC 4180 quoting.
pub fn csv(endpoints: &[Endpoint]) -> String {
    let mut widths: BTreeMap<(usize, &str), usize> = BTreeMap::new();
    for (column, values) in endpoints.iter().flat_map(|endpoint| &endpoint.columns) {
        let width = widths.entry((rank(column), column)).or_default();
        *width = values.len().max(*width);
    }
    let header: Vec<&str> =
        widths.iter().flat_map(|((_, column), width)| std::iter::repeat_n(*column, *width)).collect();
    let mut text = header.join(",");
    text.push('\n');
    for endpoint in endpoints {
        let mut cells = Vec::with_capacity(header.len());
        for ((_, column), width) in &widths {
            let found = endpoint.columns.iter().find(|(name, _)| name == column);
            let values = found.map_or(&[][..], |(_, values)| values);
            cells.extend((0..*width).map(|index| quoted(values.get(index).map_or("", String::as_str))));
        }
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    text
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_string() }
}

/// The JSON form: one endpoint a line, attributes as lists, metrics and coordinates as numbers.
///
/// Fails when a metric is not a number, which would be a mistake of ours.
pub fn json_lines(endpoints: &[Endpoint]) -> Result<String> {
    let mut text = String::new();
    for endpoint in endpoints {
        let mut columns: Vec<_> = endpoint.columns.iter().collect();
        columns.sort_by_key(|(column, _)| (rank(column), *column));
        let mut top = Map::new();
        for (column, values) in columns {
            let listed = column.starts_with("Attributes.") || column.starts_with("User.UserAttributes.");
            let first = values.first().map_or("", String::as_str);
            let value = if listed {
                Value::from(values.clone())
            } else if column.starts_with("Metrics.") || column.ends_with("itude") {
                serde_json::from_str(first).with_context(|| format!("`{first}` in `{column}` is not a number"))?
            } else {
                Value::from(first)
            };
            place_at(&mut top, column, value);
        }
        writeln!(text, "{}", Value::Object(top))?;
    }
    Ok(text)
}

/// Puts a value under a dotted name, one object a dot.
fn place_at(object: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            object.insert(path.to_string(), value);
        }
        Some((head, rest)) => {
            let inner = object.entry(head).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                place_at(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Endpoint, csv, json_lines};

    #[test]
    fn a_list_repeats_its_column_and_stays_a_list() {
        let mut one = Endpoint { columns: vec![("Id", vec!["a".into()])] };
        one.set("Attributes.Likes", vec!["tea, green".into(), "\"milk\"".into()]);
        one.set("Metrics.Age", vec!["7.5".into()]);
        let two = Endpoint { columns: vec![("Id", vec!["b".into()])] };
        let both = [one, two];
        assert_eq!(
            csv(&both),
            "Id,Attributes.Likes,Attributes.Likes,Metrics.Age\na,\"tea, green\",\"\"\"milk\"\"\",7.5\nb,,,\n"
        );
        assert_eq!(
            json_lines(&both).unwrap(),
            "{\"Id\":\"a\",\"Attributes\":{\"Likes\":[\"tea, green\",\"\\\"milk\\\"\"]},\"Metrics\":{\"Age\":7.5}}\n{\"Id\":\"b\"}\n"
        );
    }
}
