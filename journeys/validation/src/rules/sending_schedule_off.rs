use model::{Path, View, path};
use serde_json::Value;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that open hours and closed days come with `SendingSchedule` and `QuietTime`.
    ///
    /// **Why it matters.** They have no effect alone, and the service does not publish the journey.
    ///
    /// **Bad example.** `"OpenHours": {…}`, and `"SendingSchedule": false`
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "SendingSchedule": false,
    ///   "QuietTime": {"Start": "21:00", "End": "08:00"},
    ///   "WaitForQuietTime": true,
    ///   "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///   "OpenHours": {"EMAIL": {"MONDAY": [{"StartTime": "09:00", "EndTime": "12:00"}]}}
    /// }}
    /// ```
    ///
    /// **How to fix it.** Turn `SendingSchedule` on and set a quiet time, or take the hours away.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "SendingSchedule": true,
    ///   "QuietTime": {"Start": "21:00", "End": "08:00"},
    ///   "WaitForQuietTime": true,
    ///   "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///   "OpenHours": {"EMAIL": {"MONDAY": [{"StartTime": "09:00", "EndTime": "12:00"}]}}
    /// }}
    /// ```
    ///
    /// Source: journeys.md 6 and 10, J051; `OpenHours`, `ClosedDays`, `SendingSchedule`.
    "sending-schedule-off", Error, "open hours or closed days without a sending schedule", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let wire = ctx.journey.wire;
    for member in ["OpenHours", "ClosedDays"] {
        let at = path![member];
        if !says_something(&at, ctx.document.root) {
            continue;
        }
        if wire.sending_schedule() != Some(true) {
            found
                .report(at.clone(), format!("`{member}` has no effect: `SendingSchedule` is off"))
                .help(format!("turn `SendingSchedule` on, or take `{member}` away"))
                .set("Turn the sending schedule on", &path!["SendingSchedule"], true);
        } else if !wire.has("QuietTime") {
            found
                .report(at.clone(), format!("`{member}` is set, and there is no quiet time"))
                .help(format!("set a quiet time, or take `{member}` away"))
                .remove(format!("Remove {member}"), at);
        }
    }
}

/// Whether some channel has something listed.
fn says_something(at: &Path, root: &Value) -> bool {
    let channels = at.find(root).and_then(Value::as_object);
    channels.into_iter().flatten().any(|(_, list)| match list {
        Value::Array(list) => !list.is_empty(),
        Value::Object(days) => days.values().any(|list| list.as_array().is_none_or(|list| !list.is_empty())),
        _ => false,
    })
}
