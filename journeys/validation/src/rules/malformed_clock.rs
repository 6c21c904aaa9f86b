use model::time::{parse_clock, parse_open_clock};
use model::{DocumentId, Path, path};
use serde_json::Value;

use crate::{Document, Findings, places};

rule! {
    /// Checks that times of day are `HH:MM`, 24 hours, with leading zero.
    ///
    /// **Why it matters.** The service refuses the journey or campaign; quiet time and open hours would not hold.
    ///
    /// **Bad example.** `"QuietTime": {"Start": "9pm", "End": "8:00"}`
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "QuietTime": {"Start": "9pm", "End": "8:00"},
    ///   "WaitForQuietTime": true,
    ///   "TimezoneEstimationMethods": ["PHONE_NUMBER"]
    /// }}
    /// ```
    ///
    /// **How to fix it.** Write `21:00` and `08:00`.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "QuietTime": {"Start": "21:00", "End": "08:00"},
    ///   "WaitForQuietTime": true,
    ///   "TimezoneEstimationMethods": ["PHONE_NUMBER"]
    /// }}
    /// ```
    ///
    /// Source: journeys.md 6 and 10, J003; campaigns.md 3 and 11, C004; `QuietTime`, `OpenHoursRule`.
    "malformed-clock", Error, "a time of day can not be read", Document
}

fn check(document: &Document, found: &mut Findings) {
    for (at, strict) in clocks(document) {
        let Some(text) = at.find(document.root).and_then(Value::as_str) else { continue };
        let read = if strict { parse_clock(text) } else { parse_open_clock(text) };
        if read.is_some() {
            continue;
        }
        let finding = found
            .report(at.clone(), format!("`{text}` is not a time of day"))
            .help("write it as `HH:MM`, for example `08:00` or `21:30`");
        if let Some(better) = meant(text) {
            finding.set(format!("Write {better}"), &at, better);
        }
    }
}

/// Where times of day may stand, and whether they must be `HH:MM` there, without seconds.
fn clocks(document: &Document) -> Vec<(Path, bool)> {
    let quiet = |place: Path| ["Start", "End"].map(|member| (place.join("QuietTime").join(member), true));
    match document.id {
        DocumentId::Journey(_) => {
            let mut out = quiet(Path::default()).to_vec();
            let channels = document.root.get("OpenHours").and_then(Value::as_object);
            for (channel, days) in channels.into_iter().flatten() {
                for (day, list) in days.as_object().into_iter().flatten() {
                    for i in 0..list.as_array().map_or(0, Vec::len) {
                        let rule = path!["OpenHours", channel, day, i];
                        out.extend(["StartTime", "EndTime"].map(|member| (rule.join(member), false)));
                    }
                }
            }
            out
        }
        DocumentId::Campaign(_) => {
            places::treatments(document).iter().flat_map(|one| quiet(one.path.join("Schedule"))).collect()
        }
        _ => Vec::new(),
    }
}

/// What was probably meant by `8:00`, `0800`, `9pm` or `08:00:00`.
fn meant(text: &str) -> Option<String> {
    let lower = text.trim().to_lowercase().replace([' ', '.'], "");
    let (clock, shift) = match (lower.strip_suffix("am"), lower.strip_suffix("pm")) {
        (Some(clock), _) => (clock, Some(0)),
        (_, Some(clock)) => (clock, Some(12)),
        _ => (lower.as_str(), None),
    };
    let (hours, minutes) = match clock.split_once(':') {
        Some((hours, rest)) => (hours, rest.get(..2)?),
        None if clock.len() == 4 && clock.is_ascii() => clock.split_at(2),
        None if shift.is_some() => (clock, "00"),
        None => return None,
    };
    let mut hours: u16 = hours.parse().ok()?;
    if let Some(shift) = shift {
        hours = (1..=12).contains(&hours).then_some(hours % 12 + shift)?;
    }
    let better = format!("{hours:02}:{minutes}");
    parse_clock(&better).map(|_| better)
}
