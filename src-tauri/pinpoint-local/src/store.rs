//! The durable store: one SQLite file, or memory.
//!
//! Documents are JSON text as it came in; columns beside them are only what is queried. Every request and every step of
//! the runner is one piece of work for the [`writer`], kept whole or not at all. Reading goes over connections of its own
//! and never waits for writing. `seq` counts creations: lists are newest first (api.md 4).

mod checkpoint;
mod writer;

use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use serde_json::Value;

use checkpoint::Checkpointer;
use writer::{Writer, received};

/// What `user_version` of a store says that this program understands; each step of [`STEPS`] raises it by one.
const STEPS: &[&str] = &[
    include_str!("store/1.sql"),
    include_str!("store/2.sql"),
    include_str!("store/3.sql"),
    include_str!("store/4.sql"),
    include_str!("store/5.sql"),
    include_str!("store/6.sql"),
    include_str!("store/7.sql"),
    include_str!("store/8.sql"),
    include_str!("store/9.sql"),
    include_str!("store/10.sql"),
    include_str!("store/12.sql"),
    include_str!("store/13.sql"),
    include_str!("store/14.sql"),
];

/// File names in the data folder: the store, and what says that a process uses it.
pub const FILE: &str = "pinpoint.sqlite";
const LOCK: &str = "pinpoint.lock";

/// Whether a file of the data folder is the store's own: nobody else reads or writes it.
pub fn is_own(name: &str) -> bool {
    let of_sqlite = name.get(FILE.len()..).filter(|_| name[..FILE.len()].eq_ignore_ascii_case(FILE));
    let beside = |rest: &str| ["", "-wal", "-shm", "-journal"].iter().any(|known| rest.eq_ignore_ascii_case(known));
    of_sqlite.is_some_and(beside) || name.eq_ignore_ascii_case(LOCK)
}

/// Connections that read; more threads than that wait for one another.
const READERS: usize = 8;

/// Pages that the writer keeps in memory at most, in kB: with less it reads most of what it changes from the file again.
const CACHE_KB: i64 = 128 << 10;

/// Bytes of the file that readers see without copying them.
const MAPPED: i64 = 1 << 30;

/// Why a store does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made.
    #[error("could not make the folder `{0}`: {1}")]
    Folder(String, std::io::Error),
    /// The folder of events cannot be made or written.
    #[error("could not write events into the folder `{0}`: {1}")]
    Events(String, std::io::Error),
    /// Another process holds it.
    #[error("another local Pinpoint uses the store in `{0}`; stop it or name another folder")]
    InUse(String),
    /// The file that says who uses the store cannot be written, or no thread can be started.
    #[error("could not take the store in `{0}`: {1}")]
    Take(String, std::io::Error),
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
    // Fields are dropped in this order: work in the queue ends before the file is given up.
    writer: Writer,
    /// What the writer writes with; a store in memory has no other connection.
    connection: Arc<Mutex<Connection>>,
    readers: Vec<Mutex<Connection>>,
    turn: AtomicUsize,
    _checkpointer: Option<Checkpointer>,
    _lock: Option<File>,
}

impl Store {
    /// Opens the store in a folder, which is made when absent; `None` = a new one in memory.
    pub fn open(folder: Option<&Path>) -> Result<Store, OpenError> {
        let shown = folder.map_or_else(|| "memory".to_owned(), |folder| folder.display().to_string());
        let mut readers = Vec::new();
        let (connection, checkpointer, lock) = match folder {
            None => (prepared(Connection::open_in_memory()?, &shown)?, None, None),
            Some(folder) => {
                std::fs::create_dir_all(folder).map_err(|error| OpenError::Folder(shown.clone(), error))?;
                let lock = taken(&folder.join(LOCK), &shown)?;
                let connection = prepared(Connection::open(folder.join(FILE))?, &shown)?;
                for _ in 0..READERS {
                    let reader = Connection::open(folder.join(FILE))?;
                    reader.pragma_update(None, "query_only", true)?;
                    reader.pragma_update(None, "mmap_size", MAPPED)?;
                    ready(&reader)?;
                    readers.push(Mutex::new(reader));
                }
                connection.pragma_update(None, "wal_autocheckpoint", 0)?;
                (connection, Some(Checkpointer::start(&folder.join(FILE))?), Some(lock))
            }
        };
        let connection = Arc::new(Mutex::new(connection));
        let writer = Writer::start(connection.clone(), checkpointer.as_ref().map(Checkpointer::log))
            .map_err(|error| OpenError::Take(shown, error))?;
        Ok(Store { writer, connection, readers, turn: AtomicUsize::new(0), _checkpointer: checkpointer, _lock: lock })
    }

    /// Runs `work` whole or not at all: it is kept, on the disk, when it gives `Ok`. Blocks until then.
    pub fn transact<T, E>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<rusqlite::Error> + Send + 'static,
    {
        received(self.writer.submit(work).blocking_recv())
    }

    /// As [`transact`](Store::transact), without blocking a thread.
    pub async fn change<T, E>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<rusqlite::Error> + Send + 'static,
    {
        received(self.writer.submit(work).await)
    }

    /// Reads the store as it stands at one moment; writing is refused.
    pub fn read<T, E: From<rusqlite::Error>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        if self.readers.is_empty() {
            let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
            connection.pragma_update(None, "query_only", true)?;
            let out = read(&mut connection, work);
            connection.pragma_update(None, "query_only", false)?;
            return out;
        }
        read(&mut self.reader(), work)
    }

    /// A reading connection that is free, or the next one when none is.
    fn reader(&self) -> MutexGuard<'_, Connection> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % self.readers.len();
        let (before, after) = self.readers.split_at(turn);
        for reader in after.iter().chain(before) {
            match reader.try_lock() {
                Ok(reader) => return reader,
                Err(TryLockError::Poisoned(poisoned)) => return poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        self.readers[turn].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read<T, E: From<rusqlite::Error>>(
    connection: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
    work(&transaction)
}

/// The file that says who uses a store, taken for this process: two runners over one store would be two opinions on what
/// is due. The lock goes with the process, however that ends.
fn taken(path: &Path, shown: &str) -> Result<File, OpenError> {
    let take = |error| OpenError::Take(shown.to_owned(), error);
    let file = File::options().create(true).truncate(false).write(true).open(path).map_err(take)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(OpenError::InUse(shown.to_owned())),
        Err(std::fs::TryLockError::Error(error)) => Err(take(error)),
    }
}

/// Statements are kept, and keep the plan that they got: else SQLite makes a new one for other values, and that takes longer
/// than most of them run.
fn ready(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(400);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// A connection that writes, with all steps of the layout taken.
fn prepared(mut connection: Connection, shown: &str) -> Result<Connection, OpenError> {
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    ready(&connection)?;
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -CACHE_KB)?;
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
    Ok(connection)
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
