//! One pure step function: compile a journey, advance a participant.
//!
//! Takes a journey document and, step by step, what happens to one participant; gives what that brings about, as values
//! with reasons. Never reads a clock, draws a random number or sends anything: the driver does, be it the simulator (a
//! virtual clock), the local server (a real one and a store) or a distributed engine (a participant is an object, and
//! [`State`] its state). So what is simulated is what runs.
//!
//! The life of a participant, for a driver:
//!
//! 1. [`compile`] the journey once. Show [`Program::not_honoured`].
//! 2. Offer participants: at [`Program::entry_at`] (and every [`Program::refresh`]) the members of
//!    [`Program::entry_audience`], or whoever causes an event that [`Program::is_entry_event`] takes. Feed
//!    [`Input::Enter`] with the participant's [`State`] (the default for one never seen).
//! 3. Carry out the effects: [`What::Send`] hands a message to its channel, [`What::WaitUntil`] asks for
//!    [`Input::Timer`] at that instant. All others are there to be counted and told; [`Effect::sentence`] tells.
//! 4. Store the state in one transaction with the effects to carry out: a retry then repeats nothing.
//! 5. Feed what comes of the messages as [`Input::Event`], in order of arrival.
//!
//! ```
//! use audience::People;
//! use engine::{Context, Input, MessageEvent, Participant, State, What, compile, step};
//! use serde_json::json;
//!
//! let everybody = json!({"Name": "everybody"});
//! let journey = json!({
//!     "Name": "hello", "StartActivity": "hello",
//!     "StartCondition": {"SegmentStartCondition": {"SegmentId": "everybody"}},
//!     "Activities": {
//!         "hello": {"EMAIL": {"TemplateName": "hello", "NextActivity": "opened"}},
//!         "opened": {"ConditionalSplit": {
//!             "Condition": {"Conditions": [{"EventCondition": {"MessageActivity": "hello", "Dimensions": {
//!                 "EventType": {"DimensionType": "INCLUSIVE", "Values": ["_email.open"]}}}}]},
//!             "EvaluationWaitTime": {"WaitFor": "P2D"}, "TrueActivity": "tips"}},
//!         "tips": {"EMAIL": {"TemplateName": "tips"}},
//!     },
//! });
//! let segment = |id: &str| (id == "everybody").then_some(&everybody);
//! let journey = model::Journey::of(&journey).ok_or("not a journey")?;
//! let program = compile(journey, "hello", &Context::new(&segment))?;
//!
//! let mut people = People::default();
//! people.push(Some("ann"), &json!({"ChannelType": "EMAIL", "Address": "ann@example.com"}))?;
//! let rows = [0];
//! let ann = Participant::of(&people, &rows);
//!
//! let day = model::time::DAY;
//! let published = 1_700_000_000_000;
//! let now = program.entry_at(published);
//! let (state, effects) = step(&program, &State::default(), &ann, Input::Enter { offered: 1 }, now);
//! assert!(effects.iter().any(|effect| effect.what == What::Send { activity: 0, row: 0 }));
//! assert_eq!(state.wakes(), Some(now + 2 * day));
//!
//! let stored = serde_json::to_string(&state)?;
//! let state: State = serde_json::from_str(&stored)?;
//! let opened = MessageEvent::of(0, engine::EventKind::EmailOpen);
//! let (state, _) = step(&program, &state, &ann, Input::Event(opened), now + day);
//! let (state, effects) = step(&program, &state, &ann, Input::Timer, now + 2 * day);
//! assert!(effects.iter().any(|effect| effect.what == What::Send { activity: 2, row: 0 }));
//! assert!(!state.is_inside());
//!
//! let told: Vec<String> = effects.iter().map(|effect| effect.sentence(&program, &people, now + 2 * day)).collect();
//! assert_eq!(told[0], "went Yes: `_email.open` of `hello` came at 2023-11-15 22:18:20 UTC");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod advance;
pub mod call;
pub mod campaign;
mod compile;
mod content;
mod delivery;
pub mod draw;
mod effect;
mod event;
mod event_filter;
mod host;
pub mod lifecycle;
mod participant;
mod program;
mod reason;
mod rendering;
mod schedule;
mod send_event;
mod sending;
mod state;
mod zone;

pub use advance::{Input, MAX_STEPS, MessageEvent, advance, step};
pub use compile::{CompileError, Context, FindTemplate, compile};
pub use delivery::{Delivery, Expiry, Origin, delivery};
pub use effect::{Effect, Refusal, SendStatus, What};
pub use event::{EventKind, EventKinds};
pub use event_filter::{EventFilter, is_of_the_service};
pub use host::{Host, Pace, Senders};
pub use participant::{MAX_TOLD, Participant};
pub use program::{Program, Target, Timing, Waits, Way};
pub use reason::{CapKind, Evidence, Reason, instant_words};
pub use rendering::Place;
pub use schedule::{LONGEST, Membership};
pub use send_event::SendEvent;
pub use sending::Shut;
pub use state::{Held, Logged, Passed, Position, Seen, Sent, State, VERSION};
