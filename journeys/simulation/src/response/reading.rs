//! What a file says of responses: checked member by member, with what it does not say inherited.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::{Delay, ResponseModel, Responses, SegmentResponses};

/// Something in a response model that can not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseFault {
    /// The place, dotted: `channels.email.open`, `segments[0].activities.welcome.sms`; empty = the whole.
    pub path: String,
    /// What is wrong with it, lower case, no full stop; stands after the path: "is 1.5, and a rate lies between 0 and 1".
    pub message: String,
}

impl fmt::Display for ResponseFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => write!(f, "the response model {}", self.message),
            path => write!(f, "`{path}` {}", self.message),
        }
    }
}

impl std::error::Error for ResponseFault {}

/// Members of a channel whose rates exclude each other: together at most 1.
const EXCLUSIVE: &[(&str, &[&str])] = &[
    ("email", &["delivered", "hard_bounce", "soft_bounce", "rejected"]),
    ("sms", &["delivered", "failed"]),
    ("push", &["received_foreground", "received_background"]),
    ("contact_center", &["connected", "voicemail", "sit_tone", "fax", "not_answered"]),
];

/// Sums of rates that were written with a few digits pass 1 by this much at most.
const ROUNDING: f64 = 1e-6;

/// All channels and members with their default values: what may be said, and of which type.
static DEFAULTS: LazyLock<Map<String, Value>> =
    LazyLock::new(|| match serde_json::to_value(Responses::default()).unwrap_or_default() {
        Value::Object(channels) => channels,
        _ => Map::new(),
    });

/// Members of channels that one part of the file says.
#[derive(Clone, Debug, Default)]
struct Layer<'v> {
    members: Vec<(&'v str, &'v str, &'v Value)>,
}

impl ResponseModel {
    /// Reads `{channels, activities, segments}` as a file has it: `channels` says per channel what differs from the
    /// defaults, `activities.ID` what differs from `channels`; each of `segments` has a `segment`, what differs from both
    /// for its people in `channels`, and for single messages in `activities`.
    ///
    /// ```
    /// let file = serde_json::json!({
    ///     "channels": {"email": {"open": 0.2}},
    ///     "activities": {"welcome": {"email": {"click": 0.5}}},
    ///     "segments": [{"segment": "gold", "channels": {"email": {"open": 0.6}}}],
    /// });
    /// let model = simulation::ResponseModel::read(&file).map_err(|faults| faults[0].to_string())?;
    /// assert_eq!(model.activities["welcome"].email.open, 0.2);
    /// assert_eq!(model.segments[0].activities["welcome"].email.click, 0.5);
    /// assert_eq!(model.segments[0].activities["welcome"].email.open, 0.6);
    /// # Ok::<(), String>(())
    /// ```
    ///
    /// # Errors
    /// All faults, each with its place: members that are not known, values of the wrong type, rates outside 0 to 1, rates
    /// that exclude each other and add up to more than 1, delays that can not be.
    pub fn read(file: &Value) -> Result<ResponseModel, Vec<ResponseFault>> {
        let mut reading = Reading { faults: Vec::new() };
        let root = reading.object("", file, &["channels", "activities", "segments"]);
        let base = reading.layer("channels", member(root, "channels"));
        let channels = reading.whole("channels", &[&base]);
        let of_activities = reading.activities("activities", member(root, "activities"));
        let mut model = ResponseModel { channels, ..ResponseModel::default() };
        for (id, layer) in &of_activities {
            let whole = reading.whole(&format!("activities.{id}"), &[&base, layer]);
            model.activities.insert((*id).to_owned(), whole);
        }
        let segments = match member(root, "segments") {
            None => &[][..],
            Some(Value::Array(list)) => list,
            Some(_) => {
                reading.fault("segments", "must be a list, in TOML `[[segments]]`");
                &[][..]
            }
        };
        for (number, value) in segments.iter().enumerate() {
            let place = format!("segments[{number}]");
            let object = reading.object(&place, value, &["segment", "channels", "activities"]);
            let segment = member(object, "segment").and_then(Value::as_str).unwrap_or_default();
            if segment.is_empty() {
                reading.fault(&format!("{place}.segment"), "is missing: name the segment as its file");
            }
            let own_place = format!("{place}.channels");
            let own = reading.layer(&own_place, member(object, "channels"));
            let own_activities = reading.activities(&format!("{place}.activities"), member(object, "activities"));
            let mut responses = SegmentResponses {
                segment: segment.to_owned(),
                channels: reading.whole(&own_place, &[&base, &own]),
                ..SegmentResponses::default()
            };
            let nothing = Layer::default();
            for id in of_activities.keys().chain(own_activities.keys()) {
                let (all, mine) =
                    (of_activities.get(id).unwrap_or(&nothing), own_activities.get(id).unwrap_or(&nothing));
                if !responses.activities.contains_key(*id) {
                    let whole = reading.whole(&format!("{place}.activities.{id}"), &[&base, all, &own, mine]);
                    responses.activities.insert((*id).to_owned(), whole);
                }
            }
            model.segments.push(responses);
        }
        if reading.faults.is_empty() { Ok(model) } else { Err(reading.faults) }
    }
}

fn member<'v>(object: Option<&'v Map<String, Value>>, name: &str) -> Option<&'v Value> {
    object?.get(name)
}

struct Reading {
    faults: Vec<ResponseFault>,
}

impl Reading {
    fn fault(&mut self, path: &str, message: impl Into<String>) {
        self.faults.push(ResponseFault { path: path.to_owned(), message: message.into() });
    }

    /// An object of which all members are known.
    fn object<'v>(&mut self, path: &str, value: &'v Value, known: &[&str]) -> Option<&'v Map<String, Value>> {
        let Some(object) = value.as_object() else {
            self.fault(path, "must be a table");
            return None;
        };
        for name in object.keys().filter(|name| !known.contains(&name.as_str())) {
            let list: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
            self.fault(&below(path, name), format!("is not known; known are {}", list.join(", ")));
        }
        Some(object)
    }

    fn activities<'v>(&mut self, path: &str, value: Option<&'v Value>) -> BTreeMap<&'v str, Layer<'v>> {
        let Some(value) = value else { return BTreeMap::new() };
        let Some(object) = value.as_object() else {
            self.fault(path, "must be a table of activity ids");
            return BTreeMap::new();
        };
        object.iter().map(|(id, value)| (id.as_str(), self.layer(&below(path, id), Some(value)))).collect()
    }

    /// The members that a table of channels says, each checked.
    fn layer<'v>(&mut self, path: &str, value: Option<&'v Value>) -> Layer<'v> {
        let mut layer = Layer::default();
        let Some(value) = value else { return layer };
        let channels: Vec<&str> = DEFAULTS.keys().map(String::as_str).collect();
        let Some(object) = self.object(path, value, &channels) else { return layer };
        for (channel, value) in object {
            let Some(defaults) = DEFAULTS.get(channel).and_then(Value::as_object) else { continue };
            let path = below(path, channel);
            let members: Vec<&str> = defaults.keys().map(String::as_str).collect();
            let Some(object) = self.object(&path, value, &members) else { continue };
            for (name, value) in object {
                let Some(default) = defaults.get(name) else { continue };
                let path = below(&path, name);
                let wrong = if name.ends_with("delay") {
                    delay_fault(value)
                } else if default.is_number() {
                    rate_fault(value)
                } else {
                    texts_fault(value)
                };
                match wrong {
                    Some(message) => self.fault(&path, message),
                    None => layer.members.push((channel, name, value)),
                }
            }
        }
        layer
    }

    /// The defaults with all layers on them, a later one on an earlier.
    fn whole(&mut self, path: &str, layers: &[&Layer<'_>]) -> Responses {
        let mut whole = DEFAULTS.clone();
        for (channel, name, value) in layers.iter().flat_map(|layer| &layer.members) {
            if let Some(Value::Object(members)) = whole.get_mut(*channel) {
                members.insert((*name).to_owned(), (*value).clone());
            }
        }
        for (channel, names) in EXCLUSIVE {
            let rate = |name: &str| whole.get(*channel).and_then(|of| of.get(name)?.as_f64()).unwrap_or(0.0);
            let sum: f64 = names.iter().map(|name| rate(name)).sum();
            if sum > 1.0 + ROUNDING {
                let parts: Vec<String> = names.iter().map(|name| format!("`{name}` {}", rate(name))).collect();
                let sum = (sum * 1e6).round() / 1e6;
                let message = format!(
                    "has {}, which exclude each other and add up to {sum}: at most 1 in all",
                    parts.join(" + ")
                );
                // What inherits a fault is not at fault.
                if !self.faults.iter().any(|fault| fault.message == message) {
                    self.fault(&below(path, channel), message);
                }
            }
        }
        match serde_json::from_value(Value::Object(whole)) {
            Ok(responses) => responses,
            Err(error) => {
                // Every member was checked above; this says it all the same, should the two ever differ.
                self.fault(path, format!("can not be read: {error}"));
                Responses::default()
            }
        }
    }
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn rate_fault(value: &Value) -> Option<String> {
    match value.as_f64() {
        Some(rate) if (0.0..=1.0).contains(&rate) => None,
        Some(rate) => Some(format!("is {rate}, and a rate lies between 0 and 1")),
        None => Some("must be a number between 0 and 1".to_owned()),
    }
}

fn delay_fault(value: &Value) -> Option<String> {
    match serde_json::from_value::<Delay>(value.clone()) {
        Ok(delay) => delay.fault(),
        Err(_) => Some(
            "must be a delay in seconds: `{ fixed = 5 }`, `{ exponential = 600 }`, \
             `{ log_normal = { median = 3600, spread = 4 } }` or `{ quantiles = [0, 60, 3600] }`"
                .to_owned(),
        ),
    }
}

fn texts_fault(value: &Value) -> Option<String> {
    let texts = value.as_object().is_some_and(|object| object.values().all(Value::is_string));
    (!texts).then(|| "must be a table of texts".to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_said_is_inherited_from_the_layer_below() {
        let file = json!({
            "channels": {"email": {"open": 0.2, "open_delay": {"fixed": 60}}, "sms": {"opt_out": 0}},
            "activities": {"a": {"email": {"open": 0.4}}, "b": {"email": {"click": 1}}},
            "segments": [
                {"segment": "gold", "channels": {"email": {"open": 0.6}}, "activities": {"b": {"email": {"open": 0.9}}}},
                {"segment": "old", "activities": {"c": {"push": {"opened": 0.01}}}},
            ],
        });
        let model = ResponseModel::read(&file).unwrap();
        let open = |responses: &Responses| responses.email.open;
        assert_eq!(
            (open(&model.channels), open(&model.activities["a"]), open(&model.activities["b"])),
            (0.2, 0.4, 0.2)
        );
        let gold = &model.segments[0];
        assert_eq!((open(&gold.channels), open(&gold.activities["a"]), open(&gold.activities["b"])), (0.6, 0.6, 0.9));
        assert_eq!((gold.activities["b"].email.click, gold.activities["b"].sms.opt_out), (1.0, 0.0));
        assert_eq!(gold.activities["b"].email.open_delay, Delay::Fixed(60.0));
        let old = &model.segments[1];
        assert_eq!((open(&old.channels), open(&old.activities["a"]), open(&old.activities["c"])), (0.2, 0.4, 0.2));
        assert_eq!(ResponseModel::read(&json!({})).unwrap(), ResponseModel::default());
    }

    #[test]
    fn every_fault_names_its_place() {
        let file = json!({
            "chanels": {},
            "channels": {
                "email": {"opens": 0.1, "open": 1.5, "click": "often", "open_delay": {"fixed": -1}, "hard_bounce": 0.5},
                "fax": {},
                "sms": {"delivered": null, "delivery_delay": {"gamma": 2}},
                "push": [],
                "custom": {"attributes": {"plan": 3}},
            },
            "activities": {"a": {"sms": {"failed": 0.9}}},
            "segments": [{"channels": {"email": {"unsubscribe": -0.1, "click_delay": {"quantiles": [3, 1]}}}}],
        });
        let faults = ResponseModel::read(&file).unwrap_err();
        let told: Vec<String> = faults.iter().map(ResponseFault::to_string).collect();
        insta::assert_snapshot!(told.join("\n"));
        assert_eq!(ResponseModel::read(&json!(7)).unwrap_err()[0].to_string(), "the response model must be a table");
        assert!(ResponseModel::read(&json!({"segments": {}})).is_err());
    }
}
