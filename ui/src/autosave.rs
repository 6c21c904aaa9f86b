//! What was done goes into the journal on the machine's disk, soon after it was done; what a journal brought back is told.

use std::future::Future;
use std::time::Duration;

use bridge::{FailureCode, ForgetJournal, Keep, StartJournal};
use js_sys::Date;
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::journal::{self, Entry};
use model::{Act, Millis};

use crate::store::{Store, store};
use crate::transport;

/// How long what was done is gathered before it is sent.
const GATHER: Duration = Duration::from_millis(300);

type Waiting = Vec<Box<dyn FnOnce()>>;

/// Sends what was done, one request at a time; copying it copies handles.
#[derive(Clone, Copy)]
pub struct Autosave {
    /// When the changes were made that a journal brought back; `None` = there were none, or they were seen.
    pub brought_back: RwSignal<Option<Millis>>,
    state: StoredValue<State>,
    /// What waits until everything is in the journal.
    waiting: StoredValue<Waiting, LocalStorage>,
}

#[derive(Default)]
struct State {
    /// Number of the journal; 0 = none yet.
    journal: u64,
    /// Entries that are in it.
    sent: u64,
    /// Entries that are not.
    pending: Vec<Entry>,
    /// Whether a request is on its way, or something wants the journal for itself.
    busy: bool,
    /// Whether a timer runs.
    timed: bool,
    /// Whether nothing is kept any more.
    off: bool,
    /// Whether a failure was told.
    told: bool,
    /// Counts the projects that were opened.
    opened: u64,
}

impl Autosave {
    /// Nothing is open.
    pub fn new() -> Autosave {
        Autosave {
            brought_back: RwSignal::new(None),
            state: StoredValue::new(State::default()),
            waiting: StoredValue::new_local(Vec::new()),
        }
    }

    /// Number of the journal; 0 = none yet.
    pub fn journal(&self) -> u64 {
        self.state.with_value(|state| state.journal)
    }

    /// Keeps nothing of the project that is open.
    pub fn switch_off(&self) {
        self.state.update_value(|state| state.off = true);
    }

    /// Another project is open, with this journal.
    pub fn begin(&self, _store: Store, journal: u64) {
        let rest = self.state.try_update_value(|state| {
            let State { journal: before, sent, pending, busy, timed, opened, .. } = std::mem::take(state);
            *state = State { journal, busy, timed, opened: opened + 1, ..State::default() };
            Keep { journal: before, first: sent, entries: pending }
        });
        // What was done last in the project before belongs to its journal.
        if let Some(rest) = rest.filter(|rest| rest.journal > 0 && !rest.entries.is_empty()) {
            spawn_local(async move {
                // whoever left that project was told of failures while it was open
                let _ = transport::call(&rest).await;
            });
        }
    }

    /// Something was done.
    pub fn note(&self, store: Store, act: Act) {
        let wait = self.state.try_update_value(|state| {
            if state.off {
                return false;
            }
            state.pending.push(Entry { at: Date::now() as Millis, act });
            !std::mem::replace(&mut state.timed, true)
        });
        if wait == Some(true) {
            let this = *self;
            let send = move || {
                this.state.update_value(|state| state.timed = false);
                this.send(store);
            };
            set_timeout(send, GATHER);
        }
    }

    /// Does `work` when everything is in the journal; nothing is sent until it is done.
    pub fn alone<F: Future<Output = ()> + 'static>(&self, store: Store, work: impl FnOnce() -> F + 'static) {
        let this = *self;
        let start = move || {
            this.state.update_value(|state| state.busy = true);
            spawn_local(async move {
                work().await;
                this.done(store);
            });
        };
        self.waiting.update_value(|waiting| waiting.push(Box::new(start)));
        self.send(store);
    }

    /// Sends what is pending, unless a request is on its way: its end does it then.
    fn send(&self, store: Store) {
        let free = self.state.try_update_value(|state| !std::mem::replace(&mut state.busy, true));
        if free != Some(true) {
            return;
        }
        let this = *self;
        spawn_local(async move {
            while this.send_once(store).await {}
            this.done(store);
        });
    }

    /// The journal is free: whoever waits has the next turn.
    fn done(&self, store: Store) {
        self.state.update_value(|state| state.busy = false);
        let next = self.waiting.try_update_value(|waiting| (!waiting.is_empty()).then(|| waiting.remove(0))).flatten();
        match next {
            Some(next) => next(),
            None if self.state.with_value(|state| !state.pending.is_empty() && !state.told) => self.send(store),
            None => {}
        }
    }

    /// Sends once; whether there may be more to send.
    async fn send_once(&self, store: Store) -> bool {
        let (opened, journal, first, entries) =
            self.state.with_value(|state| (state.opened, state.journal, state.sent, state.pending.clone()));
        if entries.is_empty() {
            return false;
        }
        let count = entries.len();
        let mut is_long = false;
        let outcome = if journal == 0 {
            // The state as it is has what is pending.
            let start = StartJournal {
                folder: store.folder.get_untracked(),
                project: store.project.get_untracked(),
                history: store.history.get_untracked(),
            };
            transport::call(&start).await
        } else {
            transport::call(&Keep { journal, first, entries }).await.map(|long| {
                is_long = long;
                journal
            })
        };
        let again = self.state.try_update_value(|state| {
            if state.opened != opened {
                return (true, None);
            }
            match outcome {
                Ok(number) => {
                    state.sent = if journal == 0 { 0 } else { first + count as u64 };
                    state.journal = number;
                    state.pending.drain(..count);
                    state.told = false;
                    (true, None)
                }
                Err(failure) => {
                    if failure.code == FailureCode::WouldLose {
                        state.off = true;
                        state.pending.clear();
                    }
                    (false, (!std::mem::replace(&mut state.told, true)).then_some(failure))
                }
            }
        });
        let (again, failure) = again.unwrap_or((false, None));
        if let Some(failure) = failure {
            store.tell_failure(failure);
        }
        if is_long {
            store.shelve();
        }
        again
    }
}

/// Leaves the project without saving. What was not saved can be had back by undo when it is opened again; a project that was
/// never saved is thrown away.
pub fn leave(store: Store) {
    let autosave = store.autosave;
    if store.folder.get_untracked().is_some() {
        drop_changes(store);
        autosave.alone(store, move || async move { store.open.set(false) });
        return;
    }
    autosave.alone(store, move || async move {
        let journal = autosave.journal();
        if journal > 0
            && let Err(failure) = transport::call(&ForgetJournal { journal }).await
        {
            store.tell_failure(failure);
        }
        autosave.begin(store, 0);
        store.open.set(false);
    });
}

/// Goes back to what is in the files, as one step of undo.
fn drop_changes(store: Store) {
    let edit = store
        .project
        .with_untracked(|now| store.saved.with_untracked(|saved| journal::edit_to("Drop unsaved changes", now, saved)));
    store.edit(edit);
    store.autosave.brought_back.set(None);
}

/// Says that unsaved changes were brought back.
#[component]
pub fn BroughtBack() -> impl IntoView {
    let store = store();
    let brought_back = store.autosave.brought_back;
    view! {
        {move || brought_back.get().filter(|_| store.open.get()).map(|at| view! {
            <div class="notice told" role="status" data-test="brought-back">
                <span>{format!("Unsaved changes of {} were brought back.", time_of(at))}</span>
                <button data-test="drop-changes" title="Go back to the files; undo brings the changes again" on:click=move |_| drop_changes(store)>
                    "Drop them"
                </button>
                <button class="quiet" aria-label="Close" on:click=move |_| brought_back.set(None)>"×"</button>
            </div>
        })}
    }
}

/// Hours and minutes on this machine's clock; the date before them when it was on another day.
pub fn time_of(at: Millis) -> String {
    let then = Date::new(&(at as f64).into());
    let today = Date::new_0();
    let clock = format!("{:02}:{:02}", then.get_hours(), then.get_minutes());
    let day = |date: &Date| (date.get_full_year(), date.get_month(), date.get_date());
    match day(&then) {
        that_day if that_day == day(&today) => clock,
        (year, month, date) => format!("{year}-{:02}-{date:02} {clock}", month + 1),
    }
}
