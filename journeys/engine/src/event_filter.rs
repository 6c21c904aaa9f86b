//! Which events start a journey or trigger a campaign: `EventFilter` (journeys.md 2, campaigns.md 3).

use audience::{AudienceError, EventMatcher};
use model::view::Word;
use model::wire::FilterType;
use serde_json::{Map, Value};

/// A compiled `EventFilter` or `EventStartCondition.EventFilter`.
#[derive(Clone, Debug, PartialEq)]
pub struct EventFilter {
    matcher: EventMatcher,
    /// `FilterType`; `None` = not given, events of either kind match.
    kind: Option<FilterType>,
}

/// Whether the service itself generates events of this type; all others are posted with PutEvents or by SDKs
/// (events-and-analytics.md 2).
pub fn is_of_the_service(event_type: &str) -> bool {
    ["_email.", "_SMS.", "_contact_center.", "_custom."].iter().any(|family| event_type.starts_with(family))
        || matches!(event_type, "_campaign.send" | "_journey.send")
}

impl EventFilter {
    /// Compiles the members of an `EventFilter`.
    ///
    /// # Errors
    /// [`AudienceError::Invalid`], naming the member of `Dimensions`.
    pub fn compile(filter: &Map<String, Value>) -> Result<EventFilter, AudienceError> {
        let matcher = EventMatcher::compile(filter.get("Dimensions").unwrap_or(&Value::Null))?;
        Ok(EventFilter { matcher, kind: filter.get("FilterType").and_then(Value::as_str).and_then(FilterType::parse) })
    }

    /// Whether an event matches: it is of the kind that `FilterType` means, and has the dimensions.
    pub fn matches(&self, event_type: &str, attributes: &[(&str, &str)], metrics: &[(&str, f64)]) -> bool {
        let of_kind = match self.kind {
            Some(FilterType::Endpoint) => !is_of_the_service(event_type),
            Some(FilterType::System) => is_of_the_service(event_type),
            None => true,
        };
        of_kind && self.matcher.matches(event_type, attributes, metrics)
    }

    /// What it asks for, in words.
    pub fn words(&self) -> String {
        self.matcher.words()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn clause_2_a_filter_type_parts_events_of_the_service_from_those_that_are_posted() {
        let matches = |kind: Value, event: &str| {
            let filter =
                json!({"FilterType": kind, "Dimensions": {"EventType": {"Values": ["cart", "_email.delivered"]}}});
            EventFilter::compile(filter.as_object().unwrap()).unwrap().matches(event, &[], &[])
        };
        for (kind, cart, delivered) in
            [(json!("ENDPOINT"), true, false), (json!("SYSTEM"), false, true), (Value::Null, true, true)]
        {
            assert_eq!((matches(kind.clone(), "cart"), matches(kind, "_email.delivered")), (cart, delivered));
        }
        assert!(!is_of_the_service("_session.start") && !is_of_the_service("_journey.opened_notification"));
    }
}
