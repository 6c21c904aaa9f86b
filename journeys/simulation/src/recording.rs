//! A simulated run written down as the service would: records of the event stream, to replay or to learn from.

use std::ops::Range;

use engine::{Effect, EventKind, What};
use model::{ActivityKind, Millis};
use serde_json::{Map, Value, json};

use crate::simulation::Simulation;
use crate::walk::Listener;

/// `journey_run_id` of all records: a simulated run is one.
const RUN: &str = "simulated";

struct Recorder<'s, 't> {
    simulation: &'s Simulation<'s>,
    tell: &'t mut dyn FnMut(&Value),
    /// Messages of the present participant: activity, row and the instant of sending, in order.
    sent: Vec<(u16, u32, Millis)>,
}

impl Recorder<'_, '_> {
    /// A record of the event stream (events-and-analytics.md 1). The address is left out of all of them.
    fn record(&mut self, activity: u16, row: u32, name: &str, sent: Millis, at: Millis, more: &[(&str, &str)]) {
        let simulation = self.simulation;
        let (program, id) = (simulation.program, simulation.people.row(row as usize).id());
        let mut attributes = Map::new();
        for (name, value) in [
            ("journey_id", program.id()),
            ("journey_run_id", RUN),
            ("journey_activity_id", program.activity_id(activity)),
        ]
        .iter()
        .chain(more)
        {
            attributes.insert((*name).to_owned(), Value::from(*value));
        }
        let of_email = name.starts_with("_email.");
        let message = format!("{}-{id}-{sent}", program.activity_id(activity));
        if name.starts_with("_SMS.") {
            attributes.insert("message_id".to_owned(), Value::from(message.as_str()));
        }
        let mut record = json!({
            "event_type": name,
            // For e-mail: time of the send, the same for all events of a message (1.1).
            "event_timestamp": if of_email { sent } else { at },
            "arrival_timestamp": at,
            "event_version": "3.1",
            "client": {"client_id": id},
            "attributes": attributes,
        });
        if of_email {
            let mail = json!({"mail": {"message_id": message, "message_send_timestamp": sent}});
            record["facets"] = json!({"email_channel": {"mail_event": mail}});
        }
        (self.tell)(&record);
    }
}

impl Listener for Recorder<'_, '_> {
    const ON: bool = true;

    fn effect(&mut self, at: Millis, effect: Effect) {
        let What::Send { activity, row } = effect.what else { return };
        self.sent.push((activity, row, at));
        let kind = self.simulation.program.kind(activity);
        // `journey_activity_type` (1.3)
        let word = match kind {
            Some(ActivityKind::Email) => "EMAIL",
            Some(ActivityKind::Sms) => "SMS",
            Some(ActivityKind::Push) => "PUSH",
            Some(ActivityKind::ContactCenter) => "CONTACT_CENTER",
            _ => "CUSTOM",
        };
        let more = [("journey_activity_type", word), ("journey_send_status", "SUCCESS")];
        self.record(activity, row, EventKind::JourneySend.name(), at, at, &more);
        match kind {
            Some(ActivityKind::Email) => self.record(activity, row, EventKind::EmailSend.name(), at, at, &[]),
            Some(ActivityKind::Sms) => {
                let more = [("record_status", "SUCCESSFUL")];
                self.record(activity, row, EventKind::SmsSend.name(), at, at, &more);
            }
            _ => {}
        }
    }

    fn event(&mut self, at: Millis, activity: u16, row: u32, name: &str) {
        let sent = self.sent.iter().rev().find(|sent| (sent.0, sent.1) == (activity, row)).map_or(at, |sent| sent.2);
        let simulation = self.simulation;
        let answer: Vec<(&str, &str)> = match EventKind::parse(name) {
            Some(EventKind::CustomResponse) => {
                let attributes = simulation.plan.attributes(activity, row).iter();
                attributes.map(|(name, value)| (name.as_str(), value.as_str())).collect()
            }
            _ => Vec::new(),
        };
        self.record(activity, row, name, sent, at, &answer);
    }

    fn refusals(&mut self, _: Millis, _: u64) {}
}

impl Simulation<'_> {
    /// Tells the records that the messages of this run cause: that they were sent, and what people did. Participants are
    /// those whose first endpoint lies in these rows, one after the other, each in order of time; [`events::parse`] takes
    /// them in any order. Events that start a journey are not among them: they are what the run was given.
    ///
    /// [`events::parse`]: crate::events::parse
    pub fn records(&self, rows: Range<usize>, tell: &mut dyn FnMut(&Value)) {
        let mut recorder = Recorder { simulation: self, tell, sent: Vec::new() };
        self.listen_to(rows, &mut recorder, &mut |recorder: &mut Recorder<'_, '_>, _| recorder.sent.clear());
    }
}
