//! One person who does something else than in the run: "what if she opens it on day 2?"
//!
//! What the person does with a message that is named is what is named, and nothing besides; that it arrived stays as it
//! was, unless it is named that it did not. With all other messages the person does what they do in the run.

use std::collections::BTreeSet;

use engine::EventKind;
use model::Millis;
use serde::{Deserialize, Serialize};

use crate::events::{self, Event};
use crate::messages::Message;
use crate::simulation::{Settings, Simulation};

/// Something that a person does instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    /// When.
    pub at: Millis,
    /// The message that it is about; `None` = an event of the person's own, such as the one that starts the journey.
    pub activity: Option<String>,
    /// `event_type`
    pub event_type: String,
}

impl Simulation<'_> {
    /// The events and settings of the run in which a person does this instead; everything else that goes in stays.
    /// `None` = nobody of that name.
    pub fn what_if(&self, person: &str, deeds: &[Deed]) -> Option<(Vec<Event>, Settings)> {
        let rows = self.rows_of(person)?;
        let first = *rows.first()?;
        let named: BTreeSet<&str> = deeds.iter().filter_map(|deed| deed.activity.as_deref()).collect();
        let owns: BTreeSet<&str> = rows.iter().map(|row| self.people.row(*row as usize).id()).collect();
        let undelivered: BTreeSet<&str> = deeds
            .iter()
            .filter(|deed| EventKind::parse(&deed.event_type).is_some_and(fails))
            .filter_map(|deed| deed.activity.as_deref())
            .collect();
        // Of a message that is named stays that it arrived.
        let stays = |event: &Event| match event.activity.as_deref() {
            Some(activity) if named.contains(activity) && owns.contains(event.endpoint.as_str()) => {
                !undelivered.contains(activity) && EventKind::parse(&event.event_type).is_some_and(Message::arrives)
            }
            _ => true,
        };
        let mut records = String::new();
        self.records(first as usize..first as usize + 1, &mut |record| {
            records.push_str(&record.to_string());
            records.push('\n');
        });
        let (drawn, _) = events::parse(&records);
        let endpoint = |activity: &str| {
            let sent = drawn.iter().find(|event| event.activity.as_deref() == Some(activity));
            sent.map_or_else(|| self.people.row(first as usize).id(), |event| &event.endpoint).to_owned()
        };
        // Where some events name the journey, only those that do count.
        let journey = self.events.iter().find_map(|event| event.journey.clone().filter(|id| id == self.program.id()));
        let mut all: Vec<Event> = self.events.iter().filter(|event| stays(event)).cloned().collect();
        if !self.replay {
            let about = |event: &Event| event.activity.as_deref().is_some_and(|id| named.contains(id));
            let drawn = drawn.iter().filter(|event| about(event) && stays(event)).cloned();
            all.extend(drawn.map(|event| Event { journey: journey.clone(), ..event }));
        }
        all.extend(deeds.iter().map(|deed| Event {
            event_type: deed.event_type.clone(),
            endpoint: endpoint(deed.activity.as_deref().unwrap_or_default()),
            at: deed.at,
            timestamp: deed.at,
            journey: journey.clone().filter(|_| deed.activity.is_some()),
            activity: deed.activity.clone(),
            message: None,
            attributes: Vec::new(),
            metrics: Vec::new(),
        }));
        all.sort_by_key(|event| event.at);
        Some((all, Settings { beside_events: !self.replay, ..self.settings.clone() }))
    }
}

/// Whether the event says that the message did not arrive.
fn fails(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::EmailHardBounce
            | EventKind::EmailSoftBounce
            | EventKind::EmailRejected
            | EventKind::EmailRenderingFailure
            | EventKind::SmsFailure
            | EventKind::SitTone
            | EventKind::Fax
            | EventKind::NotAnswered
    )
}
