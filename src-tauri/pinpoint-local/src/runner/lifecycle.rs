//! Runs and states that change by themselves or by UpdateJourneyState (journeys.md 7, 11.3).

use engine::{Input, lifecycle};
use model::Millis;
use model::view::Word;
use model::wire::State as JourneyState;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde_json::Value;

use super::step;
use crate::api::{Context, journeys, naming};
use crate::refusal::Result;
use crate::store;

/// A new run of a journey; gives its id.
pub fn open_run(connection: &Connection, journey: &str, status: &str, now: Millis) -> Result<String> {
    let id = naming::id();
    connection
        .prepare_cached("INSERT INTO runs (journey, id, status, created, updated) VALUES (?1, ?2, ?3, ?4, ?4)")?
        .execute(params![journey, id, status, now])?;
    Ok(id)
}

/// The newest run of a journey.
pub fn newest_run(connection: &Connection, journey: &str) -> Result<Option<String>> {
    let mut statement =
        connection.prepare_cached("SELECT id FROM runs WHERE journey = ?1 ORDER BY seq DESC LIMIT 1")?;
    Ok(statement.query_row(params![journey], |row| row.get(0)).optional()?)
}

fn document(connection: &Connection, id: &str) -> Result<Value> {
    let mut statement = connection.prepare_cached("SELECT document FROM journeys WHERE id = ?1")?;
    Ok(statement.query_row(params![id], |row| store::json(row, 0))?)
}

/// ACTIVE to CLOSED: nobody enters any more, who is inside goes on.
pub fn close(connection: &Connection, id: &str, now: Millis) -> Result<()> {
    let document = document(connection, id)?;
    connection.execute("UPDATE journeys SET entry_due = NULL WHERE id = ?1", params![id])?;
    journeys::set_state(connection, id, document, "CLOSED", now)?;
    Ok(())
}

/// Journeys whose end has come are closed, those that are closed and empty completed, and runs that are empty too.
/// Whether there was anything to do.
pub fn finish(transaction: &Transaction<'_>, now: Millis) -> Result<bool> {
    let ended: Option<String> = transaction
        .prepare_cached("SELECT id FROM journeys WHERE state = 'ACTIVE' AND ends <= ?1 LIMIT 1")?
        .query_row(params![now], |row| row.get(0))
        .optional()?;
    if let Some(id) = ended {
        close(transaction, &id, now)?;
        return Ok(true);
    }
    let empty: Option<String> = transaction
        .prepare_cached(
            "SELECT id FROM journeys WHERE state = 'CLOSED'
             AND NOT EXISTS (SELECT 1 FROM participants WHERE journey = journeys.seq AND inside = 1) LIMIT 1",
        )?
        .query_row([], |row| row.get(0))
        .optional()?;
    if let Some(id) = empty {
        let document = document(transaction, &id)?;
        journeys::set_state(transaction, &id, document, "COMPLETED", now)?;
        transaction.execute(
            "UPDATE runs SET status = 'COMPLETED', updated = ?2 WHERE journey = ?1 AND status = 'RUNNING'",
            params![id, now],
        )?;
        return Ok(true);
    }
    Ok(false)
}

/// ACTIVE to PAUSED: waits are frozen, nothing is sent.
pub fn pause(connection: &Connection, id: &str, now: Millis) -> Result<()> {
    connection.execute("UPDATE journeys SET paused = ?2 WHERE id = ?1", params![id, now])?;
    connection.execute(
        "UPDATE participants SET due = NULL WHERE journey = (SELECT seq FROM journeys WHERE id = ?1) AND inside = 1",
        params![id],
    )?;
    Ok(())
}

/// PAUSED to ACTIVE: everybody inside goes on as the engine says (3.3).
pub fn resume(context: &Context<'_>, app: &str, id: &str, since: Millis) -> Result<()> {
    let transaction = context.store;
    let running = context.programs.load(transaction, app, id, false)?;
    let inside: Vec<(i64, String, String, String)> = transaction
        .prepare_cached(
            "SELECT p.seq, p.key, r.id, p.state FROM participants p JOIN runs r ON r.seq = p.run
             WHERE p.journey = (SELECT seq FROM journeys WHERE id = ?1) AND p.inside = 1",
        )?
        .query_map(params![id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (seq, key, run, text) in inside {
        step::feed(context, &running, (seq, &key, &run, &text), Input::Resume { since })?;
    }
    transaction.execute("UPDATE journeys SET paused = NULL WHERE id = ?1", params![id])?;
    Ok(())
}

/// What a request for another state means for this journey.
pub fn change(
    document: &Value,
    state: &str,
    paused: Option<Millis>,
    wanted: &str,
    now: Millis,
) -> std::result::Result<lifecycle::Change, String> {
    let word = |text: &str| JourneyState::parse(text);
    let Some(to) = word(wanted) else {
        return Err(match wanted {
            "" => "required, but missing".to_owned(),
            _ => format!("`{wanted}` is not one of ACTIVE, PAUSED, CANCELLED"),
        });
    };
    let standing = lifecycle::Standing {
        state: word(state).unwrap_or(JourneyState::Draft),
        refreshes: document.get("RefreshFrequency").is_some_and(|value| !value.is_null()),
        paused,
    };
    lifecycle::change(standing, to, now).map_err(|refused| refused.to_string())
}

/// To CANCELLED: nothing new is started; who is inside counts as cancelled.
pub fn cancel(connection: &Connection, id: &str, now: Millis) -> Result<()> {
    connection.execute(
        "INSERT INTO counts (journey, run, activity, name, count)
         SELECT ?1, r.id, '', 'CANCELLED', count(*) FROM participants p JOIN runs r ON r.seq = p.run
         WHERE p.journey = (SELECT seq FROM journeys WHERE id = ?1) AND p.inside = 1 GROUP BY r.id
         ON CONFLICT (journey, run, activity, name) DO UPDATE SET count = count + excluded.count",
        params![id],
    )?;
    connection.execute(
        "UPDATE participants SET inside = 0, due = NULL
         WHERE journey = (SELECT seq FROM journeys WHERE id = ?1) AND inside = 1",
        params![id],
    )?;
    connection.execute("UPDATE journeys SET entry_due = NULL, paused = NULL WHERE id = ?1", params![id])?;
    connection.execute(
        "UPDATE runs SET status = 'CANCELLED', updated = ?2 WHERE journey = ?1 AND status IN ('RUNNING', 'SCHEDULED')",
        params![id, now],
    )?;
    Ok(())
}
