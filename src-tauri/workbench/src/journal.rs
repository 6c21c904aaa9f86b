//! The journals of what is open: `.waymark/edits.jsonl` in a project's folder, `unsaved/N.jsonl` in the data folder for
//! projects that have none.
//!
//! What a line says and how it is carried out is `model::journal`'s. Here journals are opened, written and moved along
//! with their projects, and guarded: a lock beside each keeps a second program out, and its number a second window, since
//! opening a project anew gives a new number.

mod file;
mod shelf;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use bridge::{Failure, FailureCode, Kept, Older, Shelved};
use model::journal::{self, Entry, Line, Session};
use model::{History, Millis, Project};

use crate::contents;
use crate::failure::{Outcome, bad_input, failure, internal, not_found};
use file::Journal;

/// Most bytes of the undo list that are in memory when a project is opened, and of the redo list. Older steps stay on the disk
/// until undo has got that far: a list has no bound, and a start takes no longer for it.
const HELD: usize = 8 << 20;

/// A compacted journal that is so many times longer has lists that are to be cut to that again.
const LONG: u64 = 8;

/// The journals of the windows that are open.
pub(crate) struct Journals {
    unsaved: PathBuf,
    /// [`HELD`], except in tests.
    held: usize,
    open: BTreeMap<u64, Journal>,
    made: u64,
}

/// What opening a journal gives.
#[derive(Debug, Default)]
pub(crate) struct Recovery {
    /// Its number; 0 = it can not be written.
    pub number: u64,
    /// What it brought back.
    pub kept: Option<Kept>,
    /// Why it was not applied, and where it is.
    pub aside: Option<String>,
    /// The project, with what was brought back.
    pub project: Project,
}

impl Journals {
    pub fn new(data: &Path) -> Journals {
        Journals { unsaved: data.join("unsaved"), held: HELD, open: BTreeMap::new(), made: 0 }
    }

    /// Opens the journal of a folder whose files hold `files`. A window that had it open can not write any more.
    pub fn open(&mut self, folder: &Path, files: &Project, now: Millis) -> Outcome<Recovery> {
        self.recover(in_folder(folder), Some(folder.to_path_buf()), files, now)
    }

    /// Opens the journal of a project that was never saved.
    pub fn open_unsaved(&mut self, name: &str, now: Millis) -> Outcome<Recovery> {
        let path = self.unsaved_path(name)?;
        if !path.is_file() {
            return Err(not_found(
                format!("there is no unsaved project `{name}`"),
                "it was saved or thrown away meanwhile",
            ));
        }
        let recovery = self.recover(path, None, &Project::default(), now)?;
        match recovery.aside {
            None => Ok(recovery),
            Some(why) => Err(failure(FailureCode::WouldLose, why, "")),
        }
    }

    fn recover(&mut self, path: PathBuf, folder: Option<PathBuf>, files: &Project, now: Millis) -> Outcome<Recovery> {
        let before = self.open.iter().find(|(_, journal)| journal.path == path).map(|(number, _)| *number);
        let before = before.and_then(|number| self.open.remove(&number));
        let is_first = before.is_none();
        let mut journal = before.map_or_else(|| Journal::new(path, folder), Journal::taken_over);
        let mut recovery = Recovery { project: files.clone(), ..Recovery::default() };
        if journal.path.exists() {
            let replayed = match journal.resume(files) {
                Ok(replayed) => replayed,
                Err(failure) => {
                    recovery.aside = Some(crate::sentence(&failure));
                    return Ok(recovery);
                }
            };
            match replayed {
                Ok(replayed) => {
                    let mut session = replayed.session;
                    // Steps that can not be shelved stay in the lists.
                    if journal.shelve(&mut session.history, self.held).unwrap_or(false)
                        && let Err(failure) = journal.start(&session, files, replayed.at)
                    {
                        recovery.aside = Some(crate::sentence(&failure));
                        return Ok(recovery);
                    }
                    let Session { project, history } = session;
                    recovery.kept = Some(Kept {
                        at: replayed.at,
                        changed: journal::changed(files, &project),
                        settings: Some(&project.settings).filter(|settings| **settings != files.settings).cloned(),
                        history,
                    });
                    recovery.project = project;
                }
                Err(misfit) => {
                    let aside = journal.put_aside(now)?;
                    recovery.aside = Some(format!(
                        "The last edits were not brought back, because they do not fit the files ({misfit}). They are \
                         kept in `{}`.",
                        aside.display()
                    ));
                }
            }
        }
        // Another window may be about to write down steps that lead to what is kept; so may another program, which has the lock.
        if let Some(folder) = journal.folder.clone().filter(|folder| is_first && contents::are_kept(folder))
            && recovery.aside.is_none()
            && journal.lock().is_ok()
        {
            let history = recovery.kept.as_ref().map(|kept| kept.history.clone()).unwrap_or_default();
            let shelves = [(history.older_undo, journal.shelf(false)), (history.older_redo, journal.shelf(true))];
            let shelves: Vec<PathBuf> =
                shelves.into_iter().filter(|(older, _)| *older > 0).map(|(_, path)| path).collect();
            // What can not be removed now can be the next time.
            let _ = contents::tidy(&folder, &history, &shelves);
        }
        recovery.number = self.number(journal);
        Ok(recovery)
    }

    /// Takes the oldest steps out of the lists; `files` says what is in the files of a folder.
    pub fn shelve(&mut self, number: u64, files: impl Fn(&Path) -> Project, now: Millis) -> Outcome<Shelved> {
        let Some(journal) = self.open.get_mut(&number) else { return Err(elsewhere()) };
        let files = journal.folder.as_deref().map(files).unwrap_or_default();
        let mut session = journal.session(&files)?;
        let before = (session.history.undo.len(), session.history.redo.len());
        if journal.shelve(&mut session.history, self.held)? {
            journal.start(&session, &files, now)?;
        }
        let History { undo, redo, older_undo, older_redo } = &session.history;
        let taken = |before: usize, now: usize| (before - now) as u64;
        Ok(Shelved {
            undo: (taken(before.0, undo.len()), *older_undo),
            redo: (taken(before.1, redo.len()), *older_redo),
        })
    }

    /// Brings older steps of a list into memory; `files` says what is in the files of a folder.
    pub fn older(
        &mut self,
        command: &bridge::AskOlder,
        files: impl Fn(&Path) -> Project,
        now: Millis,
    ) -> Outcome<Older> {
        let Some(journal) = self.open.get_mut(&command.journal) else { return Err(elsewhere()) };
        let files = journal.folder.as_deref().map(files).unwrap_or_default();
        let mut session = journal.session(&files)?;
        let steps = journal.unshelve(&mut session.history, command.redo, self.held)?;
        journal.start(&session, &files, now)?;
        let long = journal.length() > self.held as u64 * LONG;
        Ok(Older { steps, left: *session.history.list(command.redo).1, long })
    }

    /// Starts a journal with a session that is under way.
    pub fn start(&mut self, folder: Option<PathBuf>, files: &Project, session: &Session, now: Millis) -> Outcome<u64> {
        let path = match &folder {
            Some(folder) => in_folder(folder),
            None => {
                let numbered = |number: u32| self.unsaved.join(format!("{number}.jsonl"));
                (1..).map(numbered).find(|path| !path.exists()).ok_or_else(|| internal("no name is free"))?
            }
        };
        self.open.retain(|_, other| other.path != path);
        let mut journal = Journal::new(path, folder);
        journal.start(session, files, now)?;
        Ok(self.number(journal))
    }

    /// Appends what a window did; `files` says what is in the files of a folder. Answers whether the lists are long.
    pub fn keep(&mut self, command: &bridge::Keep, files: impl Fn(&Path) -> Project, now: Millis) -> Outcome<bool> {
        let Some(journal) = self.open.get_mut(&command.journal) else {
            return Err(elsewhere());
        };
        let there = journal.entries.checked_sub(command.first).and_then(|there| usize::try_from(there).ok());
        let Some(there) = there else {
            return Err(bad_input("changes before these did not arrive", "save the project"));
        };
        let Some(new) = command.entries.get(there..).filter(|new| !new.is_empty()) else { return Ok(false) };
        if !journal.is_written() {
            let files = journal.folder.as_deref().map(&files).unwrap_or_default();
            let session = Session { project: files.clone(), history: History::default() };
            journal.start(&session, &files, now)?;
        }
        let line = |entry: &Entry| journal::write(&Line::Entry(entry.clone()));
        let lines = new.iter().map(line).collect::<Result<String, _>>();
        journal.append(&lines.map_err(|error| internal(error.to_string()))?)?;
        journal.entries += new.len() as u64;
        if journal.is_long() {
            let files = journal.folder.as_deref().map(&files).unwrap_or_default();
            let session = journal.session(&files)?;
            journal.start(&session, &files, now)?;
            return Ok(journal.length() > self.held as u64 * LONG);
        }
        Ok(false)
    }

    /// Makes sure that a save into the journal's own folder can be cut short: the journal then has all that is about to be
    /// written. `files` is what is in the files now.
    pub fn before_save(
        &mut self,
        number: u64,
        folder: &Path,
        project: &Project,
        files: &Project,
        now: Millis,
    ) -> Outcome<()> {
        let own = |journal: &&mut Journal| journal.is_written() && journal.path == in_folder(folder);
        let Some(journal) = self.open.get_mut(&number).filter(own) else { return Ok(()) };
        let history = journal.session(files)?.history;
        journal.start(&Session { project: project.clone(), history }, files, now)
    }

    /// Starts the journal anew after a save into `folder`: undo and redo go along. `files` is what was in the files of the
    /// journal's own folder before.
    pub fn after_save(
        &mut self,
        number: u64,
        folder: &Path,
        project: &Project,
        files: &Project,
        now: Millis,
    ) -> Outcome<()> {
        let Some(before) = self.open.get_mut(&number) else { return Ok(()) };
        let session = match before.is_written() {
            true => Some(Session { project: project.clone(), history: before.session(files)?.history }),
            false => None,
        };
        let path = in_folder(folder);
        if before.path == path {
            return session.map_or(Ok(()), |session| before.start(&session, project, now));
        }
        let mut after = Journal::new(path, Some(folder.to_path_buf()));
        after.entries = before.entries;
        if let Some(session) = session {
            if after.path.exists() {
                after.put_aside(now)?;
            }
            after.copy_shelves(before, &session.history)?;
            after.start(&session, project, now)?;
        }
        if let Some(before) = self.open.insert(number, after) {
            before.remove();
        }
        Ok(())
    }

    /// Relates the journal to files that changed from `before` to `after`; the state stays as it is.
    pub fn relate(&mut self, number: u64, before: &Project, after: &Project, now: Millis) -> Outcome<()> {
        let Some(journal) = self.open.get_mut(&number).filter(|journal| journal.is_written()) else { return Ok(()) };
        let session = journal.session(before)?;
        journal.start(&session, after, now)
    }

    /// The folder of the journal's project.
    pub fn folder(&self, number: u64) -> Option<&Path> {
        self.open.get(&number)?.folder.as_deref()
    }

    /// Throws a journal away.
    pub fn forget(&mut self, number: u64) {
        if let Some(journal) = self.open.remove(&number) {
            journal.remove();
        }
    }

    /// Throws the journal of a project that was never saved away.
    pub fn forget_unsaved(&mut self, name: &str) -> Outcome<()> {
        let path = self.unsaved_path(name)?;
        self.open.retain(|_, journal| journal.path != path);
        Journal::new(path, None).remove();
        Ok(())
    }

    /// Projects that were never saved and that no other program has open: name of the journal, name of the project, when
    /// it was changed.
    pub fn unsaved(&self) -> Vec<(String, String, Millis)> {
        let entries = fs::read_dir(&self.unsaved).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        paths.sort();
        let read = |path: PathBuf| {
            let name = path.file_name()?.to_str()?.strip_suffix(".jsonl")?.to_owned();
            let ours = self.open.values().any(|journal| journal.path == path);
            if !ours && file::is_held(&path) {
                return None;
            }
            let replayed = journal::replay(&fs::read(&path).ok()?, &Project::default()).ok()?;
            Some((name, replayed.session.project.settings.name, replayed.at))
        };
        paths.into_iter().filter_map(read).collect()
    }

    fn unsaved_path(&self, name: &str) -> Outcome<PathBuf> {
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return Err(bad_input(format!("`{name}` names no unsaved project"), "choose one of the list"));
        }
        Ok(self.unsaved.join(format!("{name}.jsonl")))
    }

    fn number(&mut self, journal: Journal) -> u64 {
        self.made += 1;
        self.open.insert(self.made, journal);
        self.made
    }
}

fn elsewhere() -> Failure {
    failure(
        FailureCode::WouldLose,
        "this project was opened in another window, and changes here are not kept by themselves",
        "save here, or go on in the other window",
    )
}

fn in_folder(folder: &Path) -> PathBuf {
    folder.join(".waymark").join("edits.jsonl")
}

#[cfg(test)]
mod tests {
    use model::{DocumentId, Edit, history::Act, path};
    use serde_json::json;

    use super::*;

    fn welcome() -> DocumentId {
        DocumentId::Journey("welcome".to_owned())
    }

    fn files() -> Project {
        Project { documents: [(welcome(), json!({"Name": "0"}))].into(), ..Project::default() }
    }

    fn name(project: &Project) -> &str {
        project.documents[&welcome()]["Name"].as_str().unwrap()
    }

    /// A program with a window that does as `ui/src/undo.rs` does.
    struct Window {
        journals: Journals,
        number: u64,
        sent: u64,
        session: Session,
        /// What is in the files.
        files: Project,
    }

    impl Window {
        fn open(place: &Path, held: usize) -> Window {
            let mut journals = Journals { held, ..Journals::new(&place.join("data")) };
            let recovery = journals.open(&place.join("shop"), &files(), 1).unwrap();
            assert_eq!(recovery.aside, None);
            let history = recovery.kept.map(|kept| kept.history).unwrap_or_default();
            let session = Session { project: recovery.project, history };
            Window { journals, number: recovery.number, sent: 0, session, files: files() }
        }

        /// The program ends and starts again.
        fn again(self, place: &Path) -> Window {
            let held = self.journals.held;
            // The lock goes with it.
            drop(self);
            Window::open(place, held)
        }

        fn act(&mut self, act: Act) -> bool {
            if !self.session.history.act(&mut self.session.project, &act).unwrap() {
                return false;
            }
            let entries = vec![Entry { at: 2, act }];
            let command = bridge::Keep { journal: self.number, first: self.sent, entries };
            let is_long = self.journals.keep(&command, |_| self.files.clone(), 2).unwrap();
            self.sent += 1;
            if is_long {
                self.shelve();
            }
            if let Some(redo) = self.session.history.ends_early() {
                let command = bridge::AskOlder { journal: self.number, redo };
                let older = self.journals.older(&command, |_| self.files.clone(), 3).unwrap();
                let (list, left) = self.session.history.list(redo);
                list.splice(0..0, older.steps);
                *left = older.left;
                if older.long {
                    self.shelve();
                }
            }
            true
        }

        fn shelve(&mut self) {
            let shelved = self.journals.shelve(self.number, |_| self.files.clone(), 3).unwrap();
            for (redo, (taken, left)) in [(false, shelved.undo), (true, shelved.redo)] {
                let (list, older) = self.session.history.list(redo);
                list.drain(..taken as usize);
                *older = left;
            }
        }

        fn edit(&mut self, to: usize) {
            let edit = Edit::new(format!("Rename to {to}")).set(&welcome(), path!["Name"], json!(to.to_string()));
            assert!(self.act(Act::Edit(edit)));
        }
    }

    #[test]
    fn undo_and_redo_go_past_what_is_held_in_memory() {
        for held in [0, 900] {
            let place = tempfile::tempdir().unwrap();
            let mut window = Window::open(place.path(), held);
            (1..=40).for_each(|to| window.edit(to));
            window = window.again(place.path());
            let in_memory = window.session.history.undo.len();
            assert!((1..15).contains(&in_memory), "{in_memory} steps in {held} bytes");
            // halfway back, in a program of its own
            for to in (20..40).rev() {
                assert!(window.act(Act::Undo));
                assert_eq!(name(&window.session.project), to.to_string());
            }
            window = window.again(place.path());
            assert!(window.session.history.redo.len() < 15 && window.session.history.older_redo > 0);
            for to in (0..20).rev() {
                assert!(window.act(Act::Undo));
                assert_eq!(name(&window.session.project), to.to_string());
            }
            assert!(!window.act(Act::Undo));
            window = window.again(place.path());
            for to in 1..=40 {
                assert!(window.act(Act::Redo), "{to}");
                assert_eq!(name(&window.session.project), to.to_string());
            }
            assert!(!window.act(Act::Redo));

            // what is done now takes the place of what could be done again, on the shelf too
            (0..30).for_each(|_| assert!(window.act(Act::Undo)));
            window = window.again(place.path());
            window.edit(7);
            window = window.again(place.path());
            assert!(!window.act(Act::Redo));
            assert!(window.act(Act::Undo));
            assert_eq!(name(&window.session.project), "10");
            for to in (0..10).rev() {
                assert!(window.act(Act::Undo));
                assert_eq!(name(&window.session.project), to.to_string());
            }
        }
    }

    #[test]
    fn memory_does_not_grow_with_what_is_done() {
        let place = tempfile::tempdir().unwrap();
        let (held, letters) = (400_000, 100_000);
        let mut window = Window::open(place.path(), held);
        let name_of = |number: usize| "-".repeat(letters) + &number.to_string();
        for number in 1..=60 {
            let edit = Edit::new("Rename").set(&welcome(), path!["Name"], json!(name_of(number)));
            assert!(window.act(Act::Edit(edit)));
            let steps = window.session.history.undo.len();
            assert!(steps < 50, "{steps} steps of {letters} bytes in memory");
        }
        assert!(window.session.history.older_undo > 3_000_000);
        for number in (1..60).rev() {
            assert!(window.act(Act::Undo));
            assert_eq!(name(&window.session.project), name_of(number));
        }
        assert!(window.act(Act::Undo) && !window.act(Act::Undo));
        assert_eq!(name(&window.session.project), "0");
        assert!(window.session.history.redo.len() < 50);
        for number in 1..=60 {
            assert!(window.act(Act::Redo));
            assert_eq!(name(&window.session.project), name_of(number));
        }
    }

    #[test]
    fn older_steps_go_along_to_another_folder_and_aside_and_away() {
        let place = tempfile::tempdir().unwrap();
        let mut window = Window::open(place.path(), 300);
        (1..=20).for_each(|to| window.edit(to));
        window = window.again(place.path());
        let project = window.session.project.clone();
        let other = place.path().join("other");
        window.journals.after_save(window.number, &other, &project, &files(), 4).unwrap();
        window.files = project;
        assert!(!place.path().join("shop/.waymark/edits.undo").exists());
        for to in (0..20).rev() {
            assert!(window.act(Act::Undo));
            assert_eq!(name(&window.session.project), to.to_string());
        }
        let mut journals = Journals { held: 300, ..Journals::new(&place.path().join("data")) };
        drop(window);
        let told = journals.open(&other, &Project::default(), 5).unwrap().aside.unwrap();
        assert!(told.contains("journeys/welcome.json"), "{told}");
        assert!(other.join(".waymark/edits-aside-5.undo").exists() && !other.join(".waymark/edits.undo").exists());
    }
}
