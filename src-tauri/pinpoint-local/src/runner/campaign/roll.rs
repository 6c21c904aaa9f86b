//! The endpoints of a project as a run goes over them: rows that do not move while a run is going on.
//!
//! All of them stand in memory, in the order of their creation; the store writes down what happens to them meanwhile
//! (`rolls` in `store/4.sql`). One that is deleted keeps its row, and counts as inactive. Read anew, after a restart, they
//! stand in the same rows.

use audience::People;
use model::Millis;
use rusqlite::{Connection, Transaction, params};
use serde_json::{Map, Value, json};

use crate::api::endpoints;
use crate::refusal::Result;

/// Endpoints read in one go; other readers come in between.
const CHUNK: usize = 2_000;

/// The endpoints of a project, or some of them.
#[derive(Default)]
pub struct Roll {
    /// The endpoints.
    pub people: People,
    /// By row: whether the store has it as inactive.
    inactive: Vec<bool>,
    /// The last `seq` that was read.
    last: i64,
}

impl Roll {
    /// Endpoints by id, the first in row 0; one that is not there any more is inactive.
    pub fn of(connection: &Connection, app: &str, ids: &[String]) -> Result<Roll> {
        let mut roll = Roll::default();
        for id in ids {
            match endpoints::read_with_seen(connection, app, id)? {
                Some((endpoint, seen)) => roll.put(id, &endpoint, seen),
                None => roll.put(id, &gone(), 0),
            }
        }
        roll.settle(0..roll.people.len());
        Ok(roll)
    }

    /// Reads the next endpoints of a project; `false` = these were all.
    pub fn read(&mut self, connection: &Connection, app: &str) -> Result<bool> {
        let limit = i64::try_from(CHUNK).unwrap_or(i64::MAX);
        let rows: Vec<(i64, String, bool)> = connection
            .prepare_cached(
                "SELECT seq, id, 0 FROM endpoints WHERE app = ?1 AND seq > ?2
                 UNION ALL SELECT endpoint, id, 1 FROM roll_gone WHERE app = ?1 AND endpoint > ?2 ORDER BY 1 LIMIT ?3",
            )?
            .query_map(params![app, self.last, limit], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<_>>()?;
        for (seq, id, is_gone) in &rows {
            self.last = *seq;
            match (is_gone, endpoints::read_with_seen(connection, app, id)?) {
                (false, Some((endpoint, seen))) => self.put(id, &endpoint, seen),
                // Its id may belong to another endpoint by now.
                _ => self.put(&format!("{seq} is gone"), &gone(), 0),
            }
        }
        if rows.len() < CHUNK {
            self.people.shrink();
            self.settle(0..self.people.len());
            return Ok(false);
        }
        Ok(true)
    }

    /// Takes in what happened since the last time.
    pub fn follow(&mut self, transaction: &Transaction<'_>, app: &str) -> Result<()> {
        let changed: Vec<(i64, Option<String>, Option<String>)> = transaction
            .prepare_cached(
                "SELECT c.endpoint, e.id, g.id FROM roll_changes c
                 LEFT JOIN endpoints e ON e.seq = c.endpoint AND e.app = c.app
                 LEFT JOIN roll_gone g ON g.endpoint = c.endpoint AND g.app = c.app
                 WHERE c.app = ?1 ORDER BY c.endpoint",
            )?
            .query_map(params![app], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<_>>()?;
        if changed.is_empty() {
            return Ok(());
        }
        // Who gives an address away to another stands among the changes, too.
        let mut rows = Vec::new();
        for (seq, id, was) in changed {
            let Some(id) = id.as_ref().or(was.as_ref()) else { continue };
            match endpoints::read_with_seen(transaction, app, id)? {
                Some((endpoint, seen)) => self.put(id, &endpoint, seen),
                None if self.people.find(id).is_some() => self.put(id, &gone(), 0),
                None => {}
            }
            rows.extend(self.people.find(id));
            self.last = self.last.max(seq);
        }
        self.settle(rows.into_iter());
        transaction.prepare_cached("DELETE FROM roll_changes WHERE app = ?1")?.execute(params![app])?;
        Ok(())
    }

    /// Puts an endpoint into its row, or into a new one.
    fn put(&mut self, id: &str, endpoint: &Value, seen: Millis) {
        let written = match self.people.find(id) {
            None => self.people.push(Some(id), endpoint),
            Some(row) => {
                let before = self.people.row(row).to_json();
                self.people.push(Some(id), &instead_of(&before, endpoint))
            }
        };
        let row = written.or_else(|problem| {
            tracing::warn!(endpoint = id, column = problem.column, message = problem.message, "endpoint left out");
            self.people.push(Some(id), &gone())
        });
        let Ok(row) = row else { return };
        if seen > 0 {
            self.people.touch(row, seen);
        }
        if row >= self.inactive.len() {
            self.inactive.resize(row + 1, false);
        }
        self.inactive[row] = endpoint.get("EndpointStatus").and_then(Value::as_str) == Some("INACTIVE");
    }

    /// Writing one endpoint puts others with its address to rest; what the store says counts.
    fn settle(&mut self, rows: impl Iterator<Item = usize>) {
        for row in rows {
            let (inactive, endpoint) = (self.inactive.get(row).copied().unwrap_or_default(), self.people.row(row));
            if endpoint.inactive() == inactive {
                continue;
            }
            let id = endpoint.id().to_owned();
            let effective = endpoint.to_json().get("EffectiveDate").cloned().unwrap_or_default();
            let status = if inactive { "INACTIVE" } else { "ACTIVE" };
            let correction = json!({"EndpointStatus": status, "EffectiveDate": effective});
            if let Err(problem) = self.people.push(Some(&id), &correction) {
                tracing::warn!(message = problem.message, "endpoint status kept");
            }
        }
    }
}

/// An endpoint that is not there: nothing is sent to it.
fn gone() -> Value {
    json!({"EndpointStatus": "INACTIVE"})
}

/// What to write so that the endpoint is `after` and no more of `before`: an update merges.
fn instead_of(before: &Value, after: &Value) -> Value {
    let mut all = after.clone();
    clear(&mut all, before, &["Attributes"], &json!([]));
    clear(&mut all, before, &["Metrics"], &Value::Null);
    clear(&mut all, before, &["User", "UserAttributes"], &json!([]));
    if before.get("User").is_some() && after.get("User").is_none() {
        all["User"] = json!({"UserId": ""});
    }
    all
}

/// Names of `before` at a place that `all` does not have there get the value that removes them.
fn clear(all: &mut Value, before: &Value, place: &[&str], removed: &Value) {
    let at = |value: &Value| place.iter().try_fold(value.clone(), |value, name| value.get(name).cloned());
    let Some(Value::Object(before)) = at(before) else { return };
    let mut target = at(all).and_then(|value| value.as_object().cloned()).unwrap_or_else(Map::new);
    let left: Vec<String> = before.keys().filter(|name| !target.contains_key(*name)).cloned().collect();
    if left.is_empty() {
        return;
    }
    target.extend(left.into_iter().map(|name| (name, removed.clone())));
    let mut slot = all;
    for name in place {
        slot = &mut slot[*name];
    }
    *slot = Value::Object(target);
}
