use model::path;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that `StartCondition` has exactly one of `SegmentStartCondition` and `EventStartCondition`.
    ///
    /// **Why it matters.** Nobody would come in, or nobody can say by which way; the service does not publish such a
    /// journey.
    ///
    /// **Bad example.** A journey without `StartCondition`.
    ///
    /// ```json
    /// {"journeys/welcome": {"StartCondition": {}}}
    /// ```
    ///
    /// **How to fix it.** Choose a segment whose members enter, or an event that lets people in.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"StartCondition": {"SegmentStartCondition": {"SegmentId": "everyone"}}}}
    /// ```
    ///
    /// Source: journeys.md 2 and 10, J011; `StartCondition`.
    "start-condition", Error, "the journey does not say who enters", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let at = path!["StartCondition"];
    let condition = ctx.journey.wire.start_condition();
    let segment = condition.and_then(|condition| condition.segment_start_condition());
    let event = condition.and_then(|condition| condition.event_start_condition());
    match (segment, event) {
        (None, None) => {
            let finding = found
                .report(at.clone(), "the journey does not say who enters")
                .help("choose a segment, or an event, as the entry");
            let mut names = ctx.document.project.segment_names();
            if let (Some(only), None) = (names.next(), names.next()) {
                let place = at.join("SegmentStartCondition").join("SegmentId");
                finding.set(format!("Let segment {only} enter"), &place, only);
            }
        }
        (Some(_), Some(_)) => {
            found
                .report(at.clone(), "the journey is entered both by segment and by event")
                .help("keep one; an event entry can name a segment of its own")
                .remove("Keep the event", at.join("SegmentStartCondition"));
        }
        _ => {}
    }
}
