//! One step of a campaign: load, [`engine::campaign::advance`], carry out, save.

use std::cell::RefCell;
use std::collections::BTreeMap;

use audience::People;
use engine::campaign::hook::Answer;
use engine::campaign::{self, Input, Occurrence, Record, Records, SendStatus, State};
use model::Millis;
use model::view::Word;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde_json::Value;

use super::desk::{Desk, Shop};
use super::load::{self, Running};
use super::roll::Roll;
use super::stored::{Stored, stop, unreadable, written};
use crate::api::campaigns::Given;
use crate::deliver::filter::Answered;
use crate::refusal::{Refusal, Result};
use crate::store;

/// Events that one step takes.
const EVENTS: i64 = 100;

/// A campaign in the middle of a run: kept in memory between steps, for what it has found is not found again quickly.
pub struct Going {
    revision: i64,
    running: Running,
    state: State,
}

/// Does what is due for a campaign whose treatments wait for slots, over the endpoints of its project.
pub fn over_all(
    transaction: &Transaction<'_>,
    stored: Stored,
    going: Option<Going>,
    people: &People,
    now: Millis,
) -> Result<Option<Going>> {
    let mut work = match Work::of(transaction, stored, going)? {
        Ok(work) => work,
        Err(()) => return Ok(None),
    };
    work.all(transaction, people, now, &mut |id| people.find(id))?;
    work.save(transaction, now)
}

/// Does what is due for a campaign whose treatments all wait for events: only the endpoints that it has to do with are
/// read.
pub fn over_few(transaction: &Transaction<'_>, stored: Stored, now: Millis) -> Result<()> {
    let mut work = match Work::of(transaction, stored, None)? {
        Ok(work) => work,
        Err(()) => return Ok(()),
    };
    let mut ids = std::mem::take(&mut work.stored.waiting);
    for (_, endpoint, ..) in &work.events {
        if !ids.contains(endpoint) {
            ids.push(endpoint.clone());
        }
    }
    let roll = Roll::of(transaction, &work.running.app, &ids)?;
    work.all(transaction, &roll.people, now, &mut |id| roll.people.find(id))?;
    work.stored.waiting = compacted(&mut work.state, &ids);
    work.save(transaction, now)?;
    Ok(())
}

/// Numbers the endpoints that a state still knows from 0; gives their ids in the new order.
fn compacted(state: &mut State, ids: &[String]) -> Vec<String> {
    let mut numbers: BTreeMap<u32, u32> = BTreeMap::new();
    let mut kept = Vec::new();
    for run in state.treatments.iter_mut().filter_map(|treatment| treatment.run.as_mut()) {
        let called = run.calls.iter_mut().flat_map(|call| &mut call.rows);
        for waiting in called.chain(&mut run.batch).chain(&mut run.ready) {
            waiting.row = *numbers.entry(waiting.row).or_insert_with(|| {
                kept.push(ids.get(waiting.row as usize).cloned().unwrap_or_default());
                kept.len() as u32 - 1
            });
        }
    }
    kept
}

/// An event that waits to be taken: its number, its endpoint, when it came, and itself.
type Event = (i64, String, Millis, Value);

struct Work {
    stored: Stored,
    running: Running,
    state: State,
    records: Records,
    events: Vec<Event>,
    /// More is in the queue than one step takes.
    more: bool,
}

impl Work {
    /// `Err` = it can not run, and that is written down.
    fn of(
        transaction: &Transaction<'_>,
        stored: Stored,
        going: Option<Going>,
    ) -> Result<std::result::Result<Work, ()>> {
        let events: Vec<Event> = transaction
            .prepare_cached(
                "SELECT seq, endpoint, at, document FROM campaign_events WHERE campaign = ?1 ORDER BY seq LIMIT ?2",
            )?
            .query_map(params![stored.id, EVENTS], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, store::json(row, 3)?))
            })?
            .collect::<rusqlite::Result<_>>()?;
        let more = events.len() as i64 == EVENTS;
        let (running, state) = match going.filter(|going| going.revision == stored.revision) {
            Some(Going { running, state, .. }) => (running, state),
            None => match load::load(transaction, &stored.app, &stored.id, stored.created, &stored.settings)? {
                Ok(running) => (running, stored.state.clone()),
                Err(broken) => {
                    stop(transaction, stored, &broken)?;
                    return Ok(Err(()));
                }
            },
        };
        // Read anew each time: lanes write into them what came of messages.
        let records = records_of(transaction, &stored.id)?;
        Ok(Ok(Work { stored, running, state, records, events, more }))
    }

    /// Tells the engine all that there is to tell; `row_of` finds an endpoint among the people.
    fn all(
        &mut self,
        transaction: &Transaction<'_>,
        people: &People,
        now: Millis,
        row_of: &mut dyn FnMut(&str) -> Option<usize>,
    ) -> Result<()> {
        for given in std::mem::take(&mut self.stored.given) {
            let input = match given {
                Given::Create => Input::Create,
                Given::Update => Input::Update,
                Given::Pause => Input::Pause,
                Given::Resume => Input::Resume,
            };
            self.step(transaction, people, input, now)?;
        }
        for (seq, treatment, number, answer) in answers(transaction, &self.stored.id)? {
            let answer = match &answer {
                Answered::Json(json) => Answer::Json(json),
                Answered::Unreadable => Answer::Unreadable,
                Answered::Failed => Answer::Failed,
                Answered::TimedOut => Answer::TimedOut,
                Answered::Refused(why) => Answer::Refused(why),
            };
            self.step(transaction, people, Input::HookAnswer { treatment, call: number, answer }, now)?;
            transaction.prepare_cached("DELETE FROM campaign_calls WHERE seq = ?1")?.execute(params![seq])?;
        }
        for (seq, endpoint, at, event) in std::mem::take(&mut self.events) {
            let members = |member: &str| event.get(member).and_then(Value::as_object).into_iter().flatten();
            let attributes: Vec<(&str, &str)> =
                members("Attributes").filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect();
            let metrics: Vec<(&str, f64)> =
                members("Metrics").filter_map(|(name, value)| Some((name.as_str(), value.as_f64()?))).collect();
            let name = crate::runner::text_at(&event, &["EventType"]).unwrap_or_default();
            if let Some(row) = row_of(&endpoint) {
                let row = row as u32;
                let occurrence = Occurrence { row, name, attributes: &attributes, metrics: &metrics, at };
                self.step(transaction, people, Input::Event(occurrence), now)?;
            }
            transaction.prepare_cached("DELETE FROM campaign_events WHERE seq = ?1")?.execute(params![seq])?;
        }
        if self.state.wakes().is_some_and(|wake| wake <= now) {
            self.step(transaction, people, Input::Timer, now)?;
        }
        Ok(())
    }

    fn step(&mut self, transaction: &Transaction<'_>, people: &People, input: Input<'_>, now: Millis) -> Result<()> {
        let Work { running, state, records, .. } = self;
        let made = RefCell::new(None);
        let failure = RefCell::new(None);
        let mut world = Shop { transaction, running, people, made: &made, failure: &failure };
        let desk = Desk { transaction, running, people, now };
        campaign::advance(&running.program, state, &mut world, input, now, &mut |effect| {
            let sent = records.0.iter().find(|record| record.activity == effect.activity);
            let sent = sent.map_or((0, now), |record| (record.total(), record.scheduled));
            if failure.borrow().is_none()
                && let Err(refusal) = desk.carry_out(&effect, sent, made.take())
            {
                failure.replace(Some(refusal));
            }
            records.note(&effect, now);
        });
        match failure.into_inner() {
            Some(refusal) => Err(refusal),
            None => Ok(()),
        }
    }

    /// Writes state and activities; what is kept in memory while a run is going on.
    fn save(mut self, transaction: &Transaction<'_>, now: Millis) -> Result<Option<Going>> {
        for record in &self.records.0 {
            keep(transaction, &self.running, record)?;
        }
        self.stored.status = self.state.status().as_str().to_owned();
        self.stored.state = self.state.clone();
        let answered = !answers(transaction, &self.stored.id)?.is_empty();
        let due = if self.more || answered { Some(now) } else { self.state.wakes() };
        let revision = self.stored.save(transaction, due)?;
        let going = self.state.treatments.iter().any(|treatment| treatment.run.is_some());
        let Work { running, state, .. } = self;
        Ok(going.then_some(Going { revision, running, state }))
    }
}

/// Calls of the hook that have their answer: number of the row, treatment, call, and the answer.
fn answers(connection: &Connection, campaign: &str) -> Result<Vec<(i64, u8, u32, Answered)>> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, treatment, number, answer FROM campaign_calls
         WHERE campaign = ?1 AND answer IS NOT NULL ORDER BY seq",
    )?;
    let rows = statement
        .query_map(params![campaign], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, String>(3)?)))?;
    rows.map(|row| {
        row.map_err(Refusal::from)
            .and_then(|(seq, treatment, number, text)| Ok((seq, treatment, number, written(&text)?)))
    })
    .collect()
}

/// The activities of a campaign that are not over.
fn records_of(connection: &Connection, campaign: &str) -> Result<Records> {
    let texts: Vec<String> = connection
        .prepare_cached("SELECT record FROM campaign_activities WHERE campaign = ?1 AND ended = 0 ORDER BY seq")?
        .query_map(params![campaign], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Records(texts.iter().map(|text| written(text)).collect::<Result<_>>()?))
}

/// A message of an activity came to nothing; `status` in the words of events-and-analytics.md 1.2. The activity may be over,
/// or gone with its campaign.
pub fn undelivered(connection: &Connection, activity: &str, status: &str) -> Result<()> {
    let found = connection
        .prepare_cached("SELECT record, document FROM campaign_activities WHERE id = ?1")?
        .query_row(params![activity], |row| Ok((row.get::<_, String>(0)?, store::json(row, 1)?)))
        .optional()?;
    let Some((record, mut document)) = found else { return Ok(()) };
    let mut record: Record = written(&record)?;
    // What was not tried, because the endpoint opted out meanwhile, has no word of its own (chosen).
    record.failed(SendStatus::parse(status).unwrap_or(SendStatus::Failure));
    record.write_counts(&mut document);
    connection
        .prepare_cached("UPDATE campaign_activities SET record = ?2, document = ?3 WHERE id = ?1")?
        .execute(params![activity, serde_json::to_string(&record).map_err(unreadable)?, store::text(&document)])?;
    Ok(())
}

fn keep(connection: &Connection, running: &Running, record: &Record) -> Result<()> {
    let id = running.program.activity_id(record.activity);
    let document = record.response(&running.program, &running.app);
    connection
        .prepare_cached(
            "INSERT INTO campaign_activities (campaign, id, ended, record, document) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (id) DO UPDATE SET ended = ?3, record = ?4, document = ?5",
        )?
        .execute(params![
            running.program.id(),
            id,
            record.ended.is_some(),
            serde_json::to_string(record).map_err(unreadable)?,
            store::text(&document)
        ])?;
    Ok(())
}
