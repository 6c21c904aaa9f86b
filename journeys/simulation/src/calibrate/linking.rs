//! From events to messages: which event came of which message.
//!
//! E-mails and text messages carry a message id; all events of one e-mail also carry the instant of its sending. Push
//! notifications, functions and calls carry neither: what comes of them belongs to the last one before it that the same
//! activity sent to the same endpoint.

use std::collections::BTreeMap;

use engine::EventKind;
use model::Millis;

use crate::events::Event;

/// How a message goes out; the order is that of [`Responses`](crate::response::Responses).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Channel {
    Email,
    Sms,
    Push,
    Custom,
    ContactCenter,
}

impl Channel {
    /// Its name in a response model.
    pub fn name(self) -> &'static str {
        match self {
            Channel::Email => "email",
            Channel::Sms => "sms",
            Channel::Push => "push",
            Channel::Custom => "custom",
            Channel::ContactCenter => "contact_center",
        }
    }

    /// `journey_activity_type` or `delivery_type` (events-and-analytics.md 1.2, 1.3).
    fn of_type(word: &str) -> Option<Channel> {
        Some(match word {
            "EMAIL" => Channel::Email,
            "SMS" => Channel::Sms,
            "CUSTOM" => Channel::Custom,
            "CONTACT_CENTER" => Channel::ContactCenter,
            "PUSH" | "GCM" | "ADM" | "BAIDU" | "APNS" | "APNS_SANDBOX" | "APNS_VOIP" | "APNS_VOIP_SANDBOX" => {
                Channel::Push
            }
            _ => return None,
        })
    }

    fn of_kind(kind: EventKind) -> Option<Channel> {
        let name = kind.name();
        Some(match kind {
            EventKind::PushOpened | EventKind::PushForeground | EventKind::PushBackground => Channel::Push,
            EventKind::CustomResponse => Channel::Custom,
            _ if name.starts_with("_email.") => Channel::Email,
            _ if name.starts_with("_SMS.") => Channel::Sms,
            _ if name.starts_with("_contact_center.") => Channel::ContactCenter,
            _ => return None,
        })
    }
}

/// A message, as far as events tell of it.
#[derive(Clone, Debug)]
pub(super) struct Linked<'e> {
    pub channel: Channel,
    pub endpoint: &'e str,
    /// The journey's activity; `None` = of a campaign, or transactional.
    pub activity: Option<&'e str>,
    /// When it was sent; `None` = no event says.
    pub sent: Option<Millis>,
    /// By kind: the first time.
    first: [Option<Millis>; EventKind::ALL.len()],
}

impl Linked<'_> {
    /// When the first event of a kind came.
    pub fn first(&self, kind: EventKind) -> Option<Millis> {
        self.first[kind as usize]
    }

    fn note(&mut self, kind: EventKind, at: Millis) {
        let first = &mut self.first[kind as usize];
        *first = Some(first.map_or(at, |known| known.min(at)));
    }
}

/// An event with what it is about.
struct About<'e> {
    channel: Channel,
    endpoint: &'e str,
    /// Journey and activity, or campaign and activity.
    unit: (&'e str, &'e str),
    kind: EventKind,
    event: &'e Event,
}

/// The messages that the events tell of, by channel, endpoint, unit and time; and how many events are about no message.
pub(super) fn link(events: &[Event]) -> (Vec<Linked<'_>>, u64) {
    let mut about: Vec<About<'_>> = events.iter().filter_map(about).collect();
    let others = (events.len() - about.len()) as u64;
    about.sort_by_key(|about| (about.channel, about.endpoint, about.unit, about.event.at));
    let mut messages = Vec::new();
    for group in about.chunk_by(|a, b| (a.channel, a.endpoint, a.unit) == (b.channel, b.endpoint, b.unit)) {
        link_group(group, &mut messages);
    }
    (messages, others)
}

fn about(event: &Event) -> Option<About<'_>> {
    let attribute = |name: &str| event.attribute(name).unwrap_or_default();
    let (channel, kind) = match event.event_type.as_str() {
        "_journey.send" if attribute("journey_send_status") == "SUCCESS" => {
            (Channel::of_type(attribute("journey_activity_type"))?, EventKind::JourneySend)
        }
        "_campaign.send" if attribute("campaign_send_status") == "SUCCESS" => {
            (Channel::of_type(attribute("delivery_type"))?, EventKind::JourneySend)
        }
        "_campaign.opened_notification" => (Channel::Push, EventKind::PushOpened),
        "_campaign.received_foreground" => (Channel::Push, EventKind::PushForeground),
        "_campaign.received_background" => (Channel::Push, EventKind::PushBackground),
        name => {
            let kind = EventKind::parse(name)?;
            (Channel::of_kind(kind)?, kind)
        }
    };
    let unit = match event.activity.as_deref() {
        Some(activity) => (event.journey.as_deref().unwrap_or_default(), activity),
        None => (attribute("campaign_id"), attribute("campaign_activity_id")),
    };
    Some(About { channel, endpoint: &event.endpoint, unit, kind, event })
}

/// Links the events of one channel, endpoint and unit, which are in order of arrival.
fn link_group<'e>(group: &[About<'e>], messages: &mut Vec<Linked<'e>>) {
    let Some(head) = group.first() else { return };
    let start = messages.len();
    let message = |sent: Option<Millis>| Linked {
        channel: head.channel,
        endpoint: head.endpoint,
        activity: head.event.activity.as_deref(),
        sent,
        first: [None; EventKind::ALL.len()],
    };
    // A clock that runs ahead dates an event after its arrival; it was sent by then.
    let dated = |event: &Event| event.timestamp.min(event.at);
    // First the messages that events name themselves. Looked up in trees: one address may get a million.
    let mut by_id: BTreeMap<&str, usize> = BTreeMap::new();
    let mut by_sent: BTreeMap<Millis, usize> = BTreeMap::new();
    for About { channel, kind, event, .. } in group.iter().filter(|about| about.kind != EventKind::JourneySend) {
        let of_email = *channel == Channel::Email;
        let sent = (of_email || kind.is_send()).then(|| dated(event));
        let id = event.message.as_deref();
        let known = match (id, sent) {
            (Some(id), _) => by_id.get(id),
            (None, Some(sent)) if of_email => by_sent.get(&sent),
            (None, Some(_)) => None,
            (None, None) => continue,
        };
        let place = known.copied().unwrap_or_else(|| {
            messages.push(message(None));
            messages.len() - 1
        });
        if let Some(id) = id {
            by_id.insert(id, place);
        }
        if let Some(sent) = sent {
            by_sent.entry(sent).or_insert(place);
        }
        let message = &mut messages[place];
        message.sent = message.sent.or(sent);
        message.note(*kind, event.at);
    }
    // Then those that the journey or campaign says it sent: of as many as are known already, nothing new; of the rest
    // nothing was heard, or it bears no id.
    let handed: Vec<Millis> =
        group.iter().filter(|about| about.kind == EventKind::JourneySend).map(|about| dated(about.event)).collect();
    let known = (messages.len() - start).min(handed.len());
    let (answered, silent) = handed.split_at(known);
    for (message, at) in messages[start..].iter_mut().zip(answered) {
        message.sent = message.sent.or(Some(*at));
    }
    messages.extend(silent.iter().map(|at| message(Some(*at))));
    messages[start..].sort_by_key(|message| message.sent);
    // Last, what bears no id: it came of the last message before it.
    for About { channel, kind, event, .. } in group {
        let named = event.message.is_some() || *channel == Channel::Email || kind.is_send();
        if named {
            continue;
        }
        // Those of which no sending is known stand first.
        let place = match messages[start..].partition_point(|known| known.sent <= Some(event.at)) {
            0 => {
                messages.insert(start, message(None));
                start
            }
            before if messages[start + before - 1].sent.is_none() => start,
            before => start + before - 1,
        };
        messages[place].note(*kind, event.at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::parse;
    use serde_json::{Value, json};

    fn record(kind: &str, at: Millis, more: Value) -> String {
        let mut record = json!({"event_type": kind, "event_timestamp": at, "arrival_timestamp": at,
            "client": {"client_id": "e"}, "attributes": {"journey_id": "j", "journey_activity_id": "a"}});
        for (path, value) in more.as_object().into_iter().flatten() {
            match path.as_str() {
                "mail" => record["facets"]["email_channel"]["mail_event"]["mail"]["message_id"] = value.clone(),
                "event_timestamp" => record["event_timestamp"] = value.clone(),
                name => record["attributes"][name] = value.clone(),
            }
        }
        record.to_string()
    }

    /// When it was sent, and what came of it.
    type Told = (Option<Millis>, Vec<(&'static str, Millis)>);

    fn linked(lines: &[String]) -> Vec<Told> {
        let (events, problems) = parse(&lines.join("\n"));
        assert_eq!(problems, []);
        let (messages, _) = link(&events);
        let told = |message: &Linked<'_>| {
            let kinds = EventKind::ALL.into_iter();
            (message.sent, kinds.filter_map(|kind| Some((kind.name(), message.first(kind)?))).collect())
        };
        messages.iter().map(told).collect()
    }

    #[test]
    fn events_of_an_email_are_linked_by_message_id_or_by_the_instant_of_sending() {
        let two = [
            record("_journey.send", 10, json!({"journey_activity_type": "EMAIL", "journey_send_status": "SUCCESS"})),
            record("_email.open", 90, json!({"mail": "m1", "event_timestamp": 11})),
            record("_email.open", 95, json!({"mail": "m1", "event_timestamp": 11})),
            record("_email.send", 12, json!({"mail": "m1", "event_timestamp": 11})),
            record("_email.delivered", 70, json!({"event_timestamp": 50})),
            record("_email.click", 80, json!({"event_timestamp": 50})),
        ];
        assert_eq!(
            linked(&two),
            [
                (Some(11), vec![("_email.send", 12), ("_email.open", 90)]),
                (Some(50), vec![("_email.delivered", 70), ("_email.click", 80)]),
            ]
        );
    }

    #[test]
    fn a_text_message_is_linked_by_its_id_and_an_opt_out_to_the_last() {
        let texts = [
            record("_SMS.BUFFERED", 10, json!({"message_id": "s1"})),
            record("_SMS.SUCCESS", 13, json!({"message_id": "s1"})),
            record("_SMS.BUFFERED", 20, json!({"message_id": "s2"})),
            record("_SMS.FAILURE", 24, json!({"message_id": "s2"})),
            record("_SMS.OPTOUT", 30, json!({})),
        ];
        assert_eq!(
            linked(&texts),
            [
                (Some(10), vec![("_SMS.SEND", 10), ("_SMS.SUCCESS", 13)]),
                (Some(20), vec![("_SMS.SEND", 20), ("_SMS.FAILURE", 24), ("_SMS.OPTOUT", 30)]),
            ]
        );
    }

    #[test]
    fn what_comes_of_a_push_belongs_to_the_last_one_sent_before() {
        let push = json!({"journey_activity_type": "PUSH", "journey_send_status": "SUCCESS"});
        let failed = json!({"journey_activity_type": "PUSH", "journey_send_status": "FAILURE"});
        let pushes = [
            record("_journey.received_background", 12, json!({})),
            record("_journey.send", 10, push.clone()),
            record("_journey.opened_notification", 25, json!({})),
            record("_journey.send", 20, push.clone()),
            record("_journey.send", 40, push),
            record("_journey.send", 50, failed),
            record("_journey.opened_notification", 5, json!({})),
        ];
        assert_eq!(
            linked(&pushes),
            [
                (None, vec![("_journey.opened_notification", 5)]),
                (Some(10), vec![("_journey.received_background", 12)]),
                (Some(20), vec![("_journey.opened_notification", 25)]),
                (Some(40), vec![]),
            ]
        );
    }

    #[test]
    fn a_send_of_which_nothing_is_heard_counts_once_with_the_channels_own_event_or_without() {
        let sent = |at: Millis| {
            record("_journey.send", at, json!({"journey_activity_type": "SMS", "journey_send_status": "SUCCESS"}))
        };
        assert_eq!(linked(&[sent(10), sent(30)]).len(), 2);
        assert_eq!(linked(&[sent(10), record("_SMS.SUCCESS", 12, json!({"message_id": "s"})), sent(30)]).len(), 2);
    }
}
