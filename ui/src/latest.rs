//! Questions that are asked again with every change: after a pause, and only the answer to the last one counts.

use std::time::Duration;

use bridge::{Command, Failure};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::transport;

/// One question of several that follow one another; belongs to whoever made it, and is gone with it.
#[derive(Clone, Copy)]
pub struct Latest {
    /// How many were asked.
    asked: StoredValue<u64>,
}

impl Latest {
    /// Nothing was asked.
    pub fn new() -> Latest {
        Latest { asked: StoredValue::new(0) }
    }

    /// Asks the machine. `then` gets the answer, unless another question was asked meanwhile or whoever asked is gone.
    pub fn ask<C: Command + 'static>(self, command: C, then: impl FnOnce(Result<C::Answer, Failure>) + 'static) {
        self.forget();
        let turn = self.asked.try_get_value();
        spawn_local(async move {
            let answer = transport::call(&command).await;
            if turn.is_some() && self.asked.try_get_value() == turn {
                then(answer);
            }
        });
    }

    /// What is still to be answered does not count any more.
    pub fn forget(self) {
        self.asked.try_update_value(|asked| *asked += 1);
    }
}

/// Work that waits until nothing was asked of it for a while.
#[derive(Clone, Copy)]
pub struct Pause {
    length: Duration,
    waiting: StoredValue<Option<TimeoutHandle>>,
}

impl Pause {
    /// A pause of that length.
    pub fn new(length: Duration) -> Pause {
        Pause { length, waiting: StoredValue::new(None) }
    }

    /// Does `work` after the pause, instead of what waits.
    pub fn then(self, work: impl FnOnce() + 'static) {
        let handle = set_timeout_with_handle(work, self.length).ok();
        if let Some(before) = self.waiting.try_update_value(|waiting| std::mem::replace(waiting, handle)).flatten() {
            before.clear();
        }
    }

    /// Whether work waits, or was done and the pause not ended.
    pub fn is_waiting(self) -> bool {
        self.waiting.with_value(Option::is_some)
    }

    /// Drops what waits.
    pub fn end(self) {
        if let Some(handle) = self.waiting.try_update_value(Option::take).flatten() {
            handle.clear();
        }
    }
}
