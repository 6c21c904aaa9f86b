use model::{DocumentId, Entry, Path, Place, View, path, wire};

use crate::{Findings, JourneyContext, places};

rule! {
    /// Checks that no active journey and no campaign of the project starts from the same segment.
    ///
    /// **Why it matters.** The same people hear from both at once. Limits per journey do not know of each other.
    ///
    /// **Bad example.** Two journeys with `"State": "ACTIVE"` and the entry segment `everyone`.
    ///
    /// ```json
    /// {
    ///   "campaigns/news": {"SegmentId": "everyone"},
    ///   "journeys/welcome": {"StartCondition": {"SegmentStartCondition": {"SegmentId": "everyone"}}}
    /// }
    /// ```
    ///
    /// **How to fix it.** Give each its own segment, or set `Limits.TimeframeCap`, which counts all journeys.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "campaigns/news": {"SegmentId": "buyers"},
    ///   "journeys/welcome": {"StartCondition": {"SegmentStartCondition": {"SegmentId": "everyone"}}}
    /// }
    /// ```
    ///
    /// Source: journeys.md 10, J057.
    "shared-entry-segment", Warning, "the entry segment is also used elsewhere", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let Some(Entry::Segment { segment }) = ctx.journey.entry() else { return };
    let Some((at, _)) = places::entry_segment(ctx.journey) else { return };
    let project = ctx.document.project;
    let Some((mine, _)) = project.segment(segment) else { return };
    for (id, root) in project.documents.iter().filter(|(id, _)| *id != ctx.document.id) {
        let (theirs, path) = match id {
            DocumentId::Journey(_) => {
                let journey = model::Journey::of(root);
                let Some(journey) = journey.filter(|j| j.wire.state() == Some(wire::State::Active)) else { continue };
                let Some(Entry::Segment { segment }) = journey.entry() else { continue };
                (segment, path!["StartCondition", "SegmentStartCondition", "SegmentId"])
            }
            DocumentId::Campaign(_) => {
                let campaign = wire::WriteCampaignRequest::of(root).filter(|c| c.is_paused() != Some(true));
                let Some(segment) = campaign.and_then(|campaign| campaign.segment_id()) else { continue };
                (segment, path!["SegmentId"])
            }
            _ => continue,
        };
        if project.segment(theirs).is_some_and(|(theirs, _)| theirs == mine) {
            let place = Place { document: id.clone(), path: Path(path.0) };
            found
                .report(at.clone(), format!("segment `{}` also starts `{id}`", mine.name()))
                .related_in(place, "the other use")
                .help("give each its own segment, or limit what one person gets with `TimeframeCap`");
        }
    }
}
