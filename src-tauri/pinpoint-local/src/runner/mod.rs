//! Runs ACTIVE journeys: entry, due timers, events, and the ends of journeys; and [campaigns](campaign).
//!
//! [`engine::advance`] decides; this module only feeds it. What a step brings about (messages into the outbox, counts)
//! stands in one transaction with the participant's new state: a retry repeats nothing, a kill loses nothing. Work comes in
//! short pieces, and requests go in between.
//!
//! A message counts as delivered when the outbox has it: `_email.delivered` and `_SMS.SUCCESS` follow at once; unless its
//! channel has an adapter, which tells what comes of it ([`deliver`](crate::deliver)).

pub mod campaign;
mod entry;
mod hear;
mod lifecycle;
mod message;
mod program;
mod step;
pub mod told;
mod undelivered;

use std::sync::Arc;
use std::time::Duration;

use model::Millis;
use rusqlite::{Transaction, params};
use serde_json::Value;
use tokio::sync::watch;

use crate::api::Context;
use crate::deliver::{self, filter, queue};
use crate::refusal::{Refusal, Result};
use crate::server::Machine;
use crate::store;

#[cfg(test)]
pub use entry::{everybody, in_progress};
pub use entry::{people, segment_changed};
pub use hear::{hear, hear_in_journeys};
pub use lifecycle::{cancel, change, open_run, pause, resume};
pub use program::{Programs, check, keep_templates};
pub use undelivered::undelivered;

/// Participants advanced in one transaction; requests go in between.
const BATCH: usize = 200;

/// Longest sleep of the real clock's runner: a machine that slept wakes up late, but not by more than this.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// From the bell to looking for what is due.
const BREATH: Duration = Duration::from_millis(20);

/// Runs what is due, sleeps until the next, wakes when the bell rings; ends when `stopped` says so.
pub async fn run(machine: Arc<Machine>, mut stopped: watch::Receiver<bool>) {
    loop {
        let worker = machine.clone();
        let next = tokio::task::spawn_blocking(move || worker.run_due()).await;
        let next = match next {
            Ok(Ok(next)) => next,
            Ok(Err(refusal)) => {
                tracing::error!(message = refusal.message, "journeys could not be run; trying again in a minute");
                Some(machine.clock.now() + 60_000)
            }
            Err(error) => {
                tracing::error!(%error, "journeys could not be run; trying again in a minute");
                Some(machine.clock.now() + 60_000)
            }
        };
        let sleep = match next {
            Some(at) if !machine.clock.is_virtual() => {
                let left = u64::try_from(at - machine.clock.now()).unwrap_or(0);
                Duration::from_millis(left).min(LONGEST_SLEEP)
            }
            _ => LONGEST_SLEEP,
        };
        let rung = tokio::select! {
            () = tokio::time::sleep(sleep) => false,
            () = machine.bell.notified() => true,
            // An error means that the server was dropped.
            _ = stopped.wait_for(|stopped| *stopped) => return,
        };
        if rung {
            // Under load every request rings; what they bring about is looked for a few dozen times a second.
            tokio::time::sleep(BREATH).await;
        }
    }
}

/// One piece of work that is due; `false` = nothing is. Timers come first, as in the simulator: who leaves at the instant of
/// an entry evaluation can enter with it. Entry evaluations are only begun.
pub fn work(context: &Context<'_>) -> Result<bool> {
    Ok(step::timers(context, BATCH)? > 0
        || entry::begin(context)?
        || lifecycle::finish(context.store, context.now)?
        || deliver::give_up(context)?)
}

/// When the next thing falls due; `None` = nothing will by itself.
pub fn next_due(transaction: &Transaction<'_>) -> Result<Option<Millis>> {
    let mut statement = transaction.prepare_cached(
        "SELECT min(due) FROM (
            SELECT min(due) AS due FROM participants WHERE due IS NOT NULL
            UNION ALL SELECT min(entry_due) FROM journeys WHERE state = 'ACTIVE'
            UNION ALL SELECT min(ends) FROM journeys WHERE state = 'ACTIVE'
            UNION ALL SELECT min(due) FROM campaigns WHERE due IS NOT NULL)",
    )?;
    let due: Option<Millis> = statement.query_row([], |row| row.get(0))?;
    Ok(due.into_iter().chain(deliver::next_given_up(transaction)?).min())
}

/// The text at a place in a document.
pub fn text_at<'a>(document: &'a Value, path: &[&str]) -> Option<&'a str> {
    path.iter().try_fold(document, |value, name| value.get(name)).and_then(Value::as_str)
}

/// Adds to a count of a run.
pub fn count(
    transaction: &Transaction<'_>,
    journey: &str,
    run: &str,
    activity: &str,
    name: &str,
    by: i64,
) -> Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO counts (journey, run, activity, name, count) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (journey, run, activity, name) DO UPDATE SET count = count + ?5",
        )?
        .execute(params![journey, run, activity, name, by])?;
    Ok(())
}

/// An entry evaluation that is going on: who is offered, and from which place on.
pub type Offering = (Arc<entry::Candidates>, usize);

impl Machine {
    /// Runs everything that is due now; gives when the next thing falls due.
    pub fn run_due(&self) -> Result<Option<Millis>> {
        let mut offering: Option<Offering> = None;
        loop {
            // By turns, so that nobody's timer waits for a million others to enter.
            offering = self.offer(offering)?;
            let sent = self.campaigns.work(&self.store, self.clock.now())?;
            let is_virtual = self.clock.is_virtual();
            let (worked, next) = self.piece(move |context| {
                if is_virtual {
                    store::set_meta(context.store, "clock", &context.now.to_string())?;
                }
                Ok((work(context)?, next_due(context.store)?))
            })?;
            if !worked && !sent && offering.is_none() {
                // A step at a time: journeys and the end of the server come before the next one.
                return Ok(if self.work_on_jobs()? { Some(self.clock.now()) } else { next });
            }
        }
    }

    /// A piece of the runner's work, kept whole or not at all.
    pub fn piece<T: Send + 'static>(&self, work: impl FnOnce(&Context<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        let (now, programs) = (self.clock.now(), self.programs.clone());
        let done = self.store.transact(move |store| work(&Context { store, programs: &programs, now }));
        self.deliverer.ring();
        done
    }

    /// Offers the next participants of the evaluation in progress, if there is one.
    pub fn offer(&self, offering: Option<Offering>) -> Result<Option<Offering>> {
        let (candidates, from) = match offering {
            Some(offering) => offering,
            None => {
                let Some(evaluation) = self.store.read(|store| entry::in_progress(store))? else { return Ok(None) };
                let candidates = self.store.read(|store| entry::candidates(store, &self.programs, evaluation))?;
                (Arc::new(candidates), 0)
            }
        };
        let offered = candidates.clone();
        let next = self.piece(move |context| entry::offer(context, &offered, from))?;
        Ok(next.map(|next| (candidates, next)))
    }

    /// Moves a virtual clock to `instant`, from one thing that falls due to the next.
    pub fn run_until(&self, instant: Millis) -> Result<()> {
        while let Some(next) = self.run_all()?.filter(|next| *next <= instant) {
            if !self.clock.move_to(next) {
                break;
            }
        }
        self.clock.move_to(instant);
        self.run_all()?;
        Ok(())
    }

    /// Runs everything that is due now, and hands over what is, until nothing is left; gives when the next thing falls due.
    fn run_all(&self) -> Result<Option<Millis>> {
        loop {
            let next = self.run_due()?;
            if self.deliver_due()? == 0 {
                let delivery = self.store.read(|store| {
                    let hooks = filter::next_due(store)?;
                    Ok::<_, Refusal>(queue::next_due(store, None)?.into_iter().chain(hooks).min())
                })?;
                // What is due now and was not taken has no lane here: waiting for it would never end.
                let later = delivery.filter(|at| *at > self.clock.now());
                return Ok(next.into_iter().chain(later).min());
            }
        }
    }
}
