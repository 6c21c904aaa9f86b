//! Rendering a template straight from a row of the store of endpoints, without making JSON of it.

use audience::{Row, Values};
use model::time::Millis;
use model::view::Word;
use templates::{Datum, View};

/// A place of an endpoint in the store, for [`templates::Rendering`]; begins with [`Place::of`].
///
/// Reads as [`Row::to_json`] does, and prints the same texts.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a>(Inside<'a>);

/// Copied at every step down a path, so it is three whole words: with a tag of one byte the processor waits at each copy
/// for the bytes that it has just written, a quarter of the time of a rendering.
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
enum Inside<'a> {
    Endpoint(Row<'a>),
    Attributes(Row<'a>),
    Metrics(Row<'a>),
    Demographic(Row<'a>),
    Location(Row<'a>),
    User(Row<'a>),
    UserAttributes(Row<'a>),
    List(Values<'a>),
    Text(&'a str),
    Number(f64),
    Instant(Millis),
}

use Inside::{Attributes, Demographic, Endpoint, Instant, List, Location, Metrics, Number, Text, User, UserAttributes};

impl<'a> Place<'a> {
    /// The endpoint itself.
    pub fn of(row: Row<'a>) -> Place<'a> {
        Place(Endpoint(row))
    }

    /// An object without members is as good as none.
    fn filled(self) -> bool {
        !self.is_object() || self.entry(0).is_some()
    }

    fn is_object(self) -> bool {
        !matches!(self.0, List(_) | Text(_) | Number(_) | Instant(_))
    }
}

/// The members of an endpoint, in the order of [`Row::to_json`].
const MEMBERS: [&str; 14] = [
    "Id",
    "ChannelType",
    "Address",
    "EndpointStatus",
    "OptOut",
    "CreationDate",
    "EffectiveDate",
    "CohortId",
    "RequestId",
    "Attributes",
    "Metrics",
    "Demographic",
    "Location",
    "User",
];
const DEMOGRAPHIC: [&str; 8] =
    ["AppVersion", "Locale", "Make", "Model", "ModelVersion", "Platform", "PlatformVersion", "Timezone"];
const LOCATION: [&str; 6] = ["City", "Country", "PostalCode", "Region", "Latitude", "Longitude"];
const USER: [&str; 2] = ["UserId", "UserAttributes"];

/// `CohortId` as a text: two digits for each of the hundred, of which the first may be left out.
const COHORTS: &str = "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748\
    4950515253545556575859606162636465666768697071727374757677787980818283848586878889909192939495969798\
    99";

fn cohort(cohort: u8) -> &'static str {
    let two = usize::from(cohort) * 2;
    COHORTS.get(if cohort < 10 { two + 1 } else { two }..two + 2).unwrap_or_default()
}

fn of_endpoint<'a>(row: Row<'a>, name: &str) -> Option<Inside<'a>> {
    Some(match name {
        "Id" => Text(row.id()),
        "ChannelType" => Text(row.channel()?.as_str()),
        "Address" => Text(row.address()?),
        "EndpointStatus" => Text(if row.inactive() { "INACTIVE" } else { "ACTIVE" }),
        "OptOut" => Text(if row.opted_out() { "ALL" } else { "NONE" }),
        "CreationDate" => Instant(row.creation_date()?),
        "EffectiveDate" => Instant(row.effective_date()?),
        "CohortId" => Text(cohort(row.cohort())),
        "RequestId" => Text(row.member("", "RequestId")?),
        "Attributes" => Attributes(row),
        "Metrics" => Metrics(row),
        "Demographic" => Demographic(row),
        "Location" => Location(row),
        "User" => User(row),
        _ => return None,
    })
}

fn of_location<'a>(row: Row<'a>, name: &str) -> Option<Inside<'a>> {
    Some(match name {
        "Latitude" => Number(row.latitude()?),
        "Longitude" => Number(row.longitude()?),
        name => Text(row.member("Location", name)?),
    })
}

fn of_user<'a>(row: Row<'a>, name: &str) -> Option<Inside<'a>> {
    Some(match name {
        "UserId" => Text(row.user_id()?),
        "UserAttributes" => UserAttributes(row),
        _ => return None,
    })
}

fn list(values: Values<'_>) -> Option<Inside<'_>> {
    (!values.is_empty()).then_some(List(values))
}

impl<'a> View<'a> for Place<'a> {
    #[inline]
    fn datum(self) -> Datum<'a> {
        match self.0 {
            List(_) => Datum::List,
            Text(text) => Datum::Text(text),
            Number(number) => Datum::Number(number),
            Instant(at) => Datum::Instant(at),
            _ if self.filled() => Datum::Object,
            _ => Datum::Nothing,
        }
    }

    #[inline]
    fn member(self, name: &str) -> Option<Self> {
        let found = match self.0 {
            Endpoint(row) => of_endpoint(row, name),
            Attributes(row) => list(row.attribute(name)),
            UserAttributes(row) => list(row.user_attribute(name)),
            Metrics(row) => row.metric(name).map(Number),
            Demographic(row) => row.member("Demographic", name).map(Text),
            Location(row) => of_location(row, name),
            User(row) => of_user(row, name),
            List(_) | Text(_) | Number(_) | Instant(_) => None,
        };
        found.map(Place)
    }

    #[inline]
    fn element(self, place: usize) -> Option<Self> {
        match self.0 {
            List(values) => values.iter().nth(place).map(|text| Place(Text(text))),
            _ => None,
        }
    }

    fn entry(self, place: usize) -> Option<(&'a str, Self)> {
        let names: &'static [&'static str] = match self.0 {
            Attributes(row) => {
                return row.attributes().nth(place).map(|(name, values)| (name, Place(List(values))));
            }
            UserAttributes(row) => {
                return row.user_attributes().nth(place).map(|(name, values)| (name, Place(List(values))));
            }
            Metrics(row) => return row.metrics().nth(place).map(|(name, number)| (name, Place(Number(number)))),
            Endpoint(_) => &MEMBERS,
            Demographic(_) => &DEMOGRAPHIC,
            Location(_) => &LOCATION,
            User(_) => &USER,
            List(_) | Text(_) | Number(_) | Instant(_) => return None,
        };
        let member = |name: &'static str| Some((name, self.member(name).filter(|place| place.filled())?));
        names.iter().filter_map(|name| member(name)).nth(place)
    }

    fn count(self) -> usize {
        match self.0 {
            List(values) => values.len(),
            _ => (0..).take_while(|place| self.entry(*place).is_some()).count(),
        }
    }
}

#[cfg(test)]
mod tests {
    use audience::People;
    use model::TemplateKind;
    use serde_json::{Value, json};
    use templates::{Rendering, Template};

    use super::*;

    fn people() -> People {
        let mut people = People::default();
        let full = json!({
            "ChannelType": "EMAIL", "Address": "ada@example.com", "OptOut": "ALL", "EndpointStatus": "INACTIVE",
            "EffectiveDate": "2025-12-13T04:45:03.000Z", "RequestId": "r1",
            "Attributes": {"c": ["blue", "red"], "one": ["<&>"], "n": ["007"], "With Blank": ["x"]},
            "Metrics": {"whole": 3.0, "part": 2.50, "small": 0.000_000_25, "large": 1e21, "huge": 1.5e300, "minus": -0.5},
            "Demographic": {"AppVersion": "1", "Locale": "de_DE", "Make": "M", "Model": "N", "ModelVersion": "2",
                "Platform": "ios", "PlatformVersion": "17", "Timezone": "Europe/Berlin"},
            "Location": {"City": "Köln", "Country": "DE", "PostalCode": "50667", "Region": "NW", "Latitude": 50.94,
                "Longitude": -6.96},
            "User": {"UserId": "u1", "UserAttributes": {"First": ["Ada"], "Last Name": ["Lovelace", "King"]}},
        });
        people.push(Some("e1"), &full).unwrap();
        people.push(Some("e2"), &json!({})).unwrap();
        people.push(Some("e3"), &json!({"Location": {"Latitude": 1.0}, "User": {"UserId": "u1"}})).unwrap();
        people.push(Some("e4"), &json!({"User": {"UserAttributes": {"First": ["No id"]}}})).unwrap();
        for cohort in 0..100 {
            people.push(None, &json!({"Address": format!("{cohort}"), "ChannelType": "SMS"})).unwrap();
        }
        people
    }

    fn same(text: &str, row: Row<'_>) {
        let template = Template::compile(TemplateKind::Email, &json!({"HtmlPart": text})).unwrap();
        let from_row = template.message(&Rendering::of(Place::of(row), 0));
        assert_eq!(from_row, template.message(&Rendering::of(&row.to_json(), 0)), "{text} of {}", row.id());
    }

    /// The paths of all members, objects and lists too.
    fn paths(at: &str, value: &Value, found: &mut Vec<String>) {
        for (name, member) in value.as_object().into_iter().flatten() {
            let path = if at.is_empty() { format!("[{name}]") } else { format!("{at}.[{name}]") };
            paths(&path, member, found);
            found.push(path);
        }
    }

    #[test]
    fn a_row_renders_as_its_json_does() {
        let people = people();
        let mut members = vec!["Nothing".to_owned(), "Location.Nothing".to_owned(), "Attributes.c.[7]".to_owned()];
        paths("", &people.row(0).to_json(), &mut members);
        assert!(members.len() > 40, "every member of a full endpoint: {}", members.len());
        for row in people.rows() {
            for path in &members {
                for text in [
                    "{{PATH}}",
                    "{{PATH.[0]}}",
                    "{{PATH.[1]}}",
                    "{{upper PATH}}",
                    "{{add PATH 1}}",
                    "{{yesno PATH}}",
                    "{{#if PATH}}y{{/if}}",
                    "{{join PATH \"+\"}}",
                    "{{dateFormat CreationDate}}",
                    "{{eq PATH \"3\"}}",
                    "{{#each PATH}}{{@key}}={{this}};{{else}}none{{/each}}",
                    "{{#with PATH}}{{City}}{{UserId}}{{c}}{{/with}}",
                ] {
                    same(&text.replace("PATH", path), row);
                }
            }
            same("{{#each this}}{{@key}} {{/each}}", row);
        }
    }

    #[test]
    fn dates_print_with_milliseconds_and_z_however_they_came() {
        let template = Template::compile(TemplateKind::Sms, &json!({"Body": "{{EffectiveDate}} {{CreationDate}}"}));
        let template = template.unwrap();
        for (given, printed) in [
            ("2020-09-18T01:02:03.004Z", "2020-09-18T01:02:03.004Z"),
            ("2020-09-18T01:02:03Z", "2020-09-18T01:02:03.000Z"),
            ("2020-09-18T01:02Z", "2020-09-18T01:02:00.000Z"),
            ("2020-09-18T01:02:03.0049Z", "2020-09-18T01:02:03.004Z"),
            ("2020-09-18T03:02:03.004+02:00", "2020-09-18T01:02:03.004Z"),
        ] {
            assert_eq!(printed.len(), 24);
            let mut people = People::default();
            people.push(Some("e"), &json!({"EffectiveDate": given, "CreationDate": given})).unwrap();
            for rendered in [
                template.message(&Rendering::of(Place::of(people.row(0)), 0)).unwrap(),
                template.message(&Rendering::of(&people.row(0).to_json(), 0)).unwrap(),
            ] {
                assert_eq!(rendered.parts[0].1, format!("{printed} {printed}"), "{given}");
            }
        }
    }

    #[test]
    fn objects_have_the_same_members_in_the_same_order() {
        fn compare(place: Place<'_>, value: &Value) {
            let count = View::count(value);
            assert_eq!(place.count(), count);
            for n in 0..count {
                match (place.entry(n), View::entry(value, n)) {
                    (Some((name, place)), Some((expected, value))) => {
                        assert_eq!(name, expected);
                        compare(place, value);
                    }
                    (None, None) => assert!(place.element(n).is_some() && View::element(value, n).is_some()),
                    _ => panic!("an object and a list"),
                }
            }
            assert!(place.entry(count).is_none() && place.element(count).is_none());
        }
        let people = people();
        for row in people.rows() {
            compare(Place::of(row), &row.to_json());
        }
    }
}
