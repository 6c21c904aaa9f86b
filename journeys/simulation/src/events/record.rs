//! One record of the event stream: of its members only those that matter are read, the rest is passed over.
//!
//! Reading into borrowed members and hashing these, where each record used to be a JSON value and its `Debug` text the
//! key of repeats, made reading several times as fast; what remains is mostly JSON itself.

use std::borrow::Cow;
use std::fmt;

use engine::draw::mix;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use super::Event;

/// Instants beyond some 35,000 years from 1970 are a mistake, and sums with them could leave the range.
const FARTHEST: i64 = 1 << 50;

/// The members of a record that matter.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Record<'a> {
    #[serde(borrow)]
    event_type: Option<Text<'a>>,
    client: Loose<'a, Client<'a>>,
    arrival_timestamp: Option<Number>,
    event_timestamp: Option<Number>,
    attributes: Pairs<'a>,
    metrics: Pairs<'a>,
    facets: Loose<'a, Facets<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Client<'a> {
    #[serde(borrow)]
    client_id: Option<Text<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Facets<'a> {
    #[serde(borrow)]
    email_channel: Loose<'a, EmailChannel<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EmailChannel<'a> {
    #[serde(borrow)]
    mail_event: Loose<'a, MailEvent<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct MailEvent<'a> {
    #[serde(borrow)]
    mail: Loose<'a, Mail<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Mail<'a> {
    #[serde(borrow)]
    message_id: Plain<'a>,
}

impl Record<'_> {
    /// The event that the record tells of.
    pub fn event(self) -> Result<Event, String> {
        let event_type = self.event_type.ok_or("`event_type` is missing")?.0.into_owned();
        let endpoint = self.client.0.and_then(|client| client.client_id);
        let endpoint = endpoint.ok_or("`client.client_id` is missing, so it is nobody's event")?.0.into_owned();
        let time = |number: Option<Number>| {
            number.and_then(|number| number.as_i64()).filter(|at| (-FARTHEST..FARTHEST).contains(at))
        };
        let (arrival, timestamp) = (time(self.arrival_timestamp), time(self.event_timestamp));
        let at = arrival
            .or(timestamp)
            .ok_or("`arrival_timestamp` and `event_timestamp` are missing, or no milliseconds since 1970")?;
        let texts = self.attributes.0.into_iter().filter_map(|(key, value)| match value {
            Plain::Text(text) => Some((key.0.into_owned(), text.into_owned())),
            Plain::Number(_) | Plain::Other => None,
        });
        let attributes: Vec<(String, String)> = texts.collect();
        let numbers = self.metrics.0.into_iter().filter_map(|(key, value)| match value {
            Plain::Number(number) if number.is_finite() => Some((key.0.into_owned(), number)),
            _ => None,
        });
        let attribute = |name: &str| attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let of_mail = match self.facets.0.and_then(|f| f.email_channel.0?.mail_event.0?.mail.0) {
            Some(Mail { message_id: Plain::Text(id) }) => Some(id.into_owned()),
            _ => None,
        };
        Ok(Event {
            event_type,
            endpoint,
            at,
            timestamp: timestamp.unwrap_or(at),
            journey: attribute("journey_id"),
            activity: attribute("journey_activity_id"),
            message: of_mail.or_else(|| attribute("message_id")),
            metrics: numbers.collect(),
            attributes,
        })
    }
}

/// What is wrong with a record that can not be read; a record is one line, so its column is place enough.
pub(super) fn problem(error: &serde_json::Error) -> String {
    let told = error.to_string();
    let told = told.split(" at line ").next().unwrap_or_default();
    let kind = if error.is_data() { "not a record of the event stream" } else { "not JSON" };
    match error.column() {
        0 => format!("{kind}: {told}"),
        column => format!("{kind}: {told} at column {column}"),
    }
}

/// A hash of all that an event says, eight bytes at a time.
pub(super) fn hash(event: &Event) -> u64 {
    let Event { event_type, endpoint, at, timestamp, message, attributes, metrics, .. } = event;
    let mut sum = mix(*at as u64 ^ mix(*timestamp as u64));
    // The length keeps `ab` and `c` from being `a` and `bc`.
    let mut text = |text: &str| sum = words(mix(sum ^ text.len() as u64), text.as_bytes());
    text(event_type);
    text(endpoint);
    text(message.as_deref().unwrap_or_default());
    for (key, value) in attributes {
        text(key);
        text(value);
    }
    for (key, value) in metrics {
        // Counted from the other end, so that a metric is not an attribute.
        sum = words(mix(sum ^ !(key.len() as u64)), key.as_bytes());
        sum = mix(sum ^ value.to_bits());
    }
    sum
}

fn words(start: u64, bytes: &[u8]) -> u64 {
    bytes.chunks(8).fold(start, |sum, chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        mix(sum ^ u64::from_le_bytes(word))
    })
}

/// Cuts the elements out of the text of a JSON list and hands each over, whether it is JSON inside or not. It counts
/// brackets outside texts, which is enough to find where an element ends.
///
/// # Errors
/// When the list does not end, or something follows it.
pub(super) fn each_of_list<'a>(text: &'a str, tell: &mut dyn FnMut(&'a str)) -> Result<(), String> {
    let Some(open) = text.find('[') else { return Ok(()) };
    let (mut depth, mut in_text, mut escaped) = (0usize, false, false);
    let mut start = open + 1;
    for (at, byte) in text.bytes().enumerate().skip(start) {
        if in_text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_text = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_text = true,
            b'[' | b'{' => depth += 1,
            b']' if depth == 0 => {
                let last = text[start..at].trim();
                if !last.is_empty() {
                    tell(last);
                }
                return match text[at + 1..].trim() {
                    "" => Ok(()),
                    _ => Err("something follows the list".to_owned()),
                };
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                tell(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    let rest = text[start..].trim();
    if !rest.is_empty() {
        tell(rest);
    }
    Err("the list does not end".to_owned())
}

/// A text, borrowed where it has no escapes.
struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Texts)
    }
}

/// A text, a number, or anything else, which is passed over.
#[derive(Default)]
enum Plain<'a> {
    Text(Cow<'a, str>),
    Number(f64),
    #[default]
    Other,
}

/// How `serde_json` hands over a number whose spelling it keeps: as an object with this one member.
const NUMBER: &str = "$serde_json::private::Number";

impl<'de: 'a, 'a> Deserialize<'de> for Plain<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Anything;
        impl<'de> Visitor<'de> for Anything {
            type Value = Plain<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Plain<'de>, E> {
                Ok(Plain::Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Plain<'de>, E> {
                Ok(Plain::Text(Cow::Owned(text.to_owned())))
            }

            fn visit_unit<E>(self) -> Result<Plain<'de>, E> {
                Ok(Plain::Other)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Plain<'de>, E> {
                Ok(Plain::Other)
            }

            fn visit_f64<E>(self, number: f64) -> Result<Plain<'de>, E> {
                Ok(Plain::Number(number))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Plain<'de>, E> {
                Ok(Plain::Number(number as f64))
            }

            fn visit_u64<E>(self, number: u64) -> Result<Plain<'de>, E> {
                Ok(Plain::Number(number as f64))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Plain<'de>, A::Error> {
                let mut found = Plain::Other;
                while let Some(Text(key)) = map.next_key()? {
                    if key == NUMBER {
                        let digits: String = map.next_value()?;
                        found = digits.parse().map_or(Plain::Other, Plain::Number);
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(found)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Plain<'de>, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Plain::Other)
            }
        }
        deserializer.deserialize_any(Anything)
    }
}

/// The members of an object of plain values; of anything else none.
#[derive(Default)]
struct Pairs<'a>(Vec<(Text<'a>, Plain<'a>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Pairs<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<'de>, A::Error> {
                let mut pairs = Vec::with_capacity(8);
                while let Some((key, value)) = map.next_entry::<Text<'de>, _>()? {
                    if key.0 != NUMBER {
                        pairs.push((key, value));
                    }
                }
                Ok(Pairs(pairs))
            }

            fn visit_unit<E>(self) -> Result<Pairs<'de>, E> {
                Ok(Pairs::default())
            }
        }
        deserializer.deserialize_any(Members)
    }
}

/// An object, or nothing where there is anything else: a member that need not be there.
struct Loose<'a, T>(Option<T>, std::marker::PhantomData<&'a ()>);

impl<T> Default for Loose<'_, T> {
    fn default() -> Self {
        Loose(None, std::marker::PhantomData)
    }
}

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for Loose<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
            type Value = Option<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Option<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Some)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Option<T>, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(None)
            }

            fn visit_unit<E>(self) -> Result<Option<T>, E> {
                Ok(None)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Option<T>, E> {
                Ok(None)
            }

            fn visit_str<E>(self, _: &str) -> Result<Option<T>, E> {
                Ok(None)
            }
        }
        let object = deserializer.deserialize_any(Object(std::marker::PhantomData))?;
        Ok(Loose(object, std::marker::PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_that_say_different_things_hash_differently() {
        let event = |edit: &dyn Fn(&mut Event)| {
            let mut event = Event {
                event_type: "a".to_owned(),
                endpoint: "bc".to_owned(),
                at: 1,
                timestamp: 1,
                journey: None,
                activity: None,
                message: None,
                attributes: vec![("k".to_owned(), "v".to_owned())],
                metrics: vec![("m".to_owned(), 1.0)],
            };
            edit(&mut event);
            hash(&event)
        };
        let edits: [&dyn Fn(&mut Event); 8] = [
            &|_| {},
            &|event| event.at = 2,
            &|event| event.timestamp = 2,
            &|event| (event.event_type, event.endpoint) = ("ab".to_owned(), "c".to_owned()),
            &|event| event.message = Some("m".to_owned()),
            &|event| event.attributes.clear(),
            &|event| event.metrics[0].1 = 2.0,
            &|event| event.metrics.clear(),
        ];
        let mut hashes: Vec<u64> = edits.iter().map(|edit| event(edit)).collect();
        assert_eq!(hashes[0], event(&|_| {}));
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), edits.len());
    }
}
