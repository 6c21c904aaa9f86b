use model::{View, path};
use serde_json::Value;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that `State` is `DRAFT` or `ACTIVE`.
    ///
    /// **Why it matters.** The other states are reached by running; a file that is published can not ask for them. They
    /// come along when a journey was saved from a running account.
    ///
    /// **Bad example.** `"State": "COMPLETED"`
    ///
    /// ```json
    /// {"journeys/welcome": {"State": "COMPLETED"}}
    /// ```
    ///
    /// **How to fix it.** Set it to `DRAFT`; publishing decides when it becomes `ACTIVE`.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"State": "DRAFT"}}
    /// ```
    ///
    /// Source: journeys.md 1 and 10, J002; `WriteJourneyRequest.State`.
    "journey-state", Error, "the journey's state can not be written", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let state = ctx.journey.wire.object().get("State").and_then(Value::as_str);
    if let Some(state) = state.filter(|state| matches!(*state, "COMPLETED" | "CANCELLED" | "CLOSED" | "PAUSED")) {
        let at = path!["State"];
        found
            .report(at.clone(), format!("a journey can not be written in state `{state}`"))
            .help("set the state to `DRAFT`")
            .set("Set the state to DRAFT", &at, "DRAFT")
            .safe();
    }
}
