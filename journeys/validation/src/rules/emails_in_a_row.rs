use model::drawing::{self, Origin};
use model::{ActivityKind, Slot};

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that no e-mail follows directly after another.
    ///
    /// **Why it matters.** People get both within seconds; most of them will read one at most.
    ///
    /// **Bad example.** `hello (EMAIL) -> offer (EMAIL)`
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "offer"}},
    ///   "offer": {"EMAIL": {"TemplateName": "hello"}}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Put a wait between them, or make one e-mail of the two.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "rest"}},
    ///   "rest": {"Wait": {"WaitTime": {"WaitFor": "P1D"}, "NextActivity": "offer"}},
    ///   "offer": {"EMAIL": {"TemplateName": "hello"}}
    /// }}}
    /// ```
    ///
    /// Source: journeys.md 10, J058.
    "emails-in-a-row", Warning, "an e-mail follows directly after another", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let mut id = None;
    for (activity, ways) in ctx.activities.iter().zip(&ctx.ways) {
        if activity.kind() != Some(ActivityKind::Email) {
            continue;
        }
        let Some(next) = ways.first().and_then(|way| way.target).and_then(|id| ctx.activity(id)) else { continue };
        if next.kind() == Some(ActivityKind::Email) && next.id != activity.id {
            let finding = found
                .report(activity.slot_path(Slot::Next), format!("`{}` follows `{}` at once", next.id, activity.id))
                .help("put a wait between them");
            let origin = Origin::Activity(activity.id.to_owned(), Slot::Next);
            let id = id.get_or_insert_with(|| drawing::new_id(ctx.journey, ActivityKind::Wait));
            let edit = drawing::insert_as(ctx.document.id, ctx.journey, &origin, ActivityKind::Wait, id);
            if let Some(mut edit) = edit {
                edit.label = "Wait a day between them".to_owned();
                finding.fix(edit);
            }
        }
    }
}
