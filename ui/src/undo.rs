//! What people do to the project, and undo and redo of it: one list, whatever was changed.

use bridge::{AskOlder, Bring, FailureCode, Shelve};
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Act, Change, Edit, History, Settings, edit};

use crate::store::{Selection, Store};
use crate::transport;

impl Store {
    /// Carries out an edit, as one step of undo.
    pub fn edit(&self, edit: Edit) {
        self.act(Act::Edit(edit));
    }

    /// Changes settings, as one step of undo of that name.
    pub fn set(&self, label: String, change: impl FnOnce(&mut Settings)) {
        let now = self.project.with_untracked(|project| project.settings.clone());
        let mut then = now.clone();
        change(&mut then);
        self.edit(Edit { label, changes: edit::settings(&now, &then) });
    }

    /// Takes the last edit back.
    pub fn undo(&self) {
        self.act(Act::Undo);
    }

    /// Carries the last undone edit out again.
    pub fn redo(&self) {
        self.act(Act::Redo);
    }

    /// Does `act` when it has its turn: what moves files asks the machine first, and what is done meanwhile waits.
    fn act(&self, act: Act) {
        let waits = self.turn.try_update_value(|waiting| waiting.as_mut().map(|waiting| waiting.push(act.clone())));
        if waits.flatten().is_some() {
            return;
        }
        let step = self.history.with_untracked(|history| match &act {
            Act::Undo => history.undo.last().map(Edit::files),
            Act::Redo => history.redo.last().map(Edit::files),
            _ => None,
        });
        match (step, self.folder.get_untracked()) {
            (Some(changes), Some(folder)) if !changes.is_empty() => self.bring(act, folder, changes),
            _ => self.carry_out(act),
        }
    }

    /// Has the machine bring contents of files back, and takes the step then. A step that is refused is passed over: it would
    /// stand before all others for ever.
    fn bring(&self, act: Act, folder: String, changes: Vec<Change>) {
        let store = *self;
        self.turn.set_value(Some(Vec::new()));
        spawn_local(async move {
            let outcome = transport::call(&Bring { folder: folder.clone(), changes }).await;
            // Another project may be open by now.
            if store.folder.get_untracked() != Some(folder) {
                return;
            }
            let waiting = store.turn.try_update_value(Option::take).flatten().unwrap_or_default();
            match outcome {
                Ok(()) => {
                    store.carry_out(act);
                    store.files_changed();
                }
                Err(failure) => {
                    if failure.code == FailureCode::WouldLose {
                        store.carry_out(Act::Pass { redo: act == Act::Redo });
                    }
                    store.tell_failure(failure);
                }
            }
            waiting.into_iter().for_each(|act| store.act(act));
        });
    }

    /// Files that are no documents have another content: what is shown of people and tests is asked anew.
    fn files_changed(&self) {
        self.files.update(|changes| *changes += 1);
        self.playback.report.set(None);
        crate::people::recount(*self);
    }

    fn carry_out(&self, act: Act) {
        if matches!(&act, Act::Edit(edit) if edit.changes.is_empty()) {
            return;
        }
        let label = match &act {
            Act::Edit(edit) => Some(edit.label.clone()),
            Act::Undo => self.history.with_untracked(|history| history.undo.last().map(|edit| edit.label.clone())),
            Act::Redo => self.history.with_untracked(|history| history.redo.last().map(|edit| edit.label.clone())),
            Act::Pass { .. } => Some(String::new()),
        };
        let Some(label) = label else { return };
        let done = self.project.try_update(|project| self.history.try_update(|history| history.act(project, &act)));
        match done.flatten() {
            Some(Ok(true)) => {
                self.autosave.note(*self, act);
                self.drop_stale_selection();
            }
            Some(Err(error)) => self.tell_bad(format!("{label} did not work: {error}"), ""),
            Some(Ok(false)) | None => {}
        }
        self.reach_back();
    }

    /// Has the machine keep the oldest steps: memory does not grow with the lists. What is done meanwhile waits for its turn.
    pub fn shelve(&self) {
        let store = *self;
        self.autosave.alone(store, move || async move {
            // A step is under way: the lists are cut the next time.
            if store.turn.with_value(Option::is_some) {
                return;
            }
            store.turn.set_value(Some(Vec::new()));
            let journal = store.autosave.journal();
            let outcome = transport::call(&Shelve { journal }).await;
            // Another project may be open by now.
            if store.autosave.journal() != journal {
                return;
            }
            // Without an answer the lists stay as they are, here and there.
            if let Ok(shelved) = outcome {
                store.history.update(|history| {
                    for (redo, (taken, left)) in [(false, shelved.undo), (true, shelved.redo)] {
                        let (list, older) = history.list(redo);
                        list.drain(..(taken as usize).min(list.len()));
                        *older = left;
                    }
                });
            }
            let waiting = store.turn.try_update_value(Option::take).flatten().unwrap_or_default();
            waiting.into_iter().for_each(|act| store.act(act));
        });
    }

    /// Brings older steps from the machine when a list is at its end here.
    fn reach_back(&self) {
        let store = *self;
        let Some(redo) = self.history.with_untracked(History::ends_early) else { return };
        self.autosave.alone(store, move || async move {
            // It may have been brought, or done without, since.
            if store.history.with_untracked(History::ends_early) != Some(redo) {
                return;
            }
            match transport::call(&AskOlder { journal: store.autosave.journal(), redo }).await {
                Ok(found) => {
                    store.history.update(|history| {
                        let (list, older) = history.list(redo);
                        if *older > 0 {
                            list.splice(0..0, found.steps);
                            *older = found.left;
                        }
                    });
                    if found.long {
                        store.shelve();
                    }
                }
                Err(failure) => store.tell_failure(failure),
            }
        });
    }

    /// What undo would take back, and redo bring again.
    pub fn undo_label(&self) -> Option<String> {
        self.history.with(|history| history.undo.last().map(|edit| edit.label.clone()))
    }

    /// What redo would bring again.
    pub fn redo_label(&self) -> Option<String> {
        self.history.with(|history| history.redo.last().map(|edit| edit.label.clone()))
    }

    fn drop_stale_selection(&self) {
        let Selection::Activities(ids) = self.selection.get_untracked() else { return };
        let left: Vec<String> =
            ids.into_iter().filter(|id| self.peek(|j| j.activity(id).is_some()).unwrap_or(false)).collect();
        self.selection.set(if left.is_empty() { Selection::Journey } else { Selection::Activities(left) });
    }
}
