//! What is known of people as a whole: which attributes they have, and which values of them are frequent.

use std::collections::HashMap;

use model::view::Word;
use model::wire::ChannelType;

use crate::column::Column;
use crate::draft::{Field, Owner};
use crate::people::People;

/// A member that some endpoints or users have a value of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its dotted name, as [`People::attribute_paths`] has it; also `Demographic.Make`, `Location.Country`, `ChannelType`.
    pub path: String,
    /// How many endpoints have a value; for user attributes how many users.
    pub holders: usize,
    /// Values and how many have each, the most frequent first, equally frequent ones by the text; none for metrics.
    pub values: Vec<(String, usize)>,
}

impl People {
    /// Attributes, user attributes and metrics, what segments ask of the device and the country, the time zone and the
    /// channel; sorted by name. Of each at most `most` values.
    pub fn known(&self, most: usize) -> Vec<Known> {
        const FIELDS: [Field; 6] =
            [Field::AppVersion, Field::Make, Field::Model, Field::Platform, Field::Country, Field::Timezone];
        let own = self.attributes.iter().map(|(name, column)| (Owner::Endpoint.path(name), column, self.len()));
        let users = self.user_attributes.iter();
        let users = users.map(|(name, column)| (Owner::User.path(name), column, self.user_count()));
        let fields = FIELDS.into_iter().map(|field| (field.path(), self.field_column(field), self.len()));
        let mut found: Vec<Known> =
            own.chain(users).chain(fields).map(|(path, column, rows)| of_column(path, column, rows, most)).collect();
        found.extend(self.metrics.iter().map(|(name, numbers)| Known {
            path: format!("Metrics.{name}"),
            holders: numbers.iter().filter(|number| !number.is_nan()).count(),
            values: Vec::new(),
        }));
        let channels = ChannelType::ALL.iter().map(|channel| {
            let rows = (0..self.len()).filter(|row| self.channel(*row) == Some(*channel)).count();
            (channel.as_str().to_owned(), rows)
        });
        let channels = frequent(channels.filter(|(_, rows)| *rows > 0).collect(), most);
        let holders = channels.iter().map(|(_, rows)| rows).sum();
        found.push(Known { path: "ChannelType".to_owned(), holders, values: channels });
        found.retain(|known| known.holders > 0);
        found.sort_by(|a, b| a.path.cmp(&b.path));
        found
    }
}

/// Counts codes, of which there are few, and then the values behind each.
fn of_column(path: String, column: &Column, rows: usize, most: usize) -> Known {
    let mut of_code = vec![0_usize; column.code_count()];
    (0..rows).for_each(|row| of_code[column.code(row) as usize] += 1);
    let mut of_value: HashMap<&str, usize> = HashMap::new();
    let mut holders = 0;
    for (code, count) in of_code.into_iter().enumerate().skip(1).filter(|(_, count)| *count > 0) {
        holders += count;
        column.list(code as u32).iter().for_each(|value| *of_value.entry(value).or_default() += count);
    }
    let values = of_value.into_iter().map(|(value, count)| (value.to_owned(), count)).collect();
    Known { path, holders, values: frequent(values, most) }
}

fn frequent(mut values: Vec<(String, usize)>, most: usize) -> Vec<(String, usize)> {
    values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    values.truncate(most);
    values
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_counted_by_endpoint_and_by_user() {
        let mut people = People::default();
        for (n, (plan, channel)) in [("gold", "EMAIL"), ("silver", "SMS"), ("gold", "SMS")].into_iter().enumerate() {
            let endpoint = json!({"ChannelType": channel, "Address": format!("a{n}"), "Attributes": {"Plan": [plan, "all"]},
                "Metrics": {"Orders": n}, "Location": {"Country": "DE"},
                "User": {"UserId": if n < 2 { "one" } else { "two" }, "UserAttributes": {"Tier": ["A"]}}});
            people.push(None, &endpoint).expect("a row");
        }
        let told: Vec<String> = people
            .known(2)
            .iter()
            .map(|known| format!("{} {} {:?}", known.path, known.holders, known.values))
            .collect();
        assert_eq!(
            told,
            [
                "Attributes.Plan 3 [(\"all\", 3), (\"gold\", 2)]",
                "ChannelType 3 [(\"SMS\", 2), (\"EMAIL\", 1)]",
                "Location.Country 3 [(\"DE\", 3)]",
                "Metrics.Orders 3 []",
                "User.UserAttributes.Tier 2 [(\"A\", 2)]",
            ]
        );
        assert_eq!(People::default().known(2), []);
    }
}
