//! Endpoints, users and segments: compile a segment once, ask it about many endpoints.
//!
//! Takes texts in Pinpoint's import formats and segment documents; gives [`People`], a columnar store of endpoints, and
//! [`Audience`], a compiled segment that says who is in it and why. Never reads a clock: `now` is a parameter.
//!
//! - [`import`]: CSV and JSON lines into a store, with a [`RowProblem`] for each row that did not fit.
//! - [`Stored`]: people as bytes, of which a segment reads only what it needs.
//! - [`Row`]: one endpoint; `to_json` is what templates read.
//! - [`Update`]: what a request says about an endpoint, merged into one that is kept as JSON.
//! - [`zones`]: the time zone of an endpoint that names none.
//! - [`Pseudonyms`]: a copy of people that can be shared; [`is_personal`] says what tells who somebody is.
//! - [`Audience`]: segments, their groups and source segments.
//! - [`sheet`]: a segment as a form shows it, and what a change of a field writes.
//! - [`EventMatcher`]: the same dimensions, asked about an event.

mod audience;
mod codes;
mod column;
mod criteria;
mod draft;
mod event;
pub mod import;
mod index;
mod known;
mod named;
mod people;
mod personal;
mod pseudonym;
mod row;
pub mod sheet;
mod stored;
mod texts;
pub mod update;
mod words;
mod write;
pub mod zones;

pub use audience::{Activity, Answer, Audience, AudienceError, Members, Overlap, is_imported};
pub use column::Values;
pub use draft::RowProblem;
pub use event::EventMatcher;
pub use known::Known;
pub use people::{People, stable_id};
pub use personal::is_personal;
pub use pseudonym::Pseudonyms;
pub use row::Row;
pub use stored::{StoreError, Stored};
pub use update::Update;
pub use write::cohort;
