//! Believable people who do not exist, for the segments and journeys that do.
//!
//! Each lives somewhere, with a name of the place, its time zone, and addresses that reach nobody: of example.com, or in
//! ranges of numbers that nobody has. What segments and splits ask about is drawn from values on both sides of every question;
//! and for every way through a journey that can be taken there is somebody who takes it ([`generation`](crate::generation)).

mod places;

use std::collections::BTreeMap;

use audience::People;
use engine::draw::mix;
use model::time::{DAY, format_instant};
use model::{Millis, Project};
use serde_json::{Value, json};

use self::places::{PLACES, Place};
use crate::chance::Chance;
use crate::expectations::Subject;
use crate::generation::criteria::{Collector, Member, put};
use crate::generation::questions::Questions;
use crate::generation::{Impossible, generate_as};

/// Share of people who have each further channel, beside e-mail.
const FURTHER: [(&str, f64); 3] = [("SMS", 0.45), ("GCM", 0.25), ("APNS", 0.2)];
/// Share of people with an e-mail address.
const MAIL: f64 = 0.92;
/// Share of endpoints that opted out.
const OPTED_OUT: f64 = 0.03;
/// Share of people who have no value of something that is asked about, beside those who draw none.
const UNTOLD: f64 = 0.1;

/// Invented people.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Crowd {
    /// Their endpoints (`EndpointBatchItem`), those of a person together.
    pub endpoints: Vec<Value>,
    /// Ways through the journeys that somebody takes.
    pub ways: usize,
    /// Ways that nobody can take.
    pub impossible: Vec<Impossible>,
}

/// Invents `count` people, and somebody for each way through the journeys: file names, each with its journey and start.
/// The same input gives the same people.
pub fn crowd(project: &Project, journeys: &[(String, Subject)], count: usize, seed: u64, now: Millis) -> Crowd {
    let mut crowd = Crowd::default();
    let asked = asked(project, journeys, now);
    for number in 0..count {
        let mut chance = Chance::of(seed, number as u64, 0, 1);
        let home = asked
            .get(&Member::Field("Location", "Country"))
            .map(|answers| pick(&mut chance, answers))
            .unwrap_or_default();
        let person = Drawn::new(&mut chance, seed, number as u64, home.as_str());
        let channels = channels(&mut chance, &asked);
        let answers: Vec<(&Member, Value)> = asked
            .iter()
            .filter(|(member, _)| !matches!(member, Member::Channel | Member::Place | Member::Field("Location", _)))
            .map(|(member, answers)| (member, pick(&mut chance, answers)))
            .collect();
        for channel in channels {
            let mut endpoint =
                person.endpoint(&channel, &format!("{}-{}", person.id, channel.to_lowercase()), &person.id);
            if chance.happens(OPTED_OUT) {
                endpoint["OptOut"] = json!("ALL");
            }
            let ago = (chance.draw() * 60.0 * DAY as f64) as Millis;
            endpoint["EffectiveDate"] = json!(format_instant((now - ago) / 1000 * 1000));
            answers.iter().for_each(|(member, answer)| put(&mut endpoint, member, answer));
            crowd.endpoints.push(endpoint);
        }
    }
    for (at, (name, subject)) in journeys.iter().enumerate() {
        let generated = generate_as(project, name, subject, &People::default(), &format!("{name}-"));
        crowd.impossible.extend(generated.impossible);
        for expectation in generated.expectations {
            crowd.ways += 1;
            for (who, endpoints) in expectation.people {
                let number = crowd.endpoints.len() as u64;
                let mut chance = Chance::of(seed, number, at as u64 + 1, 2);
                let person = Drawn::new(&mut chance, seed, number, None);
                crowd.endpoints.extend(endpoints.iter().map(|endpoint| person.dress(endpoint, &who, &asked)));
            }
        }
    }
    crowd
}

/// What segments and journeys ask about, and the values to draw from; `Null` = the member is missing.
fn asked(project: &Project, journeys: &[(String, Subject)], now: Millis) -> BTreeMap<Member, Vec<Value>> {
    let mut collector = Collector::new(project);
    for name in project.segment_names() {
        collector.segment(name);
    }
    let mut all = collector.finish(now).variables;
    for (name, subject) in journeys {
        if let Some(journey) = project.journey(name) {
            all.extend(Questions::of(project, journey, subject).criteria.variables);
        }
    }
    let mut asked: BTreeMap<Member, Vec<Value>> = BTreeMap::new();
    for variable in all.into_iter().filter(|variable| variable.member != Member::Nothing) {
        let answers = asked.entry(variable.member).or_default();
        for answer in variable.answers {
            if !answers.contains(&answer) {
                answers.push(answer);
            }
        }
    }
    asked
}

fn pick(chance: &mut Chance, answers: &[Value]) -> Value {
    if answers.is_empty() || chance.happens(UNTOLD) {
        return Value::Null;
    }
    answers[(chance.draw() * answers.len() as f64) as usize % answers.len()].clone()
}

/// The channels of a person: mostly an e-mail address, and now and then another that a question is about.
fn channels(chance: &mut Chance, asked: &BTreeMap<Member, Vec<Value>>) -> Vec<String> {
    let mut channels: Vec<String> = Vec::new();
    if chance.happens(MAIL) {
        channels.push("EMAIL".to_owned());
    }
    for (channel, share) in FURTHER {
        if chance.happens(share) {
            channels.push(channel.to_owned());
        }
    }
    if channels.is_empty() {
        let wanted = asked.get(&Member::Channel).map(|answers| pick(chance, answers));
        channels.push(wanted.as_ref().and_then(Value::as_str).unwrap_or("SMS").to_owned());
    }
    channels
}

/// Somebody, before it is said how they are reached.
struct Drawn {
    id: String,
    place: &'static Place,
    given: &'static str,
    family: &'static str,
    /// Told apart by this in addresses and numbers.
    number: u64,
}

impl Drawn {
    /// Somebody who lives in the country `home`, where that is one of ours.
    fn new(chance: &mut Chance, seed: u64, number: u64, home: Option<&str>) -> Drawn {
        let known = PLACES.iter().any(|place| Some(place.country) == home);
        let places = || PLACES.iter().filter(|place| !known || Some(place.country) == home);
        let weights: i64 = places().map(|place| place.weight).sum();
        let mut at = (chance.draw() * weights as f64) as i64;
        let place = places().find(|place| {
            at -= place.weight;
            at < 0
        });
        let place = place.unwrap_or(&PLACES[0]);
        let one = |chance: &mut Chance, names: &'static [&'static str]| {
            names.get((chance.draw() * names.len() as f64) as usize).copied().unwrap_or_default()
        };
        let (given, family) = (one(chance, place.given), one(chance, place.family));
        // Several seeds can be in one folder.
        let number = seed.wrapping_mul(1_000_000).wrapping_add(number);
        Drawn { id: format!("person-{number:07}"), place, given, family, number }
    }

    fn endpoint(&self, channel: &str, id: &str, user: &str) -> Value {
        let place = self.place;
        json!({
            "Id": id,
            "ChannelType": channel,
            "Address": self.address(channel, id),
            "User": {"UserId": user, "UserAttributes": {"FirstName": [self.given], "LastName": [self.family]}},
            "Demographic": {"Locale": place.locale, "Timezone": place.timezone},
            "Location": {
                "City": place.city,
                "Country": place.country,
                "Region": place.region,
                "PostalCode": place.postal_code,
                "Latitude": place.latitude,
                "Longitude": place.longitude,
            },
        })
    }

    /// An address that reaches nobody: RFC 2606 keeps example.com, area code 555 and country code 999 are not given out.
    fn address(&self, channel: &str, id: &str) -> String {
        let number = self.number % 100_000_000;
        match channel {
            "EMAIL" => format!("{id}@example.com"),
            "SMS" | "VOICE" if matches!(self.place.country, "US" | "CA") => format!("+1555{:07}", number % 10_000_000),
            "SMS" | "VOICE" => format!("+999{number:08}"),
            _ => (0..4).map(|part| format!("{:016x}", mix(self.number ^ mix(part)))).collect(),
        }
    }

    /// An endpoint of somebody who takes a way, with all that it does not say and nobody asks about.
    fn dress(&self, endpoint: &Value, user: &str, asked: &BTreeMap<Member, Vec<Value>>) -> Value {
        let text = |name: &str| endpoint.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut dressed = self.endpoint(&text("ChannelType"), &text("Id"), user);
        let address = dressed["Address"].take();
        // What is asked about stays as it is given, also where it is missing.
        for member in asked.keys() {
            take(&mut dressed, member);
        }
        merge(&mut dressed, endpoint);
        dressed["Address"] = address;
        dressed
    }
}

/// Takes away what a question is about; with a country or a place goes all that tells where somebody is.
fn take(endpoint: &mut Value, member: &Member) {
    let mut remove = |place: &[&str]| {
        let (Some((last, parents)), Some(endpoint)) = (place.split_last(), Some(&mut *endpoint)) else { return };
        let parent = parents.iter().try_fold(endpoint, |at, name| at.get_mut(*name));
        if let Some(parent) = parent.and_then(Value::as_object_mut) {
            parent.shift_remove(*last);
        }
    };
    match member {
        Member::UserAttribute(name) => remove(&["User", "UserAttributes", name]),
        Member::Field("Location", _) | Member::Place => remove(&["Location"]),
        Member::Field(object, name) => remove(&[object, name]),
        Member::Attribute(_) | Member::Metric(_) | Member::Channel | Member::LastSeen | Member::Nothing => {}
    }
}

/// Puts what is given over what is there, member by member.
fn merge(own: &mut Value, given: &Value) {
    match (own, given) {
        (Value::Object(own), Value::Object(given)) => {
            for (name, value) in given {
                merge(own.entry(name.as_str()).or_insert(Value::Null), value);
            }
        }
        (own, given) => *own = given.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_have_addresses_that_reach_nobody_and_places_that_fit_together() {
        let crowd = crowd(&Project::default(), &[], 500, 7, 1_800_000_000_000);
        let mut people = People::default();
        for endpoint in &crowd.endpoints {
            people.push(None, endpoint).unwrap_or_else(|problem| panic!("{problem}: {endpoint}"));
        }
        assert_eq!((people.len(), people.rows().filter(|row| row.inactive()).count()), (crowd.endpoints.len(), 0));
        assert!(people.len() > 700 && people.user_count() == 500);
        for row in people.rows() {
            let address = row.address().unwrap_or_default();
            let kind = row.channel();
            let ok = match kind.map(model::view::Word::as_str) {
                Some("EMAIL") => address.ends_with("@example.com"),
                Some("SMS") => address.starts_with("+1555") || address.starts_with("+999"),
                _ => address.len() == 64,
            };
            assert!(ok, "{kind:?} {address}");
            let place = PLACES.iter().find(|place| Some(place.city) == row.member("Location", "City"));
            assert_eq!(place.map(|place| place.timezone), row.timezone());
        }
        let countries: std::collections::BTreeSet<_> = people.rows().filter_map(audience::Row::country).collect();
        assert!(countries.len() > 20, "{countries:?}");
        assert_eq!(
            super::crowd(&Project::default(), &[], 500, 7, 1_800_000_000_000),
            crowd,
            "the same seed, the same people"
        );
        let other = super::crowd(&Project::default(), &[], 5, 8, 1_800_000_000_000);
        assert!(
            other.endpoints.iter().all(|endpoint| people.find(endpoint["Id"].as_str().unwrap_or_default()).is_none())
        );
    }
}
