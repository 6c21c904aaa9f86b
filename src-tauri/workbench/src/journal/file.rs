//! One journal on the disk: append, compact, lock, put aside; and its older steps.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bridge::FailureCode;
use model::journal::{self, Line, Misfit, Session, Start};
use model::{Edit, History, Millis, Project, history};

use super::shelf;
use crate::failure::{Outcome, disk, failure, internal};
use crate::folder;

/// A journal is compacted when it has doubled and grown by this many bytes.
const GROWTH: u64 = 4 << 20;

/// A journal that a window writes.
pub struct Journal {
    /// Where it is, or will be.
    pub path: PathBuf,
    /// The project's folder; `None` = it has none.
    pub folder: Option<PathBuf>,
    /// Entries that came from the window.
    pub entries: u64,
    /// Held as long as the journal is open; `None` = nothing was written yet.
    lock: Option<File>,
    /// Bytes of the file; 0 = nothing was written yet.
    length: u64,
    /// Bytes after it was last compacted.
    compacted: u64,
}

impl Journal {
    /// A journal of which nothing is written.
    pub fn new(path: PathBuf, folder: Option<PathBuf>) -> Journal {
        Journal { path, folder, entries: 0, lock: None, length: 0, compacted: 0 }
    }

    /// The same journal for another window: its lock stays held.
    pub fn taken_over(self) -> Journal {
        Journal { lock: self.lock, ..Journal::new(self.path, self.folder) }
    }

    /// Whether something was written.
    pub fn is_written(&self) -> bool {
        self.length > 0
    }

    /// Bytes of the file.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Whether it is time to compact.
    pub fn is_long(&self) -> bool {
        self.length > self.compacted * 2 + GROWTH
    }

    /// Reads what an earlier window or program left, and goes on behind its last whole line.
    ///
    /// # Errors
    /// When another program has it open, or it can not be read.
    pub fn resume(&mut self, files: &Project) -> Outcome<Result<journal::Replayed, Misfit>> {
        self.lock()?;
        let content = fs::read(&self.path).map_err(|error| disk("read", &self.path, &error))?;
        let replayed = journal::replay(&content, files);
        if let Ok(replayed) = &replayed {
            if replayed.whole < content.len() {
                let cut = || OpenOptions::new().write(true).open(&self.path)?.set_len(replayed.whole as u64);
                cut().map_err(|error| disk("write", &self.path, &error))?;
            }
            self.length = replayed.whole as u64;
            self.compacted = self.length;
        }
        Ok(replayed)
    }

    /// What it says now.
    ///
    /// # Errors
    /// When it can not be read, or somebody else wrote into it.
    pub fn session(&self, files: &Project) -> Outcome<Session> {
        let content = fs::read(&self.path).map_err(|error| disk("read", &self.path, &error))?;
        let replayed = journal::replay(&content, files);
        replayed.map(|replayed| replayed.session).map_err(|misfit| internal(misfit.to_string()))
    }

    /// Starts it anew at `session`, beside `files`.
    ///
    /// # Errors
    /// When another program has it open, or the disk takes nothing; it is then as it was.
    pub fn start(&mut self, session: &Session, files: &Project, now: Millis) -> Outcome<()> {
        self.lock()?;
        let settings = self.folder.is_none().then(|| session.project.settings.clone());
        let start = Start::of(session, files, settings, now);
        let line = journal::write(&Line::Start(Box::new(start))).map_err(|error| internal(error.to_string()))?;
        files::write(&self.path, line.as_bytes()).map_err(|error| disk("write", &self.path, &error))?;
        self.length = line.len() as u64;
        self.compacted = self.length;
        Ok(())
    }

    /// Takes steps out of lists that hold more than `most` bytes: they stand on the shelf then, the newest stay. `true` = some
    /// were taken, and the journal is to be started anew with what is left.
    ///
    /// # Errors
    /// When the shelf can not be written; the lists are then as they were.
    pub fn shelve(&mut self, history: &mut History, most: usize) -> Outcome<bool> {
        let mut taken = false;
        // A list that is longer makes the journal longer.
        if self.length <= most as u64 {
            return Ok(false);
        }
        for redo in [false, true] {
            let shelf = self.shelf(redo);
            let (list, older) = history.list(redo);
            let old = list.len() - history::newest(list, most);
            if old > 0 {
                *older = shelf::put(&shelf, *older, &list[..old]).map_err(|error| disk("write", &shelf, &error))?;
                list.drain(..old);
                taken = true;
            }
        }
        Ok(taken)
    }

    /// Brings steps back into a list from its shelf, as many as lie in `most` bytes; answers them.
    ///
    /// # Errors
    /// When the shelf can not be read.
    pub fn unshelve(&self, history: &mut History, redo: bool, most: usize) -> Outcome<Vec<Edit>> {
        let (list, older) = history.list(redo);
        if *older == 0 {
            return Ok(Vec::new());
        }
        let shelf = self.shelf(redo);
        let (steps, left) = shelf::last(&shelf, *older, most as u64).map_err(|error| disk("read", &shelf, &error))?;
        list.splice(0..0, steps.iter().cloned());
        *older = left;
        Ok(steps)
    }

    /// Takes over the shelves of a journal elsewhere, as far as they count.
    ///
    /// # Errors
    /// When they can not be copied, or another program has this journal open.
    pub fn copy_shelves(&mut self, from: &Journal, history: &History) -> Outcome<()> {
        self.lock()?;
        for (redo, older) in [(false, history.older_undo), (true, history.older_redo)] {
            let (from, to) = (from.shelf(redo), self.shelf(redo));
            if older > 0 {
                fs::copy(&from, &to).map_err(|error| disk("copy", &from, &error))?;
            }
        }
        Ok(())
    }

    /// The file with older steps of a list.
    pub fn shelf(&self, redo: bool) -> PathBuf {
        self.path.with_extension(if redo { "redo" } else { "undo" })
    }

    /// Appends whole lines; they are on the disk then.
    ///
    /// # Errors
    /// When the disk does not take them; the journal is then as it was.
    pub fn append(&mut self, lines: &str) -> Outcome<()> {
        let write = || {
            let mut file = OpenOptions::new().append(true).open(&self.path)?;
            let written = file.write_all(lines.as_bytes()).and_then(|()| file.sync_data());
            if written.is_err() {
                // half a line would spoil those that follow
                file.set_len(self.length)?;
            }
            written
        };
        let written: io::Result<()> = write();
        written.map_err(|error| disk("write", &self.path, &error))?;
        self.length += lines.len() as u64;
        Ok(())
    }

    /// Renames the file, so that a new journal can start; answers its new name.
    ///
    /// # Errors
    /// When it can not be renamed.
    pub fn put_aside(&mut self, now: Millis) -> Outcome<PathBuf> {
        let stem = self.path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let aside = self.path.with_file_name(format!("{stem}-aside-{now}.jsonl"));
        for (shelf, ending) in [(self.shelf(false), "undo"), (self.shelf(true), "redo")] {
            if shelf.exists() {
                let aside = aside.with_extension(ending);
                fs::rename(&shelf, &aside).map_err(|error| disk("rename", &shelf, &error))?;
            }
        }
        fs::rename(&self.path, &aside).map_err(|error| disk("rename", &self.path, &error))?;
        self.length = 0;
        Ok(aside)
    }

    /// Takes it off the disk. One that can not be removed is found again, and offered: nothing is lost by that.
    pub fn remove(self) {
        for path in [&self.path, &self.shelf(false), &self.shelf(true)] {
            let _ = fs::remove_file(path);
        }
        if self.lock.is_some() {
            let _ = fs::remove_file(lock_of(&self.path));
        }
    }

    /// Keeps other programs out.
    ///
    /// # Errors
    /// When another program has it open, or the lock can not be written.
    pub fn lock(&mut self) -> Outcome<()> {
        if self.lock.is_some() {
            return Ok(());
        }
        let path = lock_of(&self.path);
        let make = || {
            fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
            self.folder.as_deref().map_or(Ok(()), folder::own)?;
            OpenOptions::new().create(true).truncate(false).write(true).open(&path)
        };
        let file = make().map_err(|error| disk("write", &path, &error))?;
        match file.try_lock() {
            Ok(()) => {
                self.lock = Some(file);
                Ok(())
            }
            Err(TryLockError::WouldBlock) => Err(failure(
                FailureCode::WouldLose,
                "this project is open in another Waymark, and changes here are not kept by themselves",
                "save here, or go on in the other one",
            )),
            Err(TryLockError::Error(error)) => Err(disk("lock", &path, &error)),
        }
    }
}

/// Whether another program has the journal open.
pub fn is_held(path: &Path) -> bool {
    let Ok(file) = OpenOptions::new().write(true).open(lock_of(path)) else { return false };
    matches!(file.try_lock(), Err(TryLockError::WouldBlock))
}

fn lock_of(path: &Path) -> PathBuf {
    path.with_extension("lock")
}
