//! Entry by segment: at the start, and at every refresh (journeys.md 2.2, 2.3).

use std::collections::BTreeSet;

use audience::{People, Row};
use engine::{Input, Membership, Participant, Program};
use model::{Entry, Journey, Millis};
use rusqlite::{OptionalExtension, Transaction, params};
use serde_json::Value;

use super::message::Post;
use super::{count, lifecycle, program, step};
use crate::api::endpoints;
use crate::refusal::Result;
use crate::store;

/// A journey whose entry evaluation is due: project and id, the earliest first.
pub fn due(transaction: &Transaction<'_>, now: Millis) -> Result<Option<(String, String)>> {
    let mut statement = transaction.prepare_cached(
        "SELECT app, id FROM journeys WHERE state = 'ACTIVE' AND entry_due <= ?1 ORDER BY entry_due, seq LIMIT 1",
    )?;
    Ok(statement.query_row(params![now], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

/// Offers every member of the segment for entry, in a run of its own; plans the next evaluation or closes the journey.
pub fn evaluate(transaction: &Transaction<'_>, app: &str, id: &str, now: Millis) -> Result<()> {
    let (published, state, due): (Option<Millis>, String, Option<Millis>) = transaction
        .prepare_cached("SELECT published, state, entry_due FROM journeys WHERE id = ?1")?
        .query_row(params![id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    debug_assert_eq!(state, "ACTIVE");
    let running = match program::load(transaction, app, id, true) {
        Ok(running) => running,
        Err(refusal) => {
            // Its segment is gone, say: nobody can enter any more; who is inside goes on (journeys.md 13).
            tracing::warn!(journey = id, message = refusal.message, "nobody can enter the journey any more");
            return lifecycle::close(transaction, id, now);
        }
    };
    let run = lifecycle::open_run(transaction, id, "RUNNING", now)?;
    let people = everybody(transaction, app)?;
    let members = running.program.entry_audience().map_or_else(Vec::new, |audience| audience.select(&people, now));
    count(transaction, id, &run, "", "ENDPOINT_PRODUCED", i64::try_from(members.len()).unwrap_or(i64::MAX))?;
    let published = published.unwrap_or(now);
    let slices = Slices { program: &running.program, published, from: due.unwrap_or(now), now };
    let mut next_slice: Option<Millis> = None;
    let mut elsewhere = 0;
    let mut post = Post::default();
    let mut offered = BTreeSet::new();
    for row in &members {
        let endpoint = people.row(*row as usize);
        let key = Participant::key_of(endpoint);
        if !offered.insert(key.clone()) {
            continue;
        }
        if running.program.is_local() {
            let (is_due, next) = slices.of(endpoint);
            next_slice = next_slice.into_iter().chain(next).min();
            if !is_due {
                elsewhere += 1;
                continue;
            }
        }
        let rows: Vec<u32> =
            people.companions(*row as usize).into_iter().filter_map(|row| row.try_into().ok()).collect();
        let bits = rows.iter().take(64).enumerate().filter(|(_, row)| members.binary_search(row).is_ok());
        let bits = bits.fold(0u64, |bits, (place, _)| bits | 1 << place);
        step::enter(transaction, &running, &run, &key, &people, &rows, Input::Enter { offered: bits }, now, &mut post)?;
    }
    if elsewhere > 0 {
        count(transaction, id, &run, "", "ENDPOINT_TIMEZONE_MISMATCH", elsewhere)?;
    }
    let start = running.program.entry_at(published);
    let refresh = running.program.refresh().filter(|refresh| *refresh > 0);
    let next = refresh.map(|refresh| start + ((now - start).max(0) / refresh + 1) * refresh);
    match next.into_iter().chain(next_slice).min() {
        Some(next) => {
            transaction.execute("UPDATE journeys SET entry_due = ?2 WHERE id = ?1", params![id, next])?;
            Ok(())
        }
        None => lifecycle::close(transaction, id, now),
    }
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

/// All endpoints of a project, rows in the order of their creation.
fn everybody(transaction: &Transaction<'_>, app: &str) -> Result<People> {
    let mut found = Vec::new();
    endpoints::each(transaction, app, |endpoint, seen| found.push((endpoint, seen)))?;
    Ok(people(&found))
}

/// Endpoints as the audience reads them. One that it cannot read is left out: it cannot be asked about.
pub fn people(endpoints: &[(Value, Millis)]) -> People {
    let mut people = People::default();
    for (endpoint, seen) in endpoints {
        match people.push(None, endpoint) {
            Ok(row) if *seen > 0 => people.touch(row, *seen),
            Ok(_) => {}
            Err(problem) => tracing::warn!(column = problem.column, message = problem.message, "endpoint left out"),
        }
    }
    // Pushing one endpoint puts others with its address to rest; what the store says counts.
    for (endpoint, _) in endpoints {
        let (Some(id), Some(status)) = (endpoint.get("Id").and_then(Value::as_str), endpoint.get("EndpointStatus"))
        else {
            continue;
        };
        let inactive = status.as_str() == Some("INACTIVE");
        if people.find(id).is_some_and(|row| people.row(row).inactive() != inactive) {
            let effective = endpoint.get("EffectiveDate").unwrap_or(&Value::Null);
            let correction = serde_json::json!({"EndpointStatus": status, "EffectiveDate": effective});
            if let Err(problem) = people.push(Some(id), &correction) {
                tracing::warn!(message = problem.message, "endpoint status kept");
            }
        }
    }
    people
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
