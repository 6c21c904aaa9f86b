//! What activities, conditions and entries do, in one line of plain words.

use crate::activity::{Activity, Payload, branch_letter};
use crate::clause;
use crate::journey::{Entry, Journey};
use crate::time::{duration_words, parse_duration, parse_instant};
use crate::view::Word;
use crate::wire;

/// One line on what an activity does; for activities that are not finished it says what is missing.
pub fn activity(activity: &Activity, journey: Journey) -> String {
    match activity.payload {
        None => "Kind not set".to_owned(),
        Some(Payload::Email(_) | Payload::Push(_) | Payload::Sms(_)) => {
            let name = activity.template_name().filter(|name| !name.is_empty());
            name.map_or("No template chosen".to_owned(), |name| format!("Sends {name}"))
        }
        Some(Payload::Custom(custom)) => match custom.delivery_uri().filter(|uri| !uri.is_empty()) {
            Some(uri) => format!("Calls {}", last_part(uri)),
            None => "No function or webhook named".to_owned(),
        },
        Some(Payload::ContactCenter(_)) => "Queues a call".to_owned(),
        Some(Payload::Wait(wait)) => wait.wait_time().map_or("No time set".to_owned(), wait_time),
        Some(Payload::ConditionalSplit(split)) => {
            let conditions = split.condition().map(|c| c.conditions()).unwrap_or_default();
            let joint = match split.condition().and_then(|c| c.operator()) {
                Some(wire::Operator::Any) => " or ",
                _ => " and ",
            };
            let words: Vec<String> = conditions.iter().map(|c| condition(*c, journey)).collect();
            let what = if words.is_empty() { "No condition set".to_owned() } else { words.join(joint) };
            match split.evaluation_wait_time() {
                Some(wait) if !words.is_empty() => format!("{what}, after {}", wait_time(wait)),
                _ => what,
            }
        }
        Some(Payload::MultiCondition(split)) => {
            let words: Vec<String> = split
                .branches()
                .iter()
                .enumerate()
                .map(|(i, branch)| {
                    let what = branch.condition().map_or("no condition".to_owned(), |c| condition(c, journey));
                    format!("{}: {what}", branch_letter(i))
                })
                .collect();
            if words.is_empty() { "No branches".to_owned() } else { words.join("; ") }
        }
        Some(Payload::RandomSplit(split)) => {
            let shares: Vec<String> =
                split.branches().iter().map(|b| b.percentage().map_or("?".to_owned(), |p| format!("{p}%"))).collect();
            if shares.is_empty() { "No branches".to_owned() } else { shares.join(" / ") }
        }
        Some(Payload::Holdout(holdout)) => match holdout.percentage() {
            Some(percent) => format!("{percent}% leave here"),
            None => "No percentage set".to_owned(),
        },
    }
}

/// One line on who comes in.
pub fn entry(journey: Journey) -> String {
    match journey.entry() {
        Some(Entry::Segment { segment: "" }) => "No segment chosen".to_owned(),
        Some(Entry::Segment { segment }) => format!("Members of {segment}"),
        Some(Entry::Event { filter, segment }) => {
            let events = filter.dimensions().and_then(|d| d.event_type()).map(|t| t.values()).unwrap_or_default();
            let who = segment.map_or(String::new(), |name| format!(", in {name}"));
            if events.is_empty() { "No event named".to_owned() } else { format!("On {}{who}", events.join(" or ")) }
        }
        None => "Nobody enters yet".to_owned(),
    }
}

/// One condition: "Opened Welcome e-mail", "In segment vip", "Attribute Plan is pro".
pub fn condition(condition: wire::SimpleCondition, journey: Journey) -> String {
    if let Some(event) = condition.event_condition() {
        let of = event.message_activity().map_or("a message".to_owned(), |id| {
            journey.activity(id).map_or_else(|| id.to_owned(), |activity| activity.label().to_owned())
        });
        let types = event.dimensions().and_then(|d| d.event_type()).map(|t| t.values()).unwrap_or_default();
        let words: Vec<String> = types.iter().map(|name| event_word(name)).collect();
        return if words.is_empty() {
            format!("No event of {of} chosen")
        } else {
            format!("{} {of}", words.join(" or "))
        };
    }
    if let Some(segment) = condition.segment_condition() {
        let name = segment.segment_id().filter(|name| !name.is_empty());
        return name.map_or("No segment chosen".to_owned(), |name| format!("In segment {name}"));
    }
    match condition.segment_dimensions() {
        Some(dimensions) => clause::dimension_words(dimensions),
        None => "No condition set".to_owned(),
    }
}

/// A word for an event type of journeys.md 3.8: `_email.open` is "Opened"; others as they are.
pub fn event_word(event_type: &str) -> String {
    match event_type {
        "_email.send" | "_SMS.SEND" | "_SMS.BUFFERED" | "_journey.send" => "Was sent",
        "_email.delivered" | "_SMS.SUCCESS" => "Received",
        "_email.rejected" => "Rejected",
        "_email.hardbounce" => "Hard bounce of",
        "_email.softbounce" => "Soft bounce of",
        "_email.complaint" => "Complained about",
        "_email.open" | "_journey.opened_notification" => "Opened",
        "_email.click" => "Clicked in",
        "_email.unsubscribe" => "Unsubscribed in",
        "_SMS.FAILURE" => "Delivery failed of",
        "_SMS.OPTOUT" => "Opted out after",
        "_journey.received_foreground" => "Received in the app",
        "_journey.received_background" => "Received in the background",
        "_contact_center.connected" => "Answered",
        "_contact_center.not_answered" => "Did not answer",
        "_contact_center.sit_tone" => "Reached a SIT tone at",
        "_contact_center.fax" => "Reached a fax at",
        "_contact_center.voicemail_beep" | "_contact_center.voicemail_no_beep" => "Reached voicemail at",
        "_custom.response" => "Got the answer of",
        other => return other.to_owned(),
    }
    .to_owned()
}

fn wait_time(wait: wire::WaitTime) -> String {
    let set = |text: &&str| !text.is_empty();
    match (wait.wait_for().filter(set), wait.wait_until().filter(set)) {
        (Some(span), _) => parse_duration(span).map_or_else(|| span.to_owned(), duration_words),
        (None, Some(until)) => format!("until {}", day_and_time(until)),
        (None, None) => "no time set".to_owned(),
    }
}

/// `2026-12-03T09:00:00Z` as `2026-12-03 09:00`.
pub(crate) fn day_and_time(text: &str) -> String {
    parse_instant(text).map_or_else(|| text.to_owned(), |at| crate::time::format_instant(at)[..16].replace('T', " "))
}

/// The last part of an ARN or an address: what people know it by.
pub(crate) fn last_part(uri: &str) -> &str {
    match uri.strip_prefix("https://") {
        Some(rest) => rest,
        None => uri.rsplit(':').next().unwrap_or(uri),
    }
}

/// The state in the console's words: `CANCELLED` is "Stopped", `DRAFT` "Draft".
pub fn state_word(state: Option<wire::State>) -> &'static str {
    match state {
        None | Some(wire::State::Draft) => "Draft",
        Some(wire::State::Active) => "Active",
        Some(wire::State::Completed) => "Completed",
        Some(wire::State::Cancelled) => "Stopped",
        Some(wire::State::Closed) => "Closed",
        Some(wire::State::Paused) => "Paused",
    }
}

/// The message activities that a split can ask about: those from which a path leads to it (J041), in the order of the
/// journey.
pub fn messages_before<'a>(journey: Journey<'a>, split: &str) -> Vec<Activity<'a>> {
    let before = crate::drawing::leading_to(journey, split);
    let asked =
        |activity: &Activity| before.contains(activity.id) && activity.kind().is_some_and(|kind| kind.is_message());
    journey.activities().into_iter().filter(asked).collect()
}

/// The event types that the service reports by itself, for filters of type `SYSTEM` (journeys.md 2): of e-mail and SMS.
pub fn service_events() -> impl Iterator<Item = &'static str> {
    use crate::ActivityKind::{Email, Sms};
    [Email, Sms].into_iter().flat_map(events_of).copied()
}

/// All event types that a split can ask of a message activity, with their words (journeys.md 3.8).
pub fn events_of(kind: crate::ActivityKind) -> &'static [&'static str] {
    use crate::ActivityKind;
    match kind {
        ActivityKind::Email => &[
            "_email.send",
            "_email.delivered",
            "_email.open",
            "_email.click",
            "_email.unsubscribe",
            "_email.complaint",
            "_email.softbounce",
            "_email.hardbounce",
            "_email.rejected",
        ],
        ActivityKind::Sms => &["_SMS.SEND", "_SMS.BUFFERED", "_SMS.SUCCESS", "_SMS.FAILURE", "_SMS.OPTOUT"],
        ActivityKind::Push => &[
            "_journey.send",
            "_journey.opened_notification",
            "_journey.received_foreground",
            "_journey.received_background",
        ],
        ActivityKind::ContactCenter => &[
            "_contact_center.connected",
            "_contact_center.not_answered",
            "_contact_center.voicemail_beep",
            "_contact_center.voicemail_no_beep",
            "_contact_center.sit_tone",
            "_contact_center.fax",
        ],
        ActivityKind::Custom => &["_custom.response"],
        _ => &[],
    }
}

/// The words of a closed set, for lists of choices.
pub fn words<W: Word>() -> Vec<&'static str> {
    W::ALL.iter().map(|word| word.as_str()).collect()
}
