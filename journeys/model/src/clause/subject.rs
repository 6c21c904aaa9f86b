//! What a criterion looks at: an attribute, a number, the device, where somebody is, when they were active.

use serde_json::{Map, Value, json};

use crate::path::{Path, Step};
use crate::view::Word;
use crate::{path, wire};

/// What a criterion of `SegmentDimensions` or `EventDimensions` looks at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// `Attributes`: of the endpoint, or of the event.
    Attribute(String),
    /// `UserAttributes`
    UserAttribute(String),
    /// `Metrics`
    Metric(String),
    /// A member of `Demographic` or `Location` that is compared with texts: one of [`Subject::SETS`].
    Set(&'static str),
    /// `Behavior.Recency`
    Recency,
    /// `Location.GPSPoint`
    Circle,
}

impl Subject {
    /// Members that are compared with texts, and their words.
    pub const SETS: [(&'static str, &'static str); 7] = [
        ("Channel", "Channel"),
        ("Platform", "Platform"),
        ("Make", "Make"),
        ("Model", "Model"),
        ("AppVersion", "App version"),
        ("DeviceType", "Device"),
        ("Country", "Country"),
    ];

    /// The one of that member.
    pub(crate) fn of_set(member: &str) -> Option<Subject> {
        Subject::SETS.iter().find(|(name, _)| *name == member).map(|(name, _)| Subject::Set(name))
    }

    /// The one whose criterion stands at a place, whatever is before it.
    pub fn at(place: &Path) -> Option<Subject> {
        let [.., Step::Key(map), Step::Key(name)] = place.0.as_slice() else { return None };
        match (map.as_str(), name.as_str()) {
            ("Attributes", name) => Some(Subject::Attribute(name.to_owned())),
            ("UserAttributes", name) => Some(Subject::UserAttribute(name.to_owned())),
            ("Metrics", name) => Some(Subject::Metric(name.to_owned())),
            ("Demographic" | "Location", name) if name != "GPSPoint" => Subject::of_set(name),
            ("Location", _) => Some(Subject::Circle),
            ("Behavior", "Recency") => Some(Subject::Recency),
            _ => None,
        }
    }

    /// Where its criterion stands in the dimensions.
    pub fn path(&self) -> Path {
        match self {
            Subject::Attribute(name) => path!["Attributes", name],
            Subject::UserAttribute(name) => path!["UserAttributes", name],
            Subject::Metric(name) => path!["Metrics", name],
            Subject::Set("Country") => path!["Location", "Country"],
            Subject::Set(member) => path!["Demographic", *member],
            Subject::Recency => path!["Behavior", "Recency"],
            Subject::Circle => path!["Location", "GPSPoint"],
        }
    }

    /// What it is called.
    pub fn words(&self) -> String {
        match self {
            Subject::Attribute(name) | Subject::UserAttribute(name) | Subject::Metric(name) => name.clone(),
            Subject::Set(member) => {
                Subject::SETS.iter().find(|(name, _)| name == member).map_or(*member, |(_, words)| words).to_owned()
            }
            Subject::Recency => "Active lately".to_owned(),
            Subject::Circle => "Near a place".to_owned(),
        }
    }

    /// A criterion that asks for nothing yet.
    pub fn start(&self) -> Value {
        match self {
            Subject::Attribute(_) | Subject::UserAttribute(_) => json!({"AttributeType": "INCLUSIVE", "Values": []}),
            Subject::Metric(_) => json!({"ComparisonOperator": "GREATER_THAN", "Value": 0}),
            Subject::Set(_) => json!({"DimensionType": "INCLUSIVE", "Values": []}),
            Subject::Recency => json!({"Duration": "DAY_30", "RecencyType": "ACTIVE"}),
            Subject::Circle => json!({"Coordinates": {"Latitude": 0, "Longitude": 0}, "RangeInKilometers": 10}),
        }
    }

    fn holds_texts(&self) -> bool {
        matches!(self, Subject::Attribute(_) | Subject::UserAttribute(_))
    }
}

/// The words that may stand at a place of a comparison, as in the API.
pub fn comparisons(place: &Path) -> Vec<&'static str> {
    match place.0.last() {
        Some(Step::Key(member)) if member == "AttributeType" => {
            wire::AttributeType::ALL.iter().map(|word| word.as_str()).collect()
        }
        Some(Step::Key(member)) if member == "DimensionType" => {
            wire::DimensionType::ALL.iter().map(|word| word.as_str()).collect()
        }
        Some(Step::Key(member)) if member == "ComparisonOperator" => {
            vec!["EQUAL", "GREATER_THAN", "LESS_THAN", "GREATER_THAN_OR_EQUAL", "LESS_THAN_OR_EQUAL"]
        }
        _ => Vec::new(),
    }
}

/// A comparison in words: `GREATER_THAN` is "is more than"; others as they are.
pub fn comparison_words(word: &str) -> &str {
    match word {
        "INCLUSIVE" | "EQUAL" => "is",
        "EXCLUSIVE" => "is not",
        "CONTAINS" => "contains",
        "BEFORE" => "is before",
        "AFTER" => "is after",
        "ON" => "is on",
        "BETWEEN" => "is between",
        "GREATER_THAN" => "is more than",
        "LESS_THAN" => "is less than",
        "GREATER_THAN_OR_EQUAL" => "is at least",
        "LESS_THAN_OR_EQUAL" => "is at most",
        other => other,
    }
}

/// Dimensions with `new` instead of `old`; without `old` it comes to the others, without `new` it goes. What was compared
/// stays where both are compared alike. Objects that are left empty go as well.
pub fn replace(dimensions: &Value, old: Option<&Subject>, new: Option<&Subject>) -> Value {
    let mut out = dimensions.as_object().cloned().unwrap_or_default();
    let before = old.and_then(|old| old.path().find(dimensions).cloned());
    let start = |new: &Subject| match (old, &before) {
        (Some(old), Some(before)) if old == new || (old.holds_texts() && new.holds_texts()) => before.clone(),
        (Some(Subject::Metric(_)), Some(before)) if matches!(new, Subject::Metric(_)) => before.clone(),
        (Some(Subject::Set(_)), Some(before)) if matches!(new, Subject::Set(_)) => before.clone(),
        _ => new.start(),
    };
    let split = |subject: &Subject| match subject.path().0.as_slice() {
        [Step::Key(map), Step::Key(name)] => (map.clone(), name.clone()),
        _ => unreachable!("a criterion stands two members deep"),
    };
    let mut place = None;
    if let Some((map, name)) = old.map(split)
        && let Some(Value::Object(inner)) = out.get_mut(&map)
    {
        place = inner.keys().position(|key| *key == name).map(|at| (map.clone(), at));
        inner.shift_remove(&name);
    }
    if let Some(new) = new {
        let value = new.path().find(dimensions).filter(|_| old != Some(new)).cloned().unwrap_or_else(|| start(new));
        let (map, name) = split(new);
        let slot = out.entry(map.clone()).or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(inner) = slot {
            match place.filter(|(old, _)| *old == map) {
                Some((_, at)) if !inner.contains_key(&name) => drop(inner.shift_insert(at, name, value)),
                _ => drop(inner.insert(name, value)),
            }
        }
    }
    if let Some((map, _)) = old.map(split)
        && out.get(&map).and_then(Value::as_object).is_some_and(Map::is_empty)
    {
        out.shift_remove(&map);
    }
    Value::Object(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::View;

    #[test]
    fn a_subject_is_found_at_its_own_path() {
        let subjects = [
            Subject::Attribute("Plan".to_owned()),
            Subject::UserAttribute("Name".to_owned()),
            Subject::Metric("Orders".to_owned()),
            Subject::Recency,
            Subject::Circle,
        ];
        let sets = Subject::SETS.map(|(member, _)| Subject::Set(member));
        for subject in subjects.into_iter().chain(sets) {
            assert_eq!(Subject::at(&subject.path()), Some(subject.clone()));
            let shape = crate::shapes::find(wire::SegmentDimensions::SHAPE);
            let alone = replace(&json!({}), None, Some(&subject));
            assert_eq!(shape.map(|shape| crate::shapes::check(shape, &alone)), Some(Vec::new()), "{alone}");
            assert_eq!(replace(&alone, Some(&subject), None), json!({}));
        }
    }

    #[test]
    fn what_is_compared_stays_when_the_subject_is_another() {
        let plan = Subject::Attribute("Plan".to_owned());
        let before =
            json!({"Attributes": {"A": {}, "Plan": {"AttributeType": "CONTAINS", "Values": ["gold"]}, "Z": {}}});
        let renamed = replace(&before, Some(&plan), Some(&Subject::Attribute("Tier".to_owned())));
        assert_eq!(
            renamed.to_string(),
            r#"{"Attributes":{"A":{},"Tier":{"AttributeType":"CONTAINS","Values":["gold"]},"Z":{}}}"#
        );
        let of_user = replace(&before, Some(&plan), Some(&Subject::UserAttribute("Plan".to_owned())));
        assert_eq!(of_user["UserAttributes"]["Plan"]["Values"], json!(["gold"]));
        let number = replace(&before, Some(&plan), Some(&Subject::Metric("Orders".to_owned())));
        assert_eq!(number["Metrics"]["Orders"], json!({"ComparisonOperator": "GREATER_THAN", "Value": 0}));
        // One that is there already is not written over.
        assert_eq!(replace(&before, None, Some(&plan)), before);
    }
}
