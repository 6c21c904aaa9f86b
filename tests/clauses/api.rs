//! Clauses of api.md 8, and of events-and-analytics.md 1: what is stored of an event stream.

use super::Row;

pub const ROWS: &[Row] = &[
    ("api 8/1", "a number is told by its plan; one that can not be answers 200 as INVALID", &["src-tauri/pinpoint-local/src/tests/people.rs::phone_numbers"]),
    ("events 1/1", "an event stream is one per project, stored and returned", &["src-tauri/pinpoint-local/src/tests/people.rs::an_event_stream_is_kept"]),
];
