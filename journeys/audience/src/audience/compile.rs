//! Segment documents into parts (segments-and-endpoints.md 2.1, 2.2).

use model::time::DAY;
use model::view::{View, Word};
use model::wire::{
    self, Duration, Include, RecencyType, SegmentDimensions, SegmentGroup, SourceType, Type, WriteSegmentRequest,
};
use serde_json::Value;

use super::{AudienceError, Members, Part, is_imported};
use crate::criteria::{Fault, MetricTest, TextTest};
use crate::draft::{Field, Owner};

/// Most parts of one segment with all segments it is built on; more is a mistake or an attack.
const MAX_PARTS: usize = 10_000;
/// Deepest chain of segments built on segments.
const MAX_DEPTH: usize = 50;
/// Range of a GPS dimension that names none (segments-and-endpoints.md 2.1, chosen).
const DEFAULT_RANGE_KM: f64 = 10.0;

/// Compiles a segment and all that it is built on.
pub(super) struct Compiler<'c, 'a> {
    lookup: &'c dyn Fn(&str) -> Option<&'a Value>,
    members: &'c dyn Fn(&str) -> Option<Members>,
    /// The segments that are being compiled, outermost first.
    open: Vec<String>,
    parts: usize,
}

impl<'c, 'a> Compiler<'c, 'a> {
    pub(super) fn new(
        lookup: &'c dyn Fn(&str) -> Option<&'a Value>,
        members: &'c dyn Fn(&str) -> Option<Members>,
    ) -> Compiler<'c, 'a> {
        Compiler { lookup, members, open: Vec::new(), parts: 0 }
    }

    pub(super) fn segment(&mut self, reference: &str) -> Result<Part, AudienceError> {
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
        if document.is_some_and(is_imported) {
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
pub(super) fn dimensions(place: &str, view: SegmentDimensions<'_>) -> Result<Vec<Part>, Fault> {
    let at = |member: &str| if place.is_empty() { member.to_owned() } else { format!("{place}.{member}") };
    let mut parts = Vec::new();
    if let Some(demographic) = view.demographic() {
        if let Some(set) = demographic.channel() {
            let member = at("Demographic.Channel");
            for word in set.values() {
                crate::words::channel(word)
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
