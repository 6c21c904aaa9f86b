use crate::{Findings, JourneyContext, rules::open_days};

rule! {
    /// Checks that no open range reaches into quiet time.
    ///
    /// **Why it matters.** Nothing is sent in quiet time; the service does not publish the journey.
    ///
    /// **Bad example.** Open from 06:00 to 12:00, quiet from 21:00 to 08:00.
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "SendingSchedule": true,
    ///   "QuietTime": {"Start": "21:00", "End": "08:00"},
    ///   "WaitForQuietTime": true,
    ///   "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///   "OpenHours": {"EMAIL": {"MONDAY": [{"StartTime": "06:00", "EndTime": "12:00"}]}}
    /// }}
    /// ```
    ///
    /// **How to fix it.** Open at 08:00, when quiet time is over.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "SendingSchedule": true,
    ///   "QuietTime": {"Start": "21:00", "End": "08:00"},
    ///   "WaitForQuietTime": true,
    ///   "TimezoneEstimationMethods": ["PHONE_NUMBER"],
    ///   "OpenHours": {"EMAIL": {"MONDAY": [{"StartTime": "08:00", "EndTime": "12:00"}]}}
    /// }}
    /// ```
    ///
    /// Source: journeys.md 6 and 10, J054; `OpenHoursRule`, `QuietTime`.
    "open-hours-quiet", Error, "an open range reaches into quiet time", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let Some((from, to)) = ctx.quiet else { return };
    // Quiet time as ranges of one day that do not wrap midnight.
    let quiet = if from <= to { vec![(from, to)] } else { vec![(0, to), (from, 24 * 60)] };
    for (day, ranges) in open_days(ctx) {
        for range in ranges.iter().filter(|range| range.start < range.end) {
            let inside = |(from, to): &(u16, u16)| range.start < *to && *from < range.end;
            if !quiet.iter().any(inside) {
                continue;
            }
            let at = day.join(range.index);
            let finding = found
                .report(at.clone(), format!("{}-{} reaches into quiet time", range.texts.0, range.texts.1))
                .related(model::path!["QuietTime"], "quiet time")
                .help("open when quiet time is over, and close before it begins");
            let start = quiet.iter().filter(|(from, to)| *from <= range.start && range.start < *to).map(|(_, to)| *to);
            let start = start.max().unwrap_or(range.start);
            let end = quiet.iter().filter(|(from, _)| *from > start && *from < range.end).map(|(from, _)| *from);
            let end = end.min().unwrap_or(range.end);
            let still = quiet.iter().any(|(from, to)| start < *to && *from < end);
            if start < end && !still {
                let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
                let edit = model::Edit::new(format!("Open from {} to {}", clock(start), clock(end)))
                    .set(ctx.document.id, at.join("StartTime"), clock(start))
                    .set(ctx.document.id, at.join("EndTime"), clock(end));
                finding.fix(edit);
            } else {
                finding.remove("Remove the range", at);
            }
        }
    }
}
