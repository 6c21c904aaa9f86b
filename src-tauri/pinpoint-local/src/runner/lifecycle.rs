//! Runs and states that change by themselves or by UpdateJourneyState (journeys.md 7, 11.3).

use model::view::View;
use model::{Journey, Millis, Payload};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde_json::Value;

use super::{program, step};
use crate::api::{journeys, naming};
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
             AND NOT EXISTS (SELECT 1 FROM participants WHERE journey = journeys.id AND inside = 1) LIMIT 1",
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
    connection.execute("UPDATE participants SET due = NULL WHERE journey = ?1 AND inside = 1", params![id])?;
    Ok(())
}

/// PAUSED to ACTIVE: what is left of a `WaitFor` counts from now; instants that have passed release at once (3.3).
pub fn resume(transaction: &Transaction<'_>, app: &str, id: &str, since: Millis, now: Millis) -> Result<()> {
    let running = program::load(transaction, app, id, false)?;
    let frozen: Vec<bool> = Journey::of(&running.document)
        .map(|journey| {
            journey
                .activities()
                .iter()
                .map(|activity| {
                    let wait = match activity.payload {
                        Some(Payload::Wait(wait)) => wait.wait_time(),
                        Some(Payload::ConditionalSplit(split)) => split.evaluation_wait_time(),
                        Some(Payload::MultiCondition(split)) => split.evaluation_wait_time(),
                        _ => None,
                    };
                    wait.is_some_and(|wait| wait.has("WaitFor"))
                })
                .collect()
        })
        .unwrap_or_default();
    let inside: Vec<(i64, String)> = transaction
        .prepare_cached("SELECT seq, state FROM participants WHERE journey = ?1 AND inside = 1")?
        .query_map(params![id], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (seq, text) in inside {
        let mut state = step::read_state(&text)?;
        if let Some(position) = &mut state.position
            && frozen.get(usize::from(position.activity)).copied().unwrap_or(false)
        {
            let pause = now - since.max(position.arrived);
            position.arrived += pause;
            position.until += pause;
        }
        transaction.prepare_cached("UPDATE participants SET due = ?2, state = ?3 WHERE seq = ?1")?.execute(params![
            seq,
            state.wakes(),
            step::write_state(&state)
        ])?;
    }
    transaction.execute("UPDATE journeys SET paused = NULL WHERE id = ?1", params![id])?;
    Ok(())
}

/// To CANCELLED: nothing new is started; who is inside counts as cancelled.
pub fn cancel(connection: &Connection, id: &str, now: Millis) -> Result<()> {
    connection.execute(
        "INSERT INTO counts (journey, run, activity, name, count)
         SELECT journey, run, '', 'CANCELLED', count(*) FROM participants WHERE journey = ?1 AND inside = 1 GROUP BY run
         ON CONFLICT (journey, run, activity, name) DO UPDATE SET count = count + excluded.count",
        params![id],
    )?;
    connection
        .execute("UPDATE participants SET inside = 0, due = NULL WHERE journey = ?1 AND inside = 1", params![id])?;
    connection.execute("UPDATE journeys SET entry_due = NULL, paused = NULL WHERE id = ?1", params![id])?;
    connection.execute(
        "UPDATE runs SET status = 'CANCELLED', updated = ?2 WHERE journey = ?1 AND status IN ('RUNNING', 'SCHEDULED')",
        params![id, now],
    )?;
    Ok(())
}
