use model::time::parse_instant;
use model::{Path, View, path};
use serde_json::Value;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that every date is one that ISO 8601 knows.
    ///
    /// **Why it matters.** The service refuses the journey; nobody can say when it starts, ends or goes on.
    ///
    /// **Bad example.** `"StartTime": "1 December 2026"`
    ///
    /// ```json
    /// {"journeys/welcome": {"Schedule": {"StartTime": "1 December 2026", "EndTime": "2027-06-01T09:00:00Z"}}}
    /// ```
    ///
    /// **How to fix it.** Write `2026-12-01T00:00:00Z`.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Schedule": {
    ///   "StartTime": "2026-12-01T09:00:00Z",
    ///   "EndTime": "2027-06-01T09:00:00Z"
    /// }}}
    /// ```
    ///
    /// Source: journeys.md 10, J003; `JourneySchedule`, `WaitTime.WaitUntil`, `ClosedDaysRule`.
    "malformed-instant", Error, "a date can not be read", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let mut dates: Vec<Path> = vec![path!["Schedule", "StartTime"], path!["Schedule", "EndTime"]];
    let until = ctx.waits.iter().filter(|(_, _, wait)| wait.has("WaitUntil"));
    dates.extend(until.map(|(_, path, _)| path.join("WaitUntil")));
    if let Some(closed) = ctx.journey.wire.closed_days() {
        for (channel, list) in closed.object() {
            for i in 0..list.as_array().map_or(0, Vec::len) {
                dates.extend(["StartDateTime", "EndDateTime"].map(|m| path!["ClosedDays", channel, i, m]));
            }
        }
    }
    for at in dates {
        let text = at.find(ctx.document.root).and_then(Value::as_str);
        let Some(text) = text.filter(|text| parse_instant(text).is_none()) else { continue };
        let finding = found
            .report(at.clone(), format!("`{text}` is not an ISO 8601 date"))
            .help("write it like `2026-12-01T09:00:00Z`");
        let tidy = text.trim().to_uppercase().replace(['/', '.'], "-");
        if parse_instant(&tidy).is_some() {
            finding.set(format!("Write {tidy}"), &at, tidy);
        } else if text.trim().is_empty() {
            finding.remove("Remove the empty date", at);
        }
    }
}
