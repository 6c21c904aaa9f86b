//! Campaigns: one message to a segment, at the slots of a schedule or whenever an event comes (campaigns.md).
//!
//! The same idea as for journeys: a campaign is compiled once, and [`advance`] moves it on, purely. What is remembered is
//! a [`State`] that does not grow with the segment; what must be done comes out as [`Effect`]s with reasons; what only the
//! driver knows (people, what was sent before, whether a message can be made) it is asked through [`World`].
//!
//! The life of a campaign, for a driver:
//!
//! 1. [`compile`] it, and its messages with [`Renderer::compile`]. Feed [`Input::Create`].
//! 2. Feed [`Input::Timer`] at every [`What::WaitUntil`]: runs start, go on, and end. A run over a large segment takes many
//!    steps, of which each asks to be called again at once: other work fits between.
//!    Between runs the segment may have got a new version, and a template too: compile again, the state stays as it is.
//! 3. Feed every event that comes while [`Program::takes_events`].
//! 4. Carry out [`What::Send`] and [`What::CallHook`]; feed what comes of them.
//! 5. Keep [`Records`]: the activities of the API.
//!
//! ```
//! use audience::People;
//! use engine::campaign::{self, Book, Context, Draft, Input, Scope, SendStatus, State, What, World};
//! use model::{Millis, View, wire};
//! use serde_json::json;
//!
//! struct Shop { people: People, book: Book }
//!
//! impl World for Shop {
//!     fn people(&self) -> &People { &self.people }
//!     fn targeted(&self, row: u32) -> u32 { self.book.targeted(row) }
//!     fn sent(&self, row: u32, _: Scope, since: Millis) -> u32 { self.book.sent(row, since) }
//!     fn target(&mut self, row: u32) { self.book.target(row) }
//!     fn send(&mut self, row: u32, at: Millis) { self.book.send(row, at) }
//!     fn render(&mut self, _: &Draft<'_>) -> Result<(), String> { Ok(()) }
//! }
//!
//! let everybody = json!({"Name": "everybody"});
//! let document = json!({
//!     "Name": "sale", "SegmentId": "everybody", "HoldoutPercent": 10,
//!     "MessageConfiguration": {"SMSMessage": {"Body": "50 % off today"}},
//!     "Schedule": {"StartTime": "2026-12-01T09:00:00Z"},
//! });
//! let document = wire::WriteCampaignRequest::of(&document).ok_or("not a campaign")?;
//! let created = model::time::parse_instant("2026-11-30T12:00:00Z").ok_or("not an instant")?;
//! let segment = |id: &str| (id == "everybody").then_some(&everybody);
//! let program = campaign::compile(document, "sale", &Context::new(&segment, created))?;
//!
//! let mut people = People::default();
//! people.push(Some("ann"), &json!({"ChannelType": "SMS", "Address": "+12065550100"}))?;
//! let mut shop = Shop { people, book: Book::new(&program) };
//! let mut state = State::default();
//! let mut said = Vec::new();
//! let mut step = |input, now| campaign::advance(&program, &mut state, &mut shop, input, now, &mut |effect| {
//!     said.push(effect)
//! });
//! step(Input::Create, created);
//! let due = model::time::parse_instant("2026-12-01T09:00:00Z").ok_or("not an instant")?;
//! step(Input::Timer, due);
//! assert!(said.iter().any(|effect| matches!(effect.what, What::Send { row: 0, .. })));
//! assert_eq!(state.status(), wire::CampaignStatus::Completed);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod addresses;
mod advance;
mod compile;
mod effect;
pub mod hook;
mod in_app;
mod message;
mod program;
mod record;
mod render;
mod run;
mod schedule;
mod sentence;
mod state;
pub mod status;
mod treatment;
pub mod trial;
mod world;

pub use advance::{EVENT_PATIENCE, Input, Occurrence, advance};
pub use compile::{CompileError, Context, compile};
pub use effect::{Activity, Effect, Filter, Reason, SendStatus, What};
pub use in_app::{InApp, in_app};
pub use message::{Custom, Message, TemplateName};
pub use program::{Daily, Hook, Limits, Program, Scope};
pub use record::{Progress, Record, Records};
pub use render::{MessageError, Renderer};
pub use schedule::Schedule;
pub use state::{Call, Looking, Run, STATE_VERSION, Second, Slice, State, TreatmentState, Waiting};
pub use treatment::Share;
pub use world::{Book, Draft, World};
