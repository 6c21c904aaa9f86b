//! What a journey asks of people, taken apart: every question with the members of an endpoint that answer it.
//!
//! The questions themselves stay the audience's: an [`Atom`] holds a compiled [`Audience`] of one dimension, and whether an
//! answer fits is asked of it. Here is only which parts there are and what could be tried.

use std::collections::BTreeMap;

use audience::{Audience, People};
use model::time::{DAY, HOUR, format_instant, parse_instant};
use model::view::{View, Word};
use model::wire::{ChannelType, Include, SegmentDimensions, SourceType, Type, WriteSegmentRequest};
use model::{Millis, Project};
use serde_json::{Value, json};

/// Most answers to one question: they are the bits of a set.
const MOST_ANSWERS: usize = 64;

/// A question about an endpoint.
#[derive(Clone, Debug)]
pub(crate) enum Ask {
    All(Vec<Ask>),
    Any(Vec<Ask>),
    None(Vec<Ask>),
    /// A place in [`Criteria::atoms`].
    Atom(usize),
    Everybody,
    /// Nobody, for this reason.
    Nobody(String),
}

/// A question about one member.
#[derive(Clone, Debug)]
pub(crate) struct Atom {
    /// A place in [`Criteria::variables`].
    pub variable: usize,
    pub audience: Audience,
    /// What it asks for, for people, and the same denied: "`Attributes.Plan` to be `pro`".
    pub words: [String; 2],
}

/// A member of an endpoint that questions are about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Member {
    /// `Attributes.NAME`
    Attribute(String),
    /// `User.UserAttributes.NAME`
    UserAttribute(String),
    /// `Metrics.NAME`
    Metric(String),
    /// Object and member: `Demographic`, `Platform`.
    Field(&'static str, &'static str),
    /// `ChannelType`
    Channel,
    /// `EffectiveDate`
    LastSeen,
    /// `Location.Latitude` and `Location.Longitude`
    Place,
    /// Nothing that a member could change.
    Nothing,
}

/// A member and the values to try for it.
#[derive(Clone, Debug)]
pub(crate) struct Variable {
    pub member: Member,
    /// In the order in which they are tried; `Null` = the member is missing.
    pub answers: Vec<Value>,
    /// Row n: an endpoint with answer n, and nothing else.
    people: People,
}

/// Everything that a journey asks of people.
#[derive(Clone, Debug, Default)]
pub(crate) struct Criteria {
    pub atoms: Vec<Atom>,
    pub variables: Vec<Variable>,
}

/// Collects questions, then works out what to try.
pub(crate) struct Collector<'p> {
    project: &'p Project,
    atoms: Vec<(Member, Value, Atom)>,
    segments: BTreeMap<String, Ask>,
}

impl<'p> Collector<'p> {
    pub fn new(project: &'p Project) -> Collector<'p> {
        Collector { project, atoms: Vec::new(), segments: BTreeMap::new() }
    }

    fn lookup(&self) -> impl Fn(&str) -> Option<&'p Value> + use<'p> {
        let project = self.project;
        move |reference: &str| project.segment(reference).and_then(|(id, _)| project.documents.get(id))
    }

    /// Whether an endpoint is in a segment. One that can not be asked is never true, as in the engine.
    pub fn segment(&mut self, reference: &str) -> Ask {
        if let Some(known) = self.segments.get(reference) {
            return known.clone();
        }
        let lookup = self.lookup();
        let ask = match Audience::compile(reference, &lookup) {
            Err(error) => Ask::Nobody(error.to_string()),
            // It compiles, so it goes neither in circles nor too deep.
            Ok(audience) => self.parts(reference, audience),
        };
        self.segments.insert(reference.to_owned(), ask.clone());
        ask
    }

    fn parts(&mut self, reference: &str, audience: Audience) -> Ask {
        let Some(segment) = self.lookup()(reference).and_then(WriteSegmentRequest::of) else {
            return Ask::Nobody(format!("there is no segment `{reference}`"));
        };
        let imported = segment.object().get("SegmentType").and_then(Value::as_str) == Some("IMPORT");
        if segment.has("ImportDefinition") || imported {
            let words = ["to be", "not to be"].map(|verb| format!("{verb} a member of `{reference}`"));
            return self.atom(Member::Nothing, Value::Null, audience, words);
        }
        if let Some(dimensions) = segment.dimensions() {
            return self.dimensions(dimensions);
        }
        let Some(list) = segment.segment_groups() else { return Ask::Everybody };
        let mut groups = Vec::new();
        for group in list.groups() {
            let sources: Vec<Ask> = group
                .source_segments()
                .into_iter()
                .map(|source| self.segment(source.id().unwrap_or_default()))
                .collect();
            let sets: Vec<Ask> = group.dimensions().into_iter().map(|set| self.dimensions(set)).collect();
            let base = match group.source_type().unwrap_or(SourceType::All) {
                _ if sources.is_empty() => Ask::Everybody,
                SourceType::All => Ask::All(sources),
                SourceType::Any => Ask::Any(sources),
                SourceType::None => Ask::None(sources),
            };
            let criteria = match group.kind().unwrap_or(Type::All) {
                _ if sets.is_empty() => Ask::Everybody,
                Type::All => Ask::All(sets),
                Type::Any => Ask::Any(sets),
                Type::None => Ask::None(sets),
            };
            groups.push(Ask::All(vec![base, criteria]));
        }
        match list.include().unwrap_or(Include::All) {
            _ if groups.is_empty() => Ask::Everybody,
            Include::All => Ask::All(groups),
            Include::Any => Ask::Any(groups),
            Include::None => Ask::None(groups),
        }
    }

    /// Whether an endpoint fits `SegmentDimensions`.
    pub fn dimensions(&mut self, view: SegmentDimensions<'_>) -> Ask {
        let mut asks = Vec::new();
        let object = view.object();
        for (group, members) in object.iter().filter_map(|(group, members)| Some((group, members.as_object()?))) {
            for (name, dimension) in members.iter().filter(|(_, dimension)| !dimension.is_null()) {
                let member = match (group.as_str(), name.as_str()) {
                    ("Attributes", _) => Member::Attribute(name.clone()),
                    ("UserAttributes", _) => Member::UserAttribute(name.clone()),
                    ("Metrics", _) => Member::Metric(name.clone()),
                    ("Demographic", "Channel") => Member::Channel,
                    ("Demographic", "Platform" | "DeviceType") => Member::Field("Demographic", "Platform"),
                    ("Demographic", "AppVersion") => Member::Field("Demographic", "AppVersion"),
                    ("Demographic", "Make") => Member::Field("Demographic", "Make"),
                    ("Demographic", "Model") => Member::Field("Demographic", "Model"),
                    ("Location", "Country") => Member::Field("Location", "Country"),
                    ("Location", "GPSPoint") => Member::Place,
                    ("Behavior", "Recency") => Member::LastSeen,
                    _ => continue,
                };
                let alone = json!({ group: { name: dimension } });
                let audience = match Audience::from_dimensions(&alone) {
                    Ok(audience) => audience,
                    Err(error) => return Ask::Nobody(error.to_string()),
                };
                let words = [true, false].map(|wanted| words(&member, dimension, wanted));
                asks.push(self.atom(member, dimension.clone(), audience, words));
            }
        }
        Ask::All(asks)
    }

    fn atom(&mut self, member: Member, dimension: Value, audience: Audience, words: [String; 2]) -> Ask {
        let known = self.atoms.iter().position(|(_, _, atom)| atom.audience == audience);
        let place = known.unwrap_or_else(|| {
            self.atoms.push((member, dimension, Atom { variable: 0, audience, words }));
            self.atoms.len() - 1
        });
        Ask::Atom(place)
    }

    /// All questions, with the answers to try for a run that starts then.
    pub fn finish(self, start: Millis) -> Criteria {
        let mut criteria = Criteria::default();
        for (member, dimension, mut atom) in self.atoms {
            let place = criteria.variables.iter().position(|variable| variable.member == member);
            let place = place.unwrap_or_else(|| {
                criteria.variables.push(Variable {
                    member: member.clone(),
                    answers: Vec::new(),
                    people: People::default(),
                });
                criteria.variables.len() - 1
            });
            atom.variable = place;
            criteria.variables[place].answers.extend(answers(&member, &dimension, start));
            criteria.atoms.push(atom);
        }
        criteria.variables.iter_mut().for_each(Variable::settle);
        criteria
    }
}

impl Variable {
    /// Rounds the list of answers off, and makes an endpoint of each.
    fn settle(&mut self) {
        let mut answers = vec![Value::Null];
        let single = std::mem::take(&mut self.answers);
        match &self.member {
            Member::Attribute(_) | Member::UserAttribute(_) => {
                answers.extend(single.iter().map(|value| json!([value])));
                answers.push(json!(["other"]));
                // A list can hold several: two questions can want different values of one attribute.
                for (place, first) in single.iter().enumerate() {
                    answers.extend(single[place + 1..].iter().map(|second| json!([first, second])));
                }
            }
            Member::Metric(_) => {
                let mut numbers: Vec<f64> = single.iter().filter_map(Value::as_f64).collect();
                numbers.sort_by(f64::total_cmp);
                answers.extend(single);
                answers.extend(numbers.windows(2).map(|pair| json!((pair[0] + pair[1]) / 2.0)));
            }
            Member::Field(..) => {
                answers.extend(single);
                answers.push(json!("Other"));
            }
            Member::Channel => answers.extend(ChannelType::ALL.iter().map(|channel| json!(channel.as_str()))),
            Member::LastSeen | Member::Place => answers.extend(single),
            Member::Nothing => {}
        }
        for answer in answers {
            if self.answers.len() < MOST_ANSWERS && !self.answers.contains(&answer) {
                let mut endpoint = json!({});
                put(&mut endpoint, &self.member, &answer);
                if self.people.push(Some(&self.answers.len().to_string()), &endpoint).is_ok() {
                    self.answers.push(answer);
                }
            }
        }
    }

    /// All answers, as bits.
    pub fn all(&self) -> u64 {
        match self.answers.len() {
            MOST_ANSWERS => u64::MAX,
            count => (1 << count) - 1,
        }
    }
}

impl Criteria {
    /// The answers for which the atom is true, or not, at `now`, as bits.
    pub fn fitting(&self, atom: usize, wanted: bool, now: Millis) -> u64 {
        let Some(atom) = self.atoms.get(atom) else { return 0 };
        let Some(variable) = self.variables.get(atom.variable) else { return 0 };
        (0..variable.answers.len())
            .filter(|row| atom.audience.contains(&variable.people, *row, now) == wanted)
            .fold(0, |bits, row| bits | 1 << row)
    }

    /// Whether the atom is true of endpoints of a channel; only for those about the channel.
    pub fn of_channel(&self, atom: usize, channel: ChannelType) -> Option<bool> {
        let atom = self.atoms.get(atom)?;
        let variable = self.variables.get(atom.variable).filter(|variable| variable.member == Member::Channel)?;
        let row = variable.answers.iter().position(|answer| answer.as_str() == Some(channel.as_str()))?;
        Some(atom.audience.contains(&variable.people, row, 0))
    }
}

/// Gives an endpoint a member; `Null` = leaves it out.
pub(crate) fn put(endpoint: &mut Value, member: &Member, answer: &Value) {
    if answer.is_null() {
        return;
    }
    match member {
        Member::Attribute(name) => endpoint["Attributes"][name] = answer.clone(),
        Member::UserAttribute(name) => endpoint["User"]["UserAttributes"][name] = answer.clone(),
        Member::Metric(name) => endpoint["Metrics"][name] = answer.clone(),
        Member::Field(object, member) => endpoint[object][member] = answer.clone(),
        Member::Channel => endpoint["ChannelType"] = answer.clone(),
        Member::LastSeen => endpoint["EffectiveDate"] = answer.clone(),
        Member::Place => {
            endpoint["Location"]["Latitude"] = answer["Latitude"].clone();
            endpoint["Location"]["Longitude"] = answer["Longitude"].clone();
        }
        Member::Nothing => {}
    }
}

/// Values on both sides of what a dimension asks.
fn answers(member: &Member, dimension: &Value, start: Millis) -> Vec<Value> {
    let values = || dimension["Values"].as_array().into_iter().flatten();
    match member {
        Member::Attribute(_) | Member::UserAttribute(_) => {
            let dates = matches!(dimension["AttributeType"].as_str(), Some("BEFORE" | "AFTER" | "ON" | "BETWEEN"));
            let mut out = Vec::new();
            for value in values().filter_map(Value::as_str) {
                match parse_instant(value).filter(|_| dates) {
                    Some(at) => out.extend([at, at - DAY, at + DAY].map(|at| json!(format_instant(at)))),
                    None => out.push(json!(value)),
                }
            }
            out
        }
        Member::Metric(_) => {
            let value = dimension["Value"].as_f64().unwrap_or_default();
            [value, value - 1.0, value + 1.0].map(|number| json!(number)).into()
        }
        Member::Field(..) => values().cloned().collect(),
        Member::LastSeen => [DAY / 24, 2 * DAY, 8 * DAY, 15 * DAY, 31 * DAY, 400 * DAY]
            .map(|ago| json!(format_instant((start - ago) / HOUR * HOUR)))
            .into(),
        Member::Place => {
            let point = &dimension["Coordinates"];
            let (latitude, longitude) =
                (point["Latitude"].as_f64().unwrap_or_default(), point["Longitude"].as_f64().unwrap_or_default());
            let opposite = if longitude > 0.0 { longitude - 180.0 } else { longitude + 180.0 };
            let at = |latitude: f64, longitude: f64| json!({"Latitude": latitude, "Longitude": longitude});
            vec![at(latitude, longitude), at(-latitude, opposite)]
        }
        Member::Channel | Member::Nothing => Vec::new(),
    }
}

/// What a dimension asks for, or what it must not find: "`Metrics.m` not to be more than 3".
fn words(member: &Member, dimension: &Value, wanted: bool) -> String {
    let name = match member {
        Member::Attribute(name) => format!("Attributes.{name}"),
        Member::UserAttribute(name) => format!("User.UserAttributes.{name}"),
        Member::Metric(name) => format!("Metrics.{name}"),
        Member::Field(object, member) => format!("{object}.{member}"),
        Member::Channel => "ChannelType".to_owned(),
        Member::LastSeen => "EffectiveDate".to_owned(),
        Member::Place => "Location".to_owned(),
        Member::Nothing => return String::new(),
    };
    let values = dimension["Values"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let values: Vec<String> = values.map(|value| format!("`{value}`")).collect();
    let text = |key: &str| dimension[key].as_str().unwrap_or_default();
    let kind = match text("AttributeType") {
        "" => text("DimensionType"),
        kind => kind,
    };
    let one_of = match values.as_slice() {
        [] => "one of nothing".to_owned(),
        [one] => one.clone(),
        several => format!("one of {}", several.join(", ")),
    };
    let asked = match member {
        Member::Metric(_) => {
            let than = match text("ComparisonOperator") {
                "GREATER_THAN" => "more than",
                "GREATER_THAN_OR_EQUAL" => "at least",
                "LESS_THAN" => "less than",
                "LESS_THAN_OR_EQUAL" => "at most",
                _ => "exactly",
            };
            format!("to be {than} {}", dimension["Value"].as_f64().unwrap_or_default())
        }
        Member::LastSeen => format!("to be {} {}", text("RecencyType"), text("Duration")),
        Member::Place => "to be near the point".to_owned(),
        _ => match kind {
            "CONTAINS" => format!("to contain {one_of}"),
            "BEFORE" | "AFTER" | "ON" => format!("to be {} {}", kind.to_lowercase(), values.join(", ")),
            "BETWEEN" => format!("to be between {}", values.join(" and ")),
            // Not to be anything but this is to be this.
            "EXCLUSIVE" => return format!("`{name}` {}to be {one_of}", if wanted { "not " } else { "" }),
            _ => format!("to be {one_of}"),
        },
    };
    format!("`{name}` {}{asked}", if wanted { "" } else { "not " })
}

/// Values on both sides of what an event dimension asks.
pub(crate) fn event_answers(group: &str, dimension: &Value) -> Vec<Value> {
    let member = match group {
        "Metrics" => Member::Metric(String::new()),
        _ => Member::Attribute(String::new()),
    };
    answers(&member, dimension, 0)
}
