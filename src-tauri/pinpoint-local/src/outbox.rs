//! The outbox: every message that a journey, a campaign or a request sent, rendered, and every one that it could not make,
//! with the reason.

use model::Millis;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::deliver::queue;

/// A message in the outbox.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Message {
    /// Made from all that makes the message the one it is, its sender and endpoint above all: the same message never stands
    /// here twice.
    pub id: String,
    /// The project.
    pub application_id: String,
    /// Who sent it.
    #[serde(flatten)]
    pub sender: Sender,
    /// The endpoint; empty for a message to a bare address.
    pub endpoint_id: String,
    /// `ChannelType` of the endpoint.
    pub channel_type: String,
    /// Address of the endpoint.
    pub address: String,
    /// When it was handed over, milliseconds since 1970.
    pub at: Millis,
    /// The rendered texts, by part: `Subject`, `HtmlPart`, `TextPart`, `Headers.NAME`, `Body`, `Title`, `RawContent` …; of a
    /// custom message `Data`.
    pub parts: Vec<(String, String)>,
    /// What the channel needs besides the texts, in the members and types of the API's own shapes; absent = not given.
    ///
    /// | channel | members |
    /// | --- | --- |
    /// | `EMAIL` | `FromAddress`, `ReplyToAddresses`, `FeedbackForwardingAddress`, `RawEmail` (then there are no parts) |
    /// | `SMS` | `MessageType`, `OriginationNumber`, `SenderId`, `Keyword`, `EntityId`, `TemplateId`, `MediaUrl` |
    /// | push | `TimeToLive` (seconds), `SilentPush`, `Priority`, `CollapseId`, `CollapseKey`, `ExpiresAfter`, `Data`, … |
    /// | `VOICE` | `LanguageCode`, `VoiceId`, `OriginationNumber` |
    /// | custom | `DeliveryUri`, `EndpointTypes`; `ScheduledTime` of a campaign |
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub envelope: Map<String, Value>,
    /// Why the message could not be made, and nobody got it; absent = it was handed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// Who sent a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, rename_all_fields = "PascalCase")]
pub enum Sender {
    /// A journey.
    Journey {
        /// The journey.
        journey_id: String,
        /// The run that admitted the participant.
        journey_run_id: String,
        /// The message activity.
        journey_activity_id: String,
        /// `user:ID` or `endpoint:ID`.
        participant: String,
    },
    /// A campaign.
    Campaign {
        /// The campaign.
        campaign_id: String,
        /// The treatment as events have it: `0` is the default one.
        treatment_id: String,
        /// The run, by the id of its `ActivityResponse`.
        campaign_activity_id: String,
    },
    /// A request: `SendMessages`, `SendUsersMessages` or `SendOTPMessage`.
    Direct {
        /// Id of the request.
        request_id: String,
        /// `TraceId`
        #[serde(default, skip_serializing_if = "Option::is_none")]
        trace_id: Option<String>,
    },
}

impl Sender {
    /// `JOURNEY`, `CAMPAIGN` or `DIRECT`.
    pub fn kind(&self) -> &'static str {
        match self {
            Sender::Journey { .. } => "JOURNEY",
            Sender::Campaign { .. } => "CAMPAIGN",
            Sender::Direct { .. } => "DIRECT",
        }
    }

    /// Id of the journey, the campaign or the request.
    pub fn origin(&self) -> &str {
        match self {
            Sender::Journey { journey_id: id, .. }
            | Sender::Campaign { campaign_id: id, .. }
            | Sender::Direct { request_id: id, .. } => id,
        }
    }

    /// The message activity of a journey, or the run of a campaign; empty for a request.
    pub fn activity(&self) -> &str {
        match self {
            Sender::Journey { journey_activity_id: id, .. } | Sender::Campaign { campaign_activity_id: id, .. } => id,
            Sender::Direct { .. } => "",
        }
    }
}

/// Whose messages count toward a limit. Direct ones never do (api.md 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted<'a> {
    /// Those of journeys, but for one.
    JourneysBut(&'a str),
    /// Those of journeys and campaigns, but for one journey.
    AllBut(&'a str),
    /// Those of journeys and campaigns.
    All,
    /// Those of one campaign.
    Campaign(&'a str),
}

/// What [`put`] did with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    /// It stands there already.
    Again,
    /// It is in the outbox, and so handed over: its channel has no adapter. Or it could not be made.
    Kept,
    /// It waits for its channel's adapter.
    Queued,
}

/// Columns of a [`Message`], of the table `o`.
pub const COLUMNS: &str =
    "o.id, o.app, o.reference, o.endpoint, o.channel, o.address, o.at, o.parts, o.envelope, o.failure";
/// How many there are.
pub const COLUMN_COUNT: usize = 10;

/// The newest messages, newest first; of one project, or of all.
pub fn read(connection: &Connection, limit: usize, app: Option<&str>) -> rusqlite::Result<Vec<Message>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM outbox o WHERE ?1 IS NULL OR o.app = ?1 ORDER BY o.seq DESC LIMIT ?2"
    ))?;
    let rows = statement.query_map(params![app, i64::try_from(limit).unwrap_or(i64::MAX)], message)?;
    rows.collect()
}

/// The message of an id.
pub fn find(connection: &Connection, id: &str) -> rusqlite::Result<Option<Message>> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM outbox o WHERE o.id = ?1"))?;
    statement.query_row(params![id], message).optional()
}

/// Puts a message in, once; one whose channel has an adapter also into its queue.
pub fn put(connection: &Connection, message: &Message) -> rusqlite::Result<Placed> {
    let parts = serde_json::to_string(&message.parts).unwrap_or_default();
    let envelope = serde_json::to_string(&message.envelope).unwrap_or_default();
    let reference = serde_json::to_string(&message.sender).unwrap_or_default();
    let added = connection
        .prepare_cached(
            "INSERT OR IGNORE INTO outbox
             (id, app, sender, origin, reference, endpoint, channel, address, at, parts, envelope, failure)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            message.id,
            message.application_id,
            message.sender.kind(),
            message.sender.origin(),
            reference,
            message.endpoint_id,
            message.channel_type,
            message.address,
            message.at,
            parts,
            envelope,
            message.failure
        ])?;
    Ok(match added {
        0 => Placed::Again,
        _ if message.failure.is_none() && queue::put(connection, message)? => Placed::Queued,
        _ => Placed::Kept,
    })
}

/// Writes why nobody got a message; `None` = it may be handed over again.
pub fn set_failure(connection: &Connection, id: &str, failure: Option<&str>) -> rusqlite::Result<()> {
    connection.prepare_cached("UPDATE outbox SET failure = ?2 WHERE id = ?1")?.execute(params![id, failure])?;
    Ok(())
}

/// How many messages an endpoint was handed after `since`.
pub fn sent(
    connection: &Connection,
    app: &str,
    endpoint: &str,
    counted: Counted<'_>,
    since: Millis,
) -> rusqlite::Result<u32> {
    let (kinds, but, of) = match counted {
        Counted::JourneysBut(journey) => (["JOURNEY", "JOURNEY"], Some(journey), None),
        Counted::AllBut(journey) => (["JOURNEY", "CAMPAIGN"], Some(journey), None),
        Counted::All => (["JOURNEY", "CAMPAIGN"], None, None),
        Counted::Campaign(campaign) => (["CAMPAIGN", "CAMPAIGN"], None, Some(campaign)),
    };
    connection
        .prepare_cached(
            "SELECT count(*) FROM outbox
             WHERE app = ?1 AND endpoint = ?2 AND at > ?3 AND sender IN (?4, ?5) AND failure IS NULL
             AND (?6 IS NULL OR origin <> ?6) AND (?7 IS NULL OR origin = ?7)",
        )?
        .query_row(params![app, endpoint, since, kinds[0], kinds[1], but, of], |row| row.get(0))
}

/// How many messages were handed over.
pub fn count(connection: &Connection) -> rusqlite::Result<u64> {
    connection
        .query_row("SELECT count(*) FROM outbox WHERE failure IS NULL", [], |row| row.get::<_, i64>(0))
        .map(i64::unsigned_abs)
}

/// Empties the outbox but for messages that wait for an adapter; how many there were.
pub fn clear(connection: &Connection) -> rusqlite::Result<usize> {
    connection.execute("DELETE FROM deliveries WHERE next_at IS NULL", [])?;
    connection.execute("DELETE FROM outbox WHERE id NOT IN (SELECT message FROM deliveries)", [])
}

/// The message in a row that begins with [`COLUMNS`].
pub fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    Ok(Message {
        id: row.get(0)?,
        application_id: row.get(1)?,
        sender: written(row, 2)?,
        endpoint_id: row.get(3)?,
        channel_type: row.get(4)?,
        address: row.get(5)?,
        at: row.get(6)?,
        parts: written(row, 7)?,
        envelope: written(row, 8)?,
        failure: row.get(9)?,
    })
}

/// What stands in a column as JSON.
fn written<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    serde_json::from_str(row.get_ref(column)?.as_str()?)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}
