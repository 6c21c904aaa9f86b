use model::time::{format_instant, parse_instant};
use model::wire::Frequency;
use model::{View, path, wire};

use crate::{Document, Findings};

rule! {
    /// Checks that a campaign has a schedule: a start that can be read, an end after it, and an event for campaigns
    /// that wait for one.
    ///
    /// **Why it matters.** Nobody can say when it runs; the service refuses it.
    ///
    /// **Example.** `"Schedule": {"Frequency": "EVENT", "StartTime": "2026-12-01T09:00:00Z"}`
    ///
    /// **How to fix it.** Add what is missing: `StartTime` (`IMMEDIATE` or a date), `EventFilter`.
    ///
    /// Source: campaigns.md 3; `Schedule`.
    "campaign-schedule", Error, "a campaign's schedule is wrong", Campaign
}

fn check(_: &Document, campaign: wire::WriteCampaignRequest, found: &mut Findings) {
    let Some(schedule) = campaign.schedule() else {
        let at = path!["Schedule", "StartTime"];
        found.report(path!["Schedule"], "the campaign has no schedule").help("say when it starts").set(
            "Start at once",
            &at,
            "IMMEDIATE",
        );
        return;
    };
    let start = schedule.start_time().filter(|text| *text != "IMMEDIATE");
    let from = start.and_then(parse_instant);
    if let (Some(text), None) = (start, from) {
        found
            .report(path!["Schedule", "StartTime"], format!("`{text}` is neither `IMMEDIATE` nor an ISO 8601 date"))
            .help("write it like `2026-12-01T09:00:00Z`");
    }
    if let Some(text) = schedule.end_time() {
        let to = parse_instant(text);
        let at = path!["Schedule", "EndTime"];
        match (from, to) {
            (_, None) => {
                found
                    .report(at, format!("`{text}` is not an ISO 8601 date"))
                    .help("write it like `2026-12-01T09:00:00Z`");
            }
            (Some(from), Some(to)) if to <= from => {
                found
                    .report(
                        at.clone(),
                        format!(
                            "the campaign ends {}, not after its start {}",
                            format_instant(to),
                            format_instant(from)
                        ),
                    )
                    .help("move the end behind the start, or take it away")
                    .remove("Remove the end", at);
            }
            _ => {}
        }
    }
    let waits = matches!(schedule.frequency(), Some(Frequency::Event | Frequency::InAppEvent));
    if waits && !schedule.has("EventFilter") {
        found
            .report(path!["Schedule", "EventFilter"], "the campaign waits for an event, and does not say which")
            .help("add the event that sends the message");
    }
}
