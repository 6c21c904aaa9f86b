use crate::{Findings, JourneyContext, rules::open_days};

rule! {
    /// Checks that a channel has at most 4 open ranges a day.
    ///
    /// **Why it matters.** It is the service's quota.
    ///
    /// **Example.** Five ranges on Monday, one for each train of the morning.
    ///
    /// **How to fix it.** Join ranges that lie close together.
    ///
    /// Source: journeys.md 6, 10 (J052) and 12; `OpenHours`.
    "open-hours-count", Error, "more than 4 open ranges on a day", Journey
}

const MOST: usize = 4;

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for (at, ranges) in open_days(ctx) {
        if ranges.len() > MOST {
            found
                .report(at, format!("{} open ranges on one day; {MOST} is the most", ranges.len()))
                .help("join ranges that lie close together");
        }
    }
}
