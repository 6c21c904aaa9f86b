//! A journey as the code reads it.

use serde_json::Value;

use crate::activity::Activity;
use crate::view::View;
use crate::wire;

/// A journey: a `WriteJourneyRequest`, or anything with its members (`JourneyResponse`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Journey<'a> {
    /// Shape `WriteJourneyRequest`: name, schedule, limits and the other settings.
    pub wire: wire::WriteJourneyRequest<'a>,
}

/// Who comes in (journeys.md 2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Entry<'a> {
    /// The members of a segment.
    Segment {
        /// `SegmentId`: in a project folder the segment's file name.
        segment: &'a str,
    },
    /// Whoever causes an event.
    Event {
        /// What event.
        filter: wire::EventFilter<'a>,
        /// The segment that the person must be a member of.
        segment: Option<&'a str>,
    },
}

impl<'a> Journey<'a> {
    /// The journey that `value` describes; `None` when that is not an object.
    pub fn of(value: &'a Value) -> Option<Journey<'a>> {
        wire::WriteJourneyRequest::of(value).map(|wire| Journey { wire })
    }

    /// The activities in the order of the document.
    pub fn activities(self) -> Vec<Activity<'a>> {
        let members = self.wire.object().get("Activities").and_then(Value::as_object);
        members.into_iter().flatten().filter_map(|(id, value)| Activity::of(id, value)).collect()
    }

    /// The activity of that id.
    pub fn activity(self, id: &str) -> Option<Activity<'a>> {
        let (id, value) = self.wire.object().get("Activities")?.as_object()?.get_key_value(id)?;
        Activity::of(id, value)
    }

    /// Who comes in; `None` when neither or both kinds stand there, or the segment is not named (J011).
    pub fn entry(self) -> Option<Entry<'a>> {
        let condition = self.wire.start_condition()?;
        match (condition.segment_start_condition(), condition.event_start_condition()) {
            (Some(segment), None) => Some(Entry::Segment { segment: segment.segment_id()? }),
            (None, Some(event)) => Some(Entry::Event {
                filter: event.event_filter()?,
                segment: event.segment_id().filter(|id| !id.is_empty()),
            }),
            _ => None,
        }
    }
}
