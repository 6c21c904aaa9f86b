//! One lane: takes what is due, asks the adapter, records what came of it.

use std::sync::Arc;
use std::time::Duration;

use delivery::{Adapter, Calls, Config, Outcome, Outgoing, Pace};
use futures_util::{StreamExt, stream};
use model::Millis;
use rusqlite::Connection;
use serde_json::Value;
use tokio::sync::{Mutex, watch};
use tokio::time::Instant;

use super::queue::{self, Waiting};
use super::{custom, filter, record, tracking, unsubscribe};
use crate::api::{channels, endpoints};
use crate::outbox::{Message, Sender};
use crate::refusal::Result;
use crate::server::Machine;

/// Messages taken from the queue at once, of calls; of other lanes [`ROUNDS`] times as many as go at the same time, so that
/// who throttles is soon left in peace.
const BATCH: usize = 200;
const ROUNDS: usize = 4;
/// Longest sleep of a lane, as that of the runner.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// Where the messages of a lane go.
pub enum Way {
    /// One by one.
    One(Adapter),
    /// Many at once.
    Many(Box<Calls>),
}

/// A lane.
pub struct Lane {
    /// Its name in the settings.
    pub name: String,
    way: Way,
    pace: Pace,
    /// Held while a pass goes on: nothing is taken twice.
    turn: Mutex<()>,
    /// When the next message may go, where there is a rate.
    slot: Mutex<Option<Instant>>,
}

/// What a call is about.
enum Called {
    /// The hook of a campaign.
    Hook(filter::Asking),
    /// Custom messages.
    Messages(custom::Batch),
}

/// What is to be done with a message that is due.
enum Take {
    /// Hand it over.
    Send(Box<Outgoing>),
    /// Do not, for this reason: opted out since, or gone.
    Skip(String),
    /// Do not: the address is on the suppression list, for this reason.
    Suppressed(String),
}

impl Lane {
    /// A lane that has handed over nothing yet.
    pub fn new(name: &str, way: Way, pace: Pace) -> Lane {
        Lane { name: name.to_owned(), way, pace, turn: Mutex::new(()), slot: Mutex::new(None) }
    }

    /// What it calls with.
    pub fn calls(&self) -> Option<&Calls> {
        match &self.way {
            Way::Many(calls) => Some(calls),
            Way::One(_) => None,
        }
    }

    /// Hands over everything that is due now, and waits for what comes of it; how many messages.
    pub async fn pass(&self, machine: &Machine) -> Result<usize> {
        let _turn = self.turn.lock().await;
        let mut handed = 0;
        loop {
            let now = machine.clock.now();
            let limit = if matches!(self.way, Way::Many(_)) { BATCH } else { self.pace.at_once * ROUNDS };
            let waiting = machine.store.read(|store| queue::due(store, &self.name, now, limit))?;
            let hooks = match &self.way {
                Way::Many(_) => machine.store.read(|store| filter::due(store, now, BATCH))?,
                Way::One(_) => Vec::new(),
            };
            if waiting.is_empty() && hooks.is_empty() {
                return Ok(handed);
            }
            handed += waiting.len() + hooks.len();
            let outcomes: Vec<Result<()>> = match &self.way {
                Way::One(adapter) => {
                    let each = stream::iter(waiting).map(|waiting| self.one(machine, adapter, waiting));
                    each.buffer_unordered(self.pace.at_once).collect().await
                }
                Way::Many(calls) => {
                    // Hooks first: a run waits for them.
                    let hooks = hooks.into_iter().map(Called::Hook);
                    let batches = custom::batches(waiting).into_iter().map(Called::Messages);
                    let each = stream::iter(hooks.chain(batches)).map(|called| async move {
                        self.wait_for_slot().await;
                        match called {
                            Called::Hook(asking) => filter::call(machine, calls, asking).await,
                            Called::Messages(batch) => custom::call(machine, calls, batch).await,
                        }
                    });
                    each.buffer_unordered(self.pace.at_once).collect().await
                }
            };
            outcomes.into_iter().collect::<Result<()>>()?;
        }
    }

    /// When something falls due in the lane.
    fn next_due(&self, store: &Connection) -> rusqlite::Result<Option<Millis>> {
        let hooks = match self.way {
            Way::Many(_) => filter::next_due(store)?,
            Way::One(_) => None,
        };
        Ok(queue::next_due(store, Some(&self.name))?.into_iter().chain(hooks).min())
    }

    async fn one(&self, machine: &Machine, adapter: &Adapter, waiting: Waiting) -> Result<()> {
        let take = machine.store.read(|store| take(&machine.deliverer.config, store, &waiting))?;
        let (name, pace) = (self.name.clone(), self.pace);
        match take {
            Take::Skip(reason) => machine.change(move |context| record::skipped(context, &waiting, &reason)).await,
            Take::Suppressed(reason) => {
                machine.change(move |context| record::suppressed(context, &waiting, &reason)).await
            }
            Take::Send(outgoing) => {
                self.wait_for_slot().await;
                let outcome = adapter.send(&outgoing).await;
                if !matches!(outcome, Outcome::Accepted { .. }) {
                    let (code, status) = (outcome.code(), outcome.delivery_status());
                    tracing::warn!(message = waiting.message.id, lane = name, code, status, "a message was not taken");
                }
                machine.change(move |context| record::outcome(context, &name, &pace, &waiting, &outcome)).await
            }
        }
    }

    /// Waits for the message's turn at the lane's rate.
    async fn wait_for_slot(&self) {
        let Some(rate) = self.pace.per_second else { return };
        let slot = slot(&mut *self.slot.lock().await, rate, Instant::now());
        tokio::time::sleep_until(slot).await;
    }
}

/// The first free slot from `now` on, at so many a second; what was not used before is lost.
fn slot(next: &mut Option<Instant>, rate: f64, now: Instant) -> Instant {
    let slot = next.map_or(now, |slot| slot.max(now));
    *next = Some(slot + Duration::from_secs_f64(1.0 / rate));
    slot
}

/// Looks once more whether the message may go: days may have passed since it was put into the queue.
fn take(config: &Config, store: &Connection, waiting: &Waiting) -> Result<Take> {
    let message = &waiting.message;
    if !message.endpoint_id.is_empty()
        && let Some(reason) = unwilling(store, &message.application_id, &message.endpoint_id)?
    {
        return Ok(Take::Skip(reason));
    }
    if let Some(reason) = queue::suppressed(store, &message.channel_type, &message.address)? {
        return Ok(Take::Suppressed(reason));
    }
    Ok(Take::Send(Box::new(outgoing(config, store, message)?)))
}

/// A message as its adapter takes it: with the sender of its channel, the way to opt out, and links that tell of clicks.
pub fn outgoing(config: &Config, store: &Connection, message: &Message) -> Result<Outgoing> {
    let is_mail = message.channel_type == "EMAIL";
    let mut envelope = message.envelope.clone();
    if is_mail && !envelope.contains_key("FromAddress") {
        // journeys.md 3.1: the default is the channel's.
        let from = channels::from_address(store, &message.application_id)?;
        envelope.extend(from.map(|from| ("FromAddress".to_owned(), Value::from(from))));
    }
    let answers = !matches!(message.sender, Sender::Direct { .. }) && !message.endpoint_id.is_empty();
    let unsubscribe = match &config.public_url {
        Some(url) if answers && is_mail => {
            unsubscribe::token(store, message)?.map(|token| format!("{url}/waymark/unsubscribe/{token}"))
        }
        _ => None,
    };
    let parts = match config.tracking() {
        Some(url) if is_mail => tracking::marked(store, url, message)?,
        _ => message.parts.clone(),
    };
    Ok(Outgoing {
        id: message.id.clone(),
        channel: message.channel_type.clone(),
        address: message.address.clone(),
        at: message.at,
        parts,
        envelope,
        unsubscribe,
    })
}

/// Why an endpoint is to get nothing any more; `None` = it may.
pub fn unwilling(store: &Connection, app: &str, endpoint: &str) -> Result<Option<String>> {
    let Some(document) = endpoints::read(store, app, endpoint)? else {
        return Ok(Some("the endpoint was deleted meanwhile".to_owned()));
    };
    let is = |name: &str, value: &str| document.get(name).and_then(Value::as_str) == Some(value);
    Ok(match (is("OptOut", "ALL"), is("EndpointStatus", "INACTIVE")) {
        (true, _) => Some("the endpoint has opted out meanwhile".to_owned()),
        (_, true) => Some("the endpoint became inactive meanwhile".to_owned()),
        _ => None,
    })
}

/// Runs a lane: hands over what is due, sleeps until the next, wakes when the bell rings; ends when `stopped` says so.
pub async fn run(machine: Arc<Machine>, lane: usize, mut stopped: watch::Receiver<bool>) {
    let Some(lane) = machine.deliverer.lanes.get(lane) else { return };
    let mut bell = machine.deliverer.bell.subscribe();
    loop {
        // Before looking: what comes while the lane looks rings again.
        bell.mark_unchanged();
        let passed = tokio::select! {
            passed = lane.pass(&machine) => passed,
            _ = stopped.wait_for(|stopped| *stopped) => return,
        };
        let mut sleep = LONGEST_SLEEP;
        match passed {
            Err(refusal) => {
                tracing::error!(lane = lane.name, message = refusal.message, "trying again in a minute");
            }
            Ok(handed) => {
                if handed > 0 {
                    machine.bell.notify_one();
                }
                let next = machine.store.read(|store| lane.next_due(store));
                match next {
                    Ok(Some(at)) if !machine.clock.is_virtual() => {
                        let left = u64::try_from(at - machine.clock.now()).unwrap_or(0);
                        sleep = Duration::from_millis(left).min(LONGEST_SLEEP);
                    }
                    Ok(_) => {}
                    Err(error) => tracing::error!(%error, lane = lane.name, "the queue cannot be read"),
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(sleep) => {}
            // An error means that the server was dropped.
            _ = bell.changed() => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_keeps_to_its_rate_and_saves_nothing_up() {
        let (now, mut next) = (Instant::now(), None);
        let mut after = |seconds: u64| {
            let now = now + Duration::from_secs(seconds);
            slot(&mut next, 4.0, now) - now
        };
        let five: Vec<u128> = (0..5).map(|_| after(0).as_millis()).collect();
        assert_eq!(five, [0, 250, 500, 750, 1_000]);
        let after_a_rest: Vec<u128> = (0..3).map(|_| after(60).as_millis()).collect();
        assert_eq!(after_a_rest, [0, 250, 500]);
    }
}
