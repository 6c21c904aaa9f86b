//! Segments: who is in, and why (segments-and-endpoints.md 2).

mod answer;
mod compile;
mod explain;
mod rows;
mod select;
mod sizes;

use std::collections::BTreeSet;

use model::time::Millis;
use model::view::{View, Word};
use model::wire::SegmentDimensions;
use serde_json::Value;

use crate::criteria::{Fault, MetricTest, TextTest};
use crate::draft::{Field, Owner};
use crate::people::People;
pub use answer::Answer;
use compile::Compiler;
use rows::Rows;
pub use sizes::Activity;

/// Why a segment can not be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AudienceError {
    /// There is no such segment.
    #[error("there is no segment `{segment}`")]
    NotFound {
        /// The reference that leads nowhere.
        segment: String,
    },
    /// Segments are built on each other in a circle.
    #[error("segments are built on each other in a circle: {}", path.join(" -> "))]
    Cycle {
        /// The way around, first and last the same.
        path: Vec<String>,
    },
    /// A segment with everything it is built on is too large to be evaluated.
    #[error("the segment `{segment}` with all segments it is built on is too large")]
    TooLarge {
        /// The segment at which the limit was passed.
        segment: String,
    },
    /// A member has a value that segments can not have.
    #[error("{}{}{message}", if segment.is_empty() { String::new() } else { format!("segment `{segment}`, ") },
        if member.is_empty() { String::new() } else { format!("`{member}`: ") })]
    Invalid {
        /// The segment; empty = dimensions on their own.
        segment: String,
        /// The member, such as `Dimensions.Attributes.Plan.Values`.
        member: String,
        /// What is wrong, lower case, no full stop.
        message: String,
    },
}

impl AudienceError {
    pub(crate) fn invalid(segment: &str, fault: Fault) -> AudienceError {
        AudienceError::Invalid { segment: segment.to_owned(), member: fault.member, message: fault.message }
    }
}

/// Who is in an imported segment: a fixed list (segments-and-endpoints.md 2, 2.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members {
    /// Endpoint ids.
    pub endpoints: BTreeSet<String>,
    /// User ids: they stand for all endpoints that the users have when the segment is asked.
    pub users: BTreeSet<String>,
}

/// Whether a segment was imported: a fixed list, whose members its document does not tell (segments-and-endpoints.md 2).
pub fn is_imported(segment: &Value) -> bool {
    segment.get("ImportDefinition").is_some_and(|definition| !definition.is_null())
        || segment.get("SegmentType").and_then(Value::as_str) == Some("IMPORT")
}

/// How two segments lie to each other, in endpoints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overlap {
    /// In the first.
    pub first: usize,
    /// In the second.
    pub second: usize,
    /// In both.
    pub both: usize,
}

/// A compiled segment.
#[derive(Clone, Debug, PartialEq)]
pub struct Audience {
    part: Part,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    All(Vec<Part>),
    Any(Vec<Part>),
    None(Vec<Part>),
    List {
        owner: Owner,
        name: String,
        test: TextTest,
    },
    Field {
        field: Field,
        label: &'static str,
        test: TextTest,
    },
    Channel(TextTest),
    Metric {
        name: String,
        test: MetricTest,
    },
    Recency {
        within: Millis,
        active: bool,
    },
    Near {
        latitude: f64,
        longitude: f64,
        kilometers: f64,
    },
    /// Another segment.
    Source {
        segment: String,
        part: Box<Part>,
    },
    /// An imported segment; `None` = its list is that of the people who are asked.
    Imported {
        segment: String,
        members: Option<Members>,
    },
}

impl Audience {
    /// Compiles the segment that `reference` means, with all segments it is built on. `lookup` answers the documents
    /// (`WriteSegmentRequest` or `SegmentResponse`) by the ids they use for each other; where a segment asks for a version of
    /// another, by `ID/versions/VERSION` first.
    ///
    /// An imported segment has no criteria: its list is the one that the people have who are asked ([`People::set_list`]).
    /// Where they have none nobody is known to be in it, and [`unlisted`](Audience::unlisted) names it.
    /// [`compile_with_members`](Audience::compile_with_members) takes its list from elsewhere.
    ///
    /// # Errors
    /// See [`AudienceError`].
    pub fn compile<'a>(reference: &str, lookup: &dyn Fn(&str) -> Option<&'a Value>) -> Result<Audience, AudienceError> {
        Audience::compile_with_members(reference, lookup, &|_| None)
    }

    /// As [`compile`](Audience::compile), with the lists of imported segments.
    ///
    /// # Errors
    /// See [`AudienceError`].
    pub fn compile_with_members<'a>(
        reference: &str,
        lookup: &dyn Fn(&str) -> Option<&'a Value>,
        members: &dyn Fn(&str) -> Option<Members>,
    ) -> Result<Audience, AudienceError> {
        let mut compiler = Compiler::new(lookup, members);
        Ok(Audience { part: compiler.segment(reference)? })
    }

    /// Compiles `SegmentDimensions` on their own, as conditions of splits have them.
    ///
    /// # Errors
    /// [`AudienceError::Invalid`], naming the member.
    pub fn from_dimensions(dimensions: &Value) -> Result<Audience, AudienceError> {
        let fault = |fault| AudienceError::invalid("", fault);
        let view = SegmentDimensions::of(dimensions)
            .ok_or_else(|| fault(Fault::new("", "segment dimensions must be an object")))?;
        Ok(Audience { part: Part::All(compile::dimensions("", view).map_err(fault)?) })
    }

    /// An audience of everybody.
    pub fn everybody() -> Audience {
        Audience { part: Part::All(Vec::new()) }
    }

    /// Whether the answer depends on the endpoint alone, and not on when it is asked: there is no recency in it.
    pub fn is_timeless(&self) -> bool {
        self.part.is_timeless()
    }

    /// The imported segments in it whose lists are not known among these people, each once, in order.
    pub fn unlisted(&self, people: &People) -> Vec<&str> {
        let mut found = BTreeSet::new();
        self.part.unlisted(people, &mut found);
        found.into_iter().collect()
    }

    /// Whether the endpoint is in the segment at `now`.
    pub fn contains(&self, people: &People, row: usize, now: Millis) -> bool {
        self.part.holds(people, row, now)
    }

    /// The rows of everyone in the segment at `now`, in order.
    pub fn select(&self, people: &People, now: Millis) -> Vec<u32> {
        let everybody = Rows::all(people.len());
        let found = self.part.select(people, now, &everybody);
        found.iter().collect()
    }

    /// How many are in the segment at `now`, and the rows of the first of them, at most `most`.
    pub fn count(&self, people: &People, now: Millis, most: usize) -> (usize, Vec<u32>) {
        let found = self.part.select(people, now, &Rows::all(people.len()));
        (found.count(), found.iter().take(most).collect())
    }

    /// How many are in this segment, in the other, and in both, at `now`.
    pub fn overlap(&self, other: &Audience, people: &People, now: Millis) -> Overlap {
        let everybody = Rows::all(people.len());
        let (first, second) = (self.part.select(people, now, &everybody), other.part.select(people, now, &everybody));
        Overlap { first: first.count(), second: second.count(), both: first.count_both(&second) }
    }

    /// The names of the columns that [`select`](Audience::select) looks at.
    pub(crate) fn columns(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        self.part.columns(&mut names);
        names
    }

    /// Why the endpoint is in the segment or not, with the values seen: "in: `Attributes.Plan` is `pro`, wanted `pro`".
    pub fn explain(&self, people: &People, row: usize, now: Millis) -> String {
        let (holds, why) = self.part.explain(people, row, now);
        match (holds, why.is_empty()) {
            (true, true) => "in: the segment has no criteria, everybody is in it".to_owned(),
            (false, true) => "not in".to_owned(),
            (true, false) => format!("in: {why}"),
            (false, false) => format!("not in: {why}"),
        }
    }
}

/// Whether an endpoint was heard of within the time; without a date it counts as just written, because an absent
/// `EffectiveDate` is the moment of writing (segments-and-endpoints.md 1).
fn is_recent(last: Option<Millis>, within: Millis, now: Millis) -> bool {
    last.is_none_or(|last| last >= now.saturating_sub(within))
}

/// Great-circle distance in kilometres (haversine formula, mean radius of the earth 6,371 km).
fn distance_km(from: (f64, f64), to: (f64, f64)) -> f64 {
    let (lat1, lat2) = (from.0.to_radians(), to.0.to_radians());
    let half_lat = ((lat2 - lat1) / 2.0).sin();
    let half_lon = ((to.1 - from.1).to_radians() / 2.0).sin();
    let a = half_lat * half_lat + lat1.cos() * lat2.cos() * half_lon * half_lon;
    2.0 * 6371.0 * a.sqrt().min(1.0).asin()
}

impl Part {
    fn is_timeless(&self) -> bool {
        match self {
            Part::Recency { .. } => false,
            Part::All(parts) | Part::Any(parts) | Part::None(parts) => parts.iter().all(Part::is_timeless),
            Part::Source { part, .. } => part.is_timeless(),
            Part::List { .. }
            | Part::Field { .. }
            | Part::Channel(_)
            | Part::Metric { .. }
            | Part::Near { .. }
            | Part::Imported { .. } => true,
        }
    }

    fn unlisted<'p>(&'p self, people: &People, found: &mut BTreeSet<&'p str>) {
        match self {
            Part::All(parts) | Part::Any(parts) | Part::None(parts) => {
                parts.iter().for_each(|part| part.unlisted(people, found));
            }
            Part::Source { part, .. } => part.unlisted(people, found),
            Part::Imported { segment, members: None } if people.list_of(segment).is_none() => {
                found.insert(segment);
            }
            _ => {}
        }
    }

    fn holds(&self, people: &People, row: usize, now: Millis) -> bool {
        match self {
            Part::All(parts) => parts.iter().all(|part| part.holds(people, row, now)),
            Part::Any(parts) => parts.iter().any(|part| part.holds(people, row, now)),
            Part::None(parts) => !parts.iter().any(|part| part.holds(people, row, now)),
            Part::List { owner, name, test } => test.holds(people.list(row, *owner, name).iter()),
            Part::Field { field, test, .. } => test.holds(people.field(row, *field).into_iter()),
            Part::Channel(test) => test.holds(people.channel(row).map(|word| word.as_str()).into_iter()),
            Part::Metric { name, test } => people.metric(row, name).is_some_and(|value| test.holds(value)),
            Part::Recency { within, active } => is_recent(people.last_activity(row), *within, now) == *active,
            Part::Near { latitude, longitude, kilometers } => {
                distance_of(people, row, (*latitude, *longitude)).is_some_and(|distance| distance <= *kilometers)
            }
            Part::Source { part, .. } => part.holds(people, row, now),
            Part::Imported { segment, members } => {
                members.as_ref().or_else(|| people.list_of(segment)).is_some_and(|members| {
                    members.endpoints.contains(people.id(row))
                        || people.user_id(row).is_some_and(|user| members.users.contains(user))
                })
            }
        }
    }
}

fn distance_of(people: &People, row: usize, point: (f64, f64)) -> Option<f64> {
    Some(distance_km((people.latitude(row)?, people.longitude(row)?), point))
}
