//! Pinpoint's shapes as Rust types, and the project that holds them.
//!
//! Takes JSON text; gives documents, typed views on them, places in them, diagnostics about them and reversible edits.
//! Never converts: a document *is* the JSON that was read, so nothing that Pinpoint can say is lost on the way in or out.
//!
//! - [`reader`] and [`text`]: JSON text to value and back, damaged text included.
//! - [`wire`]: generated views, one per API shape; [`view`] says how they read.
//! - [`shapes`] and [`operations`]: the API as constants, and the check of a value against a shape.
//! - [`Journey`], [`Activity`], [`Connection`]: the domain on top.
//! - [`Project`], [`Edit`]: what is open, and the only way it changes; [`Account`]: what is known of where it goes.
//! - [`request`]: what of a document is sent.
//! - [`variables`]: what differs from target to target.
//! - [`History`] and [`journal`]: undo and redo, and what survives a crash of them.
//! - [`drawing`]: every gesture of the canvas as one edit; [`summary`] and [`telling`]: what things do, in plain words;
//!   [`outline`]: the journey as a tree of lines; [`naming`]: what members and changes of them are called; [`elapsed`]: on which day; [`search`]: where something stands.
//! - [`difference`]: where two JSON values differ; [`changes`]: what differs between two versions of a journey;
//!   [`comparison`]: the same in words, of any document.
//! - [`merge`]: two versions brought together.
//! - [`open`]: what a JSON file from elsewhere holds; [`adding`]: the same added to a project; [`references`]: which segments
//!   and templates documents name.

pub mod account;
pub mod activity;
pub mod adding;
mod campaign;
pub mod changes;
pub mod clause;
pub mod comparison;
pub mod conflicts;
pub mod diagnostic;
pub mod difference;
mod documents;
mod draft_copy;
pub mod drawing;
pub mod edit;
pub mod elapsed;
pub mod history;
pub mod journal;
pub mod journey;
pub mod merge;
pub mod naming;
pub mod numbers;
pub mod open;
pub mod operations;
pub mod outline;
pub mod path;
pub mod project;
pub mod reader;
pub mod references;
pub mod request;
pub mod search;
pub mod shapes;
pub mod shares;
pub mod similar;
pub mod summary;
#[rustfmt::skip]
pub mod table;
pub mod telling;
mod test_copy;
pub mod text;
pub mod time;
pub mod variables;
pub mod view;
#[rustfmt::skip]
pub mod wire;

pub use account::Account;
pub use activity::{APNS_CHANNELS, Activity, ActivityKind, Connection, PUSH_CHANNELS, Payload, Slot};
pub use diagnostic::{Diagnostic, Fix, Place, Related, Severity};
pub use documents::Documents;
pub use draft_copy::draft_copy;
pub use edit::{Change, Edit, EditError};
pub use history::{Act, History};
pub use journey::{Entry, Journey};
pub use path::{Path, Step};
pub use project::{
    CalendarLimits, DocumentId, Markup, PeopleMarks, Project, Settings, SimulationDefaults, Target, TemplateKind,
};
pub use test_copy::test_copy;
pub use time::Millis;
pub use view::{View, Word};
