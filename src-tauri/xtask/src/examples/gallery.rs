//! The people and events of the examples that need no more than a recipe: columns by chance, and the events that start
//! journeys. The recipes themselves are in `recipes.rs`.

mod recipes;

use serde_json::{Map, Value};

use super::draws::Draws;
use super::moments::{DAY, MINUTE, START, iso};
use super::people::{self, Endpoint, Person};
use super::records::{self, App};
use super::{Written, single};

/// What the people's file says beside addresses: columns that begin so.
const KEPT: &[&str] =
    &["OptOut", "User.", "Attributes.", "Metrics.", "Demographic.Timezone", "Location.Country", "Location.PostalCode"];

/// What an example's people and events are made of.
struct Recipe {
    seed: u64,
    /// Paths below `journeys/examples/`: of the people (CSV) and of the events.
    files: (&'static str, &'static str),
    /// What a person is called in ids.
    word: &'static str,
    people: i64,
    /// Channels beside the e-mail address, each for so many of 100.
    channels: &'static [(i64, &'static str)],
    columns: &'static [Column],
    app: App,
    starts: &'static [Start],
}

/// A column that everybody has, on all endpoints.
struct Column(&'static str, Values);

/// What stands in a column.
enum Values {
    /// One of these, by weight.
    OneOf(&'static [(i64, &'static str)]),
    /// A whole number in `low..high`.
    Number(i64, i64),
    /// An instant so many days from the start, in `low..high`.
    Moment(i64, i64),
}

/// Events that people cause, from their e-mail endpoint.
struct Start {
    kind: &'static str,
    /// In so many of 100 people …
    share: i64,
    /// … of those that have this value in this column.
    of: (&'static str, &'static str),
    /// Days after the start, in `low..high`.
    days: (i64, i64),
    attributes: &'static [(&'static str, &'static [(i64, &'static str)])],
    /// Whole numbers in `low..high`.
    metrics: &'static [(&'static str, i64, i64)],
}

/// The files of all recipes.
pub fn files() -> Vec<Written> {
    recipes::RECIPES.iter().flat_map(Recipe::cook).collect()
}

impl Recipe {
    fn cook(&self) -> [Written; 2] {
        let mut draws = Draws::new(self.seed);
        let (mut endpoints, mut events) = (Vec::new(), Vec::new());
        for number in 1..=self.people {
            let person = Person::draw(&mut draws, self.word, number);
            let columns: Vec<_> =
                self.columns.iter().map(|Column(name, values)| (*name, values.draw(&mut draws))).collect();
            let fill = |mut endpoint: Endpoint| {
                columns.iter().for_each(|(name, value)| endpoint.set(name, single(value)));
                endpoint
            };
            let mail = fill(person.endpoint(&mut draws, "EMAIL"));
            for start in self.starts {
                events.extend(start.draw(&mut draws, &self.app, &mail));
            }
            endpoints.push(mail);
            for (share, channel) in self.channels {
                if draws.chance(*share) {
                    endpoints.push(fill(person.endpoint(&mut draws, channel)));
                }
            }
        }
        // Events say more of a device than the people's file, which stays small.
        endpoints.iter_mut().for_each(|endpoint| endpoint.keep(KEPT));
        [(self.files.0, people::csv(&endpoints)), (self.files.1, records::lines(events))]
    }
}

impl Values {
    fn draw(&self, draws: &mut Draws) -> String {
        match self {
            Values::OneOf(choices) => draws.weighted(choices).to_owned(),
            Values::Number(low, high) => draws.between(*low, *high).to_string(),
            Values::Moment(low, high) => iso(START + draws.between(low * 24, high * 24) * 60 * MINUTE),
        }
    }
}

impl Start {
    /// The event, if this person causes it.
    fn draw(&self, draws: &mut Draws, app: &App, endpoint: &Endpoint) -> Option<Value> {
        let (column, value) = self.of;
        if endpoint.get(column) != value || !draws.chance(self.share) {
            return None;
        }
        let at = START + draws.between(self.days.0 * DAY / MINUTE + 1, self.days.1 * DAY / MINUTE) * MINUTE;
        let attributes: Map<String, Value> = self
            .attributes
            .iter()
            .map(|(name, choices)| ((*name).to_owned(), draws.weighted(choices).into()))
            .collect();
        let metrics: Map<String, Value> = self
            .metrics
            .iter()
            .map(|(name, low, high)| ((*name).to_owned(), draws.between(*low, *high).into()))
            .collect();
        Some(records::posted(draws, app, endpoint, self.kind, at, attributes.into(), metrics.into()))
    }
}
