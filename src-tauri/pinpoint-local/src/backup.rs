//! A copy of the store while it is in use, and back.
//!
//! SQLite copies all pages as they stand at one moment, over a connection that only reads: requests that write go on. The
//! write-ahead log grows meanwhile. A store in memory has one connection, and waits.

mod fetch;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Bytes, HttpBody};
use hyper::body::Frame;
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use tempfile::NamedTempFile;
use tokio::sync::mpsc::{Receiver, channel};

use crate::refusal::{Exception, Refusal, Result};
use crate::store::{self, OpenError, Store};

pub use fetch::{FetchError, fetch};

/// Bytes that are read at a time, and how many of these wait for the client.
const PART: usize = 256 * 1024;
const PARTS: usize = 4;

/// Why a backup is not restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The folder has a store already.
    #[error("there is a store in `{0}` already; restore into another folder, or move that one away")]
    Occupied(PathBuf),
    /// The backup cannot be read, or the folder not be written.
    #[error("could not copy `{0}` into `{1}`: {2}")]
    Copy(PathBuf, PathBuf, std::io::Error),
    /// It is no backup, or a damaged one.
    #[error("`{0}` is not a sound backup: {1}")]
    Damaged(PathBuf, String),
    /// The store does not open.
    #[error(transparent)]
    Store(#[from] OpenError),
}

/// Copies the store into a file in `folder`, which goes when it is dropped.
pub fn copy(store: &Store, folder: &Path) -> Result<NamedTempFile> {
    let failed = |error: std::io::Error| {
        tracing::error!(%error, "a backup could not be written");
        Refusal::new(Exception::InternalServerError, "the backup could not be written beside the store")
    };
    let file = NamedTempFile::with_prefix_in("backup-", folder).map_err(failed)?;
    let mut copy = Connection::open(file.path())?;
    store.read::<_, Refusal>(|store| {
        let backup = Backup::new(store, &mut copy)?;
        match backup.step(-1)? {
            StepResult::Done => Ok(()),
            step => {
                tracing::error!(?step, "a backup did not come to its end");
                Err(Refusal::new(Exception::InternalServerError, "the store is busy; ask for the backup again"))
            }
        }
    })?;
    // One plain file, without a write-ahead log beside it.
    copy.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    drop(copy);
    Ok(file)
}

/// A file as a body, read piece by piece; it goes when all is read or nobody listens any more.
pub struct FileBody(Receiver<std::io::Result<Bytes>>);

impl FileBody {
    /// Starts reading.
    pub fn of(mut file: NamedTempFile) -> FileBody {
        let (parts, receiver) = channel(PARTS);
        tokio::task::spawn_blocking(move || {
            loop {
                let mut part = vec![0; PART];
                let read = file.read(&mut part).map(|length| {
                    part.truncate(length);
                    Bytes::from(part)
                });
                let last = !matches!(&read, Ok(part) if !part.is_empty());
                let at_end = matches!(&read, Ok(part) if part.is_empty());
                if at_end || parts.blocking_send(read).is_err() || last {
                    return;
                }
            }
        });
        FileBody(receiver)
    }
}

impl HttpBody for FileBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<std::io::Result<Frame<Bytes>>>> {
        self.0.poll_recv(context).map(|part| part.map(|part| part.map(Frame::data)))
    }
}

/// Makes a store in `folder` from a backup. The backup is checked first; a folder that has a store is left as it is.
pub fn restore(backup: &Path, folder: &Path) -> std::result::Result<(), RestoreError> {
    let target = folder.join(store::FILE);
    if target.exists() {
        return Err(RestoreError::Occupied(folder.to_owned()));
    }
    let failed = |error| RestoreError::Copy(backup.to_owned(), folder.to_owned(), error);
    let mut source = std::fs::File::open(backup).map_err(failed)?;
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut copy = NamedTempFile::with_prefix_in("restore-", folder).map_err(failed)?;
    std::io::copy(&mut source, &mut copy).map_err(failed)?;
    sound(copy.path()).map_err(|problem| RestoreError::Damaged(backup.to_owned(), problem))?;
    copy.as_file().sync_all().map_err(failed)?;
    copy.persist_noclobber(&target).map_err(|error| failed(error.error))?;
    if let Err(error) = Store::open(Some(folder)) {
        // A store that this program does not open is no use here; the backup is still there.
        std::fs::remove_file(&target).map_err(failed)?;
        return Err(error.into());
    }
    Ok(())
}

/// Whether a file is a store that holds together; what is wrong as a sentence.
fn sound(path: &Path) -> std::result::Result<(), String> {
    let check = || -> rusqlite::Result<(String, i64)> {
        let connection = Connection::open(path)?;
        let found = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        Ok((
            found,
            connection
                .query_row("SELECT count(*) FROM sqlite_schema WHERE name IN ('meta', 'apps')", [], |row| row.get(0))?,
        ))
    };
    match check() {
        Ok((found, 2)) if found == "ok" => Ok(()),
        Ok((found, _)) if found == "ok" => Err("it is a database of something else".to_owned()),
        Ok((found, _)) => Err(found),
        Err(error) => Err(error.to_string()),
    }
}
