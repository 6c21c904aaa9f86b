//! What the server holds, for people to look at.

use model::Millis;
use rusqlite::{Connection, params};
use serde::Serialize;

/// What the server holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Status {
    /// The instant now, milliseconds since 1970.
    pub now: Millis,
    /// Whether the clock is moved by hand.
    pub r#virtual: bool,
    /// Messages in the outbox.
    pub messages: u64,
    /// The projects, newest first.
    pub apps: Vec<AppStatus>,
}

/// A project.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AppStatus {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How many endpoints it has.
    pub endpoints: u64,
    /// Its journeys, newest first.
    pub journeys: Vec<JourneyStatus>,
}

/// A journey.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct JourneyStatus {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `DRAFT`, `ACTIVE`, …
    pub state: String,
    /// Participants inside.
    pub participants: u64,
}

/// Reads the status.
pub fn read(connection: &Connection, now: Millis, r#virtual: bool) -> rusqlite::Result<Status> {
    let mut apps: Vec<AppStatus> = connection
        .prepare_cached(
            "SELECT id, name, (SELECT count(*) FROM endpoints WHERE app = apps.id) FROM apps ORDER BY seq DESC",
        )?
        .query_map([], |row| {
            let endpoints: i64 = row.get(2)?;
            Ok(AppStatus {
                id: row.get(0)?,
                name: row.get(1)?,
                endpoints: endpoints.unsigned_abs(),
                journeys: Vec::new(),
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    for app in &mut apps {
        app.journeys = connection
            .prepare_cached(
                "SELECT id, name, state, (SELECT count(*) FROM participants WHERE journey = journeys.seq AND inside = 1)
                 FROM journeys WHERE app = ?1 ORDER BY seq DESC",
            )?
            .query_map(params![app.id], |row| {
                let participants: i64 = row.get(3)?;
                Ok(JourneyStatus {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    state: row.get(2)?,
                    participants: participants.unsigned_abs(),
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
    }
    Ok(Status { now, r#virtual, messages: crate::outbox::count(connection)?, apps })
}
