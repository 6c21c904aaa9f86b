//! A condition as a clause of plain words, in parts: what is said, and which words stand for a value that can be changed.
//!
//! The words are those of a telling ([`telling`](crate::telling)) and of a card ([`summary`](crate::summary)); a form makes
//! the parts with a [`Hole`] editable. Shapes: `SimpleCondition`, `SegmentDimensions`, `EventStartCondition` (journeys.md
//! 2, 3.8; segments-and-endpoints.md 2.1).

mod subject;

use serde_json::Value;

pub use self::subject::{Subject, comparison_words, comparisons, replace};
use crate::activity::Activity;
use crate::journey::Journey;
use crate::path::Path;
use crate::shapes::{self, Problem};
use crate::view::{View, Word};
use crate::{path, wire};

/// Some words of a clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The words, with the spaces around them.
    pub text: String,
    /// What they stand for; `None` = they only connect.
    pub hole: Option<Hole>,
}

/// A value that words stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hole {
    /// What is asked for.
    pub asks: Asks,
    /// Where it stands, below the value that the clause is about. It may not be there yet.
    pub place: Path,
}

/// What kind of value words stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// The id of a message activity.
    Message,
    /// Names of events.
    Events,
    /// The name of a segment.
    Segment,
    /// What is looked at: [`Subject::at`] reads it from the place.
    Subject,
    /// How it is compared: one of [`comparisons`].
    Comparison,
    /// Texts that it is compared with.
    Values,
    /// A number that it is compared with.
    Number,
    /// `ACTIVE` or `INACTIVE`.
    Recency,
    /// A word of shape `Duration`.
    Span,
    /// A place on the earth and kilometres around it.
    Circle,
}

/// The words of parts, one after the other.
pub fn text(parts: &[Part]) -> String {
    parts.iter().map(|part| part.text.as_str()).collect()
}

/// One condition: "they opened “Welcome”", "their Plan is pro".
pub fn condition(condition: wire::SimpleCondition, journey: Journey) -> Vec<Part> {
    if let Some(event) = condition.event_condition() {
        return event_condition(event, journey);
    }
    if let Some(segment) = condition.segment_condition() {
        return in_segment("they are in ", segment.segment_id(), path!["SegmentCondition", "SegmentId"]);
    }
    match condition.segment_dimensions() {
        Some(dimensions) => about_them(dimensions, &path!["segmentDimensions"]),
        None => vec![said("a condition holds, which is not set")],
    }
}

/// What dimensions say of a person, whose places start at `base`: "their Plan is pro and they were active in 7 days".
pub fn about_them(dimensions: wire::SegmentDimensions, base: &Path) -> Vec<Part> {
    let parts = join(criteria(dimensions, base), "their ");
    if parts.is_empty() { vec![said("they are anybody")] } else { parts }
}

/// The same without whom it is about: "Plan is pro and Active in 7 days", "Everybody".
pub(crate) fn dimension_words(dimensions: wire::SegmentDimensions) -> String {
    let words = criteria(dimensions, &Path::default()).into_iter().map(|one| capital_if(one.lead.is_some(), one.parts));
    let words: Vec<String> = words.collect();
    if words.is_empty() { "Everybody".to_owned() } else { words.join(" and ") }
}

/// Who an event lets in, below `EventStartCondition`: "whoever causes order.placed whose total is more than 100 and is in
/// the segment vip".
pub fn event_start(condition: wire::EventStartCondition) -> Vec<Part> {
    let base = path!["EventFilter", "Dimensions"];
    let dimensions = condition.event_filter().and_then(|filter| filter.dimensions());
    let events = dimensions.and_then(|d| d.event_type()).map(|t| t.values()).unwrap_or_default();
    let named = if events.is_empty() { "an event, which is not named yet,".to_owned() } else { events.join(" or ") };
    let mut parts = vec![said("whoever causes "), hole(named, Asks::Events, base.join("EventType"))];
    if let Some(dimensions) = dimensions {
        let criteria = event_criteria(dimensions, &base);
        if !criteria.is_empty() {
            parts.push(said(" "));
            parts.extend(join(criteria, "whose "));
        }
    }
    if let Some(segment) = condition.segment_id().filter(|name| !name.is_empty()) {
        parts.extend(in_segment(" and is in ", Some(segment), path!["SegmentId"]));
    }
    parts
}

/// Whether a condition says more than its clause does: members that the API does not know or with values that do not fit,
/// or several conditions in one.
pub fn has_more(condition: &Value) -> bool {
    let Some(object) = condition.as_object() else { return true };
    let several = object.values().filter(|value| !value.is_null()).count() > 1;
    let but = condition.pointer("/EventCondition/Dimensions/EventType/DimensionType");
    several || is_exclusive(but) || is_unknown(wire::SimpleCondition::SHAPE, condition)
}

/// The same of an `EventStartCondition` and [`event_start`].
pub fn event_start_has_more(condition: &Value) -> bool {
    let but = condition.pointer("/EventFilter/Dimensions/EventType/DimensionType");
    is_exclusive(but) || is_unknown(wire::EventStartCondition::SHAPE, condition)
}

fn is_exclusive(word: Option<&Value>) -> bool {
    word.and_then(Value::as_str).is_some_and(|word| word == wire::DimensionType::Exclusive.as_str())
}

fn is_unknown(shape: &str, value: &Value) -> bool {
    let missing = |mismatch: &shapes::Mismatch| mismatch.problem == Problem::Missing;
    shapes::find(shape).is_none_or(|shape| !shapes::check(shape, value).iter().all(missing))
}

/// A criterion of dimensions.
struct Criterion {
    /// What comes before it instead of "their".
    lead: Option<&'static str>,
    parts: Vec<Part>,
}

fn said(text: &str) -> Part {
    Part { text: text.to_owned(), hole: None }
}

fn hole(text: impl Into<String>, asks: Asks, place: Path) -> Part {
    Part { text: text.into(), hole: Some(Hole { asks, place }) }
}

fn in_segment(lead: &str, segment: Option<&str>, place: Path) -> Vec<Part> {
    match segment.filter(|name| !name.is_empty()) {
        Some(name) => vec![said(&format!("{lead}the segment ")), hole(name, Asks::Segment, place)],
        None => vec![said(lead), hole("a segment, which is not chosen", Asks::Segment, place)],
    }
}

fn event_condition(event: wire::EventCondition, journey: Journey) -> Vec<Part> {
    let base = path!["EventCondition", "Dimensions"];
    let name = event.message_activity().filter(|id| !id.is_empty()).map_or("a message".to_owned(), |id| {
        journey.activity(id).map_or_else(|| format!("“{id}”"), |activity| named(&activity))
    });
    let message = || hole(name.as_str(), Asks::Message, path!["EventCondition", "MessageActivity"]);
    let events = |text: String| hole(text, Asks::Events, base.join("EventType"));
    let types = event.dimensions().and_then(|d| d.event_type()).map(|t| t.values()).unwrap_or_default();
    let verbs = |of_them: bool| -> Option<String> {
        let mut verbs: Vec<String> = Vec::new();
        for (whose, verb) in types.iter().map(|event| event_verb(event)) {
            if whose == of_them && !verbs.contains(&verb) {
                verbs.push(verb);
            }
        }
        (!verbs.is_empty()).then(|| verbs.join(" or "))
    };
    let mut parts = match (verbs(true), verbs(false)) {
        (None, None) => {
            vec![events("something happens to".to_owned()), said(" "), message(), said(", which is not chosen")]
        }
        (theirs, its) => {
            let mut parts = Vec::new();
            if let Some(verbs) = theirs {
                parts.extend([said("they "), events(verbs), said(" "), message()]);
            }
            if let Some(verbs) = its {
                let lead = (!parts.is_empty()).then(|| said(" or "));
                parts.extend(lead.into_iter().chain([message(), said(" "), events(verbs)]));
            }
            parts
        }
    };
    if let Some(dimensions) = event.dimensions() {
        let criteria = event_criteria(dimensions, &base);
        if !criteria.is_empty() {
            parts.push(said(" and "));
            parts.extend(join(criteria, "its "));
        }
    }
    parts
}

/// What an event says of a message (journeys.md 3.8): whether of the person ("they opened it") or of the message ("it
/// bounced"), and the verb.
fn event_verb(event: &str) -> (bool, String) {
    let (of_them, verb) = match event {
        "_email.send" | "_SMS.SEND" | "_SMS.BUFFERED" | "_journey.send" => (true, "were sent"),
        "_email.delivered" | "_SMS.SUCCESS" => (true, "received"),
        "_email.rejected" => (false, "was rejected"),
        "_email.hardbounce" => (false, "bounced for good"),
        "_email.softbounce" => (false, "bounced for now"),
        "_email.complaint" => (true, "complained about"),
        "_email.open" | "_journey.opened_notification" => (true, "opened"),
        "_email.click" => (true, "clicked in"),
        "_email.unsubscribe" => (true, "unsubscribed in"),
        "_SMS.FAILURE" => (false, "could not be delivered"),
        "_SMS.OPTOUT" => (true, "opted out after"),
        "_journey.received_foreground" => (false, "arrived with the app open"),
        "_journey.received_background" => (false, "arrived with the app in the background"),
        "_contact_center.connected" => (true, "answered"),
        "_contact_center.not_answered" => (true, "did not answer"),
        "_contact_center.sit_tone" => (false, "reached a SIT tone"),
        "_contact_center.fax" => (false, "reached a fax"),
        "_contact_center.voicemail_beep" | "_contact_center.voicemail_no_beep" => (false, "reached voicemail"),
        "_custom.response" => (false, "was answered"),
        other => return (false, format!("caused {other}")),
    };
    (of_them, verb.to_owned())
}

fn event_criteria(dimensions: wire::EventDimensions, base: &Path) -> Vec<Criterion> {
    let texts = dimensions.attributes().into_iter().map(|(name, one)| attribute(name, one, base.join("Attributes")));
    let numbers = dimensions.metrics().into_iter().map(|(name, one)| metric(name, one, base.join("Metrics")));
    texts.chain(numbers).collect()
}

fn criteria(dimensions: wire::SegmentDimensions, base: &Path) -> Vec<Criterion> {
    let own = dimensions.attributes().into_iter().map(|(name, one)| attribute(name, one, base.join("Attributes")));
    let user = dimensions.user_attributes();
    let user = user.into_iter().map(|(name, one)| attribute(name, one, base.join("UserAttributes")));
    let numbers = dimensions.metrics().into_iter().map(|(name, one)| metric(name, one, base.join("Metrics")));
    let mut criteria: Vec<Criterion> = own.chain(user).chain(numbers).collect();
    let demographic = dimensions.demographic();
    let country = dimensions.location().and_then(|location| location.country());
    let sets = [
        ("Channel", demographic.and_then(|d| d.channel())),
        ("Platform", demographic.and_then(|d| d.platform())),
        ("Make", demographic.and_then(|d| d.make())),
        ("Model", demographic.and_then(|d| d.model())),
        ("AppVersion", demographic.and_then(|d| d.app_version())),
        ("DeviceType", demographic.and_then(|d| d.device_type())),
        ("Country", country),
    ];
    criteria.extend(sets.into_iter().filter_map(|(member, set)| {
        let subject = Subject::of_set(member)?;
        let set = set?;
        let place = Path(base.0.iter().cloned().chain(subject.path().0).collect());
        let how = set.dimension_type().unwrap_or(wire::DimensionType::Inclusive).as_str();
        Some(Criterion { lead: None, parts: compared(subject.words(), &place, "DimensionType", how, &set.values()) })
    }));
    if let Some(point) = dimensions.location().and_then(|location| location.gps_point()) {
        let place = base.join("Location").join("GPSPoint");
        let range = point.range_in_kilometers().map_or_else(|| "10".to_owned(), |range| range.to_string());
        let at = point.coordinates().and_then(|at| Some(format!("{}, {}", at.latitude()?, at.longitude()?)));
        let words = format!("within {range} km of {}", at.as_deref().unwrap_or("a place that is not set"));
        criteria.push(Criterion { lead: Some("they are "), parts: vec![hole(words, Asks::Circle, place)] });
    }
    if let Some(recency) = dimensions.behavior().and_then(|behavior| behavior.recency()) {
        let place = base.join("Behavior").join("Recency");
        let active = match recency.recency_type() {
            Some(wire::RecencyType::Inactive) => "not active",
            _ => "active",
        };
        let span = recency.duration().map_or("lately", span_words);
        let parts = vec![
            hole(active, Asks::Recency, place.join("RecencyType")),
            said(" "),
            hole(span, Asks::Span, place.join("Duration")),
        ];
        criteria.push(Criterion { lead: Some("they were "), parts });
    }
    criteria
}

/// A span of recency in words: "in 7 days".
pub fn span_words(span: wire::Duration) -> &'static str {
    match span {
        wire::Duration::Hr24 => "in 24 hours",
        wire::Duration::Day7 => "in 7 days",
        wire::Duration::Day14 => "in 14 days",
        wire::Duration::Day30 => "in 30 days",
    }
}

fn attribute(name: &str, dimension: wire::AttributeDimension, map: Path) -> Criterion {
    let how = dimension.attribute_type().unwrap_or(wire::AttributeType::Inclusive).as_str();
    let parts = compared(name.to_owned(), &map.join(name), "AttributeType", how, &dimension.values());
    Criterion { lead: None, parts }
}

fn compared(subject: String, place: &Path, member: &str, how: &str, values: &[&str]) -> Vec<Part> {
    let joint = if how == wire::AttributeType::Between.as_str() { " and " } else { " or " };
    let values = if values.is_empty() { "something, which is not set".to_owned() } else { values.join(joint) };
    vec![
        hole(subject, Asks::Subject, place.clone()),
        said(" "),
        hole(comparison_words(how), Asks::Comparison, place.join(member)),
        said(" "),
        hole(values, Asks::Values, place.join("Values")),
    ]
}

fn metric(name: &str, dimension: wire::MetricDimension, map: Path) -> Criterion {
    let place = map.join(name);
    let number = dimension.value().map_or("a number, which is not set".to_owned(), |number| number.to_string());
    let parts = vec![
        hole(name, Asks::Subject, place.clone()),
        said(" "),
        hole(
            comparison_words(dimension.comparison_operator().unwrap_or("EQUAL")),
            Asks::Comparison,
            place.join("ComparisonOperator"),
        ),
        said(" "),
        hole(number, Asks::Number, place.join("Value")),
    ];
    Criterion { lead: None, parts }
}

/// Criteria with "and" between them, each after its own lead.
fn join(criteria: Vec<Criterion>, lead: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut before: Option<&str> = None;
    for criterion in criteria {
        let lead = criterion.lead.unwrap_or(lead);
        if before.is_some() {
            parts.push(said(" and "));
        }
        if before != Some(lead) {
            parts.push(said(lead));
        }
        before = Some(lead);
        parts.extend(criterion.parts);
    }
    parts
}

pub(crate) fn named(activity: &Activity) -> String {
    format!("“{}”", activity.label())
}

fn capital_if(capital: bool, parts: Vec<Part>) -> String {
    let words = text(&parts);
    if capital { crate::telling::capital(&words) } else { words }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn clause(condition: &Value) -> String {
        let journey = json!({"Activities": {"hello": {"Description": "Welcome", "EMAIL": {}}, "call": {"CUSTOM": {}}}});
        let Some(journey) = Journey::of(&journey) else { unreachable!("a journey") };
        let Some(condition) = wire::SimpleCondition::of(condition) else { unreachable!("a condition") };
        text(&super::condition(condition, journey))
    }

    fn event(message: &str, types: &[&str]) -> Value {
        json!({"EventCondition": {"MessageActivity": message, "Dimensions": {"EventType": {"Values": types}}}})
    }

    #[test]
    fn conditions_in_words() {
        let of_calls = json!({"EventCondition": {"MessageActivity": "call", "Dimensions": {
            "EventType": {"Values": ["_custom.response"]},
            "Attributes": {"status": {"Values": ["ok"]}}, "Metrics": {"n": {"ComparisonOperator": "LESS_THAN", "Value": 3}}}}});
        let about = json!({"segmentDimensions": {
            "Attributes": {"Plan": {"Values": ["gold", "silver"]}},
            "UserAttributes": {"Since": {"AttributeType": "BETWEEN", "Values": ["2026-01-01", "2026-06-30"]}},
            "Metrics": {"Orders": {"ComparisonOperator": "GREATER_THAN_OR_EQUAL", "Value": 2.5}},
            "Demographic": {"Channel": {"DimensionType": "EXCLUSIVE", "Values": ["SMS"]}},
            "Location": {"GPSPoint": {"Coordinates": {"Latitude": 52.5, "Longitude": 13.4}, "RangeInKilometers": 20}},
            "Behavior": {"Recency": {"Duration": "DAY_7", "RecencyType": "INACTIVE"}}}});
        let rows = [
            (event("hello", &["_email.open", "_email.click"]), "they opened or clicked in “Welcome”"),
            (
                event("hello", &["_email.open", "_email.hardbounce"]),
                "they opened “Welcome” or “Welcome” bounced for good",
            ),
            (event("hello", &["x"]), "“Welcome” caused x"),
            (event("gone", &[]), "something happens to “gone”, which is not chosen"),
            (of_calls, "“call” was answered and its status is ok and n is less than 3"),
            (json!({"SegmentCondition": {"SegmentId": "vip"}}), "they are in the segment vip"),
            (json!({"SegmentCondition": {}}), "they are in a segment, which is not chosen"),
            (json!({"segmentDimensions": {}}), "they are anybody"),
            (json!({}), "a condition holds, which is not set"),
            (
                about,
                "their Plan is gold or silver and Since is between 2026-01-01 and 2026-06-30 and Orders is at least 2.5 \
                 and Channel is not SMS and they are within 20 km of 52.5, 13.4 and they were not active in 7 days",
            ),
        ];
        for (condition, words) in rows {
            assert_eq!(clause(&condition), words, "{condition}");
            assert!(!has_more(&condition), "{condition}");
        }
    }

    #[test]
    fn who_an_event_lets_in() {
        let start = json!({"SegmentId": "vip", "EventFilter": {"FilterType": "ENDPOINT", "Dimensions": {
            "EventType": {"Values": ["order.placed"]},
            "Attributes": {"currency": {"AttributeType": "EXCLUSIVE", "Values": ["EUR"]}}, "Metrics": {"total": {"Value": 9}}}}});
        let Some(start) = wire::EventStartCondition::of(&start) else { unreachable!("a start") };
        assert_eq!(
            text(&event_start(start)),
            "whoever causes order.placed whose currency is not EUR and total is 9 and is in the segment vip"
        );
    }

    #[test]
    fn a_place_leads_to_what_its_words_say() {
        let condition =
            json!({"segmentDimensions": {"Attributes": {"Plan": {"AttributeType": "CONTAINS", "Values": ["go"]}}}});
        let journey = json!({});
        let (Some(journey), Some(view)) = (Journey::of(&journey), wire::SimpleCondition::of(&condition)) else {
            unreachable!("objects")
        };
        let holes = super::condition(view, journey).into_iter().filter_map(|part| Some((part.text, part.hole?)));
        let found: Vec<(String, Asks, Option<&Value>)> =
            holes.map(|(text, hole)| (text, hole.asks, hole.place.find(&condition))).collect();
        let plan = json!({"AttributeType": "CONTAINS", "Values": ["go"]});
        let expected = [
            ("Plan".to_owned(), Asks::Subject, Some(&plan)),
            ("contains".to_owned(), Asks::Comparison, Some(&plan["AttributeType"])),
            ("go".to_owned(), Asks::Values, Some(&plan["Values"])),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_a_clause_does_not_say_is_known() {
        let rows = [
            json!({"SegmentCondition": {"SegmentId": "a"}, "segmentDimensions": {}}),
            json!({"SegmentCondition": {"SegmentId": "a", "Version": 3}}),
            json!({"segmentDimensions": {"Metrics": {"n": {"ComparisonOperator": "EQUAL", "Value": "three"}}}}),
            json!({"EventCondition": {"Dimensions": {"EventType": {"DimensionType": "EXCLUSIVE", "Values": ["x"]}}}}),
            json!([]),
        ];
        for condition in rows {
            assert!(has_more(&condition), "{condition}");
        }
    }
}
