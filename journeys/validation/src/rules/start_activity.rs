use model::path;
use petgraph::graph::NodeIndex;

use crate::similar::similar;
use crate::{Findings, JourneyContext};

rule! {
    /// Checks that `StartActivity` names an activity of the journey.
    ///
    /// **Why it matters.** Nobody knows where people go first; the service does not publish such a journey.
    ///
    /// **Bad example.** `"StartActivity": "helo"`, while the activity is called `hello`.
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "StartActivity": "helo",
    ///   "Activities": {"hello": {"EMAIL": {"TemplateName": "hello"}}}
    /// }}
    /// ```
    ///
    /// **How to fix it.** Name the activity that comes first.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {
    ///   "StartActivity": "hello",
    ///   "Activities": {"hello": {"EMAIL": {"TemplateName": "hello"}}}
    /// }}
    /// ```
    ///
    /// Source: journeys.md 1 and 10, J006; `WriteJourneyRequest.StartActivity`.
    "start-activity", Error, "the start activity is missing or unknown", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    if ctx.start.is_some() || ctx.activities.is_empty() {
        return;
    }
    let at = path!["StartActivity"];
    let named = ctx.journey.wire.start_activity().filter(|id| !id.is_empty());
    let finding = match named {
        Some(id) => found.report(at.clone(), format!("the start activity `{id}` does not exist")),
        None => found.report(at.clone(), "the journey does not say where it starts"),
    };
    let meant = named.and_then(|id| similar(id, ctx.activities.iter().map(|activity| activity.id)));
    let first = (0..ctx.activities.len())
        .find(|i| ctx.graph.neighbors_directed(NodeIndex::new(*i), petgraph::Incoming).next().is_none());
    let first = &ctx.activities[first.unwrap_or(0)];
    let id = meant.unwrap_or(first.id);
    finding.help("connect the entry with the activity that comes first").set(format!("Start with {id}"), &at, id);
}
