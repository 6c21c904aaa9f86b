use serde_json::Value;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that the next activity is named or absent, not an empty text.
    ///
    /// **Why it matters.** An empty text ends the path like an absent member, but it may as well be a name that was
    /// never filled in, and other readers of the file may stumble over it.
    ///
    /// **Bad example.** `"NextActivity": ""`
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {"hello": {"EMAIL": {
    ///   "TemplateName": "hello",
    ///   "NextActivity": ""
    /// }}}}}
    /// ```
    ///
    /// **How to fix it.** Take the member away, or name an activity.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Activities": {"hello": {"EMAIL": {"TemplateName": "hello"}}}}}
    /// ```
    ///
    /// Source: journeys.md 4; our own judgement.
    "empty-target", Warning, "a next activity is an empty text", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    for (activity, ways) in ctx.activities.iter().zip(&ctx.ways) {
        for way in ways.iter().filter(|way| way.target.is_none()) {
            let at = activity.slot_path(way.slot);
            if at.find(ctx.document.root).and_then(Value::as_str) == Some("") {
                found
                    .report(at.clone(), format!("`{}` leads to an activity with an empty name", activity.id))
                    .help("take the member away, or name an activity")
                    .remove("Remove the empty name", at)
                    .safe();
            }
        }
    }
}
