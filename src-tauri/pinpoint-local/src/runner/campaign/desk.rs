//! What a step of a campaign asks of the store, and what it brings about there.

use std::cell::RefCell;

use audience::People;
use engine::campaign::{self, Activity, Draft, Effect, Scope, SendStatus, What, World, hook};
use engine::draw::hash;
use model::time::format_instant;
use model::view::Word;
use model::wire::ChannelType;
use model::{Millis, TemplateKind};
use rusqlite::{OptionalExtension, Transaction, params};
use serde_json::{Map, Value, json};
use templates::Rendered;

use super::load::Running;
use crate::api::channels;
use crate::deliver::filter::{self, NewCall};
use crate::outbox::{self, Counted, Message, Placed, Sender};
use crate::refusal::{Refusal, Result};
use crate::runner::told;

/// What a step asks of the store.
pub struct Shop<'s> {
    /// The transaction that keeps the step.
    pub transaction: &'s Transaction<'s>,
    /// The campaign.
    pub running: &'s Running,
    /// The endpoints.
    pub people: &'s People,
    /// The message that was made last.
    pub made: &'s RefCell<Option<Rendered>>,
    /// What went wrong while the engine asked; the step does not count then.
    pub failure: &'s RefCell<Option<Refusal>>,
}

impl Shop<'_> {
    fn endpoint(&self, row: u32) -> &str {
        self.people.row(row as usize).id()
    }

    fn count(&self, found: rusqlite::Result<u32>) -> u32 {
        found.unwrap_or_else(|error| {
            self.failure.replace(Some(error.into()));
            u32::MAX
        })
    }
}

impl World for Shop<'_> {
    fn people(&self) -> &People {
        self.people
    }

    fn targeted(&self, row: u32) -> u32 {
        let found = self
            .transaction
            .prepare_cached("SELECT count FROM campaign_targets WHERE campaign = ?1 AND endpoint = ?2")
            .and_then(|mut statement| {
                let params = params![self.running.program.id(), self.endpoint(row)];
                statement.query_row(params, |row| row.get(0)).optional()
            });
        self.count(found.map(Option::unwrap_or_default))
    }

    fn sent(&self, row: u32, scope: Scope, since: Millis) -> u32 {
        let counted = match scope {
            Scope::Campaign => Counted::Campaign(self.running.program.id()),
            Scope::Project => Counted::All,
        };
        self.count(outbox::sent(self.transaction, &self.running.app, self.endpoint(row), counted, since))
    }

    fn target(&mut self, row: u32) {
        let written = self
            .transaction
            .prepare_cached(
                "INSERT INTO campaign_targets (campaign, endpoint, count) VALUES (?1, ?2, 1)
                 ON CONFLICT (campaign, endpoint) DO UPDATE SET count = count + 1",
            )
            .and_then(|mut statement| statement.execute(params![self.running.program.id(), self.endpoint(row)]));
        if let Err(error) = written {
            self.failure.replace(Some(error.into()));
        }
    }

    /// The outbox counts what was sent: [`Desk`] writes it before the engine goes on.
    fn send(&mut self, _: u32, _: Millis) {}

    fn render(&mut self, draft: &Draft<'_>) -> std::result::Result<(), String> {
        let rendered = self.running.renderer.render(&self.running.program, self.people, draft)?;
        self.made.replace(Some(rendered));
        Ok(())
    }
}

/// Carries out what a step brings about.
pub struct Desk<'s> {
    /// The transaction that keeps the step.
    pub transaction: &'s Transaction<'s>,
    /// The campaign.
    pub running: &'s Running,
    /// The endpoints.
    pub people: &'s People,
    /// The instant.
    pub now: Millis,
}

impl Desk<'_> {
    /// Carries out an effect; `sent` = endpoints that the activity has handled so far, and when it was scheduled; `made` = the message.
    pub fn carry_out(&self, effect: &Effect, sent: (u64, Millis), made: Option<Rendered>) -> Result<()> {
        match &effect.what {
            What::Send { row, .. } => {
                let parts = made.map(|rendered| rendered.parts).unwrap_or_default();
                let message = self.message(effect.activity, *row, sent, parts, None)?;
                // One that waits for its channel's adapter is told of when that has taken it.
                if outbox::put(self.transaction, &message)? == Placed::Kept {
                    self.told(effect.activity, *row, SendStatus::Success)?;
                    told::accepted(self.transaction, &message)?;
                }
                Ok(())
            }
            What::NotSent { row, status } => {
                if matches!(status, SendStatus::FailurePermanent | SendStatus::HookFailure) {
                    let reason = effect.sentence(&self.running.program, self.people, self.now);
                    let message = self.message(effect.activity, *row, sent, Vec::new(), Some(reason.clone()))?;
                    let placed = outbox::put(self.transaction, &message)?;
                    if placed == Placed::Kept && *status == SendStatus::FailurePermanent {
                        told::not_made(self.transaction, &message, &reason)?;
                    }
                }
                self.told(effect.activity, *row, *status)
            }
            What::Failed { row, status } => self.told(effect.activity, *row, *status),
            What::CallHook { call, attempt, rows, .. } => self.call(effect.activity, (*call, *attempt), rows, sent.1),
            _ => Ok(()),
        }
    }

    /// The event `_campaign.send` (events-and-analytics.md 1.2).
    fn told(&self, activity: Activity, row: u32, status: SendStatus) -> Result<()> {
        let endpoint = self.people.row(row as usize);
        let message = endpoint.channel().and_then(|channel| self.running.program.message(activity.treatment, channel));
        let delivery_type = match message.is_some_and(|message| message.custom.is_some()) {
            true => ChannelType::Custom.as_str(),
            false => endpoint.channel().map_or("", ChannelType::as_str),
        };
        let attributes = json!({
            "campaign_id": self.running.program.id(),
            "campaign_activity_id": self.running.program.activity_id(activity),
            "treatment_id": activity.treatment.to_string(),
            "delivery_type": delivery_type,
            "campaign_send_status": status.name(),
        });
        let (app, name) = (&self.running.app, "_campaign.send");
        told::event(self.transaction, app, endpoint.id(), name, attributes, told::More::default(), self.now)?;
        Ok(())
    }

    fn message(
        &self,
        activity: Activity,
        row: u32,
        (sent, scheduled): (u64, Millis),
        parts: Vec<(String, String)>,
        failure: Option<String>,
    ) -> Result<Message> {
        let Running { app, program, .. } = self.running;
        let endpoint = self.people.row(row as usize);
        let channel = endpoint.channel();
        let activity_id = program.activity_id(activity);
        // Every event sends: the same endpoint may get several messages of one activity, and no run sends it two.
        let number = if program.takes_events() { sent.to_string() } else { String::new() };
        let half = |salt: &str| {
            let failed = if failure.is_some() { "failure" } else { "" };
            hash(&[salt, app, program.id(), "\u{0}", &activity_id, "\u{0}", endpoint.id(), "\u{0}", &number, failed])
        };
        let mut envelope = channel
            .and_then(|channel| program.message(activity.treatment, channel))
            .map(envelope_of)
            .unwrap_or_default();
        if channel == Some(ChannelType::Email) && envelope.is_empty() {
            // journeys.md 3.1: the default is the channel's. A custom message has no sender, and an envelope.
            let from = channels::from_address(self.transaction, app)?;
            envelope.extend(from.map(|from| ("FromAddress".to_owned(), Value::from(from))));
        }
        if envelope.contains_key("DeliveryUri") {
            envelope.insert("ScheduledTime".into(), format_instant(scheduled).into());
        }
        Ok(Message {
            id: format!("{:016x}{:016x}", half("campaign 1"), half("campaign 2")),
            application_id: app.clone(),
            sender: Sender::Campaign {
                campaign_id: program.id().to_owned(),
                treatment_id: activity.treatment.to_string(),
                campaign_activity_id: activity_id,
            },
            endpoint_id: endpoint.id().to_owned(),
            channel_type: channel.map_or_else(String::new, |channel| channel.as_str().to_owned()),
            address: endpoint.address().unwrap_or_default().to_owned(),
            at: self.now,
            parts,
            envelope,
            failure,
        })
    }

    /// Puts a call of the hook down, which is made when the step is kept ([`filter`]).
    fn call(&self, activity: Activity, (number, attempt): (u32, u8), rows: &[u32], scheduled: Millis) -> Result<()> {
        let Running { app, document, program, .. } = self.running;
        let Some(hook) = program.hook() else { return Ok(()) };
        let configuration = document.get("MessageConfiguration");
        let payload = hook::payload(program, activity, scheduled, app, configuration, self.people, rows);
        let activity_id = program.activity_id(activity);
        let call = NewCall {
            campaign: program.id(),
            treatment: activity.treatment,
            activity: &activity_id,
            number,
            attempt,
            target: &hook.target,
            payload: &payload,
        };
        filter::put(self.transaction, call, self.now)
    }
}

/// What the channel needs besides the texts: what is not rendered of the inline message.
fn envelope_of(message: &campaign::Message) -> Map<String, Value> {
    if let Some(custom) = &message.custom {
        return Map::from_iter([("DeliveryUri".to_owned(), Value::from(custom.delivery_uri.as_str()))]);
    }
    let kept = |members: &Map<String, Value>, keep: &dyn Fn(&str, &Value) -> bool| -> Map<String, Value> {
        let kept = members.iter().filter(|(name, value)| keep(name.as_str(), value));
        kept.map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    match message.kind {
        Some(TemplateKind::Email) => kept(&message.inline, &|name, _| name == "FromAddress"),
        Some(TemplateKind::Sms) => kept(&message.inline, &|name, _| name != "Body"),
        // The texts of a push message are all rendered.
        Some(TemplateKind::Push) => {
            let services = message.inline.values().filter_map(Value::as_object);
            services.flat_map(|members| kept(members, &|_, value| !value.is_string())).collect()
        }
        _ => Map::new(),
    }
}
