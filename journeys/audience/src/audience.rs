//! Segments: who is in, and why (segments-and-endpoints.md 2).

use std::collections::BTreeSet;

use model::time::{DAY, Millis, duration_words, format_instant};
use model::view::{View, Word};
use model::wire::{
    self, ChannelType, Duration, Include, RecencyType, SegmentDimensions, SegmentGroup, SourceType, Type,
    WriteSegmentRequest,
};
use serde_json::Value;

use crate::criteria::{Fault, MetricTest, TextTest};
use crate::draft::{Field, Owner};
use crate::people::{NO_CHANNEL, People, columns};

/// Most parts of one segment with all segments it is built on; more is a mistake or an attack.
const MAX_PARTS: usize = 10_000;
/// Deepest chain of segments built on segments.
const MAX_DEPTH: usize = 50;
/// Range of a GPS dimension that names none (segments-and-endpoints.md 2.1, chosen).
const DEFAULT_RANGE_KM: f64 = 10.0;

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
    /// An imported segment; `None` = its list is not known, and it stands for everybody.
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
    /// An imported segment has no criteria; here everybody is in it, so that a file of people can stand for the import.
    /// [`compile_with_members`](Audience::compile_with_members) takes its list.
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
        let mut compiler = Compiler { lookup, members, open: Vec::new(), parts: 0 };
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
        Ok(Audience { part: Part::All(self::dimensions("", view).map_err(fault)?) })
    }

    /// An audience of everybody.
    pub fn everybody() -> Audience {
        Audience { part: Part::All(Vec::new()) }
    }

    /// Whether the answer depends on the endpoint alone, and not on when it is asked: there is no recency in it.
    pub fn is_timeless(&self) -> bool {
        self.part.is_timeless()
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

struct Compiler<'c, 'a> {
    lookup: &'c dyn Fn(&str) -> Option<&'a Value>,
    members: &'c dyn Fn(&str) -> Option<Members>,
    /// The segments that are being compiled, outermost first.
    open: Vec<String>,
    parts: usize,
}

impl Compiler<'_, '_> {
    fn segment(&mut self, reference: &str) -> Result<Part, AudienceError> {
        if let Some(start) = self.open.iter().position(|open| open == reference) {
            let mut path = self.open[start..].to_vec();
            path.push(reference.to_owned());
            return Err(AudienceError::Cycle { path });
        }
        let document = (self.lookup)(reference);
        let Some(segment) = document.and_then(WriteSegmentRequest::of) else {
            return Err(AudienceError::NotFound { segment: reference.to_owned() });
        };
        self.count(reference, 1)?;
        if self.open.len() >= MAX_DEPTH {
            return Err(AudienceError::TooLarge { segment: reference.to_owned() });
        }
        let object = segment.object();
        if segment.has("ImportDefinition") || object.get("SegmentType").and_then(Value::as_str) == Some("IMPORT") {
            return Ok(Part::Imported { segment: reference.to_owned(), members: (self.members)(reference) });
        }
        self.open.push(reference.to_owned());
        let part = match (segment.dimensions(), segment.segment_groups()) {
            (Some(dimensions), None) => Part::All(self.dimensions("Dimensions", dimensions)?),
            (None, Some(groups)) => self.groups(groups)?,
            (None, None) => Part::All(Vec::new()),
            (Some(_), Some(_)) => {
                return Err(self
                    .invalid(Fault::new("", "has both `Dimensions` and `SegmentGroups`, but one excludes the other")));
            }
        };
        self.open.pop();
        Ok(part)
    }

    fn groups(&mut self, list: wire::SegmentGroupList<'_>) -> Result<Part, AudienceError> {
        let mut groups = Vec::new();
        for (number, group) in list.groups().into_iter().enumerate() {
            groups.push(self.group(&format!("SegmentGroups.Groups[{number}]"), group)?);
        }
        let include = self.word(list, "SegmentGroups", "Include", list.include(), Include::All)?;
        Ok(match include {
            _ if groups.is_empty() => Part::All(groups),
            Include::All => Part::All(groups),
            Include::Any => Part::Any(groups),
            Include::None => Part::None(groups),
        })
    }

    fn group(&mut self, place: &str, group: SegmentGroup<'_>) -> Result<Part, AudienceError> {
        let mut sources = Vec::new();
        for source in group.source_segments() {
            let id = source.id().unwrap_or_default();
            // A version that `lookup` does not tell apart is the latest one, as an absent version is
            // (segments-and-endpoints.md 2.2, chosen).
            let versioned = source.version().map(|version| format!("{id}/versions/{version}"));
            let part = match versioned.filter(|versioned| (self.lookup)(versioned).is_some()) {
                Some(versioned) => self.segment(&versioned)?,
                None => self.segment(id)?,
            };
            sources.push(Part::Source { segment: id.to_owned(), part: Box::new(part) });
        }
        let mut sets = Vec::new();
        for (number, dimensions) in group.dimensions().into_iter().enumerate() {
            let place = format!("{place}.Dimensions[{number}]");
            sets.push(Part::All(self.dimensions(&place, dimensions)?));
        }
        let source_type = self.word(group, place, "SourceType", group.source_type(), SourceType::All)?;
        let kind = self.word(group, place, "Type", group.kind(), Type::All)?;
        let base = match source_type {
            _ if sources.is_empty() => Part::All(sources),
            SourceType::All => Part::All(sources),
            SourceType::Any => Part::Any(sources),
            SourceType::None => Part::None(sources),
        };
        let criteria = match kind {
            _ if sets.is_empty() => Part::All(sets),
            Type::All => Part::All(sets),
            Type::Any => Part::Any(sets),
            Type::None => Part::None(sets),
        };
        Ok(Part::All(vec![base, criteria]))
    }

    fn dimensions(&mut self, place: &str, view: SegmentDimensions<'_>) -> Result<Vec<Part>, AudienceError> {
        let parts = dimensions(place, view).map_err(|fault| self.invalid(fault))?;
        let segment = self.open.last().cloned().unwrap_or_default();
        self.count(&segment, parts.len() + 1)?;
        Ok(parts)
    }

    /// The word of a member that has a default; a word that is none is a fault.
    fn word<'v, W: Word>(
        &self,
        view: impl View<'v>,
        place: &str,
        member: &str,
        word: Option<W>,
        default: W,
    ) -> Result<W, AudienceError> {
        match word {
            None if view.has(member) => {
                let allowed: Vec<&str> = W::ALL.iter().map(|word| word.as_str()).collect();
                let message = format!("is not one of {}", allowed.join(", "));
                Err(self.invalid(Fault::new(format!("{place}.{member}"), message)))
            }
            word => Ok(word.unwrap_or(default)),
        }
    }

    fn count(&mut self, segment: &str, parts: usize) -> Result<(), AudienceError> {
        self.parts += parts;
        if self.parts > MAX_PARTS {
            return Err(AudienceError::TooLarge { segment: segment.to_owned() });
        }
        Ok(())
    }

    fn invalid(&self, fault: Fault) -> AudienceError {
        AudienceError::invalid(self.open.last().map_or("", String::as_str), fault)
    }
}

/// The parts of one `SegmentDimensions`; all of them must hold.
fn dimensions(place: &str, view: SegmentDimensions<'_>) -> Result<Vec<Part>, Fault> {
    let at = |member: &str| if place.is_empty() { member.to_owned() } else { format!("{place}.{member}") };
    let mut parts = Vec::new();
    if let Some(demographic) = view.demographic() {
        if let Some(set) = demographic.channel() {
            let member = at("Demographic.Channel");
            for word in set.values() {
                crate::draft::channel(word)
                    .map_err(|problem| Fault::new(format!("{member}.Values"), problem.message))?;
            }
            parts.push(Part::Channel(TextTest::set(&member, set)?));
        }
        for (set, label, field) in [
            (demographic.platform(), "Demographic.Platform", Field::Platform),
            // Endpoints have no device type: it is compared with the platform (segments-and-endpoints.md 2.1, chosen).
            (demographic.device_type(), "Demographic.DeviceType", Field::Platform),
            (demographic.app_version(), "Demographic.AppVersion", Field::AppVersion),
            (demographic.make(), "Demographic.Make", Field::Make),
            (demographic.model(), "Demographic.Model", Field::Model),
        ] {
            if let Some(set) = set {
                parts.push(Part::Field { field, label, test: TextTest::set(&at(label), set)? });
            }
        }
    }
    let location = view.location();
    if let Some(set) = location.and_then(|location| location.country()) {
        let label = "Location.Country";
        parts.push(Part::Field { field: Field::Country, label, test: TextTest::set(&at(label), set)? });
    }
    for (name, dimension) in view.metrics() {
        let test = MetricTest::of(&at(&format!("Metrics.{name}")), dimension)?;
        parts.push(Part::Metric { name: name.to_owned(), test });
    }
    if let Some(recency) = view.behavior().and_then(|behavior| behavior.recency()) {
        parts.push(recency_of(&at("Behavior.Recency"), recency)?);
    }
    for (owner, group, attributes) in
        [(Owner::Endpoint, "Attributes", view.attributes()), (Owner::User, "UserAttributes", view.user_attributes())]
    {
        for (name, dimension) in attributes {
            let test = TextTest::attribute(&at(&format!("{group}.{name}")), dimension)?;
            parts.push(Part::List { owner, name: name.to_owned(), test });
        }
    }
    // The radius is the dearest question and stands last.
    if let Some(point) = location.and_then(|location| location.gps_point()) {
        let member = at("Location.GPSPoint.Coordinates");
        let coordinates = point.coordinates().and_then(|c| Some((c.latitude()?, c.longitude()?)));
        let (latitude, longitude) =
            coordinates.ok_or_else(|| Fault::new(member, "needs `Latitude` and `Longitude`"))?;
        let kilometers = point.range_in_kilometers().unwrap_or(DEFAULT_RANGE_KM);
        parts.push(Part::Near { latitude, longitude, kilometers });
    }
    Ok(parts)
}

fn recency_of(member: &str, recency: wire::RecencyDimension<'_>) -> Result<Part, Fault> {
    let duration = recency
        .duration()
        .ok_or_else(|| Fault::new(format!("{member}.Duration"), "must be HR_24, DAY_7, DAY_14 or DAY_30"))?;
    let kind = recency
        .recency_type()
        .ok_or_else(|| Fault::new(format!("{member}.RecencyType"), "must be ACTIVE or INACTIVE"))?;
    let within = match duration {
        Duration::Hr24 => DAY,
        Duration::Day7 => 7 * DAY,
        Duration::Day14 => 14 * DAY,
        Duration::Day30 => 30 * DAY,
    };
    Ok(Part::Recency { within, active: kind == RecencyType::Active })
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
            Part::Imported { members: None, .. } => true,
            Part::Imported { members: Some(members), .. } => {
                members.endpoints.contains(people.id(row))
                    || people.user_id(row).is_some_and(|user| members.users.contains(user))
            }
        }
    }

    /// Adds the names of the columns that [`select`](Part::select) looks at.
    fn columns(&self, names: &mut BTreeSet<String>) {
        let mut add = |columns: &[&str]| names.extend(columns.iter().map(|name| (*name).to_owned()));
        match self {
            Part::All(parts) | Part::Any(parts) | Part::None(parts) => {
                parts.iter().for_each(|part| part.columns(names));
            }
            Part::Source { part, .. } => part.columns(names),
            Part::List { owner: Owner::Endpoint, name, .. } => add(&[&Owner::Endpoint.path(name)]),
            Part::List { owner: Owner::User, name, .. } => add(&[&Owner::User.path(name), columns::USER_OF]),
            Part::Field { field, .. } => add(&[&field.path()]),
            Part::Channel(_) => add(&[columns::CHANNELS]),
            Part::Metric { name, .. } => add(&[&columns::metric(name)]),
            Part::Recency { .. } => add(&[columns::EFFECTIVE, columns::ACTIVE]),
            Part::Near { .. } => add(&[columns::LATITUDES, columns::LONGITUDES]),
            Part::Imported { members: None, .. } => {}
            Part::Imported { members: Some(_), .. } => add(&[columns::IDS, columns::USERS]),
        }
    }

    /// The rows among `candidates` for which the part holds. Questions about texts are answered once per different list.
    fn select(&self, people: &People, now: Millis, candidates: &Rows) -> Rows {
        match self {
            Part::All(parts) => {
                let mut left = candidates.clone();
                for part in parts {
                    left = part.select(people, now, &left);
                }
                left
            }
            Part::Any(parts) => {
                let mut left = candidates.clone();
                for part in parts {
                    let found = part.select(people, now, &left);
                    left.remove(&found);
                }
                let mut found = candidates.clone();
                found.remove(&left);
                found
            }
            Part::None(parts) => {
                let mut left = candidates.clone();
                for part in parts {
                    let found = part.select(people, now, &left);
                    left.remove(&found);
                }
                left
            }
            Part::List { owner, name, test } => {
                let nobody = test.holds([].into_iter());
                let Some(column) = people.list_column(*owner, name) else {
                    return if nobody { candidates.clone() } else { Rows::none(people.len()) };
                };
                let passes = passing(column, test);
                match owner {
                    Owner::Endpoint => candidates.keep(|row| passes[column.code(row) as usize]),
                    Owner::User => candidates.keep(|row| match people.user(row) {
                        Some(user) => passes[column.code(user as usize) as usize],
                        None => nobody,
                    }),
                }
            }
            Part::Field { field, test, .. } => {
                let column = people.field_column(*field);
                let passes = passing(column, test);
                candidates.keep(|row| passes[column.code(row) as usize])
            }
            Part::Channel(test) => {
                let mut passes = [false; 256];
                for (code, word) in ChannelType::ALL.iter().enumerate() {
                    passes[code] = test.holds([word.as_str()].into_iter());
                }
                passes[NO_CHANNEL as usize] = test.holds([].into_iter());
                candidates.keep(|row| passes[people.channel_code(row) as usize])
            }
            Part::Metric { name, test } => match people.metric_column(name) {
                None => Rows::none(people.len()),
                Some(column) => candidates.keep(|row| column.get(row).is_some_and(|value| test.holds(*value))),
            },
            Part::Source { part, .. } => part.select(people, now, candidates),
            Part::Recency { .. } | Part::Near { .. } | Part::Imported { .. } => {
                candidates.keep(|row| self.holds(people, row, now))
            }
        }
    }

    /// Whether the part holds, and the reason: of what holds everything, of what does not the first thing that fails.
    fn explain(&self, people: &People, row: usize, now: Millis) -> (bool, String) {
        let each = |parts: &[Part]| -> Vec<(bool, String)> {
            parts
                .iter()
                .map(|part| part.explain(people, row, now))
                .filter(|(holds, why)| !holds || !why.is_empty())
                .collect()
        };
        let join = |reasons: Vec<(bool, String)>, which: bool, word: &str| -> String {
            let texts: Vec<String> =
                reasons.into_iter().filter(|(holds, _)| *holds == which).map(|(_, why)| why).collect();
            texts.join(word)
        };
        match self {
            Part::All(parts) => {
                let reasons = each(parts);
                match reasons.iter().find(|(holds, _)| !holds) {
                    Some(failed) => failed.clone(),
                    None => (true, join(reasons, true, "; ")),
                }
            }
            Part::Any(parts) => {
                // An empty part holds without a reason.
                if let Some((_, why)) =
                    parts.iter().map(|part| part.explain(people, row, now)).find(|(holds, _)| *holds)
                {
                    return (true, why);
                }
                let reasons = each(parts);
                (false, join(reasons, false, ", nor: "))
            }
            Part::None(parts) => {
                let reasons: Vec<(bool, String)> = parts.iter().map(|part| part.explain(people, row, now)).collect();
                match reasons.iter().find(|(holds, _)| *holds) {
                    Some((_, why)) => {
                        (false, format!("excluded, because {}", if why.is_empty() { "everybody is" } else { why }))
                    }
                    None => (true, join(reasons, false, "; ")),
                }
            }
            Part::List { owner, name, test } => {
                let path = owner.path(name);
                (self.holds(people, row, now), seen(&path, people.list(row, *owner, name).iter(), &test.words()))
            }
            Part::Field { field, label, test } => {
                (self.holds(people, row, now), seen(label, people.field(row, *field).into_iter(), &test.words()))
            }
            Part::Channel(test) => {
                let channel = people.channel(row).map(|word| word.as_str());
                (self.holds(people, row, now), seen("ChannelType", channel.into_iter(), &test.words()))
            }
            Part::Metric { name, test } => {
                let value = people.metric(row, name).map(|value| value.to_string());
                let path = format!("Metrics.{name}");
                (self.holds(people, row, now), seen(&path, value.as_deref().into_iter(), &test.words()))
            }
            Part::Recency { within, active } => {
                let last = match people.last_activity(row) {
                    Some(at) => format!("last active at {}", format_instant(at)),
                    None => "has no `EffectiveDate`, so just written".to_owned(),
                };
                let wanted = if *active { "within" } else { "not within" };
                (self.holds(people, row, now), format!("{last}, wanted {wanted} {}", duration_words(*within)))
            }
            Part::Near { latitude, longitude, kilometers } => {
                let seen = match distance_of(people, row, (*latitude, *longitude)) {
                    Some(distance) => format!("{distance:.0} km"),
                    None => "without coordinates, so not near,".to_owned(),
                };
                let point = format!("{latitude}, {longitude}");
                (self.holds(people, row, now), format!("{seen} from ({point}), wanted at most {kilometers} km"))
            }
            Part::Source { segment, part } => {
                let (holds, why) = part.explain(people, row, now);
                let is = if holds { "in" } else { "not in" };
                let colon = if why.is_empty() { "" } else { ": " };
                (holds, format!("{is} segment `{segment}`{colon}{why}"))
            }
            Part::Imported { segment, members } => {
                let holds = self.holds(people, row, now);
                let why = match (members, holds) {
                    (None, _) => "everybody here stands for its list",
                    (Some(_), true) => "on its list",
                    (Some(_), false) => "not on its list",
                };
                (holds, format!("imported segment `{segment}`: {why}"))
            }
        }
    }
}

/// Whether each code of a column passes; code 0 is the missing attribute.
fn passing(column: &crate::column::Column, test: &TextTest) -> Vec<bool> {
    (0..column.code_count()).map(|code| test.holds(column.list(code as u32).iter())).collect()
}

fn distance_of(people: &People, row: usize, point: (f64, f64)) -> Option<f64> {
    Some(distance_km((people.latitude(row)?, people.longitude(row)?), point))
}

/// "`Attributes.Plan` is `free`, wanted `pro`".
fn seen<'v>(path: &str, values: impl Iterator<Item = &'v str>, wanted: &str) -> String {
    let values: Vec<String> = values.map(|value| format!("`{value}`")).collect();
    let found = if values.is_empty() { "not there".to_owned() } else { values.join(", ") };
    format!("`{path}` is {found}, wanted {wanted}")
}

/// A set of rows, one bit each.
#[derive(Clone, Debug)]
struct Rows {
    words: Vec<u64>,
}

impl Rows {
    fn none(count: usize) -> Rows {
        Rows { words: vec![0; count.div_ceil(64)] }
    }

    fn all(count: usize) -> Rows {
        let mut words = vec![u64::MAX; count.div_ceil(64)];
        if let (Some(last), rest @ 1..) = (words.last_mut(), count % 64) {
            *last = (1 << rest) - 1;
        }
        Rows { words }
    }

    fn keep(&self, mut holds: impl FnMut(usize) -> bool) -> Rows {
        let kept = |(number, word): (usize, &u64)| -> u64 {
            let mut left = *word;
            let mut out = 0;
            while left != 0 {
                let bit = left.trailing_zeros() as usize;
                out |= u64::from(holds(number * 64 + bit)) << bit;
                left &= left - 1;
            }
            out
        };
        Rows { words: self.words.iter().enumerate().map(kept).collect() }
    }

    fn remove(&mut self, other: &Rows) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= !other;
        }
    }

    fn iter(&self) -> impl Iterator<Item = u32> {
        self.words.iter().enumerate().flat_map(|(number, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                Some(number as u32 * 64 + bit)
            })
        })
    }
}
