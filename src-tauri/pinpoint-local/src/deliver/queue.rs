//! The queue of each lane, in the store.

use model::Millis;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;

use crate::outbox::{self, Message};

/// The lane of custom messages.
pub const CUSTOM: &str = "custom";

/// Where a message of the outbox stands on its way out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Delivery {
    /// `QUEUED` waits; `ACCEPTED` is with the provider; `DELIVERED` came through; `UNKNOWN` was accepted, and nobody said in time
    /// what came of it; `SKIPPED` was not tried, because the address has opted out or is suppressed; `DEAD` is a dead letter.
    pub status: String,
    /// How often it was tried.
    pub attempts: u32,
    /// How many attempts failed; being throttled is no failure.
    pub failures: u32,
    /// When it is tried next, milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Millis>,
    /// The provider's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<String>,
    /// The other side's last code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<u16>,
    /// The other side's last words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The call that it is part of, of custom messages.
    #[serde(skip)]
    pub batch: Option<String>,
}

/// A message in a queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// The message.
    pub message: Message,
    /// Where it stands.
    pub delivery: Delivery,
}

/// Where a step of a delivery leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// Tried again then.
    Again(Millis),
    /// With the provider, or through.
    Done {
        /// Whether it is known to have come through.
        delivered: bool,
    },
    /// Nobody said what came of it. No dead letter: it may have come through, and nothing is sent twice.
    Unknown,
    /// Not tried at all.
    Skipped,
    /// A dead letter.
    Dead,
}

/// Columns of a [`Delivery`], of the table `d`.
pub const COLUMNS: &str = "d.status, d.attempts, d.failures, d.next_at, d.provider, d.code, d.reason, d.batch";

/// Writes down which lanes there are; gives those of earlier starts in which something still waits, and how much.
pub fn set_lanes(connection: &Connection, lanes: &[String]) -> rusqlite::Result<Vec<(String, u64)>> {
    connection.execute("DELETE FROM lanes", [])?;
    for lane in lanes {
        connection.execute("INSERT INTO lanes (lane) VALUES (?1)", params![lane])?;
    }
    let mut statement = connection.prepare(
        "SELECT lane, count(*) FROM deliveries WHERE next_at IS NOT NULL AND lane NOT IN (SELECT lane FROM lanes)
         GROUP BY lane ORDER BY lane",
    )?;
    let left = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?;
    left.collect()
}

/// Puts a message of the outbox into its lane's queue; `false` = its channel has none.
pub fn put(connection: &Connection, message: &Message) -> rusqlite::Result<bool> {
    let lane = lane_of(message);
    let added = connection
        .prepare_cached(
            "INSERT INTO deliveries (message, lane, status, next_at, changed)
             SELECT ?1, lane, 'QUEUED', ?3, ?3 FROM lanes WHERE lane = ?2",
        )?
        .execute(params![message.id, lane, message.at])?;
    Ok(added == 1)
}

/// The lane that a message belongs to, whether there is one or not.
fn lane_of(message: &Message) -> String {
    if message.envelope.contains_key("DeliveryUri") {
        return CUSTOM.to_owned();
    }
    // A call of the contact centre goes to a telephone, and not as a voice message: it has nothing to say.
    let is_call = message.channel_type == "VOICE" && message.parts.iter().all(|(name, _)| name != "Body");
    if is_call { String::new() } else { message.channel_type.to_ascii_lowercase() }
}

/// What is due in a lane, the longest waiting first.
pub fn due(connection: &Connection, lane: &str, now: Millis, limit: usize) -> rusqlite::Result<Vec<Waiting>> {
    connection
        .prepare_cached(&format!(
            "SELECT {}, {COLUMNS} FROM deliveries d JOIN outbox o ON o.id = d.message
             WHERE d.lane = ?1 AND d.next_at <= ?2
             AND EXISTS (SELECT 1 FROM lanes WHERE lane = ?1 AND rests_until <= ?2)
             ORDER BY d.next_at, d.seq LIMIT ?3",
            outbox::COLUMNS
        ))?
        .query_map(params![lane, now, i64::try_from(limit).unwrap_or(i64::MAX)], waiting)?
        .collect()
}

/// When the next message falls due, of one lane or of all that there are: not before its lane has rested.
pub fn next_due(connection: &Connection, lane: Option<&str>) -> rusqlite::Result<Option<Millis>> {
    connection
        .prepare_cached(
            "SELECT min(max(rests_until, next)) FROM (
                SELECT rests_until, (SELECT min(next_at) FROM deliveries d
                                     WHERE d.lane = lanes.lane AND d.next_at IS NOT NULL) AS next
                FROM lanes WHERE ?1 IS NULL OR lane = ?1)",
        )?
        .query_row(params![lane], |row| row.get(0))
}

/// Text messages that were accepted at that instant or before, and of which no receipt said what came of them.
pub fn unheard(connection: &Connection, until: Millis, limit: usize) -> rusqlite::Result<Vec<Waiting>> {
    connection
        .prepare_cached(&format!(
            "SELECT {}, {COLUMNS} FROM deliveries d JOIN outbox o ON o.id = d.message
             WHERE d.status = 'ACCEPTED' AND d.lane = 'sms' AND d.changed <= ?1 ORDER BY d.changed, d.seq LIMIT ?2",
            outbox::COLUMNS
        ))?
        .query_map(params![until, i64::try_from(limit).unwrap_or(i64::MAX)], waiting)?
        .collect()
}

/// When the first of the text messages was accepted that wait for a receipt.
pub fn first_unheard(connection: &Connection) -> rusqlite::Result<Option<Millis>> {
    connection
        .prepare_cached("SELECT min(changed) FROM deliveries WHERE status = 'ACCEPTED' AND lane = 'sms'")?
        .query_row([], |row| row.get(0))
}

/// Lets a lane rest: the other side asked for it.
pub fn rest(connection: &Connection, lane: &str, until: Millis) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE lanes SET rests_until = max(rests_until, ?2) WHERE lane = ?1")?
        .execute(params![lane, until])?;
    Ok(())
}

/// A message and where it stands; `None` = there is none, or its channel has no lane.
pub fn find(connection: &Connection, id: &str) -> rusqlite::Result<Option<Waiting>> {
    one(connection, "d.message = ?1", id)
}

/// The newest message that a provider knows by this id.
pub fn find_by_provider(connection: &Connection, provider: &str) -> rusqlite::Result<Option<Waiting>> {
    one(connection, "d.provider = ?1", provider)
}

fn one(connection: &Connection, condition: &str, id: &str) -> rusqlite::Result<Option<Waiting>> {
    connection
        .prepare_cached(&format!(
            "SELECT {}, {COLUMNS} FROM deliveries d JOIN outbox o ON o.id = d.message
             WHERE {condition} ORDER BY d.seq DESC LIMIT 1",
            outbox::COLUMNS
        ))?
        .query_row(params![id], waiting)
        .optional()
}

fn waiting(row: &Row<'_>) -> rusqlite::Result<Waiting> {
    Ok(Waiting { message: outbox::message(row)?, delivery: delivery(row, outbox::COLUMN_COUNT)? })
}

/// A delivery that begins at a column.
pub fn delivery(row: &Row<'_>, from: usize) -> rusqlite::Result<Delivery> {
    Ok(Delivery {
        status: row.get(from)?,
        attempts: row.get(from + 1)?,
        failures: row.get(from + 2)?,
        next_at: row.get(from + 3)?,
        provider_id: row.get(from + 4)?,
        code: row.get(from + 5)?,
        reason: row.get(from + 6)?,
        batch: row.get(from + 7)?,
    })
}

/// Where a message stands now; what stood there of the provider's id stays when none is known.
pub fn set(connection: &Connection, id: &str, delivery: &Delivery, to: To, now: Millis) -> rusqlite::Result<()> {
    let (status, next_at) = match to {
        To::Again(at) => ("QUEUED", Some(at)),
        To::Done { delivered: false } => ("ACCEPTED", None),
        To::Done { delivered: true } => ("DELIVERED", None),
        To::Unknown => ("UNKNOWN", None),
        To::Skipped => ("SKIPPED", None),
        To::Dead => ("DEAD", None),
    };
    connection
        .prepare_cached(
            "UPDATE deliveries SET status = ?2, attempts = ?3, failures = ?4, next_at = ?5,
             provider = coalesce(?6, provider), code = ?7, reason = ?8, batch = ?9, changed = ?10 WHERE message = ?1",
        )?
        .execute(params![
            id,
            status,
            delivery.attempts,
            delivery.failures,
            next_at,
            delivery.provider_id,
            delivery.code,
            delivery.reason,
            delivery.batch,
            now
        ])?;
    Ok(())
}

/// Puts a dead letter back into its queue, with all its attempts before it; `false` = there is no such dead letter.
pub fn replay(connection: &Connection, id: &str, now: Millis) -> rusqlite::Result<bool> {
    let found = connection.execute(
        "UPDATE deliveries SET status = 'QUEUED', failures = 0, next_at = ?2, batch = NULL, changed = ?2
         WHERE message = ?1 AND status = 'DEAD'",
        params![id, now],
    )?;
    if found == 1 {
        outbox::set_failure(connection, id, None)?;
    }
    Ok(found == 1)
}

/// Puts an address on the suppression list; the first reason stays.
pub fn suppress(
    connection: &Connection,
    channel: &str,
    address: &str,
    reason: &str,
    now: Millis,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO suppressions (channel, address, reason, at) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![channel, written(channel, address), reason, now])?;
    Ok(())
}

/// Why an address is on the suppression list: `BOUNCE`, `COMPLAINT` or `OPT_OUT`; `None` = it is not.
pub fn suppressed(connection: &Connection, channel: &str, address: &str) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached("SELECT reason FROM suppressions WHERE channel = ?1 AND address = ?2")?
        .query_row(params![channel, written(channel, address)], |row| row.get(0))
        .optional()
}

/// Takes an address off the suppression list; `false` = it was not on it.
pub fn release(connection: &Connection, channel: &str, address: &str) -> rusqlite::Result<bool> {
    let removed = connection.execute(
        "DELETE FROM suppressions WHERE channel = ?1 AND address = ?2",
        params![channel, written(channel, address)],
    )?;
    Ok(removed == 1)
}

/// An address as the list has it: mail in small letters, and without a name.
fn written(channel: &str, address: &str) -> String {
    let bare = address.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or(address, |(bare, _)| bare);
    if channel == "EMAIL" { bare.trim().to_lowercase() } else { address.trim().to_owned() }
}

/// Remembers a receipt; `false` = it was heard before.
pub fn hear_once(connection: &Connection, id: &str, now: Millis) -> rusqlite::Result<bool> {
    let added = connection
        .prepare_cached("INSERT OR IGNORE INTO receipts (id, at) VALUES (?1, ?2)")?
        .execute(params![id, now])?;
    Ok(added == 1)
}
