use model::Path;
use serde_json::Value;

use crate::rules::{OpenRange, open_days};
use crate::{Findings, JourneyContext};

rule! {
    /// Checks that a channel has at most 4 open ranges a day.
    ///
    /// **Why it matters.** It is the service's quota.
    ///
    /// **Bad example.** Five ranges on Monday, one for each train of the morning.
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "SendingSchedule": true,
    ///   "QuietTime": {"Start": "21:00", "End": "08:00"},
    ///   "WaitForQuietTime": true,
    ///   "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///   "OpenHours": {"EMAIL": {"MONDAY": [
    ///     {"StartTime": "08:00", "EndTime": "09:00"},
    ///     {"StartTime": "10:00", "EndTime": "11:00"},
    ///     {"StartTime": "12:00", "EndTime": "13:00"},
    ///     {"StartTime": "14:00", "EndTime": "15:00"},
    ///     {"StartTime": "15:30", "EndTime": "17:00"}
    ///   ]}}
    /// }}
    /// ```
    ///
    /// **How to fix it.** Join ranges that lie close together.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "SendingSchedule": true,
    ///   "QuietTime": {"Start": "21:00", "End": "08:00"},
    ///   "WaitForQuietTime": true,
    ///   "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///   "OpenHours": {"EMAIL": {"MONDAY": [
    ///     {"StartTime": "08:00", "EndTime": "09:00"},
    ///     {"StartTime": "10:00", "EndTime": "11:00"},
    ///     {"StartTime": "12:00", "EndTime": "13:00"},
    ///     {"StartTime": "14:00", "EndTime": "17:00"}
    ///   ]}}
    /// }}
    /// ```
    ///
    /// Source: journeys.md 6, 10 (J052) and 12; `OpenHours`.
    "open-hours-count", Error, "more than 4 open ranges on a day", Journey
}

const MOST: usize = 4;

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for (at, ranges) in open_days(ctx) {
        if ranges.len() > MOST {
            let count = ranges.len();
            let joined = joined(ctx.document.root, &at, ranges);
            found
                .report(at.clone(), format!("{count} open ranges on one day; {MOST} is the most"))
                .help("join ranges that lie close together")
                .set("Join those that lie closest", &at, joined);
        }
    }
}

/// The ranges of a day, of which those with the shortest time between them are one, until there are few enough.
fn joined(root: &Value, at: &Path, mut ranges: Vec<OpenRange>) -> Value {
    ranges.sort_by_key(|range| (range.start, range.end));
    while ranges.len() > MOST {
        let gap = |i: &usize| i32::from(ranges[i + 1].start) - i32::from(ranges[*i].end);
        let Some(closest) = (0..ranges.len() - 1).min_by_key(gap) else { break };
        let later = ranges.remove(closest + 1);
        let earlier = &mut ranges[closest];
        if later.end > earlier.end {
            (earlier.end, earlier.texts.1) = (later.end, later.texts.1);
        }
    }
    let range = |range: OpenRange| {
        let mut value = at.join(range.index).find(root)?.clone();
        value["EndTime"] = range.texts.1.into();
        Some(value)
    };
    Value::Array(ranges.into_iter().filter_map(range).collect())
}
