use model::{ActivityKind, Edit, View, path};

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that every activity is of exactly one kind: it has one of `EMAIL`, `PUSH`, `SMS`, `CUSTOM`,
    /// `ContactCenter`, `Wait`, `ConditionalSplit`, `MultiCondition`, `RandomSplit` and `Holdout`.
    ///
    /// **Why it matters.** The service refuses an activity that is nothing, or two things at once.
    ///
    /// **Bad example.** `"hello": {"EMAIL": {…}, "SMS": {…}}`
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {"hello": {
    ///   "EMAIL": {"TemplateName": "hello"},
    ///   "SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}
    /// }}}}
    /// ```
    ///
    /// **How to fix it.** Make two activities of it, the first leading to the second.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {
    ///   "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "nudge"}},
    ///   "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    /// }}}
    /// ```
    ///
    /// Source: journeys.md 3 and 10, J005; `Activity`.
    "activity-type", Error, "an activity is of no kind, or of several", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for (number, activity) in ctx.activities.iter().enumerate() {
        let at = path!["Activities", activity.id];
        let kinds: Vec<_> = ActivityKind::ALL.into_iter().filter(|kind| activity.wire.has(kind.member())).collect();
        match (kinds.as_slice(), activity.kind()) {
            ([], _) => {
                found
                    .report(at, format!("`{}` does nothing: it is of no kind", activity.id))
                    .help("give it a kind, or delete it")
                    .fix(ctx.delete(number));
            }
            ([_, _, ..], Some(first)) => {
                let names: Vec<_> = kinds.iter().map(|kind| format!("`{}`", kind.member())).collect();
                let mut edit = Edit::new(format!("Keep only the {}", first.title().to_lowercase()));
                for kind in kinds.iter().filter(|kind| **kind != first) {
                    edit = edit.remove(ctx.document.id, at.join(kind.member()));
                }
                found
                    .report(at, format!("`{}` is {} things at once: {}", activity.id, kinds.len(), names.join(", ")))
                    .help("keep one, and make activities of the others")
                    .fix(edit);
            }
            _ => {}
        }
    }
}
