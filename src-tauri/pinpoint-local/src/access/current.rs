//! The keys of a running server, which are read again while it runs.
//!
//! The file is read every few seconds, and what it says is compared with what is known: times of a file are coarse, and
//! links to another one change nothing that could be watched everywhere.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::watch;

use super::{Key, Keys};
use crate::server::Machine;

/// How often the file is looked at.
const EVERY: Duration = Duration::from_secs(5);

/// Where keys come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFile {
    /// A file as [`Keys::read`] takes it.
    pub path: PathBuf,
    /// A key that does not stand there; it replaces one of the same id.
    pub beside: Option<Key>,
}

impl KeyFile {
    /// The keys as they stand there now.
    ///
    /// # Errors
    /// As [`Keys::read`].
    pub fn read(&self) -> Result<Keys, super::KeysError> {
        let mut keys = Keys::read(&self.path)?;
        if let Some(key) = &self.beside {
            keys.add(key.clone());
        }
        Ok(keys)
    }
}

/// The keys that hold now.
#[derive(Debug, Default)]
pub struct Current {
    keys: RwLock<Arc<Keys>>,
    /// What was wrong with the file the last time, so that the log tells it once.
    wrong: Mutex<Option<String>>,
}

impl Current {
    /// These keys.
    pub fn new(keys: Keys) -> Current {
        Current { keys: RwLock::new(Arc::new(keys)), wrong: Mutex::default() }
    }

    /// The keys that hold now.
    pub fn get(&self) -> Arc<Keys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes what the file says now. While it can not be read, or is broken, the keys that were hold, and the log says why.
    pub fn read_again(&self, file: &KeyFile) {
        let mut told = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        match file.read() {
            Ok(keys) => {
                *told = None;
                if *self.get() != keys {
                    *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
                    tracing::info!(file = %file.path.display(), "the access keys changed");
                }
            }
            Err(error) => {
                let error = error.to_string();
                if told.as_ref() != Some(&error) {
                    tracing::error!(error, "the access keys stay as they were");
                    *told = Some(error);
                }
            }
        }
    }
}

/// Reads the keys again every so often, until `stopped` says so; at once done when they stand in no file.
pub async fn follow(machine: Arc<Machine>, mut stopped: watch::Receiver<bool>) {
    let Some(file) = machine.settings.keys_file.clone() else { return };
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            // An error means that the server was dropped.
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
        let (machine, file) = (machine.clone(), file.clone());
        let read = tokio::task::spawn_blocking(move || machine.keys.read_again(&file)).await;
        if let Err(error) = read {
            tracing::error!(%error, "the access keys could not be read again");
        }
    }
}
