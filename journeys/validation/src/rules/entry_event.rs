use model::{Entry, path};
use serde_json::Value;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that an event entry names exactly one event.
    ///
    /// **Why it matters.** The service lets people in by one event, no more; with none nobody would enter.
    ///
    /// **Bad example.** `"EventType": {"Values": ["cart.left", "cart.emptied"]}`
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "StartCondition": {"EventStartCondition": {"EventFilter": {
    ///     "FilterType": "ENDPOINT",
    ///     "Dimensions": {"EventType": {"Values": ["cart.left", "cart.emptied"]}}
    ///   }}},
    ///   "RefreshFrequency": null
    /// }}
    /// ```
    ///
    /// **How to fix it.** Keep one event; make a second journey for the other, or let the app send one for both.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "StartCondition": {"EventStartCondition": {"EventFilter": {
    ///     "FilterType": "ENDPOINT",
    ///     "Dimensions": {"EventType": {"Values": ["cart.left"]}}
    ///   }}},
    ///   "RefreshFrequency": null
    /// }}
    /// ```
    ///
    /// Source: journeys.md 2 and 10, J014; `EventDimensions.EventType`.
    "entry-event", Error, "an event entry does not name one event", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let Some(Entry::Event { filter, .. }) = ctx.journey.entry() else { return };
    let at = path!["StartCondition", "EventStartCondition", "EventFilter", "Dimensions", "EventType"];
    let events = filter.dimensions().and_then(|d| d.event_type()).map(|set| set.values()).unwrap_or_default();
    match events.as_slice() {
        [] => {
            found.report(at, "the entry is by event, and names none").help("name the event that lets people in");
        }
        [""] => {
            found.report(at, "the name of the entry event is empty").help("name the event that lets people in");
        }
        [_] => {}
        [first, ..] => {
            found
                .report(at.clone(), format!("the entry names {} events; one is allowed", events.len()))
                .help("keep one event, and make a journey of its own for each other")
                .set(format!("Keep {first}"), &at.join("Values"), Value::Array(vec![Value::from(*first)]));
        }
    }
}
