//! User timings: how long the window takes for what must be quick. The developer tools show them, and
//! `performance.getEntriesByName` gives them to whoever measures.

use std::time::Duration;

use js_sys::Reflect;
use leptos::prelude::{request_idle_callback, set_timeout, window};

/// How long a page that can not tell when it is idle is given to paint.
const A_MOMENT: Duration = Duration::from_millis(50);

/// Does `work` and keeps how long it took, under a name; only the last one of a name is kept.
pub fn timed<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let Some(clock) = window().performance() else { return work() };
    let start = format!("{name}-start");
    clock.clear_marks_with_mark_name(&start);
    clock.clear_measures_with_measure_name(name);
    let _ = clock.mark(&start);
    let done = work();
    let _ = clock.measure_with_start_mark(name, &start);
    done
}

/// Keeps the present instant under a name.
pub fn mark(name: &str) {
    if let Some(clock) = window().performance() {
        let _ = clock.mark(name);
    }
}

/// Does `work` when the page has nothing else to do. WebKit can not tell: there, after a moment.
pub fn when_idle(work: impl Fn() + 'static) {
    if Reflect::has(&window(), &"requestIdleCallback".into()).unwrap_or(false) {
        request_idle_callback(work);
    } else {
        set_timeout(work, A_MOMENT);
    }
}
