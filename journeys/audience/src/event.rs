//! Event dimensions: whether an event is the one that is meant (campaigns.md 3, "Event filter semantics").

use model::view::View;
use model::wire::EventDimensions;
use serde_json::Value;

use crate::audience::AudienceError;
use crate::criteria::{Fault, MetricTest, TextTest};

/// Compiled `EventDimensions`.
#[derive(Clone, Debug, PartialEq)]
pub struct EventMatcher {
    event_type: Option<TextTest>,
    attributes: Vec<(String, TextTest)>,
    metrics: Vec<(String, MetricTest)>,
}

impl EventMatcher {
    /// Compiles `EventDimensions`.
    ///
    /// # Errors
    /// [`AudienceError::Invalid`], naming the member.
    pub fn compile(dimensions: &Value) -> Result<EventMatcher, AudienceError> {
        EventMatcher::of(dimensions).map_err(|fault| AudienceError::invalid("", fault))
    }

    fn of(dimensions: &Value) -> Result<EventMatcher, Fault> {
        let Some(view) = EventDimensions::of(dimensions) else {
            return Err(Fault::new("", "event dimensions must be an object"));
        };
        let event_type = view.event_type().map(|set| TextTest::set("EventType", set)).transpose()?;
        let mut matcher = EventMatcher { event_type, attributes: Vec::new(), metrics: Vec::new() };
        for (name, dimension) in view.attributes() {
            let test = TextTest::attribute(&format!("Attributes.{name}"), dimension)?;
            matcher.attributes.push((name.to_owned(), test));
        }
        for (name, dimension) in view.metrics() {
            matcher.metrics.push((name.to_owned(), MetricTest::of(&format!("Metrics.{name}"), dimension)?));
        }
        Ok(matcher)
    }

    /// Whether an event matches: its type is in (or, for EXCLUSIVE, not in) the set, every named attribute has one of its
    /// values, and every metric compares true. Without an event type any type does.
    pub fn matches(&self, event_type: &str, attributes: &[(&str, &str)], metrics: &[(&str, f64)]) -> bool {
        self.event_type.as_ref().is_none_or(|test| test.holds([event_type].into_iter()))
            && self.attributes.iter().all(|(name, test)| {
                test.holds(attributes.iter().filter(|(known, _)| known == name).map(|(_, value)| *value))
            })
            && self.metrics.iter().all(|(name, test)| {
                let value = metrics.iter().find(|(known, _)| known == name);
                value.is_some_and(|(_, value)| test.holds(*value))
            })
    }

    /// The event types that are waited for; `None` = all but some, or any.
    pub fn event_types(&self) -> Option<&[String]> {
        match &self.event_type {
            Some(TextTest::Inclusive(types)) => Some(types),
            _ => None,
        }
    }

    /// What is waited for, in words: "`cart.add`, `Attributes.sku` is `A1`, `Metrics.amount` is at least 10".
    pub fn words(&self) -> String {
        let mut parts = vec![match &self.event_type {
            Some(test) => test.words(),
            None => "any event".to_owned(),
        }];
        parts.extend(self.attributes.iter().map(|(name, test)| format!("`Attributes.{name}` is {}", test.words())));
        parts.extend(self.metrics.iter().map(|(name, test)| format!("`Metrics.{name}` is {}", test.words())));
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn types_attributes_and_metrics_must_all_match() {
        let matcher = EventMatcher::compile(&json!({
            "EventType": {"DimensionType": "INCLUSIVE", "Values": ["cart.add", "purchase"]},
            "Attributes": {"sku": {"AttributeType": "INCLUSIVE", "Values": ["A1", "A2"]}},
            "Metrics": {"amount": {"ComparisonOperator": "GREATER_THAN_OR_EQUAL", "Value": 10}},
        }))
        .unwrap();
        assert!(matcher.matches("purchase", &[("sku", "A2")], &[("amount", 10.0)]));
        assert!(!matcher.matches("refund", &[("sku", "A2")], &[("amount", 10.0)]));
        assert!(!matcher.matches("purchase", &[("sku", "B")], &[("amount", 10.0)]));
        assert!(!matcher.matches("purchase", &[("sku", "A1")], &[("amount", 9.5)]));
        assert!(!matcher.matches("purchase", &[("sku", "A1")], &[]));
        assert!(!matcher.matches("purchase", &[], &[("amount", 10.0)]));
        assert_eq!(
            matcher.words(),
            "one of `cart.add`, `purchase`, `Attributes.sku` is one of `A1`, `A2`, `Metrics.amount` is at least 10"
        );
    }

    #[test]
    fn exclusive_means_any_other_type() {
        let matcher =
            EventMatcher::compile(&json!({"EventType": {"DimensionType": "EXCLUSIVE", "Values": ["a"]}})).unwrap();
        assert!(matcher.matches("b", &[], &[]));
        assert!(!matcher.matches("a", &[], &[]));
        assert_eq!(matcher.event_types(), None);
    }

    #[test]
    fn a_wrong_member_is_named() {
        let error = EventMatcher::compile(&json!({"Metrics": {"m": {"ComparisonOperator": "MORE", "Value": 1}}}));
        assert!(error.unwrap_err().to_string().contains("Metrics.m.ComparisonOperator"));
    }
}
