//! Figures for Prometheus: what was asked and how long it took, kept in memory; what the store holds, read when asked.
//!
//! Text format 0.0.4. Names begin with `waymark_`; labels are names of operations, HTTP statuses and ids of projects,
//! never ids of people.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use model::Millis;
use rusqlite::Transaction;

use crate::refusal::Result;
use crate::{runner, stream};

/// Upper bounds of the durations that are counted, in seconds.
const BOUNDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// The type of the text.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4";

/// Requests so far.
#[derive(Debug, Default)]
pub struct Meters(Mutex<Requests>);

#[derive(Debug, Default)]
struct Requests {
    /// Operation and status: how many.
    answered: BTreeMap<(&'static str, u16), u64>,
    /// Operation: how long they took.
    took: BTreeMap<&'static str, Took>,
}

#[derive(Debug, Default)]
struct Took {
    /// How many took at most the bound of that place, and more than the one before; the last place has no bound.
    counts: [u64; BOUNDS.len() + 1],
    seconds: f64,
}

impl Meters {
    /// Counts a request.
    pub fn count(&self, operation: &'static str, status: u16, took: Duration) {
        let mut requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.answered.entry((operation, status)).or_default() += 1;
        let seconds = took.as_secs_f64();
        let place = BOUNDS.iter().position(|bound| seconds <= *bound).unwrap_or(BOUNDS.len());
        let times = requests.took.entry(operation).or_default();
        times.counts[place] += 1;
        times.seconds += seconds;
    }

    /// Writes them as text.
    fn write(&self, out: &mut String) {
        let requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        head(out, "requests_total", "counter", "Requests answered.");
        for ((operation, status), count) in &requests.answered {
            line(out, &format!("requests_total{{operation=\"{operation}\",status=\"{status}\"}}"), *count);
        }
        head(out, "request_duration_seconds", "histogram", "Time from the head of a request to its answer.");
        for (operation, took) in &requests.took {
            let mut sum = 0;
            for (place, count) in took.counts.iter().enumerate() {
                sum += count;
                let bound = BOUNDS.get(place).map_or_else(|| "+Inf".to_owned(), f64::to_string);
                line(out, &format!("request_duration_seconds_bucket{{operation=\"{operation}\",le=\"{bound}\"}}"), sum);
            }
            line(out, &format!("request_duration_seconds_sum{{operation=\"{operation}\"}}"), took.seconds);
            line(out, &format!("request_duration_seconds_count{{operation=\"{operation}\"}}"), sum);
        }
    }
}

/// What the store holds.
#[derive(Debug, PartialEq, Eq)]
pub struct Held {
    /// Participants inside a journey.
    participants: i64,
    /// Messages in the outbox: made, and those that could not be made.
    messages: i64,
    failures: i64,
    /// When the next thing falls due that the runner has to do; `None` = nothing will by itself.
    due: Option<Millis>,
    /// Events that wait for their stream, by project; of the project that is empty, for files.
    waiting: Vec<(String, i64)>,
}

impl Held {
    /// Reads it; `files` = the name of the files that events are written to.
    pub fn read(store: &Transaction<'_>, files: Option<&str>) -> Result<Held> {
        let count = |sql: &str| store.prepare_cached(sql)?.query_row([], |row| row.get::<_, i64>(0));
        let messages = count("SELECT count(*) FROM outbox")?;
        let failures = count("SELECT count(failure) FROM outbox")?;
        Ok(Held {
            participants: count("SELECT count(*) FROM participants WHERE inside = 1")?,
            messages: messages - failures,
            failures,
            due: runner::next_due(store)?,
            waiting: stream::waiting(store, files)?,
        })
    }
}

/// All figures as text. `now` is the server's clock, which due timers go by.
pub fn text(meters: &Meters, held: &Held, now: Millis) -> String {
    let mut out = String::new();
    meters.write(&mut out);
    head(&mut out, "participants", "gauge", "Participants inside a journey.");
    line(&mut out, "participants", held.participants);
    head(&mut out, "outbox_messages", "gauge", "Messages in the outbox.");
    line(&mut out, "outbox_messages{outcome=\"made\"}", held.messages);
    line(&mut out, "outbox_messages{outcome=\"failed\"}", held.failures);
    head(
        &mut out,
        "events_waiting",
        "gauge",
        "Events that are not handed over yet: to files, and to the stream of a project.",
    );
    for (project, count) in &held.waiting {
        let to = if project.is_empty() { "files" } else { "stream" };
        line(&mut out, &format!("events_waiting{{to=\"{to}\",project=\"{project}\"}}"), count);
    }
    head(&mut out, "runner_lag_seconds", "gauge", "How long the oldest timer, entry or end of a journey is overdue.");
    let lag = held.due.map_or(0, |due| (now - due).max(0));
    line(&mut out, "runner_lag_seconds", lag as f64 / 1000.0);
    out
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    // Writing to a text does not fail.
    let _ = writeln!(out, "# HELP waymark_{name} {help}\n# TYPE waymark_{name} {kind}");
}

fn line(out: &mut String, name: &str, value: impl std::fmt::Display) {
    let _ = writeln!(out, "waymark_{name} {value}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_operation_status_and_time() {
        let meters = Meters::default();
        meters.count("GetApp", 200, Duration::from_millis(2));
        meters.count("GetApp", 200, Duration::from_millis(30));
        meters.count("GetApp", 404, Duration::from_secs(9));
        let held = Held {
            participants: 3,
            messages: 5,
            failures: 1,
            due: Some(7_000),
            waiting: vec![(String::new(), 4), ("a1".into(), 6)],
        };
        let text = text(&meters, &held, 9_500);
        for line in [
            "# TYPE waymark_requests_total counter",
            "waymark_requests_total{operation=\"GetApp\",status=\"200\"} 2",
            "waymark_requests_total{operation=\"GetApp\",status=\"404\"} 1",
            "waymark_request_duration_seconds_bucket{operation=\"GetApp\",le=\"0.001\"} 0",
            "waymark_request_duration_seconds_bucket{operation=\"GetApp\",le=\"0.0025\"} 1",
            "waymark_request_duration_seconds_bucket{operation=\"GetApp\",le=\"0.05\"} 2",
            "waymark_request_duration_seconds_bucket{operation=\"GetApp\",le=\"5\"} 2",
            "waymark_request_duration_seconds_bucket{operation=\"GetApp\",le=\"+Inf\"} 3",
            "waymark_request_duration_seconds_count{operation=\"GetApp\"} 3",
            "waymark_participants 3",
            "waymark_outbox_messages{outcome=\"failed\"} 1",
            "waymark_runner_lag_seconds 2.5",
            "waymark_events_waiting{to=\"files\",project=\"\"} 4",
            "waymark_events_waiting{to=\"stream\",project=\"a1\"} 6",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
    }
}
