use crate::evidence::{ENOUGH, Evidence};
use crate::{Findings, JourneyContext};

rule! {
    /// Checks, after a simulated run, that a message activity that people come to sends something to somebody.
    ///
    /// **Why it matters.** People pass it and get nothing: none of them has an endpoint of the channel, or the channel is
    /// closed on all the days on which they come.
    ///
    /// **Bad example.** An SMS for people who have e-mail addresses only.
    ///
    /// ```json
    /// {
    ///   "evidence": {"activities": {"nudge": {"arrived": 300, "not_sent": {"UNSUPPORTED_CHANNEL": 300}}}},
    ///   "journeys/welcome": {"Activities": {
    ///     "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "nudge"}},
    ///     "nudge": {"SMS": {"TemplateName": "hello", "MessageConfig": {"MessageType": "PROMOTIONAL"}}}
    ///   }}
    /// }
    /// ```
    ///
    /// **How to fix it.** Look at the reason, and send by another channel or at another time.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {
    ///   "evidence": {"activities": {"nudge": {
    ///     "arrived": 300,
    ///     "sent": 280,
    ///     "not_sent": {"UNSUPPORTED_CHANNEL": 20}
    ///   }}},
    ///   "journeys/welcome": {"Activities": {
    ///     "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "nudge"}},
    ///     "nudge": {"PUSH": {"TemplateName": "hello"}}
    ///   }}
    /// }
    /// ```
    ///
    /// Source: journeys.md 3.1 and 6, from the counts of a simulated run.
    "nothing-sent", Warning, "a message is sent to nobody", Run
}

fn check(ctx: &JourneyContext, evidence: &Evidence, found: &mut Findings) {
    for activity in ctx.activities.iter().filter(|one| one.kind().is_some_and(|kind| kind.is_message())) {
        let Some(seen) = evidence.of(activity.id) else { continue };
        if seen.arrived < ENOUGH || seen.sent > 0 {
            continue;
        }
        let reason = seen.not_sent.iter().max_by_key(|(_, count)| **count).map(|(status, _)| status.as_str());
        let why = match reason {
            Some("DAILY_CAP") => "a cap keeps it back",
            Some("QUIET_TIME" | "QUIET_TIME_MISSING_TIMEZONE" | "HELD") => "it is never the time for it",
            Some("UNSUPPORTED_CHANNEL") | None => "nobody has an endpoint of the channel",
            Some(_) => "it fails",
        };
        found
            .report(activity.payload_path(), format!("none of {} people gets `{}`: {why}", seen.arrived, activity.id))
            .help("send by another channel or at another time, or correct the people");
    }
}
