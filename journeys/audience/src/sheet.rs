//! A segment document as a form with sentences shows it: which parts it can show, and how a change of one is written.
//!
//! A criterion is shown when writing down what is shown gives the very JSON that was read; everything else stays in
//! [`rest`](Sheet::rest), as JSON. So opening a segment, and setting a field to what it is already, changes nothing.
//! Shapes: `WriteSegmentRequest`, `SegmentGroupList`, `SegmentGroup`, `SegmentDimensions` (segments-and-endpoints.md 2).

mod criterion;

use model::clause::Subject;
use model::{Path, Step, path};
use serde_json::{Map, Value, json};

pub use self::criterion::{Shown, number};

/// Words of `Include`, `SourceType` and `Type`.
pub const QUANTITIES: [&str; 3] = ["ALL", "ANY", "NONE"];

/// What a segment is, as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// It asks nothing: everybody.
    Everybody,
    /// `Dimensions`: one set of criteria.
    Dimensions,
    /// `SegmentGroups`
    Groups,
    /// A list that was imported; it has no criteria.
    Imported,
    /// Shown as JSON only: it is no object, or has both `Dimensions` and `SegmentGroups` (S001).
    Json,
}

/// A segment as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// What it is.
    pub form: Form,
    /// How the groups come together, in `Include`.
    pub include: Quantity,
    /// The groups; a segment without groups has one, which only sets can be added to.
    pub groups: Vec<Group>,
    /// Places that are shown as JSON, in the order of the document.
    pub rest: Vec<Path>,
}

/// One of [`QUANTITIES`], at a place where it may be absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// Where it stands.
    pub place: Path,
    /// The word; `ALL` when it is absent (segments-and-endpoints.md 2.2, chosen).
    pub word: &'static str,
    /// Whether it is there.
    pub given: bool,
}

/// A group: base segments, and sets of criteria.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Where it stands; `None` = the segment has no groups.
    pub place: Option<Path>,
    /// How the base segments come together.
    pub source_type: Quantity,
    /// Base segments: where each stands, its id, and the version that is asked for.
    pub sources: Vec<Source>,
    /// How the sets come together.
    pub kind: Quantity,
    /// Sets of criteria, all of which must hold in a set.
    pub sets: Vec<Set>,
}

/// A base segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Where it stands.
    pub place: Path,
    /// `Id`
    pub id: String,
    /// `Version`, as it is spelled; `None` = the latest one.
    pub version: Option<String>,
}

/// A set of criteria: `SegmentDimensions`.
#[derive(Clone, Debug, PartialEq)]
pub struct Set {
    /// Where it stands; it may not be there yet.
    pub place: Path,
    /// What can be shown, in the order of the document.
    pub criteria: Vec<Criterion>,
}

/// A criterion that can be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Criterion {
    /// What it looks at.
    pub subject: Subject,
    /// What it asks.
    pub shown: Shown,
}

impl Set {
    /// Where a criterion of the set stands.
    pub fn at(&self, subject: &Subject) -> Path {
        Path(self.place.0.iter().chain(&subject.path().0).cloned().collect())
    }
}

impl Sheet {
    /// Reads a segment: `WriteSegmentRequest` or `SegmentResponse`, however damaged.
    pub fn of(document: &Value) -> Sheet {
        let mut sheet = Sheet {
            form: Form::Json,
            include: Quantity::read(None, path!["SegmentGroups", "Include"]),
            groups: Vec::new(),
            rest: Vec::new(),
        };
        let Some(object) = document.as_object() else {
            sheet.rest.push(Path::default());
            return sheet;
        };
        let imported = object.contains_key("ImportDefinition")
            || object.get("SegmentType").and_then(Value::as_str) == Some("IMPORT");
        let has = |name: &str| object.get(name).is_some_and(|value| !value.is_null());
        sheet.form = match (has("Dimensions"), has("SegmentGroups")) {
            _ if imported => Form::Imported,
            (true, true) => Form::Json,
            (true, false) => Form::Dimensions,
            (false, true) => Form::Groups,
            (false, false) => Form::Everybody,
        };
        for (name, value) in object {
            let place = path![name];
            match (sheet.form, name.as_str()) {
                (_, "Name") if value.is_string() => {}
                (Form::Dimensions, "Dimensions") => {
                    let set = sheet.set(value, place);
                    sheet.groups.push(Group::bare(set));
                }
                (Form::Groups, "SegmentGroups") => sheet.read_groups(value, &place),
                _ => sheet.rest.push(place),
            }
        }
        if sheet.form == Form::Everybody {
            sheet.groups.push(Group::bare(Set { place: path!["Dimensions"], criteria: Vec::new() }));
        }
        sheet
    }

    fn read_groups(&mut self, value: &Value, place: &Path) {
        let Some(object) = value.as_object() else { return self.rest.push(place.clone()) };
        for (name, value) in object {
            let place = place.join(name);
            match (name.as_str(), value) {
                ("Include", value) => self.include = self.quantity(value, place),
                ("Groups", Value::Array(groups)) => {
                    for (number, group) in groups.iter().enumerate() {
                        self.read_group(group, place.join(number));
                    }
                }
                _ => self.rest.push(place),
            }
        }
    }

    fn read_group(&mut self, value: &Value, place: Path) {
        let Some(object) = value.as_object() else { return self.rest.push(place) };
        let mut group = Group {
            source_type: Quantity::read(None, place.join("SourceType")),
            sources: Vec::new(),
            kind: Quantity::read(None, place.join("Type")),
            sets: Vec::new(),
            place: Some(place.clone()),
        };
        for (name, value) in object {
            let place = place.join(name);
            match (name.as_str(), value) {
                ("SourceType", value) => group.source_type = self.quantity(value, place),
                ("Type", value) => group.kind = self.quantity(value, place),
                ("SourceSegments", Value::Array(sources)) => {
                    for (number, source) in sources.iter().enumerate() {
                        let place = place.join(number);
                        match Source::read(source, place.clone()) {
                            Some(source) => group.sources.push(source),
                            None => self.rest.push(place),
                        }
                    }
                }
                ("Dimensions", Value::Array(sets)) => {
                    for (number, set) in sets.iter().enumerate() {
                        let set = self.set(set, place.join(number));
                        group.sets.push(set);
                    }
                }
                _ => self.rest.push(place),
            }
        }
        self.groups.push(group);
    }

    /// A word, or the rest.
    fn quantity(&mut self, value: &Value, place: Path) -> Quantity {
        let quantity = Quantity::read(Some(value), place.clone());
        if !quantity.given {
            self.rest.push(place);
        }
        quantity
    }

    fn set(&mut self, value: &Value, place: Path) -> Set {
        let mut set = Set { place: place.clone(), criteria: Vec::new() };
        let Some(object) = value.as_object() else {
            self.rest.push(place);
            return set;
        };
        for (name, value) in object {
            let Some(members) = value.as_object().filter(|members| !members.is_empty()) else {
                self.rest.push(place.join(name));
                continue;
            };
            for (member, value) in members {
                let own = path![name, member];
                // An unknown member of `Demographic` is no criterion.
                let subject = Subject::at(&own).filter(|subject| subject.path() == own);
                match subject.and_then(|subject| Criterion::read(subject, value)) {
                    Some(criterion) => set.criteria.push(criterion),
                    None => self.rest.push(place.join(name).join(member)),
                }
            }
        }
        set
    }

    /// Every place that has a field, with what the field writes when it is set to what it shows.
    pub fn fields(&self, document: &Value) -> Vec<(Path, Value)> {
        let quantity = |quantity: &Quantity| quantity.given.then(|| (quantity.place.clone(), json!(quantity.word)));
        let mut fields: Vec<(Path, Value)> = quantity(&self.include).into_iter().collect();
        let name = document.get("Name").filter(|name| name.is_string());
        fields.extend(name.map(|name| (path!["Name"], name.clone())));
        for group in &self.groups {
            fields.extend(quantity(&group.source_type).into_iter().chain(quantity(&group.kind)));
            for source in &group.sources {
                fields.push((source.place.clone(), source.write(source.place.find(document))));
            }
            for set in &group.sets {
                for criterion in &set.criteria {
                    let place = set.at(&criterion.subject);
                    let written = criterion.shown.write(place.find(document));
                    fields.push((place, written));
                }
            }
        }
        fields
    }
}

impl Criterion {
    fn read(subject: Subject, value: &Value) -> Option<Criterion> {
        let shown = Shown::read(&subject, value)?;
        // The spelling of numbers counts as well: texts are compared.
        let (written, there) = (shown.write(Some(value)).to_string(), value.to_string());
        (written == there).then_some(Criterion { subject, shown })
    }
}

impl Group {
    fn bare(set: Set) -> Group {
        let place = path!["SegmentGroups", "Groups", 0usize];
        Group {
            place: None,
            source_type: Quantity::read(None, place.join("SourceType")),
            sources: Vec::new(),
            kind: Quantity::read(None, place.join("Type")),
            sets: vec![set],
        }
    }
}

impl Quantity {
    fn read(value: Option<&Value>, place: Path) -> Quantity {
        let word = value.and_then(Value::as_str).and_then(|text| QUANTITIES.iter().find(|word| **word == text));
        Quantity { place, word: word.copied().unwrap_or(QUANTITIES[0]), given: word.is_some() }
    }
}

impl Source {
    fn read(value: &Value, place: Path) -> Option<Source> {
        let object = value.as_object()?;
        let id = object.get("Id")?.as_str()?.to_owned();
        let version = match object.get("Version") {
            None => None,
            Some(Value::Number(version)) => Some(version.to_string()),
            Some(_) => return None,
        };
        object.keys().all(|name| name == "Id" || name == "Version").then_some(Source { place, id, version })
    }

    fn write(&self, like: Option<&Value>) -> Value {
        let mut object = like.and_then(Value::as_object).cloned().unwrap_or_default();
        object.insert("Id".to_owned(), self.id.as_str().into());
        if let Some(version) = self.version.as_deref().and_then(number) {
            object.insert("Version".to_owned(), version);
        }
        Value::Object(object)
    }
}

/// The segment with groups: `Dimensions` become the one set of its one group. A segment that has groups stays as it is.
pub fn grouped(document: &Value) -> Value {
    let object = document.as_object().cloned().unwrap_or_default();
    if object.get("SegmentGroups").is_some_and(|groups| !groups.is_null()) {
        return document.clone();
    }
    let set = object.get("Dimensions").filter(|set| !set.is_null());
    let groups = json!({"Groups": [{"Dimensions": set.into_iter().collect::<Vec<_>>()}], "Include": "ALL"});
    let mut out = Map::new();
    for (name, value) in &object {
        match name.as_str() {
            "Dimensions" if set.is_some() => drop(out.insert("SegmentGroups".to_owned(), groups.clone())),
            "Dimensions" | "SegmentGroups" => {}
            _ => drop(out.insert(name.clone(), value.clone())),
        }
    }
    out.entry("SegmentGroups").or_insert(groups);
    Value::Object(out)
}

/// The segment with one group more, which has one set of criteria that asks nothing yet.
pub fn with_group(document: &Value) -> Value {
    changed(document, |groups| groups.push(json!({"Dimensions": [{}], "Type": "ALL"})))
}

/// The segment with one more set of criteria in a group, counted from 0.
pub fn with_set(document: &Value, group: usize) -> Value {
    changed(document, |groups| push(groups, group, "Dimensions", json!({})))
}

/// The segment with one more base segment in a group, counted from 0.
pub fn with_source(document: &Value, group: usize, id: &str) -> Value {
    changed(document, |groups| push(groups, group, "SourceSegments", json!({"Id": id})))
}

/// The criteria of a set that can be shown, without all else that stands in it.
pub fn shown(document: &Value, set: &Set) -> Value {
    let mut out = Map::new();
    for criterion in &set.criteria {
        let place = criterion.subject.path();
        let (Some(value), [Step::Key(map), Step::Key(name)]) =
            (set.at(&criterion.subject).find(document), place.0.as_slice())
        else {
            continue;
        };
        if let Value::Object(map) = out.entry(map.as_str()).or_insert_with(|| json!({})) {
            map.insert(name.clone(), value.clone());
        }
    }
    Value::Object(out)
}

/// Changes the list of groups, made where there is none.
fn changed(document: &Value, change: impl FnOnce(&mut Vec<Value>)) -> Value {
    let mut out = grouped(document);
    if let Some(list) = out.get_mut("SegmentGroups").and_then(Value::as_object_mut)
        && let Value::Array(groups) = list.entry("Groups").or_insert_with(|| json!([]))
    {
        change(groups);
    }
    out
}

fn push(groups: &mut [Value], group: usize, member: &str, value: Value) {
    if let Some(Value::Object(group)) = groups.get_mut(group)
        && let Value::Array(list) = group.entry(member).or_insert_with(|| json!([]))
    {
        list.push(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_criterion_is_shown() {
        let document = json!({"Name": "all", "Dimensions": {
            "Attributes": {"Plan": {"AttributeType": "INCLUSIVE", "Values": ["pro"]},
                "Since": {"AttributeType": "BETWEEN", "Values": ["2026-01-01", "2026-02-01"]}},
            "UserAttributes": {"Name": {"AttributeType": "CONTAINS", "Values": ["a"]}},
            "Metrics": {"Orders": {"ComparisonOperator": "GREATER_THAN", "Value": 2.50}},
            "Behavior": {"Recency": {"Duration": "DAY_7", "RecencyType": "INACTIVE"}},
            "Demographic": {"Channel": {"DimensionType": "EXCLUSIVE", "Values": ["SMS"]}},
            "Location": {"Country": {"DimensionType": "INCLUSIVE", "Values": ["DE"]},
                "GPSPoint": {"Coordinates": {"Latitude": 52.5, "Longitude": 13}, "RangeInKilometers": 20}}}});
        let sheet = Sheet::of(&document);
        assert_eq!((sheet.form, sheet.rest.as_slice()), (Form::Dimensions, &[][..]));
        let [group] = sheet.groups.as_slice() else { panic!("{sheet:?}") };
        let words: Vec<String> = group.sets[0].criteria.iter().map(|one| one.subject.words()).collect();
        assert_eq!(words, ["Plan", "Since", "Name", "Orders", "Active lately", "Channel", "Country", "Near a place"]);
    }

    #[test]
    fn what_can_not_be_shown_is_left_as_json() {
        let document = json!({"Name": 7, "Dimensions": {
            "Attributes": {"A": {"AttributeType": "INCLUSIVE", "Values": ["a", 7]}, "B": {"Values": ["b"], "Moon": 1},
                "C": {"AttributeType": "LIKE", "Values": ["c"]}, "D": {"AttributeType": "ON", "Values": []}},
            "Metrics": {"M": {"ComparisonOperator": "EQUAL", "Value": "3"}}, "Behavior": {}, "Location": null,
            "Demographic": {"Mood": {"DimensionType": "INCLUSIVE", "Values": []}}, "Moons": {"x": 1}}, "Id": "s"});
        let sheet = Sheet::of(&document);
        let rest: Vec<String> = sheet.rest.iter().map(ToString::to_string).collect();
        assert_eq!(
            rest,
            [
                "Name",
                "Dimensions.Attributes.A",
                "Dimensions.Attributes.B",
                "Dimensions.Attributes.C",
                "Dimensions.Metrics.M",
                "Dimensions.Behavior",
                "Dimensions.Location",
                "Dimensions.Demographic.Mood",
                "Dimensions.Moons.x",
                "Id"
            ]
        );
        let both = json!({"Dimensions": {}, "SegmentGroups": {}});
        assert_eq!(Sheet::of(&both).form, Form::Json);
        assert_eq!(Sheet::of(&json!({"SegmentType": "IMPORT"})).form, Form::Imported);
        assert_eq!(Sheet::of(&json!([])).rest, [Path::default()]);
    }

    #[test]
    fn dimensions_become_a_group_where_they_stood() {
        let plain = json!({"Name": "n", "Dimensions": {"Metrics": {}}, "tags": {}});
        assert_eq!(
            grouped(&plain).to_string(),
            r#"{"Name":"n","SegmentGroups":{"Groups":[{"Dimensions":[{"Metrics":{}}]}],"Include":"ALL"},"tags":{}}"#
        );
        let everybody = json!({"Name": "n", "Dimensions": null});
        assert_eq!(
            grouped(&everybody).to_string(),
            r#"{"Name":"n","SegmentGroups":{"Groups":[{"Dimensions":[]}],"Include":"ALL"}}"#
        );
        assert_eq!(grouped(&grouped(&plain)), grouped(&plain));
    }

    #[test]
    fn groups_sets_and_base_segments_are_added() {
        let plain = json!({"Name": "n", "Dimensions": {"Metrics": {}}});
        let both = with_source(&with_set(&plain, 0), 0, "vip");
        assert_eq!(
            both.to_string(),
            r#"{"Name":"n","SegmentGroups":{"Groups":[{"Dimensions":[{"Metrics":{}},{}],"SourceSegments":[{"Id":"vip"}]}],"Include":"ALL"}}"#
        );
        assert_eq!(Sheet::of(&with_group(&both)).groups.len(), 2);
        assert_eq!(with_set(&both, 9), both, "there is no such group");
        let blank = json!({"SegmentGroups": {"Include": "ALL"}});
        assert_eq!(Sheet::of(&with_group(&blank)).groups.len(), 1);
    }

    #[test]
    fn the_sentence_of_a_set_is_about_what_can_be_shown() {
        let document =
            json!({"Dimensions": {"Attributes": {"A": {"Values": ["a", 7]}, "B": {"Values": ["b"]}}, "X": 1}});
        let sheet = Sheet::of(&document);
        assert_eq!(shown(&document, &sheet.groups[0].sets[0]), json!({"Attributes": {"B": {"Values": ["b"]}}}));
    }
}
