use model::path;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that quiet time leaves at least two hours of the day to send in.
    ///
    /// **Why it matters.** Messages are held or dropped in quiet time; hardly anything would go out.
    ///
    /// **Bad example.** `"QuietTime": {"Start": "09:00", "End": "08:30"}`
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "QuietTime": {"Start": "09:00", "End": "08:30"},
    ///   "WaitForQuietTime": true,
    ///   "TimezoneEstimationMethods": ["PHONE_NUMBER"]
    /// }}
    /// ```
    ///
    /// **How to fix it.** Shorten it; perhaps start and end are exchanged.
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
    /// Source: journeys.md 6 and 10, J055; two hours are our own judgement.
    "quiet-time-too-long", Warning, "quiet time leaves hardly any time to send", Journey
}

const DAY: u16 = 24 * 60;
const LEAST: u16 = 2 * 60;

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let Some((start, end)) = ctx.quiet else { return };
    let open = DAY - 1 - (end + DAY - start) % DAY; // both ends are quiet (journeys.md 6)
    if open < LEAST {
        let at = path!["QuietTime"];
        let finding = found
            .report(at.clone(), format!("quiet time leaves {open} minutes of the day to send in"))
            .help("shorten quiet time; perhaps start and end are exchanged");
        if let Some(quiet) = ctx.journey.wire.quiet_time()
            && let (Some(start), Some(end)) = (quiet.start(), quiet.end())
        {
            let edit = model::Edit::new("Exchange start and end").set(ctx.document.id, at.join("Start"), end).set(
                ctx.document.id,
                at.join("End"),
                start,
            );
            finding.fix(edit);
        }
    }
}
