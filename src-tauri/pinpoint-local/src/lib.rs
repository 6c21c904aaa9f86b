//! The Pinpoint API over HTTP, a durable store and the real-time runner.
//!
//! Takes requests of the API (`2016-12-01`) on a loopback address; gives the answers that Pinpoint gives, runs ACTIVE
//! journeys with [`engine::advance`] and puts their messages into an outbox. Never sends anything off this machine.
//!
//! - [`Server`]: starts, answers, stops; also the door for readers in the same process.
//! - `route`: the route table, made from [`model::operations::OPERATIONS`]; nothing is typed in twice.
//! - `api`: one file per resource; a handler takes a `Call` and one transaction of the store.
//! - `store`: one SQLite file. Documents are kept as the JSON that came in, beside the columns that are queried.
//! - `runner`: entry, due timers, effects; a participant's new state and what it caused are one transaction.
//! - `jobs`: imports and exports, in short steps that a kill does not repeat.
//! - `clock`: the real clock, or a virtual one that is moved by hand.
//!
//! # Paths of our own
//!
//! Beside the API, below `/waymark/` (JSON in and out, same errors, no credentials):
//!
//! | request | answer |
//! | --- | --- |
//! | `GET /waymark/status` | [`Status`]: the clock, projects, endpoints, journeys |
//! | `GET /waymark/outbox?limit=&app=` | `{"Item": [`[`Message`]`, …]}`, newest first; limit 1 to 1000, 100 when absent |
//! | `DELETE /waymark/outbox` | empties the outbox; `{"Removed": n}` |
//! | `GET /waymark/clock` | `{"Now": "2026-11-30T09:00:00.000Z", "Virtual": true}` |
//! | `POST /waymark/clock` | `{"advance": "P1D"}` or `{"to": "2026-12-01T00:00:00Z"}`: moves a virtual clock and runs everything that falls due on the way, then answers as `GET`; 400 on the real clock or backwards |

mod admin;
mod api;
mod clock;
mod http;
mod jobs;
mod outbox;
mod refusal;
mod route;
mod runner;
mod server;
mod status;
mod store;
#[cfg(test)]
mod tests;

pub use clock::ClockSetting;
pub use outbox::{Message, Sender};
pub use server::{Server, Settings, StartError};
pub use status::{AppStatus, JourneyStatus, Status};
