use model::path;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that the journey sends something.
    ///
    /// **Why it matters.** A journey without a message activity does nothing that anybody notices.
    ///
    /// **Example.** `wait -> split`, and nothing else.
    ///
    /// **How to fix it.** Add an email, push notification, SMS, custom channel or contact centre activity.
    ///
    /// Source: our own judgement.
    "no-message", Warning, "the journey sends nothing", Journey
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let sends = ctx.activities.iter().any(|activity| activity.kind().is_some_and(|kind| kind.is_message()));
    if !sends && !ctx.activities.is_empty() {
        found.report(path!["Activities"], "the journey has no message activity").help("add a message");
    }
}
