//! The durable store: one SQLite file, or memory.
//!
//! Documents are JSON text as it came in; columns beside them are only what is queried. Every request and every step of
//! the runner is one transaction. `seq` counts creations: lists are newest first (api.md 4).

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use serde_json::Value;

/// What `user_version` of a store says that this program understands; each step of [`STEPS`] raises it by one.
const STEPS: &[&str] = &[
    include_str!("store/1.sql"),
    include_str!("store/2.sql"),
    include_str!("store/3.sql"),
    include_str!("store/4.sql"),
    include_str!("store/5.sql"),
    include_str!("store/6.sql"),
];

/// File name in the data folder.
const FILE: &str = "pinpoint.sqlite";

/// Why a store does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made.
    #[error("could not make the folder `{0}`: {1}")]
    Folder(String, std::io::Error),
    /// Another process holds it.
    #[error("another local Pinpoint uses the store in `{0}`; stop it or name another folder")]
    InUse(String),
    /// A newer program wrote it.
    #[error("the store in `{folder}` has version {found}, this program knows up to {known}; use a newer Waymark")]
    Newer {
        /// The folder.
        folder: String,
        /// Its version.
        found: usize,
        /// Ours.
        known: usize,
    },
    /// SQLite says no.
    #[error("could not open the store: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

/// The store.
pub struct Store {
    connection: Mutex<Connection>,
}

impl Store {
    /// Opens the store in a folder, which is made when absent; `None` = a new one in memory.
    pub fn open(folder: Option<&Path>) -> Result<Store, OpenError> {
        let shown = folder.map_or_else(|| "memory".to_owned(), |folder| folder.display().to_string());
        let mut connection = match folder {
            None => Connection::open_in_memory()?,
            Some(folder) => {
                std::fs::create_dir_all(folder).map_err(|error| OpenError::Folder(shown.clone(), error))?;
                Connection::open(folder.join(FILE))?
            }
        };
        let prepared = prepare(&mut connection, &shown);
        if let Err(OpenError::Sqlite(error)) = &prepared
            && error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy)
        {
            return Err(OpenError::InUse(shown));
        }
        prepared?;
        Ok(Store { connection: Mutex::new(connection) })
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic inside a transaction has rolled it back: the connection is sound.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` in one transaction, which is kept when it gives `Ok`.
    pub fn transact<T, E: From<rusqlite::Error>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let out = work(&transaction)?;
        transaction.commit()?;
        Ok(out)
    }

    /// Reads, without a transaction to commit.
    pub fn read<T, E: From<rusqlite::Error>>(&self, work: impl FnOnce(&Connection) -> Result<T, E>) -> Result<T, E> {
        work(&self.lock())
    }
}

fn prepare(connection: &mut Connection, shown: &str) -> Result<(), OpenError> {
    connection.busy_timeout(std::time::Duration::from_millis(200))?;
    connection.set_prepared_statement_cache_capacity(200);
    // One process at a time: two runners over one store would be two opinions on what is due.
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = transaction.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0))?;
    let found = usize::try_from(found).unwrap_or(usize::MAX);
    if found > STEPS.len() {
        return Err(OpenError::Newer { folder: shown.to_owned(), found, known: STEPS.len() });
    }
    for step in &STEPS[found..] {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", STEPS.len() as i64)?;
    transaction.commit()?;
    Ok(())
}

/// The text of a document.
pub fn text(value: &Value) -> String {
    value.to_string()
}

/// The document in a column.
pub fn json(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Value> {
    let text = row.get_ref(column)?.as_str()?;
    serde_json::from_str(text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
    })
}

/// A setting of the store itself.
pub fn meta(connection: &Connection, key: &str) -> rusqlite::Result<Option<String>> {
    connection.query_row("SELECT value FROM meta WHERE key = ?1", params![key], |row| row.get(0)).optional()
}

/// Writes a setting of the store itself.
pub fn set_meta(connection: &Connection, key: &str, value: &str) -> rusqlite::Result<()> {
    connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)", params![key, value])?;
    Ok(())
}
