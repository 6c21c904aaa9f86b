//! Entry by segment: at the start, and at every refresh (journeys.md 2.2, 2.3).
//!
//! An evaluation is begun in one transaction, and then its participants are offered in short pieces, so that requests and
//! timers go in between however many they are. Who is to be offered is worked out beside the writing, from the store as it
//! stands at one moment, and remembered by nothing but the last endpoint that was offered: after a crash the rest is worked
//! out again.

use std::collections::HashSet;

use audience::{People, Row};
use engine::{Input, Membership, Participant, Program};
use model::{Entry, Journey, Millis};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde_json::Value;

use super::program::Programs;
use super::{count, lifecycle, step};
use crate::api::{Context, endpoints};
use crate::refusal::Result;
use crate::store;

/// Participants offered in one piece.
const PIECE: usize = 200;

/// An entry evaluation that was begun and is not at its end.
#[derive(Clone, Debug)]
pub struct Evaluation {
    app: String,
    journey: String,
    run: String,
    /// The instant that membership is of.
    at: Millis,
    /// When it was due.
    due: Millis,
    /// `endpoints.seq` of the last participant that was offered.
    done: i64,
}

/// Who is to be offered in an evaluation.
pub struct Candidates {
    evaluation: Evaluation,
    /// Keys, with `endpoints.seq` of the first member of each, in that order.
    keys: Vec<(i64, String)>,
    /// Members of the segment.
    produced: usize,
    /// Participants whose zone is not in this slice.
    elsewhere: usize,
    /// Members of a user who is offered already.
    again: usize,
    /// When the next slice is.
    next_slice: Option<Millis>,
}

/// Begins an evaluation that is due, the earliest first: opens its run; whether there was one.
pub fn begin(context: &Context<'_>) -> Result<bool> {
    let (store, now) = (context.store, context.now);
    let due: Option<(String, String, Millis)> = store
        .prepare_cached(
            "SELECT app, id, entry_due FROM journeys WHERE state = 'ACTIVE' AND entry_due <= ?1
             AND NOT EXISTS (SELECT 1 FROM evaluations WHERE journey = journeys.id) ORDER BY entry_due, seq LIMIT 1",
        )?
        .query_row(params![now], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((app, id, due)) = due else { return Ok(false) };
    let running = match context.programs.load(store, &app, &id, true) {
        Ok(running) => running,
        Err(refusal) => {
            // Its segment is gone, say: nobody can enter any more; who is inside goes on (journeys.md 13).
            tracing::warn!(journey = id, message = refusal.message, "nobody can enter the journey any more");
            lifecycle::close(store, &id, now)?;
            return Ok(true);
        }
    };
    let run = lifecycle::open_run(store, &id, "RUNNING", now)?;
    store
        .prepare_cached("INSERT INTO evaluations (journey, run, at, due, done) VALUES (?1, ?2, ?3, ?4, 0)")?
        .execute(params![id, run, now, due])?;
    let published: Option<Millis> = store
        .prepare_cached("SELECT published FROM journeys WHERE id = ?1")?
        .query_row(params![id], |row| row.get(0))?;
    let start = running.program.entry_at(published.unwrap_or(now));
    let refresh = running.program.refresh().filter(|refresh| *refresh > 0);
    let next = refresh.map(|refresh| start + ((now - start).max(0) / refresh + 1) * refresh);
    store.prepare_cached("UPDATE journeys SET entry_due = ?2 WHERE id = ?1")?.execute(params![id, next])?;
    Ok(true)
}

/// An evaluation in progress, the earliest first.
pub fn in_progress(connection: &Connection) -> Result<Option<Evaluation>> {
    let mut statement = connection.prepare_cached(
        "SELECT app, journey, run, at, due, done FROM evaluations JOIN journeys ON journeys.id = journey
         ORDER BY at, seq LIMIT 1",
    )?;
    let read = |row: &rusqlite::Row<'_>| {
        let (app, journey, run) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(Evaluation { app, journey, run, at: row.get(3)?, due: row.get(4)?, done: row.get(5)? })
    };
    Ok(statement.query_row([], read).optional()?)
}

/// Works out who is still to be offered.
pub fn candidates(connection: &Connection, programs: &Programs, evaluation: Evaluation) -> Result<Candidates> {
    let Evaluation { app, journey, at, due, done, .. } = &evaluation;
    let running = programs.load(connection, app, journey, true)?;
    let program = &running.program;
    let published: Option<Millis> = connection
        .prepare_cached("SELECT published FROM journeys WHERE id = ?1")?
        .query_row(params![journey], |row| row.get(0))?;
    let (people, places) = everybody(connection, app)?;
    let members = program.entry_audience().map_or_else(Vec::new, |audience| audience.select(&people, *at));
    let slices = Slices { program, published: published.unwrap_or(*at), from: *due, now: *at };
    let (mut keys, mut elsewhere, mut again, mut next_slice) = (Vec::new(), 0, 0, None);
    let mut known = HashSet::new();
    for row in &members {
        let endpoint = people.row(*row as usize);
        let key = Participant::key_of(endpoint);
        if !known.insert(key.clone()) {
            // A user whom the segment produces more than once is one participant (journeys.md 2, 11.4).
            again += 1;
            continue;
        }
        if program.is_local() {
            let (is_due, next) = slices.of(endpoint);
            next_slice = next_slice.into_iter().chain(next).min();
            if !is_due {
                elsewhere += 1;
                continue;
            }
        }
        let seq = places.get(*row as usize).copied().unwrap_or(i64::MAX);
        if seq > *done {
            keys.push((seq, key));
        }
    }
    Ok(Candidates { produced: members.len(), keys, elsewhere, again, next_slice, evaluation })
}

/// Offers the next participants, from the place `from` on; the place to go on from, `None` = the evaluation is at its end.
pub fn offer(context: &Context<'_>, candidates: &Candidates, from: usize) -> Result<Option<usize>> {
    let Candidates { evaluation, keys, .. } = candidates;
    let Evaluation { app, journey, run, at, done, .. } = evaluation;
    let (store, now) = (context.store, context.now);
    let state: Option<String> = store
        .prepare_cached(
            "SELECT state FROM journeys WHERE id = ?1 AND EXISTS (SELECT 1 FROM evaluations WHERE journey = ?1)",
        )?
        .query_row(params![journey], |row| row.get(0))
        .optional()?;
    let Some(state) = state else { return Ok(None) };
    if from == 0 && *done == 0 {
        let add = |name, by: usize| count(store, journey, run, "", name, i64::try_from(by).unwrap_or(i64::MAX));
        add("ENDPOINT_PRODUCED", candidates.produced)?;
        for (metric, times) in
            [("ENDPOINT_TIMEZONE_MISMATCH", candidates.elsewhere), ("DUPLICATE_USER", candidates.again)]
        {
            if times > 0 {
                add(metric, times)?;
            }
        }
    }
    if state != "ACTIVE" {
        // Who was to enter stays outside; when a pause ends, the evaluation is run again (journeys.md 7).
        let left = i64::try_from(keys.len().saturating_sub(from)).unwrap_or(i64::MAX);
        if state == "PAUSED" {
            count(store, journey, run, "", "PAUSED", left)?;
            store.prepare_cached("UPDATE journeys SET entry_due = ?2 WHERE id = ?1")?.execute(params![journey, at])?;
        } else {
            count(store, journey, run, "", "ENDED", left)?;
        }
        end(store, journey)?;
        return Ok(None);
    }
    let running = match context.programs.load(store, app, journey, true) {
        Ok(running) => running,
        Err(refusal) => {
            tracing::warn!(journey, message = refusal.message, "nobody can enter the journey any more");
            end(store, journey)?;
            lifecycle::close(store, journey, now)?;
            return Ok(None);
        }
    };
    let Some(audience) = running.program.entry_audience() else { return Ok(None) };
    let to = keys.len().min(from + PIECE);
    for (_, key) in &keys[from..to] {
        // Their endpoints are read again: one that opted out while others were offered is not written to.
        let people = people(&step::of_key(store, app, key)?);
        let rows: Vec<u32> = (0..people.len()).filter_map(|row| row.try_into().ok()).collect();
        let members =
            rows.iter().take(64).enumerate().filter(|(_, row)| audience.contains(&people, **row as usize, *at));
        let offered = members.fold(0u64, |bits, (place, _)| bits | 1 << place);
        if offered != 0 {
            step::enter(context, &running, run, key, (&people, &rows), Input::Enter { offered })?;
        }
    }
    if to < keys.len() {
        let done = to.checked_sub(1).and_then(|last| keys.get(last)).map_or(*done, |(seq, _)| *seq);
        store.prepare_cached("UPDATE evaluations SET done = ?2 WHERE journey = ?1")?.execute(params![journey, done])?;
        return Ok(Some(to));
    }
    end(store, journey)?;
    let planned: Option<Millis> = store
        .prepare_cached("SELECT entry_due FROM journeys WHERE id = ?1")?
        .query_row(params![journey], |row| row.get(0))?;
    match planned.into_iter().chain(candidates.next_slice).min() {
        Some(next) => {
            store
                .prepare_cached("UPDATE journeys SET entry_due = ?2 WHERE id = ?1")?
                .execute(params![journey, next])?;
        }
        None => lifecycle::close(store, journey, now)?,
    }
    Ok(None)
}

/// Ends the evaluation of a journey where it is.
pub fn end(store: &Connection, journey: &str) -> Result<()> {
    store.prepare_cached("DELETE FROM evaluations WHERE journey = ?1")?.execute(params![journey])?;
    Ok(())
}

/// With `LocalTime` an evaluation is spread over the zones: each slice is for those whose clock has come to the start, or
/// to a refresh counted from there (journeys.md 6, 11.4).
struct Slices<'p> {
    program: &'p Program,
    published: Millis,
    /// When this slice was due; those that fell due between it and `now` are its own.
    from: Millis,
    now: Millis,
}

impl Slices<'_> {
    /// Whether an endpoint's clock is in this slice, and when its next one is.
    fn of(&self, endpoint: Row<'_>) -> (bool, Option<Millis>) {
        let Some(first) = self.program.entry_of(endpoint, self.published) else {
            // Without a zone it is refused, once: with the first slice.
            return (self.from <= self.program.entry_at(self.published), None);
        };
        match self.program.refresh().filter(|every| *every > 0) {
            None => ((self.from..=self.now).contains(&first), Some(first).filter(|first| *first > self.now)),
            Some(every) => {
                let passed = (self.now - first).div_euclid(every);
                let last = first + passed * every;
                (passed >= 0 && last >= self.from, Some((last + every).max(first)))
            }
        }
    }
}

/// All endpoints of a project, rows in the order of their creation, and `endpoints.seq` of each row.
pub fn everybody(connection: &Connection, app: &str) -> Result<(People, Vec<i64>)> {
    let (mut people, mut places) = (People::default(), Vec::new());
    endpoints::each(connection, app, |seq, endpoint, seen| {
        if push(&mut people, &endpoint, seen) {
            places.push(seq);
        }
    })?;
    endpoints::each(connection, app, |_, endpoint, _| correct(&mut people, &endpoint))?;
    Ok((people, places))
}

/// Endpoints as the audience reads them. One that it cannot read is left out: it cannot be asked about.
pub fn people(endpoints: &[(Value, Millis)]) -> People {
    let mut people = People::default();
    for (endpoint, seen) in endpoints {
        push(&mut people, endpoint, *seen);
    }
    for (endpoint, _) in endpoints {
        correct(&mut people, endpoint);
    }
    people
}

fn push(people: &mut People, endpoint: &Value, seen: Millis) -> bool {
    match people.push(None, endpoint) {
        Ok(row) => {
            if seen > 0 {
                people.touch(row, seen);
            }
            true
        }
        Err(problem) => {
            tracing::warn!(column = problem.column, "endpoint left out"); // the message can quote people's values
            false
        }
    }
}

/// Pushing one endpoint puts others with its address to rest; what the store says counts.
fn correct(people: &mut People, endpoint: &Value) {
    let (Some(id), Some(status)) = (endpoint.get("Id").and_then(Value::as_str), endpoint.get("EndpointStatus")) else {
        return;
    };
    let inactive = status.as_str() == Some("INACTIVE");
    if people.find(id).is_some_and(|row| people.row(row).inactive() != inactive) {
        let effective = endpoint.get("EffectiveDate").unwrap_or(&Value::Null);
        let correction = serde_json::json!({"EndpointStatus": status, "EffectiveDate": effective});
        if let Err(problem) = people.push(Some(id), &correction) {
            tracing::warn!(column = problem.column, "endpoint status kept");
        }
    }
}

/// A segment was edited: journeys that follow it look again at once (journeys.md 2.2, last row).
pub fn segment_changed(transaction: &Transaction<'_>, app: &str, segment: &str, now: Millis) -> Result<()> {
    let journeys: Vec<(String, Value, Option<Millis>)> = transaction
        .prepare_cached(
            "SELECT id, document, entry_due FROM journeys WHERE app = ?1 AND state IN ('ACTIVE', 'PAUSED')
             AND entry_due > ?2 AND EXISTS (SELECT 1 FROM runs WHERE journey = journeys.id)",
        )?
        .query_map(params![app, now], |row| Ok((row.get(0)?, store::json(row, 1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (id, document, _) in journeys {
        let Some(journey) = Journey::of(&document) else { continue };
        if matches!(Membership::of(journey), Membership::Following { .. })
            && journey.entry() == Some(Entry::Segment { segment })
        {
            transaction.execute("UPDATE journeys SET entry_due = ?2 WHERE id = ?1", params![id, now])?;
        }
    }
    Ok(())
}
