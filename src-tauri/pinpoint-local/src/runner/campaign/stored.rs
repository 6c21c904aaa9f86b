//! A campaign in the store.

use std::collections::BTreeSet;

use engine::campaign::status::{Turn, after};
use engine::campaign::{Progress, State};
use model::Millis;
use model::view::Word;
use model::wire::CampaignStatus;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde_json::Value;

use super::load::Broken;
use crate::api::campaigns::Given;
use crate::refusal::{Exception, Refusal, Result};
use crate::store;

/// A campaign as the store has it.
pub struct Stored {
    /// The project.
    pub app: String,
    /// Its id.
    pub id: String,
    /// `SLOT`, `EVENT` or `MIXED`.
    pub kind: String,
    /// When it was created.
    pub created: Millis,
    /// The project's settings at that time.
    pub settings: Value,
    /// `CampaignStatus`
    pub status: String,
    /// The engine's state.
    pub state: State,
    /// What the engine is still to be told.
    pub given: Vec<Given>,
    /// Endpoints that the state of an `EVENT` campaign knows, by row.
    pub waiting: Vec<String>,
    /// Number of the row's writes.
    pub revision: i64,
}

/// Reads a campaign.
pub fn find(connection: &Connection, id: &str) -> Result<Option<Stored>> {
    let mut statement = connection.prepare_cached(
        "SELECT app, kind, created, settings, status, state, given, waiting, revision FROM campaigns WHERE id = ?1",
    )?;
    let read = |row: &rusqlite::Row<'_>| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, Millis>(2)?,
            store::json(row, 3)?,
            row.get::<_, String>(4)?,
            row.get::<_, String>(5)?,
            store::json(row, 6)?,
            store::json(row, 7)?,
            row.get::<_, i64>(8)?,
        ))
    };
    let Some((app, kind, created, settings, status, state, given, waiting, revision)) =
        statement.query_row(params![id], read).optional()?
    else {
        return Ok(None);
    };
    Ok(Some(Stored {
        app,
        id: id.to_owned(),
        kind,
        created,
        settings,
        status,
        state: written(&state)?,
        given: serde_json::from_value(given).map_err(unreadable)?,
        waiting: serde_json::from_value(waiting).map_err(unreadable)?,
        revision,
    }))
}

/// A state that can not be read.
pub fn unreadable(error: serde_json::Error) -> Refusal {
    tracing::error!(%error, "a campaign's state cannot be read");
    Refusal::new(Exception::InternalServerError, "a campaign's state cannot be read")
}

/// What stands in a column as JSON.
pub fn written<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(unreadable)
}

impl Stored {
    /// Writes what changed; gives the new revision.
    pub fn save(&mut self, connection: &Connection, due: Option<Millis>) -> Result<i64> {
        self.revision += 1;
        let going = self.kind != "EVENT" && self.state.treatments.iter().any(|treatment| treatment.run.is_some());
        let text = |value: serde_json::Result<String>| value.map_err(unreadable);
        connection
            .prepare_cached(
                "UPDATE campaigns SET status = ?2, state = ?3, given = ?4, waiting = ?5, going = ?6, due = ?7, revision = ?8
                 WHERE id = ?1",
            )?
            .execute(params![
                self.id,
                self.status,
                text(serde_json::to_string(&self.state))?,
                text(serde_json::to_string(&self.given))?,
                text(serde_json::to_string(&self.waiting))?,
                going,
                due,
                self.revision
            ])?;
        Ok(self.revision)
    }
}

/// The end of a campaign that can not run any more (campaigns.md 8): there is no program that the engine could be asked
/// with, so its table of states is.
pub fn stop(transaction: &Transaction<'_>, mut stored: Stored, broken: &Broken) -> Result<()> {
    let turn = match broken {
        Broken::Segment => Turn::Deleted,
        Broken::Unusable(_) => Turn::Unusable,
    };
    if let Broken::Unusable(reason) = broken {
        tracing::warn!(campaign = stored.id, reason, "the campaign can not run any more");
    }
    // One that never began has no treatments to say so.
    let first = after(CampaignStatus::Scheduled, turn).map(|status| status.as_str().to_owned());
    for treatment in &mut stored.state.treatments {
        if let Some(status) = after(treatment.status, turn) {
            treatment.status = status;
        }
        treatment.next = None;
        treatment.run = None;
        treatment.wake = None;
    }
    stored.status = match stored.state.treatments.is_empty() {
        true => first.unwrap_or_default(),
        false => stored.state.status().as_str().to_owned(),
    };
    stored.given.clear();
    stored.waiting.clear();
    transaction.execute("DELETE FROM campaign_events WHERE campaign = ?1", params![stored.id])?;
    transaction.execute("DELETE FROM campaign_calls WHERE campaign = ?1", params![stored.id])?;
    transaction.execute(
        "UPDATE campaign_activities SET ended = 1, document = json_set(document, '$.State', ?2, '$.Result', 'FAIL')
         WHERE campaign = ?1 AND ended = 0",
        params![stored.id, Progress::Cancelled.name()],
    )?;
    stored.save(transaction, None)?;
    Ok(())
}

/// The campaigns of a project that live and are for a segment.
pub fn of_segment(connection: &Connection, app: &str, segment: &str) -> Result<BTreeSet<String>> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM campaigns WHERE app = ?1 AND segment = ?2 AND status NOT IN ('COMPLETED', 'DELETED', 'INVALID')",
    )?;
    Ok(statement.query_map(params![app, segment], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}
