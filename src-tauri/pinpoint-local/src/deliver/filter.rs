//! Calls of the hook of campaigns (campaigns.md 7, mode `FILTER`), which the lane of custom messages makes.
//!
//! A step of a campaign puts a call down (`runner::campaign`); the lane makes it outside of any transaction, writes the
//! answer beside it and wakes the campaign, whose next step takes both away. A kill in between costs a second call under
//! the same key, and no endpoint: the campaign waits for the answer, however long nobody was there to call.

use delivery::{Calls, Outcome};
use engine::draw::hash;
use model::Millis;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value, json};

use super::{backoff, queue};
use crate::api::Context;
use crate::refusal::Result;
use crate::server::Machine;
use crate::store;

/// The reason of `HOOK_FAILURE` where nobody is called.
const NOBODY: &str =
    "this server calls no functions and no addresses; give `waymark serve --delivery` a table [custom]";
/// Code of an attempt that was not answered in time.
const NO_ANSWER: u16 = 408;

/// A call of a hook as a step of a campaign puts it down.
#[derive(Clone, Copy, Debug)]
pub struct NewCall<'a> {
    /// The campaign.
    pub campaign: &'a str,
    /// The number of the treatment.
    pub treatment: u8,
    /// `ActivityId`: the run.
    pub activity: &'a str,
    /// The engine's number of the call; its attempts share it.
    pub number: u32,
    /// From 1.
    pub attempt: u8,
    /// Lambda function or https address.
    pub target: &'a str,
    /// What it is called with.
    pub payload: &'a Value,
}

/// A call that is to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct Asking {
    seq: i64,
    campaign: String,
    /// The idempotency key: all attempts of a call have the same.
    pub key: String,
    /// Lambda function or https address.
    pub target: String,
    /// What it is called with.
    pub payload: Value,
}

/// What came of a call, as it stands in the store.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Answered {
    /// This.
    Json(Value),
    /// It is no JSON.
    Unreadable,
    /// It failed, and may be tried again.
    Failed,
    /// Nothing came within 15 seconds.
    TimedOut,
    /// It is of no use to try again, for this reason.
    Refused(String),
}

/// Puts a call down. What can not be called at all has its answer at once.
pub fn put(connection: &Connection, call: NewCall<'_>, now: Millis) -> Result<()> {
    let half = |salt: &str| {
        let number = call.number.to_string();
        hash(&[salt, call.campaign, "\u{0}", call.activity, "\u{0}", &call.treatment.to_string(), "\u{0}", &number])
    };
    let key = format!("{:016x}{:016x}", half("hook 1"), half("hook 2"));
    let (payload, answer) = match engine::call::body(call.payload) {
        _ if !can_call(connection)? => (String::new(), Some(Answered::Refused(NOBODY.to_owned()))),
        Ok(payload) => (payload, None),
        Err(failure) => (String::new(), Some(Answered::Refused(failure.to_string()))),
    };
    let wait = if call.attempt > 1 { backoff::after_throttling(&key, u32::from(call.attempt) - 1, None) } else { 0 };
    connection
        .prepare_cached(
            "INSERT INTO campaign_calls (campaign, treatment, number, target, next_at, payload, key, answer)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            call.campaign,
            call.treatment,
            call.number,
            call.target,
            now + wait,
            payload,
            key,
            answer.as_ref().map(written)
        ])?;
    Ok(())
}

fn written(answer: &Answered) -> String {
    json!(answer).to_string()
}

fn can_call(connection: &Connection) -> rusqlite::Result<bool> {
    connection.prepare_cached("SELECT 1 FROM lanes WHERE lane = ?1")?.exists(params![queue::CUSTOM])
}

/// The calls that are due, the longest waiting first.
pub fn due(connection: &Connection, now: Millis, limit: usize) -> Result<Vec<Asking>> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, campaign, key, target, payload FROM campaign_calls
         WHERE answer IS NULL AND next_at <= ?1 ORDER BY next_at, seq LIMIT ?2",
    )?;
    let rows = statement.query_map(params![now, i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
        Ok(Asking {
            seq: row.get(0)?,
            campaign: row.get(1)?,
            key: row.get(2)?,
            target: row.get(3)?,
            payload: store::json(row, 4)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// When the next call falls due; `None` = none waits, or nobody is there to make it.
pub fn next_due(connection: &Connection) -> rusqlite::Result<Option<Millis>> {
    if !can_call(connection)? {
        return Ok(None);
    }
    let mut statement = connection.prepare_cached("SELECT min(next_at) FROM campaign_calls WHERE answer IS NULL")?;
    statement.query_row([], |row| row.get(0))
}

/// Makes a call and keeps the answer.
pub async fn call(machine: &Machine, calls: &Calls, asking: Asking) -> Result<()> {
    let outcome = calls.call(&asking.target, &asking.key, &asking.payload).await;
    machine.change(move |context| note(context, &asking, outcome)).await
}

/// Keeps what came of a call and wakes its campaign. One that was deleted meanwhile has taken its calls along.
pub fn note(context: &Context<'_>, asking: &Asking, outcome: std::result::Result<Value, Outcome>) -> Result<()> {
    let answer = match outcome {
        // What is no JSON comes as null, and neither is an answer.
        Ok(Value::Null) => Answered::Unreadable,
        Ok(answer) => Answered::Json(answer),
        Err(outcome) => {
            let (campaign, code, status) = (&asking.campaign, outcome.code(), outcome.delivery_status());
            tracing::warn!(campaign, call = asking.key, code, status, "the hook of a campaign did not answer");
            match outcome {
                Outcome::Temporary { code: NO_ANSWER, .. } => Answered::TimedOut,
                Outcome::Temporary { .. } | Outcome::Throttled { .. } => Answered::Failed,
                Outcome::Accepted { .. } => Answered::Unreadable,
                Outcome::Permanent { code, reason, .. } => Answered::Refused(format!("{code} {reason}")),
            }
        }
    };
    answer_one(context.store, asking.seq, &asking.campaign, &answer, context.now)
}

fn answer_one(connection: &Connection, seq: i64, campaign: &str, answer: &Answered, now: Millis) -> Result<()> {
    let changed = connection
        .prepare_cached("UPDATE campaign_calls SET answer = ?2 WHERE seq = ?1 AND answer IS NULL")?
        .execute(params![seq, written(answer)])?;
    if changed > 0 {
        connection
            .prepare_cached("UPDATE campaigns SET due = min(coalesce(due, ?2), ?2) WHERE id = ?1")?
            .execute(params![campaign, now])?;
    }
    Ok(())
}

/// Answers calls that wait for a lane which is not there any more: what a server was told to call, the next may not be.
pub fn give_up(connection: &Connection) -> Result<()> {
    if can_call(connection)? {
        return Ok(());
    }
    let nobody = Answered::Refused(NOBODY.to_owned());
    loop {
        let next = connection
            .prepare_cached("SELECT seq, campaign FROM campaign_calls WHERE answer IS NULL LIMIT 1")?
            .query_row([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))
            .optional()?;
        let Some((seq, campaign)) = next else { return Ok(()) };
        // At once, whatever the clock says.
        answer_one(connection, seq, &campaign, &nobody, 0)?;
    }
}
