//! Runs campaigns: slots of schedules, events, answers of hooks (campaigns.md 3 to 9).
//!
//! [`engine::campaign::advance`] decides; this module feeds it. What a step brings about (messages, events, activities)
//! stands in one transaction with the campaign's new state. A run over many endpoints takes many short steps: the endpoints
//! are read beforehand, a piece at a time, without holding up who writes.

mod desk;
mod hear;
mod load;
mod roll;
mod step;
mod stored;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::Millis;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::refusal::{Refusal, Result};
use crate::store::Store;

pub use hear::hear;
pub use load::{Broken, Running, compile, templates_of};
pub use roll::Roll;
pub use step::{over_few, undelivered};
pub use stored::{Stored, find, stop};

/// What the runner keeps in memory of campaigns that are in the middle of a run. The store has all that counts: this is
/// read again when it is not there.
#[derive(Clone, Default)]
pub struct Campaigns {
    /// One piece of work at a time.
    turn: Arc<Mutex<()>>,
    known: Arc<Mutex<Known>>,
}

#[derive(Default)]
struct Known {
    /// By project.
    rolls: BTreeMap<String, Roll>,
    /// By campaign.
    going: BTreeMap<String, step::Going>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What a panic has left half done is only memory: steps take things out before they use them.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A campaign that is due: its project, its id, and whether it goes over the endpoints of the project.
fn due(connection: &Connection, now: Millis) -> Result<Option<(String, String, bool)>> {
    let mut statement = connection
        .prepare_cached("SELECT app, id, kind <> 'EVENT' FROM campaigns WHERE due <= ?1 ORDER BY due, seq LIMIT 1")?;
    Ok(statement.query_row(params![now], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?)
}

impl Campaigns {
    /// One piece of work that is due at `now`; `false` = nothing is.
    pub fn work(&self, store: &Store, now: Millis) -> Result<bool> {
        let _turn = lock(&self.turn);
        let Some((app, id, over_all)) = store.read(|connection| due(connection, now))? else {
            self.put_away(store, now)?;
            return Ok(false);
        };
        if !over_all {
            store.transact(move |transaction| match find(transaction, &id)? {
                Some(stored) => over_few(transaction, stored, now),
                None => Ok(()),
            })?;
            return Ok(true);
        }
        if !lock(&self.known).rolls.contains_key(&app) {
            let roll = call_the_roll(store, &app)?;
            lock(&self.known).rolls.insert(app.clone(), roll);
        }
        let known = self.known.clone();
        store.transact(move |transaction| {
            let mut known = lock(&known);
            let Some(stored) = find(transaction, &id)? else { return Ok(()) };
            // Taken out, and put back only when the step counts.
            let (Some(mut roll), going) = (known.rolls.remove(&app), known.going.remove(&id)) else { return Ok(()) };
            roll.follow(transaction, &app)?;
            if let Some(going) = step::over_all(transaction, stored, going, &roll.people, now)? {
                known.going.insert(id, going);
            }
            if is_needed(transaction, &app, now)? {
                known.rolls.insert(app, roll);
            } else {
                close_the_roll(transaction, &app)?;
            }
            Ok::<_, Refusal>(())
        })?;
        Ok(true)
    }

    /// Forgets all, as a restart does.
    #[cfg(test)]
    pub fn forget(&self) {
        *lock(&self.known) = Known::default();
    }

    /// Puts away the endpoints of projects in which no run is going on any more, because its campaign was deleted, say.
    fn put_away(&self, store: &Store, now: Millis) -> Result<()> {
        let open = store.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT app FROM rolls")?;
            let apps: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            let unused = |app: &String| is_needed(connection, app, now).map(|needed| !needed);
            apps.into_iter().map(|app| Ok((unused(&app)?, app))).collect::<Result<Vec<_>>>()
        })?;
        for (_, app) in open.into_iter().filter(|(unused, _)| *unused) {
            lock(&self.known).rolls.remove(&app);
            store.transact(move |transaction| close_the_roll(transaction, &app))?;
        }
        Ok(())
    }
}

/// From now on nothing is written down.
fn close_the_roll(transaction: &Transaction<'_>, app: &str) -> Result<()> {
    for table in ["rolls", "roll_changes", "roll_gone"] {
        transaction.execute(&format!("DELETE FROM {table} WHERE app = ?1"), params![app])?;
    }
    Ok(())
}

/// Reads all endpoints of a project; from the first on, what happens to them is written down.
fn call_the_roll(store: &Store, app: &str) -> Result<Roll> {
    let opened = app.to_owned();
    store.transact(move |transaction| {
        transaction.execute("INSERT OR IGNORE INTO rolls (app) VALUES (?1)", params![opened])?;
        // What was written down before is in what is read now.
        transaction.execute("DELETE FROM roll_changes WHERE app = ?1", params![opened])?;
        Ok::<_, Refusal>(())
    })?;
    let mut roll = Roll::default();
    while store.read(|connection| roll.read(connection, app))? {}
    Ok(roll)
}

/// Whether a run is going on over the endpoints of a project, is due, or may begin with any event.
fn is_needed(connection: &Connection, app: &str, now: Millis) -> Result<bool> {
    let sql = "SELECT 1 FROM campaigns WHERE app = ?1
        AND (going = 1 OR kind = 'MIXED' AND status = 'EXECUTING' OR kind <> 'EVENT' AND due <= ?2)";
    Ok(connection.prepare_cached(sql)?.exists(params![app, now])?)
}

/// A segment was deleted: campaigns for it are over (campaigns.md 8).
pub fn segment_deleted(transaction: &Transaction<'_>, app: &str, segment: &str) -> Result<()> {
    for id in stored::of_segment(transaction, app, segment)? {
        if let Some(stored) = find(transaction, &id)? {
            stop(transaction, stored, &Broken::Segment)?;
        }
    }
    Ok(())
}
