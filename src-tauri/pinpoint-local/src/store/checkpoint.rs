//! Copies the write-ahead log into the store, beside the writing.
//!
//! SQLite by itself does that within the commit that makes the log too long, and everybody waits. Here a thread of its own
//! does it about once a second while writing goes on. It never catches up with a writer that is busy, so the log would
//! grow for ever: when it has grown long, the writer copies the short rest between two groups, and the log begins anew.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use super::OpenError;

/// How long changes gather: what is changed twice in that time is copied once.
const REST: Duration = Duration::from_secs(1);

/// Pages of the log from which on it is to begin anew: 32 MB.
const LONG: i64 = 8192;

/// The thread that copies the log. Dropping it ends it.
pub struct Checkpointer {
    log: Arc<Log>,
    thread: Option<JoinHandle<()>>,
}

/// What the writer and the thread tell each other.
#[derive(Default)]
pub struct Log {
    news: Mutex<News>,
    rung: Condvar,
}

#[derive(Default)]
struct News {
    /// Something was written since the last copy.
    written: bool,
    /// The log has grown long.
    long: bool,
    /// Nobody writes any more.
    ended: bool,
}

impl Checkpointer {
    /// Starts the thread for the store in a file.
    pub fn start(file: &Path) -> Result<Checkpointer, OpenError> {
        let connection = Connection::open(file)?;
        let log = Arc::new(Log::default());
        let shared = log.clone();
        let thread = std::thread::Builder::new()
            .name("checkpoint".to_owned())
            .spawn(move || run(&connection, &shared))
            .map_err(|error| OpenError::Take(file.display().to_string(), error))?;
        Ok(Checkpointer { log, thread: Some(thread) })
    }

    /// For the writer.
    pub fn log(&self) -> Arc<Log> {
        self.log.clone()
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.log.news().ended = true;
        self.log.rung.notify_all();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that copies the log ended in a panic");
        }
    }
}

impl Log {
    fn news(&self) -> MutexGuard<'_, News> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The writer kept a group; it copies the rest of the log when that has grown long.
    pub fn kept(&self, connection: &Connection) {
        let mut news = self.news();
        let long = std::mem::take(&mut news.long);
        if !news.written {
            news.written = true;
            self.rung.notify_all();
        }
        drop(news);
        if long {
            copied(connection);
        }
    }
}

fn run(connection: &Connection, log: &Log) {
    loop {
        let waited = log.rung.wait_while(log.news(), |news| !news.written && !news.ended);
        let mut news = waited.unwrap_or_else(PoisonError::into_inner);
        if news.ended {
            return;
        }
        news.written = false;
        drop(news);
        let long = copied(connection) > LONG;
        let mut news = log.news();
        news.long = long;
        let rested = log.rung.wait_timeout_while(news, REST, |news| !news.ended);
        drop(rested.unwrap_or_else(PoisonError::into_inner));
    }
}

/// Copies what can be copied without holding anybody up; how many pages the log has.
fn copied(connection: &Connection) -> i64 {
    let pages = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(1));
    pages.unwrap_or_else(|error| {
        tracing::warn!(%error, "the log could not be copied into the store");
        0
    })
}
