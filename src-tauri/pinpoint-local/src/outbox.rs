//! The outbox: every message that a journey sent, rendered, and every one that it could not make, with the reason. Nothing
//! leaves this machine.

use model::Millis;
use rusqlite::{Connection, Row, params};
use serde::Serialize;

/// A message in the outbox.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Message {
    /// Made from project, journey, run, participant, entry, activity and endpoint: the same message never stands here twice.
    pub id: String,
    /// The project.
    pub application_id: String,
    /// The journey.
    pub journey_id: String,
    /// The run that admitted the participant.
    pub journey_run_id: String,
    /// The message activity.
    pub journey_activity_id: String,
    /// `user:ID` or `endpoint:ID`.
    pub participant: String,
    /// The endpoint.
    pub endpoint_id: String,
    /// `ChannelType` of the endpoint.
    pub channel_type: String,
    /// Address of the endpoint.
    pub address: String,
    /// When it was handed over, milliseconds since 1970.
    pub at: Millis,
    /// The rendered texts, by part: `Subject`, `HtmlPart`, `TextPart`, `Body`, `Title` …
    pub parts: Vec<(String, String)>,
    /// Why the message could not be made, and nobody got it; absent = it was handed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// The newest messages, newest first; of one project, or of all.
pub fn read(connection: &Connection, limit: usize, app: Option<&str>) -> rusqlite::Result<Vec<Message>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, app, journey, run, activity, participant, endpoint, channel, address, at, parts, failure FROM outbox
         WHERE ?1 IS NULL OR app = ?1 ORDER BY seq DESC LIMIT ?2",
    )?;
    let rows = statement.query_map(params![app, i64::try_from(limit).unwrap_or(i64::MAX)], message)?;
    rows.collect()
}

/// Puts a message in, once: `false` = it stands there already.
pub fn put(connection: &Connection, message: &Message) -> rusqlite::Result<bool> {
    let parts = serde_json::to_string(&message.parts).unwrap_or_default();
    let added = connection
        .prepare_cached(
            "INSERT OR IGNORE INTO outbox (id, app, journey, run, activity, participant, endpoint, channel, address, at, parts, failure)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            message.id,
            message.application_id,
            message.journey_id,
            message.journey_run_id,
            message.journey_activity_id,
            message.participant,
            message.endpoint_id,
            message.channel_type,
            message.address,
            message.at,
            parts,
            message.failure
        ])?;
    Ok(added == 1)
}

/// How many messages journeys other than `journey` handed over to an endpoint after `since`.
pub fn sent_by_others(
    connection: &Connection,
    app: &str,
    endpoint: &str,
    journey: &str,
    since: Millis,
) -> rusqlite::Result<u32> {
    connection
        .prepare_cached(
            "SELECT count(*) FROM outbox
             WHERE app = ?1 AND endpoint = ?2 AND at > ?4 AND journey <> ?3 AND failure IS NULL",
        )?
        .query_row(params![app, endpoint, journey, since], |row| row.get(0))
}

/// How many messages were handed over.
pub fn count(connection: &Connection) -> rusqlite::Result<u64> {
    connection
        .query_row("SELECT count(*) FROM outbox WHERE failure IS NULL", [], |row| row.get::<_, i64>(0))
        .map(i64::unsigned_abs)
}

/// Empties the outbox; how many messages there were.
pub fn clear(connection: &Connection) -> rusqlite::Result<usize> {
    connection.execute("DELETE FROM outbox", [])
}

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    let parts: String = row.get(10)?;
    Ok(Message {
        id: row.get(0)?,
        application_id: row.get(1)?,
        journey_id: row.get(2)?,
        journey_run_id: row.get(3)?,
        journey_activity_id: row.get(4)?,
        participant: row.get(5)?,
        endpoint_id: row.get(6)?,
        channel_type: row.get(7)?,
        address: row.get(8)?,
        at: row.get(9)?,
        parts: serde_json::from_str(&parts).unwrap_or_default(),
        failure: row.get(11)?,
    })
}
